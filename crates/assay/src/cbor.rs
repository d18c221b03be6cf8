//! One value, one spelling: the deterministic CBOR of RFC 8949 section 4.2.1 for everything we sign. Encoding sorts map
//! keys by their encoded bytes; decoding refuses any text that is not exactly what encoding would have written, so
//! that a signed statement cannot be spelled in two ways.

mod spelling;
mod write;

use ciborium::Value;
use serde::{Serialize, de::DeserializeOwned};

/// Why bytes are not a value of ours.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CborError {
    /// Not CBOR, nested too deeply, cut off, or with bytes left over.
    #[error("these bytes are not one whole CBOR value")]
    Malformed,
    /// CBOR, but not in the one deterministic spelling.
    #[error("this CBOR is not in its deterministic form (RFC 8949 section 4.2.1)")]
    NotCanonical,
    /// CBOR of another shape than the format says.
    #[error("this is not the record it should be: {0}")]
    Shape(String),
}

/// Deepest nesting that is read: our records have at most five levels.
const MAX_DEPTH: usize = 16;

/// The deterministic bytes of a value.
///
/// # Panics
/// Never for our record types: they hold maps with text keys, texts, byte strings, integers and lists only.
#[must_use]
pub fn to_bytes<T: Serialize>(value: &T) -> Vec<u8> {
    write::bytes(value).unwrap_or_else(|write::Unknown| through_a_tree(value))
}

/// The same by way of a tree of values, for what the writer does not know (numbers with a fraction).
fn through_a_tree<T: Serialize>(value: &T) -> Vec<u8> {
    let mut value = Value::serialized(value).expect("our records are plain data");
    sort(&mut value);
    write(&value)
}

/// Reads a value back and refuses every spelling but the deterministic one.
///
/// # Errors
/// See [`CborError`].
pub fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CborError> {
    if spelling::of(bytes, MAX_DEPTH) == spelling::Spelling::One
        && let Ok(value) = ciborium::de::from_reader_with_recursion_limit(&mut &*bytes, MAX_DEPTH)
    {
        return Ok(value);
    }
    // What is wrong with it, or whether it is right after all, is found out at leisure.
    let mut value: Value = ciborium::de::from_reader_with_recursion_limit(&mut &*bytes, MAX_DEPTH)
        .map_err(|_| CborError::Malformed)?;
    sort(&mut value);
    if write(&value) != bytes {
        return Err(CborError::NotCanonical);
    }
    value.deserialized().map_err(|e| CborError::Shape(e.to_string()))
}

fn write(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).expect("writing into memory does not fail");
    bytes
}

fn sort(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(sort),
        Value::Map(pairs) => {
            for (key, item) in pairs.iter_mut() {
                sort(key);
                sort(item);
            }
            pairs.sort_by_cached_key(|(key, _)| write(key));
        }
        Value::Tag(_, inner) => sort(inner),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn keys_are_sorted_by_their_encoded_bytes() {
        let map = BTreeMap::from([("bb", 1), ("a", 2), ("ccc", 3)]);
        assert_eq!(to_bytes(&map), b"\xa3\x61a\x02\x62bb\x01\x63ccc\x03");
    }

    #[test]
    fn every_other_spelling_is_refused() {
        let good = to_bytes(&BTreeMap::from([("a", 1), ("b", 2)]));
        assert!(from_bytes::<BTreeMap<String, i32>>(&good).is_ok());
        let cases: &[(&[u8], CborError)] = &[
            (b"\xa2\x61b\x02\x61a\x01", CborError::NotCanonical), // keys out of order
            (b"\xa1\x61a\x18\x01", CborError::NotCanonical),      // 1 in two bytes
            (b"\xbf\x61a\x01\xff", CborError::NotCanonical),      // indefinite length
            (b"\xa1\x61a\x01\x00", CborError::NotCanonical),      // a byte left over
            (b"\xa1\x61a", CborError::Malformed),
            (b"", CborError::Malformed),
            (b"\xff", CborError::Malformed),
        ];
        for (bytes, wanted) in cases {
            assert_eq!(from_bytes::<BTreeMap<String, i32>>(bytes).as_ref(), Err(wanted), "{bytes:x?}");
        }
        let deep = [vec![0x81; 4_000], vec![0]].concat();
        assert_eq!(from_bytes::<Vec<i32>>(&deep), Err(CborError::Malformed));
        let huge_length = b"\x9b\x00\xff\xff\xff\xff\xff\xff\xff";
        assert_eq!(from_bytes::<Vec<i32>>(huge_length), Err(CborError::Malformed));
    }

    proptest::proptest! {
        #[test]
        fn the_writer_and_the_walk_agree_with_the_tree(
            texts in proptest::collection::btree_map(".{0,30}", proptest::option::of(".{0,300}"), 0..40),
            numbers in proptest::collection::vec(proptest::prelude::any::<i64>(), 0..300),
            small in proptest::prelude::any::<(u8, bool, i8)>(),
        ) {
            let record = (&texts, &numbers, small, Shape::Held { b: 1, a: texts.len() as u64 }, Shape::Two(1, 2), Shape::One("x"));
            let bytes = to_bytes(&record);
            proptest::prop_assert_eq!(&bytes, &through_a_tree(&record));
            proptest::prop_assert_eq!(spelling::of(&bytes, MAX_DEPTH), spelling::Spelling::One);
        }

        #[test]
        fn the_walk_lets_nothing_through_that_the_tree_refuses(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..12)) {
            if spelling::of(&bytes, MAX_DEPTH) == spelling::Spelling::One {
                let mut value: Value = ciborium::from_reader(&bytes[..]).expect("the walk says that it is a value");
                sort(&mut value);
                proptest::prop_assert_eq!(write(&value), bytes);
            }
        }
    }

    #[derive(serde::Serialize)]
    #[serde(rename_all = "kebab-case")]
    enum Shape {
        Held { b: u8, a: u64 },
        Two(u8, u8),
        One(&'static str),
    }

    #[test]
    fn a_number_with_a_fraction_is_written_too() {
        assert_eq!(to_bytes(&0.5_f64), b"\xf9\x38\x00");
        assert_eq!(from_bytes::<f64>(b"\xf9\x38\x00"), Ok(0.5));
    }

    #[test]
    fn a_repeated_key_is_refused() {
        let twice = b"\xa2\x61a\x01\x61a\x01";
        assert_ne!(from_bytes::<Only>(twice).map(|o| o.a), Ok(1));
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Only {
        a: i32,
    }
}
