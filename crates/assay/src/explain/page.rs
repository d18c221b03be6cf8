//! The form of a page: sections of blocks, blocks of spans. The same value becomes text in a terminal, parts of a JSON
//! document and HTML on the register's site; a link is the id of another page, whatever an address looks like there.

use serde::Serialize;

use crate::rules::{Verified, rulebook};

/// A page about one id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Page {
    /// The id, as it stands in outputs.
    pub id: String,
    /// What kind of thing it is: one of [`super::KINDS`], or a kind of the crate that adds it.
    pub kind: &'static str,
    /// Its name.
    pub title: String,
    /// What there is to say, the opening without a heading first.
    pub sections: Vec<Section>,
    /// Where the rule stands; empty where the word is our own.
    pub source: String,
    /// How far the page was held against its source; none where the word is our own.
    pub verified: Option<Verified>,
}

/// A heading and what stands under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    /// Empty for the opening.
    pub heading: String,
    /// In order.
    pub body: Vec<Block>,
}

/// A paragraph, a list, a table or lines to copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Block {
    /// Running text.
    Paragraph(Vec<Span>),
    /// Its items.
    List(Vec<Vec<Span>>),
    /// Rows under heads.
    Table {
        /// What each column holds.
        head: Vec<String>,
        /// Every row has a cell for each head.
        rows: Vec<Vec<Vec<Span>>>,
    },
    /// Lines as they would stand in a file.
    Code(String),
}

/// A piece of running text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Span {
    /// Words.
    Text(String),
    /// The id of another page.
    Id(String),
    /// A word of a file or a command.
    Code(String),
}

impl Page {
    /// A page without sections.
    #[must_use]
    pub fn new(id: &str, kind: &'static str, title: &str) -> Self {
        let (id, title) = (id.to_owned(), title.to_owned());
        Self { id, kind, title, sections: Vec::new(), source: String::new(), verified: None }
    }

    /// With a section, unless there is nothing in it.
    #[must_use]
    pub fn with(mut self, heading: &str, mut body: Vec<Block>) -> Self {
        body.iter_mut().for_each(Block::join);
        if !body.is_empty() {
            self.sections.push(Section { heading: heading.to_owned(), body });
        }
        self
    }

    /// With a section of one paragraph, unless there is nothing to say.
    #[must_use]
    pub fn says(self, heading: &str, text: Option<&str>) -> Self {
        let body = text.map(|t| vec![prose(t)]).unwrap_or_default();
        self.with(heading, body)
    }

    /// With where it stands, and how far that was read.
    #[must_use]
    pub fn from(mut self, source: impl Into<String>, verified: Verified) -> Self {
        self.source = source.into();
        self.verified = Some(verified);
        self
    }

    /// Every span, in order.
    pub fn spans(&self) -> impl Iterator<Item = &Span> {
        self.sections.iter().flat_map(|s| &s.body).flat_map(Block::spans)
    }

    /// The ids that it links to, in order, each once.
    #[must_use]
    pub fn links(&self) -> Vec<&str> {
        let mut links = Vec::new();
        for span in self.spans() {
            if let Span::Id(id) = span
                && !links.contains(&id.as_str())
            {
                links.push(id);
            }
        }
        links
    }
}

