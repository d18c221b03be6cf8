//! What the passes saw, as findings, an outcome and figures for people.

use std::collections::BTreeSet;

use assay::outcome::{Confidence, Outcome};

use crate::kind::Kind;
use crate::place::{Place, Tally};
use crate::regular::Test;
use crate::rows::Role;
use crate::space::Space;
use crate::space::entropy::collisions;
use crate::space::guess::{Attack, Strength, strength, time_to_guess};
use crate::structure::{self, Derived};
use crate::table::{Rejected, Table};
use crate::unique::Shared;

use super::passes::{OfColumn, Told};
use super::{Asked, Finding, Report};

/// Findings of one kind and column that are told at most, the widest first.
const MOST_OF_A_KIND: usize = 20;
/// A share of units that agree below which their number says nothing of the generator's space: single copies are a fault of
/// their own.
const LIKE_A_SMALL_SPACE: u64 = 100;

/// What is told of one password column.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnTold {
    /// Its name.
    pub name: String,
    /// What the passwords are made of; none where only kinds were asked for that do not look at it.
    pub characters: Option<Characters>,
    /// Bits that the batch shows by having no more equal passwords than it has.
    pub bits_shown: f64,
    /// Different values.
    pub different: u64,
    /// Rows that repeat a unit.
    pub repeated: u64,
}

/// What the passwords of a column are made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Characters {
    /// Units by length: length in bytes, units.
    pub lengths: Vec<(usize, u64)>,
    /// What stands at each position.
    pub positions: Vec<Position>,
    /// Different characters in all.
    pub alphabet: usize,
    /// Bits that the passwords have at most.
    pub bits_at_most: f64,
    /// How long guessing one takes.
    pub guessing: String,
}

/// One position, counted from the left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    /// Different characters.
    pub alphabet: usize,
    /// The share of the most frequent one.
    pub top: f64,
}

