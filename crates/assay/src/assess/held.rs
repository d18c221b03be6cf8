//! Whether a label that a scheme's authority granted is current on a day, and this product's.

use jiff::civil::Date;
use serde::Serialize;

use super::Given;
use crate::case::Held;
use crate::designation;
use crate::scheme::{self, RecognisedLabel, Scheme};

/// How it stands with the label that only the scheme's authority grants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Currency {
    /// Whether the case names such a label.
    pub named: bool,
    /// Whether one of them is current on the day and this product's.
    pub current: bool,
    /// Its last day, where one is current.
    pub expires: Option<Date>,
    /// In a sentence, with the place in `product.toml` where there is one.
    pub why: String,
}

/// How it stands with the scheme's own label.
#[must_use]
pub fn currency(scheme: &Scheme, given: &Given<'_>) -> Currency {
    let any = RecognisedLabel { scheme: scheme.id.clone(), levels: Vec::new(), standard: None };
    let currency = find_under(Some(scheme), &any, given);
    match &scheme.holding {
        // A label that fails is held against the rule by which it is granted, and the rule is named with it.
        Some(holding) if currency.named && !currency.current => {
            Currency { why: format!("{} ({})", currency.why, holding.source), ..currency }
        }
        _ => currency,
    }
}

/// Whether the product holds a label that counts, on the day.
#[must_use]
pub fn current(wanted: &RecognisedLabel, given: &Given<'_>) -> bool {
    find(wanted, given).current
}

/// How it stands with a label that counts: the first of the case's that fits decides, else the first that does not says why.
pub(super) fn find(wanted: &RecognisedLabel, given: &Given<'_>) -> Currency {
    find_under(scheme::find(&wanted.scheme), wanted, given)
}

/// The same under the wanted scheme's own rules on holding, which may stand in a file of the operator's.
fn find_under(scheme: Option<&Scheme>, wanted: &RecognisedLabel, given: &Given<'_>) -> Currency {
    let mut faults = Vec::new();
    for held in given.labels.iter().filter(|h| h.scheme == wanted.scheme) {
        match fault(scheme, wanted, held, given) {
            None => {
                let why = format!("the label of {} is current until {}", held.scheme, held.expires);
                return Currency { named: true, current: true, expires: Some(held.expires), why };
            }
            Some(why) => faults.push(format!("{why} (product.toml:{}:{})", held.at.line, held.at.column)),
        }
    }
    let named = !faults.is_empty();
    let why = if named {
        faults.join("; ")
    } else {
        format!("the case names no label of {}: add a [[label]] if the product holds one", wanted.scheme)
    };
    Currency { named, current: false, expires: None, why }
}

/// Why a label does not count on the day; the last day still counts.
fn fault(
    scheme: Option<&Scheme>,
    wanted: &RecognisedLabel,
    held: &Held,
    given: &Given<'_>,
) -> Option<String> {
    let same = |a: &str, b: &str| a.trim().eq_ignore_ascii_case(b.trim());
    let named = |a: &str| given.named.is_empty() || given.named.iter().any(|n| same(n, a));
    if held.expires < given.on {
        return Some(format!("the label of {} expired on {}", held.scheme, held.expires));
    }
    if held.granted.is_some_and(|g| g > given.on) {
        return Some(format!("the label of {} is granted only from a later day", held.scheme));
    }
    if !named(&held.product) {
        return Some(format!("the label of {} is for `{}`, another product", held.scheme, held.product));
    }
    if let Some(holding) = scheme.and_then(|s| s.holding.as_ref()) {
        let grade = held.level.as_ref().filter(|_| !holding.levels.is_empty());
        if let Some(level) = grade.filter(|level| !holding.levels.iter().any(|l| same(l, level))) {
            return Some(format!(
                "{} has no level {level}; it has {}",
                held.scheme,
                holding.levels.join(", ")
            ));
        }
        if holding.while_supported && given.until.is_some_and(|until| until < given.on) {
            return Some(format!(
                "the label of {} is current only while security updates are given",
                held.scheme
            ));
        }
        // A label cannot be current for longer than its scheme grants it, whatever is written of its end. The months begin
        // with the day of the grant, so that the day before the anniversary is the last one; no text that was read counts
        // the anniversary too, and this is the reading that promises less.
        let last = holding
            .months
            .zip(held.granted)
            .and_then(|(months, granted)| crate::date::last_day_of(granted, i64::from(months)));
        if let Some(last) = last.filter(|last| *last < given.on) {
            return Some(format!(
                "the label of {} could be current until {last} at most: it is granted for {} months",
                held.scheme,
                holding.months.unwrap_or_default()
            ));
        }
    }
    if !wanted.levels.is_empty() {
        let Some(level) = &held.level else {
            return Some(format!(
                "the label of {} names no level; {} counts",
                held.scheme,
                wanted.levels.join(", ")
            ));
        };
        if !wanted.levels.iter().any(|l| same(l, level)) {
            let counts = wanted.levels.join(", ");
            return Some(format!("the label of {} is of level {level}; {counts} counts", held.scheme));
        }
    }
    let standard = wanted.standard.as_ref()?;
    match &held.standard {
        None => Some(format!("the label of {} names no standard; it must be {standard}", held.scheme)),
        Some(s) if !designation::same(s, standard) => {
            Some(format!("the label of {} was granted against {s}; it must be {standard}", held.scheme))
        }
        Some(_) => None,
    }
}
