//! What a page says of the absence of updates: a reason, until when the hardware is replaced and how, and a support period.
//! Works sentence by sentence with small lists of words; where the words are there but not plain, it says so.

use super::words::{begins, has, hedge, pair, time};
use crate::page::Sentence;

/// What is said of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Plainly, in this line.
    Stated(usize),
    /// In a way that leaves it open: the line and the reason.
    Doubtful(usize, String),
    /// Not at all.
    Absent,
}

impl Said {
    /// What two passages say together: the plainer one counts, and of equals the first.
    fn or(self, other: Self) -> Self {
        match (&self, &other) {
            (Self::Stated(_), _) | (Self::Doubtful(..), Self::Doubtful(..) | Self::Absent) => self,
            (Self::Absent, Self::Absent) => self,
            _ => other,
        }
    }
}

/// The four things that are looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) reason: Said,
    pub(super) until: Said,
    pub(super) way: Said,
    pub(super) support: Said,
}

impl Read {
    pub(super) fn nothing() -> Self {
        Self { reason: Said::Absent, until: Said::Absent, way: Said::Absent, support: Said::Absent }
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self {
            reason: self.reason.or(other.reason),
            until: self.until.or(other.until),
            way: self.way.or(other.way),
            support: self.support.or(other.support),
        }
    }
}

/// Whether the text speaks of the subject at all.
pub(super) fn is_about(sentences: &[Sentence]) -> bool {
    sentences.iter().any(|s| of_updates(s) || of_replacement(s))
}

/// Reads the sentences of a page.
pub(super) fn read(sentences: &[Sentence]) -> Read {
    let mut read = Read::nothing();
    for (number, sentence) in sentences.iter().enumerate() {
        let near = |n: Option<usize>| n.and_then(|n| sentences.get(n)).filter(|s| s.block == sentence.block);
        let (before, after) = (near(number.checked_sub(1)), near(number.checked_add(1)));
        read = read.or(Read {
            reason: reason(sentence, before, after),
            until: until(sentence, before),
            way: way(sentence),
            support: support(sentence),
        });
    }
    read
}

fn of_updates(sentence: &Sentence) -> bool {
    begins(sentence, &["updat", "upgrad", "patch", "non-updat", "unupdat"])
}

fn of_replacement(sentence: &Sentence) -> bool {
    begins(sentence, &["replac", "exchang", "swap", "substitut"]) || pair(sentence, "trade", "in")
}

/// Says that there are no updates.
fn denies_updates(sentence: &Sentence) -> bool {
    const NO: [&str; 14] = [
        "no",
        "not",
        "cannot",
        "can't",
        "never",
        "without",
        "unable",
        "nor",
        "neither",
        "isn't",
        "aren't",
        "don't",
        "doesn't",
        "impossible",
    ];
    begins(sentence, &["non-updat", "unupdat"]) || (of_updates(sentence) && has(sentence, &NO))
}

fn reason(sentence: &Sentence, before: Option<&Sentence>, after: Option<&Sentence>) -> Said {
    if !denies_updates(sentence) {
        return Said::Absent;
    }
    let line = sentence.line();
    let around = || [Some(sentence), before, after].into_iter().flatten();
    if around().any(promises_a_reason) {
        return Said::Doubtful(
            line,
            "promises the reason for the absence of updates, and does not give it".into(),
        );
    }
    if gives_a_reason(sentence) || after.is_some_and(gives_a_reason) || before.is_some_and(leads_to_this) {
        return Said::Stated(line);
    }
    // "It runs from read-only memory. Updates are not possible." may be one.
    const CAUSES: [&str; 14] = [
        "memory",
        "rom",
        "read-only",
        "storage",
        "flash",
        "radio",
        "battery",
        "bandwidth",
        "power",
        "processor",
        "microcontroller",
        "constrained",
        "one-time",
        "hardware",
    ];
    if around().any(|s| has(s, &CAUSES)) {
        return Said::Doubtful(line, "says that there are no updates, and what stands beside it may be meant as the reason: say so with \"because\"".into());
    }
    Said::Absent
}

/// Has a word that joins a reason to what it explains.
fn gives_a_reason(sentence: &Sentence) -> bool {
    let since = sentence.words.windows(2).any(|w| {
        // "since 2024" is a time.
        w[0].text == "since" && !w[1].text.starts_with(|c: char| c.is_ascii_digit())
    });
    has(sentence, &["because", "therefore", "hence", "owing", "lacks", "reason", "reasons"])
        || pair(sentence, "due", "to")
        || pair(sentence, "so", "that")
        || since
}

/// "The device has no writable memory. For this reason / therefore it cannot be updated": the join stands in the sentence
/// itself, or the one before it names the reason.
fn leads_to_this(before: &Sentence) -> bool {
    has(before, &["reason", "reasons", "because"])
}

fn promises_a_reason(sentence: &Sentence) -> bool {
    has(sentence, &["reason", "reasons", "why", "rationale"])
        && (has(
            sentence,
            &["will", "request", "soon", "later", "shortly", "ask", "contact", "available", "shall"],
        ))
}

