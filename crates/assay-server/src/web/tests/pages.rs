//! What people see: home, product, the address of a GTIN, labels.

use super::*;
use assay::declaration::{DeclaredContact, DeclaredSupport};
use assay::outcome::Claim;
use assay_label as label;

#[tokio::test]
async fn an_empty_register_says_so() {
    let house = House::new().await;
    let front = Front::of(&house);
    front.get("/").await.shows(StatusCode::OK, &["No product has been declared yet", "type=\"search\""]);
}

#[tokio::test]
async fn a_search_finds_by_name_model_maker_and_number() {
    let (house, product) = House::with_camera().await;
    let front = Front::of(&house);
    let link = format!("/p/{product}");
    front.get("/").await.shows(
        StatusCode::OK,
        &["Hearth Camera", &link, "Shield with a tick. Security updates until at least 31 May 2030"],
    );
    for query in ["hearth", "CAMERA+hearth", "hc-2", "maker+2", "++Hearth%20Camera+"] {
        front.get(&format!("/?q={query}")).await.shows(StatusCode::OK, &["1 product found", &link]);
    }
    front
        .get("/?q=toaster")
        .await
        .shows(StatusCode::OK, &["Nothing found for “toaster”", "says nothing about how secure"]);
    for query in ["4006381333931", "04006381333931", "4-006381-333931", OTHER_GTIN] {
        let said = front.get(&format!("/?q={query}")).await;
        assert_eq!(said.status, StatusCode::SEE_OTHER);
        assert!(said.header(header::LOCATION).starts_with("/01/0"), "{query}");
    }
}

#[tokio::test]
async fn a_product_page_says_date_sign_checks_and_history_in_words() {
    let (house, product) = House::with_camera().await;
    let front = Front::of(&house);
    let said = front.get(&format!("/p/{product}")).await;
    said.shows(
        StatusCode::OK,
        &[
            "<h1>Hearth Camera</h1>",
            "Maker 2 Ltd, model HC-2",
            "Security updates until at least 31 May 2030",
            "<strong>Tick:</strong> Unique passwords and a public contact for security reports",
            "Declared by the maker",
            "All passwords of the device are unique",
            "Fulfilled, as far as was looked",
            "Not checked",
            "Nobody",
            "never became law",
            "Label with a tick under uk-2019-option-a",
            "/api/v1/entries/3",
            "/api/v1/proofs/3",
            "alt=\"Shield with a tick: Unique passwords",
            "/01/04006381333931",
        ],
    );
    assert!(!said.text().contains("Warning:"));
    front.get(&format!("/01/{GTIN}")).await.shows(StatusCode::OK, &["<h1>Hearth Camera</h1>"]);
    // As a scanner or a person writes the same number.
    front.get("/01/4006381333931").await.shows(StatusCode::OK, &["<h1>Hearth Camera</h1>"]);
}

#[tokio::test]
async fn a_cross_and_a_missing_date_are_said_in_words() {
    let house = House::new().await;
    house.registers(2).await;
    let cross = declared(2, |d| {
        d.claims.insert("ts103645-v1.1.1:4.1-1".into(), Claim::No);
        d.claims.insert("ts103645-v1.1.1:4.3-4".into(), Claim::No);
        d.support = DeclaredSupport::default();
    });
    let product = house.submit(cross).await.unwrap().product.unwrap();
    Front::of(&house).get(&format!("/p/{product}")).await.shows(
        StatusCode::OK,
        &[
            "No security updates promised",
            "<strong>Cross:</strong> Does not declare unique passwords",
            "has not promised to mend",
        ],
    );
}

#[tokio::test]
async fn what_makers_write_is_escaped_and_only_web_addresses_become_links() {
    let house = House::new().await;
    house.registers(2).await;
    let hostile = declared(2, |d| {
        d.product.name = "<script>alert(1)</script>".into();
        d.product.model = "\" onload=\"x".into();
        d.product.category = Some("<img src=x>".into());
        d.support.published_at = Some("https://maker.example/?a='onload='x&b=1".into());
        d.support.reasons = Some("</main><iframe>".into());
        d.contact =
            DeclaredContact { policy: Some("https://maker.example/security".into()), security_txt: None };
    });
    for address in
        ["javascript:alert(1)", "data:text/html,x", "https://maker.example/\"><script>", "//maker.example/"]
    {
        let refused = declared(2, |d| d.contact.policy = Some(address.into()));
        assert!(house.submit(refused).await.is_err(), "{address}");
    }
    let product = house.submit(hostile).await.unwrap().product.unwrap();
    let front = Front::of(&house);
    for path in [format!("/p/{product}"), "/".into(), "/?q=script".into(), "/?q=%3Cscript%3E".into()] {
        let said = front.get(&path).await;
        assert_eq!(said.status, StatusCode::OK);
        let page = said.without_data();
        for raw in ["<script", "<img src=x", "<iframe", "\" onload=\"x", "href=\"javascript", "href=\"data"] {
            assert!(!page.contains(raw), "`{raw}` on {path}: {page}");
        }
    }
}

