//! `assay check` through the front door: a case folder, a real device's file system, and everything that can be wrong with
//! the file.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::{folder, run, shared};

const CASE: &str = r#"
[product]
name = "Hearth Camera 2"
model = "HC-2"

[maker]
organisation = "Example Hearth Ltd"
domain = "hearth.example"

[support]
end = 2030-05-31
published_at = "https://hearth.example/support"
reasons = "the platform's maker supports it until then"

[[claim]]
provision = "ts103645-v1.1.1:4.1-1"
support = "yes"

[[claim]]
provision = "ts103645-v1.1.1:4.2-1"
support = "yes"

[[claim]]
provision = "ts103645-v1.1.1:4.3-4"
support = "yes"
"#;

fn case(text: &str, evidence: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = folder();
    fs::write(folder.path().join("product.toml"), text).unwrap();
    for (path, content) in evidence {
        let place = folder.path().join("evidence").join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, content).unwrap();
    }
    folder
}

fn offered(kind: &str, path: &str) -> String {
    format!("{CASE}\n[[evidence]]\nkind = \"{kind}\"\npath = \"evidence/{path}\"\n")
}

fn check(folder: &Path) -> crate::common::Ran {
    run(["check", folder.to_str().unwrap(), "--json", "--on", "2026-11-22", "--scheme", "uk-2019-option-a"])
}

#[test]
fn a_self_declared_case_holds_and_says_what_nobody_tested() {
    let ran = check(case(CASE, &[]).path());
    let told = ran.json();
    assert_eq!(ran.code, 0, "{}", ran.out);
    let result = &told["results"][0];
    assert_eq!((&result["verdict"], &result["label"]["variant"]), (&"holds".into(), &"tick".into()));
    let requirement = &result["requirements"][0];
    assert_eq!((&requirement["claim"], &requirement["outcome"]), (&"yes".into(), &"not-tested".into()));
    assert_eq!(told["schema"], "assay-check-0");
}

#[test]
fn a_universal_password_refuses_the_claim_and_is_never_printed() {
    let batch = "serial,password\n1,Sesame-77\n2,Sesame-77\n3,Sesame-77\n";
    let folder = case(&offered("password-batch", "batch.csv"), &[("batch.csv", batch)]);
    let ran = check(folder.path());
    assert_eq!(ran.code, 1, "{}", ran.out);
    let told = ran.json();
    assert_eq!(
        (&told["results"][0]["verdict"], &told["results"][0]["label"]),
        (&"refused".into(), &serde_json::Value::Null)
    );
    let finding = &told["results"][0]["requirements"][0]["checks"]
        .as_array()
        .unwrap()
        .iter()
        .find_map(|c| c["findings"].as_array().unwrap().first().cloned())
        .unwrap();
    assert_eq!(finding["kind"], "universal");
    assert!(finding["where"].as_str().unwrap().starts_with("evidence/batch.csv"), "{finding}");
    let human = run(["check", folder.path().to_str().unwrap(), "--on", "2026-11-22"]);
    assert!(!ran.out.contains("Sesame") && !human.out.contains("Sesame") && !human.err.contains("Sesame"));
}

#[test]
fn an_empty_batch_decides_nothing_and_missing_evidence_is_named() {
    for content in ["", "serial,password\n", "serial,password\n1,only-one\n"] {
        let folder = case(&offered("password-batch", "batch.csv"), &[("batch.csv", content)]);
        let told = check(folder.path()).json();
        assert_eq!(told["results"][0]["requirements"][0]["outcome"], "inconclusive", "{content:?}");
    }
    let ran = check(case(&offered("password-batch", "batch.csv"), &[]).path());
    assert_eq!(ran.code, 2, "evidence that is named and not there is a mistake in the file");
    let told = ran.json();
    let problem = &told["problems"][0];
    assert!(
        problem["message"].as_str().unwrap().contains("evidence/batch.csv")
            && problem["line"].as_u64().unwrap() > 20
    );
}

#[test]
fn shadow_without_passwd_is_judged_and_said() {
    let shadow = "root:$6$abcdefgh$8G4T5kxOz/H9Ij37I18lh8jmThLdQhi25odssCZus2IrNWNVtsOli4Y.yv/j4IGzN8hOcz7lKGj/crzz6WSsN.:1:0:9:7:::\n";
    let folder = case(&offered("root-file-system", "fs"), &[("fs/etc/shadow", shadow)]);
    let told = check(folder.path()).json();
    assert!(told.to_string().contains("fixed-password"), "{told}");
    assert!(!told.to_string().contains("8G4T5kxOz"), "a hash is never shown");
}

