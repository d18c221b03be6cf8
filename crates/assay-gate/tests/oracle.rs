//! The gate against a slow and obvious one that shares no code with it: the `csv` crate's records, a map of products, one
//! decision after the other. Whatever the file, the threads, the size of a block and the machine, the same bytes come out, or
//! both refuse.

#![expect(clippy::unwrap_used, reason = "helpers of a test, which may stop at the first surprise")]

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::LazyLock;

use assay::assess::{Variant, Verdict};
use assay::gate::{Decision, decide, promised_until, unmatched};
use assay::gtin::{Gtin14, read_cell};
use assay::key::SecretKey;
use assay::scheme;
use assay::seller::Scope;
use assay::snapshot::{Basis, Notice, Record, SchemeState, Snapshot, State};
use assay_gate::{
    Catalogue, CatalogueError, Column, Columns, Engine, Form, GateError, How, Judge, Market, Wish, run,
    run_markets,
};
use jiff::civil::Date;
use proptest::prelude::*;

const SCHEME: &str = "uk-2019-option-a";

fn day(text: &str) -> Date {
    assay::date::parse(text).unwrap()
}

/// Products of every kind, and the numbers that tests write into their catalogues.
fn products() -> Vec<Record> {
    let bodies =
        [400_638_133_393, 871_150_064_221, 9_638_507, 3_600_029_145, 1_400_638_133_393, 952_000_010_001];
    let mut records: Vec<Record> = Vec::new();
    for (at, body) in bodies.into_iter().flat_map(|body| (0..12).map(move |more| body + more * 7)).enumerate()
    {
        let state = [State::Active, State::Active, State::Withdrawn, State::Disputed][at / 3 % 4];
        let (verdict, variant) = [
            (Verdict::Holds, Some(Variant::Tick)),
            (Verdict::DoesNotHold, Some(Variant::Cross)),
            (Verdict::Refused, None),
        ][at % 3];
        let scheme = SchemeState { verdict, variant, statement: None };
        let record = Record {
            gtin: Gtin14::of_payload(body),
            state,
            shortened: at % 11 == 0,
            updates_until: (at % 5 > 0)
                .then(|| day(["2026-11-21", "2026-11-22", "2030-05-31", "2025-01-01"][at % 4])),
            schemes: BTreeMap::from([(SCHEME.to_owned(), scheme)]),
            document: None,
            notices: if at % 13 == 0 {
                vec![Notice { kind: assay::seller::NoticeKind::Stop, suspended: at % 2 == 0 }]
            } else {
                vec![]
            },
            labels: vec![],
        };
        if Gtin14::from_number(record.gtin.number()).is_ok() && records.iter().all(|r| r.gtin != record.gtin)
        {
            records.push(record);
        }
    }
    records
}

static SNAPSHOT: LazyLock<Snapshot> = LazyLock::new(|| {
    let key = SecretKey::from_seed(&[4; 32]);
    let basis = Basis {
        number: 1,
        log_origin: "register.example/log".into(),
        log_size: 9,
        root: [1; 32],
        checkpoint: String::new(),
        issued: day("2026-11-01"),
        valid_until: day("2026-12-01"),
        own_numbers: false,
    };
    let bytes = Snapshot::build(&products(), &basis, &key).unwrap();
    Snapshot::open(&bytes, &[key.public()], "register.example/log").unwrap()
});

static PRODUCTS: LazyLock<BTreeMap<Gtin14, Record>> =
    LazyLock::new(|| products().into_iter().map(|r| (r.gtin, r)).collect());

/// What the gate wrote, and what it counted.
type Outcome = (String, BTreeMap<String, u64>);

/// A file whose header line names its columns.
struct File {
    bytes: Vec<u8>,
    delimiter: u8,
    gtin: usize,
    sku: Option<usize>,
}

impl File {
    fn new(rows: &[u8], delimiter: u8, gtin: usize, sku: Option<usize>) -> Self {
        let names = (0..5).map(|at| match at {
            _ if at == gtin => "ean".to_owned(),
            _ if Some(at) == sku => "number".to_owned(),
            _ => format!("c{at}"),
        });
        let header = names.collect::<Vec<_>>().join(&char::from(delimiter).to_string());
        Self { bytes: [header.as_bytes(), b"\n", rows].concat(), delimiter, gtin, sku }
    }
}

