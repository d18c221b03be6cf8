//! Several schemes in one pass, the shop's own columns, days of the sale, and every form in and out.

#![expect(clippy::unwrap_used, reason = "a test that fails says so by its panic")]

use std::collections::BTreeMap;

use assay::assess::{Variant, Verdict};
use assay::date;
use assay::gate::Reason;
use assay::gtin::Gtin14;
use assay::key::SecretKey;
use assay::scheme;
use assay::snapshot::{Basis, Record, SchemeState, Snapshot, State};
use assay_gate::{
    Catalogue, Column, Columns, Form, GateError, Judge, Keep, Market, Summary, Wish, run_markets,
};
use bytes::Bytes;
use jiff::civil::Date;
use parquet::file::reader::{FileReader, SerializedFileReader};
use proptest::prelude::*;

const A: &str = "uk-2019-option-a";
const LAW: &str = "uk-psti";

fn day(text: &str) -> Date {
    date::parse(text).unwrap()
}

/// Two numbers under both schemes, one of them supported until 2027 only; one under the law alone.
fn snapshot() -> Snapshot {
    let record = |gtin: &str, until: &str, schemes: &[&str]| {
        let under = |id: &&str| {
            let variant = (*id == A).then_some(Variant::Tick);
            (
                (*id).to_owned(),
                SchemeState { verdict: Verdict::Holds, variant, statement: variant.map(|_| 3) },
            )
        };
        Record {
            gtin: Gtin14::parse(gtin).unwrap(),
            state: State::Active,
            shortened: false,
            updates_until: Some(day(until)),
            schemes: schemes.iter().map(under).collect::<BTreeMap<_, _>>(),
            document: None,
            notices: vec![],
            labels: vec![],
        }
    };
    let records = [
        record("96385074", "2027-03-31", &[A, LAW]),
        record("4006381333931", "2031-05-31", &[A, LAW]),
        record("8711500642219", "2031-05-31", &[LAW]),
    ];
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
    let bytes = Snapshot::build(&records, &basis, &key).unwrap();
    Snapshot::open(&bytes, &[key.public()], "register.example/log").unwrap()
}

fn judge<'a>(snapshot: &'a Snapshot, id: &str) -> Judge<'a> {
    Judge::new(snapshot, scheme::find(id).unwrap(), day("2026-11-22"))
}

fn one(judge: Judge<'_>) -> Vec<Market<'_>> {
    vec![Market { name: String::new(), judge }]
}

fn both(snapshot: &Snapshot) -> Vec<Market<'_>> {
    [A, LAW].map(|id| Market { name: id.into(), judge: judge(snapshot, id) }).into()
}

fn wish(columns: &[Column], form: Form) -> Wish {
    Wish { columns: columns.to_vec(), form, link: Some("https://register.example/".into()) }
}

