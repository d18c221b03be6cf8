//! Who promises what and when: joins the times of a sentence with what they are for (acknowledgement, status updates,
//! assessment, fix) and with whom they bind. Where the join is not plain, it says so instead of choosing.
//!
//! ```text
//! "We acknowledge reports | within 72 hours | and fix them | within 90 days"
//!      acknowledgement        limit              fix           limit            -> stated; the fix has its own time
//! ```

use super::Said;
use super::lexicon::{About, about, binds_reporter, denied, hedged, late};
use super::time::{Time, times};
use crate::page::{Sentence, Word};

/// A part of a sentence between pauses and conjunctions.
#[derive(Clone, Debug, Default)]
struct Part {
    line: usize,
    about: About,
    times: Vec<Time>,
    /// It binds the reporter, not the maker.
    reporter: bool,
    hedge: Option<String>,
    /// A "not" stands in it.
    denied: bool,
}

impl Part {
    fn is_about_something(&self) -> bool {
        self.about.something()
    }

    /// Joins another part's times and reservations to what this one is about.
    fn take_times(&mut self, other: &Self) {
        self.times.extend(&other.times);
        self.reporter |= other.reporter;
        self.denied |= other.denied;
        self.hedge = self.hedge.take().or_else(|| other.hedge.clone());
    }
}

/// What the text says of the acknowledgement and of status updates.
pub(super) fn read(sentences: &[Sentence]) -> (Said, Said) {
    let (mut acknowledged, mut updated) = (Said::Absent(None), Said::Absent(None));
    for (number, sentence) in sentences.iter().enumerate() {
        let mut units = units(sentence);
        let before = number.checked_sub(1).map(|n| &sentences[n]).filter(|b| b.block == sentence.block);
        let heading = sentence.heading.and_then(|h| first_of(sentences, h));
        borrow(&mut units, heading, before);
        let late =
            sentences.iter().skip(number + 1).take(2).filter(|s| s.block == sentence.block).any(may_be_late);
        for unit in &mut units {
            if late && unit.hedge.is_none() {
                unit.hedge = Some("may be late".into());
            }
            acknowledged = acknowledged.or(acknowledgement(unit));
            updated = updated.or(update(unit));
        }
    }
    (acknowledged, updated)
}

/// The first sentence of a block; sentences stand in the order of their blocks.
fn first_of(sentences: &[Sentence], block: usize) -> Option<&Sentence> {
    sentences.get(sentences.partition_point(|s| s.block < block)).filter(|s| s.block == block)
}

fn acknowledgement(unit: &Part) -> Said {
    let line = unit.line;
    if !unit.about.acknowledges || unit.reporter {
        return Said::Absent(None);
    }
    let has = |time| unit.times.contains(&time);
    if unit.denied && (has(Time::Limit) || has(Time::Vague)) {
        return Said::Doubtful(
            line,
            "speaks of a time of the acknowledgement and says \"not\": a person has to read it".into(),
        );
    }
    if has(Time::Limit) {
        return match &unit.hedge {
            Some(hedge) => Said::Doubtful(
                line,
                format!("hedges the time of the acknowledgement (\"{hedge}\"): state it plainly"),
            ),
            None if unit.about.fixes => Said::Doubtful(
                line,
                "gives a time that may be meant for the fix rather than for the acknowledgement".into(),
            ),
            None => Said::Stated,
        };
    }
    if has(Time::Vague) {
        return Said::Doubtful(line, "gives no number in the time of the acknowledgement".into());
    }
    match &unit.about.loose {
        Some(word) => Said::Doubtful(
            line,
            format!(
                "promises the acknowledgement \"{word}\": the standard lets loose words pass, the law asks when"
            ),
        ),
        None => Said::Absent(Some(line)),
    }
}

fn update(unit: &Part) -> Said {
    let line = unit.line;
    if unit.reporter {
        return Said::Absent(None);
    }
    if !unit.about.updates {
        let perhaps = unit.about.some_updates && unit.times.contains(&Time::Every);
        let why = "gives an interval for updates, but not that they tell the reporter how the report stands";
        return if perhaps { Said::Doubtful(line, why.into()) } else { Said::Absent(None) };
    }
    if unit.denied && !unit.times.is_empty() {
        return Said::Doubtful(
            line,
            "speaks of an interval of status updates and says \"not\": a person has to read it".into(),
        );
    }
    if unit.times.contains(&Time::Every) {
        return match &unit.hedge {
            Some(hedge) => Said::Doubtful(
                line,
                format!("hedges the interval of status updates (\"{hedge}\"): state it plainly"),
            ),
            None => Said::Stated,
        };
    }
    if unit.times.iter().any(|t| matches!(t, Time::Limit | Time::Vague)) {
        return Said::Doubtful(
            line,
            "gives a time for a status update, but no interval until the issue is resolved".into(),
        );
    }
    if unit.about.event {
        return Said::Doubtful(line, "ties status updates to events, not to an interval".into());
    }
    Said::Absent(Some(line))
}

