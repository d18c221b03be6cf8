//! What a text must not hold because the log cannot forget: e-mail addresses, telephone numbers, postal addresses, and
//! persons where an organisation is named. A bare name cannot be told from a firm's or a product's; who admits makers looks
//! at those. The rules are made so that names and model designations of products pass.

/// What a text looks like that must not stand in the log; none if nothing is seen.
#[must_use]
pub fn traces(text: &str) -> Option<&'static str> {
    if holds_mail(text) {
        Some("an e-mail address")
    } else if holds_phone(text) {
        Some("a telephone number")
    } else if holds_postal_address(text) {
        Some("a postal address")
    } else {
        None
    }
}

/// As [`traces`], and persons as well: for texts that name an organisation or give reasons.
#[must_use]
pub fn traces_of_anybody(text: &str) -> Option<&'static str> {
    traces(text).or_else(|| holds_person(text).then_some("a person"))
}

/// An at sign between letters, as it stands or as an address of the web writes it.
fn holds_mail(text: &str) -> bool {
    let low = text.to_lowercase();
    low.contains(['@', '\u{ff20}', '\u{fe6b}'])
        || low.contains("%40")
        || ["(at)", "[at]", "{at}", "&#64;", "&#x40;", "&commat;", "mailto:"]
            .iter()
            .any(|sign| low.contains(sign))
}

/// Ten or eleven digits after a leading zero, eight to fifteen after a plus, eleven to seventeen in groups after two zeros,
/// or the groups three, three and four: with spaces, dots, hyphens or brackets between them. A GTIN has eight, or twelve to
/// fourteen, in one piece.
fn holds_phone(text: &str) -> bool {
    let part = |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '\u{a0}' | '.' | '-' | '(' | ')');
    text.split(|c| !part(c)).any(|run| {
        let from = run.find(['+', '0', '(']).unwrap_or(run.len());
        let tail = &run[from..];
        let digits = tail.bytes().filter(u8::is_ascii_digit).count();
        let first = tail.chars().find(char::is_ascii_digit);
        let lengths = |text: &str| -> Vec<usize> {
            text.split(|c: char| !c.is_ascii_digit()).map(str::len).filter(|n| *n > 0).collect()
        };
        let groups = lengths(run);
        (tail.starts_with('+') && (8..=15).contains(&digits))
            || (tail.trim_start_matches('(').starts_with("00")
                && (11..=17).contains(&digits)
                && lengths(tail).len() > 1
                && leads(run, from))
            || (tail.starts_with(['0', '('])
                && first == Some('0')
                && (10..=11).contains(&digits)
                && leads(run, from))
            || groups.windows(3).any(|g| g == [3, 3, 4])
    })
}

/// Whether what begins here begins a number: no digits, dot or hyphen stand before it, but for the dot of a word that was
/// shortened (`Tel.020 …`).
fn leads(run: &str, from: usize) -> bool {
    let before = &run[..from];
    let shortened = before.starts_with('.') && !before.contains(|c: char| c.is_ascii_digit());
    shortened || !before.ends_with(|c: char| c.is_ascii_digit() || c == '.' || c == '-')
}

/// A number before a street's name, a street with its number after it, or a British postcode.
fn holds_postal_address(text: &str) -> bool {
    const STREETS: [&str; 10] =
        ["street", "st", "road", "rd", "lane", "avenue", "ave", "terrace", "crescent", "strasse"];
    let words: Vec<&str> =
        text.split_whitespace().map(|w| w.trim_matches(|c: char| !c.is_alphanumeric())).collect();
    let is_number = |w: &str| {
        let digits = w.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        (1..=4).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && w.len() <= digits.len() + 1
    };
    let is_street = |w: &str| {
        let low = w.to_lowercase();
        STREETS.contains(&low.as_str()) || low.ends_with("straße") || low.ends_with("strasse")
    };
    let numbered = words.iter().enumerate().any(|(at, word)| {
        is_number(word)
            && (words[at + 1..].iter().take(4).skip(1).any(|w| is_street(w))
                || at.checked_sub(1).is_some_and(|before| {
                    let low = words[before].to_lowercase();
                    low.ends_with("straße") || low.ends_with("strasse")
                }))
    });
    numbered || words.windows(2).any(|pair| is_postcode(pair[0], pair[1]))
}

