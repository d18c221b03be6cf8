//! `verdicts.toml`: what people judged, unit by unit, with who, when and why; and external evidence that replaces the
//! tests of a group (TS 103 701 clause 4.7). The file holds judgements only; what follows from them is the roll-up's.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::book::book;
use crate::case::walk::{self, Table};
use crate::case::{Place, Problem};

/// Longest `verdicts.toml` that is read, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// Most verdicts in one file, and most pieces of external evidence.
const MOST: usize = 1_000;

/// Longest reason, in characters.
const LONGEST: usize = 4_000;

/// The three verdicts, from the best to the worst: in every roll-up the worst decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The criteria are met.
    Pass,
    /// What is needed to judge is missing or not enough.
    Inconclusive,
    /// The criteria are not met.
    Fail,
}

impl Verdict {
    /// Every verdict, from the best to the worst.
    pub const ALL: [Self; 3] = [Self::Pass, Self::Inconclusive, Self::Fail];

    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Inconclusive => "inconclusive",
            Self::Fail => "fail",
        }
    }

    /// The worst of several; where there is none, nothing was judged and nothing passes.
    #[must_use]
    pub fn worst(all: impl IntoIterator<Item = Self>) -> Self {
        all.into_iter().max().unwrap_or(Self::Inconclusive)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The file: judgements by unit, external evidence by group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// By unit id, `5.1-1-1/a`.
    pub units: BTreeMap<String, Judgement>,
    /// By group id, `5.5-2`.
    pub external: BTreeMap<String, External>,
}

/// Who says so, when and why. Nothing counts without all three.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Who judged: a name or a role.
    pub by: String,
    /// On which day.
    pub on: Date,
    /// What was looked at and what it showed.
    pub why: String,
    /// Where in `verdicts.toml` it is said.
    pub at: Place,
}

/// One person's verdict on one test unit: whether its part of the test case's criteria is met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The verdict.
    pub says: Verdict,
    /// Who, when, why.
    pub signed: Signed,
    /// The indications: paths inside the case folder.
    pub evidence: Vec<String>,
}

/// A certificate or report that is offered in place of a group's tests, and the examination that clause 4.7 asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct External {
    /// Path inside the case folder.
    pub document: String,
    /// Why its scope is that of the test group.
    pub scope: String,
    /// How the tests it describes meet each test purpose of the group.
    pub covers: String,
    /// Why its depth is enough.
    pub depth: String,
    /// Whether the laboratory accepts it.
    pub accepted: bool,
    /// Who, when, why.
    pub signed: Signed,
}

impl Verdicts {
    /// Reads `verdicts.toml`. `file` is the name that problems will show.
    ///
    /// # Errors
    /// Every problem of the file, in the order of its lines; at least one.
    pub fn parse(file: &str, bytes: &[u8]) -> Result<Self, Vec<Problem>> {
        walk::read(file, bytes, MAX_BYTES, |mut root| {
            let mut read = Self::default();
            let units = book().units().map(|(c, u)| c.unit_id(u)).collect();
            root.tables("verdict", MOST, |at, mut t| {
                judgement(&units, &mut read.units, at, &mut t);
                t.close();
            });
            let groups = book().groups.iter().map(|g| g.provision.clone()).collect();
            root.tables("external", MOST, |at, mut t| {
                external(&groups, &mut read.external, at, &mut t);
                t.close();
            });
            root.close();
            Some(read)
        })
    }

    /// Every judgement dated after `day`, as problems of `file`: on that day nobody had judged so yet.
    #[must_use]
    pub fn later_than(&self, day: Date, file: &str) -> Vec<Problem> {
        let units = self.units.iter().map(|(id, j)| (id, &j.signed));
        let groups = self.external.iter().map(|(id, e)| (id, &e.signed));
        let mut late: Vec<_> = units
            .chain(groups)
            .filter(|(_, s)| s.on > day)
            .map(|(id, s)| Problem {
                file: file.to_owned(),
                at: s.at,
                message: format!("the verdict on {id} is dated {}, after {day}: it does not count", s.on),
                mend: "write the day on which it was judged".to_owned(),
            })
            .collect();
        late.sort();
        late
    }
}

fn judgement(
    known: &BTreeSet<String>,
    units: &mut BTreeMap<String, Judgement>,
    at: Place,
    t: &mut Table<'_, '_>,
) {
    let unit = t.known_id("unit", "test unit", "5.1-1-1/a", known);
    let says = t.word("says", &Verdict::ALL.map(|v| (v.word(), v)));
    let signed = signed(at, t);
    let evidence = t.paths("evidence", 50);
    let Some(unit) = unit else { return };
    if let Some(first) = units.get(&unit) {
        let message =
            format!("`{unit}` has a second verdict, the first stands in line {}", first.signed.at.line);
        t.problem_at(at, &message, "keep one: the later judgement replaces the earlier");
        return;
    }
    if let (Some(says), Some(signed)) = (says, signed) {
        units.insert(unit, Judgement { says, signed, evidence });
    }
}

