//! Where a batch's bytes come from: a file, as it lies; a compressed or Parquet file or standard input, by way of a sealed
//! scratch place, since the audit reads some of them twice. The whole file is never held in memory unless it is small.

mod parquet;

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;

use assay_passwords::seal::{RunKey, Sealed};
use assay_passwords::source::{Bytes, Scratch, Scratches};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::exit::Failure;

/// Decompressed bytes that are taken at most.
const MOST_BYTES: u64 = 256 << 30;
/// Decompressed bytes that stay in memory; more go to a scratch place.
const IN_MEMORY: usize = 8 << 20;

/// A batch whose bytes can be read.
pub(super) struct Input {
    bytes: Held,
    /// The file as it was when it was opened.
    opened: Option<Opened>,
    /// How the bytes came: `gzip`, `zstd`, `parquet`; none where they lie as they are.
    pub(super) form: Option<&'static str>,
    /// For Parquet: lines are rows.
    pub(super) rows_not_lines: bool,
    /// For Parquet: names of the columns that have a structure inside, which are not read.
    pub(super) nested: Vec<String>,
    /// SHA-256 of the bytes as they came and their number, where they had to be read through anyway.
    digest: Option<([u8; 32], u64)>,
}

enum Held {
    File { file: File, len: u64 },
    Memory(Zeroizing<Vec<u8>>),
    Spooled { sealed: Sealed, len: u64 },
}

struct Opened {
    file: File,
    len: u64,
    modified: Option<std::time::SystemTime>,
}

impl Bytes for Input {
    fn len(&self) -> u64 {
        match &self.bytes {
            Held::File { len, .. } | Held::Spooled { len, .. } => *len,
            Held::Memory(bytes) => bytes.len() as u64,
        }
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        match &self.bytes {
            // Not past the length that it had: a file that grows is judged as it was.
            Held::File { file, len } => {
                let left = usize::try_from(len.saturating_sub(at)).unwrap_or(usize::MAX);
                let n = into.len().min(left);
                file.read_at(&mut into[..n], at)
            }
            Held::Memory(bytes) => bytes.as_slice().read_at(at, into),
            Held::Spooled { sealed, len } => {
                let left = usize::try_from(len.saturating_sub(at)).unwrap_or(usize::MAX);
                let n = into.len().min(left);
                sealed.read_at(at, &mut into[..n])?;
                Ok(n)
            }
        }
    }
}

impl Input {
    /// Opens a file, or standard input where the path is `-`. What has to be unpacked first is, and `told` how far it is.
    pub(super) fn open(path: &Path, key: &RunKey, told: Told<'_>) -> Result<Self, Failure> {
        if path == Path::new("-") {
            return Self::streamed(path, io::stdin().lock(), None, key, told);
        }
        let reading = |e: io::Error| Failure::reading(path, &e);
        let file = File::open(path).map_err(reading)?;
        let meta = file.metadata().map_err(reading)?;
        if meta.is_dir() {
            return Err(Failure::unreadable(format!("{} is a folder, a file is wanted", path.display())));
        }
        if !meta.is_file() {
            return Self::streamed(path, file, None, key, told);
        }
        let mut magic = [0; MAGIC];
        let n = file.read_at(&mut magic, 0).map_err(reading)?;
        other_format(path, &magic[..n])?;
        let opened = Opened {
            file: file.try_clone().map_err(reading)?,
            len: meta.len(),
            modified: meta.modified().ok(),
        };
        match &magic[..n] {
            [b'P', b'A', b'R', b'1', ..] => {
                let mut spool = Spool::new(key);
                let nested = parquet::rows(path, &file, &mut spool, told)?;
                let bytes = spool.finish()?;
                Ok(Self {
                    bytes,
                    opened: Some(opened),
                    form: Some("parquet"),
                    rows_not_lines: true,
                    nested,
                    digest: None,
                })
            }
            [0x1f, 0x8b, ..] | [0x28, 0xb5, 0x2f, 0xfd, ..] => {
                Self::streamed(path, file, Some(opened), key, told)
            }
            _ => Ok(Self {
                bytes: Held::File { len: meta.len(), file },
                opened: Some(opened),
                form: None,
                rows_not_lines: false,
                nested: Vec::new(),
                digest: None,
            }),
        }
    }

