//! What statements can lie about.

use std::sync::{Arc, Mutex};

use assay::snapshot::{Basis, Builder, Header, Snapshot};
use assay::statement::{
    Digest, LabelSuspended, Labelled, Notice, NoticeLifted, NoticeServed, Observed, ProductId, Statement,
};
use assay::{cbor, cose};
use assay_watch::monitor::Monitor;
use assay_watch::{Kind, Source};

use crate::house::*;

/// A log with one statement too many, and what its monitor says.
fn slipped(make: impl FnOnce(&mut Log) -> Vec<u8>) -> (u64, assay_watch::monitor::Report) {
    let mut log = Log::with_makers(10);
    let entry = make(&mut log);
    let index = log.slips_in(entry);
    log.publish();
    let report = Watcher::of(&log).looks(&log);
    assert_eq!(report.size, log.size(), "the tree is right");
    (index, report)
}

#[test]
fn a_statement_that_the_rules_refuse_is_named_with_its_rule() {
    let (index, report) = slipped(|_| registration(2));
    let finding = the_one(&report);
    assert_eq!(
        (finding.kind, finding.index, finding.refusal),
        (Kind::RefusedStatement, Some(index), Some("maker-known"))
    );
    assert!(
        finding.says.starts_with("statement 14 stands in the log against the rules (maker-known): maker m"),
        "{finding}"
    );
    let shortened = declaration(2, |d| d.support.end = Some(day("2029-01-01")));
    let (_, report) = slipped(|_| Statement::Declared(Box::new(shortened)).sign(&key(2), ORIGIN).unwrap());
    assert_eq!(the_one(&report).refusal, Some("shortened-support"));
}

#[test]
fn a_signature_of_another_key_or_for_another_log_is_refused() {
    let fine = declaration(2, |d| d.on = day("2026-11-23"));
    let by_another = Statement::Declared(Box::new(fine.clone())).sign(&key(5), ORIGIN).unwrap();
    let (_, report) = slipped(|_| by_another);
    assert_eq!(the_one(&report).refusal, Some("bad-signature"));
    let elsewhere = Statement::Declared(Box::new(fine.clone())).sign(&key(2), "other.example/log").unwrap();
    let (_, report) = slipped(|_| elsewhere);
    assert_eq!(the_one(&report).refusal, Some("bad-signature"));
    // A bit of the signature, and the other spelling of its scalar (s + the order of the group).
    let good = Statement::Declared(Box::new(fine)).sign(&key(2), ORIGIN).unwrap();
    let mut bent = good.clone();
    *bent.last_mut().unwrap() ^= 1;
    let (_, report) = slipped(|_| bent);
    assert_eq!(the_one(&report).refusal, Some("bad-signature"));
    let mut twin = good;
    plus_the_order(&mut twin);
    let (_, report) = slipped(|_| twin);
    assert_eq!(the_one(&report).refusal, Some("bad-signature"));
}

/// Adds the order of the Ed25519 group to the last 32 bytes, a scalar in little-endian order.
fn plus_the_order(bytes: &mut [u8]) {
    let mut order = [0u8; 32];
    order[..16].copy_from_slice(&0x14def9dea2f79cd65812631a5cf5d3ed_u128.to_le_bytes());
    order[31] = 0x10;
    let start = bytes.len() - 32;
    let mut carry = 0u16;
    for (byte, add) in bytes[start..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        (*byte, carry) = (sum as u8, sum >> 8);
    }
}

#[test]
fn a_label_that_nothing_entitles_to_is_refused() {
    let (_, report) = slipped(|log| {
        let product = ProductId::of(&declaration(2, |_| {}).maker, "HC-2");
        let standing = &log.state.product(&product).unwrap().schemes["uk-2019-option-a"];
        let label = standing.label.as_ref().unwrap().1.clone();
        let longer = Labelled { updates_until: Some(day("2040-01-01")), ..label };
        Statement::Labelled(longer).sign(&key(1), ORIGIN).unwrap()
    });
    assert_eq!(the_one(&report).refusal, Some("label-without-assessment"));
}

