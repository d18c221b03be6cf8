//! One case under every scheme on a day: where its requirements are met, where not, what cannot be told, what is missing and
//! what the cheapest next step would be. It joins an assessment with the scheme's phases, scope, statement and the directed
//! graph of recognition; it judges no evidence itself.

mod missing;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::assess::{Assessment, Entitled, Given, Verdict, assess};
use crate::case::EvidenceKind;
use crate::outcome::{Claim, Outcome};
use crate::scheme::{Accepts, Extent, Phase, RecognisedLabel, Recognition, Scheme, within};

pub use missing::{Effort, Missing, Step};

/// How one case stands under one scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Everything that the scheme asks on that day holds as the scheme accepts it.
    Met,
    /// Something is declared as not fulfilled, contradicted by evidence, or lapsed.
    NotMet,
    /// Something is missing; nothing speaks against the product.
    Inconclusive,
    /// The scheme is not about this product.
    OutOfScope,
    /// The scheme had not begun on that day.
    NotInForce,
}

impl Status {
    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not-met",
            Self::Inconclusive => "inconclusive",
            Self::OutOfScope => "out-of-scope",
            Self::NotInForce => "not-in-force",
        }
    }
}

/// Whether a scheme is about the product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InScope {
    /// It is.
    Yes,
    /// It is not, and why.
    No(String),
    /// That depends on something that the case does not say.
    Unsure(String),
}

/// How it stands with the document that must accompany the product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Document {
    /// It is there and complete.
    Complete,
    /// It is there, and these fields are missing.
    Incomplete(Vec<String>),
    /// Nobody wrote it, or nobody showed it.
    Absent,
    /// It is of a kind that a case folder does not hold: whether it is there is not seen here.
    Elsewhere,
}

/// What is asked about: a case as far as every scheme needs it.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// Claims, outcomes, promises and labels on the day.
    pub given: &'a Given<'a>,
    /// Whether a scheme is about the product.
    pub scope: &'a dyn Fn(&Scheme) -> InScope,
    /// How it stands with the document that must accompany it under a scheme that asks for one.
    pub document: &'a dyn Fn(&Scheme) -> Document,
    /// By provision: the kinds of evidence that a check would read and that the case does not offer.
    pub wanted: &'a BTreeMap<String, Vec<EvidenceKind>>,
}

/// The phase of a scheme on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PhaseShown {
    /// Its name.
    pub name: String,
    /// Its first day.
    pub from: Date,
    /// Whether it binds.
    pub binding: bool,
    /// Nobody ever set the date.
    pub invented: bool,
    /// Whether one can declare or apply.
    pub open: bool,
}

impl PhaseShown {
    fn of(phase: &Phase) -> Self {
        let Phase { name, from, binding, invented, open, .. } = phase;
        Self { name: name.clone(), from: from.0, binding: *binding, invented: *invented, open: *open }
    }
}

/// How one case stands under one scheme on the day, with everything that is missing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Standing {
    /// The scheme's id.
    pub scheme: String,
    /// Its name.
    pub title: String,
    /// Where it holds.
    pub territory: String,
    /// The answer.
    pub status: Status,
    /// The answer in a sentence.
    pub why: String,
    /// The assessment's verdict on the requirements alone.
    pub verdict: Verdict,
    /// The phase on the day.
    pub phase: Option<PhaseShown>,
    /// The next phase, if one is known.
    pub next_phase: Option<PhaseShown>,
    /// The label that it may carry.
    pub label: Option<Entitled>,
    /// What is missing, the cheapest first.
    pub missing: Vec<Missing>,
    /// What would make the answer firmer though it is not asked for, the cheapest first.
    pub firmer: Vec<Missing>,
    /// What nobody here could verify about the scheme.
    pub unknown: Vec<String>,
    /// How far the scheme's facts were verified.
    pub verified: &'static str,
}

impl Standing {
    /// The cheapest next step.
    #[must_use]
    pub fn next_step(&self) -> Option<&Missing> {
        self.missing.first().or_else(|| self.firmer.first())
    }
}

/// The case under every scheme, in the schemes' order. What one scheme recognises of another is looked up among them.
#[must_use]
pub fn territories(schemes: &[Scheme], asked: &Asked<'_>) -> Vec<Standing> {
    let assessed: Vec<(&Scheme, Assessment)> = schemes.iter().map(|s| (s, assess(s, asked.given))).collect();
    let alone: Vec<Standing> = assessed.iter().map(|(s, a)| standing(s, a, asked)).collect();
    let met: Vec<&str> = assessed
        .iter()
        .zip(&alone)
        .filter(|((scheme, a), s)| s.status == Status::Met && !by_label(scheme, a))
        .map(|((scheme, _), _)| scheme.id.as_str())
        .collect();
    assessed
        .iter()
        .zip(alone.iter().cloned())
        .map(|((scheme, _), mut standing)| {
            if matches!(standing.status, Status::NotMet | Status::Inconclusive) {
                standing.missing.extend(shortcuts(scheme, asked, &met));
                standing.missing.sort_by_key(|m| (m.effort, m.kind));
            }
            standing
        })
        .collect()
}

