//! `assay passwords` through its front door: every form of a file, every way in which one can be bad, the history, what is
//! written, and that no password of a batch is ever among it.

mod bad;
mod proof;

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::writer::SerializedFileWriter;
use parquet::record::RowAccessor;
use parquet::schema::parser::parse_message_type;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::common::{Ran, assay, assert_self_contained, camera, finish, folder, run};

/// A batch of units with random passwords, of which none may ever be seen again.
struct Batch {
    units: Vec<[String; 3]>,
    folder: TempDir,
}

impl Batch {
    /// So many units; another seed, other units.
    fn new(seed: u64, units: usize) -> Self {
        const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
        let unit = |n: usize| {
            let digest = Sha256::digest(format!("{seed} {n}"));
            let password = digest[..13].iter().map(|b| char::from(ALPHABET[usize::from(*b & 31)])).collect();
            [format!("SN{:08}", seed * 1_000_000 + n as u64 * 7), mac(&digest[20..23]), password]
        };
        Self { units: (0..units).map(unit).collect(), folder: folder() }
    }

    /// The same, and two units share a password.
    fn with_a_pair(mut self, one: usize, other: usize) -> Self {
        self.units[other][2] = self.units[one][2].clone();
        self
    }

    fn csv(&self) -> String {
        self.rows(',', "\n", "serial,mac,password\n")
    }

    fn rows(&self, separator: char, end: &str, head: &str) -> String {
        let row = |u: &[String; 3]| u.join(&separator.to_string()) + end;
        head.to_owned() + &self.units.iter().map(row).collect::<String>()
    }

    fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let place = self.place(name);
        fs::write(&place, bytes).unwrap();
        place
    }

    /// Runs the command; nothing that it says or leaves may hold a password of the batch.
    fn audit<S: AsRef<std::ffi::OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Ran {
        let ran = finish(assay().arg("passwords").args(args));
        self.assert_kept_secret(&[ran.out.as_bytes(), ran.err.as_bytes()]);
        ran
    }

    fn assert_kept_secret(&self, told: &[&[u8]]) {
        for (n, text) in told.iter().enumerate() {
            for [_, _, password] in self.units.iter().filter(|u| u[2].len() > 6) {
                assert!(
                    memchr::memmem::find(text, password.as_bytes()).is_none(),
                    "text {n} holds a password"
                );
            }
        }
    }
}

fn mac(bytes: &[u8]) -> String {
    format!("02:00:5e:{:02x}:{:02x}:{:02x}", bytes[0], bytes[1], bytes[2])
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    to.write_all(bytes).unwrap();
    to.finish().unwrap()
}

