//! A product and its labels for programs: JSON-LD in the words of schema.org, with the same in the GS1 Web Vocabulary. It
//! says what the label says and no more. `Certification` is schema.org's word for any such statement; its name and its
//! description say what this one is: an independent label, on a maker's declaration. One that shows a cross is inactive, and
//! left out of GS1's half, which knows no such state: a program that does not read sentences would take it for a
//! distinction. Keys stand in one order.
//!
//! Sources: schema.org (`Product`, `hasCertification`, `Certification`); GS1 Web Vocabulary (`CertificationDetails`).

mod tree;

use self::tree::{
    Certification, Context, Day, Gs1Certification, InEnglish, Organisation, Prefixes, Product, Property,
};
use crate::house::House;
use crate::look::Look;
use crate::words::{self, Language, Sentences};
use assay::assess::Variant;
use assay::date::Date;
use assay::label::{LabelFacts, SignedLabel, Subject};
use assay::text::is_invisible;

/// Longest name that is passed on, in characters. Declarations hold shorter ones; whoever calls may hold anything.
const MOST: usize = 500;

/// What is known of a product.
#[derive(Clone, Debug)]
pub struct Described<'a> {
    /// Under which number; by the register's id where nobody else's number is undisputed.
    pub subject: &'a Subject,
    /// The product's name.
    pub name: &'a str,
    /// Its model.
    pub model: &'a str,
    /// Who makes it.
    pub maker: &'a str,
    /// Its labels; none where it carries none.
    pub labels: &'a [Standing<'a>],
    /// The day on which that holds.
    pub on: Date,
    /// The address of the product's page.
    pub page: &'a str,
    /// The name of the register.
    pub register: &'a str,
    /// The register's address, without a slash at the end.
    pub base: &'a str,
    /// Whose words the register's labels have; none are the bundled ones.
    pub house: Option<&'static House>,
}

impl Described<'_> {
    fn foot(&self) -> &str {
        self.house.map_or_else(|| words::disclaimer(Language::En), |house| house.foot(Language::En))
    }

    /// The label in words.
    fn alt_text(&self, facts: &LabelFacts) -> String {
        Sentences::of(facts, Look { house: self.house, ..Look::default() }).alt_text()
    }
}