#[test]
fn a_declaration_older_than_the_one_in_force_is_refused() {
    let old = declaration(2, |d| d.on = day("2026-11-01"));
    let (_, report) = slipped(|_| Statement::Declared(Box::new(old)).sign(&key(2), ORIGIN).unwrap());
    assert_eq!(the_one(&report).refusal, Some("outdated"));
}

pub(crate) fn assessed_again(log: &Log, on: &str) -> Vec<u8> {
    let product = ProductId::of(&declaration(2, |_| {}).maker, "HC-2");
    let mut assessed = log.state.product(&product).unwrap().schemes["uk-2019-option-a"].assessed.clone();
    assessed.on = day(on);
    Statement::Assessed(assessed).sign(&key(1), ORIGIN).unwrap()
}

#[test]
fn a_statement_that_the_register_dated_back_is_caught() {
    // By more than the rules of the log allow, seen by anybody.
    let mut log = Log::with_makers(3);
    let entry = assessed_again(&log, "2026-11-20");
    let index = log.slips_in(entry);
    log.publish();
    let report = Watcher::of(&log).looks(&log);
    let finding = the_one(&report);
    assert_eq!((finding.kind, finding.index), (Kind::RefusedStatement, Some(index)));
    assert_eq!(finding.refusal, Some("back-dated"));
    // Against the order of its own statements, where the authority could have made it and the rules give it a month.
    let mut log = Log::with_makers(3);
    let product = ProductId::of(&declaration(2, |_| {}).maker, "HC-2");
    let (scheme, document) = ("uk-2019-option-a".to_owned(), digest());
    let suspended = LabelSuspended { product, scheme, label: 3, document, on: day("2026-11-02") };
    let index = log.appends(Statement::LabelSuspended(suspended).sign(&key(1), ORIGIN).unwrap());
    log.publish();
    let report = Watcher::of(&log).looks(&log);
    let finding = the_one(&report);
    assert_eq!((finding.kind, finding.index), (Kind::BackDated, Some(index)));
    assert_eq!(
        finding.says,
        "statement 7 (label-suspended) is dated 2026-11-02 and comes after statement 2, which is of 2026-11-22: it was dated back"
    );
    // Against the memory of one who had looked.
    let mut log = Log::with_makers(3);
    let watcher = Watcher::of(&log);
    assert!(!watcher.looks(&log).accuses());
    let entry = assessed_again(&log, "2026-11-24");
    log.appends(entry);
    log.publish();
    let report = watcher.looks(&log);
    assert_eq!(
        the_one(&report).says,
        "statement 7 (assessed) is dated 2026-11-24 and was not yet in the log when it was looked at on 2026-11-27: it was dated back"
    );
    // It is told again by a later run, from the state alone.
    assert_eq!(the_one(&watcher.looks(&log)).kind, Kind::BackDated);
    // A day's difference is a clock's.
    let mut log = Log::with_makers(3);
    let watcher = Watcher::of(&log);
    watcher.looks(&log);
    let entry = assessed_again(&log, "2026-11-26");
    log.appends(entry);
    log.publish();
    assert!(!watcher.looks(&log).accuses());
}

#[test]
fn a_day_that_has_not_come_is_caught() {
    let mut log = Log::new();
    let entry = assessed_again(&log, "2027-03-01");
    log.appends(entry);
    log.publish();
    let report = Watcher::of(&log).looks(&log);
    assert_eq!(the_one(&report).says, "statement 4 (assessed) is of 2027-03-01, and today is 2026-11-27");
    assert_eq!(the_one(&report).kind, Kind::FutureDate);
}