pub(super) fn report(
    table: &Table<'_>,
    asked: &Asked<'_>,
    rows: u64,
    rejected: &Tally,
    why_rejected: Rejected,
    told: Told,
) -> Report {
    let lines = |places: &[Place]| table.lines_of(places);
    let mut findings = Vec::new();
    let mut why = Vec::new();
    let mut enough: Option<u64> = None;
    let mut columns = Vec::new();
    let mut spilled = false;
    let mut universal = false;
    for (n, of) in told.columns.iter().enumerate() {
        let name = table.layout().picks[of.column].name.clone();
        let attack = asked.attack.unwrap_or_else(|| attack_of(&name));
        let shared = &told.shared[n];
        spilled |= of.spilled;
        let mut add = |kind: Kind, tally: &Tally, confidence, says: String, by_chance| {
            findings.push(Finding {
                kind,
                column: name.clone(),
                rows: tally.rows(),
                lines: lines(tally.first()),
                confidence,
                says,
                by_chance,
            });
        };
        let one_value = rows >= 2 && shared.surplus == rows - 1;
        universal |= one_value;
        if one_value {
            let (confidence, says) = if shared.values == 1 {
                (Confidence::Certain, "all units have one and the same password".to_owned())
            } else {
                let says = "all rows are copies of one row, so one password opens everything in the file; \
                            was the export repeated by mistake?";
                (Confidence::Likely, says.to_owned())
            };
            let all = if shared.values == 1 { &shared.rows } else { &shared.repeated };
            add(Kind::Universal, all, confidence, says, None);
        } else if shared.values > 0 {
            let says = format!(
                "{} shared by units that should each have their own; the commonest stands in {} rows",
                words(shared.values, "password is", "passwords are"),
                shared.largest
            );
            add(Kind::Duplicate, &shared.rows, Confidence::Certain, says, None);
        }
        if let Some(known) = asked.wants(&[Kind::Common]).then(|| of.hits.judge(asked.common, &of.space)) {
            for known in known {
                let says = format!("the password {}", known.how);
                add(Kind::Common, &known.tally, known.confidence, says, Some(known.expected));
            }
        }
        if of.empty.rows() > 0 {
            add(
                Kind::TooWeak,
                &of.empty,
                Confidence::Certain,
                "there is no password at all".to_owned(),
                None,
            );
        }
        if !one_value {
            incremental(of, told.serial[n].as_ref(), &mut add);
            weak(asked, of, shared, attack, rows, &mut add, &mut why, &mut enough);
            for finding in &told.regular[n].findings {
                let mut tally = Tally::default();
                finding.examples.iter().for_each(|p| tally.add(*p));
                let says = finding.says.clone();
                findings.push(Finding {
                    kind: if finding.test == Test::Seeded { Kind::TooWeak } else { Kind::Regular },
                    column: name.clone(),
                    rows: if finding.examples.is_empty() { rows } else { tally.rows() },
                    lines: lines(tally.first()),
                    confidence: finding.confidence,
                    says,
                    by_chance: None,
                });
            }
        }
        if of.hashed.rows() * 2 > rows {
            why.push(format!(
                "{} of `{name}` look like salted hashes, which differ even where the passwords agree: audit the passwords themselves",
                words(of.hashed.rows(), "row", "rows")
            ));
        }
        columns.push(column_told(name, of, shared, attack, rows));
    }
    for of in &told.columns {
        let columns = super::core::columns(&table.layout().picks);
        for way in of.core.iter().flat_map(|core| super::core::ways(core, columns)) {
            let name = &table.layout().picks[of.column].name;
            add_derived(
                table,
                &mut findings,
                way.hit.blames,
                name,
                &way.from,
                &way.how,
                &way.hit.tally,
                way.confidence,
                way.hit.by_chance,
            );
        }
    }
    derived(table, &told.derived, &mut findings);
    once(&mut findings);
    findings.retain(|f| asked.wants(&[f.kind]));
    findings.sort_by(|a, b| {
        (a.kind, &a.column, b.confidence, b.rows).cmp(&(b.kind, &b.column, a.confidence, a.rows))
    });
    let mut of_kind = 0;
    let mut last: Option<(Kind, String)> = None;
    findings.retain(|f| {
        let this = Some((f.kind, f.column.clone()));
        of_kind = if last == this { of_kind + 1 } else { 1 };
        last = this;
        of_kind <= MOST_OF_A_KIND
    });
    let found = findings.iter().any(|f| f.confidence != Confidence::Possible);
    if rows == 0 {
        why.push("there is no unit in it".to_owned());
    } else if rows == 1 && !found {
        why.push("it holds one unit: a comparison needs two at least".to_owned());
    }
    if rejected.rows() > 0 {
        why.push(format!(
            "{} not judged: {}",
            words(rejected.rows(), "row was", "rows were"),
            why_rejected.words().join(", ")
        ));
    }
    let derived = [Kind::DerivedFromSerial, Kind::DerivedFromMac, Kind::DerivedFromPublic];
    if !found && rows > 1 && asked.wants(&derived) && table.layout().identifiers().next().is_none() {
        why.push(
            "it has no column of serial numbers or hardware addresses, so it was not tried whether passwords follow from them"
                .to_owned(),
        );
    }
    if !asked.whole_batch && !found {
        why.push("this is a sample: it cannot show that no two units of the batch agree".to_owned());
    }
    let mut told_already = BTreeSet::new();
    why.retain(|why| told_already.insert(why.clone()));
    let outcome = match (found, why.is_empty()) {
        (true, _) => Outcome::NotMet,
        (false, true) => Outcome::Met,
        (false, false) => Outcome::Inconclusive,
    };
    Report {
        rows,
        rejected: rejected.rows(),
        rejected_lines: lines(rejected.first()),
        why_rejected,
        outcome,
        why,
        enough: enough.filter(|_| !universal),
        findings,
        columns,
        sample: told.sample,
        seed: asked.seed,
        spilled,
    }
}

