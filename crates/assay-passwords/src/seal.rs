//! Sealing of what is spilled: ChaCha20 under a key that lives in this run's memory alone. A spill file that somebody copies
//! off the disk, or that a crash leaves in a journal, is noise. There is no authentication: whoever can write to our unnamed
//! file while we run can also read our memory, and every hit is compared with the input again.

use std::io;

use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};
use zeroize::Zeroizing;

use crate::source::{Scratch, Scratches};

/// The key of one run, from the system's randomness; wiped when dropped.
pub struct RunKey(Zeroizing<[u8; 32]>);

impl RunKey {
    /// Takes 32 random bytes that were never used before.
    #[must_use]
    pub fn new(random: [u8; 32]) -> Self {
        Self(Zeroizing::new(random))
    }

    /// A number for the keyed fingerprints of one purpose; nobody outside the run can foresee it.
    #[must_use]
    pub fn number(&self, purpose: u8) -> u64 {
        let mut nonce = [0xff; 12];
        nonce[0] = purpose;
        let mut eight = [0; 8];
        ChaCha20::new((&*self.0).into(), &nonce.into()).apply_keystream(&mut eight);
        u64::from_le_bytes(eight)
    }
}

/// A scratch place whose bytes are sealed.
pub struct Sealed {
    inner: Box<dyn Scratch>,
    key: Zeroizing<[u8; 32]>,
    nonce: [u8; 12],
}

impl Sealed {
    /// A new one. `number` must differ from that of every other place of the run, and no byte of one place may be written
    /// twice: both would use one stretch of the key stream for two texts.
    ///
    /// # Errors
    /// No scratch place can be made.
    pub fn create(scratches: &dyn Scratches, key: &RunKey, number: u32) -> io::Result<Self> {
        let mut nonce = [0; 12];
        nonce[..4].copy_from_slice(&number.to_le_bytes());
        Ok(Self { inner: scratches.create()?, key: key.0.clone(), nonce })
    }

    /// Seals `bytes` where they stand and writes them.
    ///
    /// # Errors
    /// A full disk, above all.
    pub fn write_at(&self, at: u64, bytes: &mut [u8]) -> io::Result<()> {
        self.turn(at, bytes)?;
        self.inner.write_at(at, bytes)
    }

    /// Reads and opens.
    ///
    /// # Errors
    /// What the medium says.
    pub fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<()> {
        self.inner.read_at(at, into)?;
        self.turn(at, into)
    }

    fn turn(&self, at: u64, bytes: &mut [u8]) -> io::Result<()> {
        // The counter of this cipher ends at 256 GiB; a nonce for each of those stretches goes on from there.
        const STRETCH: u64 = 1 << 37;
        let mut at = at;
        let mut rest = bytes;
        while !rest.is_empty() {
            let within = at % STRETCH;
            let n = rest.len().min(usize::try_from(STRETCH - within).unwrap_or(usize::MAX));
            let (now, later) = rest.split_at_mut(n);
            let mut nonce = self.nonce;
            nonce[4..12].copy_from_slice(&(at / STRETCH).to_le_bytes());
            let mut cipher = ChaCha20::new((&*self.key).into(), &nonce.into());
            cipher.try_seek(within).map_err(io::Error::other)?;
            cipher.try_apply_keystream(now).map_err(io::Error::other)?;
            at += n as u64;
            rest = later;
        }
        Ok(())
    }
}
