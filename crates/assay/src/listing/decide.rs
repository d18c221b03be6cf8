//! From what the title, the category and the brand say to a kind, and whether a thing of that kind connects.

use std::sync::LazyLock;

use super::Listed;
use super::because::{Because, Place, Rule, Seen};
use super::data::{Connects, KINDS, KindRow, OfSmart};
use super::folded::Folded;
use super::reading::{Hit, Reading, Told, is_narrower, read};
use super::words::{WORDS, Weight};
use crate::seller::{Outside, Scope};

/// Whether a thing is a connected one, before any exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    In,
    Out,
    Unsure,
}

/// What was found out about a listing, whatever the scheme.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) kind: Option<u16>,
    pub(super) answer: Answer,
    pub(super) because: Because,
    pub(super) used: Option<Seen>,
    pub(super) reconditioned: Option<Seen>,
    /// The short-range radio, where no other network is named.
    pub(super) short: Option<Seen>,
    pub(super) network: bool,
    pub(super) cellular: bool,
}

/// The texts of a listing as they were read.
struct Listing<'a> {
    listed: &'a Listed<'a>,
    title: Reading,
    leaf: Reading,
}

/// The kind that a listing is taken for, and the word for it.
#[derive(Clone, Copy)]
struct Head {
    hit: Hit,
    place: Place,
}

static TABLETS: LazyLock<(u16, u16)> = LazyLock::new(|| (kind("tablet"), kind("tablet-kids")));
static BOOK: LazyLock<u16> = LazyLock::new(|| kind("book"));

fn kind(id: &str) -> u16 {
    KINDS.iter().position(|row| row.id == id).and_then(|at| u16::try_from(at).ok()).unwrap_or(u16::MAX)
}

/// Reads a listing.
pub(super) fn found(listed: &Listed<'_>) -> Found {
    let mut title = read(&Folded::new(listed.title));
    if title.head.is_none() && title.made_for.is_none() && !listed.model.is_empty() {
        let model = read(&Folded::new(listed.model));
        title.head = model.head;
        title.beside = model.beside;
    }
    let leaf = levels(listed.category).next().map(|leaf| read(&Folded::new(leaf))).unwrap_or_default();
    let listing = Listing { listed, title, leaf };
    let (kind, answer, because) = listing.decide();
    let title = &listing.title.told;
    let seen = |of_title: Option<u16>, of_leaf: Option<u16>| {
        seen(of_title, Place::Title).or_else(|| seen(of_leaf, Place::Category))
    };
    let leaf = &listing.leaf.told;
    let short = seen(title.short, leaf.short);
    let more = [title, leaf].iter().any(|told| {
        told.network.or(told.app).or(told.assistant).or(told.cellular).or(told.line).or(told.loose).is_some()
    });
    Found {
        kind,
        answer,
        because,
        used: seen(title.used, leaf.used),
        reconditioned: seen(title.reconditioned, leaf.reconditioned),
        short: short.filter(|_| !more),
        network: title.network.is_some(),
        cellular: title.cellular.is_some(),
    }
}

impl Found {
    pub(super) fn row(&self) -> Option<&'static KindRow> {
        KINDS.get(usize::from(self.kind?))
    }
}

impl Answer {
    pub(super) fn scope(self) -> Scope {
        match self {
            Self::In => Scope::In,
            Self::Out => Scope::Out(Outside::NotConsumerConnectable),
            Self::Unsure => Scope::Unsure,
        }
    }
}