/// `SW1A 1AA`. A size of memory (`X1 8GB`) is none.
fn is_postcode(outward: &str, inward: &str) -> bool {
    let upper = |b: &u8| b.is_ascii_uppercase();
    let (out, inn) = (outward.as_bytes(), inward.as_bytes());
    let letters = out.iter().take_while(|b| upper(b)).count();
    let rest = &out[letters..];
    (1..=2).contains(&letters)
        && (1..=2).contains(&rest.len())
        && rest[0].is_ascii_digit()
        && rest.iter().all(|b| b.is_ascii_digit() || upper(b))
        && inn.len() == 3
        && inn[0].is_ascii_digit()
        && inn[1..].iter().all(upper)
        && !matches!(&inn[1..], b"GB" | b"TB" | b"MB" | b"KB" | b"CH" | b"CM" | b"MM")
}

/// A form of address before a name, or a word that is written before somebody who is to read it.
fn holds_person(text: &str) -> bool {
    const TITLES: [&str; 9] = ["mr", "mrs", "ms", "miss", "mx", "dr", "prof", "herr", "frau"];
    const TO: [&str; 4] = ["c/o", "attn", "fao", "z.hd"];
    let words: Vec<&str> = text.split_whitespace().collect();
    let bare = |w: &str| w.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let named = |w: &&str| w.chars().next().is_some_and(char::is_uppercase);
    words.iter().enumerate().any(|(at, word)| {
        TO.contains(&bare(word).as_str())
            || (TITLES.contains(&bare(word).as_str()) && words.get(at + 1).is_some_and(named))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_to_a_person_is_seen() {
        for text in [
            "jane.doe@hearth.example",
            "jane (at) hearth.example",
            "https://hearth.example/?to=jane%40hearth.example",
            "+44 20 7946 0958",
            "ring 020 7946 0958 now",
            "(020) 7946 0958",
            "Tel.020 7946 0000",
            "tel.02079460000",
            "Ph.(020) 7946 0000",
            "Tel.0044 20 7946 0000",
            "Tel.+44 20 7946 0000",
            "Tel.- 020 7946 0000",
            "07700 900123",
            "+447700900123",
            "555-867-5309",
            "0044 20 7946 0958",
            "ring (0044) 20 7946 0958",
            "00 49-30-1234567",
            "jane\u{fe6b}hearth.example",
            "jane&#64;hearth.example",
            "12 High Street",
            "221B Baker Street, London",
            "Hauptstraße 5",
            "London SW1A 1AA",
            "M1 1AE",
        ] {
            assert!(traces(text).is_some(), "{text}");
        }
        for text in ["Mr John Smith", "c/o Jane Doe", "Dr. Jane Doe", "Attn: Jane"] {
            assert_eq!(traces_of_anybody(text), Some("a person"), "{text}");
        }
    }

    #[test]
    fn products_and_firms_pass() {
        for text in [
            "Hearth Camera 2, für außen",
            "HC-2000-1234567",
            "4006381333931",
            "04006381333931",
            "00036000291452",
            "036000291452",
            "Model 00-1234",
            "Pending Street 5",
            "Camera X1 8GB",
            "Model 2026-11-22",
            "Mr Coffee",
            "Dr. Oetker oven",
            "192.168.0.1",
            "Firmware 1.0.2026.0515",
            "Firmware v1.0.2026.0515",
            "Camera No.4006381333931",
            "Camera No.036000291452",
            "Supported from 2026-01-01 to 2030-05-31.",
            "Route 66 Ltd",
            "4 ports, 2 lanes",
        ] {
            assert_eq!(traces(text), None, "{text}");
        }
        assert_eq!(traces_of_anybody("Example Hearth Ltd"), None);
        assert_eq!(traces_of_anybody("Maker 2"), None);
    }
}
