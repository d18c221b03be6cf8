//! The gate's own part of a decision: what a snapshot's record says, how old the snapshot is, and rows without a GTIN. The
//! table itself is [`crate::seller`]; this looks at one record and neither reads catalogues nor knows other rows.

use jiff::civil::Date;

use super::reason::Reason;
use crate::gtin::GtinError;
use crate::scheme::Scheme;
use crate::seller::{
    self, Answer, Decision, Declared, ForeignLabel, ProductState, Registered, Scope, Statement,
};
use crate::snapshot::{Document, Record, State};

/// Decides on a listing with a valid GTIN; `record` is what the snapshot has for it, `scope` what the listing's words say. Where
/// there is a record, its maker said what the scheme is about, and the words are not asked.
#[must_use]
pub fn decide(
    scheme: &Scheme,
    on: Date,
    snapshot_valid_until: Date,
    record: Option<&Record>,
    scope: Scope,
) -> Decision {
    let scope = if record.is_some() { Scope::Unknown } else { scope };
    match seller::decide(scheme, on, &ProductState { scope, ..state_of(scheme, record) }) {
        // What an old snapshot allows may have been withdrawn since. What it refuses stays refused: at worst a
        // product waits for the next snapshot.
        Decision { verdict: Answer::MaySell, .. } if on > snapshot_valid_until => {
            Decision { verdict: Answer::Ask, reason: Reason::StaleSnapshot }
        }
        decision => decision,
    }
}

/// What a shop that wants security updates promised until a day makes of a decision: what it may sell becomes a question where no day
/// is known, or an earlier one. Nothing else changes.
#[must_use]
pub fn promised_until(decision: Decision, promised: Option<Date>, wanted: Option<Date>) -> Decision {
    match (decision.verdict, wanted) {
        (Answer::MaySell, Some(wanted)) if promised.is_none_or(|day| day < wanted) => {
            Decision { verdict: Answer::Ask, reason: Reason::SupportEndsEarly }
        }
        _ => decision,
    }
}

/// Decides on a listing without a valid GTIN. A person can find the right number on the pack; until then it is not known
/// to be labelled or declared, so that it is never `may-sell`, whatever the scheme. What the scheme is not about by its words needs no
/// number.
#[must_use]
pub fn unmatched(fault: GtinError, scope: Scope) -> Decision {
    if let Scope::Out(outside) = scope {
        return Decision { verdict: Answer::OutOfScope, reason: outside.reason() };
    }
    let reason = match fault {
        GtinError::Absent | GtinError::Length(_) => Reason::NoGtin,
        GtinError::NotDigits(_) => Reason::BadGtin,
        GtinError::CheckDigit { .. } => Reason::BadCheckDigit,
        GtinError::Coupon => Reason::CouponNumber,
        GtinError::Damaged => Reason::DamagedNumber,
        GtinError::ShortUpc(_) => Reason::ShortUpc,
        GtinError::BookNumber => Reason::BookNumber,
        GtinError::Several(_) => Reason::SeveralGtins,
        GtinError::RetailerOwned => Reason::RetailerOwnedNumber,
    };
    Decision { verdict: Answer::Ask, reason }
}

