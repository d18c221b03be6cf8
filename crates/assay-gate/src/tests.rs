//! Whole runs of the gate: catalogues as bytes in, verdicts out. What one part does alone is tested beside that part.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};

use proptest::prelude::*;

use assay::assess::{Variant, Verdict};
use assay::date;
use assay::gtin::Gtin14;
use assay::key::SecretKey;
use assay::scheme;
use assay::snapshot::{Basis, Record, SchemeState, Snapshot, State};
use jiff::civil::Date;

use super::*;

const OPTION_A: &str = "uk-2019-option-a";

fn day(text: &str) -> Date {
    date::parse(text).unwrap()
}

/// A snapshot in which the GTINs bear a tick under option A.
fn register<'a>(gtins: impl IntoIterator<Item = &'a str>) -> Snapshot {
    let unique: BTreeSet<Gtin14> = gtins.into_iter().map(|g| Gtin14::parse(g).unwrap()).collect();
    let record = |gtin: Gtin14| {
        let state = SchemeState { verdict: Verdict::Holds, variant: Some(Variant::Tick), statement: Some(0) };
        Record {
            gtin,
            state: State::Active,
            shortened: false,
            updates_until: Some(day("2030-05-31")),
            schemes: BTreeMap::from([(OPTION_A.to_owned(), state)]),
            document: None,
            notices: vec![],
            labels: vec![],
        }
    };
    let basis = Basis {
        number: 1,
        log_origin: "register.example/log".into(),
        log_size: 20,
        root: [0; 32],
        checkpoint: String::new(),
        own_numbers: false,
        issued: day("2026-11-01"),
        valid_until: day("2026-12-01"),
    };
    let key = SecretKey::from_seed(&[3; 32]);
    let bytes = Snapshot::build(&unique.into_iter().map(record).collect::<Vec<_>>(), &basis, &key).unwrap();
    Snapshot::open(&bytes, &[key.public()], "register.example/log").unwrap()
}

/// One line a row: `line|sku|gtin|verdict|reason`.
fn gate(
    file: impl Read + Send,
    columns: &Columns,
    snapshot: &Snapshot,
) -> Result<(Vec<String>, Summary), GateError> {
    let judge = Judge::new(snapshot, scheme::find(OPTION_A).unwrap(), day("2026-11-22"));
    let mut written = Vec::new();
    let summary = run(&judge, Catalogue::open(file, columns)?, &How::default(), &mut written)?;
    let rows = csv::Reader::from_reader(&written[..]).into_records();
    let lines: Vec<String> =
        rows.map(|row| row.unwrap().iter().take(5).collect::<Vec<_>>().join("|")).collect();
    let answers = [summary.may_sell, summary.refuse, summary.ask, summary.out_of_scope];
    assert_eq!(summary.rows, lines.len() as u64);
    assert_eq!(summary.rows, answers.iter().sum::<u64>());
    assert_eq!(summary.rows, summary.by_reason.values().sum::<u64>());
    Ok((lines, summary))
}

fn check(file: &[u8], wanted: &[&str]) {
    let snapshot = register(["4006381333931", "036000291452", "96385074"]);
    let (lines, _) = gate(file, &Columns::default(), &snapshot).unwrap();
    assert_eq!(lines, wanted, "{}", String::from_utf8_lossy(file));
}

fn refused(file: impl Read + Send, gtin: Option<&str>) -> String {
    let columns = Columns { gtin: gtin.map(Into::into), ..Columns::default() };
    gate(file, &columns, &register([])).unwrap_err().to_string()
}

/// Every fault a shop's row has had so far, with what the gate says.
const ROWS: [(&str, &str); 15] = [
    ("4006381333931", "04006381333931|may-sell|labelled"),
    ("04006381333931", "04006381333931|may-sell|labelled"),
    (" 4-006381-333931", "04006381333931|may-sell|labelled"),
    ("36000291452", "00036000291452|may-sell|labelled"),
    ("96385074", "00000096385074|may-sell|labelled"),
    ("8711500642219", "08711500642219|refuse|not-registered"),
    ("4006381333932", "|ask|bad-check-digit"),
    ("2000000000008", "|ask|retailer-owned-number"),
    ("4.00638E+12", "|ask|damaged-number"),
    ("4006381333931.0", "04006381333931|may-sell|labelled"),
    ("N/A", "|ask|no-gtin"),
    ("4006381333931/96385074", "|ask|several-gtins"),
    ("40063813A3931", "|ask|bad-gtin"),
    ("872790083144300", "|ask|no-gtin"),
    ("", "|ask|no-gtin"),
];

