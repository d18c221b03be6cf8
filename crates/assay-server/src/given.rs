//! Snapshots that were given out, kept for a while: whoever has one of them is sent what changed since in place of the whole.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use assay::snapshot::Snapshot;

/// Bytes that are kept, and how many snapshots.
const MOST_BYTES: usize = 64 << 20;
const MOST: usize = 256;

/// The latest last, each by the digest of its body.
#[derive(Clone, Default)]
pub(crate) struct Given(Arc<Mutex<Kept>>);

type Kept = VecDeque<(String, Arc<[u8]>)>;

impl Given {
    /// Keeps a snapshot that is given out; the oldest go.
    pub(crate) fn keep(&self, bytes: &Arc<[u8]>) {
        let Some(digest) = Snapshot::body_digest(bytes) else { return };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(other, _)| *other != digest);
        kept.push_back((digest, bytes.clone()));
        while kept.len() > MOST
            || kept.len() > 1 && kept.iter().map(|(_, b)| b.len()).sum::<usize>() > MOST_BYTES
        {
            kept.pop_front();
        }
    }

    /// The one with this digest.
    pub(crate) fn find(&self, digest: &str) -> Option<Arc<[u8]>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(other, _)| other == digest).map(|(_, bytes)| bytes.clone())
    }
}
