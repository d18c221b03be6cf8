//! What `assay check` writes for others: the page, SARIF, OSCAL, and the report in a pipe. SARIF and OSCAL are held
//! against the published schemas where those can be had.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::common::{Ran, assay, assert_self_contained, camera, example, finish, run};
use crate::published::{is_oscal, is_sarif};

const ON: &str = "2026-11-22";

/// Checks a case and writes one report.
fn write(case: &Path, option: &str, file: &Path) -> Ran {
    run(["check", case.to_str().unwrap(), "--on", ON, option, file.to_str().unwrap()])
}

fn written(case: &Path, option: &str) -> String {
    let file = case.join("report.out");
    let ran = write(case, option, &file);
    assert!([0, 1, 3].contains(&ran.code), "{}", ran.err);
    fs::read_to_string(file).unwrap()
}

fn json(case: &Path, option: &str) -> Value {
    serde_json::from_str(&written(case, option)).unwrap()
}

fn results(sarif: &Value) -> Vec<&Value> {
    sarif["runs"][0]["results"].as_array().unwrap().iter().collect()
}

#[test]
fn the_page_says_what_a_manager_asks_and_travels_alone() {
    let page = written(camera().path(), "--html");
    assert_self_contained(&page);
    for word in ["Hearth Camera 2", "Hearth Devices Ltd", "22 November 2026", "Summary", "How to read it"] {
        assert!(page.contains(word), "{word}");
    }
    let page = written(example("brisk-doorbell").path(), "--html");
    assert_self_contained(&page);
    for word in ["What must be mended", "evidence/labels.csv:2", "refused", "support-page", "not tested"] {
        assert!(page.contains(word), "{word}");
    }
}

#[test]
fn markup_in_names_and_paths_stays_text() {
    let case = camera();
    let toml = fs::read_to_string(case.path().join("product.toml")).unwrap();
    let long = "\u{1f4f7}<b>&quot;'".repeat(11);
    let bad = toml.replace("Hearth Camera 2", &format!("<script>alert(1)</script>{long}"));
    let bad = bad.replace("evidence/policy.txt", "evidence/<img src=x onerror=alert(1)>.txt");
    fs::write(case.path().join("product.toml"), bad).unwrap();
    let evidence = case.path().join("evidence");
    fs::rename(evidence.join("policy.txt"), evidence.join("<img src=x onerror=alert(1)>.txt")).unwrap();
    let page = written(case.path(), "--html");
    assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("<b>"), "{page}");
    assert!(page.contains("&#60;script&#62;alert(1)"), "{page}");
    let sarif = json(case.path(), "--sarif");
    assert!(sarif.to_string().contains("evidence/%3Cimg%20src%3Dx%20onerror%3Dalert%281%29%3E.txt"));
    is_sarif(&sarif);
    is_oscal(&json(case.path(), "--oscal"));
    // What turns the reading direction or is too long never gets so far.
    for name in ["a\u{202e}b".to_owned(), "x".repeat(10_000)] {
        fs::write(case.path().join("product.toml"), toml.replace("Hearth Camera 2", &name)).unwrap();
        assert_eq!(write(case.path(), "--html", &case.path().join("no.html")).code, 2);
        assert!(!case.path().join("no.html").exists());
    }
}

#[test]
fn every_case_gives_valid_sarif_and_silence_is_no_pass_in_it() {
    for name in ["hearth-camera", "pebble-plug", "brisk-doorbell"] {
        let sarif = json(example(name).path(), "--sarif");
        is_sarif(&sarif);
        let run = &sarif["runs"][0];
        assert_eq!((&sarif["version"], &run["tool"]["driver"]["name"]), (&"2.1.0".into(), &"assay".into()));
        for r in results(&sarif) {
            let unseen = ["not-tested", "inconclusive"].iter().any(|o| r["properties"]["outcome"] == *o);
            assert!(r["kind"] != "pass" || !unseen, "{r:#}");
            assert!(r["level"] == "none" || r["kind"] == "fail", "{r:#}");
        }
        let law = results(&sarif).into_iter().filter(|r| r["properties"]["scheme"] == "uk-psti");
        assert_eq!(law.count(), 3, "{name}: each requirement is a result");
        let artifacts = run["artifacts"].as_array().unwrap();
        let digest = |a: &Value| a["hashes"]["sha-256"].as_str().map(str::len);
        assert!(!artifacts.is_empty() && artifacts.iter().all(|a| digest(a) == Some(64)));
    }
}

