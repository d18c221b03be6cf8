//! What a shop needs of the fold: one record for each GTIN, for the snapshot.

use std::collections::BTreeSet;

use super::{Claims, State};
use crate::gate::likeness::fingerprints;
use crate::seller::NoticeKind;
use crate::snapshot::{Builder, Foreign, Notice, Record, SchemeState, State as RecordState};
use crate::statement::Notice as Served;

impl State {
    /// The rows of a snapshot: one for each GTIN, sorted.
    #[must_use]
    pub fn records(&self) -> Vec<Record> {
        self.claimed()
            .filter_map(|gtin| {
                let (product, state) = match self.claims(gtin) {
                    Claims::Nobody => return None,
                    Claims::Disputed(products) => (*products.first()?, RecordState::Disputed),
                    Claims::Held(product) if product.withdrawn.is_some() => (product, RecordState::Withdrawn),
                    Claims::Held(product) => (product, RecordState::Active),
                };
                let schemes = product.schemes.iter().map(|(id, standing)| {
                    // A label that is suspended is none until the suspension is lifted.
                    let label = standing.label.as_ref().filter(|_| !product.suspended.contains_key(id));
                    let variant = label.map(|(_, l)| l.variant);
                    let statement = standing.label.as_ref().map(|(at, _)| *at);
                    (id.clone(), SchemeState { verdict: standing.assessed.verdict, variant, statement })
                });
                // A compliance notice asks for steps and forbids no sale. The log knows no appeals.
                let notices = product.notices.values().filter_map(|notice| {
                    let kind = match notice {
                        Served::Compliance => return None,
                        Served::Stop => NoticeKind::Stop,
                        Served::Recall => NoticeKind::Recall,
                    };
                    Some(Notice { kind, suspended: false })
                });
                let notices: BTreeSet<Notice> = notices.collect();
                let labels = product.foreign_labels.iter().map(|(scheme, label)| Foreign {
                    scheme: scheme.clone(),
                    level: None,
                    standard: None,
                    until: label.until,
                });
                Some(Record {
                    gtin,
                    state,
                    shortened: product.shortened.is_some(),
                    updates_until: product.promised,
                    schemes: schemes.collect(),
                    document: None,
                    notices: notices.into_iter().collect(),
                    labels: labels.collect(),
                })
            })
            .collect()
    }

    /// What a snapshot holds: the records, and the fingerprints of the names by which shops may list a number: the maker's name,
    /// or the first part of its domain, with the product's model or its name.
    #[must_use]
    pub fn for_snapshot(&self) -> Builder {
        let mut builder = Builder::default();
        self.records().iter().for_each(|record| builder.add(record));
        for gtin in self.claimed() {
            let products = match self.claims(gtin) {
                Claims::Nobody => continue,
                Claims::Disputed(products) => products,
                Claims::Held(product) => vec![product],
            };
            for product in products {
                let Some(maker) = self.maker(&product.declaration.maker) else { continue };
                let (said, by) = (&product.declaration.product, &maker.registered);
                let brand = by.domain.split('.').next().unwrap_or_default();
                for (brand, model) in [&by.organisation[..], brand]
                    .into_iter()
                    .flat_map(|b| [(b, &said.model), (b, &said.name)])
                {
                    let prints = fingerprints(brand, model);
                    prints.into_iter().for_each(|print| builder.add_model(print, gtin));
                }
            }
        }
        builder
    }
}
