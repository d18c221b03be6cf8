//! A witness's key file over a committed corpus and over what becomes of it when it is bent: what is taken names the same keys
//! again, and no refusal repeats what the file holds.

#[path = "../../../assay-log/tests/fuzz/harness.rs"]
mod harness;

use assay_watch::witness::WitnessKeys;
use harness::{as_it_is, run};
use proptest::{prop_assert, prop_assert_eq};

#[test]
fn witness_key() {
    run("witness-key", 10, as_it_is, |input| {
        let Ok(text) = str::from_utf8(input) else { return Ok(false) };
        let keys = match WitnessKeys::parse(text) {
            Ok(keys) => keys,
            Err(why) => {
                let why = why.to_string();
                let secret = |word: &&str| word.len() >= 16 && word.ends_with('=');
                prop_assert!(!text.split_whitespace().filter(secret).any(|word| why.contains(word)), "{why}");
                return Ok(false);
            }
        };
        let ids =
            |keys: &WitnessKeys| keys.cosigners().iter().map(|k| k.key().to_string()).collect::<Vec<_>>();
        prop_assert_eq!(keys.to_file(), text);
        prop_assert_eq!(ids(&WitnessKeys::parse(text).unwrap()), ids(&keys));
        prop_assert!(!keys.cosigners().is_empty());
        Ok(true)
    });
}
