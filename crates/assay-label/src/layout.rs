//! The forms of the label, one file each: where on a sheet what is said. Every text is fitted into a box, and a test
//! draws every form in every language and says what does not fit.

pub(crate) mod compact;
pub(crate) mod standard;
pub(crate) mod strip;
pub(crate) mod text;

use crate::ink::Ink;
use crate::lettering::{self, Align, Face};
use crate::shape::{Outline, Rect, UNIT, area};
use crate::sheet::{Draft, Item, Matter, Slot, Type};
use crate::symbols::{self, Promise};

/// Width of the rim, in units.
pub(crate) const RIM: i32 = 5;

/// Radius of a sheet's corners, in units.
const ROUND: i32 = 30;

/// Rim and ground of a sheet.
pub(crate) fn frame(width: i32, height: i32) -> Vec<Item> {
    let whole = area(0, 0, width, height);
    vec![
        Item::Fill(Ink::Frame, Outline::rounded(whole, [ROUND; 2])),
        Item::Fill(Ink::Paper, Outline::rounded(whole.inset(RIM), [ROUND - RIM; 2])),
    ]
}

/// The foot with what the label is not, from a height downwards; where the sheet ends.
pub(crate) fn foot(draft: &mut Draft, y: i32, size: i32, words: &str) -> i32 {
    let width = draft.look.form.units();
    let lines = lettering::lines(words, Face::Regular, size, width - 2 * RIM - 40);
    let height = size * 122 * lines / 100 + size;
    let band = area(RIM, y, width - 2 * RIM, height);
    draft.items.push(Item::Fill(Ink::Frame, Outline::rounded(area(RIM, y - 3, width - 2 * RIM, 3), [0, 0])));
    // Of the rim's own colour it reaches over the rim: no seam shows where two edges meet.
    let same = draft.look.rgb(Ink::Band) == draft.look.rgb(Ink::Frame);
    let drawn = if same { area(0, y, width, height + RIM) } else { band };
    draft
        .items
        .push(Item::Fill(Ink::Band, Outline::rounded(drawn, [0, if same { ROUND } else { ROUND - RIM }])));
    let how = Type::new(Face::Regular, size).align(Align::Centre).on(Ink::OnBand, Ink::Band);
    draft.text(words, how, Rect { y: band.y + 2 * UNIT, h: band.h - 4 * UNIT, ..band.narrowed(20) });
    y + height + RIM
}

/// The calendar with its words, at most so large: the lead and the month. Its head is as high as the lead needs.
fn calendar(draft: &mut Draft, matter: &Matter, r: Rect, (lead, month): (i32, i32)) {
    let (promise, updates) = (matter.promise, &matter.words.updates);
    if updates.month.is_none() {
        draft.items.extend(symbols::calendar(promise, r, 0));
        let sheet = Rect { y: r.y + 14 * UNIT, h: r.h - 24 * UNIT, ..r.narrowed(18) };
        draft.text(&updates.lead, Type::new(Face::Bold, month * 6 / 10).align(Align::Centre), sheet);
        return;
    }
    let within = r.narrowed(12);
    let least = draft.look.form.least_letter() / UNIT + 1;
    let lines = |size| lettering::lines(&updates.lead, Face::Bold, size, within.w / UNIT);
    let size = (least..=lead).rev().find(|size| lines(*size) <= 2).unwrap_or(least);
    let head = lines(size) * size * 122 / 100 + 22;
    draft.items.extend(symbols::calendar(promise, r, head));
    // The rings reach into the head, so its text stands a little lower than its middle.
    let top = Rect { y: r.y + 14 * UNIT, h: (head - 16) * UNIT, ..within };
    let on_head =
        if promise == Promise::Made { (Ink::OnSeal, Ink::Seal) } else { (Ink::Outline, Ink::Paper) };
    draft.text(&updates.lead, Type::new(Face::Bold, size).align(Align::Centre).on(on_head.0, on_head.1), top);
    let body = Rect { y: r.y + head * UNIT, h: r.h - (head + 7) * UNIT, ..r.narrowed(20) };
    draft.slot(Slot::Month, Type::new(Face::Bold, month).align(Align::Centre), body);
}

#[cfg(test)]
mod tests;
