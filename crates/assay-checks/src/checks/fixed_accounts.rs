//! Does the device ship with accounts whose password is empty or the same on every unit? Reads the passwd and shadow files
//! of an unpacked root file system as its login programs would. It tries no password and shows no hash.

mod account;
mod form;
mod tree;

use std::collections::BTreeMap;

use assay::case::EvidenceKind;
use assay::outcome::{Confidence, Finding, SpeaksFrom};
use sha2::{Digest, Sha256};

use crate::files::{FileProblem, Files, sha256};
use crate::quote::{count, list, quoted, quoted_bytes};
use crate::verdict::{Verdict, each, finding, unseen};
use crate::{Check, Subject, kinds};
use account::{Line, Shell, lines};
use form::Form;
use tree::{Pair, Text};

/// The check's entry in the registry.
pub const CHECK: Check = Check {
    id: "fixed-accounts",
    title: "No account of the device has an empty or a fixed password",
    evidence: &[EvidenceKind::RootFileSystem],
    provisions: &[
        "cop-2018:1",
        "cop-2018:4",
        "ts103645-v1.1.1:4.1-1",
        "en303645-v2.1.1:5.1-1",
        "psti-2023:sch1-1",
    ],
    units: &[],
    speaks_from: SpeaksFrom::Evidence,
    page: include_str!("fixed_accounts.md"),
    run,
};

/// What a fixed or empty password in an image speaks against. Not EN 303 645 5.1-1 and not the PSTI Regulations: both exempt
/// the factory-default state, and an image shows no other, so there it stays undecided. The Code of Practice and
/// TS 103 645 4.1-1 forbid also what a reset brings back, and credentials in the software.
const AGAINST: &[&str] = &["cop-2018:1", "cop-2018:4", "ts103645-v1.1.1:4.1-1"];

/// Most accounts of one image that are judged.
const MOST_ACCOUNTS: usize = 10_000;

fn run(subject: &Subject<'_>) -> Verdict {
    each(subject, EvidenceKind::RootFileSystem, |evidence| judge_tree(subject.files, &evidence.path))
}

/// Judges an unpacked root file system. `root` is its folder within `files`; empty where `files` is that folder itself.
#[must_use]
pub fn judge_tree(files: &dyn Files, root: &str) -> Verdict {
    let tree = match tree::search(files, root) {
        Ok(tree) => tree,
        Err(FileProblem::NotAFile) => {
            return Verdict::inconclusive(format!(
                "{} is not a folder: unpack the firmware and name the folder that holds its root file system.",
                quoted(root)
            ));
        }
        Err(problem) => return unseen(root, &problem),
    };
    let mut seen = Seen { doubts: tree.doubts.clone(), ..Seen::default() };
    for pair in &tree.pairs {
        judge_pair(pair, root, &mut seen);
    }
    let names: Vec<String> =
        tree.pairs.iter().flat_map(Pair::texts).map(|text| quoted(&format!("/{}", text.path))).collect();
    if names.is_empty() && seen.doubts.is_empty() {
        seen.doubts.push(format!(
            "among {} there is no passwd and no shadow file in any etc folder: where accounts are kept, if there are any, was not seen",
            count(tree.entries, "entry", "entries")
        ));
    } else if seen.accounts == 0 && seen.doubts.is_empty() {
        seen.doubts.push(format!("{} name no account", list(&names)));
    }
    let good = format!(
        "{} in {} cannot be opened with a password: each is locked. Passwords that web pages and services keep elsewhere were not looked at",
        count(seen.accounts, "account", "accounts"),
        list(&names)
    );
    let findings = seen.findings.into_values().collect();
    Verdict::weigh(findings, seen.doubts, good).having_seen(root, digest(&tree.pairs))
}

/// SHA-256 of the sorted list of `digest  path` lines of the files read.
fn digest(pairs: &[Pair]) -> String {
    let line = |text: &Text| format!("{}  {}\n", sha256(&text.bytes), text.path);
    let mut lines: Vec<String> = pairs.iter().flat_map(Pair::texts).map(line).collect();
    lines.sort();
    sha256(lines.concat().as_bytes())
}

/// What is known so far. One account with one password is one finding, however many copies of it the image has: the
/// surest place stands.
#[derive(Default)]
struct Seen {
    findings: BTreeMap<(Vec<u8>, [u8; 32]), Finding>,
    doubts: Vec<String>,
    accounts: usize,
}

impl Seen {
    fn add(&mut self, account: &[u8], password: &[u8], new: Finding) {
        let key = (account.to_vec(), Sha256::digest(password).into());
        let better = |old: &Finding| (new.confidence, &old.place) > (old.confidence, &new.place);
        if self.findings.get(&key).is_none_or(better) {
            self.findings.insert(key, new);
        }
    }
}

/// What the two files of a folder say of one account.
#[derive(Default)]
struct Account<'a> {
    passwd: Option<Line<'a>>,
    shadow: Option<Line<'a>>,
}