#[tokio::test]
async fn a_withdrawn_product_a_shortened_date_and_a_disputed_number_are_warned_of() {
    let (house, product) = House::with_camera().await;
    let front = Front::of(&house);
    house.submit(declared(2, |d| d.support.end = Some(day("2027-01-31")))).await.unwrap_err();
    front.get(&format!("/p/{product}")).await.shows(
        StatusCode::OK,
        &[
            "Warning:",
            "later showed an earlier day (31 January 2027)",
            "Security updates until at least 31 May 2030",
        ],
    );

    house.registers(3).await;
    let rival = house.submit(declared(3, |d| d.product.name = "Other Camera".into())).await.unwrap();
    let rival = rival.product.unwrap();
    front.get(&format!("/01/{GTIN}")).await.shows(
        StatusCode::OK,
        &[
            "More than one maker claims this number",
            &format!("/p/{product}"),
            &format!("/p/{rival}"),
            "being first is no title",
        ],
    );
    front
        .get(&format!("/p/{rival}"))
        .await
        .shows(StatusCode::OK, &["More than one maker says or said that the number"]);

    house.submit(withdrawn(2, &product, 1)).await.unwrap();
    let said = front.get(&format!("/p/{product}")).await;
    said.shows(
        StatusCode::OK,
        &["Withdrawn by its maker", "The maker withdrew its declaration", "carries no label"],
    );
    assert!(!said.text().contains("<img"));
    let picture = front.get(&format!("/p/{product}/label.svg?scheme={SCHEME}")).await;
    picture.is_error(StatusCode::GONE, "withdrawn");
    house.is_sound().await;
}

#[tokio::test]
async fn what_is_not_there_is_explained() {
    let (house, _) = House::with_camera().await;
    let front = Front::of(&house);
    front.get(&format!("/01/{OTHER_GTIN}")).await.shows(
        StatusCode::NOT_FOUND,
        &["This product is not registered here", OTHER_GTIN, "does not mean that it is unsafe"],
    );
    for (number, why) in [
        ("4006381333932", "check digit"),
        ("12", "14 digits"),
        ("40063813A3931", "position 9"),
        ("%20", "position 1"),
        ("2000000000008", "restricted circulation"),
    ] {
        let said = front.get(&format!("/01/{number}")).await;
        let status = if number.starts_with("2000") { StatusCode::NOT_FOUND } else { StatusCode::BAD_REQUEST };
        said.shows(status, &["not the number of a product", why]);
    }
    for path in ["/p/p000000000000", "/p/x", "/p/%00", "/p/p0000000000000000000"] {
        front.get(path).await.shows(StatusCode::NOT_FOUND, &["no such product in this register"]);
    }
    front.get("/nowhere").await.shows(StatusCode::NOT_FOUND, &["Page not found"]);
    front.post("/", "x").await.shows(StatusCode::METHOD_NOT_ALLOWED, &["cannot be used in this way"]);
}

#[tokio::test]
async fn a_scanned_label_is_told_to_be_genuine_superseded_or_not_ours() {
    let (house, product) = House::with_camera().await;
    let front = Front::of(&house);
    let path = |uri: &str| uri.strip_prefix(URL).unwrap().to_owned();
    let first = path(house.register.signed_label(&product, SCHEME, None).await.unwrap().uri());
    front
        .get(&first)
        .await
        .shows(StatusCode::OK, &["The label you scanned is genuine", "is the label in force"]);

    // One letter changed, copied to another number, and no label at all.
    let last = if first.ends_with('A') { "B" } else { "A" };
    let middle = first.len() - 40;
    let mut changed = first.clone();
    changed.replace_range(middle..=middle, if &first[middle..=middle] == "A" { "B" } else { last });
    front
        .get(&changed)
        .await
        .shows(StatusCode::OK, &["The label you scanned is not one of ours", "Hearth Camera"]);
    front.get(&first.replace(GTIN, OTHER_GTIN)).await.shows(StatusCode::NOT_FOUND, &["copied onto this one"]);
    for nonsense in ["a=", "a=%zz", "a=AAAA", "x=1&a=<script>", "a=a&a=b"] {
        let uri = format!("/01/{GTIN}?{}", nonsense.replace('<', "%3C").replace('>', "%3E"));
        front.get(&uri).await.shows(StatusCode::OK, &["not one of ours"]);
    }
    // What else stands in the query is not our business.
    let said = front.get(&format!("/01/{GTIN}?utm_source=poster&17=301231")).await;
    assert!(said.status == StatusCode::OK && !said.text().contains("you scanned"));

    // A newer declaration brings a newer label; a withdrawal ends it.
    house.submit(declared(2, |d| d.support.end = Some(day("2031-05-31")))).await.unwrap();
    front.get(&first).await.shows(StatusCode::OK, &["no longer in force", "newer declaration"]);
    let second = path(house.register.signed_label(&product, SCHEME, None).await.unwrap().uri());
    front.get(&second).await.shows(StatusCode::OK, &["is genuine"]);
    let in_force = house.register.state().product(&product).unwrap().declared_at;
    house.submit(withdrawn(2, &product, in_force)).await.unwrap();
    front.get(&second).await.shows(StatusCode::OK, &["no longer in force", "taken the declaration back"]);
}