/// A Parquet file of text columns.
fn parquet_file(place: &Path, schema: &str, columns: &[Vec<&[u8]>]) {
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer =
        SerializedFileWriter::new(fs::File::create(place).unwrap(), schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    for values in columns {
        let mut column = group.next_column().unwrap().unwrap();
        let values: Vec<ByteArray> = values.iter().map(|v| ByteArray::from(v.to_vec())).collect();
        let levels = vec![1; values.len()];
        let optional = column.typed::<ByteArrayType>().get_descriptor().max_def_level() > 0;
        let levels = optional.then_some(levels.as_slice());
        column.typed::<ByteArrayType>().write_batch(&values, levels, None).unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
}

/// Kinds with their lines.
fn found(told: &Value) -> Vec<(String, Vec<u64>)> {
    let findings = told["findings"].as_array().unwrap();
    let lines = |f: &Value| f["examples"].as_array().unwrap().iter().filter_map(Value::as_u64).collect();
    findings.iter().map(|f| (f["kind"].as_str().unwrap().to_owned(), lines(f))).collect()
}

fn prints(history: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(history) else { return Vec::new() };
    let paths = entries.map(|e| e.unwrap().path());
    paths.filter(|p| p.extension().is_none_or(|e| e != "key")).collect()
}

#[test]
fn every_form_of_a_file_reads_alike() {
    let batch = Batch::new(1, 400).with_a_pair(4, 8);
    let csv = batch.csv();
    let quoted: String = batch
        .units
        .iter()
        .map(|[serial, mac, password]| format!("\"{serial}\";\"{mac}\";\"{password}\"\n"))
        .collect();
    let zstd = zstd::encode_all(csv.as_bytes(), 1).unwrap();
    let bare = batch.rows(',', "\n", "");
    let numbered: &[&str] = &["--serial", "1", "--mac", "2", "--password", "3"];
    type Form<'a> = (&'a str, Vec<u8>, &'a [&'a str], [u64; 2]);
    let forms: [Form<'_>; 9] = [
        ("plain.csv", csv.clone().into_bytes(), &[], [6, 10]),
        ("marked.csv", format!("\u{feff}{}", csv.replace('\n', "\r\n")).into_bytes(), &[], [6, 10]),
        ("quoted.csv", format!("\"serial\";\"mac\";\"password\"\n{quoted}").into_bytes(), &[], [6, 10]),
        ("tabs.tsv", batch.rows('\t', "\n", "serial\tmac\tpassword\n").into_bytes(), &[], [6, 10]),
        (
            "bars.txt",
            batch.rows('|', "\n", "serial|mac|password\n").into_bytes(),
            &["--delimiter", "|"],
            [6, 10],
        ),
        (
            "names.csv",
            csv.replacen("serial,mac,password", "a,b,c", 1).into_bytes(),
            &["--serial", "a", "--mac", "B", "--password", "c"],
            [6, 10],
        ),
        ("bare.csv", bare.into_bytes(), numbered, [5, 9]),
        ("packed.csv.gz", gzip(csv.as_bytes()), &[], [6, 10]),
        ("packed.csv.zst", zstd, &[], [6, 10]),
    ];
    for (name, bytes, args, lines) in forms {
        let place = batch.write(name, bytes);
        let ran = batch.audit([place.to_str().unwrap(), "--json"].iter().chain(args));
        assert_eq!(ran.code, 1, "{name}: {}{}", ran.out, ran.err);
        let told = ran.json();
        assert_eq!((&told["rows"], &told["rejected"]), (&400.into(), &0.into()), "{name}");
        assert_eq!(found(&told), [("duplicate".to_owned(), lines.to_vec())], "{name}");
        let roles: Vec<&str> =
            told["read"].as_array().unwrap().iter().map(|c| c["role"].as_str().unwrap()).collect();
        assert_eq!(roles, ["password", "serial", "mac"], "{name}");
    }
    let place = batch.place("batch.parquet");
    let column = |at: usize| batch.units.iter().map(|u| u[at].as_bytes()).collect::<Vec<_>>();
    let schema =
        "message m { required binary serial (UTF8); optional binary mac; required binary password (UTF8); }";
    parquet_file(&place, schema, &[column(0), column(1), column(2)]);
    let told = batch.audit([place.to_str().unwrap(), "--json"]).json();
    assert_eq!(
        found(&told),
        [("duplicate".to_owned(), vec![5, 9])],
        "rows of a Parquet file are counted from 1"
    );
    assert_eq!(told["form"], "parquet");
    // Through a pipe.
    let mut child = assay()
        .args(["passwords", "-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&gzip(csv.as_bytes())).unwrap();
    let output = child.wait_with_output().unwrap();
    batch.assert_kept_secret(&[&output.stdout, &output.stderr]);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found(&told), [("duplicate".to_owned(), vec![6, 10])]);
}

#[test]
fn each_column_of_passwords_is_judged_by_itself_and_people_read_the_same() {
    let batch = Batch::new(2, 300);
    let rows: String = batch.units.iter().map(|[s, m, p]| format!("{s},{m},{p},admin123\n")).collect();
    let place = batch.write("two.csv", format!("SN,MAC address,Wi-Fi key,admin_password\n{rows}"));
    let told = batch.audit([place.to_str().unwrap(), "--json"]).json();
    let universal = &told["findings"][0];
    assert_eq!((&universal["kind"], &universal["column"]), (&"universal".into(), &"admin_password".into()));
    assert!(told["findings"].as_array().unwrap().iter().all(|f| f["column"] == "admin_password"), "{told:#}");
    assert_eq!(told["columns"].as_array().unwrap().len(), 2);
    let ran = batch.audit([&place]);
    assert_eq!(ran.code, 1);
    for word in ["not-met: 300 units", "universal", "assay explain universal", "lines 2, 3, 4"] {
        assert!(ran.out.contains(word), "{word}: {}", ran.out);
    }
    assert!(!ran.out.contains("admin123") && !ran.err.contains("admin123"));
    let ran = batch.audit([
        "--only".as_ref(),
        "universal".as_ref(),
        "--password".as_ref(),
        "3".as_ref(),
        place.as_os_str(),
    ]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("not judged: `admin_password`"), "{}", ran.out);
}

#[test]
fn what_cannot_be_read_is_said_with_its_mend() {
    let batch = Batch::new(3, 60);
    let csv = batch.csv();
    let packed = gzip(csv.as_bytes());
    let history = batch.place("history");
    type Bad<'a> = (&'a str, &'a [u8], &'a [&'a str], i32, &'a str);
    let cases: [Bad<'_>; 10] = [
        ("empty.csv", b"", &[], 2, "it is empty"),
        ("blank.csv", b"\n\n \n", &[], 2, "it is empty"),
        ("wide.csv", b"\xff\xfes\0e\0", &[], 2, "UTF-16"),
        ("nameless.csv", b"a,b\n1,2\n", &[], 2, "--password"),
        ("missing.csv", csv.as_bytes(), &["--mac", "Bluetooth"], 2, "no column `Bluetooth`"),
        ("ninth.csv", csv.as_bytes(), &["--password", "9"], 2, "no column `9`"),
        ("cut.gz", &packed[..packed.len() - 20], &[], 2, "damaged"),
        ("cut.zst", b"\x28\xb5\x2f\xfd\x04", &[], 2, "damaged"),
        ("cut.parquet", b"PAR1 and nothing more", &[], 2, "no Parquet file"),
        ("bad.csv", b"serial,password\n1,a,b\n2,c,d\n3,e,f\n", &["--max-rejected", "2"], 2, "lines 2, 3, 4"),
    ];
    for (name, bytes, args, code, says) in cases {
        let place = batch.write(name, bytes);
        let history = ["--history", history.to_str().unwrap(), "--json"];
        let ran = batch.audit([place.to_str().unwrap()].iter().chain(args).chain(&history));
        assert_eq!((ran.code, ran.err.contains(says)), (code, true), "{name}: {}", ran.err);
        assert_eq!(ran.json()["schema"], "assay-error-0");
    }
    assert_eq!(prints(&history), [] as [PathBuf; 0], "nothing of a failed run is kept");
    let ran = batch.audit([batch.place("nowhere.csv")]);
    assert_eq!((ran.code, ran.err.contains("is not there")), (2, true));
    let ran = batch.audit([batch.folder.path()]);
    assert_eq!((ran.code, ran.err.contains("folder")), (2, true));
}

#[test]
fn too_little_to_judge_is_open_and_says_what_would_be_enough() {
    let batch = Batch::new(4, 3);
    let rows = [("serial,mac,password\n".to_owned(), "no unit"), (batch.csv(), "would be enough")];
    for (text, says) in rows {
        let ran = batch.audit([batch.write("few.csv", text)]);
        assert_eq!((ran.code, ran.out.contains(says)), (3, true), "{}{}", ran.out, ran.err);
    }
    let one: String = batch.csv().split_inclusive('\n').take(2).collect();
    let ran = batch.audit([batch.write("one.csv", one)]);
    assert_eq!((ran.code, ran.out.contains("one unit")), (3, true), "{}", ran.out);
    // A whole batch without anything to compare with: silence is no pass.
    let batch = Batch::new(5, 300);
    let bare: String = batch.units.iter().map(|u| format!("{}\n", u[2])).collect();
    let ran = batch.audit([batch.write("bare.csv", format!("password\n{bare}"))]);
    assert_eq!((ran.code, ran.out.contains("not tried")), (3, true), "{}", ran.out);
    let part = batch.write("part.csv", batch.csv());
    let ran = batch.audit([part.to_str().unwrap(), "--partial", "--only", "duplicate"]);
    assert_eq!((ran.code, ran.out.contains("sample")), (3, true), "{}", ran.out);
}

#[test]
fn odd_rows_are_judged_or_counted_and_never_the_end() {
    let batch = Batch::new(6, 200);
    let copies = batch.units[0].join(",") + "\n";
    let place = batch.write("copies.csv", format!("serial,mac,password\n{}", copies.repeat(200_000)));
    let ran = batch.audit([place.to_str().unwrap(), "--json"]);
    let told = ran.json();
    assert_eq!(
        (ran.code, &told["rows"], &told["findings"][0]["kind"]),
        (1, &200_000.into(), &"universal".into())
    );
    let mut bytes = batch.csv().into_bytes();
    bytes.extend_from_slice(b"SN1,02:00:5e:00:00:01,\n");
    bytes.extend_from_slice(format!("SN2,02:00:5e:00:00:02,{}\n", "Qz".repeat(5_000)).as_bytes());
    bytes.extend_from_slice(b"SN3,02:00:5e:00:00:03,nul\0in\xff\xfe-it-8h2k\n");
    bytes.extend_from_slice(format!("{},02:00:5e:00:00:04,zz9kq3vv8w2m5\n", "S".repeat(1 << 20)).as_bytes());
    bytes.extend_from_slice(b"SN5,one cell too few\n");
    let place = batch.write("odd.csv", bytes);
    let ran = batch.audit([place.to_str().unwrap(), "--json"]);
    let told = ran.json();
    assert_eq!((ran.code, &told["rejected_lines"]), (1, &serde_json::json!([206])), "{told:#}");
    assert_eq!(told["rows"], 204);
    assert!(found(&told).contains(&("too-weak".to_owned(), vec![202])), "{told:#}");
    assert!(!ran.out.contains("QzQz") && !ran.out.contains("8h2k"));
}

#[test]
fn columns_of_a_parquet_file_with_a_structure_inside_are_missed_by_name() {
    let folder = folder();
    let place = folder.path().join("nested.parquet");
    let values = vec![b"aaaa".as_slice(), b"bbbb"];
    let both = "message m { required binary serial (UTF8); required group unit { required binary password (UTF8); } }";
    parquet_file(&place, both, &[values.clone(), values.clone()]);
    let ran = run([Path::new("passwords"), &place]);
    assert_eq!((ran.code, ran.err.contains("no column's name says")), (2, true), "{}", ran.err);
    parquet_file(&place, "message m { required group unit { required binary password (UTF8); } }", &[values]);
    let ran = run([Path::new("passwords"), &place]);
    assert_eq!((ran.code, ran.err.contains("structure inside")), (2, true), "{}", ran.err);
}

#[test]
fn a_file_that_changes_while_it_is_read_is_not_judged_and_not_kept() {
    let batch = Batch::new(7, 400);
    let place = batch.write("growing.csv", batch.csv());
    let history = batch.place("history");
    let writer = std::thread::spawn({
        let place = place.clone();
        move || {
            let mut file = fs::OpenOptions::new().append(true).open(place).unwrap();
            for n in 0..3000 {
                writeln!(file, "SX{n},02:00:5e:00:00:00,ab{n}").unwrap();
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
        }
    });
    let out = batch.place("prints.parquet");
    let args = [
        place.as_os_str(),
        "--history".as_ref(),
        history.as_os_str(),
        "--fingerprints".as_ref(),
        out.as_os_str(),
    ];
    let ran = batch.audit(args);
    assert_eq!(
        (ran.code, ran.err.contains("changed while it was read")),
        (4, true),
        "{}{}",
        ran.out,
        ran.err
    );
    assert_eq!(prints(&history), [] as [PathBuf; 0]);
    assert!(!out.exists());
    writer.join().unwrap();
}

#[test]
fn the_history_finds_a_password_again_whatever_the_file() {
    let one = Batch::new(8, 200);
    let mut two = Batch::new(9, 200);
    two.units[50][2] = one.units[7][2].clone();
    // The same unit in a later export is the same unit.
    two.units[60] = one.units[9].clone();
    let history = one.place("history");
    let keep = [
        "--history",
        history.to_str().unwrap(),
        "--json",
        "--only",
        "seen-in-earlier-batch",
        "--only",
        "duplicate",
    ];
    let first = one.write("one.csv", one.csv());
    let second = two.write("two.csv", two.csv());
    for _ in 0..2 {
        let ran = one.audit([first.to_str().unwrap()].iter().chain(&keep));
        assert_eq!((ran.code, found(&ran.json()).len()), (0, 0), "the same file is the same batch");
        assert_eq!(prints(&history).len(), 1);
    }
    for _ in 0..2 {
        let ran = two.audit([second.to_str().unwrap()].iter().chain(&keep));
        assert_eq!(ran.code, 1);
        assert_eq!(found(&ran.json()), [("seen-in-earlier-batch".to_owned(), vec![52])]);
        assert_eq!(prints(&history).len(), 2);
    }
    for kept in prints(&history) {
        let bytes = fs::read(&kept).unwrap();
        one.assert_kept_secret(&[&bytes]);
        two.assert_kept_secret(&[&bytes]);
        // Neither the password nor a digest without the key.
        let plain = Sha256::digest(&one.units[7][2]);
        assert!(memchr::memmem::find(&bytes, &plain[..8]).is_none());
    }
    #[cfg(unix)]
    for kept in prints(&history).iter().chain([&history.join("history.key")]) {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(kept).unwrap().permissions().mode() & 0o077, 0, "{}", kept.display());
    }
    // Another key beside the same entries.
    let before = prints(&history);
    fs::write(history.join("history.key"), format!("{}\n", "7".repeat(64))).unwrap();
    let third = Batch::new(10, 50);
    let place = third.write("three.csv", third.csv());
    let ran = third.audit([place.to_str().unwrap()].iter().chain(&keep));
    assert_eq!((ran.code, ran.err.contains("another key")), (2, true), "{}", ran.err);
    assert_eq!(prints(&history).len(), before.len());
    fs::remove_file(history.join("history.key")).unwrap();
    let ran = third.audit([place.to_str().unwrap()].iter().chain(&keep));
    assert_eq!((ran.code, ran.err.contains("Put the key back")), (2, true), "{}", ran.err);
    assert!(!history.join("history.key").exists());
    let ran = third.audit([place.to_str().unwrap(), "--only", "seen-in-earlier-batch"]);
    assert_eq!((ran.code, ran.err.contains("--history")), (2, true), "{}", ran.err);
}

#[test]
fn a_batch_in_two_parts_shows_with_a_history_what_the_whole_shows() {
    let whole = Batch::new(11, 300).with_a_pair(10, 200).with_a_pair(11, 201).with_a_pair(12, 20);
    let rows = |units: &[[String; 3]]| units.iter().map(|u| u.join(",") + "\n").collect::<String>();
    let write = |name: &str, units: &[[String; 3]]| {
        whole.write(name, format!("serial,mac,password\n{}", rows(units)))
    };
    let kinds = ["--json", "--only", "duplicate", "--only", "seen-in-earlier-batch", "--history"];
    let audit = |file: &Path, history: &str| {
        let place = whole.place(history);
        whole.audit([file.to_str().unwrap()].iter().chain(&kinds).chain(&[place.to_str().unwrap()])).json()
    };
    let told = audit(&write("whole.csv", &whole.units), "one");
    assert_eq!(found(&told), [("duplicate".to_owned(), vec![12, 13, 14, 22, 202, 203])]);
    for half in [(0, 100), (100, 0)] {
        let history = format!("two-{}", half.0);
        let (first, second) = whole.units.split_at(100);
        let (first, second) = if half.0 == 0 { (first, second) } else { (second, first) };
        let told = [audit(&write("a.csv", first), &history), audit(&write("b.csv", second), &history)];
        let all: u64 = told
            .iter()
            .flat_map(|t| t["findings"].as_array().unwrap())
            .map(|f| f["rows"].as_u64().unwrap())
            .sum();
        // The pair within a part, and of each pair between them the later one: every shared password is found.
        assert_eq!(all, 2 + 2, "{told:#?}");
    }
}

#[test]
fn fingerprints_join_batches_and_say_nothing_of_a_password() {
    let one = Batch::new(12, 150);
    let mut two = Batch::new(13, 150);
    two.units[3][2] = one.units[8][2].clone();
    two.units[4] = one.units[9].clone();
    let history = one.place("history");
    let mut rows: Vec<(String, String, i64, String, String)> = Vec::new();
    for (batch, name) in [(&one, "one"), (&two, "two")] {
        let file = batch.write(name, batch.csv());
        let out = batch.place("prints.parquet");
        let args = [
            "--history".as_ref(),
            history.as_os_str(),
            "--fingerprints".as_ref(),
            out.as_os_str(),
            file.as_os_str(),
        ];
        assert!([1, 3].contains(&batch.audit(args).code));
        batch.assert_kept_secret(&[&fs::read(&out).unwrap()]);
        let reader =
            parquet::file::serialized_reader::SerializedFileReader::new(fs::File::open(&out).unwrap())
                .unwrap();
        for row in reader {
            let row = row.unwrap();
            let text = |at| row.get_string(at).unwrap().clone();
            rows.push((text(0), text(1), row.get_long(2).unwrap(), text(3), text(4)));
        }
    }
    assert_eq!(rows.len(), 300);
    assert!(
        rows.iter()
            .all(|r| r.1 == "password" && r.3.len() == 32 && r.3.bytes().all(|b| b.is_ascii_hexdigit()))
    );
    // What the SQL of the help says.
    rows.sort_by(|a, b| a.3.cmp(&b.3));
    let shared: Vec<Vec<i64>> = rows
        .chunk_by(|a, b| a.3 == b.3)
        .filter(|same| same.iter().any(|r| r.4 != same[0].4))
        .map(|same| same.iter().map(|r| r.2).collect())
        .collect();
    assert!(shared == [[10, 5]] || shared == [[5, 10]], "{shared:?}");
    let ran = one.audit(["x.csv", "--fingerprints", "y.parquet"]);
    assert_eq!((ran.code, ran.err.contains("--history")), (2, true), "{}", ran.err);
}

#[test]
fn a_signed_result_is_verified_joins_the_case_and_holds_no_secret() {
    let batch = Batch::new(14, 4000);
    let file = batch.write("batch.csv", batch.csv());
    let (key, history) = (batch.place("maker.key"), batch.place("history"));
    let public = run(["key", "new", "--json", "--out", key.to_str().unwrap()]).json()["public_key"].clone();
    let other = run(["key", "new", "--json", "--out", batch.place("other.key").to_str().unwrap()]).json();
    let out = batch.place("audit.json");
    let args = [
        "--history",
        history.to_str().unwrap(),
        "--key",
        key.to_str().unwrap(),
        "--evidence",
        out.to_str().unwrap(),
    ];
    let ran = batch.audit(args.iter().chain(&[file.to_str().unwrap(), "--on", "2026-11-22"]));
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("met: 4000 units") && ran.out.contains("IXIT 1-AuthMech"), "{}", ran.out);
    let text = fs::read_to_string(&out).unwrap();
    batch.assert_kept_secret(&[text.as_bytes()]);
    // It is a published document, as what is printed is.
    let written = Ran { code: 0, out: text.clone(), err: String::new() }.json();
    let digest: String = Sha256::digest(batch.csv()).iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(written["audit"]["file"]["sha256"], digest);
    assert_eq!(written["audit"]["looked_for"].as_array().unwrap().len(), 10);
    let verify = |more: &[&str]| run(["verify", out.to_str().unwrap(), "--json"].iter().chain(more));
    let pinned = verify(&["--signer", public.as_str().unwrap()]);
    assert_eq!((pinned.code, &pinned.json()["facts"]["audit"]), (0, &written["audit"]));
    assert_eq!((verify(&[]).code, verify(&[]).json()["genuine"].clone()), (3, true.into()));
    let refused = verify(&["--signer", other["public_key"].as_str().unwrap()]);
    assert_eq!((refused.code, refused.json()["genuine"].clone()), (1, false.into()));
    let camera = camera();
    let case = camera.path().join("product.toml");
    let added = "\n[[evidence]]\nkind = \"password-audit\"\npath = \"evidence/audit.json\"\n";
    let told = fs::read_to_string(&case).unwrap();
    let without = told.replace(
        "kind = \"password-batch\"\npath = \"evidence/batch-2026-44.csv\"\ncovers = \"whole-batch\"\n",
        added.trim_start().trim_start_matches("[[evidence]]\n"),
    );
    assert_ne!(told, without);
    fs::write(&case, without).unwrap();
    let outcome = || {
        let ran = run([
            "check",
            camera.path().to_str().unwrap(),
            "--on",
            "2026-11-22",
            "--scheme",
            "uk-psti",
            "--json",
        ]);
        let told = ran.json();
        let requirements = told["results"][0]["requirements"].as_array().unwrap().clone();
        let checks = requirements.iter().flat_map(|r| r["checks"].as_array().unwrap().clone());
        let audit = checks.into_iter().find(|c| c["check"] == "password-audit").unwrap();
        (audit["outcome"].as_str().unwrap().to_owned(), audit["why"].as_str().unwrap().to_owned())
    };
    fs::write(camera.path().join("evidence/audit.json"), &text).unwrap();
    assert_eq!(outcome().0, "met", "{}", outcome().1);
    fs::write(
        camera.path().join("evidence/audit.json"),
        text.replacen("\"rows\": 4000", "\"rows\": 9000", 1),
    )
    .unwrap();
    assert_eq!(outcome().0, "inconclusive", "{}", outcome().1);
    // With the batch of the demo beside it, which is another file.
    fs::write(&case, told + added).unwrap();
    fs::write(camera.path().join("evidence/audit.json"), &text).unwrap();
    assert!(outcome().1.contains("another file"), "{}", outcome().1);
    fs::write(&out, text.replacen("\"rows\": 4000", "\"rows\": 9000", 1)).unwrap();
    assert_eq!(verify(&[]).code, 1);
    // Nothing is written over what is read, and nothing without a key.
    let ran = batch.audit([
        "--key",
        key.to_str().unwrap(),
        "--evidence",
        file.to_str().unwrap(),
        file.to_str().unwrap(),
    ]);
    assert_eq!((ran.code, ran.err.contains("name another file")), (2, true), "{}", ran.err);
    let ran = batch.audit(["--evidence", out.to_str().unwrap(), file.to_str().unwrap()]);
    assert_eq!((ran.code, ran.err.contains("--key")), (2, true), "{}", ran.err);
}

