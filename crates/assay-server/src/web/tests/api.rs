//! What programs send and get: statements, entries, proofs, products.

use super::*;
use assay::statement::{Digest, LabelSuspended, Statement};
use assay::trust::{Logged, Trust};
use assay_log::Proof;

#[tokio::test]
async fn a_maker_registers_declares_and_is_answered_with_indexes() {
    let house = House::new().await;
    let front = Front::of(&house);
    let said = front.post("/api/v1/statements", registration(2)).await;
    assert_eq!((said.status, said.header(header::LOCATION)), (StatusCode::CREATED, "/api/v1/entries/0"));
    assert_eq!(said.json()["product"], serde_json::Value::Null);
    let said = front.post("/api/v1/statements", declared(2, |_| {})).await;
    assert_eq!(said.status, StatusCode::CREATED);
    let json = said.json();
    assert_eq!(json["index"], 1);
    assert_eq!(
        json["statements"],
        serde_json::json!([{"index": 2, "kind": "assessed"}, {"index": 3, "kind": "labelled"}])
    );
    let again = front.post("/api/v1/statements", declared(2, |_| {})).await;
    assert_eq!((again.status, again.json()["already"].as_bool()), (StatusCode::OK, Some(true)));
    assert_eq!(again.json()["product"], json["product"]);
    house.is_sound().await;
}

#[tokio::test]
async fn refusals_have_an_id_a_sentence_and_a_status() {
    let (house, _) = House::with_camera().await;
    let front = Front::of(&house);
    for (body, status, id) in [
        (b"nonsense".to_vec(), StatusCode::UNPROCESSABLE_ENTITY, "bad-form"),
        (Vec::new(), StatusCode::UNPROCESSABLE_ENTITY, "bad-form"),
        (declared(9, |_| {}), StatusCode::CONFLICT, "maker-unknown"),
        (declared(2, |d| d.support.end = None), StatusCode::CONFLICT, "shortened-support"),
        (declared(2, |d| d.support.end = Some(day("2027-01-01"))), StatusCode::CONFLICT, "shortened-support"),
        (declared(2, |d| d.on = day("2026-11-21")), StatusCode::CONFLICT, "outdated"),
        (declared(2, |d| d.product.model = "B".into()), StatusCode::CONFLICT, "gtin-in-use"),
    ] {
        front.post("/api/v1/statements", body).await.is_error(status, id);
    }
    front
        .post("/api/v1/statements", vec![0; 65_537])
        .await
        .is_error(StatusCode::PAYLOAD_TOO_LARGE, "too-large");
    front
        .post("/api/v1/statements", vec![0; 65_536])
        .await
        .is_error(StatusCode::UNPROCESSABLE_ENTITY, "bad-form");
    house.is_sound().await;
}

#[tokio::test]
async fn entries_and_proofs_verify_without_the_register() {
    let (house, _) = House::with_camera().await;
    let front = Front::of(&house);
    let trust = Trust::parse(front.get("/trust.txt").await.text()).unwrap();
    for index in 0..4 {
        let entry = front.get(&format!("/api/v1/entries/{index}")).await;
        assert_eq!((entry.status, entry.header(header::CONTENT_TYPE)), (StatusCode::OK, "application/cose"));
        let proof = front.get(&format!("/api/v1/proofs/{index}")).await;
        let proof = Proof::parse(proof.text()).unwrap();
        Logged::open(&entry.bytes, &proof, &trust).unwrap();
    }
    for index in ["4", "18446744073709551615"] {
        front.get(&format!("/api/v1/entries/{index}")).await.is_error(StatusCode::NOT_FOUND, "not-found");
        front.get(&format!("/api/v1/proofs/{index}")).await.is_error(StatusCode::NOT_FOUND, "not-found");
    }
    for index in ["01", "-1", "+1", "1.0", "x", "18446744073709551616", "%20", "1%00"] {
        front.get(&format!("/api/v1/entries/{index}")).await.is_error(StatusCode::BAD_REQUEST, "bad-request");
        front.get(&format!("/api/v1/proofs/{index}")).await.is_error(StatusCode::BAD_REQUEST, "bad-request");
    }
}