impl Block {
    fn spans(&self) -> Box<dyn Iterator<Item = &Span> + '_> {
        match self {
            Self::Paragraph(spans) => Box::new(spans.iter()),
            Self::List(items) => Box::new(items.iter().flatten()),
            Self::Table { rows, .. } => Box::new(rows.iter().flatten().flatten()),
            Self::Code(_) => Box::new(std::iter::empty()),
        }
    }

    /// Words that follow each other become one span.
    fn join(&mut self) {
        let lines: Vec<&mut Vec<Span>> = match self {
            Self::Paragraph(spans) => vec![spans],
            Self::List(items) => items.iter_mut().collect(),
            Self::Table { rows, .. } => rows.iter_mut().flatten().collect(),
            Self::Code(_) => Vec::new(),
        };
        for line in lines {
            line.dedup_by(|next, before| match (before, next) {
                (Span::Text(before), Span::Text(next)) => {
                    before.push_str(next);
                    true
                }
                _ => false,
            });
        }
    }

    /// Every span, to be changed in place.
    pub fn spans_mut(&mut self) -> Box<dyn Iterator<Item = &mut Span> + '_> {
        match self {
            Self::Paragraph(spans) => Box::new(spans.iter_mut()),
            Self::List(items) => Box::new(items.iter_mut().flatten()),
            Self::Table { rows, .. } => Box::new(rows.iter_mut().flatten().flatten()),
            Self::Code(_) => Box::new(std::iter::empty()),
        }
    }
}

/// Words.
#[must_use]
pub fn text(words: impl Into<String>) -> Span {
    Span::Text(words.into())
}

/// A link.
#[must_use]
pub fn link(id: impl Into<String>) -> Span {
    Span::Id(id.into())
}

/// Links with commas between them.
#[must_use]
pub fn links<I: Into<String>>(ids: impl IntoIterator<Item = I>) -> Vec<Span> {
    let mut spans = Vec::new();
    for id in ids {
        if !spans.is_empty() {
            spans.push(text(", "));
        }
        spans.push(link(id));
    }
    spans
}

/// A paragraph of the data's own words.
#[must_use]
pub fn prose(words: &str) -> Block {
    Block::Paragraph(inline(words))
}

/// The data's own words as spans: what stands between two backticks is a word of a file or a command, and the full id of a
/// provision is a link.
#[must_use]
pub fn inline(words: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let closed = words.matches('`').count().is_multiple_of(2);
    for (number, part) in words.split('`').enumerate() {
        let is_code = closed && number % 2 == 1;
        if is_code {
            spans.push(match rulebook().provisions.contains_key(part) {
                true => link(part),
                false => Span::Code(part.to_owned()),
            });
        } else if closed || number == 0 {
            with_links(part, &mut spans);
        } else {
            with_links(&format!("`{part}"), &mut spans);
        }
    }
    spans
}

/// Ids have no blanks; brackets and full stops around one belong to the sentence.
fn with_links(words: &str, spans: &mut Vec<Span>) {
    let mut plain = String::new();
    for piece in words.split_inclusive(char::is_whitespace) {
        let around = |c: char| c.is_whitespace() || "()[].,;:\"“”".contains(c);
        let id = piece.trim_matches(around);
        match rulebook().provisions.contains_key(id) {
            true => {
                let (before, after) = piece.split_once(id).unwrap_or((piece, ""));
                plain.push_str(before);
                if !plain.is_empty() {
                    spans.push(Span::Text(std::mem::take(&mut plain)));
                }
                spans.push(link(id));
                plain.push_str(after);
            }
            false => plain.push_str(piece),
        }
    }
    if !plain.is_empty() {
        spans.push(Span::Text(plain));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_words_of_files_are_found_in_running_text() {
        let spans = inline("Write `end = 2030-05-31` (see psti-2023:sch1-3), not 5.1-1.");
        let wanted = [
            text("Write "),
            Span::Code("end = 2030-05-31".into()),
            text(" (see "),
            link("psti-2023:sch1-3"),
            text("), not 5.1-1."),
        ];
        assert_eq!(spans, wanted);
        assert_eq!(inline("one ` alone"), [text("one "), text("` alone")]);
        assert_eq!(inline(""), []);
    }

    #[test]
    fn links_stand_once_and_in_order() {
        let page = Page::new("x", "fact", "X")
            .with("", vec![Block::List(vec![vec![link("b"), link("a")], vec![link("b")]])])
            .with("Empty", vec![]);
        assert_eq!((page.links(), page.sections.len()), (vec!["b", "a"], 1));
    }
}
