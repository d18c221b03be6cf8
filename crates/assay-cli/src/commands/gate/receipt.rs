//! The receipt of a run: digests of what went in and came out, taken as it passes, and what was known, signed.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use assay::key::SecretKey;
use assay::receipt::{File, Known, Receipt};
use assay::scheme::Scheme;
use assay::scope::Place;
use assay::snapshot::Header;
use assay_gate::Summary;
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

use crate::exit::Failure;
use crate::folder::Beside;

/// A digest that is taken while bytes pass.
#[derive(Clone, Default)]
pub(super) struct Passing(Arc<Mutex<(Sha256, u64)>>);

impl Passing {
    fn take(&self, bytes: &[u8]) {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        taken.0.update(bytes);
        taken.1 += bytes.len() as u64;
    }

    /// Of all bytes that passed.
    fn file(&self) -> File {
        let (digest, bytes) = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        File { sha256: digest.finalize().iter().map(|b| format!("{b:02x}")).collect(), bytes }
    }
}

/// A reader or writer whose bytes are digested.
pub(super) struct Digested<T> {
    pub(super) inner: T,
    pub(super) passing: Option<Passing>,
}

impl<R: Read> Read for Digested<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(out)?;
        if let Some(passing) = &self.passing {
            passing.take(&out[..count]);
        }
        Ok(count)
    }
}

impl<W: Write> Write for Digested<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        if let Some(passing) = &self.passing {
            passing.take(&bytes[..count]);
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Where the receipt goes, who signs it, and the digests that are taken for it.
pub(super) struct Wanted {
    pub(super) file: PathBuf,
    pub(super) key: SecretKey,
    pub(super) catalogue: Passing,
    pub(super) verdicts: Option<Passing>,
}

/// What was judged by.
pub(super) struct By<'a> {
    pub(super) header: &'a Header,
    pub(super) market: Option<(&'a Scheme, Option<Place>)>,
    pub(super) on: Date,
    pub(super) scope_check: bool,
    pub(super) supported_for: Option<u32>,
    pub(super) sold_on: Option<&'a str>,
}

impl Wanted {
    /// Writes it beside its place.
    pub(super) fn write(&self, by: &By<'_>, summary: &Summary) -> Result<Beside, Failure> {
        let h = by.header;
        let (scheme, place) = by.market.ok_or_else(|| Failure::impossible("a receipt is for one scheme"))?;
        let receipt = Receipt {
            program: concat!("assay ", env!("CARGO_PKG_VERSION")).into(),
            catalogue: self.catalogue.file(),
            verdicts: self.verdicts.as_ref().map(Passing::file),
            snapshot: Known {
                log_origin: h.log_origin.clone(),
                number: h.number,
                log_size: h.log_size,
                root: h.root.clone(),
                tree: h.tree.clone(),
                body_sha256: h.body_sha256.clone(),
                issued: h.issued,
                valid_until: h.valid_until,
            },
            scheme: scheme.id.clone(),
            territory: place.map(|place| place.word().to_owned()),
            on: by.on,
            sold_on: by.sold_on.map(str::to_owned),
            supported_for: by.supported_for,
            scope_check: by.scope_check,
            rows: summary.rows,
            may_sell: summary.may_sell,
            refuse: summary.refuse,
            ask: summary.ask,
            out_of_scope: summary.out_of_scope,
            by_reason: summary.by_reason.clone(),
        };
        let text = receipt.sign(&self.key).map_err(|e| Failure::impossible(e.to_string()))?;
        Beside::write(&self.file, false, |file| file.write_all(text.as_bytes()))
    }
}
