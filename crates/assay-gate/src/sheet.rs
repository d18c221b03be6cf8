//! Verdicts as lines of CSV. What a line is made of was written once for the whole run: a row copies the pieces.

use assay::gate::judge::{Judge, Shown};
use assay::gate::{Answer, Decision, Reason};
use assay::snapshot::{Found, Snapshot};

use crate::number::{Digits, write};

/// A column of the verdict file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The line of the catalogue where the row begins.
    Line,
    /// The shop's own article number, as the catalogue has it.
    Sku,
    /// The GTIN in its fourteen digits, if the row has a valid one.
    Gtin14,
    /// The answer.
    Verdict,
    /// The reason.
    Reason,
    /// The last day until which security updates are promised, where the register's entry stands.
    UpdatesUntil,
    /// The label's sign under the scheme, where the register's entry stands.
    Label,
    /// What the shop's page may show beside the listing, in HTML; [`crate::run`] leaves it empty.
    Snippet,
}

impl Column {
    /// All, in their usual order.
    pub const ALL: [Self; 7] =
        [Self::Line, Self::Sku, Self::Gtin14, Self::Verdict, Self::Reason, Self::UpdatesUntil, Self::Label];

    /// Those, and what is written where it is asked for alone.
    pub const EVERY: [Self; 8] = [
        Self::Line,
        Self::Sku,
        Self::Gtin14,
        Self::Verdict,
        Self::Reason,
        Self::UpdatesUntil,
        Self::Label,
        Self::Snippet,
    ];

    /// The name in the header.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Sku => "sku",
            Self::Gtin14 => "gtin14",
            Self::Verdict => "verdict",
            Self::Reason => "reason",
            Self::UpdatesUntil => "updates_until",
            Self::Label => "label",
            Self::Snippet => "snippet",
        }
    }
}

/// Bytes that are copied for a piece, of which so many count.
#[derive(Clone, Copy)]
struct Text<const N: usize = 32> {
    bytes: [u8; N],
    length: u8,
}

impl<const N: usize> Text<N> {
    fn new(text: &str) -> Self {
        let mut bytes = [0; N];
        let length = text.len().min(N);
        bytes[..length].copy_from_slice(&text.as_bytes()[..length]);
        Self { bytes, length: length as u8 }
    }
}

/// Which cells a line has, where they stand in their usual order: nearly always, and what is asked the same way for every line costs
/// nothing, while to go from one column to the next by what it is costs as much as the rest.
#[derive(Clone, Copy)]
struct Usual {
    line: bool,
    sku: bool,
    gtin14: bool,
    /// The answer and the reason behind it.
    decision: bool,
    day: bool,
    label: bool,
}

impl Usual {
    fn of(columns: &[Column]) -> Option<Self> {
        let mut rest = columns;
        let mut next = |some: &[Column]| {
            let is = rest.starts_with(some);
            rest = rest.get(if is { some.len() } else { 0 }..).unwrap_or_default();
            is
        };
        let usual = Self {
            line: next(&[Column::Line]),
            sku: next(&[Column::Sku]),
            gtin14: next(&[Column::Gtin14]),
            decision: next(&[Column::Verdict, Column::Reason]),
            day: next(&[Column::UpdatesUntil]),
            label: next(&[Column::Label]),
        };
        (rest.is_empty() && columns.len() > 1).then_some(usual)
    }
}

/// Room that every cell has, whatever an article number takes beyond it.
const ROOM: usize = 48;

/// What lines are made of.
pub(crate) struct Sheet {
    columns: Vec<Column>,
    usual: Option<Usual>,
    /// Answer and reason with a comma between, by the answer first.
    decisions: Vec<Text<47>>,
    verdicts: [Text; 4],
    reasons: Vec<Text>,
    days: Vec<Text<15>>,
    labels: Vec<Text>,
    stands: Vec<bool>,
}

