//! What the hits amount to once the whole file has been seen: one finding for each column of passwords, identifier and way,
//! with the length of run at which chance explains it least.

use std::collections::BTreeSet;

use super::chance::{Confidence, Derived, POSITIONS, confidence, ln_tail};
use super::numbers::Base;
use super::runs::{LONGEST, Reading, SHORTEST};
use super::{Key, Seen, Structure, Way};
use crate::place::Tally;
use crate::rows::{Column, Role};

/// Where all of the password is matched, a position counts for 3 bits even if the whole batch agrees on it: a password that
/// is the name of the model is based on public information, however little it tells units apart.
const AGREEMENT_OF_WHOLE: f64 = 0.125;

/// Hits that chance makes as often as this are no more than chance.
const BY_CHANCE: f64 = 1e-3;

/// Where in their passwords the runs of a finding begin.
#[derive(Clone, Copy)]
enum Start {
    Same,
    Mostly,
    Differs,
}

/// The hits of one kind that are at least this long.
struct Reach {
    of: Hits,
    tail: f64,
    confidence: Option<Confidence>,
    tally: Tally,
    expected: f64,
    bits: f64,
}

/// Which hits of a kind.
#[derive(Clone, Copy)]
struct Hits {
    /// At least so long.
    len: usize,
    /// Only those that end where the identifier ends, which a factory takes first and chance no more often than others.
    at_end: bool,
    /// The passwords are all digits.
    digits: bool,
    /// Passwords of the batch that are as long as one of those that are matched whole: no other could have been.
    as_long: u64,
}

impl Hits {
    fn has(self, key: &Key) -> bool {
        let at_end = || match key.way {
            Way::Part { reading, .. } | Way::Whole { reading, .. } => reading.at_end(key.from_end, key.len),
            _ => key.from_end == 0,
        };
        key.len >= self.len && (!self.at_end || at_end())
    }
}

impl Structure {
    /// What was found, by column, identifier and way. Empty for a batch in which nothing is worth a word.
    #[must_use]
    pub fn findings(&self) -> Vec<Derived> {
        let identifiers = self.identifiers.len();
        let tests =
            (self.passwords.len() * identifiers * (16 * (LONGEST - SHORTEST + 1) + 20 + identifiers)) as f64;
        self.passwords.iter().flat_map(|seen| seen.findings(&self.columns, tests)).collect()
    }
}

