//! Samples with and without a scheme of digests or constants.

use super::digest::{Algorithm, digest};
use super::*;
use crate::place::Place;
use crate::structure::tests::{ALNUM, DIGITS, Dice, HEX, UPPER, batch, block, columns};

fn units(rows: &[[String; 4]]) -> Vec<Unit> {
    (0u32..)
        .zip(rows)
        .map(|(line, row)| Unit {
            place: Place { block: 0, line },
            cells: row.iter().map(|c| c.clone().into_bytes()).collect(),
        })
        .collect()
}

fn searched(columns: &[Column], units: &[Unit]) -> Vec<Scheme> {
    search(columns, units, Engine::best(), 2)
}

fn bare(text: &str) -> String {
    text.replace([':', '-'], "")
}

fn hex(algorithm: Algorithm, message: impl AsRef<[u8]>) -> String {
    digest(algorithm, message.as_ref()).bytes().iter().map(|b| format!("{b:02x}")).collect()
}

fn with_alphabet(algorithm: Algorithm, message: impl AsRef<[u8]>, alphabet: &str, len: usize) -> String {
    let letters = alphabet.as_bytes();
    let character = |b: &u8| char::from(letters[usize::from(*b) % letters.len()]);
    digest(algorithm, message.as_ref()).bytes().iter().take(len).map(character).collect()
}

/// A scheme on one unit in `every`, random passwords of the same look on the others.
#[track_caller]
fn found(
    rows: u64,
    every: u64,
    role: Role,
    words: &str,
    alphabet: &str,
    make: impl Fn(&[String; 3]) -> String,
) {
    let mut dice = Dice(rows + every);
    let rows = batch(rows, |n, ids| {
        let made = make(ids);
        if n % every == 0 { made } else { dice.text(alphabet, made.len()) }
    });
    let wanted = rows.len() as u64 / every;
    let schemes = searched(&columns(), &units(&rows));
    let fits = |s: &&Scheme| {
        s.found.confidence == Confidence::Certain
            && s.found.role == role
            && s.found.how.contains(words)
            && s.found.tally.rows() >= wanted
    };
    let said: Vec<&str> = schemes.iter().map(|s| s.found.how.as_str()).collect();
    let scheme = schemes.iter().find(fits).unwrap_or_else(|| panic!("{words}: {said:#?}"));
    assert!(scheme.confirm(&block(0, &rows), 1).rows() >= wanted);
}

#[test]
fn digests_in_their_usual_writings_are_found() {
    use Algorithm::{Crc32, Md5, Md5OfHex, Sha1, Sha256};
    let rows = 400;
    found(rows, 1, Role::Mac, "MD5 of `mac` without separators, in lower case, hexadecimal", HEX, |ids| {
        hex(Md5, bare(&ids[1]).to_lowercase())[4..16].to_owned()
    });
    found(rows, 1, Role::Serial, "SHA-1 of `serial` with a line feed behind it", HEX, |ids| {
        hex(Sha1, format!("{}\n", ids[0]))[..10].to_uppercase()
    });
    found(rows, 1, Role::Mac, "SHA-256 of `serial` and `:` `mac`, each byte modulo 62", ALNUM, |ids| {
        with_alphabet(Sha256, format!("{}:{}", ids[0], ids[1]), ALNUM, 12)
    });
    found(rows, 1, Role::Serial, "CRC-32 of `serial`", DIGITS, |ids| {
        format!("{:010}", u32::from_str_radix(&hex(Crc32, &ids[0]), 16).unwrap())
    });
    found(rows, 1, Role::Mac, "MD5 of the hexadecimal MD5", HEX, |ids| {
        hex(Md5OfHex, &ids[1])[..12].to_owned()
    });
    found(rows, 1, Role::Public, "SHA-256 of `ssid` with `admin` behind it", HEX, |ids| {
        hex(Sha256, format!("{}admin", ids[2]))[..12].to_owned()
    });
}

#[test]
fn one_unit_in_a_thousand_is_enough() {
    found(4000, 1000, Role::Mac, "SHA-256 of `mac` as its 6 bytes, each byte modulo 32", UPPER, |ids| {
        let raw: Vec<u8> = bare(&ids[1])
            .as_bytes()
            .chunks(2)
            .map(|p| u8::from_str_radix(std::str::from_utf8(p).unwrap(), 16).unwrap())
            .collect();
        with_alphabet(Algorithm::Sha256, raw, UPPER, 12)
    });
}

#[test]
fn an_alphabet_that_nobody_listed_is_learnt() {
    found(400, 1, Role::Serial, "alphabet of an unusual order", "QWERTZUPASDFGHJKLYXCVBNM23456789", |ids| {
        with_alphabet(Algorithm::Md5, &ids[0], "QWERTZUPASDFGHJKLYXCVBNM23456789", 10)
    });
}

#[test]
fn what_all_passwords_share_hides_no_digest() {
    found(400, 1, Role::Mac, "MD5 of `mac`", HEX, |ids| {
        let text = hex(Algorithm::Md5, &ids[1]);
        format!("WIFI-{}-{}", &text[..5], &text[5..10])
    });
}

#[test]
fn constants_added_and_xored_are_found_in_part_of_a_batch() {
    found(3000, 10, Role::Serial, "the digits of `serial` plus one constant, in base 10", DIGITS, |ids| {
        format!("{:08}", (ids[0][5..].parse::<u64>().unwrap() + 38_218_113) % 100_000_000)
    });
    found(3000, 10, Role::Mac, "XOR one constant", HEX, |ids| {
        format!("{:012x}", u64::from_str_radix(&bare(&ids[1]), 16).unwrap() ^ 0x5f37_59df_1234)
    });
}

#[test]
fn clean_and_keyed_batches_raise_nothing_above_possible() {
    let kinds = [(ALNUM, 11), (UPPER, 12), (HEX, 15), (DIGITS, 19)];
    for seed in 0..12 {
        let (alphabet, len) = kinds[seed % kinds.len()];
        let mut dice = Dice(seed as u64 * 7_777_777);
        let rows = batch(400, |_, _| dice.text(alphabet, len));
        let schemes = searched(&columns(), &units(&rows));
        assert!(schemes.iter().all(|s| s.found.confidence == Confidence::Possible), "seed {seed}");
    }
    let keyed =
        batch(400, |_, ids| hex(Algorithm::Sha256, format!("k3y of the factory{}", ids[0]))[..16].to_owned());
    assert!(searched(&columns(), &units(&keyed)).iter().all(|s| s.found.confidence == Confidence::Possible));
}

#[test]
fn an_empty_sample_and_empty_cells_are_judged_in_peace() {
    assert!(searched(&columns(), &[]).is_empty());
    let empty: Vec<[String; 4]> = (0..40).map(|_| [const { String::new() }; 4]).collect();
    assert!(searched(&columns(), &units(&empty)).is_empty());
}