fn judge_pair(pair: &Pair, root: &str, seen: &mut Seen) {
    let mut accounts: BTreeMap<&[u8], Account<'_>> = BTreeMap::new();
    for (is_shadow, text) in [(false, &pair.passwd), (true, &pair.shadow)] {
        let Some(text) = text else { continue };
        let (read, odd) = lines(&text.bytes);
        if !odd.is_empty() && !pair.is_backup {
            seen.doubts
                .push(format!("in {} line {odd} is no account line", quoted(&format!("/{}", text.path))));
        }
        for line in read {
            let account = accounts.entry(line.name).or_default();
            // The first line of a name is the one that a login finds.
            if is_shadow {
                account.shadow.get_or_insert(line)
            } else {
                account.passwd.get_or_insert(line)
            };
        }
    }
    for (name, account) in accounts {
        seen.accounts += 1;
        if seen.accounts > MOST_ACCOUNTS {
            seen.doubts.push(format!("only the first {MOST_ACCOUNTS} accounts were judged"));
            seen.accounts = MOST_ACCOUNTS;
            return;
        }
        judge_account(name, &account, pair, root, seen);
    }
}

/// Joins the two fields as login programs do: an `x` in passwd asks shadow; a password in passwd itself counts there;
/// where passwd is locked, BusyBox still asks shadow (for `*`), others do not.
fn judge_account(name: &[u8], account: &Account<'_>, pair: &Pair, root: &str, seen: &mut Seen) {
    let passwd = account.passwd.as_ref().map(|l| (l, Form::of(l.password, false), pair.passwd.as_ref()));
    let shadow = account.shadow.as_ref().map(|l| (l, Form::of(l.password, true), pair.shadow.as_ref()));
    let shell = account.passwd.as_ref().map_or(Shell::Unknown, |l| l.shell);
    let mut ceiling = match shell {
        Shell::Login => Confidence::Certain,
        Shell::None | Shell::Unknown => Confidence::Likely,
    };
    // A template, or an underlay such as /rom/etc, is used in most devices; a backup copy by none.
    if !pair.is_live {
        ceiling = ceiling.min(Confidence::Likely);
    }
    if account.passwd.as_ref().is_some_and(|l| !l.is_whole) {
        ceiling = ceiling.min(Confidence::Likely);
    }
    let (line, form, text) = match (passwd, shadow) {
        (Some((_, Form::InShadow, _)), Some(shadow)) => shadow,
        (Some((_, Form::InShadow, _)), None) => {
            if pair.shadow.is_none() && !pair.is_backup {
                seen.doubts.push(format!(
                    "the password of {} is kept in a shadow file that is not beside {}",
                    quoted_bytes(name),
                    quoted(&format!("/{}/passwd", pair.folder))
                ));
            }
            return;
        }
        (
            Some((line, Form::Locked | Form::Unknown, _)),
            Some(shadow @ (_, Form::Hash(_) | Form::Empty, _)),
        ) => {
            ceiling =
                ceiling.min(if line.password == b"*" { Confidence::Likely } else { Confidence::Possible });
            shadow
        }
        (Some(passwd), _) => passwd,
        (None, Some(shadow)) => {
            // Without its line in passwd an account does not exist, unless the whole passwd file is missing here.
            ceiling =
                ceiling.min(if pair.passwd.is_some() { Confidence::Possible } else { Confidence::Likely });
            shadow
        }
        (None, None) => return,
    };
    let Some(text) = text else { return };
    let place = if root.is_empty() {
        format!("/{}:{}", text.path, line.number)
    } else {
        format!("{root}!/{}:{}", text.path, line.number)
    };
    let who = quoted_bytes(name);
    let how = match (shell, pair.passwd.is_some()) {
        (Shell::Login, _) => "and may log in",
        (Shell::None, _) => "though its shell is no login shell (services may still accept the password)",
        (Shell::Unknown, true) => "but has no line in passwd",
        (Shell::Unknown, false) => "and there is no passwd file beside it to show whether it may log in",
    };
    let copy = if pair.is_backup { "; the file is a backup copy, which no login reads" } else { "" };
    if pair.is_backup {
        ceiling = Confidence::Possible;
    }
    match form {
        Form::Hash(scheme) => {
            let message = format!(
                "account {who} has a fixed password ({scheme} hash), the same on every unit with this image, {how}{copy}; whether set-up replaces it cannot be seen here"
            );
            seen.add(name, line.password, finding(&kinds::FIXED_PASSWORD, message, place, ceiling, AGAINST));
        }
        Form::Empty => {
            // Without a login shell nobody asks for the password.
            if shell == Shell::None {
                ceiling = Confidence::Possible;
            }
            let message = format!("account {who} has an empty password {how}{copy}; whether set-up replaces it cannot be seen here");
            seen.add(name, b"", finding(&kinds::EMPTY_PASSWORD, message, place, ceiling, AGAINST));
        }
        Form::Unknown if pair.is_backup => {}
        Form::Unknown => seen.doubts.push(format!(
            "the password field of {who} in {} has a form that this check does not know, perhaps a password in plain text",
            quoted(&place)
        )),
        Form::Locked | Form::InShadow => {}
    }
}
