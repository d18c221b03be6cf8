//! Where the database is: a file of SQLite, or a PostgreSQL server by its URL, or several of which one is the primary. What is shown of it, in logs and errors,
//! never holds a password.

use std::fmt;
use std::path::{Path, PathBuf};

use super::StoreError;

/// A database by its address.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Address {
    /// One file.
    Sqlite(PathBuf),
    /// Servers, of which one is the primary; a URL may hold a password.
    Postgres(Vec<String>),
}

impl Address {
    /// `sqlite:PATH`, or `postgres://USER@HOST/DATABASE`, of which several may stand one after the other with commas.
    pub(crate) fn parse(url: &str) -> Result<Self, StoreError> {
        let refuse = |why| StoreError::Address { database: shown_refused(url), why };
        if let Some(path) = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")) {
            let plain = !path.is_empty() && !path.starts_with(":memory:") && !path.contains('?');
            return if plain {
                Ok(Self::Sqlite(path.into()))
            } else {
                Err(refuse("write it as sqlite:PATH, without `?`"))
            };
        }
        let is_server = |url: &str| {
            let rest = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://"));
            rest.is_some_and(|rest| !rest.is_empty())
        };
        let urls: Vec<_> = url.split(',').map(|url| url.trim().to_owned()).collect();
        if urls.iter().all(|url| is_server(url)) {
            Ok(Self::Postgres(urls))
        } else {
            Err(refuse("write it as sqlite:PATH or postgres://USER@HOST/DATABASE (a comma in it as %2C)"))
        }
    }

    /// The file, where it is one.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) => Some(path),
            Self::Postgres(_) => None,
        }
    }

    /// The URLs for the driver. With `create` a missing file is made.
    pub(super) fn urls(&self, create: bool) -> Vec<String> {
        match self {
            Self::Sqlite(path) => vec![sqlite_url(path, if create { "rwc" } else { "rw" })],
            Self::Postgres(urls) => urls.clone(),
        }
    }
}

/// The address without password and parameters.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => path.display().fmt(f),
            Self::Postgres(urls) => {
                let shown: Vec<_> = urls.iter().map(|url| shown(url)).collect();
                f.write_str(&shown.join(","))
            }
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

/// A URL without what may be secret in it: the password (everything between the user's name and the last `@`) and the
/// parameters.
fn shown(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        None => format!("{scheme}://{rest}"),
        Some((user, place)) => format!("{scheme}://{}@{place}", user.split(':').next().unwrap_or_default()),
    }
}

/// A database's URL as it may be shown: without password and parameters, and not at all where it cannot be read.
#[must_use]
pub fn shown_database(url: &str) -> String {
    match Address::parse(url) {
        Ok(Address::Sqlite(path)) => format!("sqlite:{}", path.display()),
        Ok(servers) => servers.to_string(),
        Err(_) => "(not shown)".into(),
    }
}

/// What is shown of something that is no address: nothing where a password may stand anywhere in it.
fn shown_refused(url: &str) -> String {
    if url.contains(['@', ',', '?']) { "(not shown)".into() } else { shown(url) }
}

/// SQLite's address of a file: everything but the plainest characters is percent-encoded, since `?` or `#` in a folder's
/// name would otherwise end the path.
fn sqlite_url(path: &Path, mode: &str) -> String {
    let mut url = String::from("sqlite://");
    for byte in path.to_string_lossy().bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            url.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("{url}?mode={mode}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        assert_eq!(Address::parse("sqlite:/a/b.db").unwrap(), Address::Sqlite("/a/b.db".into()));
        assert_eq!(Address::parse("sqlite:///a/b.db").unwrap(), Address::Sqlite("/a/b.db".into()));
        assert_eq!(Address::parse("sqlite:b.db").unwrap().file(), Some(Path::new("b.db")));
        let url = "postgres://u@h/d";
        assert_eq!(Address::parse(url).unwrap(), Address::Postgres(vec![url.into()]));
        let two = "postgres://u@h/d, postgresql://u@i/d";
        let urls = vec![url.to_owned(), "postgresql://u@i/d".into()];
        assert_eq!(Address::parse(two).unwrap(), Address::Postgres(urls));
        for bad in [
            "",
            "sqlite:",
            "sqlite::memory:",
            "sqlite:a?mode=ro",
            "mysql://h/d",
            "postgres://",
            "/a/b.db",
            "postgres://h/d,",
            "postgres://h/d,sqlite:a",
        ] {
            let said = Address::parse(bad).unwrap_err().to_string();
            assert!(said.contains("sqlite:PATH"), "{bad}: {said}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        for url in [
            "postgres://u:s3cret@h:5432/d",
            "postgresql://u:s3cret@h/d?password=s3cret",
            "postgres://u:s3:@cret@h/d",
            "postgres://h/d?user=u&password=s3cret#s3cret",
        ] {
            let address = Address::parse(url).unwrap();
            for said in [address.to_string(), format!("{address:?}")] {
                assert!(
                    !said.contains("s3") && !said.contains("cret") && said.contains("h"),
                    "{url}: {said}"
                );
            }
            assert_eq!(address.urls(false), [url]);
        }
        for bad in
            ["mysql://u:s3cret@h/d", "u:s3cret@h", "postgres://h/d,u:s3cret@h", "postgres://u:s3cret,b@h/d"]
        {
            let said = Address::parse(bad).unwrap_err().to_string();
            assert!(!said.contains("s3cret"), "{said}");
        }
    }
}
