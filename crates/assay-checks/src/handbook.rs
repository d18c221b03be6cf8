//! The handbook: one page for every id that Assay prints. It joins the pages of the data with those of the checks, the
//! kinds of findings, the rules of the conformance statement and the codes of a security.txt, and adds to every provision
//! the checks that touch it. The command line and the register show the same pages.

mod markdown;
mod shelves;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use assay::conformity::{TESTED, book, ics};
use assay::explain::{self, Block, Page, Section, Span, link, links, prose, text};
use assay::rules;

use crate::{Check, checks, finding_kinds, security_txt};

pub use shelves::{Shelf, index_by_guideline, index_by_scheme, opening, search};

/// The kinds of pages that stand only here, with what each is called.
const KINDS: [(&str, &str); 4] = [
    ("check", "Checks"),
    ("finding", "Kinds of findings"),
    ("ics-rule", "Rules of the conformance statement"),
    ("security-txt", "Codes of a security.txt"),
];

/// The heading under which a provision's page names its checks.
const CHECKS: &str = "What the checks look at";

struct Handbook {
    pages: Vec<Page>,
    by_id: BTreeMap<String, usize>,
}

static HANDBOOK: LazyLock<Handbook> = LazyLock::new(|| {
    let mut pages = explain::pages();
    for page in pages.iter_mut().filter(|p| p.kind == "provision" || p.kind == "guideline") {
        touched(page);
    }
    pages.extend(checks().iter().map(of_check));
    pages.extend(
        finding_kinds()
            .iter()
            .map(|k| Page { sections: markdown::sections(k.explain), ..Page::new(k.id, "finding", k.title) }),
    );
    pages.extend(ics::RULES.iter().map(|(id, title, says, source)| {
        Page::new(id, "ics-rule", title).says("", Some(says)).from(*source, rules::Verified::Primary)
    }));
    pages.extend(security_txt::CODES.iter().map(|(id, says)| {
        let page = Page::new(id, "security-txt", &format!("security.txt: {id}")).says("", Some(says));
        Page { source: "RFC 9116".into(), ..page }
    }));
    let by_id: BTreeMap<String, usize> = pages.iter().enumerate().map(|(at, p)| (p.id.clone(), at)).collect();
    for page in &mut pages {
        resolve(page, &by_id);
    }
    Handbook { pages, by_id }
});

/// Every page, kind by kind.
#[must_use]
pub fn pages() -> &'static [Page] {
    &HANDBOOK.pages
}

/// The kinds of pages in the order of an index: the word, and what such pages are called.
pub fn kinds() -> impl Iterator<Item = (&'static str, &'static str)> {
    explain::KINDS.into_iter().chain(KINDS)
}

/// The page of an id, however it is written: see [`explain::full_id`].
#[must_use]
pub fn find(written: &str) -> Option<&'static Page> {
    let book = &*HANDBOOK;
    let known = |id: &str| book.by_id.contains_key(id);
    let id = explain::full_id(written, &known, &mut book.pages.iter().map(|p| p.id.as_str()))?;
    book.by_id.get(&id).map(|at| &book.pages[*at])
}

/// The page whose id is nearest to a wrong one.
#[must_use]
pub fn nearest(wrong: &str) -> Option<&'static Page> {
    let wrong = wrong.trim().to_lowercase();
    let ids = HANDBOOK.pages.iter().map(|p| p.id.to_lowercase());
    let numbers = ids.clone().filter_map(|id| id.split_once(':').map(|(_, n)| n.to_owned()));
    let all: Vec<String> = ids.chain(numbers).collect();
    rules::nearest(&wrong, all.iter().map(String::as_str)).and_then(find)
}

/// What stands in backticks and is the id of a page becomes a link; a page does not link to itself.
fn resolve(page: &mut Page, ids: &BTreeMap<String, usize>) {
    let own = page.id.clone();
    for span in page.sections.iter_mut().flat_map(|s| &mut s.body).flat_map(Block::spans_mut) {
        match span {
            Span::Code(word) if *word != own && ids.contains_key(word) => *span = link(word.clone()),
            Span::Id(id) if *id == own => *span = text(id.clone()),
            _ => {}
        }
    }
}

/// Adds to the page of a provision which checks touch it, or that none does.
fn touched(page: &mut Page) {
    let mut body: Vec<Block> = Vec::new();
    let items: Vec<Vec<Span>> =
        checks().iter().filter(|c| c.provisions.contains(&page.id.as_str())).map(in_a_list).collect();
    if items.is_empty() {
        body.push(prose(
            "No check judges it. What a person must do instead stands under “What a machine cannot see”.",
        ));
    } else {
        body.push(Block::List(items));
        body.push(prose("A check that finds nothing has looked only as far as its page says."));
    }
    let units: Vec<String> = page
        .id
        .strip_prefix(TESTED)
        .and_then(|n| n.strip_prefix(':'))
        .map(|number| {
            let cases = book().cases_of(number);
            let mechanical = cases.flat_map(|c| c.units.iter().map(move |u| (c, u)));
            mechanical.filter(|(_, u)| u.is_mechanical()).map(|(c, u)| c.unit_id(u)).collect()
        })
        .unwrap_or_default();
    if !units.is_empty() {
        let mut spans = vec![text("Units of its tests that are plain comparisons: ")];
        spans.extend(links(units));
        spans.push(text("."));
        body.push(Block::Paragraph(spans));
    }
    let section = Section { heading: CHECKS.into(), body };
    let after =
        page.sections.iter().position(|s| s.heading == "What a machine cannot see").map_or(1, |n| n + 1);
    page.sections.insert(after.min(page.sections.len()), section);
}

