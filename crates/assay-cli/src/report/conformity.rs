//! The assessment after TS 103 701 as a report shows it: whether each ICS keeps its rules, the verdict of each test group
//! that counts, and who decided how many test units.

use assay::conformity::Report;
use assay::conformity::rollup::{Counts, DecidedBy, GroupReport};
use assay::outcome::Claim;

use super::words::{self, Word, clean, count, number};
use crate::conformity::Ics;
use crate::folder::CASE_FILE;

/// What there is to say; both parts may be empty.
#[derive(Default)]
pub(crate) struct Conformity {
    /// Each ICS.
    pub(crate) ics: Vec<IcsTold>,
    /// The roll-up, where one was asked for.
    pub(crate) rolled: Option<Rolled>,
}

/// One ICS.
pub(crate) struct IcsTold {
    /// The pro forma.
    pub(crate) cite: &'static str,
    /// Whether it is valid.
    pub(crate) valid: bool,
    /// How it stands, in a sentence.
    pub(crate) sentence: String,
    /// Provision, rule, place, message.
    pub(crate) breaches: Vec<[String; 4]>,
}

/// A roll-up.
pub(crate) struct Rolled {
    /// The overall verdict.
    pub(crate) overall: Word,
    /// Why it is not better.
    pub(crate) why: Vec<String>,
    /// Who decided how many test units.
    pub(crate) units: String,
    /// What could be withdrawn.
    pub(crate) withdrawable: String,
    /// The groups that are claimed.
    pub(crate) groups: Vec<GroupTold>,
    /// How many groups are not claimed.
    pub(crate) unclaimed: usize,
}

/// One test group.
pub(crate) struct GroupTold {
    /// Its provision's number.
    pub(crate) number: String,
    /// Its verdict.
    pub(crate) verdict: Word,
    /// Who decided its units.
    pub(crate) units: String,
    /// Why.
    pub(crate) why: String,
}

/// Gathers both parts.
pub(crate) fn told(report: Option<&Report>, ics: &[Ics]) -> Conformity {
    Conformity { ics: ics.iter().map(one).collect(), rolled: report.map(rolled) }
}

fn one(ics: &Ics) -> IcsTold {
    let cite = ics.cite();
    let sentence = if ics.pro_forma.is_none() {
        format!(
            "Claims under {cite} contradict the conditions of their provisions: {}.",
            breach(ics.breaches.len())
        )
    } else if ics.valid {
        format!("The ICS after {cite} keeps its rules.")
    } else {
        format!("The ICS after {cite} is not valid: {}.", breach(ics.breaches.len()))
    };
    let breaches = ics.breaches.iter().map(|b| {
        let place = format!("{CASE_FILE}:{}:{}", b.at.line, b.at.column);
        [number(&b.provision).to_owned(), b.rule.to_owned(), place, clean(&b.message)]
    });
    IcsTold { cite, valid: ics.valid, sentence, breaches: breaches.collect() }
}

fn breach(n: usize) -> String {
    if n == 1 { "1 breach".to_owned() } else { format!("{n} breaches") }
}

fn rolled(report: &Report) -> Rolled {
    let claimed = |g: &&GroupReport| g.claim == Some(Claim::Yes);
    let withdrawable: Vec<&str> = report.withdrawable.iter().map(|id| number(id)).collect();
    Rolled {
        overall: words::verdict(report.overall),
        why: report.why.iter().map(|w| clean(w)).collect(),
        units: units(report.counts),
        withdrawable: withdrawable.join(", "),
        groups: report.groups.iter().filter(claimed).map(group).collect(),
        unclaimed: report.groups.iter().filter(|g| !claimed(g)).count(),
    }
}

fn units(c: Counts) -> String {
    let all = count(c.all(), "test unit");
    format!(
        "{all}: {} decided by a machine, {} by a person, {} by another test case, {} open",
        c.machine, c.person, c.case, c.open
    )
}

fn group(g: &GroupReport) -> GroupTold {
    let of = |by: DecidedBy| g.cases.iter().flat_map(|c| &c.units).filter(|u| u.decided_by == by).count();
    let (machine, person, case, open) =
        (of(DecidedBy::Machine), of(DecidedBy::Person), of(DecidedBy::Case), of(DecidedBy::Open));
    let parts = [(machine, "machine"), (person, "person"), (case, "other case"), (open, "open")];
    let parts: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, w)| format!("{n} {w}")).collect();
    GroupTold {
        number: number(&g.provision).to_owned(),
        verdict: words::verdict(g.verdict),
        units: parts.join(", "),
        why: clean(&g.why),
    }
}
