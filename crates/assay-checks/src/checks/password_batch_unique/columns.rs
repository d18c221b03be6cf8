//! Which columns of a batch hold passwords, and which identify the unit. Decided from the names in the first row, or from
//! the case; never guessed from the values, because a wrong column accuses an innocent batch.

use super::table::{Refused, Row};
use crate::quote::{quoted, quoted_bytes};

/// Most password columns that are judged.
const MOST_COLUMNS: usize = 8;

/// The chosen columns.
#[derive(Debug)]
pub(super) struct Columns {
    pub(super) passwords: Vec<Chosen>,
    /// Columns that identify the unit: serial number, hardware address.
    pub(super) units: Vec<usize>,
    /// Whether the first row names the columns.
    pub(super) header: bool,
}

/// One password column.
#[derive(Debug)]
pub(super) struct Chosen {
    /// For messages: ``column `wifi_password` ``.
    pub(super) name: String,
    pub(super) index: usize,
}

impl Columns {
    /// Chooses from the first row; `named` is the case's `password_column`: a heading, or a number counted from 1.
    pub(super) fn choose(first: &Row, named: Option<&str>) -> Result<Self, Refused> {
        let headings: Vec<String> = first.cells.iter().map(|c| normal(c.value())).collect();
        let chosen = |index: usize| Chosen {
            name: format!("column {}", quoted_bytes(first.cells[index].value())),
            index,
        };
        let units = |header: bool| {
            if header { (0..headings.len()).filter(|&i| is_unit(&headings[i])).collect() } else { vec![] }
        };
        if let Some(named) = named {
            let wanted = normal(named.as_bytes());
            if let Some(index) = headings.iter().position(|h| *h == wanted) {
                return Ok(Self { passwords: vec![chosen(index)], units: units(true), header: true });
            }
            if let Some(index) = numbered(named, headings.len()) {
                let header = headings.iter().any(|h| is_password(h) || is_unit(h));
                let name = format!("column {}", index + 1);
                return Ok(Self { passwords: vec![Chosen { name, index }], units: units(header), header });
            }
            return Err(Refused::NoColumn(format!("no column is called {}", quoted(named))));
        }
        let passwords: Vec<Chosen> = (0..headings.len())
            .filter(|&i| is_password(&headings[i]))
            .map(chosen)
            .take(MOST_COLUMNS)
            .collect();
        if !passwords.is_empty() {
            return Ok(Self { passwords, units: units(true), header: true });
        }
        if headings.len() == 1 {
            let passwords = vec![Chosen { name: "its only column".into(), index: 0 }];
            return Ok(Self { passwords, units: vec![], header: false });
        }
        Err(Refused::NoColumn("no column's name says that it holds passwords".into()))
    }
}

/// Whether the first row has a heading that names a password column: how a separator is recognised.
pub(super) fn names_a_password(first: &Row, named: Option<&str>) -> bool {
    let named = named.map(|n| normal(n.as_bytes()));
    first.cells.iter().map(|c| normal(c.value())).any(|h| is_password(&h) || named.as_ref() == Some(&h))
}

/// Letters and digits in lower case, anything between them as one `_`.
fn normal(name: &[u8]) -> String {
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

/// `password`, `wifi_password`, `admin_pwd`, `password_2`; not `password_hash`, `password_length` or `must_change_password`,
/// whose values may well agree for every unit.
fn is_password(heading: &str) -> bool {
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

/// `serial`, `serial_number`, `mac_address`, `device_id`.
fn is_unit(heading: &str) -> bool {
    const NAMES: [&str; 12] = [
        "serial",
        "sn",
        "s_n",
        "mac",
        "imei",
        "uuid",
        "eui",
        "eui64",
        "device_id",
        "unit_id",
        "unit",
        "seriennummer",
    ];
    let ends = [
        "serial_number",
        "serial_no",
        "serialnumber",
        "serialno",
        "mac_address",
        "macaddress",
        "_serial",
        "_sn",
        "_mac",
    ];
    NAMES.contains(&heading) || ends.iter().any(|e| heading.ends_with(e))
}

/// Whether a serial number or address tells one unit from another: not where it is blank, a placeholder or all zeros.
pub(super) fn identifies(cell: &[u8]) -> bool {
    !is_no_value(cell) && cell.iter().any(|b| !b" 0:-.".contains(b))
}

fn numbered(named: &str, columns: usize) -> Option<usize> {
    let number: usize = named.trim().parse().ok()?;
    (1..=columns).contains(&number).then(|| number - 1)
}

/// A mask or a placeholder: nothing can be said of the password behind it.
pub(super) fn is_no_value(value: &[u8]) -> bool {
    const WORDS: [&str; 12] = [
        "none", "null", "nil", "n/a", "na", "blank", "empty", "redacted", "hidden", "masked", "removed",
        "tbd",
    ];
    let text = String::from_utf8_lossy(&value[..value.len().min(64)]).to_lowercase();
    let masked = text.chars().count() >= 3 && text.chars().all(|c| matches!(c, '*' | '•' | '●' | '█'));
    let inner = text.trim_start_matches(['<', '(', '[', '{']).trim_end_matches(['>', ')', ']', '}']);
    let bracketed = inner.len() + 2 <= text.len() && WORDS.contains(&inner.trim());
    masked || bracketed || matches!(text.as_str(), "null" | "n/a" | "-" | "--") || value.contains(&b'\n')
}

/// `$2b$12$…`, `$argon2id$…`, `pbkdf2_sha256$…`, `{SSHA}…`.
pub(super) fn is_salted_hash(value: &[u8]) -> bool {
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
            assert!(is_password(&normal(yes.as_bytes())), "{yes}");
        }
        let no = [
            "password_hash",
            "Password Length",
            "must_change_password",
            "public_key",
            "test_pass",
            "key_id",
            "passed",
            "serial",
        ];
        for no in no {
            assert!(!is_password(&normal(no.as_bytes())), "{no}");
        }
    }

    #[test]
    fn masks_and_placeholders_are_no_passwords() {
        for yes in ["********", "•••", "(none)", "<blank>", "[redacted]", "N/A", "null"] {
            assert!(is_no_value(yes.as_bytes()), "{yes}");
        }
        for no in ["none", "*a*", "xxx", "<p4ss>", "-a"] {
            assert!(!is_no_value(no.as_bytes()), "{no}");
        }
    }

    #[test]
    fn salted_hashes_are_recognised() {
        assert!(is_salted_hash(b"$2b$12$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuuabcdefghijk"));
        assert!(!is_salted_hash(b"$a$b"));
    }
}
