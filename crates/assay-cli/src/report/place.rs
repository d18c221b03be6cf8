//! The place of a finding, taken apart: `evidence/firmware.bin!/etc/shadow:3` is line 3 of `/etc/shadow` inside a file.

/// Where something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place<'a> {
    /// The file or folder of the case.
    pub(crate) file: &'a str,
    /// The path inside it, where it is a container.
    pub(crate) inner: Option<&'a str>,
    /// The line, from 1.
    pub(crate) line: Option<u32>,
    /// The column, from 1.
    pub(crate) column: Option<u32>,
}

impl<'a> Place<'a> {
    /// Takes a place apart. What has not this form is a file's name as it stands.
    pub(crate) fn parse(text: &'a str) -> Self {
        let (rest, last) = number(text);
        let (rest, before) = if last.is_some() { number(rest) } else { (rest, None) };
        let (line, column) = if before.is_some() { (before, last) } else { (last, None) };
        match rest.split_once('!') {
            Some((file, inner)) if !file.is_empty() && !inner.is_empty() => {
                Self { file, inner: Some(inner), line, column }
            }
            _ => Self { file: rest, inner: None, line, column },
        }
    }

    /// The file as a relative URI reference: everything but unreserved characters and `/` is escaped.
    pub(crate) fn uri(&self) -> String {
        uri(self.file)
    }
}

/// A path as a relative URI reference. A first part with a colon would read as a scheme, so it is escaped as well.
pub(crate) fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'.' | b'_' | b'~') {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

/// A number after the last colon, if it is one that counts something.
fn number(text: &str) -> (&str, Option<u32>) {
    let parsed = text.rsplit_once(':').and_then(|(rest, n)| {
        let digits = !rest.is_empty() && n.bytes().all(|b| b.is_ascii_digit()) && !n.starts_with('0');
        digits.then(|| n.parse::<i32>().ok()).flatten().map(|n| (rest, n.unsigned_abs()))
    });
    parsed.map_or((text, None), |(rest, n)| (rest, Some(n)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_taken_apart() {
        let cases = [
            ("evidence/x.csv:2", ("evidence/x.csv", None, Some(2), None)),
            ("evidence/x.csv", ("evidence/x.csv", None, None, None)),
            ("evidence/f.bin!/etc/shadow:3", ("evidence/f.bin", Some("/etc/shadow"), Some(3), None)),
            ("product.toml:4:7", ("product.toml", None, Some(4), Some(7))),
            ("a:0", ("a:0", None, None, None)),
            ("a:99999999999", ("a:99999999999", None, None, None)),
            (":3", (":3", None, None, None)),
            ("!x", ("!x", None, None, None)),
            ("evidence/a b:c", ("evidence/a b:c", None, None, None)),
        ];
        for (text, (file, inner, line, column)) in cases {
            assert_eq!(Place::parse(text), Place { file, inner, line, column }, "{text}");
        }
    }

    #[test]
    fn a_hostile_path_becomes_a_plain_reference() {
        assert_eq!(uri("evidence/a b<\"é:/x"), "evidence/a%20b%3C%22%C3%A9%3A/x");
    }
}
