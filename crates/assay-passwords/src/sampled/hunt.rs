//! The hunt for digests. Sixteen units at a time, in jobs that any thread can take: what everybody does on as many units as
//! the time allows, what few do (rare digests, digests of digests, turned, under a key that is no secret, of a password with
//! a mark put before or behind) on fewer.

use std::collections::{BTreeMap, BTreeSet};

use super::alphabets::Alphabets;
use super::cores::{Cores, Cut};
use super::digest::{Algorithm, Digest, Lanes, Link, Plain, Turn, digest_of_message};
use super::encode::{Encoding, Target};
use super::forms::{Message, Parts, Recipe, Sort, recipes};
use super::near::Near;
use super::{Rule, Scheme, Search, unknown};
use crate::lanes::{Engine, LANES};
use crate::rows::Column;
use crate::structure::chance::{Confidence, ln_tail};

/// A way to make the password from a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    recipe: usize,
    algorithm: Algorithm,
    turn: Turn,
    cut: Cut,
}

/// A digest that was found: of what, which, and how it is written.
#[derive(Clone, Debug)]
pub(super) struct Found {
    recipe: Recipe,
    algorithm: Algorithm,
    turn: Turn,
    encoding: Encoding,
    alphabet: Vec<u8>,
}

impl Found {
    pub(super) fn holds<'a>(
        &self,
        columns: &[Column],
        cell: impl Fn(usize) -> &'a [u8],
        password: &[u8],
    ) -> bool {
        // Most passwords of a mixed batch show by a character that they were not written so.
        if !password.iter().all(|c| self.alphabet.contains(c)) {
            return false;
        }
        let mut message = Message::default();
        self.recipe.write_one(columns, cell, &mut message)
            && self.values(&message, password.len()).is_some_and(|values| {
                values.iter().zip(password).all(|(v, c)| self.alphabet.get(usize::from(*v)) == Some(c))
            })
    }

    fn values(&self, message: &Message, len: usize) -> Option<Vec<u8>> {
        let digest = self.turn.of(&digest_of_message(self.algorithm, message))?;
        self.encoding.values(&digest, len)
    }

    fn words(&self, columns: &[Column], cut: Cut) -> String {
        let (recipe, written) = (self.recipe.words(columns), self.encoding.words());
        let (cut, turn) = (cut.words(), self.turn.words());
        match self.algorithm {
            Algorithm::Itself => format!("{cut}is {recipe}{turn}, {written}"),
            algorithm => format!("{cut}is the {} of {recipe}{turn}, {written}", algorithm.words()),
        }
    }
}

/// Units of which a hypothesis holds, and the length of the shortest of their passwords.
#[derive(Clone, Copy)]
struct Hits {
    rows: u64,
    shortest: usize,
}

/// What some of the sample showed.
#[derive(Default)]
struct Seen {
    hits: BTreeMap<(Way, Encoding, u8), Hits>,
    /// With the job that learnt it: the first is kept, however many threads there are.
    learnt: BTreeMap<(Way, Encoding), (usize, Vec<u8>)>,
}

impl Seen {
    fn hit(&mut self, key: (Way, Encoding, u8), len: usize) {
        let hits = self.hits.entry(key).or_insert(Hits { rows: 0, shortest: usize::MAX });
        hits.rows += 1;
        hits.shortest = hits.shortest.min(len);
    }

    fn learn(&mut self, key: (Way, Encoding), learnt: (usize, Vec<u8>)) {
        let known = self.learnt.entry(key).or_insert_with(|| learnt.clone());
        if learnt < *known {
            *known = learnt;
        }
    }

    /// Takes in what other units showed.
    fn join(&mut self, other: Self) {
        for (key, theirs) in other.hits {
            let mine = self.hits.entry(key).or_insert(Hits { rows: 0, shortest: usize::MAX });
            mine.rows += theirs.rows;
            mine.shortest = mine.shortest.min(theirs.shortest);
        }
        other.learnt.into_iter().for_each(|(key, learnt)| self.learn(key, learnt));
    }
}

/// What a job does with its units.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    Common,
    Rare,
    /// Of what was digested together with something else, what only the deep look sees.
    Deep,
}

/// What all jobs share.
struct Hunt<'a> {
    search: &'a Search<'a>,
    recipes: Vec<Recipe>,
    rare: Vec<Algorithm>,
    alphabets: Alphabets,
    sizes: Vec<u8>,
    cuts: Vec<(Cut, Cores)>,
    engine: Engine,
}

