//! Snapshots that were given out, kept for a while: whoever has one of them is sent what changed since in place of the whole. Shops
//! that fetch each day have the same one, so what was made for one of them is kept for the others.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use assay::snapshot::Snapshot;

/// Bytes that are kept, and how many snapshots.
const MOST_BYTES: usize = 64 << 20;
const MOST: usize = 256;

/// Bytes of changes that are kept.
const MOST_CHANGES: usize = 16 << 20;

/// What was given out, and what changed between two of them.
#[derive(Clone, Default)]
pub(crate) struct Given(Arc<Mutex<Kept>>);

/// The latest last, by the digests of their bodies.
#[derive(Default)]
struct Kept {
    snapshots: VecDeque<(String, Arc<[u8]>)>,
    changes: VecDeque<([String; 2], Arc<[u8]>)>,
}

/// Lets the oldest go until so many bytes are left.
fn shrink<K>(kept: &mut VecDeque<(K, Arc<[u8]>)>, bytes: usize) {
    while kept.len() > MOST || kept.len() > 1 && kept.iter().map(|(_, b)| b.len()).sum::<usize>() > bytes {
        kept.pop_front();
    }
}

impl Given {
    /// Keeps a snapshot that is given out; the oldest go.
    pub(crate) fn keep(&self, bytes: &Arc<[u8]>) {
        let Some(digest) = Snapshot::body_digest(bytes) else { return };
        let kept = &mut self.lock().snapshots;
        kept.retain(|(other, _)| *other != digest);
        kept.push_back((digest, bytes.clone()));
        shrink(kept, MOST_BYTES);
    }

    /// The one with this digest.
    pub(crate) fn find(&self, digest: &str) -> Option<Arc<[u8]>> {
        self.lock().snapshots.iter().find(|(other, _)| other == digest).map(|(_, bytes)| bytes.clone())
    }

    /// What changed from one to another, if it was made before.
    pub(crate) fn changes(&self, from: &str, to: &str) -> Option<Arc<[u8]>> {
        self.lock().changes.iter().find(|(of, _)| *of == [from, to]).map(|(_, bytes)| bytes.clone())
    }

    /// Keeps what changed from one to another.
    pub(crate) fn keep_changes(&self, from: &str, to: &str, bytes: &Arc<[u8]>) {
        let kept = &mut self.lock().changes;
        kept.push_back(([from.to_owned(), to.to_owned()], bytes.clone()));
        shrink(kept, MOST_CHANGES);
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
