//! One helper to run the binary, and one for a register that serves: the tests below are input and expectation.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// What a run printed and how it ended.
pub(crate) struct Ran {
    /// The exit code.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

impl Ran {
    /// Standard output as the one JSON document it must be, held against its published schema.
    pub(crate) fn json(&self) -> Value {
        let document: Value =
            serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}\n{}", self.out, self.err));
        let id = document["schema"].as_str().expect("every document names its schema");
        let place = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../docs/schema/{id}.json"));
        let schema = std::fs::read(&place)
            .unwrap_or_else(|e| panic!("{id} is not published ({}): {e}", place.display()));
        let schema: Value = serde_json::from_slice(&schema).unwrap();
        if let Err(error) = jsonschema::validate(&schema, &document) {
            panic!("{id}: {error} at {}\n{document:#}", error.instance_path());
        }
        document
    }
}

/// The built binary, without anything of the caller's environment that it would read.
pub(crate) fn assay() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_assay"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ASSAY_") {
            command.env_remove(name);
        }
    }
    command.env_remove("NOTIFY_SOCKET").env_remove("WATCHDOG_USEC");
    command
}

/// Runs the binary; a panic in it is always a failure.
pub(crate) fn run<S: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = S>) -> Ran {
    finish(assay().args(args))
}

/// Runs a prepared command to its end.
pub(crate) fn finish(command: &mut Command) -> Ran {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let ran = Ran {
        code: output.status.code().unwrap_or(-1),
        out: text(&output.stdout),
        err: text(&output.stderr),
    };
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
    ran
}

/// A folder that goes with the test.
pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A path in the folder of real inputs; none, said loudly, where it is absent.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(path);
    if place.exists() {
        return Some(place);
    }
    eprintln!("SKIPPED: {path} is not there (the folder of real inputs, ../shared, is absent)");
    None
}

/// The demo's camera as a case folder of its own, for 2026-11-22: everything is claimed, and evidence shows it.
pub(crate) fn camera() -> TempDir {
    example("hearth-camera")
}

/// An example of the demo, with dates that fit 2026-11-22.
pub(crate) fn example(name: &str) -> TempDir {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo").join(name);
    let to = folder();
    copy(&from, to.path());
    to
}

fn copy(from: &Path, to: &Path) {
    let dates = [
        ("@END_SHORT_WORDS@", "31 May 2028"),
        ("@END_SHORT@", "2028-05-31"),
        ("@END_WORDS@", "31 May 2030"),
        ("@END@", "2030-05-31"),
        ("@EXPIRES@", "2027-09-18"),
        ("@TODAY@", "2026-11-22"),
    ];
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let place = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &place);
            continue;
        }
        let text = std::fs::read_to_string(entry.path()).unwrap();
        std::fs::write(place, dates.iter().fold(text, |t, (mark, date)| t.replace(mark, date))).unwrap();
    }
}

/// A page that needs nothing from elsewhere: no script, and an address only where somebody reads it.
pub(crate) fn assert_self_contained(page: &str) {
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("<html lang=\"en-GB\">"));
    for fetched in ["<script", "<link", "<iframe", "<img", "src=", "srcset", "url(", "@import", "javascript:"]
    {
        assert!(!page.contains(fetched), "{fetched}");
    }
    // No tag holds an address: `http` stands in text only.
    for tag in page.split('<').skip(1).filter_map(|t| t.split('>').next()) {
        assert!(!tag.contains("http"), "<{tag}>");
    }
    assert_eq!(page.matches("<h1").count(), 1);
    assert_eq!(page.matches("<main").count(), 1);
    assert_eq!(page.matches("<table").count(), page.matches("<caption").count());
}

/// A register that serves until it is dropped.
pub(crate) struct Served {
    child: Child,
    /// `http://127.0.0.1:PORT`.
    pub(crate) address: String,
}

impl Served {
    /// Starts `assay serve` on a free port and waits until it says where it listens.
    pub(crate) fn start(data: &Path) -> Self {
        let mut child = assay()
            .args(["serve", "--listen", "127.0.0.1:0", "--json", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = String::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            said.push_str(&line.unwrap());
            if said.ends_with('}') {
                break;
            }
        }
        let document: Value = serde_json::from_str(&said).unwrap_or_else(|e| panic!("{e}: {said}"));
        let address = format!("http://{}", document["listening"].as_str().unwrap());
        Self { child, address }
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to stop and waits for its exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.kill();
    }
}
