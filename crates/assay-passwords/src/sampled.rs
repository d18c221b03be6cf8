//! The full set of hypotheses, on a random sample: thousands of digests of a unit's identifiers in all their written forms,
//! alone, in pairs and with the usual words around them, turned into characters in every usual way; numbers with a constant
//! added or XORed; generators seeded with an identifier; characters that follow from an identifier's characters; and
//! alphabets that nobody listed. What is found can be asked of every row.
//!
//! In three steps. A part of the sample that fits the time is held against everything. What stands out is counted on the
//! whole sample, one hypothesis at a time. Then chance is reckoned for all that was tried: a clean batch comes out with
//! nothing above *possible*. A derivation with a secret key looks like chance, and is not accused.
//!
//! ```text
//!  all of the sample ──────────────┐
//!  each look that is not the many's ├─> passwords without what they share ─> constants · characters · generators · digests
//! ```

pub(crate) mod alphabets;
mod characters;
mod checksum;
mod constants;
mod cores;
mod digest;
mod encode;
mod forms;
mod generators;
mod groups;
mod hunt;
mod near;
#[cfg(test)]
mod tests;
mod unknown;

use std::collections::BTreeSet;

use alphabets::Alphabets;
use characters::Characters;
use constants::Constant;
use cores::{Cores, Cut, Kept};
use generators::Generator;
use hunt::Found;

use crate::lanes::Engine;
use crate::place::Tally;
use crate::rows::{Block, Column, Role, Unit};
use crate::structure::chance::{Confidence, Derived, confidence, ln_tail};
use crate::structure::findings::blamed;

/// Digests that one search makes, at most: about ten seconds of one core. So many because one unit in a thousand is to be
/// among the thousands that are held against every message, seven times on average.
pub const DIGESTS: usize = 200_000_000;

/// Digests for the units of looks that are not the many's, all of those looks together.
const OF_LOOKS: usize = DIGESTS / 12;

/// A way in which passwords of the sample follow from identifiers.
#[derive(Clone, Debug)]
pub struct Scheme {
    /// What was found on the sample.
    pub found: Derived,
    columns: Vec<Column>,
    kept: Kept,
    cut: Cut,
    rule: Rule,
}

#[derive(Clone, Debug)]
enum Rule {
    Constant(Constant),
    Generator(Generator),
    Characters(Characters),
    Digest(Box<Found>),
}

impl Rule {
    /// Characters of a password that the rule says nothing of.
    fn unexplained(&self) -> usize {
        match self {
            Self::Constant(rule) => rule.unexplained(),
            _ => 0,
        }
    }
}

impl Scheme {
    /// Counts the units of a block that follow the scheme. Its first line is the row of the file with this number.
    #[must_use]
    pub fn confirm(&self, block: &Block, first: u64) -> Tally {
        let mut tally = Tally::default();
        for unit in 0..block.len() {
            let row = match self.columns.len() > block.width {
                true => row_text(first + u64::from(block.lines[unit])),
                false => Vec::new(),
            };
            let cell = |column: usize| if column < block.width { block.cell(unit, column) } else { &row };
            if self.holds(cell) {
                tally.add(block.place(unit));
            }
        }
        tally
    }

    /// The finding with the count of all rows in place of the sample's.
    #[must_use]
    pub fn confirmed(&self, tally: Tally, rows: u64) -> Derived {
        let expected = (-self.found.bits).exp2() * rows as f64;
        Derived { tally, expected, ..self.found.clone() }
    }

    fn holds<'a>(&self, cell: impl Fn(usize) -> &'a [u8]) -> bool {
        let password = self.cut.of(&self.kept.core(cell(self.found.password)));
        if password.is_empty() {
            return false;
        }
        match &self.rule {
            Rule::Constant(rule) => rule.holds(&self.columns, cell, &password),
            Rule::Generator(rule) => rule.holds(&self.columns, cell(rule.column), &password),
            Rule::Characters(rule) => rule.holds(cell, &password),
            Rule::Digest(found) => found.holds(&self.columns, cell, &password),
        }
    }
}

/// The name of the column of [`with_rows`].
pub const ROW: &str = "row of the file";

