//! What nobody checked, and what to do next: silence is never a pass, so it has a section of its own.

use std::collections::BTreeMap;

use assay::outcome::Outcome;
use assay::rules::rulebook;
use assay::territory::{Effort, Missing, Standing, Step};

use super::Shown;
use super::told::unsaid;
use super::words::{self, Word, clean, count};

/// From how many requirements on a step that each of them asks for is named once.
const TOGETHER: usize = 4;

/// Requirements that the same open checks leave open.
pub(crate) struct Unseen {
    /// The requirements' ids.
    pub(crate) requirements: Vec<String>,
    /// Check, what it showed, and why it could not decide. Empty where no check exists.
    pub(crate) checks: Vec<(String, Word, String)>,
    /// Where no check exists: what a person must do, requirement by requirement.
    pub(crate) persons: Vec<(String, String)>,
}

/// What to do next.
pub(crate) struct Steps {
    /// The cheapest piece of evidence that is missing.
    pub(crate) evidence: Option<Next>,
    /// Everything else, the cheapest first.
    pub(crate) others: Vec<Next>,
}

/// One step.
pub(crate) struct Next {
    /// What it costs.
    pub(crate) effort: &'static str,
    /// What to do.
    pub(crate) step: String,
    /// The schemes it serves.
    pub(crate) serves: String,
}

/// Everything that is open, in the order of the schemes.
pub(crate) fn all(shown: &Shown<'_>) -> Vec<Unseen> {
    let mut groups: Vec<(String, Unseen)> = Vec::new();
    for r in shown.assessments.iter().flat_map(|a| &a.requirements) {
        if !matches!(r.outcome, Outcome::Inconclusive | Outcome::NotTested) {
            continue;
        }
        let open = |o: Outcome| matches!(o, Outcome::Inconclusive | Outcome::NotTested);
        let checks: Vec<(String, Word, String)> = r
            .checks
            .iter()
            .filter(|c| open(c.outcome_for(&r.id)) && !unsaid(c))
            .map(|c| (c.check.clone(), words::outcome(c.outcome_for(&r.id)), clean(&c.why)))
            .collect();
        let key = checks.iter().map(|c| c.0.as_str()).collect::<Vec<_>>().join(" ");
        let at = groups.iter().position(|(k, _)| *k == key).unwrap_or_else(|| {
            groups.push((key, Unseen { requirements: Vec::new(), checks, persons: Vec::new() }));
            groups.len() - 1
        });
        let group = &mut groups[at].1;
        if group.requirements.contains(&r.id) {
            continue;
        }
        group.requirements.push(r.id.clone());
        if group.checks.is_empty() {
            let person = rulebook().provisions.get(&r.id).map_or("", |p| p.person.as_str());
            group.persons.push((r.id.clone(), person.to_owned()));
        }
    }
    // A folder without a case has no requirements: what its check left open stands for itself.
    if shown.assessments.is_empty() {
        let open =
            shown.results.iter().filter(|r| matches!(r.outcome, Outcome::Inconclusive | Outcome::NotTested));
        groups.extend(open.map(|r| {
            let check = (r.check.clone(), words::outcome(r.outcome), clean(&r.why));
            (r.check.clone(), Unseen { requirements: Vec::new(), checks: vec![check], persons: Vec::new() })
        }));
    }
    groups.into_iter().map(|(_, g)| g).collect()
}

/// What is missing or would make an answer firmer under any scheme; one step that serves several is named once. What must be
/// mended stands elsewhere.
pub(crate) fn steps(standings: &[Standing]) -> Steps {
    let mut by: BTreeMap<(Effort, Step, String), Vec<&str>> = BTreeMap::new();
    for s in standings {
        for m in s.missing.iter().chain(&s.firmer).filter(|m| m.kind != Step::Mend) {
            let step = together(m, &s.missing).map_or_else(
                || clean(&m.step),
                |(n, step)| format!("{step} {}", s.scheme).replace("{}", &count(n, "requirement")),
            );
            let serves = by.entry((m.effort, m.kind, step)).or_default();
            if !serves.contains(&s.scheme.as_str()) {
                serves.push(&s.scheme);
            }
        }
    }
    let mut steps = Steps { evidence: None, others: Vec::new() };
    for ((effort, kind, step), serves) in by {
        let next = Next { effort: effort.word(), step, serves: serves.join(", ") };
        if kind == Step::Evidence && steps.evidence.is_none() {
            steps.evidence = Some(next);
        } else {
            steps.others.push(next);
        }
    }
    steps
}

/// Where a step is asked for many requirements one by one: how many, and the words for all of them together.
pub(crate) fn together(step: &Missing, all: &[Missing]) -> Option<(usize, &'static str)> {
    let words = match step.kind {
        Step::Claim => "claim {} where they are fulfilled, under",
        Step::Application => "have a laboratory see {} met, under",
        _ => return None,
    };
    let same = all.iter().filter(|m| m.kind == step.kind && m.provision.is_some()).count();
    (step.provision.is_some() && same >= TOGETHER).then_some((same, words))
}