fn gate(file: &File, drop: usize, how: &How) -> Result<Outcome, GateError> {
    let judge = Judge::new(&SNAPSHOT, scheme::find(SCHEME).unwrap(), day("2026-11-22"));
    let columns = Columns {
        gtin: Some("ean".into()),
        sku: file.sku.filter(|at| *at != file.gtin).map(|_| "number".into()),
        ..Columns::default()
    };
    let mut out = Vec::new();
    let catalogue = Catalogue::open(Drops(&file.bytes, drop), &columns)?;
    let summary = run(&judge, catalogue, how, &mut out)?;
    Ok((String::from_utf8(out).unwrap(), summary.by_reason))
}

/// The same row by row, as several schemes are judged.
fn row_by_row(file: &File, drop: usize) -> Result<Outcome, GateError> {
    let judge = Judge::new(&SNAPSHOT, scheme::find(SCHEME).unwrap(), day("2026-11-22"));
    let columns = Columns {
        gtin: Some("ean".into()),
        sku: file.sku.filter(|at| *at != file.gtin).map(|_| "number".into()),
        ..Columns::default()
    };
    let mut out = Vec::new();
    let catalogue = Catalogue::open(Drops(&file.bytes, drop), &columns)?;
    let wish = Wish { columns: Column::ALL.to_vec(), form: Form::Csv, link: None };
    let markets = [Market { name: String::new(), judge }];
    let mut summaries = run_markets(&markets, catalogue, &wish, &mut out, None)?;
    Ok((String::from_utf8(out).unwrap(), summaries.remove(0).by_reason))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap_or_else(|_| bytes.iter().map(|b| char::from(*b)).collect())
}

/// By byte: line ends before it. LF, CRLF and CR are one each.
fn lines(bytes: &[u8]) -> Vec<u64> {
    let mut lines = vec![0];
    for (at, byte) in bytes.iter().enumerate() {
        let second = *byte == b'\n' && at > 0 && bytes[at - 1] == b'\r';
        let ends = matches!(byte, b'\r' | b'\n') && !second;
        lines.push(lines[at] + u64::from(ends));
    }
    lines
}

fn oracle(file: &File) -> Option<Outcome> {
    // A quote that never closes swallows one more line end than the file has.
    let read = |bytes: &[u8]| -> Vec<(u64, Vec<String>)> {
        let before = lines(bytes);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(file.delimiter)
            .from_reader(bytes);
        let records = reader.byte_records().skip(1).map(|record| {
            let record = record.unwrap();
            let at = record.position().unwrap().byte() as usize;
            let empty = bytes[at..].iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
            (1 + before[at + empty], record.iter().map(text).collect())
        });
        records.collect()
    };
    let open = read(&[&file.bytes[..], b"\n"].concat());
    let rows = read(&file.bytes);
    if file.bytes.contains(&0) || open != rows {
        return None;
    }
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(Column::ALL.iter().map(|c| c.name())).unwrap();
    let mut counts = BTreeMap::new();
    for (line, cells) in rows {
        let cell = |at: usize| cells.get(at).cloned().unwrap_or_default();
        let gtin = read_cell(&cell(file.gtin));
        let record = gtin.ok().and_then(|gtin| PRODUCTS.get(&gtin));
        let Decision { verdict, reason } = match gtin {
            Ok(_) => decide(
                scheme::find(SCHEME).unwrap(),
                day("2026-11-22"),
                day("2026-12-01"),
                record,
                Scope::Unknown,
            ),
            Err(fault) => unmatched(fault, Scope::Unknown),
        };
        *counts.entry(reason.word().to_owned()).or_insert(0) += 1;
        let standing = record.filter(|r| r.state == State::Active);
        let variant = standing.and_then(|r| r.schemes[SCHEME].variant);
        let cells = Column::ALL.iter().map(|column| match column {
            Column::Line => line.to_string(),
            Column::Sku => file.sku.filter(|at| *at != file.gtin).map(cell).unwrap_or_default(),
            Column::Gtin14 => gtin.map(|g| g.to_string()).unwrap_or_default(),
            Column::Verdict => verdict.word().into(),
            Column::Reason => reason.word().into(),
            Column::UpdatesUntil => {
                standing.and_then(|r| r.updates_until).map(|d| d.to_string()).unwrap_or_default()
            }
            Column::Label => variant.map(|v| v.word().to_owned()).unwrap_or_default(),
            Column::Snippet => String::new(),
        });
        out.write_record(cells).unwrap();
    }
    Some((String::from_utf8(out.into_inner().unwrap()).unwrap(), counts))
}

/// Gives at most so many bytes at a time, as a pipe does.
struct Drops<'a>(&'a [u8], usize);