#[test]
fn sarif_names_the_place_of_a_finding_inside_its_container() {
    let sarif = json(example("brisk-doorbell").path(), "--sarif");
    let find = |rule: &str| results(&sarif).into_iter().find(|r| r["ruleId"] == rule).unwrap();
    let universal = &find("universal")["locations"][0]["physicalLocation"];
    assert_eq!(universal["artifactLocation"]["uri"], "evidence/labels.csv");
    assert_eq!(
        (&universal["region"]["startLine"], &find("universal")["level"]),
        (&2.into(), &"error".into())
    );
    assert_eq!(find("fixed-password")["locations"][0]["logicalLocations"][0]["name"], "/etc/shadow");
    assert_eq!(sarif["runs"][0]["invocations"][0]["exitCode"], 1);
    assert_eq!(find("psti-2023:sch1-1")["kind"], "fail");
}

#[test]
fn every_case_gives_valid_oscal() {
    for name in ["hearth-camera", "pebble-plug", "brisk-doorbell"] {
        let oscal = json(example(name).path(), "--oscal");
        is_oscal(&oscal);
        let text = oscal.to_string();
        let given: Vec<&str> = text.split("\"uuid\":\"").skip(1).filter_map(|t| t.get(..36)).collect();
        let distinct: std::collections::BTreeSet<&str> = given.iter().copied().collect();
        assert_eq!(given.len(), distinct.len(), "{name}: an identifier is one object's");
        let results = oscal["assessment-results"]["results"].as_array().unwrap();
        assert!(results.iter().all(|r| r["start"] == "2026-11-22T00:00:00Z"), "{name}");
        assert!(results.iter().flat_map(|r| r["findings"].as_array().unwrap()).count() >= 9, "{name}");
    }
}

#[test]
fn a_device_without_a_case_is_reported_in_every_form() {
    let case = camera();
    let root = case.path().join("evidence/rootfs");
    for option in ["--html", "--sarif", "--oscal"] {
        let file = case.path().join("report");
        let ran = write(&root, option, &file);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let text = fs::read_to_string(file).unwrap();
        match option {
            "--html" => assert_self_contained(&text),
            "--sarif" => is_sarif(&serde_json::from_str(&text).unwrap()),
            _ => is_oscal(&serde_json::from_str(&text).unwrap()),
        }
    }
}

#[test]
fn the_same_case_on_the_same_day_gives_the_same_bytes() {
    let case = example("brisk-doorbell");
    for option in ["--html", "--sarif", "--oscal"] {
        assert_eq!(written(case.path(), option), written(case.path(), option), "{option}");
    }
}

