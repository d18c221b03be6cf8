//! Where the bytes of a batch lie, and where bytes that do not fit into memory go. The edge implements both over files; the
//! audit reads a batch from its beginning and reads single blocks of it again.

use std::io;

/// The bytes of a file, of a length that was fixed when it was opened.
pub trait Bytes: Sync {
    /// How many there are.
    fn len(&self) -> u64;

    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fills `into` from `at`; fewer bytes come back only at the end.
    ///
    /// # Errors
    /// What the medium says.
    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize>;
}

impl Bytes for [u8] {
    fn len(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        let from = usize::try_from(at).unwrap_or(usize::MAX).min(self.len());
        let n = into.len().min(self.len() - from);
        into[..n].copy_from_slice(&self[from..from + n]);
        Ok(n)
    }
}

impl Bytes for Vec<u8> {
    fn len(&self) -> u64 {
        self.as_slice().len() as u64
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        self.as_slice().read_at(at, into)
    }
}

/// A place for bytes that is gone when it is dropped, and of which a crash leaves nothing that has a name.
pub trait Scratch: Send + Sync {
    /// Writes all of `bytes` at `at`.
    ///
    /// # Errors
    /// A full disk, above all.
    fn write_at(&self, at: u64, bytes: &[u8]) -> io::Result<()>;

    /// Fills all of `into` from `at`.
    ///
    /// # Errors
    /// What the medium says.
    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<()>;
}

/// Makes scratch places. The one in memory is for tests.
pub trait Scratches: Sync {
    /// A new, empty one.
    ///
    /// # Errors
    /// None can be made.
    fn create(&self) -> io::Result<Box<dyn Scratch>>;
}
