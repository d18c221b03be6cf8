//! Reads a scheme's file and holds it against the rulebook: what it names must exist, and what it says must fit together.

use super::{Accepts, Day, Extent, RecognisedLabel, Scheme, Symbol, Way};
use crate::data;
use crate::rules::{Rulebook, nearest, rulebook};

/// Longest scheme file that is read, in bytes.
const MAX_BYTES: usize = 1 << 20;

/// Why a scheme's file is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {what}")]
pub struct SchemeError {
    /// The file.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// What is wrong.
    pub what: String,
    /// The mend.
    pub mend: String,
}

/// The bundled schemes, by their codes. Only a test holds them against the rulebook: whoever asks about a sale needs no rulebook,
/// which is most of the data.
pub(super) fn bundled() -> Result<Vec<Scheme>, SchemeError> {
    let mut schemes: Vec<Scheme> =
        data::SCHEMES.iter().map(|(file, text)| Scheme::read(file, text)).collect::<Result<_, _>>()?;
    schemes.sort_by_key(|s| s.code);
    Ok(schemes)
}

impl Scheme {
    /// Reads a scheme's file and holds it against the rulebook.
    ///
    /// # Errors
    /// The file's name and line, what is wrong and the mend: not TOML, a field that is missing or unknown, a provision that
    /// the rulebook does not have, phases out of order, a symbol without a label.
    pub fn parse(file: &str, text: &str, book: &Rulebook) -> Result<Self, SchemeError> {
        let scheme = Self::read(file, text)?;
        let faults = Faults { scheme: &scheme, book, text };
        match faults.first() {
            Some(fault) => Err(error(file, fault)),
            None => Ok(scheme),
        }
    }

    fn read(file: &str, text: &str) -> Result<Self, SchemeError> {
        if text.len() > MAX_BYTES {
            let what = format!("the file is longer than {MAX_BYTES} bytes");
            return Err(error(file, (START, what, "a scheme is a short file".into())));
        }
        toml::from_str(text).map_err(|e| {
            let line = e.span().map_or(START, |s| spot_of(text, s.start));
            let mend = "compare with the bundled files; `assay explain uk-psti` shows what a scheme says";
            error(file, (line, e.message().replace('\n', "; "), mend.into()))
        })
    }

    /// Holds what it says of other schemes against those that are known: a label or a recognition must be of one of them, and
    /// of a level that it has.
    ///
    /// # Errors
    /// The file's name and place, what is wrong and the mend.
    pub fn fits_among(&self, file: &str, text: &str, known: &[&Scheme]) -> Result<(), SchemeError> {
        let faults = Faults { scheme: self, book: rulebook(), text };
        match faults.abroad(known) {
            Some(fault) => Err(error(file, fault)),
            None => Ok(()),
        }
    }
}

/// Line and column, counted from 1.
type Spot = (usize, usize);
const START: Spot = (1, 1);

/// The place of a byte.
fn spot_of(text: &str, byte: usize) -> Spot {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (1 + before.matches('\n').count(), 1 + line.chars().count())
}

struct Faults<'a> {
    scheme: &'a Scheme,
    book: &'a Rulebook,
    text: &'a str,
}

type Fault = (Spot, String, String);

fn error(file: &str, ((line, column), what, mend): Fault) -> SchemeError {
    SchemeError { file: file.to_owned(), line, column, what, mend }
}

