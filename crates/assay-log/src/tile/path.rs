//! The path of a tile or an entry bundle: `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`. A path is
//! parsed into what it names and is never used as it came, so nothing a visitor sends can climb out of the
//! log's folder.

use std::fmt;
use std::str::FromStr;

use super::{FULL_WIDTH, MAX_LEVEL};
use crate::decimal::decimal;

/// What a file of the log holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holds {
    /// Entries, with their lengths.
    Entries,
    /// Hashes of a level: 0 has leaf hashes, each further one the hashes of full tiles of the level below.
    Hashes {
        /// The level, up to [`MAX_LEVEL`].
        level: u8,
    },
}

/// Which file of the log: what it holds, its index among those, and how many hashes or entries it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TilePath {
    holds: Holds,
    index: u64,
    width: u16,
}

/// Why a path names no tile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// The path has another shape.
    #[error(
        "a tile's path reads tile/<level>/<index> or tile/entries/<index>, with .p/<width> if it is partial"
    )]
    Shape,
    /// The level is no number, is spelled in another way, or is too high.
    #[error("the level of a tile is a number from 0 to {MAX_LEVEL}, without leading zeros")]
    Level,
    /// The index is not in groups of three digits, or is too large.
    #[error(
        "the index of a tile is in groups of three digits, all but the last after an x, as in x001/x234/067"
    )]
    Index,
    /// The width of a partial tile is no number, is spelled in another way, or is that of a full or empty
    /// tile.
    #[error(
        "the width of a partial tile is a number from 1 to 255, without leading zeros; a full tile has no width in its path"
    )]
    Width,
}

impl TilePath {
    /// The path of a tile of hashes; a `width` of 256 makes it a full tile.
    pub fn hashes(level: u8, index: u64, width: u16) -> Result<Self, PathError> {
        if level > MAX_LEVEL {
            return Err(PathError::Level);
        }
        Self::checked(Holds::Hashes { level }, index, width)
    }

    /// The path of an entry bundle; a `width` of 256 makes it a full bundle.
    pub fn entries(index: u64, width: u16) -> Result<Self, PathError> {
        Self::checked(Holds::Entries, index, width)
    }

    /// Reads a path, without a slash at either end. There is one path for each tile, and no other is taken.
    pub fn parse(path: &str) -> Result<Self, PathError> {
        let (kind, rest) =
            path.strip_prefix("tile/").and_then(|rest| rest.split_once('/')).ok_or(PathError::Shape)?;
        let holds = if kind == "entries" {
            Holds::Entries
        } else {
            let level = decimal(kind).and_then(|level| u8::try_from(level).ok()).ok_or(PathError::Level)?;
            if level > MAX_LEVEL {
                return Err(PathError::Level);
            }
            Holds::Hashes { level }
        };
        let (index, width) = match rest.split_once(".p/") {
            None => (rest, FULL_WIDTH),
            Some((index, width)) => {
                let width =
                    decimal(width).and_then(|width| u16::try_from(width).ok()).ok_or(PathError::Width)?;
                if width == FULL_WIDTH {
                    return Err(PathError::Width);
                }
                (index, width)
            }
        };
        Self::checked(holds, parse_index(index)?, width)
    }

    /// What the file holds.
    #[must_use]
    pub fn holds(&self) -> Holds {
        self.holds
    }

    /// The level of a tile of hashes; none for an entry bundle.
    #[must_use]
    pub fn level(&self) -> Option<u8> {
        match self.holds {
            Holds::Entries => None,
            Holds::Hashes { level } => Some(level),
        }
    }

    /// The index of the file among those of its kind.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }

    /// How many hashes or entries it has: from 1 to 256.
    #[must_use]
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Whether it has fewer than 256.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.width < FULL_WIDTH
    }

    /// For callers in this module that have a width between 1 and 256 and a level that exists.
    pub(super) fn new(holds: Holds, index: u64, width: u16) -> Self {
        Self { holds, index, width }
    }

    fn checked(holds: Holds, index: u64, width: u16) -> Result<Self, PathError> {
        if (1..=FULL_WIDTH).contains(&width) {
            Ok(Self { holds, index, width })
        } else {
            Err(PathError::Width)
        }
    }
}

fn parse_index(text: &str) -> Result<u64, PathError> {
    let groups: Vec<&str> = text.split('/').take(MAX_GROUPS + 1).collect();
    let (last, leading) = groups.split_last().ok_or(PathError::Index)?;
    if leading.len() >= MAX_GROUPS || leading.first() == Some(&"x000") {
        return Err(PathError::Index);
    }
    let mut index = 0;
    for group in leading.iter().map(|group| group.strip_prefix('x')).chain([Some(*last)]) {
        index = group
            .and_then(three_digits)
            .and_then(|value| push_group(index, value))
            .ok_or(PathError::Index)?;
    }
    Ok(index)
}

