use super::super::Test;
use super::super::batches::{CLEAR, Chance, DIGITS, HEX};
use super::super::tests::{batch, faults, shows};

const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const BASE62: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const BASE58: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn number(mut value: u128, digits: &[u8]) -> Vec<u8> {
    let mut word = Vec::new();
    while value > 0 {
        word.push(digits[(value % digits.len() as u128) as usize]);
        value /= digits.len() as u128;
    }
    word.reverse();
    word
}

fn wide(chance: &mut Chance) -> u128 {
    u128::from(chance.next()) << 64 | u128::from(chance.next())
}

#[test]
fn a_bit_that_is_stuck_is_a_fault_however_much_is_left() {
    let stuck = |seed, alphabet: &'static [u8], length, at: usize| {
        batch(seed, 20_000, move |_, _, _, chance| {
            let mut word = chance.word(alphabet, length);
            word[at] = alphabet[chance.below(alphabet.len()) & !1];
            word
        })
    };
    shows("hexadecimal", &stuck(60, HEX, 16, 5), Test::Uneven);
    shows("base 62", &stuck(61, BASE62, 14, 7), Test::Uneven);
    shows("base 64", &stuck(62, BASE64, 14, 3), Test::Uneven);
}

#[test]
fn the_parity_of_a_congruential_generator_shows() {
    for length in [11, 12] {
        let mut state = 7u32;
        let sample = batch(63, 50_000, |_, _, _, _| {
            let mut draw = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                BASE62[state as usize % 62]
            };
            (0..length).map(|_| draw()).collect()
        });
        shows("parity", &sample, if length == 12 { Test::Uneven } else { Test::Within });
    }
}

#[test]
fn a_character_that_is_free_but_for_one_thing_is_a_fault() {
    let of_serial = batch(64, 5000, |_, serial, _, chance| {
        let mut word = chance.word(BASE62, 12);
        word[4] = BASE62[usize::from(serial.as_bytes()[9] - b'0') + 7];
        word
    });
    shows("a digit of the serial number", &of_serial, Test::Identifier);
    let copied = batch(65, 20_000, |_, _, _, chance| {
        let mut word = chance.word(HEX, 20);
        word[9] = word[2];
        word
    });
    shows("a copy", &copied, Test::Within);
    let mut last = b'A';
    let from_before = batch(66, 60_000, |_, _, _, chance| {
        let mut word = chance.word(BASE62, 12);
        let at = BASE62.iter().position(|c| *c == last).expect("of the alphabet");
        word[6] = BASE62[(at + 5) % 62];
        last = word[6];
        word
    });
    shows("from the row before", &from_before, Test::Serial);
    let (mut shuffled, mut chance) = (from_before, Chance(67));
    let mut cells: Vec<_> = shuffled.iter_mut().map(|unit| std::mem::take(&mut unit.cells)).collect();
    (1..cells.len()).rev().for_each(|row| cells.swap(row, chance.below(row + 1)));
    shuffled.iter_mut().zip(cells).for_each(|(unit, cells)| unit.cells = cells);
    shows("from the unit before, shuffled", &shuffled, Test::Serial);
}

#[test]
fn a_rule_of_the_house_is_no_fault() {
    let quiet = |what: &str, seed, make: &dyn Fn(usize, &mut Chance) -> Vec<u8>| {
        for rows in [3_000, 40_000] {
            let sample = batch(seed, rows, |row, _, _, chance| make(row, chance));
            assert_eq!(faults(&sample), [], "{what}, {rows} rows");
        }
    };
    quiet("a number in base 58", 70, &|_, chance| number(wide(chance), BASE58));
    quiet("a number in base 62", 71, &|_, chance| number(wide(chance) >> 32, BASE62));
    quiet("a number in base 36", 72, &|_, chance| {
        number(wide(chance) >> 56, b"0123456789abcdefghijklmnopqrstuvwxyz")
    });
    quiet("a decimal number of 64 bits", 73, &|_, chance| format!("{:020}", chance.next()).into_bytes());
    quiet("sixteen bytes in base 64", 74, &|_, chance| {
        let value = wide(chance);
        (0..22)
            .map(|at| BASE64[(value >> (122i32 - 6 * at).max(0) << (6 * at - 122).max(0)) as usize & 63])
            .collect()
    });
    quiet("a random UUID", 75, &|_, chance| {
        let value = wide(chance) & !(0xf << 76) & !(3 << 62) | 4 << 76 | 2 << 62;
        let text = format!("{value:032x}");
        [&text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]].join("-").into_bytes()
    });
    quiet("a letter first, a digit last", 76, &|_, chance| {
        [chance.word(UPPER, 1), chance.word(BASE62, 10), chance.word(DIGITS, 1)].concat()
    });
    quiet("a digit in the middle", 77, &|_, chance| {
        [chance.word(CLEAR, 6), chance.word(DIGITS, 2), chance.word(CLEAR, 6)].concat()
    });
    quiet("consonants and vowels", 78, &|_, chance| {
        (0..9)
            .flat_map(|_| [chance.word(b"bcdfghjklmnpqrstvwxz", 1), chance.word(b"aeiou", 1)].concat())
            .collect()
    });
    quiet("hexadecimal, then base 32", 79, &|_, chance| {
        [chance.word(HEX, 8), chance.word(b"abcdefghijklmnopqrstuvwxyz234567", 8)].concat()
    });
    quiet("one of each class", 80, &|_, chance| {
        loop {
            let word = chance.word(BASE62, 12);
            let has = |class: fn(&u8) -> bool| word.iter().any(class);
            if has(u8::is_ascii_digit) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) {
                return word;
            }
        }
    });
    quiet("no character twice", 81, &|_, chance| {
        let mut left = BASE62.to_vec();
        (0..12).map(|_| left.swap_remove(chance.below(left.len()))).collect()
    });
    quiet("a prefix for the week", 82, &|row, chance| {
        [format!("W{:02}", 17 + row / 1500).into_bytes(), chance.word(BASE62, 11)].concat()
    });
    quiet("another alphabet after the first half", 83, &|row, chance| {
        chance.word(if row % 3000 < 1500 { BASE62 } else { CLEAR }, 12)
    });
}

#[test]
fn a_file_that_is_sorted_by_password_is_no_fault() {
    let mut chance = Chance(90);
    let mut words: Vec<Vec<u8>> = (0..20_000).map(|_| chance.word(BASE62, 12)).collect();
    words.sort();
    let sorted = batch(91, words.len(), |row, _, _, _| words[row].clone());
    assert_eq!(faults(&sorted), []);
}
