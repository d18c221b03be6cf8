//! The OpenPGP cleartext signature framework around a security.txt: found, taken off, and said to be there. The signature
//! itself is not verified here: that needs the key, which no file can vouch for by itself.

const BEGIN: &str = "-----BEGIN PGP SIGNED MESSAGE-----";
const SIGNATURE: &str = "-----BEGIN PGP SIGNATURE-----";
const END: &str = "-----END PGP SIGNATURE-----";

/// A line of the file with its number, counted from 1.
pub(super) type Numbered<'a> = (usize, &'a str);

/// The lines inside the signature, or all of them where there is none.
pub(super) struct Unwrapped<'a> {
    pub(super) lines: Vec<Numbered<'a>>,
    pub(super) signed: bool,
    /// What is wrong with the frame: a code, a line and a message.
    pub(super) wrong: Option<(&'static str, usize, &'static str)>,
}

/// Takes the frame off. Lines that begin with a dash are written `- -…` inside it (RFC 9580, section 7.2).
pub(super) fn unwrap<'a>(lines: &[Numbered<'a>]) -> Unwrapped<'a> {
    let plain = |wrong| Unwrapped { lines: lines.to_vec(), signed: false, wrong };
    let first = lines.iter().position(|(_, l)| !l.trim().is_empty());
    let Some(first) = first.filter(|&i| lines[i].1.trim_end() == BEGIN) else {
        let stray = lines.iter().find(|(_, l)| l.starts_with("-----BEGIN PGP"));
        let message = "an OpenPGP block stands in a file that does not begin as a signed message";
        return plain(stray.map(|(number, _)| ("signature-format", *number, message)));
    };
    // The headers of the frame (`Hash: SHA256`) end at the first empty line.
    let mut at = first + 1;
    while lines.get(at).is_some_and(|(_, l)| !l.trim().is_empty()) {
        at += 1;
    }
    let mut inside = Vec::new();
    for (index, &(number, line)) in lines.iter().enumerate().skip(at + 1) {
        if line.trim_end() == SIGNATURE {
            let rest = &lines[index + 1..];
            let end = rest.iter().position(|(_, l)| l.trim_end() == END);
            let after = end.and_then(|e| rest[e + 1..].iter().find(|(_, l)| !l.trim().is_empty()));
            let wrong = match (end, after) {
                (None, _) => Some(("signature-format", number, "the signature has no end")),
                (_, Some((after, _))) => Some((
                    "signature-format",
                    *after,
                    "text stands after the signature, where it is not signed",
                )),
                _ => None,
            };
            return Unwrapped { lines: inside, signed: wrong.is_none(), wrong };
        }
        inside.push((number, line.strip_prefix("- ").unwrap_or(line)));
    }
    plain(Some((
        "signature-format",
        lines[first].0,
        "the message says that it is signed, but has no signature",
    )))
}