fn run(
    markets: &[Market<'_>],
    file: &str,
    columns: &Columns,
    wish: &Wish,
) -> Result<(Vec<u8>, Vec<Summary>), GateError> {
    let mut out = Vec::new();
    let summaries = run_markets(markets, Catalogue::open(file.as_bytes(), columns)?, wish, &mut out, None)?;
    Ok((out, summaries))
}

fn lines(out: &[u8]) -> Vec<&str> {
    std::str::from_utf8(out).unwrap().lines().collect()
}

const FILE: &str = "sku,ean,name,sold\na,4006381333931,\"Camera, \"\"old\"\"\",2026-11-20\nb,8711500642219,Plug,\nc,96385074,,31/12/2026\nd,P12-x,x,2030-01-01\n";

#[test]
fn each_scheme_has_its_columns_and_its_counts() {
    let snapshot = snapshot();
    let columns = [Column::Sku, Column::UpdatesUntil, Column::Verdict, Column::Reason];
    let (out, summaries) =
        run(&both(&snapshot), FILE, &Columns::default(), &wish(&columns, Form::Csv)).unwrap();
    assert_eq!(
        lines(&out),
        [
            "sku,updates_until,verdict_uk-2019-option-a,verdict_uk-psti,reason_uk-2019-option-a,reason_uk-psti",
            "a,2031-05-31,may-sell,may-sell,labelled,declared",
            "b,2031-05-31,refuse,may-sell,not-declared-under-scheme,declared",
            "c,2027-03-31,may-sell,may-sell,labelled,declared",
            "d,,ask,ask,bad-gtin,bad-gtin",
        ]
    );
    let counts: Vec<_> = summaries.iter().map(|s| (s.rows, s.may_sell, s.refuse, s.ask)).collect();
    assert_eq!(counts, [(4, 2, 1, 1), (4, 3, 0, 1)]);
}

#[test]
fn the_shops_columns_are_kept_as_they_were() {
    let snapshot = snapshot();
    let keep = |keep| Columns { keep, ..Columns::default() };
    let wish = wish(&[Column::Verdict], Form::Csv);
    let (out, _) = run(&one(judge(&snapshot, A)), FILE, &keep(Keep::All), &wish).unwrap();
    let back: Vec<Vec<String>> = csv::Reader::from_reader(&out[..])
        .into_records()
        .map(|r| r.unwrap().iter().map(str::to_owned).collect())
        .collect();
    assert_eq!(back[0], ["a", "4006381333931", "Camera, \"old\"", "2026-11-20", "may-sell"]);
    assert_eq!(lines(&out)[0], "sku,ean,name,sold,verdict");
    let both_skus = self::wish(&[Column::Sku, Column::Verdict], Form::Csv);
    let (once, _) = run(&one(judge(&snapshot, A)), FILE, &keep(Keep::All), &both_skus).unwrap();
    assert_eq!(once, out, "the article number once");
    let (out, _) =
        run(&one(judge(&snapshot, A)), FILE, &keep(Keep::Some(vec!["Name".into(), "sku".into()])), &wish)
            .unwrap();
    assert_eq!(lines(&out)[2], "Plug,b,refuse");

    let ragged = "sku,ean\na,4006381333931,,\nb\n";
    assert_eq!(
        lines(&run(&one(judge(&snapshot, A)), ragged, &keep(Keep::All), &wish).unwrap().0)[1..],
        ["a,4006381333931,may-sell", "b,,ask"]
    );
    let lost = run(&one(judge(&snapshot, A)), "sku,ean\na,4006381333931,£5\n", &keep(Keep::All), &wish);
    assert!(lost.unwrap_err().to_string().starts_with("line 2: `£5` would be lost"));
    let ours = run(&one(judge(&snapshot, A)), "verdict,ean\na,4006381333931\n", &keep(Keep::All), &wish);
    assert!(ours.unwrap_err().to_string().contains("`verdict` of its own"));
}

#[test]
fn json_keeps_what_was_written_and_loses_nothing() {
    let snapshot = snapshot();
    let columns = Columns { keep: Keep::All, ..Columns::default() };
    let file = "{\"ean\": 4006381333931, \"price\": 10.50, \"tags\": [1,\n2], \"name\": \"a\\\"b\\n\", \"none\": null}\n{\"ean\":\"x\"}\n";
    let wish = wish(&[Column::Line, Column::Verdict, Column::Label], Form::Ndjson);
    let (out, _) = run(&one(judge(&snapshot, A)), file, &columns, &wish).unwrap();
    assert_eq!(
        lines(&out),
        [
            "{\"ean\":4006381333931,\"name\":\"a\\\"b\\n\",\"none\":null,\"price\":10.50,\"tags\":[1,2],\"line\":1,\"verdict\":\"may-sell\",\"label\":\"tick\"}",
            "{\"ean\":\"x\",\"name\":null,\"none\":null,\"price\":null,\"tags\":null,\"line\":3,\"verdict\":\"ask\",\"label\":null}",
        ]
    );
    let late = "{\"ean\":\"x\"}\n".repeat(200) + "{\"ean\":\"x\",\"new\":1}\n";
    let error = run(&one(judge(&snapshot, A)), &late, &columns, &wish).unwrap_err().to_string();
    assert!(error.starts_with("line 201: `new` would be lost"), "{error}");
    let error = run(&one(judge(&snapshot, A)), "{\"ean\":\"x\",\"p\":1,\"p\":2}\n", &columns, &wish)
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("line 1: `p` would be lost"), "{error}");
    let error = run(&one(judge(&snapshot, A)), "{\"ean\":\"x\",\"p\":\"a\\u0000\"}\n", &columns, &wish)
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("line 1: a NUL"), "{error}");
    let twice = Columns { keep: Keep::Some(vec!["a".into(), "A".into()]), ..Columns::default() };
    let error = run(&one(judge(&snapshot, A)), "ean,a\nx,1\n", &twice, &wish).unwrap_err().to_string();
    assert!(error.contains("`A` twice"), "{error}");
    let error = run(&one(judge(&snapshot, A)), "ean,a,a\nx,1,2\n", &columns, &wish).unwrap_err().to_string();
    assert!(error.contains("`a` occurs more than once"), "{error}");
}

