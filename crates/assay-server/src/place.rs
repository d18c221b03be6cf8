//! Where the public files lie: a folder of this machine (the default), or a bucket of an object storage that speaks S3, from
//! which any cache or content network can serve them. Both keep the same three promises, on which `crate::publish` builds:
//! what was added or replaced is durable when the call returns; a file that is there is never given other bytes by `keep`;
//! and `replace` is told what it replaces, so that of two nodes the slower one never puts an older checkpoint back.

mod bucket;
mod disk;

use std::io;
use std::path::PathBuf;

pub(crate) use self::bucket::Bucket;
pub use self::bucket::BucketError;
pub(crate) use self::disk::Disk;

/// See the module. Copies are the same place.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// A folder.
    Disk(Disk),
    /// A bucket.
    Bucket(Bucket),
}

/// Where a register's public files are to lie, if not in its data folder.
#[derive(Clone, Debug)]
pub struct PublicPlace(pub(crate) Place);

impl PublicPlace {
    /// `s3://BUCKET/PREFIX`, or the path of a folder. To be called on the run-time that the register runs on.
    ///
    /// # Errors
    /// An address that is none.
    pub fn parse(address: &str) -> Result<Self, BucketError> {
        Ok(Self(match address.contains("://") {
            true => Place::Bucket(Bucket::open(address)?),
            false => Place::Disk(Disk::new(address.into())),
        }))
    }
}

/// Why a place did not do what it was told.
#[derive(Debug)]
pub(crate) enum PlaceError {
    /// The system, or the object storage, refused.
    Io(PathBuf, io::Error),
    /// A file that is to stay as it is has other bytes.
    Changed(PathBuf),
}

/// A file's bytes, and which version of it they are.
pub(crate) struct Found {
    pub(crate) bytes: Vec<u8>,
    version: Version,
}

/// What a replacement replaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// Nothing: the file is not there.
    None,
    /// Whatever is there: a folder is one process's, which knows what it wrote.
    Any,
    /// This version, by the name that an object storage gives it.
    Tag { e_tag: Option<String>, version: Option<String> },
}

impl Found {
    /// The version to be replaced, of a file that is there or not.
    pub(crate) fn version(found: Option<&Self>) -> Version {
        found.map_or(Version::None, |found| found.version.clone())
    }
}

impl Place {
    /// What a person is told of where a file is.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        match self {
            Self::Disk(disk) => disk.path(name),
            Self::Bucket(bucket) => bucket.path(name),
        }
    }

    /// A file, if it is there, on a thread that may wait for the disk.
    pub(crate) async fn read(&self, name: &str) -> io::Result<Option<Found>> {
        match self {
            Self::Disk(disk) => Ok(disk.read(name)?.map(|bytes| Found { bytes, version: Version::Any })),
            Self::Bucket(bucket) => bucket.read(name).await,
        }
    }

    /// The same on a thread that has other things to do meanwhile.
    pub(crate) async fn read_aside(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match self {
            Self::Disk(disk) => disk.read_aside(name).await,
            Self::Bucket(bucket) => Ok(bucket.read(name).await?.map(|found| found.bytes)),
        }
    }

    /// Sees to it that these files are there with these bytes.
    ///
    /// # Errors
    /// Also where one is there with others. Some may have been written; none of them is half.
    pub(crate) async fn keep(&self, files: Vec<(String, Vec<u8>)>) -> Result<(), PlaceError> {
        match self {
            Self::Disk(disk) => disk.keep(files),
            Self::Bucket(bucket) => bucket.keep(files).await,
        }
    }

    /// Puts a file in place of the version that was read; says whether it was still that one.
    pub(crate) async fn replace(&self, name: &str, bytes: &[u8], old: Version) -> Result<bool, PlaceError> {
        match self {
            Self::Disk(disk) => disk.replace(name, bytes).map(|()| true),
            Self::Bucket(bucket) => bucket.replace(name, bytes, old).await,
        }
    }

    /// Removes every file whose name begins with `folder/`; none may be there.
    pub(crate) async fn remove_all(&self, folder: &str) -> io::Result<()> {
        match self {
            Self::Disk(disk) => disk.remove_all(folder),
            Self::Bucket(bucket) => bucket.remove_all(folder).await,
        }
    }

    /// The names of all files below `folder/`.
    pub(crate) async fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        match self {
            Self::Disk(disk) => disk.list(folder),
            Self::Bucket(bucket) => bucket.list(folder).await,
        }
    }

    /// Removes what a crash left behind where nobody looks.
    pub(crate) fn clear(&self) -> Result<(), PlaceError> {
        match self {
            Self::Disk(disk) => disk.clear(),
            Self::Bucket(_) => Ok(()),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