#[test]
fn a_real_device_reports_its_fixed_account_and_not_the_locked_root_or_the_empty_host_keys() {
    let Some(archive) = shared("corpora/firmware/nokia-alu-g010sp-squashfs-root.tar.xz") else { return };
    let folder = folder();
    let unpacked = Command::new("tar").arg("-xJf").arg(&archive).arg("-C").arg(folder.path()).status();
    assert!(unpacked.is_ok_and(|s| s.success()), "tar with xz is needed to unpack the device");
    let root = folder.path().join("squashfs-root");
    let bare = run(["check", root.to_str().unwrap(), "--json", "--on", "2026-11-22"]);

    let cased = case(&offered("root-file-system", "rootfs"), &[]);
    fs::create_dir_all(cased.path().join("evidence")).unwrap();
    fs::rename(&root, cased.path().join("evidence/rootfs")).unwrap();
    let ran = check(cased.path());
    for ran in [bare, ran] {
        assert_eq!(ran.code, 1, "{}", ran.out);
        let told = ran.json();
        let checks: Vec<_> = told["checks"].as_array().unwrap().iter().collect();
        let findings: Vec<_> = checks.iter().flat_map(|c| c["findings"].as_array().unwrap()).collect();
        assert_eq!(findings.len(), 1, "{findings:#?}");
        assert_eq!(findings[0]["kind"], "fixed-password");
        assert!(findings[0]["message"].as_str().unwrap().contains("ONTUSER"));
        assert!(findings[0]["where"].as_str().unwrap().ends_with("/etc/shadow:2"), "{}", findings[0]);
    }
}

#[test]
fn every_problem_of_a_case_file_is_named_at_once_with_place_and_mend() {
    let bad = CASE.replace("2030-05-31", "2030-02-30").replace("4.1-1", "4.1-l");
    let ran = check(case(&bad, &[]).path());
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("product.toml:11:7: `2030-02-30` is not a date"), "{}", ran.err);
    let bad =
        CASE.replace("2030-05-31", "\"2030-02-30\"").replace("4.1-1", "4.1-l").replace("model", "modell");
    let ran = check(case(&bad, &[]).path());
    let told = ran.json();
    let problems = told["problems"].as_array().unwrap();
    assert_eq!((ran.code, problems.len()), (2, 4), "{told:#}");
    assert!(
        problems.iter().all(|p| p["line"].as_u64().unwrap() > 0 && !p["mend"].as_str().unwrap().is_empty())
    );
    assert!(ran.err.contains("did you mean `ts103645-v1.1.1:4.1-1`?"), "{}", ran.err);
}

#[test]
fn what_is_not_there_or_not_known_is_usage() {
    let empty = folder();
    let cases: [&[&str]; 5] = [
        &["check", "/nonexistent/case"],
        &["check", empty.path().to_str().unwrap()],
        &["check", ".", "--scheme", "uk-2019-option-z"],
        &["check", ".", "--on", "2026-02-30"],
        &["explain", "no-such-thing"],
    ];
    for args in cases {
        let ran = run(args);
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.err);
        assert!(!ran.err.is_empty());
    }
}

#[test]
fn the_oracle_and_we_agree_on_which_security_txt_files_are_valid() {
    let Some(texts) = shared("corpora/security-txt/security-txt") else { return };
    let oracle = fs::read_to_string(texts.join("_oracle-sectxt.json")).unwrap();
    let oracle: serde_json::Value = serde_json::from_str(&oracle).unwrap();
    for (file, verdict) in oracle.as_object().unwrap() {
        let ran = run(["disclosure", texts.join(file).to_str().unwrap(), "--on", "2026-11-22", "--json"]);
        assert_eq!(ran.json()["valid"], verdict["valid"], "{file}: {}", ran.out);
        assert_eq!(ran.code, if verdict["valid"] == true { 0 } else { 1 }, "{file}");
    }
}

#[test]
fn a_scheme_that_had_not_begun_or_is_not_about_the_product_says_neither_yes_nor_no() {
    let told = |text: &str, scheme: &str, on: &str| {
        let folder = case(text, &[]);
        let ran = run(["check", folder.path().to_str().unwrap(), "--json", "--on", on, "--scheme", scheme]);
        let result = ran.json()["results"][0].clone();
        assert!(result["label"].is_null(), "{result:#}");
        (ran.code, result["status"].clone(), result["verdict"].clone())
    };
    let not_begun = (3, "not-in-force".into(), "undecided".into());
    assert_eq!(told(CASE, "eu-cra", "2026-09-10"), not_begun);
    assert_eq!(told(CASE, "uk-psti", "2024-04-28"), not_begun);
    assert_eq!(told(CASE, "uk-2019-option-a", "0001-01-01"), not_begun);
    let second_hand = format!(
        "{CASE}\n[scope]\ninternet_protocol = true\nto_consumers = true\nsupplied_before = true\ncounts_as_new = false\n"
    );
    assert_eq!(told(&second_hand, "uk-psti", "2026-11-22"), (3, "out-of-scope".into(), "undecided".into()));
    let folder = case(&second_hand, &[]);
    let ran = run(["check", folder.path().to_str().unwrap(), "--on", "2026-11-22", "--scheme", "uk-psti"]);
    assert!(ran.out.contains("out of scope") && !ran.out.contains("no evidence contradicts"), "{}", ran.out);
}

