//! Labels held up to programs of others: zbar and zxing read their codes, as they are and spoilt in many ways, and axe looks
//! at the web form. `./test` puts these programs into `target/tools`; where one is missing the test says so and is skipped.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test runs other programs and stops at a surprise"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use assay::cose::{self, Purpose};
use assay::key::SecretKey;
use assay::label::SignedLabel;
use assay_label::{Form, Language, Look, Palette, html, pdf, png, width_at};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// Labels are signed here as a register would: a tick and a cross, with a date and without one.
fn labels() -> Vec<SignedLabel> {
    let key = SecretKey::from_seed(&[7; 32]);
    let base = "https://register.example";
    let label = |cross: bool, until: Option<i32>| {
        let variant = u8::from(cross);
        let items = (0u8, 9_520_000_100_018u64, 1u16, variant, 0u8, until, 20_784i32, 48_213u64);
        let bytes = cose::sign(&key, Purpose::Label, base, assay::cbor::to_bytes(&items));
        let link = format!("{base}/01/09520000100018?a={}", URL_SAFE_NO_PAD.encode(bytes));
        SignedLabel::read(&link, &[key.public()]).unwrap()
    };
    vec![label(false, Some(22_065)), label(true, Some(22_158)), label(true, None), label(false, Some(18_520))]
}

/// Where `./test` puts programs of others.
fn tools() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"), PathBuf::from);
    target.join("tools")
}

fn there(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok()
}

#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn skipped(what: &str) {
    eprintln!(
        "SKIPPED: {what} is not there (./test installs it where it may): labels were not held up to it"
    );
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn zbar_and_zxing_read_every_form_clean_and_nearly_all_that_a_plain_code_would_survive() {
    let python = tools().join("readers/bin/python3");
    if !python.exists() || !there("zbarimg") || !there("pdftoppm") {
        skipped("zbarimg, pdftoppm or zxing-cpp");
        return;
    }
    // They stay there to be looked at.
    let folder = tools().join("labels");
    fs::create_dir_all(&folder).unwrap();
    let mut list = Vec::new();
    let all = labels();
    let mut add = |name: String, bytes: Vec<u8>, label: &SignedLabel, look: Look, pixels: u32| {
        fs::write(folder.join(&name), bytes).unwrap();
        let code = assay_label::code_in_print(label, look).unwrap();
        // A picture has modules of whole pixels; a page is drawn as it comes.
        let module = f64::from(pixels) * code.share;
        let module = if name.ends_with(".png") { module.floor() } else { module };
        let version = (code.side - 17) / 4;
        list.push(serde_json::json!({"file": name, "link": code.text, "version": version, "module": module}));
    };
    // On a screen: every form in every palette.
    for (at, form) in [Form::Standard, Form::Compact, Form::Shelf, Form::Wide].into_iter().enumerate() {
        for palette in Palette::ALL {
            let (label, look) = (&all[at], Look { palette, ..Look::of(form) });
            let pixels = if matches!(form, Form::Shelf | Form::Wide) { 1200 } else { 600 };
            let stem = format!("{}-{}", form.word(), palette.word());
            add(format!("{stem}.png"), png(label, look, pixels).unwrap(), label, look, pixels);
            let bytes = pdf(label, look, 30).unwrap();
            add(format!("{stem}.pdf"), bytes, label, look, width_at(look, 300));
        }
    }
    // In print at 300 dots an inch: 20, 30 and 50 mm wide.
    for (mm, form) in [(20, Form::Compact), (30, Form::Compact), (50, Form::Standard), (50, Form::Compact)] {
        for palette in Palette::ALL {
            let look = Look { palette, language: Language::De, width: mm * 10, ..Look::of(form) };
            let (pixels, label) = (width_at(look, 300), &all[mm as usize % 4]);
            let stem = format!("print-{mm}-{}-{}", form.word(), palette.word());
            add(format!("{stem}.png"), png(label, look, pixels).unwrap(), label, look, pixels);
        }
    }
    fs::write(folder.join("labels.json"), serde_json::to_vec(&list).unwrap()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs/read_labels.py");
    let output = Command::new(python).arg("-B").arg(script).arg(&folder).output().unwrap();
    let said = told(&output);
    // The share that was read is shown at the end of `./test`.
    fs::write(tools().join("readers.txt"), &said).unwrap();
    assert!(output.status.success(), "{said}");
}

#[test]
fn axe_has_nothing_to_say_about_the_web_form() {
    let axe = tools().join("axe/package/axe.min.js");
    if !axe.exists() || !there("chromium") || !there("python3") {
        skipped("axe or chromium");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut pages = Vec::new();
    for (at, language) in Language::ALL.into_iter().enumerate() {
        let (form, palette) = (Form::ALL[at % 5], Palette::ALL[at % 3]);
        let look = Look { language, palette, ..Look::of(form) };
        let live = "https://register.example/p/p0123456789abcdef/badge.svg";
        for (name, picture) in [("within", html::Picture::Within), ("live", html::Picture::Live(live))] {
            let page = folder.path().join(format!("{}-{}-{name}.html", form.word(), language.code()));
            fs::write(&page, html::page(&labels()[at % 4], look, picture).unwrap()).unwrap();
            pages.push(page);
        }
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs/axe.py");
    let output = Command::new("python3").arg("-B").arg(script).arg(axe).args(&pages).output().unwrap();
    assert!(output.status.success(), "{}", told(&output));
}
