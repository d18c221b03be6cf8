//! The words of the data, and how a folded text is looked up in them: a table of hashes, taken from a word's end, so that one
//! pass over a joined word (`Kamerahalterung`) also finds the part that it ends in.

use std::collections::BTreeMap;
use std::iter;
use std::sync::LazyLock;

use super::data::{self, KindRow, Signs};
use super::folded::Folded;
use super::forms::{Tongue, forms};

/// So many words stand together at most.
pub(super) const GROUP: usize = 5;

/// The shortest part that a joined word may end in, where its language joins words.
const JOINED: usize = 5;

/// How much a word weighs beside others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    /// By the upper bits of the hash; none is empty.
    slots: Vec<Option<(u64, Sense)>>,
    /// A bit for each hash: most words of a text are in no list, and this is small enough to stay near.
    filter: Filter,
    /// The same for what a joined word may end in.
    endings: Filter,
}

/// Bits by the upper bits of hashes.
struct Filter {
    bits: Vec<u64>,
    width: u32,
}

impl Filter {
    fn new(width: u32) -> Self {
        Self { bits: vec![0; 1 << (width - 6)], width }
    }

    fn place(&self, hash: u64) -> (usize, u64) {
        let bit = hash >> (64 - self.width);
        ((bit >> 6) as usize, 1 << (bit & 63))
    }

    fn add(&mut self, hash: u64) {
        let (at, bit) = self.place(hash);
        self.bits[at] |= bit;
    }

    fn may_have(&self, hash: u64) -> bool {
        let (at, bit) = self.place(hash);
        self.bits.get(at).is_some_and(|bits| bits & bit != 0)
    }
}

/// The words of the bundled data.
pub(super) static WORDS: LazyLock<Words> = LazyLock::new(|| Words::new(&data::KINDS, &data::SIGNS));

const SLOT_BITS: u32 = 18;
const FILTER_BITS: u32 = 20;
const ENDING_BITS: u32 = 17;

impl Words {
    fn new(kinds: &[KindRow], signs: &Signs) -> Self {
        let mut table = Table::default();
        for (sign, words) in signs.lists() {
            for word in words {
                table.add_sign(word, sign);
            }
        }
        // A word that a list has outweighs a form that a rule makes of another: `scale` is no plural of `scala`.
        for by_rule in [false, true] {
            table.add_kinds(kinds, by_rule);
        }
        table.finish()
    }

