//! What goes wrong at the edge: files, folders, ports and disks. Each has its documented exit code, a sentence, and leaves
//! nothing half-written.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::common::{Served, folder, run};

fn demo_snapshot(out: &Path) -> String {
    let told = run(["demo", "--once", "--json", "--out", out.to_str().unwrap()]).json();
    told["snapshot"]["file"].as_str().unwrap().to_owned()
}

#[test]
fn a_port_in_use_is_said_and_no_folder_is_begun() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = folder();
    let data = folder.path().join("register");
    let ran = run(["serve", "--listen", &address, "--data", data.to_str().unwrap()]);
    assert_eq!(ran.code, 4);
    assert!(ran.err.contains("another program listens there"), "{}", ran.err);
    assert!(!data.exists());
    let ran = run(["demo", "--listen", &address]);
    assert_eq!(ran.code, 4, "{}", ran.err);
}

#[test]
fn a_folder_in_use_or_one_that_cannot_be_written_is_said() {
    let folder = folder();
    let data = folder.path().join("register");
    let served = Served::start(&data);
    let ran = run(["serve", "--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()]);
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(ran.err.contains("another"), "{}", ran.err);
    drop(served);
    // /proc cannot be written by anybody, root included.
    for args in
        [["serve", "--listen", "127.0.0.1:0", "--data", "/proc/assay"].as_slice(), &["new", "/proc/assay"]]
    {
        let ran = run(args);
        assert_eq!(ran.code, 4, "{args:?}: {}", ran.err);
    }
}

#[test]
fn a_truncated_or_foreign_database_is_refused_and_not_touched() {
    let folder = folder();
    let data = folder.path().join("register");
    assert_eq!(Served::start(&data).stop(), Some(0));
    let database = fs::read_dir(&data)
        .unwrap()
        .flatten()
        .map(|e| e.path())
        .find(|p| p.extension().is_some_and(|e| e == "sqlite" || e == "db"));
    let database = database.expect("the data folder holds a database");
    let whole = fs::read(&database).unwrap();
    for bytes in [
        &whole[..whole.len() / 2],
        b"not a database at all, but some text that is long enough to be read".as_slice(),
        b"",
    ] {
        fs::write(&database, bytes).unwrap();
        let ran = run(["serve", "--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()]);
        assert_eq!(ran.code, 4, "{} bytes: {}{}", bytes.len(), ran.out, ran.err);
        assert!(ran.err.lines().count() < 6, "{}", ran.err);
    }
}

#[test]
fn a_full_disk_behind_standard_output_is_an_error_and_a_closed_pipe_is_not() {
    let binary = env!("CARGO_BIN_EXE_assay");
    let full = Command::new("sh")
        .args(["-c", &format!("'{binary}' explain > /dev/full")])
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(full.status.code(), Some(4), "{}", String::from_utf8_lossy(&full.stderr));
    let closed = Command::new("sh")
        .args(["-c", &format!("'{binary}' explain | head -1; exit 0")])
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert!(!String::from_utf8_lossy(&closed.stderr).contains("panicked"));
}

#[test]
fn verdicts_are_whole_or_absent() {
    let folder = folder();
    let snapshot = demo_snapshot(&folder.path().join("demo"));
    let (catalogue, out) = (folder.path().join("cat.csv"), folder.path().join("out.csv"));
    let gate = |catalogue: &Path, out: &Path| {
        run([
            "gate",
            catalogue.to_str().unwrap(),
            "--snapshot",
            &snapshot,
            "--out",
            out.to_str().unwrap(),
            "--json",
        ])
    };
    fs::write(&catalogue, "sku,ean\n1,9520000100018\n2,\"never closed\n3,9520000100018\n").unwrap();
    let ran = gate(&catalogue, &out);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("line 3"), "{}", ran.err);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "only the demo's folder and the catalogue");

    fs::write(&catalogue, "sku,ean\n1,9520000100018\n").unwrap();
    assert_eq!(gate(&catalogue, &folder.path().join("no/such/folder/out.csv")).code, 4);
    assert_eq!(gate(&catalogue, Path::new("/dev/full/out.csv")).code, 4);

    let utf16: Vec<u8> =
        "\u{feff}sku;ean\r\n1;9520000100018\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(&catalogue, utf16).unwrap();
    let ran = gate(&catalogue, &out);
    assert_eq!((ran.code, &ran.json()["may_sell"]), (0, &1.into()), "{}", ran.err);
}

#[test]
fn snapshots_that_were_changed_or_are_somebody_elses_are_refused() {
    let (one, two) = (folder(), folder());
    let (ours, theirs) = (demo_snapshot(&one.path().join("d")), demo_snapshot(&two.path().join("d")));
    let catalogue = one.path().join("cat.csv");
    fs::write(&catalogue, "sku,ean\n1,9520000100018\n").unwrap();
    let trust = one.path().join("d/trust.txt");
    let gate = |snapshot: &str| {
        run([
            "gate",
            catalogue.to_str().unwrap(),
            "--snapshot",
            snapshot,
            "--trust",
            trust.to_str().unwrap(),
            "--json",
        ])
    };
    assert_eq!(gate(&ours).code, 0);
    assert_eq!(gate(&theirs).code, 2);
    let mut bytes = fs::read(&ours).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&ours, bytes).unwrap();
    assert_eq!(gate(&ours).code, 2);
}

#[cfg(unix)]
#[test]
fn a_key_is_readable_by_its_owner_alone_and_never_overwritten() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let key = folder.path().join("maker.key");
    assert_eq!(run(["key", "new", "--out", key.to_str().unwrap()]).code, 0);
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    let before = fs::read(&key).unwrap();
    let ran = run(["key", "new", "--out", key.to_str().unwrap()]);
    assert_eq!((ran.code, fs::read(&key).unwrap()), (2, before));
    let secret = String::from_utf8(fs::read(&key).unwrap()).unwrap();
    assert!(!ran.out.contains(secret.lines().nth(1).unwrap()));
}

