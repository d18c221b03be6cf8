//! Numbers of books and periodicals that are no GTINs: ISBN-10 and ISSN end in a check character modulo 11, which may be X.
//! Their 13-digit forms (978 and 979, 977) are GTINs and none of this. Sources: ISO 2108 (in its form before 2007) and
//! ISO 3297.

/// Whether the last of these values (10 for an X) follows from those before it. The weights 1, 2, 3, … run from the right, so
/// that a zero that a spreadsheet took away in front makes no difference.
pub(super) fn is_right(values: &[u8]) -> bool {
    let sum: usize = values.iter().rev().zip(1..).map(|(value, weight)| usize::from(*value) * weight).sum();
    sum.is_multiple_of(11)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_numbers_are_right_and_a_changed_digit_is_not() {
        for right in
            [&[0, 3, 0, 6, 4, 0, 6, 1, 5, 2][..], &[0, 3, 7, 8, 5, 9, 5, 5], &[2, 0, 4, 9, 3, 6, 3, 0]]
        {
            assert!(is_right(right), "{right:?}");
            let mut wrong = right.to_vec();
            wrong[1] += 1;
            assert!(!is_right(&wrong), "{wrong:?}");
        }
        assert!(is_right(&[2, 4, 3, 4, 5, 6, 1, 10]));
        assert!(is_right(&[0, 8, 0, 4, 4, 2, 9, 5, 7, 10]));
    }
}
