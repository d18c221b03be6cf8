//! The rules of the ICS as pages: id, title, plain words, source.

/// Every rule that [`super::verify`] applies: id, title, what it means for somebody who fills in an ICS, and its source.
pub const RULES: [(&str, &str, &str, &str); 8] = [
    (
        "ics-mandatory-no",
        "A mandatory provision is claimed as not fulfilled",
        "An assessment can only pass where every mandatory provision is claimed: with a `no` on one of them the statement \
         is not valid and the overall verdict is FAIL, whatever the tests show. Fulfil the provision. Where it has a \
         condition that your product does not meet, claim `not-applicable` and say why.",
        "ETSI TS 103 701 V1.1.1, clause 4.3, phase 4 a)",
    ),
    (
        "ics-constrained-unjustified",
        "Not applicable for a constrained device, without the justification",
        "Conditions 4 and 5 turn on whether the device is constrained: whether its intended use leaves it too little power, \
         memory, bandwidth or interaction to do what the provision asks. Cost alone is no constraint. State the fact \
         `constrained` in [features] and name in `detail` what the device lacks and why its use makes it so. Whether that \
         convinces is judged by a person. For V3.1.3 we ask the same of its conditions 14 and 15, which took their place.",
        "ETSI TS 103 701 V1.1.1, clause 4.3, phase 4 b); Annex A.2",
    ),
    (
        "ics-condition-met",
        "Claimed as not applicable, but the condition is met",
        "A conditional provision may be claimed as `not-applicable` where its condition is not met. Here something you said \
         yourself shows that it is: a fact in [features], or an entry of the IXIT. Claim `yes` if you fulfil the provision, \
         or correct the fact or the entry if that is what is wrong. A provision with several conditions binds where all of \
         them are met.",
        "ETSI TS 103 701 V1.1.1, clause 4.3, phase 4 c)",
    ),
    (
        "ics-condition-unmet",
        "Claimed as fulfilled, but the condition is not met",
        "A `yes` on a conditional provision says that there is something to fulfil it with: update rules need an update \
         mechanism, password rules need passwords. Here something you said yourself shows that there is none. Claim \
         `not-applicable` and say why. Conditions 4 and 5 are excepted: a constrained device may do more than it must.",
        "ETSI TS 103 701 V1.1.1, clause 4.3, phase 4 d)",
    ),
    (
        "ics-not-conditional",
        "Not applicable, on a provision without a condition",
        "Only a conditional provision can be not applicable. Which provisions are conditional depends on the pro forma: \
         TS 103 701 Annex A.3 adds conditions 14 to 28 that EN 303 645 V2.1.1 Annex B does not have, so the same claim can \
         be valid in one and not in the other. Claim `yes`; on a recommendation you may claim `no` with the reason.",
        "ETSI TS 103 701 V1.1.1, clause 4.3, phase 4 e)",
    ),
    (
        "ics-no-detail",
        "No justification in the Detail column",
        "Every `no` and every `not-applicable` needs its reason beside it: why the provision does not apply, or why it \
         is not fulfilled. A placeholder such as n/a or tbd is no reason. Provision 4-1 (5.0-1 in V3.1.3) makes the record \
         of these reasons a requirement of its own.",
        "ETSI TS 103 701 V1.1.1, clause 4.4; ETSI EN 303 645 V2.1.1, 4-1",
    ),
    (
        "ics-void",
        "Claimed under a version in which the provision is void",
        "EN 303 645 V3.1.3 voids some numbers of V2.1.1 and puts others in their place. A claim under one version is no claim \
         under another: read what the successors ask and claim each of them.",
        "ETSI EN 303 645 V3.1.3, Annex B",
    ),
    (
        "ics-unclaimed",
        "A mandatory provision without a claim",
        "The statement is incomplete: it says nothing of a mandatory provision. Claim `yes` where you fulfil it, or \
         `not-applicable` with the reason where it has a condition that your product does not meet. Silence about a \
         recommendation is found by test group 4-1 instead.",
        "ETSI TS 103 701 V1.1.1, clause 4.4",
    ),
];
