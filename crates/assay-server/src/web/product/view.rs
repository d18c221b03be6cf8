//! What the page of a product shows, worked out from the fold and the rulebook: first the answer in words and the label,
//! then who says so, what was checked, and every statement from the log. Only the maker's own words and the log stand here;
//! all of it is escaped by the template, and only http and https addresses become links.

use askama::Template;
use assay::assess::Variant;
use assay::date::in_words;
use assay::fold::{Product, Standing};
use assay::rules::rulebook;
use assay::scheme;
use assay::statement::{AssessedRequirement, Fact};

use super::checked_label::CheckedLabel;
use super::data;
use crate::reader::Published;
use crate::reader::{ReadError, Reader};
use crate::web::{rules, words};
use assay_label::{Look, Sentences};

#[derive(Template)]
#[template(path = "product.html")]
pub(in crate::web) struct ProductPage {
    id: String,
    /// The same for programs. It has no `<`, so that it ends where the page says.
    linked_data: Option<String>,
    name: String,
    maker: String,
    domain: String,
    model: String,
    category: Option<String>,
    gtins: Vec<String>,
    scanned: Option<CheckedLabel>,
    warnings: Vec<String>,
    updates: String,
    updates_meaning: &'static str,
    labels: Vec<LabelView>,
    schemes: Vec<SchemeView>,
    declared_on: String,
    declared_at: u64,
    links: Vec<Link>,
    reasons: Option<String>,
    history: Vec<LineView>,
    log_size: u64,
}

/// One label: the picture and the same in words.
struct LabelView {
    tick: bool,
    sentence: String,
    title: String,
    level: &'static str,
    /// The picture's text; none where the picture cannot be given.
    alt: Option<String>,
    /// The query that names scheme and GTIN.
    query: String,
    /// One picture for each GTIN.
    pictures: Vec<(String, String)>,
    index: u64,
}

/// One scheme: what it is, what it came to, and every requirement.
struct SchemeView {
    title: String,
    summary: String,
    enacted: bool,
    verdict: &'static str,
    assessed_at: u64,
    assessed_on: String,
    requirements: Vec<RequirementView>,
}

struct RequirementView {
    says: String,
    source: String,
    /// The address of the page about it.
    rule: Option<String>,
    claim: &'static str,
    outcome: &'static str,
    who: &'static str,
}

/// Something the maker published, with an address if it is one a browser may follow.
struct Link {
    what: &'static str,
    text: String,
    href: Option<String>,
}

struct LineView {
    index: u64,
    on: String,
    says: String,
}

impl ProductPage {
    pub(in crate::web) async fn of(
        reader: &Reader,
        now: &Published,
        product: &Product,
        scanned: Option<CheckedLabel>,
    ) -> Self {
        let (declaration, today) = (&product.declaration, reader.today());
        let mut labels = Vec::new();
        if product.withdrawn.is_none() {
            let shown = product.schemes.iter().filter(|(id, _)| !product.suspended.contains_key(*id));
            for (id, standing) in shown {
                labels.extend(label(reader, product, id, standing).await);
            }
        }
        let (support, contact) = (&declaration.support, &declaration.contact);
        let links = [
            ("Where the support period is published", &support.published_at),
            ("How to report a security fault (policy)", &contact.policy),
            ("How to report a security fault (security.txt)", &contact.security_txt),
        ];
        Self {
            id: product.id.to_string(),
            linked_data: linked_data(reader, now, product).await,
            name: declaration.product.name.clone(),
            maker: words::maker_name(&now.state, product),
            domain: now
                .state
                .maker(&declaration.maker)
                .map(|m| m.registered.domain.clone())
                .unwrap_or_default(),
            model: declaration.product.model.clone(),
            category: declaration.product.category.clone(),
            gtins: declaration.product.gtins.iter().map(ToString::to_string).collect(),
            scanned,
            warnings: warnings(now, product),
            updates: if product.withdrawn.is_some() {
                "Withdrawn by its maker".into()
            } else {
                words::updates(product.promised, today)
            },
            updates_meaning: if product.withdrawn.is_some() {
                "The maker took its declaration back. Nothing on this page is promised any more."
            } else {
                words::updates_meaning(product.promised, today)
            },
            labels,
            schemes: product.schemes.iter().filter_map(|(id, standing)| scheme_view(id, standing)).collect(),
            declared_on: in_words(declaration.on),
            declared_at: product.declared_at,
            links: links
                .into_iter()
                .filter_map(|(what, text)| text.as_ref().map(|text| link(what, text)))
                .collect(),
            reasons: support.reasons.clone(),
            history: product
                .history
                .iter()
                .rev()
                .map(|l| LineView { index: l.index, on: in_words(l.on), says: l.says.clone() })
                .collect(),
            log_size: now.size,
        }
    }
}

