use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::assess::{Variant, Verdict};
use crate::seller::NoticeKind;

fn day(text: &str) -> Date {
    crate::date::parse(text).unwrap()
}

fn key() -> SecretKey {
    SecretKey::from_seed(&[9; 32])
}

fn basis() -> Basis {
    Basis {
        number: 7,
        log_origin: "register.example/log".into(),
        log_size: 42,
        root: [5; 32],
        checkpoint: String::new(),
        issued: day("2026-11-22"),
        valid_until: day("2026-12-22"),
        own_numbers: false,
    }
}

fn record(gtin: &str) -> Record {
    let state =
        SchemeState { verdict: Verdict::DoesNotHold, variant: Some(Variant::Cross), statement: Some(3) };
    Record {
        gtin: Gtin14::parse(gtin).unwrap(),
        state: State::Active,
        shortened: false,
        updates_until: Some(day("2030-05-31")),
        schemes: BTreeMap::from([("uk-2019-option-a".to_owned(), state)]),
        document: None,
        notices: vec![],
        labels: vec![],
    }
}

fn three() -> Vec<Record> {
    let mut last = record("96385074");
    last.updates_until = None;
    last.schemes.clear();
    last.document = Some(Document::Incomplete);
    let mut noticed = record("036000291452");
    noticed.notices.push(Notice { kind: NoticeKind::Stop, suspended: false });
    noticed.labels.push(Foreign {
        scheme: "jp-jc-star-1".into(),
        level: None,
        standard: None,
        until: Some(day("2027-03-31")),
    });
    vec![record("4006381333931"), last, noticed]
}

fn good() -> Vec<u8> {
    Snapshot::build(&three(), &basis(), &key()).unwrap()
}

fn open(bytes: &[u8]) -> Result<Snapshot, SnapshotError> {
    Snapshot::open(bytes, &[key().public()], &basis().log_origin)
}

/// A file whose signature is right and whose header and body are whatever a test wants.
fn forge(header: &impl Serialize, body: &[u8]) -> Vec<u8> {
    let signed = cose::sign(&key(), Purpose::Snapshot, &basis().log_origin, cbor::to_bytes(header));
    [MAGIC, &(signed.len() as u32).to_be_bytes(), &signed, body].concat()
}

fn with_body(body: &[u8], records: u64) -> Result<Snapshot, SnapshotError> {
    let header = open(&good()).unwrap().header().clone();
    open(&forge(&Header { records, body_sha256: hex(body), ..header }, body))
}

/// Numbers in heaps as makers have them, and some that stand alone.
fn numbers(count: u64, seed: u64) -> Vec<Gtin14> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 20
    };
    let mut all: Vec<Gtin14> = Vec::new();
    let mut heap = 0;
    for at in 0..count {
        if at % 150 == 0 {
            heap = 500_000_000_000 + next() % 400_000_000_000 / 100_000 * 100_000;
        }
        let payload = match next() % 40 {
            0 => 1_000_000 + next() % 900_000,
            1 => 5_000_000_000_000 + next() % 4_000_000_000_000,
            2 => 60_000_000_000 + next() % 9_000_000,
            _ => heap + next() % 100_000,
        };
        all.extend(Gtin14::from_number(Gtin14::of_payload(payload).number()).ok());
    }
    all.sort_unstable();
    all.dedup();
    all
}

#[test]
fn what_was_put_in_is_found_and_nothing_else_is() {
    let snapshot = open(&good()).unwrap();
    assert_eq!((snapshot.header().number, snapshot.header().records), (7, 3));
    assert_eq!(snapshot.signed_by(), key().public());
    for wanted in three() {
        assert_eq!(snapshot.lookup(wanted.gtin), Some(wanted));
    }
    assert_eq!(snapshot.lookup(Gtin14::parse("8711500642219").unwrap()), None);
    snapshot.check().unwrap();
}

