//! What a shop needs of the fold: one record for each GTIN, for the snapshot.

use super::{Claims, State};
use crate::snapshot::{Record, SchemeState, State as RecordState};

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
                    let statement = standing.label.as_ref().map_or(standing.assessed_at, |(at, _)| *at);
                    (id.clone(), SchemeState { verdict: standing.assessed.verdict, variant, statement })
                });
                Some(Record {
                    gtin,
                    product: product.id.to_string(),
                    state,
                    shortened: product.shortened.is_some(),
                    updates_until: product.promised,
                    schemes: schemes.collect(),
                })
            })
            .collect()
    }
}
