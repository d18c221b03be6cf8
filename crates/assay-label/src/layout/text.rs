//! Words alone: for places that can print or show nothing else. It is as high as its words need, so nothing is kept in
//! common with other labels.

use super::foot;
use crate::lettering::{Face, SOFT_BREAK};
use crate::shape::area;
use crate::sheet::{Draft, Matter, Type};
use crate::words::stopped;

/// More than any text takes.
const ROOM: i32 = 1200;

pub(crate) fn draw(draft: &mut Draft, matter: &Matter) -> i32 {
    let words = &matter.words;
    let mut y = 26;
    let mut say = |text: &str, face, size, gap| {
        y += draft.text(text, Type::new(face, size), area(28, y, 544, ROOM)) + gap;
    };
    say(&words.name, Face::Regular, 24, 8);
    say(&stopped(&words.shield), Face::Bold, 34, 14);
    say(&stopped(&words.updates.sentence()), Face::Bold, 34, 10);
    say(&stopped(&words.level), Face::Regular, 26, 4);
    say(&stopped(&words.declared), Face::Regular, 26, 4);
    say(&stopped(&words.scheme[0]), Face::Regular, 26, 12);
    say(&words.number, Face::Bold, 26, 2);
    // An address may go on in the next line after a slash.
    let link = matter.plain_link.replace('/', &format!("/{SOFT_BREAK}"));
    say(&link, Face::Regular, 26, 16);
    foot(draft, y, 24, &words.disclaimer)
}
