//! Files, disks and folders as they should not be: what is said, the exit code, and that nothing half-done is left.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use super::{Batch, gzip, parquet_file, prints};
use crate::common::{Ran, assay, finish, folder, run};

#[test]
fn what_is_no_text_is_named_and_not_judged_as_odd_passwords() {
    let batch = Batch::new(30, 50);
    let csv = batch.csv();
    let packed = gzip(csv.as_bytes());
    let utf16: Vec<u8> = csv.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let cases: [(&str, Vec<u8>, &str); 11] = [
        ("table.xlsx", [b"PK\x03\x04".as_slice(), &[7; 300]].concat(), "save the table as CSV"),
        ("table.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), "old Excel"),
        ("packed.bz2", b"BZh91AY&SY0123".to_vec(), "gzip or zstd"),
        ("packed.xz", b"\xfd7zXZ\0\0\x04".to_vec(), "gzip or zstd"),
        ("packed.7z", b"7z\xbc\xaf\x27\x1c\0".to_vec(), "unpack it"),
        ("factory.db", b"SQLite format 3\0".to_vec(), "export the table"),
        ("labels.pdf", b"%PDF-1.7\n".to_vec(), "as CSV"),
        ("unmarked.csv", utf16, "UTF-16"),
        ("old.csv", csv.replace('\n', "\r").into_bytes(), "carriage return"),
        ("garbage.gz", [packed.as_slice(), b"garbage"].concat(), "damaged"),
        (
            "sum.gz",
            {
                let mut p = packed;
                let at = p.len() - 6;
                p[at] ^= 1;
                p
            },
            "damaged",
        ),
    ];
    for (name, bytes, says) in cases {
        let ran = batch.audit([batch.write(name, bytes)]);
        assert_eq!(
            (ran.code, ran.err.contains(says), ran.err.contains(name)),
            (2, true, true),
            "{name}: {}{}",
            ran.out,
            ran.err
        );
    }
    let members = [gzip(csv.as_bytes()), gzip(b"SNlast,02:00:5e:99:00:00,kq8w7e6r5t4z3\n")].concat();
    let ran = batch.audit([batch.write("members.gz", members).to_str().unwrap(), "--json"]);
    assert_eq!((ran.code, &ran.json()["rows"]), (3, &51.into()));
}

#[test]
fn columns_of_one_name_are_judged_and_kept_each_by_itself() {
    let batch = Batch::new(31, 60);
    let rows: String =
        batch.units.iter().enumerate().map(|(n, [s, m, p])| format!("{s},{m},{p},{}\n", n % 2)).collect();
    let place = batch.write("two.csv", format!("serial,mac,password,password\n{rows}"));
    let history = batch.place("history");
    let ran = batch.audit([place.to_str().unwrap(), "--json", "--history", history.to_str().unwrap()]);
    let told = ran.json();
    let accused = told["findings"].as_array().unwrap().iter();
    assert!(accused.clone().all(|f| f["column"] == "password (column 4)") && accused.len() > 0, "{told:#}");
    assert_eq!(prints(&history).len(), 2);
    let ran = batch.audit([place.to_str().unwrap(), "--password", "password"]);
    assert_eq!((ran.code, ran.err.contains("by its number, 3 or 4")), (2, true), "{}", ran.err);
}

#[test]
fn columns_with_a_structure_inside_are_named() {
    let folder = folder();
    let place = folder.path().join("nested.parquet");
    let values = vec![b"aaaa".as_slice(), b"bbbb"];
    let inside = "required group unit { required binary password (UTF8); }";
    parquet_file(
        &place,
        &format!("message m {{ required binary serial (UTF8); {inside} }}"),
        &[values.clone(), values.clone()],
    );
    for args in [&[][..], &["--password", "unit"]] {
        let ran = run([Path::new("passwords"), &place].into_iter().chain(args.iter().map(Path::new)));
        assert_eq!((ran.code, ran.err.contains("structure inside: `unit`")), (2, true), "{}", ran.err);
    }
    let schema =
        format!("message m {{ required binary serial (UTF8); required binary password (UTF8); {inside} }}");
    parquet_file(&place, &schema, &[values.clone(), values.clone(), values]);
    let ran = run(["passwords", place.to_str().unwrap(), "--json"]);
    assert_eq!((ran.code, &ran.json()["not_read"]), (1, &serde_json::json!(["unit"])), "{}", ran.err);
}

#[test]
fn a_history_that_does_not_fit_is_refused_before_anything_is_read() {
    let batch = Batch::new(32, 60);
    let place = batch.write("batch.csv", batch.csv());
    let history = batch.place("history");
    let audit = |file: &Path| {
        batch.audit([
            "--only".as_ref(),
            "duplicate".as_ref(),
            "--history".as_ref(),
            history.as_os_str(),
            file.as_os_str(),
        ])
    };
    assert_eq!(audit(&place).code, 0);
    let key = fs::read(history.join("history.key")).unwrap();
    let kept = prints(&history);
    let unlike = Batch::new(33, 60);
    let second = batch.write("second.csv", unlike.csv());
    for bad in ["", "55", &"5".repeat(63), &"5".repeat(66), &"g".repeat(64), "\0"] {
        fs::write(history.join("history.key"), bad).unwrap();
        let ran = audit(&second);
        assert_eq!((ran.code, ran.err.contains("64 hexadecimal digits")), (2, true), "{bad:?}: {}", ran.err);
    }
    fs::write(history.join("history.key"), "5".repeat(64)).unwrap();
    // Said before the file is looked at: it is bad too.
    let ran = audit(&batch.write("empty.csv", "serial,password\n"));
    assert_eq!((ran.code, ran.err.contains("another key")), (2, true), "{}", ran.err);
    fs::write(history.join("history.key"), key).unwrap();
    let whole = fs::read(&kept[0]).unwrap();
    for damaged in [&whole[..whole.len() - 1], &whole[..20], b"", &[whole.as_slice(), b"x"].concat()] {
        fs::write(&kept[0], damaged).unwrap();
        let ran = audit(&second);
        assert_eq!((ran.code, ran.err.contains("is damaged")), (2, true), "{}", ran.err);
    }
    assert_eq!(prints(&history), kept, "nothing was added");
    fs::write(&kept[0], whole).unwrap();
    let ran = batch.audit(["--history".as_ref(), place.as_os_str(), second.as_os_str()]);
    assert_eq!((ran.code, ran.err.contains("is no folder")), (2, true), "{}", ran.err);
}

#[test]
fn a_run_that_is_killed_leaves_a_whole_history() {
    let batch = Batch::new(34, 20_000);
    let place = batch.write("batch.csv", batch.csv());
    let small = Batch::new(35, 40);
    let second = small.write("second.csv", small.csv());
    let history = batch.place("history");
    let args = ["--only", "duplicate", "--json", "--history", history.to_str().unwrap()];
    let audit = |file: &Path| finish(assay().arg("passwords").args(args).arg(file));
    assert_eq!(audit(&second).code, 0);
    let mut killed = 0;
    for tenth in 0..12 {
        let mut child = assay()
            .arg("passwords")
            .args(args)
            .arg(&place)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The last ones when the file is being written.
        let writing = || {
            fs::read_dir(&history)
                .unwrap()
                .any(|e| e.unwrap().path().extension().is_some_and(|e| e == "part"))
        };
        match tenth {
            0..6 => std::thread::sleep(Duration::from_millis(25 * tenth)),
            _ => {
                while child.try_wait().unwrap().is_none() && !writing() {
                    std::thread::yield_now();
                }
            }
        }
        child.kill().unwrap();
        killed += usize::from(child.wait().unwrap().code().is_none());
        for kept in prints(&history).into_iter().filter(|p| p.extension().is_some_and(|e| e == "prints")) {
            let bytes = fs::metadata(&kept).unwrap().len();
            assert!([40, 20_000].map(|entries| 31 + 24 * entries).contains(&bytes), "{bytes} bytes");
            if bytes > 1_000 {
                fs::remove_file(kept).unwrap();
            }
        }
        let ran = audit(&second);
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
    assert!(killed > 0);
    let ran = audit(&place);
    assert_eq!(ran.code, 0, "{}", ran.err);
    // What was left half-written goes when it is old, and not before: another run may be writing it.
    let (old, young) = (history.join("x.prints.1.part"), history.join("y.prints.1.part"));
    for part in [&old, &young] {
        fs::write(part, "half").unwrap();
    }
    let long_ago = SystemTime::now() - Duration::from_hours(48);
    fs::File::options().write(true).open(&old).unwrap().set_modified(long_ago).unwrap();
    audit(&second);
    assert_eq!((old.exists(), young.exists()), (false, true));
}

/// Runs a script with a disk of a few MiB under `$1`; `$2` is the program. None, said loudly, where none can be mounted.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn on_a_small_disk(place: &Path, size: &str, script: &str, file: &Path) -> Option<Ran> {
    fs::create_dir_all(place).unwrap();
    let script = format!("mount -t tmpfs -o size={size} none \"$1\" || exit 99; {script}");
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script, "sh"]);
    command.arg(place).arg(env!("CARGO_BIN_EXE_assay")).arg(file);
    let output = command.stdin(Stdio::null()).output();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match output {
        Ok(output) if output.status.code().is_some_and(|c| c < 90) => Some(Ran {
            code: output.status.code().unwrap_or(-1),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }),
        output => {
            eprintln!("SKIPPED: no small disk can be mounted here ({output:?})");
            None
        }
    }
}

