//! Passages that say less than they seem to, or more than a reader of forms can see: each with the outcome of its field. What
//! hedges is inconclusive, what cannot be read is inconclusive, and only the plain contrary is not met.

use super::*;

const MET: &str = "met";
const NOT: &str = "not met";
const OPEN: &str = "inconclusive";

/// The outcome of a field after a passage of the good statement was replaced.
fn outcome(field: char, from: &str, to: &str) -> (&'static str, String) {
    let text = LETTERED.replace(from, to);
    assert_ne!(text, LETTERED, "{from} is not in the statement");
    let found = read(&text).fields.into_iter().find(|f| f.field == field).expect("every field is judged");
    let word = match found.outcome {
        Outcome::Met => MET,
        Outcome::NotMet => NOT,
        _ => OPEN,
    };
    (word, found.why)
}

fn table(field: char, from: &str, rows: &[(&str, &str)]) {
    for (to, wanted) in rows {
        let (got, why) = outcome(field, from, to);
        assert_eq!(got, *wanted, "{to:?}: {why}");
    }
}

const PERIOD: &str = "Defined support period: from 1 June 2025 until 31 May 2030";

#[test]
fn a_date_that_is_hedged_denied_or_of_something_else_is_no_end_date() {
    table(
        'e',
        PERIOD,
        &[
            ("Defined support period: 31 May 2030", MET),
            ("Defined support period\nPeriod begins\n1 June 2025\nPeriod ends\n31 May 2030", MET),
            ("Defined support period: five years, to 31 May 2030", MET),
            ("Defined support period (minimum): ends Friday 31 May 2030", MET),
            ("Defined support period: 1 June 2025 – 31 May 2030", MET),
            ("Defined support period: until 31 May 2030 and never shortened", MET),
            ("Defined support period: not before 31 May 2030 will updates end", OPEN),
            ("Defined support period: updates cannot be expected until 31 May 2030", OPEN),
            ("Defined support period: we won't stop before 31 May 2030", OPEN),
            ("Defined support period: ends 31 May 2030 at the latest", OPEN),
            ("Defined support period: until the end of sale or 31 May 2030", OPEN),
            ("Defined support period: until 31 May 2030, whichever comes sooner", OPEN),
            ("Defined support period: might end by 31 May 2030", OPEN),
            ("Defined support period: until 31 May 2030, subject to supply of parts", OPEN),
            ("Defined support period: until 31 May 2030\nThis is not guaranteed.", OPEN),
            ("Defined support period: e.g. until 31 May 2030", OPEN),
            ("Defined support period: five years; this leaflet was revised on 31 May 2030", OPEN),
            ("Defined support period: five years. Leaflet printed 3 May 2026", OPEN),
            ("Defined support period: the end of sale is 31 May 2030", OPEN),
            ("Defined support period: until 31 May 2030 / jusqu'au 31 mai 2031", OPEN),
            ("Defined support period: HC-1: 3 years; HC-2: until 31 May 2030", OPEN),
            ("Defined support period: until 31 May 2030, 5 years, of others 2 years", OPEN),
            (
                "Support period of the HC-2: until 31 May 2030\n\nSupport period of the HC-1: 3 years after the last sale",
                OPEN,
            ),
        ],
    );
}

#[test]
fn an_end_date_that_cannot_be_read_is_not_an_absent_one() {
    table(
        'e',
        PERIOD,
        &[
            ("Defined support period: 5 ans, jusqu'au 31 mai 2030", OPEN),
            ("Defined support period: 5 years, 31/05/30", OPEN),
            ("Defined support period: 5 years (31.V.2030)", OPEN),
            ("Defined support period: 5 years, 20300531", OPEN),
            ("Defined support period: 5 years / 二〇三〇年五月", OPEN),
            ("Defined support period: 5 years to Q2 '30", OPEN),
            ("Defined support period: 5 years, 31 May '30", OPEN),
            ("Defined support period: 5 years, the last day is in the annex", OPEN),
            ("Defined support period: 5 years (see the box)", OPEN),
            ("Defined support period: 5 years\n\nHC-2, 31 May 2030", OPEN),
            ("Defined support period: 5 years", NOT),
            ("(e) Defined support period: five (5) years from first supply", NOT),
            ("Defined support period: 60 months after the end of sales", NOT),
            ("Defined support period: the lifetime of the product", NOT),
            ("Defined support period: until 31 May 2024", OPEN),
        ],
    );
    let mac = LETTERED.replace('\n', "\r");
    check(&mac, ["abcdefg", "", ""]);
}