/// What one line says.
pub(crate) struct Said<'a> {
    pub(crate) line: u64,
    /// The article number: at least 32 bytes from its begin on, of which so many are it.
    pub(crate) sku: Sku<'a>,
    pub(crate) digits: Option<Digits>,
    pub(crate) decision: Decision,
    pub(crate) found: Option<Found>,
}

/// An article number.
pub(crate) enum Sku<'a> {
    /// ASCII that needs no quotes, and what follows it.
    Plain(&'a [u8; 32], usize),
    /// Any text.
    Text(&'a str),
}

impl Sheet {
    pub(crate) fn new(columns: &[Column], judge: &Judge<'_>) -> Self {
        let snapshot: &Snapshot = judge.snapshot();
        let days = std::iter::once(None).chain(snapshot.days());
        let shown = judge.shown();
        let answers = [Answer::MaySell, Answer::Refuse, Answer::Ask, Answer::OutOfScope];
        let both = |answer: Answer| {
            Reason::ALL.iter().map(move |reason| Text::new(&format!("{},{}", answer.word(), reason.word())))
        };
        Self {
            columns: columns.to_vec(),
            usual: Usual::of(columns),
            decisions: answers.into_iter().flat_map(both).collect(),
            verdicts: answers.map(|answer| Text::new(answer.word())),
            reasons: Reason::ALL.iter().map(|reason| Text::new(reason.word())).collect(),
            days: days.map(|day| Text::new(&day.map(|day| day.to_string()).unwrap_or_default())).collect(),
            labels: shown
                .iter()
                .map(|Shown { label, .. }| Text::new(label.map_or("", |l| l.word())))
                .collect(),
            stands: shown.iter().map(|shown| shown.stands).collect(),
        }
    }

    /// The header line.
    pub(crate) fn header(&self) -> String {
        self.columns.iter().map(|c| c.name()).collect::<Vec<_>>().join(",") + "\n"
    }

    /// Writes a line at `at` and says where it ends; `out` grows as needed.
    #[inline(always)]
    pub(crate) fn line(&self, out: &mut Vec<u8>, mut at: usize, said: &Said<'_>) -> usize {
        room(out, at, self.columns.len(), said);
        let Some(usual) = self.usual else { return self.cells(out, at, said) };
        if usual.line {
            at = number(out, at, said.line);
            at = comma(out, at);
        }
        if usual.sku {
            at = sku(out, at, &said.sku);
            at = comma(out, at);
        }
        if usual.gtin14 {
            at = said.digits.map_or(at, |digits| write(out, at, digits));
            at = comma(out, at);
        }
        if usual.decision {
            let place = said.decision.verdict as usize * Reason::ALL.len() + said.decision.reason as usize;
            at = text(out, at, self.decisions.get(place));
            at = comma(out, at);
        }
        if usual.day {
            at = text(out, at, self.day(said));
            at = comma(out, at);
        }
        if usual.label {
            at = text(out, at, self.label(said));
            at = comma(out, at);
        }
        end_line(out, at)
    }

    #[inline(always)]
    fn day(&self, said: &Said<'_>) -> Option<&Text<15>> {
        let found = said.found.filter(|found| self.stands.get(found.code as usize) == Some(&true))?;
        self.days.get(found.day as usize)
    }

    #[inline(always)]
    fn label(&self, said: &Said<'_>) -> Option<&Text> {
        self.labels.get(said.found?.code as usize)
    }

    /// A line of any columns in any order.
    fn cells(&self, out: &mut [u8], mut at: usize, said: &Said<'_>) -> usize {
        let start = at;
        for column in &self.columns {
            at = match column {
                Column::Line => number(out, at, said.line),
                Column::Sku => sku(out, at, &said.sku),
                Column::Gtin14 => match said.digits {
                    Some(digits) => write(out, at, digits),
                    None => at,
                },
                Column::Verdict => text(out, at, self.verdicts.get(said.decision.verdict as usize)),
                Column::Reason => text(out, at, self.reasons.get(said.decision.reason as usize)),
                Column::UpdatesUntil => text(out, at, self.day(said)),
                Column::Label => text(out, at, self.label(said)),
                Column::Snippet => at,
            };
            at = comma(out, at);
        }
        // A line with one empty cell is no empty line, which would be none.
        if at == start + 1 && self.columns.len() == 1 {
            if let Some(quotes) = out.get_mut(start..start + 2) {
                quotes.copy_from_slice(b"\"\"");
            }
            at += 2;
        }
        end_line(out, at)
    }
}

/// Puts the line end where the last comma stands.
#[inline(always)]
fn end_line(out: &mut [u8], at: usize) -> usize {
    if let Some(last) = out.get_mut(at - 1) {
        *last = b'\n';
    }
    at
}

/// Makes room for a line.
#[inline(always)]
fn room(out: &mut Vec<u8>, at: usize, columns: usize, said: &Said<'_>) {
    let cell = match said.sku {
        Sku::Plain(..) => ROOM,
        Sku::Text(text) => ROOM + 2 * text.len(),
    };
    let room = cell * (columns + 1);
    if at + room > out.len() {
        out.resize((at + room).max(out.len() * 2), 0);
    }
}

#[inline(always)]
fn sku(out: &mut [u8], at: usize, sku: &Sku<'_>) -> usize {
    match sku {
        Sku::Plain(bytes, length) => {
            put(out, at, bytes);
            at + length
        }
        Sku::Text(text) => quoted(out, at, text),
    }
}

#[inline(always)]
fn comma(out: &mut [u8], at: usize) -> usize {
    if let Some(comma) = out.get_mut(at) {
        *comma = b',';
    }
    at + 1
}

#[inline(always)]
fn put<const N: usize>(out: &mut [u8], at: usize, bytes: &[u8; N]) {
    if let Some(to) = out.get_mut(at..at + N) {
        to.copy_from_slice(bytes);
    }
}

#[inline(always)]
fn text<const N: usize>(out: &mut [u8], at: usize, text: Option<&Text<N>>) -> usize {
    let Some(text) = text else { return at };
    put(out, at, &text.bytes);
    at + usize::from(text.length)
}

/// A number in decimal.
#[inline(always)]
fn number(out: &mut [u8], at: usize, mut number: u64) -> usize {
    let mut digits = [0; 20];
    let mut first = 20;
    loop {
        first -= 1;
        digits[first] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    let count = 20 - first;
    if let Some(to) = out.get_mut(at..at + count) {
        to.copy_from_slice(&digits[first..]);
    }
    at + count
}

/// A text with quotes around it where it needs them; it is not changed otherwise, since the shop joins the file to its own by it.
fn quoted(out: &mut [u8], at: usize, text: &str) -> usize {
    let needs = text.bytes().any(|b| matches!(b, b',' | b'"' | b'\r' | b'\n'));
    let mut end = at;
    let mut push = |byte: u8| {
        if let Some(to) = out.get_mut(end) {
            *to = byte;
        }
        end += 1;
    };
    if needs {
        push(b'"');
    }
    for byte in text.bytes() {
        if byte == b'"' {
            push(b'"');
        }
        push(byte);
    }
    if needs {
        push(b'"');
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_copied_whole() {
        let answers = [Answer::MaySell, Answer::Refuse, Answer::Ask, Answer::OutOfScope].map(Answer::word);
        for word in Reason::ALL.iter().map(|reason| reason.word()).chain(answers) {
            let text = Text::<32>::new(word);
            assert_eq!(&text.bytes[..usize::from(text.length)], word.as_bytes());
        }
        let longest = |words: &mut dyn Iterator<Item = &'static str>| words.map(str::len).max().unwrap_or(0);
        let (answer, reason) =
            (longest(&mut answers.into_iter()), longest(&mut Reason::ALL.iter().map(|r| r.word())));
        assert!(answer + 1 + reason <= 47, "{answer} {reason}");
    }
}
