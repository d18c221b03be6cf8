//! The register's keys and its name: made on the first start, read on every later one, and never made anew for a register
//! that has begun, since a new key under an old name would be a second register. They lie in files of the data folder; a
//! hardware key later takes the place of this module.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fmt, io};

use assay::digital_link::Base;
use assay::key::{PublicKey, SecretKey};
use assay::trust::{Trust, parse_authority};
use assay_log::Signer;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use crate::folder::{Folder, Secrecy, read_if_there, replace, sync_folder};

/// What the register signs with.
pub(crate) struct Keys {
    /// Signs checkpoints; its name is the log's origin.
    pub(crate) log: Arc<Signer>,
    /// Signs statements, labels and snapshots.
    pub(crate) register: SecretKey,
    /// The public keys of the authority: what it states counts here.
    pub(crate) authority: Vec<PublicKey>,
}

/// Fills a buffer with randomness from the system.
pub type Random = Box<dyn FnMut(&mut [u8]) -> io::Result<()> + Send>;

/// Why there are no keys to work with.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The address of the register is none.
    #[error("`{said}` is no public address of a register: {why}; write it as https://register.example")]
    PublicUrl {
        /// What was given.
        said: String,
        /// What is wrong.
        why: String,
    },
    /// A file of a register that has begun is gone.
    #[error(
        "{path} is missing, and this register has begun: put it back from your backup (a new one would make a second register under the same name)"
    )]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// A file does not hold what it should.
    #[error("{path}: {why}; put it back from your backup")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong; never what the file holds.
        why: String,
    },
    /// A file cannot be read or written.
    #[error("{path} cannot be read or written: {source}; make room, or give this user the right to")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A key that cannot be the authority's.
    #[error("{0} is the register's own key: an authority has its own, or its word is the register's")]
    OwnAuthority(Box<PublicKey>),
    /// No randomness for a new key.
    #[error("no key can be made: the system gave no randomness ({0})")]
    Random(io::Error),
}

/// The public address as scheme and host, without a path: the pages link to each other from the root.
pub(crate) fn public_base(url: &str) -> Result<Base, KeysError> {
    let refuse = |why: String| KeysError::PublicUrl { said: url.to_owned(), why };
    let base = Base::parse(url).map_err(|e| refuse(e.to_string()))?;
    if host(&base).contains('/') {
        return Err(refuse("nothing may stand after the host".into()));
    }
    Ok(base)
}

fn host(base: &Base) -> &str {
    base.as_str().split_once("://").map_or(base.as_str(), |(_, host)| host)
}

/// The log's name: that of a register which has begun, or else the one that follows from the address.
pub(crate) fn origin(folder: &Folder, base: &Base) -> Result<(String, bool), KeysError> {
    Ok(match known_origin(folder)? {
        None => (format!("{}/log", host(base)), false),
        Some(origin) => (origin, true),
    })
}

/// The log's name; none where no register has begun.
pub(crate) fn known_origin(folder: &Folder) -> Result<Option<String>, KeysError> {
    let path = folder.origin();
    let Some(text) = read(&path)? else { return Ok(None) };
    match text.strip_suffix('\n') {
        Some(origin) if !origin.is_empty() => Ok(Some(origin.to_owned())),
        _ => Err(KeysError::Damaged { path, why: "the log's name should stand here on one line".into() }),
    }
}

/// Copies the keys of a register that has begun to another folder.
pub(crate) fn copy(from: &Folder, to: &Folder) -> Result<(), KeysError> {
    for (from, to) in [(from.log_key(), to.log_key()), (from.register_key(), to.register_key())] {
        let text = read(&from)?.ok_or(KeysError::Missing { path: from })?;
        put(to, text.as_bytes(), Secrecy::Secret)?;
    }
    if let Some(text) = read(&from.authority())? {
        put(to.authority(), text.as_bytes(), Secrecy::Open)?;
    }
    Ok(())
}

/// The keys of the authority that were kept; none where none were ever given.
fn authority(folder: &Folder) -> Result<Vec<PublicKey>, KeysError> {
    let path = folder.authority();
    let Some(text) = read(&path)? else { return Ok(Vec::new()) };
    parse_authority(&text).map_err(|e| KeysError::Damaged { path, why: e.to_string() })
}

/// Says that the register has begun. From here on nothing is made anew.
pub(crate) fn write_origin(folder: &Folder, origin: &str) -> Result<(), KeysError> {
    put(folder.origin(), format!("{origin}\n").as_bytes(), Secrecy::Open)
}

