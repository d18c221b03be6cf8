//! The words of the data, and how a folded text is looked up in them: a table of hashes, taken from a word's end, so that one
//! pass over a joined word (`Kamerahalterung`) also finds the part that it ends in.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::data::{self, KindRow, Signs};
use super::folded::{Folded, Word};
use super::forms::{Tongue, forms};

/// So many words stand together at most.
pub(super) const GROUP: usize = 5;

/// The shortest part that a joined word may end in, where its language joins words.
const JOINED: usize = 5;

/// How much a word weighs beside others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// It gives way to any other.
    Weak,
    /// It counts by its place.
    Plain,
    /// The name of a product: a part beside it is a part for it.
    Name,
    /// It outweighs all others.
    Strong,
}

/// The kind that a word names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named {
    /// Which one, among those of the data.
    pub(super) kind: u16,
    pub(super) weight: Weight,
    /// Of a language where the thing itself stands first; none where several languages share the word.
    pub(super) head_first: Option<bool>,
}

/// What is said about a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// A network by name: Wi-Fi.
    Network,
    /// A network beside a device; beside a skirt, anything.
    Loose,
    /// A radio that reaches no network of its own: Bluetooth, Zigbee.
    Short,
    /// A mobile network.
    Cellular,
    App,
    /// A voice assistant or a platform.
    Assistant,
    /// A line of products that all connect.
    Line,
    Smart,
    Wireless,
    Plain,
    Wired,
    With,
    Denial,
    For,
    Used,
    UsedAlone,
    Reconditioned,
    Kids,
    And,
    Nothing,
}

/// What a word or a group of words says.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sense {
    /// Its text, among those of the data.
    pub(super) text: u16,
    pub(super) kind: Option<Named>,
    pub(super) sign: Option<Sign>,
    joins: bool,
    begins: bool,
}

/// All words.
pub(super) struct Words {
    texts: Vec<String>,
    senses: Vec<(u64, Sense)>,
    /// One more than the place in `senses`, by the upper bits of the hash; 0 is empty.
    slots: Vec<u16>,
    /// A bit for each hash: most words of a text are in no list, and this is small enough to stay near.
    filter: Vec<u64>,
}

/// The words of the bundled data.
pub(super) static WORDS: LazyLock<Words> = LazyLock::new(|| Words::new(&data::KINDS, &data::SIGNS));

const SLOT_BITS: u32 = 17;
const FILTER_BITS: u32 = 18;

impl Words {
    fn new(kinds: &[KindRow], signs: &Signs) -> Self {
        let mut table = Table::default();
        for (at, kind) in kinds.iter().enumerate() {
            let kind_at = u16::try_from(at).unwrap_or(u16::MAX);
            for (list, words) in &kind.words {
                let Some(tongue) = Tongue::of(list) else { continue };
                let weight = match list.as_str() {
                    "names" => Weight::Name,
                    "strong" => Weight::Strong,
                    // A part counts by its place even where its word is a common one: `iPhone case`.
                    "weak" if !kind.part => Weight::Weak,
                    _ => Weight::Plain,
                };
                let head_first = match (list.as_str(), tongue) {
                    ("first", _) => Some(true),
                    (_, Tongue::Shared) => None,
                    _ => Some(tongue.head_first()),
                };
                let named = Named { kind: kind_at, weight, head_first };
                for word in words {
                    table.add(word, tongue, Some(named), None);
                }
            }
        }
        for (sign, words) in signs.lists() {
            for word in words {
                table.add(word, Tongue::Shared, None, Some(sign));
            }
        }
        table.finish()
    }

