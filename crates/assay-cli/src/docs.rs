//! Generated documents and laws about documents. `UPDATE_DOCS=1` writes what the tests compare.

mod coverage;
mod operation;

use std::fs;
use std::path::{Path, PathBuf};

use assay::gate::Reason;
use clap::CommandFactory;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compares a generated document with the committed one, or writes it where asked to.
fn generated(path: &str, text: &str) {
    let place = root().join(path);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(&place, text).unwrap();
    }
    let committed = fs::read_to_string(&place).unwrap_or_default();
    assert!(
        committed == text,
        "{path} is out of date: run UPDATE_DOCS=1 cargo nextest run docs, and commit it"
    );
}

#[test]
fn docs_cli_is_current() {
    let mut text = "# Commands\n\nGenerated from the program's own help; see CONTRIBUTING.md.\n".to_owned();
    let mut command = super::Cli::command().term_width(100);
    command.build();
    let mut add = |command: &mut clap::Command, name: &str| {
        text.push_str(&format!(
            "\n## {name}\n\n```text\n{}\n```\n",
            command.render_long_help().to_string().trim_end()
        ));
    };
    add(&mut command, "assay");
    for sub in command.get_subcommands_mut().filter(|c| c.get_name() != "help") {
        let name = format!("assay {}", sub.get_name());
        add(sub, &name);
        for verb in sub.get_subcommands_mut().filter(|c| c.get_name() != "help") {
            let name = format!("{name} {}", verb.get_name());
            add(verb, &name);
            for what in verb.get_subcommands_mut().filter(|c| c.get_name() != "help") {
                add(what, &format!("{name} {}", what.get_name().to_owned()));
            }
        }
    }
    generated("docs/cli.md", &text.lines().map(|l| format!("{}\n", l.trim_end())).collect::<String>());
}

#[test]
fn docs_checks_are_current() {
    let mut text = "# Checks\n\nGenerated from the registry; each page lies beside its check.\n".to_owned();
    for check in assay_checks::checks() {
        let provisions = check.provisions.join(", ");
        text.push_str(&format!("\n## {}\n\nSpeaks to: {provisions}\n\n{}\n", check.id, check.page.trim()));
    }
    text.push_str("\n# Kinds of findings\n");
    for kind in assay_checks::finding_kinds() {
        text.push_str(&format!("\n## {}\n\n**{}.** {}\n", kind.id, kind.title, kind.explain.trim()));
    }
    generated("docs/checks.md", &text);
}

#[test]
fn docs_coverage_is_current() {
    generated("docs/coverage.md", &coverage::text());
}

#[test]
fn the_reasons_of_the_gate_are_current() {
    let mut text = "\n".to_owned();
    for reason in Reason::ALL {
        text.push_str(&format!("- `{reason}`: {}\n", reason.explain()));
    }
    text.push('\n');
    generated_part("docs/catalogue.md", "reasons", &text);
}

/// The same for a part of a document that people write: what stands between `<!-- NAME -->` and `<!-- end of NAME -->`.
fn generated_part(path: &str, name: &str, text: &str) {
    let committed = fs::read_to_string(root().join(path)).unwrap();
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->\n"));
    let (before, rest) = committed.split_once(&begin).unwrap_or_else(|| panic!("{path} has no {begin}"));
    let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("{path} has no {end}"));
    generated(path, &format!("{before}{begin}{text}{end}{after}"));
}

#[test]
fn every_path_that_the_documents_name_exists() {
    for document in [
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "README.md",
        "docs/watching.md",
        "docs/trust.md",
        "docs/catalogue.md",
    ] {
        let text = fs::read_to_string(root().join(document)).unwrap();
        for word in text.split('`').skip(1).step_by(2) {
            let is_path = ["crates/", "docs/"].iter().any(|p| word.starts_with(p))
                || word.ends_with(".md")
                || word.ends_with(".toml");
            // Files of a case are named, too: they lie in the maker's folder, not in ours.
            let of_a_case = ["product.toml", "ixit.toml", "verdicts.toml", "statement.toml"].contains(&word);
            // A test is a path and a name: what trust rests on, held by a law of its own.
            let word = word.split("::").next().unwrap_or(word);
            let is_plain = !word.contains([' ', '*', '{', '=']) && !word.contains("ID") && !of_a_case;
            assert!(
                !(is_path && is_plain) || root().join(word).exists(),
                "{document} names {word}, which does not exist"
            );
        }
    }
}

/// What is kept, as `docs/trust.md` has to have a part for each.
const KEPT: [&str; 22] = [
    "Log key",
    "Register key",
    "Authority keys",
    "Makers' keys",
    "Laboratory's key",
    "Witness keys",
    "Password-audit history key",
    "Checkpoint row",
    "Lease row",
    "Entries",
    "Tiles and bundles",
    "Published checkpoint",
    "Projections",
    "Data folder",
    "Backup",
    "Snapshot",
    "Label payload",
    "trust.txt",
    "Host name and TLS",
    "Monitor's state",
    "Witness's state",
    "Mirror",
];

#[test]
fn everything_that_is_kept_says_what_its_holder_could_do_and_which_tests_show_it() {
    let text = fs::read_to_string(root().join("docs/trust.md")).unwrap();
    let parts: Vec<(&str, &str)> =
        text.split("\n### ").skip(1).map(|part| part.split_once('\n').unwrap()).collect();
    for kept in KEPT {
        assert!(parts.iter().any(|(name, _)| *name == kept), "docs/trust.md has no part for: {kept}");
    }
    for (name, part) in parts {
        let part = part.split("\n## ").next().unwrap_or(part);
        for word in ["**Could**", "**Could not**", "**Noticed**", "**Replaced**", "**Shown by**"] {
            assert_eq!(part.matches(word).count(), 1, "{name}: {word}");
        }
        let (claims, shown) = part.split_once("**Shown by**").unwrap();
        assert!(!claims.contains(".rs::"), "{name}: tests are named in the last line");
        let tests: Vec<&str> = shown.split('`').skip(1).step_by(2).collect();
        assert!(!tests.is_empty(), "{name}");
        for test in tests {
            let (path, function) = test.split_once("::").expect("a path and a test");
            let code = fs::read_to_string(root().join(path)).unwrap_or_default();
            let is_there = code.contains(&format!("fn {function}("));
            let is_a_test = code.contains("test]") || code.contains("on_both!");
            assert!(is_there && is_a_test, "{name}: docs/trust.md names {test}, which does not exist");
        }
    }
}