#[test]
fn passwords_are_made_as_they_should_be_and_nothing_is_written_over() {
    let folder = folder();
    let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let make = |args: &[&str]| run(["passwords", "generate"].iter().chain(args));
    fs::write(place("serials.txt"), "SN1\nSN2\r\n\"SN,3\"\n").unwrap();
    let ran = make(&["--serials", &place("serials.txt"), "--out", &place("labels.csv"), "--json"]);
    assert_eq!((ran.code, &ran.json()["bits"]), (0, &65.0.into()), "{}", ran.err);
    let text = fs::read_to_string(place("labels.csv")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(
        lines[0] == "serial,password"
            && lines[1].starts_with("SN1,")
            && lines[3].starts_with("\"\"\"SN,3\"\"\","),
        "{lines:?}"
    );
    let password = |line: &str| line.rsplit_once(',').unwrap().1.to_owned();
    for line in &lines[1..] {
        assert_eq!(password(line).len(), 13);
        assert!(!ran.out.contains(&password(line)) && !ran.err.contains(&password(line)));
        assert!(
            password(line)
                .bytes()
                .all(|b| (b.is_ascii_lowercase() || b.is_ascii_digit()) && !b"lo01".contains(&b))
        );
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(place("labels.csv")).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let again = make(&["--count", "5", "--out", &place("labels.csv")]);
    assert_eq!((again.code, again.err.contains("never written over")), (2, true), "{}", again.err);
    assert_eq!(fs::read_to_string(place("labels.csv")).unwrap(), text);
    let shown = make(&["--count", "5", "--length", "20", "--show-secrets"]);
    assert_eq!((shown.code, shown.out.lines().filter(|l| l.len() == 20).count()), (0, 5), "{}", shown.out);
    fs::write(place("twice.txt"), "A\nB\nA\n").unwrap();
    let cases: [(&[&str], &str); 6] = [
        (&["--count", "5"], "--out"),
        (&["--count", "5", "--length", "11", "--out", &place("x")], "take 12 at least"),
        (
            &["--count", "5", "--length", "5", "--attempts-per-hour", "60", "--out", &place("x")],
            "with this lock-out",
        ),
        (&["--count", "9", "--serials", &place("serials.txt"), "--out", &place("x")], "3 serial numbers"),
        (&["--serials", &place("twice.txt"), "--out", &place("x")], "twice.txt:3"),
        (&["--count", "5", "--show-secrets", "--json"], "never holds a password"),
    ];
    for (args, says) in cases {
        let ran = make(args);
        assert_eq!((ran.code, ran.err.contains(says)), (2, true), "{args:?}: {}", ran.err);
    }
    let full = make(&["--count", "5", "--out", "/dev/full"]);
    assert_eq!(full.code, 2, "{}", full.err);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "nothing else is left");
}

#[test]
fn the_page_travels_alone_and_holds_no_secret() {
    let batch = Batch::new(15, 300).with_a_pair(4, 8);
    let file = batch.write("batch.csv", batch.csv().replacen("password", "password <b>of\u{202e} it", 1));
    let out = batch.place("audit.html");
    let ran = batch.audit([
        "--html",
        out.to_str().unwrap(),
        file.to_str().unwrap(),
        "--on",
        "2026-11-22",
        "--only",
        "duplicate",
        "--only",
        "common",
        "--password",
        "3",
    ]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let page = fs::read_to_string(&out).unwrap();
    batch.assert_kept_secret(&[page.as_bytes()]);
    assert_self_contained(&page);
    assert!(!page.contains("<b>") && !page.contains('\u{202e}'));
    for said in [
        "22 November 2026",
        "duplicate",
        "lines 6, 10",
        "Not met.",
        "<svg",
        "Not looked for",
        "Units by length: 300 of length 13",
    ] {
        assert!(page.contains(said), "{said}");
    }
}

#[test]
fn every_kind_can_be_explained() {
    for kind in ["derived-from-mac", "seen-in-earlier-batch", "regular", "too-weak"] {
        let ran = run(["explain", kind]);
        assert_eq!((ran.code, ran.out.contains("SI 2023/1007")), (0, true), "{kind}: {}", ran.out);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn no_core_is_ever_dumped() {
    let mut child =
        assay().args(["passwords", "-"]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut limits = String::new();
    let mut forbidden = false;
    for _ in 0..500 {
        limits.clear();
        if let Ok(mut file) = fs::File::open(format!("/proc/{}/limits", child.id())) {
            let _ = file.read_to_string(&mut limits);
        }
        let core = limits.lines().find(|l| l.starts_with("Max core file size")).unwrap_or_default();
        if core.split_whitespace().filter(|w| *w == "0").count() == 2 {
            forbidden = true;
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    stdin.write_all(b"serial,password\n").unwrap();
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(3));
    assert!(forbidden, "{limits}");
}
