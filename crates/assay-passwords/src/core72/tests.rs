//! Planted rows among random ones, on every engine; and what chance does to passwords that nobody derived.

use proptest::prelude::*;

use super::*;
use crate::rows::Cell;

/// Rows of serial, address, public and password.
fn block(number: u32, rows: &[[Vec<u8>; 4]]) -> Block {
    let mut block = Block::default();
    (block.number, block.width) = (number, 4);
    for (line, row) in rows.iter().enumerate() {
        for cell in row {
            block.cells.push(Cell { start: block.bytes.len() as u32, len: cell.len() as u32 });
            block.bytes.extend_from_slice(cell);
        }
        block.lines.push(line as u32 + 1);
    }
    block
}

const COLUMNS: Columns = Columns { serial: Some(0), mac: Some(1), public: Some(2) };

fn core(engine: Engine) -> Core {
    Core::new(engine, COLUMNS, 3, Affix::default())
}

/// Numbers that look random, the same on every machine.
fn lot(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (*seed ^ *seed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ mixed >> 31
}

fn random(alphabet: &[u8], len: usize, seed: &mut u64) -> Vec<u8> {
    (0..len).map(|_| alphabet[(lot(seed) % alphabet.len() as u64) as usize]).collect()
}

fn units(count: usize, alphabet: &[u8], len: usize, seed: u64) -> Vec<[Vec<u8>; 4]> {
    let mut seed = seed;
    (0..count)
        .map(|i| {
            let serial = format!("Ab-{:07}x", lot(&mut seed) % 10_000_000).into_bytes();
            let mac = format!("00:1a:2B:{:02x}:{:02x}:{:02X}", lot(&mut seed) % 256, i / 256 % 256, i % 256);
            let public = format!("net {}", lot(&mut seed) % 10_000).into_bytes();
            [serial, mac.into_bytes(), public, random(alphabet, len, &mut seed)]
        })
        .collect()
}

const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The text that a form hashes, written out by hand so that no code under test makes it.
fn text(form: usize, row: &[Vec<u8>; 4]) -> Vec<u8> {
    let s = String::from_utf8(row[0].clone()).unwrap();
    let m = String::from_utf8(row[1].clone()).unwrap();
    let p = String::from_utf8(row[2].clone()).unwrap();
    let (up, low) = (m.to_uppercase(), m.to_lowercase());
    let (bare_up, bare_low) = (up.replace(':', ""), low.replace(':', ""));
    let raw = || (0..6).map(|i| u8::from_str_radix(&bare_up[2 * i..2 * i + 2], 16).unwrap()).collect();
    match form {
        0 => s.into(),
        1 => s.to_lowercase().into(),
        2 => s.to_uppercase().into(),
        3 => s.replace("Ab-", "").replace('x', "").into(),
        4 => s.replace('-', "").into(),
        5 => (s + "\n").into(),
        6 => m.into(),
        7 => up.into(),
        8 => low.into(),
        9 => up.replace(':', "-").into(),
        10 => low.replace(':', "-").into(),
        11 => bare_up.into(),
        12 => bare_low.into(),
        13 => raw(),
        14 => (m + "\n").into(),
        15 => bare_up[6..].into(),
        16 => (s + &m).into(),
        17 => (m + &s).into(),
        18 => (s + &bare_up).into(),
        19 => (bare_up + &s).into(),
        20 => (s + &bare_low).into(),
        21 => (bare_low + &s).into(),
        22 => p.into(),
        _ => (p + &s).into(),
    }
}

/// A password of `len` characters out of a digest, again by other means than the code under test: bit by bit.
fn password(encoding: Encoding, digest: &[u8], window: usize, len: usize) -> Vec<u8> {
    let bit = |i: usize| digest.get(i / 8).map_or(0, |byte| usize::from(byte >> (7 - i % 8) & 1));
    let digits = |width: usize, alphabet: &[u8]| {
        let digit = |i: usize| (0..width).fold(0, |digit, b| digit * 2 + bit(i * width + b));
        (window..window + len).map(|i| alphabet[digit(i)]).collect()
    };
    match encoding {
        Encoding::Hex => digits(4, b"0123456789ABCDEF"),
        Encoding::Base64 => digits(6, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
        Encoding::Base32 => digits(5, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
        Encoding::Decimal { bytes, big_endian } => {
            let mut first = digest[..usize::from(bytes)].to_vec();
            if !big_endian {
                first.reverse();
            }
            let number = first.iter().fold(0u128, |number, byte| number * 256 + u128::from(*byte));
            format!("{:0len$}", number % 10u128.pow(len as u32)).into_bytes()
        }
        Encoding::Modulo(alphabet) => {
            let characters = alphabet.characters();
            digest[..len].iter().map(|byte| characters[usize::from(*byte) % characters.len()]).collect()
        }
    }
}

#[test]
fn every_form_algorithm_and_encoding_is_found_at_its_line() {
    for engine in Engine::available() {
        let mut seed = 7;
        for encoding in Encoding::ALL {
            // One planted row a form and algorithm, among random ones, at lanes and windows all over.
            let mut rows = units(FORMS * 3 * 3 + 5, BASE62, 12, lot(&mut seed));
            let mut planted = Vec::new();
            for form in 0..FORMS {
                for algorithm in Algorithm::ALL {
                    let at = (form * 3 + algorithm as usize) * 3 + (lot(&mut seed) % 3) as usize;
                    let len = if matches!(encoding, Encoding::Decimal { .. }) { 9 } else { 10 };
                    let window = (lot(&mut seed) % encoding.windows(algorithm, len) as u64) as usize;
                    let digest = algorithm.one(&text(form, &rows[at]));
                    rows[at][3] = password(encoding, digest.bytes(), window, len);
                    let form = Form(form as u8);
                    planted.push((at, Hypothesis { form, algorithm, encoding, window: window as u16 }));
                }
            }
            let block = block(3, &rows);
            let mut core = core(engine);
            core.see(&block);
            let hits = core.hits();
            for (at, hypothesis) in planted {
                let hit = hits.iter().find(|hit| hit.hypothesis == hypothesis);
                let hit = hit.unwrap_or_else(|| panic!("{hypothesis:?} is missed by {}", engine.name()));
                assert_eq!(hit.tally.first(), [block.place(at)], "{hypothesis:?}");
                assert_eq!(hit.blames, hypothesis.form.blames());
                assert!(hit.by_chance < 0.001 && hit.bits > 29.0);
            }
            assert_eq!(core.counts().rows, rows.len() as u64);
        }
    }
}

#[test]
fn whole_digests_with_padding_are_found() {
    let mut rows = units(3, BASE62, 12, 1);
    let digest = Algorithm::Md5.one(&rows[0][0]);
    rows[0][3] = [password(Encoding::Base64, digest.bytes(), 0, 22), b"==".to_vec()].concat();
    rows[1][3] = password(Encoding::Hex, Algorithm::Sha256.one(&rows[1][1]).bytes(), 0, 64);
    rows[1][3].make_ascii_lowercase();
    let mut core = core(Engine::best());
    core.see(&block(0, &rows));
    let hits = core.hits();
    let found: Vec<_> =
        hits.iter().map(|hit| (hit.hypothesis.form.0, hit.bits, hit.tally.first()[0].line)).collect();
    assert_eq!(found, [(0, 128.0, 1), (6, 256.0, 2)]);
}

#[test]
fn a_common_prefix_and_suffix_are_not_compared() {
    let mut rows = units(40, BASE62, 12, 2);
    for row in &mut rows {
        let digest = Algorithm::Sha1.one(&row[1]);
        row[3] = [&b"wifi-"[..], &password(Encoding::Hex, digest.bytes(), 4, 8), b"!"].concat();
    }
    let affix = Affix { prefix: b"wifi-".to_vec(), suffix: b"!".to_vec() };
    let mut core = Core::new(Engine::best(), COLUMNS, 3, affix);
    core.see(&block(0, &rows));
    let first = &core.hits()[0];
    assert_eq!((first.tally.rows(), first.hypothesis.form, first.hypothesis.window), (40, Form(6), 4));
}

#[test]
fn of_forms_that_come_out_the_same_each_has_the_row() {
    let mut rows = units(40, BASE62, 12, 3);
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = format!("{:08}", 12_345_678 + i * 77).into_bytes();
        row[3] = password(Encoding::Hex, Algorithm::Md5.one(&row[0]).bytes(), 0, 12);
    }
    let mut core = core(Engine::best());
    core.see(&block(0, &rows));
    let hits = core.hits();
    let found: Vec<_> = hits.iter().map(|hit| (hit.hypothesis.form.0, hit.tally.rows())).collect();
    assert_eq!(found, [(0, 40), (1, 40), (2, 40), (3, 40), (4, 40)]);
}

#[test]
fn random_passwords_of_60_bits_give_nothing() {
    for (alphabet, len) in
        [(BASE62, 12), (&b"0123456789abcdef"[..], 16), (b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 13)]
    {
        let mut core = core(Engine::best());
        for number in 0..10 {
            core.see(&block(number, &units(5000, alphabet, len, u64::from(number))));
        }
        assert_eq!(core.hits(), []);
        assert!(core.expected_in_all() < 0.001, "{}", core.expected_in_all());
    }
}

#[test]
fn short_passwords_agree_by_chance_as_often_as_expected() {
    for (alphabet, len) in
        [(&b"0123456789abcdef"[..], 5), (b"0123456789", 6), (b"abcdefghijklmnopqrstuvwxyz", 4)]
    {
        let mut core = core(Engine::best());
        for number in 0..10 {
            core.see(&block(number, &units(2000, alphabet, len, u64::from(number))));
        }
        let found: u64 = core.hits().iter().map(|hit| hit.tally.rows()).sum();
        let expected = core.expected_in_all();
        // Five deviations of a Poisson count; the lots are the same on every machine.
        let off = (found as f64 - expected).abs();
        assert!(expected > 5.0 && off < 5.0 * expected.sqrt(), "{found} of {expected} at {len}");
    }
}

#[test]
fn the_twelve_find_their_forms_and_no_others() {
    let mut rows = units(48, BASE62, 12, 5);
    for (i, row) in rows.iter_mut().enumerate() {
        row[3] = password(Encoding::Hex, Algorithm::Md5.one(&text(i % FORMS, row)).bytes(), 0, 12);
    }
    let mut core = Core::twelve(Engine::best(), COLUMNS, 3, Affix::default());
    core.see(&block(0, &rows));
    let mut forms: Vec<u8> = core.hits().iter().map(|hit| hit.hypothesis.form.0).collect();
    forms.sort_unstable();
    assert_eq!(forms, FOUR);
}

#[test]
fn confirming_counts_the_given_hypotheses_and_no_others() {
    let mut rows = units(100, BASE62, 12, 6);
    for row in &mut rows[10..90] {
        row[3] = password(Encoding::Base32, Algorithm::Sha256.one(&text(19, row)).bytes(), 7, 12);
    }
    rows[3][3] = password(Encoding::Hex, Algorithm::Md5.one(&text(0, &rows[3])).bytes(), 0, 12);
    let block = block(0, &rows);
    let mut all = core(Engine::best());
    all.see(&block);
    assert_eq!(all.hits().len(), 2);
    let first = all.hits()[0].clone();
    let mut core = Core::confirm(Engine::best(), COLUMNS, 3, Affix::default(), &[first.hypothesis]);
    core.see(&block);
    assert_eq!(core.hits(), [first]);
}

#[test]
fn what_is_missing_or_too_long_is_counted() {
    let mut rows = units(20, BASE62, 12, 8);
    rows[0][0].clear();
    rows[1][1] = b"  ".to_vec();
    rows[2][0] = vec![b'7'; 56];
    rows[3][0] = vec![b'7'; 2000];
    rows[4][3] = b"not a digest!".to_vec();
    rows[5][3].clear();
    rows[6][3] = vec![b'a'; 10_000];
    rows[7][3] = vec![0; 12];
    let mut core = core(Engine::best());
    core.see(&block(0, &rows));
    assert_eq!(core.counts(), Counts { rows: 20, not_comparable: 4, missing: 2, too_long: 2 });
}

#[test]
fn absent_columns_have_no_forms() {
    let mut rows = units(20, BASE62, 12, 9);
    for row in &mut rows {
        row[3] = password(Encoding::Hex, Algorithm::Md5.one(&row[0]).bytes(), 0, 12);
    }
    let columns = Columns { serial: None, ..COLUMNS };
    let mut core = Core::new(Engine::best(), columns, 3, Affix::default());
    core.see(&block(0, &rows));
    assert_eq!(core.hits(), []);
    assert_eq!(core.counts().missing, 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_cells_do_no_harm_and_all_engines_agree(
        rows in proptest::collection::vec(proptest::array::uniform4(prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..70),
            "[0-9a-f]{0,40}".prop_map(String::into_bytes),
            "[0-9]{4,6}".prop_map(String::into_bytes),
        ]), 0..60),
        cut in 0usize..60,
    ) {
        let cut = cut.min(rows.len());
        let mut first: Option<(Vec<Hit>, Counts)> = None;
        for engine in Engine::available() {
            let mut whole = core(engine);
            whole.see(&block(0, &rows));
            // The same rows, by two threads and in other lanes.
            let (mut one, mut other) = (core(engine), core(engine));
            one.see(&block(0, &rows[..cut]));
            let mut rest = block(0, &rows[cut..]);
            rest.lines.iter_mut().for_each(|line| *line += cut as u32);
            other.see(&rest);
            other.join(&one);
            prop_assert_eq!(whole.counts(), other.counts());
            let found = |core: &Core| core.hits().into_iter().map(|hit| (hit.hypothesis, hit.tally)).collect::<Vec<_>>();
            prop_assert_eq!(found(&whole), found(&other));
            let seen = (whole.hits(), whole.counts());
            match &first {
                Some(first) => prop_assert_eq!(first, &seen),
                None => first = Some(seen),
            }
        }
    }
}
