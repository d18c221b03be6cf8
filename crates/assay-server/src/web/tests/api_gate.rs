//! The gate for programs: catalogues that are streamed, and numbers by the thousand.

use std::convert::Infallible;
use std::time::Duration;

use assay::date::Date;
use assay::scheme;
use assay::scope::Place;
use assay::snapshot::Snapshot;
use assay::trust::Trust;
use assay_gate::{Catalogue, Columns, How, Judge};
use axum::body::Bytes;
use axum::http::Method;
use futures_util::stream;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;

const CATALOGUE: &str = "sku,ean,title\nA-1,4006381333931,Camera\nA-2,36000291452,Smart doorbell camera\n\
                         A-3,,\n=B4,4006381333932,\nA-5,9780306406157,A book\nA-6,36000291452,Wooden spoon\n";

/// The document, which its published schema describes.
fn document(said: &Said) -> serde_json::Value {
    assert_eq!(
        (said.status, said.header(header::CONTENT_TYPE)),
        (StatusCode::OK, "application/json"),
        "{}",
        said.text()
    );
    let document = said.json();
    let id = document["schema"].as_str().unwrap();
    let place = format!("{}/../../docs/schema/{id}.json", env!("CARGO_MANIFEST_DIR"));
    let schema: serde_json::Value = serde_json::from_slice(&std::fs::read(place).unwrap()).unwrap();
    if let Err(error) = jsonschema::validate(&schema, &document) {
        panic!("{id}: {error} at {}\n{document:#}", error.instance_path());
    }
    document
}

/// What `assay gate` writes by the snapshot that the register gives out.
async fn by_command(front: &Front, catalogue: &[u8], on: Date, words: Option<Option<Place>>) -> String {
    let trust = Trust::parse(front.get("/trust.txt").await.text()).unwrap();
    let bytes = front.get("/snapshot").await.bytes;
    let snapshot = Snapshot::open(&bytes, trust.register(), trust.origin()).unwrap();
    let mut judge = Judge::new(&snapshot, scheme::find(SCHEME).unwrap(), on);
    if let Some(territory) = words {
        judge = judge.with_words(territory);
    }
    let mut verdicts = Vec::new();
    let catalogue = Catalogue::open(catalogue, &Columns::default()).unwrap();
    assay_gate::run(&judge, catalogue, &How::default(), &mut verdicts).unwrap();
    String::from_utf8(verdicts).unwrap()
}

async fn posted(front: &Front, accept: &str, path: &str, body: impl Into<Body>) -> Said {
    front.ask(Request::post(path).header(header::ACCEPT, accept).body(body.into()).unwrap()).await
}

