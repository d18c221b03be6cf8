//! What holds of every SARIF document.

use super::*;
use crate::report::sample;

fn results(document: &Value) -> &Vec<Value> {
    document["runs"][0]["results"].as_array().unwrap()
}

#[test]
fn what_nobody_saw_is_open_and_never_a_pass() {
    let document = sample::with(sarif);
    for r in results(&document).iter().filter(|r| r["kind"] == "pass") {
        assert!(r["properties"]["outcome"] == "met" || r["properties"]["verdict"] == "pass", "{r:#}");
    }
    assert!(results(&document).iter().any(|r| r["kind"] == "open"));
    let failing = results(&document).iter().filter(|r| r["kind"] != "fail");
    assert!(failing.clone().count() > 0 && failing.clone().all(|r| r["level"] == "none"));
}

#[test]
fn a_place_in_a_container_has_its_inner_path_and_line() {
    let document = sample::with(sarif);
    let inner = results(&document).iter().find(|r| r["ruleId"] == "fixed-password").unwrap();
    let location = &inner["locations"][0];
    assert_eq!(location["physicalLocation"]["artifactLocation"]["uri"], "evidence/firmware.bin");
    assert_eq!(location["physicalLocation"]["region"]["startLine"], 3);
    assert_eq!(location["logicalLocations"][0]["name"], "/etc/shadow");
}

#[test]
fn rules_and_artifacts_are_where_results_say() {
    let document = sample::with(sarif);
    let run = &document["runs"][0];
    for r in results(&document) {
        let at = usize::try_from(r["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(run["tool"]["driver"]["rules"][at]["id"], r["ruleId"]);
        for l in r["locations"].as_array().unwrap() {
            let artifact = &l["physicalLocation"]["artifactLocation"];
            if let Some(at) = artifact["index"].as_u64() {
                assert_eq!(
                    run["artifacts"][usize::try_from(at).unwrap()]["location"]["uri"],
                    artifact["uri"]
                );
            }
        }
    }
}

#[test]
fn a_fingerprint_is_one_result_and_does_not_move_with_the_line() {
    let prints = |line| {
        let document = sample::at_line(line, sarif);
        let all: Vec<String> =
            results(&document).iter().map(|r| r["partialFingerprints"].to_string()).collect();
        all
    };
    let (here, there) = (prints(3), prints(9));
    assert_eq!(here, there);
    let distinct: std::collections::BTreeSet<_> = here.iter().collect();
    assert_eq!(distinct.len(), here.len());
}