#[test]
fn thousands_in_heaps_are_found_each_and_their_neighbours_are_not() {
    let all = numbers(30_000, 1);
    let records: Vec<Record> = all
        .iter()
        .enumerate()
        .map(|(at, gtin)| {
            let mut record = record("4006381333931");
            record.gtin = *gtin;
            record.updates_until =
                (at % 7 > 0).then(|| crate::date::from_days(19_000 + at as i32 % 900).unwrap());
            if at % 3 == 0 {
                record.schemes.clear();
            } else if let Some(scheme) = record.schemes.values_mut().next() {
                scheme.statement = Some(at as u64);
            }
            if at % 500 == 0 {
                record.notices.push(Notice { kind: NoticeKind::Recall, suspended: at % 1000 == 0 });
            }
            record
        })
        .collect();
    let bytes = Snapshot::build(&records, &basis(), &key()).unwrap();
    let snapshot = open(&bytes).unwrap();
    assert!(snapshot.records().eq(records.iter().cloned()));
    for (rank, wanted) in records.iter().enumerate() {
        let found = snapshot.find(wanted.gtin).unwrap();
        assert_eq!((found.rank as usize, snapshot.day(found.day)), (rank, wanted.updates_until));
        for near in [1, 2, 63, 64, 500, 100_000, 1 << 40] {
            for payload in [wanted.gtin.payload().wrapping_sub(near), wanted.gtin.payload() + near] {
                let other =
                    payload < 10_000_000_000_000 && all.binary_search(&Gtin14::of_payload(payload)).is_ok();
                assert_eq!(snapshot.index.find(payload).is_some(), other, "{payload}");
            }
        }
    }
    snapshot.check().unwrap();
}

#[test]
fn numbers_states_and_days_take_four_bytes_each() {
    let mut builder = Builder::default();
    let standing = |verdict, variant| Standing {
        state: State::Active,
        shortened: false,
        schemes: BTreeMap::from([(
            "uk-2019-option-a".to_owned(),
            Declared { verdict, variant, statement: false },
        )]),
        document: None,
    };
    let both = [
        builder.standing(&standing(Verdict::Holds, Some(Variant::Tick))),
        builder.standing(&standing(Verdict::Refused, None)),
    ];
    for (at, gtin) in numbers(100_000, 2).into_iter().enumerate() {
        builder.add_short(
            gtin,
            both[usize::from(at % 9 == 0)],
            crate::date::from_days(20_000 + at as i32 * 31 % 3_000),
        );
    }
    let records = builder.len();
    let bytes = Snapshot::seal(builder, &basis(), &key()).unwrap();
    assert!(bytes.len() * 10 < records * 42, "{} bytes for {records}", bytes.len());
    open(&bytes).unwrap().check().unwrap();
}

#[test]
fn the_same_records_in_any_order_give_the_same_bytes() {
    let mut turned = three();
    turned.rotate_left(1);
    assert_eq!(Snapshot::build(&turned, &basis(), &key()).unwrap(), good());
}

#[test]
fn an_empty_register_is_a_snapshot_too() {
    let snapshot = open(&Snapshot::build(&[], &basis(), &key()).unwrap()).unwrap();
    assert!(snapshot.is_empty() && snapshot.records().next().is_none());
    snapshot.check().unwrap();
    let gtin = Gtin14::parse("96385074").unwrap();
    assert_eq!(snapshot.lookup(gtin), None);
    let (_, shown) = snapshot.prove(gtin).verify(&[key().public()], &basis().log_origin).unwrap();
    assert_eq!(shown, Shown::Absent { after: None, before: None });
}

#[test]
fn one_flipped_bit_anywhere_is_refused() {
    let good = good();
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut changed = good.clone();
            changed[at] ^= 1 << bit;
            assert!(open(&changed).is_err(), "byte {at} bit {bit}");
        }
    }
}

#[test]
fn a_file_cut_off_anywhere_or_with_a_byte_left_over_is_refused() {
    let good = good();
    for length in 0..good.len() {
        assert!(open(&good[..length]).is_err(), "{length} bytes");
    }
    assert_eq!(open(&good[..good.len() - 1]), Err(SnapshotError::Body));
    assert_eq!(open(&good[..20]), Err(SnapshotError::Truncated));
    assert_eq!(open(&[&good[..], &[0]].concat()), Err(SnapshotError::Body));
}

