//! The document `assay-lookups-0`, written from pieces that were laid out once: an answer copies a few of them.

use assay::assess::Variant;
use assay::gate::{Answer, Decision, Reason};
use assay::scheme::Scheme;
use assay::snapshot::Snapshot;
use jiff::civil::Date;
use serde_json::json;

use super::{Lookups, used};
use crate::number::{Digits, write};

/// What is shown beside an answer on what was not found.
pub(super) const NOTHING: (u32, Option<Variant>) = (0, None);

/// Bytes that are copied for a piece, of which so many count.
#[derive(Clone, Copy)]
pub(super) struct Piece<const ROOM: usize> {
    pub(super) bytes: [u8; ROOM],
    pub(super) length: u8,
}

impl<const ROOM: usize> Piece<ROOM> {
    /// A text that fits.
    fn new(text: &str) -> Self {
        let mut bytes = [0; ROOM];
        let length = text.len().min(ROOM);
        bytes[..length].copy_from_slice(&text.as_bytes()[..length]);
        Self { bytes, length: length as u8 }
    }
}

pub(super) const ANSWERS: [Answer; 4] = [Answer::MaySell, Answer::Refuse, Answer::Ask, Answer::OutOfScope];
pub(super) const REASONS: usize = Reason::ALL.len();

/// What the document is made of.
pub(super) struct Pieces {
    /// Everything before the first answer.
    head: Vec<u8>,
    /// By answer and reason, as the numbers of their enums.
    pub(super) words: Vec<Piece<56>>,
    /// By the code of the day; first that there is none.
    pub(super) days: Vec<Piece<16>>,
    /// With no label, with a tick, with a cross.
    pub(super) labels: [Piece<16>; 3],
}

impl Pieces {
    pub(super) fn new(snapshot: &Snapshot, scheme: &Scheme, on: Date) -> Self {
        let words = ANSWERS.iter().flat_map(|answer| {
            Reason::ALL
                .iter()
                .map(|reason| Piece::new(&format!("\"{}\",\"{}\",", answer.word(), reason.word())))
        });
        let days = std::iter::once(None).chain(snapshot.days());
        let day = |day: Option<Date>| day.map_or("null".to_owned(), |day| format!("\"{day}\""));
        let label = |variant: Option<Variant>| {
            Piece::new(&variant.map_or(",null],".to_owned(), |variant| format!(",\"{}\"],", variant.word())))
        };
        Self {
            head: head(snapshot, scheme, on),
            words: words.collect(),
            days: days.map(|d| Piece::new(&day(d))).collect(),
            labels: [None, Some(Variant::Tick), Some(Variant::Cross)].map(label),
        }
    }
}

fn head(snapshot: &Snapshot, scheme: &Scheme, on: Date) -> Vec<u8> {
    let fields = [
        ("schema", json!("assay-lookups-0")),
        ("scheme", json!(scheme.id)),
        ("on", json!(on)),
        ("snapshot", json!(used(snapshot))),
        ("columns", json!(Lookups::COLUMNS)),
    ];
    let fields: String = fields.iter().map(|(name, value)| format!("\"{name}\":{value},")).collect();
    format!("{{{fields}\"answers\":[").into_bytes()
}

/// Room that an answer takes at most, and what is copied beyond its end.
pub(super) const ROW: usize = 128;

/// The document while it is written.
pub(super) struct Page<'a> {
    pieces: &'a Pieces,
    out: Vec<u8>,
    at: usize,
}

impl<'a> Page<'a> {
    /// For a text of so many bytes.
    pub(super) fn new(pieces: &'a Pieces, text: usize) -> Self {
        let mut out = Vec::with_capacity(pieces.head.len() + text * 6 + 2 * ROW);
        out.extend_from_slice(&pieces.head);
        let at = out.len();
        out.resize(out.capacity(), 0);
        Self { pieces, out, at }
    }

    /// Writes one answer and the comma behind it.
    #[inline(always)]
    pub(super) fn row(&mut self, digits: Option<Digits>, decision: Decision, beside: (u32, Option<Variant>)) {
        if self.at + ROW > self.out.len() {
            self.grow();
        }
        let Some(row) = self.out.get_mut(self.at..).and_then(|rest| rest.first_chunk_mut::<ROW>()) else {
            return;
        };
        let mut end = match digits {
            Some(digits) => {
                row[..2].copy_from_slice(b"[\"");
                write(row, 2, digits);
                row[16..18].copy_from_slice(b"\",");
                18
            }
            None => {
                row[..6].copy_from_slice(b"[null,");
                6
            }
        };
        let (day, label) = beside;
        let label = match label {
            None => 0,
            Some(Variant::Tick) => 1,
            Some(Variant::Cross) => 2,
        };
        let word = decision.verdict as usize * REASONS + decision.reason as usize;
        put(row, &mut end, self.pieces.words.get(word));
        put(row, &mut end, self.pieces.days.get(day as usize));
        put(row, &mut end, self.pieces.labels.get(label));
        self.at += end;
    }

    #[cold]
    fn grow(&mut self) {
        self.out.resize(self.out.len() * 2 + ROW, 0);
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        // The last answer has no comma behind it.
        let empty = self.at == self.pieces.head.len();
        self.out.truncate(self.at - usize::from(!empty));
        self.out.extend_from_slice(b"]}\n");
        self.out
    }
}

/// Copies a piece and moves the end behind it.
#[inline(always)]
fn put<const ROOM: usize>(row: &mut [u8; ROW], end: &mut usize, piece: Option<&Piece<ROOM>>) {
    if let Some(piece) = piece
        && let Some(to) = row.get_mut(*end..*end + ROOM)
    {
        to.copy_from_slice(&piece.bytes);
        *end += usize::from(piece.length);
    }
}
