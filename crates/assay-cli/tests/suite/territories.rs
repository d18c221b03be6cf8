//! `assay territories` on the demo's products: every scheme with its answer, in words, as JSON and as a page.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::common::{Ran, assert_self_contained, camera, example, run};

fn territories(case: &Path, more: &[&str]) -> Ran {
    let mut args = vec!["territories", case.to_str().unwrap(), "--on", "2026-11-22"];
    args.extend(more);
    run(args)
}

fn page(case: &Path, more: &[&str]) -> String {
    let file = case.join("where.html");
    let mut args = vec!["--html", file.to_str().unwrap()];
    args.extend(more);
    let ran = territories(case, &args);
    assert!([0, 1, 3].contains(&ran.code), "{}", ran.err);
    fs::read_to_string(file).unwrap()
}

fn of<'a>(told: &'a Value, scheme: &str) -> &'a Value {
    told["territories"].as_array().unwrap().iter().find(|t| t["scheme"] == scheme).unwrap()
}

#[test]
fn every_bundled_scheme_answers_and_the_exit_code_follows() {
    let camera = camera();
    let ran = territories(camera.path(), &["--json"]);
    let told = ran.json();
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(told["territories"].as_array().unwrap().len() >= 11);
    let option_a = of(&told, "uk-2019-option-a");
    assert_eq!((&option_a["status"], &option_a["label"]["variant"]), (&"met".into(), &"tick".into()));
    assert_eq!(option_a["phase"]["invented"], true);
    assert_eq!(of(&told, "uk-psti")["status"], "met");
    // Without the statement that must accompany it the product cannot be said to comply.
    let bare = example("hearth-camera");
    fs::remove_file(bare.path().join("statement.toml")).unwrap();
    let told = territories(bare.path(), &["--json"]).json();
    let law = of(&told, "uk-psti");
    assert_eq!((&law["status"], &law["next_step"]["kind"]), (&"inconclusive".into(), &"document".into()));
    let only = territories(camera.path(), &["--json", "--scheme", "uk-2019-option-a"]);
    only.json();
    assert_eq!(only.code, 0, "{}", only.err);
    let refused = territories(example("brisk-doorbell").path(), &["--json"]);
    assert_eq!((refused.code, &of(&refused.json(), "uk-psti")["status"]), (1, &"not-met".into()));
}

#[test]
fn steps_come_cheapest_first() {
    for name in ["hearth-camera", "pebble-plug", "brisk-doorbell"] {
        let told = territories(example(name).path(), &["--json"]).json();
        let order = ["minutes", "hours", "days", "weeks", "change"];
        for t in told["territories"].as_array().unwrap() {
            for list in ["missing", "firmer"] {
                let efforts = t[list].as_array().unwrap().iter().map(|m| m["effort"].as_str().unwrap());
                let at: Vec<_> = efforts.map(|e| order.iter().position(|o| *o == e).unwrap()).collect();
                assert!(at.is_sorted(), "{name} {t:#}");
            }
        }
    }
}

#[test]
fn the_page_answers_in_words_for_every_scheme_and_marks_what_is_invented() {
    let case = camera();
    let page = page(case.path(), &[]);
    assert_self_contained(&page);
    let told = territories(case.path(), &["--json"]).json();
    for t in told["territories"].as_array().unwrap() {
        let title = t["title"].as_str().unwrap();
        assert!(page.contains(&format!(">{title}</h3>")), "{title}");
    }
    let wanted = [
        "the date is invented",
        "11 December 2027",
        "Binds today",
        "shield with tick",
        "not verified",
        "Next: ",
    ];
    for word in wanted {
        assert!(page.contains(word), "{word}");
    }
    // Each answer has its sign and its word: colour alone says nothing.
    let words = page.matches("<span class=\"word ").count();
    assert_eq!(words, page.matches("<span aria-hidden=\"true\">").count());
    assert_eq!(page.matches("<article").count(), told["territories"].as_array().unwrap().len());
}

#[test]
fn a_phase_of_the_operators_own_moves_the_nearest_date() {
    let case = camera();
    let page = page(case.path(), &["--phase", "uk-2019-option-a:mandatory=2026-12-24"]);
    assert!(
        page.contains("24 December 2026, in 32 days") && page.contains("(the date is invented)"),
        "{page}"
    );
}

#[test]
fn the_page_of_an_operators_scheme_is_escaped() {
    let case = camera();
    let bundled = concat!(env!("CARGO_MANIFEST_DIR"), "/../assay/data/schemes/uk-2019-option-b.toml");
    let line = |l: &str| match l.split(" = ").next() {
        Some("id") if l.contains("option-b") => "id = \"my-land\"".to_owned(),
        Some("code") => "code = 999".to_owned(),
        Some("title") => "title = \"<script>alert('x')</script> & co\"".to_owned(),
        _ => l.to_owned(),
    };
    let own: Vec<String> = fs::read_to_string(bundled).unwrap().lines().map(line).collect();
    let file = case.path().join("my-land.toml");
    fs::write(&file, own.join("\n")).unwrap();
    let page = page(case.path(), &["--scheme", file.to_str().unwrap()]);
    assert_self_contained(&page);
    assert!(page.contains("&#60;script&#62;alert(&#39;x&#39;)"), "{page}");
}

#[test]
fn a_page_replaces_nothing_that_it_must_not() {
    let case = camera();
    let toml = fs::read(case.path().join("product.toml")).unwrap();
    for (target, code) in [
        (case.path().join("evidence"), 2),
        (case.path().join("product.toml"), 2),
        ("/dev/null".into(), 2),
        ("/dev/full/page.html".into(), 4),
        (case.path().join("no/such/page.html"), 4),
    ] {
        let ran = territories(case.path(), &["--html", target.to_str().unwrap()]);
        assert_eq!(ran.code, code, "{}: {}", target.display(), ran.err);
        assert!(ran.out.is_empty());
    }
    assert_eq!(fs::read(case.path().join("product.toml")).unwrap(), toml);
}
