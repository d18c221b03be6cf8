//! Labels of other schemes: what a scheme recognises, and whether one label counts on one day. Recognition is directed,
//! dated and pinned to a standard; a label counts to its last day included, only for the product it was granted for, and, where
//! its scheme keeps it current only while security updates are given, no longer than those.

use jiff::civil::Date;

use crate::designation;
use crate::scheme::{self, RecognisedLabel, Scheme, Way};

/// A label of another scheme, as somebody read it off the product or its authority's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignLabel {
    /// The scheme that granted it, as an id.
    pub scheme: String,
    /// Its level, as that scheme writes it; empty where it was not seen.
    pub level: String,
    /// The standard it was granted against, where that was seen.
    pub standard: Option<String>,
    /// Its last day, where that was seen.
    pub expires: Option<Date>,
    /// Whether it was granted for this very product.
    pub matches_product: bool,
}

/// A label that a scheme takes for all it asks, with the first and the last day of the recognition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// The label.
    pub label: RecognisedLabel,
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub until: Option<Date>,
}

/// How a label stands before a scheme on a day, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It counts.
    Valid,
    /// It could count, but its level, its standard or its last day was not seen.
    Unproven,
    /// Its last day has passed, or that of the security updates on which it depends.
    Expired,
    /// It was granted for another product, or against another standard.
    Mismatched,
    /// The scheme takes nothing of the kind on that day.
    NotRecognised,
}

/// What a scheme recognises in place of all the maker's own compliance, and of the statement where it wants one: labels that
/// are a way to meet every requirement asked on the day and that stand in for the statement, with the days common to all.
#[must_use]
pub fn recognised(scheme: &Scheme, on: Date) -> Vec<Recognised> {
    let mut asked = scheme.asked_on(on);
    let Some(first) = asked.next() else { return Vec::new() };
    let mut found: Vec<Recognised> = first.ways.iter().filter_map(Recognised::of).collect();
    let others = asked.map(|r| &r.ways).chain(scheme.statement.as_ref().map(|s| &s.waived_by));
    for ways in others {
        let there: Vec<Recognised> = ways.iter().filter_map(Recognised::of).collect();
        found = found.iter().flat_map(|one| there.iter().filter_map(|other| one.with(other))).collect();
    }
    found
}

impl Recognised {
    fn of(way: &Way) -> Option<Self> {
        let label = way.label.clone()?;
        Some(Self { label, from: way.from.map(|d| d.0), until: way.until.map(|d| d.0) })
    }

    /// The same label in the days of both, if it is the same one.
    fn with(&self, other: &Self) -> Option<Self> {
        let until = [self.until, other.until].into_iter().flatten().min();
        (self.label == other.label).then(|| Self {
            label: self.label.clone(),
            from: self.from.max(other.from),
            until,
        })
    }
}

/// How a label stands before what a scheme recognises, on a day: the best that any line of the list makes of it. `until` is
/// the last day of the product's security updates, where that is known.
#[must_use]
pub fn standing(label: &ForeignLabel, recognised: &[Recognised], until: Option<Date>, on: Date) -> Standing {
    recognised.iter().map(|r| under(label, r, until, on)).min().unwrap_or(Standing::NotRecognised)
}

