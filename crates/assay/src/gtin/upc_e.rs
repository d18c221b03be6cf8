//! UPC-E: the six digits under a small American barcode, with a number system in front and the check digit behind, stand for a
//! UPC-A of twelve digits with zeros within. Source: GS1 General Specifications, section 5.2.2 (UPC-E, zero suppression), which
//! knows number system 0 alone; number system 1 is an older custom and follows the same rule.
//!
//! ```text
//! N ab cde 0-2 C  →  N ab(0-2)00 00cde C      the last digit of the six says where zeros were taken out
//! N abc de 3   C  →  N abc00     000de C      (c is 3 to 9)
//! N abcd e 4   C  →  N abcd0     0000e C      (d is no 0)
//! N abcde  5-9 C  →  N abcde     0000(5-9) C  (e is no 0)
//! ```

/// The number of twelve digits that these eight stand for, with its check digit as it stands there, right or wrong. None if
/// no barcode shows these eight: another number system, or zeros that another of the rules takes out.
pub(super) fn expand(digits: [u8; 8]) -> Option<u64> {
    let [system, a, b, c, d, e, rule, check] = digits;
    let twelve = match rule {
        0..=2 => [system, a, b, rule, 0, 0, 0, 0, c, d, e, check],
        3 if c > 2 => [system, a, b, c, 0, 0, 0, 0, 0, d, e, check],
        4 if d > 0 => [system, a, b, c, d, 0, 0, 0, 0, 0, e, check],
        5..=9 if e > 0 => [system, a, b, c, d, e, 0, 0, 0, 0, rule, check],
        _ => return None,
    };
    (system < 2).then(|| twelve.iter().fold(0, |n, digit| n * 10 + u64::from(*digit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(text: &str) -> Option<u64> {
        let digits: Vec<u8> = text.bytes().map(|b| b - b'0').collect();
        expand(digits.try_into().unwrap())
    }

    #[test]
    fn each_rule_puts_the_zeros_back_where_it_took_them_out() {
        for (text, long) in [
            ("01234505", Some(12_000_003_455)),
            ("04252614", Some(42_100_005_264)),
            ("01234521", Some(12_200_003_451)),
            ("01234531", Some(12_300_000_451)),
            ("01234543", Some(12_340_000_053)),
            ("01234565", Some(12_345_000_065)),
            ("11234562", Some(112_345_000_062)),
            ("01224531", None),
            ("01230542", None),
            ("01234051", None),
            ("21234565", None),
        ] {
            assert_eq!(short(text), long, "{text}");
        }
    }

    #[test]
    fn no_two_short_numbers_stand_for_the_same() {
        let mut long: Vec<u64> = (0..1_000_000).filter_map(|six| short(&format!("0{six:06}0"))).collect();
        let all = long.len();
        long.sort_unstable();
        long.dedup();
        assert_eq!(long.len(), all);
    }
}
