//! Batches with planted faults, to see whether the audit finds them, and batches without, to see whether it stays quiet.
//! A [`Scheme`] is one way in which a factory makes passwords; a [`Plan`] says which rows of a batch get theirs from it.
//! All of it was written before the detectors and without a look at them, so that the schemes of [`held_out`] measure
//! what an auditor sees that it was not built against. No detector may be fitted to a held-out scheme by its id.
//!
//! ```text
//!   seed ──> Line (what all units share) ──> Unit (row, number) ──┬─ planted? ── Scheme.make ──> password, truth
//!                                                                 └─ else ────── Clean ────────> password
//! ```
//! Every row is computed from the seed and its number alone. Nothing is kept, so ten million rows are a stream.
//!
//! A test mounts the tree at its root, as `planted_self.rs` does, since the files name each other by `crate::planted`.

pub(crate) mod clean;
pub(crate) mod encode;
pub(crate) mod hash;
pub(crate) mod held_out;
pub(crate) mod held_out_two;
pub(crate) mod known;
pub(crate) mod rng;
pub(crate) mod units;

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

use clean::Clean;
use rng::{Rng, Shuffle, mix};
use units::{Line, SHAPES, Shape, Unit};

/// The kind of a scheme that nobody can tell from chance: to be accused of nothing above `possible`.
pub(crate) const NONE: &str = "none";
pub(crate) const UNIVERSAL: &str = "universal";
pub(crate) const DUPLICATE: &str = "duplicate";
pub(crate) const INCREMENTAL: &str = "incremental";
pub(crate) const SERIAL: &str = "derived-from-serial";
pub(crate) const MAC: &str = "derived-from-mac";
pub(crate) const PUBLIC: &str = "derived-from-public";
pub(crate) const COMMON: &str = "common";
pub(crate) const WEAK: &str = "too-weak";
pub(crate) const REGULAR: &str = "regular";

/// The smallest share of a batch at which the fault must be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// One row in a million: what is looked at in every row (duplicates, common passwords, the 72 digests).
    Core,
    /// One row in a thousand: what the hypotheses over the sample can see, and runs of a counter.
    Sampled,
    /// The whole batch: what only statistics over all rows can see.
    EveryRow,
}

impl Reach {
    pub(crate) fn share(self) -> f64 {
        match self {
            Reach::Core => 1e-6,
            Reach::Sampled => 1e-3,
            Reach::EveryRow => 1.0,
        }
    }
}

/// Which rows of the batch a scheme gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Any, here and there.
    Scattered,
    /// Rows that follow each other in the file: a shift that ran on another generator.
    Run,
    /// Units whose serial numbers follow each other, in a file that is shuffled.
    SerialRun,
    /// Every second row, whatever the share: two stations write into one file, and one of them counts.
    Alternate,
}

/// What it takes to see the fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    /// The passwords keep a structure that shows without knowing the scheme: every one of these must be found.
    Structure,
    /// Only somebody who tries this very derivation sees it. Held-out ones among them measure how wide the hypotheses
    /// reach; missing one is no error of logic, and the rate of misses is to be stated.
    Hypothesis,
}

/// Whose password a scheme prints a second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Twin {
    Before,
    Anywhere,
}

pub(crate) type Make = Arc<dyn Fn(&Unit, &mut Rng) -> Vec<u8> + Send + Sync>;

/// A name, and a function of one value that writes it.
pub(crate) type Named<T> = (&'static str, fn(T) -> String);

/// One way in which a factory makes passwords.
#[derive(Clone)]
pub(crate) struct Scheme {
    pub(crate) id: String,
    /// The kind of finding that an honest auditor reports.
    pub(crate) kind: &'static str,
    /// Kinds that are as true as `kind`; one of them in its place is right too.
    pub(crate) also: &'static [&'static str],
    pub(crate) reach: Reach,
    pub(crate) layout: Layout,
    pub(crate) sight: Sight,
    pub(crate) twin: Option<Twin>,
    /// Why a factory does it.
    pub(crate) why: &'static str,
    pub(crate) make: Make,
}

impl fmt::Debug for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.id, self.kind, self.why)
    }
}

