//! Reads a scheme's file and holds it against the rulebook: what it names must exist, and what it says must fit together.

use super::{Accepts, Extent, Scheme, Symbol, Way};
use crate::data;
use crate::rules::{Rulebook, nearest};

/// Longest scheme file that is read, in bytes.
const MAX_BYTES: usize = 1 << 20;

/// Why a scheme's file is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {what}")]
pub struct SchemeError {
    /// The file.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// The mend.
    pub mend: String,
}

/// The bundled schemes, by their codes.
pub(super) fn bundled(book: &Rulebook) -> Result<Vec<Scheme>, SchemeError> {
    let mut schemes: Vec<Scheme> =
        data::SCHEMES.iter().map(|(file, text)| Scheme::parse(file, text, book)).collect::<Result<_, _>>()?;
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
        let error =
            |line: usize, what: String, mend: String| SchemeError { file: file.to_owned(), line, what, mend };
        if text.len() > MAX_BYTES {
            return Err(error(
                1,
                format!("the file is longer than {MAX_BYTES} bytes"),
                "a scheme is a short file".into(),
            ));
        }
        let scheme: Self = toml::from_str(text).map_err(|e| {
            let line = e.span().map_or(1, |s| line_of(text, s.start));
            let mend = "compare with the bundled files; `assay explain uk-psti` shows what a scheme says";
            error(line, e.message().replace('\n', "; "), mend.into())
        })?;
        let faults = Faults { scheme: &scheme, book, text };
        match faults.first() {
            Some((line, what, mend)) => Err(error(line, what, mend)),
            None => Ok(scheme),
        }
    }
}

/// The line of a byte.
fn line_of(text: &str, byte: usize) -> usize {
    1 + text.as_bytes().iter().take(byte).filter(|b| **b == b'\n').count()
}

struct Faults<'a> {
    scheme: &'a Scheme,
    book: &'a Rulebook,
    text: &'a str,
}

type Fault = (usize, String, String);

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
            return Some((1, "a scheme asks for at least one provision".into(), mend));
        }
        if s.phases.is_empty() || !s.phases.is_sorted_by(|a, b| a.from < b.from) {
            let line = self.line_with("[[phase]]");
            return Some((
                line,
                "a scheme has at least one phase, the earliest first".into(),
                "put the [[phase]] tables in order".into(),
            ));
        }
        if s.accepts == Accepts::Grant && s.holding.is_none() {
            let line = self.line_with("accepts");
            return Some((
                line,
                "a scheme that only a granted label decides says which".into(),
                "add a [holding]".into(),
            ));
        }
        self.requirements().or_else(|| self.others())
    }

    fn requirements(&self) -> Option<Fault> {
        for r in &self.scheme.requirements {
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
        way.provisions.iter().find_map(|p| self.provision(p))
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
        (self.line_with(&format!("\"{word}\"")), what, mend)
    }

    /// The first line that has the word outside a comment.
    fn line_with(&self, word: &str) -> usize {
        let has = |line: &str| line.split('#').next().is_some_and(|l| l.contains(word));
        self.text.lines().position(has).map_or(1, |n| n + 1)
    }
}
