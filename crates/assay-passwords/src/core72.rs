//! The core of 72 digests: MD5, SHA-1 and SHA-256 of 24 written forms of a unit's identifiers, compared with the password of
//! every row in sixteen encodings at every window.
//!
//! ```text
//!  16 rows ──> 24 forms each ──> lanes: 3 digests a form ──> least difference from what the passwords say
//!         └──> passwords read back into bits, once ─────────────────┘      │ almost never small enough
//!                                                                          └──> compared whole, row by row, and counted
//! ```
//!
//! It counts; it does not judge. Every [`Hit`] comes with the rows in which it was found and the rows in which chance alone
//! would have found it, for a short password agrees with some digest sooner or later. Whether that is an accusation is for
//! the audit to say. What a keyed method made is not found: it looks like chance, and should.

use std::collections::BTreeMap;

use zeroize::Zeroize;

use crate::lanes::{self, Algorithm, Digests as _, Engine, LANES};
use crate::place::Tally;
use crate::rows::{Block, Role};
use crate::written::{Identifier, Slot};

mod encoding;
mod form;
mod said;
mod scan;

pub use encoding::{Alphabet, Encoding};
pub use form::{FORMS, Form};
pub use said::LEAST_BITS;

use encoding::ENCODINGS;
use form::{FOUR, Recipe};
use said::{CHECKS, OF_CHECK, Rows, Said};
use scan::Scan;

/// Where the identifiers stand, as columns of a block. One that is absent has no forms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// The serial number.
    pub serial: Option<usize>,
    /// The hardware address.
    pub mac: Option<usize>,
    /// The first public column.
    pub public: Option<usize>,
}

/// What all passwords of the batch begin and end with. It is not compared. It cannot be printed, and is wiped when dropped.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Affix {
    /// The beginning.
    pub prefix: Vec<u8>,
    /// The end.
    pub suffix: Vec<u8>,
}

impl Affix {
    /// A password without them; as it is, if it has them not both.
    #[must_use]
    pub fn strip<'a>(&self, password: &'a [u8]) -> &'a [u8] {
        // Comparing nothing is not free: the vector unit takes its time over an empty vector's address, 70 ns each.
        if self.prefix.is_empty() && self.suffix.is_empty() {
            return password;
        }
        let body =
            password.strip_prefix(&self.prefix[..]).and_then(|rest| rest.strip_suffix(&self.suffix[..]));
        body.unwrap_or(password)
    }
}

impl Drop for Affix {
    fn drop(&mut self) {
        self.prefix.zeroize();
        self.suffix.zeroize();
    }
}

/// One way to make a password: this digest of this form, so written, from this character on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hypothesis {
    /// What is hashed.
    pub form: Form,
    /// How.
    pub algorithm: Algorithm,
    /// How the digest is written.
    pub encoding: Encoding,
    /// The character of the written digest at which the password begins, from 0.
    pub window: u16,
}

/// A hypothesis that explains at least one row.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The hypothesis.
    pub hypothesis: Hypothesis,
    /// The identifier that is to blame; of a pair, the first.
    pub blames: Role,
    /// The fewest bits of a digest that any of the rows agrees with.
    pub bits: f64,
    /// The rows.
    pub tally: Tally,
    /// Rows that chance alone would have explained.
    pub by_chance: f64,
}

/// Rows, and what could not be looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows seen.
    pub rows: u64,
    /// Rows whose password no digest gives under any encoding: other characters, too short, too long.
    pub not_comparable: u64,
    /// Rows in which an identifier of the columns is missing.
    pub missing: u64,
    /// Rows in which an identifier is too long for a block.
    pub too_long: u64,
}

/// The hypotheses over all rows that one thread sees.
pub struct Core {
    engine: Engine,
    columns: Columns,
    password: usize,
    affix: Affix,
    plan: Plan,
    found: BTreeMap<Hypothesis, (Tally, f64)>,
    counts: Counts,
    // Rows in which a form could be made, and rows whose password could be an encoding, by its length.
    with_form: [u64; FORMS],
    with_length: Box<[[u64; 65]; ENCODINGS]>,
    group: Box<Group>,
}

/// What is made, hashed and compared.
#[derive(Clone)]
struct Plan {
    made: [bool; FORMS],
    hashed: [[bool; 3]; FORMS],
    encodings: u16,
    only: Option<Vec<Hypothesis>>,
}

/// Sixteen rows, made ready.
struct Group {
    slots: Vec<[Slot; LANES]>,
    // A bit for every lane that has the form.
    present: [u16; FORMS],
    // The form whose text this one repeats in every lane.
    same: [usize; FORMS],
    rows: Rows,
    messages: lanes::Block,
    digest: [[u32; LANES]; 8],
    least: [[u32; LANES]; CHECKS],
}

