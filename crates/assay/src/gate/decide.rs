//! The decision table: what a shop may do with one product under one scheme on one day, and the reason. It looks at one
//! record of the snapshot; it neither reads catalogues nor knows what other rows say.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::reason::Reason;
use crate::assess::{Variant, Verdict};
use crate::gtin::GtinError;
use crate::scheme::{Scheme, Sells, Unregistered};
use crate::snapshot::{Record, SchemeState, State};

/// What a shop may do with a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// It may be sold.
    MaySell,
    /// It may not be sold.
    Refuse,
    /// A person must look before it is sold.
    Ask,
    /// The scheme says nothing about it.
    OutOfScope,
}

/// One answer with its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// The answer.
    pub verdict: Answer,
    /// The reason.
    pub reason: Reason,
}

/// Decides on a listing with a valid GTIN; `record` is what the snapshot has for it.
#[must_use]
pub fn decide(scheme: &Scheme, on: Date, snapshot_valid_until: Date, record: Option<&Record>) -> Decision {
    match lasting(scheme, on, record) {
        // What an old snapshot allows may have been withdrawn since. What it refuses stays refused: at worst a
        // product waits for the next snapshot.
        Decision { verdict: Answer::MaySell, .. } if on > snapshot_valid_until => {
            Decision { verdict: Answer::Ask, reason: Reason::StaleSnapshot }
        }
        decision => decision,
    }
}

/// Decides on a listing without a valid GTIN. A person can find the right number on the pack; until then it is not known
/// to be labelled or declared, so that it is never `may-sell`, whatever the scheme.
#[must_use]
pub fn unmatched(fault: GtinError) -> Decision {
    let reason = match fault {
        // A number of a length that no GTIN has is no damaged GTIN but another number: the row has none.
        GtinError::Absent | GtinError::Length(_) => Reason::NoGtin,
        GtinError::NotDigits(_) => Reason::BadGtin,
        GtinError::CheckDigit { .. } => Reason::BadCheckDigit,
        GtinError::RetailerOwned => Reason::RetailerOwnedNumber,
    };
    Decision { verdict: Answer::Ask, reason }
}

/// The table as long as the snapshot is valid. The first line that fits decides: what speaks against the product as a
/// whole comes before what was declared under the scheme.
fn lasting(scheme: &Scheme, on: Date, record: Option<&Record>) -> Decision {
    let decision = |verdict, reason| Decision { verdict, reason };
    let Some(record) = record else {
        return unknown(scheme, on, Reason::NotRegistered);
    };
    match record.state {
        State::Disputed => return decision(Answer::Ask, Reason::GtinDisputed),
        State::Withdrawn => return decision(Answer::Refuse, Reason::Withdrawn),
        State::Active => {}
    }
    // SI 2023/1007, Schedule 1, paragraph 3: a period shortened after publication means that the requirement is not met.
    if record.shortened {
        return decision(Answer::Refuse, Reason::SupportShortened);
    }
    let Some(state) = record.schemes.get(&scheme.id) else {
        return unknown(scheme, on, Reason::NotDeclaredUnderScheme);
    };
    match sold_as(scheme, state) {
        None => decision(Answer::Refuse, Reason::RequirementNotMet),
        // No scheme asks for a minimum: an ended period is lawful to sell and worth a warning.
        Some(_) if record.updates_until.is_some_and(|until| until < on) => {
            decision(Answer::MaySell, Reason::UpdatesEnded)
        }
        Some(reason) => decision(Answer::MaySell, reason),
    }
}

/// Why the scheme lets the product be sold, if it does.
fn sold_as(scheme: &Scheme, state: &SchemeState) -> Option<Reason> {
    match (scheme.seller.sells, state.verdict, state.variant) {
        (Sells::Labelled, Verdict::Holds | Verdict::DoesNotHold, Some(Variant::Tick)) => {
            Some(Reason::Labelled)
        }
        (Sells::Labelled, Verdict::Holds | Verdict::DoesNotHold, Some(Variant::Cross)) => {
            Some(Reason::CrossLabel)
        }
        // Without a label in the scheme the sign says nothing.
        (Sells::Holding, Verdict::Holds, _) if scheme.label.is_none() => Some(Reason::Declared),
        (Sells::Holding, Verdict::Holds, Some(Variant::Tick)) => Some(Reason::Labelled),
        _ => None,
    }
}

/// A product that the register, or the scheme, does not know. Before the scheme binds, nobody had to declare anything.
fn unknown(scheme: &Scheme, on: Date, reason: Reason) -> Decision {
    if !scheme.binds_on(on) {
        return Decision { verdict: Answer::OutOfScope, reason: Reason::NotYetBinding };
    }
    let verdict = match scheme.seller.unregistered {
        Unregistered::Refuse => Answer::Refuse,
        Unregistered::Ask => Answer::Ask,
    };
    Decision { verdict, reason }
}

impl Answer {
    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::MaySell => "may-sell",
            Self::Refuse => "refuse",
            Self::Ask => "ask",
            Self::OutOfScope => "out-of-scope",
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::date;
    use crate::gtin::Gtin14;
    use crate::scheme;

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
            product: "p-1".into(),
            state: State::Active,
            shortened: false,
            updates_until: Some(day("2030-05-31")),
            schemes: BTreeMap::new(),
        };
        for word in what.split(' ') {
            let mut under = |scheme: &str, (verdict, variant)| {
                record.schemes.insert(scheme.into(), SchemeState { verdict, variant, statement: 1 });
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
        let decision = decide(scheme::find(scheme).unwrap(), day(on), day(valid_until), record.as_ref());
        format!("{} {}", decision.verdict, decision.reason)
    }

    #[test]
    fn the_table_cell_by_cell() {
        // What the record says, and the answers under options A, B, C and the law.
        let refuse = "refuse requirement-not-met";
        let (labelled, declared) = ("may-sell labelled", "may-sell declared");
        let ended = "may-sell updates-ended";
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
            ("undecided", all(refuse)),
            ("withdrawn tick", all("refuse withdrawn")),
            ("withdrawn elsewhere", all("refuse withdrawn")),
            ("withdrawn shortened tick", all("refuse withdrawn")),
            ("disputed tick", all("ask gtin-disputed")),
            ("shortened tick", all("refuse support-shortened")),
            ("shortened elsewhere", all("refuse support-shortened")),
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
            for what in ["nothing", "elsewhere"] {
                assert_eq!(
                    answer(scheme, what, on, "2026-01-01"),
                    "out-of-scope not-yet-binding",
                    "{scheme}"
                );
            }
            assert_eq!(answer(scheme, "withdrawn tick", on, "2026-01-01"), "refuse withdrawn");
            assert!(answer(scheme, "tick", on, "2026-01-01").starts_with("may-sell"));
        }
        assert_eq!(answer(LAW, "nothing", "2024-04-29", "2026-01-01"), "ask not-registered");
        assert_eq!(answer(A, "nothing", "2021-01-01", "2026-01-01"), "refuse not-registered");
    }

    #[test]
    fn a_row_without_a_valid_gtin_is_for_a_person() {
        for (text, wanted) in [
            ("", "no-gtin"),
            ("872790083144300", "no-gtin"),
            ("1234567", "no-gtin"),
            ("4.00638E+12", "bad-gtin"),
            ("n/a", "bad-gtin"),
            ("4006381333932", "bad-check-digit"),
            ("2000000000008", "retailer-owned-number"),
        ] {
            let decision = unmatched(Gtin14::parse(text).unwrap_err());
            assert_eq!((decision.verdict, decision.reason.word()), (Answer::Ask, wanted), "{text}");
        }
    }
}