impl Keys {
    /// Reads the keys; makes those that are missing, unless the register has begun.
    ///
    /// A crash between the two keys leaves the first; the next start reads it and makes the second. Nothing was signed
    /// with it.
    pub(crate) fn open(
        folder: &Folder,
        origin: &str,
        begun: bool,
        random: &mut Random,
    ) -> Result<Self, KeysError> {
        let damaged = |path: &Path, why: String| KeysError::Damaged { path: path.to_owned(), why };
        let path = folder.log_key();
        let text = read_or_make(&path, begun, random)?;
        let log = signer(&path, &text, origin)?;
        let path = folder.register_key();
        let text = read_or_make(&path, begun, random)?;
        let register = SecretKey::from_file(&text).map_err(|e| damaged(&path, e.to_string()))?;
        Ok(Self { log: Arc::new(log), register, authority: authority(folder)? })
    }

    /// Adds keys of the authority, durably. Those that were given before stay: what they signed stands in the log, and nobody
    /// could read it without them.
    pub(crate) fn with_authority(mut self, folder: &Folder, given: &[PublicKey]) -> Result<Self, KeysError> {
        let own = self.register.public();
        if given.contains(&own) {
            return Err(KeysError::OwnAuthority(Box::new(own)));
        }
        let known = self.authority.len();
        for key in given {
            if !self.authority.contains(key) {
                self.authority.push(*key);
            }
        }
        if self.authority.len() > known {
            let text: String = self.authority.iter().map(|key| format!("authority {key}\n")).collect();
            put(folder.authority(), text.as_bytes(), Secrecy::Open)?;
        }
        Ok(self)
    }

    /// The public halves, for whoever wants to verify.
    pub(crate) fn trust(&self) -> Trust {
        let trust = Trust::new(self.log.verifier().clone(), vec![self.register.public()]);
        trust.with_authority(self.authority.clone())
    }
}

/// A log's key by the text of its file.
fn signer(path: &Path, text: &str, origin: &str) -> Result<Signer, KeysError> {
    let damaged = |why: String| KeysError::Damaged { path: path.to_owned(), why };
    let seed = seed_of(text).ok_or_else(|| damaged(assay::key::KeyError::File.to_string()))?;
    Signer::new(origin, *seed).map_err(|e| damaged(e.to_string()))
}

/// A key that a log is to sign with from some day on: a file as `assay key new` writes it.
pub(crate) struct NextLogKey {
    text: Zeroizing<String>,
    pub(crate) signer: Signer,
}

impl NextLogKey {
    /// Reads it for the log of this name.
    pub(crate) fn read(path: &Path, origin: &str) -> Result<Self, KeysError> {
        let text = read(path)?.ok_or_else(|| KeysError::File {
            path: path.to_owned(),
            source: io::Error::from(io::ErrorKind::NotFound),
        })?;
        Ok(Self { signer: signer(path, &text, origin)?, text })
    }

    /// Takes the place of the log's key in a folder.
    pub(crate) fn put(&self, folder: &Folder) -> Result<(), KeysError> {
        put(folder.log_key(), self.text.as_bytes(), Secrecy::Secret)
    }
}

/// The 32 bytes of a key file: the note signer takes the seed itself.
fn seed_of(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    SecretKey::from_file(text).ok()?;
    let bytes = Zeroizing::new(STANDARD.decode(text.lines().nth(1)?.trim()).ok()?);
    Some(Zeroizing::new(bytes.as_slice().try_into().ok()?))
}

fn read_or_make(path: &Path, begun: bool, random: &mut Random) -> Result<Zeroizing<String>, KeysError> {
    if let Some(text) = read(path)? {
        return Ok(text);
    }
    if begun {
        return Err(KeysError::Missing { path: path.to_owned() });
    }
    let mut seed = Zeroizing::new([0; 32]);
    random(seed.as_mut_slice()).map_err(KeysError::Random)?;
    let text = SecretKey::from_seed(&seed).to_file();
    put(path.to_owned(), text.as_bytes(), Secrecy::Secret)?;
    Ok(text)
}

fn read(path: &Path) -> Result<Option<Zeroizing<String>>, KeysError> {
    let bytes = read_if_there(path).map_err(|source| KeysError::File { path: path.to_owned(), source })?;
    let damaged = |_| KeysError::Damaged { path: path.to_owned(), why: "this is no text".into() };
    bytes.map(|bytes| String::from_utf8(bytes).map(Zeroizing::new).map_err(damaged)).transpose()
}

/// This node's name in the lease: random, made on the first start. Where the folder is copied for a second node, the copy
/// must not have it: two nodes of one name would take the lease from each other again and again.
pub(crate) fn node(folder: &Folder, random: &mut Random) -> Result<String, KeysError> {
    let path = folder.node();
    if let Some(text) = read(&path)? {
        let name = text.trim_end();
        return if name.len() == 32 && name.bytes().all(|b| b.is_ascii_hexdigit()) {
            Ok(name.to_owned())
        } else {
            Err(KeysError::Damaged {
                path,
                why: "32 hexadecimal digits should stand here; without the file a new name is made".into(),
            })
        };
    }
    let mut bytes = [0; 16];
    random(&mut bytes).map_err(KeysError::Random)?;
    let name: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    put(path, format!("{name}\n").as_bytes(), Secrecy::Open)?;
    Ok(name)
}

