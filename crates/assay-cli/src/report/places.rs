//! The page of `assay territories`: where the product stands under every scheme, what is next, and what nobody verified.
//! Cards on a phone, a table on a desk, A4 on paper.

use askama::Template;
use assay::case::Case;
use assay::date::{self, Date};
use assay::territory::{Missing, PhaseShown, Standing, Status};

use super::html::rendered;
use super::unseen::together;
use super::words::{self, Mark, Word, clean, count};
use crate::exit::Failure;

#[derive(Template)]
#[template(path = "territories.html")]
struct Page {
    name: String,
    about: Vec<(&'static str, String)>,
    on: (String, String),
    lists: Vec<(Word, &'static str, Vec<String>)>,
    /// What was enacted and binds on the day, with its answer.
    binding: Vec<(String, Word)>,
    labels: Vec<String>,
    deadline: Option<String>,
    cards: Vec<Card>,
}

/// One scheme.
struct Card {
    id: String,
    title: String,
    territory: String,
    answer: Word,
    why: String,
    phase: Option<(String, bool)>,
    next_phase: Option<(String, bool)>,
    label: String,
    missing: Vec<Line>,
    firmer: Vec<Line>,
    unknown: Vec<String>,
    verified: &'static str,
}

/// One step.
struct Line {
    effort: &'static str,
    step: String,
    /// What the step is about, where that is a list: document by document.
    ids: Vec<(String, Vec<String>)>,
    source: String,
}

impl Card {
    /// The cheapest step.
    fn next(&self) -> Option<&Line> {
        self.missing.first().or_else(|| self.firmer.first())
    }
}

/// The page of `assay territories`.
pub(crate) fn territories(case: &Case, on: Date, standings: &[Standing]) -> Result<String, Failure> {
    let cards: Vec<Card> = standings.iter().map(card).collect();
    let with = |status: Status| -> Vec<String> {
        let some = standings.iter().filter(|s| s.status == status);
        some.map(|s| clean(&s.title)).collect()
    };
    let lists = [
        (Status::Met, "Asks that the product meets today"),
        (Status::NotMet, "Asks that it does not meet today"),
        (Status::Inconclusive, "Cannot be told yet: something is missing"),
        (Status::OutOfScope, "Is not about this product"),
        (Status::NotInForce, "Had not begun on that day"),
    ];
    let lists = lists.into_iter().map(|(s, says)| (answer(s), says, with(s))).filter(|l| !l.2.is_empty());
    let labels = standings.iter().filter_map(|s| {
        let label = s.label.as_ref()?;
        let invented = s.phase.as_ref().is_some_and(|p| p.invented);
        let mark = if invented { " (a proposal: its dates are invented)" } else { "" };
        Some(format!("{}: {}{mark}", clean(&s.title), words::label(label)))
    });
    let page = Page {
        name: clean(&case.product.name),
        about: vec![("Model", clean(&case.product.model)), ("Maker", clean(&case.maker.organisation))],
        on: (date::in_words(on), on.to_string()),
        lists: lists.collect(),
        binding: standings.iter().filter(|s| binds(s)).map(|s| (clean(&s.title), answer(s.status))).collect(),
        labels: labels.collect(),
        deadline: deadline(case, on, standings),
        cards,
    };
    rendered(&page)
}

/// Whether it was enacted, binds on the day and is about the product.
fn binds(s: &Standing) -> bool {
    s.status != Status::OutOfScope && s.phase.as_ref().is_some_and(|p| p.binding && !p.invented)
}

/// The nearest day on which something changes: a phase begins, a label that is held ends, support ends.
fn deadline(case: &Case, on: Date, standings: &[Standing]) -> Option<String> {
    let phases = standings.iter().filter(|s| s.status != Status::OutOfScope).filter_map(|s| {
        let p = s.next_phase.as_ref()?;
        let invented = if p.invented { " (the date is invented)" } else { "" };
        Some((
            p.from,
            format!("phase \u{201c}{}\u{201d} of {} begins{invented}", clean(&p.name), clean(&s.title)),
        ))
    });
    let labels =
        case.labels.iter().map(|l| (l.expires, format!("last day of the label of {}", clean(&l.scheme))));
    let support = case.support.iter().filter_map(|s| s.end);
    let support = support.map(|end| (end, "last day of the promised security updates".to_owned()));
    let (day, what) = phases.chain(labels).chain(support).filter(|(day, _)| *day >= on).min()?;
    let days = date::to_days(day) - date::to_days(on);
    let when = match days {
        0 => "today".to_owned(),
        n => format!("in {}", count(usize::try_from(n).unwrap_or(0), "day")),
    };
    Some(format!("{}, {when}: {what}", date::in_words(day)))
}

fn card(s: &Standing) -> Card {
    Card {
        id: s.scheme.clone(),
        title: clean(&s.title),
        territory: clean(&s.territory),
        answer: answer(s.status),
        why: clean(&s.why),
        phase: s.phase.as_ref().map(|p| phase(p, "since")),
        next_phase: s.next_phase.as_ref().map(|p| phase(p, "from")),
        label: s.label.as_ref().map_or_else(|| "none".to_owned(), words::label),
        missing: lines(&s.missing),
        firmer: lines(&s.firmer),
        unknown: s.unknown.iter().map(|u| clean(u)).collect(),
        verified: match s.verified {
            "primary" => "",
            "secondary" => {
                "The facts of this scheme were taken from pages about its texts; the texts themselves were not read."
            }
            _ => "The facts of this scheme were not verified: check them before you rely on them.",
        },
    }
}

fn phase(p: &PhaseShown, word: &str) -> (String, bool) {
    let bound = if p.binding { "binding" } else { "not binding" };
    (format!("{}, {word} {} ({bound})", clean(&p.name), date::in_words(p.from)), p.invented)
}

/// Steps in the order of their cost; one that many requirements ask for is one line with a list.
fn lines(steps: &[Missing]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for m in steps {
        if let Some((n, words)) = together(m, steps) {
            let id = m.provision.as_deref().unwrap_or_default();
            let (baseline, number) = id.split_once(':').unwrap_or(("", id));
            let step = words.trim_end_matches(", under").replace("{}", &count(n, "requirement"));
            let at = lines.iter().position(|l| l.step == step).unwrap_or_else(|| {
                let effort = m.effort.word();
                lines.push(Line { effort, step, ids: Vec::new(), source: String::new() });
                lines.len() - 1
            });
            match lines[at].ids.last_mut().filter(|(b, _)| b == baseline) {
                Some((_, numbers)) => numbers.push(number.to_owned()),
                None => lines[at].ids.push((baseline.to_owned(), vec![number.to_owned()])),
            }
            continue;
        }
        lines.push(Line {
            effort: m.effort.word(),
            step: clean(&m.step),
            ids: Vec::new(),
            source: clean(&m.source),
        });
    }
    lines
}

fn answer(status: Status) -> Word {
    let (word, mark) = match status {
        Status::Met => ("met", Mark::Good),
        Status::NotMet => ("not met", Mark::Bad),
        Status::Inconclusive => ("inconclusive", Mark::Unsure),
        Status::OutOfScope => ("out of scope", Mark::Quiet),
        Status::NotInForce => ("not in force", Mark::Quiet),
    };
    Word { word, mark }
}
