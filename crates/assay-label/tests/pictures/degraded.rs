//! What may happen to a label between the printer and the reader, and how much of it is still read.

use std::collections::BTreeMap;

use assay_label::read_texts;

use crate::peers;
use crate::scene::{Chance, Scene};

/// As long as a label's link (version 10), and a plain Digital Link (version 3).
const SIGNED: &str = "https://register.example/01/04006381333931?a=0oRJogEnBES8DMGOoFWIABsAAAiojDlmsgEAABlWMRlRMANYQCHamSYP8RNbKwbwqosWEPSYorcSfG3u-gnYOKoRzl9LmSU36E-6_18-t-IXSwwrFLrN1u8Icn_AzXWflblmUAo";
const PLAIN: &str = "https://register.example/01/04006381333931";

struct Case {
    kind: &'static str,
    text: &'static str,
    /// What it is kept as, and its bytes.
    file: String,
    bytes: Vec<u8>,
}

/// Every kind of damage from hardly to badly, for both codes.
fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut chance = Chance::new(1);
    for text in [SIGNED, PLAIN] {
        let mut add = |kind: &'static str, scene: Scene, quality: Option<u8>| {
            let (ending, bytes) = match quality {
                Some(quality) => ("jpg", scene.jpeg(quality)),
                None => ("png", scene.png()),
            };
            let file = format!("{}-{}-{kind}.{ending}", cases.len(), text.len());
            cases.push(Case { kind, text, file, bytes });
        };
        let of = |module: f64, degrees: f64, tilt: f64| Scene::of_text(text, module, degrees, tilt);
        for module in [1.5, 2.0, 2.5, 3.0] {
            for turn in [0.0, 4.0, 31.0] {
                add("few pixels", of(module, turn, 0.0), None);
            }
        }
        for blur in [0.3, 0.45, 0.6, 0.75] {
            for m in [3.0, 6.0] {
                add("blur", of(m, 12.0, 0.0).blurred(blur * m).noisy(2.0, 1), None);
            }
        }
        for tilt in [0.1, 0.2, 0.3, 0.45] {
            for m in [3.0, 6.0] {
                add("perspective", of(m, chance.within(0.0, 360.0), tilt), None);
            }
        }
        for quality in [10, 20, 30, 50] {
            for module in [2.0, 4.0] {
                add("jpeg", of(module, 9.0, 0.05), Some(quality));
            }
        }
        for darkest in [0.1, 0.2, 0.4] {
            add("uneven light", of(4.0, 50.0, 0.05).shaded(darkest).noisy(3.0, 2), None);
        }
        for sigma in [10.0, 20.0, 40.0, 60.0] {
            for module in [2.5, 5.0] {
                add("noise", of(module, 15.0, 0.0).noisy(sigma, 3), None);
            }
        }
        for contrast in [0.05, 0.1, 0.3] {
            add("low contrast", of(4.0, 25.0, 0.0).faint(contrast).noisy(1.5, 4), None);
        }
        for seed in 0..12 {
            let (m, turn) = (chance.within(2.5, 5.0), chance.within(0.0, 360.0));
            let scene = of(m, turn, chance.within(0.0, 0.2)).blurred(chance.within(0.2, 0.55) * m);
            let scene = scene.shaded(chance.within(0.3, 0.8) as f32).noisy(chance.within(2.0, 9.0), seed);
            add("everything", scene, Some(40));
        }
        // Printed at 600 dots an inch in black alone, scanned at 300: the code has 57 of 64 hundredths of the width.
        let modules = if text == SIGNED { 57.0 } else { 29.0 };
        for (kind, mm) in [("print of 20 mm", 20.0), ("print of 30 mm", 30.0), ("print of 50 mm", 50.0)] {
            let module = mm / 25.4 * 600.0 * 0.62 / modules;
            for (spread, turn) in [(0, 1.5), (1, 3.0), (0, 20.0), (1, 61.0)] {
                let print = of(module, turn, 0.0).printed(spread).blurred(1.3).halved().noisy(4.0, 5);
                add(kind, print, Some(75));
            }
        }
        add(
            "within a large photograph",
            of(3.2, 8.0, 0.05).blurred(1.0).within(4000, 3000, 6).noisy(4.0, 7),
            Some(85),
        );
    }
    cases
}

#[test]
fn at_least_as_much_is_read_as_by_zbar_or_zxing_and_nothing_wrongly() {
    let cases = cases();
    let folder = tempfile::tempdir().unwrap();
    for case in &cases {
        std::fs::write(folder.path().join(&case.file), &case.bytes).unwrap();
    }
    let files: Vec<String> = cases.iter().map(|case| case.file.clone()).collect();
    let (zxing, zbar) = (peers::zxing(folder.path(), &files), peers::zbar(folder.path(), &files));
    // How many there are, and how many were read by zxing, by zbar, by either, by us, and by either but not by us.
    let mut kinds: BTreeMap<&str, [usize; 6]> = BTreeMap::new();
    let mut lost = Vec::new();
    for case in &cases {
        let texts = read_texts(&case.bytes).unwrap();
        assert!(texts.iter().all(|text| text == case.text), "{} was read wrongly: {texts:?}", case.file);
        let by = |who: &Option<BTreeMap<String, Vec<String>>>| {
            who.as_ref().is_some_and(|read| {
                read.get(&case.file).is_some_and(|texts| texts.iter().any(|text| text == case.text))
            })
        };
        let (zxing, zbar, ours) = (by(&zxing), by(&zbar), !texts.is_empty());
        let either = zxing || zbar;
        if either && !ours {
            lost.push(case.file.as_str());
        }
        for name in [case.kind, "~ all"] {
            let row = kinds.entry(name).or_default();
            for (cell, one) in row.iter_mut().zip([true, zxing, zbar, either, ours, either && !ours]) {
                *cell += usize::from(one);
            }
        }
    }
    eprintln!(
        "{:<28}{:>8}{:>8}{:>8}{:>8}{:>8}{:>8}",
        "damage", "pictures", "zxing", "zbar", "either", "ours", "lost"
    );
    for (kind, row) in &kinds {
        let [n, zxing, zbar, either, ours, lost] = row;
        eprintln!("{kind:<28}{n:>8}{zxing:>8}{zbar:>8}{either:>8}{ours:>8}{lost:>8}");
    }
    let [n, _, _, either, ours, missed] = kinds["~ all"];
    assert!(ours >= either, "{ours} are read, and {either} by one of the other programs; lost: {lost:?}");
    assert!(missed * 20 <= either, "more than a twentieth of what others read is not: {lost:?}");
    assert!(ours * 10 >= n * 8, "{ours} of {n}");
}

#[test]
fn inverted_and_mirrored_codes_are_read() {
    let scene = Scene::of_text(SIGNED, 4.0, 5.0, 0.1);
    let (width, height) = (scene.width, scene.height);
    let negative: Vec<u8> = scene.luma().iter().map(|v| 255 - v).collect();
    let mirrored: Vec<u8> = scene.luma().chunks(width).flat_map(|row| row.iter().rev().copied()).collect();
    for luma in [negative, mirrored] {
        assert_eq!(assay_label::decode_qr(&luma, width, height).unwrap(), [SIGNED]);
    }
}
