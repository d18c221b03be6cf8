//! Statistics over a batch: what a good source of randomness would not show. All tests look at the random sample; each
//! gives the chance that a clean batch looks as odd, corrected for the number of tests (Bonferroni).
//!
//! Not everything that is regular is weak: passwords made of words, or with a prefix for the model, are regular. So tests
//! of characters also say what is left for a guesser who knows the regularity. Where that is [`STRONG_BITS`] or more and a
//! rule of the house may be the reason (see `plain.rs`), or where he gains less than [`SLIGHT_BITS`], the finding is
//! *possible*, however certain the regularity. A keyed derivation shows nothing here.

mod chance;
mod differences;
mod near;
mod plain;
mod running;
mod sample;
mod table;

use assay::outcome::Confidence;

use crate::order::system::SYSTEM;
use crate::place::{EXAMPLES, Place};
use crate::rows::{Column, Role, Unit};
use sample::{Pair, Sample};
pub use table::{Mutual, mutual_information};

/// A clean batch raises a *possible* finding by accident in one of a thousand cases,
pub const POSSIBLE: f64 = 1e-3;
/// a *likely* one in one of a hundred million,
pub const LIKELY: f64 = 1e-8;
/// and a *certain* one in one of a million million, all tests of one column of passwords together.
pub const CERTAIN: f64 = 1e-12;

/// Bits that make a regularity harmless: what is wanted against guessing from a recording.
pub const STRONG_BITS: f64 = crate::space::guess::OFFLINE_BITS;

/// Bits that a guesser may gain from a regularity before it is more than a blemish: one bit, which a stuck bit of a
/// generator gives away, halves his work.
pub const SLIGHT_BITS: f64 = 0.95;

/// Units below which no test is made: nothing could be told from chance.
pub const FEWEST: usize = 50;

/// What was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Test {
    /// Characters of one position are not evenly spread.
    Uneven,
    /// Characters of one row go together with those of the row before, or with its place in the file.
    Serial,
    /// Characters of two positions of one password go together.
    Within,
    /// Characters go together with those of an identifier.
    Identifier,
    /// Passwords that are nearly the same.
    Near,
    /// A difference between neighbours that repeats.
    Stride,
    /// A linear congruential generator.
    Generator,
    /// One with a seed a unit: not a regularity, but a space of 32 bits at most.
    Seeded,
}

/// One regularity.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What was looked at.
    pub test: Test,
    /// The index of the identifier's column, for [`Test::Identifier`].
    pub column: Option<usize>,
    /// How sure that it is a fault.
    pub confidence: Confidence,
    /// How often a clean batch looks as odd, all tests counted. Zero: less often than a computer's numbers can say.
    pub chance: f64,
    /// Bits left at most for a guesser who knows the regularity, where that can be said.
    pub bits_left: Option<f64>,
    /// Units that show it, [`EXAMPLES`] at most; none where only the whole shows it.
    pub examples: Vec<Place>,
    /// What was seen, a sentence without a password in it.
    pub says: String,
}

/// What the tests said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Regular {
    /// The regularities, the surest first.
    pub findings: Vec<Finding>,
    /// Tests made.
    pub tests: usize,
    /// Units looked at.
    pub units: usize,
}

/// Tests the passwords of a column. Identifiers are all columns that are not passwords. The order of `units` does not
/// matter: they are put in the order of the file.
#[must_use]
pub fn regular(units: &[Unit], columns: &[Column], password: usize) -> Regular {
    let sample = Sample::new(units, password);
    if sample.words.len() < FEWEST {
        return Regular { findings: Vec::new(), tests: 0, units: sample.words.len() };
    }
    let mut found = Found::default();
    let together = sample.within();
    uneven(&sample, &together, &mut found);
    serial(&sample, columns, &mut found);
    within(&sample, together, &mut found);
    for (at, column) in columns.iter().enumerate().filter(|(_, column)| column.role != Role::Password) {
        identifier(&sample, at, &column.name, &mut found);
    }
    near(&sample, &mut found);
    numbers(&sample, &mut found);
    found.judged(&sample)
}

