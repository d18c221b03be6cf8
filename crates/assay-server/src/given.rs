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
    /// The one that all changes lead to. Its body alone does not say which it is: another day gives it another header.
    newest: Option<Arc<[u8]>>,
    changes: VecDeque<(String, Arc<[u8]>)>,
}

/// Lets the oldest go until so many bytes are left.
fn shrink(kept: &mut VecDeque<(String, Arc<[u8]>)>, bytes: usize) {
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

    /// What changed since one of them until `newest`, if it was made before.
    pub(crate) fn changes(&self, since: &str, newest: &Arc<[u8]>) -> Option<Arc<[u8]>> {
        let kept = self.lock();
        kept.newest.as_ref().filter(|other| Arc::ptr_eq(other, newest))?;
        kept.changes.iter().find(|(of, _)| of == since).map(|(_, bytes)| bytes.clone())
    }

    /// Keeps what changed since one of them until `newest`; what led to another goes.
    pub(crate) fn keep_changes(&self, since: &str, newest: &Arc<[u8]>, bytes: &Arc<[u8]>) {
        let mut kept = self.lock();
        let same = kept.newest.as_ref().is_some_and(|other| Arc::ptr_eq(other, newest));
        kept.newest = Some(newest.clone());
        kept.changes.retain(|(of, _)| same && of != since);
        kept.changes.push_back((since.to_owned(), bytes.clone()));
        shrink(&mut kept.changes, MOST_CHANGES);
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