#[test]
fn a_day_that_had_not_come_is_told_once_it_has_come_as_well() {
    let mut log = Log::with_makers(3);
    let mut watcher = Watcher::of(&log);
    watcher.looks(&log);
    let entry = assessed_again(&log, "2026-12-24");
    log.appends(entry);
    log.publish();
    assert_eq!(the_one(&watcher.looks(&log)).kind, Kind::FutureDate);
    watcher.today = day("2026-11-30");
    assert_eq!(the_one(&watcher.looks(&log)).kind, Kind::FutureDate);
    watcher.today = day("2027-03-01");
    let report = watcher.looks(&log);
    assert_eq!(
        the_one(&report).says,
        "statement 7 (assessed) is of 2026-12-24, and was there on 2026-11-30",
        "a later run knows it from the state alone"
    );
}

#[test]
fn an_observation_that_nothing_supports_is_refused_and_what_follows_is_still_read() {
    let (index, report) = slipped(|log| {
        let product = ProductId::of(&declaration(2, |_| {}).maker, "HC-2");
        let fact = assay::statement::Fact::SupportShortened { promised: day("2031-01-01"), shown: None };
        let entry = Statement::Observed(Observed { product, fact, on: day("2026-11-23") });
        let entry = entry.sign(&key(1), ORIGIN).unwrap();
        log.slips_in(entry);
        assessed_again(log, "2029-01-01")
    });
    let kinds: Vec<(Kind, Option<u64>)> =
        report.findings.iter().filter(|f| f.accuses).map(|f| (f.kind, f.index)).collect();
    assert_eq!(kinds, [(Kind::RefusedStatement, Some(index - 1)), (Kind::FutureDate, Some(index))]);
}

#[test]
fn other_keys_of_the_register_are_told_and_not_taken() {
    let log = Log::new();
    let watcher = Watcher::of(&log);
    watcher.looks(&log);
    let other = assay::trust::Trust::new(log.signer.verifier().clone(), vec![key(8).public()]);
    std::fs::write(log.public.path().join("trust.txt"), other.to_string()).unwrap();
    let report = watcher.looks(&log);
    assert!(report.findings.iter().any(|f| f.kind == Kind::OtherKeys) && !report.accuses(), "{report:#?}");
}

fn notice(log: &Log) -> Statement {
    let maker = declaration(2, |_| {}).maker;
    let product = ProductId::of(&maker, "HC-2");
    assert!(log.state.product(&product).is_some());
    let document = digest();
    Statement::NoticeServed(NoticeServed {
        maker,
        product: Some(product),
        notice: Notice::Stop,
        document,
        on: day("2026-11-23"),
    })
}

fn digest() -> Digest {
    Digest([0xab; 32])
}

#[test]
fn what_the_authority_alone_can_do_is_clean_by_its_key_and_a_finding_by_any_other() {
    let by = |seed: u8| {
        let mut log = Log::with_makers(3);
        let entry = notice(&log).sign(&key(seed), ORIGIN).unwrap();
        let index = log.slips_in(entry);
        log.publish();
        let watcher = Watcher::of(&log);
        let report = watcher.looks(&log);
        // A later run folds the same from its own folder.
        assert_eq!(accusations(&watcher.looks(&log)), accusations(&report));
        (index, report)
    };
    let (_, lawful) = by(6);
    assert_eq!(accusations(&lawful), [], "{lawful:#?}");
    let told = lawful.findings.iter().find(|f| f.kind == Kind::UnpinnedKeys).unwrap();
    assert!(told.says.contains(&format!("its authority's: {}", key(6).public().id())), "{told}");
    for seed in [1, 2, 7] {
        let (index, report) = by(seed);
        let finding = the_one(&report);
        assert_eq!(
            (finding.kind, finding.index, finding.refusal),
            (Kind::RefusedStatement, Some(index), Some("bad-signature"))
        );
    }
}

