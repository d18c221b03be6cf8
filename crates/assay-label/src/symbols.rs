//! The label's two symbols: the shield with its sign, and the calendar. They differ in shape and not in colour alone: what
//! is declared is solid, what is not is an outline. Own artwork; it quotes no other scheme's mark.

use crate::artwork::{Ink, Item};
use crate::shape::{Outline, Point, Rect, Step, UNIT, at};
use crate::words::Updates;
use assay::assess::Variant;

/// Size of the shield in units.
pub(crate) const SHIELD: (i32, i32) = (180, 212);

/// Height of the calendar's head in units.
pub(crate) const HEAD: i32 = 68;

/// The shield with its sign, its upper left corner at a place.
pub(crate) fn shield(variant: Variant, corner: Point) -> Vec<Item> {
    let place = |o: &Outline| o.map(|p| Point { x: p.x + corner.x, y: p.y + corner.y });
    let whole = contour();
    let middle = at(90, 100);
    match variant {
        Variant::Tick => vec![
            Item::Fill(Ink::Teal, place(&whole)),
            Item::Fill(Ink::White, place(&whole.scaled(middle, 908))),
            Item::Fill(Ink::Teal, place(&whole.scaled(middle, 868))),
            Item::Fill(Ink::DeepTeal, place(&right_half().scaled(middle, 868))),
            Item::Fill(Ink::White, place(&tick())),
        ],
        Variant::Cross => vec![
            Item::Fill(Ink::Slate, place(&whole)),
            Item::Fill(Ink::White, place(&whole.scaled(middle, 878))),
            Item::Fill(Ink::Amber, place(&cross())),
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

/// A sheet of a calendar: solid head where updates are promised, an outline where they have ended, an empty sheet
/// where none are promised.
pub(crate) fn calendar(updates: &Updates, r: Rect) -> Vec<Item> {
    const FRAME: i32 = 5;
    let ink = if updates.promised { Ink::Teal } else { Ink::Slate };
    let mut items = vec![
        Item::Fill(ink, Outline::rounded(r, [20, 20])),
        Item::Fill(Ink::White, Outline::rounded(r.inset(FRAME), [15, 15])),
    ];
    let head = Rect { h: HEAD * UNIT, ..r };
    if updates.promised {
        items.push(Item::Fill(ink, Outline::rounded(head, [20, 0])));
    } else if updates.month.is_some() {
        let rule = Rect { y: head.bottom() - FRAME * UNIT, h: FRAME * UNIT, ..r };
        items.push(Item::Fill(ink, Outline::rounded(rule, [0, 0])));
    }
    for step in [1, 2, 6, 7] {
        let x = r.x + r.w / 8 * step;
        let (top, bottom) = (Point { x, y: r.y - 14 * UNIT }, Point { x, y: r.y + 8 * UNIT });
        items.push(Item::Fill(Ink::White, Outline::bar(top, bottom, 20)));
        items.push(Item::Fill(ink, Outline::bar(top, bottom, 10)));
    }
    items
}