/// The units and columns with one more: the number of the row, counted from 1, of which a program digests or seeds as it
/// would of a serial number. `rows` are the numbers of the units.
#[must_use]
pub fn with_rows(columns: &[Column], units: &[Unit], rows: &[u64]) -> (Vec<Column>, Vec<Unit>) {
    let mut columns = columns.to_vec();
    columns.push(Column { role: Role::Serial, name: ROW.to_owned() });
    let units = units.iter().zip(rows).map(|(unit, row)| {
        let mut unit = unit.clone();
        unit.cells.push(row_text(*row));
        unit
    });
    let units = units.collect();
    (columns, units)
}

/// In as many digits as a number of Numbers needs; the forms of an identifier know it without zeros.
fn row_text(row: u64) -> Vec<u8> {
    format!("{row:010}").into_bytes()
}

/// Whether a column is that of [`with_rows`]: it is no identifier, and only what is digested or seeded is tried on it.
fn is_row(column: &Column) -> bool {
    column.name == ROW
}

/// Holds a sample against every hypothesis. The units must be a random sample of the file, in any order.
#[must_use]
pub fn search(columns: &[Column], units: &[Unit], engine: Engine, threads: usize) -> Vec<Scheme> {
    let mut schemes = Vec::new();
    for password in (0..columns.len()).filter(|c| columns[*c].role == Role::Password) {
        let all: Vec<&Unit> = units.iter().collect();
        schemes.extend(Search::new(columns, &all, password, ENOUGH).run(DIGESTS, engine, threads));
        let groups = groups::groups(units.iter().map(|u| u.cells[password].as_slice()));
        let each = OF_LOOKS / groups.len().max(1);
        for group in &groups {
            let some: Vec<&Unit> = group.iter().map(|unit| &units[*unit]).collect();
            let search = Search::new(columns, &some, password, groups::FEWEST as u64);
            let found = search.run(each, engine, threads);
            // The whole sample has told it already.
            let told = |s: &Scheme| {
                schemes.iter().any(|known: &Scheme| {
                    known.found.how == s.found.how && known.found.confidence >= s.found.confidence
                })
            };
            let new: Vec<Scheme> = found.into_iter().filter(|s| !told(s)).collect();
            schemes.extend(new);
        }
    }
    schemes
}

/// Units of the whole sample that must share a character before it is left out.
const ENOUGH: u64 = 32;

/// Units on which generators are tried.
const UNITS_FOR_GENERATORS: usize = 8_000;

/// The search for one column of passwords.
struct Search<'a> {
    columns: &'a [Column],
    units: &'a [&'a Unit],
    password: usize,
    kept: Kept,
    cores: Cores,
}