#[test]
fn a_signature_that_is_put_off_or_missing_is_none() {
    let signature = "Signature: J. Doe\n";
    table(
        'f',
        signature,
        &[
            ("Signature: (signed) J. Doe\n", MET),
            ("Signature: certificate no. 4711\n", MET),
            ("Signature\nJ. Doe\n", MET),
            ("Signature\nsigned electronically: seal of 3 May\n", MET),
            ("Signature\nPrint name: J. Doe\n", OPEN),
            ("Signature: unsigned\n", NOT),
            ("Signature: NOT SIGNED.\n", NOT),
            ("Signature: will follow\n", OPEN),
            ("Signature: awaiting approval\n", OPEN),
            ("Signature: to be added\n", OPEN),
            ("Signature:\n", OPEN),
            ("Signature: .............\n", OPEN),
            ("(f) Signature: ______\n", OPEN),
            ("(f) Signature:\n", OPEN),
            ("", OPEN),
            ("This paper was made by machine and holds without a signature.\n", OPEN),
            ("A signature is not required by law.\n", OPEN),
        ],
    );
    table(
        'f',
        "Name: Jane Doe\nFunction: Head of Product Compliance\n",
        &[
            ("Name: J. Doe\nFunction: Director\n", MET),
            ("Name: unknown\nFunction: Director\n", OPEN),
            ("Name: to be decided\nFunction: not known\n", OPEN),
            ("Name: see the last page\nFunction: Director\n", OPEN),
        ],
    );
}

#[test]
fn a_batch_is_a_batch() {
    table(
        'a',
        "Batch: 2026-44 to 2026-48\n",
        &[
            ("Lot number: 17\n", MET),
            ("This statement covers batches 17 to 19.\n", MET),
            ("It is made for all batches.\n", MET),
            ("Covers serial numbers 100 to 200.\n", MET),
            ("Batch: not known\n", OPEN),
            ("Batch: see the underside\n", OPEN),
            ("Batch: as printed on the box\n", OPEN),
            ("Batch: to be added\n", OPEN),
            ("We thank a lot of our 12 testers.\n", OPEN),
            ("Factory: Lot 9, Jalan Kilang 4\n", OPEN),
            ("It has a serial port with 9 pins.\n", OPEN),
            ("Not for batch 12.\n", OPEN),
            ("For example batch 12.\n", OPEN),
        ],
    );
}

const MAKER: &str = "Manufacturer: Hearth Devices Ltd\nAddress: Hearth House, 1 Example Street,\nExampletown EX1 1EX, United Kingdom\n";

#[test]
fn an_address_is_that_of_its_party() {
    table(
        'b',
        MAKER,
        &[
            ("Manufacturer: Hearth Devices Ltd, 1 Example Street, Exampletown EX1 1EX\n", MET),
            ("Manufacturer: Lumbre SA\nAddress: Calle del Pozo 5, Sevilla\n", MET),
            ("Manufacturer: Hearth Devices Ltd\nMailing address: 1 Example Street, Exampletown\n", MET),
            (
                "Manufacturer: Hearth Devices Ltd\nImported by Bar Ltd\n1 Example Street\nExampletown EX1 1EX\n",
                OPEN,
            ),
            ("Manufacturer: Hearth Devices Ltd\nUK distributor\nBar Ltd, 1 Example Street, EX1 1EX\n", OPEN),
            ("Manufacturer: Hearth Devices Ltd\nReturns address: 1 Example Street, EX1 1EX\n", OPEN),
            (
                "Manufacturer: Hearth Devices Ltd\nE-mail address: help@hearth.example, day and night, 7 days\n",
                OPEN,
            ),
            ("Manufacturer: Hearth Devices Ltd\nInternet address: hearth.example/street/1, english\n", OPEN),
            ("Manufacturer: Hearth Devices Ltd\nAddress: refer to the label, side 2\n", OPEN),
            ("Manufacturer: see the label\n", OPEN),
            ("Manufacturer: Hearth Devices Ltd (type 7 drive unit)\n", OPEN),
            ("Manufacturers:\nHearth Devices Ltd, 1 Example Street, EX1 1EX\nKiesel GmbH\n", OPEN),
            ("Manufacturers: Hearth Ltd, 1 Example Street, EX1 1EX, and Kiesel GmbH\n", OPEN),
        ],
    );
}

