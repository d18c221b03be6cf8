//! The plug is pulled at each step of the sequencer; the next start must go on without hands, with nothing lost and nothing
//! twice.

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::bench::OpaqueLog;
use crate::sequencer::{NotDone, Step};
use crate::testing::*;
use crate::{OpenError, Register, SubmitError};

/// Registers a maker, pulls the plug at a step of the declaration, starts again and sends it once more.
async fn pulled(step: Step, expect_durable: bool) {
    let house = House::with_plug(pulled_at(step, 2)).await;
    house.registers(2).await;
    let said = house.submit(declared(2, |_| {})).await;
    assert!(matches!(said, Err(SubmitError::NotDone(NotDone::Stopped))), "{step:?}: {said:?}");
    let readers_saw = house.register.state().size();

    let house = house.reopened().await.unwrap();
    let durable = house.is_sound().await;
    assert_eq!(durable, if expect_durable { 4 } else { 1 }, "{step:?}");
    assert!(readers_saw <= durable, "{step:?}: readers saw what a crash took back");
    let again = house.submit(declared(2, |_| {})).await.unwrap();
    assert_eq!((again.index, again.already), (1, expect_durable), "{step:?}");
    assert_eq!(house.is_sound().await, 4, "{step:?}");
}

async fn a_crash_before_the_commit_leaves_the_old_log() {
    pulled(Step::Signed, false).await;
}

async fn a_crash_between_commit_and_publication_is_published_by_the_next_start() {
    pulled(Step::Committed, true).await;
}

async fn a_crash_before_the_answer_loses_nothing_and_repeats_nothing() {
    pulled(Step::Published, true).await;
}

async fn wherever_the_plug_is_pulled_nothing_acknowledged_is_lost_and_no_index_is_used_twice() {
    for step in [Step::Signed, Step::Committed, Step::Published] {
        for nth in 1..=5 {
            let house = House::with_plug(pulled_at(step, nth)).await;
            let mut acknowledged = Vec::new();
            let mut sent = vec![registration(2)];
            for n in 0..6 {
                sent.push(declared(2, |d| {
                    d.product.model = format!("M-{n}");
                    d.product.gtins.clear();
                }));
            }
            for bytes in &sent {
                match house.submit(bytes.clone()).await {
                    Ok(receipt) => acknowledged.push((receipt.index, bytes)),
                    Err(_) => break,
                }
            }
            assert_eq!(acknowledged.len(), nth - 1, "{step:?} {nth}");
            let house = house.reopened().await.unwrap();
            for (index, bytes) in acknowledged {
                assert_eq!(
                    house.register.entry(index).await.unwrap().as_ref(),
                    Some(bytes),
                    "{step:?} {nth}"
                );
            }
            for bytes in &sent {
                house.submit(bytes.clone()).await.unwrap();
            }
            assert_eq!(house.is_sound().await, 1 + 6 * 3, "{step:?} {nth}");
        }
    }
}

async fn missing_public_files_are_written_anew() {
    let (house, _) = House::with_camera().await;
    let checkpoint = house.register.checkpoint();
    let folder = house.shut().await;
    fs::remove_dir_all(folder.path().join("data/public")).unwrap();
    // What a crash in the middle of writing would leave.
    fs::create_dir_all(folder.path().join("data/public/new")).unwrap();
    fs::write(folder.path().join("data/public/new/3"), "half").unwrap();
    let register = Register::open(config(folder.path().join("data"))).await.unwrap();
    let house = House { register, folder };
    assert!(!house.public("new/3").exists());
    assert_eq!(fs::read_to_string(house.public("log/checkpoint")).unwrap(), checkpoint);
    assert_eq!(house.is_sound().await, 4);
}

async fn a_crash_during_the_very_first_start_is_no_obstacle() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let register = Register::open(config(data.clone())).await.unwrap();
    let trust = register.trust().to_string();
    register.close().await;
    // As if the power had gone before the name was written: keys and an empty log are there, nothing was published.
    fs::remove_file(data.join("origin")).unwrap();
    fs::remove_dir_all(data.join("public")).unwrap();
    let register = Register::open(config(data.clone())).await.unwrap();
    assert_eq!(register.trust().to_string(), trust);
    let house = House { register, folder };
    assert_eq!(house.is_sound().await, 0);
    house.registers(2).await;
    assert_eq!(house.is_sound().await, 1);
}

