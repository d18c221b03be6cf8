use super::batches::{CLEAR, Chance, DIGITS, HEX, units};
use super::*;

fn columns() -> Vec<Column> {
    [(Role::Serial, "serial"), (Role::Mac, "mac"), (Role::Password, "password")]
        .map(|(role, name)| Column { role, name: name.to_owned() })
        .to_vec()
}

/// A batch whose password follows from row, serial number, hardware address and chance.
pub(super) fn batch(
    seed: u64,
    rows: usize,
    mut make: impl FnMut(usize, &str, &str, &mut Chance) -> Vec<u8>,
) -> Vec<Unit> {
    let mut chance = Chance(seed);
    let rows = (0..rows).map(|row| {
        let serial = format!("SN{:08}", 31_000_000 + row * 3 + chance.below(3));
        let mac =
            format!("00:1A:2B:{}", ["", "", ""].map(|_| format!("{:02X}", chance.below(256))).join(":"));
        let password = make(row, &serial, &mac, &mut chance);
        vec![serial.into_bytes(), mac.into_bytes(), password]
    });
    units(rows.collect())
}

/// What is found above `possible`, as kinds.
pub(super) fn faults(units: &[Unit]) -> Vec<Test> {
    let found = regular(units, &columns(), 2);
    let mut tests: Vec<Test> =
        found.findings.iter().filter(|f| f.confidence > Confidence::Possible).map(|f| f.test).collect();
    tests.dedup();
    tests
}

pub(super) fn shows(what: &str, units: &[Unit], test: Test) {
    let found = regular(units, &columns(), 2);
    let sure = found.findings.iter().any(|f| f.test == test && f.confidence == Confidence::Certain);
    assert!(sure, "{what}: {:?}", found.findings);
}

#[test]
fn clean_batches_of_many_seeds_raise_nothing_above_possible_and_that_seldom() {
    let mut possible = 0;
    for seed in 0..60 {
        let rows = [60, 300, 1000, 3000][seed as usize % 4];
        for (alphabet, length) in
            [(CLEAR, 11), (HEX, 16), (DIGITS, 19), (CLEAR, 24), (b"01", 30), (b"01234567", 21)]
        {
            let sample = batch(seed, rows, |_, _, _, chance| chance.word(alphabet, length));
            let found = regular(&sample, &columns(), 2);
            assert!(
                found.findings.iter().all(|f| f.confidence == Confidence::Possible),
                "seed {seed}, {rows} rows: {:?}",
                found.findings
            );
            possible += usize::from(!found.findings.is_empty());
        }
    }
    assert!(possible <= 3, "{possible} of 360 batches, expected 0.4 at most");
}

#[test]
fn a_large_sample_that_is_clean_raises_nothing() {
    assert_eq!(faults(&batch(500, 100_000, |_, _, _, chance| chance.word(CLEAR, 12))), []);
}

#[test]
fn passwords_of_any_length_are_clean_too() {
    for seed in 0..30 {
        let sample = batch(seed, 2000, |_, _, _, chance| {
            let length = 12 + chance.below(8);
            chance.word(CLEAR, length)
        });
        assert_eq!(faults(&sample), [], "seed {seed}");
    }
}

#[test]
fn a_modulus_that_does_not_divide_256_is_odd_and_no_fault() {
    let sample =
        batch(1, 100_000, |_, _, _, chance| (0..8).map(|_| CLEAR[chance.below(256) % CLEAR.len()]).collect());
    let found = regular(&sample, &columns(), 2);
    assert!(found.findings.iter().any(|f| f.test == Test::Uneven && f.confidence == Confidence::Possible));
    assert_eq!(faults(&sample), []);
}

#[test]
fn passwords_of_words_and_a_prefix_for_the_model_are_regular_and_no_fault() {
    let mut chance = Chance(3);
    let list: Vec<Vec<u8>> =
        (0..4000)
            .map(|_| {
                let length = 4 + chance.below(4);
                (0..length)
                    .map(|at| {
                        if at % 2 == 0 {
                            b"bdfgklmnprst"[chance.below(12)]
                        } else {
                            b"aeiou"[chance.below(5)]
                        }
                    })
                    .collect()
            })
            .collect();
    let sample = batch(3, 5000, |_, _, _, chance| {
        (0..6).map(|_| list[chance.below(4000)].clone()).collect::<Vec<_>>().join(&b'-')
    });
    assert_eq!(faults(&sample), []);
    let sample = batch(4, 5000, |row, _, _, chance| {
        [&[b"AX-", b"BQ-"][usize::from(row > 2500)][..], &chance.word(CLEAR, 11)].concat()
    });
    assert_eq!(faults(&sample), []);
}

