//! What is missing under a scheme, as steps that somebody can take, ordered by what they cost.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Asked;
use crate::assess::{Assessment, Judged, WayJudged};
use crate::case::EvidenceKind;
use crate::outcome::{Claim, Outcome};
use crate::rules::rulebook;
use crate::scheme::{Accepts, Extent, Scheme};

/// What a step costs, roughly: an order of magnitude for choosing between steps, not a quotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effort {
    /// Writing down what is known.
    Minutes,
    /// Exporting a file, saving a page, writing a short document.
    Hours,
    /// Unpacking, recording, testing on a bench.
    Days,
    /// An application or a laboratory.
    Weeks,
    /// A change of the product.
    Change,
}

impl Effort {
    /// The word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::Days => "days",
            Self::Weeks => "weeks",
            Self::Change => "a change of the product",
        }
    }

    /// What it usually costs to have a piece of evidence of a kind.
    #[must_use]
    pub fn of(kind: EvidenceKind) -> Self {
        match kind {
            EvidenceKind::SecurityTxt | EvidenceKind::SupportPage | EvidenceKind::ReplacementPage => {
                Self::Minutes
            }
            EvidenceKind::DisclosurePolicy
            | EvidenceKind::PasswordBatch
            | EvidenceKind::PasswordAudit
            | EvidenceKind::PageVisit
            | EvidenceKind::UserDocumentation
            | EvidenceKind::SetupProtocol
            | EvidenceKind::DevicePhotographs => Self::Hours,
            EvidenceKind::RootFileSystem | EvidenceKind::InterfaceScan | EvidenceKind::DebugInspection => {
                Self::Days
            }
            EvidenceKind::EvaluationReport => Self::Weeks,
        }
    }
}

/// One thing that is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// What it costs.
    pub effort: Effort,
    /// What kind of step it is.
    pub kind: Step,
    /// The requirement it is about, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provision: Option<String>,
    /// What to do, in a sentence.
    pub step: String,
    /// Where that is written.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source: String,
}

/// What kind of step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Something is not claimed.
    Claim,
    /// A fact about the product is not stated.
    Fact,
    /// Evidence is not offered.
    Evidence,
    /// The document that accompanies the product.
    Document,
    /// A shorter way because another scheme is recognised.
    Shortcut,
    /// An application, or a laboratory.
    Application,
    /// Something does not fulfil the requirement.
    Mend,
}

impl Missing {
    pub(super) fn fact(what: String) -> Self {
        Self { effort: Effort::Minutes, kind: Step::Fact, provision: None, step: what, source: String::new() }
    }

    pub(super) fn document(name: &str, source: &str, fields: &[String]) -> Self {
        let step = if fields.is_empty() {
            format!("see that the {name} accompanies the product")
        } else {
            format!("complete the {name}: {}", fields.join("; "))
        };
        Self { effort: Effort::Hours, kind: Step::Document, provision: None, step, source: source.to_owned() }
    }

    pub(super) fn shortcut(scheme: &str, extent: Extent, says: &str, source: &str) -> Self {
        let step =
            format!("the product holds under {scheme}, which is recognised ({}): {says}", extent.word());
        Self { effort: Effort::Weeks, kind: Step::Shortcut, provision: None, step, source: source.to_owned() }
    }

    pub(super) fn is_document(&self) -> bool {
        self.kind == Step::Document
    }
}

/// Everything without which the scheme's requirements do not hold.
pub(super) fn asked_for(scheme: &Scheme, assessment: &Assessment, asked: &Asked<'_>) -> Vec<Missing> {
    let mut all: Vec<Missing> = assessment
        .requirements
        .iter()
        .filter(|r| r.holds != Some(true))
        .flat_map(|r| steps(scheme, r, asked))
        .collect();
    if scheme.accepts == Accepts::Grant
        && let Some(holding) =
            scheme.holding.as_ref().filter(|_| assessment.held.as_ref().is_none_or(|h| !h.current))
    {
        let open = scheme.phase_on(asked.given.on).is_none_or(|p| p.open);
        let step = if open {
            format!("apply for the label and name it in a [[label]] of product.toml: {}", holding.says)
        } else {
            format!("applications are not taken on that day: {}", holding.says)
        };
        let source = holding.source.clone();
        all.push(Missing { effort: Effort::Weeks, kind: Step::Application, provision: None, step, source });
    }
    all
}

fn steps(scheme: &Scheme, r: &Judged, asked: &Asked<'_>) -> Vec<Missing> {
    let source = rulebook().provisions.get(&r.id).map_or(String::new(), |p| p.source.clone());
    let step = |effort, kind, step: String| Missing {
        effort,
        kind,
        provision: Some(r.id.clone()),
        step,
        source: source.clone(),
    };
    if let Some(why) = &r.refused {
        return vec![step(Effort::Change, Step::Mend, why.clone())];
    }
    if r.outcome == Outcome::NotMet || r.claim == Some(Claim::No) {
        let how = rulebook().provisions.get(&r.id).map_or("", |p| p.help.as_str());
        return vec![step(Effort::Change, Step::Mend, format!("fulfil {}: {how}", r.id))];
    }
    if r.claim.is_none() {
        let way = |w: &WayJudged| match w.fault {
            Some(_) => format!("{}: {}", w.name, w.why),
            None => w.name.clone(),
        };
        let ways: Vec<String> = r.ways.iter().map(way).collect();
        let or = if ways.is_empty() {
            String::new()
        } else {
            format!(", or go another way ({})", ways.join("; "))
        };
        return vec![step(
            Effort::Minutes,
            Step::Claim,
            format!("claim {} in product.toml if it is fulfilled{or}", r.id),
        )];
    }
    match scheme.accepts {
        Accepts::Tested => {
            let mut all = evidence(r, asked);
            let have = format!("have a laboratory see {} met", r.id);
            all.push(step(Effort::Weeks, Step::Application, have));
            all
        }
        Accepts::Grant | Accepts::SelfDeclaration => evidence(r, asked),
    }
}

/// What would be worth having though the scheme is satisfied: requirements that nobody has seen.
pub(super) fn firmer(assessment: &Assessment, asked: &Asked<'_>) -> Vec<Missing> {
    let unseen = |r: &&Judged| {
        r.holds == Some(true) && matches!(r.outcome, Outcome::NotTested | Outcome::Inconclusive)
    };
    let mut all: Vec<Missing> =
        assessment.requirements.iter().filter(unseen).flat_map(|r| evidence(r, asked)).collect();
    all.sort_by_key(|m| m.effort);
    // One piece of evidence often serves several requirements: it is named once.
    let mut seen = BTreeSet::new();
    all.retain(|m| seen.insert(m.step.clone()));
    all
}

fn evidence(r: &Judged, asked: &Asked<'_>) -> Vec<Missing> {
    let source = rulebook().provisions.get(&r.id).map_or(String::new(), |p| p.source.clone());
    let wanted = asked.wanted.get(&r.id).into_iter().flatten();
    wanted
        .map(|kind| Missing {
            effort: Effort::of(*kind),
            kind: Step::Evidence,
            provision: Some(r.id.clone()),
            step: format!("offer evidence of kind `{}`", kind.word()),
            source: source.clone(),
        })
        .collect()
}
