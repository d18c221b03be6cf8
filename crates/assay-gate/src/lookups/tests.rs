use std::collections::BTreeMap;

use assay::assess::{Variant, Verdict};
use assay::date::parse;
use assay::gtin::Gtin14;
use assay::key::SecretKey;
use assay::scheme;
use assay::seller::NoticeKind;
use assay::snapshot::{Basis, Notice, Record, SchemeState, State};
use assay_simd::Engine;
use proptest::prelude::*;
use serde_json::Value;

use super::page::{ANSWERS, REASONS, ROW};
use super::*;

fn day(text: &str) -> Date {
    parse(text).unwrap()
}

fn number(payload: u64) -> Gtin14 {
    Gtin14::of_payload(payload)
}

/// Records of every kind: with a tick, a cross, no day, a day that has passed; withdrawn, disputed, with support shortened, and with a notice.
fn records(own_numbers: bool) -> Vec<Record> {
    let mut payloads: Vec<u64> = (0..500u64).map(|n| 400_638_133_000 + n * 7).collect();
    payloads.extend([978_030_640_615, 3_600_029_145, 9_638_507]);
    payloads.extend(own_numbers.then_some(205_959_505_024));
    payloads.sort_unstable();
    let stop = Notice { kind: NoticeKind::Stop, suspended: false };
    let record = |(n, payload): (usize, &u64)| {
        let variant = [Some(Variant::Tick), Some(Variant::Cross), None][n % 3];
        let verdict = if variant == Some(Variant::Tick) { Verdict::Holds } else { Verdict::DoesNotHold };
        let state = SchemeState { verdict, variant, statement: variant.map(|_| 0) };
        Record {
            gtin: number(*payload),
            state: [State::Active, State::Active, State::Withdrawn, State::Active, State::Disputed][n % 5],
            shortened: n % 11 == 0,
            updates_until: [Some(day("2030-05-31")), None, Some(day("2026-01-01")), Some(day("2026-11-22"))]
                [n % 4],
            schemes: BTreeMap::from([("uk-2019-option-a".to_owned(), state)]),
            document: None,
            notices: if n % 13 == 0 { vec![stop] } else { vec![] },
            labels: vec![],
        }
    };
    payloads.iter().enumerate().map(record).collect()
}

fn snapshot(own_numbers: bool) -> Arc<Snapshot> {
    let basis = Basis {
        number: 1,
        log_origin: "register.example/log".into(),
        log_size: 20,
        root: [0; 32],
        checkpoint: String::new(),
        own_numbers,
        issued: day("2026-11-01"),
        valid_until: day("2026-12-01"),
    };
    let key = SecretKey::from_seed(&[3; 32]);
    let bytes = Snapshot::build(&records(own_numbers), &basis, &key).unwrap();
    Arc::new(Snapshot::open(&bytes, &[key.public()], "register.example/log").unwrap())
}

fn lookups(own_numbers: bool, scheme: &str, on: &str) -> Lookups {
    Lookups::new(
        Arc::new(Numbers::new(snapshot(own_numbers), Engine::best())),
        scheme::find(scheme).unwrap(),
        day(on),
    )
}

/// The same without a table, as of a snapshot whose standings and days take too many bits for one.
fn without_a_table(lookups: &Lookups) -> Lookups {
    let snapshot = snapshot(lookups.snapshot().header().own_numbers);
    let numbers = Numbers::searched(snapshot, Engine::best());
    Lookups::new(Arc::new(numbers), lookups.scheme(), lookups.judge().on())
}

fn answers(document: &[u8]) -> Vec<Vec<Option<String>>> {
    let document: Value = serde_json::from_slice(document).unwrap();
    assert_eq!(document["schema"], "assay-lookups-0");
    serde_json::from_value(document["answers"].clone()).unwrap()
}

/// What a row with nothing but this cell comes to in a catalogue.
fn by_row(judge: &Judge<'_>, cell: &str) -> Vec<Option<String>> {
    let Judged { gtin, decision, found } = judge.row(&Row { gtin: cell, ..Row::default() });
    vec![
        gtin.map(|gtin| gtin.to_string()),
        Some(decision.verdict.word().to_owned()),
        Some(decision.reason.word().to_owned()),
        found.and_then(|found| judge.updates_until(found)).map(|day| day.to_string()),
        found.and_then(|found| judge.label(found)).map(|label| label.word().to_owned()),
    ]
}

fn compare(lookups: &Lookups, cells: &[String]) {
    let judge = Judge::new(lookups.snapshot(), lookups.scheme(), lookups.judge().on()).with_words(None);
    let wanted: Vec<_> = cells.iter().map(|cell| by_row(&judge, cell)).collect();
    let lines: String = cells.iter().map(|cell| format!("{cell}\n")).collect();
    assert_eq!(answers(&lookups.lines(lines.as_bytes(), 10_000).unwrap()), wanted);
    assert_eq!(answers(&lookups.lines(lines.replace('\n', "\r\n").as_bytes(), 10_000).unwrap()), wanted);
    let array = serde_json::to_string(cells).unwrap();
    assert_eq!(answers(&lookups.json(array.as_bytes(), 10_000).unwrap()), wanted);
    assert_eq!(answers(&without_a_table(lookups).lines(lines.as_bytes(), 10_000).unwrap()), wanted);
    let array = serde_json::to_string_pretty(cells).unwrap();
    assert_eq!(answers(&lookups.json(array.as_bytes(), 10_000).unwrap()), wanted);
}

#[test]
fn every_number_of_a_snapshot_is_answered_as_its_row_is() {
    for own in [false, true] {
        let cells: Vec<String> = records(own)
            .iter()
            .flat_map(|record| [record.gtin.to_string(), record.gtin.number().to_string()])
            .collect();
        for scheme in scheme::bundled() {
            for on in ["2026-11-22", "2026-11-23", "2025-01-01", "2027-01-01"] {
                compare(&lookups(own, &scheme.id, on), &cells);
            }
        }
    }
}