impl Read for Drops<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let count = self.1.min(self.0.len()).min(out.len());
        let (now, later) = self.0.split_at(count);
        out[..count].copy_from_slice(now);
        self.0 = later;
        Ok(count)
    }
}

fn compare(file: &File) -> Result<(), TestCaseError> {
    let wanted = oracle(file);
    let mut first = None;
    for engine in Engine::available() {
        for (threads, block, table) in [(1, 1 << 18, false), (1, 1, true), (2, 70, false), (3, 300, true)] {
            let how = How { engine, threads, block, table, ..How::default() };
            let found = gate(file, block / 3 + 1, &how);
            let which = format!("{} {threads} {block}", engine.name());
            match (&found, &wanted) {
                (Ok(found), Some(wanted)) => prop_assert_eq!(found, wanted, "{}", which),
                (Err(GateError::Catalogue(_)), None) => {}
                _ => prop_assert!(false, "{found:?} and {wanted:?}: {which}"),
            }
            let found = found.map_err(|error| error.to_string());
            let same = first.get_or_insert_with(|| found.clone());
            prop_assert_eq!(&found, &*same, "{}", which);
        }
    }
    for drop in [7, 1 << 18] {
        let found = row_by_row(file, drop).map_err(|error| error.to_string());
        prop_assert_eq!(Some(found), first.clone(), "row by row, {}", drop);
    }
    Ok(())
}

/// Cells as shops write them, good and bad.
fn cell() -> impl Strategy<Value = String> {
    let numbers: Vec<String> = PRODUCTS.keys().map(|gtin| gtin.to_string()).collect();
    let known = prop::sample::select(numbers);
    prop_oneof![
        4 => known.clone().prop_map(|n| n.trim_start_matches('0').to_owned()),
        1 => known.clone(),
        1 => known.clone().prop_map(|n| format!(" {}-{} ", &n[..5], &n[5..])),
        1 => (known, 0usize..14, 0u8..10).prop_map(|(mut n, at, digit)| {
            n.replace_range(at..=at, &digit.to_string());
            n
        }),
        1 => "[0-9]{0,16}",
        2 => "[a-c0-9;,\"\r\n\té ]{0,40}",
        1 => Just(String::new()),
        1 => "[a-z]{30,90}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn generated_catalogues(
        table in prop::collection::vec(prop::collection::vec(cell(), 1..6), 1..40),
        delimiter in prop::sample::select(&b",;\t|"[..]),
        crlf: bool,
        style in prop::sample::select(&[csv::QuoteStyle::Always, csv::QuoteStyle::Necessary][..]),
        gtin in 0usize..4,
        sku in prop::option::of(0usize..4),
        end: bool,
    ) {
        let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new().flexible(true).delimiter(delimiter).terminator(terminator).quote_style(style).from_writer(vec![]);
        for row in &table {
            writer.write_record(row).unwrap();
        }
        let mut file = writer.into_inner().unwrap();
        if !end {
            file.truncate(file.len() - 1 - usize::from(crlf));
        }
        compare(&File::new(&file, delimiter, gtin, sku))?;
    }

    #[test]
    fn soup(soup in prop::collection::vec(prop::sample::select(&b"ab,,;\"\"\"\r\n\n\xe9 0123456789"[..]), 0..400), gtin in 0usize..3, sku in prop::option::of(0usize..3)) {
        compare(&File::new(&soup, b',', gtin, sku))?;
    }

    #[test]
    fn lines_of_soup(lines in prop::collection::vec(prop_oneof![
        Just("4006381333931,a\n".to_owned()), Just("\"4006381333931\",\"b\"\"c\"\n".to_owned()), Just("8711500642219,19\" rack\n".to_owned()),
        Just("\n".to_owned()), Just("\r\n".to_owned()), Just("96385074,x\r".to_owned()), Just("\"two\nlines\",\"96385074\"\r\n".to_owned()),
        Just("x,\"y\" z\n".to_owned()), Just("\u{feff}\"a,96385074\",4006381333931\n".to_owned()), "[,\"a\n]{0,12}", Just("\0".to_owned()),
    ], 0..60)) {
        compare(&File::new(lines.concat().as_bytes(), b',', 0, Some(1)))?;
    }
}

