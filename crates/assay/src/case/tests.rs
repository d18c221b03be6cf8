//! What a case file may say, and what a wrong one is told: every problem at once, with its place and mend.

use super::*;

const GOOD: &str = r#"
[product]
name = "Hearth Camera 2"
model = "HC-2"
gtins = ["4006381333931"]

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

[[evidence]]
kind = "password-batch"
path = "evidence/batch.csv"
covers = "whole-batch"
"#;

fn problems(text: &str) -> Vec<String> {
    let bytes = text.as_bytes();
    let found = Case::parse("product.toml", bytes).err().unwrap_or_default();
    found.iter().map(|p| format!("{}:{} {}", p.at.line, p.at.column, p.message)).collect()
}

#[test]
fn a_good_case_reads() {
    let case = Case::parse("product.toml", GOOD.as_bytes()).unwrap();
    assert_eq!(case.product.gtins[0].to_string(), "04006381333931");
    assert_eq!(case.support.unwrap().end, crate::date::parse("2030-05-31"));
    assert_eq!(case.claims["ts103645-v1.1.1:4.1-1"].at, Place { line: 16, column: 1 });
    assert!(case.evidence[0].whole_batch);
}

#[test]
fn where_passwords_come_from_is_read_state_by_state_with_places() {
    let text = format!("{GOOD}\n[passwords]\nfactory_default = \"universal\"\nin_use = \"user-defined\"\n");
    let stated = Case::parse("product.toml", text.as_bytes()).unwrap().passwords.unwrap();
    let wanted = [Origin::Universal, Origin::UserDefined, Origin::Unknown];
    assert_eq!([stated.says.factory_default, stated.says.in_use, stated.says.after_reset], wanted);
    assert_eq!((stated.factory_default_at.line, stated.after_reset_at.line), (26, 25));
    assert!(
        problems(&text.replace("\"universal\"", "\"univarsal\""))[0].starts_with("26:19 `factory_default`")
    );
    assert!(problems(&text.replace("in_use", "in_us"))[0].starts_with("27:1 `in_us` is not known"));
}

#[test]
fn all_problems_are_named_at_once_with_line_and_column() {
    let bad = GOOD
        .replace("\"4006381333931\"", "\"400638133393X\"")
        .replace("2030-05-31", "\"in five years\"")
        .replace("4.1-1", "4.1-l")
        .replace("evidence/batch.csv", "../secret")
        .replace("model = \"HC-2\"", "modle = \"HC-2\"");
    let found = problems(&bad);
    let starts = ["4:1 ", "2:1 ", "5:10 ", "12:7 ", "17:13 ", "22:8 "];
    for start in starts {
        assert!(found.iter().any(|f| f.starts_with(start)), "{start} in {found:#?}");
    }
    assert_eq!(found.len(), starts.len(), "{found:#?}");
    assert!(
        found.is_sorted_by_key(|f| f.split(':').next().and_then(|l| l.parse::<usize>().ok())),
        "{found:#?}"
    );
}

#[test]
fn a_line_of_a_longer_text_that_looks_like_a_date_is_left_alone() {
    let reasons = "\"\"\"as published:\nold = 2026-02-30\nnew = 2030-05-31\"\"\"";
    let text = GOOD.replace("\"the platform's maker supports it until then\"", reasons);
    assert_ne!(text, GOOD);
    let case = Case::parse("product.toml", text.as_bytes());
    let case = case.unwrap_or_else(|p| panic!("{p:#?}"));
    assert!(case.support.unwrap().reasons.unwrap().contains("old = 2026-02-30"));
    let found = problems(&text.replacen("end = 2030-05-31", "end = 2030-02-30", 1));
    assert!(found.len() == 1 && found[0].contains("`2030-02-30` is not a date"), "{found:#?}");
}

#[test]
fn a_date_that_does_not_exist_is_named() {
    let found = problems(&GOOD.replace("2030-05-31", "2030-02-30"));
    assert!(found.len() == 1 && found[0].starts_with("12:7 `2030-02-30` is not a date"), "{found:#?}");
    let found =
        problems(&GOOD.replace("2030-05-31", "2030-13-01 # end").replace("4006381333931", "4006381333930"));
    assert!(found.len() == 2 && found[0].starts_with("5:10") && found[1].starts_with("12:7"), "{found:#?}");
    let found = problems(&GOOD.replace("2030-05-31", "\"2030-02-30\""));
    assert!(found.len() == 1 && found[0].contains("not a date that exists"), "{found:#?}");
}

#[test]
fn several_broken_lines_are_named_together() {
    let found = problems(&GOOD.replace("name = ", "name == ").replace("reasons = ", "reasons "));
    assert!(
        found.iter().any(|f| f.starts_with("3:")) && found.iter().any(|f| f.starts_with("14:")),
        "{found:#?}"
    );
}

#[test]
fn a_wrong_provision_is_told_its_neighbour() {
    let bytes = GOOD.replace("4.1-1", "4.1-l");
    let found = Case::parse("product.toml", bytes.as_bytes()).unwrap_err();
    assert_eq!(found[0].mend, "did you mean `ts103645-v1.1.1:4.1-1`?");
}

#[test]
fn a_claim_twice_or_without_its_reason_is_named() {
    let twice = format!("{GOOD}\n[[claim]]\nprovision = \"ts103645-v1.1.1:4.1-1\"\nsupport = \"no\"\n");
    let found = problems(&twice);
    assert!(found.iter().any(|f| f.contains("claimed twice, first in line 16")), "{found:#?}");
    assert!(found.iter().any(|f| f.contains("needs its reason")), "{found:#?}");
}

#[test]
fn hostile_texts_are_answered() {
    assert!(problems("").len() >= 2);
    let not_text = Case::parse("product.toml", b"[product]\nname = \"\xff\"").unwrap_err();
    assert_eq!(not_text[0].at.line, 2);
    assert!(!problems(&"[".repeat(100_000)).is_empty());
    assert!(!problems(&format!("a = {}1{}", "[".repeat(50_000), "]".repeat(50_000))).is_empty());
    let overridden = GOOD.replace("Hearth Camera 2", "Hearth \\u202e2 aremaC");
    assert!(problems(&overridden)[0].contains("invisible"), "{:?}", problems(&overridden));
    assert!(problems(&GOOD.replace("Hearth Camera 2", &"x".repeat(5_000)))[0].contains("characters"));
}

proptest::proptest! {
    #[test]
    fn any_text_is_answered_and_never_more_than_it_has_lines(text in ".{0,300}") {
        for p in Case::parse("product.toml", text.as_bytes()).err().unwrap_or_default() {
            proptest::prop_assert!(p.at.line >= 1 && p.at.line <= text.lines().count() + 1, "{p}");
        }
    }
}
