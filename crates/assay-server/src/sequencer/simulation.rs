//! Three nodes on one database, in one thread, in an order that a seed decides: submissions, ticks, publications, crashes at
//! every point between node and database, restarts, clocks that jump or stand still, errors before and after a commit, and
//! commits that land when nobody waits for them any more. The nodes are the real sequencer, publisher, recovery and store,
//! and the database is a real one; only who goes on next is not left to chance. The same seed gives the same history.
//!
//! `ASSAY_LONG=1` tells some ten thousand histories; `ASSAY_FAULTS_SEED=N` tells others, and the one that a failure names
//! is `ASSAY_HISTORY=N`.

mod heal;
mod node;
mod storage;
mod truth;

use std::future::poll_fn;
use std::task::Poll;
use std::time::Instant;

use tempfile::TempDir;
use tokio::sync::oneshot;

use self::node::{Asked, Done, Life, Node};
use self::storage::{Mishaps, Storage};
use self::truth::Truth;
use super::{Handed, Ready, Step};
use crate::book::Submission;
use crate::store::testing::Point;
use crate::store::{self, Address, Head, Log, StoreError};
use crate::testing::chance::{Chance, is_long, seed, tell};
use crate::testing::{On, database};

const NODES: usize = 3;

/// What happened in some histories.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Counts {
    histories: usize,
    steps: usize,
    commits: usize,
    crashes: usize,
    failovers: usize,
    /// Errors before something was written, and after.
    errors: usize,
    ambiguous: usize,
    /// Writes that came to the database when nobody waited for them, and how many of them it took.
    late: usize,
    late_taken: usize,
    acknowledged: usize,
    /// Histories with an object storage, and what was done to requests there.
    stored: usize,
    requests: Mishaps,
}

/// Everything that takes part in a history.
struct World {
    chance: Chance,
    /// The database as it is, with nothing in between.
    log: Log,
    nodes: Vec<Node>,
    /// Milliseconds.
    time: u64,
    /// Where the public files lie, if not in a folder of each node.
    storage: Option<Storage>,
    /// What was sent to the database and given up by its node.
    late: Vec<(usize, Point)>,
    truth: Truth,
    /// Head and lease as they are, until something writes to the database.
    seen: Option<(Head, (String, u64))>,
    counts: Counts,
    /// What happened, to be compared with another telling.
    story: Vec<String>,
    _place: TempDir,
}

impl World {
    async fn new() -> Self {
        let memory = std::path::Path::new("/dev/shm");
        let builder = tempfile::Builder::new();
        let place = if memory.is_dir() { builder.tempdir_in(memory) } else { builder.tempdir() }.unwrap();
        let at = match database(place.path()) {
            None => Address::Sqlite(place.path().join("shared.db")),
            Some(url) => Address::parse(&url).unwrap(),
        };
        let mut nodes = Vec::new();
        let (log, views) = store::open(at.clone(), true).await.unwrap();
        views.close().await;
        for name in 0..NODES {
            let (log, views) = store::open(at.clone(), false).await.unwrap();
            views.close().await;
            nodes.push(Node::new(name, log, &place.path().join(format!("node-{name}"))));
        }
        let (chance, truth) = (Chance::new(0), Truth::default());
        Self {
            chance,
            log,
            nodes,
            time: 0,
            storage: None,
            late: Vec::new(),
            truth,
            seen: None,
            counts: Counts::default(),
            story: Vec::new(),
            _place: place,
        }
    }

    /// An empty database and nodes that were never started.
    async fn begin(&mut self, seed: u64) {
        self.chance = Chance::new(seed);
        self.log.disturb("DELETE FROM entries; DELETE FROM head; DELETE FROM lease").await;
        self.log.begin(&node::first_head()).await.unwrap();
        self.storage = self.chance.once_in(2).then(|| Storage::new(seed));
        let storage = self.storage.as_ref();
        self.nodes.iter_mut().for_each(|node| node.forget(storage));
        (self.time, self.truth) = (0, Truth::of(seed));
        self.late.clear();
        self.seen = None;
        self.story.clear();
    }