fn external(
    known: &BTreeSet<String>,
    groups: &mut BTreeMap<String, External>,
    at: Place,
    t: &mut Table<'_, '_>,
) {
    let group = t.known_id("group", "test group", "5.5-2", known);
    let document = t.path("document");
    let mut said = |key, example| t.required_long_text(key, LONGEST, example).map(|(text, _)| text);
    let scope = said("scope", "scope = \"why its scope is that of the group\"");
    let covers = said("covers", "covers = \"how its tests meet each test purpose\"");
    let depth = said("depth", "depth = \"why it looks deep enough\"");
    if !t.has("accepted") {
        t.problem_at(at, "`accepted` is missing", "add accepted = true or accepted = false");
    }
    let accepted = t.flag("accepted").map(|(accepted, _)| accepted);
    let signed = signed(at, t);
    let Some(group) = group else { return };
    if let Some(first) = groups.get(&group) {
        let line = first.signed.at.line;
        let message = format!("`{group}` has a second piece of external evidence, the first in line {line}");
        t.problem_at(at, &message, "keep one, and name further documents in its `why`");
        return;
    }
    let all = (document, scope, covers, depth, accepted, signed);
    if let (Some(document), Some(scope), Some(covers), Some(depth), Some(accepted), Some(signed)) = all {
        groups.insert(group, External { document, scope, covers, depth, accepted, signed });
    }
}

fn signed(at: Place, t: &mut Table<'_, '_>) -> Option<Signed> {
    let by = t.required_text("by", "by = \"who judged it\"");
    let on = t.required_date("on");
    let why = t.required_long_text("why", LONGEST, "why = \"what was looked at and what it showed\"");
    Some(Signed { by: by?, on: on?, why: why?.0, at })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
[[verdict]]
unit = "5.1-1-1/a"
says = "pass"
by = "evaluator 1, Example Hearth Ltd"
on = 2026-03-01
why = "each password comes from the random generator of the line"
evidence = ["evidence/line.txt"]

[[external]]
group = "5.5-2"
document = "evidence/module.pdf"
scope = "the module that speaks TLS"
covers = "test purpose 1 in section 3"
depth = "source code was read"
accepted = true
by = "evaluator 2"
on = 2026-03-02
why = "a laboratory's report on the same release"
"#;

    fn problems(text: &str) -> Vec<String> {
        let found = Verdicts::parse("verdicts.toml", text.as_bytes()).err().unwrap_or_default();
        found.iter().map(|p| format!("{}:{} {} / {}", p.at.line, p.at.column, p.message, p.mend)).collect()
    }

    #[test]
    fn a_good_file_reads_and_a_later_date_is_named() {
        let read = Verdicts::parse("verdicts.toml", GOOD.as_bytes()).unwrap();
        assert_eq!(read.units["5.1-1-1/a"].says, Verdict::Pass);
        assert!(read.external["5.5-2"].accepted);
        let day = |d| crate::date::parse(d).unwrap();
        assert!(read.later_than(day("2026-03-02"), "verdicts.toml").is_empty());
        let late = read.later_than(day("2026-03-01"), "verdicts.toml");
        assert!(late.len() == 1 && late[0].at.line == 10 && late[0].message.contains("5.5-2"), "{late:?}");
    }

    #[test]
    fn who_when_and_why_are_all_required() {
        for line in GOOD.lines().filter(|l| l.contains(" = ") && !l.starts_with("evidence")) {
            let found = problems(&GOOD.replacen(line, "", 1));
            let key = line.split(' ').next().unwrap();
            assert!(
                found.len() == 1 && found[0].contains(&format!("`{key}` is missing")),
                "{line}: {found:?}"
            );
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place_and_mend() {
        let twice = format!("{GOOD}{}", GOOD.split("[[external]]").next().unwrap());
        let cases = [
            (GOOD.replace("5.1-1-1/a", "5.1-1-1/b"), "3:8 there is no test unit `5.1-1-1/b` / did you mean"),
            (GOOD.replace("\"pass\"", "\"passs\""), "4:8 `says` cannot be `passs` / did you mean \"pass\"?"),
            (GOOD.replace("2026-03-01", "2026-02-30"), "6:6 `2026-02-30` is not a date that exists"),
            (
                GOOD.replace("evidence/line.txt", "../line.txt"),
                "8:13 `../line.txt` does not lie below evidence/",
            ),
            (GOOD.replace("5.5-2", "5.5-22"), "11:9 there is no test group `5.5-22`"),
            (GOOD.replace("accepted = true", "accepted = \"yes\""), "16:12 `accepted` is true or false"),
            (
                GOOD.replace("why = \"each", "whyy = \"each"),
                "7:1 `whyy` is not known here / did you mean `why`?",
            ),
            (twice, "21:1 `5.1-1-1/a` has a second verdict, the first stands in line 2"),
        ];
        for (text, wanted) in cases {
            let found = problems(&text);
            assert!(found.iter().any(|f| f.starts_with(wanted)), "{wanted} in {found:#?}");
        }
    }

    #[test]
    fn nothing_judged_is_inconclusive_and_the_worst_decides() {
        use Verdict::*;
        let cases =
            [(vec![], Inconclusive), (vec![Pass, Pass], Pass), (vec![Pass, Inconclusive], Inconclusive)];
        for (given, wanted) in cases {
            assert_eq!(Verdict::worst(given.iter().copied()), wanted);
            assert_eq!(Verdict::worst(given.into_iter().chain([Fail])), Fail);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_answered(text in "(\\[\\[verdict\\]\\]\n|\\[\\[external\\]\\]\n|unit = \"5\\.1-1-1/a\"\n|group = \"5\\.5-2\"\n|says = \"pass\"\n|by = \"a\"\n|on = 2026-03-01\n|on = 2026-02-30\n|why = \"b\"\n|evidence = \\[\"evidence/a\"\\]\n|document = \"evidence/a\"\n|scope = \"c\"\n|covers = \"d\"\n|depth = \"e\"\n|accepted = true\n|\\[|\\]|=|\"|\"\"\"|\n|\u{202e}|unit|a|# ){0,30}") {
            for p in Verdicts::parse("verdicts.toml", text.as_bytes()).err().unwrap_or_default() {
                proptest::prop_assert!(p.at.line >= 1 && p.at.line <= text.lines().count() + 1, "{p}");
            }
        }
    }
}
