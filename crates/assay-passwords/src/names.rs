//! What a column's heading says that it holds. Decided from names, never guessed from values, because a wrong column accuses
//! an innocent batch.

use crate::rows::Role;

/// Letters and digits in lower case, anything between them as one `_`.
#[must_use]
pub fn normal(name: &[u8]) -> String {
    let mut normal = String::new();
    for c in String::from_utf8_lossy(&name[..name.len().min(200)]).chars() {
        if c.is_alphanumeric() {
            normal.extend(c.to_lowercase());
        } else if !normal.is_empty() && !normal.ends_with('_') {
            normal.push('_');
        }
    }
    normal.trim_end_matches('_').to_owned()
}

/// What a heading says that its column is; none where it says nothing we know.
#[must_use]
pub fn role_of(heading: &[u8]) -> Option<Role> {
    let heading = normal(heading);
    if is_password(&heading) {
        Some(Role::Password)
    } else if is_mac(&heading) {
        Some(Role::Mac)
    } else if is_unit(&heading) {
        Some(Role::Serial)
    } else if is_public(&heading) {
        Some(Role::Public)
    } else {
        None
    }
}

/// `password`, `wifi_password`, `admin_pwd`, `password_2`; not `password_hash`, `password_length` or `must_change_password`,
/// whose values may well agree for every unit. Takes a heading in [`normal`] form.
#[must_use]
pub fn is_password(heading: &str) -> bool {
    const STRONG: [&str; 12] = [
        "password",
        "passwords",
        "passwd",
        "pwd",
        "passphrase",
        "passcode",
        "passwort",
        "kennwort",
        "psk",
        "contraseña",
        "mot_de_passe",
        "wachtwoord",
    ];
    // These words mean other things too (a test's `pass`, a licence's `key`), so they stand alone or beside a known use.
    const WEAK: [&str; 3] = ["pass", "key", "pw"];
    const USES: [&str; 20] = [
        "wifi", "wi_fi", "wlan", "wpa", "wpa2", "wpa3", "wireless", "network", "security", "admin", "root",
        "web", "user", "login", "device", "default", "initial", "factory", "gui", "ap",
    ];
    const NOT: [&str; 14] = [
        "has",
        "is",
        "must",
        "change",
        "changed",
        "force",
        "set",
        "requires",
        "needs",
        "no",
        "hashed",
        "encrypted",
        "forgot",
        "reset",
    ];
    let heading = heading.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('_');
    let before = |word: &str| {
        let rest = heading.strip_suffix(word)?;
        if rest.is_empty() { Some("") } else { rest.strip_suffix('_') }
    };
    STRONG.iter().any(|w| before(w).is_some_and(|b| !b.split('_').any(|part| NOT.contains(&part))))
        || WEAK.iter().any(|w| before(w).is_some_and(|b| b.is_empty() || USES.contains(&b)))
}

/// `mac`, `mac_address`, `wlan_mac`, `bssid`, `eui64`. Takes a heading in [`normal`] form.
#[must_use]
pub fn is_mac(heading: &str) -> bool {
    const NAMES: [&str; 9] = [
        "mac",
        "macaddress",
        "mac_address",
        "mac_addr",
        "bssid",
        "eui",
        "eui48",
        "eui64",
        "hardware_address",
    ];
    let heading = heading.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('_');
    let ends = |name: &&str| heading.strip_suffix(*name).is_some_and(|b| b.is_empty() || b.ends_with('_'));
    NAMES.iter().any(ends) || ["eui64", "eui48"].contains(&heading)
}

/// `serial`, `serial_number`, `sn`, `device_id`, `imei`. Takes a heading in [`normal`] form.
#[must_use]
pub fn is_unit(heading: &str) -> bool {
    const NAMES: [&str; 10] = [
        "serial",
        "sn",
        "s_n",
        "imei",
        "uuid",
        "device_id",
        "unit_id",
        "unit",
        "seriennummer",
        "numero_de_serie",
    ];
    let ends = ["serial_number", "serial_no", "serialnumber", "serialno", "_serial", "_sn", "_imei", "_uuid"];
    NAMES.contains(&heading) || ends.iter().any(|e| heading.ends_with(e))
}

/// What others can know of a unit: `ssid`, `model`, `date`, `batch`. Takes a heading in [`normal`] form.
#[must_use]
pub fn is_public(heading: &str) -> bool {
    const WORDS: [&str; 24] = [
        "ssid",
        "model",
        "product",
        "type",
        "sku",
        "gtin",
        "ean",
        "upc",
        "barcode",
        "date",
        "datecode",
        "week",
        "year",
        "batch",
        "lot",
        "charge",
        "version",
        "revision",
        "firmware",
        "name",
        "hostname",
        "brand",
        "vendor",
        "manufacturer",
    ];
    heading.split('_').any(|part| WORDS.contains(&part))
}

/// Whether a serial number or address tells one unit from another: not where it is blank, a placeholder or all zeros.
#[must_use]
pub fn identifies(cell: &[u8]) -> bool {
    !is_no_value(cell) && cell.iter().any(|b| !b" 0:-.".contains(b))
}

/// Whether a password may be no password, by its first byte and its length: empty, a mask, a placeholder or a salted hash.
/// Nearly all are done with here.
#[inline]
#[must_use]
pub(crate) fn may_be_none(first: u8, len: usize) -> bool {
    LENGTHS[usize::from(first)] >> len.min(63) & 1 == 1
}

