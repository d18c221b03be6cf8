//! What the password field of an account means: locked, empty, a hash of a known form, kept elsewhere, or unknown. A field
//! is a hash only if it has that form's exact shape; anything else is left for a person to look at.

/// The meaning of a password field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// No password is asked for.
    Empty,
    /// No password opens it.
    Locked,
    /// The password is in the shadow file.
    InShadow,
    /// A hash, by the name of its scheme.
    Hash(&'static str),
    /// Neither.
    Unknown,
}

/// Schemes of the form `$id$…$hash`: the name, and the length of the hash in its alphabet (0: not looked at).
const SCHEMES: [(&str, &str, usize); 19] = [
    ("1", "md5crypt", 22),
    ("2", "bcrypt", 53),
    ("2a", "bcrypt", 53),
    ("2b", "bcrypt", 53),
    ("2x", "bcrypt", 53),
    ("2y", "bcrypt", 53),
    ("3", "NT hash", 32),
    ("5", "sha256crypt", 43),
    ("6", "sha512crypt", 86),
    ("7", "scrypt", 43),
    ("8", "PBKDF2", 43),
    ("9", "scrypt", 43),
    ("y", "yescrypt", 43),
    ("gy", "gost-yescrypt", 43),
    ("md5", "SunMD5", 22),
    ("sha1", "sha1crypt", 28),
    ("apr1", "Apache md5crypt", 22),
    ("argon2i", "Argon2", 0),
    ("argon2id", "Argon2", 0),
];

impl Form {
    /// Reads a field; an `x` in a shadow file points nowhere and so locks.
    pub(super) fn of(field: &[u8], in_shadow: bool) -> Self {
        match field {
            b"" => Self::Empty,
            b"x" if in_shadow => Self::Locked,
            b"x" => Self::InShadow,
            // `*`, `!`, `!!`, `!hash`, `*LK*`, `*LOCKED*hash`; Solaris also writes the words alone.
            [b'*' | b'!', ..] | b"LK" | b"NP" => Self::Locked,
            _ => hash(field).map_or(Self::Unknown, Self::Hash),
        }
    }
}

fn hash(field: &[u8]) -> Option<&'static str> {
    let text = std::str::from_utf8(field).ok()?;
    if !text.bytes().all(|b| b.is_ascii_graphic()) {
        return None;
    }
    if let Some(rest) = text.strip_prefix('$') {
        // SunMD5 writes its rounds with a comma: `$md5,rounds=904$salt$$hash`.
        let (id, rest) = rest.split_once(['$', ','])?;
        let (_, name, length) = SCHEMES.iter().find(|(known, _, _)| *known == id)?;
        let last = rest.rsplit('$').next()?;
        let fits = match *length {
            0 => last.len() >= 16,
            n => last.len() == n && last.bytes().all(is_digit64),
        };
        return fits.then_some(name);
    }
    let bytes = text.as_bytes();
    match bytes {
        [b'_', rest @ ..] if rest.len() == 19 && rest.iter().copied().all(is_digit64) => Some("extended DES"),
        // The last of 13 digits carries two bits less, which tells most 13-letter words from a hash.
        [_, .., last]
            if bytes.len() == 13
                && bytes.iter().copied().all(is_digit64)
                && b".26AEIMQUYcgkosw".contains(last) =>
        {
            Some("DES crypt")
        }
        _ => None,
    }
}

/// A digit of crypt's alphabet.
fn is_digit64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locked_forms_are_no_passwords() {
        for field in ["*", "!", "!!", "!$6$a$b", "*LK*", "*NP*", "*LOCKED*$2a$1", "LK"] {
            assert_eq!(Form::of(field.as_bytes(), true), Form::Locked, "{field}");
            assert_eq!(Form::of(field.as_bytes(), false), Form::Locked, "{field}");
        }
        assert_eq!((Form::of(b"x", true), Form::of(b"x", false)), (Form::Locked, Form::InShadow));
        assert_eq!(Form::of(b"", true), Form::Empty);
    }

    #[test]
    fn every_scheme_is_known_by_its_shape() {
        let digits = |n| "a".repeat(n);
        for (id, name, length) in SCHEMES {
            let n = if length == 0 { 43 } else { length };
            assert_eq!(
                Form::of(format!("${id}$salt${}", digits(n)).as_bytes(), true),
                Form::Hash(name),
                "{id}"
            );
            assert_eq!(
                Form::of(format!("${id}$salt$abc").as_bytes(), true),
                Form::Unknown,
                "{id}: cut short"
            );
        }
        let bcrypt = format!("$2y$10${}", digits(53));
        let rounds = format!("$6$rounds=5000$salt${}", digits(86));
        let no_salt = format!("$1$${}", digits(22));
        let sun = format!("$md5,rounds=904$salt$${}", digits(22));
        for (field, name) in
            [(bcrypt, "bcrypt"), (rounds, "sha512crypt"), (no_salt, "md5crypt"), (sun, "SunMD5")]
        {
            assert_eq!(Form::of(field.as_bytes(), true), Form::Hash(name));
        }
        assert_eq!(Form::of(b"ab01234567899", true), Form::Unknown);
        assert_eq!(Form::of(b"ab0123456789.", true), Form::Hash("DES crypt"));
        assert_eq!(Form::of(b"_J9..abcdabcdabcdabc", true), Form::Hash("extended DES"));
    }

    #[test]
    fn words_and_rubbish_are_unknown() {
        for field in ["admin", "administrator", "$", "$$", "$6$", "$99$a$b", "\u{fc}\u{fc}"] {
            assert_eq!(Form::of(field.as_bytes(), true), Form::Unknown, "{field}");
        }
    }
}