    /// Tells one history.
    async fn tell(&mut self, seed: u64) {
        self.begin(seed).await;
        let steps = 40 + self.chance.below(160);
        for _ in 0..steps {
            self.time += self.chance.below(600) as u64;
            if self.chance.once_in(25) {
                let node = self.chance.below(NODES);
                self.nodes[node].disturb_clock(&mut self.chance);
            }
            let time = self.time;
            self.nodes.iter_mut().for_each(|node| node.set_clock(time));
            if self.chance.once_in(50) {
                // As a holder whose clock was far ahead would leave it.
                self.log.disturb("UPDATE lease SET expires = expires + 1000000000").await;
            }
            if !self.late.is_empty() && self.chance.once_in(6) {
                self.land_late().await;
                continue;
            }
            if let Some(storage) = &self.storage
                && self.chance.once_in(6)
                && storage.land_late().await
            {
                self.look(0).await;
                continue;
            }
            let node = self.chance.below(NODES);
            self.act(node).await;
            if self.chance.once_in(3) {
                self.publish(node).await;
            }
        }
        self.heal().await;
        self.counts.histories += 1;
        self.counts.steps += steps;
        self.counts.acknowledged += self.truth.acknowledged.len();
        if let Some(storage) = &self.storage {
            self.counts.stored += 1;
            self.counts.requests.add(storage.mishaps());
        }
    }

    fn say(&mut self, node: usize, what: String) {
        self.story.push(format!("{} {node} {what}", self.time));
    }

    /// One node does something.
    async fn act(&mut self, at: usize) {
        match self.nodes[at].life {
            Life::Down => {
                if self.chance.once_in(3) {
                    self.start(at).await;
                }
            }
            Life::Busy(_) => self.pass(at).await,
            Life::Idle(_) => match self.chance.below(30) {
                0 => self.crash(at),
                1 if self.chance.once_in(2) => self.work(at, "ends", Node::end).await,
                2..14 => self.work(at, "tends", Node::tend).await,
                14 => self.nodes[at].spoil_files(&mut self.chance),
                _ => self.submit(at).await,
            },
        }
    }

    async fn start(&mut self, at: usize) {
        self.say(at, "starts".into());
        self.nodes[at].start();
        self.advance(at, "starts").await;
    }

    async fn work(&mut self, at: usize, what: &str, begin: impl FnOnce(&mut Node)) {
        begin(&mut self.nodes[at]);
        self.advance(at, what).await;
    }

    /// Some submissions, new ones and such as were handed in before, at any node.
    async fn submit(&mut self, at: usize) {
        let mut batch = Vec::new();
        for _ in 0..1 + self.chance.below(3) {
            let mut numbers = Vec::new();
            for _ in 0..1 + self.chance.below(4) {
                numbers.push(self.truth.number(&mut self.chance));
            }
            let ready = if self.chance.once_in(2) { Ready::Durable } else { Ready::Published };
            batch.push(self.nodes[at].ask(numbers, ready));
        }
        if self.chance.once_in(15) {
            let step = [Step::Signed, Step::Committed, Step::Published][self.chance.below(3)];
            self.nodes[at].gate().pull_at = Some(step);
        }
        self.work(at, "sequences", |node| node.sequence(batch)).await;
    }

    /// A node that stands between itself and its database goes on, learns of an error, stays where it is, or dies.
    async fn pass(&mut self, at: usize) {
        while let Life::Busy(_) = self.nodes[at].life {
            if !self.pass_one(at).await || self.chance.once_in(4) {
                break;
            }
        }
    }

    /// Whether it got through.
    async fn pass_one(&mut self, at: usize) -> bool {
        let point = self.nodes[at].gate().at.clone().expect("it stands at a point");
        let writes = point.writes();
        let answer = match self.chance.below(40) {
            0 => {
                self.crash(at);
                return false;
            }
            1..4 => return false,
            4..8 if writes => {
                self.counts.errors += 1;
                // It may be on its way all the same.
                if self.chance.once_in(2) {
                    self.late.push((at, point.clone()));
                }
                Err(self.error())
            }
            4 if matches!(point, Point::Reads | Point::Fetches) => {
                self.counts.errors += 1;
                Err(self.error())
            }
            4..8 if point == Point::Answered => {
                self.counts.ambiguous += 1;
                Err(self.error())
            }
            _ => Ok(()),
        };
        let through = answer.is_ok();
        self.nodes[at].gate().answer = Some(answer);
        self.advance(at, "goes on").await;
        through
    }

    fn error(&mut self) -> StoreError {
        StoreError::of_an_accident(self.chance.below(4))
    }

