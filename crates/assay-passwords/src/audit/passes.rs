//! The passes: who looks at a block, and what is joined when the last one was read.

use std::cmp::Reverse;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use crate::common::Hits;
use crate::core72::{Affix, Core};
use crate::fingerprint::Key;
use crate::kind::Kind;
use crate::names::is_salted_hash;
use crate::order::serial::{InOrder, OVERLAP, Record, runs};
use crate::order::{Counted, Neighbours};
use crate::place::{Place, Tally};
use crate::regular::{Regular, regular};
use crate::routers;
use crate::rows::{Block, Role, Unit};
use crate::sample::Sampler;
use crate::sampled::{self, Scheme};
use crate::seal::Sealed;
use crate::space::Space;
use crate::structure::chance::ln_tail;
use crate::structure::{Confidence, Derived, Structure};
use crate::table::{Table, Wanted};
use crate::unique::{Collector, Parts, Shared, Suspects, compare};

use super::{Asked, Digests, Problem, Step};

const DERIVED: [Kind; 3] = [Kind::DerivedFromSerial, Kind::DerivedFromMac, Kind::DerivedFromPublic];
const SHARED: [Kind; 2] = [Kind::Universal, Kind::Duplicate];

/// What pass 1 saw of one password column.
pub(super) struct OfColumn {
    pub(super) column: usize,
    pub(super) suspects: Suspects,
    pub(super) spilled: bool,
    pub(super) space: Space,
    /// Whether the characters were looked at; else the space is empty.
    pub(super) looked_at: bool,
    pub(super) counted: Option<Counted>,
    pub(super) hits: Hits,
    pub(super) hashed: Tally,
    pub(super) empty: Tally,
    pub(super) core: Option<Core>,
    affix: Affix,
}

/// What pass 1 saw.
pub(super) struct Seen {
    pub(super) columns: Vec<OfColumn>,
    pub(super) structure: Option<Structure>,
    pub(super) sample: Vec<Unit>,
    /// The serial column of a file that is not in its order.
    shuffled: Option<usize>,
    key: Key,
}

/// What all passes together say.
pub(super) struct Told {
    pub(super) columns: Vec<OfColumn>,
    pub(super) shared: Vec<Shared>,
    pub(super) serial: Vec<Option<Counted>>,
    pub(super) derived: Vec<Derived>,
    pub(super) regular: Vec<Regular>,
    pub(super) sample: usize,
}

/// One thread's share of a password column.
struct Share<'a> {
    column: usize,
    collector: Option<Collector<'a>>,
    space: Space,
    neighbours: Option<Neighbours>,
    hits: Option<Hits>,
    hashed: Tally,
    empty: Tally,
    core: Option<Core>,
}

/// One thread's share of pass 1.
struct Shares<'a> {
    columns: Vec<Share<'a>>,
    structure: Option<Structure>,
    sampler: Option<Sampler>,
    in_order: Option<(usize, InOrder)>,
}