#[test]
fn a_party_with_something_behind_its_name_is_not_said_to_lack_an_address() {
    let with = |more: &str| format!("{MAKER}{more}\n");
    for (more, wanted) in [
        ("Second manufacturer: Lumbre SL, Calle del Pozo, Sevilla", OPEN),
        ("Second manufacturer: 株式会社火, 東京都", OPEN),
        ("Authorised representative: Rep Kft, Pf. 12, Budapest", OPEN),
        ("Authorised representative: Rep AS, Karl Johans gate, Oslo", OPEN),
        ("Second manufacturer: Lumbre SL", NOT),
        ("Authorised representative: Rep Ltd", NOT),
        ("Authorised representative: none", MET),
        ("Authorised representative: No representative was appointed", MET),
        ("Authorised representative (if any): –", MET),
        ("Authorised representative\nNot needed, as the manufacturer sits in London", MET),
        ("Authorised representative: the manufacturer is in the United Kingdom", MET),
        ("Company: Registered in Scotland", MET),
        ("Name: Rob Roe (contact for questions)", MET),
        ("Name: Rob Roe", OPEN),
    ] {
        let (got, why) = outcome('b', MAKER, &with(more));
        assert_eq!(got, wanted, "{more}: {why}");
    }
}

#[test]
fn what_nobody_sees_is_not_said() {
    let hidden = |to: &str| TABLE.replace("<p>Minimum security update support: until 31.12.2031</p>", to);
    for to in [
        "<p style=\"display: none\">Minimum security update support: until 31.12.2031</p>",
        "<section hidden><p>Minimum security update support: until 31.12.2031</p></section>",
        "<p>Minimum security update support: five years<del>, until 31.12.2031</del></p>",
    ] {
        let validation = read(&hidden(to));
        assert_eq!(fields(&validation), ["abcdfg", "", "e"], "{to}: {validation:#?}");
        let why = &validation.fields[4].why;
        assert!(why.contains("no reader sees") && !validation.notes.is_empty(), "{why}");
    }
    check(&hidden("<p>Security updates until <s>31.12.2030</s> 31.12.2031</p>"), ["abcdefg", "", ""]);
    let scan = validate_pdf_text("", true, on());
    assert!(scan.fields.iter().all(|f| f.why.contains("no reader sees")), "{scan:#?}");
    let partly = validate_pdf_text(&LETTERED.replace(PERIOD, ""), true, on());
    assert_eq!(fields(&partly), ["abcdfg", "", "e"], "{partly:#?}");
    assert!(partly.fields[4].why.contains("no reader sees"), "{partly:#?}");
}

#[test]
fn a_list_of_what_to_write_a_draft_and_two_in_one_state_nothing() {
    for title in [
        "What a statement of compliance has to say",
        "A UK statement of compliance must include the following",
        "UK Statement of Compliance: TEMPLATE",
        "DRAFT UK Statement of Compliance",
        "Specimen, not valid",
    ] {
        let text = LETTERED.replace("UK Statement of Compliance", title);
        check(&text, ["", "", "abcdefg"]);
    }
    let lettered = LETTERED.replace("Product: Indoor", "(a) Product\nProduct: Indoor");
    check(&lettered, ["abcdefg", "", ""]);
    check(&format!("{lettered}\n\n{lettered}"), ["", "", "abcdefg"]);
}
