//! Power cuts, SIGKILL and errors of the disk, on SQLite. A driver (a process of its own) works behind a shim that writes
//! down every change it makes to its disk, and that kills it at one of them or lets it fail (`shim.c`). From what was
//! written down follow the states that a power cut may leave (`disk`); each is laid out in a folder and judged (`judge`).
//!
//! A quick form runs with the other tests; `ASSAY_LONG=1` goes through every change of longer runs, and says how many it
//! tried. `ASSAY_FAULTS_SEED=N` makes other choices than those of seed 1. A failure names its seed and its point.

mod backups;
mod disk;
mod driver;
mod full;
mod judge;
mod shim;
mod trace;

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use self::disk::{Disk, Survives, lay_out};
use self::driver::Kind;
use self::judge::{Known, judge};
use self::shim::{Driven, Fault, How, drive, scratch, shim};
use self::trace::Op;
use crate::testing::chance::{Chance, is_long, seed, tell};

/// The driver, by its name among the tests.
const DRIVER: &str = "tests::faults::driven";

#[ignore = "the other tests here run it, behind the shim"]
#[tokio::test]
async fn driven() {
    if let Ok(plan) = std::env::var("ASSAY_FAULTS_PLAN") {
        driver::drives(&plan).await;
    }
    if let Some(disk) = std::env::var_os("ASSAY_FAULTS_DISK") {
        full::fills(Path::new(&disk)).await;
    }
    // A state that a failed test has left, once more.
    if let Ok(state) = std::env::var("ASSAY_FAULTS_STATE") {
        let kind = if state.ends_with("register") { Kind::Register } else { Kind::Opaque };
        judge(&Path::new(&state).join("data"), kind, &Known::default()).await.unwrap();
    }
}

/// A folder that a driver works below, and the trace of what it did there.
struct Ground {
    folder: TempDir,
    known: Known,
}

impl Ground {
    fn new() -> Self {
        let folder = scratch();
        std::fs::create_dir(folder.path().join("root")).unwrap();
        Self { folder, known: Known::default() }
    }

    fn root(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join("root")
    }

    fn data(&self) -> PathBuf {
        self.root().join("data")
    }

    fn trace(&self) -> PathBuf {
        self.folder.path().join("trace")
    }

    /// Runs the driver, and remembers what it told the world.
    fn drive(&mut self, plan: &str, fault: Option<Fault>, traced: bool) -> Driven {
        let trace = self.trace();
        let driven = drive(&self.root(), plan, fault, traced.then_some(&*trace));
        self.known.said(&driven.said);
        driven
    }

    fn traced(&self) -> Vec<Op> {
        trace::read(&self.trace())
    }
}

fn changes(ops: &[Op]) -> usize {
    ops.iter().filter(|op| !matches!(op, Op::Said(_))).count()
}

/// Power cuts along a trace.
struct Cuts {
    kind: Kind,
    /// How many random states are tried at each point, beside nothing and everything.
    samples: usize,
    /// States are tried at one point in this many, from this one on.
    every: usize,
    from: usize,
    seed: u64,
    /// States that were judged already, by what they hold and what is known of them.
    judged: BTreeSet<u64>,
    /// Points, and states that were judged.
    points: usize,
    states: usize,
    /// Where states are laid out.
    place: TempDir,
}

impl Cuts {
    fn new(kind: Kind, samples: usize, every: usize) -> Self {
        let (seed, judged, place) = (seed(), BTreeSet::new(), scratch());
        Self { kind, samples, every, from: 0, seed, judged, points: 0, states: 0, place }
    }