/// How a label stands.
#[derive(Clone, Debug)]
pub enum Standing<'a> {
    /// It holds.
    InForce(&'a SignedLabel),
    /// It may not be shown at present; under the scheme of this title.
    Suspended(&'a str),
    /// The maker took the declaration back.
    Withdrawn,
}

/// The JSON-LD document of a product. No `<` stands in it, so that it may be put between `<script>` and `</script>` as it is.
#[must_use]
pub fn linked_data(described: &Described) -> String {
    let node = Product::of(described);
    let text = serde_json::to_string(&node).expect("a tree of texts can be written as JSON");
    // JSON has `<` inside of texts only, and there this is the same character.
    text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

impl Product {
    fn of(described: &Described) -> Self {
        let (gtin, product_id) = match described.subject {
            Subject::Gtin(gtin) => (Some(gtin.to_string()), None),
            Subject::Product(id) => (None, Some(id.clone())),
        };
        let in_force = || {
            described.labels.iter().filter_map(|standing| match standing {
                Standing::InForce(label) => Some(label.facts()),
                _ => None,
            })
        };
        Self {
            context: Context(
                "https://schema.org",
                Prefixes { gs1: "https://ref.gs1.org/voc/", xsd: "http://www.w3.org/2001/XMLSchema#" },
            ),
            kind: ["Product", "gs1:Product"],
            id: format!("{}/{}", described.base, described.subject.path()),
            name: plain(described.name),
            model: plain(described.model),
            manufacturer: Organisation { kind: "Organization", name: plain(described.maker), url: None },
            gtin: gtin.clone(),
            product_id,
            url: described.page.to_owned(),
            properties: in_force().flat_map(|facts| properties(described, facts)).collect(),
            certifications: described.labels.iter().map(|s| Certification::of(described, s)).collect(),
            gs1_gtin: gtin,
            gs1_name: in_english(plain(described.name)),
            gs1_certifications: in_force()
                .filter(|facts| distinguishes(facts, described.on))
                .map(|facts| Gs1Certification::of(described, facts))
                .collect(),
        }
    }
}

/// A tick whose promise still runs. Of everything else the properties and the page tell.
fn distinguishes(facts: &LabelFacts, on: Date) -> bool {
    facts.variant() == Variant::Tick && facts.updates_until().is_none_or(|until| until >= on)
}

/// The label in two sentences, for a tick and a cross alike.
fn properties(described: &Described, facts: &LabelFacts) -> [Property; 2] {
    let updates = match facts.updates_until() {
        Some(until) => until.to_string(),
        None => Sentences::of(facts, Look::default()).updates.lead,
    };
    [
        Property { kind: "PropertyValue", name: "Product security label", value: described.alt_text(facts) },
        Property { kind: "PropertyValue", name: "Security updates until at least", value: updates },
    ]
}

impl Certification {
    fn of(described: &Described, standing: &Standing) -> Self {
        let issued_by = || Organisation {
            kind: "Organization",
            name: described.register.to_owned(),
            url: Some(described.base.to_owned()),
        };
        let url = described.page.to_owned();
        let inactive = |name: &str, why: String| Self {
            kind: "Certification",
            name: name.to_owned(),
            description: format!("{why} The product carries no label now. {}.", described.foot()),
            status: "https://schema.org/CertificationInactive",
            issued_by: issued_by(),
            identification: None,
            valid_from: None,
            expires: None,
            url: url.clone(),
        };
        match standing {
            Standing::Withdrawn => inactive(
                "Withdrawn: no product security label",
                "The maker took its declaration back.".to_owned(),
            ),
            Standing::Suspended(scheme) => inactive(
                "Suspended: no product security label",
                format!("The label under {} is suspended.", plain(scheme)),
            ),
            Standing::InForce(label) => Self::in_force(described, label, issued_by()),
        }
    }

    /// Its address is the signed link: whoever follows it is told what holds, and whoever has it can verify it.
    fn in_force(described: &Described, label: &SignedLabel, issued_by: Organisation) -> Self {
        let facts = label.facts();
        Self {
            kind: "Certification",
            name: format!(
                "Independent product security label with a {}, on the maker's declaration: {}",
                facts.variant().word(),
                facts.scheme().title
            ),
            description: described.alt_text(facts),
            status: if distinguishes(facts, described.on) {
                "https://schema.org/CertificationActive"
            } else {
                "https://schema.org/CertificationInactive"
            },
            identification: Some(identification(described, facts)),
            valid_from: Some(facts.issued()),
            expires: facts.updates_until(),
            issued_by,
            url: label.uri().to_owned(),
        }
    }
}

impl Gs1Certification {
    fn of(described: &Described, facts: &LabelFacts) -> Self {
        let day = |value| Day { value, kind: "xsd:date" };
        Self {
            kind: "gs1:CertificationDetails",
            agency: in_english(described.register.to_owned()),
            standard: in_english(facts.scheme().title.clone()),
            value: in_english(described.alt_text(facts)),
            identification: identification(described, facts),
            start: day(facts.issued()),
            end: facts.updates_until().map(day),
        }
    }
}

/// The signed link in a document of this kind; none where the text is none, or names several labels.
#[must_use]
pub fn link_in(text: &str) -> Option<String> {
    // A tree of a large text would take many times its size.
    let document: serde_json::Value = (text.len() <= 1 << 20).then(|| serde_json::from_str(text).ok())??;
    let of =
        |one: &serde_json::Value| one["url"].as_str().filter(|url| url.contains("?a=")).map(str::to_owned);
    let mut links: Vec<String> = document["hasCertification"].as_array()?.iter().filter_map(of).collect();
    links.dedup();
    (links.len() == 1).then(|| links.remove(0))
}

/// The statement that the label rests on, at its address.
fn identification(described: &Described, facts: &LabelFacts) -> String {
    format!("{}/api/v1/entries/{}", described.base, facts.statement())
}

fn in_english(value: String) -> InEnglish {
    InEnglish { value, language: "en" }
}

/// A stranger's text without what makes it read differently from what it says, and of a length that a page bears.
fn plain(text: &str) -> String {
    let clean = text.chars().map(|c| match c {
        '\n' | '\t' => ' ',
        c if is_invisible(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    });
    let mut cut: String = clean.take(MOST).collect();
    if text.chars().nth(MOST).is_some() {
        cut.push('…');
    }
    cut
}

#[cfg(test)]
mod tests;
