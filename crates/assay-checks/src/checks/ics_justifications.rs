//! Does every recommendation that the maker does not fulfil, or calls not applicable, come with its justification? Reads the
//! claims under EN 303 645 v2.1.1, with the statuses of TS 103 701 A.3. Whether a justification convinces is a person's to say.

use assay::conformity::ics::recommendations;
use assay::conformity::{ProForma, TESTED};
use assay::outcome::{Claim, Confidence, Finding, SpeaksFrom};

use crate::quote::{count, list};
use crate::verdict::{Verdict, finding};
use crate::{Check, Subject, kinds};

pub(crate) const CHECK: Check = Check {
    id: "ics-justifications",
    title: "Every recommendation that is left out has its justification",
    evidence: &[],
    provisions: &["en303645-v2.1.1:4-1"],
    units: &[UNIT],
    speaks_from: SpeaksFrom::MakersWords,
    page: include_str!("ics_justifications.md"),
    run,
};

const UNIT: &str = "4-1-1/a";
/// Most numbers that a reason spells out.
const MOST_NAMED: usize = 10;

fn run(subject: &Subject<'_>) -> Verdict {
    let claims = &subject.case.claims;
    if !claims.keys().any(|id| is_under(id)) {
        return Verdict::not_tested(format!(
            "The case claims nothing under {TESTED}: an ICS says yes, no or not applicable for each of its provisions."
        ));
    }
    // TS 103 701 A.3 decides what is a recommendation there, where it differs from the standard.
    let said = recommendations(ProForma::Ts103701A3, claims);
    let bare = said.bare.iter().map(|(provision, claimed)| {
        finding(
            &kinds::CLAIM_WITHOUT_REASON,
            format!(
                "{} is claimed as {}, and its detail is no justification",
                provision.number(),
                word(claimed.claim)
            ),
            format!("product.toml:{}:{}", claimed.at.line, claimed.at.column),
            Confidence::Certain,
            CHECK.provisions,
        )
    });
    let findings: Vec<Finding> = bare.collect();
    let mut unclaimed: Vec<&str> = said.silent.iter().map(|p| p.number()).collect();
    let mut doubts = Vec::new();
    if !unclaimed.is_empty() {
        let more = unclaimed.len().saturating_sub(MOST_NAMED);
        unclaimed.truncate(MOST_NAMED);
        let more = if more > 0 { format!(", and of {more} more") } else { String::new() };
        doubts.push(format!(
            "nothing is said of the recommendations {}{more}: claim yes, no or not-applicable",
            list(&unclaimed)
        ));
    }
    let good = match said.left_out {
        0 => "every recommendation is claimed as fulfilled, so none needs a justification".to_owned(),
        n => format!(
            "{} left out, each with a text that says why",
            count(n, "recommendation is", "recommendations are")
        ),
    };
    let verdict = Verdict::weigh(findings, doubts, good);
    let (outcome, why) = (verdict.outcome, verdict.why.clone());
    verdict.showing(UNIT, outcome, &why)
}

fn is_under(id: &str) -> bool {
    id.split_once(':').is_some_and(|(baseline, _)| baseline == TESTED)
}

fn word(claim: Claim) -> &'static str {
    match claim {
        Claim::Yes => "fulfilled",
        Claim::No => "not fulfilled",
        Claim::NotApplicable => "not applicable",
    }
}
