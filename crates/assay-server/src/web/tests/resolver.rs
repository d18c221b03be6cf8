//! What programs are told of a number: links in the forms of RFC 9264, redirects to one of them, and linked data. The rules
//! held here are those of the GS1-Conformant Resolver Standard and of GS1's schema for linksets, looked at by hand.

use super::*;
use assay::declaration::DeclaredContact;
use assay::statement::{Digest, LabelSuspended, ProductId, Statement};
use serde_json::Value;

const VOCABULARY: &str = "https://ref.gs1.org/voc/";

impl Front {
    async fn get_as(&self, path: &str, accept: &str) -> Said {
        self.ask(Request::get(path).header(header::ACCEPT, accept).body(Body::empty()).unwrap()).await
    }

    /// The links of a number.
    async fn links(&self, number: &str) -> Value {
        let said = self.get_as(&format!("/01/{number}"), "application/linkset+json").await;
        assert_eq!(
            (said.status, said.header(header::CONTENT_TYPE)),
            (StatusCode::OK, "application/linkset+json")
        );
        let linkset = said.json();
        is_conformant(&linkset);
        linkset["linkset"][0].clone()
    }
}

impl Said {
    /// It may be read by scripts of other sites, and says what it depends on.
    fn is_open(&self) {
        assert_eq!(self.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), "*");
        assert!(self.header(header::ACCESS_CONTROL_ALLOW_METHODS).contains("OPTIONS"));
        assert_eq!(self.header(header::VARY), "Accept");
    }

    fn leads_to(&self, address: &str) {
        let there = (self.status, self.header(header::LOCATION));
        assert_eq!(there, (StatusCode::TEMPORARY_REDIRECT, address), "{}", self.text());
        self.is_open();
    }
}

/// GS1's schema, and what its standard asks beyond it.
fn is_conformant(linkset: &Value) {
    assert_eq!(linkset.as_object().unwrap().len(), 1);
    let contexts = linkset["linkset"].as_array().unwrap();
    assert_eq!(contexts.len(), 1);
    let context = contexts[0].as_object().unwrap();
    assert!(context["anchor"].as_str().unwrap().starts_with("https://"));
    for (relation, targets) in context.iter().filter(|(key, _)| *key != "anchor") {
        assert!(
            relation.strip_prefix(VOCABULARY).unwrap().bytes().all(|b| b.is_ascii_alphabetic()),
            "{relation}"
        );
        for target in targets.as_array().unwrap() {
            assert!(target["href"].as_str().unwrap().starts_with("https://"));
            assert!(!target["title"].as_str().unwrap().is_empty());
            for (member, value) in target.as_object().unwrap() {
                let right = match member.as_str() {
                    "href" | "title" => true,
                    "type" => value.as_str().is_some_and(|t| t.split('/').count() == 2),
                    "hreflang" => value.as_array().is_some_and(|all| all.iter().all(|l| l == "en")),
                    _ => false,
                };
                assert!(right, "{member}: {value}");
            }
        }
    }
    // One default without anything to match by, which is also told under a name that describes it.
    let [default] = context[&format!("{VOCABULARY}defaultLink")].as_array().unwrap().as_slice() else {
        panic!("one default link")
    };
    assert_eq!(default.as_object().unwrap().len(), 2);
    let described = context[&format!("{VOCABULARY}pip")].as_array().unwrap();
    assert!(described.iter().any(|link| link["href"] == default["href"]));
}

/// The titles and addresses of one kind.
fn of_kind<'a>(links: &'a Value, kind: &str) -> Vec<&'a str> {
    let targets = links[format!("{VOCABULARY}{kind}")].as_array();
    targets.into_iter().flatten().map(|link| link["href"].as_str().unwrap()).collect()
}

