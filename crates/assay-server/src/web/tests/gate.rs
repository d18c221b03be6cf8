//! A shop's catalogue through the form.

use super::*;

const CATALOGUE: &str = "sku,ean\nA-1,4006381333931\nA-2,36000291452\nA-3,\n=B4,4006381333932\n";

/// A form as a browser sends it; a file has a name.
fn form(fields: &[(&str, &str)], file: &[u8]) -> Request<Body> {
    form_to("/gate", fields, file)
}

fn form_to(path: &str, fields: &[(&str, &str)], file: &[u8]) -> Request<Body> {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(
            format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    body.extend(b"--XX\r\nContent-Disposition: form-data; name=\"catalogue\"; filename=\"c.csv\"\r\nContent-Type: text/csv\r\n\r\n");
    body.extend(file);
    body.extend(b"\r\n--XX--\r\n");
    Request::post(path)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=XX")
        .body(Body::from(body))
        .unwrap()
}

#[tokio::test]
async fn the_form_offers_every_scheme_and_says_that_nothing_is_kept() {
    let house = House::new().await;
    let said = Front::of(&house).get("/gate").await;
    said.shows(
        StatusCode::OK,
        &["uk-2019-option-a", "uk-psti", "looked at once and not kept", "formaction=\"/gate/verdicts.csv\""],
    );
}

#[tokio::test]
async fn the_summary_counts_every_row_and_explains_every_reason() {
    let (house, _) = House::with_camera().await;
    let said = Front::of(&house).ask(form(&[("scheme", SCHEME), ("on", "")], CATALOGUE.as_bytes())).await;
    said.shows(
        StatusCode::OK,
        &[
            "<h1>4 rows checked</h1>",
            "labelled: 1 row<",
            "not registered: 1 row<",
            "no gtin: 1 row<",
            "bad check digit: 1 row<",
            "No maker registered this GTIN",
            "22 November 2026",
        ],
    );
}

#[tokio::test]
async fn the_verdicts_come_as_a_file_with_one_row_for_each() {
    let (house, _) = House::with_camera().await;
    let front = Front::of(&house);
    let said = front.ask(form_to("/gate/verdicts.csv", &[("scheme", SCHEME)], CATALOGUE.as_bytes())).await;
    assert_eq!(said.status, StatusCode::OK);
    assert_eq!(said.header(header::CONTENT_DISPOSITION), "attachment; filename=\"verdicts.csv\"");
    let lines: Vec<&str> = said.text().lines().collect();
    assert_eq!(lines[0], "line,sku,gtin14,verdict,reason,updates_until,label");
    assert_eq!(lines[1], "2,A-1,04006381333931,may-sell,labelled,2030-05-31,tick");
    assert_eq!(lines[2], "3,A-2,00036000291452,refuse,not-registered,,");
    assert_eq!(lines.len(), 5);
}

#[tokio::test]
async fn a_long_catalogue_is_streamed_whole() {
    let (house, _) = House::with_camera().await;
    let mut long = String::from("sku;ean\n");
    for n in 0..40_000 {
        long.push_str(&format!("S{n};4006381333931\n"));
    }
    let front = Front::of(&house);
    let said = front.ask(form_to("/gate/verdicts.csv", &[("scheme", SCHEME)], long.as_bytes())).await;
    assert_eq!(said.text().lines().count(), 40_001);
    assert!(said.text().ends_with("40001,S39999,04006381333931,may-sell,labelled,2030-05-31,tick\n"));
}

#[tokio::test]
async fn the_day_and_the_columns_can_be_named() {
    let (house, _) = House::with_camera().await;
    let front = Front::of(&house);
    let catalogue = b"x,y,ean\n4006381333931,k,nothing\n";
    let fields = [("scheme", SCHEME), ("on", "2026-12-24"), ("gtin_column", "x"), ("sku_column", "y")];
    // Two days after the snapshot's last.
    front
        .ask(form(&fields, catalogue))
        .await
        .shows(StatusCode::OK, &["24 December 2026", "stale snapshot: 1 row<"]);
}

#[tokio::test]
async fn what_is_wrong_is_said_on_the_form() {
    let (house, _) = House::with_camera().await;
    let front = Front::of(&house);
    let good = [("scheme", SCHEME)];
    for (fields, file, why) in [
        (&good[..], &b""[..], "the one that was sent is empty"),
        (&[("scheme", "eu-2019")][..], CATALOGUE.as_bytes(), "Choose a scheme from the list"),
        (&[][..], CATALOGUE.as_bytes(), "Choose a scheme from the list"),
        (&[("scheme", SCHEME), ("on", "2026-02-30")][..], CATALOGUE.as_bytes(), "year-month-day"),
        (&good[..], &b"a,b\n1,2\n"[..], "No column with a GTIN was found among"),
        (&[("scheme", SCHEME), ("gtin_column", "<b>")][..], CATALOGUE.as_bytes(), "There is no column"),
        (&good[..], &b"PK\x03\x04zip"[..], "unpack it"),
        // A gigabyte of zeros is a megabyte of these.
        (&good[..], &b"\x1f\x8b\x08\0"[..], "unpack it"),
        (&good[..], &b"\x28\xb5\x2f\xfd"[..], "unpack it"),
        (&good[..], &b"sku,ean\n\"open,4006381333931\n"[..], "never closed"),
        (&good[..], &b"[{\"ean\": \"4006381333931\"}"[..], "cut off"),
        (&good[..], &[0; 5000][..], "NUL"),
    ] {
        for path in ["/gate", "/gate/verdicts.csv"] {
            let said = front.ask(form_to(path, fields, file)).await;
            said.shows(StatusCode::BAD_REQUEST, &["The catalogue was not checked", why, "<title>Problem: "]);
            assert!(!said.text().contains("<b>") && !said.text().contains("--gtin"));
        }
    }
}

#[tokio::test]
async fn what_no_browser_sends_is_refused_in_words() {
    let (house, _) = House::with_camera().await;
    let front = Front::of(&house);
    front.post("/gate", "x").await.shows(StatusCode::BAD_REQUEST, &["not sent by the form"]);
    let cut = Request::post("/gate")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=XX")
        .body(Body::from("--XX\r\nContent-Disposition: form-data; name=\"catalogue\"\r\n\r\nsku,ean\n"))
        .unwrap();
    front.ask(cut).await.shows(StatusCode::BAD_REQUEST, &["did not arrive whole"]);
    let long = "x".repeat(2000);
    front.ask(form(&[("scheme", &long)], b"x")).await.shows(StatusCode::BAD_REQUEST, &["too long"]);
}

#[tokio::test]
async fn a_catalogue_beyond_the_bound_is_refused_in_words() {
    let (house, _) = House::with_camera().await;
    let said = Front::of(&house).ask(form(&[("scheme", SCHEME)], &vec![b'x'; 65 << 20])).await;
    said.shows(StatusCode::BAD_REQUEST, &["larger than 64 MiB"]);
}
