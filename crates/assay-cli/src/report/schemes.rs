//! One scheme of a report: its verdict with what that means, the label, how many requirements hold, and each of them.

use assay::assess::{Assessment, Entitled, Judged, Verdict};
use assay::date;
use assay::outcome::Outcome;
use assay::rules::rulebook;
use assay::scheme::Accepts;
use assay::territory::{Standing, Status};

use super::Shown;
use super::mends;
use super::told::unsaid;
use super::words::{self, Mark, Word, clean, count};

/// One scheme.
pub(crate) struct SchemeTold {
    /// Its id.
    pub(crate) id: String,
    /// Its name.
    pub(crate) title: String,
    /// The phase, and whether its date is invented.
    pub(crate) phase: String,
    /// The verdict.
    pub(crate) verdict: Word,
    /// What it means, in a sentence.
    pub(crate) meaning: String,
    /// The label it may carry.
    pub(crate) label: String,
    /// How many requirements hold, do not, are open.
    pub(crate) counts: String,
    /// Who vouches for the whole.
    pub(crate) seen_by: &'static str,
    /// Requirement by requirement.
    pub(crate) rows: Vec<Row>,
}

/// One requirement.
pub(crate) struct Row {
    /// Its id.
    pub(crate) id: String,
    /// What it asks, in our own words.
    pub(crate) says: String,
    /// What is claimed.
    pub(crate) claim: &'static str,
    /// What the evidence shows.
    pub(crate) shows: Word,
    /// Whether it holds.
    pub(crate) holds: Word,
    /// In which other way it holds.
    pub(crate) way: Option<String>,
    /// Who saw it.
    pub(crate) seen_by: &'static str,
    /// The checks that touch it.
    pub(crate) checks: String,
}

/// One assessment as a report shows it.
pub(super) fn told(a: &Assessment, shown: &Shown<'_>) -> SchemeTold {
    let standing = shown.standings.iter().find(|s| s.scheme == a.scheme);
    let known = assay::scheme::find(&a.scheme);
    let unclaimed = a
        .requirements
        .iter()
        .filter(|r| r.claim.is_none() && r.holds != Some(true) && !mends::is_declared(r))
        .count();
    let all = a.requirements.len();
    let apart = standing.filter(|s| matches!(s.status, Status::OutOfScope | Status::NotInForce));
    let (word, mark, meaning) = match a.verdict {
        _ if let Some(s) = apart => match s.status {
            Status::NotInForce => ("not in force", Mark::Unsure, sentence(&s.why)),
            _ => ("out of scope", Mark::Unsure, sentence(&s.why)),
        },
        Verdict::Holds => ("holds", Mark::Good, holds(a, known.map(|s| s.accepts))),
        Verdict::Refused => (
            "refused",
            Mark::Bad,
            "The declaration cannot be made: its own evidence or the rules for claims contradict it.".into(),
        ),
        Verdict::Undecided => ("undecided", Mark::Unsure, undecided(a, standing)),
        Verdict::DoesNotHold if unclaimed > 0 && !lapsed(a) => {
            ("does not hold", Mark::Unsure, unclaimed_words(a, unclaimed, all))
        }
        Verdict::DoesNotHold => ("does not hold", Mark::Unsure, not_held(a)),
    };
    let label = match (&a.label, a.verdict) {
        _ if apart.is_some() => "none: the scheme says nothing of this product on that day".into(),
        (Some(label), _) => words::label(label) + &ended(label, shown),
        (None, _) if known.is_some_and(|s| s.label.is_none()) => {
            "none: this scheme has none to declare".into()
        }
        (None, Verdict::Refused) => "none, until this is mended".into(),
        (None, _) => "none yet".into(),
    };
    SchemeTold {
        id: a.scheme.clone(),
        title: standing.map_or_else(|| a.scheme.clone(), |s| clean(&s.title)),
        phase: standing.and_then(phase).unwrap_or_default(),
        verdict: Word { word, mark },
        meaning,
        label,
        counts: counts(&a.requirements),
        seen_by: a.level().sentence(),
        rows: a.requirements.iter().map(row).collect(),
    }
}

fn holds(a: &Assessment, accepts: Option<Accepts>) -> String {
    if let Some(held) = a.held.as_ref().filter(|h| h.current) {
        return sentence(&held.why);
    }
    let seen = a.requirements.iter().filter(|r| r.outcome == Outcome::Met).count();
    let by_way = a.requirements.iter().filter(|r| r.by_way.is_some()).count();
    let deemed = if by_way == 0 { String::new() } else { format!(", {by_way} by deemed compliance") };
    match accepts {
        Some(Accepts::Tested) => format!("A laboratory saw every requirement met{deemed}."),
        _ => {
            let against = a.requirements.iter().filter(|r| r.deemed_against_evidence()).count();
            let stands = match (by_way, against) {
                (0, _) => "Every requirement is claimed and no evidence contradicts it".to_owned(),
                (_, 0) => format!(
                    "Every requirement is claimed or deemed to be met{deemed}, and no evidence contradicts it"
                ),
                _ => format!(
                    "Every requirement is claimed or deemed to be met{deemed}, though the evidence speaks against {against} of those"
                ),
            };
            format!("{stands}; evidence shows {seen} of {} met.", a.requirements.len())
        }
    }
}