/// Times that stand alone belong to the heading above them, or perhaps to the sentence before.
fn borrow(units: &mut [Part], heading: Option<&Sentence>, before: Option<&Sentence>) {
    for unit in units.iter_mut().filter(|u| !u.is_about_something() && !u.times.is_empty()) {
        let of = |s: Option<&Sentence>| {
            s.map(parts).into_iter().flatten().filter(Part::is_about_something).collect::<Vec<_>>()
        };
        for above in of(before) {
            unit.about.acknowledges |= above.about.acknowledges;
            unit.about.updates |= above.about.updates;
            unit.about.fixes |= above.about.fixes;
            unit.reporter |= above.reporter;
            unit.denied |= above.denied;
            unit.hedge.get_or_insert_with(|| "the sentence before it".into());
        }
        if !unit.is_about_something() {
            for above in of(heading) {
                unit.about.acknowledges |= above.about.acknowledges;
                unit.about.updates |= above.about.updates;
                unit.about.fixes |= above.about.fixes;
            }
        }
    }
}

/// Joins the parts of a sentence: what is promised, with its own times.
fn units(sentence: &Sentence) -> Vec<Part> {
    let mut units: Vec<Part> = Vec::new();
    let mut waiting: Vec<Part> = Vec::new();
    let mut floating: Option<Part> = None;
    let mut reservation: Option<String> = None;
    for mut part in parts(sentence) {
        match (part.is_about_something(), part.times.is_empty()) {
            (false, true) => reservation = reservation.or(part.hedge),
            (false, false) => match (waiting.pop(), units.last_mut()) {
                // "We acknowledge your report, usually within 3 days."
                (Some(mut promised), _) => {
                    promised.take_times(&part);
                    units.push(promised);
                }
                (None, Some(last)) => last.take_times(&part),
                (None, None) => floating = Some(part),
            },
            (true, true) => match floating.take() {
                // "Within 72 hours, we confirm receipt."
                Some(time) => {
                    part.take_times(&time);
                    units.push(part);
                }
                None => waiting.push(part),
            },
            (true, false) => {
                // "We acknowledge and triage your report within 5 days": the time is for both. With a fix it may not be.
                if part.times.contains(&Time::Limit) {
                    waiting.retain(|w| {
                        let shares = w.about.acknowledges
                            && (part.about.assesses || part.about.fixes)
                            && !part.about.updates;
                        part.about.acknowledges |= shares;
                        !shares
                    });
                }
                if let Some(time) = floating.take() {
                    part.hedge = part.hedge.or(time.hedge);
                }
                units.push(part);
            }
        }
    }
    units.extend(waiting);
    units.extend(floating);
    for unit in &mut units {
        unit.hedge = unit.hedge.take().or_else(|| reservation.clone());
    }
    units
}

fn parts(sentence: &Sentence) -> Vec<Part> {
    const JOINTS: [&str; 6] = ["and", "then", "but", "while", "whereas", "&"];
    let mut found = Vec::new();
    // Who is bound, and how firmly, holds until another subject or verb takes over.
    let (mut reporter, mut hedge, mut not) = (false, None, false);
    let is_joint = |w: &Word| w.pause || JOINTS.contains(&w.text.as_str());
    for words in sentence.words.chunk_by(|_, next| !is_joint(next)) {
        let text: Vec<&str> = words.iter().map(|w| w.text.as_str()).collect();
        if let Some(bound) = binds_reporter(&text) {
            reporter = bound
        }
        match hedged(&text) {
            Some(word) => hedge = Some(word),
            None if text
                .iter()
                .any(|w| matches!(*w, "will" | "shall" | "we'll" | "commit" | "guarantee")) =>
            {
                hedge = None
            }
            None => {}
        }
        // A "not" reaches over "and" and "or", until a subject, a verb of its own or a "but" begins anew.
        let subject = text.iter().take(2).any(|w| matches!(*w, "you" | "reporters" | "researchers"));
        let anew =
            subject || text.iter().any(|w| matches!(*w, "we" | "we'll" | "will" | "shall" | "but" | "then"));
        not = denied(&text) || (not && !anew);
        let line = words.first().map_or(1, |w| w.line);
        let (times, about) = (times(words), about(&text));
        found.push(Part { line, reporter, hedge: hedge.clone(), denied: not, times, about });
    }
    found
}

