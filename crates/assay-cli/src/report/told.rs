//! What a report says, before anybody decides how it looks: the answer under each scheme, what must be mended, what nobody
//! checked, and what was looked at. Texts of strangers are made fit to be shown here, once.

use std::collections::BTreeMap;

use assay::assess::Verdict;
use assay::date;
use assay::outcome::{CheckResult, Outcome};
use assay_checks::ForPeople;

use super::Shown;
use super::conformity::{self, Conformity};
use super::mends::{self, Mend};
use super::schemes::{self, SchemeTold};
use super::unseen::{self, Steps, Unseen};
use super::words::{self, Word, clean, count};

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
        let schemes: Vec<SchemeTold> = shown.assessments.iter().map(|a| schemes::told(a, shown)).collect();
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