fn undecided(a: &Assessment, standing: Option<&Standing>) -> String {
    let why = standing.map(|s| s.why.clone()).or_else(|| a.held.as_ref().map(|h| h.why.clone()));
    why.map_or_else(|| "Evidence that the scheme asks for is missing.".to_owned(), |w| sentence(&w))
}

/// Whether the product had the scheme's own label and it is no longer current.
fn lapsed(a: &Assessment) -> bool {
    a.held.as_ref().is_some_and(|h| h.named && !h.current)
}

fn not_held(a: &Assessment) -> String {
    if let Some(held) = a.held.as_ref().filter(|_| lapsed(a)) {
        return sentence(&held.why);
    }
    let no = a.requirements.iter().filter(|r| mends::is_declared(r)).count();
    format!("The maker declares honestly that {} not fulfilled.", is_are(no, "requirement"))
}

/// A promise that is over is said beside the label that shows it.
fn ended(label: &Entitled, shown: &Shown<'_>) -> String {
    let at = shown.case.and_then(|c| c.support.as_ref()).map(|s| s.at);
    match (label.updates_until, at) {
        (Some(until), Some(at)) if until < shown.on => format!(
            "; that day is past, and nothing is promised any more (product.toml:{}:{}, see support-period)",
            at.line, at.column
        ),
        _ => String::new(),
    }
}

/// Nothing claimed; and where a label was to stand in for claims, why it does not.
fn unclaimed_words(a: &Assessment, unclaimed: usize, all: usize) -> String {
    let mut said = format!("Nothing is claimed for {unclaimed} of {}.", count(all, "requirement"));
    let mut faults: Vec<&String> =
        a.requirements.iter().flat_map(|r| &r.ways).filter_map(|w| w.fault.as_ref()).collect();
    faults.sort();
    faults.dedup();
    for fault in faults {
        said.push(' ');
        said.push_str(&sentence(fault));
    }
    said
}

fn is_are(n: usize, one: &str) -> String {
    format!("{} {}", count(n, one), if n == 1 { "is" } else { "are" })
}

/// A clause as a sentence.
fn sentence(clause: &str) -> String {
    let clause = clean(clause);
    let mut chars = clause.chars();
    let first: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    let end = if clause.ends_with('.') { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}

fn phase(standing: &Standing) -> Option<String> {
    let p = standing.phase.as_ref()?;
    let bound = if p.binding { "binding" } else { "not binding" };
    let invented = if p.invented { "; this date is invented, nobody ever set one" } else { "" };
    Some(format!("{} since {} ({bound}{invented})", clean(&p.name), date::in_words(p.from)))
}

fn counts(rows: &[Judged]) -> String {
    let of = |h: Option<bool>| rows.iter().filter(|r| r.holds == h).count();
    let (yes, no, open) = (of(Some(true)), of(Some(false)), of(None));
    format!(
        "{}: {yes} {}, {no} {}, {open} open",
        count(rows.len(), "requirement"),
        if yes == 1 { "holds" } else { "hold" },
        if no == 1 { "does not" } else { "do not" },
    )
}

fn row(r: &Judged) -> Row {
    let checks: Vec<&str> = r.checks.iter().filter(|c| !unsaid(c)).map(|c| c.check.as_str()).collect();
    let (word, mark) = match r.holds {
        Some(true) => ("yes", Mark::Good),
        Some(false) if r.refused.is_some() || r.outcome == Outcome::NotMet => ("no", Mark::Bad),
        Some(false) => ("no", Mark::Unsure),
        None => ("open", Mark::Unsure),
    };
    let way = r.by_way.as_ref().map(|id| {
        let way = r.ways.iter().find(|w| w.id == *id);
        way.map_or_else(|| clean(id), |w| format!("{}: {}", clean(&w.name), clean(&w.why)))
    });
    Row {
        id: r.id.clone(),
        says: rulebook().provisions.get(&r.id).map_or_else(String::new, |p| p.says.clone()),
        claim: words::claim(r.claim),
        shows: words::outcome(r.outcome),
        holds: Word { word, mark },
        way,
        seen_by: r.seen_by.word(),
        checks: if checks.is_empty() { "none".into() } else { checks.join(", ") },
    }
}
