//! Any bytes may be offered as any evidence: every check answers, honestly, and never with *met* where it has not seen
//! enough.

use assay::case::EvidenceKind;
use assay::outcome::Outcome;
use assay_checks::{FileProblem, MemoryFiles, Subject, checks, fixed_accounts, security_txt};
use proptest::prelude::*;

use super::{case, cases};

const SUPPORT: &str =
    "[support]\nend = 2030-05-31\npublished_at = \"https://hearth.example/s\"\nreasons = \"so\"\n\n";

/// A case that offers the same bytes as every kind of evidence.
fn run_on(bytes: &[u8]) -> Vec<assay::outcome::CheckResult> {
    let mut files = MemoryFiles::new();
    let mut added = SUPPORT.to_owned();
    for kind in EvidenceKind::ALL {
        let word = kind.word();
        added.push_str(&format!("[[evidence]]\nkind = \"{word}\"\npath = \"evidence/{word}\"\n"));
        if kind == EvidenceKind::PasswordBatch {
            added.push_str("covers = \"whole-batch\"\n");
        }
        if kind == EvidenceKind::RootFileSystem {
            files = files
                .with(&format!("evidence/{word}/etc/passwd"), bytes)
                .with(&format!("evidence/{word}/etc/shadow"), bytes);
        } else {
            files = files.with(&format!("evidence/{word}"), bytes);
        }
    }
    let case = case(&added);
    let on = assay::date::parse("2026-11-22").unwrap();
    checks()
        .iter()
        .map(|check| {
            let result = check.run(&Subject { case: &case, files: &files, ixit: None, on });
            cases::is_honest(check, &result, check.id);
            result
        })
        .collect()
}

fn batch_of(results: Vec<assay::outcome::CheckResult>) -> assay::outcome::CheckResult {
    results.into_iter().find(|r| r.check == "password-batch-unique").unwrap()
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        run_on(&bytes);
    }

    #[test]
    fn any_text_in_the_shape_of_an_account_file_is_answered(text in "(root|a|:|x|\\*|!|\\$6\\$|\\$|0|/bin/sh|\n|\r|#|\\+|\u{fc}){0,80}") {
        run_on(text.as_bytes());
    }

    #[test]
    fn any_text_in_the_shape_of_a_policy_is_answered(
        text in "(we |acknowledge |report |within |every |14 |days|, |\\. |\n|\n\n|you |must |status |update |<p>|&|until |31 May 2030|\\[|\\]|@a\\.b ){0,80}"
    ) {
        run_on(text.as_bytes());
    }

    #[test]
    fn any_text_in_the_shape_of_a_security_txt_is_answered(
        text in "(Contact|Expires|: |mailto:|https://|a@b\\.c|2027-01-01T00:00:00Z|\n|\r|-----BEGIN PGP SIGNED MESSAGE-----|- |#){0,40}"
    ) {
        run_on(text.as_bytes());
        let report = security_txt::read(text.as_bytes(), assay::date::parse("2026-11-22").unwrap());
        prop_assert_eq!(report.valid, report.errors.is_empty());
        prop_assert!(!report.valid || (report.expires.is_some() && !report.contacts.is_empty()));
    }

    #[test]
    fn a_batch_with_fewer_than_two_units_is_never_met(
        header in "(password|serial,password|wifi_password;x|)",
        row in proptest::option::of("[a-zA-Z0-9]{1,12}"),
        end in "(\n|\r\n|\n\n|)"
    ) {
        let columns = header.matches([',', ';']).count();
        let row = row.map(|r| if header.starts_with("wifi") { format!("{r};1") } else { format!("{}{r}", "1,".repeat(columns)) });
        let text = format!("{header}\n{}{end}", row.unwrap_or_default());
        let batch = batch_of(run_on(text.as_bytes()));
        prop_assert_ne!(batch.outcome, Outcome::Met, "{}", text);
        prop_assert_ne!(batch.outcome, Outcome::NotMet, "{}", text);
    }

    #[test]
    fn a_batch_is_met_only_if_no_value_repeats(values in proptest::collection::vec("[a-z]{1,3}", 2..40)) {
        let mut distinct = values.clone();
        distinct.sort();
        distinct.dedup();
        let text = format!("serial,password\n{}", values.iter().enumerate().map(|(i, v)| format!("{i},x{v}\n")).collect::<String>());
        let batch = batch_of(run_on(text.as_bytes()));
        let wanted = if distinct.len() == values.len() { Outcome::Met } else { Outcome::NotMet };
        prop_assert_eq!(batch.outcome, wanted, "{}", text);
    }
}

#[test]
fn files_that_cannot_be_read_leave_it_open() {
    let problems = [
        FileProblem::Missing,
        FileProblem::TooLarge,
        FileProblem::Unreadable("disk".into()),
        FileProblem::NotAFile,
    ];
    for problem in problems {
        let files = MemoryFiles::new()
            .with_broken("fs/etc/shadow", problem.clone())
            .with("fs/etc/passwd", *b"a:x:1:1::/:/bin/sh\n");
        let verdict = fixed_accounts::judge_tree(&files, "fs");
        assert_eq!(verdict.outcome, Outcome::Inconclusive, "{problem:?}");
        assert!(verdict.why.contains("/etc/shadow"), "{}", verdict.why);
    }
}

#[test]
fn a_deep_and_wide_tree_is_bounded() {
    let mut files = MemoryFiles::new();
    for i in 0..200 {
        files = files.with(&format!("fs/etc{i}/a/b/c/d/e/f/g/h/etc/passwd"), *b"root::0:0::/:/bin/sh\n");
    }
    let verdict = fixed_accounts::judge_tree(&files, "fs");
    assert_eq!(verdict.outcome, Outcome::Inconclusive);
}

#[test]
fn large_hostile_pages_are_answered() {
    // Each is a shape that makes a careless reader walk the whole text again for every mark in it.
    for unit in [
        "<a <a ",
        "[n] ",
        "{{x}} ",
        "until 31 May 2030 from 1.1.2031 ",
        "&",
        "a@",
        "we, ",
        "# x\n5 days. ",
        "<!-- ",
        "\n- a",
    ] {
        run_on(unit.repeat((1 << 16) / unit.len()).as_bytes());
    }
}