/// Findings before the number of tests is known.
#[derive(Default)]
struct Found {
    tests: usize,
    findings: Vec<Finding>,
}

impl Found {
    /// Keeps what is worth a word: the correction makes a chance larger, never smaller. What is `harmless` stays possible.
    fn keep(&mut self, mut finding: Finding, harmless: bool) {
        finding.confidence = if harmless { Confidence::Possible } else { Confidence::Certain };
        if finding.chance < POSSIBLE {
            self.findings.push(finding);
        }
    }

    fn judged(mut self, sample: &Sample<'_>) -> Regular {
        for finding in &mut self.findings {
            finding.chance = (finding.chance * self.tests as f64).min(1.0);
            let harmless = finding.confidence == Confidence::Possible;
            finding.confidence = match finding.chance {
                chance if chance < CERTAIN && !harmless => Confidence::Certain,
                chance if chance < LIKELY && !harmless => Confidence::Likely,
                _ => Confidence::Possible,
            };
        }
        self.findings.retain(|finding| finding.chance < POSSIBLE);
        self.findings.sort_by(|a, b| b.confidence.cmp(&a.confidence).then(a.test.cmp(&b.test)));
        Regular { findings: self.findings, tests: self.tests, units: sample.words.len() }
    }
}

fn finding(test: Test, chance: f64, bits_left: Option<f64>, says: String) -> Finding {
    let (column, confidence, examples) = (None, Confidence::Possible, Vec::new());
    Finding { test, column, confidence, chance, bits_left, examples, says }
}

/// Positions in words, counted from 1 as people do.
fn listed(positions: impl IntoIterator<Item = usize>) -> String {
    let mut all: Vec<usize> = positions.into_iter().collect();
    all.sort_unstable();
    all.dedup();
    let shown: Vec<String> = all.iter().take(8).map(|at| (at + 1).to_string()).collect();
    let more = if all.len() > 8 { format!(" and {} more", all.len() - 8) } else { String::new() };
    format!("{} {}{more}", if all.len() == 1 { "position" } else { "positions" }, shown.join(", "))
}

/// Whether what is left makes a regularity harmless that a rule of the house may explain.
fn harmless(sample: &Sample<'_>, left: f64) -> bool {
    left >= STRONG_BITS || sample.bits - left < SLIGHT_BITS
}

fn uneven(sample: &Sample<'_>, together: &[Pair], found: &mut Found) {
    let tested = sample.uneven();
    let lost = sample.lost();
    found.tests += tested.len() + lost.len();
    let lost: Vec<_> = lost.into_iter().filter(|lost| lost.chance < POSSIBLE / 1000.0).collect();
    let bits: f64 = lost.iter().map(|lost| lost.whole).sum();
    let unexplained =
        lost.iter().map(|lost| lost.bits).sum::<f64>() >= SLIGHT_BITS / 2.0 && bits >= SLIGHT_BITS;
    // Words are uneven everywhere, and their characters depend on each other.
    let words = odd(together).into_iter().any(|pair| pair.mutual.bits >= SLIGHT_BITS / 2.0);
    if let Some(least) = lost
        .iter()
        .map(|lost| lost.chance)
        .reduce(f64::min)
        .filter(|_| unexplained && (!words || !sample.both_free(&odd(together)).is_empty()))
    {
        let says = format!(
            "characters of the same kind are not equally frequent at {}, and no rule for choosing them explains it: \
             {bits:.1} bits are lost by it",
            listed(lost.iter().map(|lost| lost.at)),
        );
        found.keep(finding(Test::Uneven, least, Some(sample.bits), says), false);
        return;
    }
    let odd: Vec<(usize, f64)> =
        tested.into_iter().filter(|(_, chance)| *chance < POSSIBLE / 1000.0).collect();
    let Some(least) = odd.iter().map(|(_, chance)| *chance).reduce(f64::min) else { return };
    let lost = (sample.even_bits() - sample.space.bits_at_most()).max(0.0);
    let left = (sample.bits - lost).max(0.0);
    let says = format!(
        "some characters are more frequent than chance makes them at {}: {} bits are lost by it",
        listed(odd.iter().map(|(at, _)| *at)),
        shown(lost),
    );
    found.keep(finding(Test::Uneven, least, Some(left), says), harmless(sample, left));
}

