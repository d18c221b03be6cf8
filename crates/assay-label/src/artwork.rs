//! The layout: facts of a signed label become a list of filled outlines, lines of text and one QR code, which both
//! writers draw in this order. Whoever verifies a label draws it again from its link and compares.

use assay::label::SignedLabel;

use crate::lettering::{Align, Face, Line, fit, height};
use crate::modules::Modules;
use crate::shape::{Outline, Rect, UNIT, area, at};
use crate::symbols::{self, HEAD, SHIELD};
use crate::words::{self, Updates};

/// Width and height of the label in units; it is made for 60 mm of width in print.
pub(crate) const WIDTH: i32 = 600;
/// See [`WIDTH`].
pub(crate) const HEIGHT: i32 = 1020;

/// The colours. Text keeps a contrast of at least 4.5 to its ground; a test computes it from the pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ink {
    White,
    Night,
    Teal,
    DeepTeal,
    Slate,
    Amber,
}

/// One thing to draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Fill(Ink, Outline),
    Text { line: Line, ink: Ink, ground: Ink, within: Rect },
    Qr(Modules),
}

impl Ink {
    pub(crate) fn rgb(self) -> [u8; 3] {
        match self {
            Self::White => [0xff, 0xff, 0xff],
            Self::Night => [0x10, 0x24, 0x2b],
            Self::Teal => [0x0b, 0x5a, 0x60],
            Self::DeepTeal => [0x08, 0x46, 0x4c],
            Self::Slate => [0x37, 0x47, 0x4f],
            Self::Amber => [0xa8, 0x4b, 0x00],
        }
    }
}

/// Draws a label.
pub(crate) fn draw(label: &SignedLabel) -> Vec<Item> {
    let facts = label.facts();
    let mut items = vec![
        Item::Fill(Ink::Night, Outline::rounded(area(0, 0, WIDTH, HEIGHT), [36, 36])),
        Item::Fill(Ink::White, Outline::rounded(area(5, 5, WIDTH - 10, HEIGHT - 82), [31, 0])),
    ];
    let on_white = (Ink::Night, Ink::White);

    items.extend(symbols::shield(facts.variant(), at(32, 36)));
    let beside = area(240, 36, 328, SHIELD.1);
    text(&mut items, words::shield(facts), (Face::Bold, 34), beside, Align::Beside, on_white);

    calendar(&mut items, &words::updates(facts), area(32, 296, 536, 190));

    // 57 modules of 6 units: three whole pixels each in a picture 300 pixels wide, 0.4 mm each in a print 40 mm wide.
    items.push(Item::Qr(Modules::of(label.uri(), area(32, 522, 342, 342))));
    let number = facts.subject().to_string();
    text(&mut items, &number, (Face::Regular, 25), area(32, 889, 342, 34), Align::Centre, on_white);

    // Who checked and when stand at the top of the column, the scheme at its foot.
    let column = area(400, 517, 168, 402);
    let level = text(&mut items, facts.level().sentence(), (Face::Bold, 24), column, Align::Top, on_white);
    let rest = below(column, level + 16 * UNIT);
    // The day stays with its month, and `on` with what it follows.
    let declared = format!(
        "{} {}",
        words::DECLARED.replace(" on", "\u{a0}on"),
        words::day(facts).replacen(' ', "\u{a0}", 1)
    );
    let declared = text(&mut items, &declared, (Face::Regular, 21), rest, Align::Top, on_white);
    let rest = below(rest, declared + 16 * UNIT);
    text(&mut items, &facts.scheme().title, (Face::Regular, 18), rest, Align::Bottom, on_white);

    let foot = area(40, HEIGHT - 75, WIDTH - 80, 68);
    text(&mut items, words::DISCLAIMER, (Face::Regular, 20), foot, Align::Centre, (Ink::White, Ink::Night));
    items
}

fn calendar(items: &mut Vec<Item>, updates: &Updates, r: Rect) {
    items.extend(symbols::calendar(updates, r));
    let body = below(r, HEAD * UNIT).narrowed(30);
    let on_white = (Ink::Night, Ink::White);
    match &updates.month {
        Some(month) => {
            // The rings reach into the head, so its text stands a little lower than its middle.
            let head = below(Rect { h: HEAD * UNIT, ..r.narrowed(16) }, 16 * UNIT);
            let on_head = if updates.promised { (Ink::White, Ink::Teal) } else { (Ink::Slate, Ink::White) };
            text(items, updates.lead, (Face::Bold, 28), head, Align::Centre, on_head);
            text(items, month, (Face::Bold, 72), body, Align::Centre, on_white);
        }
        None => {
            let sheet = below(r.narrowed(40), 20 * UNIT);
            text(items, updates.lead, (Face::Bold, 46), sheet, Align::Centre, on_white);
        }
    }
}

/// What is left of a box below so many hundredths.
fn below(r: Rect, used: i32) -> Rect {
    Rect { y: r.y + used, h: (r.h - used).max(0), ..r }
}

