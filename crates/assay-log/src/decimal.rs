//! The one way the C2SP formats write a number: ASCII decimal digits without a sign or a leading zero, `0`
//! itself apart. Rust's own parser also takes `+1` and `007`, and two spellings of one number would be two
//! names for one thing.

/// The number written in `text`, if it is written in the one permitted way and fits.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    let leading_zero = text.len() > 1 && text.starts_with('0');
    if !digits || leading_zero {
        return None;
    }
    text.parse().ok() // refuses the empty text and what does not fit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_spelling() {
        for (text, value) in [("0", 0), ("7", 7), ("10", 10), ("18446744073709551615", u64::MAX)] {
            assert_eq!(decimal(text), Some(value), "{text}");
        }
        for text in
            ["", "00", "07", "+7", "-0", " 7", "7 ", "7\n", "0x7", "٧", "1_000", "18446744073709551616"]
        {
            assert_eq!(decimal(text), None, "{text:?}");
        }
    }
}
