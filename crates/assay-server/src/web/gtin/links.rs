//! The links that this register knows of a number: to its own pages and files, and to the addresses that stand in the logged
//! declaration. A label is linked only where it could also be drawn: not for a withdrawn product, a suspended label or a
//! number that is disputed or was decided to be somebody else's.

use assay::fold::Product;
use assay::gtin::Gtin14;
use assay::text::is_https;
use serde_json::{Map, Value, json};

use super::asked::Wanted;
use crate::reader::{Published, ReadError, Reader};
use crate::web::product::data;

/// The namespace of GS1's link types.
pub(super) const VOCABULARY: &str = "https://ref.gs1.org/voc/";

/// A link to something about a product.
#[derive(Clone, Debug)]
pub(super) struct Link {
    /// A word of GS1's vocabulary.
    pub(super) relation: &'static str,
    pub(super) href: String,
    pub(super) title: String,
    /// What is there; unknown of other people's pages.
    pub(super) media: Option<&'static str>,
    pub(super) language: Option<&'static str>,
}

/// All links of one number.
#[derive(Clone, Debug)]
pub(super) struct Links {
    /// What they are links of: the number's own address, whatever qualifiers were asked for.
    pub(super) anchor: String,
    pub(super) links: Vec<Link>,
}

impl Links {
    pub(super) async fn of_product(
        reader: &Reader,
        now: &Published,
        product: &Product,
        gtin: Gtin14,
    ) -> Result<Self, ReadError> {
        let (base, id, declared) = (&reader.base, product.id, &product.declaration);
        let name = &declared.product.name;
        let state = if product.withdrawn.is_some() { " (withdrawn by its maker)" } else { "" };
        let page = Link {
            relation: "pip",
            href: format!("{base}/p/{id}"),
            title: format!("{name}: what its maker declared, and what was checked{state}"),
            media: Some("text/html"),
            language: Some("en"),
        };
        let file = |relation, path: String, title: String, media| Link {
            relation,
            href: format!("{base}{path}"),
            title,
            media: Some(media),
            language: None,
        };
        let mut links = vec![
            default(&page),
            page,
            file(
                "masterData",
                format!("/api/v1/products/{id}"),
                format!("{name} as JSON"),
                "application/json",
            ),
        ];
        for (index, what) in [(Some(product.declared_at), "declaration"), (product.withdrawn, "withdrawal")] {
            links.extend(index.into_iter().flat_map(|index| entry(&file, index, what)));
        }
        for label in data::labels_in_force(reader, now, product, Some(gtin), None).await? {
            let facts = label.facts();
            let (title, scheme) = (&facts.scheme().title, facts.scheme_id());
            let query = format!("scheme={scheme}&gtin={gtin}");
            let path = |kind: &str| format!("/p/{id}/label.{kind}?{query}");
            links.extend([
                file(
                    "certificationInfo",
                    path("jsonld"),
                    format!("Label as linked data ({title})"),
                    "application/ld+json",
                ),
                file("relatedImage", path("svg"), format!("Label for print ({title})"), "image/svg+xml"),
                file("relatedImage", path("png"), format!("Label for screens ({title})"), "image/png"),
            ]);
            links.extend(entry(&file, facts.statement(), "label"));
        }
        if product.withdrawn.is_none() {
            let support = [
                (&declared.contact.policy, "How to report a security fault (the maker's policy)"),
                (&declared.contact.security_txt, "How to report a security fault (security.txt)"),
                (&declared.support.published_at, "How long the maker promises security updates"),
            ];
            links.extend(support.into_iter().filter_map(|(address, title)| {
                let href = address.as_ref().filter(|address| is_https(address))?.clone();
                Some(Link { relation: "support", href, title: title.to_owned(), media: None, language: None })
            }));
        }
        Ok(Self { anchor: format!("{base}/01/{gtin}"), links })
    }

    /// Of a number that several makers claim: their products, and as the default the page that says so.
    pub(super) fn of_claimants(reader: &Reader, claimants: &[&Product], gtin: Gtin14) -> Self {
        let anchor = format!("{}/01/{gtin}", reader.base);
        let page = |href: String, title: String| Link {
            relation: "pip",
            href,
            title,
            media: Some("text/html"),
            language: Some("en"),
        };
        let dispute = page(anchor.clone(), format!("More than one maker claims the number {gtin}"));
        let claims = claimants.iter().map(|product| {
            let name = &product.declaration.product.name;
            page(format!("{}/p/{}", reader.base, product.id), format!("{name}: the number is disputed"))
        });
        let links = [default(&dispute), dispute].into_iter().chain(claims).collect();
        Self { anchor, links }
    }

    /// Those of one kind.
    pub(super) fn with(mut self, wanted: &Wanted) -> Self {
        self.links.retain(|link| link.relation == wanted.word());
        self
    }

    /// RFC 9264, 4.2. It has no member that GS1's schema knows and the RFC does not.
    pub(super) fn json(&self) -> Value {
        let mut context = Map::new();
        context.insert("anchor".into(), self.anchor.clone().into());
        for link in &self.links {
            let mut target = json!({"href": link.href, "title": link.title});
            if let Some(media) = link.media {
                target["type"] = media.into();
            }
            if let Some(language) = link.language {
                target["hreflang"] = json!([language]);
            }
            let relation =
                context.entry(format!("{VOCABULARY}{}", link.relation)).or_insert_with(|| json!([]));
            relation.as_array_mut().expect("only lists are put there").push(target);
        }
        json!({"linkset": [context]})
    }

    /// RFC 9264, 4.1: the form of a `Link` header, a line for each.
    pub(super) fn text(&self) -> String {
        let lines: Vec<String> = self.links.iter().map(|link| self.line(link)).collect();
        lines.join(",\n") + "\n"
    }

    fn line(&self, link: &Link) -> String {
        // The form has ASCII in quotes only (RFC 8288); other titles are told in JSON and by the page itself.
        let title: String = link.title.chars().map(|c| if quotable(c) { c } else { '?' }).collect();
        let mut line = format!(
            "<{}>; rel=\"{VOCABULARY}{}\"; anchor=\"{}\"; title=\"{title}\"",
            link.href, link.relation, self.anchor
        );
        for (name, value) in [("type", link.media), ("hreflang", link.language)] {
            if let Some(value) = value {
                line.push_str(&format!("; {name}=\"{value}\""));
            }
        }
        line
    }
}

fn quotable(c: char) -> bool {
    (c.is_ascii_graphic() || c == ' ') && c != '"' && c != '\\'
}

/// The same as the default: the standard wants it twice, once without anything that could be matched.
fn default(link: &Link) -> Link {
    Link { relation: "defaultLink", media: None, language: None, ..link.clone() }
}

/// A statement of the log and the proof that it is there.
fn entry(
    file: &impl Fn(&'static str, String, String, &'static str) -> Link,
    index: u64,
    what: &str,
) -> [Link; 2] {
    [
        file(
            "registryEntry",
            format!("/api/v1/entries/{index}"),
            format!("The {what}, as it was signed"),
            "application/cose",
        ),
        file(
            "registryEntry",
            format!("/api/v1/proofs/{index}"),
            format!("Proof that the {what} is in the log"),
            "text/plain",
        ),
    ]
}
