//! The label's two symbols: the shield with its sign, and the calendar. They differ in shape and not in colour alone: what
//! is declared is solid, what is not is an outline. Own artwork; it quotes no other scheme's mark.

use assay::assess::Variant;
use assay::label::LabelFacts;
use jiff::civil::Date;

use crate::ink::Ink;
use crate::shape::{Outline, Point, Rect, Step, UNIT, at, ratio};
use crate::sheet::Item;

/// Size of the shield as it is drawn here, in units.
const SHIELD: (i32, i32) = (180, 212);

/// The height that belongs to a shield's width, in units.
pub(crate) fn shield_height(width: i32) -> i32 {
    (width * SHIELD.1 + SHIELD.0 - 1) / SHIELD.0
}

/// The shield with its sign, so many units wide, its upper left corner at a place.
pub(crate) fn shield(variant: Variant, corner: Point, width: i32) -> Vec<Item> {
    let scale = |v: i32| ratio(i64::from(v) * i64::from(width), i64::from(SHIELD.0));
    let place = |o: &Outline| o.map(|p| Point { x: scale(p.x) + corner.x, y: scale(p.y) + corner.y });
    let whole = contour();
    let middle = at(90, 100);
    match variant {
        Variant::Tick => vec![
            Item::Fill(Ink::Seal, place(&whole)),
            Item::Fill(Ink::OnSeal, place(&whole.scaled(middle, 908))),
            Item::Fill(Ink::Seal, place(&whole.scaled(middle, 868))),
            Item::Fill(Ink::SealShade, place(&right_half().scaled(middle, 868))),
            Item::Fill(Ink::OnSeal, place(&tick())),
        ],
        Variant::Cross => vec![
            Item::Fill(Ink::Outline, place(&whole)),
            Item::Fill(Ink::Paper, place(&whole.scaled(middle, 878))),
            Item::Fill(Ink::Cross, place(&cross())),
        ],
    }
}

fn contour() -> Outline {
    Outline(vec![
        Step::Move(at(90, 0)),
        Step::Cubic(at(115, 17), at(143, 26), at(172, 28)),
        Step::Cubic(at(177, 28), at(180, 32), at(180, 36)),
        Step::Line(at(180, 100)),
        Step::Cubic(at(180, 154), at(142, 192), at(90, 212)),
        Step::Cubic(at(38, 192), at(0, 154), at(0, 100)),
        Step::Line(at(0, 36)),
        Step::Cubic(at(0, 32), at(3, 28), at(8, 28)),
        Step::Cubic(at(37, 26), at(65, 17), at(90, 0)),
        Step::Close,
    ])
}

fn right_half() -> Outline {
    let mut steps = contour().0;
    steps.truncate(5);
    steps.push(Step::Close);
    Outline(steps)
}

fn tick() -> Outline {
    Outline::bar(at(50, 106), at(80, 136), 22).and(Outline::bar(at(80, 136), at(132, 74), 22))
}

fn cross() -> Outline {
    Outline::bar(at(61, 71), at(119, 129), 22).and(Outline::bar(at(119, 71), at(61, 129), 22))
}

/// What the calendar stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Promise {
    /// Updates until a month that lies ahead.
    Made,
    /// They ended in a month.
    Over,
    /// None.
    Never,
}

impl Promise {
    /// What is promised as of a day; without one, as of the day of the declaration.
    pub(crate) fn of(facts: &LabelFacts, on: Option<Date>) -> Self {
        match facts.updates_until() {
            None => Self::Never,
            Some(until) if until >= on.unwrap_or(facts.issued()) => Self::Made,
            Some(_) => Self::Over,
        }
    }
}

/// A sheet of a calendar with a head so many units high: a solid head where updates are promised, an outline where they
/// have ended, an empty sheet where none are promised.
pub(crate) fn calendar(promise: Promise, r: Rect, head: i32) -> Vec<Item> {
    const FRAME: i32 = 5;
    let ink = if promise == Promise::Made { Ink::Seal } else { Ink::Outline };
    let mut items = vec![
        Item::Fill(ink, Outline::rounded(r, [20, 20])),
        Item::Fill(Ink::Paper, Outline::rounded(r.inset(FRAME), [15, 15])),
    ];
    let head = Rect { h: head * UNIT, ..r };
    match promise {
        Promise::Made => items.push(Item::Fill(ink, Outline::rounded(head, [20, 0]))),
        Promise::Over => {
            let rule = Rect { y: head.bottom() - FRAME * UNIT, h: FRAME * UNIT, ..r };
            items.push(Item::Fill(ink, Outline::rounded(rule, [0, 0])));
        }
        Promise::Never => {}
    }
    for step in [1, 2, 6, 7] {
        let x = r.x + r.w / 8 * step;
        let (top, bottom) = (Point { x, y: r.y - 16 * UNIT }, Point { x, y: r.y + 3 * UNIT });
        items.push(Item::Fill(Ink::Paper, Outline::bar(top, bottom, 20)));
        items.push(Item::Fill(ink, Outline::bar(top, bottom, 10)));
    }
    items
}
