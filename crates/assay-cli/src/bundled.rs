//! The three example cases and the catalogue that the demo takes through the chain, carried in the binary and written out
//! as real folders. Dates in them follow today's, so that an example does not expire.

use std::fs;
use std::path::Path;

use assay::date::{Date, in_words};

use crate::exit::Failure;
use crate::folder::write_whole;

/// A file of an example: its path below the cases' folder, and its text.
type File = (&'static str, &'static str);

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        [$(($path, include_str!(concat!("../demo/", $path)))),*]
    };
}

/// The cases' folders, in the order in which they are told.
pub(crate) const CASES: [&str; 3] = ["hearth-camera", "pebble-plug", "brisk-doorbell"];

/// The catalogue of a shop that sells the examples.
pub(crate) const CATALOGUE: &str = "catalogue.csv";

const FILES: [File; 17] = files![
    "catalogue.csv",
    "hearth-camera/product.toml",
    "hearth-camera/statement.toml",
    "hearth-camera/evidence/batch-2026-44.csv",
    "hearth-camera/evidence/rootfs/etc/passwd",
    "hearth-camera/evidence/rootfs/etc/shadow",
    "hearth-camera/evidence/security.txt",
    "hearth-camera/evidence/policy.txt",
    "hearth-camera/evidence/support.txt",
    "pebble-plug/product.toml",
    "pebble-plug/evidence/rootfs/etc/passwd",
    "pebble-plug/evidence/support.txt",
    "brisk-doorbell/product.toml",
    "brisk-doorbell/evidence/labels.csv",
    "brisk-doorbell/evidence/rootfs/etc/passwd",
    "brisk-doorbell/evidence/rootfs/etc/shadow",
    "brisk-doorbell/evidence/security.txt",
];

/// Writes the examples below a folder, with dates that follow `today`.
pub(crate) fn write(root: &Path, today: Date) -> Result<(), Failure> {
    let end = last_of_may(today.year().saturating_add(4));
    let short = last_of_may(today.year().saturating_add(2));
    let expires = today.saturating_add(jiff::Span::new().days(300));
    let dates = [
        ("@END_SHORT_WORDS@", in_words(short)),
        ("@END_SHORT@", short.to_string()),
        ("@END_WORDS@", in_words(end)),
        ("@END@", end.to_string()),
        ("@EXPIRES@", expires.to_string()),
        ("@TODAY@", today.to_string()),
    ];
    for (path, text) in FILES {
        let place = root.join(path);
        let folder = place.parent().unwrap_or(root);
        fs::create_dir_all(folder).map_err(|e| Failure::writing(folder, &e))?;
        let text = dates.iter().fold(text.to_owned(), |t, (mark, date)| t.replace(mark, date));
        write_whole(&place, text.as_bytes(), false)?;
    }
    Ok(())
}

fn last_of_may(year: i16) -> Date {
    Date::new(year, 5, 31).unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_mark_is_left_in_a_written_example() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), assay::date::parse("2026-11-22").unwrap()).unwrap();
        for (path, _) in FILES {
            let text = fs::read_to_string(folder.path().join(path)).unwrap();
            let marks =
                text.lines().filter(|l| !l.starts_with('#') && l.contains('@') && !l.contains("mailto:"));
            assert_eq!(marks.count(), 0, "{path}");
        }
    }
}
