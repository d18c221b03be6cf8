//! Every id in plain words: guidelines, provisions, conditions, facts, documents, schemes, test cases, the tables of the
//! IXIT, words of judgement, the shop's reasons, the log's refusals and what its monitor finds, each with its source. The
//! text is derived from the data wherever the data has it. Checks and kinds of findings are explained by the crate that
//! judges, which joins its own pages with these.

mod asked;
mod document;
mod lab;
mod page;
mod provision;
mod scheme;
mod text;
mod watching;
mod words;

use crate::rules::rulebook;
use crate::scheme as schemes;

pub use document::{counted, documents};
pub use page::{Block, Page, Section, Span, inline, link, links, prose, text};
pub use provision::status_words;
pub use text::{plain, wrapped};

/// The kinds of pages here, in the order in which an index lists them, with what each is called.
pub const KINDS: [(&str, &str); 18] = [
    ("guideline", "Guidelines"),
    ("scheme", "Schemes"),
    ("document", "Documents"),
    ("provision", "Provisions"),
    ("void", "Numbers that are void"),
    ("condition", "Conditions"),
    ("feature", "Features"),
    ("fact", "Facts about a product"),
    ("ixit-table", "Tables of the IXIT"),
    ("test-case", "Test cases"),
    ("test-unit", "Test units"),
    ("label", "Signs of the label"),
    ("outcome", "Outcomes of a check"),
    ("verdict", "Verdicts of an assessment"),
    ("answer", "Answers of the gate"),
    ("reason", "Reasons of the gate"),
    ("refusal", "Refusals of the log"),
    ("monitor-finding", "Findings of the monitor"),
];

/// Every page, kind by kind in the order of [`KINDS`].
#[must_use]
pub fn pages() -> Vec<Page> {
    let book = rulebook();
    let mut pages: Vec<Page> = book.guidelines.iter().map(document::guideline).collect();
    pages.extend(schemes::bundled().iter().map(scheme::page));
    pages.extend(documents().into_iter().map(document::baseline));
    // The guidelines are provisions of the Code of Practice too; their pages stand above.
    for b in documents().into_iter().filter(|b| b.id != "cop-2018") {
        let of_it = book.provisions.values().filter(|p| p.baseline() == b.id);
        pages.extend(document::in_order(of_it).into_iter().map(provision::page));
    }
    pages.extend(book.voids.iter().map(|(id, successors)| provision::void(id, successors)));
    pages.extend(book.conditions.values().map(provision::condition));
    pages.extend(book.facts.values().map(document::fact));
    pages.extend(lab::pages());
    pages.extend(words::pages());
    pages.extend(watching::pages());
    let place = |p: &Page| KINDS.iter().position(|(k, _)| *k == p.kind);
    pages.sort_by_key(place);
    pages
}

/// The page of an id, written as [`full_id`] allows.
#[must_use]
pub fn find(id: &str) -> Option<Page> {
    let pages = pages();
    let full = full_id(id, &|id| pages.iter().any(|p| p.id == id), &mut pages.iter().map(|p| p.id.as_str()))?;
    pages.into_iter().find(|p| p.id == full)
}

/// Nobody writes a longer id.
const MOST_LETTERS: usize = 120;