#[test]
fn every_row_has_one_verdict_in_every_dialect() {
    for (delimiter, end) in [(",", "\n"), (";", "\r\n"), ("\t", "\r"), ("|", "\n")] {
        let mut text = format!("\u{feff}Artikel-Nr.{delimiter}EAN Code{delimiter}Name{end}");
        let mut wanted = Vec::new();
        for (at, (gtin, verdict)) in ROWS.iter().enumerate() {
            text.push_str(&format!("a{at}{delimiter}{gtin}{delimiter}\"x{delimiter} 5\"\"\"{end}"));
            wanted.push(format!("{}|a{at}|{verdict}", at + 2));
        }
        let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
        check(text.as_bytes(), &wanted);
        check(text.trim_end().as_bytes(), &wanted);
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        check(&little, &wanted);
        check(&little[2..], &wanted);
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        check(&big, &wanted);
        check(&big[2..], &wanted);
    }
}

#[test]
fn every_row_has_one_verdict_in_json() {
    let rows: Vec<String> = ROWS
        .iter()
        .map(|(gtin, _)| format!("{{\"sku\":\"s\",\"gtin\":\"{gtin}\",\"x\":[1,{{}}]}}"))
        .collect();
    let wanted: Vec<String> =
        ROWS.iter().enumerate().map(|(at, (_, verdict))| format!("{}|s|{verdict}", at + 1)).collect();
    let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
    check(rows.join("\n").as_bytes(), &wanted);
    check(format!("[{}]", rows.join(",\n")).as_bytes(), &wanted);
}

#[test]
fn ragged_rows_blank_lines_and_cells_over_several_lines_are_counted_right() {
    check(
        b"sku,note,ean\n1\n\n2,\"a\nb\",96385074\n3,,96385074,more,cells\n\"\"\n",
        &[
            "2|1||ask|no-gtin",
            "4|2|00000096385074|may-sell|labelled",
            "6|3|00000096385074|may-sell|labelled",
            "7|||ask|no-gtin",
        ],
    );
}

#[test]
fn other_bytes_than_utf8_elsewhere_do_not_disturb() {
    check(
        b"Gr\xf6\xdfe;SKU;EAN\n\xfc;\xe4\xa0;96385074\xa0\n",
        &["2|\u{e4}\u{a0}|00000096385074|may-sell|labelled"],
    );
    check(b"[{\"n\":\"\xfc\",\"ean\":96385074}]", &["1||00000096385074|may-sell|labelled"]);
}

#[test]
fn a_header_alone_and_an_empty_list_have_no_rows() {
    check(b"ean;name\n", &[]);
    check(b"[]", &[]);
}

#[test]
fn what_cannot_be_read_names_the_line_and_the_mend() {
    for (file, wanted) in [
        (&b""[..], "the catalogue is empty"),
        (b"\xef\xbb\xbf\r\n \n", "the catalogue is empty"),
        (b"name;price\nlamp;5\n", "`name`, `price`: name it with --gtin COLUMN"),
        (b"4006381333931\n4006381333931\n", "name it with --gtin COLUMN"),
        (b"{\"products\":[{\"ean\":\"96385074\"}]}", "among `products`"),
        (b"ean\n\"4006381333931\n4006381333931\n", "line 2: a quote in this row is never closed"),
        (b"ean,x\n1,2\n3,\0\n", "line 3: a NUL byte"),
        (b"[{\"ean\":\"1\"},\n{\"ean\"", "line 2: the file ends"),
        (b"[1,2]", "line 1: here an object"),
        (b"%PDF-1.4", "a PDF document"),
    ] {
        let said = refused(file, None);
        assert!(said.contains(wanted), "{}: {said}", String::from_utf8_lossy(file));
    }
    assert!(refused(&b"ean\n1\n"[..], Some("EAN-13")).contains("no column for --gtin `EAN-13`"));
    let long = format!("{}\u{1b}[31m;x\n", "h".repeat(5_000));
    let said = refused(long.as_bytes(), None);
    assert!(said.len() < 500 && !said.contains('\u{1b}'), "{said}");
}

