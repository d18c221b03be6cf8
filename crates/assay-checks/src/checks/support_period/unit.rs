//! The test unit 5.3-13-2/c of TS 103 701: does the page state the support period as `UserInfo.support_period` of the IXIT and
//! the end date of the case give it? Narrower than the check: neither a publication nor reasons are asked for here.

use assay::case::Support;
use assay::conformity::ixit::Value;
use assay::date::{Date, in_words};
use assay::outcome::Outcome;

use super::said::Says;
use crate::Subject;
use crate::page;
use crate::page::date::{When, dates};

/// What one page means for the unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Page {
    /// The same end date.
    Same,
    /// No support period, or one that ends on another day: what it says instead.
    Fails(String),
    /// It does not decide: why.
    Open(String),
    /// It could not be read.
    Unread,
}

impl Page {
    /// From what the check read on it.
    pub(super) fn of(says: &Says, not_english: bool) -> Self {
        match says {
            Says::TheSame => Self::Same,
            Says::Other(_, date) => {
                Self::Fails(format!("the page says that updates end on {}", in_words(*date)))
            }
            Says::Doubtful(_, why) => Self::Open(format!("the page {why}")),
            _ if not_english => Self::Open("the page is in a language that this check cannot read".into()),
            Says::Relative(_) => {
                Self::Open("the page gives a period without an end date; a person decides".into())
            }
            Says::Vague(_) | Says::Nothing => Self::Fails("the page states no support period".into()),
            Says::OffTopic => Self::Open("the page does not speak of support or updates".into()),
        }
    }
}

/// What the maker tells the tester, beside what stands in the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// The IXIT gives the same end date as the case.
    Same,
    /// The IXIT gives another one, or only another one could be read there.
    Another(Date),
    /// It does not decide: why.
    Open(String),
}

impl Told {
    /// The sentence for the whole check, where the maker's two files contradict each other.
    pub(super) fn disagreement(&self) -> Option<String> {
        let Self::Another(date) = self else { return None };
        Some(format!(
            "UserInfo.support_period in ixit.toml says {}, product.toml another day: correct one",
            in_words(*date)
        ))
    }
}

/// Reads `UserInfo.support_period` and holds it against the end date of the case.
pub(super) fn told(subject: &Subject<'_>, support: &Support) -> Told {
    let Some(end) = support.end else {
        return Told::Open("[support] in product.toml gives no end date".into());
    };
    let Some(text) = subject.ixit.and_then(|ixit| ixit.answer(2, "support_period")) else {
        return Told::Open("UserInfo.support_period is not given in ixit.toml".into());
    };
    let Value::Text(text) = &text.value else {
        return Told::Open("UserInfo.support_period is no text".into());
    };
    let sentences = page::Page::read(text.as_bytes()).sentences();
    let all: Vec<When> = sentences.iter().flat_map(|s| dates(&s.words)).map(|f| f.when).collect();
    if all.iter().any(|when| when.is(end)) {
        return Told::Same;
    }
    match all[..] {
        [] => Told::Open("UserInfo.support_period gives no end date".into()),
        [only] if !only.may_be(end) => Told::Another(only.last_day()),
        _ => {
            Told::Open("UserInfo.support_period gives several dates, and none is that of product.toml".into())
        }
    }
}

/// Joins what was told and what the pages show: a fault goes before an open question, and that before a pass.
pub(super) fn judge(told: &Told, pages: &[Page]) -> (Outcome, String) {
    let mut open = Vec::new();
    for page in pages {
        match page {
            // Which of the two is wrong nobody can tell while the maker's own files disagree.
            Page::Fails(why) if !matches!(told, Told::Another(_)) => return (Outcome::NotMet, why.clone()),
            Page::Fails(why) | Page::Open(why) => open.push(why.clone()),
            Page::Unread => open.push("a page could not be read".to_owned()),
            Page::Same => {}
        }
    }
    match told {
        Told::Same => {}
        Told::Another(_) => {
            open.push("UserInfo.support_period and product.toml give different end dates".into())
        }
        Told::Open(why) => open.push(why.clone()),
    }
    if pages.is_empty() {
        return (Outcome::NotTested, "no text of the page is offered as `support-page`".into());
    }
    if let Some(first) = open.first() {
        return (Outcome::Inconclusive, first.clone());
    }
    (Outcome::Met, "the page, UserInfo.support_period and product.toml give the same end date".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_decides_unless_the_makers_own_files_disagree() {
        let fails = || Page::Fails("another day".into());
        let open = Told::Open("no date".into());
        let another = Told::Another(assay::date::parse("2030-05-31").unwrap());
        let outcome = |told: &Told, pages: &[Page]| judge(told, pages).0;
        assert_eq!(outcome(&Told::Same, &[Page::Same]), Outcome::Met);
        assert_eq!(outcome(&Told::Same, &[Page::Same, fails()]), Outcome::NotMet);
        assert_eq!(outcome(&open, &[fails()]), Outcome::NotMet);
        assert_eq!(outcome(&another, &[fails()]), Outcome::Inconclusive);
        assert_eq!(outcome(&another, &[Page::Same]), Outcome::Inconclusive);
        assert_eq!(outcome(&open, &[Page::Same]), Outcome::Inconclusive);
        assert_eq!(outcome(&Told::Same, &[Page::Same, Page::Unread]), Outcome::Inconclusive);
        assert_eq!(outcome(&Told::Same, &[]), Outcome::NotTested);
    }
}
