//! `assay explain` from outside: pages and lists as documents of their schemas, ids however they are written.

use crate::common::run;

#[test]
fn every_kind_of_page_is_a_document_of_its_schema() {
    for id in [
        "cop-2018:3",
        "5.1-1",
        "uk-psti",
        "5.1-1-1/a",
        "1-AuthMech",
        "security-txt",
        "may-sell",
        "6.1",
        "monitor:fork",
    ] {
        let ran = run(["explain", id, "--json"]);
        let page = ran.json();
        assert_eq!((ran.code, page["schema"].as_str()), (0, Some("assay-explain-0")), "{id}");
        assert!(!page["sections"].as_array().unwrap().is_empty(), "{id}");
    }
    assert_eq!(run(["explain", "sg-cls-1", "--json"]).json()["verified"], "secondary");
}

#[test]
fn lists_are_whole_or_of_one_guideline_or_scheme() {
    let count = |args: &[&str]| run(args).json()["ids"].as_array().unwrap().len();
    let all = count(&["explain", "--json"]);
    let (guideline, scheme) = (
        count(&["explain", "--guideline", "13", "--json"]),
        count(&["explain", "--scheme", "uk-psti", "--json"]),
    );
    assert!(all > 900 && guideline > 3 && scheme == 4, "{all} {guideline} {scheme}");
}

#[test]
fn a_wrong_id_is_answered_with_the_nearest() {
    let ran = run(["explain", "uk-psty"]);
    assert!(ran.code == 2 && ran.err.contains("did you mean `uk-psti`?"), "{}", ran.err);
    assert_eq!(run(["explain", "--guideline", "14"]).code, 2);
    assert_eq!(run(["explain", "--scheme", "5.1-1"]).code, 2);
}

#[test]
fn a_pipe_gets_plain_text_of_readable_width() {
    let ran = run(["explain", "uk-psti"]);
    assert!(ran.code == 0 && !ran.out.contains('\u{1b}'), "{}", ran.out);
    assert!(ran.out.lines().all(|l| l.chars().count() <= 100), "{}", ran.out);
}