/// The full id of a written one: as it stands; a number alone, which means EN 303 645 V2.1.1 where several documents have it;
/// a dot for the hyphen of clause 6; a table of the IXIT with its number in front (`1-AuthMech`); any case.
#[must_use]
pub fn full_id(
    written: &str,
    known: &dyn Fn(&str) -> bool,
    all: &mut dyn Iterator<Item = &str>,
) -> Option<String> {
    let written = written.trim();
    if written.is_empty() || written.chars().count() > MOST_LETTERS {
        return None;
    }
    let book = rulebook();
    // The result of a test group is explained by the provision that it tests: `test-group-5-3-13`.
    let grouped = written.strip_prefix("test-group-").map(|n| match n.strip_prefix("5-") {
        Some(rest) => format!("5.{rest}"),
        None => n.to_owned(),
    });
    let written = grouped.as_deref().unwrap_or(written);
    let dotted = written.strip_prefix("6.").map(|rest| format!("6-{rest}"));
    let table =
        written.split_once('-').filter(|(n, _)| n.bytes().all(|b| b.is_ascii_digit())).map(|(_, t)| t);
    let tries = [
        Some(written.to_owned()),
        Some(book.normal(written)),
        book.find(written).map(|p| p.id.clone()),
        dotted.and_then(|d| book.find(&d)).map(|p| p.id.clone()),
        Some(format!("en303645-v2.1.1:{written}")),
        Some(format!("en303645-v3.1.3:{written}")),
        table.map(str::to_owned),
    ];
    if let Some(found) = tries.into_iter().flatten().find(|id| known(id)) {
        return Some(found);
    }
    let lower = written.to_lowercase();
    let bare = table.map(str::to_lowercase);
    let mut near = None;
    for id in all {
        let other = id.to_lowercase();
        if other == lower {
            return Some(id.to_owned());
        }
        let number = other.split_once(':').is_some_and(|(_, n)| n == lower);
        if number || bare.as_deref() == Some(other.as_str()) {
            near.get_or_insert_with(|| id.to_owned());
        }
    }
    near
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_id_has_one_page_with_something_to_read_and_every_link_leads_somewhere() {
        let pages = pages();
        let ids: BTreeSet<&str> = pages.iter().map(|p| p.id.as_str()).collect();
        assert_eq!(ids.len(), pages.len(), "an id has two pages");
        for p in &pages {
            assert!(p.text().len() > 40 && !p.title.is_empty(), "{}", p.id);
            assert!(KINDS.iter().any(|(kind, _)| *kind == p.kind), "{} is a {}", p.id, p.kind);
            for link in p.links() {
                assert!(ids.contains(link), "the page of {} links to {link}", p.id);
            }
        }
    }

    #[test]
    fn an_id_is_found_however_it_is_written() {
        for (written, id) in [
            ("5.3-13", "en303645-v2.1.1:5.3-13"),
            (" 6.1 ", "en303645-v2.1.1:6-1"),
            ("en303645-v3.1.3:6.1", "en303645-v3.1.3:6-1"),
            ("EN303645-V2.1.1:5.1-1", "en303645-v2.1.1:5.1-1"),
            ("c1", "en303645-v2.1.1:c1"),
            ("5.3-4a", "en303645-v3.1.3:5.3-4A"),
            ("sch1-1", "psti-2023:sch1-1"),
            ("1-AuthMech", "AuthMech"),
            ("1-authmech", "AuthMech"),
            ("authmech", "AuthMech"),
            ("5.1-1-1/a", "5.1-1-1/a"),
            ("UK-PSTI", "uk-psti"),
            ("fork", "monitor:fork"),
            ("Monitor:Fork", "monitor:fork"),
            ("back-dated", "back-dated"), // the refusal, whose page names the finding
        ] {
            assert_eq!(find(written).map(|p| p.id).as_deref(), Some(id), "{written}");
        }
        for written in ["nothing", "", "  ", "6.", "-", "1-", "/", ":", &"5.1-1".repeat(50)] {
            assert_eq!(find(written), None, "{written}");
        }
    }

    #[test]
    fn a_page_says_what_the_data_says() {
        let says = |id: &str, texts: &[&str]| {
            let text = find(id).map(|p| p.text()).unwrap_or_default();
            for t in texts {
                assert!(text.contains(t), "`{t}` is missing on {id}:\n{text}");
            }
        };
        says("uk-2019-option-a", &["The date is invented", "never enacted", "For shops"]);
        says(
            "5.1-1",
            &[
                "It belongs to guideline cop-2018:1",
                "How to meet it",
                "TS 103 701 V1.1.1, Annex A.3",
                "5.1-1-1",
                "AuthMech",
            ],
        );
        says(
            "en303645-v3.1.3:5.3-4",
            &["void in this version", "en303645-v3.1.3:5.3-4A", "en303645-v2.1.1:5.3-4"],
        );
        says("en303645-v2.1.1:c5", &["constrained", "it is met where that is false", "5.3-"]);
        says("cop-2018:3", &["In ETSI EN 303 645 V2.1.1", "5.3-13", "worded as a requirement"]);
        says("psti-2023:sch1-1", &["uk-psti", "Outside the factory-default state", "It is a requirement."]);
        says("AuthMech", &["[[AuthMech]]", "authentication_factor", "en303645-v2.1.1:5.1-1"]);
        says("5.1-1-1/a", &["What the tester does", "It tests en303645-v2.1.1:5.1-1"]);
    }
}
