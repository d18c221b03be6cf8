//! Disks that do not do their part, as an operator meets them: what is said at a start, how soon, and with which exit code.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::folder;

/// Runs a shell script in which `$1` is a small disk of its own and `$2` the program; none where no disk can be mounted here.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn on_a_small_disk(script: &str) -> Option<(Option<i32>, String)> {
    let place = folder();
    let mut command = Command::new("unshare");
    let mounted = format!("mount -t tmpfs -o size=2m none \"$1\" || exit 99; {script}");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &mounted, "sh"]);
    command.arg(place.path()).arg(env!("CARGO_BIN_EXE_assay")).stdin(Stdio::null());
    match command.output() {
        Ok(done) if ![Some(99), Some(1)].contains(&done.status.code()) => {
            Some((done.status.code(), String::from_utf8_lossy(&done.stderr).into_owned()))
        }
        done => {
            eprintln!("SKIPPED: no small disk can be mounted here ({done:?})");
            None
        }
    }
}

/// Each leaves another part of a start without room: the folder, the keys, the database, the public files.
#[test]
fn a_register_that_starts_on_a_full_disk_says_so_within_seconds() {
    for left in ["0", "4", "8", "12", "16", "32", "48", "64", "100"] {
        let script = format!(
            "mkdir \"$1/data\"; head -c {left}k /dev/zero > \"$1/left\"; cat /dev/zero > \"$1/filler\" 2>/dev/null; rm \"$1/left\"; \
             exec timeout 20 \"$2\" serve --listen 127.0.0.1:0 --data \"$1/data\""
        );
        let begun = Instant::now();
        let Some((code, said)) = on_a_small_disk(&script) else { return };
        assert!(begun.elapsed() < Duration::from_secs(5), "{left} KiB: {:?}: {said}", begun.elapsed());
        assert_eq!(code, Some(4), "{left} KiB: {said}");
        assert!(said.contains("/data"), "the file is named with {left} KiB: {said}");
        assert!(said.contains("make room") && !said.contains("timed out"), "{left} KiB: {said}");
    }
}

#[test]
fn a_register_that_has_begun_starts_on_a_full_disk_or_says_why_not() {
    // Stopped in order; then the disk is filled to the last byte, and it is started again.
    let script = "\"$2\" serve --listen 127.0.0.1:0 --data \"$1/data\" >/dev/null & \
                  n=0; until [ -f \"$1/data/public/trust.txt\" ]; do n=$((n + 1)); [ $n -lt 200 ] || exit 98; sleep 0.1; done; \
                  sleep 0.5; kill $!; wait $! || exit 97; cat /dev/zero > \"$1/filler\" 2>/dev/null; \
                  date +%s >&2; timeout 20 \"$2\" serve --listen 127.0.0.1:0 --data \"$1/data\"; code=$?; date +%s >&2; exit $code";
    let Some((code, said)) = on_a_small_disk(script) else { return };
    assert_eq!(code, Some(4), "{said}");
    assert!(said.contains("make room") && said.contains("/data") && !said.contains("timed out"), "{said}");
    let times: Vec<u64> = said.lines().filter_map(|line| line.parse().ok()).collect();
    assert!(times[1] - times[0] <= 5, "{said}");
}