/// What a snapshot's record says of a product under a scheme; no record is a product that nobody registered. The scope and
/// failures that a seller knows of are in no snapshot: they stay unknown.
#[must_use]
pub fn state_of(scheme: &Scheme, record: Option<&Record>) -> ProductState {
    let Some(record) = record else { return ProductState::default() };
    let registered = match (record.state, record.schemes.get(&scheme.id)) {
        (State::Disputed, _) => Registered::Disputed,
        (State::Withdrawn, _) => Registered::Withdrawn,
        (State::Active, None) => Registered::Elsewhere,
        (State::Active, Some(s)) => Registered::Under(Declared { verdict: s.verdict, variant: s.variant }),
    };
    let statement = match record.document {
        None => Statement::Unknown,
        Some(Document::Complete) => Statement::Complete,
        Some(Document::Incomplete) => Statement::Incomplete(Vec::new()),
        Some(Document::Absent) => Statement::Absent,
    };
    let labels = record.labels.iter().map(|label| ForeignLabel {
        scheme: label.scheme.clone(),
        level: label.level.clone().unwrap_or_default(),
        standard: label.standard.clone(),
        expires: label.until,
        matches_product: true,
    });
    let notices = record.notices.iter().map(|n| seller::Notice { kind: n.kind, suspended: n.suspended });
    ProductState {
        registered,
        statement,
        labels: labels.collect(),
        notices: notices.collect(),
        shortened: record.shortened,
        updates_until: record.updates_until,
        ..ProductState::default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::assess::{Variant, Verdict};
    use crate::date;
    use crate::gtin::{Gtin14, read_cell};
    use crate::scheme;
    use crate::snapshot::SchemeState;

    const A: &str = "uk-2019-option-a";
    const B: &str = "uk-2019-option-b";
    const C: &str = "uk-2019-option-c";
    const LAW: &str = "uk-psti";

    fn day(text: &str) -> Date {
        date::parse(text).unwrap()
    }

    /// `tick`, `cross`, `holds`, `fails`, `refused`, `undecided`: what was declared under the scheme.
    fn declared(what: &str) -> (Verdict, Option<Variant>) {
        match what {
            "tick" => (Verdict::Holds, Some(Variant::Tick)),
            "tick-without-date" => (Verdict::DoesNotHold, Some(Variant::Tick)),
            "cross" => (Verdict::DoesNotHold, Some(Variant::Cross)),
            "holds" => (Verdict::Holds, None),
            "fails" => (Verdict::DoesNotHold, None),
            "refused" => (Verdict::Refused, None),
            "undecided" => (Verdict::Undecided, None),
            other => panic!("{other} is no case"),
        }
    }

    /// `what` is one of [`declared`] with any of `withdrawn`, `disputed`, `shortened`, `ended` before it; or `nothing`
    /// for no record; or `elsewhere` for a record under another scheme only.
    fn record(scheme: &str, what: &str) -> Option<Record> {
        let mut record = Record {
            gtin: Gtin14::parse("4006381333931").unwrap(),
            state: State::Active,
            shortened: false,
            updates_until: Some(day("2030-05-31")),
            schemes: BTreeMap::new(),
            document: None,
            notices: Vec::new(),
            labels: Vec::new(),
        };
        for word in what.split(' ') {
            let mut under = |scheme: &str, (verdict, variant)| {
                record
                    .schemes
                    .insert(scheme.into(), SchemeState { verdict, variant, statement: variant.map(|_| 1) });
            };
            match word {
                "nothing" => return None,
                "elsewhere" => under("xx-other", declared("tick")),
                "withdrawn" => record.state = State::Withdrawn,
                "disputed" => record.state = State::Disputed,
                "shortened" => record.shortened = true,
                "ended" => record.updates_until = Some(day("2026-11-21")),
                "ends-today" => record.updates_until = Some(day("2026-11-22")),
                "no-date" => record.updates_until = None,
                word => under(scheme, declared(word)),
            }
        }
        Some(record)
    }

    fn answer(scheme: &str, what: &str, on: &str, valid_until: &str) -> String {
        let record = record(scheme, what);
        let decision =
            decide(scheme::find(scheme).unwrap(), day(on), day(valid_until), record.as_ref(), Scope::Unknown);
        format!("{} {}", decision.verdict, decision.reason)
    }

    #[test]
    fn the_table_cell_by_cell() {
        // What the record says, and the answers under options A, B, C and the law.
        let refuse = "refuse requirement-not-met";
        let (labelled, declared) = ("may-sell labelled", "may-sell declared");
        let ended = "may-sell updates-ended";
        let (withdrawn, shortened) = ("refuse withdrawn", "ask support-shortened");
        let elsewhere = "refuse not-declared-under-scheme";
        let all = |x| [x; 4];
        let table: &[(&str, [&str; 4])] = &[
            (
                "nothing",
                [
                    "refuse not-registered",
                    "refuse not-registered",
                    "refuse not-registered",
                    "ask not-registered",
                ],
            ),
            (
                "elsewhere",
                [
                    "refuse not-declared-under-scheme",
                    "refuse not-declared-under-scheme",
                    "refuse not-declared-under-scheme",
                    "ask not-declared-under-scheme",
                ],
            ),
            ("tick", [labelled, declared, labelled, declared]),
            ("no-date tick", [labelled, declared, labelled, declared]),
            ("tick-without-date", [labelled, refuse, refuse, refuse]),
            ("cross", ["may-sell cross-label", refuse, refuse, refuse]),
            ("holds", [refuse, declared, refuse, declared]),
            ("fails", all(refuse)),
            ("refused", all(refuse)),
            ("undecided", [refuse, refuse, refuse, "ask not-decided"]),
            ("withdrawn tick", [withdrawn, withdrawn, withdrawn, "ask withdrawn"]),
            ("withdrawn elsewhere", [withdrawn, withdrawn, withdrawn, "ask withdrawn"]),
            ("withdrawn shortened tick", [withdrawn, withdrawn, withdrawn, "refuse support-shortened"]),
            ("disputed tick", all("ask gtin-disputed")),
            ("shortened tick", [shortened, shortened, shortened, "refuse support-shortened"]),
            ("shortened elsewhere", [elsewhere, elsewhere, elsewhere, "refuse support-shortened"]),
            ("ended tick", all(ended)),
            ("ended cross", [ended, refuse, refuse, refuse]),
            ("ended holds", [refuse, ended, refuse, ended]),
            ("ended fails", all(refuse)),
            ("ends-today tick", [labelled, declared, labelled, declared]),
        ];
        for (what, wanted) in table {
            for (scheme, wanted) in [A, B, C, LAW].iter().zip(wanted) {
                assert_eq!(
                    &answer(scheme, what, "2026-11-22", "2026-11-22"),
                    wanted,
                    "{what} under {scheme}"
                );
            }
        }
    }

    #[test]
    fn a_stale_snapshot_allows_nothing_and_still_refuses() {
        for (what, wanted) in [
            ("tick", "ask stale-snapshot"),
            ("cross", "ask stale-snapshot"),
            ("ended tick", "ask stale-snapshot"),
            ("nothing", "refuse not-registered"),
            ("withdrawn tick", "refuse withdrawn"),
            ("disputed tick", "ask gtin-disputed"),
        ] {
            assert_eq!(answer(A, what, "2026-11-22", "2026-11-21"), wanted, "{what}");
        }
        for what in
            ["nothing", "elsewhere", "tick", "cross", "holds", "fails", "ended holds", "disputed tick"]
        {
            for scheme in [A, B, C, LAW] {
                let word = answer(scheme, what, "2026-11-22", "2026-11-21");
                assert!(!word.starts_with("may-sell"), "{what} under {scheme}: {word}");
            }
        }
    }

    #[test]
    fn before_a_scheme_binds_the_unknown_is_out_of_scope_and_the_registered_is_answered() {
        for (scheme, on) in [(A, "2020-12-31"), (B, "2019-01-01"), (C, "2020-12-31"), (LAW, "2024-04-28")] {
            for what in ["nothing", "elsewhere", "withdrawn tick"] {
                assert_eq!(
                    answer(scheme, what, on, "2026-01-01"),
                    "out-of-scope not-yet-binding",
                    "{scheme}"
                );
            }
            assert!(answer(scheme, "tick", on, "2026-01-01").starts_with("may-sell"));
        }
        assert_eq!(answer(LAW, "nothing", "2024-04-29", "2026-01-01"), "ask not-registered");
        assert_eq!(answer(A, "nothing", "2021-01-01", "2026-01-01"), "refuse not-registered");
    }

    #[test]
    fn a_row_without_a_valid_gtin_is_for_a_person() {
        for (text, wanted) in [
            ("", "no-gtin"),
            ("n/a", "no-gtin"),
            ("872790083144300", "no-gtin"),
            ("1234567", "no-gtin"),
            ("PS00100", "bad-gtin"),
            ("4006381333932", "bad-check-digit"),
            ("2000000000008", "retailer-owned-number"),
            ("9800000000007", "coupon-number"),
            ("4.00638E+12", "damaged-number"),
            ("12345670", "short-upc"),
            ("0-306-40615-2", "book-number"),
            ("4006381333931;96385074", "several-gtins"),
        ] {
            let decision = unmatched(read_cell(text).unwrap_err(), Scope::Unknown);
            assert_eq!((decision.verdict, decision.reason.word()), (Answer::Ask, wanted), "{text}");
        }
    }
}
