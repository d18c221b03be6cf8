//! Lines of passwd and shadow files as devices have them: comments, NIS lines, carriage returns, lines too short or too
//! long. It takes them apart; what a password field means is the business of the form beside it.

/// Longest line that is taken for an account.
const MOST_LINE: usize = 4096;

/// One account line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// Counted from 1.
    pub(super) number: usize,
    pub(super) name: &'a [u8],
    pub(super) password: &'a [u8],
    pub(super) shell: Shell,
    /// Whether it has all the fields of a passwd line, neither fewer nor more.
    pub(super) is_whole: bool,
}

/// Whether the account's shell lets somebody log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shell {
    /// Yes, or it is empty, which means /bin/sh.
    Login,
    /// `/bin/false`, `nologin` and the like.
    None,
    /// The line does not say: there is no line in passwd.
    Unknown,
}

impl Shell {
    fn of(field: &[u8]) -> Self {
        const NONE: [&[u8]; 9] =
            [b"false", b"nologin", b"true", b"null", b"noshell", b"sync", b"halt", b"shutdown", b"reboot"];
        let program = field.trim_ascii().rsplit(|b| *b == b'/').next().unwrap_or_default();
        if NONE.contains(&program) { Self::None } else { Self::Login }
    }
}

/// The account lines of a passwd or shadow file, and the numbers of the lines that are none (`3, 5`), for a message.
pub(super) fn lines(bytes: &[u8]) -> (Vec<Line<'_>>, String) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut read = Vec::new();
    let mut odd = Vec::new();
    for (number, line) in (1..).zip(bytes.split(|b| *b == b'\n')) {
        let line = line.trim_ascii_end();
        // Comments, and NIS lines, which bring in accounts from elsewhere.
        if line.is_empty() || matches!(line[0], b'#' | b'+' | b'-') {
            continue;
        }
        let fields: Vec<&[u8]> = line.splitn(12, |b| *b == b':').collect();
        if line.len() > MOST_LINE || fields.len() < 2 || fields[0].is_empty() {
            odd.push(number);
            continue;
        }
        read.push(Line {
            number,
            name: fields[0],
            password: fields[1],
            shell: Shell::of(fields.get(6).copied().unwrap_or_default()),
            is_whole: fields.len() == 7 && is_number(fields[2]) && is_number(fields[3]),
        });
    }
    let mut shown: Vec<String> = odd.iter().take(5).map(usize::to_string).collect();
    if odd.len() > 5 {
        shown.push("…".into());
    }
    (read, shown.join(", "))
}

/// Whether a file named passwd or shadow has the shape of one: there are completion scripts and PAM settings of that name.
pub(super) fn is_account_file(bytes: &[u8]) -> bool {
    let shaped = |line: &[u8]| {
        let fields: Vec<&[u8]> = line.trim_ascii_end().splitn(12, |b| *b == b':').collect();
        let name = fields[0];
        let named = (1..=32).contains(&name.len())
            && name.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'$'));
        named && (fields.len() >= 8 || (fields.len() >= 4 && is_number(fields[2]) && is_number(fields[3])))
    };
    bytes.split(|b| *b == b'\n').take(1000).any(shaped)
}

fn is_number(field: &[u8]) -> bool {
    (1..=10).contains(&field.len()) && field.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_told_from_comments_nis_lines_and_rubbish() {
        let text = b"# root:x\r\nroot:x:0:0:root:/root:/bin/ash\r\n+::::::\n-user\nnonsense\nftp:*:55:55:ftp:/home/ftp:/bin/false\nsh:a\n";
        let (read, odd) = lines(text);
        let names: Vec<&[u8]> = read.iter().map(|l| l.name).collect();
        assert_eq!(names, [b"root".as_slice(), b"ftp", b"sh"]);
        assert_eq!((read[0].number, read[0].shell, read[0].is_whole), (2, Shell::Login, true));
        assert_eq!(read[1].shell, Shell::None);
        assert!(!read[2].is_whole);
        assert_eq!(odd, "5");
    }

    #[test]
    fn scripts_and_settings_of_the_same_name_are_no_account_files() {
        assert!(is_account_file(b"root:x:0:0::/:/bin/sh\n"));
        assert!(is_account_file(b"root::0:0:99999:7:::\n"));
        assert!(!is_account_file(b"@include common-password\n"));
        assert!(!is_account_file(b"#!/bin/sh\nPATH=/bin:/sbin:/usr/bin:/a:/b:/c:/d\n"));
    }
}
