//! `assay duties` as a shop or an importer calls it: what is due, who need not be told again, and what makes no sense.

use serde_json::Value;

use crate::common::run;

fn told(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|n| n["to"].as_str().unwrap()).collect()
}

#[test]
fn every_role_has_its_list_and_its_document() {
    for role in ["manufacturer", "authorised-representative", "importer", "distributor"] {
        let ran = run(["duties", "--role", role, "--json"]);
        let document = ran.json();
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(document["due"].is_null() && document["note"].is_null());
        assert!(!document["duties"].as_array().unwrap().is_empty(), "{role}");
        let text = run(["duties", "--role", role]).out;
        let does = document["duties"][0]["does"].as_str().unwrap();
        assert!(text.contains(does) && text.contains("PSTI Act 2022"), "{text}");
    }
}

#[test]
fn an_importer_that_was_told_by_a_distributor_tells_whom_it_still_must() {
    let args = ["duties", "--role", "importer", "--failure", "--told-us", "distributors", "--said-to-know"];
    let document = run(args.iter().chain(&["manufacturer,authority", "--json"])).json();
    assert_eq!(told(&document["due"]["notices"]), ["distributors"]);
    assert_eq!(told(&document["due"]["excused"]), ["manufacturer", "authority", "customers"]);
    let fresh = run(["duties", "--role", "importer", "--failure", "--json"]).json();
    assert_eq!(told(&fresh["due"]["notices"]), ["manufacturer", "authority", "distributors"]);
    let text = run(["duties", "--role", "importer", "--failure", "--told", "authority,manufacturer"]).out;
    assert!(text.contains("You told them already.") && text.contains("no threshold"), "{text}");
}

#[test]
fn a_distributor_is_not_asked_to_investigate() {
    let ran = run(["duties", "--role", "distributor", "--failure", "--remedy-unlikely"]);
    assert!(ran.out.contains("no duty to investigate") && ran.out.contains("section 25(5)"), "{}", ran.out);
    let without = run(["duties", "--role", "distributor", "--failure"]);
    assert!(!without.out.contains("section 25(5)"), "{}", without.out);
}

#[test]
fn what_makes_no_sense_is_said() {
    for (args, wanted) in [
        (["--role", "importer", "--told", "authority"].as_slice(), "--failure"),
        (&["--role", "importer", "--failure", "--told", "the-press"], "nobody of the chain"),
        (
            &["--role", "importer", "--failure", "--told", "authority", "--told-us", "authority"],
            "name it once",
        ),
        (&["--role", "importer", "--failure", "--scheme", "uk-2019-option-a"], "uk-psti only"),
        (&["--role", "shopkeeper"], "distributor"),
        (&[], "--role"),
    ] {
        let ran = run(["duties"].iter().chain(args));
        assert_eq!(ran.code, 2, "{args:?}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(wanted), "{args:?}: {}", ran.err);
    }
}
