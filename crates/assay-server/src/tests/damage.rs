//! Databases, keys and files that somebody changed, cut off, exchanged or rolled back: the register refuses to go on, and
//! says what is wrong and what to do.

use std::fs;
use std::path::Path;

use crate::testing::*;
use crate::{OpenError, Register, StoreError, Unsound};

/// Opens the folder and expects a refusal.
async fn refused(data: &Path) -> OpenError {
    match Register::open(config(data.to_owned())).await {
        Ok(_) => panic!("a damaged register was opened"),
        Err(error) => error,
    }
}

/// A register with a camera, changed by SQL, then opened again.
async fn disturbed(sql: &str) -> OpenError {
    let (house, _) = House::with_camera().await;
    house.register.log().disturb(sql).await;
    let folder = house.shut().await;
    refused(&folder.path().join("data")).await
}

async fn a_changed_entry_is_found() {
    // Each entry's length is right, and the first of the three in this row says something else.
    let (house, _) = House::with_camera().await;
    house.register.log().change_row(1, |bytes| bytes[2] ^= 1).await;
    let folder = house.shut().await;
    let said = refused(&folder.path().join("data")).await;
    assert!(matches!(said, OpenError::Unsound(Unsound::Entry { index: 1, .. })), "{said}");
    for change in [|bytes: &mut Vec<u8>| bytes.truncate(9), |bytes: &mut Vec<u8>| bytes.push(0)] {
        let (house, _) = House::with_camera().await;
        house.register.log().change_row(1, change).await;
        let folder = house.shut().await;
        let said = refused(&folder.path().join("data")).await;
        assert!(
            matches!(said, OpenError::Unsound(Unsound::Store(StoreError::Inconsistent { row: 1, .. }))),
            "{said}"
        );
    }
}

async fn a_missing_last_entry_is_found() {
    let said = disturbed("DELETE FROM entries WHERE idx = 1").await;
    assert!(matches!(said, OpenError::Unsound(Unsound::Size { size: 4, found: 1, .. })), "{said}");
    assert!(said.to_string().contains("backup"), "{said}");
}

async fn a_missing_entry_in_the_middle_is_found() {
    for sql in [
        "DELETE FROM entries WHERE idx = 0",
        "UPDATE entries SET idx = 2 WHERE idx = 1",
        "UPDATE entries SET n = 257 WHERE idx = 1",
        "UPDATE entries SET n = 0 WHERE idx = 1",
        "UPDATE entries SET idx = -1 WHERE idx = 0",
    ] {
        let said = disturbed(sql).await;
        assert!(
            matches!(&said, OpenError::Unsound(Unsound::Store(StoreError::Inconsistent { row: 0 | 1, .. }))),
            "{sql}: {said}"
        );
    }
}

async fn entries_that_fold_but_are_others_make_another_root() {
    // The log of another time with the same keys, over other entries.
    let house = House::new().await;
    house.register.log().back_up("empty").await;
    house.registers(3).await;
    house.register.log().back_up("third").await;
    let folder = house.shut().await;
    let data = folder.path().join("data");
    fs::remove_dir_all(data.join("public")).unwrap();
    let register = Register::open(config(data.clone())).await.unwrap();
    register.log().restore("empty").await;
    register.close().await;
    fs::remove_dir_all(data.join("public")).unwrap();
    let house = House { register: Register::open(config(data)).await.unwrap(), folder };
    house.registers(2).await;
    house.register.log().restore("third").await;
    let folder = house.shut().await;
    let said = refused(&folder.path().join("data")).await;
    assert!(matches!(said, OpenError::Unsound(Unsound::Forked { .. })), "{said}");
}

async fn a_head_that_lost_its_last_batch_is_found() {
    let said = disturbed("UPDATE head SET size = 3").await;
    assert!(matches!(said, OpenError::Unsound(Unsound::Size { size: 3, found: 4, .. })), "{said}");
    let said = disturbed("UPDATE head SET root = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I='").await;
    assert!(matches!(said, OpenError::Unsound(Unsound::Root { .. })), "{said}");
    let said = disturbed("UPDATE head SET note = 'x'").await;
    assert!(matches!(said, OpenError::Unsound(Unsound::Checkpoint { .. })), "{said}");
    let said = disturbed("DELETE FROM head").await;
    assert!(matches!(said, OpenError::Unsound(Unsound::NoHead { .. })), "{said}");
}

async fn a_database_restored_from_an_old_backup_is_not_gone_on_with() {
    let house = House::new().await;
    house.registers(2).await;
    let house = house.reopened().await.unwrap();
    house.register.log().back_up("old").await;
    house.submit(declared(2, |_| {})).await.unwrap();
    house.register.log().restore("old").await;
    let folder = house.shut().await;
    let said = refused(&folder.path().join("data")).await;
    assert!(matches!(said, OpenError::Unsound(Unsound::RolledBack { published: 4, found: 1, .. })), "{said}");
}