impl<'a> Search<'a> {
    fn new(columns: &'a [Column], units: &'a [&'a Unit], password: usize, enough: u64) -> Self {
        let kept = Kept::of(units.iter().map(|u| u.cells[password].as_slice()), enough);
        let cores = Cores::of(units.iter().map(|u| kept.core(&u.cells[password])).collect());
        Self { columns, units, password, kept, cores }
    }

    fn identifiers(&self) -> impl Iterator<Item = usize> {
        (0..self.columns.len()).filter(|c| self.columns[*c].role != Role::Password)
    }

    /// The columns that are in the file.
    fn in_file(&self) -> &[Column] {
        let count = self.columns.iter().take_while(|column| !is_row(column)).count();
        &self.columns[..count]
    }

    fn run(&self, digests: usize, engine: Engine, threads: usize) -> Vec<Scheme> {
        let mut schemes = Vec::new();
        schemes.extend(self.constants());
        schemes.extend(self.generators());
        schemes.extend(self.characters());
        schemes.extend(self.digests(digests, engine, threads));
        schemes.sort_by(|a, b| {
            let rank = |s: &Scheme| (s.found.confidence, s.found.tally.rows());
            // Of two ways to say the same the shorter: a CRC turned round and read from its little end is a CRC.
            let said = |s: &Scheme| (s.found.how.len(), s.found.how.clone());
            rank(b).cmp(&rank(a)).then_with(|| said(a).cmp(&said(b)))
        });
        schemes
    }

    fn constants(&self) -> Vec<Scheme> {
        let cell = |row: usize, column: usize| self.units[row].cells[column].as_slice();
        let password = |row: usize| self.cores.texts[row].as_slice();
        // Any of the differences that occur might have been the one that repeats.
        let tests = constants::TESTS * self.units.len() as f64;
        constants::repeated(self.in_file(), self.units.len(), cell, password)
            .into_iter()
            .filter_map(|rule| {
                let (how, from) = (rule.words(self.columns), rule.columns());
                self.judged(Rule::Constant(rule), Cut::Whole, &self.cores, from, how, tests)
            })
            .collect()
    }

    fn generators(&self) -> Vec<Scheme> {
        let alphabets = Alphabets::of(&self.used());
        let rows = self.part(UNITS_FOR_GENERATORS);
        let mut schemes = Vec::new();
        for column in self.identifiers() {
            let some = rows
                .iter()
                .map(|row| (self.units[*row].cells[column].as_slice(), self.cores.texts[*row].as_slice()));
            for rule in generators::seeded_with(self.columns, column, &alphabets, some) {
                let (how, from) = (rule.words(self.columns), vec![column]);
                let rule = Rule::Generator(rule);
                schemes.extend(self.judged(rule, Cut::Whole, &self.cores, from, how, generators::TESTS));
            }
        }
        schemes
    }

    fn characters(&self) -> Option<Scheme> {
        let rule = characters::follow(self.in_file(), self.units, &self.cores)?;
        let mut tally = Tally::default();
        self.units.iter().for_each(|unit| tally.add(unit.place));
        let found = Derived {
            password: self.password,
            role: blamed(&rule.columns, self.columns),
            from: rule.columns.clone(),
            how: rule.words(self.columns),
            tally,
            bits: rule.bits,
            expected: (-rule.bits).exp2() * self.units.len() as f64,
            confidence: Confidence::Certain,
        };
        let (columns, kept) = (self.columns.to_vec(), self.kept.clone());
        Some(Scheme { found, columns, kept, cut: Cut::Whole, rule: Rule::Characters(rule) })
    }

    /// The characters of all passwords.
    fn used(&self) -> BTreeSet<u8> {
        self.cores.texts.iter().flatten().copied().collect()
    }

    /// What a rule makes of all units. The rules with a constant were made from what they are held against: of their hits,
    /// equal passwords count once, and two are no evidence.
    fn judged(
        &self,
        rule: Rule,
        cut: Cut,
        cores: &Cores,
        from: Vec<usize>,
        how: String,
        tests: f64,
    ) -> Option<Scheme> {
        let found = Derived {
            password: self.password,
            role: blamed(&from, self.columns),
            from,
            how,
            tally: Tally::default(),
            bits: 0.0,
            expected: 0.0,
            confidence: Confidence::Possible,
        };
        let constant = matches!(rule, Rule::Constant(_));
        let mut scheme = Scheme { found, columns: self.columns.to_vec(), kept: self.kept.clone(), cut, rule };
        let mut tally = Tally::default();
        let mut different = BTreeSet::new();
        let mut shortest = usize::MAX;
        for (unit, core) in self.units.iter().zip(&cores.texts) {
            if scheme.holds(|column| &unit.cells[column]) {
                tally.add(unit.place);
                different.insert(core.as_slice());
                shortest = shortest.min(core.len() - scheme.rule.unexplained().min(core.len()));
            }
        }
        if tally.rows() == 0 {
            return None;
        }
        let evidence = if constant { (different.len() as u64).saturating_sub(2) } else { tally.rows() };
        let expected = cores.by_chance(shortest);
        // The length was chosen after the fact, among a few.
        let tests = tests * 8.0;
        scheme.found.confidence = confidence(evidence, expected, tests)?;
        if scheme.found.confidence == Confidence::Possible
            && ln_tail(evidence, expected) + tests.ln() > 0.01_f64.ln()
        {
            return None;
        }
        scheme.found.expected = expected;
        scheme.found.bits = -cores.one(shortest).max(1e-300).log2();
        scheme.found.tally = tally;
        Some(scheme)
    }
}
