//! Input that nobody means well with: it is answered, quickly and with a status, and the register stays as it was.

use super::*;

#[tokio::test]
async fn strange_addresses_and_queries_are_answered() {
    let (house, product) = House::with_camera().await;
    let front = Front::of(&house);
    let long = "x".repeat(20_000);
    let many = "a=1&".repeat(5_000);
    for path in [
        format!("/?q={long}"),
        "/?q=%ff%fe".into(),
        "/?q=%00".into(),
        "/?q=a&q=b".into(),
        "/?q".into(),
        format!("/?{many}"),
        format!("/01/{GTIN}?{many}"),
        format!("/01/{GTIN}?a={long}"),
        format!("/01/{long}"),
        format!("/01/{GTIN}/extra"),
        format!("/01/{GTIN}/10/{long}"),
        format!("/01/{GTIN}/{}", "10/".repeat(3_000)),
        format!("/01/{GTIN}?linkType={long}"),
        format!("/01/{GTIN}?linkType=%0d%0aLocation:%20https://evil.example"),
        format!("/01/{GTIN}?linkType=gs1:pip&x=%0d%0ay"),
        format!("/p/{product}/label.jsonld?scheme={long}"),
        format!("/p/{long}"),
        format!("/p/{product}?a={long}"),
        format!("/p/{product}?a=%"),
        format!("/p/{product}/label.svg?scheme={long}"),
        format!("/p/{product}/label.png?scheme={SCHEME}&width=-1"),
        format!("/p/{product}/label.png?scheme={SCHEME}&width=99999999999999999999"),
        format!("/api/v1/entries/{long}"),
        format!("/api/v1/products/{long}"),
        format!("/rules?q={long}"),
        format!("/rules?{many}"),
        format!("/rules/{long}"),
        "/rules/%00".into(),
        "/rules/%ff".into(),
        "/rules/..%2f..%2fetc/passwd".into(),
        "/rules/%3Cscript%3E".into(),
        format!("/rules/{}", "/".repeat(3_000)),
        format!("/log/{long}"),
        format!("/log/tile/{}", "x001/".repeat(3_000)),
        "/01/%F0%9F%92%A9".into(),
        "//".into(),
        "/..".into(),
    ] {
        let said = front.get(&path).await;
        let shown = &path[..path.len().min(60)];
        assert!(said.status.as_u16() < 500, "{shown}: {}", said.status);
        assert!(said.bytes.len() < 100_000, "{shown}: {} bytes", said.bytes.len());
    }
    assert_eq!(house.is_sound().await, 4);
}

#[tokio::test]
async fn every_byte_of_a_statement_matters() {
    let house = House::new().await;
    house.registers(2).await;
    let front = Front::of(&house);
    let good = declared(2, |_| {});
    for at in (0..good.len()).step_by(17) {
        let mut bad = good.clone();
        bad[at] ^= 0x10;
        let said = front.post("/api/v1/statements", bad).await;
        assert!(said.status.is_client_error(), "byte {at}: {} {}", said.status, said.text());
    }
    assert_eq!(house.is_sound().await, 1);
    assert_eq!(front.post("/api/v1/statements", good).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_register_that_cannot_store_says_so_without_telling_where_it_lies() {
    let (house, _) = House::with_camera().await;
    let front = Front::of(&house);
    house.register.log().refuse_inserts().await;
    let said = front.post("/api/v1/statements", registration(3)).await;
    said.is_error(StatusCode::SERVICE_UNAVAILABLE, "unavailable");
    assert!(
        !said.text().contains("assay.db") && said.text().contains("send the same statement again"),
        "{}",
        said.text()
    );
    house.register.log().accept_inserts().await;
    assert_eq!(front.post("/api/v1/statements", registration(3)).await.status, StatusCode::CREATED);
    house.is_sound().await;
}
