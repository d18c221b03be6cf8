//! A case for the tests of the reports: one finding that is certain, one that is possible, one inside a container, one
//! requirement that nobody looked at; and the same with a hostile hand in every text.

use assay::assess::{Given, assess};
use assay::case::Case;
use assay::outcome::{CheckResult, Claim, Confidence, Finding, Looked, Outcome, SeenBy, SpeaksFrom};
use assay::scheme;

use super::Shown;

const CASE: &str = r#"
[product]
name = "Hearth Camera 2"
model = "HC-2"

[maker]
organisation = "Example Hearth Ltd"
domain = "hearth.example"

[support]
end = 2030-05-31

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

/// Shows the sample.
pub(super) fn with<T>(read: impl FnOnce(&Shown<'_>) -> T) -> T {
    at_line(3, read)
}

/// The sample with the finding in a container at a line.
pub(super) fn at_line<T>(line: u32, read: impl FnOnce(&Shown<'_>) -> T) -> T {
    show(CASE, &results("evidence/firmware.bin", "all 8 rows have one password", line), read)
}

/// The sample with markup, turned text and great length wherever a stranger can write.
pub(super) fn hostile<T>(read: impl FnOnce(&Shown<'_>) -> T) -> T {
    let bad = format!("<script>alert(1)</script><img src=x>\u{202e}{}", "&quot;'x".repeat(2_000));
    let case = CASE.replace("Hearth Camera 2", "<script>x</script>");
    show(&case, &results(&format!("evidence/{bad}"), &bad, 3), read)
}

fn results(container: &str, message: &str, line: u32) -> Vec<CheckResult> {
    let password = "ts103645-v1.1.1:4.1-1";
    let finding = |kind: &str, message: &str, place: String, confidence| Finding {
        kind: kind.into(),
        message: message.into(),
        place,
        confidence,
        provisions: vec![password.into()],
    };
    let result = |check: &str, outcome, why: &str, provision: &str, findings, evidence| CheckResult {
        check: check.into(),
        outcome,
        why: why.into(),
        seen_by: SeenBy::Maker,
        provisions: vec![provision.into()],
        findings,
        evidence,
        units: Vec::new(),
        speaks_from: SpeaksFrom::Evidence,
    };
    let looked = |path: &str| Looked { path: path.into(), sha256: "5e".repeat(32) };
    vec![
        result(
            "password-batch-unique",
            Outcome::NotMet,
            message,
            password,
            vec![
                finding(
                    "duplicate",
                    "two rows share one",
                    "evidence/batch.csv:7".into(),
                    Confidence::Possible,
                ),
                finding("universal", message, "evidence/batch.csv:2".into(), Confidence::Certain),
            ],
            vec![looked("evidence/batch.csv")],
        ),
        result(
            "fixed-accounts",
            Outcome::NotMet,
            "an account has a fixed password",
            password,
            vec![finding(
                "fixed-password",
                "account `service` has a fixed password",
                format!("{container}!/etc/shadow:{line}"),
                Confidence::Likely,
            )],
            vec![looked(container)],
        ),
        result("security-txt", Outcome::Met, "it is valid", "ts103645-v1.1.1:4.2-1", vec![], vec![]),
        result(
            "support-period",
            Outcome::NotTested,
            "no page was offered",
            "ts103645-v1.1.1:4.3-4",
            vec![],
            vec![],
        ),
    ]
}

fn show<T>(case: &str, results: &[CheckResult], read: impl FnOnce(&Shown<'_>) -> T) -> T {
    let case = Case::parse("product.toml", case.as_bytes()).expect("the sample is a case");
    let on = assay::date::parse("2026-11-22").expect("a date");
    let claims: std::collections::BTreeMap<String, Claim> =
        case.claims.iter().map(|(id, c)| (id.clone(), c.claim)).collect();
    let given = Given::new(&claims, results, case.support.as_ref().and_then(|s| s.end), on);
    let scheme = scheme::find("uk-2019-option-a").expect("a bundled scheme");
    let assessments = [assess(scheme, &given)];
    read(&Shown {
        case: Some(&case),
        folder: "cases/camera",
        on,
        assessments: &assessments,
        standings: &[],
        results,
        ics: &[],
        conformity: None,
        for_people: &[],
        exit: 1,
    })
}
