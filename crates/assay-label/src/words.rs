//! The sentences of a label, in one place: what is drawn, and the same in words for people who cannot see it. The
//! sentence behind the shield and the scheme's title come from the scheme's file. No word here says that a product is
//! safe, and none may.

use assay::label::LabelFacts;

use assay::assess::Variant;
use assay::date;

/// Stands on every form of the label.
pub(crate) const DISCLAIMER: &str = "Independent label modelled on a 2019 UK proposal; not a government mark";

/// What the calendar says: a line that leads in and what stands out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Updates {
    pub(crate) lead: &'static str,
    /// Month and year; none where nothing is promised.
    pub(crate) month: Option<String>,
    /// The date still lay ahead when the label was issued.
    pub(crate) promised: bool,
}

pub(crate) fn updates(facts: &LabelFacts) -> Updates {
    match facts.updates_until() {
        None => Updates { lead: "No security updates promised", month: None, promised: false },
        Some(until) => {
            let promised = until >= facts.issued();
            let lead = if promised { "Security updates until at least" } else { "Security updates ended" };
            Updates { lead, month: Some(date::month_year(until)), promised }
        }
    }
}

/// The sentence behind the shield.
pub(crate) fn shield(facts: &LabelFacts) -> &'static str {
    match facts.variant() {
        Variant::Tick => &facts.rule().tick,
        Variant::Cross => &facts.rule().cross,
    }
}

/// What stands before the day of the declaration.
pub(crate) const DECLARED: &str = "As declared on";

pub(crate) fn day(facts: &LabelFacts) -> String {
    date::in_words(facts.issued())
}

/// The short name of the picture.
pub(crate) fn title(facts: &LabelFacts) -> String {
    let sign = facts.variant().word();
    let Updates { lead, month, .. } = updates(facts);
    let month = month.map(|m| format!(" {m}")).unwrap_or_default();
    let lead = lead.replacen(|c: char| c.is_ascii_uppercase(), &lead[..1].to_ascii_lowercase(), 1);
    format!("Product security label: shield with a {sign}, {lead}{month}")
}

/// All that the label means.
#[must_use]
pub fn alt_text(facts: &LabelFacts) -> String {
    let sign = facts.variant().word();
    let Updates { lead, month, .. } = updates(facts);
    let month = month.map(|m| format!(" {m}")).unwrap_or_default();
    format!(
        "Shield with a {sign}: {}. {lead}{month}. {DECLARED} {}. {}. Scheme: {}. {}. {DISCLAIMER}.",
        shield(facts),
        day(facts),
        facts.level().sentence(),
        facts.scheme().title,
        facts.subject(),
    )
}
