//! Stories: a complete case gives a statement; take one thing away and exactly that is named.

use super::*;
use crate::assess::{Given, Judged, assess};
use crate::case::Case;
use crate::outcome::Outcome;
use crate::scheme;

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
    compose(&case, &file, day("2026-11-22"), &judged(&case), Some(true), &[])
}

/// The case under the law, requirement by requirement, on the claims alone.
fn judged(case: &Case) -> Vec<Judged> {
    let claims = case.claims.iter().map(|(id, c)| (id.clone(), c.claim)).collect();
    let facts = case.facts.iter().map(|(id, f)| (id.clone(), f.value)).collect();
    let given = Given {
        facts: &facts,
        labels: &case.labels,
        named: &[&case.product.model],
        ..Given::new(&claims, &[], case.support.as_ref().and_then(|s| s.end), day("2026-11-22"))
    };
    assess(scheme::find("uk-psti").unwrap(), &given).requirements
}

/// A case that claims these provisions and nothing else, with what follows.
fn claiming(provisions: &[(&str, &str)], rest: &str) -> String {
    let (head, _) = CASE.split_once("\n[[claim]]").unwrap();
    let claim = |(id, support): &(&str, &str)| {
        format!("\n[[claim]]\nprovision = \"{id}\"\nsupport = \"{support}\"\ndetail = \"as it is\"\n")
    };
    format!("{head}{}{rest}", provisions.iter().map(claim).collect::<String>())
}

fn deemed_by(standards: &[(&str, &str, &str)]) -> String {
    let cite = |(number, version, issued): &(&str, &str, &str)| {
        format!("\n[[standard]]\nnumber = \"{number}\"\nversion = \"{version}\"\nissued = \"{issued}\"\n")
    };
    let cites: String = standards.iter().map(cite).collect();
    format!("{}{cites}", FILE.replace("schedule-1", "schedule-2"))
}

const EN: (&str, &str, &str) = ("ETSI EN 303 645", "V2.1.1", "2020-06-19");
const ISO: (&str, &str, &str) = ("ISO/IEC 29147", "2018", "2018");
const REPORTING_BY_ISO: [(&str, &str); 5] = [
    ("iso29147-2018:6.2.2", "yes"),
    ("iso29147-2018:6.2.5", "yes"),
    ("iso29147-2018:6.5", "yes"),
    ("psti-2023:sch2-2-iso-publish", "yes"),
    ("psti-2023:sch2-2-iso-manner", "yes"),
];
const PERIOD_BY_EN: [(&str, &str); 6] = [
    ("en303645-v2.1.1:5.3-13", "yes"),
    ("psti-2023:sch2-3-end-date", "yes"),
    ("psti-2023:sch2-3-manner", "yes"),
    ("psti-2023:sch1-3-extension", "yes"),
    ("psti-2023:sch1-3-prominence", "yes"),
    ("psti-2023:sch1-3-never-shortened", "yes"),
];

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
fn the_deemed_route_cites_the_standard_of_each_condition_that_is_taken_and_no_other() {
    let whole = [
        &[("en303645-v2.1.1:5.1-1", "yes"), ("en303645-v2.1.1:5.1-2", "yes")][..],
        &[("en303645-v2.1.1:5.2-1", "yes")],
        &PERIOD_BY_EN,
    ]
    .concat();
    let case = claiming(&whole, "");
    let statement = composed(&case, &deemed_by(&[EN])).unwrap();
    assert!(statement.d.requirements.iter().all(|r| r.complies == Route::Schedule2));
    let json = serde_json::to_vec(&statement).unwrap();
    assert_eq!(validate_json(&json, day("2026-11-22")).unwrap().outcome, Outcome::Met);
    let what = |file: &str| -> Vec<String> {
        composed(&case, file).err().unwrap_or_default().into_iter().map(|m| m.what).collect()
    };
    let uncited = what(&deemed_by(&[]));
    assert!(uncited.len() == 1 && uncited[0].contains("ETSI EN 303 645 V2.1.1 is not cited"), "{uncited:#?}");
    assert!(uncited[0].contains("psti-2023:sch1-1, psti-2023:sch1-2, psti-2023:sch1-3"), "{uncited:#?}");
    let newer = what(&deemed_by(&[("ETSI EN 303 645", "V3.1.3", "2024-09-11")]));
    assert!(newer[0].contains("V3.1.3 is not the version"), "{newer:#?}");
    let beside = what(&deemed_by(&[EN, ISO]));
    assert!(
        beside.len() == 1 && beside[0].contains("ISO/IEC 29147 2018 is cited, but no requirement"),
        "{beside:#?}"
    );
    assert!(
        missing(&deemed_by(&[EN]).replace("schedule-2", "schedule-1"))[0].1.contains("that of Schedule 1")
    );
}

