//! A bucket of an object storage that speaks S3. An upload is durable when it is answered; that a file is not there yet, or
//! still the version that was read, is the storage's own to decide (`If-None-Match`, `If-Match`), so that no second node and
//! no slow upload of an earlier life can put other bytes in place.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::client::{ClientConfigKey, SpawnedReqwestConnector};
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, Error, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, RetryConfig,
    UpdateVersion,
};

use super::{Found, PlaceError, Version};

/// See the module.
#[derive(Clone)]
pub(crate) struct Bucket {
    store: Arc<dyn ObjectStore>,
    /// Before every name; empty or `some/where`.
    prefix: Path,
    /// `s3://bucket`.
    shown: Arc<str>,
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bucket").field("at", &self.path("")).finish_non_exhaustive()
    }
}

/// So many requests are under way at once.
const AT_ONCE: usize = 32;
/// One request takes no longer than this, and all tries of it together no longer than that.
const REQUEST: &str = "5 seconds";
const TRIES: Duration = Duration::from_secs(10);
/// The largest file that is read: an entry bundle of 256 entries of 65,535 bytes, with their lengths.
const LARGEST: u64 = 256 * (65_535 + 2);

/// Why an address names no bucket.
#[derive(Debug, thiserror::Error)]
#[error("{said} is no place for public files: {why}; give a folder, or s3://BUCKET/PREFIX")]
pub struct BucketError {
    /// What was given.
    said: String,
    /// What is wrong with it.
    why: String,
}

impl Bucket {
    /// The bucket at `s3://BUCKET/PREFIX`. Who is allowed in, and where the storage is, stands in the environment under the
    /// names that its other clients use: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT_URL` ...
    /// Connections live on the run-time that this is called on.
    ///
    /// # Errors
    /// An address or an environment that makes no sense. Nothing is asked of the storage yet.
    pub(crate) fn open(address: &str) -> Result<Self, BucketError> {
        let refuse = |why: String| BucketError { said: address.to_owned(), why };
        let (bucket, prefix) = parse(address).map_err(refuse)?;
        provide_tls();
        let retry = RetryConfig { retry_timeout: TRIES, ..RetryConfig::default() };
        let store = AmazonS3Builder::from_env()
            .with_bucket_name(bucket)
            .with_config(AmazonS3ConfigKey::Client(ClientConfigKey::Timeout), REQUEST)
            .with_retry(retry)
            .with_http_connector(SpawnedReqwestConnector::new(tokio::runtime::Handle::current()))
            .build()
            .map_err(|e| refuse(said(&e)))?;
        Ok(Self::over(Arc::new(store), prefix, bucket))
    }

    /// Any object storage, for tests.
    pub(super) fn over(store: Arc<dyn ObjectStore>, prefix: Path, bucket: &str) -> Self {
        Self { store, prefix, shown: format!("s3://{bucket}").into() }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        PathBuf::from(format!("{}/{}", self.shown, self.at(name)))
    }

    fn at(&self, name: &str) -> Path {
        name.split('/').filter(|part| !part.is_empty()).fold(self.prefix.clone(), |at, part| at.join(part))
    }

    pub(super) async fn read(&self, name: &str) -> io::Result<Option<Found>> {
        let found = match self.store.get(&self.at(name)).await {
            Err(Error::NotFound { .. }) => return Ok(None),
            found => found.map_err(failed)?,
        };
        if found.meta.size > LARGEST {
            return Err(io::Error::other("it is larger than any file of a log"));
        }
        let (e_tag, version) = (found.meta.e_tag.clone(), found.meta.version.clone());
        let bytes = found.bytes().await.map_err(failed)?.to_vec();
        Ok(Some(Found { bytes, version: Version::Tag { e_tag, version } }))
    }

    pub(super) async fn keep(&self, files: Vec<(String, Vec<u8>)>) -> Result<(), PlaceError> {
        let work = stream::iter(files).map(|(name, bytes)| self.keep_one(name, bytes));
        work.buffer_unordered(AT_ONCE).try_collect().await
    }

