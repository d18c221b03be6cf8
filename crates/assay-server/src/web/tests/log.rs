//! The log for people, mirrors and auditors: `/log/…`, `/trust.txt`, `/snapshot`, `/healthz`.

use super::*;
use assay::snapshot::Snapshot;
use assay::trust::Trust;
use assay_log::{bundle, checkpoint};

#[tokio::test]
async fn the_log_page_says_size_root_and_keys() {
    let (house, _) = House::with_camera().await;
    let front = Front::of(&house);
    let key = house.register.trust().log().to_string();
    for path in ["/log", "/log/"] {
        let said = front.get(path).await;
        said.shows(StatusCode::OK, &["<dt>Entries</dt><dd>4</dd>", "register.example/log", "assay verify"]);
        // A plus of the key is escaped, so compare what a browser would show.
        assert!(said.text().replace("&#43;", "+").contains(&key));
    }
}

#[tokio::test]
async fn a_mirror_rebuilds_the_log_from_its_files_alone() {
    let (house, _) = House::with_camera().await;
    let front = Front::of(&house);
    let trust = Trust::parse(front.get("/trust.txt").await.text()).unwrap();
    assert_eq!(&trust, house.register.trust());
    let note = front.get("/log/checkpoint").await;
    assert_eq!(note.header(header::CACHE_CONTROL), "no-cache");
    let opened = checkpoint::open(note.text(), trust.origin(), &[trust.log().clone()]).unwrap();
    let entries = front.get("/log/tile/entries/000.p/4").await;
    assert_eq!(entries.header(header::CONTENT_TYPE), "application/octet-stream");
    assert!(entries.header(header::CACHE_CONTROL).contains("immutable"));
    bundle::rebuild([&entries.bytes], opened.size(), opened.root()).unwrap();
    assert_eq!(front.get("/log/tile/0/000.p/4").await.bytes.len(), 4 * 32);
}

#[tokio::test]
async fn a_partial_tile_is_answered_also_when_its_full_one_took_its_place() {
    let (house, _) = House::with_camera().await;
    let front = Front::of(&house);
    let paths = ["/log/tile/0/000.p/4", "/log/tile/entries/000.p/4"];
    let mut before = Vec::new();
    for path in paths {
        before.push(front.get(path).await.bytes);
    }
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..90 {
        let register = house.register.clone();
        let bytes = declared(2, |d| {
            d.product.model = format!("M-{n}");
            d.product.gtins.clear();
        });
        tasks.spawn(async move { register.submit(bytes).await.unwrap() });
    }
    tasks.join_all().await;
    for (path, before) in paths.into_iter().zip(before) {
        assert!(!house.public(&path[1..]).exists(), "{path} is gone");
        let after = front.get(path).await;
        assert_eq!((after.status, after.bytes), (StatusCode::OK, before), "{path}");
    }
    // Of a tile that is not full, only what was published is there.
    assert_eq!(front.get("/log/tile/0/001.p/1").await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.is_sound().await, 274);
    assert_eq!(house.reopened().await.unwrap().is_sound().await, 274);
}

#[tokio::test]
async fn nothing_but_the_logs_files_is_served() {
    let (house, _) = House::with_camera().await;
    let front = Front::of(&house);
    for path in [
        "/log/tile/0/000",
        "/log/tile/0/000.p/5",
        "/log/tile/0/000.p/04",
        "/log/tile/../../../log.key",
        "/log/tile/..%2f..%2f..%2flog.key",
        "/log/%2e%2e/%2e%2e/log.key",
        "/log/../trust.txt",
        "/log/tile/entries/..%5c..%5clog.key",
        "/log/tile//etc/passwd",
        "/log/tile/%2fetc%2fpasswd",
        "/log/tile/0/000.p/4%00",
        "/log/tile/0/%ff",
        "/log/checkpoint.tmp",
        "/log/tile",
        "/log/tile/",
        "/log/register.key",
        "/register.key",
        "/assay.db",
    ] {
        let said = front.get(path).await;
        assert!(
            matches!(said.status, StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST),
            "{path}: {}",
            said.status
        );
        assert!(!String::from_utf8_lossy(&said.bytes).contains("secret-key"), "{path}");
    }
}

