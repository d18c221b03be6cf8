//! The units of `packaging/systemd`, judged by systemd itself: they can be read, and what they run is fenced in.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{assay, finish, folder};

fn packaging() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging")
}

/// systemd's program, where it is; said loudly where it is not.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn analyze() -> Option<Command> {
    if Command::new("systemd-analyze").arg("--version").output().is_ok_and(|ran| ran.status.success()) {
        return Some(Command::new("systemd-analyze"));
    }
    eprintln!("SKIPPED: systemd-analyze is not installed (Debian: systemd): the units were not judged");
    None
}

#[test]
fn systemd_takes_every_unit_and_finds_the_services_well_fenced() {
    let Some(mut verify) = analyze() else { return };
    let folder = folder();
    let mut units = Vec::new();
    for entry in std::fs::read_dir(packaging().join("systemd")).unwrap() {
        let entry = entry.unwrap();
        let text = std::fs::read_to_string(entry.path()).unwrap();
        // The program lies elsewhere while it is tested.
        let text = text.replace("/usr/bin/assay", env!("CARGO_BIN_EXE_assay"));
        let place = folder.path().join(entry.file_name());
        std::fs::write(&place, text).unwrap();
        units.push(place);
    }
    assert!(units.len() >= 5, "{units:?}");
    let ran = verify.args(["verify", "--man=no"]).args(&units).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success() && said.trim().is_empty(), "{said}");
    for unit in units.iter().filter(|unit| unit.extension().is_some_and(|kind| kind == "service")) {
        let mut judge = Command::new("systemd-analyze");
        // 10 is wide open, 0 is shut; the threshold counts tenths.
        let judged =
            judge.args(["security", "--offline=true", "--no-pager", "--threshold=15"]).arg(unit).output();
        let judged = judged.unwrap();
        assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stdout));
    }
}

#[test]
fn what_the_units_run_is_what_the_program_takes() {
    for entry in std::fs::read_dir(packaging().join("systemd")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let Some(line) = text.lines().find_map(|line| line.strip_prefix("ExecStart=/usr/bin/assay ")) else {
            continue;
        };
        // Every file is missing, so each ends at once; a flag that does not exist would be said instead.
        let line = line.replace("127.0.0.1:", "256.0.0.1:");
        let ran = finish(
            assay()
                .args(line.split(' ').map(|word| word.replace("%S", "/nowhere").replace("%d", "/nowhere"))),
        );
        assert_eq!(ran.code, 2, "{line}: {}", ran.err);
        let expected = ["is not there", "invalid socket address"];
        assert!(expected.iter().any(|said| ran.err.contains(said)), "{line}: {}", ran.err);
        assert!(!ran.err.contains("unexpected argument"), "{line}: {}", ran.err);
    }
}

#[test]
fn the_files_of_settings_that_come_along_are_taken() {
    let services: [(&[&str], &str, &str, &str); 4] = [
        (&["serve"], "assay.toml", "127.0.0.1:9464", "https://register.example"),
        (&["witness"], "witness.toml", "/etc/assay/logs.txt", "600"),
        (&["mirror", "http://a.example", "copy"], "mirror.toml", "127.0.0.1:9466", "60"),
        (&["monitor", "http://a.example"], "monitor.toml", "/etc/assay/policy.txt", "mirror.example"),
    ];
    for (service, name, said, said_of_all) in services {
        let shown =
            |file: &Path| finish(assay().args(service).args(["--print-config", "--config"]).arg(file));
        let file = packaging().join(name);
        let ran = shown(&file);
        assert!(ran.code == 0 && ran.out.contains(said), "{}{}", ran.out, ran.err);
        // Also with everything in it that is commented out.
        let folder = folder();
        let text = std::fs::read_to_string(&file).unwrap();
        let all: String = text
            .lines()
            .map(|line| match line.strip_prefix('#') {
                Some(setting) if setting.contains(" = ") => format!("{setting}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        let file = folder.path().join(name);
        std::fs::write(&file, all).unwrap();
        let ran = shown(&file);
        assert!(ran.code == 0 && ran.out.contains(said_of_all), "{}{}", ran.out, ran.err);
    }
}
