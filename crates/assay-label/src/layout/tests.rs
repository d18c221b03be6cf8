//! Every form in every language and palette: nothing leaves its box, nothing touches, nothing is too small, nothing lacks
//! contrast, and all that must be said is drawn.

use assay::assess::Variant;
use assay::gtin::Gtin14;
use assay::label::{SignedLabel, Subject};
use assay::outcome::SeenBy;
use assay::scheme;

use crate::canvas::Canvas;
use crate::ink::{Ink, contrast};
use crate::lettering::Line;
use crate::look::{Form, Look, Palette};
use crate::raster::paint;
use crate::shape::{Rect, UNIT};
use crate::sheet::{Item, Sheet};
use crate::tests::{BASE, Said, day, key, kinds, signed};
use crate::words::{Language, Sentences};

/// Every label there can be, but for the numbers in it: each month, the longest day, the longest id.
fn all_labels() -> Vec<SignedLabel> {
    let mut labels = Vec::new();
    let mut months = (1..=12).cycle();
    for scheme in scheme::bundled().iter().filter(|s| s.label.is_some()) {
        for variant in [Variant::Tick, Variant::Cross] {
            for level in [SeenBy::Maker, SeenBy::Register, SeenBy::Lab, SeenBy::Authority] {
                for until in [None, Some(2039), Some(2020)] {
                    for subject in [
                        Subject::Product(format!("p{}", "d".repeat(16))),
                        Subject::Gtin(Gtin14::parse("04006381333931").unwrap()),
                    ] {
                        let month = months.next().unwrap_or(1);
                        let until = until.map(|year| day(&format!("{year}-{month:02}-28")));
                        let issued = day(&format!("2026-{:02}-28", month % 12 + 1));
                        let said = Said { subject, scheme: scheme.code, variant, level, until, issued };
                        labels.push(signed(&said, &key(), BASE));
                    }
                }
            }
        }
    }
    labels
}

fn looks() -> impl Iterator<Item = Look> {
    Form::ALL
        .into_iter()
        .flat_map(|form| Language::ALL.into_iter().map(move |language| Look { language, ..Look::of(form) }))
}

fn texts(sheet: &Sheet) -> impl Iterator<Item = (&Line, Ink, Ink, Rect)> {
    sheet.items().filter_map(|item| match item {
        Item::Text { line, ink, ground, within } => Some((line, *ink, *ground, *within)),
        _ => None,
    })
}

#[test]
fn no_text_leaves_its_box_or_touches_another_or_is_too_small() {
    let labels = all_labels();
    assert!(labels.len() >= 96);
    let mut faults: Vec<String> = Vec::new();
    for look in looks() {
        for label in &labels {
            let sheet = Sheet::of(label, look);
            let mut taken: Vec<(&str, Rect)> = Vec::new();
            if let Some(modules) = sheet.code() {
                taken.push(("the code", modules.with_quiet_zone()));
            }
            let whole =
                Rect { x: 0, y: 0, w: look.form.units() * UNIT, h: sheet.height * UNIT }.inset(super::RIM);
            for (line, _, _, within) in texts(&sheet) {
                let mut fault =
                    |what: String| faults.push(format!("{}: `{}` {what}", look.words(), line.text));
                let Some(ink) = line.outline().bounds() else { continue };
                // A letter such as j may hang a little over.
                let over = line.size / 10;
                let inside = |r: Rect| {
                    let across = ink.x >= r.x - over && ink.right() <= r.right() + over;
                    across && ink.y >= r.y && ink.bottom() <= r.bottom()
                };
                if !inside(within) || !inside(whole) {
                    fault("leaves its box".into());
                }
                for (other, place) in &taken {
                    let apart = ink.x >= place.right() || ink.right() <= place.x;
                    if !apart && ink.y < place.bottom() && ink.bottom() > place.y {
                        fault(format!("touches {other}"));
                    }
                }
                taken.push((&line.text, ink));
                if !line.face.has(&line.text) {
                    fault("has a letter that the typeface lacks".into());
                }
                if line.size < look.form.least_letter() {
                    fault(format!("is too small to read: {} of {}", line.size, look.form.least_letter()));
                }
            }
        }
    }
    faults.sort();
    faults.dedup();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn all_that_must_be_said_is_drawn() {
    let bare = |text: &str| text.replace([' ', '\u{a0}', '\u{ad}', '-'], "");
    for look in looks() {
        for label in all_labels() {
            let sheet = Sheet::of(&label, look);
            let drawn: String = texts(&sheet).map(|(line, ..)| bare(&line.text)).collect();
            let said = Sentences::of(label.facts(), look);
            let scheme = usize::from(!matches!(look.form, Form::Standard | Form::Text));
            let strip = matches!(look.form, Form::Shelf | Form::Wide);
            let number = if strip && said.number.len() > 20 { &said.id } else { &said.number };
            let wanted = [
                &said.shield,
                &said.updates.lead,
                said.updates.month.as_ref().unwrap_or(&said.updates.lead),
                &said.declared,
                &said.level,
                &said.scheme[scheme],
                number,
                &said.disclaimer,
            ];
            for sentence in wanted {
                assert!(
                    drawn.contains(&bare(sentence)),
                    "{}: `{sentence}` is missing in: {drawn}",
                    look.words()
                );
            }
        }
    }
}

#[test]
fn text_has_enough_contrast_with_the_pixels_it_really_stands_on() {
    assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 1e-9);
    for form in Form::ALL {
        for palette in Palette::ALL {
            for label in kinds() {
                let look = Look { palette, ..Look::of(form) };
                let sheet = Sheet::of(&label, look);
                let grounds: Vec<Item> =
                    sheet.items().filter(|i| !matches!(i, Item::Text { .. })).cloned().collect();
                let width = form.units();
                let size = |v: i32| usize::try_from(v).unwrap();
                let mut canvas = Canvas::new(size(width), size(sheet.height), look);
                paint(&mut canvas, &grounds);
                for (line, ink, ground, _) in texts(&sheet) {
                    let (ink, ground) = (ink.rgb(palette), ground.rgb(palette));
                    // WCAG 2.2, 1.4.3 (AA) asks for 4.5; printed small, more is wanted.
                    assert!(contrast(ink, ground) >= 7.0, "{}: {}", look.words(), line.text);
                    let r = line.outline().bounds().unwrap();
                    for y in r.y / UNIT..=r.bottom() / UNIT {
                        for x in r.x / UNIT..=r.right() / UNIT {
                            let pixel = canvas.pixels[size(y) * canvas.width + size(x)];
                            let [r, g, b, _] = canvas.colours[usize::from(pixel)];
                            assert_eq!([r, g, b], ground, "{}: under `{}`", look.words(), line.text);
                        }
                    }
                }
            }
        }
    }
    // Signs are told apart by shape; still they stand out from their ground (WCAG 1.4.11 asks for 3).
    for palette in Palette::ALL {
        for (ink, ground) in [
            (Ink::Seal, Ink::Paper),
            (Ink::SealShade, Ink::Paper),
            (Ink::Outline, Ink::Paper),
            (Ink::Cross, Ink::Paper),
            (Ink::OnSeal, Ink::Seal),
            (Ink::OnSeal, Ink::SealShade),
        ] {
            let found = contrast(ink.rgb(palette), ground.rgb(palette));
            assert!(found >= 4.5, "{palette:?}: {ink:?} on {ground:?}: {found}");
        }
        assert!(contrast(Ink::Code.rgb(palette), Ink::CodePaper.rgb(palette)) >= 15.0);
    }
}