impl Seen {
    fn findings(&self, columns: &[Column], tests: f64) -> Vec<Derived> {
        let mut kinds: Vec<(usize, usize, Way)> = Vec::new();
        for key in self.hits.keys() {
            let kind = (key.identifier, key.second, family(key.way));
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        kinds.into_iter().filter_map(|kind| self.finding(kind, columns, tests)).collect()
    }

    fn finding(&self, kind: (usize, usize, Way), columns: &[Column], tests: f64) -> Option<Derived> {
        let (identifier, second, way) = kind;
        let of_kind: Vec<(&Key, &Tally)> = self
            .hits
            .iter()
            .filter(|(key, _)| (key.identifier, key.second, family(key.way)) == kind)
            .collect();
        let choices = [false, true].into_iter().flat_map(|at_end| {
            (SHORTEST..=LONGEST).map(move |len| Hits { len, at_end, digits: false, as_long: 0 })
        });
        let mut lengths: Vec<Reach> = choices
            .filter_map(|of| {
                let some = || of_kind.iter().filter(|(key, _)| of.has(key));
                let mut tally = Tally::default();
                some().for_each(|(_, t)| tally.join(t));
                let as_long = some().map(|(key, _)| key.len).collect::<BTreeSet<_>>().into_iter();
                let as_long = as_long.map(|len| match len {
                    LONGEST => self.letters.of_lengths(len..=POSITIONS),
                    len => self.letters.of_lengths(len..=len),
                });
                let digits = some().all(|(key, _)| key.digits);
                let of = Hits { digits, as_long: as_long.sum(), ..of };
                let (expected, bits) = self.chance(identifier, way, of);
                (tally.rows() > 0).then(|| Reach {
                    of,
                    tail: ln_tail(tally.rows(), expected),
                    confidence: confidence(tally.rows(), expected, tests),
                    tally,
                    expected,
                    bits,
                })
            })
            .collect();
        let surest = (0..lengths.len()).min_by(|a, b| lengths[*a].tail.total_cmp(&lengths[*b].tail))?;
        // A number has as many digits as it has: all lengths belong together that are beyond chance. A shorter run in a
        // longer password is more likely chance among the real ones.
        let all = (0..lengths.len()).find(|at| {
            !matches!(way, Way::Part { .. }) && lengths[*at].confidence == Some(Confidence::Certain)
        });
        let Reach { of, mut tally, mut expected, bits, confidence, .. } =
            lengths.swap_remove(all.unwrap_or(surest));
        let confidence = confidence?;
        let meant = || of_kind.iter().filter(|(key, _)| of.has(key));
        let (most, _) = meant().max_by_key(|(key, t)| (t.rows(), key.len))?;
        let mut place = Start::Differs;
        if matches!(way, Way::Part { .. }) {
            let mut there = Tally::default();
            meant().filter(|(key, _)| key.start == most.start).for_each(|(_, t)| there.join(t));
            let elsewhere = tally.rows() - there.rows();
            // What chance makes at other positions accuses no unit.
            if ln_tail(elsewhere, expected) > BY_CHANCE.ln() && there.rows() > elsewhere {
                expected /= (self.letters.longest() + 1).saturating_sub(of.len).max(1) as f64;
                (tally, place) = (there, Start::Same);
            } else if there.rows() > elsewhere {
                place = Start::Mostly;
            }
        }
        let from = if second == identifier { vec![identifier] } else { vec![identifier, second] };
        Some(Derived {
            password: self.column,
            role: blamed(&from, columns),
            how: words(most, place, columns),
            from,
            tally,
            bits,
            expected,
            confidence,
        })
    }

    /// Hits that chance makes, and the bits that one explains.
    fn chance(&self, identifier: usize, way: Way, of: Hits) -> (f64, f64) {
        let Hits { len, at_end, digits, as_long } = of;
        let agreement = if digits { self.letters.agreement_with_digits() } else { self.letters.agreement() };
        let (rows, as_long) = (self.letters.rows() as f64, as_long as f64);
        let whole: f64 =
            (0..len).map(|at| agreement.get(at).map_or(1.0, |a| a.min(AGREEMENT_OF_WHOLE))).product();
        // An identifier has at most 64 characters that count; about a dozen is the rule, and more placements than are true
        // only make the finding harder.
        let placements = if at_end { 1.0 } else { 24.0 };
        match way {
            Way::Part { reading, .. } => {
                let step = reading.step();
                let starts = agreement.len().saturating_sub((len - 1) * step);
                let each = |start: usize| (0..len).map(|n| agreement[start + n * step]).product::<f64>();
                let one: f64 = (0..starts).map(each).fold(0.0, f64::max);
                let all: f64 = (0..starts).map(each).sum();
                let model = rows * placements * all;
                (model.max(self.control(identifier, reading, of)), -one.max(1e-300).log2())
            }
            Way::Whole { reading, .. } => {
                let model = as_long * placements * whole;
                (model.max(self.control(identifier, reading, of)), -whole.log2())
            }
            Way::CheckDigit => {
                let model = as_long * placements * whole * 0.1;
                (model.max(self.control(identifier, Reading::Forwards, of)), -(whole * 0.1).log2())
            }
            Way::Written { .. } => (as_long * whole, -whole.log2()),
            Way::TwoTails => (as_long * self.letters.longest() as f64 * whole, -whole.log2()),
        }
    }

    fn control(&self, identifier: usize, reading: Reading, of: Hits) -> f64 {
        let rows: u64 = self
            .control
            .iter()
            .filter(|((i, r, at_end, len), _)| {
                *i == identifier && *r == reading && *len >= of.len && (*at_end || !of.at_end)
            })
            .map(|(_, rows)| rows)
            .sum();
        rows as f64
    }
}

/// Runs in the case as written and in another are one kind: which of them is said by the most frequent.
fn family(way: Way) -> Way {
    match way {
        Way::Part { reading, .. } => Way::Part { reading, case_changed: false },
        Way::Whole { reading, .. } => Way::Whole { reading, case_changed: false },
        other => other,
    }
}

/// Of several identifiers the first in the order hardware address, serial number, public: what a stranger can read from the
/// air weighs most.
pub(crate) fn blamed(from: &[usize], columns: &[Column]) -> Role {
    let has = |role| from.iter().any(|c| columns[*c].role == role);
    [Role::Mac, Role::Serial].into_iter().find(|role| has(*role)).unwrap_or(Role::Public)
}

fn words(key: &Key, place: Start, columns: &[Column]) -> String {
    let name = &columns[key.identifier].name;
    let changed = |case_changed: bool| if case_changed { ", in another case" } else { "" };
    match key.way {
        Way::Whole { reading, case_changed } => {
            format!("is {}{}", part(reading, key, name), changed(case_changed))
        }
        Way::Part { reading, case_changed } => {
            let characters =
                if reading == Reading::SecondOfPassword { "of every second character" } else { "characters" };
            let position = key.start + 1;
            let position = match place {
                Start::Same => format!(" from position {position}"),
                Start::Mostly => format!(", most often from position {position},"),
                Start::Differs => String::new(),
            };
            format!(
                "contains a run of {} {characters}{position} that is {}{}",
                key.len,
                part(reading, key, name),
                changed(case_changed)
            )
        }
        Way::CheckDigit => format!("is {} and a Luhn check digit", part(Reading::Forwards, key, name)),
        Way::Written { number, base } => {
            let base =
                if base == Base::Decimal && number == super::Number::Digits { "" } else { base.words() };
            format!("is {} of `{name}` {base}, or the end of it", number.words()).replace(" ,", ",")
        }
        Way::TwoTails => format!(
            "is the last {} characters of `{name}` and then the last {} of `{}`",
            key.start,
            key.len.saturating_sub(key.start),
            columns[key.second].name
        ),
    }
}

fn part(reading: Reading, key: &Key, name: &str) -> String {
    let where_ = if key.from_end == 0 && reading == Reading::Forwards {
        format!("the last {} of", key.len)
    } else {
        "part of".to_owned()
    };
    match reading {
        Reading::Forwards | Reading::SecondOfPassword => format!("{where_} `{name}`"),
        Reading::Backwards => format!("{where_} `{name}` backwards"),
        Reading::SecondOfIdentifier => format!("every second character of {where_} `{name}`"),
    }
}
