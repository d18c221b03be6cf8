//! Statements as makers write them: good ones, and ones with the defects that are met in the field. Companies and people
//! are invented.

use assay::compliance::Validation;
use assay::outcome::Outcome;

use super::*;

mod as_said;
mod by_whom;
mod hostile;

fn on() -> Date {
    assay::date::parse("2026-11-22").unwrap()
}

fn read(text: &str) -> Validation {
    validate_text(text.as_bytes(), on())
}

/// The fields that are met, not met and inconclusive.
fn fields(validation: &Validation) -> [String; 3] {
    [Outcome::Met, Outcome::NotMet, Outcome::Inconclusive]
        .map(|o| validation.fields.iter().filter(|f| f.outcome == o).map(|f| f.field).collect())
}

fn check(text: &str, wanted: [&str; 3]) {
    let validation = read(text);
    assert_eq!(fields(&validation), wanted, "{text}\n{validation:#?}");
}

fn why(text: &str, field: char) -> String {
    read(text).fields.into_iter().find(|f| f.field == field).map(|f| f.why).unwrap_or_default()
}

const LETTERED: &str = "\
UK Statement of Compliance

Product: Indoor camera Hearth Camera 2, model HC-2
Batch: 2026-44 to 2026-48

Manufacturer: Hearth Devices Ltd
Address: Hearth House, 1 Example Street,
Exampletown EX1 1EX, United Kingdom

This statement of compliance is prepared by or on behalf of the manufacturer of the product.

In the opinion of the manufacturer, it has complied with the applicable security
requirements in Schedule 1 to the Product Security and Telecommunications Infrastructure
(Security Requirements for Relevant Connectable Products) Regulations 2023.

Defined support period: from 1 June 2025 until 31 May 2030

Signed for and on behalf of the manufacturer
Signature: J. Doe
Name: Jane Doe
Function: Head of Product Compliance
Place and date of issue: Exampletown, 3 November 2026
";

const TABLE: &str = "<!DOCTYPE html><html lang=\"en\"><body><h1>PSTI Statement of Compliance</h1><table>
<tr><td>Product type</td><td>Smart plug PP-1</td></tr>
<tr><td>Batch/serial number</td><td>PP1-0001 to PP1-9999</td></tr>
<tr><td>Manufacturer's name</td><td>Kiesel Geräte GmbH</td></tr>
<tr><td>Address</td><td>Beispielweg 7, 10115 Berlin, Germany</td></tr>
<tr><td>Authorised representative</td><td>Pebble UK Ltd, 2 High Street, London EC1A 1BB</td></tr>
</table>
<p>This statement has been prepared by Pebble UK Ltd on behalf of the manufacturer.</p>
<p>In the manufacturer's opinion the deemed compliance conditions in Schedule 2 are complied with.</p>
<table><tr><td>Standard</td><td>ETSI EN 303 645</td></tr><tr><td>Version</td><td>V2.1.1</td></tr>
<tr><td>Date of issue of the standard</td><td>19 June 2020</td></tr></table>
<p>Minimum security update support: until 31.12.2031</p>
<p>Signed by: Max Muster, Managing Director</p>
<p>Issued at Berlin on 2 November 2026</p></body></html>";

#[test]
fn good_statements_are_met_in_every_field() {
    check(LETTERED, ["abcdefg", "", ""]);
    check(TABLE, ["abcdefg", "", ""]);
    let validation = read(LETTERED);
    assert_eq!(validation.retain_until, assay::date::parse("2036-11-02"));
    let line = |field| validation.fields.iter().find(|f| f.field == field).and_then(|f| f.line);
    assert_eq!([line('a'), line('b'), line('c'), line('e')], [Some(4), Some(6), Some(10), Some(16)]);
    assert_eq!(read(TABLE).format, Format::Html);
}

#[test]
fn a_relative_period_no_function_another_version_and_no_address_are_seen() {
    let relative =
        LETTERED.replace("from 1 June 2025 until 31 May 2030", "5 years from the date of first supply");
    check(&relative, ["abcdfg", "e", ""]);
    assert!(why(&relative, 'e').contains("regulation 2(1)"));
    check(&LETTERED.replace("Function: Head of Product Compliance\n", ""), ["abcdeg", "", "f"]);
    assert!(
        why(&LETTERED.replace("Function: Head of Product Compliance\n", ""), 'f').contains("no function")
    );
    let newer = TABLE.replace("V2.1.1", "V3.1.3").replace("19 June 2020", "11 September 2024");
    check(&newer, ["abcefg", "d", ""]);
    assert!(why(&newer, 'd').contains("3.1.3"));
    let nowhere = LETTERED.replace(
        "Address: Hearth House, 1 Example Street,\nExampletown EX1 1EX, United Kingdom\n",
        "Website: www.hearth.example\n",
    );
    check(&nowhere, ["acdefg", "", "b"]);
    check(&TABLE.replace("<p>Issued at Berlin on 2 November 2026</p>", ""), ["abcdef", "", "g"]);
}