    /// Lets a node work until it is done or comes to the next point.
    async fn advance(&mut self, at: usize, what: &str) {
        let node = &mut self.nodes[at];
        let Life::Busy(mut work) = std::mem::replace(&mut node.life, Life::Down) else { return };
        let gate = node.gate.clone();
        node.gate().sequences = true;
        self.seen = self.seen.take().filter(|_| !node.gate().at.as_ref().is_some_and(Point::writes));
        let done = poll_fn(|context| match work.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending if gate.lock().unwrap().at.is_some() => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        })
        .await;
        self.nodes[at].gate().sequences = false;
        let pulled = std::mem::take(&mut self.nodes[at].gate().pulled);
        let came = match done {
            _ if self.nodes[at].is_dead() => {
                self.crash(at);
                "dead at its storage".into()
            }
            None => {
                self.nodes[at].life = Life::Busy(work);
                format!("{:?}", self.nodes[at].gate().at)
            }
            Some(Done::Opened(Ok(open))) => {
                let (sequencer, publisher) = *open;
                self.nodes[at].life = Life::Idle(Box::new(sequencer));
                self.nodes[at].publisher = Some(publisher);
                "open".into()
            }
            // The database was away, or the files could not be written: somebody starts it again.
            Some(Done::Opened(Err(None))) => {
                self.crash(at);
                "not open".into()
            }
            Some(Done::Opened(Err(Some(why)))) => panic!("{}: node {at} does not start: {why}", self.place()),
            Some(Done::Lives(sequencer, Ok(()))) => {
                self.nodes[at].life = Life::Idle(sequencer);
                "idle".into()
            }
            Some(Done::Lives(_, Err(_))) => {
                assert!(pulled, "{}: node {at} gave up", self.place());
                self.crash(at);
                "unplugged".into()
            }
            Some(Done::Ended) => {
                self.publish(at).await;
                self.nodes[at].stop();
                "ended".into()
            }
        };
        self.say(at, format!("{what}: {came}"));
        self.look(at).await;
    }

    fn place(&self) -> String {
        format!("history {} after {} steps ({} ms)", self.truth.seed, self.story.len(), self.time)
    }

    fn crash(&mut self, at: usize) {
        self.say(at, "dies".into());
        self.counts.crashes += 1;
        self.nodes[at].stop();
    }

    /// The publisher of a node works off what it was handed.
    async fn publish(&mut self, at: usize) {
        let node = &mut self.nodes[at];
        let Some((publisher, jobs)) = &mut node.publisher else { return };
        while let Ok(job) = jobs.try_recv() {
            publisher.add(job);
        }
        let ended = publisher.publish(false).await.is_err();
        if node.is_dead() {
            self.crash(at);
        }
        let node = &mut self.nodes[at];
        let pulled = std::mem::take(&mut node.gate().pulled);
        if ended {
            assert!(pulled, "{}: the publisher of node {at} gave up", self.place());
            self.crash(at);
        }
        self.say(at, "published".into());
        self.look(at).await;
    }

    /// Something that was given up arrives.
    async fn land_late(&mut self) {
        let nth = self.chance.below(self.late.len());
        let (at, point) = self.late.swap_remove(nth);
        self.counts.late += 1;
        let epoch = self.log.lease_row().await.map_or(0, |(_, epoch)| epoch);
        let taken = match &point {
            Point::Appends { old_size, epoch: under, rows, head } => {
                let landed = self.log.append(*old_size, *under, rows, head).await.is_ok();
                assert!(!landed || *under == epoch, "{}: a commit that was voided landed", self.place());
                landed
            }
            Point::Takes { owner, over, expires } => {
                self.log.take_lease(owner, *over, *expires).await.unwrap().is_ok()
            }
            Point::Renews { owner, epoch, expires } => {
                self.log.renew_lease(owner, *epoch, *expires).await.unwrap()
            }
            _ => false,
        };
        self.counts.late_taken += usize::from(taken);
        self.seen = None;
        self.say(at, format!("late, {taken}: {point:?}"));
        self.look(at).await;
    }

    /// Whether what can be seen now is in order. Whatever was just done, `by` did it.
    async fn look(&mut self, by: usize) {
        let place = self.place();
        let (head, (owner, epoch)) = match &self.seen {
            Some(seen) => seen.clone(),
            None => {
                let head = self.log.head().await.unwrap().unwrap();
                (head, self.log.lease_row().await.unwrap_or_default())
            }
        };
        self.seen = Some((head.clone(), (owner.clone(), epoch)));
        if head.size > self.truth.size {
            self.counts.commits += 1;
            assert_eq!(owner, self.nodes[by].name, "{place}: somebody without the lease has committed");
            self.counts.failovers += usize::from(self.truth.committed_by(by));
        }
        self.truth.saw(head.size, head.root, &place);
        assert!(head.size >= self.truth.size, "{place}: the log went back");
        self.truth.size = head.size;
        if let Some(storage) = &self.storage {
            let shown = self.nodes[by].shown().await.map_or(0, |(size, _)| size);
            assert!(shown >= self.truth.public, "{place}: the public checkpoint went back");
            if shown > self.truth.public {
                let missing = storage.missing(shown).await;
                assert_eq!(missing, None, "{place}: the public checkpoint covers what is not there");
            }
            self.truth.public = shown;
        }
        for at in 0..NODES {
            let node = &mut self.nodes[at];
            if let Some(why) = node.gate().wrong.take() {
                panic!("{place}: node {at} {why}");
            }
            let knows = node.leads_under(epoch);
            assert!(
                knows.is_none_or(|size| size == head.size),
                "{place}: node {at} leads and knows {knows:?}"
            );
            let shown = node.shown().await;
            if let Some((size, root)) = shown {
                assert!(size <= head.size, "{place}: node {at} shows {size} entries of {}", head.size);
                self.truth.saw(size, root, &place);
            }
            for (asked, indexes) in node.answered() {
                for (number, index) in asked.numbers.into_iter().zip(indexes) {
                    assert!(index < head.size, "{place}: {number} was acknowledged and is not committed");
                    let public = asked.ready == Ready::Durable || shown.is_some_and(|(size, _)| index < size);
                    assert!(public, "{place}: {number} was acknowledged and is not public");
                    self.truth.acknowledges(number, index, &place);
                }
            }
        }
    }
}

