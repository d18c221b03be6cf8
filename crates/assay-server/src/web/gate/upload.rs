//! The form that a shop sends: a file and a few fields, in whatever order. The file is taken in piece by piece and never
//! touches a disk; the route bounds it, and bounds the time it takes.

use std::io::Read;

use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError, MultipartRejection};
use axum::http::StatusCode;

/// What the fields say, as they were written: an error shows them again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::web) struct Asked {
    pub(super) scheme: String,
    pub(super) on: String,
    pub(super) gtin_column: String,
    pub(super) sku_column: String,
}

/// A file as it came in, in blocks: the pieces of the network may be tiny, and to keep them as they came would cost many
/// times the file.
#[derive(Default)]
pub(super) struct Upload {
    blocks: Vec<Vec<u8>>,
}

const BLOCK: usize = 1 << 20;

/// A field that is longer makes no sense.
const FIELD_BYTES: usize = 1024;

/// Reads the whole form; an error comes with what was understood of it.
pub(super) async fn read(
    body: Result<Multipart, MultipartRejection>,
) -> Result<(Asked, Upload), (Asked, String)> {
    let mut asked = Asked::default();
    let not_a_form = "This was not sent by the form: choose the file here and send it again.";
    let Ok(mut form) = body else { return Err((asked, not_a_form.into())) };
    let mut upload = None;
    loop {
        let field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => break,
            Err(error) => return Err((asked, broken(&error))),
        };
        let name = field.name().unwrap_or_default().to_owned();
        let most = if name == "catalogue" { usize::MAX } else { FIELD_BYTES };
        let content = match take(field, most).await {
            Ok(content) => content,
            Err(why) => return Err((asked, why)),
        };
        if name == "catalogue" {
            upload = (!content.blocks.is_empty()).then_some(content);
            continue;
        }
        let text = String::from_utf8_lossy(&content.blocks.concat()).into_owned();
        match name.as_str() {
            "scheme" => asked.scheme = text,
            "on" => asked.on = text,
            "gtin_column" => asked.gtin_column = text,
            "sku_column" => asked.sku_column = text,
            _ => {}
        }
    }
    match upload {
        Some(upload) => Ok((asked, upload)),
        None => Err((asked, "Choose the file with your catalogue; the one that was sent is empty.".into())),
    }
}

async fn take(mut field: Field<'_>, most: usize) -> Result<Upload, String> {
    let (mut content, mut length) = (Upload::default(), 0usize);
    while let Some(piece) = field.chunk().await.map_err(|e| broken(&e))? {
        length = length.saturating_add(piece.len());
        if length > most {
            return Err("One of the fields is too long.".into());
        }
        content.push(&piece);
    }
    Ok(content)
}

fn broken(error: &MultipartError) -> String {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        "The file is larger than 64 MiB. Use the command `assay gate` with the snapshot from this register: it takes files of any size.".into()
    } else {
        "The file did not arrive whole. Send it again.".into()
    }
}

impl Upload {
    fn push(&mut self, mut piece: &[u8]) {
        while !piece.is_empty() {
            match self.blocks.last_mut().filter(|block| block.len() < BLOCK) {
                None => self.blocks.push(Vec::new()),
                Some(block) => {
                    let (now, later) = piece.split_at(piece.len().min(BLOCK - block.len()));
                    block.extend_from_slice(now);
                    piece = later;
                }
            }
        }
    }

    /// Whether it is packed: what it unpacks to has no bound.
    pub(super) fn is_packed(&self) -> bool {
        let mut head = Vec::new();
        let _ = self.reader().take(4).read_to_end(&mut head);
        assay_gate::is_packed(&head)
    }

    /// The file from its beginning.
    pub(super) fn reader(&self) -> impl Read + '_ {
        Blocks { rest: &self.blocks, at: 0 }
    }
}

struct Blocks<'a> {
    rest: &'a [Vec<u8>],
    at: usize,
}

impl Read for Blocks<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let Some((block, later)) = self.rest.split_first() else { return Ok(0) };
        let ready = &block[self.at..];
        let count = ready.len().min(out.len());
        out[..count].copy_from_slice(&ready[..count]);
        self.at += count;
        if self.at == block.len() {
            (self.rest, self.at) = (later, 0);
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_reads_as_it_came_whatever_the_pieces_and_the_readers_step() {
        let whole: Vec<u8> = (0..2 * BLOCK + 77).map(|n| (n % 251) as u8).collect();
        for (piece, step) in [(1_000_003, 70_001), (BLOCK, BLOCK), (3 * BLOCK, 1 << 22), (65_536, 8_191)] {
            let mut upload = Upload::default();
            whole.chunks(piece).for_each(|piece| upload.push(piece));
            assert_eq!(upload.blocks.len(), 3);
            let (mut reader, mut all, mut buffer) = (upload.reader(), Vec::new(), vec![0; step]);
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                all.extend_from_slice(&buffer[..count]);
            }
            assert!(all == whole, "pieces of {piece}, steps of {step}");
        }
    }
}
