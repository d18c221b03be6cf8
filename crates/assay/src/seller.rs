//! The seller's decision table: what may be done with one product under one scheme on one day, and the reason. It is one
//! pure function of what is known of the product, wherever that was learned (a snapshot, a shop's files, a case folder);
//! it reads nothing itself. What nobody looked at is `Unknown` here and never a pass.
//!
//! The lines of the table, the first that fits decides:
//!
//! ```text
//!  1  a stop or recall notice in force             refuse
//!  2  the scheme puts no duty on sellers           out-of-scope
//!  3  the product is outside the scheme            out-of-scope
//!  4  a known or believed failure                  refuse
//!  5  two makers claim it                          ask
//!  6  a published support period shortened, where
//!     the scheme forbids that                      refuse
//!  7  declared under the scheme as it asks, and no
//!     statement that must be there is wanting      may-sell
//!  8  a recognised foreign label, valid that day   may-sell (ask where the maker's own declaration says no)
//!  9  what is wanting, a declaration taken back,
//!     or nothing is known                          refuse or ask, as the scheme says
//! ```
//! Afterwards: whether the scope is certain (a refusal of what may be outside is a question), whether a notice is suspended by
//! an appeal or a period was shortened that the scheme says nothing about (a permission becomes a question), and whether the
//! promised updates have ended (a warning, no refusal).

mod labels;
mod state;

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use self::labels::{ForeignLabel, Recognised, Standing, recognised, standing};
pub use self::state::{Declared, Notice, NoticeKind, Outside, ProductState, Registered, Scope, Statement};

use crate::assess::{Variant, Verdict};
use crate::gate::Reason;
use crate::scheme::{Scheme, Sells, Unregistered};

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

/// Decides on a product under a scheme on a day.
#[must_use]
pub fn decide(scheme: &Scheme, on: Date, state: &ProductState) -> Decision {
    // A notice binds whoever was given it, whatever else is said of the product; not to follow it is an offence.
    // PSTI Act 2022, sections 29, 30 and 32.
    if let Some(notice) = state.notices.iter().filter(|n| !n.suspended).min_by_key(|n| n.kind) {
        return refuse(notice.kind.reason());
    }
    if !binds_sellers(scheme) {
        return out_of_scope(Reason::NoSellerDuty);
    }
    if let Scope::Out(outside) = state.scope {
        return out_of_scope(outside.reason());
    }
    // Makers may be bound before sellers are (Regulation (EU) 2024/2847, Article 71).
    if scheme.seller.from.is_some_and(|from| on < from.0) {
        return out_of_scope(Reason::NotYetBinding);
    }
    let decision = inside(scheme, on, state);
    match decision.verdict {
        // An appealed notice has no effect until the appeal is determined or withdrawn (section 33(8)), so it forbids nothing.
        // But somebody who knows of it may believe in the failure behind it, and section 23 asks what the seller believes:
        // only a person can answer that.
        Answer::MaySell if !state.notices.is_empty() => ask(Reason::NoticeSuspended),
        // What may be sold inside the scheme may be sold outside it too; only for the rest the scope must be settled.
        Answer::Refuse | Answer::Ask if state.scope == Scope::Unsure => ask(Reason::ScopeUnsure),
        _ => decision,
    }
}

/// Lines 4 to 9, for a product that the scheme is about.
fn inside(scheme: &Scheme, on: Date, state: &ProductState) -> Decision {
    // PSTI Act 2022, section 23; it knows no threshold of seriousness. Before a scheme binds, only who declared under it
    // is held to it.
    let held = scheme.binds_on(on) || matches!(state.registered, Registered::Under(_));
    if state.known_failure && held {
        return refuse(Reason::KnownFailure);
    }
    if state.registered == Registered::Disputed {
        return ask(Reason::GtinDisputed);
    }
    // SI 2023/1007, Schedule 1, paragraph 3: a period shortened after publication means that the requirement is not met.
    if state.shortened && held && scheme.seller.never_shortened.is_some() {
        return refuse(Reason::SupportShortened);
    }
    let decision = with_labels(scheme, on, state);
    if decision.verdict != Answer::MaySell {
        return decision;
    }
    // The options of 2019 say nothing of a shortened period (the rule came in 2023), so none of them refuses it. But what is
    // declared, and under A and C printed, is a date that its maker no longer keeps: a person has to see which one stands.
    if state.shortened {
        return ask(Reason::SupportShortened);
    }
    // UK law asks for no minimum, and neither do the options: an ended period is lawful to sell and worth a warning. The
    // European Union asks makers for five years (cra-2024-2847:art13-8); of sellers that act asks other things.
    if state.updates_until.is_some_and(|until| until < on) {
        return may_sell(Reason::UpdatesEnded);
    }
    decision
}

