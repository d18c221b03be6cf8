//! Another key for a log that goes on. The log itself says so ahead of the day (`log-key-announced`), so that its readers can
//! take the key into their policies; what is done here is no more than to hold it to that, and to sign the newest checkpoint
//! once more.

use std::path::Path;

use assay::date::Date;
use assay::fold::Announcements;
use assay_log::{Checkpoint, Note};

use super::UpkeepError;
use crate::keys::NextLogKey;
use crate::place::PublicPlace;
use crate::publish::PublicFiles;

/// The key that a log is to sign with.
#[derive(Debug)]
pub struct NewKey<'a> {
    /// Its file, as `assay key new` writes it.
    pub file: &'a Path,
    /// The day on which the log begins to sign with it.
    pub today: Date,
    /// Where the public files lie, if not in the data folder: their checkpoint is signed with it as well.
    pub files: Option<PublicPlace>,
}

/// Why a log may not sign with a key.
#[derive(Debug, thiserror::Error)]
pub enum NotYet {
    /// Nobody was told.
    #[error(
        "the log has not announced {key}: announce it with `assay register announce log-key`, seven days ahead"
    )]
    NotAnnounced {
        /// The key, as policies have it.
        key: String,
    },
    /// Too early.
    #[error("the log has announced {key} from {from} on, and today is {today}: do this again on that day")]
    Early {
        /// The key, as policies have it.
        key: String,
        /// Its first day.
        from: Date,
        /// Today.
        today: Date,
    },
    /// Others are shown another checkpoint.
    #[error(
        "{published} is not the checkpoint of the backup: stop the register, back it up once more, and restore that"
    )]
    Published {
        /// The published checkpoint.
        published: String,
    },
    /// It cannot be signed. It is a fault of the program.
    #[error("the checkpoint cannot be signed: {0}; report this")]
    Sign(String),
}

/// A key on its way into a log.
pub(super) struct Rekeying {
    pub(super) key: NextLogKey,
    today: Date,
    files: Option<PublicFiles>,
}

impl Rekeying {
    pub(super) fn begin(key: NewKey<'_>, origin: &str) -> Result<Self, UpkeepError> {
        let NewKey { file, today, files } = key;
        let files = files.map(|PublicPlace(place)| PublicFiles::at(place));
        Ok(Self { key: NextLogKey::read(file, origin)?, today, files })
    }

    /// The checkpoint with another signature under it. Public files that lie elsewhere show it from here on, under the
    /// cosignatures that it has there. A crash right after that leaves files that readers of either key believe, and a
    /// register that is to be restored again.
    pub(super) async fn sign(&self, note: &str, announced: &Announcements) -> Result<String, UpkeepError> {
        let key = self.key.signer.verifier().to_string();
        match announced.log_keys.iter().find(|announced| announced.what.key == key) {
            None => return Err(NotYet::NotAnnounced { key }.into()),
            Some(announced) if announced.what.from > self.today => {
                return Err(NotYet::Early { key, from: announced.what.from, today: self.today }.into());
            }
            Some(_) => {}
        }
        if let Some(files) = &self.files {
            let path = files.checkpoint_path();
            let unreadable =
                |source| UpkeepError::Publish(crate::PublishError::File { path: path.clone(), source });
            if let Some(published) = files.checkpoint().await.map_err(unreadable)? {
                let published = String::from_utf8_lossy(&published).into_owned();
                let (text, size) = (self.again(&published)?, checkpoint(note)?.size());
                if checkpoint(&published)? != checkpoint(note)? {
                    return Err(NotYet::Published { published: path.display().to_string() }.into());
                }
                files.write_checkpoint(self.key.signer.verifier(), &text, size).await?;
            }
        }
        self.again(note)
    }

    /// A signed checkpoint with this key's signature as well.
    fn again(&self, note: &str) -> Result<String, UpkeepError> {
        let bad = |e: String| UpkeepError::NotYet(NotYet::Sign(e));
        let note = Note::parse(note).map_err(|e| bad(e.to_string()))?;
        let signed = self.key.signer.sign(note.text()).map_err(|e| bad(e.to_string()))?;
        let both = note.with_signatures(signed.signatures().iter().cloned());
        Ok(both.map_err(|e| bad(e.to_string()))?.to_string())
    }
}

fn checkpoint(note: &str) -> Result<Checkpoint, UpkeepError> {
    let bad = |e: String| UpkeepError::NotYet(NotYet::Sign(e));
    let note = Note::parse(note).map_err(|e| bad(e.to_string()))?;
    Checkpoint::parse(note.text()).map_err(|e| bad(e.to_string()))
}