/// Until when the hardware is replaced.
fn until(sentence: &Sentence, before: Option<&Sentence>) -> Said {
    let about = of_replacement(sentence);
    let follows = before.is_some_and(of_replacement) && !of_support_alone(sentence);
    if !about && !follows {
        return Said::Absent;
    }
    match time(sentence) {
        None => Said::Absent,
        Some(line) => match hedge(sentence) {
            Some(hedge) => {
                Said::Doubtful(line, format!("hedges how long the hardware is replaced (\"{hedge}\")"))
            }
            None if about => Said::Stated(line),
            None => Said::Doubtful(line, "gives a time that may be meant for the replacement".into()),
        },
    }
}

/// How the hardware is replaced.
fn way(sentence: &Sentence) -> Said {
    if !of_replacement(sentence) && !pair(sentence, "spare", "parts") && !pair(sentence, "spare", "part") {
        return Said::Absent;
    }
    const THINGS: [&str; 16] = [
        "unit", "units", "device", "devices", "part", "parts", "product", "module", "sensor", "one", "model",
        "plug", "lamp", "board", "battery", "it",
    ];
    const NO: [&str; 5] = ["no", "not", "never", "cannot", "without"];
    let line = sentence.line();
    if has(sentence, &NO) {
        return Said::Doubtful(
            line,
            "speaks of replacement, but with a \"no\": say plainly how the hardware is replaced".into(),
        );
    }
    let exchange = begins(sentence, &["exchang", "swap", "substitut"]) || pair(sentence, "trade", "in");
    if exchange || has(sentence, &THINGS) || has(sentence, &["send", "return", "shop", "retailer", "dealer"])
    {
        return Said::Stated(line);
    }
    Said::Doubtful(line, "speaks of replacement, and does not plainly say how it is done".into())
}

/// A support period.
fn support(sentence: &Sentence) -> Said {
    let speaks = begins(sentence, &["support"]) || pair(sentence, "end", "of");
    let Some(line) = time(sentence).filter(|_| speaks) else { return Said::Absent };
    if let Some(hedge) = hedge(sentence) {
        return Said::Doubtful(line, format!("hedges the support period (\"{hedge}\")"));
    }
    if begins(sentence, &["support"]) && (!of_replacement(sentence) || pair(sentence, "support", "period")) {
        return Said::Stated(line);
    }
    Said::Doubtful(
        line,
        "gives a time that may be meant for the replacement alone and not as the support period".into(),
    )
}

/// Speaks of support and not of replacement.
fn of_support_alone(sentence: &Sentence) -> bool {
    begins(sentence, &["support"]) && !of_replacement(sentence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Page;

    fn said(text: &str) -> Read {
        read(&Page::read(text.as_bytes()).sentences())
    }

    #[test]
    fn a_reason_is_told_from_a_promise_and_from_none() {
        for text in [
            "The software cannot be updated because its memory is read-only.",
            "There are no software updates for the HS-1. The reason is that it has no storage for a second image.",
            "Due to the read-only memory the firmware is not updatable.",
            "Since the sensor has no receiver it cannot receive updates.",
        ] {
            assert!(matches!(said(text).reason, Said::Stated(_)), "{text}: {:?}", said(text).reason);
        }
        for text in [
            "There are no updates. The reasons are available on request.",
            "It cannot be updated; we will publish the reason.",
            "The HS-1 runs from read-only memory. Updates are not possible.",
        ] {
            assert!(matches!(said(text).reason, Said::Doubtful(..)), "{text}: {:?}", said(text).reason);
        }
        for text in
            ["There are no updates for the HS-1.", "We replace it until 2031.", "No updates since 2024."]
        {
            assert_eq!(said(text).reason, Said::Absent, "{text}");
        }
    }

    #[test]
    fn a_plan_has_a_time_and_a_way() {
        let plan = |text: &str| (said(text).until, said(text).way);
        let stated = |said: &Said| matches!(said, Said::Stated(_));
        for text in [
            "We exchange the unit free of charge until 31 May 2031.",
            "For ten years after the sale we replace the sensor by a new one.",
            "Replacement devices are available at your shop until the end of 2031.",
        ] {
            let (until, way) = plan(text);
            assert!(stated(&until) && stated(&way), "{text}: {until:?} {way:?}");
        }
        let (until, way) = plan("Replacement is possible for up to five years.");
        assert!(matches!((&until, &way), (Said::Doubtful(..), Said::Doubtful(..))), "{until:?} {way:?}");
        assert_eq!(plan("We exchange the unit at any shop.").0, Said::Absent);
        assert_eq!(plan("Support ends on 31 May 2031."), (Said::Absent, Said::Absent));
    }

    #[test]
    fn a_support_period_is_not_the_time_of_replacement() {
        assert!(matches!(said("The support period ends on 31 May 2031.").support, Said::Stated(_)));
        assert!(matches!(said("We support it for five years.").support, Said::Stated(_)));
        assert!(matches!(said("Replacement support until 31 May 2031.").support, Said::Doubtful(..)));
        assert!(matches!(said("We support it for up to five years.").support, Said::Doubtful(..)));
        assert!(matches!(said("Support period: until May 2031.").support, Said::Stated(_)));
        assert_eq!(said("We replace units until 31 May 2031.").support, Said::Absent);
        assert_eq!(said("Ask our support.").support, Said::Absent);
    }
}
