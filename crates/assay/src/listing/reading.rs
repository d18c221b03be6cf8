//! What one text of a listing says: which kinds it names, which of them is the thing itself, and what is said about it.
//!
//! ```text
//! Outdoor camera  with  Wi-Fi and charger , works with Alexa
//! └── main ─────┘ with └─ along with it ─┘  └─ later ──────┘
//! Charger  for  Outdoor camera
//! └ main ┘ for  └ what it is made for ┘
//! ```

use std::sync::LazyLock;

use super::data::{Connects, KINDS, KindRow};
use super::folded::{Cut, Folded};
use super::words::{GROUP, Named, Sense, Sign, WORDS, Weight, hashes};

/// So many kinds of one text are held against each other.
const HITS: usize = 12;

/// A kind that a text names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    pub(super) named: Named,
    /// The word, among those of the data.
    pub(super) text: u16,
    /// The first of its words, and the first after it.
    at: u8,
    end: u8,
}

impl Hit {
    /// Whether other words stand between it and one before it.
    pub(super) fn is_apart_from(&self, before: &Self) -> bool {
        before.end < self.at
    }

    /// The kind as the data has it.
    pub(super) fn row(&self) -> &'static KindRow {
        // The index comes from the same list.
        &KINDS[usize::from(self.named.kind)]
    }
}

/// Which part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Main,
    /// What comes along.
    With,
    /// What it is made for.
    For,
    /// After a comma, once the thing was named.
    Later,
}

/// The signs of a text, each with the first word that gave it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Told {
    pub(super) network: Option<u16>,
    pub(super) loose: Option<u16>,
    pub(super) short: Option<u16>,
    pub(super) cellular: Option<u16>,
    pub(super) app: Option<u16>,
    pub(super) assistant: Option<u16>,
    pub(super) line: Option<u16>,
    pub(super) smart: Option<u16>,
    pub(super) wireless: Option<u16>,
    pub(super) plain: Option<u16>,
    pub(super) wired: Option<u16>,
    pub(super) used: Option<u16>,
    pub(super) reconditioned: Option<u16>,
    pub(super) kids: Option<u16>,
}

/// What a text says.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reading {
    /// The thing itself.
    pub(super) head: Option<Hit>,
    /// Another kind in the same place, which the head outweighs.
    pub(super) beside: Option<Hit>,
    /// What it is made for.
    pub(super) made_for: Option<Hit>,
    /// Two things stand there as equals: `Phones & accessories`.
    pub(super) mixed: bool,
    /// What all things of a shelf of this name are.
    pub(super) shelf: Option<Hit>,
    pub(super) told: Told,
}

/// Reads a text.
pub(super) fn read(folded: &Folded) -> Reading {
    let mut scan = Scan::default();
    scan.run(folded);
    scan.reading()
}

#[derive(Default)]
struct Scan {
    main: Hits,
    later: Hits,
    made_for: Hits,
    told: Told,
    /// What is said after `for`.
    of_made_for: Told,
    /// A word for "and" stands behind the last kind of the main part.
    and: bool,
    mixed: bool,
    /// Of two things that stand as equals, one is in no list.
    half: bool,
    /// Where the last kind behind an "and" stands among those of the main part.
    joined: usize,
    /// The word after the last one that names a radio or an app.
    radio: usize,
}

#[derive(Default)]
struct Hits {
    hits: [Option<Hit>; HITS],
    count: usize,
}

impl Hits {
    fn push(&mut self, hit: Hit) {
        if let Some(place) = self.hits.get_mut(self.count) {
            *place = Some(hit);
            self.count += 1;
        }
    }

    fn iter(&self) -> impl DoubleEndedIterator<Item = &Hit> {
        self.hits.iter().take(self.count).flatten()
    }
}