/// Bits, and no nought where there is something.
fn shown(bits: f64) -> String {
    if bits < 0.05 { "less than 0.1".to_owned() } else { format!("{bits:.1}") }
}

fn serial(sample: &Sample<'_>, columns: &[Column], found: &mut Found) {
    let mut neighbours: Vec<_> =
        sample.neighbours().into_iter().map(|(pairs, whose)| (pairs, whose.to_owned())).collect();
    neighbours.extend(
        columns.iter().enumerate().filter(|(_, column)| column.role == Role::Serial).filter_map(
            |(at, column)| {
                Some((
                    sample.neighbours_by(at)?,
                    format!("the unit before it in the order of column {:?}", column.name),
                ))
            },
        ),
    );
    let sorted = sample.sorted();
    for (pairs, whose) in neighbours {
        let tested = sample.serial(&pairs);
        found.tests += tested.len();
        let says = |odd: &[Pair]| {
            let positions = listed(odd.iter().map(|pair| pair.at));
            format!("{positions} of a password can be foreseen from the password of {whose}")
        };
        let unexplained = |odd: &[Pair]| if sorted { Vec::new() } else { sample.both_free(odd) };
        keep_pairs(sample, found, (Test::Serial, None), tested, unexplained, says);
    }
    let tested = sample.trends();
    found.tests += tested.len();
    for (what, seen) in tested {
        let left = (sample.bits - seen.bits).max(0.0);
        let says = format!("{what}; {left:.1} bits are left to guess at most");
        found.keep(finding(Test::Serial, seen.chance, Some(left), says), harmless(sample, left));
    }
}

fn within(sample: &Sample<'_>, tested: Vec<Pair>, found: &mut Found) {
    found.tests += tested.len();
    let says = |odd: &[Pair]| {
        let strongest = odd[0];
        format!(
            "characters of one password depend on each other, most at {} ({} of {:.1} bits), in {} pairs of positions",
            listed([strongest.at, strongest.other]),
            shown(strongest.mutual.bits),
            strongest.bits,
            odd.len(),
        )
    };
    keep_pairs(sample, found, (Test::Within, None), tested, |odd| sample.both_free(odd), says);
}

fn identifier(sample: &Sample<'_>, column: usize, name: &str, found: &mut Found) {
    let tested = sample.with_identifier(column);
    found.tests += tested.len();
    let says = |odd: &[Pair]| {
        let strongest = odd[0];
        format!(
            "{} of the password can be foreseen in part from column {name:?}: position {} from its character {} ({} of {:.1} bits)",
            listed(odd.iter().map(|pair| pair.at)),
            strongest.at + 1,
            strongest.other + 1,
            shown(strongest.mutual.bits),
            strongest.bits,
        )
    };
    let unexplained = |odd: &[Pair]| sample.telling(column, odd);
    keep_pairs(sample, found, (Test::Identifier, Some(column)), tested, unexplained, says);
}

/// Those that go together more than chance makes them, the strongest first.
fn odd(tested: &[Pair]) -> Vec<Pair> {
    let mut odd: Vec<Pair> =
        tested.iter().copied().filter(|pair| pair.mutual.chance < POSSIBLE / 1000.0).collect();
    odd.sort_by(|a, b| b.mutual.bits.total_cmp(&a.mutual.bits));
    odd
}