/// Whether a scheme holds only because of another scheme's label: recognition does not run through two countries.
fn by_label(scheme: &Scheme, assessment: &Assessment) -> bool {
    let labels = scheme.requirements.iter().flat_map(|r| &r.ways).filter(|w| w.label.is_some());
    let labels: Vec<&str> = labels.map(|w| w.id.as_str()).collect();
    assessment.requirements.iter().filter_map(|r| r.by_way.as_deref()).any(|way| labels.contains(&way))
}

fn standing(scheme: &Scheme, assessment: &Assessment, asked: &Asked<'_>) -> Standing {
    let on = asked.given.on;
    let phase = scheme.phase_on(on);
    let mut missing = missing::asked_for(scheme, assessment, asked);
    let document = document(scheme, asked);
    missing.extend(document.clone().filter(|_| !elsewhere(scheme, asked)));
    let in_scope = (asked.scope)(scheme);
    let (status, why) = answer(scheme, assessment, asked, &in_scope, &missing);
    let mut firmer = missing::firmer(assessment, asked);
    firmer.extend(document.filter(|_| elsewhere(scheme, asked)));
    if let InScope::Unsure(what) = in_scope {
        firmer.push(Missing::fact(what));
    }
    // The cheapest first; among equals the scheme's own order.
    firmer.sort_by_key(|m| (m.effort, m.kind));
    missing.sort_by_key(|m| (m.effort, m.kind));
    missing.dedup();
    Standing {
        scheme: scheme.id.clone(),
        title: scheme.title.clone(),
        territory: scheme.territory.clone(),
        status,
        why,
        verdict: assessment.verdict,
        phase: phase.map(PhaseShown::of),
        next_phase: scheme.phases.iter().find(|p| p.from.0 > on).map(PhaseShown::of),
        // Before a scheme begins, and for what it is not about, there is no label to carry.
        label: assessment.label.filter(|_| !matches!(status, Status::OutOfScope | Status::NotInForce)),
        missing: if status == Status::Met || matches!(status, Status::OutOfScope) {
            Vec::new()
        } else {
            missing
        },
        firmer,
        unknown: scheme.unknowns.iter().map(|u| u.what.clone()).collect(),
        verified: scheme.verified.word(),
    }
}

/// The status with its sentence; the first line that fits decides.
fn answer(
    scheme: &Scheme,
    assessment: &Assessment,
    asked: &Asked<'_>,
    in_scope: &InScope,
    missing: &[Missing],
) -> (Status, String) {
    if let InScope::No(why) = in_scope {
        return (Status::OutOfScope, why.clone());
    }
    let Some(phase) = scheme.phase_on(asked.given.on) else {
        let first = scheme.phases.first().map_or(String::new(), |p| format!(": it begins on {}", p.from.0));
        return (Status::NotInForce, format!("the scheme had not begun on that day{first}"));
    };
    let speaks_against: Vec<&str> = assessment
        .requirements
        .iter()
        .filter(|r| {
            r.holds != Some(true)
                && (r.refused.is_some()
                    || r.claim == Some(Claim::No)
                    || r.denied_part.is_some()
                    || r.outcome == Outcome::NotMet)
        })
        .map(|r| r.id.as_str())
        .collect();
    let lapsed =
        assessment.held.as_ref().filter(|h| h.named && !h.current && scheme.accepts == Accepts::Grant);
    // A label that the case names and that does not count is news: the silence behind it was meant.
    let open = assessment.requirements.iter().filter(|r| r.holds != Some(true));
    let mut faults: Vec<&str> = open.flat_map(|r| &r.ways).filter_map(|w| w.fault.as_deref()).collect();
    faults.sort_unstable();
    faults.dedup();
    let because = if faults.is_empty() { String::new() } else { format!("; {}", faults.join("; ")) };
    match assessment.verdict {
        Verdict::Refused => {
            (Status::NotMet, format!("the declaration cannot stand: {}", assessment.refused.join("; ")))
        }
        _ if lapsed.is_some() => (Status::NotMet, lapsed.map(|h| h.why.clone()).unwrap_or_default()),
        _ if !speaks_against.is_empty() => (
            Status::NotMet,
            format!(
                "not fulfilled, as declared or as the evidence shows: {}{because}",
                speaks_against.join(", ")
            ),
        ),
        Verdict::DoesNotHold => {
            let open = assessment.requirements.iter().filter(|r| r.holds != Some(true)).count();
            (
                Status::Inconclusive,
                format!(
                    "nothing is claimed for {open} of {} requirements{because}",
                    assessment.requirements.len()
                ),
            )
        }
        Verdict::Undecided => (Status::Inconclusive, undecided(scheme, assessment, phase)),
        Verdict::Holds if missing.iter().any(|m| m.is_document()) => (
            Status::Inconclusive,
            "every requirement holds, but the document that must accompany the product is not complete"
                .into(),
        ),
        Verdict::Holds => (Status::Met, held_by(scheme, assessment)),
    }
}