impl Listing<'_> {
    fn decide(&self) -> (Option<u16>, Answer, Because) {
        if is_book_number(self.listed.gtin_hint) {
            let because = Because { rule: Rule::BookNumber, kind: says(*BOOK), word: None, other: None };
            return (Some(*BOOK), Answer::Out, because);
        }
        let shelf = self.leaf.shelf;
        let Some(title) = self.title.head else { return self.without_a_title(shelf) };
        let head = Head { hit: title, place: Place::Title };
        if let Some(shelf) = shelf
            && let Some(decided) = self.against_the_shelf(head, shelf)
        {
            return decided;
        }
        self.judge(head)
    }

    /// The title names no kind: what the category names, if it names one.
    fn without_a_title(&self, shelf: Option<Hit>) -> (Option<u16>, Answer, Because) {
        let above = || {
            let levels = levels(self.listed.category).skip(1).take(LEVELS);
            let heads = levels.filter_map(|level| read(&Folded::new(level)).shelf);
            // `Computers > Boxes`: that the shelf above is of an excepted kind takes nothing out.
            heads.filter(|hit| hit.row().nature.is_none())
        };
        // `Books > Computing`: a department gives way to what says more.
        let says_more = || above().find(|hit| !is_department(hit));
        let of_category =
            shelf.filter(|hit| !is_department(hit)).or_else(says_more).or(shelf).or_else(|| above().next());
        if let Some(device) = self.title.made_for {
            return self.made_for(device, of_category);
        }
        match of_category {
            Some(hit) if !hit.row().generic => self.judge(Head { hit, place: Place::Category }),
            // `Printer accessories`: for one, as long as nothing is said of a radio.
            Some(hit) if self.is_accessory(hit) => self.judge(Head { hit, place: Place::Category }),
            Some(_) => (None, Answer::Unsure, because(Rule::NothingSaid, None, None, None)),
            None => self.by_its_signs(),
        }
    }

    /// Whether a shelf holds what belongs to devices of one kind, and the title says nothing of a radio.
    fn is_accessory(&self, shelf: Hit) -> bool {
        let told = &self.title.told;
        let says = told.network.or(told.short).or(told.app).or(told.wireless).or(told.smart).or(told.line);
        says.is_none() && self.leaf.shelf.is_some_and(|l| l.text == shelf.text) && self.leaf.beside.is_some()
    }

    /// Something for a device, and the title does not say what: what says nothing of a radio is an accessory.
    fn made_for(&self, device: Hit, of_category: Option<Hit>) -> (Option<u16>, Answer, Because) {
        let part = of_category.filter(|hit| hit.row().part && !hit.row().generic);
        if let Some(hit) = part {
            return self.judge(Head { hit, place: Place::Category });
        }
        let told = &self.title.told;
        let says = told.network.or(told.short).or(told.app).or(told.wireless).or(told.smart);
        let on_a_shelf_of_devices = of_category
            .is_some_and(|hit| !hit.row().part && !hit.row().shelf && hit.named.kind != device.named.kind);
        let answer = match device.named.weight {
            Weight::Weak => Answer::Unsure,
            _ if says.is_some() || on_a_shelf_of_devices => Answer::Unsure,
            _ => Answer::Out,
        };
        (None, answer, because(Rule::MadeFor, None, seen(Some(device.text), Place::Title), None))
    }

    /// Neither title nor category names a kind. What names its radio or its app is a device all the same; a bracket does not.
    fn by_its_signs(&self) -> (Option<u16>, Answer, Because) {
        let told = &self.title.told;
        match seen(told.network.or(told.short).or(told.app), Place::Title) {
            Some(sign) => (None, Answer::In, because(Rule::SaysItConnects, None, None, Some(sign))),
            None => (None, Answer::Unsure, because(Rule::NothingSaid, None, None, None)),
        }
    }

    /// Where the shelf says more than the title, or something else.
    fn against_the_shelf(&self, head: Head, shelf: Hit) -> Option<(Option<u16>, Answer, Because)> {
        let (row, on_shelf) = (head.hit.row(), shelf.row());
        // An adapter for Wi-Fi on the shelf of adapters is what it says.
        let within = WORDS.text(head.hit.text).contains(WORDS.text(shelf.text));
        if row.connects == Connects::Never || row.id == on_shelf.id || within {
            return None;
        }
        let of_shelf = Head { hit: shelf, place: Place::Category };
        let told = self.evidence(head.hit);
        let disagree = |word: Option<Seen>| {
            let other = seen(Some(shelf.text), Place::Category);
            let word = word.or(seen(Some(head.hit.text), Place::Title));
            Some((Some(head.hit.named.kind), Answer::Unsure, because(Rule::Disagree, Some(row), word, other)))
        };
        // A word that gives way to any other gives way to the shelf.
        if is_narrower(&shelf, &head.hit)
            || (head.hit.named.weight == Weight::Weak && !on_shelf.generic && !is_department(&shelf))
        {
            return Some(self.judge(of_shelf));
        }
        if on_shelf.ruling || (on_shelf.part && !on_shelf.generic && on_shelf.connects == Connects::Never) {
            // A book may be about the product that it names, but e-readers stand among books as well.
            let named = head.hit.named.weight == Weight::Name && row.connects == Connects::Always;
            return match told {
                Some(_) if !row.shelf => disagree(None),
                None if named && on_shelf.ruling => disagree(None),
                _ => Some(self.judge(of_shelf)),
            };
        }
        let companion = row.companion && head.hit.named.weight != Weight::Name;
        if on_shelf.generic && row.connects == Connects::Always && told.is_none() && !companion {
            return if row.whole { Some(self.judge(of_shelf)) } else { disagree(None) };
        }
        None
    }

    /// Whether a thing of this kind connects, by what is said about it.
    fn judge(&self, head: Head) -> (Option<u16>, Answer, Because) {
        let (kind, row) = self.for_children(head.hit);
        let word = seen(Some(head.hit.text), head.place);
        let told = &self.title.told;
        let evidence = self.evidence(head.hit);
        let say = |answer: Answer, rule: Rule, other: Option<Seen>| {
            (Some(kind), answer, because(rule, Some(row), word, other))
        };
        let beside = self.title.beside.filter(|_| head.place == Place::Title);
        let outweighed = beside.and_then(|hit| seen(Some(hit.text), Place::Title));
        let plain = seen(told.plain, Place::Title);
        match row.connects {
            Connects::Never => {
                // A replacement camera is a camera; and a battery at the end of a camera's title may be one that it runs on.
                let device = beside.filter(|hit| hit.row().connects == Connects::Always);
                let on_its_shelf = device.is_some_and(|d| {
                    self.leaf.head.is_some_and(|leaf| leaf.named.kind == d.named.kind)
                        && head.hit.named.weight != Weight::Strong
                });
                // `Access point AX3600 ceiling mount` among access points: how it is mounted.
                let apart = || device.is_some_and(|d| head.hit.is_apart_from(&d));
                if (row.spare && evidence.is_some() && device.is_some())
                    || (on_its_shelf && (evidence.is_some() || apart()))
                {
                    return say(Answer::Unsure, Rule::Disagree, outweighed);
                }
                // A brush, and no word of what else it is: one for teeth may have an app.
                let alone = row.part && beside.is_none() && self.title.made_for.is_none() && !row.generic;
                // So may a notebook or a teapot; a book is about what it names.
                let alone = alone || (row.shelf && !row.ruling && head.place == Place::Title);
                let radio = told.network.or(told.short).or(told.app);
                if alone && head.hit.named.weight != Weight::Strong && radio.is_some() && row.id != "aerial" {
                    return say(Answer::Unsure, Rule::ButAsk, seen(radio, Place::Title));
                }
                say(Answer::Out, Rule::NeverConnects, outweighed)
            }
            Connects::Always => match plain {
                Some(plain) if evidence.is_none() => say(Answer::Unsure, Rule::Contradicts, Some(plain)),
                _ => say(Answer::In, Rule::AlwaysConnects, None),
            },
            Connects::Either | Connects::WithSign => {
                let wireless = seen(told.wireless, Place::Title).filter(|_| row.wireless);
                let wired = seen(told.wired, Place::Title).filter(|_| row.wired);
                if let Some(sign) = evidence {
                    return say(Answer::In, Rule::SaysItConnects, Some(sign));
                }
                if let Some(plain) = plain.or(wired) {
                    return say(Answer::Out, Rule::SaysItDoesNot, Some(plain));
                }
                let smart = || if row.smart == OfSmart::Nothing { None } else { self.smart() };
                if let Some(sign) = wireless.or_else(|| smart().filter(|_| row.smart == OfSmart::In)) {
                    return say(Answer::In, Rule::SaysItConnects, Some(sign));
                }
                if row.connects == Connects::Either {
                    return say(Answer::Unsure, Rule::DoesNotSay, None);
                }
                // What is left of those whose smart ones are in is not smart; of the rest the word is a hint, as a brand is one.
                let hint = || match row.smart {
                    OfSmart::Nothing => None,
                    OfSmart::Ask => smart().or_else(|| self.brand()),
                    OfSmart::In => self.brand(),
                };
                match hint() {
                    Some(sign) => say(Answer::Unsure, Rule::ButAsk, Some(sign)),
                    None => say(Answer::Out, Rule::SeldomConnects, None),
                }
            }
        }
    }

    /// The word that says that a thing of this kind connects.
    fn evidence(&self, hit: Hit) -> Option<Seen> {
        let row = hit.row();
        let named = |told: &Told| {
            let sure = told.network.or(told.short).or(told.app);
            // Beside clothes and toys a nest, a thread or a matter is what it always was.
            let more = || told.assistant.or(told.line).or(told.loose);
            let cellular = || told.cellular;
            if row.part {
                return sure.or(told.line);
            }
            if row.shelf { sure } else { sure.or_else(more).or_else(cellular) }
        };
        let of_leaf = || {
            let same = self
                .leaf
                .head
                .is_none_or(|leaf| leaf.named.kind == hit.named.kind || is_narrower(&hit, &leaf));
            named(&self.leaf.told).filter(|_| same && !self.leaf.mixed)
        };
        seen(named(&self.title.told), Place::Title).or_else(|| seen(of_leaf(), Place::Category))
    }

    /// The word "smart" in the title or anywhere in the category.
    fn smart(&self) -> Option<Seen> {
        let above = || read(&Folded::new(above_the_leaf(self.listed.category))).told.smart;
        seen(self.title.told.smart, Place::Title)
            .or_else(|| seen(self.leaf.told.smart.or_else(above), Place::Category))
    }

    /// A brand that sells nothing but connected things: a hint, never a proof.
    fn brand(&self) -> Option<Seen> {
        if self.listed.brand.is_empty() {
            return None;
        }
        seen(read(&Folded::new(self.listed.brand)).told.line, Place::Brand)
    }

    fn for_children(&self, hit: Hit) -> (u16, &'static KindRow) {
        let (tablet, kids) = *TABLETS;
        if hit.named.kind == tablet && self.title.told.kids.or(self.leaf.told.kids).is_some() {
            return (kids, KINDS.get(usize::from(kids)).unwrap_or(hit.row()));
        }
        (hit.named.kind, hit.row())
    }
}

