//! Why bytes are not in the one accepted form, by name: another structure, another algorithm, another place for it.

use ciborium::Value;

use super::CoseError;

const MAX_DEPTH: usize = 16;
const ALGORITHM: i64 = 1;
const KEY_ID: i64 = 4;
const EDDSA: i64 = -8;
/// A signature of Ed448 has as many bytes; COSE gives it the same number as Ed25519.
const ED448_SIGNATURE: usize = 114;

/// The reason; there is always one, since only what is not in the one form is asked about.
pub(super) fn why(bytes: &[u8]) -> CoseError {
    let mut rest = bytes;
    let Ok(value) = ciborium::de::from_reader_with_recursion_limit::<Value, _>(&mut rest, MAX_DEPTH) else {
        return CoseError::Malformed;
    };
    let Value::Tag(tag, inner) = value else { return CoseError::Malformed };
    if tag != 18 {
        return CoseError::Structure(structure(tag));
    }
    let Value::Array(parts) = *inner else { return CoseError::Malformed };
    let [Value::Bytes(protected), Value::Map(unprotected), payload, Value::Bytes(signature)] = &parts[..]
    else {
        return CoseError::Malformed;
    };
    let Some(header) = map(protected) else { return CoseError::Malformed };
    header_fault(&header, unprotected, signature).unwrap_or_else(|| {
        CoseError::Form(match payload {
            Value::Bytes(_) if !rest.is_empty() => "no other spelling, no bytes left over",
            Value::Bytes(_) if !in_order(protected) => {
                "the protected header is in its deterministic spelling"
            }
            Value::Bytes(_) => "no other spelling, no bytes left over",
            _ => "the payload travels with the message",
        })
    })
}

fn header_fault(
    header: &[(Value, Value)],
    unprotected: &[(Value, Value)],
    signature: &[u8],
) -> Option<CoseError> {
    let of = |header: &[(Value, Value)], label: i64| -> Vec<Value> {
        header.iter().filter(|(key, _)| *key == Value::from(label)).map(|(_, value)| value.clone()).collect()
    };
    let (here, there) = (of(header, ALGORITHM), of(unprotected, ALGORITHM));
    match (&here[..], &there[..]) {
        ([], [other, ..]) => {
            let name = algorithm(other);
            return Some(CoseError::Algorithm(format!("{name}, named where nothing is signed")));
        }
        ([], []) => return Some(CoseError::Algorithm("no named algorithm".into())),
        ([_, _, ..], _) => return Some(CoseError::Form("the protected header names one algorithm, once")),
        ([one], _) if *one != Value::from(EDDSA) => return Some(CoseError::Algorithm(algorithm(one))),
        ([_], [_, ..]) => {
            return Some(CoseError::Form("a second algorithm stands in the unprotected header"));
        }
        ([_], []) => {}
    }
    if signature.len() == ED448_SIGNATURE {
        return Some(CoseError::Algorithm("Ed448".into()));
    }
    if !unprotected.is_empty() {
        return Some(CoseError::Form("nothing stands in the unprotected header"));
    }
    if header.len() != 2 || !of(header, KEY_ID).iter().any(Value::is_bytes) {
        return Some(CoseError::Form("the protected header holds algorithm and key id, nothing else"));
    }
    if !of(header, KEY_ID).iter().any(|id| id.as_bytes().is_some_and(|id| id.len() == 4)) {
        return Some(CoseError::Form("the key id has four bytes"));
    }
    (signature.len() != super::SIGNATURE).then_some(CoseError::Form("a signature has 64 bytes"))
}

/// The map in a protected header; an empty string is an empty one (RFC 9052 section 3).
fn map(bytes: &[u8]) -> Option<Vec<(Value, Value)>> {
    if bytes.is_empty() {
        return Some(Vec::new());
    }
    let mut rest = bytes;
    match ciborium::de::from_reader_with_recursion_limit(&mut rest, MAX_DEPTH) {
        Ok(Value::Map(pairs)) if rest.is_empty() => Some(pairs),
        _ => None,
    }
}

fn in_order(protected: &[u8]) -> bool {
    protected.starts_with(&super::START[3..])
}

/// A structure by the tag that stands before it (RFC 9052, section 2; RFC 8392).
fn structure(tag: u64) -> String {
    match tag {
        16 => "COSE_Encrypt0".into(),
        17 => "COSE_Mac0".into(),
        96 => "COSE_Encrypt".into(),
        97 => "COSE_Mac".into(),
        98 => "COSE_Sign".into(),
        61 => "a CBOR Web Token".into(),
        other => format!("CBOR with tag {other}"),
    }
}

/// An algorithm by its number in the IANA registry of COSE algorithms.
fn algorithm(value: &Value) -> String {
    const NAMES: [(i64, &str); 28] = [
        (-7, "ES256"),
        (-8, "EdDSA"),
        (-9, "ESP256"),
        (-19, "Ed25519 (-19, RFC 9864)"),
        (-35, "ES384"),
        (-36, "ES512"),
        (-37, "PS256"),
        (-38, "PS384"),
        (-39, "PS512"),
        (-47, "ES256K"),
        (-48, "ML-DSA-44"),
        (-49, "ML-DSA-65"),
        (-50, "ML-DSA-87"),
        (-51, "ESP384"),
        (-52, "ESP512"),
        (-53, "Ed448"),
        (-257, "RS256"),
        (-258, "RS384"),
        (-259, "RS512"),
        (-65_535, "RS1"),
        (1, "A128GCM"),
        (2, "A192GCM"),
        (3, "A256GCM"),
        (4, "HMAC 256/64"),
        (5, "HMAC 256/256"),
        (6, "HMAC 384/384"),
        (7, "HMAC 512/512"),
        (24, "ChaCha20/Poly1305"),
    ];
    match value {
        Value::Text(name) => format!("`{}`", name.chars().take(40).collect::<String>().escape_debug()),
        Value::Integer(number) => {
            let number = i128::from(*number);
            let known = NAMES.iter().find(|(n, _)| i128::from(*n) == number);
            known.map_or_else(|| format!("algorithm {number}"), |(_, name)| (*name).to_owned())
        }
        _ => "an algorithm that is neither number nor text".into(),
    }
}