async fn suspend(house: &House, product: ProductId) {
    let suspended = LabelSuspended {
        product,
        scheme: SCHEME.into(),
        label: 3,
        document: Digest([7; 32]),
        on: day("2026-11-22"),
    };
    // The register's own key, of the houses' randomness.
    house.submit(Statement::LabelSuspended(suspended).sign(&key(102), ORIGIN).unwrap()).await.unwrap();
}

#[tokio::test]
async fn people_get_the_page_and_programs_the_links() {
    let (house, product) = House::with_camera().await;
    let front = Front::of(&house);
    for accept in ["*/*", "text/html,application/xhtml+xml,*/*;q=0.8", "image/png"] {
        let said = front.get_as(&format!("/01/{GTIN}"), accept).await;
        said.shows(StatusCode::OK, &["<h1>Hearth Camera</h1>"]);
        said.is_open();
        let link = said.header(header::LINK);
        assert_eq!(
            link,
            format!(
                "<{URL}/01/{GTIN}?linkType=linkset>; rel=\"linkset\"; type=\"application/linkset+json\"; title=\"All links of this number\""
            )
        );
    }
    for (accept, media) in [
        ("application/linkset+json", "application/linkset+json"),
        ("application/json", "application/json"),
        ("application/linkset", "application/linkset"),
        ("application/ld+json", "application/ld+json"),
    ] {
        let said = front.get_as(&format!("/01/{GTIN}"), accept).await;
        assert_eq!((said.status, said.header(header::CONTENT_TYPE)), (StatusCode::OK, media), "{accept}");
        said.is_open();
        let head = Request::head(format!("/01/{GTIN}")).header(header::ACCEPT, accept);
        let head = front.ask(head.body(Body::empty()).unwrap()).await;
        assert_eq!((head.status, head.header(header::CONTENT_TYPE)), (StatusCode::OK, media));
        assert!(head.bytes.is_empty());
        if media.contains("json") && !media.contains("ld") {
            let links = said.headers.get_all(header::LINK).iter().map(|v| v.to_str().unwrap());
            let links: Vec<&str> = links.collect();
            assert!(links[0].contains("rel=\"http://www.w3.org/ns/json-ld#context\""), "{links:?}");
        }
    }
    for link_type in ["linkset", "all"] {
        let said = front.get(&format!("/01/{GTIN}?linkType={link_type}")).await;
        assert_eq!(said.header(header::CONTENT_TYPE), "application/linkset+json");
        is_conformant(&said.json());
    }
    let text = front.get_as(&format!("/01/{GTIN}"), "application/linkset").await;
    let line = format!(
        "<{URL}/p/{product}>; rel=\"{VOCABULARY}pip\"; anchor=\"{URL}/01/{GTIN}\"; title=\"Hearth Camera"
    );
    assert!(text.text().contains(&line), "{}", text.text());
    let preflight = Request::options(format!("/01/{GTIN}")).body(Body::empty()).unwrap();
    let said = front.ask(preflight).await;
    assert_eq!(said.status, StatusCode::NO_CONTENT);
    said.is_open();
}

#[tokio::test]
async fn every_link_of_ours_leads_to_what_it_says() {
    let house = House::new().await;
    house.registers(2).await;
    let policy = "https://maker.example/security#report";
    let contact = DeclaredContact { policy: Some(policy.into()), security_txt: None };
    let product = house.submit(declared(2, |d| d.contact = contact)).await.unwrap().product.unwrap();
    let front = Front::of(&house);
    let links = front.links(GTIN).await;
    assert_eq!(links["anchor"], format!("{URL}/01/{GTIN}"));
    let mut followed = 0;
    for target in links.as_object().unwrap().values().filter_map(Value::as_array).flatten() {
        let Some(path) = target["href"].as_str().unwrap().strip_prefix(URL) else { continue };
        let said = front.get(path).await;
        assert_eq!(said.status, StatusCode::OK, "{path}");
        let media = target["type"].as_str().unwrap_or("text/html");
        assert!(said.header(header::CONTENT_TYPE).starts_with(media), "{path}: {media}");
        followed += 1;
    }
    // Default, page, JSON, two statements with proofs, linked data and two pictures.
    assert_eq!(followed, 10);
    assert_eq!(of_kind(&links, "support"), [policy]);
    assert_eq!(of_kind(&links, "pip"), [format!("{URL}/p/{product}")]);
}

