//! Texts that will be shown to people or stand in the log for ever: what may be in them, decided once for the case file
//! and for the statements that strangers send.

/// Characters that can make a text read differently from what it says: control characters, the marks that reverse or
/// hide, and those that nobody sees, in which another text could be written. A line feed and a tab are none of them, nor is
/// the mark that makes a sign coloured.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{fff9}'..='\u{fffb}')
        // Fillers, variants, tags.
        || matches!(c, '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}' | '\u{ffa0}')
        || matches!(c, '\u{fe00}'..='\u{fe0e}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a text is one to `most` characters, not all blank, none of them invisible.
#[must_use]
pub fn is_plain(text: &str, most: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= most && !text.chars().any(is_invisible)
}

/// Whether a text is one that somebody has still to fill in, or that says that nothing is stated: `TBC`, `[insert]`, "unknown".
#[must_use]
pub fn is_unfilled(text: &str) -> bool {
    const WORDS: [&str; 20] = [
        "tbc",
        "tbd",
        "tba",
        "n/a",
        "na",
        "none",
        "xx",
        "xxx",
        "xxxx",
        "todo",
        "pending",
        "unknown",
        "insert",
        "blank",
        "unspecified",
        "undecided",
        "placeholder",
        "lorem ipsum",
        "to follow",
        "?",
    ];
    const OPEN: [&str; 3] = ["to be ", "still to be ", "yet to be "];
    const NOT: [&str; 14] = [
        "stated",
        "known",
        "yet known",
        "available",
        "yet available",
        "specified",
        "given",
        "applicable",
        "provided",
        "recorded",
        "decided",
        "yet decided",
        "disclosed",
        "assigned",
    ];
    let low = text.trim().to_lowercase();
    let bare = low.trim_matches(|c: char| !c.is_alphanumeric());
    let bare = bare.split_whitespace().collect::<Vec<_>>().join(" ");
    let bracketed = low.starts_with(['[', '<', '{']) && low.ends_with([']', '>', '}']);
    bare.is_empty()
        || bracketed
        || WORDS.contains(&bare.as_str())
        || OPEN.iter().any(|o| bare.starts_with(o))
        || bare.strip_prefix("not ").is_some_and(|rest| NOT.contains(&rest))
}

/// Whether a text is a host name in lower or upper case with at least one dot: letters, digits and inner hyphens.
#[must_use]
pub fn is_domain(text: &str) -> bool {
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    let number = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    text.len() <= 253 && text.contains('.') && text.split('.').all(label) && !number
}

/// Whether a text is an https address of at most 500 characters, with a domain and nothing that would have to be escaped.
#[must_use]
pub fn is_https(text: &str) -> bool {
    let host = text.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#']).next());
    let plain = |b: u8| {
        b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>' | b'\\' | b'`' | b'{' | b'}' | b'|' | b'^')
    };
    host.is_some_and(is_domain) && text.len() <= 500 && text.bytes().all(plain)
}

/// Whether a text is a kebab-case word of at most 64 letters, digits and hyphens.
#[must_use]
pub fn is_kebab(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
}

/// Whether a text is a SHA-256 digest: 64 lower-case hex digits.
#[must_use]
pub fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_still_to_be_filled_in_is_known() {
        for text in [
            "TBC",
            "tba.",
            "[insert]",
            "<company>",
            "{{ name }}",
            "____",
            "…",
            "–",
            "(unknown)",
            "Not stated",
            "n/a",
            "to be announced",
            "To be  decided by June",
            "not yet known",
            "?",
            "Lorem ipsum",
        ] {
            assert!(is_unfilled(text), "{text}");
        }
        for text in [
            "Nana Ltd",
            "TBC-7",
            "2026-44",
            "Unknown Worlds Ltd",
            "Pending Street 5",
            "Not Just Lamps Ltd",
            "A",
        ] {
            assert!(!is_unfilled(text), "{text}");
        }
    }

    #[test]
    fn addresses_of_people_and_machines_are_no_pages() {
        for text in [
            "mailto:jane@hearth.example",
            "https://jane@hearth.example/",
            "https://192.168.1.1/",
            "https://host/",
            "http://hearth.example/",
        ] {
            assert!(!is_https(text), "{text}");
        }
        assert!(is_https("https://hearth.example/security?lang=en#report"));
    }

    #[test]
    fn marks_that_turn_a_text_round_are_not_plain() {
        assert!(is_plain("Hearth Camera 2, für außen", 200));
        for text in ["", "  ", "a\u{202e}b", "a\u{200b}b", "a\u{0}b", "aa"] {
            assert!(!is_plain(text, 1), "{text:?}");
        }
        // `@` and `j` as tags, a soft hyphen, a mark that turns, a filler, a line nobody sees, a variant.
        for c in
            ['\u{e0040}', '\u{e006a}', '\u{ad}', '\u{61c}', '\u{3164}', '\u{2028}', '\u{fe01}', '\u{e0101}']
        {
            assert!(!is_plain(&format!("Hearth{c}"), 200), "{c:?}");
        }
        assert!(is_plain("Hearth\u{2122}\u{fe0f} Käse 카메라 กล้อง", 200));
    }
}
