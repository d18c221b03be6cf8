//! The operator's addresses, over a register that works, stands by, falls behind, cannot store, stops.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request};
use serde_json::Value;
use tower::ServiceExt as _;

use super::*;
use crate::meter::{Kind, metrics};
use crate::testing::*;

const LAG: Duration = Duration::from_secs(5);

async fn ask(router: &Router, path: &str) -> (u16, String) {
    let answer = router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = answer.into_parts();
    let bytes = to_bytes(body, 1 << 20).await.unwrap();
    (parts.status.as_u16(), String::from_utf8(bytes.to_vec()).unwrap())
}

async fn readiness(admin: &Admin) -> (u16, Value) {
    let (status, body) = ask(&admin.clone().router(), "/readyz").await;
    (status, serde_json::from_str(&body).unwrap())
}

/// Waits for what the sequencer says of itself: it takes the lease after the start.
async fn leads(admin: &Admin) {
    for _ in 0..100 {
        if readiness(admin).await.1["role"] == "leader" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it never led: {}", readiness(admin).await.1);
}

/// Reads the text as strictly as its format is written down: name, kind and help of each family, before its samples, each
/// sample of a family that was named, every number a number.
fn read(text: &str) -> BTreeMap<String, f64> {
    let (mut kinds, mut helps, mut samples) = (BTreeMap::new(), BTreeSet::new(), BTreeMap::new());
    assert!(text.ends_with('\n'));
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').unwrap();
            assert!(help.len() > 10 && helps.insert(name.to_owned()), "{line}");
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(helps.contains(name), "{name} has no help before its type");
            assert!(kinds.insert(name.to_owned(), kind.to_owned()).is_none(), "{name} has two types");
        } else {
            let (series, value) = line.rsplit_once(' ').unwrap();
            let name = series.split('{').next().unwrap();
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'), "{line}");
            let family = ["_bucket", "_sum", "_count"].iter().find_map(|end| {
                name.strip_suffix(end)
                    .filter(|family| kinds.get(*family).is_some_and(|kind| kind == "histogram"))
            });
            let family = family.unwrap_or(name);
            assert!(kinds.contains_key(family), "{name} has no type");
            assert_eq!(
                kinds[family] == "counter",
                family.ends_with("_total"),
                "{family} is a {}",
                kinds[family]
            );
            if let Some(labels) = series.strip_prefix(name).filter(|labels| !labels.is_empty()) {
                let labels = labels.strip_prefix('{').and_then(|l| l.strip_suffix('}')).unwrap();
                for label in labels.split("\",") {
                    let (name, value) = label.trim_end_matches('"').split_once("=\"").unwrap();
                    assert!(!name.is_empty() && !value.contains(['"', '\n']), "{line}");
                }
            }
            let value = value.parse().unwrap_or_else(|_| panic!("no number: {line}"));
            assert!(samples.insert(series.to_owned(), value).is_none(), "twice: {line}");
        }
    }
    samples
}

async fn measured(admin: &Admin) -> BTreeMap<String, f64> {
    read(&ask(&admin.clone().router(), "/metrics").await.1)
}

async fn metered_house() -> (House, Admin) {
    let folder = tempfile::tempdir().unwrap();
    let opened = Register::open_metered(config(folder.path().join("data")), Meter::on()).await;
    let register = opened.unwrap();
    let admin = Admin::of(&register, LAG);
    (House { register, folder }, admin)
}

