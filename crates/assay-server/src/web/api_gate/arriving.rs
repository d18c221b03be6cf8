//! A request's body as a file that a thread reads, piece by piece as it comes: nothing is taken from the connection before it is
//! asked for. It has a greatest length, and a visitor who sends is waited for so long and no longer.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use axum::body::{Body, BodyDataStream, Bytes};
use futures_util::StreamExt as _;
use tokio::runtime::Handle;
use tokio::time::timeout;

/// Longest body.
pub(super) const MOST: u64 = 4 << 30;

/// A visitor is waited for so long in all,
const PATIENCE: Duration = Duration::from_secs(180);
/// and so much longer for each MiB that came: 64 MiB of a slow line are as welcome here as at `/gate`.
const FOR_A_MIB: Duration = Duration::from_secs(3);

/// The body of a request.
pub(super) struct Arriving {
    body: BodyDataStream,
    handle: Handle,
    piece: Bytes,
    moved: u64,
    most: u64,
    waited: Duration,
    patience: Duration,
}

impl Arriving {
    /// To be read by a thread that may wait, while the runtime of the caller turns.
    pub(super) fn new(body: Body) -> Self {
        Self {
            body: body.into_data_stream(),
            handle: Handle::current(),
            piece: Bytes::new(),
            moved: 0,
            most: MOST,
            waited: Duration::ZERO,
            patience: PATIENCE,
        }
    }

    /// The next piece; none at the end. The kind of an error says what happened: `FileTooLarge`, `TimedOut`,
    /// `ConnectionAborted`.
    fn next(&mut self) -> io::Result<Option<Bytes>> {
        let mebibytes = u32::try_from(self.moved >> 20).unwrap_or(u32::MAX);
        let patience = (self.patience + FOR_A_MIB * mebibytes).saturating_sub(self.waited);
        let began = Instant::now();
        // The timer is set within the runtime, whose clock it goes by.
        let next = self.handle.block_on(async { timeout(patience, self.body.next()).await });
        self.waited += began.elapsed();
        let piece = match next.map_err(|_| io::ErrorKind::TimedOut)? {
            None => return Ok(None),
            Some(piece) => piece.map_err(|_| io::ErrorKind::ConnectionAborted)?,
        };
        self.moved = self.moved.saturating_add(piece.len() as u64);
        if self.moved > self.most {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(Some(piece))
    }
}

impl Read for Arriving {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        // A piece may be empty, and is not the end.
        while self.piece.is_empty() {
            match self.next()? {
                Some(piece) => self.piece = piece,
                None => return Ok(0),
            }
        }
        let count = self.piece.len().min(out.len());
        out[..count].copy_from_slice(&self.piece.split_to(count));
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    /// Reads a body of these pieces, and what never comes behind them if so wanted.
    async fn read(pieces: &[&'static [u8]], never_ends: bool, most: u64) -> io::Result<Vec<u8>> {
        let pieces: Vec<io::Result<Bytes>> =
            pieces.iter().map(|piece| Ok(Bytes::from_static(piece))).collect();
        let pieces = stream::iter(pieces);
        let body = if never_ends {
            Body::from_stream(pieces.chain(stream::pending()))
        } else {
            Body::from_stream(pieces)
        };
        let mut arriving = Arriving { most, patience: Duration::from_millis(50), ..Arriving::new(body) };
        let mut all = Vec::new();
        tokio::task::spawn_blocking(move || arriving.read_to_end(&mut all).map(|_| all)).await.unwrap()
    }

    #[tokio::test]
    async fn a_body_is_read_as_it_came_up_to_its_greatest_length() {
        let pieces: [&[u8]; 4] = [b"ab", b"", b"cde", b"f"];
        assert_eq!(read(&pieces, false, 6).await.unwrap(), b"abcdef");
        assert_eq!(read(&pieces, false, 5).await.unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(read(&[], false, 5).await.unwrap(), b"");
    }

    #[tokio::test]
    async fn who_sends_no_more_is_not_waited_for_without_end() {
        assert_eq!(read(&[b"ab"], true, 6).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }
}
