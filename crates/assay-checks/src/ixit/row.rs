//! One entry of an IXIT table as a rule reads it: answers with three ends, and a note of each answer that was asked for and
//! could not be had, so that an open question can say what is missing.

use std::cell::RefCell;

use assay::case::Place;
use assay::conformity::ixit::{Entry, Value};

use crate::quote::{list, quoted};

/// Yes, no, or not to be told from what is written.
pub(crate) type Truth = Option<bool>;

/// Whether all hold; one that does not settles it.
pub(crate) fn all(truths: impl IntoIterator<Item = Truth>) -> Truth {
    let mut told = true;
    for truth in truths {
        match truth {
            Some(false) => return Some(false),
            Some(true) => {}
            None => told = false,
        }
    }
    told.then_some(true)
}

/// Whether one holds; one that does settles it.
pub(crate) fn any(truths: impl IntoIterator<Item = Truth>) -> Truth {
    all(truths.into_iter().map(not)).map(|none| !none)
}

/// Either.
pub(crate) fn or(a: Truth, b: Truth) -> Truth {
    any([a, b])
}

fn not(truth: Truth) -> Truth {
    truth.map(|t| !t)
}

/// Whether a text says that there is nothing to say: it begins with `n/a`.
pub(crate) fn begins_with_n_a(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(3).collect();
    start.eq_ignore_ascii_case("n/a")
}

/// One entry.
pub(crate) struct Row<'a> {
    table: &'static str,
    entry: &'a Entry,
    notes: RefCell<Vec<String>>,
}

/// Most notes that are kept of one entry.
const MOST_NOTES: usize = 3;

impl<'a> Row<'a> {
    pub(crate) fn new(table: &'static str, entry: &'a Entry) -> Self {
        Self { table, entry, notes: RefCell::new(Vec::new()) }
    }

    /// How the entry is named in a message.
    pub(crate) fn name(&self) -> String {
        match &self.entry.id {
            Some(id) => format!("[[{}]] {}", self.table, quoted(id)),
            None => format!("[{}]", self.table),
        }
    }

    /// Where an answer stands, or else the entry.
    pub(crate) fn place(&self, key: &str) -> Place {
        self.entry.fields.get(key).map_or(self.entry.at, |f| f.at)
    }

    /// What leaves it open.
    pub(crate) fn open(&self) -> String {
        list(&self.notes.borrow())
    }

    /// Notes what leaves it open.
    pub(crate) fn note<T>(&self, what: String) -> Option<T> {
        let mut notes = self.notes.borrow_mut();
        if notes.len() < MOST_NOTES && !notes.contains(&what) {
            notes.push(what);
        }
        None
    }

    /// Notes what another entry leaves open, in this one's name.
    pub(crate) fn note_of(&self, other: &Self) {
        for note in other.notes.borrow().iter() {
            self.note::<()>(format!("{note} in {}", other.name()));
        }
    }

    fn missing<T>(&self, key: &str) -> Option<T> {
        self.note(format!("`{key}` is missing"))
    }

    /// True or false, or yes or no.
    pub(crate) fn flag(&self, key: &str) -> Truth {
        match self.entry.fields.get(key).map(|f| &f.value) {
            Some(Value::Flag(said) | Value::YesNo(said)) => Some(*said),
            _ => self.missing(key),
        }
    }

    /// Prose.
    pub(crate) fn text(&self, key: &str) -> Option<&'a str> {
        match self.entry.fields.get(key).map(|f| &f.value) {
            Some(Value::Text(text)) => Some(text),
            _ => self.missing(key),
        }
    }

    /// Ids of another table; an empty list is an answer.
    pub(crate) fn refs(&self, key: &str) -> Option<&'a [String]> {
        match self.entry.fields.get(key).map(|f| &f.value) {
            Some(Value::Refs(ids)) => Some(ids),
            _ => self.missing(key),
        }
    }

    /// Some of the known words with commas between, in any case.
    pub(crate) fn words(&self, key: &str, known: &[&'static str]) -> Option<Vec<&'static str>> {
        let text = self.text(key)?;
        let word = |w: &str| known.iter().copied().find(|k| k.eq_ignore_ascii_case(w.trim()));
        match text.split(',').map(word).collect() {
            Some(words) => Some(words),
            None => self.note(format!("`{key}` says something else than {}", known.join(", "))),
        }
    }

    /// Exactly one of the known words.
    pub(crate) fn word(&self, key: &str, known: &[&'static str]) -> Option<&'static str> {
        match self.words(key, known)?[..] {
            [word] => Some(word),
            _ => self.note(format!("`{key}` says more than one of {}", known.join(", "))),
        }
    }

    /// Whether a list of words names at least one of `enable`, `disable`, `postpone`, or says `none`.
    pub(crate) fn offers_an_option(&self, key: &str) -> Truth {
        let words = self.words(key, &["enable", "disable", "postpone", "none"])?;
        match (words.contains(&"none"), words.len()) {
            (false, _) => Some(true),
            (true, 1) => Some(false),
            (true, _) => self.note(format!("`{key}` says none beside something")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_ends_join_as_they_should() {
        let (yes, no, open) = (Some(true), Some(false), None);
        for (given, both, either) in [
            ([yes, yes], yes, yes),
            ([yes, no], no, yes),
            ([no, no], no, no),
            ([yes, open], open, yes),
            ([no, open], no, open),
            ([open, open], open, open),
        ] {
            let swapped = [given[1], given[0]];
            assert_eq!((all(given), all(swapped)), (both, both), "{given:?}");
            assert_eq!((or(given[0], given[1]), any(swapped)), (either, either), "{given:?}");
        }
        assert_eq!((all([]), any([])), (yes, no));
    }

    #[test]
    fn n_a_is_read_in_any_case_and_nowhere_else() {
        assert!(begins_with_n_a("n/a: there is none") && begins_with_n_a(" N/A"));
        assert!(!begins_with_n_a("n") && !begins_with_n_a("na/") && !begins_with_n_a("über n/a"));
    }
}
