//! Every id in plain words: guidelines, provisions, schemes, words of judgement, the shop's reasons and the log's refusals,
//! each with its source. The text is derived from the data wherever the data has it; what stands here is only what no
//! table holds. Checks and kinds of findings are explained by the crate that judges.

use crate::fold::Refusal;
use crate::gate::Reason;
use crate::rules::{Provision, rulebook};
use crate::scheme::{self, Scheme, Symbol};

/// A page about one id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The id, as it stands in outputs.
    pub id: String,
    /// What kind of thing it is: `guideline`, `provision`, `scheme`, `outcome`, `verdict`, `reason`, `refusal`.
    pub kind: &'static str,
    /// Its name.
    pub title: String,
    /// Paragraphs in plain words, separated by blank lines.
    pub text: String,
    /// Where the rule stands; empty where the word is our own.
    pub source: String,
}

/// Every page, in the order in which an index lists them.
#[must_use]
pub fn pages() -> Vec<Page> {
    let book = rulebook();
    let provisions = book.provisions.values().map(provision);
    let schemes = scheme::bundled().iter().map(of_scheme);
    let words = WORDS.iter().map(|(id, kind, title, text)| page(id, kind, title, text));
    let reasons =
        Reason::ALL.iter().map(|r| page(r.word(), "reason", &format!("Gate: {}", r.word()), r.explain()));
    let refusals =
        Refusal::IDS.iter().zip(REFUSALS).map(|(id, (title, text))| page(id, "refusal", title, text));
    provisions.chain(schemes).chain(words).chain(reasons).chain(refusals).collect()
}

/// The page of an id. A provision's number alone is enough where only one document has it.
#[must_use]
pub fn find(id: &str) -> Option<Page> {
    let full = rulebook().find(id).map_or(id, |p| p.id.as_str());
    pages().into_iter().find(|p| p.id == full)
}

fn page(id: &str, kind: &'static str, title: &str, text: &str) -> Page {
    Page { id: id.into(), kind, title: title.into(), text: text.into(), source: String::new() }
}

fn provision(p: &Provision) -> Page {
    let book = rulebook();
    let guideline = book.guideline(p.guideline).expect("a test holds every provision against the guidelines");
    let is_guideline = p.id == format!("cop-2018:{}", p.guideline);
    let roles = p.roles.iter().map(|r| r.words()).collect::<Vec<_>>().join(", ");
    let strength = if p.status.starts_with('M') { "It is a requirement" } else { "It is a recommendation" };
    let condition = match p.condition.as_ref().and_then(|c| book.conditions.get(c)) {
        Some(c) => format!("{strength}, which binds where {}.", c.says),
        None => format!("{strength}."),
    };
    let asked = scheme::bundled()
        .iter()
        .filter(|s| s.requirements.iter().any(|r| r.provision == p.id))
        .map(|s| s.id.as_str())
        .collect::<Vec<_>>();
    let asked = if asked.is_empty() { String::new() } else { format!("\n\nAsked by: {}.", asked.join(", ")) };
    let belongs = if is_guideline {
        String::new()
    } else {
        format!("\n\nIt belongs to guideline {}, \"{}\".", guideline.number, guideline.title)
    };
    Page {
        id: p.id.clone(),
        kind: if is_guideline { "guideline" } else { "provision" },
        title: if is_guideline {
            format!("Guideline {}: {}", guideline.number, guideline.title)
        } else {
            p.source.clone()
        },
        text: format!(
            "{}\n\n{condition} It binds: {roles}.{belongs}\n\nHow to meet it: {}{asked}",
            p.says, guideline.help
        ),
        source: format!("{} (in our own words)", p.source),
    }
}

fn of_scheme(s: &Scheme) -> Page {
    let phases = s
        .phases
        .iter()
        .map(|p| {
            let bound = if p.binding { "binding" } else { "not binding" };
            let invented = if p.invented { "; the date is invented: nobody ever set one" } else { "" };
            format!("- from {}: {} ({bound}{invented})", p.from.0, p.name)
        })
        .collect::<Vec<_>>()
        .join("\n");
    let requirements = s
        .requirements
        .iter()
        .map(|r| {
            let symbol = match r.symbol {
                Symbol::Shield => ", shown by the shield",
                Symbol::Date => ", shown by the date",
                Symbol::None => "",
            };
            format!("- {}{symbol}", r.provision)
        })
        .collect::<Vec<_>>()
        .join("\n");
    let label = match &s.label {
        Some(l) => format!("The label's tick stands for: {}. Its cross: {}.", l.tick, l.cross),
        None => "It has no label.".to_owned(),
    };
    let status = if s.enacted { "" } else { "\n\nIt was never enacted." };
    Page {
        id: s.id.clone(),
        kind: "scheme",
        title: s.title.clone(),
        text: format!(
            "{}{status}\n\nPhases:\n{phases}\n\nIt asks for:\n{requirements}\n\n{label}\n\nFor shops: {}",
            s.summary, s.seller.duty
        ),
        source: s.source.clone(),
    }
}

/// The words of judgement, in the order of the glossary: id, kind, title, text.
const WORDS: [(&str, &str, &str, &str); 15] = [
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
];

/// The log's refusals, in the order of [`Refusal::IDS`]: title, text.
const REFUSALS: [(&str, &str); 14] = [
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
        "The statement is dated later than tomorrow by the register's clock. Check the date of the machine that signs; a wrong date would bar every later declaration of the product.",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_id_has_one_page_with_something_to_read() {
        let pages = pages();
        let ids: BTreeSet<&str> = pages.iter().map(|p| p.id.as_str()).collect();
        assert_eq!(ids.len(), pages.len(), "an id has two pages");
        for p in &pages {
            assert!(p.text.len() > 40 && !p.title.is_empty(), "{}", p.id);
        }
    }

    #[test]
    fn a_number_alone_is_enough() {
        assert_eq!(find("5.3-13").map(|p| p.id).as_deref(), Some("en303645-v2.1.1:5.3-13"));
        assert!(find("uk-2019-option-a").is_some_and(|p| p.text.contains("the date is invented")));
        assert_eq!(find("nothing"), None);
    }
}
