//! Backup, restore and fsck, from either database to either.

use std::fs;
use std::path::Path;

use assay::statement::{LogKeyAnnounced, Statement};

use crate::testing::*;
use crate::upkeep::{NewKey, Operator, UpkeepError, back_up, fsck, restore, restore_with_key};
use crate::{PublicPlace, Register, Replicas};

/// A register with a camera and some more, closed.
async fn closed() -> (tempfile::TempDir, Option<String>) {
    let (house, _) = House::with_camera().await;
    for n in 10..20 {
        house.registers(n).await;
    }
    house.is_sound().await;
    let database = database(&house.data());
    (house.shut().await, database)
}

/// Opens what was restored and looks whether it is the register of before.
async fn is_whole(data: &Path, database: Option<String>, checkpoint: &str) -> Register {
    let config = crate::Config { database, replicas: Replicas::Any, ..config(data.to_owned()) };
    let register = Register::open(config).await.unwrap();
    assert_eq!(register.checkpoint(), checkpoint);
    assert_eq!(register.check_log().await.unwrap().size, 14);
    register
}

async fn a_register_is_restored_from_its_backup() {
    let (folder, database) = closed().await;
    let data = folder.path().join("data");
    let (backup, restored) = (folder.path().join("backup"), folder.path().join("restored"));
    let checked = back_up(&data, database.as_deref(), &backup).await.unwrap();
    assert_eq!(checked.size, 14);
    let checkpoint = fs::read_to_string(data.join("public/log/checkpoint")).unwrap();
    assert_eq!(fs::read_to_string(backup.join("log/checkpoint")).unwrap(), checkpoint);

    let new = crate::testing::database(&restored);
    assert_eq!(restore(&backup, &restored, new.as_deref()).await.unwrap(), 14);
    let register = is_whole(&restored, new.clone(), &checkpoint).await;
    assert_eq!(register.submit(registration(30)).await.unwrap().index, 14);
    register.close().await;
    assert_eq!(fsck(&restored, new.as_deref(), None, None).await.unwrap().size, 15);

    // Nothing is written over a log that is there, neither by folder nor by database.
    let said = restore(&backup, &restored, new.as_deref()).await.unwrap_err();
    assert!(matches!(said, UpkeepError::Taken { .. }), "{said}");
    if On::now() == On::Postgres {
        let said = restore(&backup, &folder.path().join("third"), new.as_deref()).await.unwrap_err();
        assert!(matches!(said, UpkeepError::Taken { .. }), "{said}");
    }
    // A newer backup goes over the older one; an older log does not go over a newer backup.
    assert_eq!(back_up(&restored, new.as_deref(), &backup).await.unwrap().size, 15);
    let said = back_up(&data, database.as_deref(), &backup).await.unwrap_err();
    assert!(said.to_string().contains("older copy"), "{said}");
}

async fn a_backup_leads_from_one_database_to_the_other() {
    let (folder, database) = closed().await;
    let data = folder.path().join("data");
    let (backup, restored) = (folder.path().join("backup"), folder.path().join("restored"));
    back_up(&data, database.as_deref(), &backup).await.unwrap();
    let checkpoint = fs::read_to_string(data.join("public/log/checkpoint")).unwrap();
    let other = match On::now() {
        On::Postgres => None,
        On::Sqlite => match crate::testing::postgres::server() {
            Some(server) => Some(server.schema(&format!("moved_{}", std::process::id()))),
            None => return,
        },
    };
    restore(&backup, &restored, other.as_deref()).await.unwrap();
    is_whole(&restored, other, &checkpoint).await.close().await;
}

/// Public files lie elsewhere, where their checkpoint bears a witness's word that is worth keeping.
async fn a_log_goes_on_under_a_key_that_it_announced() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (data, backup, files) = (at("data"), at("backup"), at("files"));
    let elsewhere = || Some(PublicPlace::parse(files.to_str().unwrap()).unwrap());
    let opened = async |data: &Path| {
        let config = crate::Config { files: elsewhere(), ..config(data.to_owned()) };
        Register::open(config).await.unwrap()
    };
    let register = opened(&data).await;
    let operator = Operator::of(&data).unwrap();
    fs::write(at("next.key"), key(77).to_file()).unwrap();
    let next = operator.next_log_key(&at("next.key")).unwrap();
    let (from, on) = (day("2026-11-29"), day("2026-11-22"));
    let announced = Statement::LogKeyAnnounced(LogKeyAnnounced { key: next.clone(), from, on });
    register.submit(operator.sign(&announced).unwrap()).await.unwrap();
    let old = register.trust().log().to_string();
    register.close().await;
    back_up(&data, database(&data).as_deref(), &backup).await.unwrap();
    let published = fs::read_to_string(files.join("log/checkpoint")).unwrap();
    let cosigned = format!("{published}\u{2014} north.example/w AAAAAAAAAAAAAAAA\n");
    fs::write(files.join("log/checkpoint"), &cosigned).unwrap();
    let restored = async |name: &str, today: &str| {
        let next = NewKey { file: &at("next.key"), today: day(today), files: elsewhere() };
        restore_with_key(&backup, &at(name), database(&at(name)).as_deref(), next).await
    };
    let said = restored("early", "2026-11-28").await.unwrap_err();
    assert!(said.to_string().contains("again on that day"), "{said}");
    assert!(!at("early").join("log.key").exists());
    assert_eq!(fs::read_to_string(files.join("log/checkpoint")).unwrap(), cosigned, "nothing was changed");
    assert_eq!(restored("new", "2026-11-29").await.unwrap(), 1);
    let both = fs::read_to_string(files.join("log/checkpoint")).unwrap();
    assert!(both.starts_with(&cosigned) && both.lines().count() == cosigned.lines().count() + 1, "{both}");
    let register = opened(&at("new")).await;
    assert_eq!(register.trust().log().to_string(), next);
    assert_ne!(old, next);
    assert_eq!(register.submit(registration(3)).await.unwrap().index, 1);
    register.close().await;
    let database_now = database(&at("new"));
    assert_eq!(fsck(&at("new"), database_now.as_deref(), elsewhere(), None).await.unwrap().size, 2);
    // Others were shown more since: the backup is not the newest.
    let said = restored("late", "2026-11-29").await.unwrap_err();
    assert!(said.to_string().contains("is not the checkpoint of the backup"), "{said}");
}

