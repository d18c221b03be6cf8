//! The words of the pages for what the scheme has terms for, and the short line that stands for a product in a list.
//! Sentences here never say that a product is safe: they say what was promised, and who checked it.

use assay::assess::{Variant, Verdict};
use assay::date::{Date, in_words};
use assay::fold::{Product, State};
use assay::outcome::{Claim, Outcome, SeenBy};

/// A product in a list.
pub(super) struct Entry {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) model: String,
    pub(super) maker: String,
    pub(super) status: String,
}

impl Entry {
    pub(super) fn of(state: &State, product: &Product, today: Date) -> Self {
        Self {
            id: product.id.to_string(),
            name: product.declaration.product.name.clone(),
            model: product.declaration.product.model.clone(),
            maker: maker_name(state, product),
            status: status(product, today),
        }
    }
}

/// The organisation behind a product.
pub(super) fn maker_name(state: &State, product: &Product) -> String {
    let maker = state.maker(&product.declaration.maker);
    maker.map_or_else(|| product.declaration.maker.to_string(), |maker| maker.registered.organisation.clone())
}

/// Shield and date of a product in one line.
fn status(product: &Product, today: Date) -> String {
    if product.withdrawn.is_some() {
        return "Withdrawn by its maker".into();
    }
    let shown = product.schemes.iter().filter(|(id, _)| !product.suspended.contains_key(*id));
    let mut labels = shown.filter_map(|(_, standing)| standing.label.as_ref());
    let shield = match labels.next().map(|(_, label)| label.variant) {
        Some(Variant::Tick) => "Shield with a tick",
        Some(Variant::Cross) => "Shield with a cross",
        None => "No label",
    };
    let shown = if product.shortened.is_some() { ". An earlier day was shown since" } else { "" };
    format!("{shield}. {}{shown}", updates(product.promised, today))
}

/// What is promised about security updates.
pub(super) fn updates(until: Option<Date>, today: Date) -> String {
    match until {
        None => "No security updates promised".into(),
        Some(until) if until < today => format!("Security updates ended on {}", in_words(until)),
        Some(until) => format!("Security updates until at least {}", in_words(until)),
    }
}

/// The line under it.
pub(super) fn updates_meaning(until: Option<Date>, today: Date) -> &'static str {
    match until {
        None => "The maker has not promised to mend security faults in this product.",
        Some(until) if until < today => {
            "The time for which the maker promised to mend security faults is over."
        }
        Some(_) => {
            "Until that day at least, the maker promises to mend security faults in this product. The day can be moved later, never earlier."
        }
    }
}

pub(super) fn claim(claim: Option<Claim>) -> &'static str {
    match claim {
        Some(Claim::Yes) => "Yes",
        Some(Claim::No) => "No",
        Some(Claim::NotApplicable) => "Does not apply",
        None => "Nothing said",
    }
}

pub(super) fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Met => "Fulfilled, as far as was looked",
        Outcome::NotMet => "Not fulfilled",
        Outcome::NotApplicable => "Does not apply",
        Outcome::Inconclusive => "Looked at, not decided",
        Outcome::NotTested => "Not checked",
    }
}

/// Who looked. Where nobody did, nobody is named.
pub(super) fn seen_by(outcome: Outcome, seen_by: SeenBy) -> &'static str {
    match (outcome, seen_by) {
        (Outcome::NotTested, _) => "Nobody",
        (_, SeenBy::Maker) => "The maker",
        (_, SeenBy::Register) => "This register",
        (_, SeenBy::Lab) => "A laboratory",
        (_, SeenBy::Authority) => "The authority",
    }
}

pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Holds => {
            "The maker declares that every requirement is fulfilled, and nothing in the declaration contradicts it."
        }
        Verdict::DoesNotHold => "The maker declares that not every requirement is fulfilled.",
        Verdict::Refused => "The declaration was refused.",
        Verdict::Undecided => "Not decided: evidence that the scheme asks for is missing.",
    }
}
