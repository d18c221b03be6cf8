//! The step between two passwords that are the same save for a counter: where it ends, and by how much it moved in every
//! numeral system that can write it. `A019Z` to `A020Z` is 1 in decimal and 7 in hexadecimal; only a third password says
//! which it was.

use super::system::{LIKE_ANOTHER, SYSTEM, SYSTEMS, System, that_write};

/// Steps larger than this are no counter's.
pub const MOST: i64 = 1000;

/// A step that some numeral systems agree with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// Bytes behind the last one that changed: a counter ends where its lowest changing digit stands, always.
    behind: usize,
    /// One bit a numeral system.
    systems: u16,
    by: [i16; SYSTEMS],
}

/// All numeral systems.
pub(super) const ALL: u16 = u16::MAX >> (16 - SYSTEMS);

impl Step {
    /// The systems that agree, a bit each.
    pub(super) fn systems(&self) -> u16 {
        self.systems
    }

    /// What both steps agree on; `None` when nothing is left. The two then are steps of one counter.
    pub(super) fn and(&self, next: &Self) -> Option<Self> {
        if self.behind != next.behind {
            return None;
        }
        let mut both = *next;
        both.systems &= self.systems;
        for system in 0..SYSTEMS {
            if self.by[system] != next.by[system] {
                both.systems &= !(1 << system);
            }
        }
        (both.systems != 0).then_some(both)
    }
}

/// The step from one password to another, or `None` where no counter goes from the one to the other. Equal passwords are
/// no step: they are duplicates. Only the numeral systems of `among` are tried, a bit each.
pub(super) fn step(from: &[u8], to: &[u8], among: u16) -> Option<Step> {
    // An unpadded counter grows by a digit: 99, 100.
    if from.len().abs_diff(to.len()) > 1 {
        return None;
    }
    let shorter = from.len().min(to.len());
    let ahead = from.iter().zip(to).take_while(|(a, b)| a == b).count();
    let room = shorter - ahead;
    let behind = from.iter().rev().zip(to.iter().rev()).take(room).take_while(|(a, b)| a == b).count();
    let a = &from[ahead..from.len() - behind];
    let b = &to[ahead..to.len() - behind];
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let mut step = Step { behind, systems: 0, by: [0; SYSTEMS] };
    let mut systems = among & that_write(a) & that_write(b);
    // Without letters, systems that differ in letters only say the same: half of the work.
    let digits = that_write(a) & that_write(b) & 1 == 1;
    if digits {
        for (like, another) in LIKE_ANOTHER {
            systems |= (systems >> like & 1) << another;
            systems &= !(1 << like);
        }
    }
    for (at, system) in SYSTEM.iter().enumerate() {
        if systems >> at & 1 == 1
            && let Some(by) = difference(system, a, b)
        {
            step.by[at] = by;
            step.systems |= 1 << at;
        }
    }
    if digits {
        for (like, another) in LIKE_ANOTHER {
            step.by[like] = step.by[another];
            step.systems |= (step.systems >> another & 1) << like;
        }
        step.systems &= among;
    }
    (step.systems != 0).then_some(step)
}

/// `b - a` in one system that can write both, when they are no further apart than [`MOST`]. Digit by digit from the left,
/// so that windows of any length fit: once the difference of the leading digits is large the rest cannot mend it.
fn difference(system: &System, a: &[u8], b: &[u8]) -> Option<i16> {
    let longest = a.len().max(b.len());
    let digit = |word: &[u8], at: usize| match (at + word.len()).checked_sub(longest) {
        Some(at) => system.digit(word[at]),
        None => 0,
    };
    let radix = i64::from(system.radix());
    let mut by = 0;
    for at in 0..longest {
        by = by * radix + digit(b, at) - digit(a, at);
        if by.abs() > MOST + 1 {
            return None;
        }
    }
    if by == 0 || by.abs() > MOST {
        return None;
    }
    i16::try_from(by).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agrees(words: [&str; 3]) -> bool {
        let [a, b, c] = words.map(str::as_bytes);
        match (step(a, b, ALL), step(b, c, ALL)) {
            (Some(first), Some(second)) => first.and(&second).is_some(),
            _ => false,
        }
    }

    #[test]
    fn counters_of_every_kind_step_evenly() {
        for words in [
            ["pw0001", "pw0002", "pw0003"],
            ["pw0998", "pw0999", "pw1000"],
            ["pw98", "pw99", "pw100"],
            ["A019Z", "A020Z", "A021Z"],
            ["00fe-x", "00ff-x", "0100-x"],
            ["0A", "11", "18"],
            ["abzy", "abzz", "acaa"],
            ["AAZ9", "ABA9", "ABB9"],
            ["k09", "k0a", "k0b"],
            ["7z", "80", "81"],
            ["0zz", "100", "101"],
            ["1ZZ", "200", "201"],
            ["0110", "0120", "0130"],
            ["0200", "0175", "0150"],
        ] {
            assert!(agrees(words), "{words:?}");
        }
    }

    #[test]
    fn systems_that_are_not_asked_for_are_not_answered() {
        for (from, to) in [("019", "020"), ("0f", "10"), ("zz9", "z10")] {
            let all = step(from.as_bytes(), to.as_bytes(), ALL);
            for system in 0..SYSTEMS {
                let one = step(from.as_bytes(), to.as_bytes(), 1 << system);
                let expected = all.filter(|all| all.systems >> system & 1 == 1);
                assert_eq!(one.map(|s| s.by[system]), expected.map(|s| s.by[system]), "{from} {system}");
                assert!(one.is_none_or(|s| s.systems == 1 << system));
            }
        }
    }

    #[test]
    fn what_only_looks_alike_does_not() {
        for words in [
            ["pw1", "pw2", "pw4"],
            ["pw1", "pw1", "pw1"],
            ["1aa", "2aa", "2ba"],
            ["a-1", "a-2", "a+3"],
            ["x", "xy", "xyz"],
            ["19", "20", "2a"],
            ["ab", "", "ab"],
        ] {
            assert!(!agrees(words), "{words:?}");
        }
        assert_eq!(step(b"9999999", b"0000000", ALL), None);
        assert_eq!(step(b"1111111111111111", b"9999999999999999", ALL), None);
    }
}