/// A scheme whose rows lie scattered and whose fault has structure. The methods say what is different.
pub(crate) fn scheme<T: Into<Vec<u8>>>(
    id: impl Into<String>,
    kind: &'static str,
    reach: Reach,
    why: &'static str,
    make: impl Fn(&Unit, &mut Rng) -> T + Send + Sync + 'static,
) -> Scheme {
    Scheme {
        id: id.into(),
        kind,
        also: &[],
        reach,
        layout: Layout::Scattered,
        sight: Sight::Structure,
        twin: None,
        why,
        make: Arc::new(move |unit, rng| make(unit, rng).into()),
    }
}

impl Scheme {
    pub(crate) fn also(self, also: &'static [&'static str]) -> Scheme {
        Scheme { also, ..self }
    }

    pub(crate) fn laid(self, layout: Layout) -> Scheme {
        Scheme { layout, ..self }
    }

    /// Seen only by somebody who tries it.
    pub(crate) fn by_hypothesis(self) -> Scheme {
        Scheme { sight: Sight::Hypothesis, ..self }
    }

    /// Whether a finding of this kind is a true answer.
    pub(crate) fn answers(&self, kind: &str) -> bool {
        kind == self.kind || self.also.contains(&kind)
    }
}

/// A row whose password came from a scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Planted {
    /// Its line in the file; the heading is line 1.
    pub(crate) line: u64,
    /// Which of the plan's schemes.
    pub(crate) scheme: usize,
    /// The line of the unit that has the same password, where the scheme printed one twice.
    pub(crate) twin: Option<u64>,
}

/// A row of a batch.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) unit: Unit,
    pub(crate) password: Vec<u8>,
    pub(crate) planted: Option<Planted>,
}

/// A batch, and what is wrong with it.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    /// `serial,mac,ssid,model,date,password`, a heading and a line a unit.
    pub(crate) csv: Vec<u8>,
    /// Every planted row, in the order of the file.
    pub(crate) truth: Vec<Planted>,
}

/// A batch that is not written yet.
#[derive(Clone, Debug)]
pub(crate) struct Plan<'a> {
    schemes: &'a [Scheme],
    rows: u64,
    each: u64,
    seed: u64,
    line: Line,
    clean: Clean,
    shuffled: bool,
    order: Shuffle,
    chosen: Shuffle,
    start: u64,
}

impl<'a> Plan<'a> {
    /// Every scheme gets `share` of the rows: at least one, at most its part of the batch, and at most half of it where
    /// the scheme prints another unit's password. The seed chooses the shape of the numbers and the clean passwords.
    pub(crate) fn new(schemes: &'a [Scheme], rows: u64, share: f64, seed: u64) -> Plan<'a> {
        let alone = schemes.iter().all(|s| s.layout == Layout::Scattered) || schemes.len() == 1;
        assert!(alone, "several schemes share a batch only when all are scattered");
        let mut rng = Rng::of(seed, u64::MAX - 1);
        let parts =
            if schemes.iter().any(|s| s.twin.is_some()) { 2 } else { 1 } * schemes.len().max(1) as u64;
        let each = ((rows as f64 * share).round() as u64).clamp(1, (rows / parts).max(1));
        let (shape, clean) = (rng.one(&SHAPES), rng.one(&clean::ALPHABETS));
        let (order, chosen) = (Shuffle::new(rows, &mut rng), Shuffle::new(rows, &mut rng));
        Plan {
            schemes,
            rows,
            each,
            seed,
            line: Line::new(rows, shape, seed),
            clean,
            shuffled: schemes.iter().any(|s| s.layout == Layout::SerialRun),
            order,
            chosen,
            start: rng.below((rows - each.min(rows)).max(1)),
        }
    }

    /// Serial numbers of this shape.
    pub(crate) fn shape(self, shape: Shape) -> Plan<'a> {
        Plan { line: Line::new(self.rows, shape, self.seed), ..self }
    }