async fn histories(seeds: std::ops::Range<u64>) -> Counts {
    let mut world = World::new().await;
    for seed in seeds {
        world.tell_named(seed).await;
    }
    world.counts.clone()
}

impl World {
    /// Tells a history, and names it should it fail.
    async fn tell_named(&mut self, seed: u64) {
        let named = Named(seed);
        self.tell(seed).await;
        drop(named);
    }
}

/// What came before a failure is what explains it.
impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let last = self.story.len().saturating_sub(40);
            tell(&self.story[last..].join("\n"));
        }
    }
}

/// Says which history was told when a panic ends it.
struct Named(u64);

impl Drop for Named {
    fn drop(&mut self) {
        if std::thread::panicking() {
            tell(&format!(
                "this history again: ASSAY_HISTORY={} cargo nextest run -p assay-server simulation",
                self.0
            ));
        }
    }
}

fn told(counts: &Counts, begun: Instant) {
    tell(&format!("{counts:?}, {:.1} s", begun.elapsed().as_secs_f64()));
}

#[tokio::test]
async fn no_order_of_crashes_forks_the_log_or_loses_what_was_acknowledged() {
    let begun = Instant::now();
    let one = std::env::var("ASSAY_HISTORY").ok().and_then(|seed| seed.parse::<u64>().ok());
    let first = seed() * 1_000_000;
    let seeds = match one {
        Some(seed) => seed..seed + 1,
        None => first..first + if is_long() { 20_000 } else { 100 },
    };
    let counts = histories(seeds).await;
    told(&counts, begun);
    assert!(one.is_some() || counts.crashes > counts.histories && counts.failovers > counts.histories / 4);
    let Mishaps { before, after, late_taken, deaths, .. } = counts.requests;
    assert!(one.is_some() || [before, after, late_taken, deaths].iter().all(|count| *count > 0));
    assert!(one.is_some() || counts.late_taken > 0 && counts.ambiguous > 0 && counts.errors > 0);
}

#[tokio::test]
async fn the_same_holds_on_postgresql() {
    let story = async {
        let begun = Instant::now();
        let first = seed() * 1_000_000;
        let counts = histories(first..first + if is_long() { 500 } else { 10 }).await;
        told(&counts, begun);
        assert!(counts.commits > 0);
    };
    On::Postgres.tell(story).await;
}

#[tokio::test]
async fn the_same_seed_gives_the_same_history() {
    let (mut one, mut other) = (World::new().await, World::new().await);
    for seed in [7, 8, 7] {
        one.tell_named(seed).await;
        other.tell_named(seed).await;
        assert!(one.story.len() > 40);
        assert_eq!(one.story, other.story);
    }
    let seven = one.story.clone();
    other.tell_named(9).await;
    assert_ne!(seven, other.story);
}

/// A receiver that is not asked any more has its answer dropped: that is the asker's own choice.
fn ask(numbers: Vec<u64>, ready: Ready) -> (Handed<crate::bench::Opaque>, Asked) {
    let submissions = numbers.iter().map(|n| Submission::new(truth::bytes(*n), ())).collect();
    let (to, answer) = oneshot::channel();
    (Handed { submissions, ready, to }, Asked { numbers, ready, answer })
}