impl Shares<'_> {
    fn see(&mut self, block: &Block, asked: &Asked<'_>) -> Result<(), Problem> {
        for share in &mut self.columns {
            let column = share.column;
            if let Some(collector) = &mut share.collector {
                collector.see(block, column).map_err(Problem::Scratch)?;
            }
            if asked.looks_at_characters() {
                share.space.see(block, column);
            }
            if let Some(neighbours) = &mut share.neighbours {
                neighbours.see(block, column);
            }
            if let Some(hits) = &mut share.hits {
                asked.common.see(block, column, hits);
            }
            if let Some(core) = &mut share.core {
                core.see(block);
            }
            for unit in &block.odd {
                match block.cell(*unit, column) {
                    [] => share.empty.add(block.place(*unit)),
                    cell if is_salted_hash(cell) => share.hashed.add(block.place(*unit)),
                    _ => {}
                }
            }
        }
        if let Some(structure) = &mut self.structure {
            structure.see(block);
        }
        if let Some(sampler) = &mut self.sampler {
            sampler.see(block);
        }
        if let Some((column, in_order)) = &mut self.in_order {
            in_order.see(block, *column);
        }
        Ok(())
    }

    /// Hands the fingerprints over and takes in another thread's share.
    fn join(&mut self, other: Self) {
        for (mine, theirs) in self.columns.iter_mut().zip(other.columns) {
            mine.space.join(&theirs.space);
            if let (Some(mine), Some(theirs)) = (&mut mine.neighbours, theirs.neighbours) {
                mine.join(theirs);
            }
            if let (Some(mine), Some(theirs)) = (&mut mine.hits, theirs.hits) {
                mine.join(&theirs);
            }
            if let (Some(mine), Some(theirs)) = (&mut mine.core, theirs.core) {
                mine.join(&theirs);
            }
            mine.hashed.join(&theirs.hashed);
            mine.empty.join(&theirs.empty);
        }
        if let (Some(mine), Some(theirs)) = (&mut self.structure, &other.structure) {
            mine.join(theirs);
        }
        if let (Some(mine), Some(theirs)) = (&mut self.sampler, other.sampler) {
            mine.join(theirs);
        }
        if let (Some((_, mine)), Some((_, theirs))) = (&mut self.in_order, other.in_order) {
            mine.join(theirs);
        }
    }

    fn collected(&mut self) {
        self.columns.iter_mut().filter_map(|share| share.collector.take()).for_each(Collector::finish);
    }
}

/// The column whose order counters may follow.
fn serial_column(table: &Table<'_>) -> Option<usize> {
    let of = |role| table.layout().picks.iter().position(|c| c.role == role);
    of(Role::Serial).or_else(|| of(Role::Mac))
}

/// Pass 1.
pub(super) fn first(table: &Table<'_>, asked: &Asked<'_>) -> Result<Seen, Problem> {
    let layout = table.layout();
    let key = Key::new([asked.key.number(1), asked.key.number(2)]);
    let passwords: Vec<usize> = layout.passwords().collect();
    let wants_shared = asked.wants(&SHARED) || asked.wants(&[Kind::TooWeak]);
    let mut parts = Vec::new();
    for n in 0..passwords.len() {
        let number = 1 + u32::try_from(n).unwrap_or(u32::MAX);
        let sealed = Sealed::create(asked.scratches, asked.key, number).map_err(Problem::Scratch)?;
        parts.push(Parts::new(asked.memory / passwords.len().max(1), Some(sealed)));
    }
    let derived = asked.wants(&DERIVED) && layout.identifiers().next().is_some();
    let affixes = if derived { table.affixes()? } else { Vec::new() };
    let share = |n: usize, column: usize| Share {
        column,
        collector: wants_shared.then(|| Collector::new(&parts[n], key)),
        space: Space::default(),
        neighbours: asked.wants(&[Kind::Incremental]).then(Neighbours::default),
        hits: asked.wants(&[Kind::Common]).then(Hits::default),
        hashed: Tally::default(),
        empty: Tally::default(),
        core: derived.then(|| core(table, asked, column, affixes[n].clone())),
    };
    let wants_sample = derived || asked.wants(&[Kind::Regular]);
    let shares = || Shares {
        columns: passwords.iter().enumerate().map(|(n, c)| share(n, *c)).collect(),
        structure: derived.then(|| Structure::new(&layout.picks)),
        sampler: wants_sample.then(|| Sampler::new(asked.seed, asked.sample)),
        in_order: serial_column(table)
            .filter(|_| asked.wants(&[Kind::Incremental]))
            .map(|c| (c, InOrder::default())),
    };
    // Equality asks the identifiers nothing in the first pass.
    let wanted = if asked.looks_at_characters() { Wanted::All } else { Wanted::Passwords };
    let failed = AtomicBool::new(false);
    let done = AtomicU64::new(0);
    let work = || -> Result<Shares<'_>, Problem> {
        let mut shares = shares();
        let mut block = Block::default();
        while !failed.load(Ordering::Relaxed) {
            let step = table.next_of(wanted, &mut block).map_err(Problem::from).and_then(|more| match more {
                true => shares.see(&block, asked).map(|()| true),
                false => Ok(false),
            });
            match step {
                Ok(true) => {
                    let bytes = done.fetch_add(block.bytes.len() as u64, Ordering::Relaxed);
                    (asked.progress)(Step::Reading, bytes + block.bytes.len() as u64, table.len());
                }
                Ok(false) => break,
                Err(problem) => {
                    failed.store(true, Ordering::Relaxed);
                    return Err(problem);
                }
            }
        }
        shares.collected();
        Ok(shares)
    };
    let mut all = on_threads(asked.threads, &work)?;
    let mut joined = all.pop().ok_or(Problem::Thread)?;
    all.into_iter().for_each(|other| joined.join(other));
    let Shares { columns, structure, sampler, in_order } = joined;
    (asked.progress)(Step::Comparing, 0, 1);
    let mut of_columns = Vec::new();
    for (share, parts) in columns.into_iter().zip(&parts) {
        let spilled = parts.spilled();
        let suspects = parts.suspects(asked.threads).map_err(Problem::Scratch)?;
        of_columns.push(OfColumn {
            column: share.column,
            suspects,
            spilled,
            space: share.space,
            looked_at: asked.looks_at_characters(),
            counted: share.neighbours.map(Neighbours::finish),
            hits: share.hits.unwrap_or_default(),
            hashed: share.hashed,
            empty: share.empty,
            core: share.core,
            affix: affixes.get(of_columns.len()).cloned().unwrap_or_default(),
        });
    }
    let shuffled = in_order.and_then(|(column, order)| (!order.finish()).then_some(column));
    Ok(Seen {
        columns: of_columns,
        structure,
        sample: sampler.map(Sampler::finish).unwrap_or_default(),
        shuffled,
        key,
    })
}

