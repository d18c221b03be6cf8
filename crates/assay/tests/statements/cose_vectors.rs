//! The COSE working group's vectors: what Ed25519 signed as COSE_Sign1 verifies and is signed to the same bytes; every
//! other algorithm and structure is refused by its name.

use std::fs;
use std::path::Path;

use assay::cose::{self, CoseError};
use assay::key::{PublicKey, SecretKey};
use ciborium::Value;

use crate::vectors::unhex;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors/cose");

/// The name that the refusal must say, file by file.
const REFUSED: [(&str, &str); 13] = [
    ("sign1-tests/sign-fail-01.json", "CBOR with tag 998"),
    ("sign1-tests/sign-fail-02.json", "ES256"),
    ("sign1-tests/sign-fail-03.json", "algorithm -999"),
    ("sign1-tests/sign-fail-04.json", "`unknown`"),
    ("sign1-tests/sign-fail-06.json", "ES256"),
    ("sign1-tests/sign-fail-07.json", "ES256"),
    ("sign1-tests/sign-pass-01.json", "ES256, named where nothing is signed"),
    ("sign1-tests/sign-pass-02.json", "ES256"),
    ("sign1-tests/sign-pass-03.json", "not a COSE_Sign1 message (tag 18)"),
    ("eddsa-examples/eddsa-01.json", "COSE_Sign"),
    ("eddsa-examples/eddsa-02.json", "COSE_Sign"),
    ("eddsa-examples/eddsa-sig-02.json", "Ed448"),
    ("eddsa-examples/eddsa-sig-01.json", "nothing stands in the unprotected header"),
];

#[test]
fn every_vector_agrees_or_is_refused_by_name() {
    let folder = Path::new(FOLDER);
    if !folder.is_dir() {
        eprintln!("NOT TESTED: {FOLDER} is absent, so no vector of the COSE working group was read");
        return;
    }
    let mut seen = 0;
    let mut agreed = 0;
    for part in ["sign1-tests", "eddsa-examples"] {
        for file in fs::read_dir(folder.join(part)).unwrap() {
            let path = file.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            let vector: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            let bytes = unhex(&vector["output"]["cbor"].as_str().unwrap().to_lowercase());
            let (_, expected) = REFUSED
                .iter()
                .find(|(known, _)| *known == name)
                .unwrap_or_else(|| panic!("{name} is new: say how it is refused"));
            let said = cose::parse(&bytes).expect_err(&name).to_string();
            assert!(said.contains(expected), "{name}: {said}");
            seen += 1;
            let signed = &vector["input"]["sign0"];
            if signed["key"]["crv"] == "Ed25519" {
                // The signature itself agrees, over the bytes that RFC 9052 says; only the headers are others than ours.
                let to_sign =
                    unhex(&vector["intermediates"]["ToBeSign_hex"].as_str().unwrap().to_lowercase());
                let half = |which: &str| unhex(signed["key"][which].as_str().unwrap()).try_into().unwrap();
                let public = PublicKey::from_bytes(&half("x_hex")).unwrap();
                let secret = SecretKey::from_seed(&half("d_hex"));
                let signature = signature_of(&bytes);
                assert_eq!(public.verify(&to_sign, &signature), Ok(()), "{name}");
                assert_eq!(secret.sign(&to_sign).to_vec(), signature, "{name}");
                assert_eq!(secret.public(), public, "{name}");
                agreed += 1;
            }
        }
    }
    eprintln!("{seen} vectors: {agreed} of Ed25519 and COSE_Sign1 agree, all others are refused by name");
    assert_eq!((seen, agreed), (13, 1));
}

fn signature_of(bytes: &[u8]) -> Vec<u8> {
    let value: Value = ciborium::from_reader(bytes).unwrap();
    let parts = value.as_tag().unwrap().1.as_array().unwrap().clone();
    parts[3].as_bytes().unwrap().clone()
}

#[test]
fn structures_that_no_vector_has_are_named_as_well() {
    for (tag, name) in
        [(16, "COSE_Encrypt0"), (17, "COSE_Mac0"), (96, "COSE_Encrypt"), (97, "COSE_Mac"), (98, "COSE_Sign")]
    {
        let parts = Value::Array(vec![Value::Bytes(vec![]), Value::Map(vec![]), Value::Null, Value::Null]);
        let mut bytes = Vec::new();
        ciborium::into_writer(&Value::Tag(tag, Box::new(parts)), &mut bytes).unwrap();
        assert_eq!(cose::parse(&bytes), Err(CoseError::Structure(name.into())));
    }
}
