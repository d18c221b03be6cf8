//! Field b: name and address of every manufacturer and authorised representative. That an address is one, and whose, is seen
//! by its label, or by its shape: a postcode, or a number beside a word for a street. Most addresses of the world have another
//! shape, so a party is without one only where nothing at all stands behind its name.

use assay::compliance::FieldOutcome;

use super::lines::{Lines, is_blank, is_elsewhere, is_heading};
use super::{met, not_met, unsure};
use crate::quote::{list, quoted};

/// More names than this are counted, not told.
const MOST_NAMED: usize = 10;

/// A manufacturer or representative as far as it was found.
struct Found {
    representative: bool,
    line: usize,
    name: String,
    address: Address,
    /// Whether a label says that this is a party, not only the form of a name.
    sure: bool,
    /// How many companies its line names.
    companies: usize,
}

/// What stands behind a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Address {
    /// Nothing.
    None,
    /// Words that may be an address.
    Perhaps,
    /// An address.
    Shown,
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
    let bare = bare.replace("if any", "").replace("where applicable", "").replace("if applicable", "");
    let bare = bare.trim();
    if MAKERS.contains(&bare) { Some(false) } else { REPRESENTATIVES.contains(&bare).then_some(true) }
}

pub(super) fn judge(lines: &Lines) -> FieldOutcome {
    let parties = find(lines);
    let makers: Vec<&Found> = parties.iter().filter(|p| !p.representative).collect();
    let Some(first) = makers.first() else { return without_label(lines) };
    if let Some(said) = parties.iter().find(|p| is_elsewhere(&p.name)) {
        let why = format!("it only says where the name and address stand: {}", quoted(&said.name));
        return unsure('b', Some(said.line), why);
    }
    let mut names: Vec<String> = parties.iter().take(MOST_NAMED).map(|p| quoted(&p.name)).collect();
    if parties.len() > MOST_NAMED {
        names.push(format!("{} more", parties.len() - MOST_NAMED));
    }
    let Some(lack) = parties.iter().min_by_key(|p| p.address).filter(|p| p.address != Address::Shown) else {
        if let Some(several) = parties.iter().find(|p| p.companies > 1) {
            let why = format!(
                "it names several companies in one place, {}: whose the address is, a person has to see",
                quoted(&several.name)
            );
            return unsure('b', Some(several.line), why);
        }
        if let Some(unsure_one) = parties.iter().find(|p| !p.sure) {
            let why = format!(
                "it also names {}: whether that is a manufacturer too, a person has to see",
                quoted(&unsure_one.name)
            );
            return unsure('b', Some(unsure_one.line), why);
        }
        let joint = if makers.len() > 1 { "; a joint statement (PSTI Act 2022, section 9(5))" } else { "" };
        return met('b', first.line, format!("it gives a name and an address for {}{joint}", list(&names)));
    };
    let labelled = parties.iter().all(|p| p.sure && p.companies < 2);
    if labelled && lack.address == Address::None && parties.iter().any(|p| p.address == Address::Shown) {
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
    let what = match lack.address {
        Address::None => "but no postal address was found",
        _ => "but whether what stands behind the name is a postal address, a person has to see",
    };
    unsure('b', Some(lack.line), format!("it names {}, {what}", quoted(&lack.name)))
}

/// The names of the manufacturers that labels give, the first ones.
pub(super) fn makers(lines: &Lines) -> Vec<String> {
    let parties = find(lines).into_iter().filter(|p| !p.representative);
    parties.map(|p| p.name).take(MOST_NAMED).collect()
}

/// Labels and words of somebody else, whose address is not the manufacturer's.
const STRANGERS: [&str; 17] = [
    "import",
    "distribut",
    "retailer",
    "supplier",
    "seller",
    "sold by",
    "warehouse",
    "contact",
    "customer service",
    "customer care",
    "helpdesk",
    "service centre",
    "service center",
    "returns",
    "test house",
    "laboratory",
    "notified body",
];

fn find(lines: &Lines) -> Vec<Found> {
    let mut parties: Vec<Found> = Vec::new();
    // Lines since the last sign of a party: an address far from any party is nobody's.
    let mut near = 0_usize;
    let mut gathered = String::new();
    for (index, line) in lines.all.iter().enumerate() {
        let detail = line.label == "company" && (near > 0 || is_nobody(&line.value));
        if let Some(representative) = role(&line.label).filter(|_| !detail) {
            gathered.clear();
            // "(b) Manufacturer" over "Manufacturer: …" opens the field and names nobody.
            let below = lines.all.get(index + 1).filter(|_| line.value.is_empty());
            let over = below.is_some_and(|b| role(&b.label) == Some(representative));
            near = if over || is_nobody(&line.value) { 0 } else { 8 };
            if near > 0 {
                let (name, address) = name_and_address(&line.value);
                parties.push(Found {
                    representative,
                    line: line.number,
                    name,
                    address,
                    sure: true,
                    companies: companies(&line.value),
                });
            }
            continue;
        }
        if near == 0 {
            continue;
        }
        let ends = ["declar", "opinion", "support period", "sign", "prepared", "statement"];
        let stranger = STRANGERS.iter().any(|w| line.label.contains(w) || line.low.contains(w));
        // "Name: Bob Jones (contact)" ends nothing and names no party.
        let person = line.label == "name" && stranger;
        if is_heading(&line.text) || ends.iter().any(|w| line.low.contains(w)) || (stranger && !person) {
            near = 0;
            continue;
        }
        near -= 1;
        if person {
            continue;
        }
        let Some(party) = parties.last_mut() else { continue };
        let named =
            matches!(line.label.as_str(), "name" | "company name" | "registered name" | "trading name");
        let labelled = !line.value.is_empty();
        if named && labelled && !is_blank(&line.value) {
            if party.name.is_empty() {
                (party.name, party.address) = name_and_address(&line.value);
                party.companies = companies(&line.value);
            } else if party.address != Address::None {
                // A second "Name:" behind a whole party begins another one, if it is no person's.
                let (name, address) = name_and_address(&line.value);
                let representative = party.representative;
                let companies = companies(&line.value);
                let sure = companies > 0;
                parties.push(Found { representative, line: line.number, name, address, sure, companies });
                gathered.clear();
                near = 8;
            }
            continue;
        }
        let says_address = is_address_label(&line.label);
        if labelled != says_address {
            continue;
        }
        let text = if labelled { &line.value } else { &line.text };
        if party.name.is_empty() && !says_address {
            if is_nobody(text) {
                parties.pop();
                near = 0;
                continue;
            }
            (party.name, party.address) = name_and_address(text);
            party.companies = companies(text);
            continue;
        }
        if !labelled
            && companies(text) > 0
            && text.split_whitespace().count() <= MOST_NAME
            && party.address != Address::None
        {
            // Another company in a list of them, or the owner of this one: its form alone does not tell.
            let (name, address) = name_and_address(text);
            let representative = party.representative;
            parties.push(Found {
                representative,
                line: line.number,
                name,
                address,
                sure: false,
                companies: companies(text),
            });
            gathered.clear();
            near = 8;
            continue;
        }
        gathered.push(' ');
        gathered.push_str(text);
        let shown = looks_like_address(&gathered) || (says_address && is_worded(text));
        let seen = if shown && !is_elsewhere(text) {
            Address::Shown
        } else if is_elsewhere(text) || is_blank(text) || is_online(text) {
            Address::None
        } else {
            Address::Perhaps
        };
        party.address = party.address.max(seen);
    }
    parties.retain(|p| !p.name.is_empty());
    parties
}

/// Most words of a line that is a company's name.
const MOST_NAME: usize = 8;

/// Behind the label of an address, words that can be one whatever their shape: three or more, with a number or a comma.
fn is_worded(text: &str) -> bool {
    let marked = text.contains(|c: char| c.is_ascii_digit() || c == ',');
    text.split_whitespace().count() >= 3 && marked && !is_blank(text) && !is_online(text)
}

/// "Address", "registered office"; not "e-mail address" or "warehouse address".
fn is_address_label(label: &str) -> bool {
    const OTHERS: [&str; 12] = [
        "mail address",
        "email",
        "e-mail",
        "web",
        "internet",
        "url",
        "ip ",
        "mac ",
        "delivery",
        "site",
        "network",
        "bluetooth",
    ];
    let address = label.contains("address") || matches!(label, "registered office" | "head office");
    address && !OTHERS.iter().any(|o| label.contains(o))
}

fn is_online(text: &str) -> bool {
    text.contains('@') || ["http", "www."].iter().any(|w| text.to_ascii_lowercase().contains(w))
}

/// A value that says that there is no such party, or tells something else of it.
fn is_nobody(value: &str) -> bool {
    const BEGINS: [&str; 10] = [
        "none",
        "no ",
        "not ",
        "nobody",
        "n/a",
        "registered in",
        "incorporated in",
        "the manufacturer is",
        "manufacturer is",
        "as the manufacturer",
    ];
    let low = value.to_lowercase();
    !value.is_empty() && (is_blank(value) || BEGINS.iter().any(|b| low.starts_with(b)))
}

/// The name before the first comma, and what stands behind it.
fn name_and_address(value: &str) -> (String, Address) {
    let end = value.find([',', ';', '\n']).unwrap_or(value.len());
    let (name, behind) = value.split_at(end);
    let behind = behind.trim_start_matches([',', ';', '\n', ' ']);
    let address = if behind.trim().is_empty() || is_online(behind) || is_elsewhere(behind) {
        Address::None
    } else if looks_like_address(behind) {
        Address::Shown
    } else {
        Address::Perhaps
    };
    // "Test Ltd (12 High Street, Leeds)": the bracket may hold an address.
    let bracket = name.split_once('(').is_some_and(|(_, b)| looks_like_address(b));
    let address = if bracket { address.max(Address::Perhaps) } else { address };
    (name.trim().to_owned(), address)
}

/// Forms of companies.
const FORMS: [&str; 20] = [
    "ltd",
    "limited",
    "gmbh",
    "inc",
    "plc",
    "llc",
    "bv",
    "ag",
    "sa",
    "srl",
    "corp",
    "corporation",
    "sl",
    "lda",
    "kft",
    "oy",
    "ab",
    "spa",
    "sas",
    "llp",
];

/// How many words in a text are the form of a company. "Co., Ltd" is one.
fn companies(text: &str) -> usize {
    text.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|w| FORMS.contains(w)).count()
}

