//! Runs of characters that a password and an identifier have in common: forwards, backwards, and with every second
//! character left out of either. The places of each character are one word of bits ([`Stands`]), so that one shift and one
//! AND carry all runs on by a character; a random password is done with after a dozen of them.
//!
//! ```text
//! identifier  a 4 c 1 3 8          stands('c') = ..1..   (bit 2)
//! password    x c 1 3 z            runs of 2 ending in '1': stands('c') << 1 & stands('1')
//! ```

use super::plain::Stands;

/// The shortest run that is looked at.
pub(super) const SHORTEST: usize = 4;
/// Longer runs are counted as this long.
pub(super) const LONGEST: usize = 16;

/// How a run is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reading {
    Forwards,
    Backwards,
    /// Every second character of the identifier.
    SecondOfIdentifier,
    /// Every second character of the password.
    SecondOfPassword,
}

impl Reading {
    pub(super) const ALL: [Self; 4] =
        [Self::Forwards, Self::Backwards, Self::SecondOfIdentifier, Self::SecondOfPassword];

    /// Steps between the characters of the password.
    pub(super) fn step(self) -> usize {
        if self == Self::SecondOfPassword { 2 } else { 1 }
    }

    /// Whether a run that ends so far from the identifier's end takes all of that end.
    pub(super) fn at_end(self, from_end: usize, len: usize) -> bool {
        if self == Self::Backwards { from_end + 1 == len } else { from_end == 0 }
    }

    fn carry(self, places: u64) -> u64 {
        match self {
            Self::Forwards | Self::SecondOfPassword => places << 1,
            Self::Backwards => places >> 1,
            Self::SecondOfIdentifier => places << 2,
        }
    }
}

/// What one look at a password and an identifier shows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Glance {
    /// Bit `n`: there is a run of [`SHORTEST`] by the `n`th reading.
    pub(super) readings: u8,
    /// Bit `k`: the first `k` characters of the password are the last of the identifier.
    pub(super) heads: u64,
    /// Bit `k`: what follows the first `k` characters of the password is the end of the identifier.
    pub(super) rests: u64,
}

/// Looks once. Without four known characters in a row, or every second one, there is no run, and without the first two no
/// head: nearly every random password is done with by that.
#[inline]
pub(super) fn glance(password: &[u8], stands: &Stands) -> Glance {
    let len = stands.plain().len();
    if len == 0 || password.is_empty() {
        return Glance::default();
    }
    let last = len - 1;
    let known = stands.known(password);
    let (pairs, seconds) = (known & known >> 1, known & known >> 2);
    if (pairs & pairs >> 2) | (seconds & seconds >> 4) == 0 && known & 0b11 != 0b11 {
        return Glance { readings: 0, heads: 0, rests: rests(password, stands, last) };
    }
    closer(password, stands, last)
}

fn closer(password: &[u8], stands: &Stands, last: usize) -> Glance {
    let (mut before, mut second) = (0u64, 0u64);
    let (mut f, mut b, mut i) = ([0u64; 2], [0u64; 2], [0u64; 2]);
    let mut p = [0u64; 4];
    let (mut any_f, mut any_b, mut any_i, mut any_p) = (0u64, 0u64, 0u64, 0u64);
    let (mut whole, mut heads) = (u64::MAX, 0u64);
    for (at, byte) in password.iter().enumerate() {
        let here = stands.of(*byte);
        let pair = (before << 1) & here;
        any_f |= (f[1] << 2) & pair;
        f = [pair, f[0]];
        let pair = (before >> 1) & here;
        any_b |= (b[1] >> 2) & pair;
        b = [pair, b[0]];
        let pair = (before << 2) & here;
        any_i |= (i[1] << 4) & pair;
        i = [pair, i[0]];
        let pair = (second << 1) & here;
        any_p |= (p[3] << 2) & pair;
        p = [pair, p[0], p[1], p[2]];
        (second, before) = (before, here);
        whole = if at == 0 { here } else { (whole << 1) & here };
        heads |= ((whole >> last) & 1) << ((at + 1) & 63);
    }
    Glance {
        readings: u8::from(any_f != 0)
            | u8::from(any_b != 0) << 1
            | u8::from(any_i != 0) << 2
            | u8::from(any_p != 0) << 3,
        heads,
        rests: rests(password, stands, last),
    }
}

#[inline]
fn rests(password: &[u8], stands: &Stands, last: usize) -> u64 {
    let (mut alive, mut rests) = (1u64 << last, 0u64);
    for (at, byte) in password.iter().enumerate().rev() {
        alive &= stands.of(*byte);
        if alive == 0 {
            break;
        }
        rests |= 1 << at;
        alive >>= 1;
    }
    rests
}

/// A run: where it begins in the password, where it ends in the identifier counted from its end, and its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Run {
    pub(super) start: usize,
    pub(super) from_end: usize,
    pub(super) len: usize,
}

/// The longest run by a reading, the first of them.
pub(super) fn longest(password: &[u8], stands: &Stands, reading: Reading) -> Option<Run> {
    let step = reading.step();
    let mut alive: Vec<u64> = password.iter().map(|b| stands.of(*b)).collect();
    let mut found = None;
    for len in 1..=password.len() {
        let Some(end) = alive.iter().position(|places| *places != 0) else { break };
        let lowest = alive[end].trailing_zeros() as usize;
        found = Some(Run { start: end - (len - 1) * step, from_end: stands.plain().len() - 1 - lowest, len });
        alive = (0..alive.len())
            .map(|at| if at < step { 0 } else { reading.carry(alive[at - step]) & stands.of(password[at]) })
            .collect();
    }
    found.filter(|run| run.len >= SHORTEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(password: &str, identifier: &str, reading: Reading) -> Option<Run> {
        let mut stands = Stands::NOWHERE;
        stands.read(b"what stood here before");
        stands.read(identifier.as_bytes());
        let bit = Reading::ALL.iter().position(|r| *r == reading).unwrap();
        let found = longest(password.as_bytes(), &stands, reading);
        assert_eq!(glance(password.as_bytes(), &stands).readings >> bit & 1 == 1, found.is_some());
        found
    }

    #[test]
    fn a_run_is_found_by_each_reading_and_three_characters_are_none() {
        let at = |start, from_end, len| Some(Run { start, from_end, len });
        assert_eq!(run("xx123456yy", "SN-00-123456", Reading::Forwards), at(2, 0, 6));
        assert_eq!(run("654321", "SN-00-123456", Reading::Backwards), at(0, 5, 6));
        assert_eq!(run("2468", "12345678", Reading::SecondOfIdentifier), at(0, 0, 4));
        assert_eq!(run("a1b2c3d4", "x1234", Reading::SecondOfPassword), at(1, 0, 4));
        for reading in Reading::ALL {
            assert_eq!(run("xy456zz654", "SN-00-123456", reading), None, "{reading:?}");
        }
    }

    #[test]
    fn two_tails_are_seen_from_both_sides() {
        let (mut a, mut b) = (Stands::NOWHERE, Stands::NOWHERE);
        a.read(b"SN778123");
        b.read(b"A4:C1:38:0B:EE:F9");
        let (a, b) = (glance(b"123eef9", &a), glance(b"123eef9", &b));
        assert_eq!(a.heads & b.rests, 1 << 3);
    }
}
