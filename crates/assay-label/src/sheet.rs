//! A label laid out: a list of filled outlines, lines of text and one QR code, which every writer draws in this order.
//! Whoever verifies a label lays it out again from its link and compares.

use assay::assess::Variant;
use assay::label::SignedLabel;

use crate::ink::Ink;
use crate::layout;
use crate::lettering::{Align, Face, Line, fit, height};
use crate::look::{Form, Look};
use crate::modules::{Modules, QUIET};
use crate::qr::Code;
use crate::shape::{Outline, Rect, UNIT, area};
use crate::symbols::Promise;
use crate::words::{Sentences, stopped};

/// One thing to draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    /// A filled outline.
    Fill(Ink, Outline),
    /// A line of text.
    Text { line: Line, ink: Ink, ground: Ink, within: Rect },
    /// The code.
    Code(Box<Modules>),
}

/// What differs between labels of one look and kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// The month until which updates are promised.
    Month,
    /// The number under the code.
    Number,
    /// The number alone.
    Id,
    /// The day of the declaration.
    Declared,
    /// Who checked, the day of the declaration, the scheme, in one paragraph.
    Paragraph,
}

/// A place for what differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A text in a box.
    Text(Slot, Type, Rect),
    /// The code, with its quiet zone.
    Code(Rect),
}

/// A label laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sheet {
    pub(crate) look: Look,
    /// Height in units; the width is the form's.
    pub(crate) height: i32,
    /// What all labels of this look and kind have in common.
    pub(crate) common: Vec<Item>,
    /// Where this one's own words and code go.
    pub(crate) places: Vec<Place>,
    /// They themselves.
    pub(crate) own: Vec<Item>,
}

/// Least width of a module in print, in hundredths of a millimetre.
const LEAST_MODULE: i64 = 40;

/// Least width in print, in tenths of a millimetre, of a label with a signed code.
const LEAST_SIGNED: u32 = 300;

impl Sheet {
    /// Lays a label out.
    pub(crate) fn of(label: &SignedLabel, look: Look) -> Self {
        let words = Sentences::of(label.facts(), look);
        let promise = Promise::of(label.facts(), look.on);
        let matter =
            Matter { words, promise, variant: label.facts().variant(), plain_link: label.plain_link() };
        let mut draft = Draft::empty(look);
        let height = match look.form {
            Form::Standard => layout::standard::draw(&mut draft, &matter),
            Form::Compact => layout::compact::draw(&mut draft, &matter),
            Form::Shelf => layout::strip::shelf(&mut draft, &matter),
            Form::Wide => layout::strip::wide(&mut draft, &matter),
            Form::Text => layout::text::draw(&mut draft, &matter),
        };
        let mut common = layout::frame(look.form.units(), height);
        common.append(&mut draft.items);
        let own = fill(&draft.places, label, &matter.words, look);
        Self { look, height, common, places: draft.places, own }
    }

    /// All there is to draw, in order.
    pub(crate) fn items(&self) -> impl Iterator<Item = &Item> {
        self.common.iter().chain(&self.own)
    }

    pub(crate) fn code(&self) -> Option<&Modules> {
        self.own
            .iter()
            .find_map(|item| if let Item::Code(modules) = item { Some(modules.as_ref()) } else { None })
    }
}

/// A label's own words and code in their places.
pub(crate) fn fill(places: &[Place], label: &SignedLabel, words: &Sentences, look: Look) -> Vec<Item> {
    let mut items = Vec::new();
    for place in places {
        match *place {
            Place::Text(slot, how, within) => how.set(&slot.words(words), within, &mut items),
            // A link of a label is never longer than a code of version 10 holds.
            Place::Code(ground) => {
                items.extend(code(label, ground, look).map(|code| Item::Code(Box::new(code))))
            }
        }
    }
    items
}

impl Slot {
    fn words(self, words: &Sentences) -> String {
        match self {
            Self::Month => words.updates.month.clone().unwrap_or_default(),
            Self::Number => words.number.clone(),
            Self::Id => words.id.clone(),
            Self::Declared => words.declared.clone(),
            Self::Paragraph => {
                let said = [&words.level, &words.declared, &words.scheme[1]];
                said.map(|text| stopped(text)).join(" ")
            }
        }
    }
}

