//! A shop's file as a stream of bytes: finds out the encoding, turns UTF-16 into UTF-8, counts lines and refuses NUL.
//! It holds one bounded block at a time and knows nothing of rows. Bytes that are no UTF-8 pass through as they are:
//! only the cells that are looked at are read as text, with Latin-1 for what is no UTF-8.

use std::borrow::Cow;
use std::io::{self, Read};

use crate::catalogue::{CatalogueError, MAX_RECORD};
use crate::unpack::Unpacked;

/// So much of a file is looked at before its columns are chosen: the longest row there may be.
pub(crate) const PREFIX: usize = MAX_RECORD;

/// The encoding is guessed from so many bytes.
const SNIFF: usize = 1_024;

/// Bytes read at once.
const BLOCK: usize = 64 * 1_024;

/// The text of a cell.
pub(crate) fn text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|b| char::from(*b)).collect()),
    }
}

/// The bytes of a file, block by block, in UTF-8 or something that is ASCII where it matters.
pub(crate) struct Source<R: Read> {
    inner: Decoder<R>,
    block: Vec<u8>,
    at: usize,
    /// The line of the next byte, counted from 1; LF, CRLF and CR each end one.
    pub(crate) line: u64,
    after_cr: bool,
    ended: bool,
}

impl<R: Read> Source<R> {
    /// Opens a file and reads its prefix.
    pub(crate) fn open(inner: R) -> Result<Self, CatalogueError> {
        let mut source = Self::over(Decoder::open(inner)?, 0);
        let limit = u64::try_from(PREFIX).expect("a length fits 64 bits");
        // `read_to_end` repeats interrupted reads by itself.
        let taken = (&mut source.inner).take(limit).read_to_end(&mut source.block);
        let got = taken.map_err(|source| CatalogueError::Read { line: 1, source })?;
        source.ended = got < PREFIX;
        Ok(source)
    }

    fn over(inner: Decoder<R>, at: usize) -> Self {
        Self { inner, block: Vec::new(), at, line: 1, after_cr: false, ended: false }
    }

    /// What was read at the opening, the rest of the file, and whether there is none.
    pub(crate) fn into_parts(self) -> (Vec<u8>, Decoder<R>, bool) {
        (self.block, self.inner, self.ended)
    }

    /// What was read at the opening, and whether it is the whole file. Meaningful before the first [`Source::pass`].
    pub(crate) fn prefix(&self) -> (&[u8], bool) {
        (&self.block, self.ended)
    }

    /// Some bytes that were not passed yet; none at the end of the file.
    pub(crate) fn bytes(&mut self) -> Result<&[u8], CatalogueError> {
        if self.at >= self.block.len() && !self.ended {
            self.block.resize(BLOCK, 0);
            self.block.shrink_to(BLOCK);
            self.at = 0;
            let got = read(&mut self.inner, &mut self.block)
                .map_err(|source| CatalogueError::Read { line: self.line, source })?;
            self.block.truncate(got);
            self.ended = got == 0;
        }
        Ok(self.block.get(self.at..).unwrap_or_default())
    }

    /// Goes on by `count` of the bytes given out, counting lines.
    pub(crate) fn pass(&mut self, count: usize) -> Result<(), CatalogueError> {
        let end = self.at.saturating_add(count).min(self.block.len());
        for byte in self.block.get(self.at..end).unwrap_or_default() {
            match byte {
                0 => return Err(CatalogueError::Nul { line: self.line }),
                b'\n' if self.after_cr => {}
                b'\n' | b'\r' => self.line = self.line.saturating_add(1),
                _ => {}
            }
            self.after_cr = *byte == b'\r';
        }
        self.at = end;
        Ok(())
    }

    /// The next byte, if any, without passing it.
    pub(crate) fn peek(&mut self) -> Result<Option<u8>, CatalogueError> {
        Ok(self.bytes()?.first().copied())
    }
}