    /// Reads a stream to its end, decompressed if it is compressed.
    fn streamed(
        path: &Path,
        source: impl Read,
        opened: Option<Opened>,
        key: &RunKey,
        told: Told<'_>,
    ) -> Result<Self, Failure> {
        let all = opened.as_ref().map(|opened| opened.len);
        let mut source = Hashing { inner: source, hash: Sha256::new(), bytes: 0, all, told };
        let mut magic = [0; MAGIC];
        let mut n = 0;
        while n < MAGIC {
            match source.read(&mut magic[n..]).map_err(|e| Failure::reading(path, &e))? {
                0 => break,
                more => n += more,
            }
        }
        other_format(path, &magic[..n])?;
        let mut spool = Spool::new(key);
        let whole = io::Cursor::new(magic).take(n as u64).chain(&mut source);
        let form = match &magic[..n] {
            [0x1f, 0x8b, ..] => {
                copy(path, "gzip", flate2::read::MultiGzDecoder::new(whole), &mut spool)?;
                Some("gzip")
            }
            [0x28, 0xb5, 0x2f, 0xfd, ..] => {
                let decoder =
                    zstd::stream::read::Decoder::new(whole).map_err(|e| Failure::reading(path, &e))?;
                copy(path, "zstd", decoder, &mut spool)?;
                Some("zstd")
            }
            [b'P', b'A', b'R', b'1', ..] => {
                return Err(Failure::unreadable(format!(
                    "{}: a Parquet file is read from its end, so it cannot come through a pipe: name the file",
                    path.display()
                )));
            }
            _ => {
                copy(path, "", whole, &mut spool)?;
                None
            }
        };
        // What a decoder left unread belongs to the file's digest too.
        io::copy(&mut source, &mut io::sink()).map_err(|e| Failure::reading(path, &e))?;
        let digest = (source.hash.finalize().into(), source.bytes);
        let bytes = spool.finish()?;
        Ok(Self { bytes, opened, form, rows_not_lines: false, nested: Vec::new(), digest: Some(digest) })
    }

    /// SHA-256 of the file as it came.
    pub(super) fn digest(&self, path: &Path) -> Result<[u8; 32], Failure> {
        if let Some((digest, _)) = self.digest {
            return Ok(digest);
        }
        let mut hash = Sha256::new();
        let mut buffer = vec![0; 1 << 20];
        let mut at = 0;
        let (file, len) = match (&self.opened, &self.bytes) {
            (Some(opened), _) => (&opened.file, opened.len),
            (None, Held::File { file, len }) => (file, *len),
            _ => return Ok(hash.finalize().into()),
        };
        while at < len {
            let want = usize::try_from(len - at).unwrap_or(usize::MAX).min(buffer.len());
            let n = file.read_at(&mut buffer[..want], at).map_err(|e| Failure::reading(path, &e))?;
            if n == 0 {
                return Err(Failure::impossible(format!(
                    "{} became shorter while it was read",
                    path.display()
                )));
            }
            hash.update(&buffer[..n]);
            at += n as u64;
        }
        Ok(hash.finalize().into())
    }

    /// The length of the file as it came.
    pub(super) fn size(&self) -> u64 {
        match (&self.digest, &self.opened) {
            (Some((_, bytes)), _) => *bytes,
            (None, Some(opened)) => opened.len,
            (None, None) => self.len(),
        }
    }

    /// A line as whoever made the file counts: in a Parquet file the rows, which have no heading among them.
    pub(super) fn line(&self, line: u64) -> u64 {
        if self.rows_not_lines { line.saturating_sub(1) } else { line }
    }

    /// What is counted.
    pub(super) fn lines_word(&self) -> &'static str {
        if self.rows_not_lines { "rows" } else { "lines" }
    }

    /// Whether the file is still as it was when it was opened.
    pub(super) fn unchanged(&self) -> bool {
        self.opened.as_ref().is_none_or(|o| {
            o.file.metadata().is_ok_and(|now| now.len() == o.len && now.modified().ok() == o.modified)
        })
    }
}

/// The first bytes by which a file's format is known.
const MAGIC: usize = 6;