#[tokio::test]
async fn what_a_register_did_is_counted_and_every_metric_is_in_the_catalogue() {
    let (house, admin) = metered_house().await;
    leads(&admin).await;
    let front = crate::router(house.register.clone());
    let post = |bytes: Vec<u8>| Request::post("/api/v1/statements").body(Body::from(bytes)).unwrap();
    for (bytes, status) in [(registration(2), 201), (registration(2), 200), (declared(2, |_| {}), 201)] {
        let answer = front.clone().oneshot(post(bytes)).await.unwrap();
        assert_eq!(answer.status().as_u16(), status);
    }
    let refused = front.clone().oneshot(post(b"nonsense".to_vec())).await.unwrap();
    assert!(refused.status().is_client_error());
    for (method, path) in [
        ("GET", "/p/a-person"),
        ("GET", "/p/another-person"),
        ("GET", "/nowhere?name=a-person"),
        ("BREW", "/"),
        ("GET", "/rules/%0a%22%7d"),
    ] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        front.clone().oneshot(request).await.unwrap();
    }

    let text = ask(&admin.clone().router(), "/metrics").await.1;
    assert!(!text.contains("person") && !text.contains("BREW"), "{text}");
    let samples = read(&text);
    let is = |series: &str, value: f64| assert_eq!(samples.get(series), Some(&value), "{series} in {text}");
    is("assay_log_entries", 4.0);
    is("assay_log_published_entries", 4.0);
    is("assay_log_lag_entries", 0.0);
    is("assay_log_lag_seconds", 0.0);
    is("assay_leader", 1.0);
    is("assay_lease_epoch", 1.0);
    is("assay_sequencer_up", 1.0);
    is("assay_commits_total", 2.0);
    is("assay_commit_entries_sum", 4.0);
    is("assay_commit_entries_bucket{le=\"1\"}", 1.0);
    is("assay_commit_seconds_count", 2.0);
    is("assay_publications_total", 2.0);
    is("assay_submissions_total{outcome=\"logged\"}", 2.0);
    is("assay_submissions_total{outcome=\"already\"}", 1.0);
    is("assay_submissions_total{outcome=\"refused\"}", 1.0);
    is("assay_http_requests_total{method=\"POST\",route=\"/api/v1/statements\",status=\"201\"}", 2.0);
    is("assay_http_requests_total{method=\"GET\",route=\"/p/{id}\",status=\"404\"}", 2.0);
    is("assay_http_request_seconds_count{route=\"/p/{id}\"}", 2.0);
    is("assay_http_requests_under_way", 0.0);
    assert!(samples.keys().any(|series| series.starts_with("assay_refusals_total{id=\"")), "{text}");
    assert!(samples.keys().any(|series| series.contains("method=\"other\"")), "{text}");
    if cfg!(target_os = "linux") {
        assert!(samples["process_resident_memory_bytes"] > 1e6 && samples["process_open_fds"] > 3.0);
        assert!(samples["process_start_time_seconds"] > 1.7e9);
    }
    for metric in metrics() {
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram(_) => "histogram",
        };
        let shown = text.contains(&format!("# TYPE {} {kind}\n", metric.name));
        // Only what has happened is shown of these: nothing failed, and a process may have no limit.
        let may_lack = metric.name.starts_with("process_");
        assert!(shown || may_lack, "{} is in the catalogue and not shown: {text}", metric.name);
    }
    let known: BTreeSet<_> = metrics().iter().map(|metric| metric.name).collect();
    for line in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let name = line.split(' ').next().unwrap();
        assert!(known.contains(name), "{name} is shown and not in the catalogue of meter.rs");
    }
    promtool(&text);
    house.is_sound().await;
}

/// Prometheus's own word on the text, where it is installed.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn promtool(text: &str) {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let child = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        eprintln!(
            "SKIPPED: promtool is not installed (Debian: prometheus): the metrics were read by our own reader alone"
        );
        return;
    };
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let said = child.wait_with_output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
}

