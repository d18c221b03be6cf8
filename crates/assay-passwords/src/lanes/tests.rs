//! The lanes against the crates that do one message at a time, on every engine of this machine.

use proptest::prelude::*;

use super::*;

fn check(messages: &[Vec<u8>]) {
    let mut digests = Vec::new();
    for engine in Engine::available() {
        for algorithm in Algorithm::ALL {
            engine.digests(algorithm, messages, &mut digests);
            assert_eq!(digests.len(), messages.len());
            for (message, digest) in messages.iter().zip(&digests) {
                let (engine, name) = (engine.name(), algorithm.name());
                assert_eq!(*digest, algorithm.one(message), "{name} of {message:?} by {engine}");
            }
        }
    }
}

#[test]
fn every_length_up_to_a_block_agrees_with_the_crates() {
    let messages: Vec<Vec<u8>> =
        (0..=LONGEST).map(|len| (0..len).map(|i| (i * 151 + len * 7) as u8).collect()).collect();
    check(&messages);
}

#[test]
fn a_message_that_does_not_fit_goes_to_the_crate() {
    check(&[vec![1; 55], vec![2; 56], vec![3; 64], vec![4; 200], vec![5; 3]]);
}

#[test]
fn a_short_block_after_a_long_one_remembers_nothing_of_it() {
    let mut messages = vec![vec![0xFF; LONGEST]; LANES];
    messages.extend(vec![b"a".to_vec(); LANES]);
    messages.extend(vec![vec![0xFE; 30]; 5]);
    check(&messages);
}

#[test]
fn the_known_answers_of_the_standards_come_out() {
    let hex = |digest: Digest| digest.bytes().iter().map(|b| format!("{b:02x}")).collect::<String>();
    let answers = [
        (Algorithm::Md5, "900150983cd24fb0d6963f7d28e17f72"),
        (Algorithm::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (Algorithm::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ];
    let mut digests = Vec::new();
    for engine in Engine::available() {
        for (algorithm, answer) in answers {
            engine.digests(algorithm, &["abc"], &mut digests);
            assert_eq!(hex(digests[0]), answer);
        }
    }
    assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
}

#[test]
fn the_best_engine_is_one_that_there_is() {
    let names: Vec<_> = Engine::available().into_iter().map(Engine::name).collect();
    assert_eq!(names.first(), Some(&Engine::best().name()));
    assert_eq!(names.last(), Some(&"portable"));
}

proptest! {
    #[test]
    fn lanes_and_crates_agree_on_anything(
        messages in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..80), 0..50),
    ) {
        check(&messages);
    }
}
