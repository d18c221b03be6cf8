//! The files of a case and the pictures of a label, over a committed corpus and over what becomes of it when it is bent: every
//! problem is named at a place that the file has, and no picture is believed but the one that belongs to what was signed.

use assay::case::statement_file::StatementFile;
use assay::case::{Case, Problem};
use assay::conformity::{Ixit, Verdicts};
use assay::label::SignedLabel;
use assay_label::{Drawing, Look, svg, verify_picture, verify_svg};
use proptest::{prop_assert, prop_assert_eq};

use crate::fuzz::harness::{Verdict, as_it_is, corpus, run};
use crate::story::{REGISTER, key};

/// What is read is read the same again; what is not says where, and what to write instead.
fn read<T: PartialEq + std::fmt::Debug>(
    input: &[u8],
    parse: impl Fn(&str, &[u8]) -> Result<T, Vec<Problem>>,
) -> Verdict {
    let problems = match parse("file.toml", input) {
        Ok(read) => {
            prop_assert_eq!(parse("file.toml", input), Ok(read));
            return Ok(true);
        }
        Err(problems) => problems,
    };
    prop_assert!(!problems.is_empty(), "refused without a word");
    let lines = String::from_utf8_lossy(input).lines().count() + 1;
    for problem in &problems {
        prop_assert!((1..=lines).contains(&problem.at.line), "{problem} in {lines} lines");
        prop_assert!(problem.at.column >= 1 && !problem.message.is_empty() && !problem.mend.is_empty());
        prop_assert!(!problem.to_string().contains('\u{1b}'), "{problem:?}");
    }
    Ok(false)
}

#[test]
fn product() {
    run("product", 10, as_it_is, |input| read(input, Case::parse));
}

#[test]
fn ixit() {
    run("ixit", 10, as_it_is, |input| read(input, Ixit::parse));
}

#[test]
fn verdicts() {
    run("verdicts", 10, as_it_is, |input| read(input, Verdicts::parse));
}

#[test]
fn statement_file() {
    run("statement-file", 10, as_it_is, |input| read(input, StatementFile::parse));
}

/// The links that were signed.
fn genuine() -> Vec<String> {
    let links = corpus("label").into_iter().filter(|(name, _)| name.starts_with("ok"));
    links.map(|(_, bytes)| String::from_utf8(bytes).unwrap()).collect()
}

#[test]
fn label_svg() {
    let trusted = [key(REGISTER).public()];
    let genuine: Vec<String> = genuine()
        .iter()
        .map(|link| svg(&SignedLabel::read(link, &trusted).unwrap(), Look::default()).unwrap())
        .collect();
    run("label-svg", 0, as_it_is, |input| {
        let Ok(text) = str::from_utf8(input) else { return Ok(false) };
        let accepted = verify_svg(text, &trusted).is_ok();
        prop_assert_eq!(accepted, genuine.iter().any(|svg| svg == text), "only the drawing as it was made");
        Ok(accepted)
    });
}

/// Makes the checksums of a bent PNG's chunks right again, so that more than they are looked at.
fn with_right_checksums(input: &[u8]) -> Vec<u8> {
    let mut bytes = input.to_vec();
    let mut at = 8;
    while let Some(head) = bytes.get(at..at + 4) {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let Some(end) = length.checked_add(at + 8).filter(|end| end + 4 <= bytes.len()) else { break };
        let sum = crc(&bytes[at + 4..end]).to_be_bytes();
        bytes[end..end + 4].copy_from_slice(&sum);
        at = end + 4;
    }
    bytes
}

fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
}

#[test]
fn label_png() {
    let trusted = [key(REGISTER).public()];
    let genuine = genuine();
    let whole: Vec<Vec<u8>> = corpus("label-png")
        .into_iter()
        .filter(|(name, _)| name.starts_with("ok"))
        .map(|(_, png)| png)
        .collect();
    assert!(whole.iter().all(|png| with_right_checksums(png) == *png));
    run("label-png", 0, with_right_checksums, |input| {
        let Ok(read) = verify_picture(input, &trusted) else { return Ok(false) };
        prop_assert!(genuine.contains(&read.label.uri().to_owned()), "only what was signed is believed");
        prop_assert!(read.drawing == Drawing::Same || !whole.contains(&input.to_vec()));
        Ok(true)
    });
}