/// Lines 7 to 9: a foreign label speaks only where the maker's own words do not already allow the sale.
fn with_labels(scheme: &Scheme, on: Date, state: &ProductState) -> Decision {
    let own = own_words(scheme, on, state);
    if !matches!(own.verdict, Answer::Refuse | Answer::Ask) || state.labels.is_empty() {
        return own;
    }
    let recognised = recognised(scheme, on);
    let until = state.updates_until;
    let Some(best) = state.labels.iter().map(|label| standing(label, &recognised, until, on)).min() else {
        return own;
    };
    match (best, &state.registered) {
        // A label stands in for the statement, not for the answer why the maker took its word back.
        (Standing::Valid | Standing::Unproven, Registered::Withdrawn) => ask(Reason::Withdrawn),
        // A declaration that its own evidence contradicts is not mended by a label.
        (Standing::Valid, Registered::Under(Declared { verdict: Verdict::Refused, .. })) => own,
        (Standing::Valid, Registered::Under(Declared { verdict: Verdict::DoesNotHold, .. })) => {
            ask(Reason::LabelAgainstDeclaration)
        }
        (Standing::Valid, _) => may_sell(Reason::RecognisedForeignLabel),
        // A label that could be valid is for a person, unless the maker itself says no.
        (Standing::Unproven, _) if own.reason != Reason::RequirementNotMet => {
            ask(Reason::ForeignLabelUnproven)
        }
        (Standing::Expired, _) if label_was_relied_on(own.reason) => {
            Decision { reason: Reason::ForeignLabelExpired, ..own }
        }
        (Standing::Mismatched, _) if label_was_relied_on(own.reason) => {
            Decision { reason: Reason::ForeignLabelMismatched, ..own }
        }
        _ => own,
    }
}

/// Whether nothing but the label was there to rely on, so that its fault is the news.
fn label_was_relied_on(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::NoStatement
            | Reason::NoSellThrough
            | Reason::NotRegistered
            | Reason::NotDeclaredUnderScheme
            | Reason::NotDecided
    )
}

/// Lines 7 and 9: the declaration under the scheme, and the statement where the scheme wants one with the product.
fn own_words(scheme: &Scheme, on: Date, state: &ProductState) -> Decision {
    // Before the scheme binds, nothing had to accompany anything.
    let statement =
        if wants_statement(scheme) && scheme.binds_on(on) { &state.statement } else { &Statement::Unknown };
    let wanting = match statement {
        // Stock that was there before the law came is no exception: there is no right to sell it through.
        Statement::Absent if state.old_stock => Some(refuse(Reason::NoSellThrough)),
        Statement::Absent => Some(refuse(Reason::NoStatement)),
        // What lacks a field of Schedule 4 is not the document that section 9(3) asks for.
        Statement::Incomplete(_) => Some(refuse(Reason::StatementIncomplete)),
        Statement::Complete | Statement::Unknown => None,
    };
    let complete = *statement == Statement::Complete;
    match &state.registered {
        Registered::Under(declared) => match sold_as(scheme, declared) {
            Some(reason) => wanting.unwrap_or(may_sell(reason)),
            // Nothing speaks against it, and the maker's own opinion that it complied is in the statement.
            None if complete && declared.verdict == Verdict::Undecided => may_sell(Reason::StatementComplete),
            // Who registered something that is not decided yet stands no worse than who registered nothing.
            None if declared.verdict == Verdict::Undecided => {
                wanting.unwrap_or_else(|| match unknown(scheme, on, Reason::NotDecided) {
                    Decision { verdict: Answer::Refuse, .. } => refuse(Reason::RequirementNotMet),
                    decision => decision,
                })
            }
            None => refuse(Reason::RequirementNotMet),
        },
        // What was taken back counts as not registered; but that it was taken back may make a seller believe in a failure
        // (section 23), so that no statement settles it.
        Registered::Withdrawn => wanting.unwrap_or_else(|| unknown(scheme, on, Reason::Withdrawn)),
        _ if complete => may_sell(Reason::StatementComplete),
        Registered::Elsewhere => {
            wanting.unwrap_or_else(|| unknown(scheme, on, Reason::NotDeclaredUnderScheme))
        }
        _ => wanting.unwrap_or_else(|| unknown(scheme, on, Reason::NotRegistered)),
    }
}

/// Why the scheme lets a product be sold that is declared so, if it does.
fn sold_as(scheme: &Scheme, declared: &Declared) -> Option<Reason> {
    match (scheme.seller.sells, declared.verdict, declared.variant) {
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
        return out_of_scope(Reason::NotYetBinding);
    }
    match scheme.seller.unregistered {
        Unregistered::Refuse => refuse(reason),
        Unregistered::Ask => ask(reason),
        Unregistered::NothingToSay => out_of_scope(Reason::NoSellerDuty),
    }
}

/// Whether the scheme puts any duty on sellers.
fn binds_sellers(scheme: &Scheme) -> bool {
    scheme.seller.sells != Sells::Anything
}

/// Whether a document of the maker must accompany the product under the scheme.
fn wants_statement(scheme: &Scheme) -> bool {
    scheme.statement.is_some()
}

fn may_sell(reason: Reason) -> Decision {
    Decision { verdict: Answer::MaySell, reason }
}

fn refuse(reason: Reason) -> Decision {
    Decision { verdict: Answer::Refuse, reason }
}

fn ask(reason: Reason) -> Decision {
    Decision { verdict: Answer::Ask, reason }
}

fn out_of_scope(reason: Reason) -> Decision {
    Decision { verdict: Answer::OutOfScope, reason }
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
mod tests;