#[test]
fn characters_that_are_uneven_are_found() {
    let skewed = batch(5, 3000, |_, _, _, chance| {
        (0..10).map(|_| HEX[chance.below(16).min(chance.below(16)).min(chance.below(16))]).collect()
    });
    shows("skewed", &skewed, Test::Uneven);
}

#[test]
fn substitutions_of_an_identifier_are_found() {
    let key: Vec<u8> = b"qwertyuiopasdfgh".to_vec();
    let nibbles = |mac: &str| -> Vec<usize> {
        mac.chars().filter_map(|c| c.to_digit(16)).map(|n| n as usize).collect()
    };
    shows(
        "table",
        &batch(6, 1000, |_, _, mac, _| nibbles(mac).iter().map(|n| key[*n]).collect()),
        Test::Identifier,
    );
    shows(
        "caesar",
        &batch(7, 1000, |_, serial, _, chance| {
            let mut word: Vec<u8> = serial
                .bytes()
                .rev()
                .map(|b| if b.is_ascii_digit() { (b - b'0' + 7) % 10 + b'0' } else { b })
                .collect();
            word.truncate(6);
            word.extend(chance.word(DIGITS, 2));
            word
        }),
        Test::Identifier,
    );
    shows(
        "exclusive or",
        &batch(8, 1000, |_, _, mac, _| {
            nibbles(mac)[6..].iter().zip([3, 9, 12, 5, 10, 6]).map(|(n, k)| HEX[n ^ k]).collect()
        }),
        Test::Identifier,
    );
    shows(
        "permutation",
        &batch(9, 600, |_, _, mac, chance| {
            let n = nibbles(mac);
            [8, 11, 6, 10, 7, 9].iter().map(|at| HEX[n[*at]]).chain([HEX[chance.below(16)]]).collect()
        }),
        Test::Identifier,
    );
}

#[test]
fn what_goes_on_within_a_password_is_found() {
    shows(
        "steps",
        &batch(10, 2000, |_, _, _, chance| {
            let first = chance.below(10);
            (0..8).map(|at| DIGITS[(first + at * (1 + chance.below(2))) % 10]).collect()
        }),
        Test::Within,
    );
}

#[test]
fn what_follows_the_row_before_is_found() {
    shows(
        "clock",
        &batch(11, 2000, |row, _, _, chance| {
            let mut word = format!("{:06}", row / 3 + 4000).into_bytes();
            word.extend(chance.word(DIGITS, 4));
            word
        }),
        Test::Serial,
    );
    let mut value = 5usize;
    shows(
        "shuffled walk",
        &batch(12, 3000, |_, _, _, chance| {
            value = (value * 7 + 3) % 10;
            [&chance.word(DIGITS, 7)[..], &[DIGITS[value]]].concat()
        }),
        Test::Serial,
    );
}

#[test]
fn near_passwords_are_found() {
    let base = b"tR7kLm2QwX9z".to_vec();
    let sample = batch(13, 3000, |row, _, _, chance| {
        if row % 100 == 0 {
            let mut word = base.clone();
            word[chance.below(12)] = CLEAR[chance.below(CLEAR.len())];
            word
        } else {
            chance.word(CLEAR, 12)
        }
    });
    shows("thirty of one kind", &sample, Test::Near);
    let two = batch(14, 3000, |row, _, _, chance| {
        if row == 77 || row == 2900 {
            format!("tR7kL{}2QwX9", row % 10).into_bytes()
        } else {
            chance.word(CLEAR, 11)
        }
    });
    let found = regular(&two, &columns(), 2);
    let near = found.findings.iter().find(|f| f.test == Test::Near).expect("one pair");
    assert_eq!(near.examples.iter().map(|place| place.line).collect::<Vec<_>>(), [77, 2900]);
}