async fn a_backup_is_taken_while_the_register_runs() {
    let (house, _) = House::with_camera().await;
    let backup = house.folder.path().join("backup");
    let database = database(&house.data());
    assert_eq!(back_up(&house.data(), database.as_deref(), &backup).await.unwrap().size, 4);
    house.registers(3).await;
    assert_eq!(back_up(&house.data(), database.as_deref(), &backup).await.unwrap().size, 5);
    assert_eq!(house.is_sound().await, 5);
    // Whoever looks through everything wants it to stand still.
    let said = fsck(&house.data(), database.as_deref(), None, None).await.unwrap_err();
    assert!(matches!(said, UpkeepError::Folder(_)) && !said.is_finding(), "{said}");
}

async fn a_damaged_backup_is_not_restored() {
    let (folder, database) = closed().await;
    let (backup, restored) = (folder.path().join("backup"), folder.path().join("restored"));
    back_up(&folder.path().join("data"), database.as_deref(), &backup).await.unwrap();
    let bundle = backup.join("log/tile/entries/000.p/14");
    let good = fs::read(&bundle).unwrap();
    let flipped = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        bytes
    };
    for (n, bad) in
        [good[..good.len() - 1].to_vec(), flipped(0), flipped(300), Vec::new()].into_iter().enumerate()
    {
        fs::write(&bundle, bad).unwrap();
        let into = folder.path().join(format!("restored-{n}"));
        let said = restore(&backup, &into, crate::testing::database(&into).as_deref()).await.unwrap_err();
        assert!(matches!(said, UpkeepError::Backup { .. }) && said.is_finding(), "{n}: {said}");
        assert!(!into.join("origin").exists() && !into.join("log.key").exists());
    }
    fs::write(&bundle, &good).unwrap();
    fs::write(backup.join("log/checkpoint"), "nonsense").unwrap();
    let said = restore(&backup, &restored, crate::testing::database(&restored).as_deref()).await.unwrap_err();
    assert!(said.to_string().contains("is not this register's"), "{said}");
    fs::remove_file(backup.join("origin")).unwrap();
    let said = restore(&backup, &restored, None).await.unwrap_err();
    assert!(matches!(said, UpkeepError::NoRegister { .. }), "{said}");
}

async fn fsck_names_what_does_not_follow_from_the_log() {
    let (folder, database) = closed().await;
    let data = folder.path().join("data");
    let database = database.as_deref();
    assert_eq!(fsck(&data, database, None, None).await.unwrap().size, 14);
    for file in ["trust.txt", "log/checkpoint", "log/tile/0/000.p/14", "log/tile/entries/000.p/14"] {
        let path = data.join("public").join(file);
        let good = fs::read(&path).unwrap();
        fs::write(&path, "x").unwrap();
        let said = fsck(&data, database, None, None).await.unwrap_err();
        assert!(said.is_finding() && said.to_string().contains(file), "{file}: {said}");
        fs::remove_file(&path).unwrap();
        let said = fsck(&data, database, None, None).await.unwrap_err();
        assert!(said.is_finding() && said.to_string().contains(file), "{file}: {said}");
        fs::write(&path, good).unwrap();
    }
    assert_eq!(fsck(&data, database, None, None).await.unwrap().size, 14);
    let said = fsck(&folder.path().join("nothing"), database, None, None).await.unwrap_err();
    assert!(matches!(said, UpkeepError::NoRegister { .. }) && !said.is_finding(), "{said}");
    assert!(!folder.path().join("nothing").exists());
}

on_both! {
    a_register_is_restored_from_its_backup,
    a_backup_leads_from_one_database_to_the_other,
    a_log_goes_on_under_a_key_that_it_announced,
    a_backup_is_taken_while_the_register_runs,
    a_damaged_backup_is_not_restored,
    fsck_names_what_does_not_follow_from_the_log,
}
