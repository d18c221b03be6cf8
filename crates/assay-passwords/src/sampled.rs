//! The full set of hypotheses, on a random sample: thousands of digests of a unit's identifiers in all their written forms,
//! alone, in pairs and with the usual words around them, turned into characters in every usual way; numbers with a constant
//! added or XORed; and alphabets that nobody listed. What is found can be asked of every row.
//!
//! In three steps. A part of the sample that fits the time is held against everything. What stands out is counted on the
//! whole sample, one hypothesis at a time. Then chance is reckoned for all that was tried: a clean batch comes out with
//! nothing above *possible*. A derivation with a secret key looks like chance, and is not accused.

mod constants;
mod digest;
mod encode;
mod forms;
mod near;
#[cfg(test)]
mod tests;
mod unknown;

use std::collections::{BTreeMap, BTreeSet};

use constants::Constant;
use digest::{Algorithm, Digest, Lanes, digest};
use encode::{ALPHABETS, Encoding, Target};
use forms::{Parts, Recipe, recipes};
use near::Near;

use crate::lanes::{Engine, LANES};
use crate::place::Tally;
use crate::rows::{Block, Column, Role, Unit};
use crate::structure::chance::{Confidence, Derived, Letters, confidence, ln_tail};
use crate::structure::findings::blamed;

/// Digests that one search makes, at most: about ten seconds of one core.
pub const DIGESTS: usize = 80_000_000;

/// A way in which passwords of the sample follow from identifiers.
#[derive(Clone, Debug)]
pub struct Scheme {
    /// What was found on the sample.
    pub found: Derived,
    columns: Vec<Column>,
    kept: Kept,
    rule: Rule,
}

#[derive(Clone, Debug)]
enum Rule {
    Constant(Constant),
    Digest { recipe: Recipe, algorithm: Algorithm, encoding: Encoding, alphabet: Vec<u8> },
}

/// The positions of a password that are not the same in all of the sample; nothing is left out where lengths differ.
#[derive(Clone, Debug)]
struct Kept {
    positions: Option<(usize, Vec<usize>)>,
}

impl Kept {
    fn of<'a>(passwords: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut letters = Letters::default();
        let mut lengths = BTreeSet::new();
        for password in passwords {
            letters.add(password);
            lengths.insert(password.len());
        }
        let len = lengths.first().copied().unwrap_or(0);
        let positions = (lengths.len() == 1 && letters.rows() >= 32)
            .then(|| (len, (0..len).filter(|at| letters.distinct(*at) != 1).collect()));
        Self { positions }
    }

    fn core(&self, password: &[u8]) -> Vec<u8> {
        match &self.positions {
            Some((len, positions)) if *len == password.len() => {
                positions.iter().map(|at| password[*at]).collect()
            }
            _ => password.to_vec(),
        }
    }
}

impl Scheme {
    /// Counts the units of a block that follow the scheme.
    #[must_use]
    pub fn confirm(&self, block: &Block) -> Tally {
        let mut tally = Tally::default();
        for unit in 0..block.len() {
            if self.holds(|column| block.cell(unit, column)) {
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
        let password = self.kept.core(cell(self.found.password));
        match &self.rule {
            Rule::Constant(rule) => rule.holds(&self.columns, cell(rule.column), &password),
            Rule::Digest { recipe, algorithm, encoding, alphabet } => {
                let mut message = Vec::new();
                recipe.write_one(&self.columns, &cell, &mut message)
                    && !password.is_empty()
                    && encoding.values(&digest(*algorithm, &message), password.len()).is_some_and(|values| {
                        values.iter().zip(&password).all(|(v, c)| alphabet.get(usize::from(*v)) == Some(c))
                    })
            }
        }
    }
}

/// Holds a sample against every hypothesis. The units must be a random sample of the file, in any order.
#[must_use]
pub fn search(columns: &[Column], units: &[Unit], engine: Engine, threads: usize) -> Vec<Scheme> {
    let passwords = (0..columns.len()).filter(|c| columns[*c].role == Role::Password);
    passwords.flat_map(|password| Search::new(columns, units, password).run(engine, threads)).collect()
}

/// Units of which a hypothesis holds, and the length of the shortest of their passwords.
#[derive(Clone, Copy)]
struct Hits {
    rows: u64,
    shortest: usize,
}

impl Hits {
    const NONE: Self = Self { rows: 0, shortest: usize::MAX };
}

/// What some of the sample showed.
#[derive(Default)]
struct Seen {
    hits: BTreeMap<(usize, Algorithm, Encoding, u8), Hits>,
    learnt: BTreeMap<(usize, Algorithm, Encoding), Vec<u8>>,
}

impl Seen {
    /// Takes in what later units showed.
    fn join(&mut self, later: Self) {
        for (key, theirs) in later.hits {
            let mine = self.hits.entry(key).or_insert(Hits::NONE);
            mine.rows += theirs.rows;
            mine.shortest = mine.shortest.min(theirs.shortest);
        }
        for (key, alphabet) in later.learnt {
            self.learnt.entry(key).or_insert(alphabet);
        }
    }
}

/// The search for one column of passwords.
struct Search<'a> {
    columns: &'a [Column],
    units: &'a [Unit],
    password: usize,
    kept: Kept,
    cores: Vec<Vec<u8>>,
    /// How likely a password of so many characters is any given one.
    ones: Vec<f64>,
    /// Passwords of at least so many characters.
    at_least: Vec<u64>,
}

impl<'a> Search<'a> {
    fn new(columns: &'a [Column], units: &'a [Unit], password: usize) -> Self {
        let kept = Kept::of(units.iter().map(|u| u.cells[password].as_slice()));
        let cores: Vec<Vec<u8>> = units.iter().map(|u| kept.core(&u.cells[password])).collect();
        let mut letters = Letters::default();
        cores.iter().for_each(|core| letters.add(core));
        let mut ones = vec![1.0];
        for agreement in letters.agreement() {
            ones.push(ones[ones.len() - 1] * agreement);
        }
        let at_least = (0..ones.len()).map(|len| cores.iter().filter(|c| c.len() >= len).count() as u64);
        let at_least = at_least.collect();
        Self { columns, units, password, kept, cores, ones, at_least }
    }

