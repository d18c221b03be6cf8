//! COSE_Sign1 (RFC 9052) with Ed25519 in one strict form: tagged, one protected header with algorithm and key id, an
//! empty unprotected header, deterministic bytes. What a signature is for (a declaration, a statement, a label) goes
//! into the signed bytes as external data, and so does where it is for (the log of a statement, the host of a label), so
//! that a label can never be passed off as a statement, nor a statement or label moved to another register.

mod refused;

use coset::{CoseSign1Builder, HeaderBuilder, TaggedCborSerializable, iana};

use crate::key::{KeyId, PublicKey, SecretKey};

/// Longest message that is read, in bytes: an entry of the log holds at most 65,535.
pub const MAX_BYTES: usize = 65_535;

/// What a signature is for; signed along, not transported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// An entry of the log.
    Statement,
    /// The payload of a label.
    Label,
    /// The header of a snapshot.
    Snapshot,
    /// The result of a password audit: for whoever is shown it, so in no context.
    PasswordAudit,
    /// The receipt of a gate's run: for whoever is shown it, likewise.
    GateReceipt,
}

impl Purpose {
    /// The external data: the purpose, a line feed, and where it is for.
    fn aad(self, context: &str) -> Vec<u8> {
        let purpose = match self {
            Self::Statement => "assay-statement-v0",
            Self::Label => "assay-label-v0",
            Self::Snapshot => "assay-snapshot-v0",
            Self::PasswordAudit => "assay-password-audit-v0",
            Self::GateReceipt => "assay-gate-receipt-v0",
        };
        format!("{purpose}\n{context}").into_bytes()
    }
}

/// Why a COSE_Sign1 message is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CoseError {
    /// Larger than anything we sign.
    #[error("a signed message has at most {MAX_BYTES} bytes, this has {0}")]
    TooLong(usize),
    /// Not a tagged COSE_Sign1 structure.
    #[error("these bytes are not a COSE_Sign1 message (tag 18)")]
    Malformed,
    /// Another structure, by its name.
    #[error("these bytes are {0}; only COSE_Sign1 (tag 18) is accepted")]
    Structure(String),
    /// Another algorithm than Ed25519.
    #[error("the message is signed with {0}; only Ed25519 (EdDSA, -8) is accepted")]
    Algorithm(String),
    /// Headers beside algorithm and key id, or another spelling of the same message.
    #[error("the message is not in the one accepted form: {0}")]
    Form(&'static str),
    /// Signed by a key that the reader does not trust.
    #[error("signed by key {0}, which is not among the trusted keys")]
    UnknownKey(KeyId),
    /// The signature is wrong.
    #[error("the signature does not match: the bytes were changed, or another key signed them")]
    BadSignature,
}

/// A message whose form is right and whose signature has not been looked at yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Unverified {
    payload: Vec<u8>,
    signature: [u8; SIGNATURE],
    /// The key that claims to have signed.
    pub key_id: KeyId,
}

const SIGNATURE: usize = 64;

/// The one form, but for the key's id, the payload and the signature: tag 18, a list of four, and in it the protected
/// header `{1: -8, 4: key id}` as a byte string of nine; after it an empty unprotected header.
const START: [u8; 8] = [0xd2, 0x84, 0x49, 0xa2, 0x01, 0x27, 0x04, 0x44];
const NOTHING_UNPROTECTED: u8 = 0xa0;
const START_OF_SIGNATURE: [u8; 2] = [0x58, SIGNATURE as u8];

/// Signs a payload for a purpose in a context (the log's origin, the label's host); the bytes are the same each time.
#[must_use]
pub fn sign(key: &SecretKey, purpose: Purpose, context: &str, payload: Vec<u8>) -> Vec<u8> {
    let protected =
        HeaderBuilder::new().algorithm(iana::Algorithm::EdDSA).key_id(key.public().id().0.to_vec()).build();
    CoseSign1Builder::new()
        .protected(protected)
        .payload(payload)
        .create_signature(&purpose.aad(context), |bytes| key.sign(bytes).to_vec())
        .build()
        .to_tagged_vec()
        .expect("writing into memory does not fail")
}

/// Reads a message and insists on the one form. Nothing in it is to be believed before [`Unverified::verify`].
///
/// # Errors
/// See [`CoseError`].
pub fn parse(bytes: &[u8]) -> Result<Unverified, CoseError> {
    if bytes.len() > MAX_BYTES {
        return Err(CoseError::TooLong(bytes.len()));
    }
    the_one_form(bytes).ok_or_else(|| refused::why(bytes))
}

fn the_one_form(bytes: &[u8]) -> Option<Unverified> {
    let (key_id, rest) = bytes.strip_prefix(&START)?.split_first_chunk::<4>()?;
    let rest = rest.strip_prefix(&[NOTHING_UNPROTECTED])?;
    let (length, rest) = byte_string(rest)?;
    let (payload, rest) = rest.split_at_checked(length)?;
    let signature = rest.strip_prefix(&START_OF_SIGNATURE)?.try_into().ok()?;
    Some(Unverified { payload: payload.to_vec(), signature, key_id: KeyId(*key_id) })
}

/// The length of a byte string in its shortest spelling, and what follows.
fn byte_string(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    match first {
        0x40..=0x57 => Some((usize::from(first - 0x40), rest)),
        0x58 => rest.split_first().filter(|(n, _)| **n >= 0x18).map(|(n, rest)| (usize::from(*n), rest)),
        0x59 => {
            let (n, rest) = rest.split_first_chunk::<2>()?;
            let n = usize::from(u16::from_be_bytes(*n));
            (n > 0xff).then_some((n, rest))
        }
        _ => None,
    }
}