/// What follows pass 1.
pub(super) fn rest(table: &Table<'_>, asked: &Asked<'_>, mut seen: Seen) -> Result<Told, Problem> {
    let picks = &table.layout().picks;
    let mut shared = Vec::new();
    for of in &seen.columns {
        shared.push(compare(table, of.column, seen.key, &of.suspects, asked.memory, asked.threads)?);
    }
    // The core took off what the first rows begin and end with. Where the whole batch says otherwise it looks again.
    again_without_a_wrong_affix(table, asked, &mut seen)?;
    (asked.progress)(Step::Sample, 0, 1);
    let schemes = match seen.structure.is_some() {
        true => {
            let (columns, units) = sampled::with_rows(picks, &seen.sample, &rows_of(table, &seen.sample));
            sampled::search(&columns, &units, asked.engine, asked.threads)
        }
        false => Vec::new(),
    };
    let mut derived = seen.structure.as_ref().map(Structure::findings).unwrap_or_default();
    let first_lines = table.first_lines();
    let confirm = |scheme: &Scheme, block: &Block| {
        scheme.confirm(block, row_of(table, first_lines.get(block.number as usize).copied()))
    };
    let (schemes, chance) = promising(table, asked, schemes, confirm)?;
    derived.extend(chance.into_iter().map(|scheme| scheme.found));
    derived.extend(confirmed(table, asked, &schemes, confirm, Scheme::confirmed)?);
    let published = match seen.structure.is_some() {
        true => routers::search(picks, &seen.sample),
        false => Vec::new(),
    };
    let count = |found: &(Derived, routers::Hypothesis), block: &Block| found.1.confirm(block);
    let told = |found: &(Derived, routers::Hypothesis), tally, rows: u64| {
        let (found, _) = found;
        let expected = found.expected * rows as f64 / seen.sample.len().max(1) as f64;
        Derived { tally, expected, ..found.clone() }
    };
    derived.extend(confirmed(table, asked, &published, count, told)?);
    let regular = seen.columns.iter().map(|of| match asked.wants(&[Kind::Regular]) {
        true => regular(&seen.sample, picks, of.column).and_drawn(&seen.sample, of.column, asked.threads),
        false => Regular::default(),
    });
    let regular = regular.collect();
    let mut serial = Vec::new();
    for of in &seen.columns {
        serial.push(match seen.shuffled {
            Some(column) => Some(in_serial_order(table, asked, column, of, &seen.sample)?),
            None => None,
        });
    }
    Ok(Told { columns: seen.columns, shared, serial, derived, regular, sample: seen.sample.len() })
}

