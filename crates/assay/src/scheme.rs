//! A scheme: a territory's rules as data. It names provisions, phases by date, the form of the label and the seller's
//! duty; it knows no check and no product. A new territory is one more data file and one more line in the list below.

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;

use crate::rules::{self, Rulebook};

/// The bundled schemes, in the order in which they are listed.
const FILES: [(&str, &str); 4] = [
    ("uk-2019-option-a.toml", include_str!("../data/schemes/uk-2019-option-a.toml")),
    ("uk-2019-option-b.toml", include_str!("../data/schemes/uk-2019-option-b.toml")),
    ("uk-2019-option-c.toml", include_str!("../data/schemes/uk-2019-option-c.toml")),
    ("uk-psti.toml", include_str!("../data/schemes/uk-psti.toml")),
];

/// One scheme, as its file says it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scheme {
    /// `uk-2019-option-a`.
    pub id: String,
    /// The scheme's number in a label's payload; never reused.
    pub code: u16,
    /// Its name for people.
    pub title: String,
    /// Where it holds.
    pub territory: String,
    /// Whether it ever became law or was opened by its authority.
    pub enacted: bool,
    /// What it asks, in two sentences.
    pub summary: String,
    /// Where it stands.
    pub source: String,
    /// What the scheme takes as enough.
    pub accepts: Accepts,
    /// Its phases by date, the earliest first.
    #[serde(rename = "phase")]
    pub phases: Vec<Phase>,
    /// What it asks of a product.
    #[serde(rename = "requirement")]
    pub requirements: Vec<Requirement>,
    /// The label, where it has one.
    pub label: Option<LabelRule>,
    /// What it asks of a shop.
    pub seller: SellerRule,
}

/// What a scheme takes as enough for a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Accepts {
    /// A claim that no evidence contradicts.
    SelfDeclaration,
    /// An outcome seen by a laboratory.
    Tested,
}

/// From when the scheme applies, and how.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Its name.
    pub name: String,
    /// Its first day.
    pub from: Day,
    /// Whether shops and makers are bound by it.
    pub binding: bool,
    /// The date was never set by anybody: it is the operator's parameter and marked so wherever it is shown.
    pub invented: bool,
}

/// A date as TOML writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "toml::value::Datetime")]
pub struct Day(pub Date);

impl TryFrom<toml::value::Datetime> for Day {
    type Error = String;

    fn try_from(value: toml::value::Datetime) -> Result<Self, String> {
        crate::date::parse(&value.to_string())
            .map(Self)
            .ok_or_else(|| format!("`{value}` is not a date (YYYY-MM-DD)"))
    }
}

/// One thing asked: a provision, and which symbol of the label stands for it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// The provision's id.
    pub provision: String,
    /// The symbol that shows it.
    pub symbol: Symbol,
}

/// Which part of the label shows a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Symbol {
    /// The shield with tick or cross.
    Shield,
    /// The date until which security updates are promised.
    Date,
    /// No symbol.
    None,
}

/// The form of the label and the sentences it stands for, as the operator words them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelRule {
    /// The only form so far: two symbols.
    pub form: LabelForm,
    /// What the tick stands for.
    pub tick: String,
    /// What the cross stands for.
    pub cross: String,
}

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LabelForm {
    /// A shield with tick or cross, and a date.
    ShieldAndDate,
}

/// What a shop must do.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SellerRule {
    /// What may be sold.
    pub sells: Sells,
    /// What a shop does with a product the register does not know.
    pub unregistered: Unregistered,
    /// The duty in a sentence.
    pub duty: String,
}

/// What may be sold under a scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sells {
    /// Whatever bears the label, with tick or cross (option A).
    Labelled,
    /// Only what holds under the scheme (options B and C, the law).
    Holding,
}

/// What the absence from the register means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unregistered {
    /// Only the labelled or declared may be sold.
    Refuse,
    /// The law knows no register: a statement may still accompany the product.
    Ask,
}

/// Why a scheme's file is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {what}")]
pub struct SchemeError {
    /// The file.
    pub file: String,
    /// What is wrong and the mend.
    pub what: String,
}