#[test]
fn another_key_and_another_kind_of_file_are_refused() {
    let stranger = SecretKey::from_seed(&[8; 32]).public();
    let wanted = SnapshotError::Signature(CoseError::UnknownKey(key().public().id()));
    assert_eq!(Snapshot::open(&good(), &[stranger], &basis().log_origin), Err(wanted));
    assert_eq!(open(b"PK\x03\x04"), Err(SnapshotError::NotASnapshot));
    assert_eq!(open(b""), Err(SnapshotError::NotASnapshot));
    assert_eq!(open(b"ASSAYSNAP0\n\0\0"), Err(SnapshotError::Draft));
}

#[test]
fn a_newer_version_is_named_as_such() {
    let mut frame = good();
    frame[9] = b'2';
    assert_eq!(open(&frame), Err(SnapshotError::UnknownVersion("2".into())));
    let header = BTreeMap::from([("schema", 3), ("new", 1)]);
    assert_eq!(open(&forge(&header, b"")), Err(SnapshotError::UnknownVersion("3".into())));
}

#[test]
fn a_signed_body_that_breaks_the_format_is_refused_all_the_same() {
    let good = good();
    let length = u32::from_be_bytes(good[11..15].try_into().unwrap()) as usize;
    let body = &good[15 + length..];
    assert!(with_body(body, 3).is_ok());
    for records in [0, 65, u64::MAX] {
        assert!(matches!(with_body(body, records), Err(SnapshotError::Header(_))), "{records}");
    }
    for end in 0..body.len() {
        assert!(with_body(&body[..end], 3).is_err(), "{end}");
    }
    // Whatever else somebody signed: an answer, and never a panic.
    for at in 0..body.len() {
        for bits in [1, 0x80, 0xff] {
            let mut bent = body.to_vec();
            bent[at] ^= bits;
            if let Ok(snapshot) = with_body(&bent, 3) {
                snapshot.records().for_each(drop);
                three().iter().for_each(|r| drop((snapshot.lookup(r.gtin), snapshot.prove(r.gtin))));
                assert!(snapshot.check().is_err(), "byte {at}: the same records have one form");
            }
        }
    }
}

#[test]
fn a_signed_record_without_its_standing_day_or_order_is_refused() {
    let good = good();
    let length = u32::from_be_bytes(good[11..15].try_into().unwrap()) as usize;
    let body = &good[15 + length..];
    let lengths: Vec<usize> = (0..SECTIONS)
        .map(|at| u64::from_le_bytes(body[at * 8..at * 8 + 8].try_into().unwrap()) as usize)
        .collect();
    let start = |section: usize| SECTIONS * 8 + lengths[..section].iter().sum::<usize>();
    let bent = |at: usize, by: u8| {
        let mut bent = body.to_vec();
        bent[at] ^= by;
        with_body(&bent, 3).err().map(|error| error.to_string()).unwrap_or_default()
    };
    // Whether something rare stands beside the first standing; a block's upper bits; its first number.
    assert!(bent(start(0) + 8, 1).contains("standing") || bent(start(0) + 8, 1).contains("rare"));
    assert!(!bent(start(3), 2).is_empty(), "a bit more than numbers");
    assert!(bent(start(2) + 5, 0x0f).contains("number") || bent(start(2) + 5, 0x0f).contains("order"));
    // Every bit of the values: another day or standing that exists, or a refusal; never a panic.
    for at in start(3)..start(4) {
        for bit in 0..8 {
            bent(at, 1 << bit);
        }
    }
}

#[test]
fn what_cannot_be_right_is_not_built() {
    let twice = [record("96385074"), record("00000096385074")];
    let gtin = twice[0].gtin;
    assert_eq!(Snapshot::build(&twice, &basis(), &key()), Err(SnapshotError::Twice(gtin)));
    let mut long = record("96385074");
    long.labels.push(Foreign { scheme: "x".repeat(70_000), level: None, standard: None, until: None });
    let refused = Snapshot::build(&[long], &basis(), &key());
    assert!(matches!(refused, Err(SnapshotError::Record { index: 1, .. })));
    let backwards = Basis { valid_until: day("2026-11-21"), ..basis() };
    assert!(matches!(Snapshot::build(&[], &backwards, &key()), Err(SnapshotError::Header(_))));
    let long = Basis { valid_until: day("2026-12-23"), ..basis() };
    assert!(matches!(Snapshot::build(&[], &long, &key()), Err(SnapshotError::Header(_))));
    let endless = Basis { log_origin: "o".repeat(70_000), ..basis() };
    assert!(matches!(Snapshot::build(&[], &endless, &key()), Err(SnapshotError::Signature(_))));
}

