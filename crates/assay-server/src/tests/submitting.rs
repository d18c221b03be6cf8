//! What happens to statements that are handed in.

use assay::assess::Variant;
use assay::statement::{Digest, GtinDecided, KeyAdded, KeyRetired, MakerId, ProductId, Statement};
use assay::trust::{Logged, Trust};
use assay_log::checkpoint;
use tokio::task::JoinSet;

use crate::sequencer::NotDone;
use crate::testing::*;
use crate::{Receipt, Register, SubmitError};

async fn a_declaration_becomes_an_assessment_and_a_label_and_a_restart_changes_nothing() {
    let house = House::new().await;
    assert_eq!(house.registers(2).await.index, 0);
    let receipt = house.submit(declared(2, |_| {})).await.unwrap();
    assert_eq!((receipt.index, receipt.already), (1, false));
    assert_eq!(receipt.statements, [(2, "assessed"), (3, "labelled")]);

    let product = receipt.product.unwrap();
    let label = house.register.signed_label(&product, SCHEME, None).await.unwrap();
    assert_eq!(label.facts().variant(), Variant::Tick);
    assert_eq!(label.facts().updates_until(), Some(day("2030-05-31")));
    assert!(label.uri().starts_with("https://register.example/01/04006381333931?a="), "{}", label.uri());

    let (checkpoint, trust) = (house.register.checkpoint(), house.register.trust().to_string());
    assert_eq!(house.is_sound().await, 4);
    let house = house.reopened().await.unwrap();
    assert_eq!(house.register.checkpoint(), checkpoint);
    assert_eq!(house.register.trust().to_string(), trust);
    assert_eq!(std::fs::read_to_string(house.public("trust.txt")).unwrap(), trust);
    assert_eq!(house.register.signed_label(&product, SCHEME, None).await.unwrap(), label);
    assert_eq!(house.is_sound().await, 4);
}

async fn every_entry_comes_with_a_proof_that_a_stranger_can_follow() {
    let (house, _) = House::with_camera().await;
    let trust = Trust::parse(&house.register.trust().to_string()).unwrap();
    for index in 0..4 {
        let entry = house.register.entry(index).await.unwrap().unwrap();
        let proof = house.register.proof(index).unwrap();
        let logged = Logged::open(&entry, &proof, &trust).unwrap();
        assert_eq!((logged.included().index(), logged.included().checkpoint().size()), (index, 4));
    }
    assert_eq!(house.register.entry(4).await.unwrap(), None);
    assert_eq!(house.register.entry(u64::MAX).await.unwrap(), None);
    assert!(house.register.proof(4).is_err());
    assert!(house.register.proof(u64::MAX).is_err());
    house.is_sound().await;
}

async fn a_new_register_publishes_a_checkpoint_of_nothing() {
    let house = House::new().await;
    let note = std::fs::read_to_string(house.public("log/checkpoint")).unwrap();
    let log = house.register.trust().log().clone();
    assert_eq!(checkpoint::open(&note, "register.example/log", &[log]).unwrap().size(), 0);
    assert!(house.register.proof(0).is_err());
    assert_eq!(house.is_sound().await, 0);
    assert_eq!(house.reopened().await.unwrap().is_sound().await, 0);
}

async fn a_statement_that_is_sent_twice_stands_once_and_gets_the_same_answer() {
    let (house, _) = House::with_camera().await;
    let again = house.submit(declared(2, |_| {})).await.unwrap();
    assert!(again.already);
    assert_eq!((again.index, again.statements), (1, vec![(2, "assessed"), (3, "labelled")]));
    let again = house.submit(registration(2)).await.unwrap();
    assert_eq!((again.index, again.already, again.product), (0, true, None));
    assert_eq!(house.is_sound().await, 4);
}

async fn what_may_not_enter_is_refused_by_name_and_leaves_no_trace() {
    let (house, _) = House::with_camera().await;
    let before = house.register.checkpoint();
    let contradicted = declared(2, |d| {
        d.product.model = "HC-3".into();
        d.product.gtins.clear();
        d.outcomes[0].outcome = assay::outcome::Outcome::NotMet;
        d.outcomes[0].findings.push(assay::declaration::DeclaredFinding {
            kind: "universal".into(),
            confidence: assay::outcome::Confidence::Certain,
            provisions: vec!["ts103645-v1.1.1:4.1-1".into()],
        });
    });
    let flipped = declared(2, |d| d.product.model = "HC-4".into()).iter().map(|b| b ^ 1).collect();
    let elsewhere = declared(2, |d| {
        d.product.model = "HC-5".into();
        d.schemes = vec!["eu-2019".into()];
    });
    for (bytes, id) in [
        (vec![], "bad-form"),
        (b"hello".to_vec(), "bad-form"),
        (flipped, "bad-form"),
        (vec![0; 70_000], "bad-form"),
        (declared(3, |_| {}), "maker-unknown"),
        (contradicted, "contradicted"),
        (elsewhere, "bad-content"),
        (declared(2, |d| d.product.model = "HC-6".into()), "gtin-in-use"),
        (
            withdrawn(2, &assay::statement::ProductId::parse("p0000000000000000").unwrap(), 1),
            "product-unknown",
        ),
    ] {
        match house.submit(bytes).await {
            Err(SubmitError::Refused(refusal)) => assert_eq!(refusal.id(), id),
            other => panic!("{id}: {other:?}"),
        }
    }
    assert_eq!(house.register.checkpoint(), before);
    assert_eq!(house.is_sound().await, 4);
}