/// A part of some passwords, turned back.
struct Wanted {
    cut: Cut,
    targets: Vec<Target>,
    near: Near,
}

impl Search<'_> {
    pub(super) fn digests(&self, most: usize, engine: Engine, threads: usize) -> Vec<Scheme> {
        // A password that a few guesses find is too weak to say where it comes from.
        if self.cores.texts.iter().all(|core| self.cores.one(core.len()) > WEAKEST) {
            return Vec::new();
        }
        let used = self.used();
        let cuts = Cut::ALL
            .into_iter()
            .map(|cut| (cut, Cores::of(self.cores.texts.iter().map(|core| cut.of(core)).collect())))
            .filter(|(_, cores)| cores.texts.iter().any(|text| !text.is_empty()))
            .collect();
        let hunt = Hunt {
            search: self,
            recipes: self.distinct(recipes(self.columns)),
            rare: Algorithm::rare(),
            alphabets: Alphabets::of(&used),
            sizes: Self::sizes(&used),
            cuts,
            engine,
        };
        let [common, rare, deep] = hunt.digests();
        let rows = [
            self.part(most / common.max(1)),
            self.part(most / RARER / rare.max(1)),
            self.part(most / RARER / deep.max(1)),
        ];
        let of_rounds = hunt.digests_of_rounds().max(1);
        let (rounds, most_rounds) = match most / RARER / 2 / (of_rounds * usize::from(MOST_ROUNDS)) {
            // Few units are worth a few rounds.
            0 => (FEW_ROUNDS, most / RARER / 2 / (of_rounds * usize::from(FEW_ROUNDS))),
            jobs => (MOST_ROUNDS, jobs),
        };
        let groups =
            |rows: &[usize], depth| rows.chunks(LANES).map(|some| (depth, some.to_vec())).collect::<Vec<_>>();
        let depths = [Depth::Common, Depth::Deep, Depth::Rare];
        let jobs =
            [groups(&rows[0], depths[0]), groups(&rows[2], depths[1]), groups(&rows[1], depths[2])].concat();
        let seen = std::thread::scope(|scope| {
            let of = |thread: usize| {
                let mut seen = Seen::default();
                let mut lanes = Lanes::new(engine);
                for (number, (depth, rows)) in jobs.iter().enumerate().skip(thread).step_by(threads.max(1)) {
                    hunt.job(number, *depth, rows, &mut lanes, &mut seen);
                    // Jobs with the rarest of all come last.
                    if number + most_rounds >= jobs.len() {
                        hunt.rounds(rows, rounds, &mut lanes, &mut seen);
                    }
                }
                seen
            };
            let others: Vec<_> = (1..threads).map(|thread| scope.spawn(move || of(thread))).collect();
            let mut seen = of(0);
            for other in others {
                match other.join() {
                    Ok(other) => seen.join(other),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            seen
        });
        let looked = rows.iter().map(Vec::len).sum();
        hunt.weighed(seen, looked, (common + rare + deep) as f64 * Target::TESTS)
    }

    /// Columns that many units share the cells of, such as the model: what is made of these alone is a duplicate.
    fn shared(&self) -> BTreeSet<usize> {
        let of = |column: &usize| {
            let cells: BTreeSet<&[u8]> = self.units.iter().map(|unit| &unit.cells[*column][..]).collect();
            cells.len() * UNITS_OF_A_KIND < self.units.len()
        };
        (0..self.columns.len()).filter(of).collect()
    }

    /// Recipes that write something else than those before them, on the first units.
    fn distinct(&self, recipes: Vec<Recipe>) -> Vec<Recipe> {
        let (mut seen, shared) = (BTreeSet::new(), self.shared());
        let recipes = recipes
            .into_iter()
            .filter(|recipe| recipe.columns().iter().any(|column| !shared.contains(column)));
        let mut message = Message::default();
        let parts: Vec<Parts> =
            self.units.iter().take(16).map(|u| Parts::of(self.columns, &u.cells)).collect();
        recipes
            .filter(|recipe| {
                let written: Vec<Option<Message>> = parts
                    .iter()
                    .map(|parts| recipe.write(parts, &mut message).then(|| message.clone()))
                    .collect();
                written.iter().any(Option::is_some) && seen.insert(written)
            })
            .collect()
    }

    /// So many units, from all over the sample.
    pub(super) fn part(&self, most: usize) -> Vec<usize> {
        let rows = most.clamp(unknown::GROUP, self.units.len().max(unknown::GROUP)).min(self.units.len());
        (0..rows).map(|n| n * self.units.len() / rows).collect()
    }

    /// Sizes that an alphabet of these passwords may have.
    fn sizes(used: &BTreeSet<u8>) -> Vec<u8> {
        let usual = [10, 16, 20, 24, 26, 30, 31, 32, 33, 34, 36, 52, 54, 55, 56, 57, 58, 60, 62, 64];
        let used = used.len();
        let mut sizes: Vec<u8> =
            usual.into_iter().filter(|s| usize::from(*s) >= used && usize::from(*s) <= used * 2).collect();
        sizes
            .extend(u8::try_from(used).ok().filter(|used| *used <= 64 && *used > 1 && !sizes.contains(used)));
        sizes
    }
}

impl Hunt<'_> {
    /// Digests that are made of a unit at each depth, with what is looked at deeply counted as it costs.
    fn digests(&self) -> [usize; 3] {
        let of = |sort: Sort| self.recipes.iter().filter(|r| r.sort == sort).count();
        let plain = Algorithm::PLAIN.len();
        let alone = of(Sort::Alone) * (plain + Algorithm::CHAINED.len());
        let turned = plain * (Turn::ALL.len() + self.cuts.len());
        let rare = of(Sort::Alone) * (self.rare.len() + turned)
            + of(Sort::Record) * plain
            + of(Sort::Keyed) * Algorithm::KEYED.len();
        let common = alone + of(Sort::Alone) * plain * DEEP + of(Sort::Joined) * plain;
        [common, rare, of(Sort::Joined) * plain * DEEP]
    }

    /// Holds some units against what this depth asks for.
    fn job(&self, number: usize, depth: Depth, rows: &[usize], lanes: &mut Lanes, seen: &mut Seen) {
        let cores = &self.search.cores;
        let parts = self.parts(rows);
        let whole = self.wanted(Cut::Whole, cores, rows);
        let cuts: Vec<Wanted> = match depth {
            Depth::Common | Depth::Deep => Vec::new(),
            Depth::Rare => self.cuts.iter().map(|(cut, cores)| self.wanted(*cut, cores, rows)).collect(),
        };
        let learning = depth == Depth::Common && number < JOBS_FOR_UNKNOWN && rows.len() >= unknown::GROUP;
        for (recipe, made) in self.recipes.iter().enumerate() {
            let algorithms: &[Algorithm] = match (depth, made.sort) {
                (Depth::Rare, Sort::Keyed) => &Algorithm::KEYED,
                (Depth::Common, Sort::Alone | Sort::Joined)
                | (Depth::Rare, Sort::Alone | Sort::Record)
                | (Depth::Deep, Sort::Joined) => &Algorithm::PLAIN,
                _ => continue,
            };
            let more: &[Algorithm] = match (depth, made.sort) {
                (Depth::Common, Sort::Alone) => &Algorithm::CHAINED,
                (Depth::Rare, Sort::Alone) => &self.rare,
                _ => &[],
            };
            let write = |lane: usize, message: &mut Message| {
                parts.get(lane).is_some_and(|parts| made.write(parts, message))
            };
            let filled = lanes.fill(write);
            if filled == 0 {
                continue;
            }
            for algorithm in algorithms.iter().chain(more).copied() {
                let way = Way { recipe, algorithm, turn: Turn::Not, cut: Cut::Whole };
                lanes.digest(algorithm);
                let again =
                    depth == Depth::Rare && made.sort == Sort::Alone && algorithms.contains(&algorithm);
                if depth == Depth::Deep {
                    self.look_deep(&whole, way, lanes, filled, seen);
                } else if !again {
                    self.look(&whole, way, lanes, filled, seen);
                } else {
                    for wanted in &cuts {
                        self.look(wanted, way, lanes, filled, seen);
                    }
                    for turn in Turn::ALL {
                        if let Some(turned) = lanes.turned(turn) {
                            self.look(&whole, Way { turn, ..way }, &turned, filled, seen);
                        }
                    }
                }
                let alone = depth == Depth::Common && made.sort == Sort::Alone;
                if alone && Algorithm::PLAIN.contains(&algorithm) {
                    self.look_deep(&whole, way, lanes, filled, seen);
                }
                if learning && filled.count_ones() as usize >= rows.len() {
                    self.learn(number, way, lanes, rows, seen);
                }
            }
        }
    }

    /// Digests that a round makes of sixteen units.
    fn digests_of_rounds(&self) -> usize {
        let usual = self.recipes.iter().filter(|r| r.usual()).count();
        usual * Plain::ALL.len() * 2 * LANES
    }

    /// The same digest over and over.
    fn rounds(&self, rows: &[usize], most: u16, lanes: &mut Lanes, seen: &mut Seen) {
        let parts = self.parts(rows);
        let whole = self.wanted(Cut::Whole, &self.search.cores, rows);
        for (recipe, made) in self.recipes.iter().enumerate().filter(|(_, r)| r.usual()) {
            for plain in Plain::ALL {
                for link in [Link::Bytes, Link::Hex] {
                    let filled =
                        lanes.fill(|lane, message| parts.get(lane).is_some_and(|p| made.write(p, message)));
                    lanes.digest(Algorithm::Rounds(plain, link, 1));
                    for times in 2..=most {
                        lanes.again(plain.in_lanes(), link, plain.in_lanes());
                        if USUAL_ROUNDS.contains(&times) {
                            let algorithm = Algorithm::Rounds(plain, link, times);
                            let way = Way { recipe, algorithm, turn: Turn::Not, cut: Cut::Whole };
                            self.look(&whole, way, lanes, filled, seen);
                        }
                    }
                }
            }
        }
    }

    fn parts(&self, rows: &[usize]) -> Vec<Parts> {
        let cells = |row: &usize| &self.search.units[*row].cells;
        rows.iter().map(|row| Parts::of(self.search.columns, cells(row))).collect()
    }

    fn wanted(&self, cut: Cut, cores: &Cores, rows: &[usize]) -> Wanted {
        let target = |row: &usize| {
            let core = &cores.texts[*row];
            // Nothing is sought where a guess is as good.
            let core = if cores.one(core.len()) > WEAKEST { b"" } else { core.as_slice() };
            Target::of(core, &self.alphabets)
        };
        let targets: Vec<Target> = rows.iter().map(target).collect();
        Wanted { cut, near: Near::of(&targets), targets }
    }

    #[inline]
    fn look(&self, wanted: &Wanted, way: Way, lanes: &Lanes, filled: u16, seen: &mut Seen) {
        let (words, len) = lanes.words();
        let deep = self.recipes[way.recipe].sort == Sort::Alone;
        let mut left = wanted.near.look(self.engine, words, len, deep) & filled;
        while left != 0 {
            let lane = left.trailing_zeros() as usize;
            left &= left - 1;
            let target = &wanted.targets[lane];
            target.seek(&lanes.of(lane), |encoding, alphabet| {
                seen.hit((Way { cut: wanted.cut, ..way }, encoding, alphabet), target.len());
            });
        }
    }

    fn look_deep(&self, wanted: &Wanted, way: Way, lanes: &Lanes, filled: u16, seen: &mut Seen) {
        for (lane, target) in wanted.targets.iter().enumerate().filter(|(lane, _)| filled >> lane & 1 == 1) {
            if !target.is_empty() {
                target.seek_deep(&lanes.of(lane), |encoding, alphabet| {
                    seen.hit((way, encoding, alphabet), target.len());
                });
            }
        }
    }

    fn learn(&self, number: usize, way: Way, lanes: &Lanes, rows: &[usize], seen: &mut Seen) {
        let digests: Vec<Digest> = (0..rows.len()).map(|lane| lanes.of(lane)).collect();
        let cores: Vec<&[u8]> = rows.iter().map(|row| self.search.cores.texts[*row].as_slice()).collect();
        let (digests, cores) = (digests.chunks_exact(unknown::GROUP), cores.chunks_exact(unknown::GROUP));
        for (digests, cores) in digests.zip(cores) {
            for (encoding, alphabet) in unknown::learn(digests, cores, &self.sizes) {
                seen.learn((way, encoding), (number, alphabet));
            }
        }
    }

    /// The candidates that stand out, each counted on the whole sample.
    fn weighed(&self, seen: Seen, looked: usize, tests: f64) -> Vec<Scheme> {
        let units = self.search.units.len().max(1) as f64;
        let tail = |way: &Way, hits: Hits| {
            // A hypothesis was held against the units of one depth or of several.
            let part = looked as f64 / units;
            ln_tail(hits.rows, self.cores(way.cut).by_chance(hits.shortest) * part)
        };
        let mut candidates: Vec<((Way, Encoding, u8), f64)> =
            seen.hits.into_iter().map(|(key, hits)| (key, tail(&key.0, hits))).collect();
        candidates.sort_by(|a, b| a.1.total_cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
        candidates.truncate(CANDIDATES);
        let found: Vec<Scheme> = candidates
            .into_iter()
            .filter_map(|((way, encoding, alphabet), _)| {
                let found = self.found(way, encoding, self.alphabets.get(alphabet).to_vec());
                self.scheme(found, way.cut, "", tests)
            })
            .collect();
        if found.iter().any(|s| s.found.confidence == Confidence::Certain) {
            return found;
        }
        let unlisted =
            seen.learnt.into_iter().take(CANDIDATES).filter_map(|((way, encoding), (_, alphabet))| {
                let found = self.completed(self.found(way, encoding, alphabet));
                self.scheme(found, way.cut, " in an alphabet of an unusual order", tests)
            });
        found.into_iter().chain(unlisted).collect()
    }

    fn cores(&self, cut: Cut) -> &Cores {
        self.cuts.iter().find(|(of, _)| *of == cut).map_or(&self.search.cores, |(_, cores)| cores)
    }

    fn found(&self, way: Way, encoding: Encoding, alphabet: Vec<u8>) -> Found {
        let Way { recipe, algorithm, turn, .. } = way;
        Found { recipe: self.recipes[recipe].clone(), algorithm, turn, encoding, alphabet }
    }

    fn scheme(&self, found: Found, cut: Cut, alphabet: &str, tests: f64) -> Option<Scheme> {
        let from = found.recipe.columns();
        let how = found.words(self.search.columns, cut) + alphabet;
        self.search.judged(Rule::Digest(Box::new(found)), cut, self.cores(cut), from, how, tests)
    }

    /// A learnt alphabet with the characters that its eight units did not show, from units that agree with it otherwise.
    fn completed(&self, mut found: Found) -> Found {
        let mut message = Message::default();
        for (unit, core) in self.search.units.iter().zip(&self.search.cores.texts) {
            if !found.alphabet.contains(&0) {
                break;
            }
            if !found.recipe.write_one(self.search.columns, |c| &unit.cells[c], &mut message) {
                continue;
            }
            let Some(values) = found.values(&message, core.len()) else { continue };
            let known = |(v, c): &(&u8, &u8)| found.alphabet[usize::from(**v)] == **c;
            let unseen = |(v, _): &(&u8, &u8)| found.alphabet[usize::from(**v)] == 0;
            let pairs = || values.iter().zip(core);
            // Most of them known: chance does not agree that often.
            if pairs().all(|p| known(&p) || unseen(&p)) && pairs().filter(unseen).count() * 3 <= core.len() {
                for (value, character) in values.iter().zip(core) {
                    found.alphabet[usize::from(*value)] = *character;
                }
            }
        }
        found
    }
}

/// A password that a guess hits this often says nothing of where it comes from.
const WEAKEST: f64 = 1e-4;

/// Hypotheses that are counted on the whole sample.
const CANDIDATES: usize = 200;

/// Jobs of sixteen units in which an unlisted alphabet is sought.
const JOBS_FOR_UNKNOWN: usize = 6;

/// A deep look costs as much as so many digests.
const DEEP: usize = 8;

/// The rare hypotheses take this part of the digests, and so does the deep look.
const RARER: usize = 20;

/// Units that share a cell where it is of a kind of product, or a day.
const UNITS_OF_A_KIND: usize = 50;

/// A digest made over and over is sought up to so often,
const MOST_ROUNDS: u16 = 1024;
/// or so often,
const FEW_ROUNDS: u16 = 101;
/// as often as people choose, or one more or less.
const USUAL_ROUNDS: [u16; 24] =
    [2, 3, 4, 5, 6, 7, 8, 9, 10, 16, 20, 32, 50, 64, 99, 100, 101, 128, 256, 500, 512, 1000, 1001, 1024];
