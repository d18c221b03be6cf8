//! Lists the data files, so that a new baseline or scheme is one file and no line of code.

#![expect(clippy::disallowed_methods, reason = "a build script reads its own source tree")]

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("data");
    let mut code = String::new();
    for (name, folder) in [("BASELINES", "baselines"), ("SCHEMES", "schemes")] {
        let dir = root.join(folder);
        println!("cargo::rerun-if-changed={}", dir.display());
        let mut files: Vec<PathBuf> = fs::read_dir(&dir)
            .unwrap_or_else(|e| panic!("{} cannot be listed: {e}", dir.display()))
            .filter_map(|entry| entry.ok().map(|e| e.path()))
            .filter(|path| path.extension().is_some_and(|e| e == "toml"))
            .collect();
        files.sort();
        code.push_str(&format!("/// The files of `data/{folder}`: name and text.\n"));
        code.push_str(&format!("pub(crate) const {name}: &[(&str, &str)] = &[\n"));
        for file in files {
            let short = file.file_name().and_then(|n| n.to_str()).expect("a data file has a plain name");
            code.push_str(&format!("    ({short:?}, include_str!({:?})),\n", file.display().to_string()));
        }
        code.push_str("];\n");
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(Path::new(&out).join("data_files.rs"), code).expect("the build folder can be written");
}
