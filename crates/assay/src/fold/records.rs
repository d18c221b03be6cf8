//! What a shop needs of the fold: one record for each GTIN, for the snapshot.

use super::State;
use crate::snapshot::{Record, SchemeState, State as RecordState};

impl State {
    /// The rows of a snapshot: one for each GTIN, sorted.
    #[must_use]
    pub fn records(&self) -> Vec<Record> {
        self.gtins
            .keys()
            .filter_map(|gtin| {
                let claimants = self.by_gtin(*gtin);
                let product = claimants.first()?;
                let state = match (claimants.len(), product.withdrawn) {
                    (2.., _) => RecordState::Disputed,
                    (_, Some(_)) => RecordState::Withdrawn,
                    (_, None) => RecordState::Active,
                };
                let schemes = product.schemes.iter().map(|(id, standing)| {
                    let variant = standing.label.as_ref().map(|(_, l)| l.variant);
                    let statement = standing.label.as_ref().map_or(standing.assessed_at, |(at, _)| *at);
                    (id.clone(), SchemeState { verdict: standing.assessed.verdict, variant, statement })
                });
                Some(Record {
                    gtin: *gtin,
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
