//! How a document is named, read so that two spellings of one name are the same: `CLS(IoT) CCC SP-151-2 v1.4` and
//! `ccc sp-151-2 V1.4`. An id and a version, nothing else; which documents there are, and which of them counts, others know.

/// A document's designation: its id and, where it is written with one, its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Designation {
    /// The words of the id in capitals, without marks: `["ETSI", "EN", "303645"]`.
    words: Vec<String>,
    /// The version in small letters, without a leading `v`: `2.1.1`, `2018`, `2024r1`.
    pub version: Option<String>,
}

impl Designation {
    /// Reads a designation. Case, spaces and a leading scheme's name, as in `CLS(IoT) CCC SP-151-2 v1.4`, are ignored.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut text = text.trim();
        for scheme in ["CLS(IoT)", "CLS (IoT)"] {
            text = text
                .get(..scheme.len())
                .filter(|head| head.eq_ignore_ascii_case(scheme))
                .and_then(|_| text.get(scheme.len()..))
                .map_or(text, str::trim_start);
        }
        let (id, version) = parts(text);
        Self { words: words(id), version: version.map(bare_version) }
    }

    /// Whether it is the same document in the same version.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        self.id() == other.id() && self.version == other.version
    }

    /// Whether it names the same document as another one, by the same number and by nothing but words that the other has:
    /// `EN 303645` is short for `ETSI EN 303 645`, and `ACME 303645` is not.
    #[must_use]
    pub fn short_for(&self, other: &Self) -> bool {
        let is_number = |w: &&String| w.bytes().any(|b| b.is_ascii_digit());
        let number = |d: &Self| d.words.iter().filter(is_number).cloned().collect::<Vec<_>>().concat();
        let names = |d: &Self| d.words.iter().filter(|w| !is_number(w)).cloned().collect::<Vec<_>>();
        let (own, others) = (names(self), names(other));
        number(self) == number(other) && !own.is_empty() && own.iter().all(|w| others.contains(w))
    }

    fn id(&self) -> String {
        self.words.concat()
    }
}

/// A version as it is compared: small letters, without a leading `v` or `version`.
#[must_use]
pub fn bare_version(version: &str) -> String {
    let low = version.trim().to_lowercase();
    let low = low.strip_prefix("version").unwrap_or(&low).trim_start();
    low.strip_prefix('v').unwrap_or(low).trim().to_owned()
}

/// Whether two designations are spellings of one.
#[must_use]
pub fn same(a: &str, b: &str) -> bool {
    Designation::parse(a).same(&Designation::parse(b))
}

/// The id as it is written and the version behind it: `v1.4` after a space, a year after a colon, a year with a revision after
/// a hyphen.
#[must_use]
pub fn parts(text: &str) -> (&str, Option<&str>) {
    if let Some((id, year)) = text.rsplit_once(':')
        && is_year(year.trim())
    {
        return (id, Some(year));
    }
    if let Some((id, last)) = text.rsplit_once('-')
        && last.get(..4).is_some_and(is_year)
        && last.get(4..).is_some_and(|r| r.starts_with(['R', 'r']) && r.len() > 1)
    {
        return (id, Some(last));
    }
    if let Some((id, last)) = text.rsplit_once(char::is_whitespace) {
        let digits = last.strip_prefix(['v', 'V']);
        if digits.is_some_and(|d| d.starts_with(|c: char| c.is_ascii_digit())) {
            return (id, Some(last));
        }
        // "V 1.4", "version 1.4": the word before the number is the sign.
        if let Some((id, sign)) = id.trim_end().rsplit_once(char::is_whitespace)
            && (sign.eq_ignore_ascii_case("v") || sign.eq_ignore_ascii_case("version"))
            && last.starts_with(|c: char| c.is_ascii_digit())
        {
            return (id, Some(last));
        }
    }
    (text, None)
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit())
}

/// Runs of letters and runs of digits, in capitals; digits that only spaces or hyphens part are one number.
fn words(id: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut parted = true;
    for c in id.chars().filter(|c| c.is_alphanumeric() || c.is_whitespace() || "/-_.".contains(*c)) {
        if !c.is_alphanumeric() {
            parted = true;
            continue;
        }
        let digit = c.is_ascii_digit();
        let of_digits = |w: &String| w.bytes().all(|b| b.is_ascii_digit());
        match words.last_mut().filter(|w| of_digits(w) == digit && (digit || !parted)) {
            Some(word) => word.extend(c.to_uppercase()),
            None => words.push(c.to_uppercase().collect()),
        }
        parted = false;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_designation_are_the_same() {
        for (a, b) in [
            ("CLS(IoT) CCC SP-151-2 v1.4", "CCC SP-151-2 v1.4"),
            ("cls(iot) ccc sp-151-2 V1.4", "CCC SP-151-2 v1.4"),
            ("CLS (IoT)  CCC SP 151-2 version 1.4", "CCC SP-151-2 v1.4"),
            ("jst-cr-01-01-2024r1", "JST-CR-01-01-2024R1"),
            ("ETSI EN 303645 v2.1.1", "ETSI EN 303 645 V2.1.1"),
        ] {
            assert!(same(a, b), "{a} / {b}");
        }
        for (a, b) in [
            ("CCC SP-151-2 v1.3", "CCC SP-151-2 v1.4"),
            ("CCC SP-151-2", "CCC SP-151-2 v1.4"),
            ("CCC SP-151-4 v1.4", "CCC SP-151-2 v1.4"),
            ("ACME SP-151-2 v1.4", "CCC SP-151-2 v1.4"),
            ("JST-CR-01-01-2023R1", "JST-CR-01-01-2024R1"),
            ("JST-CR-01-01-2024", "JST-CR-01-01-2024R1"),
            ("", "CCC SP-151-2 v1.4"),
        ] {
            assert!(!same(a, b), "{a} / {b}");
        }
    }

    #[test]
    fn a_short_name_keeps_the_number_and_adds_no_word() {
        let short = |a: &str, b: &str| Designation::parse(a).short_for(&Designation::parse(b));
        for (a, b) in [
            ("EN 303 645", "ETSI EN 303 645 V2.1.1"),
            ("EN 303645", "ETSI EN 303 645"),
            ("ISO 29147:2018", "ISO/IEC 29147"),
            ("JST-CR-01-01", "JST-CR-01-01-2024R1"),
        ] {
            assert!(short(a, b), "{a} / {b}");
        }
        for (a, b) in [
            ("ACME 303645", "ETSI EN 303 645"),
            ("303645", "ETSI EN 303 645"),
            ("TS 303 645", "ETSI EN 303 645"),
        ] {
            assert!(!short(a, b), "{a} / {b}");
        }
        assert_eq!(Designation::parse("ETSI EN 303 645 V2.1.1").version.as_deref(), Some("2.1.1"));
        assert_eq!(Designation::parse("ISO/IEC 29147:2018").version.as_deref(), Some("2018"));
        assert_eq!(Designation::parse("ETSI EN 303 645").version, None);
        assert_eq!(bare_version("Version 2.1.1"), "2.1.1");
    }
}