    async fn keep_one(&self, name: String, bytes: Vec<u8>) -> Result<(), PlaceError> {
        if self.replace(&name, &bytes, Version::None).await? {
            return Ok(());
        }
        let there = self.read(&name).await.map_err(|e| PlaceError::Io(self.path(&name), e))?;
        match there {
            Some(there) if there.bytes == bytes => Ok(()),
            Some(_) => Err(PlaceError::Changed(self.path(&name))),
            None => Err(PlaceError::Io(self.path(&name), io::Error::other("it came and went: try again"))),
        }
    }

    pub(super) async fn replace(&self, name: &str, bytes: &[u8], old: Version) -> Result<bool, PlaceError> {
        let mode = match old {
            Version::None => PutMode::Create,
            Version::Any => PutMode::Overwrite,
            Version::Tag { e_tag, version } => PutMode::Update(UpdateVersion { e_tag, version }),
        };
        let options = PutOptions { mode, attributes: served_as(name), ..PutOptions::default() };
        let put = self.store.put_opts(&self.at(name), bytes.to_vec().into(), options).await;
        match put {
            Ok(_) => Ok(true),
            // Not there any more is also another version than the one that was read.
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. } | Error::NotFound { .. }) => {
                Ok(false)
            }
            Err(error) => Err(PlaceError::Io(self.path(name), failed(error))),
        }
    }

    pub(super) async fn remove_all(&self, folder: &str) -> io::Result<()> {
        let names = self.store.list(Some(&self.at(folder))).map_ok(|meta| meta.location).boxed();
        let removed = self.store.delete_stream(names).try_for_each(|_| async { Ok(()) }).await;
        match removed {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }

    pub(super) async fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let names = self.store.list(Some(&self.at(folder))).map_ok(|meta| {
            let parts = meta.location.prefix_match(&self.prefix);
            parts.map(|parts| parts.map(|part| part.as_ref().to_owned()).collect::<Vec<_>>().join("/"))
        });
        let names: Vec<Option<String>> = names.try_collect().await.map_err(failed)?;
        Ok(names.into_iter().flatten().collect())
    }
}

/// How the storage is to serve a file to whoever is sent to it, as C2SP tlog-tiles asks: tiles and bundles never change,
/// and what is a text is replaced.
fn served_as(name: &str) -> Attributes {
    let (kind, kept) = match name.starts_with("log/tile/") {
        true => ("application/octet-stream", "public, max-age=31536000, immutable"),
        false => ("text/plain; charset=utf-8", "no-cache"),
    };
    [(Attribute::ContentType, kind), (Attribute::CacheControl, kept)].into_iter().collect()
}

/// The cryptography of TLS for the whole process, if nobody has set it yet: an error says that somebody has.
pub(super) fn provide_tls() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// `s3://BUCKET/PREFIX` in its two parts.
fn parse(address: &str) -> Result<(&str, Path), String> {
    let rest = address.strip_prefix("s3://").ok_or("it does not begin with s3://")?;
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    if !(3..=63).contains(&bucket.len()) || !bucket.chars().all(plain) {
        return Err(format!("`{bucket}` is no name of a bucket"));
    }
    let prefix = Path::parse(prefix.trim_end_matches('/')).map_err(|e| e.to_string())?;
    Ok((bucket, prefix))
}

fn failed(error: Error) -> io::Error {
    io::Error::other(said(&error))
}

/// What an error says, with what is beneath it: object_store's own sentences leave the reason to the source.
fn said(error: &Error) -> String {
    let mut said = error.to_string();
    let mut beneath = std::error::Error::source(error);
    while let Some(source) = beneath {
        let more = source.to_string();
        if !said.contains(&more) {
            said = format!("{said}: {more}");
        }
        beneath = source.source();
    }
    // One line, of a length that a log can hold.
    said.chars().map(|c| if c.is_control() { ' ' } else { c }).take(400).collect()
}
