//! A disk that is really full: a file system in memory of some MiB, filled up to every few KiB, and given room again.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::driver::{Kind, say};
use super::judge::{Known, judge};
use crate::testing::chance::{is_long, tell};
use crate::testing::*;
use crate::{Receipt, Register};

/// The disk's size: room for SQLite's write-ahead log, which grows to 16 MiB before it is worked off.
const SIZE: &str = "48m";
/// How much room is left at most, and in which steps, in bytes.
const ROOM: usize = 480 << 10;

#[test]
fn a_disk_without_room_is_gone_on_with_once_it_has_some() {
    let place = tempfile::tempdir().unwrap();
    let mut command = Command::new("unshare");
    let script = format!(
        "mount -t tmpfs -o size={SIZE} none \"$1\" || exit 99; exec \"$2\" \"$3\" --ignored --exact --nocapture"
    );
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script, "sh"]);
    command.arg(place.path()).arg(std::env::current_exe().unwrap()).arg(super::DRIVER);
    let done = command.env("ASSAY_FAULTS_DISK", place.path()).stdin(Stdio::null()).output();
    match done {
        Ok(done) if done.status.code() != Some(99) && done.status.code() != Some(1) => {
            let said = String::from_utf8_lossy(&done.stdout).into_owned();
            assert!(done.status.success(), "{said}\n{}", String::from_utf8_lossy(&done.stderr));
            tell(said.lines().find(|line| line.starts_with("full disks: ")).unwrap());
        }
        done => tell(&format!("SKIPPED: no small disk can be mounted here ({done:?})")),
    }
}

/// What is done on that disk.
pub(super) async fn fills(root: &Path) {
    let data = root.join("data");
    let mut known = Known::default();
    let mut register = Register::open(config(data.clone())).await.unwrap();
    register.submit(Kind::Register.statement(0)).await.unwrap();
    let (points, mut next, mut refused) = (if is_long() { 60 } else { 6 }, 1, 0);
    for point in 0..points {
        let left = point * ROOM / points;
        let filler = fill(root, left);
        for n in next..next + 3 {
            match register.submit(Kind::Register.statement(n)).await {
                Ok(receipt) => drop(known.acknowledged.insert(n, receipt.index)),
                Err(error) => {
                    let why = error.to_string();
                    assert!(why.contains("make room"), "with {left} bytes left: {why}");
                    refused += 1;
                }
            }
        }
        fs::remove_file(filler).unwrap();
        if point % 5 == 4 {
            // Somebody starts it again on the disk that was full.
            register.close().await;
            register = Register::open(config(data.clone())).await.unwrap();
        }
        for n in next..next + 3 {
            let receipt = taken(&register, n).await;
            let before = known.acknowledged.insert(n, receipt.index);
            assert!(before.is_none_or(|before| before == receipt.index), "{n}: {before:?}, {receipt:?}");
        }
        register.check_log().await.unwrap();
        next += 3;
    }
    register.close().await;
    assert!(refused > 0, "the disk was never full");
    judge(&data, Kind::Register, &known).await.unwrap();
    say(&format!("full disks: {points} points, {refused} of {} statements refused at first", next - 1));
}

/// Submits again and again: a node that could not commit asks the database at its next tick whether it may go on.
async fn taken(register: &Register, n: usize) -> Receipt {
    let begun = Instant::now();
    loop {
        match register.submit(Kind::Register.statement(n)).await {
            Ok(receipt) => return receipt,
            Err(error) => assert!(begun.elapsed() < Duration::from_secs(10), "{n}: {error}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Fills the disk but for some bytes.
fn fill(root: &Path, left: usize) -> std::path::PathBuf {
    let path = root.join("filler");
    let mut file = File::create(&path).unwrap();
    let mut length = 0;
    for chunk in [vec![0; 64 << 10], vec![0; 4 << 10]] {
        while file.write_all(&chunk).is_ok() {
            length += chunk.len();
        }
        file.set_len(length as u64).unwrap();
        file = File::options().append(true).open(&path).unwrap();
    }
    file.set_len(length.saturating_sub(left) as u64).unwrap();
    path
}
