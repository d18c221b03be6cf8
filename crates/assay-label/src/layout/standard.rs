//! The standard form: upright, shield and date above, the code with who checked beside it below.

use super::{calendar, foot};
use crate::lettering::{Align, Face};
use crate::shape::{area, at};
use crate::sheet::{Draft, Matter, Slot, Type};
use crate::symbols::{shield, shield_height};

pub(crate) fn draw(draft: &mut Draft, matter: &Matter) -> i32 {
    let words = &matter.words;
    draft.items.extend(shield(matter.variant, at(28, 32), 180));
    let beside = area(232, 32, 342, shield_height(180));
    draft.text(&words.shield, Type::new(Face::Bold, 34).align(Align::Beside), beside);

    calendar(draft, matter, area(28, 284, 544, 196), (30, 76));

    draft.code(18, 498, 358);
    let number = Type::new(Face::Regular, 26).align(Align::Centre);
    draft.slot(Slot::Number, number, area(18, 856, 358, 34));

    // Who checked and when: beside the code.
    draft.text(&words.level, Type::new(Face::Bold, 28), area(392, 513, 184, 176));
    let day = Type::new(Face::Regular, 25).align(Align::Bottom);
    draft.slot(Slot::Declared, day, area(392, 690, 184, 144));

    draft.text(&words.scheme[0], Type::new(Face::Regular, 24).align(Align::Centre), area(28, 898, 544, 64));
    foot(draft, 976, 24, &words.disclaimer)
}
