//! Every password that lists of factory defaults know, and some that no list does, as the one password of a batch.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use assay::outcome::{Confidence, Outcome};
use assay_passwords::kind::Kind;
use assay_passwords::names::is_no_value;

use crate::audited::How;

/// Values that could be taken for something else: nothing, masks, headings, separators, numbers of the unit, broken text.
const ODD: [&[u8]; 36] = [
    b"",
    b" ",
    b"  x ",
    b",",
    b"a,b",
    b"\"",
    b"\"\"",
    b"\"a\"",
    b"a\"b",
    b"a;b",
    b"a\tb",
    b"a|b",
    b"'",
    b"\\",
    b"none",
    b"(none)",
    b"<none>",
    b"[none]",
    b"<blank>",
    b"n/a",
    b"N/A",
    b"null",
    b"NULL",
    b"-",
    b"--",
    b"***",
    b"****",
    b"********",
    b"password",
    b"serial",
    b"mac",
    b"SN00000001",
    b"caf\xe9",
    b"\xff\xfe",
    b"\0",
    b"x\0y",
];

#[test]
fn one_value_for_all_is_universal_whatever_value_it_is() {
    let bullets = "•".repeat(8);
    for value in ODD.into_iter().chain([bullets.as_bytes()]) {
        for units in [2, 3, 40] {
            assert_universal(value, units, &[]);
        }
    }
}

#[test]
fn every_password_of_the_lists_of_defaults_is_universal_when_all_units_have_it() {
    let values = listed();
    for (n, value) in values.iter().enumerate() {
        // All judges look at some of them; what the value is makes no difference to the rest.
        let only: &[Kind] = if n % 400 == 0 { &[] } else { &[Kind::Universal] };
        assert_universal(value, 2 + n % 7, only);
    }
    assert!(values.is_empty() || values.len() > 50_000, "{} passwords were read", values.len());
}

fn assert_universal(value: &[u8], units: usize, only: &[Kind]) {
    let shown = String::from_utf8_lossy(value);
    let report = How { only, ..How::default() }.audit(&batch(value, units));
    let found = report.findings.iter().find(|f| f.kind == Kind::Universal);
    let found = found.unwrap_or_else(|| panic!("{shown:?}: {:?} {:?}", report.findings, report.why));
    // What may be a mask is told with that doubt.
    let sure = if is_no_value(value) { Confidence::Likely } else { Confidence::Certain };
    assert_eq!((found.rows, found.confidence), (units as u64, sure), "{shown:?}");
    assert_eq!(found.lines, (2..2 + units.min(10) as u64).collect::<Vec<_>>(), "{shown:?}");
    assert_eq!(
        (report.outcome, report.rows, report.rejected),
        (Outcome::NotMet, units as u64, 0),
        "{shown:?}"
    );
}

fn batch(value: &[u8], units: usize) -> Vec<u8> {
    let quoted =
        [b"\"", value.split(|b| *b == b'"').collect::<Vec<_>>().join(&b"\"\""[..]).as_slice(), b"\""]
            .concat();
    let cell = if value.iter().any(|b| b",\"\r\n".contains(b)) { &quoted } else { value };
    let mut csv = b"serial,mac,password\n".to_vec();
    for n in 0..units {
        csv.extend_from_slice(format!("SN{n:08},02:00:5e:10:00:{n:02x},").as_bytes());
        csv.extend_from_slice(cell);
        csv.push(b'\n');
    }
    csv
}

/// Where masks differ or some rows are not masked, nobody is accused of them.
#[test]
fn masks_of_some_units_accuse_nobody() {
    for cells in [["********", "*****", "********"], ["(none)", "<blank>", "n/a"]] {
        let rows: String = cells.iter().enumerate().map(|(n, c)| format!("SN{n},{c}\n")).collect();
        let report = How::default().audit(format!("serial,password\n{rows}").as_bytes());
        assert_eq!((report.rows, report.rejected, report.findings.len()), (0, 3, 0), "{cells:?}");
        assert_eq!(report.outcome, Outcome::Inconclusive);
    }
}

#[test]
fn a_masked_column_beside_others_says_that_those_were_not_judged() {
    let rows: String = (0..30).map(|n| format!("SN{n},{:x}key{n},(none)\n", n * 7_919)).collect();
    let report = How::default().audit(format!("serial,wifi_password,admin_password\n{rows}").as_bytes());
    let found: Vec<_> = report.findings.iter().map(|f| (f.kind, f.column.as_str(), f.rows)).collect();
    assert_eq!(found, [(Kind::Universal, "admin_password", 30)]);
    assert!(report.why.iter().any(|w| w.contains("--password")), "{:?}", report.why);
}

/// All different passwords of the lists; none, said loudly, where they are absent.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn listed() -> BTreeSet<Vec<u8>> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpora/credentials"));
    let mut values = BTreeSet::new();
    if !folder.exists() {
        eprintln!(
            "SKIPPED: the lists of default passwords (../shared/corpora/credentials) are not beside this repository"
        );
        return values;
    }
    for path in files(folder) {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let bytes = fs::read(&path).unwrap();
        let mut text = Vec::new();
        match name.ends_with(".gz") {
            true => drop(flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut text).unwrap()),
            false => text = bytes,
        }
        for line in text.split(|b| *b == b'\n').map(|l| l.strip_suffix(b"\r").unwrap_or(l)) {
            values.insert(match name.as_str() {
                "DefaultCreds-Cheat-Sheet.csv" => last_cell(line),
                "mirai-botnet.txt" => after(line, b' '),
                "defaults.txt" => after(line, b':'),
                _ => line.to_vec(),
            });
        }
    }
    values
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let mut files: Vec<PathBuf> =
        paths.flat_map(|p| if p.is_dir() { files(&p) } else { vec![p] }).filter(|p| p.is_file()).collect();
    files.sort();
    files
}

fn after(line: &[u8], separator: u8) -> Vec<u8> {
    line.iter().position(|b| *b == separator).map_or(line, |at| &line[at + 1..]).to_vec()
}

fn last_cell(line: &[u8]) -> Vec<u8> {
    let (mut start, mut inside) = (0, false);
    for (at, byte) in line.iter().enumerate() {
        match byte {
            b'"' => inside = !inside,
            b',' if !inside => start = at + 1,
            _ => {}
        }
    }
    let cell = &line[start..];
    match cell.strip_prefix(b"\"").and_then(|c| c.strip_suffix(b"\"")) {
        Some(quoted) => String::from_utf8_lossy(quoted).replace("\"\"", "\"").into_bytes(),
        None => cell.to_vec(),
    }
}
