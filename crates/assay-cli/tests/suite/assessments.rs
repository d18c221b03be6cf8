//! Whole assessments through the front door, and schemes of the operator's own.

use std::fs;
use std::path::Path;

use super::common::{Ran, run};

/// The camera of the conformity tests as a case folder, with every file that its verdicts cite.
fn camera() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assay/tests/camera");
    let mut cited = Vec::new();
    for file in ["product.toml", "ixit.toml", "verdicts.toml"] {
        let text = fs::read_to_string(from.join(file)).unwrap();
        cited.extend(text.split('"').filter(|w| w.starts_with("evidence/")).map(str::to_owned));
        fs::write(folder.path().join(file), text).unwrap();
    }
    for path in cited {
        let place = folder.path().join(&path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        if !place.exists() {
            fs::write(place, "a record of the example\n").unwrap();
        }
    }
    folder
}

fn judged(folder: &Path, command: &str, more: &[&str]) -> Ran {
    let mut args = vec![command.to_owned(), folder.display().to_string(), "--json".into()];
    args.extend(["--on".into(), "2026-11-24".into()]);
    args.extend(more.iter().map(|m| (*m).to_owned()));
    run(args)
}

#[test]
fn a_whole_assessment_is_verified_and_rolled_up() {
    let folder = camera();
    let told = judged(folder.path(), "check", &[]).json();
    let ics = &told["ics"][0];
    assert_eq!((&ics["pro_forma"], &ics["valid"]), (&"ts103701-a3".into(), &true.into()), "{ics:#}");
    assert_eq!(told["conformity"]["groups"].as_array().map(Vec::len), Some(68));
    let people = told["conformity"]["counts"]["person"].as_u64().unwrap();
    assert!(people > 100, "{:#}", told["conformity"]["counts"]);
    // A claim that contradicts the product's own features is named with its place and rule.
    let product = folder.path().join("product.toml");
    let text = fs::read_to_string(&product).unwrap();
    let (head, tail) = text.split_once("provision = \"en303645-v2.1.1:5.1-3\"").unwrap();
    let turned = tail.replacen("support = \"yes\"", "support = \"no\"", 1);
    fs::write(&product, format!("{head}provision = \"en303645-v2.1.1:5.1-3\"{turned}")).unwrap();
    let ran = judged(folder.path(), "check", &[]);
    let told = ran.json();
    let breach = &told["ics"][0]["breaches"][0];
    assert_eq!((ran.code, &breach["rule"]), (1, &"ics-mandatory-no".into()), "{breach:#}");
    assert!(breach["line"].as_u64().unwrap() > 1);
    assert_eq!(told["conformity"]["overall"], "fail");
}

#[test]
fn one_case_stands_under_every_scheme_and_under_one_of_the_operators_own() {
    let folder = camera();
    let ran = judged(folder.path(), "territories", &[]);
    let told = ran.json();
    let all = told["territories"].as_array().unwrap();
    assert!(all.len() >= 11 && [1, 3].contains(&ran.code), "{}", ran.err);
    assert!(all.iter().all(|t| !t["why"].as_str().unwrap().is_empty()));
    let own = folder.path().join("freedonia.toml");
    fs::write(&own, FREEDONIA).unwrap();
    let named = own.display().to_string();
    let told = judged(folder.path(), "territories", &["--scheme", &named]).json();
    let one = &told["territories"][0];
    assert_eq!((&one["scheme"], &one["status"]), (&"freedonia".into(), &"met".into()), "{one:#}");
    fs::write(&own, FREEDONIA.replace("5.3-13", "5.3-31")).unwrap();
    let ran = judged(folder.path(), "territories", &["--scheme", &named]);
    let told = ran.json();
    assert_eq!(ran.code, 2);
    let problem = &told["problems"][0];
    assert!(problem["message"].as_str().unwrap().contains("5.3-31"), "{told:#}");
    assert!(
        problem["line"].as_u64().unwrap() > 1
            && problem["file"].as_str().unwrap().ends_with("freedonia.toml")
    );
}

#[test]
fn the_operators_dates_are_parameters_and_a_fact_is_not() {
    let folder = camera();
    let ahead = ["--scheme", "uk-2019-option-a", "--phase", "uk-2019-option-a:mandatory=2027-01-01"];
    let told = judged(folder.path(), "territories", &ahead).json();
    let phase = &told["territories"][0]["phase"];
    assert_eq!((&phase["name"], &phase["invented"]), (&"voluntary".into(), &true.into()), "{phase:#}");
    let fact = judged(folder.path(), "territories", &["--phase", "uk-psti:in force=2027-01-01"]);
    assert!(fact.code == 2 && fact.out.contains("is a fact"), "{}", fact.out);
}

/// A made-up territory: one file, no code.
const FREEDONIA: &str = r#"
id = "freedonia"
code = 900
title = "Freedonia's list of safe things"
territory = "Freedonia"
kind = "label"
enacted = true
summary = "Two provisions of EN 303 645 are declared."
source = "invented for a test"
accepts = "self-declaration"

[[phase]]
name = "open"
from = 2026-01-01
binding = false
invented = false

[[requirement]]
provision = "en303645-v2.1.1:5.2-1"

[[requirement]]
provision = "en303645-v2.1.1:5.3-13"

[seller]
sells = "anything"
unregistered = "nothing-to-say"
duty = "None."
"#;