fn may_be_late(sentence: &Sentence) -> bool {
    let words: Vec<&str> = sentence.words.iter().map(|w| w.text.as_str()).collect();
    late(&words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Page;

    fn said(text: &str) -> (&'static str, &'static str) {
        let word = |s: &Said| match s {
            Said::Stated => "stated",
            Said::Doubtful(..) => "doubtful",
            Said::Absent(_) => "absent",
        };
        let (acknowledged, updated) = read(&Page::read(text.as_bytes()).sentences());
        (word(&acknowledged), word(&updated))
    }

    #[test]
    fn good_shapes_are_understood() {
        for text in [
            "Reports are acknowledged within two business days, status every 10 business days until resolved.",
            "We will confirm receipt within 72 hours. We keep you informed at least every 14 days.",
            "Within 3 working days, we will acknowledge your report. You will receive status updates every two weeks.",
            "We acknowledge and triage reports within 5 days and send weekly progress reports until the issue is fixed.",
            "You can expect a first response from us in 2 (two) business days, and an update on your case every month.",
            "We acknowledge your report within 3 days. After that we tell you how it stands every\n14 days until it is resolved.",
            "You get an acknowledgement within 3 working days. You then hear how it stands at least every 14 days.",
            "## Acknowledgement\n\nWithin 3 working days.\n\n## Status updates\n\nEvery 14 days.",
            "| Step | Time |\n|---|---|\n| Acknowledgement | 2 business days |\n| Status update | every 10 business days |",
            "We acknowledge your report within 5 days and fix it within 90 days. Status updates are sent monthly.",
        ] {
            assert_eq!(said(text), ("stated", "stated"), "{text}");
        }
    }

    #[test]
    fn a_limit_that_binds_the_reporter_is_no_promise() {
        for text in [
            "You are welcome to enquire on the status but should avoid doing so more than once every 14 days.",
            "Please respond to our questions within 14 days.",
            "We ask that you give us 90 days to respond.",
            "Researchers must reply within 10 days and must not ask for the status more often than every 14 days.",
        ] {
            assert_eq!(said(text), ("absent", "absent"), "{text}");
        }
    }

    #[test]
    fn the_time_of_the_fix_is_not_that_of_the_acknowledgement() {
        assert_eq!(
            said("We fix critical issues within 90 days and release security updates every month."),
            ("absent", "absent")
        );
        assert_eq!(said("We acknowledge and fix your report within 90 days.").0, "doubtful");
        assert_eq!(
            said("We publish acknowledgements of helpers who deserve credit within 30 days.").0,
            "absent"
        );
        assert_eq!(said("Our incident response team is there 24 hours a day."), ("absent", "absent"));
    }

    #[test]
    fn hedges_and_loose_words_leave_it_open() {
        for text in [
            "We basically acknowledge reports within 5 days.",
            "We aim to respond within 5 working days.",
            "We acknowledge within 5 days. The answer may be late in holidays.",
            "We acknowledge within 5 days, but this may take longer.",
            "We acknowledge every report promptly.",
            "We confirm receipt within a few days.",
            "We acknowledge your report, usually within 3 days.",
        ] {
            assert_eq!(said(text).0, "doubtful", "{text}");
        }
        assert_eq!(
            said("We will respond within 5 working days and aim to triage it within 10 working days.").0,
            "stated"
        );
    }

    #[test]
    fn what_is_denied_is_not_promised() {
        for text in [
            "We don't confirm receipt within 3 days. Nor do we send status updates every 14 days.",
            "We never acknowledge reports in 2 days, or send you updates every 14 days.",
            "Reports are not acknowledged within 5 days and no status updates are sent weekly.",
            "We cannot acknowledge within 2 days and cannot tell you every week how it stands.",
        ] {
            assert_eq!(said(text), ("doubtful", "doubtful"), "{text}");
        }
        for text in [
            "We do not pay rewards, but we acknowledge reports within 3 days and send you updates every 14 days.",
            "We acknowledge no later than 3 days after your report and send status updates not less than every 14 days.",
            "We will not sue you and will acknowledge within 3 days; we send status updates every week.",
        ] {
            assert_eq!(said(text), ("stated", "stated"), "{text}");
        }
    }

    #[test]
    fn updates_until_the_end_are_those_of_the_report() {
        for text in [
            "We acknowledge within 3 days and update every 14 days until resolved.",
            "We acknowledge within 3 days. Updates every week until the matter is closed.",
        ] {
            assert_eq!(said(text), ("stated", "stated"), "{text}");
        }
        assert_eq!(said("We acknowledge within 3 days and update every month."), ("stated", "doubtful"));
        assert_eq!(said("We update our products every month until they are fixed.").1, "absent");
    }

    #[test]
    fn updates_without_an_interval_are_none() {
        assert_eq!(said("We will keep you informed of our progress.").1, "absent");
        assert_eq!(said("We send you regular status updates.").1, "absent");
        assert_eq!(said("We send you a status update within 10 days.").1, "doubtful");
        assert_eq!(said("We inform you at every stage.").1, "doubtful");
        assert_eq!(said("We aim to update you every 14 days.").1, "doubtful");
        assert_eq!(said("We update this policy every 12 months.").1, "absent");
    }
}
