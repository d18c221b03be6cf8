use super::*;
use crate::regular::batches::{CLEAR, Chance, passwords};

fn hits(common: &Common, words: &[Vec<u8>]) -> Hits {
    let mut hits = Hits::default();
    for (number, part) in words.chunks(1000).enumerate() {
        let mut more = Hits::default();
        common.see(&passwords(number as u32, part), 0, &mut more);
        hits.join(&more);
    }
    hits
}

fn judged(common: &Common, words: &[Vec<u8>]) -> Vec<Known> {
    let mut space = Space::default();
    words.iter().for_each(|word| space.one(word));
    hits(common, words).judge(common, &space)
}

/// Rows of each kind: same, folded, tailed.
fn kinds(words: &[&str]) -> [u64; 3] {
    let words: Vec<Vec<u8>> = words.iter().map(|word| word.as_bytes().to_vec()).collect();
    let (common, _) = Common::new([&b"Sch\xf6nBrunn\nNetgear-Home-Router-2020-Edition\n#hash\n"[..]]);
    let hits = hits(&common, &words);
    [hits.same.rows(), hits.folded.rows(), hits.tailed.iter().map(Tally::rows).sum()]
}

fn random(seed: u64, rows: usize, alphabet: &[u8], length: usize) -> Vec<Vec<u8>> {
    let mut chance = Chance(seed);
    (0..rows).map(|_| chance.word(alphabet, length)).collect()
}

#[test]
fn a_common_password_is_found_in_either_case_with_signs_for_letters_and_with_a_tail() {
    assert_eq!(kinds(&["123456", "admin", "PASSWORD", "Qwerty", "xc3511"]), [5, 0, 0]);
    assert_eq!(kinds(&["P@55w0rd", "L3tm31n", "@dm1n"]), [0, 3, 0]);
    assert_eq!(kinds(&["admin2024", "Dragon!", "shadow_77", "P@ssw0rd99"]), [0, 0, 4]);
    // `password1` is in the list too: a unit is counted once.
    assert_eq!(kinds(&["Password!"]), [0, 1, 0]);
    assert_eq!(kinds(&["#hash", "netgear-home-router-2020-EDITION"]), [2, 0, 0]);
    assert_eq!(
        kinds(&["", "admi", "adminn", "x123456", "admin20245", "1234567890123", "guest-of-honour"]),
        [0; 3]
    );
}

#[test]
fn bytes_that_are_no_text_are_found_too() {
    let (common, _) = Common::new([&b"Sch\xf6nBrunn\n"[..]]);
    assert_eq!(hits(&common, &[b"sch\xf6nbrunn".to_vec()]).same.rows(), 1);
}

#[test]
fn lists_are_read_as_they_come() {
    let long = "x".repeat(65);
    let list = format!("\u{feff}first\r\nsecond\r\n\r\n{long}\nlast");
    let (common, read) = Common::new([list.as_bytes(), b""]);
    assert_eq!(read, Read { words: 3, left_out: 1 });
    let words: Vec<Vec<u8>> = ["first", "second", "last", &long].map(|w| w.as_bytes().to_vec()).to_vec();
    assert_eq!(hits(&common, &words).same.rows(), 3);
}

#[test]
fn every_word_of_the_built_in_list_is_found_and_stands_in_it_once() {
    let (common, _) = Common::new([]);
    let mut words: Vec<Vec<u8>> = built_in().map(<[u8]>::to_vec).collect();
    assert!(words.len() > 150 && words.iter().all(|word| !word.starts_with(b"#") && !word.contains(&b' ')));
    assert_eq!(hits(&common, &words).same.rows(), words.len() as u64);
    words.sort();
    words.dedup();
    assert_eq!(words.len(), common.len());
}

#[test]
fn every_word_of_a_long_list_is_found() {
    let words = random(2, 200_000, CLEAR, 7);
    let (common, read) = Common::new([&words.join(&b'\n')[..]]);
    assert_eq!(read.words, 200_000);
    assert_eq!(hits(&common, &words).same.rows(), 200_000);
}

#[test]
fn one_common_password_among_strong_ones_is_certain() {
    let mut words = random(3, 5000, CLEAR, 12);
    words[4321] = b"changeme".to_vec();
    let found = judged(&Common::new([]).0, &words);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].confidence, found[0].tally.rows()), (Confidence::Certain, 1));
    assert_eq!(found[0].tally.first()[0], crate::place::Place { block: 4, line: 321 });
}

#[test]
fn what_a_long_list_hits_by_chance_is_possible_at_most() {
    let mut said = 0;
    for seed in 0..20 {
        let list = random(seed, 50_000, b"0123456789abcdefghij", 5);
        let (common, _) = Common::new([&list.join(&b'\n')[..]]);
        let found = judged(&common, &random(seed + 1000, 3000, b"0123456789abcdefghij", 5));
        said += found.len();
        assert!(found.iter().all(|known| known.confidence == Confidence::Possible), "seed {seed}: {found:?}");
    }
    assert!(said > 0, "the test must have had hits");
}

#[test]
fn clean_batches_of_many_seeds_say_nothing() {
    let (common, _) = Common::new([]);
    for seed in 0..60 {
        assert_eq!(judged(&common, &random(seed, 20_000, CLEAR, 11)), [], "seed {seed}");
    }
}

#[test]
fn one_unit_with_a_long_common_word_and_a_year_is_certain_among_random_ones() {
    let (common, _) = Common::new([]);
    for word in ["welcome2024", "letmein123", "iloveyou1", "changeme123"] {
        for rows in [300, 30_000] {
            let mut words = random(11, rows, CLEAR, 13);
            words[rows / 2] = word.as_bytes().to_vec();
            let known = judged(&common, &words);
            let certain = known.iter().find(|k| k.confidence == Confidence::Certain);
            assert_eq!(certain.map(|k| k.tally.rows()), Some(1), "{word} in {rows}: {known:?}");
        }
    }
}

#[test]
fn one_unit_with_signs_for_letters_is_certain_among_numbers() {
    let (common, _) = Common::new([]);
    let mut words = random(12, 30_000, b"0123456789", 20);
    words[77] = b"P@ssw0rd".to_vec();
    let known = judged(&common, &words);
    let certain = known.iter().find(|k| k.confidence == Confidence::Certain);
    assert_eq!(certain.map(|k| k.tally.rows()), Some(1), "{known:?}");
}
