//! Stories: a complete case gives a statement; take one thing away and exactly that is named.

use super::*;
use crate::case::Case;
use crate::outcome::Outcome;

const CASE: &str = r#"
[product]
name = "Hearth Camera 2"
model = "HC-2"
gtins = ["9520000100018"]

[maker]
organisation = "Hearth Devices Ltd"
domain = "hearth.example"

[support]
end = 2030-05-31

[[claim]]
provision = "en303645-v2.1.1:5.1-1"
support = "yes"

[[claim]]
provision = "en303645-v2.1.1:5.2-1"
support = "yes"

[[claim]]
provision = "en303645-v2.1.1:5.3-13"
support = "yes"
"#;

const FILE: &str = r#"
[product]
type = "Indoor camera"
batch = "2026-44"

[[manufacturer]]
name = "Hearth Devices Ltd"
address = "1 Example Street, Exampletown EX1 1EX, United Kingdom"

[declaration]
prepared_by = "manufacturer"
complies = "schedule-1"
opinion = "yes"

[signatory]
name = "A. N. Other"
function = "Head of Product Compliance"
signed = "electronic: qualified signature no. 4711"
place = "Exampletown"
date = 2026-11-22
"#;

fn day(text: &str) -> Date {
    crate::date::parse(text).unwrap()
}

fn composed(case: &str, file: &str) -> Result<ComplianceStatement, Vec<Missing>> {
    let case = Case::parse("product.toml", case.as_bytes()).unwrap();
    let file = StatementFile::parse("statement.toml", file.as_bytes()).unwrap_or_else(|p| panic!("{p:#?}"));
    compose(&case, &file, day("2026-11-22"), Some(true), &[])
}

fn missing(file: &str) -> Vec<(char, String)> {
    composed(CASE, file).err().unwrap_or_default().into_iter().map(|m| (m.field, m.what)).collect()
}

#[test]
fn a_complete_case_gives_a_statement_that_is_met_in_every_field() {
    let statement = composed(CASE, FILE).unwrap();
    assert_eq!((statement.e.end, statement.retain_until), (day("2030-05-31"), day("2036-11-21")));
    let json = serde_json::to_vec(&statement).unwrap();
    assert_eq!(serde_json::from_slice::<ComplianceStatement>(&json).unwrap(), statement);
    let validation = validate_json(&json, day("2026-11-22")).unwrap();
    assert_eq!(validation.outcome, Outcome::Met, "{validation:#?}");
    assert_eq!(validation.retain_until, Some(statement.retain_until));
}

#[test]
fn each_thing_taken_away_is_named_alone() {
    for (line, field, says) in [
        ("type = \"Indoor camera\"\n", 'a', "type of the product"),
        ("batch = \"2026-44\"\n", 'a', "neither a batch"),
        ("name = \"Hearth Devices Ltd\"\n", 'b', "the name of the manufacturer"),
        (
            "address = \"1 Example Street, Exampletown EX1 1EX, United Kingdom\"\n",
            'b',
            "the address of Hearth Devices Ltd",
        ),
        ("prepared_by = \"manufacturer\"\n", 'c', "who prepares"),
        ("complies = \"schedule-1\"\n", 'd', "which declaration"),
        ("opinion = \"yes\"\n", 'd', "its opinion"),
        ("name = \"A. N. Other\"\n", 'f', "name of the signatory"),
        ("function = \"Head of Product Compliance\"\n", 'f', "function of the signatory"),
        ("signed = \"electronic: qualified signature no. 4711\"\n", 'f', "how the statement is signed"),
        ("place = \"Exampletown\"\n", 'g', "place of issue"),
        ("date = 2026-11-22\n", 'g', "date of issue"),
    ] {
        let without = FILE.replacen(line, "", 1);
        assert_ne!(without, FILE, "{line}");
        let found = missing(&without);
        assert!(found.len() == 1 && found[0].0 == field && found[0].1.contains(says), "{line}: {found:#?}");
    }
    let no_end = composed(&CASE.replace("end = 2030-05-31", "reasons = \"five years\""), FILE).unwrap_err();
    assert!(no_end.len() == 1 && no_end[0].field == 'e' && no_end[0].place == "product.toml", "{no_end:#?}");
}

#[test]
fn nothing_filled_in_names_every_field_with_what_to_write() {
    let found = composed(CASE, "").unwrap_err();
    let letters: std::collections::BTreeSet<char> = found.iter().map(|m| m.field).collect();
    assert_eq!(letters, "abcdfg".chars().collect(), "e comes from product.toml");
    assert!(
        found.iter().all(|m| m.mend.contains('=') && m.place.starts_with("statement.toml")),
        "{found:#?}"
    );
}