#[test]
fn a_module_is_never_finer_than_print_can_hold_and_its_quiet_zone_is_free() {
    for label in all_labels().into_iter().step_by(17) {
        for form in [Form::Standard, Form::Compact, Form::Shelf, Form::Wide] {
            for width in [form.least_width(), 299, 300, 600, form.usual_width(), 2000] {
                for palette in Palette::ALL {
                    let Ok(look) = (Look { width, palette, ..Look::of(form) }).checked() else { continue };
                    let sheet = Sheet::of(&label, look);
                    let modules = sheet.code().unwrap();
                    let units = f64::from(modules.module()) / 100.0;
                    let millimetres = units * f64::from(width) / 10.0 / f64::from(form.units());
                    assert!(millimetres >= 0.4, "{}: {millimetres}", look.words());
                    let signed = modules.side() == 57;
                    assert!(signed || modules.side() <= 33, "{}", modules.side());
                    // Wherever a signed code could be printed, one is.
                    let could = units * f64::from(modules.side() as u32 + 8) / 65.5 * f64::from(width)
                        / 10.0
                        / f64::from(form.units());
                    assert!(signed || could < 0.4 || width < 300, "{}: {could}", look.words());
                    assert!(form != Form::Compact || signed == (width >= 300), "{}", look.words());
                    let zone = modules.with_quiet_zone();
                    let around = sheet.common.iter().any(|item| {
                        matches!(item, Item::Fill(Ink::CodePaper, outline) if outline.bounds().is_some_and(|b| {
                            b.x <= zone.x && b.y <= zone.y && b.right() >= zone.right() && b.bottom() >= zone.bottom()
                        }))
                    });
                    assert!(around, "{}: the quiet zone is not on the code's own ground", look.words());
                }
            }
        }
    }
}

#[test]
fn tick_and_cross_differ_without_colour() {
    for form in [Form::Standard, Form::Compact, Form::Shelf, Form::Wide] {
        for palette in Palette::ALL {
            let look = Look { palette, ..Look::of(form) };
            let [tick, cross, none, _] = kinds().map(|label| Sheet::of(&label, look));
            let solid = |sheet: &Sheet, ink: Ink| {
                sheet.common.iter().filter(|i| matches!(i, Item::Fill(own, _) if *own == ink)).count()
            };
            assert!(solid(&tick, Ink::Seal) > solid(&cross, Ink::Seal), "a solid shield, an outline");
            assert_eq!([solid(&tick, Ink::Cross), solid(&cross, Ink::Cross)], [0, 1]);
            assert!(solid(&none, Ink::Outline) > 0, "an empty sheet of the calendar");
            // In grey the shields still differ: how much of each is inked.
            let inked = |sheet: &Sheet| {
                let width = form.units();
                let mut canvas =
                    Canvas::new(width as usize, sheet.height as usize, Look { palette: Palette::Bw, ..look });
                let shield = sheet.common[2..].iter().take_while(|item| matches!(item, Item::Fill(..)));
                paint(&mut canvas, &shield.cloned().collect::<Vec<_>>());
                canvas.pixels.iter().filter(|p| canvas.colours[usize::from(**p)] == [0, 0, 0, 255]).count()
            };
            assert!(inked(&tick) > inked(&cross) * 3 / 2);
        }
    }
}