#[test]
fn each_requirement_is_deemed_separately_and_reports_by_iso_29147_need_no_other_standard() {
    let claims =
        [&[("psti-2023:sch1-1", "yes"), ("psti-2023:sch1-3", "yes")][..], &REPORTING_BY_ISO].concat();
    let statement = composed(&claiming(&claims, ""), &deemed_by(&[ISO])).unwrap();
    let routes: Vec<(Route, Option<&str>)> =
        statement.d.requirements.iter().map(|r| (r.complies, r.condition.as_deref())).collect();
    assert_eq!(
        routes,
        [
            (Route::Schedule1, None),
            (Route::Schedule2, Some("Condition A: ISO/IEC 29147")),
            (Route::Schedule1, None)
        ]
    );
    let json = serde_json::to_vec(&statement).unwrap();
    let found = validate_json(&json, day("2026-11-22")).unwrap();
    assert_eq!(found.outcome, Outcome::Met, "{found:#?}");
    let page = html(&statement);
    assert!(page.contains("Reports of security issues") && page.contains("the requirement itself"));
    let none = composed(
        &claiming(
            &[("psti-2023:sch1-1", "yes"), ("psti-2023:sch1-2", "yes"), ("psti-2023:sch1-3", "yes")],
            "",
        ),
        &deemed_by(&[]),
    );
    let none = none.unwrap_err();
    assert!(
        none.len() == 1 && none[0].what.contains("no requirement is met by one of its conditions"),
        "{none:#?}"
    );
}

#[test]
fn a_product_without_passwords_may_declare_schedule_2() {
    let claims = [
        &[("en303645-v2.1.1:5.1-1", "not-applicable"), ("en303645-v2.1.1:5.1-2", "not-applicable")][..],
        &[("en303645-v2.1.1:5.2-1", "yes")],
        &PERIOD_BY_EN,
    ]
    .concat();
    let case = claiming(&claims, "\n[features]\npasswords-in-use = false\npre-installed-passwords = false\n");
    let statement = composed(&case, &deemed_by(&[EN])).unwrap_or_else(|m| panic!("{m:#?}"));
    assert_eq!(statement.d.requirements[0].condition.as_deref(), Some("Condition A: EN 303 645"));
}

#[test]
fn a_product_with_a_current_singapore_label_may_declare_schedule_2_without_a_standard() {
    let label = "\n[[label]]\nscheme = \"sg-cls-1\"\nlevel = \"2\"\nproduct = \"HC-2\"\nnumber = \"CLS-1\"\n\
                 standard = \"CLS(IoT) CCC SP-151-2 v1.4\"\ngranted = 2026-01-15\nexpires = 2028-01-14\n";
    let case = claiming(&[], label);
    let statement = composed(&case, &deemed_by(&[])).unwrap_or_else(|m| panic!("{m:#?}"));
    assert!(
        statement.d.requirements.iter().all(|r| r.condition.as_ref().unwrap().starts_with("Condition C"))
    );
    let with = composed(&case, &deemed_by(&[("CLS(IoT) CCC SP-151-2", "v1.4", "2025-04")])).unwrap();
    assert_eq!(with.d.standards.len(), 1, "its standard may be cited and need not be");
    let found = validate_json(&serde_json::to_vec(&statement).unwrap(), day("2026-11-22")).unwrap();
    assert_eq!(found.outcome, Outcome::Inconclusive, "a file does not show that the label is current");
    let lapsed = composed(&case.replace("expires = 2028-01-14", "expires = 2026-11-21"), &deemed_by(&[]));
    assert!(lapsed.is_ok_and(|s| s.d.requirements.is_empty()), "nothing holds: the caller says so");
}