#[tokio::test]
async fn a_link_type_leads_to_its_link_with_the_rest_of_the_query() {
    let house = House::new().await;
    house.registers(2).await;
    let contact =
        DeclaredContact { policy: Some("https://maker.example/x?y=1#z".into()), security_txt: None };
    let product = house.submit(declared(2, |d| d.contact = contact)).await.unwrap().product.unwrap();
    let front = Front::of(&house);
    let ask = async |query: &str, accept: &str| front.get_as(&format!("/01/{GTIN}?{query}"), accept).await;
    let page = format!("{URL}/p/{product}");
    for link_type in
        ["gs1:pip", "gs1:defaultLink", "https://gs1.org/voc/pip", "https%3A%2F%2Fref.gs1.org%2Fvoc%2Fpip"]
    {
        for accept in ["*/*", "application/linkset+json", "application/json"] {
            ask(&format!("linkType={link_type}"), accept).await.leads_to(&page);
        }
    }
    ask("foo=bar&linkType=gs1:pip&17=301231&a=oOo", "*/*")
        .await
        .leads_to(&format!("{page}?foo=bar&17=301231"));
    ask("linkType=gs1:support&b=2", "*/*").await.leads_to("https://maker.example/x?y=1&b=2#z");
    let query = format!("?scheme={SCHEME}&gtin={GTIN}");
    ask("linkType=gs1:certificationInfo", "*/*").await.leads_to(&format!("{page}/label.jsonld{query}"));
    ask("linkType=gs1:relatedImage", "image/png").await.leads_to(&format!("{page}/label.png{query}"));
    ask("linkType=gs1:relatedImage&u=1", "image/svg+xml,*/*")
        .await
        .leads_to(&format!("{page}/label.svg{query}&u=1"));
    // Several, and nothing to choose by.
    let several = ask("linkType=gs1:relatedImage", "*/*").await;
    assert_eq!((several.status, several.header(header::LOCATION)), (StatusCode::MULTIPLE_CHOICES, ""));
    assert_eq!(of_kind(&several.json()["linkset"][0], "relatedImage").len(), 2);
    // None, and no such thing.
    ask("linkType=gs1:recipeInfo", "application/json").await.is_error(StatusCode::NOT_FOUND, "not-found");
    ask("linkType=gs1:recipeInfo", "text/html").await.shows(StatusCode::NOT_FOUND, &["no such link"]);
    ask("linkType=https://evil.example/", "application/json")
        .await
        .is_error(StatusCode::NOT_FOUND, "not-found");
    ask("linkType=", "application/json").await.is_error(StatusCode::NOT_FOUND, "not-found");
    for wrong in ["linkType=gs1:pip&linkType=all", "10=L1", "17=301331", "89=x", "99=", "01=04006381333931"] {
        let said = ask(wrong, "application/json").await;
        said.is_error(StatusCode::BAD_REQUEST, "bad-request");
        said.is_open();
        ask(wrong, "text/html").await.shows(StatusCode::OK, &["<h1>Hearth Camera</h1>"]);
    }
}

