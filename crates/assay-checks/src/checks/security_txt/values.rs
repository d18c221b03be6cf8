//! The values of security.txt fields: times, language tags and addresses, each in the one form that the standard allows.

use jiff::Timestamp;

/// `2027-05-31T23:59:00Z`, with a fraction or an offset if need be; nothing looser.
pub(super) fn rfc3339(value: &str) -> Option<Timestamp> {
    let b = value.as_bytes();
    let digits =
        |range: std::ops::Range<usize>| b.get(range).is_some_and(|d| d.iter().all(u8::is_ascii_digit));
    let marks = [(4, b"--"), (7, b"--"), (10, b"Tt"), (13, b"::"), (16, b"::")];
    let shaped = marks.iter().all(|(i, m)| b.get(*i).is_some_and(|c| m.contains(c)))
        && [0..4, 5..7, 8..10, 11..13, 14..16, 17..19].into_iter().all(digits);
    if !shaped || b.len() > 40 {
        return None;
    }
    let mut rest = value.get(19..)?;
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
        if rest.len() == fraction.len() {
            return None;
        }
    }
    let offset = rest.as_bytes();
    let is_offset = offset.len() == 6
        && matches!(offset[0], b'+' | b'-')
        && offset[3] == b':'
        && [1, 2, 4, 5].iter().all(|&i| offset[i].is_ascii_digit());
    if rest.eq_ignore_ascii_case("z") || is_offset { value.to_ascii_uppercase().parse().ok() } else { None }
}

/// The shape of a language tag (RFC 5646): `en`, `pt-BR`, `zh-Hant-TW`; `*` is no tag.
pub(super) fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    (2..=8).contains(&first.len())
        && first.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// An address in a form in which two that mean the same are equal: scheme and host in lower case, no default port, no
/// trailing slash.
pub(super) fn comparable(url: &str) -> String {
    let (scheme, rest) = url.trim().split_once("://").unwrap_or(("", url));
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = host.to_ascii_lowercase();
    let host = host.strip_suffix(":443").unwrap_or(&host);
    format!("{}://{host}{}", scheme.to_ascii_lowercase(), path.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_form_of_rfc_3339_is_a_time() {
        for yes in ["2027-05-31T23:59:00Z", "2027-05-31t23:59:00.123z", "2027-05-31T23:59:00+01:00"] {
            assert!(rfc3339(yes).is_some(), "{yes}");
        }
        for no in [
            "2027-05-31",
            "2027-05-31T23:59:00",
            "2027-05-31 23:59:00Z",
            "Mon, 31 May 2027 23:59:00 +0000",
            "2027-02-30T00:00:00Z",
            "2027-05-31T23:59:00.Z",
            "2027-05-31T23:59:00+0100",
        ] {
            assert!(rfc3339(no).is_none(), "{no}");
        }
    }

    #[test]
    fn addresses_that_mean_the_same_are_equal() {
        assert_eq!(comparable("HTTPS://Hearth.example:443/a/"), comparable("https://hearth.example/a"));
        assert_ne!(comparable("https://hearth.example/A"), comparable("https://hearth.example/a"));
    }

    #[test]
    fn language_tags_have_their_shape() {
        assert!(
            is_language("en")
                && is_language("zh-Hant-TW")
                && !is_language("e")
                && !is_language("en_GB")
                && !is_language("")
        );
    }
}