/// The number of the row that a line of the file is, counted from 1 behind the heading.
fn row_of(table: &Table<'_>, line: Option<u64>) -> u64 {
    line.unwrap_or(0).saturating_sub(u64::from(table.layout().header_lines))
}

fn rows_of(table: &Table<'_>, units: &[Unit]) -> Vec<u64> {
    let places: Vec<Place> = units.iter().map(|unit| unit.place).collect();
    table.lines_of(&places).into_iter().map(|line| row_of(table, Some(line))).collect()
}

fn again_without_a_wrong_affix(table: &Table<'_>, asked: &Asked<'_>, seen: &mut Seen) -> Result<(), Problem> {
    for of in &mut seen.columns {
        let (prefix, suffix) = of.space.affix();
        let affix = Affix { prefix: prefix.to_vec(), suffix: suffix.to_vec() };
        if of.core.is_none() || of.affix == affix {
            continue;
        }
        let make = || core(table, asked, of.column, affix.clone());
        let cores = over_blocks(table, asked, Step::Confirming, 1, make, |core, block| core.see(block))?;
        of.core = cores.into_iter().reduce(|mut all, other| {
            all.join(&other);
            all
        });
    }
    Ok(())
}

/// The core for one column of passwords.
fn core(table: &Table<'_>, asked: &Asked<'_>, column: usize, affix: Affix) -> Core {
    let columns = super::core::columns(&table.layout().picks);
    match asked.digests {
        Digests::All => Core::new(asked.engine, columns, column, affix),
        Digests::Twelve => Core::twelve(asked.engine, columns, column, affix),
    }
}

/// Rows on which a scheme is tried that the sample does not make sure of, before all of them are.
const SECOND_LOOK: u64 = 300_000;

/// The schemes that all rows are asked about, and those that a second look makes look like chance. Of several that the same
/// units of the sample follow the surest is enough.
fn promising(
    table: &Table<'_>,
    asked: &Asked<'_>,
    mut schemes: Vec<Scheme>,
    count: impl Fn(&Scheme, &Block) -> Tally + Sync,
) -> Result<(Vec<Scheme>, Vec<Scheme>), Problem> {
    schemes.sort_by_key(|scheme| Reverse(scheme.found.confidence));
    let mut told = Vec::new();
    let (mut sure, mut unsure) = (Vec::new(), Vec::new());
    for scheme in schemes {
        let same = (scheme.found.password, scheme.found.role, scheme.found.tally.clone());
        if told.contains(&same) {
            continue;
        }
        told.push(same);
        match scheme.found.confidence {
            Confidence::Possible => unsure.push(scheme),
            _ => sure.push(scheme),
        }
    }
    let rows = table.counts().0;
    let every = u32::try_from(rows / SECOND_LOOK).unwrap_or(u32::MAX);
    if every < 4 {
        sure.append(&mut unsure);
        return Ok((sure, Vec::new()));
    }
    let mut chance = Vec::new();
    let tallies = counted(table, asked, &unsure, every, count)?;
    for (scheme, tally) in unsure.into_iter().zip(tallies) {
        let expected = (-scheme.found.bits).exp2() * rows as f64 / f64::from(every);
        match tally.rows() > 0 && ln_tail(tally.rows(), expected) < 0.01_f64.ln() {
            true => sure.push(scheme),
            false => chance.push(scheme),
        }
    }
    Ok((sure, chance))
}

/// What the sample found, counted on all rows.
fn confirmed<S: Sync>(
    table: &Table<'_>,
    asked: &Asked<'_>,
    found: &[S],
    count: impl Fn(&S, &Block) -> Tally + Sync,
    told: impl Fn(&S, Tally, u64) -> Derived,
) -> Result<Vec<Derived>, Problem> {
    let all = counted(table, asked, found, 1, count)?;
    let rows = table.counts().0;
    Ok(found.iter().zip(all).map(|(found, tally)| told(found, tally, rows)).collect())
}