    /// Goes along a trace that began on `disk`, knowing what is known before it.
    async fn along(&mut self, mut disk: Disk, root: &Path, ops: &[Op], mut known: Known) {
        let checkpoint = root.join("data/public/log/checkpoint").display().to_string();
        for (nth, op) in ops.iter().enumerate() {
            disk.apply(op);
            match op {
                Op::Said(text) => known.said(text),
                Op::Rename { to, .. } if *to == checkpoint => {
                    let public = root.join("data/public/log");
                    known.look_at(&disk, &public).unwrap_or_else(|why| panic!("after change {nth}: {why}"));
                }
                Op::Open { emptied: false, .. } | Op::Sync { .. } => continue,
                _ => {}
            }
            // What was just acknowledged is what a power cut could take back.
            let told = matches!(op, Op::Said(text) if text.contains("ack "));
            if nth >= self.from && (told || nth % self.every == 0 || nth + 1 == ops.len()) {
                self.points += 1;
                self.at(&disk, nth, &known).await;
            }
        }
    }

    async fn at(&mut self, disk: &Disk, nth: usize, known: &Known) {
        let random = (0..self.samples as u64).map(|n| {
            let seed = self.seed.wrapping_mul(1 << 40).wrapping_add((nth as u64) << 8).wrapping_add(n);
            Survives::Some(Chance::new(seed))
        });
        let all: Vec<_> = [Survives::Nothing, Survives::Everything].into_iter().chain(random).collect();
        for survives in all {
            let state = disk.state(survives.clone());
            let mut hasher = DefaultHasher::new();
            (&state, known.acknowledged.len(), known.shown.len()).hash(&mut hasher);
            if !self.judged.insert(hasher.finish()) {
                continue;
            }
            self.states += 1;
            let root = self.place.path().join("state");
            lay_out(&state, &root);
            if let Err(why) = judge(&root.join("data"), self.kind, known).await {
                let kept = self.keep(&state);
                panic!("a power cut after change {nth}, {survives:?}: {why}\n(the state lies in {kept:?})");
            }
        }
    }

    /// Leaves a state for whoever must look at it.
    fn keep(&self, state: &disk::State) -> PathBuf {
        let kept =
            std::env::temp_dir().join(format!("assay-faults-{}-{}", std::process::id(), self.kind.word()));
        lay_out(state, &kept);
        kept
    }
}

/// Runs a plan, holds the model against the real folder, and cuts the power along it.
async fn power_cuts(kind: Kind, plan: &str, samples: usize, every: usize) {
    if shim().is_none() {
        return;
    }
    let (begun, mut ground) = (Instant::now(), Ground::new());
    let (root, empty) = (ground.root(), Disk::of(&ground.root()));
    assert!(ground.drive(plan, None, true).ended);
    let ops = ground.traced();
    let mut replayed = empty.clone();
    ops.iter().for_each(|op| replayed.apply(op));
    assert_eq!(
        replayed.state(Survives::Everything),
        Disk::of(&root).state(Survives::Nothing),
        "the shim saw every change"
    );
    assert!(replayed.state(Survives::Nothing).contains_key(Path::new("data/assay.db")));
    assert_eq!(ground.known.acknowledged.len(), numbers(plan), "{plan}");
    let mut cuts = Cuts::new(kind, samples, every);
    cuts.along(empty, &root, &ops, Known::default()).await;
    let (points, states, took) = (cuts.points, cuts.states, begun.elapsed().as_secs_f64());
    assert!(states > 20, "{states}");
    let (word, changes) = (kind.word(), changes(&ops));
    tell(&format!("power cuts, {word}: {changes} changes, {points} points, {states} states, {took:.1} s"));
}

/// How many statements a plan submits, if each of its lives goes on where the last one ended.
fn numbers(plan: &str) -> usize {
    plan.rsplit(',').next().and_then(|life| life.split(' ').nth(2)).unwrap().parse().unwrap()
}

#[tokio::test]
async fn whatever_a_power_cut_leaves_of_a_register_is_gone_on_with() {
    let (plan, samples, every) = match is_long() {
        false => ("register 0 4 close,register 4 6 leave", 1, 3),
        true => ("register 0 12 close,register 12 18 close,register 18 24 leave", 12, 1),
    };
    power_cuts(Kind::Register, plan, samples, every).await;
}

