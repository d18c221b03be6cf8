//! COSE_Sign1 (RFC 9052) with Ed25519 in one strict form: tagged, one protected header with algorithm and key id, an
//! empty unprotected header, deterministic bytes. What a signature is for (a declaration, a statement, a label) goes
//! into the signed bytes as external data, and so does where it is for (the log of a statement, the host of a label), so
//! that a label can never be passed off as a statement, nor a statement or label moved to another register.

use coset::{
    CborSerializable, CoseSign1, CoseSign1Builder, HeaderBuilder, RegisteredLabelWithPrivate,
    TaggedCborSerializable, iana,
};

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
}

impl Purpose {
    /// The external data: the purpose, a line feed, and where it is for.
    fn aad(self, context: &str) -> Vec<u8> {
        let purpose = match self {
            Self::Statement => "assay-statement-v0",
            Self::Label => "assay-label-v0",
            Self::Snapshot => "assay-snapshot-v0",
            Self::PasswordAudit => "assay-password-audit-v0",
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
    message: CoseSign1,
    /// The key that claims to have signed.
    pub key_id: KeyId,
}

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
    let mut message = CoseSign1::from_tagged_slice(bytes).map_err(|_| CoseError::Malformed)?;
    let header = &message.protected.header;
    match &header.alg {
        Some(RegisteredLabelWithPrivate::Assigned(iana::Algorithm::EdDSA)) => {}
        Some(other) => return Err(CoseError::Algorithm(format!("{other:?}"))),
        None => return Err(CoseError::Algorithm("no named algorithm".into())),
    }
    let key_id =
        KeyId(header.key_id.as_slice().try_into().map_err(|_| CoseError::Form("the key id has four bytes"))?);
    if !message.unprotected.is_empty() {
        return Err(CoseError::Form("nothing stands in the unprotected header"));
    }
    if message.payload.is_none() {
        return Err(CoseError::Form("the payload travels with the message"));
    }
    // Forget the received spelling of the protected header, then write the message anew: only the one form agrees.
    let plain = HeaderBuilder::new().algorithm(iana::Algorithm::EdDSA).key_id(key_id.0.to_vec()).build();
    if message.protected.header != plain {
        return Err(CoseError::Form("the protected header holds algorithm and key id, nothing else"));
    }
    let received = message.protected.original_data.take();
    if received != Some(plain.to_vec().expect("writing into memory does not fail")) {
        return Err(CoseError::Form("the protected header is in its deterministic spelling"));
    }
    if message.clone().to_tagged_vec().ok().as_deref() != Some(bytes) {
        return Err(CoseError::Form("no other spelling, no bytes left over"));
    }
    Ok(Unverified { message, key_id })
}

impl Unverified {
    /// The payload, believed only once the signature is verified.
    ///
    /// # Errors
    /// [`CoseError::BadSignature`].
    pub fn verify(&self, key: &PublicKey, purpose: Purpose, context: &str) -> Result<&[u8], CoseError> {
        self.message
            .verify_signature(&purpose.aad(context), |signature, bytes| key.verify(bytes, signature))
            .map_err(|_| CoseError::BadSignature)?;
        Ok(self.peek())
    }

    /// The payload before verification: to find out which key should have signed, never to act upon.
    #[must_use]
    pub fn peek(&self) -> &[u8] {
        self.message.payload.as_deref().unwrap_or_default()
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
    fn another_algorithm_is_refused_by_name() {
        let header = HeaderBuilder::new().algorithm(iana::Algorithm::ES256).key_id(vec![1, 2, 3, 4]).build();
        let bytes = CoseSign1Builder::new().protected(header).payload(vec![]).signature(vec![0; 64]).build();
        let error = parse(&bytes.to_tagged_vec().unwrap()).unwrap_err();
        assert!(matches!(&error, CoseError::Algorithm(name) if name.contains("ES256")), "{error}");
    }
}