/// A byte string with its length before it.
fn put(into: &mut Vec<u8>, bytes: &[u8]) {
    match bytes.len() {
        short @ 0..=0x17 => into.push(0x40 + short as u8),
        middle @ 0x18..=0xff => into.extend([0x58, middle as u8]),
        // Nothing longer is read or signed.
        long => into.extend([&[0x59], &(long as u16).to_be_bytes()[..]].concat()),
    }
    into.extend_from_slice(bytes);
}

impl Unverified {
    /// The payload, believed only once the signature is verified.
    ///
    /// # Errors
    /// [`CoseError::BadSignature`].
    pub fn verify(&self, key: &PublicKey, purpose: Purpose, context: &str) -> Result<&[u8], CoseError> {
        let bytes = self.signed_bytes(purpose, context);
        key.verify(&bytes, &self.signature).map_err(|_| CoseError::BadSignature)?;
        Ok(&self.payload)
    }

    /// What the signature is over (RFC 9052 section 4.4): `["Signature1", protected header, external data, payload]`.
    fn signed_bytes(&self, purpose: Purpose, context: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.payload.len() + context.len() + 64);
        bytes.extend_from_slice(b"\x84\x6aSignature1");
        bytes.extend_from_slice(&START[2..]);
        bytes.extend_from_slice(&self.key_id.0);
        put(&mut bytes, &purpose.aad(context));
        put(&mut bytes, &self.payload);
        bytes
    }

    /// The payload before verification: to find out which key should have signed, never to act upon.
    #[must_use]
    pub fn peek(&self) -> &[u8] {
        &self.payload
    }

    /// Verifies with whichever of the trusted keys the message names.
    ///
    /// # Errors
    /// [`CoseError::UnknownKey`] or [`CoseError::BadSignature`].
    pub fn verify_with(
        &self,
        keys: &[PublicKey],
        purpose: Purpose,
        context: &str,
    ) -> Result<(&[u8], PublicKey), CoseError> {
        let mut named = keys.iter().filter(|k| k.id() == self.key_id).peekable();
        if named.peek().is_none() {
            return Err(CoseError::UnknownKey(self.key_id));
        }
        named
            .find_map(|key| self.verify(key, purpose, context).ok().map(|payload| (payload, *key)))
            .ok_or(CoseError::BadSignature)
    }
}

#[cfg(test)]
mod tests {
    use coset::CoseSign1;

    use super::*;

    fn key() -> SecretKey {
        SecretKey::from_seed(&[1; 32])
    }

    #[test]
    fn what_was_signed_for_one_purpose_or_place_is_refused_for_another() {
        let bytes = sign(&key(), Purpose::Label, "here", b"payload".to_vec());
        let message = parse(&bytes).unwrap();
        assert_eq!(message.verify(&key().public(), Purpose::Label, "here"), Ok(&b"payload"[..]));
        assert_eq!(message.verify(&key().public(), Purpose::Statement, "here"), Err(CoseError::BadSignature));
        assert_eq!(message.verify(&key().public(), Purpose::Label, "there"), Err(CoseError::BadSignature));
    }

    #[test]
    fn a_changed_byte_anywhere_is_refused() {
        let bytes = sign(&key(), Purpose::Statement, "", b"some payload".to_vec());
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[at] ^= 1 << bit;
                let refused = parse(&changed)
                    .and_then(|m| m.verify_with(&[key().public()], Purpose::Statement, "").map(|_| ()))
                    .is_err();
                assert!(refused, "byte {at} bit {bit}");
            }
        }
    }

    #[test]
    fn other_forms_of_the_same_message_are_refused() {
        let good = sign(&key(), Purpose::Statement, "", b"p".to_vec());
        assert!(parse(&good).is_ok());
        assert_eq!(parse(&good[1..]), Err(CoseError::Malformed), "untagged");
        assert!(parse(&[&good[..], &[0]].concat()).is_err(), "a byte left over");
        let mut unprotected = CoseSign1::from_tagged_slice(&good).unwrap();
        unprotected.unprotected = HeaderBuilder::new().text_value("free".into(), 1.into()).build();
        assert!(matches!(parse(&unprotected.to_tagged_vec().unwrap()), Err(CoseError::Form(_))));
        assert!(matches!(parse(&vec![0; MAX_BYTES + 1]), Err(CoseError::TooLong(_))));
    }

    #[test]
    fn payloads_of_every_length_come_back() {
        for length in [0, 1, 0x17, 0x18, 0xff, 0x100, 0x101, 5_000, 65_000] {
            let bytes = sign(&key(), Purpose::Statement, "here", vec![7; length]);
            let message = parse(&bytes).unwrap();
            assert_eq!(message.verify(&key().public(), Purpose::Statement, "here").unwrap().len(), length);
        }
    }

    #[test]
    fn another_algorithm_is_refused_by_name() {
        let header = HeaderBuilder::new().algorithm(iana::Algorithm::ES256).key_id(vec![1, 2, 3, 4]).build();
        let bytes = CoseSign1Builder::new().protected(header).payload(vec![]).signature(vec![0; 64]).build();
        let error = parse(&bytes.to_tagged_vec().unwrap()).unwrap_err();
        assert!(matches!(&error, CoseError::Algorithm(name) if name.contains("ES256")), "{error}");
    }
}