#[test]
fn strides_and_generators_are_found_in_every_base() {
    let letters = |mut value: u128, radix: u128, length: usize| {
        let digits = b"0123456789abcdefghijklmnopqrstuvwxyz";
        let mut word = vec![b'0'; length];
        for at in (0..length).rev() {
            word[at] = digits[(value % radix) as usize];
            value /= radix;
        }
        word
    };
    for (radix, length) in [(10, 12), (16, 10), (36, 10)] {
        let space = radix_power(radix, length);
        let stride =
            batch(15, 400, |row, _, _, _| letters(row as u128 * 7_919_191_919 % space, radix, length));
        shows("stride", &stride, Test::Stride);
    }
    let mut state = 12345u128;
    shows(
        "32 bits",
        &batch(16, 400, |_, _, _, _| {
            state = (state * 1_103_515_245 + 12_345) % (1 << 32);
            letters(state, 10, 10)
        }),
        Test::Generator,
    );
    shows(
        "minimal standard",
        &batch(17, 400, |_, _, _, _| {
            state = state * 16_807 % ((1 << 31) - 1);
            letters(state, 16, 8)
        }),
        Test::Generator,
    );
    shows(
        "decimal",
        &batch(18, 400, |_, _, _, _| {
            state = (state * 31_415_821 + 1) % 100_000_000;
            letters(state, 10, 8)
        }),
        Test::Generator,
    );
}

fn radix_power(radix: u128, length: usize) -> u128 {
    (0..length).fold(1, |power, _| power * radix)
}

#[test]
fn rows_that_stand_twice_and_stray_rows_are_no_regularity() {
    let mut twice = batch(26, 2000, |_, _, _, chance| chance.word(CLEAR, 10));
    for row in 1000..2000 {
        twice[row].cells = twice[row - 1000].cells.clone();
    }
    assert_eq!(faults(&twice), []);
    let stray = batch(
        27,
        5000,
        |row, _, _, chance| {
            if row % 2000 == 7 { b"N/A".to_vec() } else { chance.word(DIGITS, 8) }
        },
    );
    assert_eq!(faults(&stray), []);
}

#[test]
fn a_stride_shows_in_a_sparse_sample() {
    let sample = batch(19, 60_000, |row, _, _, _| format!("{:010}", row * 37_129).into_bytes());
    let sparse: Vec<Unit> =
        sample.into_iter().filter(|unit| Chance(u64::from(unit.place.line)).below(50) == 0).collect();
    shows("every fiftieth row", &sparse, Test::Stride);
}

#[test]
fn the_order_of_the_units_does_not_matter() {
    let mut sample = batch(20, 500, |row, _, _, _| format!("{:08}", row * 37).into_bytes());
    let before = regular(&sample, &columns(), 2);
    sample.reverse();
    assert_eq!(regular(&sample, &columns(), 2), before);
}

#[test]
fn no_finding_shows_a_password() {
    let sample = batch(21, 500, |row, _, _, _| format!("hush{:08}", row * 37).into_bytes());
    for finding in regular(&sample, &columns(), 2).findings {
        assert!(!finding.says.contains("hush"), "{}", finding.says);
    }
}

#[test]
fn a_handful_of_units_and_units_that_are_all_the_same_say_nothing() {
    assert_eq!(regular(&batch(22, 20, |_, _, _, _| b"x".to_vec()), &columns(), 2).tests, 0);
    assert_eq!(faults(&batch(23, 500, |_, _, _, _| b"admin".to_vec())), []);
    assert_eq!(faults(&batch(24, 500, |_, _, _, _| Vec::new())), []);
}

#[test]
fn digests_can_be_compared_nibble_by_nibble() {
    let mut chance = Chance(25);
    let a = chance.word(HEX, 2000);
    let b = chance.word(HEX, 2000);
    assert!(mutual_information(&a, &b).chance > 1e-6);
    let turned: Vec<u8> = a.iter().map(|c| c.wrapping_mul(3)).collect();
    let same = mutual_information(&a, &turned);
    assert!(same.chance < 1e-300 && same.bits > 2.5, "{same:?}");
}