#[tokio::test]
async fn verdicts_are_those_of_the_command_for_every_form_of_a_catalogue() {
    let (house, _) = House::with_camera().await;
    let front = Front::of(&house);
    let today = day("2026-11-22");
    let semicolons = CATALOGUE.replace(',', ";");
    let tabs = CATALOGUE.replace(',', "\t");
    let utf16: Vec<u8> =
        std::iter::once(0xfeff).chain(CATALOGUE.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let array =
        r#"[{"sku": "A-1", "ean": 4006381333931}, {"sku": "A-2", "ean": "36000291452", "title": "Kettle"}]"#;
    let lines = "{\"sku\": \"A-1\", \"ean\": 4006381333931}\n{\"sku\": \"A-2\", \"ean\": \"\"}\n";
    let all = [
        CATALOGUE.as_bytes(),
        semicolons.as_bytes(),
        tabs.as_bytes(),
        &utf16,
        array.as_bytes(),
        lines.as_bytes(),
        b"[]",
    ];
    for catalogue in all {
        let said = front.post("/api/v1/gate", catalogue.to_vec()).await;
        assert_eq!(said.status, StatusCode::OK, "{}", said.text());
        assert_eq!(said.header(header::CONTENT_TYPE), "text/csv; charset=utf-8");
        assert_eq!(said.text(), by_command(&front, catalogue, today, Some(None)).await);
    }
    for (query, on, words) in [
        ("scope_check=off", "2026-11-22", None),
        ("territory=great-britain&scope_check=on", "2026-11-22", Some(Some(Place::GreatBritain))),
        ("territory=northern-ireland&on=2026-12-24", "2026-12-24", Some(Some(Place::NorthernIreland))),
    ] {
        let said = front.post(&format!("/api/v1/gate?scheme={SCHEME}&{query}"), CATALOGUE).await;
        assert_eq!(said.text(), by_command(&front, CATALOGUE.as_bytes(), day(on), words).await, "{query}");
    }
}

#[tokio::test]
async fn columns_are_named_in_the_query() {
    let (house, _) = House::with_camera().await;
    let front = Front::of(&house);
    let catalogue = "x,y,ean\n4006381333931,k,nothing\n";
    let said = front.post("/api/v1/gate?gtin=x&sku=y&columns=sku,verdict,reason", catalogue).await;
    assert_eq!(said.text(), "sku,verdict,reason\nk,may-sell,labelled\n");
    // Two days after the snapshot's last nothing is allowed by it.
    let said = front.post("/api/v1/gate?gtin=x&on=2026-12-24&columns=verdict,reason", catalogue).await;
    assert_eq!(said.text(), "verdict,reason\nask,stale-snapshot\n");
}

#[tokio::test]
async fn verdicts_come_as_json_with_the_shops_columns_and_by_a_rows_own_day() {
    let (house, _) = House::with_camera().await;
    let front = Front::of(&house);
    let file = "sku,ean,sold\nA,4006381333931,2026-11-30\nB,4006381333931,30/11/2026\n";
    let lines = "application/x-ndjson";
    let path = "/api/v1/gate?keep=all&columns=verdict,reason&sold_on=sold&supported_for=1200";
    let said = posted(&front, lines, path, file).await;
    assert_eq!((said.status, said.header(header::CONTENT_TYPE)), (StatusCode::OK, lines), "{}", said.text());
    assert_eq!(
        said.text(),
        "{\"sku\":\"A\",\"ean\":\"4006381333931\",\"sold\":\"2026-11-30\",\"verdict\":\"ask\",\"reason\":\"support-ends-early\"}\n\
         {\"sku\":\"B\",\"ean\":\"4006381333931\",\"sold\":\"30/11/2026\",\"verdict\":\"ask\",\"reason\":\"bad-sale-day\"}\n"
    );
    let said = posted(&front, "text/csv", "/api/v1/gate?keep=sold&columns=verdict", file).await;
    assert_eq!(said.text(), "sold,verdict\n2026-11-30,may-sell\n30/11/2026,may-sell\n");
    let said = posted(&front, lines, "/api/v1/gate", "[]").await;
    assert_eq!((said.status, said.text()), (StatusCode::OK, ""));
    for query in ["supported_for=0", "supported_for=x", "keep=no", "sold_on=no"] {
        let said = front.post(&format!("/api/v1/gate?{query}"), file).await;
        assert_eq!(said.status, StatusCode::BAD_REQUEST, "{query}: {}", said.text());
    }
}

#[tokio::test]
async fn the_summary_is_given_alone_or_behind_the_verdicts() {
    let (house, _) = House::with_camera().await;
    let front = Front::of(&house);
    let summary = document(&posted(&front, "application/json", "/api/v1/gate", CATALOGUE).await);
    assert_eq!((&summary["schema"], &summary["rows"]), (&"assay-gate-0".into(), &6.into()));
    assert_eq!((&summary["may_sell"], &summary["by_reason"]["labelled"]), (&1.into(), &1.into()));
    assert_eq!(summary["snapshot"]["log_size"], 4);

    let house = Served::new(house).await;
    let request = format!(
        "POST /api/v1/gate HTTP/1.1\r\nHost: x\r\nTE: trailers\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{CATALOGUE}",
        CATALOGUE.len()
    );
    let said = answer(house.says(&request).await).await;
    assert!(said.starts_with("HTTP/1.1 200") && said.contains("trailer: assay-summary\r\n"), "{said}");
    let trailer = said.split("\r\n").find_map(|line| line.strip_prefix("assay-summary: ")).unwrap();
    let mut trailer: serde_json::Value = serde_json::from_str(trailer).unwrap();
    trailer["seconds"] = summary["seconds"].clone();
    assert_eq!(trailer, summary);
}

#[tokio::test]
async fn what_is_wrong_before_the_first_verdict_has_a_status_and_its_mend() {
    let (house, _) = House::with_camera().await;
    let front = Front::of(&house);
    let long_cell = format!("sku,ean\n{},4006381333931\n", "x".repeat((1 << 20) + 1));
    for (body, status, id, mend) in [
        (&b""[..], StatusCode::BAD_REQUEST, "bad-catalogue", "is empty"),
        (b" \n \n", StatusCode::BAD_REQUEST, "bad-catalogue", "is empty"),
        (b"a,b\n1,2\n", StatusCode::BAD_REQUEST, "bad-catalogue", "?gtin=COLUMN"),
        (b"PK\x03\x04zip", StatusCode::UNSUPPORTED_MEDIA_TYPE, "packed", "unpack it"),
        (b"\x1f\x8b\x08\0", StatusCode::UNSUPPORTED_MEDIA_TYPE, "packed", "unpack it"),
        (b"\x28\xb5\x2f\xfd", StatusCode::UNSUPPORTED_MEDIA_TYPE, "packed", "unpack it"),
        (b"sku,ean\n\"open,4006381333931\n", StatusCode::BAD_REQUEST, "bad-catalogue", "never closed"),
        (b"[{\"ean\": \"4006381333931\"}", StatusCode::BAD_REQUEST, "bad-catalogue", "cut off"),
        (b"sku,ean\nA,\0\n", StatusCode::BAD_REQUEST, "bad-catalogue", "NUL"),
        (&[0; 5000], StatusCode::BAD_REQUEST, "bad-catalogue", "NUL"),
        (long_cell.as_bytes(), StatusCode::BAD_REQUEST, "bad-catalogue", "longer than 1 MiB"),
    ] {
        for accept in ["text/csv", "application/json"] {
            let said = posted(&front, accept, "/api/v1/gate", body.to_vec()).await;
            said.is_error(status, id);
            assert!(said.text().contains(mend) && !said.text().contains("--"), "{}", said.text());
        }
    }
    let said = front.post("/api/v1/gate?gtin=no", CATALOGUE).await;
    said.is_error(StatusCode::BAD_REQUEST, "bad-catalogue");
    assert!(said.text().contains("there is no column for gtin `no`: the columns are"), "{}", said.text());
    for (name, value, status, id) in [
        (header::CONTENT_ENCODING, "gzip", StatusCode::UNSUPPORTED_MEDIA_TYPE, "packed"),
        (header::CONTENT_LENGTH, "4294967297", StatusCode::PAYLOAD_TOO_LARGE, "too-large"),
        (header::ACCEPT, "application/pdf", StatusCode::NOT_ACCEPTABLE, "not-acceptable"),
        (header::ACCEPT, "\u{e4}", StatusCode::OK, ""),
    ] {
        let said = front
            .ask(Request::post("/api/v1/gate").header(name, value).body(CATALOGUE.into()).unwrap())
            .await;
        if status == StatusCode::OK { assert_eq!(said.status, status) } else { said.is_error(status, id) }
    }
    assert_eq!(house.is_sound().await, 4);
}

#[tokio::test]
async fn a_query_is_known_to_its_last_word() {
    let (house, _) = House::with_camera().await;
    let front = Front::of(&house);
    let long = "x".repeat(15_000);
    for (query, mend) in [
        ("scheme=eu-2019", "uk-2019-option-a"),
        ("scheme=", "uk-psti"),
        ("scheme=%ff%00", "the schemes are"),
        ("on=2026-02-30", "year-month-day"),
        ("on=", "year-month-day"),
        ("shceme=uk-psti", "the parameters are scheme, on"),
        ("=", "parameter"),
        ("scheme=uk-psti&scheme=uk-psti", "twice"),
        (&format!("scheme={long}"), "the schemes are"),
        (&format!("{long}=1"), "no parameter"),
        (&"a=1&".repeat(3_000), "no parameter"),
    ] {
        for (path, body) in [("/api/v1/gate", CATALOGUE), ("/api/v1/lookups", "1\n")] {
            let said = front.post(&format!("{path}?{query}"), body).await;
            said.is_error(StatusCode::BAD_REQUEST, "bad-request");
            assert!(
                said.bytes.len() < 1_000
                    && said.text().contains(mend.trim_start_matches("the parameters are ")),
                "{}",
                said.text()
            );
        }
        front
            .get(&format!("/api/v1/gate/{GTIN}?{query}"))
            .await
            .is_error(StatusCode::BAD_REQUEST, "bad-request");
    }
    for (query, mend) in [
        ("territory=wales", "great-britain, northern-ireland"),
        ("scope_check=yes", "on, off"),
        ("columns=sku,price", "line, sku, gtin14"),
        ("columns=", "line, sku, gtin14"),
        ("columns=sku,sku", "twice"),
        ("threads=8", "they are scheme, on"),
    ] {
        let said = front.post(&format!("/api/v1/gate?{query}"), CATALOGUE).await;
        said.is_error(StatusCode::BAD_REQUEST, "bad-request");
        assert!(said.text().contains(mend), "{}", said.text());
    }
}

#[tokio::test]
async fn other_methods_are_refused_as_the_api_refuses() {
    let (house, _) = House::with_camera().await;
    let front = Front::of(&house);
    for (method, path, allowed) in [
        (Method::GET, "/api/v1/gate", "POST"),
        (Method::PUT, "/api/v1/gate", "POST"),
        (Method::GET, "/api/v1/lookups", "POST"),
        (Method::DELETE, "/api/v1/lookups", "POST"),
        (Method::POST, "/api/v1/gate/4006381333931", "GET,HEAD"),
    ] {
        let said = front.ask(Request::builder().method(method).uri(path).body(Body::empty()).unwrap()).await;
        said.is_error(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed");
        assert_eq!(said.header(header::ALLOW), allowed, "{path}");
    }
}

#[tokio::test]
async fn as_many_catalogues_as_there_are_places_and_whoever_comes_then_is_told_when_to_come_again() {
    let (house, _) = House::with_camera().await;
    let front = Front::of(&house);
    let places = house.register.vitals().uploads.clone();
    let all = places.clone().acquire_many_owned(crate::vitals::UPLOADS as u32).await.unwrap();
    let said = front.post("/api/v1/gate", CATALOGUE).await;
    said.is_error(StatusCode::SERVICE_UNAVAILABLE, "busy");
    assert_eq!(said.header(header::RETRY_AFTER), "30");
    drop(all);
    for body in [CATALOGUE, ""] {
        for accept in ["text/csv", "application/json"] {
            drop(posted(&front, accept, "/api/v1/gate", body).await);
        }
    }
    // Every place is given back, whatever came of the catalogue.
    let back =
        tokio::time::timeout(Duration::from_secs(10), places.acquire_many(crate::vitals::UPLOADS as u32))
            .await;
    assert!(back.is_ok());
}

/// A register on a socket.
struct Served {
    house: House,
    address: std::net::SocketAddr,
}

impl Served {
    async fn new(house: House) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(crate::serve_until(listener, house.register.clone(), std::future::pending()));
        Self { house, address }
    }

    async fn says(&self, what: &str) -> TcpStream {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        socket.write_all(what.as_bytes()).await.unwrap();
        socket
    }
}

async fn answer(mut socket: TcpStream) -> String {
    let mut said = Vec::new();
    // A connection that is broken off may say so, or just end.
    let _ = socket.read_to_end(&mut said).await;
    String::from_utf8(said).unwrap()
}

const CHUNKED: &str =
    "POST /api/v1/gate HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";

/// Rows of a catalogue, of so many bytes at least, as one chunk.
fn chunk(bytes: usize) -> String {
    let row = "S1,4006381333931\n";
    let rows = row.repeat(bytes / row.len() + 1);
    format!("{:x}\r\n{rows}\r\n", rows.len())
}

/// Reads until so many bytes of verdicts have come.
async fn reads(socket: &mut TcpStream, bytes: usize) -> String {
    let mut said = Vec::new();
    let mut piece = vec![0; 1 << 16];
    while said.len() < bytes {
        let read = tokio::time::timeout(Duration::from_secs(30), socket.read(&mut piece)).await;
        let count = read.expect("verdicts come").unwrap();
        assert!(count > 0, "{}", String::from_utf8_lossy(&said));
        said.extend_from_slice(&piece[..count]);
    }
    String::from_utf8(said).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn verdicts_go_out_while_the_catalogue_comes_in() {
    let served = Served::new(House::with_camera().await.0).await;
    let mut socket = served.says(&format!("{CHUNKED}8\r\nsku,ean\n\r\n")).await;
    // So much is looked at before the columns are chosen, and a block more.
    socket.write_all(chunk((4 << 20) + (1 << 20)).as_bytes()).await.unwrap();
    let first = reads(&mut socket, 100_000).await;
    assert!(first.starts_with("HTTP/1.1 200") && first.contains("\n2,S1,04006381333931,may-sell,labelled,"));
    socket.write_all(format!("{}0\r\n\r\n", chunk(1)).as_bytes()).await.unwrap();
    let rest = answer(socket).await;
    assert!(rest.ends_with("\r\n0\r\n\r\n"), "it ended whole: {}", &rest[rest.len().saturating_sub(200)..]);
    let rows = ((5 << 20) / 17 + 1) + 1;
    assert!(rest.contains(&format!("\n{},S1,04006381333931,may-sell", rows + 1)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_amid_the_verdicts_breaks_the_answer_off() {
    let served = Served::new(House::with_camera().await.0).await;
    for fault in ["S1,\"open\n", "S1,\0\n"] {
        let mut socket = served.says(&format!("{CHUNKED}8\r\nsku,ean\n\r\n{}", chunk(5 << 20))).await;
        reads(&mut socket, 100_000).await;
        socket.write_all(format!("{:x}\r\n{fault}\r\n0\r\n\r\n", fault.len()).as_bytes()).await.unwrap();
        let rest = answer(socket).await;
        assert!(!rest.ends_with("\r\n0\r\n\r\n"), "nobody takes it for whole");
    }
    // A visitor who goes away in the middle leaves nothing behind.
    let mut socket = served.says(&format!("{CHUNKED}8\r\nsku,ean\n\r\n{}", chunk(5 << 20))).await;
    reads(&mut socket, 100_000).await;
    drop(socket);
    let places = served.house.register.vitals().uploads.clone();
    let all = places.acquire_many(crate::vitals::UPLOADS as u32);
    assert!(tokio::time::timeout(Duration::from_secs(20), all).await.is_ok(), "the places are given back");
    assert_eq!(served.house.is_sound().await, 4);
}

#[tokio::test]
async fn old_http_is_told_that_it_cannot_see_a_broken_answer() {
    let served = Served::new(House::with_camera().await.0).await;
    let ask = |accept: &str| {
        let length = CATALOGUE.len();
        format!(
            "POST /api/v1/gate HTTP/1.0\r\nAccept: {accept}\r\nContent-Length: {length}\r\n\r\n{CATALOGUE}"
        )
    };
    let said = answer(served.says(&ask("text/csv")).await).await;
    assert!(said.contains(" 505 ") && said.contains("old-http"), "{said}");
    let said = answer(served.says(&ask("application/json")).await).await;
    assert!(said.contains(" 200 ") && said.contains("assay-gate-0"), "{said}");
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_catalogue() {
    let (house, _) = House::with_camera().await;
    let pieces = [Ok(Bytes::from("sku,ean\nA,4006381333931\n")), Err(std::io::Error::other("gone"))];
    let said = Front::of(&house).post("/api/v1/gate", Body::from_stream(stream::iter(pieces))).await;
    said.is_error(StatusCode::BAD_REQUEST, "bad-request");
    let pieces = CATALOGUE.bytes().map(|byte| Ok::<_, Infallible>(Bytes::from(vec![byte])));
    let said = Front::of(&house).post("/api/v1/gate", Body::from_stream(stream::iter(pieces))).await;
    assert_eq!(said.text().lines().count(), 7, "pieces of one byte are as good");
}

#[tokio::test]
async fn one_number_is_answered_with_its_reason_in_words() {
    let (house, _) = House::with_camera().await;
    let front = Front::of(&house);
    for cell in [GTIN, "4006381333931", "4%20006381-333931"] {
        let said = document(&front.get(&format!("/api/v1/gate/{cell}")).await);
        assert_eq!((&said["schema"], &said["scheme"]), (&"assay-lookup-0".into(), &SCHEME.into()));
        assert_eq!((&said["gtin14"], &said["on"]), (&GTIN.into(), &"2026-11-22".into()));
        assert_eq!((&said["verdict"], &said["reason"]), (&"may-sell".into(), &"labelled".into()));
        assert_eq!((&said["updates_until"], &said["label"]), (&"2030-05-31".into(), &"tick".into()));
        assert!(said["explanation"].as_str().unwrap().starts_with("The product is entitled"));
        assert_eq!(said["snapshot"]["log_size"], 4);
    }
    for (path, verdict, reason) in [
        (format!("{GTIN}?on=2026-12-24"), "ask", "stale-snapshot"),
        (OTHER_GTIN.into(), "refuse", "not-registered"),
        (format!("{OTHER_GTIN}?scheme=uk-psti"), "ask", "not-registered"),
        ("4006381333932".into(), "ask", "bad-check-digit"),
        ("40x3".into(), "ask", "bad-gtin"),
        ("%00".into(), "ask", "bad-gtin"),
        ("4x".repeat(6_000), "ask", "bad-gtin"),
    ] {
        let said = document(&front.get(&format!("/api/v1/gate/{path}")).await);
        assert_eq!((&said["verdict"], &said["reason"]), (&verdict.into(), &reason.into()), "{path}");
    }
    front.get("/api/v1/gate/%ff").await.is_error(StatusCode::BAD_REQUEST, "bad-request");
    // What is asked is asked of the log as it is then.
    let product = house.register.handles().0.now().state.by_gtin(gtin(GTIN))[0].id;
    house.submit(withdrawn(2, &product, 1)).await.unwrap();
    let said = document(&front.get(&format!("/api/v1/gate/{GTIN}")).await);
    assert_eq!((&said["reason"], &said["snapshot"]["log_size"]), (&"withdrawn".into(), &5.into()));
}

#[tokio::test]
async fn a_batch_has_an_answer_for_each_number_in_their_order() {
    let (house, _) = House::with_camera().await;
    let front = Front::of(&house);
    let answers = serde_json::json!([
        [GTIN, "may-sell", "labelled", "2030-05-31", "tick"],
        [OTHER_GTIN, "refuse", "not-registered", null, null],
        [null, "ask", "no-gtin", null, null],
        [null, "ask", "bad-check-digit", null, null],
        [GTIN, "may-sell", "labelled", "2030-05-31", "tick"],
    ]);
    let array = r#" ["4006381333931","36000291452", "", "4006381333932","0400638133393\u0031" ] "#;
    for body in [
        "4006381333931\n36000291452\n\n4006381333932\n04006381333931",
        "4006381333931\r\n36000291452\r\n\r\n4006381333932\r\n04006381333931\r\n",
        array,
    ] {
        let said = document(&front.post("/api/v1/lookups", body).await);
        assert_eq!((&said["schema"], &said["answers"]), (&"assay-lookups-0".into(), &answers));
        assert_eq!(
            said["columns"],
            serde_json::json!(["gtin14", "verdict", "reason", "updates_until", "label"])
        );
        assert_eq!((&said["scheme"], &said["on"]), (&SCHEME.into(), &"2026-11-22".into()));
    }
    for nothing in ["", "[]", "\n[ ]\n"] {
        let said = document(&front.post("/api/v1/lookups?scheme=uk-psti", nothing).await);
        assert_eq!((&said["answers"], &said["scheme"]), (&serde_json::json!([]), &"uk-psti".into()));
    }
    let stale = document(&front.post("/api/v1/lookups?on=2026-12-24", GTIN).await);
    assert_eq!(stale["answers"][0][2], "stale-snapshot");
    // More days than are kept laid out.
    for day in 1..=28 {
        for month in [10, 11] {
            let said =
                document(&front.post(&format!("/api/v1/lookups?on=2026-{month}-{day:02}"), GTIN).await);
            assert_eq!(said["answers"][0][1], "may-sell");
        }
    }
}

#[tokio::test]
async fn a_batch_is_bounded_and_nothing_in_it_is_trusted() {
    let (house, _) = House::with_camera().await;
    let front = Front::of(&house);
    let most = document(&front.post("/api/v1/lookups", format!("{GTIN}\n").repeat(10_000)).await);
    assert_eq!(most["answers"].as_array().unwrap().len(), 10_000);
    let array = |count| serde_json::to_string(&vec![GTIN; count]).unwrap();
    assert_eq!(document(&front.post("/api/v1/lookups", array(10_000)).await)["answers"], most["answers"]);
    for body in [format!("{GTIN}\n").repeat(10_001), array(10_001), "x".repeat((1 << 20) + 1)] {
        front.post("/api/v1/lookups", body).await.is_error(StatusCode::PAYLOAD_TOO_LARGE, "too-large");
    }
    for body in ["[1]", "[\"1\"", "[\"1\"]]", "[{}]", "[\"\\ud800\"]", "[\"1\0\"]", "[[\"1\"]]"] {
        front.post("/api/v1/lookups", body).await.is_error(StatusCode::BAD_REQUEST, "bad-request");
    }
    front.post("/api/v1/lookups", &b"[\"\xff\"]"[..]).await.is_error(StatusCode::BAD_REQUEST, "bad-request");
    for (body, count) in
        [(vec![0; 1 << 20], 1), (vec![0xff; 1 << 20], 1), (vec![b'\n'; 10_000], 10_000), (b"{}".to_vec(), 1)]
    {
        let said = document(&front.post("/api/v1/lookups", body).await);
        assert_eq!(said["answers"].as_array().unwrap().len(), count);
    }
}
