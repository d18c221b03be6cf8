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

#[test]
fn a_label_that_an_authority_of_the_operators_own_scheme_granted_counts() {
    let folder = camera();
    let own = folder.path().join("freedonia.toml");
    let granting = FREEDONIA.replace("self-declaration", "grant").replace(
        "[seller]",
        "[holding]\nwhile_supported = true\nlevels = [\"1\"]\nmonths = 24\nsays = \"A badge.\"\nsource = \"invented for a test\"\nverified = \"secondary\"\n\n[seller]",
    );
    fs::write(&own, granting).unwrap();
    let own = own.display().to_string();
    let product = folder.path().join("product.toml");
    let text = fs::read_to_string(&product).unwrap();
    let model = text.lines().find_map(|l| l.strip_prefix("model = \"")).unwrap().trim_end_matches('"');
    let held = |level: &str| {
        format!(
            "{text}\n[[label]]\nscheme = \"freedonia\"\nlevel = \"{level}\"\nproduct = \"{model}\"\ngranted = 2026-05-01\nexpires = 2027-04-30\n"
        )
    };
    let status = |named: &[&str]| {
        let ran = judged(folder.path(), "territories", named);
        (ran.json()["territories"][0]["status"].clone(), ran.code)
    };
    assert_ne!(status(&["--scheme", &own]).0, "met", "no label yet");
    fs::write(&product, held("1")).unwrap();
    assert_eq!(status(&["--scheme", &own]), ("met".into(), 0));
    assert_eq!(judged(folder.path(), "check", &["--scheme", &own]).json()["results"][0]["verdict"], "holds");
    fs::write(&product, held("7")).unwrap();
    assert_ne!(status(&["--scheme", &own]).0, "met", "the scheme has no such level");
    // Without the file nothing knows what the label is.
    for (text, mend) in [
        (held("1"), "--scheme FILE.toml"),
        (held("1").replace("\"freedonia\"", "\"jp-jc-sta-1\""), "did you mean `jp-jc-star-1`?"),
        (
            text.replacen("[scope]", "[scope]\nexceptions = [\"ev-charge-pont\"]", 1),
            "did you mean `ev-charge-point`?",
        ),
    ] {
        let text = if text.contains("[scope]") || text.contains("[[label]]") {
            text
        } else {
            format!("{text}\n[scope]\nexceptions = [\"ev-charge-pont\"]\n")
        };
        fs::write(&product, text).unwrap();
        for command in ["check", "territories"] {
            let ran = judged(folder.path(), command, &[]);
            assert!(ran.code == 2 && ran.out.contains(mend), "{mend} in {}", ran.out);
        }
    }
}

#[test]
fn a_scheme_file_cannot_call_itself_by_the_name_of_a_bundled_scheme() {
    let folder = camera();
    let own = folder.path().join("law.toml");
    fs::write(&own, FREEDONIA.replace("id = \"freedonia\"", "id = \"uk-psti\"")).unwrap();
    let ran = judged(folder.path(), "check", &["--scheme", own.to_str().unwrap()]);
    assert!(ran.code == 2 && ran.out.contains("the id uk-psti is that of a bundled scheme"), "{}", ran.out);
    let (one, two) = (folder.path().join("one.toml"), folder.path().join("two.toml"));
    fs::write(&one, FREEDONIA).unwrap();
    fs::write(&two, FREEDONIA).unwrap();
    let both = ["--scheme", one.to_str().unwrap(), "--scheme", two.to_str().unwrap()];
    assert_eq!(judged(folder.path(), "check", &both).code, 2);
}

#[test]
fn a_phase_of_a_scheme_file_cannot_write_on_the_terminal() {
    let folder = camera();
    let own = folder.path().join("freedonia.toml");
    fs::write(&own, FREEDONIA.replace("name = \"open\"", "name = \"open\\u001b[2J\"")).unwrap();
    let ran = run([
        "territories",
        folder.path().to_str().unwrap(),
        "--on",
        "2026-11-24",
        "--scheme",
        own.to_str().unwrap(),
    ]);
    assert!(!ran.out.contains('\u{1b}'), "{:?}", ran.out);
}

#[test]
fn a_day_before_the_last_verdict_can_be_asked_about() {
    let folder = camera();
    let on = |on: &str| run(["check", folder.path().to_str().unwrap(), "--json", "--on", on]);
    let told = on("2026-02-10").json();
    assert!(told.to_string().contains("its verdict is dated 2026-02-13, after 2026-02-10"), "{told:#}");
    let verdicts = folder.path().join("verdicts.toml");
    let text = fs::read_to_string(&verdicts).unwrap();
    fs::write(&verdicts, text.replacen("on = 2026-02-13", "on = 2199-02-13", 1)).unwrap();
    let ran = on("2026-02-10");
    assert!(ran.code == 2 && ran.out.contains("is dated 2199-02-13"), "nobody judged tomorrow: {}", ran.out);
}

#[test]
fn evidence_that_does_not_open_inside_the_case_is_named() {
    let folder = camera();
    let verdicts = folder.path().join("verdicts.toml");
    let text = fs::read_to_string(&verdicts).unwrap();
    let cited = "evidence/password-line.md";
    let ghost = text.replacen(cited, "evidence/password-line.md/ghost", 1);
    let check = |text: &str| {
        fs::write(&verdicts, text).unwrap();
        judged(folder.path(), "check", &[])
    };
    assert_ne!(check(&text).code, 2);
    let ran = check(&ghost);
    assert!(ran.code == 2 && ran.out.contains("is no file or folder of this case"), "{}", ran.out);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("nowhere", folder.path().join("evidence/dangling")).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", folder.path().join("evidence/away")).unwrap();
        for (path, wanted) in
            [("evidence/dangling", "is not there"), ("evidence/away", "is no file or folder")]
        {
            let ran = check(&text.replacen(cited, path, 1));
            assert!(ran.code == 2 && ran.out.contains(wanted), "{path}: {}", ran.out);
        }
        fs::write(&verdicts, &text).unwrap();
        let product = folder.path().join("product.toml");
        let case = fs::read_to_string(&product).unwrap();
        let offered = format!("{case}\n[[evidence]]\nkind = \"page-visit\"\npath = \"evidence/dangling\"\n");
        fs::write(&product, offered).unwrap();
        let ran = judged(folder.path(), "check", &[]);
        assert!(ran.code == 2 && ran.out.contains("`evidence/dangling` is not there"), "{}", ran.out);
    }
}

#[test]
fn a_new_case_for_an_assessment_has_its_sheets_and_reads_without_complaint() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("case");
    let ran = run(["new", dir.to_str().unwrap(), "--assessment", "--json"]);
    assert_eq!(ran.json()["files"].as_array().map(Vec::len), Some(4), "{}", ran.out);
    let ran = judged(&dir, "check", &[]);
    assert!([1, 3].contains(&ran.code), "{}{}", ran.out, ran.err);
    assert_eq!(ran.json()["conformity"]["overall"], "inconclusive");
    assert_ne!(judged(&dir, "territories", &[]).code, 2);
    assert_eq!(run(["statement", dir.to_str().unwrap()]).code, 1, "everything is missing, nothing is wrong");
    let plain = folder.path().join("plain");
    assert_eq!(run(["new", plain.to_str().unwrap()]).code, 0);
    assert!(plain.join("statement.toml").is_file() && !plain.join("verdicts.toml").exists());
    assert_eq!(run(["new", plain.to_str().unwrap()]).code, 2, "a case is not overwritten");
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