/// A text fitted into a box, in units of size, with its ink and the ink it stands on; the height it takes.
fn text(
    items: &mut Vec<Item>,
    words: &str,
    (face, size): (Face, i32),
    within: Rect,
    align: Align,
    (ink, ground): (Ink, Ink),
) -> i32 {
    let lines = fit(words, face, size * UNIT, within, align);
    let used = height(&lines);
    items.extend(lines.into_iter().map(|line| Item::Text { line, ink, ground, within }));
    used
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::modules::QUIET;
    use crate::raster::{height_for, paint};
    use crate::svg::svg;
    use crate::tests::{BASE, Said, day, key, kinds, signed};
    use assay::assess::Variant;
    use assay::gtin::Gtin14;
    use assay::label::Subject;
    use assay::outcome::SeenBy;
    use assay::scheme;

    /// Every label there can be, but for the numbers in it: the longest month and day, the longest id.
    fn all_labels() -> Vec<SignedLabel> {
        let mut labels = Vec::new();
        for scheme in scheme::bundled().iter().filter(|s| s.label.is_some()) {
            for variant in [Variant::Tick, Variant::Cross] {
                for level in [SeenBy::Maker, SeenBy::Register, SeenBy::Lab, SeenBy::Authority] {
                    for until in [None, Some("2039-09-30"), Some("2020-12-31")] {
                        let id = "m".repeat(14);
                        for subject in
                            [Subject::Product(id), Subject::Gtin(Gtin14::parse("04006381333931").unwrap())]
                        {
                            let (until, issued) = (until.map(day), day("2026-09-30"));
                            let said = Said { subject, scheme: scheme.code, variant, level, until, issued };
                            labels.push(signed(&said, &key(), BASE));
                        }
                    }
                }
            }
        }
        labels
    }

    fn texts(items: &[Item]) -> impl Iterator<Item = (&Line, Ink, Ink, Rect)> {
        items.iter().filter_map(|item| match item {
            Item::Text { line, ink, ground, within } => Some((line, *ink, *ground, *within)),
            _ => None,
        })
    }

    #[test]
    fn no_text_leaves_its_box_or_touches_another_or_the_qr_code() {
        let labels = all_labels();
        assert!(labels.len() >= 96);
        for label in labels {
            let items = draw(&label);
            let mut taken: Vec<(String, Rect)> = Vec::new();
            for item in &items {
                if let Item::Qr(modules) = item {
                    let n = modules.side();
                    let (from, to) = (modules.corner(0, 0), modules.corner(n, n));
                    let quiet = QUIET * modules.module();
                    let (x, y) = (from.x - quiet, from.y - quiet);
                    let place = Rect { x, y, w: to.x + quiet - x, h: to.y + quiet - y };
                    taken.push(("the QR code".into(), place));
                }
            }
            for (line, _, _, within) in texts(&items) {
                let ink = line.outline().bounds().unwrap();
                let inside = ink.x >= within.x && ink.right() <= within.right();
                let inside = inside && ink.y >= within.y && ink.bottom() <= within.bottom();
                assert!(inside, "`{}` of {} leaves its box", line.text, words::alt_text(label.facts()));
                for (other, place) in &taken {
                    let apart = ink.x >= place.right() || ink.right() <= place.x;
                    let apart = apart || ink.y >= place.bottom() || ink.bottom() <= place.y;
                    assert!(apart, "`{}` touches {other} in {}", line.text, words::alt_text(label.facts()));
                }
                taken.push((line.text.clone(), ink));
                assert!(line.face.has(&line.text), "the typeface lacks a letter of `{}`", line.text);
                assert!(line.size >= 15 * UNIT, "`{}` is too small to read", line.text);
            }
        }
    }

    #[test]
    fn all_that_must_be_said_is_drawn() {
        for label in all_labels() {
            let drawn: Vec<String> = texts(&draw(&label)).map(|(line, ..)| line.text.clone()).collect();
            let drawn = drawn.join(" ").replace('\u{a0}', " ");
            let facts = label.facts();
            let updates = words::updates(facts);
            let wanted = [
                words::shield(facts),
                updates.lead,
                updates.month.as_deref().unwrap_or_default(),
                &format!("As declared on {}", words::day(facts)),
                facts.level().sentence(),
                &facts.scheme().title,
                &facts.subject().to_string(),
                "Independent label modelled on a 2019 UK proposal; not a government mark",
            ];
            for sentence in wanted {
                assert!(drawn.contains(sentence), "`{sentence}` is missing in: {drawn}");
            }
        }
    }

    #[test]
    fn no_word_claims_what_a_declaration_cannot() {
        for label in all_labels() {
            let said =
                format!("{} {}", words::alt_text(label.facts()), words::title(label.facts())).to_lowercase();
            for word in ["secure", "certifi", "vulnerab", "safe", "guarantee", "approved", "official", "ce "]
            {
                let found = said.split(' ').any(|w| format!("{w} ").starts_with(word));
                assert!(!found, "`{word}` in: {said}");
            }
        }
    }

    /// Relative luminance and contrast as WCAG 2.2 defines them.
    fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
        let luminance = |rgb: [u8; 3]| {
            let [r, g, b] = rgb.map(|c| {
                let c = f64::from(c) / 255.0;
                if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
            });
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_has_enough_contrast_with_the_pixels_it_really_stands_on() {
        for label in all_labels().into_iter().step_by(11) {
            let items = draw(&label);
            let grounds: Vec<Item> =
                items.iter().filter(|i| !matches!(i, Item::Text { .. })).cloned().collect();
            let pixels = paint(&grounds, 600).unwrap();
            for (line, ink, ground, _) in texts(&items) {
                assert!(contrast(ink.rgb(), ground.rgb()) >= 4.5, "{}: {ink:?} on {ground:?}", line.text);
                let r = line.outline().bounds().unwrap();
                for y in r.y / UNIT..=r.bottom() / UNIT {
                    for x in r.x / UNIT..=r.right() / UNIT {
                        let at = usize::try_from(y * 600 + x).unwrap() * 4;
                        assert_eq!(pixels[at..at + 3], ground.rgb(), "under `{}` at {x}, {y}", line.text);
                    }
                }
            }
        }
        // Signs are told apart by shape; still they stand out from their ground (WCAG 1.4.11).
        for ink in [Ink::Teal, Ink::DeepTeal, Ink::Slate, Ink::Amber] {
            assert!(contrast(ink.rgb(), Ink::White.rgb()) >= 4.5, "{ink:?}");
        }
        assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 1e-9);
    }

    #[test]
    fn the_qr_code_is_fine_enough_and_has_its_quiet_zone() {
        for label in all_labels().into_iter().step_by(17) {
            let items = draw(&label);
            let modules =
                items.iter().find_map(|i| if let Item::Qr(m) = i { Some(m) } else { None }).unwrap();
            assert!(modules.side() <= 57, "version 10 at most");
            // In a print 40 mm wide a module has 0.4 mm.
            assert!(modules.module() * 40 * 10 >= 4 * WIDTH * UNIT, "{}", modules.module());
            let pixels = paint(&items, 600).unwrap();
            let n = modules.side();
            let (from, to) = (modules.corner(0, 0), modules.corner(n, n));
            let quiet = QUIET * modules.module();
            let mut light = 0;
            for y in (from.y - quiet) / UNIT..(to.y + quiet) / UNIT {
                for x in (from.x - quiet) / UNIT..(to.x + quiet) / UNIT {
                    let inside = (from.x / UNIT - 1..=to.x / UNIT).contains(&x)
                        && (from.y / UNIT - 1..=to.y / UNIT).contains(&y);
                    if !inside {
                        let at = usize::try_from(y * 600 + x).unwrap() * 4;
                        assert_eq!(pixels[at..at + 4], [255; 4], "at {x}, {y}");
                        light += 1;
                    }
                }
            }
            assert!(light > 10_000);
        }
    }

    #[test]
    fn tick_and_cross_differ_without_colour() {
        let grey = |label: &SignedLabel| -> Vec<bool> {
            let pixels = paint(&draw(label), 600).unwrap();
            pixels
                .chunks_exact(4)
                .map(|p| p.iter().take(3).map(|c| u32::from(*c)).sum::<u32>() < 384)
                .collect()
        };
        let [tick, cross, none, _] = kinds();
        let ink = |picture: &[bool], x: std::ops::Range<usize>, y: std::ops::Range<usize>| {
            y.flat_map(|y| x.clone().map(move |x| y * 600 + x)).filter(|at| picture[*at]).count()
        };
        let (tick, cross, none) = (grey(&tick), grey(&cross), grey(&none));
        let shield = |p: &[bool]| ink(p, 44..224, 44..256);
        assert!(shield(&tick) > 2 * shield(&cross), "a solid shield, an outline");
        let head = |p: &[bool]| ink(p, 60..540, 330..370);
        assert!(head(&tick) > 3 * head(&none), "a solid head, an empty sheet");
    }

    #[test]
    fn the_same_label_has_the_same_bytes_on_every_machine() {
        let [label, ..] = kinds();
        let (once, twice) = (svg(&label), svg(&label));
        assert_eq!(once, twice);
        let digest: String = Sha256::digest(once.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
        // If the artwork changed on purpose, look at it, then put the new digest here.
        assert_eq!(digest, "4e4bdde73b79f284aa0a07831006273ad2cfd95efd8032538e77e6afcd686ac1");
        let pixels = paint(&draw(&label), 300).unwrap();
        assert_eq!(pixels.len(), 300 * usize::try_from(height_for(300)).unwrap() * 4);
        let digest: String = Sha256::digest(&pixels).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(digest, "85b8b7693dca64664e171997962d6bf76cda4baa6fb689f59f3aa67c3e0e727e");
    }
}
