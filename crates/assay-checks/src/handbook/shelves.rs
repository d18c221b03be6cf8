//! The ways into the handbook: by guideline, by scheme, and by words.

use assay::explain::{Page, plain};
use assay::rules::{guideline_id, rulebook};

use super::{find, pages};

/// A page, and the pages that belong to it.
#[derive(Debug)]
pub struct Shelf {
    /// The page of the guideline or scheme.
    pub head: &'static Page,
    /// The provisions, in the order in which people count.
    pub pages: Vec<&'static Page>,
}

/// The thirteen guidelines, each with the provisions of every document that belong to it; then what stands outside them.
#[must_use]
pub fn index_by_guideline() -> Vec<Shelf> {
    let book = rulebook();
    let of = |number: u8| {
        let belongs = |p: &&Page| book.provisions.get(&p.id).is_some_and(|p| p.guideline == Some(number));
        pages().iter().filter(|p| p.kind == "provision").filter(belongs).collect()
    };
    book.guidelines
        .iter()
        .filter_map(|g| find(&guideline_id(g.number)).map(|head| Shelf { head, pages: of(g.number) }))
        .collect()
}

/// The schemes by their codes, each with what it asks for.
#[must_use]
pub fn index_by_scheme() -> Vec<Shelf> {
    assay::scheme::bundled()
        .iter()
        .filter_map(|s| {
            let asked = s.requirements.iter().filter_map(|r| find(&r.provision)).collect();
            find(&s.id).map(|head| Shelf { head, pages: asked })
        })
        .collect()
}

/// The pages that have every word of a query in their id, title or opening, whatever the case.
#[must_use]
pub fn search(query: &str) -> Vec<&'static Page> {
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let has = |page: &&Page| {
        let opening = page.sections.first().and_then(|s| s.body.first()).map(|b| b.text(None));
        let text = format!("{}\n{}\n{}", page.id, page.title, opening.unwrap_or_default()).to_lowercase();
        words.iter().all(|w| text.contains(w.as_str()))
    };
    pages().iter().filter(has).collect()
}

/// What a page says first, for a list.
#[must_use]
pub fn opening(page: &Page) -> String {
    match page.sections.first().and_then(|s| s.body.first()) {
        Some(assay::explain::Block::Paragraph(spans)) => plain(spans),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_indexes_hold_every_guideline_and_scheme_with_what_belongs_to_it() {
        let guidelines = index_by_guideline();
        assert_eq!(guidelines.len(), 13);
        assert!(guidelines.iter().all(|s| s.pages.len() > 2));
        assert!(guidelines[2].pages.iter().any(|p| p.id == "en303645-v2.1.1:5.3-13"));
        let schemes = index_by_scheme();
        assert_eq!(schemes.len(), assay::scheme::bundled().len());
        assert!(schemes.iter().all(|s| !s.pages.is_empty()));
    }

    #[test]
    fn a_search_finds_by_all_of_its_words() {
        let found = search("PASSWORDS unique");
        assert!(found.iter().any(|p| p.id == "ts103645-v1.1.1:4.1-1"), "{}", found.len());
        assert!(found.len() < pages().len() / 4);
        assert!(search("  ").is_empty() && search("no page has this").is_empty());
        assert!(opening(search("uk-psti")[0]).len() > 20);
    }
}