#[test]
fn brand_and_model_lead_to_the_numbers_that_have_them() {
    let mut builder = Builder::default();
    three().iter().for_each(|record| builder.add(record));
    let gtins: Vec<Gtin14> = three().iter().map(|r| r.gtin).collect();
    for (fingerprint, gtin) in [(9, 0), (5, 1), (9, 2), (9, 0), (u64::MAX, 1)] {
        builder.add_model(fingerprint, gtins[gtin]);
    }
    let snapshot = open(&Snapshot::seal(builder, &basis(), &key()).unwrap()).unwrap();
    let of = |fingerprint| snapshot.by_model(fingerprint).collect::<Vec<_>>();
    assert_eq!(
        (of(9), of(5), of(u64::MAX), of(6)),
        (vec![gtins[2], gtins[0]], vec![gtins[1]], vec![gtins[1]], vec![])
    );
    let mut builder = Builder::default();
    builder.add_model(1, gtins[0]);
    assert_eq!(Snapshot::seal(builder, &basis(), &key()), Err(SnapshotError::Model(gtins[0])));
}

#[test]
fn a_proof_shows_presence_and_absence_and_nothing_else() {
    let all = numbers(1_000, 3);
    let records: Vec<Record> = all.iter().map(|gtin| Record { gtin: *gtin, ..record("96385074") }).collect();
    let snapshot = open(&Snapshot::build(&records, &basis(), &key()).unwrap()).unwrap();
    let verify = |proof: &Proof| proof.verify(&[key().public()], &basis().log_origin).map(|(_, shown)| shown);
    let number = |payload| Gtin14::from_number(Gtin14::of_payload(payload).number()).ok();
    let ends = [1_000_000, 9_799_999_999_999].into_iter().filter_map(number);
    let between = all.iter().step_by(37).filter_map(|gtin| number(gtin.payload() + 1));
    for gtin in all.iter().copied().step_by(41).chain(between).chain(ends).chain([all[0], all[all.len() - 1]])
    {
        let proof = snapshot.prove(gtin);
        let proof = Proof::parse(&serde_json::to_vec(&proof).unwrap()).unwrap();
        match (verify(&proof).unwrap(), all.binary_search(&gtin)) {
            (Shown::Present(record), Ok(at)) => assert_eq!(*record, records[at]),
            (Shown::Absent { after, before }, Err(at)) => {
                assert_eq!((after, before), (at.checked_sub(1).map(|at| all[at]), all.get(at).copied()));
            }
            other => panic!("{gtin}: {other:?}"),
        }
        // What is shown of one number shows nothing of another, and no part of it can be left out or bent.
        let other = all.iter().copied().find(|other| *other != gtin).unwrap();
        assert!(verify(&Proof { gtin: other, ..proof.clone() }).is_err());
        assert!(verify(&Proof { present: !proof.present, ..proof.clone() }).is_err());
        for at in 0..proof.leaves.len() {
            let mut less = proof.clone();
            less.leaves.remove(at);
            assert!(verify(&less).is_err());
            let mut moved = proof.clone();
            moved.leaves[at].index += 1;
            assert!(verify(&moved).is_err());
            let mut cut = proof.clone();
            cut.leaves[at].path.pop();
            assert!(verify(&cut).is_err());
            let mut bent = proof.clone();
            let mut leaf = STANDARD.decode(&bent.leaves[at].leaf).unwrap();
            *leaf.last_mut().unwrap() ^= 1;
            bent.leaves[at].leaf = STANDARD.encode(leaf);
            assert!(verify(&bent).is_err());
        }
    }
    assert!(matches!(Proof::parse(b"{}"), Err(SnapshotError::Proof(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_numbers_come_back(payloads in prop::collection::btree_set(1u64..10_000_000_000_000, 0..400), dense in 1u64..1_000_000) {
        // A second heap, closer together than any maker's.
        let all: std::collections::BTreeSet<u64> = payloads.iter().copied().chain(payloads.iter().map(|p| p % 500 + dense * 1_000)).collect();
        let mut builder = Builder::default();
        let id = builder.standing(&record("96385074").standing());
        for payload in &all {
            builder.add_short(Gtin14::of_payload(*payload), id, None);
        }
        let index = Index::read(&builder.pack().unwrap().body, all.len() as u64, true).unwrap();
        for (rank, payload) in all.iter().enumerate() {
            prop_assert_eq!(index.find(*payload).map(|f| f.rank as usize), Some(rank));
            prop_assert_eq!(index.at(rank).map(|(p, _)| p), Some(*payload));
            for near in [payload + 1, payload.saturating_sub(1), payload ^ 64, payload + 10_000] {
                prop_assert_eq!(index.find(near).is_some(), all.contains(&near));
                prop_assert_eq!(index.rank_of(near), all.range(..near).count());
            }
        }
    }
}

/// Records of all kinds for some numbers; what a number has hangs on its seed.
fn mixed(numbers: &BTreeMap<u64, u8>) -> Vec<Record> {
    let of = |(payload, seed): (&u64, &u8)| {
        let mut one = three().swap_remove(usize::from(*seed) % 3);
        one.gtin = Gtin14::of_payload(*payload);
        one.updates_until = from_days(20_000 + i32::from(seed / 3) * 17).filter(|_| seed % 5 > 0);
        one.schemes.values_mut().for_each(|s| s.statement = s.variant.map(|_| u64::from(*seed) * 1_000));
        one
    };
    numbers.iter().map(of).collect()
}

fn with_models(numbers: &BTreeMap<u64, u8>) -> Vec<u8> {
    let mut builder = Builder::default();
    mixed(numbers).iter().for_each(|record| builder.add(record));
    for (payload, seed) in numbers.iter().filter(|(_, seed)| **seed % 7 == 0) {
        builder.add_model(u64::from(*seed) << 50 | 9, Gtin14::of_payload(*payload));
    }
    Snapshot::seal(builder, &basis(), &key()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn what_changed_makes_the_newer_file_of_the_older(
        both in prop::collection::btree_map(400_000_000_000u64..400_000_200_000, (any::<u8>(), any::<u8>(), 0u8..8), 0..300),
    ) {
        let pick = |wanted: [u8; 2], new: bool| -> BTreeMap<u64, u8> {
            let stays = both.iter().filter(|(_, (_, _, how))| *how > 1 || wanted.contains(how));
            stays.map(|(payload, (a, b, how))| (*payload, if new && *how == 7 { *b } else { *a })).collect()
        };
        let (old, new) = (with_models(&pick([0, 9], false)), with_models(&pick([1, 9], true)));
        let (older, newer) = (open(&old).unwrap(), open(&new).unwrap());
        let delta = older.delta(&newer);
        prop_assert_eq!(older.apply(&delta, &[key().public()], &basis().log_origin), Ok(new.clone()));
        prop_assert_eq!(newer.apply(&newer.delta(&older), &[key().public()], &basis().log_origin), Ok(old.clone()));
        if old != new {
            prop_assert!(matches!(newer.apply(&delta, &[key().public()], &basis().log_origin), Err(SnapshotError::Delta(_))) || older.header.body_sha256 == newer.header.body_sha256);
        }
    }
}

#[test]
fn a_damaged_delta_makes_nothing_that_is_believed() {
    let numbers = |seeds: std::ops::Range<u8>| {
        seeds.map(|seed| (u64::from(seed) * 977 + 400_000_000_000, seed)).collect()
    };
    let (old, new) = (with_models(&numbers(0..40)), with_models(&numbers(20..70)));
    let older = open(&old).unwrap();
    let delta = older.delta(&open(&new).unwrap());
    let apply = |delta: &[u8]| older.apply(delta, &[key().public()], &basis().log_origin);
    let stranger = older.apply(&delta, &[SecretKey::from_seed(&[1; 32]).public()], &basis().log_origin);
    assert!(matches!(stranger, Err(SnapshotError::Signature(_))));
    assert!(matches!(apply(&new), Err(SnapshotError::Delta(_))));
    for at in 0..delta.len() {
        assert!(apply(&delta[..at]).is_err(), "cut off at {at}");
        for bit in 0..8 {
            let mut bent = delta.clone();
            bent[at] ^= 1 << bit;
            if let Ok(made) = apply(&bent) {
                assert!(made == new || open(&made).is_err(), "byte {at}, bit {bit}");
            }
        }
    }
}
