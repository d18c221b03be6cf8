//! The modules of a QR code that are the same whatever it says: finder patterns, timing lines, alignment patterns. They
//! tell where a code lies, how large it is, and whether there is one at all (ISO/IEC 18004, 6.3).

/// A module that is known beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) dark: bool,
}

/// The known modules of a code, by kind.
pub(super) struct Pattern {
    pub(super) side: usize,
    /// The three finder patterns with the light line around each inside of the code.
    pub(super) finders: Vec<Known>,
    /// The two lines of alternating modules.
    pub(super) timing: Vec<Known>,
    /// The middles of the alignment patterns' columns and rows; none in version 1.
    pub(super) centres: Vec<i32>,
}

impl Pattern {
    /// Of a code with so many modules on a side: 21, 25, … 177.
    pub(super) fn of(side: usize) -> Self {
        let far = side as i32 - 7;
        let mut finders = Vec::new();
        for (left, top) in [(0, 0), (far, 0), (0, far)] {
            for y in -1i32..8 {
                for x in -1i32..8 {
                    let (at_x, at_y) = (left + x, top + y);
                    let inside = (0..side as i32).contains(&at_x) && (0..side as i32).contains(&at_y);
                    let ring = (x - 3).abs().max((y - 3).abs());
                    if inside {
                        finders.push(Known { x: at_x, y: at_y, dark: ring != 2 && ring != 4 });
                    }
                }
            }
        }
        let timing = (8..side as i32 - 8)
            .flat_map(|n| [(n, 6), (6, n)].map(|(x, y)| Known { x, y, dark: n % 2 == 0 }))
            .collect();
        Self { side, finders, timing, centres: centres(side) }
    }

    /// The middles of the alignment patterns: everywhere where two of the lines cross, but where a finder pattern lies.
    pub(super) fn alignments(&self) -> impl Iterator<Item = (i32, i32)> {
        let (first, last) =
            (self.centres.first().copied().unwrap_or(0), self.centres.last().copied().unwrap_or(0));
        self.centres
            .iter()
            .flat_map(|y| self.centres.iter().map(move |x| (*x, *y)))
            .filter(move |at| ![(first, first), (first, last), (last, first)].contains(at))
    }
}

/// The 25 modules of an alignment pattern around its middle.
pub(super) fn alignment((x, y): (i32, i32)) -> impl Iterator<Item = Known> {
    (-2i32..=2).flat_map(move |dy| {
        (-2i32..=2).map(move |dx| Known { x: x + dx, y: y + dy, dark: dx.abs().max(dy.abs()) != 1 })
    })
}

/// ISO/IEC 18004, annex E: evenly spread from 6 to the last but six, what is left over before the second.
fn centres(side: usize) -> Vec<i32> {
    let version = (side as i32 - 17) / 4;
    if version < 2 {
        return Vec::new();
    }
    let count = version / 7 + 2;
    let last = side as i32 - 7;
    let step = if version == 32 { 26 } else { (version * 4 + count * 2 + 1) / (count * 2 - 2) * 2 };
    let mut centres: Vec<i32> = (0..count - 1).map(|n| last - n * step).collect();
    centres.push(6);
    centres.reverse();
    centres
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alignment_patterns_lie_where_the_standard_puts_them() {
        let of = |version: usize| centres(17 + 4 * version);
        assert!(of(1).is_empty());
        assert_eq!(of(2), [6, 18]);
        assert_eq!(of(7), [6, 22, 38]);
        assert_eq!(of(10), [6, 28, 50]);
        assert_eq!(of(15), [6, 26, 48, 70]);
        assert_eq!(of(32), [6, 34, 60, 86, 112, 138]);
        assert_eq!(of(40), [6, 30, 58, 86, 114, 142, 170]);
    }

    #[test]
    fn a_code_of_version_10_has_six_alignment_patterns_and_192_modules_of_finder_patterns() {
        let pattern = Pattern::of(57);
        assert_eq!(pattern.alignments().count(), 6);
        assert_eq!(pattern.finders.len(), 3 * 64);
        assert_eq!(pattern.timing.len(), 2 * 41);
    }
}