#[tokio::test]
async fn the_snapshot_is_a_file_that_opens_and_changes_with_the_log() {
    let (house, _) = House::with_camera().await;
    let front = Front::of(&house);
    let said = front.get("/snapshot").await;
    assert_eq!(said.header(header::CONTENT_DISPOSITION), "attachment; filename=\"assay.snap\"");
    assert_eq!(said.header(header::CONTENT_TYPE), "application/octet-stream");
    let keys = house.register.trust().register().to_vec();
    let snapshot = Snapshot::open(&said.bytes, &keys, "register.example/log").unwrap();
    assert!(snapshot.lookup(gtin(GTIN)).is_some());
    assert_eq!((snapshot.header().log_size, snapshot.header().valid_until), (4, day("2026-12-22")));
    assert_eq!(front.get("/snapshot").await.bytes, said.bytes);
    assert_eq!(house.register.snapshot().unwrap(), said.bytes);
    house.registers(3).await;
    let newer = Snapshot::open(&front.get("/snapshot").await.bytes, &keys, "register.example/log").unwrap();
    assert_eq!((newer.header().number, newer.header().log_size), (5, 5));
    // What changed since one that was given out, and the whole to whoever has another.
    let whole = front.get("/snapshot").await.bytes;
    let since = |digest: &str| format!("/snapshot?since={digest}");
    let changed = front.get(&since(&snapshot.header().body_sha256)).await;
    assert_eq!(changed.header(header::CONTENT_DISPOSITION), "attachment; filename=\"assay.delta\"");
    assert_eq!(snapshot.apply(&changed.bytes, &keys, "register.example/log").unwrap(), whole);
    assert_eq!(front.get(&since(&snapshot.header().body_sha256)).await.bytes, changed.bytes);
    assert_eq!(front.get(&since(&"0".repeat(64))).await.bytes, whole);
    assert_eq!(front.get("/snapshot?sinse=1").await.status, StatusCode::BAD_REQUEST);
    for wrong in ["x", "", &"A".repeat(64)] {
        assert_eq!(front.get(&since(wrong)).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn health_says_whether_statements_are_taken() {
    let (house, _) = House::with_camera().await;
    let front = Front::of(&house);
    let said = front.get("/healthz").await;
    assert_eq!((said.status, said.json()["log_size"].as_u64()), (StatusCode::OK, Some(4)));
    house.register.close().await;
    // The thread has told that it is done; its last hold on the readers goes a moment later.
    while front.get("/healthz").await.status == StatusCode::OK {
        tokio::task::yield_now().await;
    }
    assert_eq!(front.get("/healthz").await.json()["status"], "stopped");
    front
        .post("/api/v1/statements", registration(3))
        .await
        .is_error(StatusCode::SERVICE_UNAVAILABLE, "unavailable");
}

#[tokio::test]
async fn what_changed_leads_to_the_snapshot_of_today_also_where_no_record_did() {
    let (house, today) = House::with_calendar("2026-11-22").await;
    house.registers(2).await;
    house.submit(declared(2, |_| {})).await.unwrap();
    let front = Front::of(&house);
    let keys = house.register.trust().register().to_vec();
    let open = |bytes: &[u8]| Snapshot::open(bytes, &keys, "register.example/log").unwrap();
    let mut have = open(&front.get("/snapshot").await.bytes);
    for now in ["2026-11-22", "2026-11-23", "2026-11-24", "2026-12-24"] {
        *today.lock().unwrap() = day(now);
        // Two shops that have the same one.
        for _ in 0..2 {
            let since = format!("/snapshot?since={}", have.header().body_sha256);
            let changed = front.get(&since).await;
            assert_eq!(
                changed.header(header::CONTENT_DISPOSITION),
                "attachment; filename=\"assay.delta\"",
                "{now}"
            );
            let whole = have.apply(&changed.bytes, &keys, "register.example/log").unwrap();
            assert_eq!(whole, front.get("/snapshot").await.bytes, "{now}");
            assert_eq!(open(&whole).header().issued, day(now));
        }
        have = open(&front.get("/snapshot").await.bytes);
    }
}