impl Scan {
    fn run(&mut self, folded: &Folded) {
        let words = folded.words();
        let mut of_words = [0u64; 64];
        let count = hashes(folded, &mut of_words);
        let of_words = &of_words[..count];
        let mut part = Part::Main;
        let mut bracketed = false;
        let mut outside = Part::Main;
        // The words up to here stand after a `without`.
        let mut denied = 0;
        let mut at = 0;
        while let Some(word) = words.get(at) {
            if word.bracketed != bracketed {
                bracketed = word.bracketed;
                if bracketed {
                    outside = part;
                    part = self.after_cut(part);
                } else {
                    part = outside;
                }
            } else if word.cut == Cut::Hard || (word.cut == Cut::Dash && part != Part::Main) {
                part = self.after_cut(part);
            }
            if word.plus && self.main.count > 0 && part == Part::Main {
                part = Part::With;
            }
            // No group of words reaches over a comma.
            let mut reach = at + 1;
            while reach < at + GROUP && words.get(reach).is_some_and(|w| w.cut != Cut::Hard) {
                reach += 1;
            }
            let mut taken = 1;
            let found = WORDS.group(folded, &of_words[..reach], at);
            if let Some((sense, group)) = found {
                taken = group;
                let after = words.get(at + group).map_or(Cut::Hard, |next| next.cut);
                let ends = at == 0 || word.cut != Cut::Blank || after != Cut::Blank;
                self.take(*sense, at, at + group, &mut part, &mut denied, ends);
            } else {
                self.joined(folded.letters(word), at, &mut part, &mut denied);
            }
            at += taken;
        }
    }

    /// A joined word: the part that it ends in is the thing, what stands before may be a sign.
    fn joined(&mut self, letters: &[u8], at: usize, part: &mut Part, denied: &mut usize) {
        let Some((sense, before)) = WORDS.ending(letters) else { return };
        let rest = letters.get(..before).unwrap_or_default();
        if let Some(first) = WORDS.word(rest) {
            let outweighs = first.kind.is_some_and(|named| named.weight == Weight::Strong);
            if let Some(sign) = first.sign {
                self.sign(sign, first.text, at, part, denied, false);
            }
            if outweighs {
                self.kind(*first, at, at + 1, *part);
            }
        }
        self.kind(*sense, at, at + 1, *part);
    }

    fn take(&mut self, sense: Sense, at: usize, end: usize, part: &mut Part, denied: &mut usize, ends: bool) {
        if sense.kind.is_some() {
            self.kind(sense, at, end, *part);
        }
        if let Some(sign) = sense.sign {
            self.sign(sign, sense.text, end, part, denied, ends);
        }
    }

    fn kind(&mut self, sense: Sense, at: usize, end: usize, part: Part) {
        let Some(named) = sense.kind else { return };
        // There are 64 words at most.
        let place = |at: usize| u8::try_from(at).unwrap_or(u8::MAX);
        let hit = Hit { named, text: sense.text, at: place(at), end: place(end) };
        match part {
            Part::Main => {
                // `Phones & cases` is a shelf of both, `cases & covers` is one of cases.
                if std::mem::take(&mut self.and) {
                    let last = self.main.iter().next_back();
                    self.half |= last.is_none();
                    self.mixed |= last.is_none_or(|last| last.named.kind != named.kind);
                    self.joined = self.main.count;
                }
                self.main.push(hit);
            }
            Part::For => self.made_for.push(hit),
            Part::Later => self.later.push(hit),
            Part::With => {}
        }
    }