impl<'a> Source<&'a [u8]> {
    /// A source over bytes that were decoded before.
    pub(crate) fn decoded(bytes: &'a [u8]) -> Self {
        let plain =
            Decoder { inner: Unpacked::bytes(bytes), head: Vec::new(), at: 0, encoding: Encoding::Bytes };
        Self::over(plain, 0)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    /// UTF-8, or some one-byte encoding.
    Bytes,
    /// Two bytes a unit, the lower first.
    Utf16Le,
    /// Two bytes a unit, the higher first.
    Utf16Be,
}

/// Reads a file in its encoding and gives UTF-8.
pub(crate) struct Decoder<R: Read> {
    inner: Unpacked<R>,
    /// Bytes that are ready and not given out yet: read while guessing, or decoded from UTF-16.
    head: Vec<u8>,
    at: usize,
    encoding: Encoding,
}

impl<R: Read> Decoder<R> {
    fn open(file: R) -> Result<Self, CatalogueError> {
        let error = |source| CatalogueError::Read { line: 1, source };
        let mut inner = Unpacked::open(file).map_err(error)?;
        let mut head = vec![0; SNIFF];
        let mut got = 0;
        while let Some(rest) = head.get_mut(got..).filter(|rest| !rest.is_empty()) {
            match read(&mut inner, rest).map_err(error)? {
                0 => break,
                more => got += more,
            }
        }
        head.truncate(got);
        if let Some(what) = packed(&head) {
            return Err(CatalogueError::Packed { what });
        }
        let (encoding, mark) = guess(&head);
        head.drain(..mark);
        if encoding == Encoding::Bytes {
            return Ok(Self { inner, head, at: 0, encoding });
        }
        // The undecoded head is put back in front of the decoder by decoding it as the first block.
        let mut decoder = Self { inner, head: Vec::new(), at: 0, encoding };
        decoder.decode(head).map_err(error)?;
        Ok(decoder)
    }

    /// Turns a block of UTF-16 into UTF-8, reading up to three bytes more where it ends within a character.
    fn decode(&mut self, mut block: Vec<u8>) -> io::Result<()> {
        let unit = |pair: &[u8; 2]| match self.encoding {
            Encoding::Utf16Be => u16::from_be_bytes(*pair),
            Encoding::Bytes | Encoding::Utf16Le => u16::from_le_bytes(*pair),
        };
        let mut more = |block: &mut Vec<u8>, wanted: usize| -> io::Result<usize> {
            let mut byte = [0];
            for missing in (1..=wanted).rev() {
                if read(&mut self.inner, &mut byte)? == 0 {
                    return Ok(missing);
                }
                block.extend_from_slice(&byte);
            }
            Ok(0)
        };
        let mut missing = if block.len() % 2 == 1 { more(&mut block, 1)? } else { 0 };
        // After the first half of a pair comes the second; where the file ends in between, the half stands alone.
        if block.last_chunk::<2>().is_some_and(|pair| (0xd800..0xdc00).contains(&unit(pair))) {
            missing += more(&mut block, 2)? % 2;
        }
        if missing > 0 {
            let what = "the file ends in the middle of a UTF-16 character: it was cut off";
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, what));
        }
        let (pairs, _) = block.as_chunks::<2>();
        self.head = char::decode_utf16(pairs.iter().map(unit))
            .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect::<String>()
            .into_bytes();
        self.at = 0;
        Ok(())
    }
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.head.len() && self.encoding != Encoding::Bytes {
            let mut block = vec![0; BLOCK];
            let got = read(&mut self.inner, &mut block)?;
            block.truncate(got);
            self.decode(block)?;
        }
        let ready = self.head.get(self.at..).unwrap_or_default();
        if ready.is_empty() && self.encoding == Encoding::Bytes {
            return self.inner.read(out);
        }
        let count = ready.len().min(out.len());
        out[..count].copy_from_slice(&ready[..count]);
        self.at += count;
        Ok(count)
    }
}

