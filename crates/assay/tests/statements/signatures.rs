//! Attacks on signatures: a second signature made of a first, weak keys, an algorithm said elsewhere or twice, keys that
//! were retired, and days that have not come.

use assay::cose::{self, CoseError, Purpose};
use assay::fold::{Refusal, State};
use assay::key::{KeyError, PublicKey, SecretKey};
use assay::statement::*;
use ciborium::Value;

use crate::story::*;

/// A signed statement, and the same with its signature changed.
fn signed() -> Vec<u8> {
    registration(HEARTH, "Example Hearth Ltd").sign(&key(HEARTH), LOG).unwrap()
}

fn refused_signature(bytes: &[u8]) {
    assert_eq!(empty().check(bytes).unwrap_err(), Refusal::Signature(CoseError::BadSignature));
}

#[test]
fn a_signature_plus_the_order_of_the_group_is_none() {
    // L = 2^252 + 27742317777372353535851937790883648493, little-endian.
    const L: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut bytes = signed();
    let start = bytes.len() - 32;
    let mut carry = 0;
    for (byte, add) in bytes[start..].iter_mut().zip(L) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = sum as u8;
        carry = sum >> 8;
    }
    assert_eq!(carry, 0, "S + L fits into 32 bytes");
    refused_signature(&bytes);
}

#[test]
fn points_of_small_order_are_neither_keys_nor_commitments() {
    // The eight points of small order, and spellings of them beyond the field's prime.
    let points = [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ];
    for point in points {
        let point: [u8; 32] = crate::vectors::unhex(point).try_into().unwrap();
        assert_eq!(PublicKey::from_bytes(&point).err(), Some(KeyError::Weak));
        let mut bytes = signed();
        let start = bytes.len() - 64;
        bytes[start..start + 32].copy_from_slice(&point);
        refused_signature(&bytes);
        // With S = 0 a weak commitment would hold for a weak key whatever was signed.
        bytes[start + 32..].fill(0);
        refused_signature(&bytes);
    }
}

#[test]
fn a_commitment_in_another_spelling_is_refused() {
    // y = p + 1 stands for y = 1; the signature could be written twice.
    let mut bytes = signed();
    let start = bytes.len() - 64;
    bytes[start..start + 32].fill(0xff);
    bytes[start] = 0xee;
    bytes[start + 31] = 0x7f;
    refused_signature(&bytes);
}

/// A message of four parts, whatever they are.
fn message(protected: Vec<(Value, Value)>, unprotected: Vec<(Value, Value)>) -> Vec<u8> {
    let mut header = Vec::new();
    ciborium::into_writer(&Value::Map(protected), &mut header).unwrap();
    let parts = vec![
        Value::Bytes(header),
        Value::Map(unprotected),
        Value::Bytes(b"payload".to_vec()),
        Value::Bytes(vec![0; 64]),
    ];
    let mut bytes = Vec::new();
    ciborium::into_writer(&Value::Tag(18, Box::new(Value::Array(parts))), &mut bytes).unwrap();
    bytes
}

#[test]
fn the_algorithm_is_said_once_and_where_it_is_signed() {
    let alg = |n: i64| (Value::from(1), Value::from(n));
    let kid = || (Value::from(4), Value::Bytes(key(HEARTH).public().id().0.to_vec()));
    let cases = [
        (message(vec![kid()], vec![alg(-8)]), "EdDSA, named where nothing is signed"),
        (message(vec![alg(-8), alg(-7), kid()], vec![]), "one algorithm, once"),
        (message(vec![alg(-8), alg(-8), kid()], vec![]), "one algorithm, once"),
        (message(vec![alg(-8), kid()], vec![alg(-7)]), "a second algorithm"),
        (message(vec![alg(-7), kid()], vec![]), "ES256"),
        (message(vec![alg(-19), kid()], vec![]), "Ed25519 (-19, RFC 9864)"),
        (message(vec![alg(-48), kid()], vec![]), "ML-DSA-44"),
        (message(vec![alg(5), kid()], vec![]), "HMAC 256/256"),
        (message(vec![kid()], vec![]), "no named algorithm"),
        (message(vec![alg(-8)], vec![kid()]), "nothing stands in the unprotected header"),
    ];
    for (bytes, expected) in cases {
        let said = cose::parse(&bytes).unwrap_err().to_string();
        assert!(said.contains(expected), "`{expected}` is not in: {said}");
    }
    let good = message(vec![alg(-8), kid()], vec![]);
    assert!(cose::parse(&good).is_ok(), "and the one form is accepted");
}