#[tokio::test]
async fn whatever_a_power_cut_leaves_of_the_engine_is_gone_on_with() {
    let (plan, samples, every) = match is_long() {
        false => ("opaque 0 200 close,opaque 200 300 leave", 1, 3),
        // At first so many that the file system is synced as a whole.
        true => ("opaque 0 2200 close,opaque 2200 2400 close,opaque 2400 2600 leave", 6, 1),
    };
    power_cuts(Kind::Opaque, plan, samples, every).await;
}

/// Lives that are killed at random changes, one after the other, then judged; and the power is cut where the last one died.
#[tokio::test]
async fn a_register_that_is_killed_again_and_again_loses_nothing() {
    if shim().is_none() {
        return;
    }
    let (rounds, begun) = (if is_long() { 1_000 } else { 6 }, Instant::now());
    let (mut kills, mut states) = (0, 0);
    for round in 0..rounds {
        let mut chance = Chance::new(seed() * 1_000_000 + round);
        let (kind, step) = if round % 2 == 0 { (Kind::Register, 3) } else { (Kind::Opaque, 200) };
        let whole = length(kind, step);
        let mut ground = Ground::new();
        let (root, empty) = (ground.root(), Disk::of(&ground.root()));
        for life in 0..=chance.below(4) {
            let how = if chance.once_in(3) { How::Tear } else { How::Kill };
            // Some die in their start, which is the recovery from the last death.
            let at = 1 + if chance.once_in(3) { chance.below(12) } else { chance.below(whole) };
            let fault = Fault { at, how, lasts: 0 };
            let from = if kind == Kind::Register || chance.once_in(2) { 0 } else { life * step };
            let plan = format!("{} {from} {} close", kind.word(), (life + 1) * step);
            kills += usize::from(!ground.drive(&plan, Some(fault), true).ended);
        }
        let ops = ground.traced();
        let mut disk = empty;
        let public = root.join("data/public/log");
        let mut known = Known::default();
        for op in &ops {
            disk.apply(op);
            if matches!(op, Op::Rename { .. }) {
                known.look_at(&disk, &public).unwrap_or_else(|why| panic!("round {round}: {why}"));
            }
        }
        ground.known.shown = known.shown;
        // The disk's cache outlives a process; a power cut now takes what no life has synced.
        let mut cuts = Cuts::new(kind, 6, 1);
        cuts.seed = chance.next();
        cuts.at(&disk, ops.len(), &ground.known).await;
        states += cuts.states;
        let judged = judge(&ground.data(), kind, &ground.known).await;
        judged.unwrap_or_else(|why| panic!("seed {}, round {round}: {why}", seed()));
    }
    assert!(kills > 0);
    let took = begun.elapsed().as_secs_f64();
    tell(&format!(
        "kills: {kills} processes in {rounds} rounds, {states} power cuts after them, {took:.1} s"
    ));
}

/// How many changes a log makes that begins and takes some statements, more or less: its threads may meet otherwise the next
/// time.
fn length(kind: Kind, count: usize) -> usize {
    static LENGTHS: [OnceLock<usize>; 2] = [OnceLock::new(), OnceLock::new()];
    *LENGTHS[kind as usize].get_or_init(|| {
        let mut ground = Ground::new();
        let mut disk = Disk::of(&ground.root());
        ground.drive(&format!("{} 0 {count} close", kind.word()), None, true);
        let mut length = 0;
        for op in &ground.traced() {
            length += usize::from(disk.is_counted(op));
            disk.apply(op);
        }
        length
    })
}

