//! Field b: name and address of every manufacturer and authorised representative. That an address is one, and whose, is seen
//! by its shape alone: a postcode, or a number beside a word for a street.

use assay::compliance::FieldOutcome;

use super::lines::{Lines, is_blank, is_heading};
use super::{met, not_met, unsure};
use crate::quote::{list, quoted};

/// More names than this are counted, not told.
const MOST_NAMED: usize = 10;

/// A manufacturer or representative as far as it was found.
struct Found {
    representative: bool,
    line: usize,
    name: String,
    address: bool,
}

/// What a label says of a party: whether it is a representative, and whether its value is a name.
fn role(label: &str) -> Option<bool> {
    let bare: String = label.chars().filter(|c| !c.is_ascii_digit() && *c != '(' && *c != ')').collect();
    let bare = bare.split_whitespace().collect::<Vec<_>>().join(" ");
    const MAKERS: [&str; 22] = [
        "manufacturer",
        "manufacturers",
        "the manufacturer",
        "manufacturer is",
        "joint manufacturer",
        "second manufacturer",
        "first manufacturer",
        "other manufacturer",
        "co-manufacturer",
        "name of manufacturer",
        "name of the manufacturer",
        "manufacturer name",
        "manufacturer's name",
        "manufacturer details",
        "manufacturer's details",
        "details of the manufacturer",
        "name and address of manufacturer",
        "name and address of the manufacturer",
        "name and address of each manufacturer",
        "manufacturer name and address",
        "manufactured by",
        "company",
    ];
    const REPRESENTATIVES: [&str; 6] = [
        "authorised representative",
        "authorized representative",
        "uk authorised representative",
        "name and address of authorised representative",
        "name and address of the authorised representative",
        "authorised representative name",
    ];
    if MAKERS.contains(&bare.as_str()) {
        Some(false)
    } else {
        REPRESENTATIVES.contains(&bare.as_str()).then_some(true)
    }
}

pub(super) fn judge(lines: &Lines) -> FieldOutcome {
    let parties = find(lines);
    let makers: Vec<&Found> = parties.iter().filter(|p| !p.representative).collect();
    let Some(first) = makers.first() else { return without_label(lines) };
    let mut names: Vec<String> = parties.iter().take(MOST_NAMED).map(|p| quoted(&p.name)).collect();
    if parties.len() > MOST_NAMED {
        names.push(format!("{} more", parties.len() - MOST_NAMED));
    }
    let lacking: Vec<&Found> = parties.iter().filter(|p| !p.address).collect();
    let Some(lack) = lacking.first() else {
        let joint = if makers.len() > 1 { "; a joint statement (PSTI Act 2022, section 9(5))" } else { "" };
        return met('b', first.line, format!("it gives a name and an address for {}{joint}", list(&names)));
    };
    if lacking.len() < parties.len() {
        // The others have one: here the document shows that this one was left out.
        return not_met(
            'b',
            lack.line,
            format!(
                "it names {} without an address, while it gives one for another: each needs its own",
                quoted(&lack.name)
            ),
        );
    }
    unsure('b', Some(lack.line), format!("it names {}, but no postal address was found", list(&names)))
}

/// The names of the manufacturers that labels give, the first ones.
pub(super) fn makers(lines: &Lines) -> Vec<String> {
    let parties = find(lines).into_iter().filter(|p| !p.representative);
    parties.map(|p| p.name).take(MOST_NAMED).collect()
}

fn find(lines: &Lines) -> Vec<Found> {
    let mut parties: Vec<Found> = Vec::new();
    // Lines since the last sign of a party: an address far from any party is nobody's.
    let mut near = 0_usize;
    let mut gathered = String::new();
    for line in &lines.all {
        if let Some(representative) = role(&line.label) {
            gathered.clear();
            near = 8;
            if line.value.is_empty() || !is_blank(&line.value) {
                let (name, address) = name_and_address(&line.value);
                parties.push(Found { representative, line: line.number, name, address });
            } else {
                near = 0;
            }
            continue;
        }
        if near == 0 {
            continue;
        }
        if is_heading(&line.text)
            || ["declar", "opinion", "support period", "sign"].iter().any(|w| line.low.contains(w))
        {
            near = 0;
            continue;
        }
        near -= 1;
        let Some(party) = parties.last_mut() else { continue };
        let named =
            matches!(line.label.as_str(), "name" | "company name" | "registered name" | "trading name");
        let labelled = !line.value.is_empty();
        if named && labelled && !is_blank(&line.value) {
            if party.name.is_empty() {
                party.name = name_and_address(&line.value).0;
            } else if party.address {
                // A second "Name:" behind a whole party begins another one.
                let (name, address) = name_and_address(&line.value);
                let representative = party.representative;
                parties.push(Found { representative, line: line.number, name, address });
                gathered.clear();
                near = 8;
            }
            continue;
        }
        let says_address = line.label.contains("address") || line.label == "registered office";
        let text = if labelled { &line.value } else { &line.text };
        if labelled && !says_address {
            continue;
        }
        if says_address && !labelled {
            continue;
        }
        if party.name.is_empty() && !says_address {
            party.name = name_and_address(text).0;
            party.address |= looks_like_address(text);
            continue;
        }
        gathered.push(' ');
        gathered.push_str(text);
        let worded =
            text.split_whitespace().count() >= 3 && text.contains(|c: char| c.is_ascii_digit() || c == ',');
        party.address |= looks_like_address(&gathered) || (says_address && worded && !is_blank(text));
    }
    parties.retain(|p| !p.name.is_empty());
    parties
}