#[tokio::test]
async fn qualifiers_are_read_in_their_order_and_change_nothing() {
    let (house, _) = House::with_camera().await;
    let front = Front::of(&house);
    let links = front.links(GTIN).await;
    for path in [
        "4006381333931",
        "04006381333931/",
        "04006381333931/22/2A/10/L%2F1/21/S1",
        "4006381333931/10/L1/",
        "04006381333931/235/T",
    ] {
        front.get(&format!("/01/{path}")).await.shows(StatusCode::OK, &["<h1>Hearth Camera</h1>"]);
        assert_eq!(front.links(path).await, links, "{path}");
    }
    for path in [
        "04006381333931/foo",
        "04006381333931/foo/bar",
        "04006381333931/21/S1/10/L1",
        "04006381333931/10",
        "04006381333931/10/%00",
        "04006381333931/10/%ff",
        "04006381333931/17/301231",
        "04006381333931/01/04006381333931",
        "04006381333931/00/952012345678912345",
        "04006381333931/10/123456789012345678901",
        "4006381333932",
        "4006381333931x",
        "40063",
    ] {
        let said = front.get_as(&format!("/01/{path}"), "application/linkset+json").await;
        said.is_error(StatusCode::BAD_REQUEST, "bad-request");
        said.is_open();
        let page = front.get(&format!("/01/{path}")).await;
        page.shows(StatusCode::BAD_REQUEST, &["not the number of a product"]);
    }
}

#[tokio::test]
async fn what_nobody_registered_has_no_links() {
    let (house, _) = House::with_camera().await;
    let front = Front::of(&house);
    for path in [
        format!("/01/{OTHER_GTIN}"),
        format!("/01/{OTHER_GTIN}?linkType=linkset"),
        "/01/2000000000008".into(),
    ] {
        let said = front.get_as(&path, "application/linkset+json").await;
        said.is_error(StatusCode::NOT_FOUND, "not-found");
        said.is_open();
    }
    front
        .get(&format!("/01/{OTHER_GTIN}?linkType=gs1:pip"))
        .await
        .is_error(StatusCode::NOT_FOUND, "not-found");
}

#[tokio::test]
async fn nobody_is_told_of_a_label_that_holds_no_more() {
    let labelled =
        |links: &Value| of_kind(links, "certificationInfo").len() + of_kind(links, "relatedImage").len();
    let (house, product) = House::with_camera().await;
    let front = Front::of(&house);
    assert_eq!(labelled(&front.links(GTIN).await), 3);
    let link = house.register.signed_label(&product, SCHEME, None).await.unwrap();
    let scanned = link.uri().strip_prefix(URL).unwrap();
    suspend(&house, product).await;
    assert_eq!(labelled(&front.links(GTIN).await), 0);
    front.get(scanned).await.shows(StatusCode::OK, &["no longer in force", "it is suspended"]);
    let home = front.get("/").await;
    assert!(home.text().contains("No label. Security updates") && !home.text().contains("Shield with"));
    let data = front.get_as(&format!("/01/{GTIN}"), "application/ld+json").await.json();
    let certification = &data["hasCertification"][0];
    assert_eq!(certification["certificationStatus"], "https://schema.org/CertificationInactive");
    assert!(certification["name"].as_str().unwrap().starts_with("Suspended: no product security label"));

    house.registers(3).await;
    let rival = house.submit(declared(3, |_| {})).await.unwrap().product.unwrap();
    let links = front.links(GTIN).await;
    let pages = [format!("{URL}/01/{GTIN}"), format!("{URL}/p/{product}"), format!("{URL}/p/{rival}")];
    assert_eq!((labelled(&links), of_kind(&links, "defaultLink")), (0, vec![pages[0].as_str()]));
    let mut claimed = of_kind(&links, "pip");
    claimed.sort_unstable();
    let mut wanted: Vec<&str> = pages.iter().map(String::as_str).collect();
    wanted.sort_unstable();
    assert_eq!(claimed, wanted);
    let said = front.get(&format!("/01/{GTIN}?linkType=gs1:pip")).await;
    assert_eq!(said.status, StatusCode::MULTIPLE_CHOICES);
    let disputed = front.get(&format!("/p/{rival}/label.jsonld?scheme={SCHEME}")).await.json();
    assert_eq!((disputed.get("gtin"), disputed.get("hasCertification")), (None, None), "{disputed}");

    house
        .submit(withdrawn(3, &rival, house.register.state().product(&rival).unwrap().declared_at))
        .await
        .unwrap();
    let data = front.get(&format!("/p/{rival}/label.jsonld?scheme={SCHEME}")).await.json();
    assert_eq!(data["hasCertification"][0]["name"], "Withdrawn: no product security label");
    assert_eq!((data.get("gs1:certification"), data.get("additionalProperty")), (None, None));
    let page = front.get(&format!("/p/{rival}")).await;
    assert!(!page.text().contains("CertificationActive"));
    house.is_sound().await;
}