/// The signed link where the print is wide enough for its code, the plain link otherwise.
fn code(label: &SignedLabel, ground: Rect, look: Look) -> Option<Modules> {
    let signed = Code::of(label.uri().as_bytes(), 10).map(|code| square(code, ground));
    // In hundredths of a millimetre: a module's hundredths of a unit times the print's tenths, by ten times the sheet's units.
    let fine =
        |m: &Modules| i64::from(m.module()) * i64::from(look.width) / (i64::from(look.form.units()) * 10);
    let plain = || Code::of(label.plain_link().as_bytes(), 3).map(|code| square(code, ground));
    let wide = look.width >= LEAST_SIGNED;
    signed.filter(|modules| wide && fine(modules) >= LEAST_MODULE).or_else(plain)
}

/// A sheet while it is laid out.
pub(crate) struct Draft {
    pub(crate) look: Look,
    pub(crate) items: Vec<Item>,
    pub(crate) places: Vec<Place>,
}

/// What a label says, for whoever lays it out.
pub(crate) struct Matter {
    pub(crate) words: Sentences,
    pub(crate) promise: Promise,
    pub(crate) variant: Variant,
    pub(crate) plain_link: String,
}

/// How a text is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Type {
    pub(crate) face: Face,
    /// The size at most, in units.
    pub(crate) size: i32,
    pub(crate) align: Align,
    pub(crate) ink: Ink,
    pub(crate) ground: Ink,
}

impl Type {
    /// Dark letters on paper, flush left from the top down.
    pub(crate) const fn new(face: Face, size: i32) -> Self {
        Self { face, size, align: Align::Top, ink: Ink::Words, ground: Ink::Paper }
    }

    pub(crate) const fn align(self, align: Align) -> Self {
        Self { align, ..self }
    }

    pub(crate) const fn on(self, ink: Ink, ground: Ink) -> Self {
        Self { ink, ground, ..self }
    }

    /// Fits a text into a box.
    fn set(self, words: &str, within: Rect, items: &mut Vec<Item>) {
        let Self { face, size, align, ink, ground } = self;
        let lines = fit(words, face, size * UNIT, within, align);
        items.extend(lines.into_iter().map(|line| Item::Text { line, ink, ground, within }));
    }
}

impl Draft {
    pub(crate) fn empty(look: Look) -> Self {
        Self { look, items: Vec::new(), places: Vec::new() }
    }

    /// Fits a text into a box; the height it takes, in units.
    pub(crate) fn text(&mut self, words: &str, how: Type, within: Rect) -> i32 {
        let lines = fit(words, how.face, how.size * UNIT, within, how.align);
        let used = height(&lines);
        let Type { ink, ground, .. } = how;
        self.items.extend(lines.into_iter().map(|line| Item::Text { line, ink, ground, within }));
        (used + UNIT - 1) / UNIT
    }

    /// Keeps a box for what differs between labels.
    pub(crate) fn slot(&mut self, slot: Slot, how: Type, within: Rect) {
        self.places.push(Place::Text(slot, how, within));
    }

    /// Keeps a square of so many units for the code, whose quiet zone is its rim.
    pub(crate) fn code(&mut self, x: i32, y: i32, side: i32) {
        let ground = area(x, y, side, side);
        self.items.push(Item::Fill(Ink::CodePaper, Outline::rounded(ground, [8, 8])));
        self.places.push(Place::Code(ground));
    }
}

/// A code in a square whose rim is its quiet zone.
fn square(code: Code, ground: Rect) -> Modules {
    let side = i32::try_from(code.side()).unwrap_or(i32::MAX);
    let module = ground.w / (side + 2 * QUIET);
    let rest = (ground.w - module * side) / 2;
    Modules::in_the_middle(
        code,
        Rect { x: ground.x + rest, y: ground.y + rest, w: module * side, h: module * side },
    )
}
