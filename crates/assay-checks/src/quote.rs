//! Words of a stranger (account names, field values, column headings) made short and harmless enough to stand in a
//! message. It is not for secrets: those are never shown at all.

/// The text in back-ticks, at most sixty characters of it, without anything that hides or reverses text.
pub(crate) fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(60).map(harmless).collect();
    if text.chars().nth(60).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

/// The same for bytes that may be no UTF-8.
pub(crate) fn quoted_bytes(bytes: &[u8]) -> String {
    quoted(&String::from_utf8_lossy(&bytes[..bytes.len().min(400)]))
}

/// A value kept whole, but without anything that hides or reverses text.
pub(crate) fn clean(text: &str) -> String {
    text.chars().map(harmless).collect()
}

fn harmless(c: char) -> char {
    let hides =
        matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    if c.is_control() || hides {
        '\u{fffd}'
    } else if c == '`' {
        '\''
    } else {
        c
    }
}

/// `1 row`, `2 rows`.
pub(crate) fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// `2, 3 and 9`.
pub(crate) fn list<T: ToString>(items: &[T]) -> String {
    let words: Vec<String> = items.iter().map(T::to_string).collect();
    match words.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_words_are_shortened_and_disarmed() {
        assert_eq!(quoted("root"), "`root`");
        assert_eq!(quoted("a\u{202e}b\n`c"), "`a\u{fffd}b\u{fffd}'c`");
        assert_eq!(quoted(&"x".repeat(100)).chars().count(), 63);
        assert_eq!(quoted_bytes(b"\xff\x00"), "`\u{fffd}\u{fffd}`");
    }

    #[test]
    fn lists_and_counts_read_as_english() {
        assert_eq!(list(&[2, 3, 9]), "2, 3 and 9");
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list::<u8>(&[]), "");
        assert_eq!((count(1, "row", "rows"), count(2, "row", "rows")), ("1 row".into(), "2 rows".into()));
    }
}