    /// The text of a sense as the data has it.
    pub(super) fn text(&'static self, text: u16) -> &'static str {
        self.texts.get(usize::from(text)).map_or("", String::as_str)
    }

    fn find(&self, hash: u64) -> Option<&Sense> {
        let bit = hash >> (64 - FILTER_BITS);
        let set = self.filter.get(usize::try_from(bit >> 6).ok()?)? >> (bit & 63);
        if set & 1 == 0 {
            return None;
        }
        let mask = self.slots.len() - 1;
        let mut slot = usize::try_from(hash >> (64 - SLOT_BITS)).ok()?;
        loop {
            let at = usize::from(*self.slots.get(slot)?).checked_sub(1)?;
            // The whole hash decides: that another word of a catalogue has the same 64 bits does not happen by chance.
            let (found, sense) = self.senses.get(at)?;
            if *found == hash {
                return Some(sense);
            }
            slot = (slot + 1) & mask;
        }
    }

    /// The longest group of words that begins at `at`, and how many words it takes.
    pub(super) fn group(&self, hashes: &[u64], at: usize) -> Option<(&Sense, usize)> {
        let mut group = *hashes.get(at)?;
        let first = self.find(finish(group));
        let mut best = first.filter(|s| s.kind.is_some() || s.sign.is_some()).map(|sense| (sense, 1));
        if first.is_some_and(|s| s.begins) {
            for (more, hash) in hashes.iter().skip(at + 1).take(GROUP - 1).enumerate() {
                group = joined(group, *hash);
                if let Some(sense) = self.find(finish(group)).filter(|s| s.kind.is_some() || s.sign.is_some())
                {
                    best = Some((sense, more + 2));
                }
            }
        }
        best
    }

    /// The longest part that a joined word ends in, and how many letters stand before it.
    pub(super) fn ending(&self, letters: &[u8]) -> Option<(&Sense, usize)> {
        let mut hash = SEED;
        let mut best = None;
        for (before, letter) in letters.iter().enumerate().rev() {
            hash = step(hash, *letter);
            if letters.len() - before >= JOINED
                && let Some(sense) = self.find(finish(hash)).filter(|s| s.joins)
            {
                best = Some((sense, before));
            }
        }
        best
    }

    /// What a single word says.
    pub(super) fn word(&self, letters: &[u8]) -> Option<&Sense> {
        self.find(finish(hash_of(letters))).filter(|s| s.kind.is_some() || s.sign.is_some())
    }
}

/// The words while they are gathered.
#[derive(Default)]
struct Table {
    texts: Vec<String>,
    by_hash: BTreeMap<u64, Sense>,
}

impl Table {
    fn add(&mut self, word: &str, tongue: Tongue, kind: Option<Named>, sign: Option<Sign>) {
        let text = u16::try_from(self.texts.len()).unwrap_or(u16::MAX);
        self.texts.push(word.to_lowercase());
        // The words of a sign stand there in all their forms.
        let forms = if sign.is_some() { vec![word.to_lowercase()] } else { forms(word, tongue) };
        let forms = forms.into_iter().chain(if sign.is_some() { spelled_out(word) } else { None });
        for form in forms {
            let folded = Folded::new(&form);
            let hashes: Vec<u64> = folded.words().iter().map(|w| hash_of(folded.letters(w))).collect();
            let Some((first, more)) = hashes.split_first() else { continue };
            let hash = more.iter().fold(*first, |group, hash| joined(group, *hash));
            if !more.is_empty() {
                self.by_hash.entry(finish(*first)).or_default().begins = true;
            }
            let long = if tongue.joins() { JOINED } else { JOINED + 1 };
            let joins = kind.is_some()
                && more.is_empty()
                && (tongue.joins() || tongue == Tongue::Shared)
                && folded.words().first().is_some_and(|w| folded.letters(w).len() >= long);
            let entry = self.by_hash.entry(finish(hash)).or_default();
            if entry.kind.is_none() && entry.sign.is_none() {
                entry.text = text;
            }
            // Of two kinds the one that the data has first.
            if entry.kind.is_none() && kind.is_some() {
                entry.kind = kind;
                entry.joins = joins;
            }
            if entry.sign.is_none() {
                entry.sign = sign;
            }
        }
    }

    fn finish(self) -> Words {
        let mut slots = vec![0u16; 1 << SLOT_BITS];
        let mut filter = vec![0u64; 1 << (FILTER_BITS - 6)];
        let senses: Vec<(u64, Sense)> = self.by_hash.into_iter().collect();
        for (at, (hash, _)) in senses.iter().enumerate() {
            let bit = hash >> (64 - FILTER_BITS);
            filter[(bit >> 6) as usize] |= 1 << (bit & 63);
            let mut slot = (hash >> (64 - SLOT_BITS)) as usize;
            while slots[slot] != 0 {
                slot = (slot + 1) & (slots.len() - 1);
            }
            slots[slot] =
                u16::try_from(at + 1).expect("the lists have fewer than 65,535 forms, as a test sees");
        }
        Words { texts: self.texts, senses, slots, filter }
    }
}

/// The umlauts of a sign's word as two letters.
fn spelled_out(word: &str) -> Option<String> {
    let word = word.to_lowercase();
    let other = word.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue");
    (other != word).then_some(other)
}

const SEED: u64 = 0xcbf2_9ce4_8422_2325;
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

fn step(hash: u64, letter: u8) -> u64 {
    (hash ^ u64::from(letter)).wrapping_mul(STEP)
}

/// A word's hash, from its last letter to its first.
pub(super) fn hash_of(letters: &[u8]) -> u64 {
    letters.iter().rev().fold(SEED, |hash, letter| step(hash, *letter))
}

fn joined(group: u64, word: u64) -> u64 {
    (group.rotate_left(23) ^ word).wrapping_mul(STEP)
}

/// The upper bits choose the place, so they have to depend on all of the hash.
fn finish(hash: u64) -> u64 {
    (hash ^ (hash >> 32)).wrapping_mul(STEP)
}

/// The hashes of a text's words.
pub(super) fn hashes(folded: &Folded, into: &mut [u64; 64]) -> usize {
    let mut count = 0;
    for (word, place) in folded.words().iter().zip(into.iter_mut()) {
        *place = hash_of(folded.letters(word));
        count += 1;
    }
    count
}

/// A word without the digits at its end: `wifi6`.
pub(super) fn without_digits<'a>(folded: &'a Folded, word: &Word) -> Option<&'a [u8]> {
    let letters = folded.letters(word);
    let end = letters.iter().rposition(|l| !l.is_ascii_digit())? + 1;
    (end < letters.len() && end > 1).then(|| &letters[..end])
}