/// For each first byte the lengths at which [`may_be_none`] is true, a bit each; the last bit is for all that are longer.
static LENGTHS: [u64; 256] = {
    const EMPTY: u64 = 1;
    let mut lengths = [EMPTY; 256];
    let any = [b'*', b'<', b'(', b'[', b'{', b'$', 0xe2];
    let mut at = 0;
    while at < any.len() {
        lengths[any[at] as usize] = u64::MAX;
        at += 1;
    }
    // `null`, `N/A`; `-`, `--`; `pbkdf2_sha256$…`.
    lengths[b'n' as usize] |= 1 << 3 | 1 << 4;
    lengths[b'N' as usize] |= 1 << 3 | 1 << 4;
    lengths[b'-' as usize] |= 1 << 1 | 1 << 2;
    lengths[b'p' as usize] |= u64::MAX << SHORTEST_HASH;
    lengths
};

/// No salted hash is shorter.
const SHORTEST_HASH: usize = 20;

/// A mask or a placeholder: nothing can be said of the password behind it.
#[must_use]
pub fn is_no_value(value: &[u8]) -> bool {
    const WORDS: [&str; 12] = [
        "none", "null", "nil", "n/a", "na", "blank", "empty", "redacted", "hidden", "masked", "removed",
        "tbd",
    ];
    match value {
        [b'*' | b'<' | b'(' | b'[' | b'{' | 0xe2, ..] => {}
        [b'n' | b'N', ..] => {
            return value.eq_ignore_ascii_case(b"null") || value.eq_ignore_ascii_case(b"n/a");
        }
        [b'-'] | [b'-', b'-'] => return true,
        _ => return false,
    }
    let text = String::from_utf8_lossy(&value[..value.len().min(64)]).to_lowercase();
    let masked = text.chars().count() >= 3 && text.chars().all(|c| matches!(c, '*' | '•' | '●' | '█'));
    let inner = text.trim_start_matches(['<', '(', '[', '{']).trim_end_matches(['>', ')', ']', '}']);
    let bracketed = inner.len() + 2 <= text.len() && WORDS.contains(&inner.trim());
    masked || bracketed
}

/// `$2b$12$…`, `$argon2id$…`, `pbkdf2_sha256$…`, `{SSHA}…`: salted hashes differ even where the passwords agree.
#[must_use]
pub fn is_salted_hash(value: &[u8]) -> bool {
    if value.len() < SHORTEST_HASH || !matches!(value[0], b'$' | b'{' | b'p') {
        return false;
    }
    let Ok(text) = std::str::from_utf8(value) else { return false };
    let modular = text.strip_prefix('$').and_then(|rest| rest.split_once('$')).is_some_and(|(id, rest)| {
        (1..=12).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && rest.len() >= 20
    });
    modular || text.starts_with("{SSHA") || (text.starts_with("pbkdf2_") && text.matches('$').count() == 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_that_hold_passwords_and_those_that_only_speak_of_them() {
        for yes in [
            "Password",
            "wifi_password",
            "Wi-Fi Password",
            "ADMIN PWD",
            "key",
            "WPA2 Key",
            "password_2",
            "psk",
            "default-pw",
        ] {
            assert_eq!(role_of(yes.as_bytes()), Some(Role::Password), "{yes}");
        }
        let no = [
            "password_hash",
            "Password Length",
            "must_change_password",
            "public_key",
            "test_pass",
            "key_id",
            "passed",
        ];
        for no in no {
            assert_ne!(role_of(no.as_bytes()), Some(Role::Password), "{no}");
        }
    }

    #[test]
    fn headings_of_identifiers() {
        for (heading, role) in [
            ("Serial", Role::Serial),
            ("S/N", Role::Serial),
            ("serial number", Role::Serial),
            ("MAC", Role::Mac),
            ("WLAN MAC", Role::Mac),
            ("mac_address_2", Role::Mac),
            ("BSSID", Role::Mac),
            ("EUI64", Role::Mac),
            ("SSID", Role::Public),
            ("Model", Role::Public),
            ("production date", Role::Public),
        ] {
            assert_eq!(role_of(heading.as_bytes()), Some(role), "{heading}");
        }
        assert_eq!(role_of(b"colour"), None);
        assert_eq!(role_of(b"machine"), None);
    }

    #[test]
    fn masks_and_placeholders_are_no_passwords() {
        for yes in ["********", "•••", "(none)", "<blank>", "[redacted]", "N/A", "null", "-"] {
            assert!(is_no_value(yes.as_bytes()), "{yes}");
            assert!(may_be_none(yes.as_bytes()[0], yes.len()), "{yes}");
        }
        for no in ["none", "*a*", "xxx", "<p4ss>", "-a"] {
            assert!(!is_no_value(no.as_bytes()), "{no}");
        }
    }

    #[test]
    fn salted_hashes_are_recognised() {
        for yes in [
            "$2b$12$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuuabcdefghijk",
            "pbkdf2_sha256$260000$abcdefgh$0123456789abcdef",
            "{SSHA}abcdefghijklmnopqrstuvwxyz012345",
        ] {
            assert!(is_salted_hash(yes.as_bytes()), "{yes}");
            assert!(may_be_none(yes.as_bytes()[0], yes.len()), "{yes}");
        }
        assert!(!is_salted_hash(b"$a$b"));
    }
}