#[test]
fn a_verdict_that_cannot_be_written_ends_the_run() {
    struct Full;
    impl io::Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // The header line still fits.
            if bytes.starts_with(b"line,") { Ok(bytes.len()) } else { Err(io::ErrorKind::StorageFull.into()) }
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let snapshot = register([]);
    let judge = Judge::new(&snapshot, scheme::find(OPTION_A).unwrap(), day("2026-11-22"));
    for file in ["ean\n1\n2\n", "{\"ean\":1}"] {
        let catalogue = Catalogue::open(file.as_bytes(), &Columns::default()).unwrap();
        let error = run(&judge, catalogue, &How::default(), Full).unwrap_err();
        assert!(matches!(error, GateError::Write(e) if e.kind() == io::ErrorKind::StorageFull));
    }
}

#[test]
fn a_packed_catalogue_is_unpacked_and_one_that_was_cut_is_refused() {
    use std::io::Write as _;
    let snapshot = register(["96385074"]);
    let file = "ean,sku\n".to_owned() + &"96385074,x\n4006381333931,y\n".repeat(50_000);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(file.as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    let zstd = zstd::encode_all(file.as_bytes(), 1).unwrap();
    let wanted = gate(file.as_bytes(), &Columns::default(), &snapshot).unwrap();
    // Two files one behind the other are one, as gzip itself has it.
    for packed in [&gzip, &zstd] {
        assert!(gate(&packed[..], &Columns::default(), &snapshot).unwrap() == wanted);
        for end in [5, 30, packed.len() / 2, packed.len() - 1] {
            let error = gate(&packed[..end], &Columns::default(), &snapshot).unwrap_err();
            assert!(error.to_string().contains("cut off"), "{end}: {error}");
        }
    }
    let mut bent = gzip.clone();
    let middle = bent.len() / 2;
    bent[middle..middle + 40].fill(0xff);
    let error = gate(&bent[..], &Columns::default(), &snapshot).unwrap_err();
    assert!(error.to_string().contains("damaged"), "{error}");
}

#[test]
fn words_take_out_what_the_scheme_is_not_about_and_allow_nothing() {
    let snapshot = register(["96385074"]);
    let judge = Judge::new(&snapshot, scheme::find(OPTION_A).unwrap(), day("2026-11-22")).with_words(None);
    let rows = [
        (
            "4006381333931",
            "Kitchen > Kettles",
            "Steel kettle 1.7 l",
            "out-of-scope",
            "not-consumer-connectable",
        ),
        ("4006381333931", "Cameras", "Outdoor camera, Wi-Fi, 2K", "refuse", "not-registered"),
        ("", "Kitchen > Kettles", "Steel kettle 1.7 l", "out-of-scope", "not-consumer-connectable"),
        ("", "Cameras", "Outdoor camera, Wi-Fi, 2K", "ask", "no-gtin"),
        ("4006381333931", "", "Qwertz 5000", "ask", "scope-unsure"),
        ("4006381333931", "", " ", "refuse", "not-registered"),
        ("9780306406157", "", "Qwertz 5000", "out-of-scope", "not-consumer-connectable"),
        // What its maker registered is in scope by its maker's own word.
        ("96385074", "Kitchen > Kettles", "Steel kettle 1.7 l", "may-sell", "labelled"),
    ];
    let csv: String = rows.iter().map(|(ean, c, t, ..)| format!("{ean};{c};\"{t}\"\n")).collect();
    let json: String = rows
        .iter()
        .map(|(ean, c, t, ..)| format!("{{\"ean\":\"{ean}\",\"category\":\"{c}\",\"title\":\"{t}\"}}\n"))
        .collect();
    let how = How { columns: vec![Column::Verdict, Column::Reason], ..How::default() };
    let wanted: Vec<String> =
        rows.iter().map(|(.., verdict, reason)| format!("{verdict},{reason}")).collect();
    for file in [format!("ean;category;title\n{csv}"), json] {
        let catalogue = Catalogue::open(file.as_bytes(), &Columns::default()).unwrap();
        let mut written = Vec::new();
        run(&judge, catalogue, &how, &mut written).unwrap();
        let written = String::from_utf8(written).unwrap();
        assert_eq!(written.lines().skip(1).collect::<Vec<_>>(), wanted);
    }
}

#[test]
fn a_shops_own_numbers_are_looked_up_in_its_own_snapshot_and_other_faults_stay_faults() {
    let own = |number: u64| Gtin14::with_restricted(number).unwrap();
    let record = |gtin: Gtin14| Record { gtin, ..register(["96385074"]).record(0).unwrap() };
    // What `4450334647`, `18288360` and `01234565` could stand for is in it, too.
    let numbers = [2_059_595_050_240, 9_800_000_000_007, 4_450_334_647, 18_288_360, 1_234_565];
    let records: Vec<Record> = numbers.map(own).map(record).to_vec();
    let key = SecretKey::from_seed(&[3; 32]);
    let basis = |own_numbers| Basis {
        number: 1,
        log_origin: "register.example/log".into(),
        log_size: 1,
        root: [0; 32],
        checkpoint: String::new(),
        own_numbers,
        issued: day("2026-11-01"),
        valid_until: day("2026-12-01"),
    };
    let open = |own_numbers| {
        let bytes = Snapshot::build(&records, &basis(own_numbers), &key).unwrap();
        Snapshot::open(&bytes, &[key.public()], "register.example/log")
    };
    assert!(open(false).is_err(), "a register's snapshot has no such numbers");
    let snapshot = open(true).unwrap();
    let cells = [
        ("2059595050240", "may-sell|labelled"),
        (" 2059595-050240", "may-sell|labelled"),
        ("9800000000007", "may-sell|labelled"),
        ("2000000000008", "ask|retailer-owned-number"),
        ("9900000000004", "ask|coupon-number"),
        ("4450334647", "ask|book-number"),
        ("18288360", "ask|short-upc"),
        ("01234565", "ask|short-upc"),
        ("2059595050240;9800000000007", "ask|bad-gtin"),
    ];
    let csv: String = cells.iter().map(|(cell, _)| format!("\"{cell}\",x\n")).collect();
    let json: String = cells.iter().map(|(cell, _)| format!("{{\"ean\":\"{cell}\"}}\n")).collect();
    for file in [format!("ean,y\n{csv}"), json] {
        let (lines, _) = gate(file.as_bytes(), &Columns::default(), &snapshot).unwrap();
        for (line, (cell, wanted)) in lines.iter().zip(cells) {
            let same = line.ends_with(wanted) || (wanted.ends_with("bad-gtin") && line.contains("|ask|"));
            assert!(same, "{cell}: {line}");
        }
    }
}

#[test]
fn lines_have_room_for_every_column_and_one_empty_cell_is_no_empty_line() {
    let snapshot = register([]);
    let judge = Judge::new(&snapshot, scheme::find(OPTION_A).unwrap(), day("2026-11-22"));
    let quotes = "\"\"".repeat(1_000);
    let file = format!("sku,ean\n\"{quotes}\",4006381333931\n,1\n");
    let written = |columns: Vec<Column>| {
        let catalogue = Catalogue::open(file.as_bytes(), &Columns::default()).unwrap();
        let mut out = Vec::new();
        run(&judge, catalogue, &How { columns, ..How::default() }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    let long = written(vec![Column::Sku, Column::Sku, Column::Sku]);
    assert_eq!(long, format!("sku,sku,sku\n\"{quotes}\",\"{quotes}\",\"{quotes}\"\n,,\n"));
    assert_eq!(written(vec![Column::Sku]), format!("sku\n\"{quotes}\"\n\"\"\n"));
}

#[test]
fn a_json_row_keeps_its_article_number_whatever_its_type() {
    let file = "{\"ean\":1,\"sku\":1.5}\n{\"ean\":1,\"sku\":-5}\n{\"ean\":1,\"sku\":true}\n";
    let (lines, _) = gate(file.as_bytes(), &Columns::default(), &register([])).unwrap();
    let skus: Vec<&str> = lines.iter().filter_map(|line| line.split('|').nth(1)).collect();
    assert_eq!(skus, ["1.5", "-5", "true"]);
    assert!(refused(&b"{\"ean\":1,\"sku\":\"a\\u0000\"}"[..], None).contains("NUL"));
}

#[test]
fn what_a_withdrawn_entry_promised_is_not_shown() {
    let mut record = register(["96385074"]).record(0).unwrap();
    let shown = |record: Record| {
        let basis = Basis {
            number: 1,
            log_origin: "register.example/log".into(),
            log_size: 1,
            root: [0; 32],
            checkpoint: String::new(),
            own_numbers: false,
            issued: day("2026-11-01"),
            valid_until: day("2026-12-01"),
        };
        let key = SecretKey::from_seed(&[3; 32]);
        let bytes = Snapshot::build(std::slice::from_ref(&record), &basis, &key).unwrap();
        let snapshot = Snapshot::open(&bytes, &[key.public()], "register.example/log").unwrap();
        let judge = Judge::new(&snapshot, scheme::find(OPTION_A).unwrap(), day("2026-11-22"));
        let catalogue = Catalogue::open(&b"ean\n96385074\n"[..], &Columns::default()).unwrap();
        let mut written = Vec::new();
        run(&judge, catalogue, &How::default(), &mut written).unwrap();
        String::from_utf8(written).unwrap().lines().nth(1).unwrap().to_owned()
    };
    assert_eq!(shown(record.clone()), "2,,00000096385074,may-sell,labelled,2030-05-31,tick");
    record.state = State::Withdrawn;
    assert_eq!(shown(record), "2,,00000096385074,refuse,withdrawn,,");
}

#[test]
fn the_summary_has_the_agreed_names() {
    let snapshot = register(["96385074"]);
    let (_, summary) =
        gate(&b"ean\n96385074\n4006381333931\n\"\"\n"[..], &Columns::default(), &snapshot).unwrap();
    let wanted = serde_json::json!({
        "schema": "assay-gate-0",
        "rows": 3, "may_sell": 1, "refuse": 1, "ask": 1, "out_of_scope": 0,
        "by_reason": {"labelled": 1, "not-registered": 1, "no-gtin": 1},
        "snapshot": {
            "number": 1, "log_size": 20, "root": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            "valid_until": "2026-12-01",
        },
    });
    assert_eq!(serde_json::to_value(summary).unwrap(), wanted);
}

/// Gives `head` once, then `again` for ever, and counts what was taken.
struct Endless<'a> {
    head: &'a [u8],
    again: &'a [u8],
    taken: usize,
}

impl Read for &mut Endless<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        for slot in out.iter_mut() {
            let again = || self.again[(self.taken - self.head.len()) % self.again.len()];
            *slot = self.head.get(self.taken).copied().unwrap_or_else(again);
            self.taken += 1;
        }
        Ok(out.len())
    }
}