    fn sign(&mut self, sign: Sign, text: u16, end: usize, part: &mut Part, denied: &mut usize, ends: bool) {
        let told = &mut self.told;
        let place = match sign {
            Sign::Assistant => &mut told.assistant,
            Sign::Used => &mut told.used,
            Sign::UsedAlone if ends => &mut told.used,
            Sign::Reconditioned => &mut told.reconditioned,
            Sign::Kids => &mut told.kids,
            Sign::With => {
                if matches!(part, Part::Main | Part::For) && self.main.count > 0 {
                    *part = Part::With;
                }
                return;
            }
            Sign::For => {
                *part = Part::For;
                return;
            }
            Sign::Denial => {
                *denied = end + 2;
                if *part == Part::Main && self.main.count > 0 {
                    *part = Part::With;
                }
                return;
            }
            Sign::And => {
                self.and = true;
                return;
            }
            Sign::UsedAlone | Sign::Nothing => return,
            // The rest is said of the thing, not of what it is made for, as far as one can tell.
            Sign::Network if *part == Part::For => &mut self.of_made_for.network,
            Sign::Short if *part == Part::For => &mut self.of_made_for.short,
            Sign::App if *part == Part::For => &mut self.of_made_for.app,
            _ if *part == Part::For => return,
            _ if end <= *denied => &mut told.plain,
            Sign::Network => &mut told.network,
            Sign::Loose => &mut told.loose,
            Sign::Short => &mut told.short,
            Sign::Cellular => &mut told.cellular,
            Sign::App => &mut told.app,
            Sign::Line => &mut told.line,
            Sign::Smart => &mut told.smart,
            Sign::Wireless => &mut told.wireless,
            Sign::Plain => &mut told.plain,
            Sign::Wired => &mut told.wired,
        };
        place.get_or_insert(text);
        if matches!(sign, Sign::Network | Sign::Short | Sign::App) && *part != Part::For {
            self.radio = end;
        }
    }

    fn after_cut(&self, part: Part) -> Part {
        if self.main.count > 0 {
            Part::Later
        } else if part == Part::Later {
            part
        } else {
            Part::Main
        }
    }

    fn reading(&self) -> Reading {
        let mut reading = Reading { mixed: self.mixed || self.and, told: self.told, ..Reading::default() };
        let made_for = self.made_for.iter().find(|hit| !hit.row().part && !hit.row().shelf);
        reading.made_for = made_for.copied();
        let (head, beside) = if self.main.count > 0 {
            choose(&self.main, self.radio)
        } else if let Some(part) = self.made_for.iter().find(|hit| hit.row().part) {
            // `For iPhone 15 case`
            (Some(part), made_for)
        } else if self.made_for.count == 0 {
            choose(&self.later, 0)
        } else {
            (None, None)
        };
        // `Motor for blinds, Wi-Fi`: a device is not made for something that connects; it connects itself.
        if made_for.is_none() || head.is_some_and(|hit| !hit.row().part && !hit.row().shelf) {
            let (told, later) = (&mut reading.told, &self.of_made_for);
            told.network = told.network.or(later.network);
            told.short = told.short.or(later.short);
            told.app = told.app.or(later.app);
        }
        reading.head = head.copied();
        reading.shelf = if reading.mixed { self.of_equals().copied() } else { reading.head };
        reading.beside = beside.copied();
        reading
    }

    /// Of things that stand as equals, what says the same of all of them.
    fn of_equals(&self) -> Option<&Hit> {
        let hits = || self.main.iter();
        // `TV & monitor mounts`: for both.
        let (first, last) = (hits().next()?, hits().next_back()?);
        let part = |hit: &&Hit| hit.row().part && hit.row().connects == Connects::Never;
        let is_first = |hit: &Hit| hit.named.head_first == Some(true);
        if !self.and && !self.half {
            let behind =
                Some(last).filter(part).filter(|p| !is_first(p) && self.joined + 1 < self.main.count);
            let before = || Some(first).filter(part).filter(|p| is_first(p) && self.joined > 1);
            if let Some(part) = behind.or_else(before) {
                return Some(part);
            }
        }
        // `Curtains & drapes`, `apparel & accessories`: none of them connects, whichever it is.
        let unknown = self.half || self.and;
        let dumb = |hit: &Hit| match hit.row().shelf {
            true => hit.row().connects != Connects::Either && !(unknown && hit.named.weight == Weight::Weak),
            false => hit.row().connects == Connects::Never && !unknown,
        };
        hits().rfind(|hit| !hit.row().generic).filter(|_| hits().all(dumb))
    }
}

