//! Who prepared the statement and whose opinion it gives, in the styles of real statements: good, bad, hedged, denied, and in
//! other languages. Companies are invented.

use super::*;

const PREPARED: &str =
    "This statement of compliance is prepared by or on behalf of the manufacturer of the product.";

fn outcome(text: &str, field: char) -> (Outcome, String) {
    let found = read(text).fields.into_iter().find(|f| f.field == field).unwrap();
    (found.outcome, found.why)
}

fn check_all(field: char, from: &str, cases: &[(Outcome, &str)]) {
    let mut wrong = Vec::new();
    for (wanted, sentence) in cases {
        let text = LETTERED.replace(from, sentence);
        assert_ne!(text, LETTERED, "{from}");
        let (found, why) = outcome(&text, field);
        if found != *wanted {
            wrong.push(format!("{found}, not {wanted}: {sentence} ({why})"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_who_stands_beside_the_word_prepared_prepared_it() {
    use Outcome::{Inconclusive, Met, NotMet};
    check_all(
        'c',
        PREPARED,
        &[
            (Met, "This statement has been prepared by the manufacturer."),
            (
                Inconclusive,
                "This statement is prepared by the manufacturer / on behalf of the manufacturer (delete as appropriate).",
            ),
            (Met, "This Statement of Compliance was prepared on behalf of the manufacturer of the product."),
            (Met, "The declaration is drawn up by, or on behalf of, the manufacturer."),
            (Met, "Prepared by Hearth Devices Limited."),
            (Met, "Prepared by/on behalf of the Manufacturer: Hearth Devices Ltd"),
            (Met, "This document is prepared for and on behalf of the manufacturer."),
            (Met, "This statement is made out by us, the manufacturer."),
            (Met, "This statement was prepared by us."),
            (Met, "We, Hearth Devices Ltd, have prepared this statement of compliance."),
            (Met, "The manufacturer has prepared this statement."),
            (
                Met,
                "This statement has been prepared by our authorised representative, Pebble UK Ltd, on our behalf.",
            ),
            (
                Met,
                "This statement is prepared by the manufacturer's authorised representative on its behalf.",
            ),
            (Met, "This statement was prepared by the importer, Foo Ltd, on behalf of the manufacturer."),
            (Met, "It is prepared by the manufacturer, without the involvement of a notified body."),
            (Met, "This statement has been prepared and issued by the manufacturer."),
            (
                NotMet,
                "This statement was prepared by the distributor, Foo Ltd, without the involvement of the manufacturer.",
            ),
            (NotMet, "This statement is not prepared by or on behalf of the manufacturer."),
            (NotMet, "This statement is prepared by the importer."),
            (NotMet, "Prepared by: the distributor; the manufacturer was informed."),
            (
                NotMet,
                "This statement was prepared by a test laboratory, which the manufacturer had engaged for its report.",
            ),
            (NotMet, "This statement was prepared by the distributor and not on behalf of the manufacturer."),
            (NotMet, "The manufacturer has not prepared this statement."),
            (NotMet, "This statement wasn't prepared by the manufacturer."),
            (NotMet, "This statement is prepared on behalf of the importer."),
            (NotMet, "The statement was never prepared on the manufacturer's behalf."),
            (Inconclusive, "This statement was prepared by Foo Ltd. The manufacturer is named above."),
            (Inconclusive, "This statement was prepared by Hearth Devices Distribution Ltd."),
            (Inconclusive, "A statement of compliance must be prepared by or on behalf of the manufacturer."),
            (Inconclusive, "A statement of compliance is to be prepared by the manufacturer."),
            (Inconclusive, "If this statement is prepared by the manufacturer, it is kept for ten years."),
            (Inconclusive, "The user manual was prepared by the manufacturer."),
            (Inconclusive, "This statement was not prepared by the importer."),
            (Inconclusive, "This statement is prepared by the manufacturer or the importer."),
            (Inconclusive, "This statement is prepared by the manufacturer of the radio module."),
            (Inconclusive, "This statement is prepared for the manufacturer."),
            (Inconclusive, "This statement was prepared by the authorised representative."),
            (Inconclusive, "Cette déclaration est établie sous la seule responsabilité du fabricant."),
            (Inconclusive, "Diese Erklärung wurde vom Hersteller oder in dessen Namen erstellt."),
            (
                Inconclusive,
                "This statement is prepared by the manufacturer. This statement is not prepared by the manufacturer.",
            ),
        ],
    );
    let distributor = LETTERED
        .replace(PREPARED, "This statement was prepared by us.")
        .replace("Signed for and", "Distributor: Foo Ltd\nSigned for and");
    assert_eq!(outcome(&distributor, 'c').0, Inconclusive, "\"us\" may be the distributor");
}

#[test]
fn only_the_manufacturers_own_opinion_counts_and_no_denial_of_compliance_is_a_declaration() {
    use Outcome::{Inconclusive, Met, NotMet};
    let start = LETTERED.find("In the opinion").unwrap();
    let end = LETTERED.find("\n\nDefined").unwrap();
    let s1 = "the applicable security requirements in Schedule 1 to the Regulations";
    let cases: Vec<(Outcome, String)> = [
        (Met, "In the opinion of the manufacturer, it has complied with @."),
        (Met, "In the manufacturer's opinion the product complies with @."),
        (Met, "In the manufacturers' opinion, they have complied with @."),
        (Met, "In our opinion, we have complied with @."),
        (Met, "It is our considered opinion that the product complies with @."),
        (Met, "The manufacturer is of the opinion that the product is compliant with @."),
        (Met, "In the opinion of Hearth Devices Limited, the product meets @."),
        (Met, "In Hearth Devices Ltd's opinion it has complied with @."),
        (Met, "In the opinion of the manufacturer, it has without exception complied with @."),
        (Met, "In the opinion of the manufacturer, it has not only complied with @, but publishes how."),
        (Met, "In the opinion of the manufacturer, the product has complied since 31 May 2025 with @."),
        (Inconclusive, "Contrary to the opinion of the importer, in the opinion of the manufacturer it has complied with @."),
        (Inconclusive, "In the opinion of the manufacturer, it complies with @; it does not comply with Schedule 2, as it need not."),
        (Inconclusive, "In the opinion of the manufacturer, it has complied with @. The battery does not comply with airline rules."),
        (NotMet, "In the opinion of the manufacturer, it has not complied with @."),
        (NotMet, "The product does not, in the opinion of the manufacturer, comply with @."),
        (NotMet, "In the opinion of the manufacturer, the product cannot comply with @."),
        (NotMet, "In the opinion of the manufacturer, the product fails to comply with @."),
        (NotMet, "In the opinion of the manufacturer, the product no longer complies with @."),
        (NotMet, "In our opinion, we have been unable to comply with @."),
        (NotMet, "In the opinion of the manufacturer, the product is non-compliant with @."),
        (NotMet, "In the opinion of the manufacturer the product is supplied without complying with @."),
        (NotMet, "In the opinion of the manufacturer it hasn't yet been made compliant with @."),
        (NotMet, "In the opinion of the manufacturer, it has never met @."),
        (Inconclusive, "In the opinion of the test laboratory, the product complies with @."),
        (Inconclusive, "In the opinion of the test laboratory engaged by the manufacturer, the product complies with @."),
        (Inconclusive, "In the distributor's opinion, the manufacturer has complied with @."),
        (Inconclusive, "The opinion of the importer is that the manufacturer complied with @."),
        (Inconclusive, "It is not the opinion of the manufacturer that the product complies with @."),
        (Inconclusive, "The manufacturer cannot confirm in its opinion that the product complies with @."),
        (Inconclusive, "In the opinion of the manufacturer, the product should comply with @."),
        (Inconclusive, "In the opinion of the manufacturer, the product will comply with @."),
        (Inconclusive, "In the opinion of the manufacturer, the product partially complies with @."),
        (Inconclusive, "In the opinion of the manufacturer, the product complies with @, except paragraph 2."),
        (Inconclusive, "In the opinion of the manufacturer, the product is expected to comply with @."),
        (Inconclusive, "The manufacturer complies with @."),
        (Inconclusive, "Products that do not comply with @ must not be supplied if the manufacturer knows of it."),
        (Inconclusive, "If it does not comply with @, tell the manufacturer."),
        (Inconclusive, "Selon le fabricant, le produit est conforme aux exigences de sécurité applicables."),
        (Inconclusive, "Nach Ansicht des Herstellers erfüllt das Produkt die anwendbaren Anforderungen nicht."),
    ]
    .map(|(wanted, said)| (wanted, said.replace('@', s1)))
    .to_vec();
    let cases: Vec<(Outcome, &str)> = cases.iter().map(|(o, s)| (*o, s.as_str())).collect();
    check_all('d', &LETTERED[start..end], &cases);
}