    /// How likely a password of this length is any given one.
    fn one(&self, len: usize) -> f64 {
        self.ones[len.min(self.ones.len() - 1)]
    }

    /// Passwords of this length and longer that chance alone makes as a rule says. One shorter than what a rule made is no
    /// evidence against it: a batch may hold a few short ones beside strong ones.
    fn by_chance(&self, shortest: usize) -> f64 {
        self.one(shortest) * self.at_least[shortest.min(self.at_least.len() - 1)] as f64
    }

    fn run(&self, engine: Engine, threads: usize) -> Vec<Scheme> {
        let mut schemes = Vec::new();
        let identifiers = (0..self.columns.len()).filter(|c| self.columns[*c].role != Role::Password);
        for column in identifiers {
            let rows = self
                .units
                .iter()
                .map(|u| u.cells[column].as_slice())
                .zip(self.cores.iter().map(Vec::as_slice));
            for (rule, _) in constants::repeated(self.columns, column, rows) {
                let how = rule.words(self.columns);
                // Any of the differences that occur might have been the one that repeats.
                let tests = 16.0 * self.units.len() as f64;
                schemes.extend(self.judged(Rule::Constant(rule), vec![column], how, tests));
            }
        }
        schemes.extend(self.digests(engine, threads));
        schemes.sort_by(|a, b| {
            let rank = |s: &Scheme| (s.found.confidence, s.found.tally.rows());
            rank(b).cmp(&rank(a)).then_with(|| a.found.how.cmp(&b.found.how))
        });
        schemes
    }

    /// What a rule makes of the whole sample. The rules with a constant were made from what they are held against: of their
    /// hits, equal passwords count once, and two are no evidence.
    fn judged(&self, rule: Rule, from: Vec<usize>, how: String, tests: f64) -> Option<Scheme> {
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
        let mut scheme = Scheme { found, columns: self.columns.to_vec(), kept: self.kept.clone(), rule };
        let mut tally = Tally::default();
        let mut different = BTreeSet::new();
        let mut shortest = usize::MAX;
        for (unit, core) in self.units.iter().zip(&self.cores) {
            if scheme.holds(|column| &unit.cells[column]) {
                tally.add(unit.place);
                different.insert(core.as_slice());
                shortest = shortest.min(core.len());
            }
        }
        if tally.rows() == 0 {
            return None;
        }
        let evidence = if constant { (different.len() as u64).saturating_sub(2) } else { tally.rows() };
        let expected = self.by_chance(shortest);
        // The length was chosen after the fact, among a few.
        let tests = tests * 8.0;
        scheme.found.confidence = confidence(evidence, expected, tests)?;
        if scheme.found.confidence == Confidence::Possible
            && ln_tail(evidence, expected) + tests.ln() > 0.01_f64.ln()
        {
            return None;
        }
        scheme.found.expected = expected;
        scheme.found.bits = -self.one(shortest).max(1e-300).log2();
        scheme.found.tally = tally;
        Some(scheme)
    }

