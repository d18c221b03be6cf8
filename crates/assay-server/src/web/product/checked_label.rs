//! The label that led a visitor here: a QR code carries it in the address as `?a=…`. The page says whether this register
//! signed it for this product, and whether it is still the label in force.

use assay::assess::Variant;
use assay::date::in_words;
use assay::fold::Product;
use assay::label::{LabelError, LabelFacts, SignedLabel, Subject};
use assay::statement::ProductId;

use crate::reader::Published;
use crate::reader::Reader;

/// What the page says of the label in the address.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::web) struct CheckedLabel {
    /// `genuine`, `superseded` or `refused`: the style of the box.
    pub(in crate::web) kind: &'static str,
    pub(in crate::web) heading: &'static str,
    pub(in crate::web) says: String,
}

impl CheckedLabel {
    /// Looks at the query of the page with this path; none where it has no label.
    pub(in crate::web) fn of_query(
        reader: &Reader,
        now: &Published,
        path: &str,
        query: Option<&str>,
    ) -> Option<Self> {
        let payload = query?.split('&').find_map(|pair| pair.strip_prefix("a="))?;
        // The rest of the query says nothing about the label, and whichever host the visitor used, the link is ours.
        let link = format!("{}/{path}?a={payload}", reader.base);
        Some(match SignedLabel::read(&link, reader.trust.register()) {
            Ok(label) => Self::of_genuine(now, label.facts()),
            Err(error) => Self::refused(&error),
        })
    }

    fn of_genuine(now: &Published, facts: &LabelFacts) -> Self {
        let index = facts.statement();
        if let Subject::Gtin(gtin) = facts.subject() {
            if now.state.is_disputed(*gtin) {
                return Self::superseded("This register signed this label, but several makers claim its number: until that is decided no label counts for it.".into());
            }
            if now.state.decision(*gtin).is_some() && subjects(now, facts).iter().all(|p| !holds(p, index)) {
                return Self::superseded("This register signed this label, but its number was decided not to be its maker's: the label does not count.".into());
            }
        }
        let shown = |product: &&Product| holds(product, index);
        let Some(product) = subjects(now, facts).into_iter().find(shown) else {
            return Self::superseded(
                "This register signed this label, but no product carries it under this number now.".into(),
            );
        };
        if product.withdrawn.is_some() {
            return Self::superseded(
                "This register signed this label, but the maker has taken the declaration back since.".into(),
            );
        }
        if product.suspended.contains_key(facts.scheme_id()) {
            return Self::superseded(
                "This register signed this label, but it is suspended: the product may not carry it until that is lifted.".into(),
            );
        }
        let current = product.schemes.get(facts.scheme_id()).and_then(|standing| standing.label.as_ref());
        let sign = if facts.variant() == Variant::Tick { "a tick" } else { "a cross" };
        let issued = in_words(facts.issued());
        match current {
            Some((at, _)) if *at == index => Self {
                kind: "genuine",
                heading: "The label you scanned is genuine",
                says: format!(
                    "This register signed it for this product on {issued}. It shows {sign} and is the label in force."
                ),
            },
            Some(_) => Self::superseded(format!(
                "This register signed this label on {issued}; it shows {sign}. The maker has made a newer declaration since: what this page says holds now."
            )),
            None => Self::superseded(format!(
                "This register signed this label on {issued}; it shows {sign}. By the newer declaration the product carries no such label any more: what this page says holds now."
            )),
        }
    }

    fn superseded(says: String) -> Self {
        Self { kind: "superseded", heading: "The label you scanned is no longer in force", says }
    }

    fn refused(error: &LabelError) -> Self {
        let says = match error {
            LabelError::OtherProduct { payload, .. } => {
                format!("It was issued for another product ({payload}) and copied onto this one. Do not rely on it; tell the shop.")
            }
            LabelError::UnknownKey(_) | LabelError::BadSignature => {
                "This register did not sign it: it was made by somebody else or changed afterwards. Do not rely on it; tell the shop.".into()
            }
            _ => "The code is damaged, was read wrongly, or was never one of ours. Try to scan it again; if it stays like this, do not rely on the label.".into(),
        };
        Self { kind: "refused", heading: "The label you scanned is not one of ours", says }
    }
}

/// Whether a product's label stands at an index of the log.
fn holds(product: &Product, index: u64) -> bool {
    product.history.iter().any(|line| line.index == index && line.kind == "labelled")
}

/// The products a label can be about.
fn subjects<'a>(now: &'a Published, facts: &LabelFacts) -> Vec<&'a Product> {
    match facts.subject() {
        Subject::Gtin(gtin) => now.state.by_gtin(*gtin),
        Subject::Product(id) => {
            ProductId::parse(id).and_then(|id| now.state.product(&id)).into_iter().collect()
        }
    }
}