impl Core {
    /// All 24 forms and three digests of each.
    #[must_use]
    pub fn new(engine: Engine, columns: Columns, password: usize, affix: Affix) -> Core {
        let plan = Plan { made: [true; FORMS], hashed: [[true; 3]; FORMS], encodings: u16::MAX, only: None };
        Core::with(engine, columns, password, affix, plan)
    }

    /// The serial number, and the address as it is and without separators in upper and lower case: 12 digests, to be
    /// compared with other programs.
    #[must_use]
    pub fn twelve(engine: Engine, columns: Columns, password: usize, affix: Affix) -> Core {
        let mut made = [false; FORMS];
        for form in FOUR {
            made[usize::from(form)] = true;
        }
        let hashed = made.map(|made| [made; 3]);
        Core::with(engine, columns, password, affix, Plan { made, hashed, encodings: u16::MAX, only: None })
    }

    /// Only these hypotheses, and what they need.
    #[must_use]
    pub fn confirm(
        engine: Engine,
        columns: Columns,
        password: usize,
        affix: Affix,
        hypotheses: &[Hypothesis],
    ) -> Core {
        let mut plan = Plan { made: [false; FORMS], hashed: [[false; 3]; FORMS], encodings: 0, only: None };
        let mut only = hypotheses.to_vec();
        only.sort_unstable();
        only.dedup();
        for hypothesis in &only {
            let form = usize::from(hypothesis.form.0);
            plan.hashed[form][hypothesis.algorithm as usize] = true;
            plan.made[form] = true;
            plan.encodings |= 1 << hypothesis.encoding.index();
        }
        // A form is made of earlier ones.
        for form in Form::all().collect::<Vec<_>>().into_iter().rev() {
            if plan.made[usize::from(form.0)] {
                match form.recipe() {
                    Recipe::One(..) => {}
                    Recipe::Line(of) => plan.made[usize::from(of)] = true,
                    Recipe::Pair(one, other) => {
                        plan.made[usize::from(one)] = true;
                        plan.made[usize::from(other)] = true;
                    }
                }
            }
        }
        plan.only = Some(only);
        Core::with(engine, columns, password, affix, plan)
    }

    fn with(engine: Engine, columns: Columns, password: usize, affix: Affix, plan: Plan) -> Core {
        Core {
            engine,
            columns,
            password,
            affix,
            plan,
            found: BTreeMap::new(),
            counts: Counts::default(),
            with_form: [0; FORMS],
            with_length: Box::new([[0; 65]; ENCODINGS]),
            group: Box::new(Group {
                slots: vec![[Slot::EMPTY; LANES]; FORMS],
                present: [0; FORMS],
                same: std::array::from_fn(|form| form),
                rows: Rows::new(),
                messages: lanes::Block::default(),
                digest: [[0; LANES]; 8],
                least: [[u32::MAX; LANES]; CHECKS],
            }),
        }
    }

    /// Looks at every row of a block.
    pub fn see(&mut self, block: &Block) {
        for from in (0..block.len()).step_by(LANES) {
            self.fill(block, from);
            if self.group.rows.possible == 0 {
                continue;
            }
            for form in 0..FORMS {
                let hashed = self.group.hashed(form, &self.plan);
                if hashed == [false; 3] {
                    continue;
                }
                self.group.turn(form);
                for algorithm in Algorithm::ALL {
                    if hashed[algorithm as usize] && self.group.near(self.engine, algorithm) {
                        self.verify(block, from, form, algorithm);
                    }
                }
            }
        }
    }

    /// Takes over what another thread saw of the same batch.
    pub fn join(&mut self, other: &Core) {
        for (hypothesis, (tally, bits)) in &other.found {
            let (all, fewest) = self.found.entry(*hypothesis).or_insert((Tally::default(), f64::INFINITY));
            all.join(tally);
            *fewest = fewest.min(*bits);
        }
        self.counts.rows += other.counts.rows;
        self.counts.not_comparable += other.counts.not_comparable;
        self.counts.missing += other.counts.missing;
        self.counts.too_long += other.counts.too_long;
        for (all, theirs) in self.with_form.iter_mut().zip(&other.with_form) {
            *all += theirs;
        }
        for (all, theirs) in self.with_length.iter_mut().flatten().zip(other.with_length.iter().flatten()) {
            *all += theirs;
        }
    }