/// Whether a shelf is a whole department, which says little of what stands there.
fn is_department(shelf: &Hit) -> bool {
    shelf.row().shelf && shelf.named.weight == Weight::Weak
}

/// So many levels above the last one are read.
const LEVELS: usize = 5;

/// What parts the levels of a category.
const BETWEEN: [char; 6] = ['>', '/', '|', '»', '›', '\\'];

/// The levels of a category, the last first.
fn levels(category: &str) -> impl Iterator<Item = &str> {
    path(category).rsplit(BETWEEN).map(str::trim).filter(|level| !level.is_empty())
}

/// All levels but the last one, as one text.
fn above_the_leaf(category: &str) -> &str {
    let path = path(category).trim_end_matches(|c: char| c.is_whitespace() || BETWEEN.contains(&c));
    path.rsplit_once(BETWEEN).map_or("", |(above, _)| above)
}

/// The address of a page has its host before its levels.
fn path(category: &str) -> &str {
    match category.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => category,
    }
}

/// Whether a number begins with the prefix of books or periodicals, with or without leading zeros, as 13 or 14 digits.
fn is_book_number(number: Option<u64>) -> bool {
    let Some(number) = number else { return false };
    let prefix = number / 10_000_000_000;
    matches!(prefix, 977..=979)
}

fn seen(text: Option<u16>, place: Place) -> Option<Seen> {
    text.map(|text| Seen { word: WORDS.text(text), place })
}

fn says(kind: u16) -> Option<&'static str> {
    KINDS.get(usize::from(kind)).map(|row| row.says.as_str())
}

fn because(rule: Rule, row: Option<&'static KindRow>, word: Option<Seen>, other: Option<Seen>) -> Because {
    Because { rule, kind: row.map(|row| row.says.as_str()), word, other }
}