/// One finding for all pairs of positions that go together, with what is left when each position of the password is
/// foreseen as well as its best partner can. `unexplained` keeps of them those that no rule of the house explains.
fn keep_pairs(
    sample: &Sample<'_>,
    found: &mut Found,
    (test, column): (Test, Option<usize>),
    tested: Vec<Pair>,
    unexplained: impl Fn(&[Pair]) -> Vec<Pair>,
    says: impl Fn(&[Pair]) -> String,
) {
    let odd = odd(&tested);
    let Some(least) = odd.iter().map(|pair| pair.mutual.chance).reduce(f64::min) else { return };
    let left = sample.bits_left(&odd);
    let harmless = harmless(sample, left) && plain::gained(&unexplained(&odd)) < SLIGHT_BITS;
    let says = format!("{}; {left:.1} bits are left to guess at most", says(&odd));
    found.keep(Finding { column, ..finding(test, least, Some(left), says) }, harmless);
}

fn near(sample: &Sample<'_>, found: &mut Found) {
    let Some(near) = near::near(&sample.words) else { return };
    found.tests += 1;
    let says = format!(
        "{} pairs of passwords in the sample differ in one or two characters only, far more than chance makes",
        near.pairs
    );
    let examples = sample.examples(&near.rows);
    found.keep(Finding { examples, ..finding(Test::Near, near.chance, None, says) }, false);
}

impl Regular {
    /// Looks for a generator with a state of 32 bits at most that draws the passwords, whatever its seed. What it says is
    /// more than a factor that repeats. The number of `threads` does not matter.
    #[must_use]
    pub fn and_drawn(mut self, units: &[Unit], password: usize, threads: usize) -> Self {
        let sample = Sample::new(units, password);
        let Some(running) = running::running(&sample, threads) else { return self };
        let words = running.words;
        let (test, says) = if running.one_seed {
            let says = format!(
                "passwords are what {words} draws, one after the other: who knows one label knows all"
            );
            (Test::Generator, says)
        } else {
            let bits = running.bits;
            let says = format!(
                "passwords are what {words} draws, each from a seed of its own: a space of {bits:.0} bits, however long they are"
            );
            (Test::Seeded, says)
        };
        let examples = sample.examples(&running.rows);
        let confidence = if running.chance < CERTAIN { Confidence::Certain } else { Confidence::Likely };
        self.findings.retain(|other| other.test != Test::Generator);
        if running.chance < LIKELY {
            let of = finding(test, running.chance, Some(running.bits), says);
            self.findings.insert(0, Finding { examples, confidence, ..of });
        }
        self
    }
}

fn numbers(sample: &Sample<'_>, found: &mut Found) {
    let cores = sample.cores();
    for system in &SYSTEM {
        for repeated in differences::repeated(&cores, &sample.places, system, sample.agreement) {
            found.tests += 1;
            let radix = repeated.radix;
            let (test, says) = match repeated.modulus {
                None => (
                    Test::Stride,
                    format!(
                        "read as numbers of base {radix}, passwords move on by the same difference from unit to unit"
                    ),
                ),
                Some(modulus) => (
                    Test::Generator,
                    format!(
                        "read as numbers of base {radix}, passwords follow each other as those of a linear congruential generator with modulus {modulus} do"
                    ),
                ),
            };
            let examples = sample.examples(&repeated.rows);
            found.keep(Finding { examples, ..finding(test, repeated.chance, None, says) }, false);
        }
    }
    // One fault shows in several numeral systems and moduli: the first tells it.
    let mut seen = Vec::new();
    found.findings.retain(|finding| {
        let number = matches!(finding.test, Test::Stride | Test::Generator);
        let again = number && seen.contains(&finding.test);
        seen.push(finding.test);
        !again
    });
}

#[cfg(test)]
pub(crate) mod batches;
#[cfg(test)]
mod tests;