    fn digests(&self, engine: Engine, threads: usize) -> Vec<Scheme> {
        // A password that a few guesses find is too weak to say where it comes from.
        if self.cores.iter().all(|core| self.one(core.len()) > WEAKEST) {
            return Vec::new();
        }
        let recipes = self.distinct(recipes(self.columns));
        let digests: usize = recipes.iter().map(|r| algorithms(r).count()).sum();
        let rows = self.part(DIGESTS / digests.max(1));
        let groups: Vec<&[usize]> = rows.chunks(LANES).collect();
        let share = groups.len().div_ceil(threads.max(1)).max(1);
        let seen = std::thread::scope(|scope| {
            let of = |some: (usize, &[&[usize]])| {
                let first = some.0 * share;
                self.seen(&recipes, some.1, first, engine)
            };
            let mut shares = groups.chunks(share).enumerate();
            let mine = shares.next();
            let others: Vec<_> = shares.map(|some| scope.spawn(move || of(some))).collect();
            let mut seen = mine.map(of).unwrap_or_default();
            for other in others {
                match other.join() {
                    Ok(other) => seen.join(other),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            seen
        });
        let tests = digests as f64 * Target::TESTS;
        self.weighed(&recipes, seen.hits, seen.learnt, rows.len(), tests)
    }

    /// What is sought of a unit: nothing where a guess is as good.
    fn target(&self, row: usize) -> Target {
        let core = &self.cores[row];
        Target::of(if self.one(core.len()) > WEAKEST { b"" } else { core })
    }

    /// Holds some of the sample, sixteen units at a time, against every digest.
    fn seen(&self, recipes: &[Recipe], groups: &[&[usize]], first: usize, engine: Engine) -> Seen {
        let mut seen = Seen::default();
        let sizes = self.sizes();
        let mut lanes = Lanes::new(engine);
        for (number, group) in (first..).zip(groups) {
            let targets: Vec<Target> = group.iter().map(|row| self.target(*row)).collect();
            let cores: Vec<&[u8]> = group.iter().map(|row| self.cores[*row].as_slice()).collect();
            let parts: Vec<Parts> =
                group.iter().map(|row| Parts::of(self.columns, &self.units[*row].cells)).collect();
            let near = Near::of(&targets);
            for (recipe_number, recipe) in recipes.iter().enumerate() {
                let write = |lane: usize, message: &mut Vec<u8>| {
                    parts.get(lane).is_some_and(|parts| recipe.write(parts, message))
                };
                let filled = lanes.fill(write);
                for algorithm in algorithms(recipe) {
                    let (words, len) = lanes.digest(algorithm);
                    let mut left = near.look(engine, words, len) & filled;
                    while left != 0 {
                        let lane = left.trailing_zeros() as usize;
                        left &= left - 1;
                        targets[lane].seek(&lanes.of(lane), |encoding, alphabet| {
                            let key = (recipe_number, algorithm, encoding, alphabet);
                            let hits = seen.hits.entry(key).or_insert(Hits::NONE);
                            hits.rows += 1;
                            hits.shortest = hits.shortest.min(cores[lane].len());
                        });
                    }
                    if number < GROUPS_FOR_UNKNOWN && filled == u16::MAX {
                        let all: [Digest; LANES] = std::array::from_fn(|lane| lanes.of(lane));
                        for (digests, cores) in all.chunks(unknown::GROUP).zip(cores.chunks(unknown::GROUP)) {
                            for (encoding, alphabet) in unknown::learn(digests, cores, &sizes) {
                                seen.learnt.entry((recipe_number, algorithm, encoding)).or_insert(alphabet);
                            }
                        }
                    }
                }
            }
        }
        seen
    }

    /// The candidates that stand out, each counted on the whole sample.
    fn weighed(
        &self,
        recipes: &[Recipe],
        hits: BTreeMap<(usize, Algorithm, Encoding, u8), Hits>,
        learnt: BTreeMap<(usize, Algorithm, Encoding), Vec<u8>>,
        rows: usize,
        tests: f64,
    ) -> Vec<Scheme> {
        let part = rows as f64 / self.units.len().max(1) as f64;
        let tail = |hits: Hits| ln_tail(hits.rows, self.by_chance(hits.shortest) * part);
        let mut candidates: Vec<((usize, Algorithm, Encoding, u8), f64)> =
            hits.into_iter().map(|(key, hits)| (key, tail(hits))).collect();
        candidates.sort_by(|a, b| a.1.total_cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
        candidates.truncate(CANDIDATES);
        let listed = candidates.into_iter().map(|((recipe, algorithm, encoding, alphabet), _)| {
            (recipe, algorithm, encoding, ALPHABETS[usize::from(alphabet)].as_bytes().to_vec())
        });
        let found: Vec<Scheme> = listed
            .filter_map(|(recipe, algorithm, encoding, alphabet)| {
                let how = self.how(&recipes[recipe], algorithm, encoding, "");
                self.of_digest(&recipes[recipe], algorithm, encoding, alphabet, how, tests)
            })
            .collect();
        if found.iter().any(|s| s.found.confidence == Confidence::Certain) {
            return found;
        }
        let unlisted =
            learnt.into_iter().take(CANDIDATES).filter_map(|((recipe, algorithm, encoding), alphabet)| {
                let how =
                    self.how(&recipes[recipe], algorithm, encoding, " in an alphabet of an unusual order");
                let alphabet = self.completed(&recipes[recipe], algorithm, encoding, alphabet);
                self.of_digest(&recipes[recipe], algorithm, encoding, alphabet, how, tests)
            });
        found.into_iter().chain(unlisted).collect()
    }

    fn of_digest(
        &self,
        recipe: &Recipe,
        algorithm: Algorithm,
        encoding: Encoding,
        alphabet: Vec<u8>,
        how: String,
        tests: f64,
    ) -> Option<Scheme> {
        let from = recipe.columns();
        let rule = Rule::Digest { recipe: recipe.clone(), algorithm, encoding, alphabet };
        self.judged(rule, from, how, tests)
    }

    /// A learnt alphabet with the characters that its eight units did not show, from units that agree with it otherwise.
    fn completed(
        &self,
        recipe: &Recipe,
        algorithm: Algorithm,
        encoding: Encoding,
        mut alphabet: Vec<u8>,
    ) -> Vec<u8> {
        let mut message = Vec::new();
        for (unit, core) in self.units.iter().zip(&self.cores) {
            if !alphabet.contains(&0) {
                break;
            }
            if !recipe.write_one(self.columns, |c| &unit.cells[c], &mut message) {
                continue;
            }
            let Some(values) = encoding.values(&digest(algorithm, &message), core.len()) else { continue };
            let known = |(v, c): &(&u8, &u8)| alphabet[usize::from(**v)] == **c;
            let unseen = |(v, _): &(&u8, &u8)| alphabet[usize::from(**v)] == 0;
            let pairs = || values.iter().zip(core);
            // Most of them known: chance does not agree that often.
            if pairs().all(|p| known(&p) || unseen(&p)) && pairs().filter(unseen).count() * 3 <= core.len() {
                for (value, character) in values.iter().zip(core) {
                    alphabet[usize::from(*value)] = *character;
                }
            }
        }
        alphabet
    }

    fn how(&self, recipe: &Recipe, algorithm: Algorithm, encoding: Encoding, alphabet: &str) -> String {
        if algorithm == Algorithm::Itself {
            return format!("is {}, {}{alphabet}", recipe.words(self.columns), encoding.words());
        }
        format!(
            "is the {} of {}, {}{alphabet}",
            algorithm.words(),
            recipe.words(self.columns),
            encoding.words()
        )
    }

    /// Recipes that write something else than those before them, on the first units.
    fn distinct(&self, recipes: Vec<Recipe>) -> Vec<Recipe> {
        let mut seen = BTreeSet::new();
        let mut message = Vec::new();
        let parts: Vec<Parts> =
            self.units.iter().take(16).map(|u| Parts::of(self.columns, &u.cells)).collect();
        recipes
            .into_iter()
            .filter(|recipe| {
                let written: Vec<Option<Vec<u8>>> = parts
                    .iter()
                    .map(|parts| recipe.write(parts, &mut message).then(|| message.clone()))
                    .collect();
                written.iter().any(Option::is_some) && seen.insert(written)
            })
            .collect()
    }

    /// So many units, from all over the sample.
    fn part(&self, most: usize) -> Vec<usize> {
        let rows = most.clamp(unknown::GROUP, self.units.len().max(unknown::GROUP)).min(self.units.len());
        (0..rows).map(|n| n * self.units.len() / rows).collect()
    }

    /// Sizes that an alphabet of these passwords may have.
    fn sizes(&self) -> Vec<u8> {
        let used: BTreeSet<u8> = self.cores.iter().flatten().copied().collect();
        let usual = [10, 16, 20, 24, 26, 30, 31, 32, 33, 34, 36, 52, 54, 55, 56, 57, 58, 60, 62, 64];
        let used = used.len();
        let mut sizes: Vec<u8> =
            usual.into_iter().filter(|s| usize::from(*s) >= used && usize::from(*s) <= used * 2).collect();
        sizes
            .extend(u8::try_from(used).ok().filter(|used| *used <= 64 && *used > 1 && !sizes.contains(used)));
        sizes
    }
}

/// A password that a guess hits this often says nothing of where it comes from.
const WEAKEST: f64 = 1e-4;

/// Hypotheses that are counted on the whole sample.
const CANDIDATES: usize = 200;

/// Groups of sixteen units in which an unlisted alphabet is sought.
const GROUPS_FOR_UNKNOWN: usize = 32;

fn algorithms(recipe: &Recipe) -> impl Iterator<Item = Algorithm> {
    let chained = if recipe.usual() { &Algorithm::CHAINED[..] } else { &[] };
    Algorithm::PLAIN.into_iter().chain(chained.iter().copied())
}
