//! What holds of every OSCAL document.

use super::*;
use crate::report::sample;

#[test]
fn the_same_case_gives_the_same_bytes_and_no_identifier_twice() {
    let once = sample::with(|s| oscal(s).to_string());
    assert_eq!(once, sample::with(|s| oscal(s).to_string()));
    let given: Vec<&str> = once.split("\"uuid\":\"").skip(1).filter_map(|t| t.get(..36)).collect();
    let distinct: std::collections::BTreeSet<_> = given.iter().collect();
    assert!(distinct.len() == given.len() && given.len() > 10, "{given:#?}");
    assert!(given.iter().all(|u| &u[14..15] == "5" && "89ab".contains(&u[19..20])));
}

#[test]
fn whatever_is_referred_to_is_there() {
    let text = sample::with(|s| oscal(s).to_string());
    for key in ["\"observation-uuid\":\"", "\"href\":\"#", "\"actor-uuid\":\"", "\"subject-uuid\":\""] {
        for uuid in text.split(key).skip(1).filter_map(|t| t.get(..36)) {
            assert!(text.contains(&format!("\"uuid\":\"{uuid}\"")), "{key}{uuid}");
        }
    }
}

#[test]
fn what_nobody_saw_is_not_satisfied() {
    let document = sample::with(oscal);
    let findings = document["assessment-results"]["results"][0]["findings"].as_array().unwrap().clone();
    let state = |f: &Value| f["target"]["status"]["state"].as_str().unwrap().to_owned();
    let outcome = |f: &Value| {
        f["props"].as_array().unwrap().iter().find(|p| p["name"] == "outcome").unwrap()["value"].clone()
    };
    assert!(findings.iter().any(|f| state(f) == "not-satisfied"));
    for f in &findings {
        assert!(
            state(f) == "not-satisfied" || outcome(f) == "met" || outcome(f) == "not-applicable",
            "{f:#}"
        );
    }
}

#[test]
fn any_text_becomes_a_line_and_any_id_a_token() {
    assert_eq!([line(" a\n b\u{202e} "), line("\u{a0}\n")], ["a b\u{fffd}".to_owned(), "none".to_owned()]);
    assert_eq!([token("psti-2023:sch1-1"), token("5.1-1")], ["psti-2023_sch1-1", "_5.1-1"]);
}
