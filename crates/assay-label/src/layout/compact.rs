//! The compact form: narrow and upright, every letter as large as 20 mm of print ask for. It is as high as its words need.

use super::{calendar, foot};
use crate::lettering::{Align, Face, lines};
use crate::shape::{area, at};
use crate::sheet::{Draft, Matter, Slot, Type};
use crate::symbols::{shield, shield_height};

/// Width between the margins.
const LEFT: i32 = 18;
const WIDE: i32 = 364;

/// More than any text takes.
const ROOM: i32 = 600;

pub(crate) fn draw(draft: &mut Draft, matter: &Matter) -> i32 {
    let words = &matter.words;
    draft.items.extend(shield(matter.variant, at(LEFT, 24), 112));
    let beside = draft.text(&words.level, Type::new(Face::Regular, 34), area(140, 26, 244, ROOM));
    let mut y = 28 + beside.max(shield_height(112)) + 14;
    y += draft.text(&words.shield, Type::new(Face::Bold, 36), area(LEFT, y, WIDE, ROOM)) + 32;

    // A lead of three lines leaves no less room for the month.
    let high = if lines(&words.updates.lead, Face::Bold, 34, WIDE - 24) > 2 { 252 } else { 210 };
    let sheet = area(LEFT, y, WIDE, high);
    calendar(draft, matter, sheet, (34, 62));
    y += high + 12;

    draft.code(10, y, 380);
    y += 380;
    // The id of a product takes two lines.
    let room = if words.number.chars().count() > 20 { 84 } else { 42 };
    draft.slot(Slot::Number, Type::new(Face::Regular, 34).align(Align::Centre), area(12, y, 376, room));
    y += room + 10;

    // Some months take a line more: the room is the same for all.
    let longest = crate::words::declared_in_each_month(draft.look.language)
        .iter()
        .map(|text| lines(text, Face::Regular, 34, WIDE))
        .max();
    let room = longest.unwrap_or(3) * 42;
    draft.slot(Slot::Declared, Type::new(Face::Regular, 34), area(LEFT, y, WIDE, room));
    y += room + 6;
    y += draft.text(&words.scheme[1], Type::new(Face::Regular, 34), area(LEFT, y, WIDE, ROOM)) + 16;
    foot(draft, y, 34, &words.disclaimer)
}