#[test]
fn a_row_is_judged_on_its_own_day() {
    let snapshot = snapshot();
    let columns = Columns { sold_on: Some("sold".into()), ..Columns::default() };
    let wish = wish(&[Column::Sku, Column::Verdict, Column::Reason], Form::Csv);
    let (out, _) = run(&one(judge(&snapshot, LAW)), FILE, &columns, &wish).unwrap();
    let wanted = ["a,may-sell,declared", "b,may-sell,declared", "c,ask,bad-sale-day", "d,ask,bad-gtin"];
    assert_eq!(lines(&out)[1..], wanted);
    // What is refused stays so without a day that can be read.
    let file = "sku,ean,sold\na,5449000000996,soon\nb,4006381333931,soon\n";
    let (out, _) = run(&one(judge(&snapshot, A)), file, &columns, &wish).unwrap();
    assert_eq!(lines(&out)[1..], ["a,refuse,not-registered", "b,ask,bad-sale-day"]);
    let json = "{\"ean\":\"4006381333931\",\"sold\":[\"2026-11-20\"]}\n{\"ean\":\"4006381333931\",\"sold\":\"2035-01-01\",\"sold\":\"2026-11-20\"}\n\
                {\"ean\":\"4006381333931\",\"sold\":null}\n";
    let (out, _) =
        run(&one(judge(&snapshot, A)), json, &columns, &self::wish(&[Column::Reason], Form::Csv)).unwrap();
    assert_eq!(lines(&out)[1..], ["bad-sale-day", "bad-sale-day", "labelled"]);
    // Behind the snapshot's last day nothing is allowed, and before the law nobody was bound.
    let file =
        "sku,ean,sold\na,4006381333931,2027-01-01\nb,4006381333930,2020-01-01\nc,5012345678900,2020-01-01\n";
    let (out, _) = run(&one(judge(&snapshot, LAW)), file, &columns, &wish).unwrap();
    assert_eq!(
        lines(&out)[1..],
        ["a,ask,stale-snapshot", "b,ask,bad-check-digit", "c,out-of-scope,not-yet-binding"]
    );
}

#[test]
fn updates_for_some_months_after_the_sale() {
    let snapshot = snapshot();
    let wish = wish(&[Column::Sku, Column::Verdict, Column::Reason], Form::Csv);
    for (months, wanted) in
        [(4, "c,may-sell,labelled"), (5, "c,ask,support-ends-early"), (1_200, "c,ask,support-ends-early")]
    {
        let (out, _) =
            run(&one(judge(&snapshot, A).supported_for(months)), FILE, &Columns::default(), &wish).unwrap();
        assert_eq!(lines(&out)[3], wanted, "{months}");
        // What may not be sold is no question by it.
        assert_eq!(lines(&out)[2], "b,refuse,not-declared-under-scheme");
    }
    let columns = Columns { sold_on: Some("sold".into()), ..Columns::default() };
    let file = "sku,ean,sold\na,96385074,2026-11-01\nb,96385074,2026-11-30\n";
    let (out, _) = run(&one(judge(&snapshot, A).supported_for(4)), file, &columns, &wish).unwrap();
    assert_eq!(lines(&out)[1..], ["a,may-sell,labelled", "b,may-sell,labelled"]);
    let (out, _) = run(&one(judge(&snapshot, A).supported_for(5)), file, &columns, &wish).unwrap();
    assert_eq!(lines(&out)[1..], ["a,ask,support-ends-early", "b,ask,support-ends-early"]);
}

#[test]
fn a_snippet_says_what_may_be_shown_and_nothing_of_what_may_not_be_sold() {
    let snapshot = snapshot();
    let (out, _) =
        run(&one(judge(&snapshot, A)), FILE, &Columns::default(), &wish(&[Column::Snippet], Form::Csv))
            .unwrap();
    let rows: Vec<String> =
        csv::Reader::from_reader(&out[..]).into_records().map(|r| r.unwrap()[0].to_owned()).collect();
    assert_eq!(
        rows[0],
        "<p class=\"assay\" data-gtin=\"04006381333931\">Label with a tick (UK 2019 consultation, option A: label on every product sold). \
         Security updates until 31 May 2031. <a href=\"https://register.example/01/04006381333931\">In the register</a></p>"
    );
    assert_eq!((&rows[1][..], &rows[3][..]), ("", ""));
}

