//! Mail addresses in a text: whether something is one, and where they stand. It checks shapes; it asks no server.

/// Something, an at sign, and a host with a dot.
pub(crate) fn is_mail(text: &str) -> bool {
    let Some((local, host)) = text.split_once('@') else { return false };
    let label = |l: &str| !l.is_empty() && l.chars().all(|c| c.is_alphanumeric() || c == '-');
    !local.is_empty() && local.chars().all(is_local) && host.contains('.') && host.split('.').all(label)
}

fn is_local(c: char) -> bool {
    c.is_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c)
}

/// The mail addresses in a text, in lower case, however they are wrapped in brackets, links and full stops.
pub(crate) fn mails(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for token in text.split(|c: char| c.is_whitespace() || "<>()[]{}\"',;|".contains(c)) {
        let token = token.rsplit_once("mailto:").map_or(token, |(_, address)| address);
        let token = token.split('?').next().unwrap_or_default();
        let token = token.trim_matches(|c: char| !c.is_alphanumeric());
        if token.len() <= 254 && is_mail(token) {
            found.push(token.to_lowercase());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_addresses_have_a_shape() {
        assert!(is_mail("security@hearth.example"));
        for no in ["security@hearth", "a b@c.d", "@a.b", "a@b@c.d", "security"] {
            assert!(!is_mail(no), "{no}");
        }
    }

    #[test]
    fn addresses_are_found_in_links_and_sentences() {
        let text = "Mail [us](mailto:Security@hearth.example?subject=x), or <psirt@hearth.example>.";
        assert_eq!(mails(text), ["security@hearth.example", "psirt@hearth.example"]);
        assert_eq!(mails("**a@b.example** and b@c.example."), ["a@b.example", "b@c.example"]);
        assert!(mails("[email protected] and security (at) hearth.example").is_empty());
    }
}