/// Each sync of a public folder fails once, and the power goes some time after it. (Long: each sync of anything.)
#[tokio::test]
async fn a_sync_that_failed_is_not_forgotten() {
    if shim().is_none() {
        return;
    }
    let (begun, plan) = (Instant::now(), "register 0 1 leave");
    let mut ground = Ground::new();
    let root = ground.root();
    ground.drive(plan, None, true);
    let ops = ground.traced();
    let public = root.join("data/public").display().to_string();
    let mut paths = BTreeMap::new();
    for op in &ops {
        if let Op::Open { file, path, .. } = op {
            paths.insert(*file, path.clone());
        }
    }
    let is_public = |file: &u32| paths[file].starts_with(&public) && Path::new(&paths[file]).is_dir();
    let syncs: Vec<_> = (1..)
        .zip(ops.iter().filter(|op| matches!(op, Op::Sync { .. } | Op::SyncAll)))
        .filter(|(_, op)| is_long() || matches!(op, Op::Sync { file } if is_public(file)))
        .map(|(at, _)| at)
        .collect();
    assert!(syncs.len() > 5, "{syncs:?}");
    let mut states = 0;
    for at in &syncs {
        let mut ground = Ground::new();
        let (root, empty) = (ground.root(), Disk::of(&ground.root()));
        ground.drive(plan, Some(Fault { at: *at, how: How::Sync, lasts: 1 }), true);
        let ops = ground.traced();
        let mut cuts = Cuts::new(Kind::Register, if is_long() { 6 } else { 1 }, 1);
        cuts.from = ops.iter().position(|op| matches!(op, Op::SyncFailed { .. })).expect("a sync failed");
        cuts.along(empty, &root, &ops, Known::default()).await;
        states += cuts.states;
    }
    let took = begun.elapsed().as_secs_f64();
    tell(&format!("syncs: {} that failed, {states} power cuts after them, {took:.1} s", syncs.len()));
}

/// Errors of the disk, at one change, for some, or from one on for ever; in some rounds the power is cut afterwards.
#[tokio::test]
async fn a_disk_that_fails_or_is_full_costs_nobody_a_statement() {
    if shim().is_none() {
        return;
    }
    let begun = Instant::now();
    let (mut injected, mut survived, mut states) = (0, 0, 0);
    for kind in [Kind::Register, Kind::Opaque] {
        let count = if kind == Kind::Register { 5 } else { 300 };
        let whole = length(kind, count);
        let rounds = if is_long() { 2 * whole } else { 5 };
        for round in 0..rounds {
            let mut chance = Chance::new(seed() * 1_000_000 + 500_000 + round as u64);
            let at = if is_long() { 1 + round % whole } else { 1 + chance.below(whole) };
            let how = if chance.once_in(3) { How::Full } else { How::Error };
            let lasts = match is_long() {
                false => [1, 1, 2, 3][chance.below(4)],
                true => [1, 1, 1 + chance.below(6), 0][chance.below(4)],
            };
            let fault = Fault { at, how, lasts };
            let mut ground = Ground::new();
            let (root, empty) = (ground.root(), Disk::of(&ground.root()));
            let plan = format!("{} 0 {count} {}", kind.word(), ["close", "leave"][chance.below(2)]);
            let driven = ground.drive(&plan, Some(fault), true);
            injected += 1;
            survived += usize::from(!driven.said.contains("stopped:"));
            let named = |why: String| format!("seed {}, {plan}, round {round}, {fault:?}: {why}", seed());
            let judged = judge_copy(&ground, kind).await;
            judged.unwrap_or_else(|why| panic!("{}", named(why)));
            if chance.once_in(4) {
                let mut cuts = Cuts::new(kind, 1, if is_long() { 3 } else { 9 });
                cuts.seed = chance.next();
                cuts.along(empty, &root, &ground.traced(), Known::default()).await;
                states += cuts.states;
            }
        }
    }
    let took = begun.elapsed().as_secs_f64();
    tell(&format!(
        "errors: {injected} runs with an error of the disk, {survived} of which went on by themselves, {states} power cuts \
         after errors, {took:.1} s"
    ));
}