#[tokio::test]
async fn a_truncated_or_foreign_database_is_named() {
    let (house, _) = House::with_camera().await;
    let folder = house.shut().await;
    let data = folder.path().join("data");
    let whole = fs::read(data.join("assay.db")).unwrap();
    let put = |bytes: &[u8]| {
        // What the attempt before left in the write-ahead log belongs to another file.
        for rest in ["assay.db-wal", "assay.db-shm"] {
            let _ = fs::remove_file(data.join(rest));
        }
        fs::write(data.join("assay.db"), bytes).unwrap();
    };
    for cut in [whole.len() / 2, 4096, 1000, 50, 0] {
        put(&whole[..cut]);
        let said = refused(&data).await;
        assert!(
            matches!(
                said,
                OpenError::Store(_) | OpenError::Unsound(Unsound::NoHead { .. } | Unsound::Store(_))
            ),
            "cut at {cut}: {said}"
        );
        let said = said.to_string();
        assert!(
            said.contains("assay.db") && (said.contains("backup") || said.contains("move it away")),
            "{cut}: {said}"
        );
    }
    put("a letter to my bank, which is no database at all ".repeat(50).as_bytes());
    let said = refused(&data).await;
    assert!(matches!(said, OpenError::Store(StoreError::NotADatabase { .. })), "{said}");
    fs::remove_file(data.join("assay.db")).unwrap();
    let said = refused(&data).await;
    assert!(matches!(said, OpenError::Unsound(Unsound::NoHead { .. })), "{said}");
    assert!(!data.join("assay.db").exists(), "no second log is begun");
    put(&whole);
    let house = House { register: Register::open(config(data)).await.unwrap(), folder };
    assert_eq!(house.is_sound().await, 4);
}

async fn an_exchanged_key_is_found_before_anything_is_signed_with_it() {
    let (house, _) = House::with_camera().await;
    let folder = house.shut().await;
    let data = folder.path().join("data");
    for file in ["log.key", "register.key"] {
        let good = fs::read(data.join(file)).unwrap();
        fs::write(data.join(file), key(77).to_file().as_bytes()).unwrap();
        let said = refused(&data).await;
        assert!(
            matches!(said, OpenError::Unsound(Unsound::Checkpoint { .. } | Unsound::Entry { .. })),
            "{file}: {said}"
        );
        fs::write(data.join(file), good).unwrap();
    }
    assert!(Register::open(config(data)).await.is_ok());
}

async fn a_changed_tile_is_kept_as_evidence_and_named() {
    let (house, _) = House::with_camera().await;
    let folder = house.shut().await;
    let tile = folder.path().join("data/public/log/tile/0/000.p/4");
    fs::write(&tile, [7; 128]).unwrap();
    let said = refused(&folder.path().join("data")).await;
    assert!(matches!(said, OpenError::Publish(crate::PublishError::Changed { .. })), "{said}");
    assert_eq!(fs::read(&tile).unwrap(), [7; 128]);
}

async fn a_changed_checkpoint_is_named() {
    let (house, _) = House::with_camera().await;
    let folder = house.shut().await;
    fs::write(folder.path().join("data/public/log/checkpoint"), "nonsense").unwrap();
    let said = refused(&folder.path().join("data")).await;
    assert!(matches!(said, OpenError::Unsound(Unsound::Checkpoint { .. })), "{said}");
}

async fn what_check_log_finds_is_named() {
    let (house, _) = House::with_camera().await;
    let tile = house.public("log/tile/entries/000.p/4");
    let good = fs::read(&tile).unwrap();
    fs::write(&tile, "x").unwrap();
    let said = house.register.check_log().await.unwrap_err().to_string();
    assert!(said.contains("000.p/4 has other bytes"), "{said}");
    fs::write(&tile, good).unwrap();
    fs::write(house.public("log/tile/stray"), "x").unwrap();
    let said = house.register.check_log().await.unwrap_err().to_string();
    assert!(said.contains("stray is no file of the log"), "{said}");
    fs::remove_file(house.public("log/tile/stray")).unwrap();
    house.register.log().disturb("UPDATE entries SET n = 2 WHERE idx = 1").await;
    let said = house.register.check_log().await.unwrap_err().to_string();
    assert!(said.contains("table entries, row 1"), "{said}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("file");
    fs::write(&path, "x").unwrap();
    let said = refused(&path.join("data")).await;
    assert!(matches!(said, OpenError::Folder(_)), "{said}");
    assert!(said.to_string().contains("--data"), "{said}");
}

async fn a_register_keeps_its_name_under_a_new_address() {
    let (house, product) = House::with_camera().await;
    let folder = house.shut().await;
    let mut elsewhere = config(folder.path().join("data"));
    elsewhere.public_url = "http://127.0.0.1:8080".into();
    let house = House { register: Register::open(elsewhere).await.unwrap(), folder };
    assert_eq!(house.register.trust().origin(), "register.example/log");
    let label = house.register.signed_label(&product, SCHEME, None).await.unwrap();
    assert!(label.uri().starts_with("http://127.0.0.1:8080/01/"), "{}", label.uri());
    assert_eq!(house.is_sound().await, 4);
}

on_both! {
    a_changed_entry_is_found,
    a_missing_last_entry_is_found,
    a_missing_entry_in_the_middle_is_found,
    entries_that_fold_but_are_others_make_another_root,
    a_head_that_lost_its_last_batch_is_found,
    a_database_restored_from_an_old_backup_is_not_gone_on_with,
    an_exchanged_key_is_found_before_anything_is_signed_with_it,
    a_changed_tile_is_kept_as_evidence_and_named,
    a_changed_checkpoint_is_named,
    what_check_log_finds_is_named,
    a_register_keeps_its_name_under_a_new_address,
}
