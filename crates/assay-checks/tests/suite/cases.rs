//! Runs every case of `tests/cases/<check>/*.toml` through its check: a small case folder as data, and what the check has to
//! say of it. A new case is a new file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use assay::case::Claimed;
use assay::conformity::Ixit;
use assay::key::SecretKey;
use assay::outcome::{CheckResult, Outcome, SpeaksFrom};
use assay::password_audit::PasswordAudit;
use assay_checks::{Check, MemoryFiles, Subject, checks, finding_kinds};
use serde::Deserialize;

use super::case;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Told {
    /// What is true, in a sentence.
    says: String,
    /// Today.
    #[serde(default = "usual_day")]
    on: String,
    /// What `product.toml` has below the product.
    #[serde(default)]
    case: String,
    /// What `ixit.toml` holds, where there is one.
    #[serde(default)]
    ixit: Option<String>,
    #[serde(default)]
    files: BTreeMap<String, String>,
    /// Files as hex bytes.
    #[serde(default)]
    hex: BTreeMap<String, String>,
    /// Results of password audits, signed when the case runs.
    #[serde(default)]
    audits: BTreeMap<String, PasswordAudit>,
    /// What is changed in one of them after it was signed: text and what stands there instead.
    #[serde(default)]
    tampered: BTreeMap<String, [String; 2]>,
    #[serde(default)]
    links: BTreeMap<String, String>,
    #[serde(default)]
    folders: Vec<String>,
    expect: Expected,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    outcome: Outcome,
    /// Each has to occur in the reason.
    #[serde(default)]
    why: Vec<String>,
    /// Exactly these, as `kind where confidence`.
    #[serde(default)]
    findings: Vec<String>,
    /// None of these may occur anywhere in the result.
    #[serde(default)]
    never: Vec<String>,
    /// What each of these test units comes to; others may be there.
    #[serde(default)]
    units: BTreeMap<String, Outcome>,
    /// Each has to occur in the reason of some unit.
    #[serde(default)]
    unit_why: Vec<String>,
}

fn usual_day() -> String {
    "2026-11-22".into()
}

/// The cases of a check, by file name.
pub(super) fn told(check: &Check) -> Vec<(String, Told)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(check.id);
    let mut told: Vec<(String, Told)> = std::fs::read_dir(&folder)
        .unwrap_or_else(|e| panic!("{} has its cases in {}: {e}", check.id, folder.display()))
        .map(|entry| {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let name = format!("tests/cases/{}/{}", check.id, path.file_name().unwrap().to_string_lossy());
            let told = toml::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
            (name, told)
        })
        .collect();
    told.sort_by(|a, b| a.0.cmp(&b.0));
    told
}

impl Told {
    fn files(&self) -> MemoryFiles {
        let mut files = MemoryFiles::new();
        if let Some(ixit) = &self.ixit {
            files = files.with("ixit.toml", ixit.as_bytes());
        }
        for (path, text) in &self.files {
            files = files.with(path, text.as_bytes());
        }
        for (path, hex) in &self.hex {
            let bytes: Vec<u8> = hex.split_whitespace().map(|b| u8::from_str_radix(b, 16).unwrap()).collect();
            files = files.with(path, bytes);
        }
        for (path, audit) in &self.audits {
            let mut text =
                audit.sign(&SecretKey::from_seed(&[1; 32])).unwrap_or_else(|e| panic!("{}: {e}", self.says));
            if let Some([from, to]) = self.tampered.get(path) {
                assert!(text.contains(from), "{}", self.says);
                text = text.replacen(from, to, 1);
            }
            files = files.with(path, text.into_bytes());
        }
        for (path, target) in &self.links {
            files = files.with_link(path, target);
        }
        self.folders.iter().fold(files, |files, folder| files.with_folder(folder))
    }

    /// The claims of the case.
    pub(super) fn claims(&self) -> BTreeMap<String, Claimed> {
        case(&self.case).claims
    }

    pub(super) fn run(&self, check: &Check, reversed: bool) -> CheckResult {
        let mut case = case(&self.case);
        if reversed {
            case.evidence.reverse();
        }
        let on = assay::date::parse(&self.on).expect("`on` is a date");
        let ixit = self.ixit.as_ref().map(|text| {
            let parsed = Ixit::parse("ixit.toml", text.as_bytes());
            parsed.unwrap_or_else(|problems| panic!("{}: {problems:#?}", self.says))
        });
        check.run(&Subject { case: &case, files: &self.files(), ixit: ixit.as_ref(), on })
    }
}