#[test]
fn a_register_that_is_not_there_is_said() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    assert_eq!(run(["new", &at("case")]).code, 0);
    assert_eq!(run(["key", "new", "--out", &at("k")]).code, 0);
    let ran = run(["submit", &at("case"), "--register", "http://127.0.0.1:9", "--key", &at("k")]);
    assert_eq!(ran.code, 4, "{}", ran.err);
}

#[test]
fn a_command_line_that_makes_no_sense_is_one_document_where_one_was_asked_for() {
    for args in [
        ["gate", "x.csv", "--on", "2030-02-30", "--json"].as_slice(),
        &["check", "--json"],
        &["frobnicate", "--json"],
    ] {
        let ran = run(args);
        assert_eq!((ran.code, &ran.json()["exit"]), (2, &2.into()), "{args:?}");
    }
    let plain = run(["check"]);
    assert_eq!((plain.code, plain.out.as_str()), (2, ""));
    assert_eq!(run(["gate", "--help"]).code, 0);
}

#[test]
fn nothing_but_a_plain_file_is_replaced_and_never_one_that_is_read() {
    let folder = folder();
    let snapshot = demo_snapshot(&folder.path().join("demo"));
    let catalogue = folder.path().join("cat.csv");
    fs::write(&catalogue, "sku,ean\n1,9520000100018\n").unwrap();
    let before = fs::read(&catalogue).unwrap();
    for out in [catalogue.to_str().unwrap(), &snapshot, "/dev/null", folder.path().to_str().unwrap()] {
        let ran = run(["gate", catalogue.to_str().unwrap(), "--snapshot", &snapshot, "--out", out]);
        assert_eq!(ran.code, 2, "{out}: {}", ran.err);
    }
    assert_eq!(fs::read(&catalogue).unwrap(), before);
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
}

#[test]
fn a_folder_that_is_no_registers_does_not_become_one() {
    let folder = folder();
    let ran =
        run(["snapshot", "build", "--data", folder.path().to_str().unwrap(), "--out", "/nonexistent/x.snap"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_register_whose_log_lines_cannot_be_written_goes_on() {
    let folder = folder();
    let binary = env!("CARGO_BIN_EXE_assay");
    let data = folder.path().join("register");
    let script =
        format!("exec '{binary}' serve --listen 127.0.0.1:0 --json --data '{}' 2>/dev/full", data.display());
    let mut child = Command::new("sh")
        .args(["-c", &script])
        .env("ASSAY_LOG", "debug")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    while !said.ends_with('}') {
        said.push_str(&lines.next().expect("the register says where it listens").unwrap());
    }
    let document: serde_json::Value = serde_json::from_str(&said).unwrap();
    let base = format!("http://{}", document["listening"].as_str().unwrap());
    let fetcher = assay_probe::Fetcher::new(assay_probe::Reach::Named, &base).unwrap();
    for path in ["/", "/healthz", "/nothing", "/log/checkpoint"] {
        assert!(fetcher.get(&format!("{base}{path}"), 1 << 20).is_ok(), "{path}");
    }
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_missing_argument_is_named_to_programs_too() {
    let ran = run(["statement", "--json"]);
    let told = ran.json();
    assert_eq!(ran.code, 2);
    assert!(told["error"].as_str().unwrap().contains("CASE"), "{told:#}");
}
