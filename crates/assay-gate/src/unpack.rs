//! A file that was packed with gzip or Zstandard, unpacked as it is read; any other as it is. What it unpacks to may be of any
//! length: no more than a block of it is held.

use std::io::{self, BufReader, Chain, Cursor, Read};

use flate2::read::MultiGzDecoder;

/// The bytes of a file behind those that were looked at.
type Whole<R> = Chain<Cursor<Vec<u8>>, R>;

/// The largest window that is reserved for Zstandard, as a power of two: 128 MiB, what the program itself takes at most.
const WINDOW: u32 = 27;

const GZIP: &[u8] = b"\x1f\x8b";
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd";

/// Whether a file that begins so is packed: for whoever takes files from strangers and does not want what they unpack to, which
/// may be a thousand times as long.
#[must_use]
pub fn is_packed(head: &[u8]) -> bool {
    head.starts_with(GZIP) || head.starts_with(ZSTD)
}

/// A file, unpacked.
pub(crate) enum Unpacked<R: Read> {
    Plain(Whole<R>),
    Gzip(Box<MultiGzDecoder<Whole<R>>>),
    Zstd(Box<zstd::stream::read::Decoder<'static, BufReader<Whole<R>>>>),
}

impl<R: Read> Unpacked<R> {
    /// Looks at the first bytes.
    pub(crate) fn open(mut file: R) -> io::Result<Self> {
        let mut head = Vec::new();
        file.by_ref().take(4).read_to_end(&mut head)?;
        let (gzip, zstd) = (head.starts_with(GZIP), head.starts_with(ZSTD));
        let whole = Cursor::new(head).chain(file);
        if gzip {
            return Ok(Self::Gzip(Box::new(MultiGzDecoder::new(whole))));
        }
        if zstd {
            let mut decoder = zstd::stream::read::Decoder::new(whole)?;
            decoder.window_log_max(WINDOW)?;
            return Ok(Self::Zstd(Box::new(decoder)));
        }
        Ok(Self::Plain(whole))
    }
}

impl<'a> Unpacked<&'a [u8]> {
    /// Bytes that are as they are.
    pub(crate) fn bytes(bytes: &'a [u8]) -> Self {
        Self::Plain(Cursor::new(Vec::new()).chain(bytes))
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.read(out),
            Self::Gzip(file) => file.read(out).map_err(|e| cut(e, "gzip")),
            Self::Zstd(file) => file.read(out).map_err(|e| cut(e, "Zstandard")),
        }
    }
}

/// A packed file that ends too early, or is damaged, is the file's fault and not the machine's.
fn cut(error: io::Error, format: &str) -> io::Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => io::Error::new(
            io::ErrorKind::UnexpectedEof,
            format!("the {format} file was cut off: send it again whole"),
        ),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::Other => {
            io::Error::new(io::ErrorKind::InvalidData, format!("the {format} file is damaged: {error}"))
        }
        _ => error,
    }
}
