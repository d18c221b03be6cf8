use super::serial::{InOrder, OVERLAP, Record, key, runs};
use super::*;
use crate::regular::batches::{CLEAR, Chance, DIGITS, block, passwords};
use crate::space::Space;

/// The words in blocks of a size, seen by two threads.
fn counted(words: &[Vec<u8>], size: usize) -> Counted {
    let mut threads = [Neighbours::default(), Neighbours::default()];
    for (number, part) in words.chunks(size).enumerate() {
        threads[number % 2].see(&passwords(number as u32, part), 0);
    }
    let [one, mut other] = threads;
    other.join(one);
    other.finish()
}

fn judged(words: &[Vec<u8>]) -> Option<Incremental> {
    let mut space = Space::default();
    words.iter().for_each(|word| space.one(word));
    counted(words, 1000).judge(space.top_probability())
}

fn random(seed: u64, rows: usize, length: usize) -> Vec<Vec<u8>> {
    let mut chance = Chance(seed);
    (0..rows).map(|_| chance.word(CLEAR, length)).collect()
}

fn number(n: usize) -> Vec<u8> {
    format!("pw{n:06}").into_bytes()
}

#[test]
fn counters_of_every_kind_are_certain_and_all_rows_stand_in_runs() {
    type Kind = (&'static str, fn(usize) -> String);
    let kinds: [Kind; 8] = [
        ("decimal", |n| format!("dev{:07}x", n + 9_990)),
        ("unpadded", |n| format!("admin{n}")),
        ("hexadecimal", |n| format!("{:06x}-K9", n * 3)),
        ("down by seven", |n| format!("Z{:08}", 90_000 - 7 * n)),
        ("in front of a long tail", |n| format!("{n:05}abcdefghijklmnopqrstuvwxyz")),
        ("behind a long head", |n| format!("abcdefghijklmnopqrstuvwxyz{n:05}")),
        ("two that take turns", |n| format!("{}{:06}", ["AX", "kq"][n % 2], n / 2 * 5 + 77 * (n % 2))),
        ("letters with carry", |n| {
            let letter = |by: usize| char::from(b'A' + (n / by % 26) as u8);
            format!("{}{}{}{}-7", letter(17_576), letter(676), letter(26), letter(1))
        }),
    ];
    for (kind, make) in kinds {
        let words: Vec<Vec<u8>> = (0..3000).map(|n| make(n).into_bytes()).collect();
        let found = judged(&words).expect(kind);
        assert_eq!(found.confidence, Confidence::Certain, "{kind}");
        assert_eq!(found.tally.rows(), 3000, "{kind}");
    }
}

#[test]
fn three_rows_in_thirty_thousand_are_found_at_their_lines() {
    let mut words = random(4, 30_000, 11);
    for (at, n) in (20_000..20_003).zip(1..) {
        words[at] = format!("Office-{n:04}").into_bytes();
    }
    let found = judged(&words).expect("a run of three");
    assert_eq!((found.confidence, found.tally.rows()), (Confidence::Certain, 3));
    assert_eq!(found.tally.first()[0], Place { block: 20, line: 0 });
}

#[test]
fn the_size_of_the_blocks_changes_nothing() {
    let mut words = random(9, 1200, 8);
    for start in [3, 60, 127, 254, 500, 640, 1190] {
        let length = if start == 640 { 200 } else { 9 };
        for n in 0..length {
            words[start + n] = number(900 + 3 * n);
        }
    }
    // Two counters that take turns, over the same rows at times.
    for n in 0..40 {
        words[300 + 2 * n] = number(5000 + n);
        words[301 + 2 * n] = format!("{:08x}", 0xfeed_0000u32 + n as u32 * 16).into_bytes();
    }
    let whole: Vec<u64> = (0..LEVELS.len()).map(|level| counted(&words, 5000).level(level).rows()).collect();
    assert_eq!(whole[0], 6 * 9 + 200 + 80);
    assert_eq!(whole[3], 200 + 80);
    for size in [1, 2, 7, 64, 100, 128, 129, 130, 500, 640, 700] {
        let parts = counted(&words, size);
        let rows: Vec<u64> = (0..LEVELS.len()).map(|level| parts.level(level).rows()).collect();
        assert_eq!(rows, whole, "blocks of {size}");
    }
}

#[test]
fn clean_batches_of_many_seeds_say_nothing() {
    for seed in 0..60 {
        assert_eq!(judged(&random(seed, 20_000, 11)), None, "seed {seed}");
    }
}

#[test]
fn short_codes_make_runs_by_chance_and_those_are_possible_at_most() {
    for seed in 0..60 {
        let mut chance = Chance(seed);
        for length in 1..=5 {
            let words: Vec<Vec<u8>> = (0..3000).map(|_| chance.word(DIGITS, length)).collect();
            let found = judged(&words);
            assert!(
                found.is_none_or(|f| f.confidence == Confidence::Possible),
                "seed {seed}, {length} digits"
            );
        }
    }
    // But four digits that count up do so certainly.
    let words: Vec<Vec<u8>> = (0..3000).map(|n| format!("{:04}", (n * 3) % 10_000).into_bytes()).collect();
    assert_eq!(judged(&words).map(|f| f.confidence), Some(Confidence::Certain));
    // And so do twenty units.
    let words: Vec<Vec<u8>> = (1..=20).map(|n| format!("{n:04}").into_bytes()).collect();
    assert_eq!(judged(&words).map(|f| f.confidence), Some(Confidence::Certain));
}

#[test]
fn equal_passwords_and_empty_ones_are_no_counter() {
    assert_eq!(judged(&vec![b"admin".to_vec(); 500]), None);
    assert_eq!(judged(&vec![Vec::new(); 500]), None);
    assert_eq!(Neighbours::default().finish().judge(1.0), None);
}

/// Rows of serial and password whose order in the file is a permutation.
fn shuffled(rows: usize, make: fn(usize) -> String) -> Vec<Record> {
    let mut chance = Chance(11);
    let mut order: Vec<usize> = (0..rows).collect();
    for at in (1..rows).rev() {
        order.swap(at, chance.below(at + 1));
    }
    let record = |(line, n): (usize, &usize)| {
        let place = Place { block: 0, line: line as u32 };
        Record::of(format!("SN-24-{n:07}A").as_bytes(), make(*n).as_bytes(), 2, place)
    };
    order.iter().enumerate().map(record).collect()
}

#[test]
fn a_shuffled_file_counts_up_in_the_order_of_its_serial_numbers() {
    let mut records = shuffled(2000, |n| format!("pw{:09}-{}", n * 11, "t".repeat(30)));
    assert_eq!(runs(&records, 0).level(3).rows(), 0);
    records.sort_unstable();
    let whole = runs(&records, 0);
    assert_eq!(whole.level(0).rows(), 2000);
    assert_eq!(whole.judge(1e-9).map(|f| f.confidence), Some(Confidence::Certain));
    let back: Vec<Record> = records.iter().map(|r| Record::from_bytes(&r.to_bytes())).collect();
    assert!(back == records);
    for cut in [1, 2, 5, 300, 1999] {
        let mut parts = runs(&records[..cut], 0);
        let repeated = cut.min(OVERLAP);
        parts.join(&runs(&records[cut - repeated..], repeated));
        assert_eq!(parts, whole, "cut at {cut}");
    }
}

#[test]
fn what_differs_behind_the_record_is_no_counter() {
    let mut records = shuffled(300, |n| format!("pw{n:016}{}", n * n));
    records.sort_unstable();
    assert_eq!(runs(&records, 0).level(0).rows(), 0);
}

#[test]
fn keys_sort_as_serial_numbers_do() {
    for [lower, higher] in [
        ["SN-0009", "SN-0010"],
        ["9", "10"],
        ["24-00:1f", "24-00:20"],
        ["A0F9", "A0FA"],
        ["dc:a6:32:00:ff:ff", "DC:A6:32:01:00:00"],
        ["long-long-prefix-0000000001", "long-long-prefix-0000000002"],
    ] {
        assert!(key(lower.as_bytes()) < key(higher.as_bytes()), "{lower} {higher}");
    }
}

#[test]
fn a_file_in_serial_order_need_not_be_sorted() {
    let in_order = |serials: &[usize]| {
        let mut threads = [InOrder::default(), InOrder::default()];
        for (number, part) in serials.chunks(10).enumerate() {
            let rows: Vec<Vec<Vec<u8>>> =
                part.iter().map(|n| vec![b"x".to_vec(), format!("S{n:05}").into_bytes()]).collect();
            threads[number % 2].see(&block(number as u32, &rows), 1);
        }
        let [one, mut other] = threads;
        other.join(one);
        other.finish()
    };
    let up: Vec<usize> = (0..100).map(|n| n * 3).collect();
    let down: Vec<usize> = up.iter().rev().copied().collect();
    assert!(in_order(&up) && in_order(&down) && in_order(&[]));
    let mut broken = up.clone();
    broken.swap(9, 10);
    assert!(!in_order(&broken));
}