#[test]
fn long_files_are_judged_as_short_ones_whatever_the_threads() {
    let all: Vec<String> = PRODUCTS.keys().map(|gtin| gtin.to_string()).collect();
    let mut rows = String::new();
    for row in 0..60_000usize {
        let number = &all[row * 7 % all.len()];
        match row % 97 {
            0 => rows.push_str(&format!("\"a\n{row}\",{number},\"say \"\"x\"\"\"\r\n")),
            1 => rows.push_str(&format!("{row},{number},27\" screen\n")),
            2 => rows.push_str(&format!("{row},{},\n\n", "9".repeat(row % 5_000))),
            _ => rows.push_str(&format!("sku-{row},{number},title\n")),
        }
    }
    let file = File::new(rows.as_bytes(), b',', 1, Some(0));
    let wanted = oracle(&file).unwrap();
    assert!(row_by_row(&file, 100_000).unwrap() == wanted, "row by row");
    for (threads, block, table) in
        [(1, 1 << 18, true), (2, 4_000, false), (4, 100_000, true), (2, 1 << 18, false)]
    {
        let how = How { threads, block, table, ..How::default() };
        assert!(gate(&file, 1 << 20, &how).unwrap() == wanted, "{threads} threads, blocks of {block}");
    }
}

#[test]
fn a_fault_of_the_file_is_told_with_its_line_and_ends_the_run() {
    let plain = "a,4006381333931\n".repeat(500);
    let cell = "x".repeat(1 << 20);
    let far = format!("{}{plain}", "a,4006381333931\n".repeat(400_000));
    let open = format!("b,\"never closed\n{plain}");
    let kind = |error: &CatalogueError| match error {
        CatalogueError::OpenQuote { line } => ("open", *line),
        CatalogueError::Nul { line } => ("nul", *line),
        CatalogueError::Columns { line } => ("columns", *line),
        // Which bound a row of one endless cell meets first hangs on where its block ends.
        CatalogueError::Cell { line } | CatalogueError::Record { line } => ("long", *line),
        other => panic!("{other}"),
    };
    for (rows, wanted) in [
        (format!("{plain}{open}"), ("open", 502)),
        (format!("{far}{open}"), ("open", 400_502)),
        (format!("{plain}b,\0\n{plain}"), ("nul", 502)),
        (format!("{plain}\"b\n\0\",1\n{plain}"), ("nul", 503)),
        (format!("{plain}{cell}y,1\n{plain}"), ("long", 502)),
        (format!("{plain}{cell},{cell},{cell},{cell},z\n{plain}"), ("long", 502)),
        (format!("{plain}{}\n{plain}", ",".repeat(10_000)), ("columns", 502)),
        (format!("{plain}{}", "x".repeat(9 << 20)), ("long", 502)),
    ] {
        let file = File::new(rows.as_bytes(), b',', 1, Some(0));
        for (threads, block) in [(1, 1 << 18), (2, 1_000), (3, 1 << 22)] {
            let how = How { threads, block, ..How::default() };
            match gate(&file, 1 << 20, &how).unwrap_err() {
                GateError::Catalogue(error) => assert_eq!(kind(&error), wanted, "{threads} {block}"),
                other => panic!("{other}"),
            }
        }
        match row_by_row(&file, 1 << 20).unwrap_err() {
            GateError::Catalogue(error) => assert_eq!(kind(&error), wanted, "row by row"),
            other => panic!("{other}"),
        }
    }
}

/// Whatever the day of the sale and the months: the table that is laid out says what the decision on the record says, also between the
/// days on which it changes its mind.
#[test]
fn what_is_laid_out_for_a_day_is_the_decision_on_every_record() {
    let scheme = scheme::find(SCHEME).unwrap();
    let days: std::collections::BTreeSet<Date> = PRODUCTS.values().filter_map(|r| r.updates_until).collect();
    let near = |day: &Date| [day.yesterday().unwrap(), *day, day.tomorrow().unwrap()];
    let mut seen = std::collections::BTreeSet::new();
    for on in days.iter().flat_map(near).chain([day("2026-11-22"), day("2026-12-01"), day("2026-12-02")]) {
        for months in [None, Some(1u32), Some(12), Some(40), Some(1_200)] {
            let judge = Judge::new(&SNAPSHOT, scheme, on);
            let judge = months.into_iter().fold(judge, |judge, months| judge.supported_for(months));
            let wanted = months.map(|months| on.checked_add(jiff::Span::new().months(months)).unwrap());
            for (gtin, record) in PRODUCTS.iter() {
                let decision = decide(scheme, on, day("2026-12-01"), Some(record), Scope::Unknown);
                let decision = promised_until(decision, record.updates_until, wanted);
                assert_eq!(judge.cell(Ok(*gtin)).0, decision, "{gtin} {on} {months:?}");
                seen.insert((decision.verdict as u8, decision.reason));
            }
        }
    }
    assert!(seen.len() >= 7, "{seen:?}");
}
