//! Makes the package of what was built for WebAssembly: `cargo run -p assay-wasm --example wasm_package -- FILE.wasm FOLDER`
//!
//! This is what the program `wasm-bindgen` does, from the same crate and of the version in the lock file, which must be that of
//! the module to the last digit.

#![expect(clippy::disallowed_methods, reason = "it writes the package's files")]

use std::path::PathBuf;
use std::{env, error, fs};

use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn error::Error>> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let (Some(wasm), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("wanted: FILE.wasm FOLDER".into());
    };
    Bindgen::new()
        .web(true)?
        .input_path(wasm)
        .out_name("assay_gate")
        .omit_default_module_path(false)
        .typescript(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(&folder)?;
    fs::write(folder.join("package.json"), include_str!("../package.json"))?;
    fs::write(folder.join("README.md"), include_str!("../README.md"))?;
    Ok(())
}