fn in_a_list(check: &Check) -> Vec<Span> {
    vec![link(check.id), text(format!(": {}. {}", check.title, reads(check)))]
}

/// The kinds of evidence that a check reads.
fn reads(check: &Check) -> String {
    match check.evidence {
        [] => "It reads what the case itself says.".to_owned(),
        kinds => {
            let words: Vec<&str> = kinds.iter().map(|k| k.word()).collect();
            format!("It reads evidence of the kind {}.", words.join(", "))
        }
    }
}

fn of_check(check: &Check) -> Page {
    let mut page = Page::new(check.id, "check", check.title);
    page.sections = markdown::sections(check.page);
    let draws = match check.speaks_from.is_evidence() {
        true => reads(check),
        false => format!(
            "{} It compares the maker's own words, so it can find a contradiction, but never shows that a provision is met.",
            reads(check)
        ),
    };
    let mut body = vec![prose(&draws), Block::Paragraph(links(check.provisions.iter().copied()))];
    if !check.units.is_empty() {
        let mut spans = vec![text("Test units of TS 103 701 that it decides: ")];
        spans.extend(links(check.units.iter().copied()));
        spans.push(text("."));
        body.push(Block::Paragraph(spans));
    }
    page.with("What it speaks to", body)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_id_has_exactly_one_page_and_every_link_leads_to_one() {
        let ids: Vec<&str> = pages().iter().map(|p| p.id.as_str()).collect();
        let once: BTreeSet<&str> = ids.iter().copied().collect();
        let twice: Vec<&&str> =
            once.iter().filter(|id| ids.iter().filter(|other| other == id).count() > 1).collect();
        assert!(twice.is_empty(), "two pages for {twice:?}");
        let mut wanted: Vec<String> = Vec::new();
        let rules = rules::rulebook();
        wanted.extend(rules.provisions.keys().chain(rules.conditions.keys()).cloned());
        wanted.extend(rules.facts.keys().chain(rules.voids.keys()).cloned());
        wanted.extend(rules.baselines.iter().map(|b| b.id.clone()));
        wanted.extend(assay::scheme::bundled().iter().map(|s| s.id.clone()));
        wanted.extend(book().cases.iter().map(|c| c.id.clone()));
        wanted.extend(book().units().map(|(c, u)| c.unit_id(u)));
        wanted.extend(book().tables.iter().map(|t| t.short.clone()));
        wanted.extend(checks().iter().map(|c| c.id.to_owned()));
        wanted.extend(finding_kinds().iter().map(|k| k.id.to_owned()));
        wanted.extend(security_txt::CODES.iter().map(|(id, _)| (*id).to_owned()));
        wanted.extend(ics::RULES.iter().map(|(id, ..)| (*id).to_owned()));
        wanted.extend(assay::gate::Reason::ALL.iter().map(|r| r.word().to_owned()));
        wanted.extend(assay::fold::Refusal::IDS.map(str::to_owned));
        for id in &wanted {
            assert!(once.contains(id.as_str()), "{id} has no page");
        }
        for page in pages() {
            assert!(kinds().any(|(kind, _)| kind == page.kind), "{} is a {}", page.id, page.kind);
            assert!(find(&page.id).is_some_and(|p| p.id == page.id), "{}", page.id);
            for link in page.links() {
                assert!(once.contains(link) && link != page.id, "the page of {} links to {link}", page.id);
            }
            let text = page.text();
            assert!(text.len() > 40, "{} says nothing", page.id);
            for raw in ["**", "](", "```", "\n## ", "\n- - "] {
                assert!(!text.contains(raw), "`{raw}` on the page of {}", page.id);
            }
        }
    }

    #[test]
    fn every_provision_says_which_checks_touch_it() {
        for page in pages().iter().filter(|p| p.kind == "provision") {
            assert!(page.sections.iter().any(|s| s.heading == CHECKS), "{}", page.id);
        }
        let text = find("5.3-13").map(Page::text).unwrap_or_default();
        assert!(text.contains("support-period: The support period has an end date"), "{text}");
        let check = find("support-period").map(Page::text).unwrap_or_default();
        assert!(check.contains("What it cannot see") && check.contains("What it speaks to"), "{check}");
    }

    #[test]
    fn the_nearest_page_is_offered_for_a_wrong_id() {
        for (wrong, id) in [
            ("uk-psty", "uk-psti"),
            ("5.1-11", "en303645-v2.1.1:5.1-1"),
            ("AuthMecc", "AuthMech"),
            ("UNIVERSEL", "universal"),
        ] {
            assert_eq!(nearest(wrong).map(|p| p.id.as_str()), Some(id), "{wrong}");
        }
        assert_eq!(nearest("nothing like this at all").map(|p| p.id.as_str()), None);
    }
}