    /// The text of a sense as the data has it.
    pub(super) fn text(&'static self, text: u16) -> &'static str {
        self.texts.get(usize::from(text)).map_or("", String::as_str)
    }

    fn find(&self, hash: u64) -> Option<&Sense> {
        if !self.filter.may_have(hash) {
            return None;
        }
        let mask = self.slots.len() - 1;
        let mut slot = (hash >> (64 - SLOT_BITS)) as usize;
        loop {
            // The whole hash decides: that another word of a catalogue has the same 64 bits does not happen by chance.
            match self.slots.get(slot)? {
                Some((found, sense)) if *found == hash => return Some(sense),
                Some(_) => slot = (slot + 1) & mask,
                None => return None,
            }
        }
    }

    /// The longest group of words that begins at `at`, and how many words it takes.
    pub(super) fn group(&self, folded: &Folded, hashes: &[u64], at: usize) -> Option<(&Sense, usize)> {
        let says = |s: &&Sense| s.kind.is_some() || s.sign.is_some();
        let bare = |at: usize, least: usize| {
            let bare = folded.words().get(at).and_then(|w| without_digits(folded.letters(w)))?;
            (bare.len() >= least).then(|| hash_of(bare))
        };
        let mut group = *hashes.get(at)?;
        let mut first = self.find(finish(group));
        let mut best = first.filter(says).map(|sense| (sense, 1));
        // `5000mAh battery` is one of some mAh.
        if first.is_none()
            && let Some(unit) = folded.words().get(at).and_then(|w| unit(folded.letters(w)))
        {
            group = hash_of(unit);
            first = self.find(finish(group));
        }
        if first.is_some_and(|s| s.begins) {
            for (next, hash) in hashes.iter().enumerate().skip(at + 1).take(GROUP - 1) {
                let whole = joined(group, *hash);
                // `Galaxy Watch6` is a Galaxy Watch, and an A15 one of the A's.
                let found = self
                    .find(finish(whole))
                    .or_else(|| bare(next, 1).and_then(|bare| self.find(finish(joined(group, bare)))));
                if let Some(sense) = found.filter(says) {
                    best = Some((sense, next + 1 - at));
                }
                group = whole;
            }
        }
        let bare = || bare(at, 2);
        // `215TWS`: what follows the number of a model says as much as a word does; a lower one counts (`4antenas`).
        let behind = || {
            let letters = folded.words().get(at).map(|w| folded.letters(w))?;
            let unit = unit(letters).filter(|unit| unit.len() > 2 && letters.len() > unit.len() + 2)?;
            Some(hash_of(unit))
        };
        best.or_else(|| self.find(finish(bare().or_else(behind)?)).filter(says).map(|sense| (sense, 1)))
    }

    /// The longest part that a joined word ends in, and how many letters stand before it. Numbers of models are no such words.
    pub(super) fn ending(&self, letters: &[u8]) -> Option<(&Sense, usize)> {
        if letters.len() <= JOINED || letters.iter().any(u8::is_ascii_digit) {
            return None;
        }
        let mut hash = SEED;
        let mut best = None;
        for (before, letter) in letters.iter().enumerate().rev() {
            hash = step(hash, *letter);
            if letters.len() - before >= JOINED {
                let hash = finish(hash);
                if self.endings.may_have(hash)
                    && let Some(sense) = self.find(hash).filter(|s| s.joins)
                {
                    best = Some((sense, before));
                }
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
    text_of: BTreeMap<String, u16>,
    by_hash: BTreeMap<u64, Sense>,
}

impl Table {
    fn add_kinds(&mut self, kinds: &[KindRow], by_rule: bool) {
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
                    self.add_kind(word, tongue, named, by_rule);
                }
            }
        }
    }

    fn add_kind(&mut self, word: &str, tongue: Tongue, named: Named, by_rule: bool) {
        let forms = forms(word, tongue);
        let (written, made) = forms.split_at(1);
        let text = self.text(word);
        for form in if by_rule { made } else { written } {
            let Some((hash, letters, said)) = self.hash(form, named.weight) else { continue };
            // German says most of its words in joined ones; elsewhere a short ending is a chance (`Roboter`, and `boter` is butter).
            let long = if tongue == Tongue::German { JOINED } else { JOINED + 1 };
            let entry = self.by_hash.entry(hash).or_default();
            let joins = (tongue.joins() || tongue == Tongue::Shared) && letters.is_some_and(|n| n >= long);
            if let Some(known) = &mut entry.kind {
                // Of a word in several lists of a kind the heavier counts; in several languages, it says of no order.
                if known.kind == named.kind {
                    known.weight = known.weight.max(named.weight);
                    entry.joins |= joins;
                    if known.head_first != named.head_first {
                        known.head_first = None;
                    }
                }
                continue;
            }
            if by_rule && entry.sign.is_some() {
                continue;
            }
            // What a sign of the same word says remains.
            if entry.sign.is_none() {
                entry.text = text;
                entry.sign = said;
            }
            entry.kind = Some(named);
            entry.joins = joins;
        }
    }

    /// The words of a sign stand in the data in all their forms.
    fn add_sign(&mut self, word: &str, sign: Sign) {
        let text = self.text(word);
        // Adjectives have plurals.
        let adjective =
            matches!(sign, Sign::Plain | Sign::Wired | Sign::Wireless | Sign::Smart | Sign::Loose);
        let plural = adjective.then(|| format!("{}s", word.to_lowercase()));
        for form in iter::once(word.to_lowercase()).chain(spelled_out(word)).chain(plural) {
            let Some((hash, ..)) = self.hash(&form, Weight::Plain) else { continue };
            let entry = self.by_hash.entry(hash).or_default();
            if entry.sign.is_none() {
                entry.text = text;
                entry.sign = Some(sign);
            }
        }
    }

    fn text(&mut self, word: &str) -> u16 {
        let next = u16::try_from(self.texts.len()).unwrap_or(u16::MAX);
        let texts = &mut self.texts;
        *self.text_of.entry(word.to_lowercase()).or_insert_with_key(|word| {
            texts.push(word.clone());
            next
        })
    }

    /// The hash of a word or a group, the letters of a single word, and the sign that is a part of a group: a wireless mouse
    /// is wireless. In the name of a product a cloud is none, but a line of products is one.
    fn hash(&mut self, form: &str, weight: Weight) -> Option<(u64, Option<usize>, Option<Sign>)> {
        let folded = Folded::new(form);
        let hashes: Vec<u64> = folded.words().iter().map(|w| hash_of(folded.letters(w))).collect();
        let (first, more) = hashes.split_first()?;
        let hash = finish(more.iter().fold(*first, |group, hash| joined(group, *hash)));
        if more.is_empty() {
            let letters = folded.words().first().map(|w| folded.letters(w).len());
            return Some((hash, letters, None));
        }
        self.by_hash.entry(finish(*first)).or_default().begins = true;
        let part = |sign: &Sign| match sign {
            Sign::Wireless | Sign::Smart | Sign::Network | Sign::Short | Sign::App => true,
            Sign::Loose => weight != Weight::Name,
            Sign::Line => weight == Weight::Name,
            _ => false,
        };
        let of_word = |hash: &u64| self.by_hash.get(&finish(*hash)).and_then(|sense| sense.sign).filter(part);
        Some((hash, None, hashes.iter().find_map(of_word)))
    }

    fn finish(self) -> Words {
        let mut slots = vec![None; 1 << SLOT_BITS];
        // Else a search for a word that is not there would find no empty place to end at.
        assert!(
            self.by_hash.len() * 10 < slots.len() * 9,
            "the table of words is too small: raise SLOT_BITS"
        );
        let mut filter = Filter::new(FILTER_BITS);
        let mut endings = Filter::new(ENDING_BITS);
        for (hash, sense) in self.by_hash {
            filter.add(hash);
            if sense.joins {
                endings.add(hash);
            }
            let mut slot = (hash >> (64 - SLOT_BITS)) as usize;
            while slots[slot].is_some() {
                slot = (slot + 1) & (slots.len() - 1);
            }
            slots[slot] = Some((hash, sense));
        }
        Words { texts: self.texts, slots, filter, endings }
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

/// The hashes of a text's words, and how many there are.
pub(super) fn hashes(folded: &Folded, into: &mut [u64; 64]) -> usize {
    let mut count = 0;
    for (word, place) in folded.words().iter().zip(into.iter_mut()) {
        *place = hash_of(folded.letters(word));
        count += 1;
    }
    count
}

/// What a number is of that stands before it in the same word.
fn unit(letters: &[u8]) -> Option<&[u8]> {
    if !letters.first()?.is_ascii_digit() {
        return None;
    }
    let start = letters.iter().position(|l| !l.is_ascii_digit())?;
    letters.get(start..)
}

/// A word without the digits at its end.
fn without_digits(letters: &[u8]) -> Option<&[u8]> {
    if !letters.last()?.is_ascii_digit() {
        return None;
    }
    let end = letters.iter().rposition(|l| !l.is_ascii_digit())? + 1;
    letters.get(..end)
}
