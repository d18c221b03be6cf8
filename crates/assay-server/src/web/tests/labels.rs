//! Labels in every form from the register, the live picture that follows the log, and the list of a maker's labels.

use assay::statement::{Digest, LabelSuspended, MakerId, Statement};
use assay_label as label;
use axum::http::{Request, StatusCode, header};

use super::*;

/// The live picture of a product, as text.
async fn badge(front: &Front, product: &str, more: &str) -> Said {
    front.get(&format!("/p/{product}/badge.svg?scheme={SCHEME}{more}")).await
}

#[tokio::test]
async fn the_live_picture_follows_the_log_at_once_and_nobody_may_keep_it_for_long() {
    let (house, product) = House::with_camera().await;
    let (front, id) = (Front::of(&house), product.to_string());
    let keys = house.register.trust().register().to_vec();
    let first = badge(&front, &id, "").await;
    assert_eq!((first.status, first.header(header::CONTENT_TYPE)), (StatusCode::OK, "image/svg+xml"));
    // The bound that docs/label.md states.
    assert_eq!(first.header(header::CACHE_CONTROL), "public, max-age=300, must-revalidate");
    label::verify_svg(first.text(), &keys).unwrap();
    let tag = first.header(header::ETAG).to_owned();
    let again = |tag: String| {
        let request = Request::get(format!("/p/{id}/badge.svg?scheme={SCHEME}"));
        front.ask(request.header(header::IF_NONE_MATCH, tag).body(Body::empty()).unwrap())
    };
    let unchanged = again(tag.clone()).await;
    assert_eq!((unchanged.status, unchanged.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(unchanged.header(header::ETAG), tag);

    let suspended = LabelSuspended {
        product,
        scheme: SCHEME.into(),
        label: 3,
        document: Digest([7; 32]),
        on: day("2026-11-22"),
    };
    house.submit(Statement::LabelSuspended(suspended).sign(&key(102), ORIGIN).unwrap()).await.unwrap();
    let now = badge(&front, &id, "").await;
    assert_eq!(now.status, StatusCode::OK, "a page shows nothing of an error");
    assert!(now.text().contains("This label was suspended on 22 November 2026"), "{}", now.text());
    assert!(label::verify_svg(now.text(), &keys).is_err() && !now.text().contains("<metadata>"));

    house.submit(withdrawn(2, &product, 1)).await.unwrap();
    let gone = again(tag).await;
    assert_eq!(gone.status, StatusCode::OK, "what a cache held is told to be old");
    assert!(gone.text().contains("The maker took this label back on 22 November 2026"));
    let welsh = badge(&front, &id, "&lang=cy&form=wide&palette=dark").await;
    assert!(welsh.text().contains("Tynnodd y gwneuthurwr"), "{}", welsh.text());
    let png = front.get(&format!("/p/{id}/badge.png?scheme={SCHEME}&width=500")).await;
    assert!(png.status == StatusCode::OK && png.bytes.starts_with(b"\x89PNG"));

    front
        .get(&format!("/p/p0000000000000000/badge.svg?scheme={SCHEME}"))
        .await
        .is_error(StatusCode::NOT_FOUND, "not-found");
    house.is_sound().await;
}

#[tokio::test]
async fn the_live_picture_says_when_the_promise_is_over() {
    let (house, today) = House::with_calendar("2026-11-22").await;
    house.registers(2).await;
    let product = house.submit(declared(2, |_| {})).await.unwrap().product.unwrap().to_string();
    let front = Front::of(&house);
    let said = badge(&front, &product, "").await;
    assert!(said.text().contains("Security updates until at least May 2030"));
    *today.lock().unwrap() = day("2030-06-01");
    let said = badge(&front, &product, "").await;
    assert!(said.text().contains("Security updates ended May 2030"), "{}", said.text());
    // What was declared is still the label in force, and the picture still verifies.
    label::verify_svg(said.text(), house.register.trust().register()).unwrap();
    let print = front.get(&format!("/p/{product}/label.svg?scheme={SCHEME}")).await;
    assert!(
        print.text().contains("Security updates until at least May 2030"),
        "a print says what was declared"
    );
}

#[tokio::test]
async fn every_form_palette_language_and_format_is_given_and_what_makes_no_sense_is_explained() {
    let (house, product) = House::with_camera().await;
    let front = Front::of(&house);
    let keys = house.register.trust().register().to_vec();
    let ask = |what: &str| format!("/p/{product}/label.{what}");
    for form in label::Form::ALL {
        for (palette, lang) in [("colour", "en"), ("bw", "pl"), ("dark", "cy")] {
            let query = format!("?scheme={SCHEME}&form={}&palette={palette}&lang={lang}", form.word());
            let svg = front.get(&ask(&format!("svg{query}"))).await;
            label::verify_svg(svg.text(), &keys).unwrap();
            let pdf = front.get(&ask(&format!("pdf{query}&bleed=2"))).await;
            assert_eq!(pdf.header(header::CONTENT_TYPE), "application/pdf");
            label::verify_pdf(&pdf.bytes, &keys).unwrap();
        }
    }
    let words = front.get(&ask(&format!("txt?scheme={SCHEME}&lang=de"))).await;
    assert!(words.text().contains("Sicherheitsupdates mindestens bis Mai 2030."), "{}", words.text());
    for (query, why) in [
        ("form=round", "none of standard, compact"),
        ("palette=red", "none of colour, bw"),
        ("lang=xx", "none of en, cy"),
        ("form=compact&mm=19", "at least 20 mm"),
        ("mm=-3", "at least 45 mm"),
        ("mm=NaN", "at least 45 mm"),
        ("form=shelf&mm=1e9", "at most 1000 mm"),
    ] {
        let said = front.get(&ask(&format!("svg?scheme={SCHEME}&{query}"))).await;
        assert_eq!(said.status, StatusCode::BAD_REQUEST, "{query}: {}", said.text());
        assert!(said.text().contains(why), "{query}: {}", said.text());
    }
}

#[tokio::test]
async fn a_makers_labels_are_listed_one_for_each_number_and_none_that_is_not_in_force() {
    let house = House::new().await;
    house.registers(2).await;
    house.registers(3).await;
    let front = Front::of(&house);
    let maker = MakerId::of(&key(2).public());
    for n in 0..5 {
        let bytes = declared(2, |d| {
            d.product.model = format!("M-{n}");
            d.product.gtins = if n == 0 { vec![gtin(GTIN), gtin(OTHER_GTIN)] } else { Vec::new() };
        });
        house.submit(bytes).await.unwrap();
    }
    house
        .submit(declared(3, |d| (d.product.model, d.product.gtins) = ("X".into(), Vec::new())))
        .await
        .unwrap();
    let list = front.get(&format!("/api/v1/labels?scheme={SCHEME}&maker={maker}")).await.json();
    assert_eq!((list["labels"].as_array().unwrap().len(), list["all"].as_u64()), (6, Some(6)), "{list}");
    assert_eq!(list["next"], serde_json::Value::Null);
    for one in list["labels"].as_array().unwrap() {
        let link = one["link"].as_str().unwrap();
        assay::label::SignedLabel::read(link, house.register.trust().register()).unwrap();
    }
    let first = list["labels"][0]["product"].as_str().unwrap();
    let rest = front.get(&format!("/api/v1/labels?scheme={SCHEME}&maker={maker}&after={first}")).await.json();
    assert!(rest["labels"].as_array().unwrap().iter().all(|l| l["product"].as_str() > Some(first)));
    front
        .get(&format!("/api/v1/labels?scheme={SCHEME}&maker=x"))
        .await
        .is_error(StatusCode::BAD_REQUEST, "bad-request");
    front
        .get(&format!("/api/v1/labels?scheme={SCHEME}&maker={maker}&after=x"))
        .await
        .is_error(StatusCode::BAD_REQUEST, "bad-request");
}
