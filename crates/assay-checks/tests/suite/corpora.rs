//! Real inputs that nobody in this project made. They lie outside the repository; where they are absent each test says so
//! loudly and proves nothing.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use assay::outcome::{Confidence, Outcome};
use assay_checks::{Entry, EntryKind, FileProblem, Files, fixed_accounts, security_txt};

fn corpus(path: &str) -> Option<PathBuf> {
    let full = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpora")).join(path);
    if !full.exists() {
        eprintln!("SKIPPED: the shared corpus {path} is not beside this repository");
        return None;
    }
    Some(full)
}

/// A folder on disk, as the edge would offer it.
struct OnDisk(PathBuf);

impl Files for OnDisk {
    fn kind(&self, path: &str) -> Result<EntryKind, FileProblem> {
        let meta = std::fs::symlink_metadata(self.0.join(path)).map_err(|_| FileProblem::Missing)?;
        Ok(if meta.is_symlink() {
            EntryKind::Link {
                target: std::fs::read_link(self.0.join(path))
                    .ok()
                    .and_then(|t| t.to_str().map(str::to_owned)),
            }
        } else if meta.is_dir() {
            EntryKind::Folder
        } else if meta.is_file() {
            EntryKind::File { size: meta.len() }
        } else {
            EntryKind::Other
        })
    }

    fn list(&self, dir: &str, most: usize) -> Result<Vec<Entry>, FileProblem> {
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(self.0.join(dir)).map_err(|_| FileProblem::NotAFile)? {
            let name = entry.map_err(|e| FileProblem::Unreadable(e.to_string()))?.file_name();
            let path = assay_checks::files::join(dir, &name.to_string_lossy());
            entries.push(Entry { kind: self.kind(&path)?, path });
            if entries.len() > most {
                return Err(FileProblem::TooLarge);
            }
        }
        Ok(entries)
    }

    fn open(&self, path: &str) -> Result<Box<dyn Read + '_>, FileProblem> {
        match self.kind(path)? {
            EntryKind::File { .. } => std::fs::File::open(self.0.join(path))
                .map(|f| Box::new(f) as Box<dyn Read>)
                .map_err(|e| FileProblem::Unreadable(e.to_string())),
            _ => Err(FileProblem::NotAFile),
        }
    }
}

#[test]
fn the_gpon_stick_ships_one_fixed_account_and_its_locked_root_is_not_accused() {
    let Some(archive) = corpus("firmware/nokia-alu-g010sp-squashfs-root.tar.xz") else { return };
    let folder = tempfile::tempdir().unwrap();
    let unpacked = Command::new("tar").arg("-xJf").arg(&archive).arg("-C").arg(folder.path()).status();
    if !unpacked.is_ok_and(|s| s.success()) {
        eprintln!("SKIPPED: tar with xz is not installed here");
        return;
    }
    let verdict = fixed_accounts::judge_tree(&OnDisk(folder.path().to_owned()), "squashfs-root");
    assert_eq!(verdict.outcome, Outcome::NotMet, "{}", verdict.why);
    let [finding] = verdict.findings.as_slice() else { panic!("{:#?}", verdict.findings) };
    assert_eq!((finding.kind.as_str(), finding.confidence), ("fixed-password", Confidence::Certain));
    assert_eq!(finding.place, "squashfs-root!/etc/shadow:2");
    assert!(finding.message.contains("`ONTUSER`"), "{}", finding.message);
    let all = format!("{verdict:?}");
    for never in ["root`", "host_key", "Tajlu5mm", "8G4T5k"] {
        assert!(!all.contains(never), "{never}: {all}");
    }
    // The same folder, judged by itself.
    let bare = fixed_accounts::judge_tree(&OnDisk(folder.path().join("squashfs-root")), "");
    assert_eq!(bare.findings[0].place, "/etc/shadow:2");
}

#[test]
fn the_nine_published_files_are_valid_where_an_independent_checker_says_so() {
    let Some(folder) = corpus("security-txt/security-txt") else { return };
    #[derive(serde::Deserialize)]
    struct Said {
        valid: bool,
        errors: Vec<String>,
    }
    let oracle = std::fs::read(folder.join("_oracle-sectxt.json")).unwrap();
    let oracle: BTreeMap<String, Said> = serde_json::from_slice(&oracle).unwrap();
    assert_eq!(oracle.len(), 9);
    let on = assay::date::parse("2026-11-22").unwrap();
    // Their words, and ours.
    let ours = |theirs: &str| match theirs {
        "no_expire" => "no-expires",
        "expired" => "expired",
        "no_line_separators" => "no-line-end",
        other => panic!("the oracle says {other}, for which we have no word"),
    };
    for (name, said) in oracle {
        let report = security_txt::read(&std::fs::read(folder.join(&name)).unwrap(), on);
        assert_eq!(report.valid, said.valid, "{name}: {:?}", report.errors);
        let mut wanted: Vec<&str> = said.errors.iter().map(|e| ours(e)).collect();
        wanted.sort_unstable();
        let mut found: Vec<&str> = report.errors.iter().map(|p| p.code).collect();
        found.sort_unstable();
        assert_eq!(found, wanted, "{name}");
        assert_eq!(report.signed, name == "addy.io.txt", "{name}");
    }
}