    /// What was seen and what could not be looked at.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// The hypotheses that explain a row, those with the most rows first, then the simplest. Of forms that come out the
    /// same in a row, each has it.
    #[must_use]
    pub fn hits(&self) -> Vec<Hit> {
        let mut hits: Vec<Hit> = self
            .found
            .iter()
            .map(|(hypothesis, (tally, bits))| Hit {
                hypothesis: *hypothesis,
                blames: hypothesis.form.blames(),
                bits: *bits,
                tally: tally.clone(),
                by_chance: self.expected_by_chance(hypothesis),
            })
            .collect();
        hits.sort_by_key(|hit| std::cmp::Reverse(hit.tally.rows()));
        hits
    }

    /// Rows that a hypothesis would explain if every digest were drawn by lot.
    #[must_use]
    pub fn expected_by_chance(&self, hypothesis: &Hypothesis) -> f64 {
        if self.counts.rows == 0 {
            return 0.0;
        }
        let Hypothesis { form, algorithm, encoding, window } = *hypothesis;
        let window = usize::from(window);
        let lengths = self.with_length[encoding.index()].iter().enumerate();
        let rows: f64 = lengths
            .filter(|(len, rows)| **rows > 0 && window < encoding.windows(algorithm, *len))
            .map(|(len, rows)| *rows as f64 * (-encoding.bits(algorithm, window, len)).exp2())
            .sum();
        rows * self.with_form[usize::from(form.0)] as f64 / self.counts.rows as f64
    }

    /// The same for all hypotheses together: a row counts for each that explains it. Forms that come out the same are
    /// not taken together, so this is rather too much than too little.
    #[must_use]
    pub fn expected_in_all(&self) -> f64 {
        let mut expected = 0.0;
        for form in Form::all() {
            for algorithm in Algorithm::ALL {
                if !self.plan.hashed[usize::from(form.0)][algorithm as usize] {
                    continue;
                }
                for encoding in Encoding::ALL {
                    for window in 0..encoding.windows(algorithm, 1) {
                        let hypothesis = Hypothesis { form, algorithm, encoding, window: window as u16 };
                        if self.plan.only.as_ref().is_none_or(|only| only.binary_search(&hypothesis).is_ok())
                        {
                            expected += self.expected_by_chance(&hypothesis);
                        }
                    }
                }
            }
        }
        expected
    }

    /// Makes sixteen rows ready, or what is left of the block.
    fn fill(&mut self, block: &Block, from: usize) {
        let count = LANES.min(block.len() - from);
        for lane in 0..LANES {
            let unit = from + lane;
            let (said, identifiers) = if lane < count {
                let said = Said::new(self.affix.strip(block.cell(unit, self.password)));
                (said, self.identifiers(block, unit))
            } else {
                (Said::NOTHING, [Identifier::new(Role::Serial, b""); 3])
            };
            self.group.rows.set(lane, said, self.plan.encodings);
            for form in 0..FORMS {
                if self.plan.made[form] {
                    self.group.make(form, lane, &identifiers);
                }
            }
            if lane < count {
                self.count(lane);
            }
        }
        self.group.rows.close();
        self.group.compare_forms(&self.plan);
        for (all, present) in self.with_form.iter_mut().zip(self.group.present) {
            *all += u64::from(present.count_ones());
        }
    }

