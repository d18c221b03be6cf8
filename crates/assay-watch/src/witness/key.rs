//! A witness's key file: its name and one line a key. It is secret, and its owner's alone.
//!
//! ```text
//! assay-witness-key-v0
//! name north.example/witness
//! ed25519 <32 bytes in base64>
//! ml-dsa-44 <32 bytes in base64>
//! ```

use assay_log::Cosigner;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

const FIRST_LINE: &str = "assay-witness-key-v0";

/// A witness's keys, in memory.
pub struct WitnessKeys {
    cosigners: Vec<Cosigner>,
    text: Zeroizing<String>,
}

/// Why a text is no key file. It never says what the file holds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// Another kind of file.
    #[error("this is no witness's key file: its first line should be `{FIRST_LINE}`")]
    Other,
    /// A line that cannot be read.
    #[error("line {0} of the key file should be `name NAME`, `ed25519 SEED` or `ml-dsa-44 SEED`")]
    Line(usize),
    /// The name is none that a key can have, or there is no key.
    #[error("{0}")]
    Key(String),
}

impl WitnessKeys {
    /// Keys of these seeds, 32 random bytes each.
    ///
    /// # Errors
    /// [`KeyFileError::Key`], where the name is none.
    pub fn new(
        name: &str,
        ed25519: Option<[u8; 32]>,
        ml_dsa_44: Option<[u8; 32]>,
    ) -> Result<Self, KeyFileError> {
        let mut text = Zeroizing::new(format!("{FIRST_LINE}\nname {name}\n"));
        for (kind, seed) in [("ed25519", ed25519), ("ml-dsa-44", ml_dsa_44)] {
            if let Some(seed) = seed {
                let seed = Zeroizing::new(seed);
                let encoded = Zeroizing::new(STANDARD.encode(seed.as_slice()));
                text.push_str(&format!("{kind} {}\n", *encoded));
            }
        }
        Self::parse(&text)
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// See [`KeyFileError`].
    pub fn parse(text: &str) -> Result<Self, KeyFileError> {
        let mut lines = text.lines().zip(1..);
        if lines.next().map(|(line, _)| line) != Some(FIRST_LINE) {
            return Err(KeyFileError::Other);
        }
        let (mut name, mut cosigners) = (None, Vec::new());
        for (line, number) in lines {
            match line.split_once(' ') {
                Some(("name", text)) if name.is_none() => name = Some(text.to_owned()),
                Some((kind @ ("ed25519" | "ml-dsa-44"), seed)) => {
                    let name = name.as_deref().ok_or(KeyFileError::Line(number))?;
                    let seed =
                        STANDARD.decode(seed).map(Zeroizing::new).map_err(|_| KeyFileError::Line(number))?;
                    let seed = seed.as_slice().try_into().map_err(|_| KeyFileError::Line(number))?;
                    let made = match kind {
                        "ed25519" => Cosigner::ed25519(name, seed),
                        _ => Cosigner::ml_dsa_44(name, seed),
                    };
                    cosigners.push(made.map_err(|error| KeyFileError::Key(error.to_string()))?);
                }
                _ => return Err(KeyFileError::Line(number)),
            }
        }
        if cosigners.is_empty() {
            return Err(KeyFileError::Key("the key file has no key".into()));
        }
        Ok(Self { cosigners, text: Zeroizing::new(text.to_owned()) })
    }

    /// The text of the key file, which the caller keeps secret.
    #[must_use]
    pub fn to_file(&self) -> &str {
        &self.text
    }

    /// The keys.
    #[must_use]
    pub fn cosigners(&self) -> &[Cosigner] {
        &self.cosigners
    }

    /// The keys, to sign with.
    #[must_use]
    pub fn into_cosigners(self) -> Vec<Cosigner> {
        self.cosigners
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_reads_back_and_no_error_shows_what_it_holds() {
        let keys = WitnessKeys::new("north.example/w", Some([1; 32]), Some([2; 32])).unwrap();
        let read = WitnessKeys::parse(keys.to_file()).unwrap();
        let ids =
            |keys: &WitnessKeys| keys.cosigners().iter().map(|k| k.key().to_string()).collect::<Vec<_>>();
        assert_eq!((ids(&keys).len(), ids(&keys)), (2, ids(&read)));
        for text in [
            "",
            "secret",
            "assay-witness-key-v0\nname a\n",
            "assay-witness-key-v0\ned25519 AAAA\n",
            "assay-witness-key-v0\nname a\ned25519 c2VjcmV0\n",
            "assay-witness-key-v0\nname a\nsecret\n",
        ] {
            let Err(error) = WitnessKeys::parse(text) else { panic!("{text} was read") };
            assert!(!error.to_string().contains("secret") && !error.to_string().contains("c2Vj"), "{error}");
        }
        assert!(WitnessKeys::new("a b", Some([1; 32]), None).is_err());
    }
}
