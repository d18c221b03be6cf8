//! Lines and columns of bytes. A mark every few hundred bytes makes each look-up short, so that a file of many values,
//! even one without a single line break, is not read from its beginning for each of them.

use crate::case::Place;

/// How far apart the marks stand, in bytes.
const STEP: usize = 256;

/// A text with marks.
pub(super) struct Places<'t> {
    text: &'t str,
    marks: Vec<(usize, Place)>,
}

impl<'t> Places<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut marks = Vec::with_capacity(1 + text.len() / STEP);
        let (mut at, mut due) = (Place { line: 1, column: 1 }, 0);
        for (byte, c) in text.char_indices() {
            if byte >= due {
                marks.push((byte, at));
                due = byte + STEP;
            }
            at = after(at, c);
        }
        Self { text, marks }
    }

    /// The place of a byte; beyond the end it is the end.
    pub(super) fn of(&self, byte: usize) -> Place {
        let byte = byte.min(self.text.len());
        let near = self.marks.partition_point(|(b, _)| *b <= byte);
        let (start, at) = near.checked_sub(1).map_or((0, Place { line: 1, column: 1 }), |i| self.marks[i]);
        let between = self.text.get(start..byte).unwrap_or_default();
        between.chars().fold(at, after)
    }
}

fn after(at: Place, c: char) -> Place {
    match c {
        '\n' => Place { line: at.line + 1, column: 1 },
        _ => Place { column: at.column + 1, ..at },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn every_byte_has_the_place_that_counting_from_the_beginning_gives(
            parts in proptest::collection::vec("[a-zäß\n]{0,40}", 0..40)
        ) {
            let text = parts.concat();
            let places = Places::new(&text);
            for (byte, _) in text.char_indices().chain([(text.len(), ' ')]) {
                let counted = text[..byte].chars().fold(Place { line: 1, column: 1 }, after);
                proptest::prop_assert_eq!(places.of(byte), counted);
            }
            proptest::prop_assert_eq!(places.of(usize::MAX), places.of(text.len()));
        }
    }
}