#[test]
fn a_line_that_never_ends_is_given_up_after_a_few_mebibytes() {
    for (head, again, wanted) in [
        ("", "x", "line 1: a cell is longer than 1 MiB"),
        ("ean\n96385074\n", "9", "line 3: a cell is longer"),
        ("ean,x\n1,\"", "ab\n", "line 2: a cell is longer"),
        ("ean,x\n1,\"", "\"\"", "line 2: a cell is longer"),
        ("ean\n", ",", "line 2: more than 10,000 columns"),
        ("ean\n", &format!("{},", "x".repeat(10_000)), "line 2: the row is longer than 4 MiB"),
        (",", ",", "line 1: more than 10,000 columns"),
        (";", ";", "line 1: "),
        ("[{\"ean\":\"", "x", "line 1: a cell is longer"),
        ("[{\"ean\":\"", "\\\\", "line 1: a cell is longer"),
        ("[{\"ean\":", "[", "line 1: the object is nested deeper"),
        ("[{\"ean\":[", "1,", "line 1: the row is longer than 4 MiB"),
        ("{\"ean\":\"1\"}\n{", "\n", "line 2: the row is longer than 4 MiB"),
        ("", "\n", "the catalogue is empty"),
    ] {
        let mut file = Endless { head: head.as_bytes(), again: again.as_bytes(), taken: 0 };
        let said = refused(&mut file, None);
        assert!(said.contains(wanted), "{head:?} {:?}: {said}", again.get(..9));
        assert!(file.taken < 10 << 20, "{head:?} {:?}: {} bytes", again.get(..9), file.taken);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_bytes_are_answered_and_nothing_may_be_sold_from_an_empty_register(
        head in prop::sample::select(&["", "ean;sku\n", "[{\"ean\":", "{\"ean\":\"1\"}\n", "\u{feff}gtin,x\n"][..]),
        soup in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..400),
            prop::collection::vec(prop::sample::select(&b"01239;,\"\n\r\t {}[]:\\ean\xff\xfe\0"[..]), 0..400),
        ],
    ) {
        let file = [head.as_bytes(), &soup].concat();
        if let Ok((_, summary)) = gate(&file[..], &Columns::default(), &register([])) {
            prop_assert_eq!(summary.may_sell, 0);
        }
    }

    #[test]
    fn rows_in_any_order_have_the_same_verdicts(
        rows in Just(ROWS.to_vec()).prop_shuffle(),
        crlf: bool,
    ) {
        let end = if crlf { "\r\n" } else { "\n" };
        let text: String = rows.iter().map(|(gtin, _)| format!("\"{gtin}\";x{end}")).collect();
        let snapshot = register(["4006381333931", "036000291452", "96385074"]);
        let file = format!("gtin;name{end}{text}");
        let (lines, _) = gate(file.as_bytes(), &Columns::default(), &snapshot).unwrap();
        prop_assert_eq!(lines.len(), rows.len());
        for (line, (_, wanted)) in lines.iter().zip(&rows) {
            prop_assert!(line.ends_with(wanted), "{line} {wanted}");
        }
    }
}