#[test]
fn a_joint_statement_needs_name_and_address_of_each() {
    let second =
        |rest: &str| FILE.replace("[declaration]", &format!("[[manufacturer]]\n{rest}\n[declaration]"));
    let joint = composed(CASE, &second("name = \"Brand Ltd\"\naddress = \"2 High Street, London\"")).unwrap();
    assert_eq!(joint.b.manufacturers.len(), 2);
    assert!(sheet(&joint).sections[3].sentences[0].contains("each manufacturer"));
    let found = composed(CASE, &second("name = \"Brand Ltd\"")).unwrap_err();
    assert!(found.len() == 1 && found[0].what.contains("the address of Brand Ltd"), "{found:#?}");
    assert!(found[0].source.contains("section 9(5)") && found[0].place == "statement.toml:10", "{found:#?}");
    assert_eq!(
        missing(&second("name = \"hearth devices LTD\"\naddress = \"x 1\""))[0].1,
        "a manufacturer is named twice"
    );
}

#[test]
fn the_deemed_route_needs_the_pinned_standard_and_its_claims() {
    let deemed = FILE.replace("schedule-1", "schedule-2");
    assert!(missing(&deemed)[0].1.contains("EN 303 645 V2.1.1 is not cited"));
    let cites = |number: &str, version: &str, issued: &str| {
        format!("{deemed}\n[[standard]]\nnumber = \"{number}\"\nversion = \"{version}\"\nissued = {issued}\n")
    };
    let good = cites("ETSI EN 303 645", "V2.1.1", "2020-06-19");
    assert_eq!(composed(CASE, &good).unwrap().d.standards.len(), 1);
    let newer = missing(&cites("ETSI EN 303 645", "V3.1.3", "2024-09-11"));
    assert!(newer[0].1.contains("V3.1.3 is not the version"), "{newer:#?}");
    let unclaimed =
        CASE.replacen("5.1-1\"\nsupport = \"yes\"", "5.1-1\"\nsupport = \"no\"\ndetail = \"x\"", 1);
    let found = composed(&unclaimed, &good).unwrap_err();
    assert!(
        found.len() == 1 && found[0].what.contains("5.1-1") && found[0].place == "product.toml",
        "{found:#?}"
    );
    assert!(missing(&good.replace("schedule-2", "schedule-1"))[0].1.contains("that of Schedule 1"));
}

#[test]
fn what_the_case_does_not_allow_is_not_declared() {
    let case = Case::parse("product.toml", CASE.as_bytes()).unwrap();
    let file = StatementFile::parse("statement.toml", FILE.as_bytes()).unwrap();
    for holds in [Some(false), None] {
        let reasons =
            ["psti-2023:sch1-1 is claimed as fulfilled, but the evidence shows that it is not".to_owned()];
        let found = compose(&case, &file, day("2026-11-22"), holds, &reasons).unwrap_err();
        assert!(found.len() == 1 && found[0].field == 'd' && found[0].what.contains("sch1-1"), "{found:#?}");
        assert_eq!(compose(&case, &file, day("2026-11-22"), holds, &[]).unwrap_err().len(), 1);
    }
    assert_eq!(missing(&FILE.replace("opinion = \"yes\"", "opinion = \"no\""))[0].0, 'd');
}

#[test]
fn dates_that_cannot_be_are_refused() {
    assert!(missing(&FILE.replace("2026-11-22", "2026-11-23"))[0].1.contains("future"));
    let ended = composed(&CASE.replace("2030-05-31", "2026-11-21"), FILE).unwrap_err();
    assert!(ended.len() == 1 && ended[0].what.contains("before the statement was issued"), "{ended:#?}");
    assert!(composed(&CASE.replace("2030-05-31", "2026-11-22"), FILE).is_ok(), "it ends on the day of issue");
    let with = |support: &str| format!("{FILE}\n[support]\n{support}\n");
    assert_eq!(composed(CASE, &with("end = 2029-05-31")).unwrap().e.end, day("2029-05-31"), "extended since");
    let shortened = composed(CASE, &with("end = 2031-05-31")).unwrap_err();
    assert!(
        shortened[0].what.contains("shortened") && shortened[0].source.contains("3(6)"),
        "{shortened:#?}"
    );
}