#[test]
fn a_suspension_by_the_authority_is_lifted_by_the_authority_alone() {
    for (seed, wanted) in [(6, None), (1, Some("bad-signature"))] {
        let mut log = Log::new();
        let product = ProductId::of(&declaration(2, |_| {}).maker, "HC-2");
        let label =
            log.state.product(&product).unwrap().schemes["uk-2019-option-a"].label.as_ref().unwrap().0;
        let suspended = Statement::LabelSuspended(LabelSuspended {
            product,
            scheme: "uk-2019-option-a".into(),
            label,
            document: digest(),
            on: day("2026-11-23"),
        });
        let lifts = log.appends(suspended.sign(&key(6), ORIGIN).unwrap());
        let lifted = NoticeLifted { lifts, document: digest(), on: day("2026-11-24") };
        log.slips_in(Statement::NoticeLifted(lifted).sign(&key(seed), ORIGIN).unwrap());
        log.publish();
        let report = Watcher::of(&log).looks(&log);
        let refusals: Vec<_> = report.findings.iter().filter_map(|f| f.refusal).collect();
        assert_eq!(refusals, Vec::from_iter(wanted), "{report:#?}");
    }
}

#[test]
fn keys_that_the_reader_keeps_count_and_not_what_the_register_shows() {
    let mut log = Log::new();
    let entry = notice(&log).sign(&key(6), ORIGIN).unwrap();
    log.slips_in(entry);
    log.publish();
    let with = |trust| Watcher { trust: Some(trust), ..Watcher::of(&log) };
    let report = with(log.trust()).looks(&log);
    assert!(
        !report.accuses() && !report.findings.iter().any(|f| f.kind == Kind::UnpinnedKeys),
        "{report:#?}"
    );
    // A reader who was told of another authority does not take this one's word.
    let other = log.trust().with_authority(vec![key(7).public()]);
    let watcher = with(other);
    let report = watcher.looks(&log);
    assert_eq!(the_one(&report).kind, Kind::RefusedStatement);
    assert!(!report.findings.iter().any(|f| f.kind == Kind::OtherKeys), "on a first run nothing was kept");
    assert!(watcher.looks(&log).findings.iter().any(|f| f.kind == Kind::OtherKeys));
    // Nor are the keys of another register taken for this one's.
    let stranger = assay_log::Signer::new("other.example/log", [9; 32]).unwrap();
    let elsewhere = assay::trust::Trust::new(stranger.verifier().clone(), vec![key(1).public()]);
    let said = with(elsewhere).tries(&log.source()).unwrap_err().to_string();
    assert!(said.contains("the trusted keys are not of register.example/log"), "{said}");
}

#[test]
fn a_makers_statement_of_an_earlier_day_is_not_the_registers() {
    let mut log = Log::with_makers(2);
    let late = declaration(2, |d| {
        d.product.model = "HC-3".into();
        d.product.gtins.clear();
        d.on = day("2026-11-10");
    });
    log.appends(Statement::Declared(Box::new(late)).sign(&key(2), ORIGIN).unwrap());
    log.publish();
    assert_eq!(accusations(&Watcher::of(&log).looks(&log)), []);
}

#[test]
fn a_log_of_every_kind_of_statement_is_clean_for_who_knows_the_authority_and_not_for_others() {
    let log = Log::of_every_kind();
    let of = |trust| Watcher { trust: Some(trust), today: day("2027-12-31"), ..Watcher::of(&log) };
    let report = of(log.trust()).looks(&log);
    assert_eq!((report.size, accusations(&report)), (54, vec![]), "{report:#?}");
    let report = of(log.trust().with_authority(vec![])).looks(&log);
    let finding = the_one(&report);
    assert_eq!(
        (finding.kind, finding.index, finding.refusal),
        (Kind::RefusedStatement, Some(15), Some("bad-signature"))
    );
}

#[test]
fn a_log_is_as_clean_years_later_as_on_its_day() {
    let log = Log::with_makers(3);
    for today in ["2026-11-22", "2026-12-25", "2031-01-01"] {
        let watcher = Watcher { today: day(today), ..Watcher::of(&log) };
        assert_eq!(accusations(&watcher.looks(&log)), [], "{today}");
    }
}