async fn when_public_files_cannot_be_written_nobody_is_told_that_it_is_done_and_the_next_batch_mends_it() {
    let (house, _) = House::with_camera().await;
    let tiles = house.public("log/tile/0");
    // A file where the folder of tiles should be: writing there fails, whoever one is.
    let moved = house.public("moved");
    fs::rename(&tiles, &moved).unwrap();
    fs::write(&tiles, "in the way").unwrap();
    let said = house.submit(registration(3)).await;
    assert!(matches!(said, Err(SubmitError::NotDone(NotDone::Publish(_)))), "{said:?}");
    assert_eq!(house.register.state().size(), 4, "readers see what is published");

    fs::remove_file(&tiles).unwrap();
    fs::rename(&moved, &tiles).unwrap();
    let again = house.submit(registration(3)).await.unwrap();
    assert_eq!((again.index, again.already), (4, true));
    assert_eq!(house.register.state().size(), 5);
    assert_eq!(house.is_sound().await, 5);
}

async fn a_commit_that_fails_changes_nothing_and_the_log_goes_on() {
    let (house, _) = House::with_camera().await;
    let before = house.register.checkpoint();
    house.register.log().refuse_inserts().await;
    let said = house.submit(registration(3)).await;
    assert!(matches!(said, Err(SubmitError::NotDone(NotDone::Store(_)))), "{said:?}");
    assert_eq!(house.register.checkpoint(), before);
    assert_eq!(house.is_sound().await, 4);
    house.register.log().accept_inserts().await;
    assert_eq!(house.registers(3).await.index, 4);
    assert_eq!(house.is_sound().await, 5);
}

async fn a_full_disk_is_named_and_does_no_harm() {
    let (house, _) = House::with_camera().await;
    house.register.log().fill_disk().await;
    let large = |n: u8| {
        declared(2, |d| {
            d.product.model = format!("M-{n}");
            d.product.gtins.clear();
            d.support.reasons = Some("x".repeat(2_000));
            d.product.category = Some("y".repeat(200));
        })
    };
    let mut full = None;
    for n in 0..40 {
        if let Err(SubmitError::NotDone(NotDone::Store(why))) = house.submit(large(n)).await {
            full = Some((n, why.to_string()));
            break;
        }
    }
    let (n, why) = full.expect("the limit is reached");
    assert!(why.contains("full: make room"), "{why}");
    house.is_sound().await;
    assert!(!house.submit(large(n)).await.unwrap().already);
    house.is_sound().await;
}

#[tokio::test]
async fn an_orderly_end_publishes_what_was_answered_a_moment_before() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for round in 0..3 {
        let log = OpaqueLog::open(data.clone(), None, Arc::new(now)).await.unwrap();
        assert_eq!(log.append(vec![vec![round]]).await.unwrap(), [u64::from(round)]);
        let begun = Instant::now();
        log.close().await;
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        let note = fs::read_to_string(data.join("public/log/checkpoint")).unwrap();
        assert_eq!(note.lines().nth(1), Some((round + 1).to_string().as_str()));
    }
}

async fn a_second_register_on_the_same_folder_is_refused() {
    let (house, _) = House::with_camera().await;
    let second = Register::open(config(house.data())).await.err().unwrap();
    assert!(matches!(second, OpenError::Folder(crate::FolderError::InUse { .. })), "{second}");
    house.is_sound().await;
}

on_both! {
    a_crash_before_the_commit_leaves_the_old_log,
    a_crash_between_commit_and_publication_is_published_by_the_next_start,
    a_crash_before_the_answer_loses_nothing_and_repeats_nothing,
    wherever_the_plug_is_pulled_nothing_acknowledged_is_lost_and_no_index_is_used_twice,
    missing_public_files_are_written_anew,
    a_crash_during_the_very_first_start_is_no_obstacle,
    when_public_files_cannot_be_written_nobody_is_told_that_it_is_done_and_the_next_batch_mends_it,
    a_commit_that_fails_changes_nothing_and_the_log_goes_on,
    a_full_disk_is_named_and_does_no_harm,
    a_second_register_on_the_same_folder_is_refused,
}