async fn an_earlier_end_of_support_is_refused_and_recorded_once() {
    let (house, product) = House::with_camera().await;
    let shorter = || declared(2, |d| d.support.end = Some(day("2028-01-31")));
    for _ in 0..2 {
        let refused = house.submit(shorter()).await;
        assert!(
            matches!(&refused, Err(SubmitError::Refused(r)) if r.id() == "shortened-support"),
            "{refused:?}"
        );
    }
    let state = house.register.state();
    assert_eq!(state.size(), 5);
    assert_eq!(state.product(&product).unwrap().promised, Some(day("2030-05-31")));
    assert!(state.product(&product).unwrap().shortened.is_some());
    house.is_sound().await;

    // A promise that is at least as long mends it; the same shortening on the same day is then not recorded a second
    // time, for that very sentence stands in the log.
    let longer = declared(2, |d| d.support.end = Some(day("2030-05-31") + jiff::Span::new().years(1)));
    house.submit(longer).await.unwrap();
    assert!(house.register.state().product(&product).unwrap().shortened.is_none());
    house.submit(shorter()).await.unwrap_err();
    assert!(house.register.state().product(&product).unwrap().shortened.is_some());
    assert_eq!(house.is_sound().await, 9);
}

async fn a_withdrawn_product_stays_visible_and_carries_no_label() {
    let (house, product) = House::with_camera().await;
    let receipt = house.submit(withdrawn(2, &product, 1)).await.unwrap();
    assert_eq!((receipt.index, receipt.product.as_ref()), (4, Some(&product)));
    assert!(house.register.state().product(&product).unwrap().withdrawn.is_some());
    let said = house.register.signed_label(&product, SCHEME, None).await.unwrap_err().to_string();
    assert!(said.contains("took the declaration"), "{said}");
    house.is_sound().await;
}

async fn a_number_that_was_decided_against_a_maker_is_on_no_label_of_it() {
    let (house, product) = House::with_camera().await;
    house.registers(3).await;
    let both = |d: &mut assay::declaration::Declaration| d.product.gtins = vec![gtin(GTIN), gtin(OTHER_GTIN)];
    let rival = house.submit(declared(3, both)).await.unwrap().product.unwrap();
    let label = async |product: &ProductId, number: Option<&str>| {
        let label = house.register.signed_label(product, SCHEME, number.map(gtin)).await;
        label.map(|label| label.uri().to_owned()).map_err(|error| error.to_string())
    };
    assert!(label(&product, None).await.unwrap_err().contains("disputed"));
    let [holder, loser] = [2, 3].map(|seed| MakerId::of(&key(seed).public()));
    let decided = GtinDecided {
        gtin: gtin(GTIN),
        holder: Some(holder),
        against: vec![loser],
        document: Digest([1; 32]),
        on: day("2026-11-22"),
    };
    let register = key(102);
    assert_eq!(house.register.trust().register(), [register.public()]);
    house.submit(Statement::GtinDecided(decided).sign(&register, ORIGIN).unwrap()).await.unwrap();
    assert!(label(&product, None).await.unwrap().contains(GTIN));
    let said = label(&rival, Some(GTIN)).await.unwrap_err();
    assert!(said.contains("decided not to be"), "{said}");
    assert!(label(&rival, Some(OTHER_GTIN)).await.unwrap().contains(OTHER_GTIN));
    assert!(label(&rival, None).await.unwrap().contains(OTHER_GTIN), "the first that is its maker's");
    house.is_sound().await;
}

