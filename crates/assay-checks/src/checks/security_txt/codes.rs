//! The codes that a reading of a security.txt file prints beside its messages, each explained once. A code that is also a
//! kind of finding is explained there.

/// A code and what it means, for `assay explain`.
pub const CODES: [(&str, &str); 27] = [
    (
        "bad-address",
        "A mail address or telephone number after `mailto:` or `tel:` cannot be one. RFC 9116 asks for URIs (section 2.5.3).",
    ),
    (
        "bad-expires",
        "The Expires field holds no date and time in the form of RFC 3339, for example 2027-05-31T00:00:00Z (RFC 9116, section 2.5.5).",
    ),
    (
        "bad-language",
        "Preferred-Languages holds something that is no language tag (RFC 9116, section 2.5.8). Write `en`, or `en, fr`.",
    ),
    (
        "blank-before-colon",
        "A blank stands between a field's name and its colon. The grammar of RFC 9116 (section 4) has none.",
    ),
    (
        "byte-order-mark",
        "The file begins with a byte-order mark, which some programs take for the first letter of the first field.",
    ),
    (
        "expired",
        "The Expires field lies in the past: readers must take the file for stale (RFC 9116, section 2.5.5). Renew it and set a new date.",
    ),
    (
        "far-expires",
        "The file expires more than a year ahead. RFC 9116 recommends less than a year, so that what it says stays true.",
    ),
    (
        "hidden-contact",
        "The contact is hidden behind a page that hides mail addresses, so nobody can read it. Write it in clear.",
    ),
    (
        "long-file",
        "The file is longer than any real security.txt. It is read, but look whether it is what you meant to publish.",
    ),
    ("long-line", "A line is longer than programs are ready for. Break it up or shorten it."),
    (
        "no-blank",
        "There is no blank between a field's colon and its value. The grammar of RFC 9116 (section 4) asks for one.",
    ),
    (
        "no-canonical",
        "A signed file should say where it belongs (Canonical), so that nobody can serve it elsewhere (RFC 9116, section 2.5.2).",
    ),
    (
        "no-encryption",
        "Reporters have a mail address and no key to encrypt to. Add an Encryption field (RFC 9116, section 2.5.4).",
    ),
    (
        "no-expires",
        "There is no Expires field, so nobody can tell whether the file is still true (RFC 9116, section 2.5.5).",
    ),
    ("no-field", "A line is neither a field, a comment nor empty. Begin comments with `#`."),
    ("no-https", "An address uses http. RFC 9116 asks for https wherever a field holds a web address."),
    (
        "no-line-end",
        "A line has no proper line end. RFC 9116 (section 2.2) wants every line, the last one too, to end with a line feed.",
    ),
    (
        "no-policy",
        "There is no Policy field. The law asks for the times of acknowledgement and status updates; link the page that states them.",
    ),
    (
        "no-uri",
        "The value is no URI. A mail address is written `mailto:security@example.org`, a telephone number `tel:+44-…`.",
    ),
    ("no-value", "A field has a name and no value: fill it in, or remove the line."),
    (
        "not-signed",
        "The file bears no OpenPGP signature, which RFC 9116 (section 2.3) recommends and does not ask for.",
    ),
    ("not-utf8", "The file is not UTF-8 text throughout (RFC 9116, section 2.2)."),
    (
        "several-expires",
        "Expires stands there more than once, so nobody can tell which one holds (RFC 9116, section 2.5.5).",
    ),
    (
        "several-languages",
        "Preferred-Languages stands there more than once (RFC 9116, section 2.5.8). Put all languages on one line.",
    ),
    (
        "signature-format",
        "The OpenPGP cleartext signature is not in the form of RFC 4880, section 7. Sign the whole file again.",
    ),
    ("too-long", "The file is longer than this check reads (1 MiB)."),
    (
        "unknown-field",
        "A field that RFC 9116 and its registry do not know. Programs ignore it; look for a typing error.",
    ),
];

#[cfg(test)]
mod tests {
    use super::CODES;

    #[test]
    fn every_code_is_explained_once() {
        for (at, (code, text)) in CODES.iter().enumerate() {
            assert!(text.len() > 40 && !CODES[..at].iter().any(|(other, _)| other == code), "{code}");
        }
    }
}
