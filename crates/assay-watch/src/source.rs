//! Where a log's files are fetched from: a register or a mirror, under `log/` of its address. Bounded in bytes, time and
//! attempts; nothing is judged here.

use std::time::Duration;

use assay_log::TilePath;
use assay_log::note::MAX_NOTE_BYTES;
use assay_log::tile::bundle::MAX_ENTRY_BYTES;
use assay_log::tile::{FULL_WIDTH, Holds};
use assay_probe::{FetchError, Fetcher, Reach};

use crate::WatchError;

/// How often a file is asked for before the log counts as out of reach.
const ATTEMPTS: u32 = 3;

/// For how long somebody is asked for a checkpoint that is only to be compared.
const NOTE_TIME: Duration = Duration::from_secs(5);

/// The longest bundle: 256 entries with their lengths.
pub(crate) const MAX_BUNDLE_BYTES: u64 = FULL_WIDTH as u64 * (MAX_ENTRY_BYTES as u64 + 2);
const MAX_TILE_BYTES: u64 = FULL_WIDTH as u64 * 32;

/// An address.
pub struct Source {
    fetcher: Fetcher,
    base: String,
}

/// Why a file was not had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SourceError {
    /// It is not there: the answer was 404.
    #[error("{0} is not there")]
    Missing(String),
    /// It is longer than any such file.
    #[error("{0}")]
    TooLong(String),
    /// Nothing to do with the log.
    #[error(transparent)]
    Watch(#[from] WatchError),
}

impl Source {
    /// The register or mirror at an address, without `/log`.
    ///
    /// # Errors
    /// [`WatchError::Usage`] if it is no address that can be fetched from.
    pub fn at(url: &str) -> Result<Self, WatchError> {
        let base = url.trim_end_matches('/').to_owned();
        let fetcher = Fetcher::new(Reach::Named, &base).map_err(|error| told(&error))?;
        Ok(Self { fetcher, base })
    }

    /// The address, for people.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.base
    }

    /// A file below the address, at most `most` bytes of it.
    pub(crate) fn get(&self, path: &str, most: u64) -> Result<Vec<u8>, SourceError> {
        let url = format!("{}/{path}", self.base);
        let mut wait = Duration::from_millis(200);
        let mut last = String::new();
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                std::thread::sleep(wait);
                wait *= 4;
            }
            match self.fetcher.get(&url, most) {
                Ok(answer) if answer.status == 200 => return Ok(answer.body),
                Ok(answer) if matches!(answer.status, 404 | 410) => return Err(SourceError::Missing(url)),
                Ok(answer) => last = format!("{url} answered {}: try again later", answer.status),
                Err(error @ FetchError::TooLong { .. }) => {
                    return Err(SourceError::TooLong(error.to_string()));
                }
                Err(error @ FetchError::Refused { .. }) => return Err(told(&error).into()),
                Err(error @ FetchError::Failed { .. }) => last = error.to_string(),
            }
        }
        Err(WatchError::Impossible(last).into())
    }

    /// The checkpoint as it is shown now; a note is UTF-8, which whoever reads it sees to.
    pub(crate) fn checkpoint(&self) -> Result<Vec<u8>, SourceError> {
        self.get("log/checkpoint", MAX_NOTE_BYTES as u64)
    }

    /// The bytes of a tile or bundle. Where a partial one is gone, as the standard allows, the full one is cut.
    pub(crate) fn tile(&self, path: &TilePath) -> Result<Vec<u8>, SourceError> {
        let most = if path.holds() == Holds::Entries { MAX_BUNDLE_BYTES } else { MAX_TILE_BYTES };
        match self.get(&format!("log/{path}"), most) {
            Err(SourceError::Missing(url)) if path.is_partial() => {
                let full = TilePath::parse(path.to_string().split(".p/").next().unwrap_or_default())
                    .map_err(|_| SourceError::Missing(url.clone()))?;
                let bytes = match self.get(&format!("log/{full}"), most) {
                    Err(SourceError::Missing(_)) => return Err(SourceError::Missing(url)),
                    other => other?,
                };
                Ok(first_of(bytes, path))
            }
            other => other,
        }
    }

    /// A checkpoint at a whole address of its own: what a witness or another reader shows.
    pub(crate) fn note_at(url: &str) -> Result<String, String> {
        let fetched = Fetcher::within(Reach::Named, url, NOTE_TIME);
        let fetched = fetched.and_then(|fetcher| fetcher.get(url, MAX_NOTE_BYTES as u64));
        match fetched {
            Ok(answer) if answer.status == 200 => {
                String::from_utf8(answer.body).map_err(|_| format!("{url} shows no text"))
            }
            Ok(answer) => Err(format!("{url} answered {}", answer.status)),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Sends a document, and says what went wrong in a sentence.
    ///
    /// # Errors
    /// [`WatchError::Impossible`] where it was not taken.
    pub fn post_json(url: &str, body: Vec<u8>) -> Result<(), WatchError> {
        let fetcher = Fetcher::new(Reach::Named, url).map_err(|error| told(&error))?;
        let answer = fetcher.post(url, "application/json", body, 65_536).map_err(|error| told(&error))?;
        if (200..300).contains(&answer.status) {
            return Ok(());
        }
        Err(WatchError::Impossible(format!("{url} answered {} to what was found", answer.status)))
    }
}

/// Address and policy are the user's to mend, the rest is the network's.
fn told(error: &FetchError) -> WatchError {
    match error {
        FetchError::Refused { .. } => WatchError::Usage(error.to_string()),
        _ => WatchError::Impossible(error.to_string()),
    }
}

/// The part of a full file that a partial one has; what is no full file comes back as it is and is found out later.
fn first_of(bytes: Vec<u8>, path: &TilePath) -> Vec<u8> {
    let width = usize::from(path.width());
    let end = match path.holds() {
        Holds::Hashes { .. } => Some(width * 32),
        Holds::Entries => (0..width).try_fold(0usize, |at, _| {
            let length = bytes.get(at..at + 2)?;
            Some(at + 2 + usize::from(u16::from_be_bytes([length[0], length[1]])))
        }),
    };
    match end.and_then(|end| bytes.get(..end)) {
        Some(part) => part.to_vec(),
        None => bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use assay_log::tile::bundle;

    #[test]
    fn the_first_entries_of_a_bundle_and_the_first_hashes_of_a_tile_are_cut_out() {
        let entries: Vec<Vec<u8>> = (0..256usize).map(|n| vec![n as u8; n % 7]).collect();
        let full = bundle::encode(&entries).unwrap();
        for width in [1u16, 2, 200, 255] {
            let path = TilePath::entries(3, width).unwrap();
            let part = first_of(full.clone(), &path);
            assert_eq!(bundle::decode(&part, width.into()).unwrap(), entries[..usize::from(width)]);
        }
        let tile: Vec<u8> = (0..8_192u32).map(|n| n as u8).collect();
        let path = TilePath::hashes(0, 3, 2).unwrap();
        assert_eq!(first_of(tile.clone(), &path), tile[..64]);
    }

    #[test]
    fn what_is_no_full_file_is_handed_on_to_be_refused() {
        let path = TilePath::entries(3, 200).unwrap();
        for bytes in [vec![], vec![0], vec![255; 3], vec![0; 399], (0..=255).collect()] {
            assert_eq!(first_of(bytes.clone(), &path), bytes);
        }
        assert_eq!(first_of(vec![0; 401], &path).len(), 400, "two hundred empty entries");
    }
}
