//! The gate for tills and browser pages: a snapshot is opened and verified (`snapshot`), a cell as it was scanned or typed is read
//! (`row`), and a plain object with the verdict goes back (`verdict`). What a row comes to is decided by
//! [`assay::gate::judge::Judge`]; nothing is decided here. `types.ts` says what JavaScript sees.
//!
//! Elsewhere than in WebAssembly this compiles, for the tests of what needs no JavaScript, and can do nothing.

mod asked;
mod day;
mod errors;
mod row;
mod snapshot;
mod verdict;

#[cfg(test)]
mod tests;

use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.ts");
