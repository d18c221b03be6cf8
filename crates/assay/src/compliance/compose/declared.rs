//! Field d: what is declared, requirement by requirement, whether the case allows it, and the standards that the conditions of
//! Schedule 2 rest on. Which condition a requirement meets is the scheme's judgement; there is no second one here.

use super::Wanted;
use crate::assess::Judged;
use crate::compliance::standards::{belongs_to, relied_on};
use crate::compliance::{Declared, Deemed, Route, RouteTaken, Standard, judge_standard, source};
use crate::scheme::{self, Way};

const PARAGRAPH: &str = "SI 2023/1007, Schedule 4, paragraph 1(2)";

impl Wanted<'_> {
    pub(super) fn declared(
        &mut self,
        judged: &[Judged],
        holds: Option<bool>,
        reasons: &[String],
    ) -> Option<Declared> {
        let file = self.file;
        if file.complies.is_none() {
            self.lacks(
                'd',
                None,
                "it is not said which declaration is made",
                "below [declaration], write complies = \"schedule-1\" (the requirements themselves) or \"schedule-2\" (deemed compliance, for one of them or more)",
            );
        }
        if file.opinion != Some(true) {
            self.lacks(
                'd',
                None,
                "the manufacturer has not said that it is its opinion",
                "below [declaration], write opinion = \"yes\" once the manufacturer holds it: nobody else can declare it",
            );
        }
        if holds != Some(true) {
            let what = if holds.is_none() {
                "whether the product complies is not decided by the case"
            } else {
                "the case's own claims and evidence do not allow the declaration"
            };
            let mut reasons: Vec<&str> = reasons.iter().map(String::as_str).collect();
            reasons.dedup();
            if reasons.is_empty() {
                reasons.push("`assay check CASE --scheme uk-psti` says why");
            }
            for reason in reasons {
                self.lacks_under(
                    'd',
                    "product.toml".to_owned(),
                    format!("{what}: {reason}"),
                    "mend the product or the case, and see `assay check`; a statement that the case contradicts is not written",
                    source('d'),
                );
            }
        }
        let (standards, requirements) = match file.complies {
            Some(Route::Schedule2) => self.deemed(judged),
            _ => {
                if let Some(entry) = file.standards.first().filter(|_| file.complies.is_some()) {
                    self.lacks(
                        'd',
                        Some(entry.at),
                        "a standard is cited, but the declaration is that of Schedule 1",
                        "write complies = \"schedule-2\" if the declaration rests on the standard, or remove [[standard]]",
                    );
                }
                (Vec::new(), Vec::new())
            }
        };
        Some(Declared {
            complies: file.complies?,
            in_the_opinion_of_the_manufacturer: file.opinion.filter(|o| *o)?,
            requirements,
            standards,
        })
    }

    /// Schedule 2 deems each requirement separately: some may be met by a condition and the others themselves. A standard is
    /// cited where a condition that is taken rests on one (Schedule 4, paragraph 1(2)), and nowhere else.
    fn deemed(&mut self, judged: &[Judged]) -> (Vec<Standard>, Vec<RouteTaken>) {
        let cited = self.cited();
        let there = |d: &Deemed| cited.iter().any(|(other, _)| *other == d);
        let all_cited = |way: &Way| relied_on(way).into_iter().all(there);
        let met: Vec<&Judged> = judged.iter().filter(|r| r.holds == Some(true)).collect();
        let by_condition: Vec<Option<&Way>> =
            met.iter().map(|r| ways(r).find(|way| all_cited(way))).collect();
        let none = by_condition.iter().all(Option::is_none);
        // A condition whose standard is not cited is taken where the requirement is not met itself, or where no other is.
        let taken: Vec<(&Judged, Option<&Way>)> = met
            .iter()
            .zip(by_condition)
            .map(|(r, way)| (*r, way.or_else(|| ways(r).next().filter(|_| none || r.by_way.is_some()))))
            .collect();
        let rests: Vec<&Way> = taken.iter().filter_map(|(_, way)| *way).collect();
        if rests.is_empty() && !met.is_empty() && met.len() == judged.len() {
            let why: Vec<String> = judged[0].ways.iter().map(|w| format!("{}: {}", w.name, w.why)).collect();
            self.lacks_under(
                'd',
                "product.toml".to_owned(),
                format!(
                    "the declaration rests on Schedule 2, but no requirement is met by one of its conditions ({}: {})",
                    judged[0].id,
                    why.join("; ")
                ),
                "write complies = \"schedule-1\", or claim the provisions of a condition or name the label, if it is so",
                "SI 2023/1007, Schedule 2".to_owned(),
            );
        }
        self.uncited(&taken, &there);
        if !judged.is_empty() && !rests.is_empty() {
            self.cited_in_vain(&cited, &rests);
        }
        let requirements = taken.iter().map(|(r, way)| RouteTaken {
            requirement: r.id.clone(),
            complies: if way.is_some() { Route::Schedule2 } else { Route::Schedule1 },
            condition: way.map(|w| w.name.clone()),
        });
        (cited.iter().map(|(_, standard)| standard.clone()).collect(), requirements.collect())
    }

    /// The standards of the conditions that are taken, as far as they are not cited.
    fn uncited(&mut self, taken: &[(&Judged, Option<&Way>)], there: &dyn Fn(&Deemed) -> bool) {
        let mut asked: Vec<(&Deemed, &Way, Vec<&str>)> = Vec::new();
        for (r, way) in taken.iter().filter_map(|(r, way)| Some((r, (*way)?))) {
            for standard in relied_on(way).into_iter().filter(|d| !there(d)) {
                match asked.iter_mut().find(|(d, ..)| *d == standard) {
                    Some((.., of)) => of.push(&r.id),
                    None => asked.push((standard, way, vec![&r.id])),
                }
            }
        }
        let file = self.file.file.clone();
        for (standard, way, of) in asked {
            let quote = if standard.issued.len() == 10 { "" } else { "\"" };
            self.lacks_under(
                'd',
                file.clone(),
                format!(
                    "{} is met by \"{}\" of Schedule 2, but {} is not cited",
                    of.join(", "),
                    way.name,
                    standard.cite()
                ),
                format!(
                    "add [[standard]] with number = \"{}\", version = \"{}\" and issued = {quote}{}{quote}",
                    standard.number, standard.version, standard.issued
                ),
                PARAGRAPH.to_owned(),
            );
        }
    }

    /// A standard that no condition rests on which the case meets: nobody relies on it.
    fn cited_in_vain(&mut self, cited: &[(&'static Deemed, Standard)], rests: &[&Way]) {
        let file = self.file;
        for (deemed, standard) in cited.iter().filter(|(d, _)| !rests.iter().any(|way| belongs_to(d, way))) {
            let at =
                file.standards.iter().find(|e| e.number.as_ref() == Some(&standard.number)).map(|e| e.at);
            self.lacks(
                'd',
                at,
                format!("{} is cited, but no requirement of the case is met by a condition that rests on it", deemed.cite()),
                "claim the provisions of that condition in product.toml, if it is so, or remove this [[standard]]",
            );
        }
    }

    /// The standards that the file cites, as far as Schedule 2 names them.
    fn cited(&mut self) -> Vec<(&'static Deemed, Standard)> {
        let file = self.file;
        let mut cited = Vec::new();
        for entry in &file.standards {
            let place = format!("{}:{}", file.file, entry.at.line);
            let (Some(number), Some(version), Some(issued)) = (&entry.number, &entry.version, &entry.issued)
            else {
                let absent = [
                    ("number", entry.number.is_none()),
                    ("version", entry.version.is_none()),
                    ("issued", entry.issued.is_none()),
                ];
                let absent: Vec<&str> = absent.into_iter().filter(|(_, a)| *a).map(|(k, _)| k).collect();
                self.lacks_under(
                    'd',
                    place,
                    format!("a standard lacks its {}", absent.join(" and its ")),
                    "write number = \"ETSI EN 303 645\", version = \"V2.1.1\" and issued = 2020-06-19",
                    PARAGRAPH.to_owned(),
                );
                continue;
            };
            match judge_standard(number, version, issued, file.signatory.date) {
                Ok(found) => {
                    let (number, version, issued) = (number.clone(), version.clone(), issued.clone());
                    cited.push((found.deemed, Standard { number, version, issued }));
                }
                Err(problem) => self.lacks_under(
                    'd',
                    place,
                    problem.to_string(),
                    "cite the standard that the product was held against, if Schedule 2 names it; else declare Schedule 1",
                    "SI 2023/1007, regulation 2(1) and Schedule 2".to_owned(),
                ),
            }
        }
        cited
    }
}

/// The scheme's ways that the product goes for a requirement, the one that the scheme's judgement names first.
fn ways(r: &Judged) -> impl Iterator<Item = &'static Way> {
    let law = scheme::find("uk-psti");
    let known =
        law.and_then(|s| s.requirements.iter().find(|q| q.provision == r.id)).map_or(&[][..], |q| &q.ways);
    let goes: Vec<&str> = r.ways.iter().filter(|w| w.holds).map(|w| w.id.as_str()).collect();
    let mut ways: Vec<&Way> = known.iter().filter(|w| goes.contains(&w.id.as_str())).collect();
    ways.sort_by_key(|w| r.by_way.as_ref() != Some(&w.id));
    ways.into_iter()
}
