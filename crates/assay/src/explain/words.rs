//! The words that no table of the data holds: the label's signs, answers, outcomes and verdicts, the gate's reasons and the
//! log's refusals.

use super::page::{Page, prose};
use crate::fold::Refusal;
use crate::gate::Reason;

/// Every word, in the order of the glossary.
pub(super) fn pages() -> impl Iterator<Item = Page> {
    let words = WORDS.iter().map(|(id, kind, title, says)| word(id, kind, title, says));
    let reasons =
        Reason::ALL.iter().map(|r| word(r.word(), "reason", &format!("Gate: {}", r.word()), r.explain()));
    let refusals =
        Refusal::IDS.iter().zip(REFUSALS).map(|(id, (title, says))| word(id, "refusal", title, says));
    words.chain(reasons).chain(refusals)
}

fn word(id: &str, kind: &'static str, title: &str, says: &str) -> Page {
    Page::new(id, kind, title).with("", vec![prose(says)])
}

/// The words of judgement, in the order of the glossary: id, kind, title, text.
const WORDS: [(&str, &str, &str, &str); 16] = [
    (
        "tick",
        "label",
        "Label: tick",
        "Everything behind the shield is claimed, and no evidence contradicts it. Under self-declaration nobody need have checked it: the label says who did.",
    ),
    (
        "cross",
        "label",
        "Label: cross",
        "The maker honestly declares that something behind the shield is not fulfilled. Under option A such a product may be sold.",
    ),
    (
        "may-sell",
        "answer",
        "Gate: may-sell",
        "The register knows the product, and the scheme's rule for sellers allows its sale on that day; the reason says why.",
    ),
    (
        "refuse",
        "answer",
        "Gate: refuse",
        "The scheme's rule for sellers forbids the sale on that day; the reason says why.",
    ),
    (
        "ask",
        "answer",
        "Gate: ask",
        "A person has to look: the row cannot be matched, or what the register knows does not decide.",
    ),
    ("out-of-scope", "answer", "Gate: out-of-scope", "The scheme says nothing about this row on that day."),
    (
        "met",
        "outcome",
        "Outcome: met",
        "The evidence shows that the provision is fulfilled, as far as the check looks. Its page says how far that is.",
    ),
    (
        "not-met",
        "outcome",
        "Outcome: not met",
        "The evidence shows that the provision is not fulfilled; each finding says where and how sure that is. A claim of `yes` against it is refused.",
    ),
    (
        "not-applicable",
        "outcome",
        "Outcome: not applicable",
        "The provision does not bind this product; the reason is given.",
    ),
    (
        "inconclusive",
        "outcome",
        "Outcome: inconclusive",
        "There is evidence, but it does not decide; what is missing is named. It never counts as met.",
    ),
    (
        "not-tested",
        "outcome",
        "Outcome: not tested",
        "No evidence was offered. Silence is never a pass: the label and the page say that nobody looked.",
    ),
    (
        "holds",
        "verdict",
        "Verdict: holds",
        "Every requirement of the scheme holds as the scheme accepts it. Under self-declaration that means: claimed, and not contradicted by evidence.",
    ),
    (
        "does-not-hold",
        "verdict",
        "Verdict: does not hold",
        "The maker honestly declares that a requirement is not fulfilled, or claims nothing about it. Under option A the label then bears a cross.",
    ),
    (
        "refused",
        "verdict",
        "Verdict: refused",
        "The declaration is invalid, or its own evidence contradicts it. It cannot be made until the product is mended or the claim is made honest.",
    ),
    (
        "undecided",
        "verdict",
        "Verdict: undecided",
        "The scheme asks for evidence that is missing; nothing speaks against the product.",
    ),
    (
        "test-failed",
        "verdict",
        "A test unit failed",
        "In the roll-up after TS 103 701 a unit of the group that tests this provision failed: by a check's comparison or by a person's verdict in verdicts.toml. A claimed group that fails makes the whole assessment fail. Mend the product and test again; a recommendation may instead be withdrawn from the ICS with its reason (phase 6, NOTE 8).",
    ),
];