#[tokio::test]
async fn a_withdrawn_product_keeps_its_record_and_loses_its_label() {
    let (house, product) = House::with_camera().await;
    house.submit(withdrawn(2, &product, 1)).await.unwrap();
    let front = Front::of(&house);
    let links = front.links(GTIN).await;
    assert!(of_kind(&links, "certificationInfo").is_empty() && of_kind(&links, "relatedImage").is_empty());
    assert_eq!(of_kind(&links, "registryEntry").len(), 4, "declaration and withdrawal, each with its proof");
    let page = &links[format!("{VOCABULARY}pip")][0]["title"];
    assert!(page.as_str().unwrap().ends_with("(withdrawn by its maker)"), "{page}");
    let image = front.get(&format!("/01/{GTIN}?linkType=gs1:relatedImage")).await;
    assert_eq!(image.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_resolver_describes_itself() {
    let (house, _) = House::with_camera().await;
    let said = Front::of(&house).get("/.well-known/gs1resolver").await;
    assert_eq!((said.status, said.header(header::CONTENT_TYPE)), (StatusCode::OK, "application/json"));
    assert_eq!(said.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), "*");
    let json = said.json();
    assert_eq!(
        (&json["resolverRoot"], &json["supportedPrimaryKeys"]),
        (&URL.into(), &serde_json::json!(["01"]))
    );
    let namespace = &json["supportedLinkType"][0];
    assert_eq!((&namespace["namespace"], &namespace["prefix"]), (&VOCABULARY.into(), &"gs1:".into()));
}

#[tokio::test]
async fn linked_data_is_served_and_stands_in_the_page() {
    let house = House::new().await;
    house.registers(2).await;
    let name = format!("</script><script>alert(1)</script> 📷 {}", "x".repeat(60));
    let named = declared(2, |d| d.product.name = name.clone());
    let product = house.submit(named).await.unwrap().product.unwrap();
    let front = Front::of(&house);
    let said = front.get(&format!("/p/{product}/label.jsonld?scheme={SCHEME}")).await;
    assert_eq!((said.status, said.header(header::CONTENT_TYPE)), (StatusCode::OK, "application/ld+json"));
    assert_eq!(said.header(header::CACHE_CONTROL), "public, max-age=300");
    let data = said.json();
    assert_eq!((&data["name"], &data["gtin"]), (&name.into(), &GTIN.into()));
    assert_eq!(data["hasCertification"][0]["certificationStatus"], "https://schema.org/CertificationActive");
    assert_eq!(data["hasCertification"][0]["certificationIdentification"], format!("{URL}/api/v1/entries/3"));
    let page = front.get(&format!("/p/{product}")).await;
    let block = format!("<script type=\"application/ld+json\">{}</script>", said.text());
    page.shows(StatusCode::OK, &[&block]);
    assert_eq!(page.text().matches("<script").count(), 1);
    assert_eq!(page.text().matches("</script").count(), 1);
    for (query, status, id) in [
        ("scheme=uk-psti".into(), StatusCode::NOT_FOUND, "not-found"),
        (format!("gtin={OTHER_GTIN}"), StatusCode::NOT_FOUND, "not-found"),
        ("gtin=1".into(), StatusCode::BAD_REQUEST, "bad-request"),
    ] {
        front.get(&format!("/p/{product}/label.jsonld?{query}")).await.is_error(status, id);
    }
    front.get("/p/p000000000000/label.jsonld").await.is_error(StatusCode::NOT_FOUND, "not-found");
}
