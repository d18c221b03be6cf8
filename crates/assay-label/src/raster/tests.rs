//! Pixels: the same on every machine, sharp where a reader needs it, and the same from a press as from a fresh start.

use sha2::{Digest, Sha256};

use super::*;
use crate::svg::svg;
use crate::tests::{BASE, key, kinds, said, signed};
use crate::words::Language;

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

#[test]
fn every_module_is_a_square_of_one_colour() {
    let [label, ..] = kinds();
    let sheet = Sheet::of(&label, Look::default());
    let modules = sheet.code().unwrap();
    let n = modules.side();
    for (width, module) in [(219u32, 2usize), (300, 2), (449, 4), (600, 5), (1250, 11)] {
        let canvas = Press::default().painted(&label, Look::default(), width).unwrap();
        let dark = |x: usize, y: usize| {
            let [r, g, b, _] = canvas.colours[usize::from(canvas.pixels[y * canvas.width + x])];
            u32::from(r) + u32::from(g) + u32::from(b) < 384
        };
        let scale = |v: i32| (i64::from(v) * i64::from(width) / 60_000) as usize;
        let (from, to) = (modules.corner(0, 0), modules.corner(n, n));
        let start = |a: i32, b: i32| (scale(a + b) - n * module) / 2;
        let (left, top) = (start(from.x, to.x), start(from.y, to.y));
        for y in 0..n * module {
            for x in 0..n * module {
                let wanted = modules.is_dark(x / module, y / module);
                assert_eq!(dark(left + x, top + y), wanted, "{width} pixels wide, at {x}, {y} of the code");
            }
        }
    }
}

#[test]
fn the_contour_of_the_code_covers_exactly_the_dark_squares() {
    let [label, ..] = kinds();
    // Ten pixels a unit.
    let sheet = Sheet::of(&label, Look::default());
    let modules = sheet.code().unwrap();
    let mut canvas = Canvas::new(4000, 4000, Look { palette: Palette::Bw, ..Look::of(Form::Compact) });
    canvas.fill(
        crate::ink::Ink::Code,
        &modules.outline().map(|p| crate::shape::Point { x: p.x - 1_000, y: p.y - 49_000 }),
    );
    let mut wrong = 0;
    for y in 0..modules.side() {
        for x in 0..modules.side() {
            let middle = |n: usize, off: i32| {
                ((modules.corner(n, n).x - modules.corner(0, 0).x) + modules.module() / 2 + off) / 10
            };
            let from = modules.corner(0, 0);
            let (px, py) = (middle(x, from.x - 1_000), middle(y, from.y - 49_000));
            let pixel = canvas.pixels[py as usize * 4000 + px as usize];
            wrong +=
                usize::from((canvas.colours[usize::from(pixel)] == [0, 0, 0, 255]) != modules.is_dark(x, y));
        }
    }
    assert_eq!(wrong, 0);
}

#[test]
fn a_press_draws_what_a_fresh_start_draws() {
    let mut press = Press::default();
    for form in Form::ALL {
        for palette in Palette::ALL {
            let look = Look { palette, language: Language::Pl, ..Look::of(form) };
            for until in ["2030-01-31", "2031-11-30", "2020-05-31"] {
                for (variant, issued) in [(Variant::Tick, "2026-11-22"), (Variant::Cross, "2026-05-01")] {
                    let mut said = said(variant, Some(until));
                    said.issued = crate::tests::day(issued);
                    let label = signed(&said, &key(), BASE);
                    let fresh = png(&label, look, 600).unwrap();
                    assert_eq!(press.png(&label, look, 600).unwrap(), fresh, "{} {until}", look.words());
                    if (until, variant) != ("2030-01-31", Variant::Tick) {
                        continue;
                    }
                    let picture = crate::read::verify_picture(&fresh, &crate::tests::trusted());
                    // Words alone carry no code: nothing of them can be verified from a picture.
                    assert_eq!(picture.is_ok(), form != Form::Text, "{} {picture:?}", look.words());
                }
            }
        }
    }
}

#[test]
fn no_picture_runs_out_of_colours() {
    for form in Form::ALL {
        for palette in Palette::ALL {
            for label in kinds() {
                let look = Look { palette, ..Look::of(form) };
                let canvas = Press::default().painted(&label, look, 700).unwrap();
                assert!(canvas.colours.len() < 250, "{} {}", look.words(), canvas.colours.len());
                assert!(palette != Palette::Bw || canvas.colours.len() == 2);
            }
        }
    }
}

#[test]
fn the_same_label_has_the_same_bytes_on_every_machine() {
    let [label, ..] = kinds();
    let mut all = Sha256::new();
    let mut drawn = Sha256::new();
    let mut printed = Sha256::new();
    for form in Form::ALL {
        for palette in Palette::ALL {
            for language in Language::ALL {
                let look = Look { palette, language, ..Look::of(form) };
                all.update(svg(&label, look).unwrap());
                drawn.update(png(&label, look, 600).unwrap());
                printed.update(crate::pdf::pdf(&label, look, 30).unwrap());
            }
        }
    }
    let hex = |digest: Sha256| digest.finalize().iter().map(|b| format!("{b:02x}")).collect::<String>();
    // If the artwork changed on purpose, look at it (`--example specimens`), then put the new digests here.
    assert_eq!(
        [hex(all), hex(drawn), hex(printed)],
        [
            "99def64fb1d600522f8d42f275e3750918e51b873f322359d1bf5ad987d46dc7",
            "d315c40a656b4ee4e66e23a1e3560c4705d94a82763f4097f3eb702b50a8a7b0",
            "24ad63cea0effb8ad79aab56a13da61784e203bd9f5f6feffadd1a854c78eed3",
        ]
    );
    let once = svg(&label, Look::default()).unwrap();
    assert_eq!(digest(once.as_bytes()), digest(svg(&label, Look::default()).unwrap().as_bytes()));
}

#[test]
fn widths_out_of_bounds_are_refused() {
    let [label, ..] = kinds();
    for form in Form::ALL {
        let look = Look::of(form);
        let refused = png(&label, look, 0).unwrap_err();
        let PictureError::Width { least, most, .. } = refused else { panic!("{refused}") };
        for width in [0, least - 1, most + 1, u32::MAX] {
            assert_eq!(png(&label, look, width), Err(PictureError::Width { asked: width, least, most }));
        }
        // At the least width the code is whole, has its quiet zone, and is read.
        let smallest = png(&label, look, least).unwrap();
        let read = crate::verify_picture(&smallest, &crate::tests::trusted());
        assert_eq!(read.is_ok(), form != Form::Text, "{} at {least}: {read:?}", form.word());
    }
    // The commonest thermal printer: 20 mm at 203 dots an inch.
    let small = Look { width: 200, palette: Palette::Bw, ..Look::of(Form::Compact) };
    assert!(png(&label, small, width_at(small, 203)).is_ok());
    assert_eq!([width_at(Look::default(), 300), width_at(Look::of(Form::Compact), 600)], [709, 709]);
}
