//! What the hits of the core of 72 digests amount to. Thousands of hypotheses are asked of every row, so a hit is worth what is
//! left when chance had that many tries; half of them go to the plain ways, which a factory would take first.

use assay::outcome::Confidence;

use crate::core72::{Columns, Core, Encoding, Hit};
use crate::lanes::Algorithm;
use crate::rows::{Column, Role};
use crate::structure::chance::ln_tail;

/// A false alarm is certain less than once in this many clean batches,
const CERTAIN_IN: f64 = 1e9;
/// and likely less than once in this many.
const LIKELY_IN: f64 = 1e5;
/// Plain ways: 72 digests from their first character, in hexadecimal, base64, base32 and four kinds of decimal.
const PLAIN: f64 = 72.0 * 7.0;
/// All others: 72 digests in sixteen encodings at fifty windows, at most.
const OTHERS: f64 = 72.0 * 16.0 * 50.0;

/// The columns that the core looks at: the first of each role.
pub(super) fn columns(picks: &[Column]) -> Columns {
    let first = |role| picks.iter().position(|c| c.role == role);
    Columns { serial: first(Role::Serial), mac: first(Role::Mac), public: first(Role::Public) }
}

/// One way of the core that is worth a word.
pub(super) struct Way {
    pub(super) hit: Hit,
    pub(super) from: Vec<usize>,
    pub(super) how: String,
    pub(super) confidence: Confidence,
}

/// The ways in which the core explains rows, the widest first. Of ways that explain the same rows the simplest is told.
pub(super) fn ways(core: &Core, columns: Columns) -> Vec<Way> {
    let mut ways: Vec<Way> = Vec::new();
    for hit in core.hits() {
        let said =
            |w: &Way| w.hit.tally == hit.tally && w.hit.hypothesis.algorithm == hit.hypothesis.algorithm;
        if ways.iter().any(said) {
            continue;
        }
        let hypothesis = hit.hypothesis;
        let plain = hypothesis.window == 0 && !matches!(hypothesis.encoding, Encoding::Modulo(_));
        let tries = 2.0 * if plain { PLAIN } else { OTHERS };
        let tail = ln_tail(hit.tally.rows(), hit.by_chance) + tries.ln();
        let confidence = if tail < -CERTAIN_IN.ln() {
            Confidence::Certain
        } else if tail < -LIKELY_IN.ln() {
            Confidence::Likely
        } else if tail < 0.01_f64.ln() {
            Confidence::Possible
        } else {
            continue;
        };
        let column = |role: Role| match role {
            Role::Serial => columns.serial,
            Role::Mac => columns.mac,
            Role::Public | Role::Password => columns.public,
        };
        let from = hypothesis.form.roles().into_iter().filter_map(column).collect();
        let how = format!(
            "is the {} of {}, {}{}",
            match hypothesis.algorithm {
                Algorithm::Md5 => "MD5",
                Algorithm::Sha1 => "SHA-1",
                Algorithm::Sha256 => "SHA-256",
            },
            hypothesis.form.words(),
            written(hypothesis.encoding),
            match hypothesis.window {
                0 => String::new(),
                n => format!(", from character {} on", n + 1),
            }
        );
        ways.push(Way { hit, from, how, confidence });
    }
    ways
}

fn written(encoding: Encoding) -> String {
    match encoding {
        Encoding::Hex => "in hexadecimal".to_owned(),
        Encoding::Base64 => "in base64".to_owned(),
        Encoding::Base32 => "in base32".to_owned(),
        Encoding::Decimal { bytes, big_endian } => {
            format!(
                "its first {bytes} bytes as a {}-endian number",
                if big_endian { "big" } else { "little" }
            )
        }
        Encoding::Modulo(alphabet) => format!("each byte modulo {}", alphabet.characters().len()),
    }
}