/// A real shop's file, if the shared folder is there.
#[expect(clippy::print_stderr, reason = "a skipped test must say so")]
#[expect(clippy::disallowed_methods, reason = "a test reads the real file")]
fn real(name: &str) -> Option<Vec<u8>> {
    let path = format!("{}/../../../shared/corpora/catalogue/{name}", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(path).ok();
    if bytes.is_none() {
        eprintln!("SKIPPED: the shared folder with {name} is absent");
    }
    bytes
}

/// Registers the GTINs of twenty of the rows and expects exactly the rows with these numbers to be sold.
fn only_the_registered_may_be_sold(file: &[u8], cells: &[String]) {
    let (lines, empty) = gate(file, &Columns::default(), &register([])).unwrap();
    assert_eq!((lines.len(), empty.may_sell), (cells.len(), 0));
    let valid: BTreeSet<&str> =
        cells.iter().map(String::as_str).filter(|cell| Gtin14::parse(cell).is_ok()).collect();
    let twenty: Vec<&str> = valid.iter().step_by(valid.len() / 20).take(20).copied().collect();
    assert_eq!(twenty.len(), 20);
    let (lines, summary) = gate(file, &Columns::default(), &register(twenty.iter().copied())).unwrap();
    for (line, cell) in lines.iter().zip(cells) {
        assert_eq!(line.ends_with("|may-sell|labelled"), twenty.contains(&cell.as_str()), "{line} {cell}");
    }
    assert_eq!(summary.by_reason["labelled"], summary.may_sell);
    assert!(summary.may_sell >= 20);
}

#[test]
fn the_first_real_catalogue_is_judged_row_by_row() {
    let Some(file) = real("euronics-de-catalogue-A.json") else { return };
    let rows: Vec<BTreeMap<String, serde_json::Value>> = serde_json::from_slice(&file).unwrap();
    let cell = |row: &BTreeMap<String, serde_json::Value>, key| {
        row.get(key).and_then(|v| v.as_str()).unwrap_or_default().to_owned()
    };
    let cells: Vec<String> = rows.iter().map(|row| cell(row, "EANCode")).collect();
    only_the_registered_may_be_sold(&file, &cells);
    let (lines, summary) = gate(&file[..], &Columns::default(), &register([])).unwrap();
    assert_eq!(summary.rows, 301);
    let wanted = BTreeMap::from([("no-gtin".to_owned(), 5), ("not-registered".to_owned(), 296)]);
    assert_eq!(summary.by_reason, wanted);
    for (line, row) in lines.iter().zip(&rows) {
        assert_eq!(line.split('|').nth(1), Some(cell(row, "ProductId").as_str()));
    }
    assert!(lines[0].starts_with("2|4065327764666|04897098683187|"), "{}", lines[0]);
}

#[test]
fn the_second_real_catalogue_is_judged_row_by_row() {
    let Some(file) = real("etbm-ro-philips-catalogue.csv") else { return };
    let rows: Vec<csv::StringRecord> = csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_reader(&file[..])
        .records()
        .collect::<Result<_, _>>()
        .unwrap();
    let cells: Vec<String> = rows.iter().map(|row| row[1].to_owned()).collect();
    only_the_registered_may_be_sold(&file, &cells);
    let (lines, summary) = gate(&file[..], &Columns::default(), &register([])).unwrap();
    assert_eq!(summary.rows, 691);
    let wanted =
        [("bad-check-digit", 1), ("no-gtin", 4), ("not-registered", 677), ("retailer-owned-number", 9)];
    assert_eq!(summary.by_reason, wanted.map(|(word, n)| (word.to_owned(), n)).into());
    for (line, row) in lines.iter().zip(&rows) {
        assert_eq!(line.split('|').nth(1), Some(&row[4]));
    }
}