    /// The serial number, the address and the public column of a row, and whether one is missing or too long.
    fn identifiers<'a>(&mut self, block: &'a Block, unit: usize) -> [Identifier<'a>; 3] {
        let (mut missing, mut too_long) = (false, false);
        let mut identifier = |role, column: Option<usize>| {
            let Some(column) = column else { return Identifier::new(role, b"") };
            let identifier = Identifier::new(role, block.cell(unit, column));
            missing |= identifier.text().is_empty();
            too_long |= identifier.text().len() > lanes::LONGEST;
            identifier
        };
        let identifiers = [
            identifier(Role::Serial, self.columns.serial),
            identifier(Role::Mac, self.columns.mac),
            identifier(Role::Public, self.columns.public),
        ];
        self.counts.rows += 1;
        self.counts.missing += u64::from(missing);
        self.counts.too_long += u64::from(too_long);
        identifiers
    }

    fn count(&mut self, lane: usize) {
        let said = &self.group.rows.said[lane];
        self.counts.not_comparable += u64::from(said.possible == 0);
        let mut left = said.possible;
        while left != 0 {
            self.with_length[left.trailing_zeros() as usize][said.len] += 1;
            left &= left - 1;
        }
    }

    /// Some lane of a digest may agree with its password: compare those that do, whole.
    #[cold]
    #[inline(never)]
    fn verify(&mut self, block: &Block, from: usize, tried: usize, algorithm: Algorithm) {
        for lane in 0..LANES {
            let said = &self.group.rows.said[lane];
            let checks = self.group.least.iter().zip(&self.group.rows.slack).zip(OF_CHECK);
            let near = checks
                .filter(|((least, slack), _)| least[lane] <= slack[lane])
                .fold(0, |near, (_, encodings)| near | encodings & said.possible);
            let there = self.group.present[tried] >> lane & 1 == 1;
            if near == 0 || !there || lane >= block.len() - from {
                continue;
            }
            let digest = lanes::digest_of(algorithm, &self.group.digest, lane);
            let password = self.affix.strip(block.cell(from + lane, self.password));
            let text = &password[..said.len];
            for encoding in Encoding::ALL {
                if near >> encoding.index() & 1 == 0 {
                    continue;
                }
                let (found, plan, only) = (&mut self.found, &self.plan, &self.plan.only);
                let group = &self.group;
                encoding.matches(&digest, text, said.padding, |window| {
                    let bits = encoding.bits(algorithm, window, text.len());
                    // Every form that comes out the same in these rows, if it is wanted.
                    for form in (0..FORMS).filter(|form| group.same[*form] == tried) {
                        let hypothesis =
                            Hypothesis { form: Form(form as u8), algorithm, encoding, window: window as u16 };
                        let wanted = plan.hashed[form][algorithm as usize]
                            && only.as_ref().is_none_or(|only| only.binary_search(&hypothesis).is_ok());
                        if bits >= LEAST_BITS && wanted {
                            let (tally, fewest) =
                                found.entry(hypothesis).or_insert((Tally::default(), f64::INFINITY));
                            tally.add(block.place(from + lane));
                            *fewest = fewest.min(bits);
                        }
                    }
                });
            }
        }
        // The next digest may write only some of the lanes.
        self.group.least = [[u32::MAX; LANES]; CHECKS];
    }
}

impl Group {
    /// Makes a form ready to be hashed.
    fn turn(&mut self, form: usize) {
        for (lane, slot) in self.slots[form].iter().enumerate() {
            self.messages.set_padded(lane, slot.padded(), slot.len());
        }
        self.messages.close();
    }

    /// Hashes sixteen rows, and whether any of them may agree with its password.
    fn near(&mut self, engine: Engine, algorithm: Algorithm) -> bool {
        let Group { rows, messages, digest, least, .. } = self;
        engine.digest(algorithm, messages, digest);
        engine.run(Scan { digest, last: rows.last[algorithm as usize], rows, least })
    }

    /// Writes a form of one row.
    #[inline]
    fn make(&mut self, form: usize, lane: usize, identifiers: &[Identifier<'_>; 3]) {
        let (before, rest) = self.slots.split_at_mut(form);
        let slot = &mut rest[0][lane];
        let made = match Form(form as u8).recipe() {
            Recipe::One(Role::Serial, written) => identifiers[0].write(written, slot),
            Recipe::One(Role::Mac, written) => identifiers[1].write(written, slot),
            Recipe::One(_, written) => identifiers[2].write(written, slot),
            Recipe::Line(of) => {
                *slot = before[usize::from(of)][lane];
                !slot.is_empty() && slot.append(b"\n")
            }
            Recipe::Pair(one, other) => {
                let (one, other) = (&before[usize::from(one)][lane], &before[usize::from(other)][lane]);
                *slot = *one;
                !one.is_empty() && !other.is_empty() && slot.append(other.text())
            }
        };
        if !made || slot.len() > lanes::LONGEST {
            *slot = Slot::EMPTY;
        }
        let bit = 1 << lane;
        self.present[form] = self.present[form] & !bit | if slot.is_empty() { 0 } else { bit };
    }

    /// Finds the forms that come out the same in every row: of a serial number of digits, most do. They are hashed once.
    fn compare_forms(&mut self, plan: &Plan) {
        for form in Form::all() {
            let place = usize::from(form.0);
            let same = form.likely_same().filter(|same| plan.made[*same] && plan.made[place]);
            self.same[place] = same.filter(|same| self.slots[*same] == self.slots[place]).unwrap_or(place);
        }
    }

    /// The algorithms that some form with this text is wanted in.
    fn hashed(&self, form: usize, plan: &Plan) -> [bool; 3] {
        let mut hashed = [false; 3];
        if self.same[form] == form && self.present[form] != 0 {
            for other in (form..FORMS).filter(|other| self.same[*other] == form) {
                for (all, wanted) in hashed.iter_mut().zip(plan.hashed[other]) {
                    *all |= wanted;
                }
            }
        }
        hashed
    }
}

#[cfg(test)]
mod tests;