/// A disk dies, or has no room any more, at some change and for ever: the operator is told soon, by a sentence that names the
/// file and the cause.
#[test]
fn a_disk_that_is_lost_is_said_within_seconds() {
    if shim().is_none() {
        return;
    }
    let (whole, begun, mut longest) = (length(Kind::Register, 4), Instant::now(), Duration::ZERO);
    let (mut of_database, rounds) = (0, if is_long() { 2 * whole } else { 12 });
    for round in 0..rounds {
        let how = if round % 2 == 0 { How::Error } else { How::Full };
        let mut ground = Ground::new();
        let fault = Fault { at: 1 + round * whole / rounds, how, lasts: 0 };
        let started = Instant::now();
        let driven = ground.drive("register 0 4 leave", Some(fault), false);
        let took = started.elapsed();
        assert!(took < Duration::from_secs(5), "{fault:?}: {took:?}, {}", driven.said);
        longest = longest.max(took);
        let why = driven.said.lines().find_map(|line| line.strip_prefix("stopped: "));
        let Some(why) = why else {
            assert_eq!(
                ground.known.acknowledged.len(),
                4,
                "lost after all was done: {fault:?}: {}",
                driven.said
            );
            continue;
        };
        let data = ground.data().display().to_string();
        assert!(why.contains(&data), "{fault:?}: {why}");
        assert!(!why.contains("timed out"), "{fault:?}: {why}");
        if why.contains("assay.db") {
            of_database += 1;
            let cause = if how == How::Error { "gives errors" } else { "full: make room" };
            // Of a file that cannot even be made, SQLite does not say more.
            assert!(why.contains(cause) || why.contains("cannot be opened"), "{fault:?}: {why}");
        }
    }
    assert!(of_database > 0);
    let took = begun.elapsed().as_secs_f64();
    tell(&format!(
        "lost disks: {rounds}, of the database {of_database}, said after {longest:?} at most, {took:.1} s"
    ));
}

async fn judge_copy(ground: &Ground, kind: Kind) -> Result<(), String> {
    let place = scratch();
    lay_out(&Disk::of(&ground.root()).state(Survives::Nothing), &place.path().join("state"));
    judge(&place.path().join("state/data"), kind, &ground.known).await
}

/// A recovery behind the shim: the power goes, the start is traced, and goes again within it.
#[tokio::test]
async fn a_recovery_that_is_cut_off_is_gone_on_with() {
    if shim().is_none() {
        return;
    }
    let (rounds, begun, mut states) = (if is_long() { 24 } else { 3 }, Instant::now(), 0);
    for round in 0..rounds {
        let mut chance = Chance::new(seed() * 1_000_000 + 700_000 + round);
        let (kind, count) = if round % 2 == 0 { (Kind::Register, 5) } else { (Kind::Opaque, 300) };
        let mut first = Ground::new();
        let mut disk = Disk::of(&first.root());
        let (root, public) = (first.root(), first.root().join("data/public/log"));
        first.drive(&format!("{} 0 {count} leave", kind.word()), None, true);
        let ops = first.traced();
        let mut known = Known::default();
        for op in &ops[..chance.below(ops.len())] {
            disk.apply(op);
            match op {
                Op::Said(text) => known.said(text),
                Op::Rename { .. } => known.look_at(&disk, &public).unwrap(),
                _ => {}
            }
        }
        std::fs::remove_file(first.trace()).unwrap();
        lay_out(&disk.state(Survives::Some(chance.clone())), &root);
        let cut_off = Disk::of(&root);
        first.drive(&format!("{} 0 {} close", kind.word(), count / 2), None, true);
        let mut cuts = Cuts::new(kind, 1, if is_long() { 1 } else { 6 });
        cuts.seed = chance.next();
        cuts.along(cut_off, &root, &first.traced(), known).await;
        states += cuts.states;
    }
    tell(&format!("recoveries: {rounds} cut off, {states} states, {:.1} s", begun.elapsed().as_secs_f64()));
}