    /// Clean passwords of this kind.
    pub(crate) fn clean(self, clean: Clean) -> Plan<'a> {
        Plan { clean, ..self }
    }

    /// The file in another order than the serial numbers.
    pub(crate) fn shuffled(self) -> Plan<'a> {
        Plan { shuffled: true, ..self }
    }

    /// How many rows each scheme gets.
    pub(crate) fn each(&self) -> u64 {
        if self.schemes.iter().any(|s| s.layout == Layout::Alternate) { self.rows / 2 } else { self.each }
    }

    /// One row, counted from 0, made without the others.
    pub(crate) fn row(&self, row: u64) -> Row {
        let mut unit = self.unit(row);
        let Some(index) = self.scheme_of(row) else {
            return Row { unit, password: self.clean_password(row), planted: None };
        };
        let scheme = &self.schemes[index];
        let twin = scheme.twin.map(|twin| self.twin_of(row, twin));
        if let Some(twin) = twin {
            unit.twin = String::from_utf8(self.clean_password(twin)).expect("clean passwords are ASCII");
        }
        let password = (scheme.make)(&unit, &mut Rng::of(self.seed, 4 * row + 2));
        Row {
            unit,
            password,
            planted: Some(Planted { line: row + 2, scheme: index, twin: twin.map(|t| t + 2) }),
        }
    }

    /// All rows, one after the other.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Row> {
        (0..self.rows).map(|row| self.row(row))
    }

    /// Writes the file and tells of every planted row, holding neither.
    pub(crate) fn write(&self, mut out: impl Write, mut planted: impl FnMut(Planted)) -> io::Result<()> {
        out.write_all(b"serial,mac,ssid,model,date,password\n")?;
        for row in self.rows() {
            let Unit { serial, mac_text, ssid, model, date, .. } = &row.unit;
            write!(out, "{serial},{mac_text},{ssid},{model},{date},")?;
            out.write_all(&cell(&row.password))?;
            out.write_all(b"\n")?;
            row.planted.into_iter().for_each(&mut planted);
        }
        Ok(())
    }

    /// The file and the truth in memory.
    pub(crate) fn batch(&self) -> Batch {
        let (mut csv, mut truth) = (Vec::new(), Vec::new());
        self.write(&mut csv, |planted| truth.push(planted)).expect("memory takes every byte");
        Batch { csv, truth }
    }

    /// What the row's password would be without a scheme.
    pub(crate) fn clean_password(&self, row: u64) -> Vec<u8> {
        self.clean.password(&mut Rng::of(self.seed, 4 * row + 1)).into_bytes()
    }

    fn unit(&self, row: u64) -> Unit {
        self.line.unit(row, if self.shuffled { self.order.place(row) } else { row })
    }

    fn scheme_of(&self, row: u64) -> Option<usize> {
        let run = |at: u64| (self.start..self.start + self.each).contains(&at).then_some(0);
        match self.schemes.first()?.layout {
            Layout::Run => run(row),
            Layout::SerialRun => run(self.order.place(row)),
            Layout::Alternate => (row % 2 == 1).then_some(0),
            Layout::Scattered => {
                let at = (self.chosen.place(row) / self.each) as usize;
                (at < self.schemes.len()).then_some(at)
            }
        }
    }

    /// A row near or far whose own password is clean. There is one: see [`Plan::new`].
    fn twin_of(&self, row: u64, twin: Twin) -> u64 {
        let from = match twin {
            Twin::Before => row + self.rows - 1,
            Twin::Anywhere => row + mix(self.seed ^ row) % self.rows,
        };
        (0..self.rows)
            .map(|back| (from + self.rows - back) % self.rows)
            .find(|r| *r != row && self.scheme_of(*r).is_none())
            .expect("at most half of the rows are planted")
    }
}

/// `rows` units, of which every scheme made `share`.
pub(crate) fn batch(schemes: &[Scheme], rows: u64, share: f64, seed: u64) -> Batch {
    Plan::new(schemes, rows, share, seed).batch()
}

/// A cell as RFC 4180 wants it.
fn cell(value: &[u8]) -> Vec<u8> {
    if !value.iter().any(|b| b",\"\r\n".contains(b)) {
        return value.to_vec();
    }
    let mut quoted = vec![b'"'];
    for byte in value {
        quoted.extend_from_slice(if *byte == b'"' { b"\"\"" } else { std::slice::from_ref(byte) });
    }
    quoted.push(b'"');
    quoted
}