#[tokio::test]
async fn a_product_is_given_as_json() {
    let (house, product) = House::with_camera().await;
    let front = Front::of(&house);
    let json = front.get(&format!("/api/v1/products/{product}")).await.json();
    assert_eq!(json["schema"], "assay-product-0");
    assert_eq!(json["maker"]["organisation"], "Maker 2 Ltd");
    assert_eq!(json["updates_until"], "2030-05-31");
    assert_eq!(json["gtins"], serde_json::json!([GTIN]));
    let scheme = &json["schemes"][0];
    assert_eq!((&scheme["verdict"], &scheme["label"]["variant"]), (&"holds".into(), &"tick".into()));
    assert_eq!(scheme["requirements"].as_array().unwrap().len(), 3);
    assert_eq!(json["history"].as_array().unwrap().len(), 3);
    assert_eq!((&json["log"]["size"], &json["withdrawn"]), (&4.into(), &serde_json::Value::Null));
    front.get("/api/v1/products/p000000000000").await.is_error(StatusCode::NOT_FOUND, "not-found");
    front.get("/api/v1/nothing").await.is_error(StatusCode::NOT_FOUND, "not-found");
}

#[tokio::test]
async fn a_label_is_given_as_its_signed_link() {
    let (house, product) = House::with_camera().await;
    let front = Front::of(&house);
    let link = house.register.signed_label(&product, SCHEME, None).await.unwrap().uri().to_owned();
    for subject in [product.as_str(), GTIN, "4006381333931"] {
        let said = front.get(&format!("/api/v1/labels/{subject}?scheme={SCHEME}")).await;
        assert_eq!((said.status, said.text().trim_end()), (StatusCode::OK, link.as_str()), "{subject}");
    }
    for subject in [OTHER_GTIN, "p000000000000", "x", "%00"] {
        front
            .get(&format!("/api/v1/labels/{subject}?scheme={SCHEME}"))
            .await
            .is_error(StatusCode::NOT_FOUND, "not-found");
    }
    front
        .get(&format!("/api/v1/labels/{product}?scheme=uk-psti"))
        .await
        .is_error(StatusCode::NOT_FOUND, "not-found");
    house.registers(3).await;
    house.submit(declared(3, |_| {})).await.unwrap();
    let disputed = front.get(&format!("/api/v1/labels/{GTIN}?scheme={SCHEME}")).await;
    disputed.is_error(StatusCode::NOT_FOUND, "not-found");
    house.submit(withdrawn(2, &product, 1)).await.unwrap();
    front
        .get(&format!("/api/v1/labels/{product}?scheme={SCHEME}"))
        .await
        .is_error(StatusCode::GONE, "withdrawn");
}

#[tokio::test]
async fn a_suspended_label_is_drawn_nowhere_and_the_page_says_since_when() {
    let (house, product) = House::with_camera().await;
    let front = Front::of(&house);
    let suspended = LabelSuspended {
        product,
        scheme: SCHEME.into(),
        label: 3,
        document: Digest([7; 32]),
        on: day("2026-11-22"),
    };
    // The register's own key, of the houses' randomness.
    let by_register = Statement::LabelSuspended(suspended).sign(&key(102), ORIGIN).unwrap();
    let receipt = house.submit(by_register).await.unwrap();
    assert_eq!(receipt.index, 4);
    for picture in ["svg", "png"] {
        front
            .get(&format!("/p/{product}/label.{picture}?scheme={SCHEME}"))
            .await
            .is_error(StatusCode::CONFLICT, "label-suspended");
    }
    let page = front.get(&format!("/p/{product}")).await;
    page.shows(StatusCode::OK, &["is suspended (entry 4 of the log)"]);
    assert!(!page.text().contains("label.svg"), "{}", page.text());
    let schemes = front.get(&format!("/api/v1/products/{product}")).await.json()["schemes"].clone();
    assert_eq!(schemes[0]["label"], serde_json::Value::Null, "{schemes}");
    assert_eq!(house.is_sound().await, 5);
}