async fn a_clock_that_was_ahead_and_was_set_right_does_not_stop_the_register() {
    let (house, today) = House::with_calendar("2026-12-01").await;
    house.registers(2).await;
    house.submit(declared(2, |_| {})).await.unwrap();
    *today.lock().unwrap() = day("2026-11-22");
    let other = declared(2, |d| (d.product.model, d.product.gtins) = ("HC-3".into(), vec![gtin(OTHER_GTIN)]));
    let receipt = house.submit(other).await.unwrap();
    assert_eq!(receipt.statements, [(5, "assessed"), (6, "labelled")]);
    let shorter = declared(2, |d| d.support.end = Some(day("2030-05-30")));
    assert!(matches!(house.submit(shorter).await.unwrap_err(), SubmitError::Refused(_)));
    let state = house.register.state();
    assert_eq!((state.size(), state.newest()), (8, Some(day("2026-12-01"))), "the attempt is recorded");
    let days: Vec<_> =
        state.product(&receipt.product.unwrap()).unwrap().history.iter().map(|l| l.on).collect();
    assert_eq!(days, [day("2026-11-22"), day("2026-11-30"), day("2026-11-30")]);
    house.is_sound().await;
    house.reopened().await.unwrap().is_sound().await;
}

async fn many_at_once_all_land_once_each() {
    let house = House::new().await;
    house.registers(2).await;
    let mut tasks = JoinSet::new();
    for n in 0..64u8 {
        let register: Register = house.register.clone();
        // Every declaration comes from two hands at once.
        let bytes = declared(2, |d| {
            d.product.model = format!("M-{}", n / 2);
            d.product.gtins.clear();
        });
        tasks.spawn(async move { register.submit(bytes).await.unwrap() });
    }
    let mut receipts: Vec<Receipt> = tasks.join_all().await;
    receipts.sort_by_key(|r| (r.index, r.already));
    for pair in receipts.chunks(2) {
        assert_eq!((pair[0].already, pair[1].already), (false, true));
        assert_eq!((pair[0].index, &pair[0].statements), (pair[1].index, &pair[1].statements));
    }
    assert_eq!(house.register.state().products().count(), 32);
    assert_eq!(house.is_sound().await, 1 + 32 * 3);
    assert_eq!(house.reopened().await.unwrap().is_sound().await, 1 + 32 * 3);
}

async fn full_tiles_are_published_when_the_log_passes_256() {
    let house = House::new().await;
    house.registers(2).await;
    let mut tasks = JoinSet::new();
    for n in 0..100 {
        let register = house.register.clone();
        let bytes = declared(2, |d| {
            d.product.model = format!("M-{n}");
            d.product.gtins.clear();
        });
        tasks.spawn(async move { register.submit(bytes).await.unwrap() });
    }
    tasks.join_all().await;
    for file in ["log/tile/0/000", "log/tile/entries/000", "log/tile/1/000.p/1", "log/tile/0/001.p/45"] {
        assert!(house.public(file).is_file(), "{file}");
    }
    assert_eq!(house.is_sound().await, 301);
    assert_eq!(house.reopened().await.unwrap().is_sound().await, 301);
}

async fn what_was_said_before_in_other_words_is_logged_already() {
    let (house, _) = House::with_camera().await;
    let maker = MakerId::of(&key(2).public());
    let added = KeyAdded { maker, key: key(3).public(), on: day("2026-11-20") };
    house.submit(Statement::KeyAdded(added).sign(&key(2), ORIGIN).unwrap()).await.unwrap();
    let retired = |on: &str, by: u8| {
        let retired = KeyRetired { maker, key: key(3).public(), on: day(on) };
        Statement::KeyRetired(retired).sign(&key(by), ORIGIN).unwrap()
    };
    let first = house.submit(retired("2026-11-20", 2)).await.unwrap();
    let again = house.submit(retired("2026-11-21", 2)).await.unwrap();
    assert_eq!((first.already, again.already, again.index), (false, true, first.index));
    assert_eq!(house.is_sound().await, 6);
}

async fn a_closed_register_takes_nothing_and_says_so() {
    let (house, _) = House::with_camera().await;
    house.register.close().await;
    let said = house.submit(registration(3)).await;
    assert!(matches!(said, Err(SubmitError::NotDone(NotDone::Stopped))), "{said:?}");
    house.register.close().await;
}

on_both! {
    a_declaration_becomes_an_assessment_and_a_label_and_a_restart_changes_nothing,
    every_entry_comes_with_a_proof_that_a_stranger_can_follow,
    a_new_register_publishes_a_checkpoint_of_nothing,
    a_statement_that_is_sent_twice_stands_once_and_gets_the_same_answer,
    what_may_not_enter_is_refused_by_name_and_leaves_no_trace,
    an_earlier_end_of_support_is_refused_and_recorded_once,
    a_withdrawn_product_stays_visible_and_carries_no_label,
    a_number_that_was_decided_against_a_maker_is_on_no_label_of_it,
    a_clock_that_was_ahead_and_was_set_right_does_not_stop_the_register,
    many_at_once_all_land_once_each,
    full_tiles_are_published_when_the_log_passes_256,
    what_was_said_before_in_other_words_is_logged_already,
    a_closed_register_takes_nothing_and_says_so,
}