#[test]
fn no_report_is_written_over_what_is_read() {
    let folder = case(CASE, &[("support.html", "<p>kept</p>")]);
    let root = folder.path();
    let scheme = root.join("own.toml");
    fs::write(root.join("verdicts.toml"), "").unwrap();
    fs::write(&scheme, "id = \"own\"").unwrap();
    let path = |p: &str| root.join(p).to_str().unwrap().to_owned();
    let root_arg = root.to_str().unwrap();
    for (command, option) in [("check", "--html"), ("territories", "--html"), ("statement", "--out")] {
        for target in ["product.toml", "verdicts.toml", "evidence/support.html"] {
            let before = fs::read(root.join(target)).unwrap();
            let ran = run([command, root_arg, option, &path(target)]);
            assert_eq!(ran.code, 2, "{command} {target}: {}{}", ran.out, ran.err);
            assert_eq!(fs::read(root.join(target)).unwrap(), before, "{command} {target}");
        }
    }
    let ran =
        run(["check", root_arg, "--scheme", scheme.to_str().unwrap(), "--html", scheme.to_str().unwrap()]);
    assert_eq!((ran.code, fs::read_to_string(&scheme).unwrap().as_str()), (2, "id = \"own\""));
}

#[test]
fn a_claim_that_contradicts_the_products_features_is_named_under_every_document() {
    let told = |provision: &str, support: &str, feature: &str| {
        let text = format!(
            "{CASE}\n[[claim]]\nprovision = \"{provision}\"\nsupport = \"{support}\"\ndetail = \"as it is built\"\n\n[features]\n{feature}\n"
        );
        let folder = case(&text, &[]);
        let ran = check(folder.path());
        let breach = ran.json()["ics"][0]["breaches"][0].clone();
        assert_eq!(ran.code, 1, "{}", ran.out);
        assert!(breach["line"].as_u64().unwrap() > 1, "{breach:#}");
        breach["rule"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        told("ts103645-v1.1.1:4.10-3", "not-applicable", "telemetry-collected = true"),
        "ics-condition-met"
    );
    assert_eq!(told("ts103645-v1.1.1:4.3-3", "yes", "update-mechanism = false"), "ics-condition-unmet");
    assert_eq!(told("ts103645-v1.1.1:4.2-2", "not-applicable", ""), "ics-not-conditional");
}

#[test]
fn a_scheme_file_is_held_against_itself_and_the_schemes_it_names() {
    let folder = case(CASE, &[]);
    let place = folder.path().join("own.toml");
    let bundled = include_str!("../../../assay/data/schemes/uk-psti.toml")
        .replace("id = \"uk-psti\"", "id = \"freedonia\"")
        .replacen("code = ", "code = 2", 1);
    let refused = |text: &str| -> String {
        fs::write(&place, text).unwrap();
        let ran =
            run(["check", folder.path().to_str().unwrap(), "--scheme", place.to_str().unwrap(), "--json"]);
        match ran.code {
            2 => {
                let problem = ran.json()["problems"][0].clone();
                assert!(
                    problem["line"].as_u64().unwrap() > 1 && problem["column"].as_u64().unwrap() > 1,
                    "{problem}"
                );
                problem["message"].as_str().unwrap().to_owned()
            }
            _ => String::new(),
        }
    };
    assert_eq!(refused(&bundled), "", "the unchanged copy reads");
    let renamed = |from: &str, to: &str| refused(&bundled.replacen(from, to, 1));
    assert!(renamed("provision = \"psti-2023:sch1-1\"", "provision = 'psti-2023:sch9'").contains("sch9"));
    assert!(
        renamed("scheme = \"jp-jc-star-1\"", "scheme = \"jp-jc-star-9\"")
            .contains("no scheme `jp-jc-star-9`")
    );
    assert!(renamed("levels = [\"STAR-1\"]", "levels = [\"STAR-9\"]").contains("no level `STAR-9`"));
    let twice = bundled.replacen(
        "[[requirement]]\n",
        "[[requirement]]\nprovision = \"psti-2023:sch1-1\"\nsymbol = \"none\"\n\n[[requirement]]\n",
        1,
    );
    assert!(refused(&twice).contains("asked for twice"));
    assert!(
        renamed("from = 2025-12-04\n", "from = 2025-12-04\nuntil = 2025-12-03\n")
            .contains("before it begins")
    );
}