/// Cells of the kinds that catalogues have, and of some that they have not.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        (0..4_000u64).prop_map(|n| number(400_638_133_000 + n).to_string()),
        (0..10_000_000_000_000u64).prop_map(|payload| number(payload).number().to_string()),
        (977_000_000_000..980_000_000_000u64).prop_map(|payload| number(payload).number().to_string()),
        (1..9u64, 977_000_000_000..980_000_000_000u64)
            .prop_map(|(indicator, payload)| number(indicator * 1_000_000_000_000 + payload).to_string()),
        (200_000_000_000..300_000_000_000u64).prop_map(|payload| number(payload).number().to_string()),
        Just("2059595050240".to_owned()),
        "[0-9]{0,16}",
        "[0-9 x;/\\.E+-]{0,20}",
        "[^\r\n]{0,12}",
    ]
}

proptest! {
    #[test]
    fn any_cell_is_answered_as_its_row_is(cells in prop::collection::vec(cell(), 0..40), own: bool) {
        compare(&lookups(own, "uk-2019-option-a", "2026-11-22"), &cells);
        compare(&lookups(own, "uk-psti", "2026-11-22"), &cells);
    }

    #[test]
    fn bytes_of_any_kind_have_an_answer_or_a_fault(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let lookups = lookups(false, "uk-2019-option-a", "2026-11-22");
        let lines = bytes.split(|b| *b == b'\n').count() - usize::from(bytes.is_empty() || bytes.ends_with(b"\n"));
        prop_assert_eq!(answers(&lookups.lines(&bytes, 200).unwrap()).len(), lines);
        let _ = lookups.json(&bytes, 200);
    }

    #[test]
    fn an_array_is_read_as_another_reader_reads_it(text in "[\\[\\]\", \\\\u00e4n14:]{0,12}") {
        let text = format!("[{text}");
        let theirs: Result<Vec<String>, _> = serde_json::from_str(&text);
        let ours = lookups(false, "uk-2019-option-a", "2026-11-22").json(text.as_bytes(), 100);
        prop_assert_eq!(ours.map(|document| answers(&document).len()).ok(), theirs.map(|cells| cells.len()).ok(), "{}", text);
    }
}

#[test]
fn a_list_of_nothing_has_no_answers_and_one_number_twice_has_two() {
    let lookups = lookups(false, "uk-2019-option-a", "2026-11-22");
    for nothing in [lookups.lines(b"", 5), lookups.json(b"[]", 5), lookups.json(b" [ ]\r\n", 5)] {
        assert!(answers(&nothing.unwrap()).is_empty());
    }
    let twice = answers(&lookups.lines(b"4006381330008\n4006381330008", 2).unwrap());
    assert_eq!((twice.len(), &twice[0]), (2, &twice[1]));
    assert_eq!(answers(&lookups.lines(b"\n\n4006381330008\n", 3).unwrap()).len(), 3);
}

#[test]
fn more_than_asked_for_is_a_fault() {
    let lookups = lookups(false, "uk-2019-option-a", "2026-11-22");
    let many = Err(LookupsError::TooMany { most: 2 });
    assert_eq!(lookups.lines(b"1\n2\n3", 2), many);
    assert_eq!(lookups.json(br#"["1","2","3"]"#, 2), many);
    assert!(lookups.lines(b"1\n2\n", 2).is_ok() && lookups.json(br#"["1","2"]"#, 2).is_ok());
}

#[test]
fn json_of_another_shape_is_a_fault_with_its_place() {
    let lookups = lookups(false, "uk-2019-option-a", "2026-11-22");
    for (text, place, what) in [
        (&b""[..], 0, "no array begins"),
        (b"{}", 0, "no array begins"),
        (b"[", 1, "no string begins"),
        (b"[4006381333931]", 1, "no string begins"),
        (b"[\"1\",]", 5, "no string begins"),
        (b"[\"1\"", 4, "a comma or the end"),
        (b"[\"1\" \"2\"]", 5, "a comma or the end"),
        (b"[\"1", 1, "no end"),
        (b"[\"1\\", 1, "no end"),
        (b"[\"\\x\"]", 1, "an escape that is none"),
        (b"[\"1\n\"]", 3, "no control characters"),
        (b"[\"1\0\"]", 3, "no control characters"),
        (b"[\"1\"]x", 5, "something follows"),
        (b"[\"\xff\"]", 2, "no UTF-8"),
    ] {
        let error = lookups.json(text, 5).unwrap_err();
        let said = error.to_string();
        assert!(matches!(error, LookupsError::Json { at, .. } if at == place), "{said}");
        assert!(said.contains(what), "{said}");
    }
}

#[test]
fn every_piece_is_copied_whole() {
    let lookups = lookups(false, "uk-2019-option-a", "2026-11-22");
    let (pieces, snapshot) = (&lookups.pieces, lookups.snapshot());
    let ends = |bytes: &[u8], length: u8, end: &[u8]| bytes[..usize::from(length)].ends_with(end);
    assert!(pieces.words.iter().all(|p| ends(&p.bytes, p.length, b"\",")));
    assert!(pieces.labels.iter().all(|p| ends(&p.bytes, p.length, b"],")));
    assert_eq!(pieces.words.len(), ANSWERS.len() * REASONS);
    assert_eq!(pieces.days.len(), snapshot.days().len() + 1);
    let longest = pieces.words.iter().map(|p| usize::from(p.length)).max().unwrap();
    assert!(18 + longest.max(40) + 16 + 16 <= ROW && longest <= 56);
}