/// The log's refusals, in the order of [`Refusal::IDS`]: title, text.
const REFUSALS: [(&str, &str); 32] = [
    (
        "Refused: not a statement",
        "The bytes are not one COSE_Sign1 message in the one accepted form over a statement of a known version. Make it with `assay submit`.",
    ),
    (
        "Refused: wrong signature",
        "The signature does not belong to the bytes and to the key that must sign: makers sign what makers say, the register what the register says.",
    ),
    (
        "Refused: maker registered already",
        "A maker registers once. Go on with declarations; the key file that registered is the one that signs them.",
    ),
    (
        "Refused: maker unknown",
        "A declaration is signed by a key that the log knows. `assay submit` registers the maker first.",
    ),
    (
        "Refused: product unknown",
        "The statement speaks of a product that was never declared, or of somebody else's.",
    ),
    ("Refused: content", "Something in the statement is unknown or out of bounds; the message names it."),
    (
        "Refused: contradicted",
        "A claim is invalid or the declaration's own outcomes contradict it. Mend the product and check again, or declare `no`: an honest cross can be declared, a false tick cannot.",
    ),
    (
        "Refused: support shortened",
        "A published end of security updates never moves earlier (SI 2023/1007, Schedule 1, paragraph 3). The register records that an earlier date was shown; declare the promised date or a later one.",
    ),
    ("Refused: outdated", "A declaration of a later day is in force. Declare with today's date."),
    (
        "Refused: GTIN in use",
        "One GTIN is one product. Remove the number from the other product of yours first, by declaring that one again without it.",
    ),
    (
        "Refused: assessment differs",
        "An assessment must follow from the declaration it names; anybody can judge it again and gets the same.",
    ),
    (
        "Refused: label without assessment",
        "A label must follow from an assessment in force, word for word: sign, date, GTINs and who checked.",
    ),
    (
        "Refused: observation differs",
        "What the register observes must follow from the log: an end of support that is earlier than the one promised.",
    ),
    (
        "Refused: future date",
        "The statement is dated later than tomorrow by the register's clock. Check the date of the machine that signs; a wrong date would bar every later declaration of the product. What a monitor tells of days is `monitor:future-date`.",
    ),
    (
        "Refused: back-dated",
        "The statement is dated more than thirty days before the day that the log has come to, or a statement of the register more than one. A month leaves time for an approval; more would let a promise be made up afterwards. Sign it again with today's date. A registration may be of any day, since nothing is judged by it. What a monitor tells of days is `monitor:back-dated`.",
    ),
    (
        "Refused: stated already",
        "The same stands in the log: the message names the index. A statement twice is the same entry; nothing is added.",
    ),
    (
        "Refused: personal data",
        "A text holds an e-mail address, a telephone number, a postal address or a person. The log cannot forget: it takes organisations, domains and salted digests; names and addresses stay in documents that can be erased.",
    ),
    (
        "Refused: key known",
        "The key is or was one of this maker's. Make a new one: a key that was retired does not come back.",
    ),
    ("Refused: key unknown", "The key that is to be retired is none of this maker's."),
    (
        "Refused: key retired",
        "A key signs nothing after its retirement, whatever day the statement bears: the log's order counts, not the date. What it signed before stands. Sign with a key that is in use.",
    ),
    (
        "Refused: last key",
        "A maker does not retire its last key: nobody could sign for it any more. Add the next one first. Where the last key is lost or stolen the register retires it, and the maker registers anew.",
    ),
    (
        "Refused: withdrawn before",
        "The declaration was taken back, so it can neither be extended nor corrected. It stays visible as withdrawn; declare the product anew.",
    ),
    (
        "Refused: corrects nothing",
        "A correction names what it corrects: the maker's registration, or the declaration in force. What it corrects stays in the log.",
    ),
    (
        "Refused: number decided",
        "The number was in dispute and was decided not to be this maker's. Take it out of the declaration; a new decision can change that.",
    ),
    (
        "Refused: dispute differs",
        "A dispute and its decision name the makers whose claims stand in the log, all of them. A number that nobody claims is in no dispute, and one that is not disputed is not decided. Once claims have met, a number stays disputed until it is decided, also where all but one were given up; a decision may then name who gave up as well.",
    ),
    (
        "Refused: laboratory unknown",
        "An assessment of a laboratory is signed by a key that the register or the authority accredited before.",
    ),
    (
        "Refused: accreditation over",
        "The laboratory's accreditation had ended when the assessment came: by its last day or because it was ended. What it signed before stands.",
    ),
    ("Refused: beyond the accreditation", "The laboratory is not accredited for this scheme."),
    (
        "Refused: label suspended",
        "The label under this scheme is suspended. A new declaration does not lift that; who suspended it does.",
    ),
    ("Refused: label unknown", "A suspension names the label in force, by its index."),
    (
        "Refused: nothing to lift",
        "The index is no notice and no suspension that stands: it may be lifted already.",
    ),
    (
        "Refused: announced too late",
        "Another key of the log or another witness policy is announced seven days ahead, another version of a format thirty: whoever relies on the log has time to look.",
    ),
];
