//! Earlier promises that the case keeps: a published support period may be extended and never shortened (SI 2023/1007,
//! Schedule 1, paragraph 3). Promises that nobody wrote into the case are for the log of a register to show.

use assay::case::{Promised, Support};
use assay::date::{Date, in_words};
use assay::outcome::{Confidence, Finding};

use super::place;
use crate::kinds;
use crate::verdict::finding;

/// What a shortened promise is held against: the requirement, and the rule in it that no other way heals.
const SHORTENED: &[&str] = &["psti-2023:sch1-3", "psti-2023:sch1-3-never-shortened"];

/// Adds a finding for each promise that was longer than what is promised now, and what else is odd about them.
pub(super) fn weigh(support: &Support, on: Date, findings: &mut Vec<Finding>, doubts: &mut Vec<String>) {
    let Some(end) = support.end else {
        if let Some(longest) = support.promised.iter().max_by_key(|p| p.end) {
            let until = in_words(longest.end);
            doubts.push(format!(
                "updates until {until} were promised before, and [support] promises no date now"
            ));
        }
        return;
    };
    for promise in &support.promised {
        if promise.on > on {
            doubts.push(format!(
                "{} is given as the day of an earlier promise, and it is still to come: correct `on`",
                in_words(promise.on)
            ));
        } else if promise.end > end {
            let message = format!(
                "on {} updates were promised until {}, now only until {}: a published support period is never shortened",
                in_words(promise.on),
                in_words(promise.end),
                in_words(end)
            );
            let kind = &kinds::SUPPORT_SHORTENED;
            findings.push(finding(kind, message, place(promise.at), Confidence::Certain, SHORTENED));
        }
    }
    if let Some((before, after)) = shortened_in_between(&support.promised)
        && before.end <= end
    {
        doubts.push(format!(
            "between {} and {} the promise was shortened, and it was extended again since: a person has to look",
            in_words(before.on),
            in_words(after.on)
        ));
    }
}

/// Two promises of which the later is the shorter.
fn shortened_in_between(promised: &[Promised]) -> Option<(&Promised, &Promised)> {
    let mut in_order: Vec<&Promised> = promised.iter().collect();
    in_order.sort_by_key(|p| (p.on, p.end));
    in_order.windows(2).find(|w| w[0].on < w[1].on && w[1].end < w[0].end).map(|w| (w[0], w[1]))
}

#[cfg(test)]
mod tests {
    use assay::case::Place;

    use super::*;

    fn day(text: &str) -> Date {
        assay::date::parse(text).unwrap()
    }

    fn weighed(end: Option<&str>, promised: &[(&str, &str)]) -> (usize, usize) {
        let at = Place { line: 1, column: 1 };
        let promised = promised.iter().map(|(on, end)| Promised { on: day(on), end: day(end), at }).collect();
        let support = Support {
            end: end.map(day),
            published_at: None,
            reasons: None,
            period: None,
            period_at: at,
            start: None,
            promised,
            at,
        };
        let (mut findings, mut doubts) = (vec![], vec![]);
        weigh(&support, day("2026-11-22"), &mut findings, &mut doubts);
        (findings.len(), doubts.len())
    }

    #[test]
    fn only_an_earlier_end_is_a_finding() {
        let before = |end| [("2025-01-01", end)];
        assert_eq!(weighed(Some("2030-05-31"), &before("2030-05-31")), (0, 0));
        assert_eq!(weighed(Some("2030-05-31"), &before("2030-05-30")), (0, 0));
        assert_eq!(weighed(Some("2030-05-31"), &before("2030-06-01")), (1, 0));
        assert_eq!(weighed(Some("2030-05-31"), &[]), (0, 0));
    }

    #[test]
    fn a_promise_to_come_a_withdrawn_one_and_a_detour_are_doubts() {
        assert_eq!(weighed(Some("2030-05-31"), &[("2027-01-01", "2040-01-01")]), (0, 1));
        assert_eq!(weighed(None, &[("2025-01-01", "2030-05-31")]), (0, 1));
        assert_eq!(
            weighed(Some("2030-05-31"), &[("2025-06-01", "2028-01-01"), ("2025-01-01", "2030-01-01")]),
            (0, 1)
        );
        // A detour that ends short of the longest promise is a plain finding.
        let detour = [("2025-01-01", "2031-01-01"), ("2025-06-01", "2028-01-01")];
        assert_eq!(weighed(Some("2030-05-31"), &detour), (1, 0));
    }
}