/// No label says who the manufacturer is: a company and an address close together are shown, and left to a person.
fn without_label(lines: &Lines) -> FieldOutcome {
    let company = lines.all.iter().position(|l| {
        let mut words = l.low.split(|c: char| !c.is_alphanumeric());
        words.any(|w| FORMS.contains(&w) || w == "co")
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
    let is_number = |w: &String| w.len() <= 6 && w.starts_with(|c: char| c.is_ascii_digit());
    let is_street = |w: &String| {
        let low = w.to_lowercase();
        STREETS.contains(&low.as_str())
            || low.ends_with("strasse")
            || low.ends_with("straße")
            || low.ends_with("weg")
    };
    // "1 Example Street", "Beispielweg 7": the number stands at most two words from the street.
    let street = words.iter().enumerate().any(|(i, w)| {
        let near = &words[i.saturating_sub(3)..(i + 2).min(words.len())];
        is_street(w) && near.iter().any(is_number)
    });
    const NEVER: [&str; 7] = ["MODEL", "HOURS", "PRODUCTS", "LABEL", "VERSION", "VOLT", "DAYS"];
    if words.iter().any(|w| NEVER.contains(&w.as_str())) || is_online(text) {
        return false;
    }
    let code = words.iter().any(|w| (4..=6).contains(&w.len()) && w.bytes().all(|b| b.is_ascii_digit()));
    postcode || street || (code && text.matches(',').count() >= 2)
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
        for text in [
            "Calle Mayor, Madrid",
            "(model 5 drive unit)",
            "a@b.example, 24 High Street",
            "see the label on the back, unit 2, all models label",
        ] {
            assert!(!looks_like_address(text), "{text}");
        }
        for text in ["Hearth Devices Ltd", "security@hearth.example", "model HC-2", "5 years", "V2 1AB3"] {
            assert!(!looks_like_address(text), "{text}");
        }
    }
}