#[test]
fn what_is_signed_with_the_same_key_for_another_purpose_is_no_statement() {
    let entry = signed();
    let payload = cose::parse(&entry).unwrap().peek().to_vec();
    for purpose in [Purpose::Label, Purpose::Snapshot, Purpose::PasswordAudit] {
        refused_signature(&cose::sign(&key(HEARTH), purpose, LOG, payload.clone()));
    }
    refused_signature(&cose::sign(&key(HEARTH), Purpose::Statement, "other.example/log", payload));
}

#[test]
fn a_retired_key_signs_nothing_and_what_it_signed_stands() {
    let mut story = Story::begin();
    let (maker, on) = (maker(HEARTH), day("2026-11-22"));
    story.says(HEARTH, registration(HEARTH, "Example Hearth Ltd"));
    let declared = story.says(HEARTH, Statement::Declared(Box::new(declaration(HEARTH))));
    story.says(HEARTH, Statement::KeyAdded(KeyAdded { maker, key: key(HEARTH_NEXT).public(), on }));
    story.says(HEARTH_NEXT, Statement::KeyRetired(KeyRetired { maker, key: key(HEARTH).public(), on }));
    let product = product(HEARTH);
    assert_eq!(story.state.product(&product).unwrap().declared_at, declared, "what it signed stands");
    let withdrawn = |on| Statement::Withdrawn(Withdrawn { maker, product, declaration: declared, on });
    for on in [on, day("2026-11-21")] {
        let late = withdrawn(on).sign(&key(HEARTH), LOG).unwrap();
        assert_eq!(story.state.check(&late).unwrap_err().id(), "key-retired", "also where it is back-dated");
        let replayed = story.state.clone().replay(Received::parse(&late).unwrap());
        assert_eq!(replayed.unwrap_err().id(), "key-retired");
    }
    assert!(story.state.check(&withdrawn(on).sign(&key(HEARTH_NEXT), LOG).unwrap()).is_ok());
}

#[test]
fn a_day_that_has_not_come_or_is_long_past_is_not_taken_in() {
    let today = day("2026-11-22");
    let of = |on: &str| {
        let mut declaration = declaration(HEARTH);
        declaration.on = day(on);
        State::check_day(&Statement::Declared(Box::new(declaration)), today).err().map(|r| r.id())
    };
    assert_eq!(of("2026-11-24"), Some("future-date"));
    assert_eq!(of("2026-11-23"), None, "days begin at different hours");
    assert_eq!(of("2026-10-23"), None, "thirty days");
    assert_eq!(of("2026-10-22"), Some("back-dated"));
    let mut long_ago = registration(HEARTH, "Example Hearth Ltd");
    if let Statement::MakerRegistered(s) = &mut long_ago {
        s.on = day("2020-01-01");
    }
    assert_eq!(State::check_day(&long_ago, today), Ok(()), "nothing is judged by a registration's day");
}

/// A key whose id, of four bytes, another has as well: these two were found among the first 180,000 seeds.
fn numbered(n: u32) -> SecretKey {
    let mut seed = [0; 32];
    seed[..4].copy_from_slice(&n.to_be_bytes());
    SecretKey::from_seed(&seed)
}

#[test]
fn a_maker_with_a_key_of_the_registers_id_does_not_stop_the_register_at_its_next_start() {
    let (register, maker) = (numbered(19_319), numbered(173_691));
    assert_eq!(register.public().id(), maker.public().id());
    let on = day("2026-11-20");
    let registered = Statement::MakerRegistered(MakerRegistered {
        organisation: "Example Hearth Ltd".into(),
        domain: "hearth.example".into(),
        key: maker.public(),
        on,
    });
    // The maker's last key, which the register alone retires.
    let retired = KeyRetired { maker: MakerId::of(&maker.public()), key: maker.public(), on };
    let entries = [
        registered.sign(&maker, LOG).unwrap(),
        Statement::KeyRetired(retired.clone()).sign(&register, LOG).unwrap(),
    ];
    let new = || State::new(LOG, vec![register.public()]);
    let (mut live, mut started) = (new(), new());
    for entry in &entries {
        live.append(entry).unwrap();
    }
    let by = entries.map(|entry| *started.replay(Received::parse(&entry).unwrap()).unwrap().by());
    assert_eq!(by, [maker.public(), register.public()]);
    assert_eq!(format!("{started:?}"), format!("{live:?}"));
    let mut state = new();
    state.append(&registered.sign(&maker, LOG).unwrap()).unwrap();
    let by_itself = Statement::KeyRetired(retired).sign(&maker, LOG).unwrap();
    assert_eq!(state.check(&by_itself).unwrap_err().id(), "last-key");
}