/// The bundled schemes.
#[must_use]
pub fn bundled() -> &'static [Scheme] {
    static SCHEMES: LazyLock<Vec<Scheme>> = LazyLock::new(|| {
        FILES
            .iter()
            .map(|(file, text)| {
                Scheme::parse(file, text, rules::rulebook()).expect("a test reads every bundled scheme")
            })
            .collect()
    });
    &SCHEMES
}

/// A bundled scheme by id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Scheme> {
    bundled().iter().find(|s| s.id == id)
}

/// A bundled scheme by the number a label carries.
#[must_use]
pub fn by_code(code: u16) -> Option<&'static Scheme> {
    bundled().iter().find(|s| s.code == code)
}

impl Scheme {
    /// Reads a scheme's file and holds it against the rulebook.
    ///
    /// # Errors
    /// A sentence with the file's name: not TOML, a field that is missing or unknown, a provision that the rulebook does
    /// not have, phases out of order, a symbol without a label.
    pub fn parse(file: &str, text: &str, book: &Rulebook) -> Result<Self, SchemeError> {
        let error = |what: String| SchemeError { file: file.to_owned(), what };
        let scheme: Self = toml::from_str(text).map_err(|e| error(e.to_string()))?;
        for r in &scheme.requirements {
            if !book.provisions.contains_key(&r.provision) {
                let mend =
                    book.nearest(&r.provision).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
                return Err(error(format!("there is no provision `{}`{mend}", r.provision)));
            }
            if r.symbol != Symbol::None && scheme.label.is_none() {
                return Err(error(format!("`{}` has a symbol, but the scheme has no [label]", r.provision)));
            }
        }
        if scheme.requirements.is_empty() {
            return Err(error("a scheme asks for at least one provision: add a [[requirement]]".into()));
        }
        if scheme.phases.is_empty() || !scheme.phases.is_sorted_by(|a, b| a.from < b.from) {
            return Err(error("a scheme has at least one [[phase]], the earliest first".into()));
        }
        Ok(scheme)
    }

    /// The phase in force on a day, if the scheme had begun.
    #[must_use]
    pub fn phase_on(&self, day: Date) -> Option<&Phase> {
        self.phases.iter().rev().find(|p| p.from.0 <= day)
    }

    /// Whether makers and shops are bound on a day.
    #[must_use]
    pub fn binds_on(&self, day: Date) -> bool {
        self.phase_on(day).is_some_and(|p| p.binding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date::parse as day;

    #[test]
    fn every_bundled_scheme_reads_and_codes_are_not_reused() {
        let mut codes: Vec<u16> = bundled().iter().map(|s| s.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), FILES.len());
        for (scheme, (file, _)) in bundled().iter().zip(FILES) {
            assert_eq!(format!("{}.toml", scheme.id), file);
        }
    }

    #[test]
    fn the_options_that_were_never_enacted_say_that_their_dates_are_invented() {
        for scheme in bundled() {
            assert!(scheme.phases.iter().all(|p| p.invented != scheme.enacted), "{}", scheme.id);
        }
    }

    #[test]
    fn the_law_binds_from_its_first_day() {
        let law = find("uk-psti").unwrap();
        assert!(!law.binds_on(day("2024-04-28").unwrap()));
        assert!(law.binds_on(day("2024-04-29").unwrap()));
    }

    #[test]
    fn option_a_shows_three_option_c_thirteen_and_b_nothing() {
        let shield =
            |id| find(id).unwrap().requirements.iter().filter(|r| r.symbol == Symbol::Shield).count();
        assert_eq!(
            [shield("uk-2019-option-a"), shield("uk-2019-option-b"), shield("uk-2019-option-c")],
            [2, 0, 13]
        );
    }

    #[test]
    fn a_file_with_an_unknown_provision_is_refused_with_the_mend() {
        let text = FILES[0].1.replace("4.1-1", "4.1-9");
        let error = Scheme::parse("x.toml", &text, rules::rulebook()).unwrap_err().to_string();
        assert!(error.contains("4.1-9") && error.contains("did you mean `ts103645-v1.1.1:4.1-1`"), "{error}");
    }
}