fn undecided(scheme: &Scheme, assessment: &Assessment, phase: &Phase) -> String {
    match scheme.accepts {
        Accepts::Grant if !phase.open => {
            "only the label that its authority grants decides, and applications are not taken on that day"
                .into()
        }
        Accepts::Grant => "only the label that its authority grants decides, and the case names none".into(),
        Accepts::Tested | Accepts::SelfDeclaration => {
            let open = assessment.requirements.iter().filter(|r| r.holds.is_none()).count();
            format!(
                "a laboratory's outcome is missing for {open} of {} requirements",
                assessment.requirements.len()
            )
        }
    }
}

fn held_by(scheme: &Scheme, assessment: &Assessment) -> String {
    if let Some(held) = assessment.held.as_ref().filter(|h| h.current) {
        return held.why.clone();
    }
    let by_way = assessment.requirements.iter().filter(|r| r.by_way.is_some()).count();
    let all = assessment.requirements.len();
    let deemed = if by_way == 0 { String::new() } else { format!(", {by_way} of them by deemed compliance") };
    let against = assessment.requirements.iter().filter(|r| r.deemed_against_evidence()).count();
    match scheme.accepts {
        Accepts::SelfDeclaration if by_way == 0 => {
            format!("all {all} requirements are claimed, and no evidence contradicts them")
        }
        Accepts::SelfDeclaration if against > 0 => {
            format!(
                "all {all} requirements count as met{deemed}, though the evidence speaks against {against} of those"
            )
        }
        Accepts::SelfDeclaration => {
            format!("all {all} requirements count as met{deemed}, and no evidence contradicts them")
        }
        Accepts::Tested | Accepts::Grant => format!("a laboratory saw all {all} requirements met{deemed}"),
    }
}

/// The document that must accompany the product, unless a current label stands in for it.
fn document(scheme: &Scheme, asked: &Asked<'_>) -> Option<Missing> {
    let rule = scheme.statement.as_ref().filter(|s| within(asked.given.on, s.from, None))?;
    let waived = rule
        .waived_by
        .iter()
        .filter(|w| within(asked.given.on, w.from, w.until))
        .filter_map(|w| w.label.as_ref())
        .any(|label| crate::assess::current(label, asked.given));
    match (asked.document)(scheme) {
        _ if waived => None,
        Document::Complete => None,
        Document::Incomplete(fields) => Some(Missing::document(&rule.name, &rule.source, &fields)),
        Document::Absent | Document::Elsewhere => Some(Missing::document(&rule.name, &rule.source, &[])),
    }
}

fn elsewhere(scheme: &Scheme, asked: &Asked<'_>) -> bool {
    (asked.document)(scheme) == Document::Elsewhere
}

/// What the scheme recognises of a scheme under which the product stands as met: a shorter way. Where the other one grants a
/// label, the label itself has to be of a recognised level.
fn shortcuts(scheme: &Scheme, asked: &Asked<'_>, met: &[&str]) -> Vec<Missing> {
    let stands = |r: &Recognition| {
        let label = RecognisedLabel {
            scheme: r.scheme.clone(),
            levels: r.levels.clone(),
            standard: r.standard.clone(),
        };
        let granted = crate::scheme::find(&r.scheme).is_some_and(|s| s.accepts == Accepts::Grant);
        met.contains(&r.scheme.as_str()) && (!granted || crate::assess::current(&label, asked.given))
    };
    scheme
        .recognises
        .iter()
        .filter(|r| r.extent != Extent::Deemed && within(asked.given.on, r.from, r.until) && stands(r))
        .map(|r| Missing::shortcut(&r.scheme, r.extent, &r.says, &r.source))
        .collect()
}