#[test]
fn a_full_disk_is_said_and_nothing_is_left_on_it() {
    let batch = Batch::new(36, 60);
    let row = "SN00000001,02:00:5e:00:00:00,aaaaaaaaaaaaaaaaaaaaaaaa\n";
    let packed =
        batch.write("batch.csv.gz", gzip(format!("serial,mac,password\n{}", row.repeat(400_000)).as_bytes()));
    let many: String =
        (0..500_000).map(|n| format!("SN{n:08},02:00:5e:00:00:00,aaaaaaaaaa{:x}\n", n * 97)).collect();
    let many = batch.write("many.csv", format!("serial,mac,password\n{many}"));
    let small = batch.place("small");
    let unpacked = "TMPDIR=\"$1\" \"$2\" passwords \"$3\"; code=$?; ls -A \"$1\" >&2; exit $code";
    let spilled =
        "TMPDIR=\"$1\" \"$2\" passwords \"$3\" --memory 1 --no-sample; code=$?; ls -A \"$1\" >&2; exit $code";
    for (script, size, file) in [(unpacked, "4m", &packed), (spilled, "1m", &many)] {
        let Some(ran) = on_a_small_disk(&small, size, script, file) else { return };
        assert_eq!(ran.code, 4, "{}", ran.err);
        assert!(ran.err.contains("is full") && ran.err.contains("TMPDIR"), "{}", ran.err);
        assert_eq!(ran.err.lines().count(), 1, "the scratch place is empty: {}", ran.err);
    }
    let kept = "\"$2\" passwords \"$3\" --history \"$1/h\" --only duplicate; code=$?; ls -A \"$1/h\" >&2; exit $code";
    let Some(ran) = on_a_small_disk(&small, "2m", kept, &many) else { return };
    assert_eq!((ran.code, ran.err.contains("the disk is full")), (4, true), "{}", ran.err);
    assert_eq!(ran.err.lines().last(), Some("history.key"), "no batch is in it: {}", ran.err);
}

#[test]
fn a_history_that_may_only_be_read_is_said() {
    let batch = Batch::new(37, 60);
    let file = batch.write("batch.csv", batch.csv());
    let script = "\"$2\" passwords \"$3\" --history \"$1/h\" --only duplicate >/dev/null || exit 98; mount -o remount,ro \"$1\"; \
                  \"$2\" passwords \"$3\" --history \"$1/h\" --only duplicate >/dev/null || exit 97; \
                  head -n 40 \"$3\" > \"$3.part\"; \"$2\" passwords \"$3.part\" --history \"$1/h\" --only duplicate";
    let Some(ran) = on_a_small_disk(&batch.place("small"), "1m", script, &file) else { return };
    assert_eq!((ran.code, ran.err.contains("may not be written")), (4, true), "{}", ran.err);
}
