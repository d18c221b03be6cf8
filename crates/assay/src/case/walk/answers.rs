//! Longer answers: paragraphs, lists with a place for each entry, ids out of a known set. They are what the pro formas and
//! the verdicts of an assessment are made of.

use std::collections::BTreeSet;

use super::{Table, shown};
use crate::case::Place;
use crate::rules::nearest;
use crate::text::is_plain;

impl Table<'_, '_> {
    /// A text that may run to paragraphs, of at most `most` characters, and where it stands.
    pub(crate) fn long_text(&mut self, key: &'static str, most: usize) -> Option<(String, Place)> {
        let (text, span) = self.text_value(key, most)?;
        Some((text.to_owned(), self.notes.place(span.start)))
    }

    /// As [`Self::long_text`], and a problem where it is missing.
    pub(crate) fn required_long_text(
        &mut self,
        key: &'static str,
        most: usize,
        example: &str,
    ) -> Option<(String, Place)> {
        self.require(key, example)?;
        self.long_text(key, most)
    }

    /// Whether the key is there at all. Asking makes it known.
    pub(crate) fn has(&mut self, key: &'static str) -> bool {
        self.value(key).is_some()
    }

    /// Where the key's value stands, or else the table.
    pub(crate) fn place_of(&mut self, key: &'static str) -> Place {
        match self.value(key) {
            Some(value) => self.notes.place(value.span().start),
            None => self.at,
        }
    }

    /// A list of short texts, each with its place; `None` where the key is absent. What is no text is named and left out.
    pub(crate) fn list(&mut self, key: &'static str, most: usize) -> Option<Vec<(String, Place)>> {
        let value = self.value(key)?;
        let mend = format!("write {key} = [\"one\", \"another\"]");
        let Some(items) = value.get_ref().as_array() else {
            self.wrong(value.span(), &format!("`{key}` is a list of texts"), &mend);
            return Some(Vec::new());
        };
        if items.len() > most {
            let message = format!("`{key}` has {} entries, at most {most} are read", items.len());
            self.wrong(value.span(), &message, "remove some");
            return Some(Vec::new());
        }
        let mut texts = Vec::new();
        for item in items.iter() {
            match item.get_ref().as_str().map(str::trim) {
                Some(text) if is_plain(text, 500) => {
                    texts.push((text.to_owned(), self.notes.place(item.span().start)));
                }
                _ => {
                    self.wrong(item.span(), &format!("`{key}` holds something that is no short text"), &mend)
                }
            }
        }
        Some(texts)
    }

    /// An id that must be one of `known`; `what` names the kind of thing it is.
    pub(crate) fn known_id(
        &mut self,
        key: &'static str,
        what: &str,
        example: &str,
        known: &BTreeSet<String>,
    ) -> Option<String> {
        self.require(key, &format!("{key} = \"{example}\""))?;
        let (text, span) = self.text_value(key, 100)?;
        if known.contains(text) {
            return Some(text.to_owned());
        }
        let mend = match nearest(text, known.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("an id reads `{example}`"),
        };
        self.wrong(span, &format!("there is no {what} `{}`", shown(text)), &mend);
        None
    }

    /// A list of paths below `evidence/`; empty where the key is absent.
    pub(crate) fn paths(&mut self, key: &'static str, most: usize) -> Vec<String> {
        let texts = self.list(key, most).unwrap_or_default();
        texts.into_iter().filter_map(|(text, at)| self.inside(&text, at)).collect()
    }
}
