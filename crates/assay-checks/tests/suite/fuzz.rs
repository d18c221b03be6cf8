//! Statements of compliance that somebody else wrote, as text, as a web page and as the text of a PDF: over a committed corpus
//! and over what becomes of it when it is bent. Whatever it is, it is answered, the same each time, with a reason for every
//! field, and a statement that says nothing is never found to say it all.

#[path = "../../../assay-log/tests/fuzz/harness.rs"]
mod harness;

use assay::compliance::Validation;
use assay::date::Date;
use assay::outcome::Outcome;
use assay_checks::compliance_text::{validate_pdf_text, validate_text};
use harness::{Verdict, as_it_is, run};
use proptest::{prop_assert, prop_assert_eq};

fn on() -> Date {
    assay::date::parse("2026-11-22").unwrap()
}

fn honest(validation: &Validation, input: &[u8]) -> Verdict {
    let lines = input.split(|byte| *byte == b'\n' || *byte == b'\r').count() + 1;
    for field in &validation.fields {
        prop_assert!(!field.why.is_empty(), "{field:?}");
        prop_assert!(field.line.is_none_or(|line| (1..=lines).contains(&line)), "{field:?} in {lines} lines");
    }
    prop_assert_eq!(validation.outcome, Outcome::join(validation.fields.iter().map(|f| f.outcome)));
    let met = validation.outcome == Outcome::Met;
    prop_assert!(!met || input.len() > 100, "so few bytes say all of it");
    Ok(met)
}

#[test]
fn compliance_text() {
    run("compliance-text", 10, as_it_is, |input| {
        let validation = validate_text(input, on());
        prop_assert_eq!(&validation, &validate_text(input, on()));
        honest(&validation, input)
    });
}

#[test]
fn compliance_html() {
    run("compliance-html", 10, as_it_is, |input| honest(&validate_text(input, on()), input));
}

#[test]
fn compliance_pdf_text() {
    run("compliance-pdf-text", 10, as_it_is, |input| {
        let text = String::from_utf8_lossy(input);
        let unseen = validate_pdf_text(&text, true, on());
        let seen = validate_pdf_text(&text, false, on());
        // What nobody sees makes nothing better.
        prop_assert!(unseen.outcome != Outcome::Met || seen.outcome == Outcome::Met);
        honest(&seen, text.as_bytes())
    });
}