#[test]
fn an_assessment_after_ts_103_701_is_told_in_every_form() {
    let case = camera();
    let toml = fs::read_to_string(case.path().join("product.toml")).unwrap();
    let claim = |number: &str, support: &str| {
        format!(
            "\n[[claim]]\nprovision = \"en303645-v2.1.1:{number}\"\nsupport = \"{support}\"\ndetail = \"as built\"\n"
        )
    };
    let claims = claim("5.1-1", "yes") + &claim("5.2-1", "not-applicable");
    fs::write(case.path().join("product.toml"), toml + &claims).unwrap();
    let verdict = "[[verdict]]\nunit = \"5.1-1-1/a\"\nsays = \"fail\"\nby = \"an evaluator\"\non = 2026-03-01\n\
                   why = \"each password follows from the serial number\"\n";
    fs::write(case.path().join("verdicts.toml"), verdict).unwrap();
    let folder = case.path().to_str().unwrap();
    let ran = run(["check", folder, "--on", ON]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    for word in
        ["TS 103 701: FAIL", "1 by a person", "Breaches of the ICS", "ics-not-conditional", "product.toml:"]
    {
        assert!(ran.out.contains(word), "{word} in {}", ran.out);
    }
    let told = run(["check", folder, "--on", ON, "--json"]).json();
    assert_eq!(told["conformity"]["overall"], "fail");
    let page = written(case.path(), "--html");
    assert_self_contained(&page);
    for word in ["FAIL", "follows from the serial number", "Breaches of the ICS", "ics-not-conditional"] {
        assert!(page.contains(word), "{word}");
    }
    let sarif = json(case.path(), "--sarif");
    is_sarif(&sarif);
    assert!(results(&sarif).iter().any(|r| r["ruleId"] == "ics-not-conditional" && r["level"] == "error"));
    assert_eq!(results(&sarif).iter().filter(|r| r["properties"]["verdict"] == "fail").count(), 1);
    is_oscal(&json(case.path(), "--oscal"));
}

#[test]
fn the_report_in_a_pipe_is_plain_and_wraps_only_where_asked() {
    let case = example("brisk-doorbell");
    let args = ["check", case.path().to_str().unwrap(), "--on", ON];
    let ran = finish(assay().args(args).env_remove("COLUMNS"));
    assert!(!ran.out.contains('\u{1b}') && ran.err.is_empty(), "{}", ran.err);
    assert!(ran.out.lines().any(|l| l.contains("all 8 rows") && l.contains("Admin password")), "{}", ran.out);
    let narrow = finish(assay().args(args).env("COLUMNS", "60")).out;
    let long = |l: &&str| l.chars().count() > 60 && l.split_whitespace().all(|w| w.chars().count() < 30);
    assert_eq!(narrow.lines().find(long), None);
}

#[test]
fn a_report_replaces_nothing_that_it_must_not() {
    let case = camera();
    let file = |name: &str| case.path().join(name);
    let kept = |name: &str| fs::read(case.path().join(name)).unwrap();
    let before = (kept("product.toml"), kept("evidence/policy.txt"));
    for option in ["--html", "--sarif", "--oscal"] {
        for (target, code) in [
            (file("evidence"), 2),
            (file("product.toml"), 2),
            (file("evidence/policy.txt"), 2),
            ("/dev/null".into(), 2),
            ("/dev/full".into(), 2),
            ("/dev/full/report".into(), 4),
            (file("no/such/folder/report"), 4),
        ] {
            let ran = write(case.path(), option, &target);
            assert_eq!(ran.code, code, "{option} {}: {}", target.display(), ran.err);
            assert!(ran.err.contains(target.to_str().unwrap()) && ran.out.is_empty(), "{}", ran.err);
        }
    }
    assert_eq!((kept("product.toml"), kept("evidence/policy.txt")), before);
    let (folder, twice) = (case.path().to_str().unwrap(), file("twice"));
    let ran = run(["check", folder, "--html", twice.to_str().unwrap(), "--sarif", twice.to_str().unwrap()]);
    assert!(ran.code == 2 && ran.err.contains("twice") && !twice.exists(), "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn a_disk_that_takes_no_more_leaves_the_old_report_and_nothing_beside_it() {
    let case = camera();
    let report = case.path().join("report.html");
    fs::write(&report, "the old one").unwrap();
    let before = fs::read_dir(case.path()).unwrap().count();
    let binary = env!("CARGO_BIN_EXE_assay");
    let (folder, file) = (case.path().display(), report.display());
    let script =
        format!("trap '' XFSZ; ulimit -f 2; exec '{binary}' check '{folder}' --on {ON} --html '{file}'");
    let ran = finish(Command::new("sh").args(["-c", &script]));
    assert!(ran.code == 4 && ran.err.contains("report.html"), "{} {}", ran.code, ran.err);
    assert_eq!(fs::read_to_string(&report).unwrap(), "the old one");
    assert_eq!(fs::read_dir(case.path()).unwrap().count(), before);
}
