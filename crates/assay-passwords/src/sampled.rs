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
#[cfg(test)]
mod tests;
mod unknown;

use std::collections::{BTreeMap, BTreeSet};

use constants::Constant;
use digest::{Algorithm, Digest, digest};
use encode::{ALPHABETS, Encoding, Target};
use forms::{Recipe, recipes};

use crate::place::Tally;
use crate::rows::{Block, Column, Role, Unit};
use crate::structure::chance::{Confidence, Derived, Letters, confidence, ln_tail};
use crate::structure::findings::blamed;

/// Digests that one search makes, at most: about ten seconds of one core.
pub const DIGESTS: usize = 20_000_000;

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
                recipe.write(&cell, &mut message)
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
pub fn search(columns: &[Column], units: &[Unit]) -> Vec<Scheme> {
    let passwords = (0..columns.len()).filter(|c| columns[*c].role == Role::Password);
    passwords.flat_map(|password| Search::new(columns, units, password).run()).collect()
}

/// The search for one column of passwords.
struct Search<'a> {
    columns: &'a [Column],
    units: &'a [Unit],
    password: usize,
    kept: Kept,
    cores: Vec<Vec<u8>>,
    /// How likely a password of the batch is any given one.
    one: f64,
}

impl<'a> Search<'a> {
    fn new(columns: &'a [Column], units: &'a [Unit], password: usize) -> Self {
        let kept = Kept::of(units.iter().map(|u| u.cells[password].as_slice()));
        let cores: Vec<Vec<u8>> = units.iter().map(|u| kept.core(&u.cells[password])).collect();
        let mut letters = Letters::default();
        cores.iter().for_each(|core| letters.add(core));
        let shortest = cores.iter().map(Vec::len).min().unwrap_or(0);
        let one = letters.agreement().iter().take(shortest).product();
        Self { columns, units, password, kept, cores, one }
    }

    fn run(&self) -> Vec<Scheme> {
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
                schemes.extend(self.judged(Rule::Constant(rule), vec![column], how, tests, 1));
            }
        }
        schemes.extend(self.digests());
        schemes.sort_by(|a, b| {
            let rank = |s: &Scheme| (s.found.confidence, s.found.tally.rows());
            rank(b).cmp(&rank(a)).then_with(|| a.found.how.cmp(&b.found.how))
        });
        schemes
    }

    /// What a rule makes of the whole sample. `free` hits are not evidence: the rule was made from them.
    fn judged(&self, rule: Rule, from: Vec<usize>, how: String, tests: f64, free: u64) -> Option<Scheme> {
        let expected = self.one * self.units.len() as f64;
        let found = Derived {
            password: self.password,
            role: blamed(&from, self.columns),
            from,
            how,
            tally: Tally::default(),
            bits: -self.one.max(1e-300).log2(),
            expected,
            confidence: Confidence::Possible,
        };
        let mut scheme = Scheme { found, columns: self.columns.to_vec(), kept: self.kept.clone(), rule };
        let mut tally = Tally::default();
        for unit in self.units {
            if scheme.holds(|column| &unit.cells[column]) {
                tally.add(unit.place);
            }
        }
        scheme.found.confidence = confidence(tally.rows().saturating_sub(free), expected, tests)?;
        scheme.found.tally = tally;
        Some(scheme)
    }

    fn digests(&self) -> Vec<Scheme> {
        // A password that a few guesses find is too weak to say where it comes from.
        if self.units.is_empty() || self.one > 1e-4 {
            return Vec::new();
        }
        let recipes = self.distinct(recipes(self.columns));
        let digests: usize = recipes.iter().map(|r| algorithms(r).count()).sum();
        let rows = self.part(DIGESTS / digests.max(1));
        let mut hits: BTreeMap<(usize, Algorithm, Encoding, u8), u64> = BTreeMap::new();
        let mut learnt: BTreeMap<(usize, Algorithm, Encoding), Vec<u8>> = BTreeMap::new();
        let sizes = self.sizes();
        let mut message = Vec::new();
        for (number, group) in rows.chunks(unknown::GROUP).enumerate() {
            let targets: Vec<Target> = group.iter().map(|row| Target::of(&self.cores[*row])).collect();
            let cores: Vec<&[u8]> = group.iter().map(|row| self.cores[*row].as_slice()).collect();
            for (recipe_number, recipe) in recipes.iter().enumerate() {
                let mut messages: Vec<Vec<u8>> = Vec::with_capacity(group.len());
                for row in group {
                    if recipe.write(|c| &self.units[*row].cells[c], &mut message) {
                        messages.push(message.clone());
                    }
                }
                if messages.len() < group.len() {
                    continue;
                }
                for algorithm in algorithms(recipe) {
                    let digests: Vec<Digest> = messages.iter().map(|m| digest(algorithm, m)).collect();
                    for (target, digest) in targets.iter().zip(&digests) {
                        if !target.is_empty() {
                            target.seek(digest, |encoding, alphabet| {
                                *hits.entry((recipe_number, algorithm, encoding, alphabet)).or_default() += 1;
                            });
                        }
                    }
                    if number < GROUPS_FOR_UNKNOWN && group.len() == unknown::GROUP {
                        for (encoding, alphabet) in unknown::learn(&digests, &cores, &sizes) {
                            learnt.entry((recipe_number, algorithm, encoding)).or_insert(alphabet);
                        }
                    }
                }
            }
        }
        let tests = digests as f64 * Target::TESTS;
        self.weighed(&recipes, hits, learnt, rows.len(), tests)
    }

    /// The candidates that stand out, each counted on the whole sample.
    fn weighed(
        &self,
        recipes: &[Recipe],
        hits: BTreeMap<(usize, Algorithm, Encoding, u8), u64>,
        learnt: BTreeMap<(usize, Algorithm, Encoding), Vec<u8>>,
        rows: usize,
        tests: f64,
    ) -> Vec<Scheme> {
        let expected = self.one * rows as f64;
        let mut candidates: Vec<((usize, Algorithm, Encoding, u8), f64)> =
            hits.into_iter().map(|(key, rows)| (key, ln_tail(rows, expected))).collect();
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
        self.judged(rule, from, how, tests, 0)
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
            if !recipe.write(|c| &unit.cells[c], &mut message) {
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
        recipes
            .into_iter()
            .filter(|recipe| {
                let written: Vec<Option<Vec<u8>>> = self
                    .units
                    .iter()
                    .take(16)
                    .map(|u| recipe.write(|c| &u.cells[c], &mut message).then(|| message.clone()))
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

/// Hypotheses that are counted on the whole sample.
const CANDIDATES: usize = 200;

/// Groups of units in which an unlisted alphabet is sought.
const GROUPS_FOR_UNKNOWN: usize = 64;

fn algorithms(recipe: &Recipe) -> impl Iterator<Item = Algorithm> {
    let chained = if recipe.usual() { &Algorithm::CHAINED[..] } else { &[] };
    Algorithm::PLAIN.into_iter().chain(chained.iter().copied())
}