impl Faults<'_> {
    fn first(&self) -> Option<Fault> {
        let s = self.scheme;
        if !crate::text::is_kebab(&s.id) {
            return Some(self.at(
                &s.id,
                format!("`{}` is no id", s.id),
                "write it in lower case with hyphens".into(),
            ));
        }
        if s.requirements.is_empty() {
            let mend = "add a [[requirement]] with its provision".into();
            return Some((START, "a scheme asks for at least one provision".into(), mend));
        }
        if s.phases.is_empty() || !s.phases.is_sorted_by(|a, b| a.from < b.from) {
            let line = self.spot_with("[[phase]]");
            return Some((
                line,
                "a scheme has at least one phase, the earliest first".into(),
                "put the [[phase]] tables in order".into(),
            ));
        }
        for (n, phase) in s.phases.iter().enumerate() {
            if s.phases[..n].iter().any(|p| p.name == phase.name) {
                let what = format!("two phases are called `{}`", phase.name);
                return Some(self.again(&phase.name, what, "give each phase its own name"));
            }
        }
        if s.accepts == Accepts::Grant && s.holding.is_none() {
            let line = self.spot_with("accepts");
            return Some((
                line,
                "a scheme that only a granted label decides says which".into(),
                "add a [holding]".into(),
            ));
        }
        self.requirements().or_else(|| self.others())
    }

    fn requirements(&self) -> Option<Fault> {
        for (n, r) in self.scheme.requirements.iter().enumerate() {
            if self.scheme.requirements[..n]
                .iter()
                .any(|other| other.provision == r.provision && other.from == r.from)
            {
                let what = format!("`{}` is asked for twice", r.provision);
                return Some(self.again(&r.provision, what, "keep one [[requirement]] of it"));
            }
            if let Some(fault) = self.order(&r.provision, r.from, r.until) {
                return Some(fault);
            }
            if let Some(fault) = self.provision(&r.provision) {
                return Some(fault);
            }
            if r.symbol != Symbol::None && self.scheme.label.is_none() {
                let what = format!("`{}` has a symbol, but the scheme has no [label]", r.provision);
                return Some(self.at(&r.provision, what, "add a [label], or symbol = \"none\"".into()));
            }
            if let Some(fault) = r.ways.iter().find_map(|w| self.way(w)) {
                return Some(fault);
            }
        }
        None
    }

    fn way(&self, way: &Way) -> Option<Fault> {
        if way.provisions.is_empty() == way.label.is_none() {
            let what = format!("the way `{}` names either provisions or a label", way.id);
            return Some(self.at(&way.id, what, "give one of the two".into()));
        }
        if let Some(fault) = self.order(&way.id, way.from, way.until) {
            return Some(fault);
        }
        way.provisions.iter().chain(&way.leaves).find_map(|p| self.provision(p))
    }

    fn others(&self) -> Option<Fault> {
        let s = self.scheme;
        if let Some(statement) = &s.statement {
            let fields = statement.fields.iter().find_map(|f| self.provision(f));
            let waived = || statement.waived_by.iter().find_map(|w| self.way(w));
            if let Some(fault) = fields.or_else(waived) {
                return Some(fault);
            }
        }
        if let Some(fault) = s.seller.never_shortened.iter().find_map(|p| self.provision(p)) {
            return Some(fault);
        }
        for r in &s.recognises {
            if let Some(fault) = r.criteria.iter().find_map(|c| self.provision(c)) {
                return Some(fault);
            }
            if (r.extent == Extent::Criteria) == r.criteria.is_empty() {
                let what = format!(
                    "the recognition of `{}` names criteria exactly where its extent is `criteria`",
                    r.scheme
                );
                return Some(self.at(&r.scheme, what, "add or remove `criteria`".into()));
            }
        }
        None
    }

    /// What ends does not end before it begins.
    fn order(&self, word: &str, from: Option<Day>, until: Option<Day>) -> Option<Fault> {
        let (from, until) = (from?, until?);
        let what = format!("`{word}` ends on {}, before it begins on {}", until.0, from.0);
        (until < from).then(|| self.at(word, what, "correct `from` or `until`".into()))
    }

    fn abroad(&self, known: &[&Scheme]) -> Option<Fault> {
        let s = self.scheme;
        let ways = s.requirements.iter().flat_map(|r| &r.ways);
        let waived = s.statement.iter().flat_map(|statement| &statement.waived_by);
        let labels = ways.chain(waived).filter_map(|w| w.label.as_ref());
        let labels = labels.map(|RecognisedLabel { scheme, levels, .. }| (scheme, levels));
        let recognised = s.recognises.iter().map(|r| (&r.scheme, &r.levels));
        for (id, levels) in labels.chain(recognised) {
            let Some(other) = known.iter().find(|k| k.id == *id) else {
                let ids = known.iter().map(|k| k.id.as_str());
                let mend = nearest(id, ids.clone()).map_or_else(
                    || {
                        format!(
                            "known: {}; name a file of your own with --scheme too",
                            ids.collect::<Vec<_>>().join(", ")
                        )
                    },
                    |near| format!("did you mean `{near}`?"),
                );
                return Some(self.at(id, format!("there is no scheme `{id}`"), mend));
            };
            let has = other.holding.as_ref().map_or(&[][..], |h| h.levels.as_slice());
            let unknown =
                levels.iter().find(|l| !has.is_empty() && !has.iter().any(|h| h.eq_ignore_ascii_case(l)));
            if let Some(level) = unknown {
                let what = format!("{id} has no level `{level}`");
                return Some(self.at(level, what, format!("it has {}", has.join(", "))));
            }
        }
        None
    }

    fn provision(&self, id: &str) -> Option<Fault> {
        if self.book.provisions.contains_key(id) {
            return None;
        }
        if let Some(successors) = self.book.voids.get(id) {
            let what = format!("`{id}` is void in that version");
            return Some(self.at(id, what, format!("name {} instead", successors.join(" and "))));
        }
        let mend = nearest(id, self.book.provisions.keys().map(String::as_str)).map_or_else(
            || "`assay explain` lists the provisions".to_owned(),
            |n| format!("did you mean `{n}`?"),
        );
        Some(self.at(id, format!("there is no provision `{id}`"), mend))
    }

    fn at(&self, word: &str, what: String, mend: String) -> Fault {
        let spots = ['"', '\''].map(|q| self.spot_with(&format!("{q}{word}{q}")));
        (spots.into_iter().find(|s| *s != START).unwrap_or(START), what, mend)
    }

    /// Where the word stands first outside a comment; the beginning where it does not.
    fn spot_with(&self, word: &str) -> Spot {
        let found = self.text.lines().enumerate().find_map(|(n, line)| {
            let at = line.split('#').next()?.find(word)?;
            Some((n + 1, 1 + line[..at].chars().count()))
        });
        found.unwrap_or(START)
    }

    /// The second place of a word that is there twice.
    fn again(&self, word: &str, what: String, mend: &str) -> Fault {
        let quoted = [format!("\"{word}\""), format!("'{word}'")];
        let lines = self.text.lines().enumerate().filter_map(|(n, line)| {
            let code = line.split('#').next()?;
            let at = quoted.iter().find_map(|q| code.find(q.as_str()))?;
            Some((n + 1, 1 + line[..at].chars().count()))
        });
        (lines.last().unwrap_or(START), what, mend.to_owned())
    }
}
