//! The handbook through the front door: every page, every link, every wrong id.

use super::*;
use assay_checks::handbook;

/// The addresses of a page's own links.
fn hrefs(page: &str) -> Vec<String> {
    page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

#[tokio::test]
async fn every_id_has_a_page_and_every_link_leads_to_one() {
    let house = House::new().await;
    let front = Front::of(&house);
    let mut known = std::collections::BTreeSet::new();
    let mut linked = std::collections::BTreeSet::new();
    for page in handbook::pages() {
        let address = crate::web::rules::address(&page.id);
        let said = front.get(&address).await;
        assert_eq!(said.status, StatusCode::OK, "{address}");
        let text = said.text();
        assert_eq!(text.matches("<h1>").count(), 1, "{address}");
        assert!(!text.contains("<script") && !text.contains(" style="), "{address}");
        assert!(text.contains("<meta name=\"viewport\""), "{address}");
        linked.extend(hrefs(text).into_iter().filter(|h| h.starts_with("/rules/")));
        known.insert(address);
    }
    let lost: Vec<_> = linked.difference(&known).collect();
    assert!(lost.is_empty(), "links lead nowhere: {lost:?}");
}

#[tokio::test]
async fn the_index_leads_in_by_guideline_scheme_document_and_words() {
    let house = House::new().await;
    let front = Front::of(&house);
    for path in ["/rules", "/rules/"] {
        let said = front.get(path).await;
        said.shows(
            StatusCode::OK,
            &[
                "<h1>The rules</h1>",
                "href=\"/rules/cop-2018:13\"",
                "href=\"/rules/uk-psti\"",
                "href=\"/rules/en303645-v3.1.3\"",
                "Kinds of findings",
                "action=\"/rules\" method=\"get\"",
            ],
        );
        for href in hrefs(said.text()).into_iter().filter(|h| h.starts_with("/rules/")) {
            assert_eq!(front.get(&href).await.status, StatusCode::OK, "{href}");
        }
    }
    front.get("/").await.shows(StatusCode::OK, &["href=\"/rules\""]);
}

#[tokio::test]
async fn a_search_leads_to_a_page_or_lists_what_fits() {
    let house = House::new().await;
    let front = Front::of(&house);
    for (query, place) in [
        ("5.3-13", "/rules/en303645-v2.1.1:5.3-13"),
        ("6.1", "/rules/en303645-v2.1.1:6-1"),
        ("UK-PSTI", "/rules/uk-psti"),
        ("5.1-1-1%2Fa", "/rules/5.1-1-1/a"),
    ] {
        let said = front.get(&format!("/rules?q={query}")).await;
        assert_eq!((said.status, said.header(header::LOCATION)), (StatusCode::SEE_OTHER, place));
    }
    front
        .get("/rules?q=passwords+unique")
        .await
        .shows(StatusCode::OK, &["pages found for “passwords unique”", "/rules/ts103645-v1.1.1:4.1-1"]);
    front.get("/rules?q=toaster+marmalade").await.shows(StatusCode::OK, &["Nothing found for"]);
}

#[tokio::test]
async fn ids_are_found_however_they_are_written_in_an_address() {
    let house = House::new().await;
    let front = Front::of(&house);
    for path in ["/rules/5.1-1-1/a", "/rules/5.1-1-1%2Fa", "/rules/en303645-v2.1.1%3A5.1-1"] {
        assert_eq!(front.get(path).await.status, StatusCode::OK, "{path}");
    }
    for (path, place) in [
        ("/rules/5.1-1", "/rules/en303645-v2.1.1:5.1-1"),
        ("/rules/1-AuthMech", "/rules/AuthMech"),
        ("/rules/Uk-Psti", "/rules/uk-psti"),
    ] {
        let said = front.get(path).await;
        assert_eq!((said.status, said.header(header::LOCATION)), (StatusCode::SEE_OTHER, place), "{path}");
    }
}

#[tokio::test]
async fn a_wrong_id_is_answered_with_the_nearest() {
    let house = House::new().await;
    let front = Front::of(&house);
    front.get("/rules/uk-psty").await.shows(
        StatusCode::NOT_FOUND,
        &["<h1>Nothing here has this name</h1>", "href=\"/rules/uk-psti\"", "“uk-psty”"],
    );
    let said = front.get("/rules/%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E").await;
    assert_eq!(said.status, StatusCode::NOT_FOUND);
    assert!(!said.text().contains("<script"), "{}", said.text());
}

#[tokio::test]
async fn what_was_not_read_in_its_primary_text_says_so_on_its_page() {
    let house = House::new().await;
    let front = Front::of(&house);
    front.get("/rules/sg-cls-1").await.shows(
        StatusCode::OK,
        &["Not read in the primary text", "What nobody here could verify", "Who recognises it"],
    );
    assert!(!front.get("/rules/cop-2018:1").await.text().contains("Not read in the primary text"));
}

#[tokio::test]
async fn each_requirement_of_a_product_links_to_its_rule() {
    let (house, product) = House::with_camera().await;
    let front = Front::of(&house);
    let page = front.get(&format!("/p/{product}")).await;
    page.shows(StatusCode::OK, &["href=\"/rules/ts103645-v1.1.1:4.1-1\""]);
}