/// The public files, with another answer to whoever asks for the snapshot.
fn with_snapshot(public: std::path::PathBuf, shown: axum::routing::MethodRouter) -> axum::Router {
    axum::Router::new().route("/snapshot", shown).fallback_service(assay_watch::public_files(public))
}

#[test]
fn a_snapshot_that_says_something_else_than_the_log_is_caught() {
    let mut log = Log::with_makers(3);
    let basis = |log: &Log, root: [u8; 32]| Basis {
        number: log.size(),
        log_origin: ORIGIN.into(),
        log_size: log.size(),
        root,
        checkpoint: String::new(),
        own_numbers: false,
        issued: day("2026-11-27"),
        valid_until: day("2026-12-27"),
    };
    let root = *log.tree().root().as_bytes();
    let honest = Snapshot::seal(log.state.for_snapshot(), &basis(&log, root), &key(1)).unwrap();
    let mut other = log.state.records();
    assert_eq!(other.len(), 1);
    other[0].updates_until = Some(day("2040-01-01"));
    let longer = Snapshot::build(&other, &basis(&log, root), &key(1)).unwrap();
    let empty = Snapshot::build(&[], &basis(&log, root), &key(1)).unwrap();
    let mut misnamed = log.state.for_snapshot();
    misnamed.add_model(7, other[0].gtin);
    let misnamed = Snapshot::seal(misnamed, &basis(&log, root), &key(1)).unwrap();
    let elsewhere = Snapshot::seal(log.state.for_snapshot(), &basis(&log, [7; 32]), &key(1)).unwrap();
    let forged = Snapshot::seal(log.state.for_snapshot(), &basis(&log, root), &key(8)).unwrap();
    let of_gtin =
        "the snapshot says something else than the 7 entries it names, first of GTIN 04006381333931";
    let says = |log: &Log, snapshot: &[u8]| {
        let (public, bytes) = (log.public.path().to_owned(), snapshot.to_vec());
        let shown = axum::routing::get(async move || bytes);
        let served = Served::of(with_snapshot(public, shown));
        let report = Watcher::of(log).tries(&Source::at(&served.address).unwrap()).unwrap();
        let accusing: Vec<String> =
            report.findings.iter().filter(|f| f.accuses).map(|f| format!("{}: {}", f.kind, f.says)).collect();
        accusing.join("; ")
    };
    let dated = |issued: &str, valid_until: &str| {
        let (issued, valid_until) = (day(issued), day(valid_until));
        let basis = Basis { issued, valid_until, ..basis(&log, root) };
        says(&log, &Snapshot::seal(log.state.for_snapshot(), &basis, &key(1)).unwrap())
    };
    assert_eq!(dated("2026-11-28", "2026-12-28"), "", "days begin at different hours");
    assert_eq!(dated("2026-01-01", "2026-01-31"), "", "one that is over is only old");
    assert_eq!(
        dated("2026-11-29", "2026-12-29"),
        "snapshot-differs: the snapshot is of 2026-11-29, and today is 2026-11-27: shops take it for newer than it is"
    );
    // One that is to be relied on for longer than a program of ours would write, all the same signed by the register.
    let (head, rest) = honest.split_at(15);
    let (signed, body) = rest.split_at(u32::from_be_bytes(head[11..].try_into().unwrap()) as usize);
    let mut header: Header = cbor::from_bytes(cose::parse(signed).unwrap().peek()).unwrap();
    header.valid_until = header.issued.checked_add(jiff::Span::new().days(31)).unwrap();
    let signed = cose::sign(&key(1), cose::Purpose::Snapshot, &header.log_origin, cbor::to_bytes(&header));
    let years = [&head[..11], &(signed.len() as u32).to_be_bytes(), &signed, body].concat();
    assert!(says(&log, &years).ends_with("30 days are the most"), "{}", says(&log, &years));
    assert_eq!(says(&log, &honest), "");
    assert_eq!(says(&log, &longer), format!("snapshot-differs: {of_gtin}"));
    assert!(says(&log, &misnamed).ends_with("its brands and models, or the form of its records"));
    assert_eq!(says(&log, &empty), format!("snapshot-differs: {of_gtin}"));
    assert_eq!(
        says(&log, &elsewhere),
        "snapshot-differs: the snapshot names another root of 7 entries than the log"
    );
    assert!(says(&log, &forged).starts_with("snapshot-differs: the snapshot is none of this register"));
    assert!(says(&log, b"rubbish").starts_with("snapshot-differs: the snapshot is none of this register"));
    // One that was made before the log grew is not wrong for that, and one that was wrong then is wrong now.
    let ahead = {
        log.makers(3..5);
        let root = *log.tree().root().as_bytes();
        [log.state.for_snapshot(), Builder::default()]
            .map(|holds| Snapshot::seal(holds, &basis(&log, root), &key(1)).unwrap())
    };
    log.publish();
    assert_eq!(says(&log, &honest), "");
    assert_eq!(says(&log, &longer), format!("snapshot-differs: {of_gtin}"));
    assert_eq!(
        says(&log, &elsewhere),
        "snapshot-differs: the snapshot names another root of 7 entries than the log"
    );
    // One that is of more entries than are shown is held against them once they are, and told if they never are.
    let says_later = |snapshot: &[u8], then: &[u8]| {
        let mut shorter = Log::with_makers(3);
        let shown = Arc::new(Mutex::new(snapshot.to_vec()));
        let (public, bytes) = (shorter.public.path().to_owned(), shown.clone());
        let route = axum::routing::get(async move || bytes.lock().unwrap().clone());
        let served = Served::of(with_snapshot(public, route));
        let source = Source::at(&served.address).unwrap();
        let mut watcher = Watcher::of(&shorter);
        assert_eq!(accusations(&watcher.tries(&source).unwrap()), []);
        watcher.now += 86_401;
        let kept = accusations(&watcher.tries(&source).unwrap());
        *shown.lock().unwrap() = then.to_vec();
        shorter.makers(3..5);
        shorter.publish();
        (kept, accusations(&watcher.tries(&source).unwrap()), accusations(&watcher.tries(&source).unwrap()))
    };
    let differs = || vec![Kind::SnapshotDiffers];
    assert_eq!(says_later(&ahead[0], &honest), (differs(), vec![], vec![]));
    assert_eq!(says_later(&ahead[1], &honest), (differs(), differs(), vec![]));
    assert_eq!(says_later(&ahead[1], &ahead[1]), (differs(), differs(), differs()), "once at each look");
}