#[test]
fn a_product_that_nothing_can_update_is_refused_with_the_gap_in_the_texts() {
    let claims =
        [("psti-2023:sch1-1", "yes"), ("psti-2023:sch1-2", "yes"), ("psti-2023:sch1-3", "not-applicable")];
    let case = claiming(&claims, "").replace("end = 2030-05-31", "reasons = \"nothing can be updated\"");
    let found = composed(&case, FILE).unwrap_err();
    assert!(found.len() == 1 && found[0].field == 'e', "{found:#?}");
    assert!(found[0].what.contains("no text that was read says"), "{found:#?}");
    assert!(found[0].place.starts_with("product.toml:"), "{found:#?}");
}

#[test]
fn what_the_case_does_not_allow_is_not_declared() {
    let case = Case::parse("product.toml", CASE.as_bytes()).unwrap();
    let file = StatementFile::parse("statement.toml", FILE.as_bytes()).unwrap();
    for holds in [Some(false), None] {
        let reasons =
            ["psti-2023:sch1-1 is claimed as fulfilled, but the evidence shows that it is not".to_owned()];
        let found = compose(&case, &file, day("2026-11-22"), &[], holds, &reasons).unwrap_err();
        assert!(found.len() == 1 && found[0].field == 'd' && found[0].what.contains("sch1-1"), "{found:#?}");
        assert_eq!(compose(&case, &file, day("2026-11-22"), &[], holds, &[]).unwrap_err().len(), 1);
    }
    assert_eq!(missing(&FILE.replace("opinion = \"yes\"", "opinion = \"no\""))[0].0, 'd');
}

#[test]
fn dates_that_cannot_be_are_refused() {
    assert!(missing(&FILE.replace("2026-11-22", "2026-11-23"))[0].1.contains("future"));
    let warned = |end: &str| {
        let text = CASE.replace("2030-05-31", end);
        let statement = composed(&text, FILE).unwrap();
        warnings(&Case::parse("product.toml", text.as_bytes()).unwrap(), &statement)
    };
    assert!(warned("2026-11-22").is_empty(), "it ends on the day of issue");
    let ended = warned("2026-11-21");
    assert!(ended[0].starts_with("product.toml:11: ") && ended[0].contains("lawful"), "{ended:#?}");
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
    let doubtful = |pointer: &str, value: serde_json::Value| {
        let mut changed = good.clone();
        match changed.pointer_mut(pointer) {
            Some(place) => *place = value,
            None => changed["d"]["standards"] = value,
        }
        let found = validate_json(changed.to_string().as_bytes(), day("2026-11-22")).unwrap();
        let open: Vec<(char, String)> = found
            .fields
            .into_iter()
            .filter(|f| f.outcome == Outcome::Inconclusive)
            .map(|f| (f.field, f.why))
            .collect();
        assert_eq!((open.len(), found.outcome), (1, Outcome::Inconclusive), "{open:#?}");
        open[0].clone()
    };
    assert_eq!(doubtful("/e/end", serde_json::json!("2026-11-21")).0, 'e', "lawful, and to be looked at");
    let party = serde_json::json!({ "name": "Brand Ltd", "address": "2 High Street, London" });
    let many = doubtful("/b/manufacturers", serde_json::json!(vec![party; 101]));
    assert!(many.0 == 'b' && many.1.contains("the last 1 were not looked at"), "{many:?}");
    let cited =
        serde_json::json!({ "number": "ETSI EN 303 645", "version": "V2.1.1", "issued": "2020-06-19" });
    assert_eq!(doubtful("/d/standards", serde_json::json!(vec![cited; 101])).0, 'd');
    let foreign =
        serde_json::json!([{ "number": "JST-CR-01-01-2024R1", "version": "2024R1", "issued": "2024-12" }]);
    let foreign = doubtful("/d/standards", foreign);
    assert!(foreign.0 == 'd' && foreign.1.contains("was not read"), "{foreign:?}");
    assert_eq!(doubtful("/d/complies", serde_json::json!("schedule-2")).0, 'd', "no standard is cited");
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