/// Enough groups of three digits for any index of 64 bits.
const MAX_GROUPS: usize = 7;

fn three_digits(group: &str) -> Option<u64> {
    let digits = group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit());
    if digits { group.parse().ok() } else { None }
}

fn push_group(index: u64, group: u64) -> Option<u64> {
    index.checked_mul(1000)?.checked_add(group)
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.holds {
            Holds::Entries => write!(f, "tile/entries/")?,
            Holds::Hashes { level } => write!(f, "tile/{level}/")?,
        }
        let mut leading = Vec::new();
        let mut rest = self.index / 1000;
        while rest > 0 {
            leading.push(rest % 1000);
            rest /= 1000;
        }
        leading.iter().rev().try_for_each(|group| write!(f, "x{group:03}/"))?;
        write!(f, "{:03}", self.index % 1000)?;
        if self.is_partial() { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

impl FromStr for TilePath {
    type Err = PathError;

    fn from_str(path: &str) -> Result<Self, PathError> {
        Self::parse(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_says_what_it_names() {
        let tile = TilePath::parse("tile/2/x001/x234/067.p/8").unwrap();
        assert_eq!(
            (tile.level(), tile.index(), tile.width(), tile.is_partial()),
            (Some(2), 1_234_067, 8, true)
        );
        let bundle = TilePath::parse("tile/entries/000").unwrap();
        assert_eq!(
            (bundle.holds(), bundle.index(), bundle.width(), bundle.is_partial()),
            (Holds::Entries, 0, 256, false)
        );
        assert_eq!(bundle.level(), None);
    }

    #[test]
    fn a_path_is_written_as_it_is_read() {
        for path in [
            "tile/0/000",
            "tile/63/999",
            "tile/0/x001/000",
            "tile/1/x999/999.p/255",
            "tile/entries/x001/x234/067",
            "tile/entries/x018/x446/x744/x073/x709/x551/615.p/1",
        ] {
            assert_eq!(TilePath::parse(path).unwrap().to_string(), path);
        }
        assert_eq!(
            TilePath::hashes(0, u64::MAX, 256).unwrap().to_string(),
            "tile/0/x018/x446/x744/x073/x709/x551/615"
        );
        assert_eq!(TilePath::entries(5, 5), "tile/entries/005.p/5".parse());
    }

    #[test]
    fn a_path_that_is_not_the_one_path_is_refused() {
        use PathError::{Index, Level, Shape, Width};
        for (path, why) in [
            ("", Shape),
            ("tile", Shape),
            ("tile/", Shape),
            ("tile/0", Shape),
            ("/tile/0/000", Shape),
            ("Tile/0/000", Shape),
            ("../tile/0/000", Shape),
            ("tile//000", Level),
            ("tile/00/000", Level),
            ("tile/64/000", Level),
            ("tile/256/000", Level),
            ("tile/-1/000", Level),
            ("tile/../000", Level),
            ("tile/Entries/000", Level),
            ("tile/0/", Index),
            ("tile/0/0", Index),
            ("tile/0/0000", Index),
            ("tile/0/x000", Index),
            ("tile/0/x000/001", Index),
            ("tile/0/001/002", Index),
            ("tile/0/x001/x002", Index),
            ("tile/0/x01/002", Index),
            ("tile/0/x0001/002", Index),
            ("tile/0/X001/002", Index),
            ("tile/0/x001//002", Index),
            ("tile/0/../000", Index),
            ("tile/0/x001/..", Index),
            ("tile/0/+01", Index),
            ("tile/0/٠٠٠", Index),
            ("tile/0/000/", Index),
            ("tile/0/000 ", Index),
            ("tile/0/000.p", Index),
            ("tile/0/000\0", Index),
            ("tile/0/x018/x446/x744/x073/x709/x551/616", Index),
            ("tile/0/x001/x018/x446/x744/x073/x709/x551/615", Index),
            ("tile/0/000.p/", Width),
            ("tile/0/000.p/0", Width),
            ("tile/0/000.p/01", Width),
            ("tile/0/000.p/256", Width),
            ("tile/0/000.p/65537", Width),
            ("tile/0/000.p/1/", Width),
            ("tile/0/000.p/1.p/1", Width),
        ] {
            assert_eq!(TilePath::parse(path), Err(why), "{path:?}");
        }
    }

    #[test]
    fn a_path_cannot_be_made_for_a_tile_that_cannot_be() {
        assert_eq!(TilePath::hashes(64, 0, 1), Err(PathError::Level));
        assert_eq!(TilePath::hashes(0, 0, 0), Err(PathError::Width));
        assert_eq!(TilePath::entries(0, 257), Err(PathError::Width));
    }
}