#[test]
fn a_snapshot_that_is_exchanged_while_the_log_stands_still_is_caught() {
    let log = Log::with_makers(3);
    let basis = Basis {
        number: log.size(),
        log_origin: ORIGIN.into(),
        log_size: log.size(),
        root: *log.tree().root().as_bytes(),
        checkpoint: String::new(),
        own_numbers: false,
        issued: day("2026-11-27"),
        valid_until: day("2026-12-27"),
    };
    let honest = Snapshot::seal(log.state.for_snapshot(), &basis, &key(1)).unwrap();
    let empty = Snapshot::build(&[], &basis, &key(1)).unwrap();
    let shown = Arc::new(Mutex::new(honest));
    let bytes = shown.clone();
    let route = axum::routing::get(async move || bytes.lock().unwrap().clone());
    let served = Served::of(with_snapshot(log.public.path().to_owned(), route));
    let source = Source::at(&served.address).unwrap();
    let mut watcher = Watcher::of(&log);
    let mut monitor = Monitor::open(watcher.state.path(), watcher.today, &pace()).unwrap();
    assert_eq!(accusations(&monitor.pass(&watcher.look(&source), &pace()).unwrap()), []);
    *shown.lock().unwrap() = empty;
    watcher.now += 3_600;
    let report = monitor.pass(&watcher.look(&source), &pace()).unwrap();
    assert_eq!((report.new, accusations(&report)), (0, vec![Kind::SnapshotDiffers]));
}
