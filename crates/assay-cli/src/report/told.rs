//! What a report says, before anybody decides how it looks: the answer under each scheme, what must be mended, what nobody
//! checked, and what was looked at. Texts of strangers are made fit to be shown here, once.

use std::collections::BTreeMap;

use assay::assess::{Assessment, Judged, Verdict};
use assay::date;
use assay::outcome::{CheckResult, Outcome};
use assay::rules::rulebook;
use assay::scheme::Accepts;
use assay::territory::Standing;
use assay_checks::ForPeople;

use super::Shown;
use super::conformity::{self, Conformity};
use super::mends::{self, Mend};
use super::unseen::{self, Steps, Unseen};
use super::words::{self, Mark, Word, clean, count};

/// The report.
pub(crate) struct Told {
    /// The product, or the folder where there is no case.
    pub(crate) name: String,
    /// Label and value, for what identifies the case.
    pub(crate) about: Vec<(&'static str, String)>,
    /// The day, in words and as a date.
    pub(crate) on: (String, String),
    /// Everything in one sentence.
    pub(crate) whole: String,
    /// Whether nothing is claimed because there is no case.
    pub(crate) bare: bool,
    /// Under each scheme.
    pub(crate) schemes: Vec<SchemeTold>,
    /// What must be mended, the most certain first.
    pub(crate) mends: Vec<Mend>,
    /// What nobody checked.
    pub(crate) unseen: Vec<Unseen>,
    /// What to do next, the cheapest first.
    pub(crate) steps: Steps,
    /// The assessment after TS 103 701.
    pub(crate) conformity: Conformity,
    /// What each check said.
    pub(crate) checks: Vec<CheckTold>,
    /// The checks of the maker's words that found none.
    pub(crate) unsaid: String,
    /// What was looked at.
    pub(crate) pieces: Vec<Piece>,
    /// What is there for people to judge.
    pub(crate) for_people: Vec<Offered>,
    /// The exit code.
    pub(crate) exit: u8,
}

/// One scheme.
pub(crate) struct SchemeTold {
    /// Its id.
    pub(crate) id: String,
    /// Its name.
    pub(crate) title: String,
    /// The phase, and whether its date is invented.
    pub(crate) phase: String,
    /// The verdict.
    pub(crate) verdict: Word,
    /// What it means, in a sentence.
    pub(crate) meaning: String,
    /// The label it may carry.
    pub(crate) label: String,
    /// How many requirements hold, do not, are open.
    pub(crate) counts: String,
    /// Who vouches for the whole.
    pub(crate) seen_by: &'static str,
    /// Requirement by requirement.
    pub(crate) rows: Vec<Row>,
}

/// One requirement.
pub(crate) struct Row {
    /// Its id.
    pub(crate) id: String,
    /// What it asks, in our own words.
    pub(crate) says: String,
    /// What is claimed.
    pub(crate) claim: &'static str,
    /// What the evidence shows.
    pub(crate) shows: Word,
    /// Whether it holds.
    pub(crate) holds: Word,
    /// In which other way it holds.
    pub(crate) way: Option<String>,
    /// Who saw it.
    pub(crate) seen_by: &'static str,
    /// The checks that touch it.
    pub(crate) checks: String,
}

/// One check.
pub(crate) struct CheckTold {
    /// Its id.
    pub(crate) id: String,
    /// What it showed.
    pub(crate) shows: Word,
    /// Why.
    pub(crate) why: String,
}

/// One piece of evidence.
pub(crate) struct Piece {
    /// Its path in the case folder.
    pub(crate) path: String,
    /// Its digest.
    pub(crate) sha256: String,
    /// The checks that looked at it.
    pub(crate) checks: String,
}

/// One piece of evidence that no check reads.
pub(crate) struct Offered {
    /// Its kind.
    pub(crate) kind: &'static str,
    /// Its path in the case folder.
    pub(crate) path: String,
    /// Its digest, or why there is none.
    pub(crate) digest: String,
}

/// Whether a check compares what the maker wrote, and the maker wrote nothing of it.
pub(crate) fn unsaid(result: &CheckResult) -> bool {
    !result.speaks_from.is_evidence() && result.outcome == Outcome::NotTested
}

impl Told {
    /// Gathers it.
    pub(crate) fn of(shown: &Shown<'_>) -> Self {
        let about = shown.case.map_or_else(Vec::new, |case| {
            let gtins: Vec<String> = case.product.gtins.iter().map(ToString::to_string).collect();
            let mut about = vec![
                ("Model", clean(&case.product.model)),
                ("Maker", format!("{} ({})", clean(&case.maker.organisation), clean(&case.maker.domain))),
            ];
            if !gtins.is_empty() {
                about.push(("GTIN", gtins.join(", ")));
            }
            about
        });
        let mends = mends::all(shown);
        let schemes: Vec<SchemeTold> = shown.assessments.iter().map(|a| scheme(a, shown)).collect();
        let conformity = conformity::told(shown.conformity, shown.ics);
        Self {
            name: shown.case.map_or_else(|| clean(shown.folder), |c| clean(&c.product.name)),
            about,
            on: (date::in_words(shown.on), shown.on.to_string()),
            whole: whole(&schemes, &mends, shown),
            bare: shown.case.is_none(),
            schemes,
            mends,
            unseen: unseen::all(shown),
            steps: unseen::steps(shown.standings),
            conformity,
            unsaid: shown
                .results
                .iter()
                .filter(|r| unsaid(r))
                .map(|r| r.check.as_str())
                .collect::<Vec<_>>()
                .join(", "),
            for_people: shown.for_people.iter().map(offered).collect(),
            checks: shown
                .results
                .iter()
                .filter(|r| !unsaid(r))
                .map(|r| CheckTold {
                    id: r.check.clone(),
                    shows: words::outcome(r.outcome),
                    why: clean(&r.why),
                })
                .collect(),
            pieces: pieces(shown),
            exit: shown.exit,
        }
    }
}

/// The one sentence that somebody reads who reads only one.
fn whole(schemes: &[SchemeTold], mends: &[Mend], shown: &Shown<'_>) -> String {
    let mend = match mends.len() {
        0 => "nothing was found that must be mended".to_owned(),
        1 => "1 thing must be mended".to_owned(),
        n => format!("{n} things must be mended"),
    };
    if shown.case.is_none() {
        return format!("Evidence alone was judged, nothing is claimed; {mend}.");
    }
    let of = |v: Verdict| shown.assessments.iter().filter(|a| a.verdict == v).count();
    let parts: Vec<String> = [
        (Verdict::Holds, "holds", "hold"),
        (Verdict::DoesNotHold, "does not hold", "do not hold"),
        (Verdict::Refused, "is refused", "are refused"),
        (Verdict::Undecided, "is undecided", "are undecided"),
    ]
    .into_iter()
    .filter(|(v, ..)| of(*v) > 0)
    .map(|(v, one, many)| format!("{} {}", of(v), if of(v) == 1 { one } else { many }))
    .collect();
    format!("Of {}, {}; {mend}.", count(schemes.len(), "scheme"), parts.join(", "))
}

fn scheme(a: &Assessment, shown: &Shown<'_>) -> SchemeTold {
    let standing = shown.standings.iter().find(|s| s.scheme == a.scheme);
    let known = assay::scheme::find(&a.scheme);
    let unclaimed = a
        .requirements
        .iter()
        .filter(|r| r.claim.is_none() && r.holds != Some(true) && !mends::is_declared(r))
        .count();
    let all = a.requirements.len();
    let (word, mark, meaning) = match a.verdict {
        Verdict::Holds => ("holds", Mark::Good, holds(a, known.map(|s| s.accepts))),
        Verdict::Refused => (
            "refused",
            Mark::Bad,
            "The declaration cannot be made: its own evidence or the rules for claims contradict it.".into(),
        ),
        Verdict::Undecided => ("undecided", Mark::Unsure, undecided(a, standing)),
        Verdict::DoesNotHold if unclaimed > 0 => (
            "does not hold",
            Mark::Unsure,
            format!("Nothing is claimed for {unclaimed} of {}.", count(all, "requirement")),
        ),
        Verdict::DoesNotHold => ("does not hold", Mark::Unsure, not_held(a)),
    };
    let label = match (&a.label, a.verdict) {
        (Some(label), _) => words::label(label),
        (None, _) if known.is_some_and(|s| s.label.is_none()) => {
            "none: this scheme has none to declare".into()
        }
        (None, Verdict::Refused) => "none, until this is mended".into(),
        (None, _) => "none yet".into(),
    };
    SchemeTold {
        id: a.scheme.clone(),
        title: standing.map_or_else(|| a.scheme.clone(), |s| clean(&s.title)),
        phase: standing.and_then(phase).unwrap_or_default(),
        verdict: Word { word, mark },
        meaning,
        label,
        counts: counts(&a.requirements),
        seen_by: a.level().sentence(),
        rows: a.requirements.iter().map(row).collect(),
    }
}

fn holds(a: &Assessment, accepts: Option<Accepts>) -> String {
    if let Some(held) = a.held.as_ref().filter(|h| h.current) {
        return sentence(&held.why);
    }
    let seen = a.requirements.iter().filter(|r| r.outcome == Outcome::Met).count();
    let by_way = a.requirements.iter().filter(|r| r.by_way.is_some()).count();
    let deemed = if by_way == 0 { String::new() } else { format!(", {by_way} by deemed compliance") };
    match accepts {
        Some(Accepts::Tested) => format!("A laboratory saw every requirement met{deemed}."),
        _ => format!(
            "Every requirement is claimed{deemed} and no evidence contradicts it; evidence shows {seen} of {} met.",
            a.requirements.len()
        ),
    }
}

fn undecided(a: &Assessment, standing: Option<&Standing>) -> String {
    let why = standing.map(|s| s.why.clone()).or_else(|| a.held.as_ref().map(|h| h.why.clone()));
    why.map_or_else(|| "Evidence that the scheme asks for is missing.".to_owned(), |w| sentence(&w))
}

fn not_held(a: &Assessment) -> String {
    let lapsed = a.held.as_ref().filter(|h| h.named && !h.current);
    if let Some(held) = lapsed {
        return sentence(&held.why);
    }
    let no = a.requirements.iter().filter(|r| mends::is_declared(r)).count();
    format!("The maker declares honestly that {} not fulfilled.", is_are(no, "requirement"))
}

fn is_are(n: usize, one: &str) -> String {
    format!("{} {}", count(n, one), if n == 1 { "is" } else { "are" })
}

/// A clause as a sentence.
fn sentence(clause: &str) -> String {
    let clause = clean(clause);
    let mut chars = clause.chars();
    let first: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    let end = if clause.ends_with('.') { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}

fn phase(standing: &Standing) -> Option<String> {
    let p = standing.phase.as_ref()?;
    let bound = if p.binding { "binding" } else { "not binding" };
    let invented = if p.invented { "; this date is invented, nobody ever set one" } else { "" };
    Some(format!("{} since {} ({bound}{invented})", clean(&p.name), date::in_words(p.from)))
}

fn counts(rows: &[Judged]) -> String {
    let of = |h: Option<bool>| rows.iter().filter(|r| r.holds == h).count();
    let (yes, no, open) = (of(Some(true)), of(Some(false)), of(None));
    format!(
        "{}: {yes} {}, {no} {}, {open} open",
        count(rows.len(), "requirement"),
        if yes == 1 { "holds" } else { "hold" },
        if no == 1 { "does not" } else { "do not" },
    )
}

fn row(r: &Judged) -> Row {
    let checks: Vec<&str> = r.checks.iter().filter(|c| !unsaid(c)).map(|c| c.check.as_str()).collect();
    let (word, mark) = match r.holds {
        Some(true) => ("yes", Mark::Good),
        Some(false) if r.refused.is_some() || r.outcome == Outcome::NotMet => ("no", Mark::Bad),
        Some(false) => ("no", Mark::Unsure),
        None => ("open", Mark::Unsure),
    };
    let way = r.by_way.as_ref().map(|id| {
        let way = r.ways.iter().find(|w| w.id == *id);
        way.map_or_else(|| clean(id), |w| format!("{}: {}", clean(&w.name), clean(&w.why)))
    });
    Row {
        id: r.id.clone(),
        says: rulebook().provisions.get(&r.id).map_or_else(String::new, |p| p.says.clone()),
        claim: words::claim(r.claim),
        shows: words::outcome(r.outcome),
        holds: Word { word, mark },
        way,
        seen_by: r.seen_by.word(),
        checks: if checks.is_empty() { "none".into() } else { checks.join(", ") },
    }
}

fn offered(offered: &ForPeople) -> Offered {
    let digest = match &offered.digest {
        Ok(sha256) => format!("sha256 {sha256}"),
        Err(problem) => clean(&problem.to_string()),
    };
    Offered { kind: offered.kind.word(), path: clean(&offered.path), digest }
}

fn pieces(shown: &Shown<'_>) -> Vec<Piece> {
    let mut by: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for r in shown.results {
        for looked in &r.evidence {
            let checks = by.entry((&looked.path, &looked.sha256)).or_default();
            if !checks.contains(&r.check.as_str()) {
                checks.push(&r.check);
            }
        }
    }
    let piece = |((path, sha256), checks): ((&str, &str), Vec<&str>)| Piece {
        path: clean(path),
        sha256: sha256.to_owned(),
        checks: checks.join(", "),
    };
    by.into_iter().map(piece).collect()
}
