#!/usr/bin/env bash
# Builds the package for tills and browsers: crates/assay-wasm/package.sh FOLDER
# Needs rustup's target wasm32-unknown-unknown, which it adds where it is missing. PACKER is the example wasm_package, where it was
# built already.
set -euo pipefail
[ $# = 1 ] || { echo "usage: crates/assay-wasm/package.sh FOLDER, one that is new or holds such a package" >&2; exit 2; }
folder="$(realpath -m "$1")"
# A package of somebody's own is not written over.
[ ! -e "$folder/package.json" ] || [ -e "$folder/assay_gate_bg.wasm" ] || { echo "$folder has another package.json: name a new folder" >&2; exit 2; }
cd "$(dirname "$0")/../.."

target="${CARGO_TARGET_DIR:-target}"
[ -d "$(rustc --print target-libdir --target wasm32-unknown-unknown)" ] || rustup target add wasm32-unknown-unknown
# The crate by itself as a dynamic library: beside an rlib nothing would be optimised across crates. Paths are taken out, so that the
# same sources give the same bytes wherever they lie.
RUSTFLAGS="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo --remap-path-prefix=$PWD=/assay" \
  cargo rustc --quiet --locked -p assay-wasm --lib --crate-type cdylib --profile small --target wasm32-unknown-unknown
packer="${PACKER:-}"
[ -x "$packer" ] || {
  cargo build --quiet --locked -p assay-wasm --example wasm_package
  packer="$target/debug/examples/wasm_package"
}
"$packer" "$target/wasm32-unknown-unknown/small/assay_wasm.wasm" "$folder"
