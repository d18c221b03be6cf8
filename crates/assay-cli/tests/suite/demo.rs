//! The demo through the front door: three products, a log that verifies, labels that verify and tell when they were altered.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{folder, run};
use serde_json::Value;

/// Runs the demo in a folder and gives back its document.
fn demo(out: &Path) -> Value {
    let ran = run(["demo", "--once", "--json", "--on", "2026-11-22", "--out", out.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    ran.json()
}

fn file(product: &Value, ending: &str) -> PathBuf {
    let files = product["label"]["files"].as_array().unwrap();
    let found = files.iter().map(|f| f.as_str().unwrap()).find(|f| f.ends_with(ending));
    PathBuf::from(found.unwrap_or_else(|| panic!("no {ending} in {files:?}")))
}

#[test]
fn one_tick_one_cross_with_a_date_one_refusal_and_a_gated_catalogue() {
    let out = folder();
    let told = demo(out.path());
    let products = told["products"].as_array().unwrap();
    let variants: Vec<Option<&str>> = products.iter().map(|p| p["label"]["variant"].as_str()).collect();
    assert_eq!(variants, [Some("tick"), Some("cross"), None]);
    assert_eq!(products[1]["label"]["updates_until"], "2028-05-31");
    let verdicts: Vec<Option<&str>> = products.iter().map(|p| p["verdict"].as_str()).collect();
    assert_eq!(verdicts, [Some("holds"), Some("does-not-hold"), Some("refused")]);
    assert!(products[2]["refused"][0].as_str().unwrap().contains("the evidence shows that it is not"));
    assert_eq!(told["log"]["proofs_verified"], told["log"]["size"]);
    assert!(told["log"]["size"].as_u64().unwrap() >= 8);
    let gate = &told["gate"];
    let counts: u64 =
        ["may_sell", "refuse", "ask", "out_of_scope"].iter().map(|k| gate[*k].as_u64().unwrap()).sum();
    assert_eq!((gate["rows"].as_u64().unwrap(), counts), (12, 12));
    assert_eq!(gate["may_sell"], 6);
    assert!(told["snapshot"]["file"].as_str().unwrap().ends_with(".snap"));
    for path in [&told["snapshot"]["file"], &told["log"]["checkpoint"], &told["trust"], &told["verdicts"]] {
        assert!(Path::new(path.as_str().unwrap()).is_file(), "{path}");
    }
}

#[test]
fn what_the_demo_wrote_verifies_and_a_changed_byte_is_refused_with_the_reason() {
    let out = folder();
    let told = demo(out.path());
    let trust = told["trust"].as_str().unwrap();
    let verify = |target: &Path| run(["verify", target.to_str().unwrap(), "--trust", trust, "--json"]);
    let product = &told["products"][0];
    for ending in ["svg", "png", "statement", "tlog-proof"] {
        let ran = verify(&file(product, ending));
        assert_eq!((ran.code, ran.json()["genuine"].as_bool()), (0, Some(true)), "{ending}: {}", ran.out);
    }
    assert_eq!(verify(Path::new(told["snapshot"]["file"].as_str().unwrap())).code, 0);
    let link = product["label"]["link"].as_str().unwrap();
    assert_eq!(run(["verify", link, "--trust", trust]).code, 0);

    // A changed byte in the payload of the link, at several places.
    let payload = link.find("a=").unwrap() + 2;
    for at in (payload..link.len()).step_by(7) {
        let mut bytes = link.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        let ran = run(["verify", &changed, "--trust", trust, "--json"]);
        assert_eq!(ran.code, 1, "byte {at}: {}", ran.out);
        assert!(ran.json()["reason"].as_str().is_some_and(|r| r.len() > 20), "{}", ran.out);
    }

    // A changed byte in the drawing, in an entry of the log, in its proof, in the snapshot.
    let snapshot = PathBuf::from(told["snapshot"]["file"].as_str().unwrap());
    for original in [file(product, "svg"), file(product, "statement"), file(product, "tlog-proof"), snapshot]
    {
        let bytes = fs::read(&original).unwrap();
        for at in [bytes.len() / 5, bytes.len() / 2, bytes.len() - 2] {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            fs::write(&original, &changed).unwrap();
            let ran = verify(&original);
            assert_eq!(ran.code, 1, "{} byte {at}: {}{}", original.display(), ran.out, ran.err);
            assert!(ran.json()["reason"].as_str().is_some_and(|r| r.len() > 20), "{}", ran.out);
        }
        fs::write(&original, &bytes).unwrap();
    }
}

#[test]
fn keys_that_merely_lie_beside_a_label_do_not_make_it_genuine_for_good() {
    let out = folder();
    let told = demo(out.path());
    let ran = run(["verify", file(&told["products"][0], "svg").to_str().unwrap(), "--json"]);
    assert_eq!((ran.code, ran.json()["trust"]["pinned"].as_bool()), (3, Some(false)), "{}", ran.out);
}

#[test]
fn another_registers_label_is_not_ours() {
    let (one, two) = (folder(), folder());
    let (ours, theirs) = (demo(one.path()), demo(two.path()));
    let target = file(&theirs["products"][0], "svg");
    let ran = run(["verify", target.to_str().unwrap(), "--trust", ours["trust"].as_str().unwrap(), "--json"]);
    assert_eq!(ran.code, 1);
    assert!(ran.json()["reason"].as_str().unwrap().contains("not among the trusted keys"), "{}", ran.out);
}

#[test]
fn the_demo_never_writes_into_a_folder_that_is_not_empty() {
    let out = folder();
    fs::write(out.path().join("mine"), "kept").unwrap();
    let ran = run(["demo", "--once", "--out", out.path().to_str().unwrap()]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 1);
}