#[test]
fn our_json_with_something_wrong_is_not_met_there() {
    let good = serde_json::to_value(composed(CASE, FILE).unwrap()).unwrap();
    let standard =
        serde_json::json!([{ "number": "ETSI EN 303 645", "version": "V3.1.3", "issued": "2024-09-11" }]);
    for (pointer, value, field) in [
        ("/a/type", serde_json::json!(" "), 'a'),
        ("/a/batch", serde_json::json!(44), 'a'),
        ("/b/manufacturers", serde_json::json!([]), 'b'),
        ("/b/manufacturers/0/address", serde_json::json!("a\u{202e}b"), 'b'),
        ("/a/batch", serde_json::json!("TBC"), 'a'),
        ("/b/manufacturers/0/name", serde_json::json!("[insert]"), 'b'),
        ("/b/manufacturers/0/address", serde_json::json!("tbd"), 'b'),
        ("/f/name", serde_json::json!("to be announced"), 'f'),
        ("/g/place", serde_json::json!("unknown"), 'g'),
        ("/c/prepared_by", serde_json::json!("importer"), 'c'),
        ("/d/complies", serde_json::json!("schedule-3"), 'd'),
        ("/d/in_the_opinion_of_the_manufacturer", serde_json::json!(false), 'd'),
        ("/d/standards", standard, 'd'),
        ("/e/end", serde_json::json!("five years"), 'e'),
        ("/e/end", serde_json::json!("2026-11-21"), 'e'),
        ("/f/function", serde_json::Value::Null, 'f'),
        ("/f/signature", serde_json::json!("yes"), 'f'),
        ("/g/date", serde_json::json!("2026-11-23"), 'g'),
    ] {
        let mut bad = good.clone();
        match bad.pointer_mut(pointer) {
            Some(place) => *place = value,
            None => bad["d"]["standards"] = value,
        }
        let found = validate_json(bad.to_string().as_bytes(), day("2026-11-22")).unwrap();
        let not_met: Vec<char> =
            found.fields.iter().filter(|f| f.outcome == Outcome::NotMet).map(|f| f.field).collect();
        assert_eq!(not_met, [field], "{pointer}: {found:#?}");
    }
    let ink = good.to_string().replace("electronic: qualified signature no. 4711", "ink");
    let found = validate_json(ink.as_bytes(), day("2026-11-22")).unwrap();
    assert_eq!(found.outcome, Outcome::Inconclusive, "nobody can see ink in a file");
    let told = good.to_string().replace("2036-11-21", "2030-01-01");
    assert_eq!(validate_json(told.as_bytes(), day("2026-11-22")).unwrap().notes.len(), 1);
    for bytes in ["", "[]", "{}", "{\"schema\":\"x\"}", "nonsense"] {
        assert!(validate_json(bytes.as_bytes(), day("2026-11-22")).is_err(), "{bytes}");
    }
    assert!(validate_json("[".repeat(100_000).as_bytes(), day("2026-11-22")).is_err());
}

#[test]
fn a_makers_words_cannot_leave_their_place_on_the_page() {
    let page = html(&composed(CASE, &FILE.replace("A. N. Other", "<script>alert('x')</script>")).unwrap());
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;"));
    let letters: Vec<String> = "abcdefg".chars().map(|c| format!("({c})</span>")).collect();
    assert!(letters.iter().all(|l| page.contains(l.as_str())));
}

#[test]
fn a_copy_is_kept_ten_years_or_as_long_as_the_support() {
    let kept = |issued, end| retain_until(day(issued), day(end)).to_string();
    assert_eq!(kept("2026-11-22", "2030-05-31"), "2036-11-21");
    assert_eq!(kept("2026-11-22", "2036-11-20"), "2036-11-21");
    assert_eq!(kept("2026-11-22", "2036-11-21"), "2036-11-21");
    assert_eq!(kept("2026-11-22", "2036-11-22"), "2036-11-22");
    assert_eq!(kept("2024-02-29", "2030-05-31"), "2034-02-28");
    assert_eq!(kept("2026-03-01", "2030-05-31"), "2036-02-29", "the day before 1 March 2036");
    assert_eq!(kept("2026-01-01", "2030-05-31"), "2035-12-31");
    assert_eq!(kept("9995-01-01", "9999-05-31"), "9999-12-31", "no further date exists");
}

#[test]
fn a_signature_is_ink_or_says_what_it_is() {
    assert_eq!(Signature::parse("Ink"), Some(Signature::Ink));
    assert_eq!(Signature::parse("electronic:  qualified "), Some(Signature::Electronic("qualified".into())));
    for text in ["", "yes", "electronic", "electronic: ", "pencil: hard"] {
        assert_eq!(Signature::parse(text), None, "{text}");
    }
}
