use super::entropy::{collisions, units_that_show};
use super::guess::{Attack, Strength, strength};
use super::*;
use crate::regular::batches::{CLEAR, Chance, DIGITS, HEX, passwords};

const ONLINE: Attack = Attack::Online { per_hour: None };

fn space(words: &[Vec<u8>]) -> Space {
    let mut space = Space::default();
    for word in words {
        space.one(word);
    }
    space
}

fn random(seed: u64, rows: usize, alphabet: &[u8], length: usize) -> Vec<Vec<u8>> {
    let mut chance = Chance(seed);
    (0..rows).map(|_| chance.word(alphabet, length)).collect()
}

#[test]
fn the_estimate_lies_at_or_above_the_truth_and_close_to_it_in_a_large_batch() {
    for seed in 0..40 {
        for (alphabet, length) in [(DIGITS, 8), (HEX, 12), (CLEAR, 16)] {
            let truth = (alphabet.len() as f64).log2() * length as f64;
            let large = space(&random(seed, 20_000, alphabet, length)).bits_at_most();
            assert!(large >= truth - 1e-9 && large < truth + 0.9, "{large} for {truth}");
            let small = space(&random(seed, 12, alphabet, length)).bits_at_most();
            assert!(small >= truth - 1e-9, "{small} for {truth}, from 12 units");
        }
    }
}

#[test]
fn positions_that_do_not_change_are_worth_nothing() {
    let words: Vec<Vec<u8>> =
        random(1, 5000, DIGITS, 6).into_iter().map(|w| [b"dev-", &w[..], b"Q"].concat()).collect();
    let space = space(&words);
    assert_eq!(space.affix(), (&b"dev-"[..], &b"Q"[..]));
    assert_eq!(space.constant(), [0, 1, 2, 3, 10]);
    assert_eq!(space.alphabet(4), 10);
    assert!(space.bits_at_most() < 20.6, "{}", space.bits_at_most());
}

#[test]
fn a_prefix_and_a_suffix_never_overlap_in_the_shortest_password() {
    let words = [b"aXa".to_vec(), b"aa".to_vec(), b"aYYa".to_vec()];
    assert_eq!(space(&words).affix(), (&b"a"[..], &b"a"[..]));
    let same = [b"admin".to_vec(), b"admin".to_vec()];
    assert_eq!(space(&same).affix(), (&b"admin"[..], &b""[..]));
    assert_eq!(space(&[b"abab".to_vec(), b"ab".to_vec(), vec![]]).affix(), (&b"ab"[..], &b""[..]));
}

#[test]
fn joining_threads_in_any_order_counts_the_same() {
    let mut words = random(7, 600, CLEAR, 9);
    words.extend(random(8, 600, DIGITS, 90));
    for word in &mut words {
        word.splice(0..0, *b"xy");
    }
    let whole = space(&words);
    let mut parts: Vec<Space> = words
        .chunks(400)
        .enumerate()
        .map(|(n, part)| {
            let mut space = Space::default();
            space.see(&passwords(n as u32, part), 0);
            space
        })
        .collect();
    let mut joined = Space::default();
    while let Some(part) = parts.pop() {
        joined.join(&part);
    }
    assert_eq!(joined.rows(), whole.rows());
    assert_eq!(joined.affix(), whole.affix());
    assert_eq!(joined.lengths(), whole.lengths());
    assert!((joined.bits_at_most() - whole.bits_at_most()).abs() < 1e-9);
    assert_eq!(whole.characters(POSITIONS).iter().sum::<u64>(), 600 * 28);
}

#[test]
fn duplicates_bound_the_space_from_above_and_their_absence_from_below() {
    // 100,000 draws from a million make about 5000 pairs.
    let few = collisions(100_000, 5000);
    assert!(few.at_least < 19.93 && few.at_least > 19.7, "{few:?}");
    assert!(few.at_most.is_some_and(|bits| bits > 19.93 && bits < 20.1), "{few:?}");
    let none = collisions(100_000, 0);
    assert_eq!(none.at_most, None);
    assert!((none.at_least - 29.4).abs() < 0.1, "{none:?}");
    let many = collisions(10_000_000, 50_000_000);
    assert!((many.at_least - 19.93).abs() < 0.01, "{many:?}");
    assert_eq!(collisions(1, 0).at_least, 0.0);
}

#[test]
fn the_units_that_are_enough_are_enough_and_one_in_ten_is_not() {
    let enough = units_that_show(20.0);
    assert!(collisions(enough, 0).at_least >= 20.0);
    assert!(collisions(enough / 10, 0).at_least < 20.0);
    assert!((3000..5000).contains(&enough), "{enough}");
}

#[test]
fn the_verdicts() {
    let digits = space(&random(3, 10_000, DIGITS, 8));
    assert!(matches!(strength(&digits, 0, ONLINE), Strength::TooWeak { .. }));
    assert!(matches!(
        strength(&digits, 0, Attack::Online { per_hour: Some(10.0) }),
        Strength::NothingWeak { .. }
    ));
    let clear = space(&random(3, 10_000, CLEAR, 12));
    assert!(matches!(strength(&clear, 0, Attack::Offline), Strength::NothingWeak { .. }));
    // Many duplicates: the positions look full and the space is not.
    assert!(matches!(strength(&clear, 3000, ONLINE), Strength::TooWeak { bits, .. } if bits < 16.0));
    let sample = space(&random(3, 50, CLEAR, 12));
    assert!(matches!(strength(&sample, 0, ONLINE), Strength::Inconclusive { enough, .. } if enough > 50));
    assert!(matches!(strength(&Space::default(), 0, ONLINE), Strength::Inconclusive { .. }));
}

#[test]
fn sixty_bits_are_never_too_weak() {
    for seed in 0..30 {
        let words = random(seed, 2000, b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789", 12);
        assert!(!matches!(strength(&space(&words), 0, Attack::Offline), Strength::TooWeak { .. }));
    }
}

#[test]
fn the_most_probable_password_and_the_agreement_of_two() {
    let words = random(5, 50_000, HEX, 8);
    let space = space(&words);
    let even = 2f64.powi(-32);
    assert!(space.top_probability() > even && space.top_probability() < even * 2.0);
    assert!((space.agreement() / even - 1.0).abs() < 0.02);
}
