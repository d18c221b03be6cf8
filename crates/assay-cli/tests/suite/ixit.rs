//! `ixit.toml` beside `product.toml`, through the front door: read where it is there, named with places where it is wrong, and
//! judged unit by unit without ever making a provision met.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::common::{Ran, folder, run};

const PRODUCT: &str = r#"
[product]
name = "Hearth Camera 2"
model = "HC-2"

[maker]
organisation = "Example Hearth Ltd"
domain = "hearth.example"

[[claim]]
provision = "en303645-v2.1.1:5.3-9"
support = "yes"

[[claim]]
provision = "en303645-v2.1.1:5.3-12"
support = "yes"

[[evidence]]
kind = "page-visit"
path = "evidence/visit.txt"
"#;

const IXIT: &str = r#"
[[UpdMech]]
id = "UM-1"
authenticity_verified_by_device = true
integrity_verified_by_device = true
never_disrupts = true
"#;

fn case(ixit: Option<&str>) -> tempfile::TempDir {
    let folder = folder();
    fs::write(folder.path().join("product.toml"), PRODUCT).unwrap();
    fs::create_dir(folder.path().join("evidence")).unwrap();
    fs::write(folder.path().join("evidence/visit.txt"), "opened on 22 November 2026 without an account\n")
        .unwrap();
    if let Some(ixit) = ixit {
        fs::write(folder.path().join("ixit.toml"), ixit).unwrap();
    }
    folder
}

fn check(folder: &Path) -> Ran {
    run(["check", folder.to_str().unwrap(), "--json", "--on", "2026-11-22"])
}

/// The document that a run printed.
fn told(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {}{}", ran.out, ran.err))
}

/// What a check of the document said.
fn result<'a>(told: &'a Value, id: &str) -> &'a Value {
    told["checks"].as_array().unwrap().iter().find(|c| c["check"] == id).unwrap()
}

#[test]
fn a_description_that_agrees_passes_its_units_and_meets_nothing() {
    let told = told(&check(case(Some(IXIT)).path()));
    let updates = result(&told, "ixit-updates");
    assert_eq!(updates["outcome"], "inconclusive", "{updates:#}");
    assert_eq!(updates["speaks_from"], "makers-words");
    let units = updates["units"].as_array().unwrap();
    let unit =
        |id: &str| units.iter().find(|u| u["unit"] == id).unwrap()["outcome"].as_str().unwrap().to_owned();
    assert_eq!([unit("5.3-9-1/c"), unit("5.3-12-1/a"), unit("5.3-4-1/b")], ["met", "met", "not-tested"]);
    // The whole group 5.3-12 is one comparison of words: it passes as a test group, and the provision stays open.
    let group = result(&told, "test-group-5-3-12");
    assert_eq!((&group["outcome"], &group["speaks_from"]), (&"inconclusive".into(), &"makers-words".into()));
    let of = |group: &str| {
        let groups = told["conformity"]["groups"].as_array().unwrap();
        groups.iter().find(|g| g["provision"].as_str().unwrap().ends_with(group)).unwrap().clone()
    };
    let unit = of(":5.3-9")["cases"][0]["units"]
        .as_array()
        .unwrap()
        .iter()
        .find(|u| u["id"] == "5.3-9-1/c")
        .unwrap()
        .clone();
    assert_eq!((&unit["verdict"], &unit["decided_by"]), (&"pass".into(), &"machine".into()), "{unit}");
    assert!(told["checks"].as_array().unwrap().iter().all(|c| c["outcome"] != "met"));
}

#[test]
fn a_contradiction_is_a_finding_with_its_place_against_its_own_provision() {
    let text = IXIT.replace("integrity_verified_by_device = true", "integrity_verified_by_device = false");
    let ran = check(case(Some(&text)).path());
    assert_eq!(ran.code, 1, "{}", ran.out);
    let told = told(&ran);
    let finding = &result(&told, "ixit-updates")["findings"][0];
    assert_eq!(
        (&finding["kind"], &finding["where"]),
        (&"updates-fall-short".into(), &"ixit.toml:5:32".into())
    );
    assert_eq!(finding["provisions"], serde_json::json!(["en303645-v2.1.1:5.3-9"]));
    // The test group that fails with it was failed by a machine: there is no verdicts.toml to look into.
    let group = &result(&told, "test-group-5-3-9")["findings"][0];
    assert_eq!(group["where"], "ixit.toml:5:32", "{group:#}");
}

#[test]
fn what_is_wrong_with_the_file_is_named_with_places_before_anything_is_judged() {
    let many = "[[UpdMech]]\nid = \"a\"\n".repeat(10_000);
    for (text, wanted) in [
        ("[[UpdMec]]\nid = \"a\"", "ixit.toml:1:3: `UpdMec` is not known here"),
        (
            "[[SoftComp]]\nid = \"a\"\nupdate_mechanism = [\"b\"]",
            "ixit.toml:3:21: `update_mechanism` names `b`",
        ),
        ("[[UpdMech]]\nid = \"a\u{202e}b\"", "ixit.toml:2:6: `id` holds an invisible character (U+202E)"),
        (&many, "at most 500 are read"),
    ] {
        let ran = check(case(Some(text)).path());
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert!(ran.err.contains(wanted), "{wanted} in {}", ran.err);
        assert!(!ran.err.contains('\u{202e}'));
    }
}

#[test]
fn without_the_file_its_checks_say_so_in_one_line_and_what_people_judge_is_listed() {
    let folder = case(None);
    let told = told(&check(folder.path()));
    assert_eq!(result(&told, "ixit-updates")["outcome"], "not-tested");
    let offered = &told["for_people"][0];
    assert_eq!((&offered["kind"], offered["sha256"].as_str().unwrap().len()), (&"page-visit".into(), 64));
    let human = run(["check", folder.path().to_str().unwrap(), "--on", "2026-11-22"]).out;
    assert_eq!(human.matches("ixit-updates").count(), 1, "{human}");
    assert!(human.contains("page-visit") && human.contains("evidence/visit.txt"), "{human}");
}
