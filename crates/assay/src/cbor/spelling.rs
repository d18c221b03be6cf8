//! Whether bytes are one CBOR value in its deterministic spelling, found out by walking over them once, without building
//! anything. It knows what our records hold: integers, byte strings, texts, lists, maps, booleans and null.

/// What a walk over the bytes found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// One whole value in its one spelling.
    One,
    /// Not that, or something that this walk does not know: whoever asks looks closer.
    Unsure,
}

/// Walks over the bytes, no deeper than so many levels.
pub(super) fn of(bytes: &[u8], depth: usize) -> Spelling {
    match value(bytes, depth) {
        Some([]) => Spelling::One,
        _ => Spelling::Unsure,
    }
}

/// Skips one value; what follows it.
fn value(bytes: &[u8], depth: usize) -> Option<&[u8]> {
    let (major, argument, rest) = head(bytes)?;
    match major {
        0 | 1 => Some(rest),
        2 => rest.get(usize::try_from(argument).ok()?..),
        3 => {
            let (text, rest) = rest.split_at_checked(usize::try_from(argument).ok()?)?;
            str::from_utf8(text).ok()?;
            Some(rest)
        }
        4 => {
            let depth = depth.checked_sub(1)?;
            let mut rest = rest;
            // Every item has a byte at least, so that a number without items behind it ends the walk.
            for _ in 0..argument {
                rest = value(rest, depth)?;
            }
            Some(rest)
        }
        5 => {
            let depth = depth.checked_sub(1)?;
            let (mut rest, mut before): (&[u8], &[u8]) = (rest, &[]);
            for _ in 0..argument {
                let after = value(rest, depth)?;
                let key = &rest[..rest.len() - after.len()];
                if key <= before {
                    return None;
                }
                (rest, before) = (value(after, depth)?, key);
            }
            Some(rest)
        }
        7 => matches!(bytes[0], 0xf4..=0xf6).then_some(rest),
        _ => None,
    }
}

/// The major type and the argument, in the shortest spelling.
fn head(bytes: &[u8]) -> Option<(u8, u64, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let major = first >> 5;
    let (argument, rest, least) = match first & 0x1f {
        small @ 0..=0x17 => return Some((major, u64::from(small), rest)),
        0x18 => {
            let (n, rest) = rest.split_first_chunk::<1>()?;
            (u64::from(n[0]), rest, 0x18)
        }
        0x19 => {
            let (n, rest) = rest.split_first_chunk::<2>()?;
            (u64::from(u16::from_be_bytes(*n)), rest, 0x100)
        }
        0x1a => {
            let (n, rest) = rest.split_first_chunk::<4>()?;
            (u64::from(u32::from_be_bytes(*n)), rest, 0x1_0000)
        }
        0x1b => {
            let (n, rest) = rest.split_first_chunk::<8>()?;
            (u64::from_be_bytes(*n), rest, 0x1_0000_0000)
        }
        _ => return None,
    };
    (argument >= least).then_some((major, argument, rest))
}
