//! The low forms: the strip for the edge of a shelf, and the banner for a shop's page. Both read from left to right: what
//! is declared, until when, and the code.

use super::{calendar, foot};
use crate::lettering::{Align, Face};
use crate::shape::{area, at};
use crate::sheet::{Draft, Matter, Slot, Type};
use crate::symbols::{shield, shield_height};

/// Where the parts of a low form stand, in units.
struct Places {
    /// Left and width of shield, sentence and calendar.
    shield: (i32, i32),
    sentence: (i32, i32),
    calendar: (i32, i32),
    /// Left and side of the code with its quiet zone.
    code: (i32, i32),
    /// Height of the upper part.
    upper: i32,
    /// Largest sizes of sentence, lead, month, and of the smaller words.
    sizes: [i32; 4],
}

pub(crate) fn shelf(draft: &mut Draft, matter: &Matter) -> i32 {
    strip(
        draft,
        matter,
        &Places {
            shield: (16, 116),
            sentence: (142, 292),
            calendar: (446, 318),
            code: (776, 308),
            upper: 186,
            sizes: [27, 26, 52, 24],
        },
    )
}

pub(crate) fn wide(draft: &mut Draft, matter: &Matter) -> i32 {
    strip(
        draft,
        matter,
        &Places {
            shield: (24, 144),
            sentence: (186, 330),
            calendar: (534, 340),
            code: (888, 300),
            upper: 186,
            sizes: [30, 28, 58, 25],
        },
    )
}

fn strip(draft: &mut Draft, matter: &Matter, places: &Places) -> i32 {
    let words = &matter.words;
    let [sentence, lead, month, small] = places.sizes;
    let (left, width) = places.shield;
    let height = shield_height(width);
    let top = 16 + (places.upper - height) / 2;
    draft.items.extend(shield(matter.variant, at(left, top), width));
    let (x, w) = places.sentence;
    draft.text(
        &words.shield,
        Type::new(Face::Bold, sentence).align(Align::Beside),
        area(x, 16, w, places.upper),
    );
    let (x, w) = places.calendar;
    calendar(draft, matter, area(x, 34, w, places.upper - 22), (lead, month));

    let (x, side) = places.code;
    draft.code(x, 10, side);
    let number = area(x - 8, 10 + side + 1, side + 16, small * 122 / 100 + 2);
    // The id of a product stands there without a word before it.
    let slot = if words.number.chars().count() > 20 { Slot::Id } else { Slot::Number };
    draft.slot(slot, Type::new(Face::Regular, small).align(Align::Centre), number);

    let wide = x - left - 14;
    let below = area(left, 16 + places.upper + 12, wide, small * 122 * 3 / 100 + 4);
    draft.slot(Slot::Paragraph, Type::new(Face::Regular, small).align(Align::Beside), below);
    foot(draft, 10 + side + small * 122 / 100 + 8, small, &words.disclaimer)
}