#[test]
fn the_rows_for_a_person_are_handed_on_with_their_reason() {
    let snapshot = snapshot();
    let mut people = Vec::new();
    let mut take = |reasons: &[Reason], line: &[u8]| {
        people.push((reasons.to_vec(), String::from_utf8(line.to_vec()).unwrap()));
        Ok(())
    };
    let catalogue = Catalogue::open(FILE.as_bytes(), &Columns::default()).unwrap();
    let wish = wish(&[Column::Sku, Column::Reason], Form::Parquet);
    run_markets(&one(judge(&snapshot, A)), catalogue, &wish, Vec::new(), Some(&mut take)).unwrap();
    assert_eq!(people.len(), 2);
    assert_eq!(people[0], (vec![], "sku,reason\n".to_owned()));
    assert_eq!(people[1], (vec![Reason::BadGtin], "d,bad-gtin\n".to_owned()));
}

/// Verdicts as Parquet: what they say, and the columns' types.
fn parquet(file: &str, columns: &Columns, wish: &Wish) -> Bytes {
    let snapshot = snapshot();
    Bytes::from(run(&one(judge(&snapshot, A)), file, columns, wish).unwrap().0)
}

#[test]
fn parquet_out_is_read_back_and_may_be_a_catalogue_again() {
    let columns = Columns { keep: Keep::All, ..Columns::default() };
    let all =
        wish(&Column::ALL[2..].iter().copied().chain([Column::Line]).collect::<Vec<_>>(), Form::Parquet);
    let bytes = parquet(FILE, &columns, &all);
    let reader = SerializedFileReader::new(bytes.clone()).unwrap();
    let rows: Vec<String> = reader.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string()).collect();
    assert_eq!(
        rows[0],
        "{sku: \"a\", ean: \"4006381333931\", name: \"Camera, \"old\"\", sold: \"2026-11-20\", gtin14: \"04006381333931\", \
         verdict: \"may-sell\", reason: \"labelled\", updates_until: 2031-05-31, label: \"tick\", line: 2}"
    );
    assert!(rows[3].contains("gtin14: null, verdict: \"ask\""), "{}", rows[3]);

    let snapshot = snapshot();
    let again =
        Catalogue::<&[u8]>::open_parquet(bytes, &Columns { gtin: Some("ean".into()), ..Columns::default() })
            .unwrap();
    let mut out = Vec::new();
    let wish = wish(&[Column::Line, Column::Sku, Column::Verdict], Form::Csv);
    run_markets(&one(judge(&snapshot, A)), again, &wish, &mut out, None).unwrap();
    assert_eq!(lines(&out)[1..], ["1,a,may-sell", "2,b,refuse", "3,c,may-sell", "4,d,ask"]);
}

#[test]
fn the_snapshots_twin_says_what_the_snapshot_says() {
    let snapshot = snapshot();
    let mut bytes = Vec::new();
    assay_gate::write_parquet(&snapshot, &mut bytes).unwrap();
    let reader = SerializedFileReader::new(Bytes::from(bytes)).unwrap();
    let said = reader.metadata().file_metadata().key_value_metadata().unwrap();
    let header: serde_json::Value = serde_json::from_str(said[0].value.as_deref().unwrap()).unwrap();
    assert_eq!(
        (said[0].key.as_str(), header["body_sha256"].as_str()),
        ("assay.snapshot", Some(&snapshot.header().body_sha256[..]))
    );
    let rows: Vec<String> = reader.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string()).collect();
    assert_eq!(
        (rows.len(), rows[2].as_str()),
        (
            3,
            "{gtin14: \"08711500642219\", state: \"active\", updates_until: 2031-05-31, support_shortened: false, \
             statement_of_compliance: null, notices: null, foreign_labels: null, uk-2019-option-a.verdict: null, \
             uk-2019-option-a.label: null, uk-2019-option-a.statement: null, uk-psti.verdict: \"holds\", uk-psti.label: null, \
             uk-psti.statement: null}"
        )
    );
    assert!(
        rows[0].contains("uk-2019-option-a.label: \"tick\", uk-2019-option-a.statement: 3"),
        "{}",
        rows[0]
    );
}