/// The page is whole without it; the operator should know.
async fn linked_data(reader: &Reader, now: &Published, product: &Product) -> Option<String> {
    let text = data::of(reader, now, product, None, None).await;
    text.inspect_err(|error| tracing::warn!(%error, "a page has no linked data")).ok()
}

async fn label(reader: &Reader, product: &Product, id: &str, standing: &Standing) -> Option<LabelView> {
    let (index, labelled) = standing.label.as_ref()?;
    let rules = scheme::find(id)?;
    let words = rules.label.as_ref()?;
    let tick = labelled.variant == Variant::Tick;
    let picture = reader.signed_label(&product.id, id, None).await;
    let alt = match picture {
        Ok(label) => {
            let look = Look { house: reader.house, ..Look::default() };
            Some(Sentences::of(label.facts(), look).alt_text())
        }
        Err(error) => {
            log_missing(&error, id);
            None
        }
    };
    let query = |gtin: Option<String>| match gtin {
        Some(gtin) => format!("scheme={id}&gtin={gtin}"),
        None => format!("scheme={id}"),
    };
    let first = labelled.gtins.first().map(ToString::to_string);
    Some(LabelView {
        tick,
        sentence: if tick { words.tick.clone() } else { words.cross.clone() },
        title: rules.title.clone(),
        level: labelled.level.sentence(),
        alt,
        query: query(first),
        pictures: labelled.gtins.iter().map(|g| (g.to_string(), query(Some(g.to_string())))).collect(),
        index: *index,
    })
}

/// A page without its picture still says everything in words; the operator should know.
fn log_missing(error: &ReadError, scheme: &str) {
    tracing::warn!(%error, scheme, "a label cannot be drawn");
}

fn scheme_view(id: &str, standing: &Standing) -> Option<SchemeView> {
    let rules = scheme::find(id)?;
    Some(SchemeView {
        title: rules.title.clone(),
        summary: rules.summary.clone(),
        enacted: rules.enacted,
        verdict: words::verdict(standing.assessed.verdict),
        assessed_at: standing.assessed_at,
        assessed_on: in_words(standing.assessed.on),
        requirements: standing.assessed.requirements.iter().map(requirement).collect(),
    })
}

fn requirement(r: &AssessedRequirement) -> RequirementView {
    let provision = rulebook().provisions.get(&r.id);
    RequirementView {
        says: provision.map_or_else(|| r.id.clone(), |p| p.says.clone()),
        source: provision.map_or_else(String::new, |p| p.source.clone()),
        rule: provision.map(|p| rules::address(&p.id)),
        claim: words::claim(r.claim),
        outcome: words::outcome(r.outcome),
        who: words::seen_by(r.outcome, r.seen_by),
    }
}