/// Writes a file of the data folder and makes its name durable at once.
fn put(path: PathBuf, bytes: &[u8], secrecy: Secrecy) -> Result<(), KeysError> {
    let synced = replace(&path, bytes, secrecy).and_then(|()| path.parent().map_or(Ok(()), sync_folder));
    synced.map_err(|source| KeysError::File { path, source })
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys({}, {})", self.log.verifier(), self.register.public())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counting() -> Random {
        let mut next = 0;
        Box::new(move |bytes| {
            next += 1;
            bytes.fill(next);
            Ok(())
        })
    }

    #[test]
    fn keys_are_made_once_and_read_afterwards() {
        let parent = tempfile::tempdir().unwrap();
        let folder = Folder::open(parent.path()).unwrap();
        let made = Keys::open(&folder, "a.example/log", false, &mut counting()).unwrap();
        let mut none: Random = Box::new(|_| Err(io::Error::other("asked")));
        let read = Keys::open(&folder, "a.example/log", true, &mut none).unwrap();
        assert_eq!(made.trust(), read.trust());
        assert_ne!(made.log.verifier().public_key(), made.register.public().as_bytes());
        let secret = STANDARD.encode([1; 32]);
        assert!(!format!("{made:?}").contains(&secret));
    }

    #[test]
    fn the_authoritys_keys_are_added_and_never_forgotten() {
        let parent = tempfile::tempdir().unwrap();
        let folder = Folder::open(parent.path()).unwrap();
        let open = || Keys::open(&folder, "a.example/log", false, &mut counting()).unwrap();
        let key = |seed: u8| SecretKey::from_seed(&[seed; 32]).public();
        assert_eq!(open().with_authority(&folder, &[]).unwrap().trust().authority(), []);
        assert!(!folder.authority().exists());
        assert_eq!(open().with_authority(&folder, &[key(6)]).unwrap().trust().authority(), [key(6)]);
        assert_eq!(open().trust().authority(), [key(6)], "it is kept");
        let both = open().with_authority(&folder, &[key(7), key(6)]).unwrap();
        assert_eq!(both.trust().authority(), [key(6), key(7)]);
        assert_eq!(open().with_authority(&folder, &[key(7)]).unwrap().trust().authority(), [key(6), key(7)]);
        let own = open().register.public();
        let said = open().with_authority(&folder, &[own]).unwrap_err();
        assert!(matches!(said, KeysError::OwnAuthority(_)), "{said}");
        std::fs::write(folder.authority(), "authority nothing\n").unwrap();
        let said = Keys::open(&folder, "a.example/log", true, &mut counting()).unwrap_err().to_string();
        assert!(said.contains("authority: line 1"), "{said}");
    }

    #[test]
    fn a_register_that_has_begun_gets_no_new_key() {
        let parent = tempfile::tempdir().unwrap();
        let folder = Folder::open(parent.path()).unwrap();
        Keys::open(&folder, "a.example/log", false, &mut counting()).unwrap();
        std::fs::remove_file(folder.register_key()).unwrap();
        let said = Keys::open(&folder, "a.example/log", true, &mut counting()).unwrap_err();
        assert!(matches!(said, KeysError::Missing { .. }), "{said}");
        assert!(!folder.register_key().exists());
    }

    #[test]
    fn a_damaged_key_file_is_refused_without_being_shown() {
        let parent = tempfile::tempdir().unwrap();
        let folder = Folder::open(parent.path()).unwrap();
        std::fs::write(folder.log_key(), "my secret words").unwrap();
        let said = Keys::open(&folder, "a.example/log", false, &mut counting()).unwrap_err().to_string();
        assert!(said.contains("log.key") && !said.contains("secret words"), "{said}");
    }

    #[test]
    fn the_logs_name_follows_from_the_first_address_and_stays() {
        let parent = tempfile::tempdir().unwrap();
        let folder = Folder::open(parent.path()).unwrap();
        let base = public_base("https://register.example/").unwrap();
        assert_eq!(origin(&folder, &base).unwrap(), ("register.example/log".into(), false));
        write_origin(&folder, "register.example/log").unwrap();
        let other = public_base("http://127.0.0.1:8080").unwrap();
        assert_eq!(origin(&folder, &other).unwrap(), ("register.example/log".into(), true));
        for bad in ["register.example", "https://a.example/sub", "https://a@b.example", ""] {
            assert!(matches!(public_base(bad), Err(KeysError::PublicUrl { .. })), "{bad}");
        }
    }
}