#[test]
fn the_contrary_is_not_met_and_doubt_is_inconclusive() {
    let with = |from: &str, to: &str| {
        let text = LETTERED.replace(from, to);
        assert_ne!(text, LETTERED, "{from}");
        text
    };
    check(&with("3 November 2026", "3 November 2027"), ["abcdef", "g", ""]);
    check(&with("3 November 2026", "November 2026"), ["abcdef", "", "g"]);
    check(&with("3 November 2026", "03/11/2026"), ["abcdef", "", "g"]);
    check(&with("31 May 2030", "31 May 2026"), ["abcdfg", "", "e"]);
    check(&with("31 May 2030", "31 May 2030 or later"), ["abcdfg", "", "e"]);
    check(&with("until 31 May 2030", "until May 2030"), ["abcdfg", "", "e"]);
    check(&with("it has complied", "it has not complied"), ["abcefg", "d", ""]);
    check(&with("In the opinion of the manufacturer, it", "The manufacturer"), ["abcefg", "", "d"]);
    check(&with("Batch: 2026-44 to 2026-48\n", ""), ["bcdefg", "", "a"]);
    check(&with("2026-44 to 2026-48", "[insert batch]"), ["bcdefg", "", "a"]);
    check(
        &with("prepared by or on behalf of the manufacturer of the product", "prepared by the importer"),
        ["abdefg", "c", ""],
    );
    check(&with("Signature: J. Doe", "Signature: ____________"), ["abcdeg", "", "f"]);
    let eu = "issued under the sole responsibility of the manufacturer";
    check(&with("prepared by or on behalf of the manufacturer of the product", eu), ["abdefg", "", "c"]);
    let schedule = "applicable security\nrequirements in Schedule 1 to the";
    let label = "conditions of Schedule 2 (JST-CR-01-01-2024R1) to the";
    check(&with(schedule, label), ["abcefg", "", "d"]);
    assert!(why(&with(schedule, label), 'd').contains("SI 2025/1267, which was not read"));
    let undated = TABLE.replace("19 June 2020", "see the site of its publisher");
    check(&undated, ["abcefg", "", "d"]);
}

#[test]
fn a_joint_statement_needs_both_addresses() {
    let second = |more: &str| {
        LETTERED
            .replace("\nThis statement", &format!("Second manufacturer: Brand Ltd\n{more}\nThis statement"))
    };
    check(&second("Address: 2 High Street, London EC1A 1BB\n"), ["abcdefg", "", ""]);
    assert!(why(&second("Address: 2 High Street, London EC1A 1BB\n"), 'b').contains("9(5)"));
    check(&second(""), ["acdefg", "b", ""]);
    assert!(why(&second(""), 'b').contains("`Brand Ltd`"));
}

#[test]
fn a_document_of_something_else_decides_nothing() {
    for text in [
        "",
        "one two",
        "Welcome to our shop. We sell cameras, plugs and doorbells of all kinds at good prices.",
        "Konformitätserklärung\n\nProdukt: Kamera\n\nWir erklären, dass das Produkt den Anforderungen genügt.",
    ] {
        let validation = read(text);
        assert_eq!(validation.outcome, Outcome::Inconclusive, "{text}: {validation:#?}");
        assert_eq!(fields(&validation)[1], "", "{text}");
    }
    assert_eq!(fields(&validate_pdf_text(" \u{c} ", false, on()))[2], "abcdefg", "a scan");
}

#[test]
fn text_that_is_turned_round_is_left_out_and_said() {
    let text = LETTERED.replace("until 31 May 2030", "until \u{202e}0302 yaM 13\u{202c}");
    let validation = read(&text);
    assert_eq!(fields(&validation)[2], "e", "{validation:#?}");
    assert!(validation.notes[0].contains("line 16"), "{:?}", validation.notes);
    check(&LETTERED.replace("31 May", "31\u{200b} May"), ["abcdefg", "", ""]);
}

#[test]
fn a_bomb_of_tags_is_read_in_a_moment() {
    let deep = format!("<html>{}x{}</html>", "<div>".repeat(200_000), "</div>".repeat(200_000));
    assert_eq!(read(&deep).outcome, Outcome::Inconclusive);
    let lines = "Manufacturer: A\nsupport period\n".repeat(50_000);
    assert_ne!(read(&lines).outcome, Outcome::Met);
    assert_eq!(read(&"x ".repeat(2 << 20)).outcome, Outcome::Inconclusive);
}

proptest::proptest! {
    #[test]
    fn any_text_is_read(text in "(Manufacturer|Address|:|\n|\t|   |Signed by|Signature|\\(b\\) |support period|until|31 May 2030|EN 303 645|V3\\.1\\.3|Place|prepared by|ſ|İ|İ|,|\\.| ){0,40}") {
        let validation = read(&text);
        proptest::prop_assert_eq!(validation.fields.len(), 7);
    }
}
