//! `GET /log/checkpoint` and `GET /log/tile/…`: the published files, as any static web server would serve them (C2SP
//! `tlog-tiles`). What a visitor sends is parsed into the name of a tile and never used as a path.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use assay_log::tile::{FULL_WIDTH, Holds};
use assay_log::{Hash, TilePath, bundle};

use super::page;
use crate::reader::Reader;

/// The checkpoint changes with every batch.
pub(super) async fn checkpoint(State(reader): State<Reader>) -> Response {
    let found = reader.files.show_checkpoint().await;
    match found.and_then(|found| found.ok_or_else(|| std::io::ErrorKind::NotFound.into())) {
        Ok(bytes) => ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], bytes).into_response(),
        Err(error) => {
            tracing::error!(%error, "the published checkpoint cannot be read");
            page::busy("The log's checkpoint cannot be read. Try again in a few minutes.")
        }
    }
}

/// The bytes of a tile, if there is one; of a partial one that is gone because it became full, the beginning of the full
/// one.
async fn read(reader: &Reader, tile: &TilePath) -> std::io::Result<Option<Vec<u8>>> {
    let found = reader.files.show_tile(tile).await?;
    if found.is_some() || !tile.is_partial() {
        return Ok(found);
    }
    let full = match tile.holds() {
        Holds::Hashes { level } => TilePath::hashes(level, tile.index(), FULL_WIDTH),
        Holds::Entries => TilePath::entries(tile.index(), FULL_WIDTH),
    };
    let Ok(full) = full else { return Ok(None) };
    let Some(bytes) = reader.files.show_tile(&full).await? else { return Ok(None) };
    let width = usize::from(tile.width());
    let beginning = match tile.holds() {
        Holds::Hashes { .. } => bytes.get(..width * Hash::BYTES).map(<[u8]>::to_vec),
        Holds::Entries => bundle::decode(&bytes, usize::from(FULL_WIDTH))
            .ok()
            .and_then(|entries| bundle::encode(entries.into_iter().take(width)).ok()),
    };
    beginning.map(Some).ok_or_else(|| std::io::Error::other("the full tile is damaged"))
}

/// A tile never changes, also a partial one: its width is in its name.
pub(super) async fn tile(State(reader): State<Reader>, Path(path): Path<String>) -> Response {
    let Ok(tile) = TilePath::parse(&path) else { return page::not_found() };
    match read(&reader, &tile).await {
        Ok(Some(bytes)) => {
            let headers = [
                (header::CONTENT_TYPE, "application/octet-stream"),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ];
            (headers, bytes).into_response()
        }
        Ok(None) => {
            (StatusCode::NOT_FOUND, "the log has no such tile: ask for those of its checkpoint's size\n")
                .into_response()
        }
        Err(error) => {
            tracing::error!(%error, tile = %tile, "a published tile cannot be read");
            page::busy("This part of the log cannot be read. Try again in a few minutes.")
        }
    }
}
