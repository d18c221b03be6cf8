//! A language's file: read once, and complete or not at all, so that no sentence can be missing when a label is drawn.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::Language;

/// The words of one language, as `data/words/en.toml` explains them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) locale: String,
    pub(super) reviewed: String,
    pub(super) label: String,
    pub(super) tick: String,
    pub(super) cross: String,
    pub(super) updates_until: String,
    pub(super) updates_ended: String,
    pub(super) updates_none: String,
    pub(super) declared: String,
    pub(super) maker: String,
    pub(super) register: String,
    pub(super) lab: String,
    pub(super) authority: String,
    pub(super) gtin: String,
    pub(super) product: String,
    pub(super) scheme: String,
    pub(super) disclaimer: String,
    pub(super) today: String,
    pub(super) as_of: String,
    pub(super) withdrawn: String,
    pub(super) suspended: String,
    pub(super) no_label: String,
    pub(super) years: BTreeMap<String, String>,
    pub(super) months: BTreeMap<String, String>,
    pub(super) schemes: BTreeMap<String, SchemeWords>,
}

/// A scheme's words. In English the scheme's own file has all but the short name.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SchemeWords {
    pub(super) title: Option<String>,
    pub(super) short: String,
    #[serde(default)]
    pub(super) tick: String,
    #[serde(default)]
    pub(super) cross: String,
}

impl File {
    pub(super) fn of(language: Language) -> &'static Self {
        static FILES: LazyLock<Vec<File>> = LazyLock::new(|| {
            let read = |(text, language): (&str, Language)| {
                toml::from_str(text).unwrap_or_else(|e| panic!("words/{}.toml: {e}", language.code()))
            };
            TEXTS.into_iter().zip(Language::ALL).map(read).collect()
        });
        &FILES[language as usize]
    }

    /// A scheme that a language has no words for yet is named by its id, in plain sight.
    pub(super) fn scheme(&self, id: &str) -> &SchemeWords {
        static NONE: LazyLock<SchemeWords> = LazyLock::new(SchemeWords::default);
        self.schemes.get(id).unwrap_or(&NONE)
    }
}

/// In the order of [`Language::ALL`].
const TEXTS: [&str; 9] = [
    include_str!("../../data/words/en.toml"),
    include_str!("../../data/words/cy.toml"),
    include_str!("../../data/words/fr.toml"),
    include_str!("../../data/words/de.toml"),
    include_str!("../../data/words/es.toml"),
    include_str!("../../data/words/it.toml"),
    include_str!("../../data/words/nl.toml"),
    include_str!("../../data/words/pl.toml"),
    include_str!("../../data/words/pt.toml"),
];
