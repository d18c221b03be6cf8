//! Runs the driver behind the shim: `cc` compiles it, and the dynamic linker puts it in front of libc.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// What happens to a change of the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// The program is killed before it.
    Kill,
    /// Half of a write is made, and the program killed.
    Tear,
    /// It fails.
    Error,
    /// It fails if it needs room.
    Full,
    /// It fails, and `at` counts nothing but syncs.
    Sync,
}

/// Something that happens at the `at`th change (from 1) and `lasts` changes long; for ever where that is 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) how: How,
    pub(super) lasts: usize,
}

/// How long a driver may take. What it says fits into a pipe.
const LONGEST: Duration = Duration::from_secs(200);

/// What a driver told the world before it ended.
pub(super) struct Driven {
    pub(super) said: String,
    /// Whether it ended of itself.
    pub(super) ended: bool,
}

/// A folder in memory where there is one, since thousands of states are laid out and synced.
pub(super) fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    let mut folder = tempfile::Builder::new();
    folder.prefix("assay-faults-");
    if memory.is_dir() { folder.tempdir_in(memory).unwrap() } else { folder.tempdir().unwrap() }
}

/// The compiled shim; none where it cannot be had, which is said aloud.
pub(super) fn shim() -> Option<&'static Path> {
    static SHIM: OnceLock<Option<(TempDir, PathBuf)>> = OnceLock::new();
    SHIM.get_or_init(compile).as_ref().map(|(_, path)| path.as_path())
}

fn compile() -> Option<(TempDir, PathBuf)> {
    #[expect(clippy::print_stderr, reason = "a skipped test says so")]
    let skipped = |why: &str| {
        eprintln!("SKIPPED: {why}: power cuts and errors of the disk were not tried on SQLite");
        None
    };
    if !cfg!(all(target_os = "linux", target_env = "gnu")) {
        return skipped("the shim is for Linux with glibc");
    }
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("shim.c");
    let library = folder.path().join("shim.so");
    std::fs::write(&source, include_str!("shim.c")).unwrap();
    let mut cc = Command::new("cc");
    cc.args(["-O1", "-shared", "-fPIC", "-o"]).arg(&library).arg(&source).args(["-ldl", "-lpthread"]);
    match cc.output() {
        Err(_) => skipped("there is no C compiler (Debian: apt-get install gcc libc6-dev)"),
        Ok(done) => {
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
            Some((folder, library))
        }
    }
}

/// Runs the driver over the folder `root/data`. What it changed is appended to the trace.
pub(super) fn drive(root: &Path, plan: &str, fault: Option<Fault>, trace: Option<&Path>) -> Driven {
    let mut driver = Command::new(std::env::current_exe().unwrap());
    driver.args(["--ignored", "--exact", "--nocapture", "--test-threads=1", super::DRIVER]);
    driver.env("LD_PRELOAD", shim().unwrap()).env("FAULT_FOLDER", root).env("ASSAY_FAULTS_PLAN", plan);
    driver.env_remove("FAULT_TRACE").env_remove("FAULT_AT");
    if let Some(trace) = trace {
        driver.env("FAULT_TRACE", trace);
    }
    if let Some(Fault { at, how, lasts }) = fault {
        let how = match how {
            How::Kill => "kill",
            How::Tear => "tear",
            How::Error => "eio",
            How::Full => "enospc",
            How::Sync => "sync",
        };
        driver.env("FAULT_AT", at.to_string()).env("FAULT_HOW", how).env("FAULT_FOR", lasts.to_string());
    }
    let child = driver.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let (mut child, begun) = (child.unwrap(), Instant::now());
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > LONGEST {
            child.kill().unwrap();
            panic!("{plan} {fault:?} hangs");
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let done = child.wait_with_output().unwrap();
    let (said, complained) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    let ended = done.status.success();
    // Ended by the shim, or well. Anything else is a panic or an abort.
    let killed = std::os::unix::process::ExitStatusExt::signal(&done.status) == Some(9);
    assert!(ended || killed, "{plan} {fault:?}: {}\n{said}\n{complained}", done.status);
    Driven { said: said.into_owned(), ended }
}