/// What a buyer should know before anything else.
fn warnings(now: &Published, product: &Product) -> Vec<String> {
    let mut warnings = Vec::new();
    if product.withdrawn.is_some() {
        warnings
            .push("The maker took its declaration back. The product carries no label any more.".to_owned());
    }
    for (id, index) in &product.suspended {
        let title = scheme::find(id).map_or(id.as_str(), |scheme| &scheme.title);
        warnings.push(format!(
            "The label under {title} is suspended (entry {index} of the log): the product carries none until that is lifted."
        ));
    }
    if let Some(Fact::SupportShortened { promised, shown }) = &product.shortened {
        let shown = match shown {
            Some(shown) => format!("an earlier day ({})", in_words(*shown)),
            None => "no day at all".to_owned(),
        };
        warnings.push(format!(
            "The maker promised security updates until {} and later showed {shown}. The first promise stands here; ask the maker.",
            in_words(*promised)
        ));
    }
    for gtin in &product.declaration.product.gtins {
        if now.state.is_disputed(*gtin) {
            warnings.push(format!(
                "More than one maker says or said that the number {gtin} is theirs. Until that is decided, compare the maker's name and the model with the product."
            ));
        }
    }
    warnings
}

fn link(what: &'static str, text: &str) -> Link {
    let followed = text.starts_with("https://") || text.starts_with("http://");
    Link { what, text: text.to_owned(), href: followed.then(|| text.to_owned()) }
}

#[cfg(test)]
impl crate::web::page::Sampled for ProductPage {
    fn samples() -> Vec<Self> {
        let requirement = || RequirementView {
            says: "All passwords are unique.".into(),
            source: "ETSI TS 103 645, 4.1-1".into(),
            rule: Some("/rules/ts103645-v1.1.1:4.1-1".into()),
            claim: "Yes",
            outcome: "Fulfilled, as far as was looked",
            who: "The maker",
        };
        let label = |tick, alt: Option<&str>| LabelView {
            tick,
            sentence: "Unique passwords".into(),
            title: "Option A".into(),
            level: "Declared by the maker",
            alt: alt.map(str::to_owned),
            query: "scheme=uk-2019-option-a".into(),
            pictures: vec![
                ("04006381333931".into(), "scheme=a&gtin=04006381333931".into()),
                ("00036000291452".into(), "scheme=a&gtin=00036000291452".into()),
            ],
            index: 3,
        };
        let full = Self {
            id: "p0123456789abcdef".into(),
            linked_data: Some("{\"name\":\"\\u003c/script>\"}".into()),
            name: "Camera <script>".into(),
            maker: "Maker & Sons".into(),
            domain: "maker.example".into(),
            model: "HC-2".into(),
            category: Some("camera".into()),
            gtins: vec!["04006381333931".into()],
            scanned: Some(CheckedLabel { kind: "genuine", heading: "Genuine", says: "It is.".into() }),
            warnings: vec!["An earlier day was shown.".into()],
            updates: "Security updates until at least 31 May 2030".into(),
            updates_meaning: "The maker promises.",
            labels: vec![label(true, Some("A shield")), label(false, None)],
            schemes: vec![SchemeView {
                title: "Option A".into(),
                summary: "Labels.".into(),
                enacted: false,
                verdict: "Fulfilled.",
                assessed_at: 2,
                assessed_on: "22 November 2026".into(),
                requirements: vec![requirement()],
            }],
            declared_on: "22 November 2026".into(),
            declared_at: 1,
            links: vec![
                link("Policy", "https://maker.example/?a=1&b=2"),
                link("Other", "javascript:alert(1)"),
            ],
            reasons: Some("Long enough.".into()),
            history: vec![LineView { index: 1, on: "22 November 2026".into(), says: "Declared".into() }],
            log_size: 4,
        };
        let bare = Self {
            id: "p0123456789abcdef".into(),
            linked_data: None,
            name: "x".into(),
            maker: "x".into(),
            domain: String::new(),
            model: "x".into(),
            category: None,
            gtins: vec![],
            scanned: None,
            warnings: vec![],
            updates: "No security updates promised".into(),
            updates_meaning: "Nothing.",
            labels: vec![],
            schemes: vec![],
            declared_on: "22 November 2026".into(),
            declared_at: 0,
            links: vec![],
            reasons: None,
            history: vec![],
            log_size: 0,
        };
        vec![full, bare]
    }
}