#[tokio::test]
async fn a_product_without_a_number_has_a_label_too() {
    let house = House::new().await;
    house.registers(2).await;
    let product = house.submit(declared(2, |d| d.product.gtins.clear())).await.unwrap().product.unwrap();
    let front = Front::of(&house);
    let uri = house.register.signed_label(&product, SCHEME, None).await.unwrap();
    let path = uri.uri().strip_prefix(URL).unwrap();
    assert!(path.starts_with(&format!("/p/{product}?a=")), "{path}");
    front.get(path).await.shows(StatusCode::OK, &["is genuine", "None: the product is known by its number"]);
}

#[tokio::test]
async fn the_label_is_given_as_a_picture_that_verifies() {
    let (house, product) = House::with_camera().await;
    let front = Front::of(&house);
    let keys = house.register.trust().register().to_vec();
    let svg = front.get(&format!("/p/{product}/label.svg?scheme={SCHEME}")).await;
    assert_eq!((svg.status, svg.header(header::CONTENT_TYPE)), (StatusCode::OK, "image/svg+xml"));
    label::verify_svg(svg.text(), &keys).unwrap();
    let png = front.get(&format!("/p/{product}/label.png?scheme={SCHEME}&gtin={GTIN}&width=700")).await;
    assert_eq!((png.status, png.header(header::CONTENT_TYPE)), (StatusCode::OK, "image/png"));
    assert!(png.bytes.starts_with(b"\x89PNG"));

    for (query, status, id) in [
        ("label.svg?scheme=uk-psti".to_owned(), StatusCode::NOT_FOUND, "not-found"),
        (
            format!("label.svg?scheme={SCHEME}&gtin={OTHER_GTIN}"),
            StatusCode::UNPROCESSABLE_ENTITY,
            "no-such-label",
        ),
        (format!("label.svg?scheme={SCHEME}&gtin=1"), StatusCode::BAD_REQUEST, "bad-request"),
        (format!("label.png?scheme={SCHEME}&width=100000"), StatusCode::BAD_REQUEST, "bad-request"),
        (format!("label.png?scheme={SCHEME}&width=0"), StatusCode::BAD_REQUEST, "bad-request"),
    ] {
        front.get(&format!("/p/{product}/{query}")).await.is_error(status, id);
    }
    front
        .get(&format!("/p/p000000000000/label.svg?scheme={SCHEME}"))
        .await
        .is_error(StatusCode::NOT_FOUND, "not-found");
    assert_eq!(front.get(&format!("/p/{product}/label.svg")).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_keep_strangers_out() {
    let (house, product) = House::with_camera().await;
    let front = Front::of(&house);
    for path in [
        "/",
        "/nowhere",
        "/gate",
        "/log/",
        "/style.css",
        "/healthz",
        "/api/v1/entries/99",
        &format!("/p/{product}"),
    ] {
        let said = front.get(path).await;
        let policy = said.header(header::CONTENT_SECURITY_POLICY);
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'"),
            "{path}: {policy}"
        );
        assert_eq!(said.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{path}");
        assert_eq!(said.header(header::REFERRER_POLICY), "no-referrer", "{path}");
        assert!(!said.header(header::CACHE_CONTROL).is_empty(), "{path}");
    }
    let style = front.get("/style.css").await;
    assert!(
        style.header(header::CONTENT_TYPE).starts_with("text/css") && style.text().contains(":focus-visible")
    );
}
