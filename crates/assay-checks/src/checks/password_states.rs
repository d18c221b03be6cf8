//! Do the passwords, as the maker describes them state by state, break one of the two rules? The rule of 2018 and 2019 looks
//! at every state, the law only outside the factory-default one, so that a finding goes against the rule it breaks and no
//! other. What units really open with is shown by other checks.

use assay::case::Place;
use assay::outcome::{Confidence, SpeaksFrom};
use assay::passwords::{Judgement, Origin, psti, strict_2019};

use crate::verdict::{Verdict, finding, sentence};
use crate::{Check, Kind, Subject, kinds};

pub(crate) const CHECK: Check = Check {
    id: "password-states",
    title: "Where passwords come from, state by state, breaks no rule",
    evidence: &[],
    provisions: &["cop-2018:1", "ts103645-v1.1.1:4.1-1", "en303645-v2.1.1:5.1-1", "psti-2023:sch1-1"],
    units: &[],
    speaks_from: SpeaksFrom::MakersWords,
    page: include_str!("password_states.md"),
    run,
};

/// The rule that looks at every state, a reset included.
const STRICT: &[&str] = &["cop-2018:1", "ts103645-v1.1.1:4.1-1"];
/// The rule that leaves the factory-default state out.
const LAW: &[&str] = &["en303645-v2.1.1:5.1-1", "psti-2023:sch1-1"];

fn run(subject: &Subject<'_>) -> Verdict {
    let Some(stated) = &subject.case.passwords else {
        return Verdict::not_tested(
            "The case has no [passwords] table: say where the password comes from as shipped, in use and after a reset.",
        );
    };
    let in_use = stated.in_use_at;
    // The strict rule is broken by whichever state is universal; that in use goes first.
    let universal = [
        (stated.says.in_use, in_use),
        (stated.says.after_reset, stated.after_reset_at),
        (stated.says.factory_default, stated.factory_default_at),
    ];
    let at = universal.iter().find(|(origin, _)| *origin == Origin::Universal).map_or(in_use, |(_, at)| *at);
    let (mut findings, mut doubts, mut good) = (Vec::new(), Vec::new(), Vec::new());
    let mut weigh =
        |judgement: Judgement, rule: &str, kind: &Kind, at: Place, provisions: &[&str]| match judgement {
            Judgement::NotMet(why) => findings.push(finding(
                kind,
                format!("by the maker's own description {why} ({rule})"),
                format!("product.toml:{}:{}", at.line, at.column),
                Confidence::Certain,
                provisions,
            )),
            Judgement::Consistent(why) => good.push(sentence(&format!("{rule}: {why}"))),
            Judgement::Undecided(why) => doubts.push(format!("{rule}: {why}")),
        };
    weigh(strict_2019(&stated.says), "the rule of 2018 and 2019", &kinds::UNIVERSAL_DEFAULT, at, STRICT);
    weigh(psti(&stated.says), "the rule of the law", &kinds::UNIVERSAL_IN_USE, in_use, LAW);
    Verdict::weigh(findings, doubts, good.join(" "))
}