/// What holds for every result, whatever it says.
pub(super) fn is_honest(check: &Check, result: &CheckResult, name: &str) {
    assert!(result.why.ends_with(['.', '!', '?']) && result.why.len() > 20, "{name}: {:?}", result.why);
    match result.outcome {
        Outcome::NotMet => assert!(!result.findings.is_empty(), "{name}: not met without a finding"),
        Outcome::Met => assert!(
            result.findings.is_empty() && !result.evidence.is_empty(),
            "{name}: met with findings, or without looking"
        ),
        _ => {}
    }
    let kinds: BTreeSet<&str> = finding_kinds().iter().map(|k| k.id).collect();
    for finding in &result.findings {
        assert!(kinds.contains(finding.kind.as_str()), "{name}: {} is no kind", finding.kind);
        // A fault is laid against a provision of the check, or more closely against a part of one.
        let part = |id: &str| {
            let whole = check.provisions.iter().filter_map(|p| assay::rules::rulebook().provisions.get(*p));
            whole.flat_map(|p| p.parts()).any(|p| p.id == id)
        };
        for provision in &finding.provisions {
            let known = check.provisions.contains(&provision.as_str()) || part(provision);
            assert!(known, "{name}: {provision} is not the check's");
        }
    }
    assert!(result.findings.is_sorted() && result.evidence.is_sorted(), "{name}: not sorted");
    assert!(result.evidence.iter().all(|e| e.sha256.len() == 64), "{name}: {:?}", result.evidence);
    let units: Vec<&str> = result.units.iter().map(|u| u.unit.as_str()).collect();
    assert_eq!(units, check.units, "{name}: exactly the check's units are answered, in order");
    for unit in &result.units {
        assert!(unit.why.len() > 10 && unit.why.ends_with(['.', '!', '?']), "{name}: {unit:?}");
        assert_ne!(unit.outcome, Outcome::NotApplicable, "{name}: {unit:?}");
    }
    if check.speaks_from == SpeaksFrom::MakersWords {
        speaks_only_against_what_failed(check, result, name);
    }
}

/// A check over the maker's words alone is never met, and accuses exactly the provisions whose units failed.
fn speaks_only_against_what_failed(check: &Check, result: &CheckResult, name: &str) {
    assert_ne!(result.outcome, Outcome::Met, "{name}: a claim made something met");
    let against: BTreeSet<&str> =
        result.findings.iter().flat_map(|f| f.provisions.iter().map(String::as_str)).collect();
    for provision in check.provisions {
        let accused = result.outcome_for(provision) == Outcome::NotMet;
        assert_eq!(accused, against.contains(provision), "{name}: {provision}");
        let number = provision.split_once(':').unwrap().1;
        let failed = result.units.iter().any(|u| {
            let group = u.unit.split('/').next().unwrap().rsplit_once('-').unwrap().0;
            group == number && u.outcome == Outcome::NotMet
        });
        assert!(check.units.is_empty() || failed == accused, "{name}: {provision}");
    }
    for finding in &result.findings {
        assert!(
            finding.place.starts_with("ixit.toml:") || finding.place.starts_with("product.toml:"),
            "{name}"
        );
        assert!(check.units.is_empty() || finding.provisions.len() == 1, "{name}: {finding:?}");
    }
}

#[test]
fn every_case_comes_out_as_told() {
    let mut wrong = Vec::new();
    for check in checks() {
        for (name, told) in told(check) {
            let result = told.run(check, false);
            is_honest(check, &result, &name);
            let expected = &told.expect;
            let found: Vec<String> = result
                .findings
                .iter()
                .map(|f| {
                    format!(
                        "{} {} {}",
                        f.kind,
                        f.place,
                        serde_json::to_value(f.confidence).unwrap().as_str().unwrap()
                    )
                })
                .collect();
            let mut wanted = expected.findings.clone();
            wanted.sort();
            let mut sorted = found.clone();
            sorted.sort();
            let all = serde_json::to_string(&result).unwrap();
            let missing: Vec<&String> = expected.why.iter().filter(|w| !result.why.contains(*w)).collect();
            let shown: Vec<&String> = expected.never.iter().filter(|n| all.contains(*n)).collect();
            let unit_of = |id: &String| result.units.iter().find(|u| u.unit == *id).map(|u| u.outcome);
            let units: Vec<_> = expected.units.iter().filter(|(id, o)| unit_of(id) != Some(**o)).collect();
            let unsaid: Vec<&String> = expected
                .unit_why
                .iter()
                .filter(|w| !result.units.iter().any(|u| u.why.contains(*w)))
                .collect();
            if result.outcome != expected.outcome
                || !units.is_empty()
                || !unsaid.is_empty()
                || sorted != wanted
                || !missing.is_empty()
                || !shown.is_empty()
            {
                wrong.push(format!(
                    "{name}: {}\n  outcome {} (wanted {})\n  findings {found:#?}\n  why {:?}\n  not in why {missing:?}, shown {shown:?}\n  units wrong {units:?}, unsaid {unsaid:?}\n  {:#?}",
                    told.says, result.outcome, expected.outcome, result.why, result.units
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn the_order_of_evidence_does_not_matter() {
    for check in checks() {
        for (name, told) in told(check) {
            assert_eq!(told.run(check, false), told.run(check, true), "{name}");
        }
    }
}