/// Counts on the rows of one block in so many.
fn counted<S: Sync>(
    table: &Table<'_>,
    asked: &Asked<'_>,
    found: &[S],
    every: u32,
    count: impl Fn(&S, &Block) -> Tally + Sync,
) -> Result<Vec<Tally>, Problem> {
    let make = || vec![Tally::default(); found.len()];
    if found.is_empty() {
        return Ok(make());
    }
    let see = |tallies: &mut Vec<Tally>, block: &Block| {
        for (tally, found) in tallies.iter_mut().zip(found) {
            tally.join(&count(found, block));
        }
    };
    let mut all = make();
    for tallies in over_blocks(table, asked, Step::Confirming, every, make, see)? {
        all.iter_mut().zip(&tallies).for_each(|(mine, theirs)| mine.join(theirs));
    }
    Ok(all)
}

/// Counters in the order of the serial numbers, in as many rounds as memory asks for.
fn in_serial_order(
    table: &Table<'_>,
    asked: &Asked<'_>,
    serial: usize,
    of: &OfColumn,
    sample: &[Unit],
) -> Result<Counted, Problem> {
    let rows = usize::try_from(table.counts().0).unwrap_or(usize::MAX);
    let rounds = rows.saturating_mul(size_of::<Record>()).div_ceil(asked.memory.max(1 << 20)).max(1);
    let mut keys: Vec<u64> =
        sample.iter().map(|u| Record::of(&u.cells[serial], b"", 0, u.place).key).collect();
    keys.sort_unstable();
    let bound = |n: usize| match keys.get(keys.len() * n / rounds) {
        Some(key) if n > 0 => *key,
        _ => 0,
    };
    let prefix = of.space.affix().0.len();
    let mut counted = Counted::default();
    let mut overlap: Vec<Record> = Vec::new();
    for round in 0..rounds {
        let (from, to) = (bound(round), (round + 1 < rounds).then(|| bound(round + 1)));
        let see = |records: &mut Vec<Record>, block: &Block| {
            for unit in 0..block.len() {
                let record = Record::of(
                    block.cell(unit, serial),
                    block.cell(unit, of.column),
                    prefix,
                    block.place(unit),
                );
                if record.key >= from && to.is_none_or(|to| record.key < to) {
                    records.push(record);
                }
            }
        };
        let mut records = std::mem::take(&mut overlap);
        let repeated = records.len();
        records.extend(over_blocks(table, asked, Step::Serial, 1, Vec::new, see)?.into_iter().flatten());
        records[repeated..].sort_unstable();
        counted.join(&runs(&records, repeated));
        overlap = records[records.len().saturating_sub(OVERLAP)..].to_vec();
        zeroize::Zeroize::zeroize(&mut records[..]);
    }
    zeroize::Zeroize::zeroize(&mut overlap[..]);
    Ok(counted)
}

/// Shows one block in so many, read again, to one of the threads' states.
fn over_blocks<T: Send>(
    table: &Table<'_>,
    asked: &Asked<'_>,
    step: Step,
    every: u32,
    make: impl Fn() -> T + Sync,
    see: impl Fn(&mut T, &Block) + Sync,
) -> Result<Vec<T>, Problem> {
    let next = AtomicU32::new(0);
    let blocks = table.blocks();
    let work = || -> Result<T, Problem> {
        let mut state = make();
        let mut block = Block::default();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed).saturating_mul(every);
            if number >= blocks {
                return Ok(state);
            }
            table.again(number, &mut block)?;
            see(&mut state, &block);
            (asked.progress)(step, u64::from(number) + 1, u64::from(blocks));
        }
    };
    on_threads(asked.threads, &work)
}

/// Runs the work on so many threads; the first problem is the answer.
fn on_threads<T: Send>(
    threads: usize,
    work: &(impl Fn() -> Result<T, Problem> + Sync),
) -> Result<Vec<T>, Problem> {
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mine = work();
        let mut all = Vec::with_capacity(threads);
        let mut problem = None;
        for result in others.into_iter().map(|t| t.join().unwrap_or(Err(Problem::Thread))).chain([mine]) {
            match result {
                Ok(state) => all.push(state),
                Err(first) => problem = problem.or(Some(first)),
            }
        }
        problem.map_or(Ok(all), Err)
    })
}