/// Which of several kinds is the thing itself, and what it outweighs.
fn choose(hits: &Hits, radio: usize) -> (Option<&Hit>, Option<&Hit>) {
    let device = |hit: &&Hit| !hit.row().part && !hit.row().shelf;
    let first_device = hits.iter().find(device);
    if let Some(strong) = hits.iter().find(|hit| hit.named.weight == Weight::Strong) {
        return (Some(strong), first_device);
    }
    // A part beside the name of a product is a part for it, wherever it stands; but a memory that stands apart is what it has, in
    // a list of what is in it: `MacBook Air 13" 256 GB SSD`, not `PS5 SSD`.
    let names = || hits.iter().filter(|hit| hit.named.weight == Weight::Name);
    let has = |hit: &Hit| hit.row().built_in && names().any(|name| hit.is_apart_from(name));
    if names().next().is_some()
        && let Some(part) = hits.iter().rfind(|hit| hit.row().part && !has(hit))
    {
        return (Some(part), first_device);
    }
    let head_first = hits.iter().find_map(|hit| hit.named.head_first).unwrap_or(false);
    let counts = |hit: &&Hit| {
        if hit.named.weight == Weight::Weak {
            let shelf = hit.row().shelf;
            let more = |other: &Hit| other.named.weight != Weight::Weak || (shelf && !other.row().shelf);
            return !hits.iter().any(more);
        }
        // The wide word beside the narrow one says nothing more: `Smartwatch Damen Uhr`.
        if hits.iter().any(|other| is_narrower(other, hit)) {
            return false;
        }
        // Furniture beside a device is for it only where the two stand together: `Laptop Schreibtisch`, not `pan & tilt`.
        let shelf = hit.row().shelf;
        !shelf || !hits.iter().any(|other| outdoes(other, hit, head_first))
    };
    let mut left = hits.iter().filter(counts);
    let mut head = if head_first { left.next() } else { left.next_back() };
    // `USB Bluetooth 5.3 adapter`: the radio says what sort of adapter.
    if head.is_some_and(|head| head.row().id == "cable")
        && let Some(adapter) = hits.iter().find(|hit| hit.row().id == "network-adapter")
    {
        head = Some(adapter);
    }
    // A memory that stands apart from a device is one that it has or plays: `dash cam 4K, 64 GB card`, not `PS5 SSD`.
    if let (Some(part), Some(device)) = (head, first_device)
        && part.row().id == "storage"
        && part.is_apart_from(device)
    {
        head = Some(device);
    }
    // So are a keyboard and a camera behind a computer.
    if let (Some(part), Some(device)) = (head, first_device)
        && part.row().built_in
        && matches!(device.row().nature.as_deref(), Some("laptop" | "desktop" | "tablet"))
        && device.at < part.at
        && part.is_apart_from(device)
    {
        head = Some(device);
    }
    // A heap of words: `Überwachungskamera außen Akku WLAN`. What names a radio after its battery is no battery.
    if let (Some(part), Some(device)) = (head, first_device)
        && part.row().part
        && device.row().connects == Connects::Always
        && device.at < part.at
        && usize::from(part.end) < radio
    {
        head = Some(device);
    }
    let beside = first_device.filter(|device| head.is_some_and(|h| h.named.kind != device.named.kind));
    (head, beside)
}

/// Whether a kind is a narrower one of another: `lamp-smart` of `lamp`.
pub(super) fn is_narrower(narrow: &Hit, wide: &Hit) -> bool {
    WIDER.get(usize::from(narrow.named.kind)).is_some_and(|wider| *wider == Some(wide.named.kind))
}

/// Of each kind the one that it is a narrower one of, by their ids.
static WIDER: LazyLock<Vec<Option<u16>>> = LazyLock::new(|| {
    let wider = |narrow: &KindRow| {
        let wide = KINDS.iter().position(|wide| {
            narrow.id.strip_prefix(wide.id.as_str()).is_some_and(|rest| rest.starts_with('-'))
        })?;
        u16::try_from(wide).ok()
    };
    KINDS.iter().map(wider).collect()
});

/// Whether a device is more than what a shelf would hold, beside it.
fn outdoes(device: &Hit, shelf: &Hit, head_first: bool) -> bool {
    let row = device.row();
    let together = if head_first { shelf.end == device.at } else { device.end == shelf.at };
    !row.shelf
        && device.named.weight != Weight::Weak
        && !(together
            && matches!(shelf.row().id.as_str(), "furniture" | "clothing")
            && row.connects != Connects::Never)
}