#[tokio::test]
async fn a_register_is_ready_until_it_falls_behind_and_again_once_it_is_published() {
    let (house, admin) = metered_house().await;
    leads(&admin).await;
    house.registers(2).await;
    let (status, said) = readiness(&admin).await;
    assert_eq!((status, &said["status"], &said["log_size"]), (200, &"ready".into(), &1.into()), "{said}");
    // A file where the folder of tiles should be: it is committed and cannot be published.
    let (tiles, moved) = (house.public("log/tile/0"), house.public("moved"));
    std::fs::rename(&tiles, &moved).unwrap();
    std::fs::write(&tiles, "in the way").unwrap();
    assert!(house.submit(registration(3)).await.is_err());
    let (status, said) = readiness(&admin).await;
    assert_eq!((status, &said["lag_entries"]), (200, &1.into()), "not for long yet: {said}");
    assert!(said["lag_seconds"].as_f64().unwrap() > 0.0);
    let strict = Admin { ready_lag: Duration::ZERO, ..admin.clone() };
    let (status, said) = readiness(&strict).await;
    assert_eq!((status, &said["status"]), (503, &"behind".into()), "{said}");
    assert_eq!((&said["log_size"], &said["published_size"]), (&2.into(), &1.into()));
    assert!(measured(&admin).await["assay_publication_failures_total"] >= 1.0);
    std::fs::remove_file(&tiles).unwrap();
    std::fs::rename(&moved, &tiles).unwrap();
    for _ in 0..100 {
        if readiness(&strict).await.0 == 200 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (status, said) = readiness(&strict).await;
    assert_eq!((status, &said["published_size"]), (200, &2.into()), "{said}");
    // A disk that hangs in the middle of a commit, and comes back.
    let vitals = house.register.vitals();
    vitals.commits(std::time::Instant::now().checked_sub(Duration::from_secs(11)).unwrap());
    let (status, said) = readiness(&admin).await;
    assert_eq!((status, &said["status"]), (503, &"stuck".into()), "{said}");
    vitals.has_committed();
    assert_eq!(readiness(&admin).await.0, 200);
    house.is_sound().await;
}

#[tokio::test]
async fn failed_commits_are_counted_and_a_stopped_register_is_not_ready() {
    let (house, admin) = metered_house().await;
    leads(&admin).await;
    house.register.log().refuse_inserts().await;
    assert!(house.submit(registration(2)).await.is_err());
    house.register.log().accept_inserts().await;
    let samples = measured(&admin).await;
    assert_eq!(samples["assay_commit_failures_total"], 1.0);
    assert_eq!(samples["assay_submissions_total{outcome=\"not-done\"}"], 1.0);
    admin.meter.stopping();
    let (status, said) = readiness(&admin).await;
    assert_eq!(
        (status, &said["status"], &said["role"]),
        (503, &"stopping".into(), &"leader".into()),
        "{said}"
    );
    house.register.close().await;
    let after = Admin::of(&house.register, LAG);
    assert_eq!(ask(&after.clone().router(), "/healthz").await.0, 200, "the process lives");
    assert_eq!(measured(&after).await["assay_sequencer_up"], 0.0);
    // Not asked to stop, and stopped: somebody must look.
    let vitals = std::sync::Arc::clone(house.register.vitals());
    assert_eq!(vitals.now().committed, 0);
    let (status, said) = readiness(&after).await;
    assert_eq!((status, &said["role"]), (503, &"none".into()), "{said}");
}

#[tokio::test]
async fn a_second_node_says_that_it_stands_by_and_one_without_a_database_is_not_ready() {
    if postgres::server().is_none() {
        return;
    }
    On::Postgres
        .tell(async {
            let (house, admin) = metered_house().await;
            leads(&admin).await;
            house.registers(2).await;
            let folder = tempfile::tempdir().unwrap();
            let data = folder.path().join("data");
            std::fs::create_dir_all(&data).unwrap();
            for file in ["log.key", "register.key", "origin"] {
                std::fs::copy(house.data().join(file), data.join(file)).unwrap();
            }
            let database = database(&house.data());
            let second = crate::Config { database, ..config(data) };
            let second = Register::open_metered(second, Meter::on()).await.unwrap();
            let standby = Admin::of(&second, LAG);
            let (status, said) = readiness(&standby).await;
            assert_eq!((status, &said["role"]), (200, &"standby".into()), "{said}");
            house.registers(3).await;
            for _ in 0..100 {
                if readiness(&standby).await.1["published_size"] == 2 {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            let samples = measured(&standby).await;
            assert_eq!((samples["assay_leader"], samples["assay_log_published_entries"]), (0.0, 2.0));
            second.close().await;
            let (status, said) = readiness(&standby).await;
            assert_eq!((status, &said["status"]), (503, &"stopped".into()), "{said}");
            house.register.close().await;
        })
        .await;
}

#[tokio::test]
async fn a_process_without_a_log_is_ready_until_it_is_asked_to_stop() {
    let admin = Admin::of_process(Meter::on());
    assert_eq!(readiness(&admin).await.0, 200);
    assert!(
        measured(&admin)
            .await
            .contains_key(&format!("assay_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION")))
    );
    admin.meter.stopping();
    assert_eq!(readiness(&admin).await.0, 503);
    assert_eq!(ask(&admin.clone().router(), "/anything").await.0, 404);
}

#[tokio::test]
async fn what_is_never_asked_for_does_not_pile_up_and_off_counts_nothing() {
    let meter = Meter::on();
    for _ in 0..10 {
        (0..1_000).for_each(|_| meter.committed(1, std::time::Instant::now()));
        meter.tidy();
    }
    assert_eq!(read(&meter.text())["assay_commit_seconds_count"], 10_000.0);
    let off = Meter::off();
    off.committed(1, std::time::Instant::now());
    off.refused("a");
    assert_eq!(off.text(), "");
}