type Add<'a> = dyn FnMut(Kind, &Tally, Confidence, String, Option<f64>) + 'a;

fn incremental(of: &OfColumn, serial: Option<&crate::order::Counted>, add: &mut Add<'_>) {
    let top = of.space.top_probability();
    let orders = [(of.counted.as_ref(), "file"), (serial, "serial numbers")];
    for (counted, order) in orders {
        if let Some(found) = counted.and_then(|c| c.judge(top)) {
            let says = format!(
                "neighbours in the order of the {order} are the same save for a counter, in runs of {} and more",
                found.run
            );
            add(Kind::Incremental, &found.tally, found.confidence, says, Some(found.expected));
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "one step of the report, taken out so that it can be read")]
fn weak(
    asked: &Asked<'_>,
    of: &OfColumn,
    shared: &Shared,
    attack: Attack,
    rows: u64,
    add: &mut Add<'_>,
    why: &mut Vec<String>,
    enough: &mut Option<u64>,
) {
    if !asked.wants(&[Kind::TooWeak]) || rows == 0 {
        return;
    }
    match strength(&of.space, pairs(of, shared, rows), attack) {
        Strength::TooWeak { bits, wanted } => {
            let mut all = Tally::default();
            all.add_rows(of.space.rows());
            let says = format!(
                "the batch uses a space of at most {bits:.1} bits, where {wanted:.0} are wanted: guessing one takes {}",
                time_to_guess(bits, attack)
            );
            add(Kind::TooWeak, &all, Confidence::Certain, says, None);
        }
        Strength::Inconclusive { enough: units, .. } => {
            *enough = Some(enough.map_or(units, |e| e.max(units)));
            why.push(format!(
                "{} too few to show that their generator has more than a handful of values: {units} would be enough",
                words(rows, "unit is", "units are")
            ));
        }
        Strength::NothingWeak { .. } => {}
    }
}

/// Equal pairs that say something of the space: many units that share, as a small space makes them. Units without any
/// password agree too, and are no work of the generator.
fn pairs(of: &OfColumn, shared: &Shared, rows: u64) -> u64 {
    let empty = of.empty.rows();
    let (sharing, values) = match empty {
        0 | 1 => (shared.rows.rows(), shared.values),
        _ => (shared.rows.rows().saturating_sub(empty), shared.values.saturating_sub(1)),
    };
    let many = sharing * LIKE_A_SMALL_SPACE >= rows;
    if many { sharing.saturating_sub(values) } else { 0 }
}

/// What several judges saw of the same units is told once, by the one that is surest and then by the one that explains
/// most of them: a serial number backwards is also a run of six characters of it, and by chance four of the address.
fn once(findings: &mut Vec<Finding>) {
    const DERIVED: [Kind; 3] = [Kind::DerivedFromSerial, Kind::DerivedFromMac, Kind::DerivedFromPublic];
    let (mut derived, mut others): (Vec<Finding>, Vec<Finding>) =
        std::mem::take(findings).into_iter().partition(|f| DERIVED.contains(&f.kind));
    let chance = |f: &Finding| f.by_chance.unwrap_or(0.0);
    derived.sort_by(|a, b| {
        (b.confidence, b.rows).cmp(&(a.confidence, a.rows)).then(chance(a).total_cmp(&chance(b)))
    });
    let mut told: Vec<Finding> = Vec::new();
    for finding in derived {
        // Two sure answers of different kinds are both true: the serial number may stand in the name of the network.
        let said = |known: &Finding| {
            known.column == finding.column
                && (known.kind == finding.kind || known.confidence > finding.confidence)
                && covers(known, &finding)
        };
        if !told.iter().any(said) {
            told.push(finding);
        }
    }
    others.append(&mut told);
    *findings = others;
}

/// Whether the units of a finding are among those of another, as far as the examples show.
fn covers(wide: &Finding, narrow: &Finding) -> bool {
    if narrow.rows > wide.rows {
        return false;
    }
    let all = wide.rows == wide.lines.len() as u64;
    let last = wide.lines.last().copied().unwrap_or(0);
    let mut comparable = narrow.lines.iter().filter(|line| all || **line <= last).peekable();
    comparable.peek().is_some() && comparable.all(|line| wide.lines.contains(line))
}

/// Findings of the three derived kinds. What several judges saw of one column and kind is told once where it is the same.
fn derived(table: &Table<'_>, all: &[Derived], findings: &mut Vec<Finding>) {
    for d in all.iter().filter(|d| d.tally.rows() > 0) {
        let confidence = match d.confidence {
            structure::Confidence::Certain => Confidence::Certain,
            structure::Confidence::Possible => Confidence::Possible,
        };
        let name = &table.layout().picks[d.password].name;
        add_derived(table, findings, d.role, name, &d.from, &d.how, &d.tally, confidence, d.expected);
    }
}

#[expect(clippy::too_many_arguments, reason = "the fields of one finding, from two kinds of judges")]
fn add_derived(
    table: &Table<'_>,
    findings: &mut Vec<Finding>,
    role: Role,
    column: &str,
    from: &[usize],
    how: &str,
    tally: &Tally,
    confidence: Confidence,
    expected: f64,
) {
    let kind = match role {
        Role::Mac => Kind::DerivedFromMac,
        Role::Serial => Kind::DerivedFromSerial,
        Role::Public | Role::Password => Kind::DerivedFromPublic,
    };
    let picks = &table.layout().picks;
    let name = |c: &usize| picks.get(*c).map_or(crate::sampled::ROW, |column| &column.name);
    let from: Vec<String> = from.iter().map(|c| format!("`{}`", name(c))).collect();
    let lines = table.lines_of(tally.first());
    let same =
        |f: &&mut Finding| f.kind == kind && f.column == column && f.rows == tally.rows() && f.lines == lines;
    if let Some(known) = findings.iter_mut().find(same) {
        known.confidence = known.confidence.max(confidence);
        return;
    }
    findings.push(Finding {
        kind,
        column: column.to_owned(),
        rows: tally.rows(),
        lines,
        confidence,
        says: format!("the password {how} ({})", from.join(" and ")),
        by_chance: Some(expected),
    });
}

fn column_told(name: String, of: &OfColumn, shared: &Shared, attack: Attack, rows: u64) -> ColumnTold {
    ColumnTold {
        name,
        characters: of.looked_at.then(|| characters(&of.space, attack)),
        bits_shown: collisions(rows, pairs(of, shared, rows)).at_least,
        different: rows - shared.surplus,
        repeated: shared.repeated.rows(),
    }
}

fn characters(space: &Space, attack: Attack) -> Characters {
    let bits = space.bits_at_most();
    let lengths = space.lengths().iter().enumerate().filter(|(_, n)| **n > 0).map(|(l, n)| (l, *n)).collect();
    let positions = (0..space.positions())
        .map(|at| {
            let counts = space.characters(at);
            let all: u64 = counts.iter().sum();
            let top = counts.iter().max().copied().unwrap_or(0);
            Position { alphabet: space.alphabet(at), top: top as f64 / all.max(1) as f64 }
        })
        .collect();
    Characters {
        lengths,
        positions,
        alphabet: space.alphabet_of_all(),
        bits_at_most: bits,
        guessing: time_to_guess(bits, attack),
    }
}

/// A Wi-Fi passphrase can be guessed from a recording, without the device; whatever else is asked of the device.
#[must_use]
pub fn attack_of(column: &str) -> Attack {
    const WIRELESS: [&str; 8] = ["wifi", "wlan", "wpa", "wpa2", "wpa3", "psk", "wireless", "ssid"];
    let name = crate::names::normal(column.as_bytes()).replace("wi_fi", "wifi");
    match name.split('_').any(|part| WIRELESS.contains(&part)) {
        true => Attack::Offline,
        false => Attack::Online { per_hour: None },
    }
}

fn words(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
