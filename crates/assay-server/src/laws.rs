//! Sentences of ARCHITECTURE.md that can be read off this crate's own files.

use std::fs;
use std::path::Path;

/// Every Rust file below a folder, with its path inside `src`.
fn files(folder: &Path, found: &mut Vec<(String, String)>) {
    for item in fs::read_dir(folder).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src/");
            let name = path.to_str().unwrap().strip_prefix(source).unwrap().to_owned();
            found.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

fn crates_stay_behind(words: &[&str], door: &str) {
    let mut all = Vec::new();
    files(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut all);
    assert!(all.len() > 30, "the files were read");
    // Tests stand servers of others beside the program.
    let is_test = |name: &str| name.split('/').any(|part| matches!(part, "tests" | "tests.rs" | "laws.rs"));
    for (name, text) in all.iter().filter(|(name, _)| !name.starts_with(door) && !is_test(name)) {
        for word in words {
            assert!(!text.contains(word), "src/{name} names {word}, which belongs behind src/{door}");
        }
    }
}

#[test]
fn only_the_store_speaks_sql() {
    crates_stay_behind(&["sqlx::"], "store");
}

#[test]
fn only_the_web_speaks_http() {
    crates_stay_behind(&["axum::", "tower::", "tower_http::"], "web");
}