fn under(label: &ForeignLabel, line: &Recognised, until: Option<Date>, on: Date) -> Standing {
    let wanted = &line.label;
    let same_level = |l: &String| l.trim().eq_ignore_ascii_case(label.level.trim());
    let seen = !label.level.trim().is_empty();
    let level = wanted.levels.is_empty() || !seen || wanted.levels.iter().any(same_level);
    let in_time = line.from.is_none_or(|from| from <= on) && line.until.is_none_or(|until| on <= until);
    if label.scheme != wanted.scheme || !level || !in_time {
        return Standing::NotRecognised;
    }
    let other_standard = matches!(
        (&label.standard, &wanted.standard),
        (Some(seen), Some(wanted)) if !designation::same(seen, wanted)
    );
    if !label.matches_product || other_standard {
        return Standing::Mismatched;
    }
    let holding = scheme::find(&label.scheme).and_then(|s| s.holding.as_ref());
    if holding.is_some_and(|h| h.while_supported) && until.is_some_and(|until| until < on) {
        return Standing::Expired;
    }
    match label.expires {
        Some(last) if last < on => Standing::Expired,
        Some(_)
            if (label.standard.is_some() || wanted.standard.is_none())
                && (seen || wanted.levels.is_empty()) =>
        {
            Standing::Valid
        }
        _ => Standing::Unproven,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date;

    fn star(level: &str, standard: &str, expires: &str) -> ForeignLabel {
        ForeignLabel {
            scheme: "jp-jc-star-1".into(),
            level: level.into(),
            standard: (!standard.is_empty()).then(|| standard.into()),
            expires: date::parse(expires),
            matches_product: true,
        }
    }

    #[test]
    fn a_label_counts_from_its_recognition_to_its_last_day() {
        let scheme = scheme::find("uk-psti").unwrap();
        let on_the_day = |label: &ForeignLabel, on: &str| {
            let on = date::parse(on).unwrap();
            standing(label, &recognised(scheme, on), None, on)
        };
        let current = "JST-CR-01-01-2024R1";
        let cases = [
            ("STAR-1", current, "2027-03-31", "2025-12-03", Standing::NotRecognised),
            ("STAR-1", current, "2027-03-31", "2025-12-04", Standing::Valid),
            ("star-1", "jst-cr-01-01-2024r1", "2027-03-31", "2025-12-04", Standing::Valid),
            ("STAR-1", current, "2027-03-31", "2027-03-31", Standing::Valid),
            ("STAR-1", current, "2027-03-31", "2027-04-01", Standing::Expired),
            ("STAR-2", current, "2027-03-31", "2026-11-22", Standing::NotRecognised),
            ("STAR-1", "JST-CR-01-01-2023", "2027-03-31", "2026-11-22", Standing::Mismatched),
            ("STAR-1", "", "2027-03-31", "2026-11-22", Standing::Unproven),
            ("STAR-1", current, "", "2026-11-22", Standing::Unproven),
            ("STAR-1", "", "2026-11-21", "2026-11-22", Standing::Expired),
        ];
        for (level, standard, expires, on, wanted) in cases {
            let label = star(level, standard, expires);
            assert_eq!(on_the_day(&label, on), wanted, "{label:?} on {on}");
        }
        let other = ForeignLabel { matches_product: false, ..star("STAR-1", current, "2027-03-31") };
        assert_eq!(on_the_day(&other, "2026-11-22"), Standing::Mismatched);
    }

    #[test]
    fn a_singapore_label_is_current_no_longer_than_the_updates() {
        let label = |standard: &str| ForeignLabel {
            scheme: "sg-cls-1".into(),
            level: "2".into(),
            standard: Some(standard.into()),
            expires: date::parse("2027-06-30"),
            matches_product: true,
        };
        let standing = |label: &ForeignLabel, until: &str, on: &str| {
            let on = date::parse(on).unwrap();
            standing(label, &recognised(scheme::find("uk-psti").unwrap(), on), date::parse(until), on)
        };
        for spelling in ["CLS(IoT) CCC SP-151-2 v1.4", "CCC SP-151-2 v1.4", "cls(iot) ccc sp-151-2 V1.4"] {
            let label = label(spelling);
            assert_eq!(standing(&label, "", "2026-11-22"), Standing::Valid, "{spelling}");
            assert_eq!(standing(&label, "2026-11-22", "2026-11-22"), Standing::Valid, "the last day counts");
            assert_eq!(standing(&label, "2026-11-22", "2026-11-23"), Standing::Expired);
        }
        assert_eq!(standing(&label("CCC SP-151-2 v1.3"), "", "2026-11-22"), Standing::Mismatched);
    }

    #[test]
    fn the_law_recognises_two_labels_and_the_options_none() {
        let on = date::parse("2026-11-22").unwrap();
        for scheme in scheme::bundled().iter().filter(|s| s.id.starts_with("uk-")) {
            let found: Vec<String> = recognised(scheme, on).into_iter().map(|r| r.label.scheme).collect();
            let wanted: &[&str] = if scheme.id == "uk-psti" { &["jp-jc-star-1", "sg-cls-1"] } else { &[] };
            assert_eq!(found, wanted, "{}", scheme.id);
        }
    }
}