/// A Parquet file of one row: a GTIN, and a cell of another column.
fn row_of<T: parquet::data_type::DataType>(schema: &str, cell: T::T) -> Vec<u8> {
    let mut bytes = Vec::new();
    let schema = std::sync::Arc::new(parquet::schema::parser::parse_message_type(schema).unwrap());
    let mut writer =
        parquet::file::writer::SerializedFileWriter::new(&mut bytes, schema, Default::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let gtin = [(*b"96385074").to_vec().into()];
    column.typed::<parquet::data_type::ByteArrayType>().write_batch(&gtin, None, None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<T>().write_batch(&[cell], None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
    bytes
}

fn judged_parquet(bytes: Vec<u8>, columns: &Columns, wish: &Wish) -> Result<String, GateError> {
    let catalogue = Catalogue::<&[u8]>::open_parquet(Bytes::from(bytes), columns)?;
    let (snapshot, mut out) = (snapshot(), Vec::new());
    run_markets(&one(judge(&snapshot, A)), catalogue, wish, &mut out, None)?;
    Ok(String::from_utf8(out).unwrap())
}

#[test]
fn a_time_of_any_unit_is_a_day_of_the_sale() {
    use parquet::data_type::Int64Type;
    let columns = Columns { keep: Keep::All, sold_on: Some("sold".into()), ..Columns::default() };
    let wish = wish(&[Column::Reason], Form::Csv);
    let second = 1_795_687_199;
    for (unit, cell, kept) in [
        ("MILLIS", second * 1_000, "2026-11-26 09:59:59.000 +00:00"),
        ("MICROS", second * 1_000_000, "2026-11-26 09:59:59.000000 +00:00"),
        ("NANOS", second * 1_000_000_000, "2026-11-26 09:59:59.000000000 +00:00"),
        ("NANOS", second * 1_000_000_000 + 123_456_789, "2026-11-26 09:59:59.123456789 +00:00"),
        ("NANOS", -1, "1969-12-31 23:59:59.999999999 +00:00"),
    ] {
        let schema = format!(
            "message m {{ required binary ean (UTF8); required int64 sold (TIMESTAMP({unit},true)); }}"
        );
        let out = judged_parquet(row_of::<Int64Type>(&schema, cell), &columns, &wish).unwrap();
        let row = &lines(out.as_bytes())[1];
        assert!(
            row.starts_with(&format!("96385074,{kept},")) && !row.ends_with("bad-sale-day"),
            "{unit}: {row}"
        );
    }
}

#[test]
fn a_day_that_no_calendar_has_and_a_column_with_a_structure_end_the_run_with_a_word() {
    use parquet::data_type::Int32Type;
    let judged = |schema: &str, day: i32, keep| {
        let columns = Columns { keep, ..Columns::default() };
        judged_parquet(row_of::<Int32Type>(schema, day), &columns, &wish(&[Column::Verdict], Form::Csv))
    };
    let flat = "message m { required binary ean (UTF8); required int32 day (DATE); }";
    assert_eq!(judged(flat, 20_000, Keep::All).unwrap(), "ean,day,verdict\n96385074,2024-10-04,may-sell\n");
    let error = judged(flat, i32::MAX, Keep::All).unwrap_err().to_string();
    assert!(error.starts_with("row 1: the Parquet file cannot be read"), "{error}");
    let nested = "message m { required binary ean (UTF8); required group st { required int32 day; } }";
    let error = judged(nested, 1, Keep::All).unwrap_err().to_string();
    assert!(error.contains("`st` has a structure inside"), "{error}");
    assert_eq!(
        judged(nested, 1, Keep::Some(vec!["ean".into()])).unwrap(),
        "ean,verdict\n96385074,may-sell\n"
    );
}

#[test]
fn no_row_of_a_damaged_parquet_file_is_passed_over() {
    let columns = Columns { keep: Keep::All, ..Columns::default() };
    let file = "sku,ean\n".to_owned() + &"a,4006381333931\nb,96385074\n".repeat(300);
    let bytes = parquet(&file, &columns, &wish(&[Column::Line], Form::Parquet));
    let snapshot = snapshot();
    let judged = |bytes: Vec<u8>| {
        let catalogue = Catalogue::<&[u8]>::open_parquet(Bytes::from(bytes), &Columns::default())?;
        let mut out = Vec::new();
        let summary = run_markets(
            &one(judge(&snapshot, A)),
            catalogue,
            &wish(&[Column::Verdict], Form::Csv),
            &mut out,
            None,
        )?;
        Ok::<_, GateError>((summary[0].rows, summary[0].may_sell, lines(&out).len()))
    };
    assert_eq!(judged(bytes.to_vec()).unwrap(), (600, 600, 601));
    for at in 0..bytes.len() {
        for bit in [0, 3, 7] {
            let mut bent = bytes.to_vec();
            bent[at] ^= 1 << bit;
            if let Ok((rows, _, lines)) = judged(bent) {
                assert_eq!(rows as usize + 1, lines, "byte {at}, bit {bit}");
            }
        }
        assert!(judged(bytes[..at].to_vec()).is_err(), "cut off at {at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_cell_comes_back_from_every_form(table in prop::collection::vec(("\\PC{0,20}|[a\",\r\n;]{0,8}", "\\PC{0,12}", "[0-9]{0,14}"), 1..20)) {
        let mut writer = csv::Writer::from_writer(vec![]);
        writer.write_record(["sku", "name", "ean"]).unwrap();
        table.iter().for_each(|(a, b, c)| writer.write_record([a, b, c]).unwrap());
        let file = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let columns = Columns { keep: Keep::All, gtin: Some("ean".into()), sku: Some("sku".into()), ..Columns::default() };
        let snapshot = snapshot();
        let of = |form| run(&one(judge(&snapshot, A)), &file, &columns, &wish(&[Column::Verdict], form)).unwrap().0;
        let csv_out = of(Form::Csv);
        let as_csv: Vec<Vec<String>> = csv::Reader::from_reader(&csv_out[..]).into_records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
        let wanted: Vec<[&String; 3]> = table.iter().map(|(a, b, c)| [a, b, c]).collect();
        prop_assert_eq!(as_csv.len(), wanted.len());
        for (row, wanted) in as_csv.iter().zip(&wanted) {
            prop_assert_eq!(row[..3].iter().collect::<Vec<_>>(), wanted.to_vec());
        }
        let verdicts: Vec<&String> = as_csv.iter().map(|row| &row[3]).collect();
        let json = of(Form::Ndjson);
        let as_json: Vec<serde_json::Value> = json.split(|b| *b == b'\n').filter(|l| !l.is_empty()).map(|l| serde_json::from_slice(l).unwrap()).collect();
        for ((row, wanted), verdict) in as_json.iter().zip(&wanted).zip(&verdicts) {
            prop_assert_eq!([&row["sku"], &row["name"], &row["ean"], &row["verdict"]].map(|v| v.as_str().unwrap()), [wanted[0], wanted[1], wanted[2], verdict].map(|s| s.as_str()));
        }
        let reader = SerializedFileReader::new(Bytes::from(of(Form::Parquet))).unwrap();
        let rows = reader.get_row_iter(None).unwrap();
        let as_parquet: Vec<Vec<String>> = rows.map(|row| row.unwrap().get_column_iter().map(|(_, f)| match f { parquet::record::Field::Str(s) => s.clone(), other => other.to_string() }).collect()).collect();
        prop_assert_eq!(as_parquet, as_csv);
    }
}

#[test]
fn numbers_by_the_thousand_are_those_of_the_snapshot() {
    let snapshot = snapshot();
    let known: Vec<u64> = snapshot.numbers().map(|(payload, _)| payload).collect();
    let asked: Vec<u64> = (0..5_000u64).map(|at| known[at as usize % 3] + (at % 7) * (at % 2)).collect();
    for engine in assay_gate::Engine::available() {
        let numbers = assay_gate::Numbers::new(&snapshot, engine);
        let mut found = Vec::new();
        numbers.many(&asked, &mut found);
        let wanted: Vec<_> =
            asked.iter().map(|p| snapshot.find_payload(*p).map(|f| (f.code, f.day))).collect();
        assert_eq!(
            found.iter().map(|f| f.map(|f| (f.code, f.day))).collect::<Vec<_>>(),
            wanted,
            "{}",
            engine.name()
        );
        assert_eq!(numbers.one(known[0] + 1), None);
    }
}