/// Refuses what is certainly no text: as text it would be judged as a list of odd passwords.
fn other_format(path: &Path, magic: &[u8]) -> Result<(), Failure> {
    let (what, mend) = match magic {
        [b'P', b'K', 3, 4, ..] => (
            "an Excel or OpenDocument table, or a zip archive",
            "save the table as CSV, or unpack the archive",
        ),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => ("an old Excel table", "save it as CSV"),
        [b'B', b'Z', b'h', b'1'..=b'9', b'1', b'A', ..] => {
            ("bzip2 compressed", "unpack it, or compress it with gzip or zstd")
        }
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => {
            ("xz compressed", "unpack it, or compress it with gzip or zstd")
        }
        [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => ("a 7-Zip archive", "unpack it"),
        [0x04, 0x22, 0x4d, 0x18, ..] => ("lz4 compressed", "unpack it, or compress it with gzip or zstd"),
        [b'S', b'Q', b'L', b'i', b't', b'e', ..] => ("an SQLite database", "export the table as CSV"),
        [b'%', b'P', b'D', b'F', b'-', ..] => ("a PDF document", "ask for the table as CSV"),
        _ => return Ok(()),
    };
    Err(Failure::unreadable(format!("{} is {what}, which is not read here: {mend}", path.display())))
}

/// Is told a step, how far it is, and where it ends.
pub(super) type Told<'a> = &'a dyn Fn(&'static str, u64, u64);

struct Hashing<'a, R> {
    inner: R,
    hash: Sha256,
    bytes: u64,
    /// Of a pipe nobody knows it.
    all: Option<u64>,
    told: Told<'a>,
}

impl<R: Read> Read for Hashing<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(into)?;
        self.hash.update(&into[..n]);
        self.bytes += n as u64;
        (self.told)("unpacking", self.bytes, self.all.unwrap_or(self.bytes));
        Ok(n)
    }
}

fn copy(path: &Path, form: &str, mut from: impl Read, spool: &mut Spool<'_>) -> Result<(), Failure> {
    let mut buffer = Zeroizing::new(vec![0; 256 << 10]);
    loop {
        let n = match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(n) => n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) if form.is_empty() => return Err(Failure::reading(path, &e)),
            Err(e) => {
                return Err(Failure::unreadable(format!(
                    "{} is damaged: its {form} stream ends early or does not fit ({e}). Make the file again; nothing was judged",
                    path.display()
                )));
            }
        };
        spool.add(path, &buffer[..n])?;
    }
}

/// Gathers bytes, in memory while they are few, then sealed on a disk.
pub(super) struct Spool<'a> {
    key: &'a RunKey,
    memory: Zeroizing<Vec<u8>>,
    sealed: Option<Sealed>,
    len: u64,
}

impl<'a> Spool<'a> {
    fn new(key: &'a RunKey) -> Self {
        Self { key, memory: Zeroizing::new(Vec::with_capacity(IN_MEMORY + (1 << 20))), sealed: None, len: 0 }
    }

    fn add(&mut self, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
        if self.len + self.memory.len() as u64 + bytes.len() as u64 > MOST_BYTES {
            let shown = path.display();
            return Err(Failure::unreadable(format!("{shown} unpacks to more than {MOST_BYTES} bytes")));
        }
        // In steps, so that the memory never grows and leaves a copy behind.
        for bytes in bytes.chunks(1 << 20) {
            self.memory.extend_from_slice(bytes);
            if self.memory.len() >= IN_MEMORY {
                self.spill().map_err(|e| scratch_failed(&e))?;
            }
        }
        Ok(())
    }

    fn spill(&mut self) -> io::Result<()> {
        let sealed = match &mut self.sealed {
            Some(sealed) => sealed,
            none => none.insert(Sealed::create(&TempFiles, self.key, SPOOL)?),
        };
        sealed.write_at(self.len, &mut self.memory)?;
        self.len += self.memory.len() as u64;
        self.memory.clear();
        Ok(())
    }

    fn finish(mut self) -> Result<Held, Failure> {
        if self.sealed.is_some() && !self.memory.is_empty() {
            self.spill().map_err(|e| scratch_failed(&e))?;
        }
        let len = self.len;
        Ok(match self.sealed.take() {
            None => Held::Memory(std::mem::take(&mut self.memory)),
            Some(sealed) => Held::Spooled { sealed, len },
        })
    }
}

/// The number of this scratch place, which seals with a stretch of its own; those of the audit begin at 1.
const SPOOL: u32 = 0;

/// Scratch places in the system's folder for temporary files (TMPDIR), without a name from the first moment on.
pub(super) struct TempFiles;

struct TempFile(File);

impl Scratches for TempFiles {
    fn create(&self) -> io::Result<Box<dyn Scratch>> {
        Ok(Box::new(TempFile(tempfile::tempfile()?)))
    }
}

impl Scratch for TempFile {
    fn write_at(&self, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all_at(bytes, at)
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<()> {
        self.0.read_exact_at(into, at)
    }
}

/// A scratch place that cannot be made or written.
pub(super) fn scratch_failed(error: &io::Error) -> Failure {
    let folder = std::env::temp_dir();
    let folder = folder.display();
    Failure::impossible(match error.kind() {
        io::ErrorKind::StorageFull => format!(
            "the disk behind {folder} is full: nothing was judged and nothing was left there. Make room, point TMPDIR \
             elsewhere, or allow more memory with --memory"
        ),
        _ => format!(
            "no scratch file can be kept in {folder} ({error}): point TMPDIR at a folder that may be written"
        ),
    })
}