/// Reads once, again after an interruption.
fn read(from: &mut impl Read, out: &mut [u8]) -> io::Result<usize> {
    loop {
        match from.read(out) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// The encoding and the length of its mark. Without a mark, text in UTF-16 shows by NUL in every second byte; a NUL
/// elsewhere is refused later.
fn guess(head: &[u8]) -> (Encoding, usize) {
    match head {
        [0xef, 0xbb, 0xbf, ..] => (Encoding::Bytes, 3),
        [0xff, 0xfe, ..] => (Encoding::Utf16Le, 2),
        [0xfe, 0xff, ..] => (Encoding::Utf16Be, 2),
        _ => {
            let (pairs, _) = head.as_chunks::<2>();
            // Most, not all: a header may well have a letter beyond Latin-1.
            let mostly = |count: usize| !pairs.is_empty() && count * 4 >= pairs.len() * 3;
            let high = pairs.iter().filter(|p| p[0] == 0 && p[1] != 0).count();
            let low = pairs.iter().filter(|p| p[0] != 0 && p[1] == 0).count();
            match (mostly(high), mostly(low)) {
                (true, _) => (Encoding::Utf16Be, 0),
                (_, true) => (Encoding::Utf16Le, 0),
                _ => (Encoding::Bytes, 0),
            }
        }
    }
}

/// Kinds of file that shops send by mistake and that are no text.
fn packed(head: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 4] = [
        (b"PK\x03\x04", "a ZIP archive or a spreadsheet"),
        (b"\xd0\xcf\x11\xe0", "an old spreadsheet"),
        (b"PAR1", "a Parquet file"),
        (b"%PDF-", "a PDF document"),
    ];
    KINDS.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, what)| *what)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives at most so many bytes at a time, as a pipe does.
    struct Drops<'a>(&'a [u8], usize);

    impl Read for Drops<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(out.len());
            let (now, later) = self.0.split_at(count);
            out[..count].copy_from_slice(now);
            self.0 = later;
            Ok(count)
        }
    }

    fn whole(bytes: &[u8], drop: usize) -> Result<String, CatalogueError> {
        let mut source = Source::open(Drops(bytes, drop))?;
        let mut all = Vec::new();
        loop {
            let count = source.bytes()?.len().min(7);
            if count == 0 {
                return Ok(text(&all).into_owned());
            }
            all.extend_from_slice(&source.bytes()?[..count]);
            source.pass(count)?;
        }
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn every_encoding_gives_the_same_text_however_the_bytes_arrive() {
        let wanted = format!("ean;naïve 😀\n{}", "4006381333931;ț😀\n".repeat(9_000));
        let marked = format!("\u{feff}{wanted}");
        for bytes in [
            wanted.clone().into_bytes(),
            marked.clone().into_bytes(),
            utf16(&wanted, u16::to_le_bytes),
            utf16(&wanted, u16::to_be_bytes),
            utf16(&marked, u16::to_le_bytes),
            utf16(&marked, u16::to_be_bytes),
        ] {
            for drop in [3, 1_000_000] {
                assert_eq!(whole(&bytes, drop).unwrap(), wanted);
            }
        }
    }

    #[test]
    fn what_is_no_utf8_is_read_as_latin_1() {
        assert_eq!(whole(b"caf\xe9", 9).unwrap(), "café");
    }

    #[test]
    fn half_a_character_at_the_end_is_a_cut_file_and_a_lone_surrogate_is_not() {
        let bytes = utf16("\u{feff}ean\n", u16::to_le_bytes);
        assert!(matches!(whole(&bytes[..bytes.len() - 1], 9), Err(CatalogueError::Read { .. })));
        let lone = [&bytes[..], &[0x3d, 0xd8]].concat();
        assert_eq!(whole(&lone, 9).unwrap(), "ean\n\u{fffd}");
        assert!(matches!(whole(&[&lone[..], &[1]].concat(), 9), Err(CatalogueError::Read { .. })));
    }

    #[test]
    fn lines_are_counted_however_they_end_and_nul_is_refused_with_its_line() {
        let nul_after = |text: &str| {
            let bytes = [text.as_bytes(), b"x\0"].concat();
            match whole(&bytes, 1) {
                Err(CatalogueError::Nul { line }) => line,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(
            ["abc", "\nabc", "\r\nabc", "\rabc", "\n\rabc", "\n\n\r\n\rabc"].map(nul_after),
            [1, 2, 2, 2, 3, 5]
        );
    }

    #[test]
    fn a_packed_file_is_named() {
        assert!(matches!(whole(b"%PDF-1.7", 1), Err(CatalogueError::Packed { what: "a PDF document" })));
    }
}