fn name_and_address(value: &str) -> (String, bool) {
    let name = value.split([',', ';', '\n']).next().unwrap_or(value).trim();
    (name.to_owned(), looks_like_address(value))
}

/// No label says who the manufacturer is: a company and an address close together are shown, and left to a person.
fn without_label(lines: &Lines) -> FieldOutcome {
    const FORMS: [&str; 13] =
        ["ltd", "limited", "gmbh", "inc", "plc", "llc", "bv", "ag", "sa", "srl", "corp", "corporation", "co"];
    let company = lines.all.iter().position(|l| {
        let mut words = l.low.split(|c: char| !c.is_alphanumeric());
        words.any(|w| FORMS.contains(&w))
    });
    match company {
        Some(at) => {
            let end = (at + 6).min(lines.all.len());
            let near: String = lines.all[at..end].iter().map(|l| format!("{} ", l.text)).collect();
            let line = &lines.all[at];
            let address =
                if looks_like_address(&near) { "an address beside it" } else { "no address beside it" };
            unsure(
                'b',
                Some(line.number),
                format!(
                    "it names {} with {address}, but does not say that this is the manufacturer",
                    quoted(&line.text)
                ),
            )
        }
        None => unsure('b', None, "no manufacturer was found"),
    }
}

/// Whether a text has the shape of a postal address.
fn looks_like_address(text: &str) -> bool {
    const STREETS: [&str; 41] = [
        "street",
        "st",
        "road",
        "rd",
        "lane",
        "ln",
        "avenue",
        "ave",
        "park",
        "way",
        "square",
        "house",
        "building",
        "floor",
        "strasse",
        "straße",
        "str",
        "weg",
        "platz",
        "rue",
        "via",
        "drive",
        "dr",
        "estate",
        "court",
        "close",
        "unit",
        "room",
        "district",
        "industrial",
        "boulevard",
        "blvd",
        "plaza",
        "zone",
        "terrace",
        "crescent",
        "quay",
        "wharf",
        "row",
        "hill",
        "laan",
    ];
    let words: Vec<String> = text
        .split(|c: char| c.is_whitespace() || c == ',' || c == ';')
        .map(|w| w.trim_matches(|c: char| !c.is_alphanumeric()).to_uppercase())
        .filter(|w| !w.is_empty())
        .take(200)
        .collect();
    let postcode = words.windows(2).any(|w| is_outward(&w[0]) && is_inward(&w[1]));
    let number = words.iter().any(|w| w.len() <= 6 && w.starts_with(|c: char| c.is_ascii_digit()));
    let street = words.iter().any(|w| {
        let low = w.to_lowercase();
        STREETS.contains(&low.as_str())
            || low.ends_with("strasse")
            || low.ends_with("straße")
            || low.ends_with("weg")
    });
    let code = words.iter().any(|w| (4..=6).contains(&w.len()) && w.bytes().all(|b| b.is_ascii_digit()));
    postcode || (number && street) || (code && text.matches(',').count() >= 2)
}

/// `EC1A` of `EC1A 1BB`.
fn is_outward(word: &str) -> bool {
    let letters = word.bytes().take_while(u8::is_ascii_uppercase).count();
    let rest = &word.as_bytes()[letters.min(word.len())..];
    (1..=2).contains(&letters)
        && rest.first().is_some_and(u8::is_ascii_digit)
        && rest.len() <= 2
        && rest.iter().all(u8::is_ascii_alphanumeric)
}

/// `1BB` of `EC1A 1BB`.
fn is_inward(word: &str) -> bool {
    matches!(word.as_bytes(), [d, a, b] if d.is_ascii_digit() && a.is_ascii_uppercase() && b.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::looks_like_address;

    #[test]
    fn addresses_are_known_by_their_shape() {
        for text in [
            "1 Example Street, Exampletown",
            "Hearth House, EX1 1EX",
            "London EC1A 1BB",
            "Beispielweg 7, 10115 Berlin",
            "Room 5, Building 3, Bao'an District, Shenzhen",
            "Musterort, 12345, Deutschland, EU",
        ] {
            assert!(looks_like_address(text), "{text}");
        }
        for text in ["Hearth Devices Ltd", "security@hearth.example", "model HC-2", "5 years", "V2 1AB3"] {
            assert!(!looks_like_address(text), "{text}");
        }
    }
}
