//! Field d: what is declared, whether the case allows it, and the standards that the deemed route rests on.

use super::Wanted;
use crate::case::Case;
use crate::compliance::{Declared, Route, Standard, judge_standard, source};
use crate::outcome::Claim;

impl Wanted<'_> {
    pub(super) fn declared(
        &mut self,
        case: &Case,
        holds: Option<bool>,
        reasons: &[String],
    ) -> Option<Declared> {
        let file = self.file;
        if file.complies.is_none() {
            self.lacks(
                'd',
                None,
                "it is not said which declaration is made",
                "below [declaration], write complies = \"schedule-1\" (the requirements themselves) or \"schedule-2\" (deemed compliance)",
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
        let standards = match file.complies {
            Some(Route::Schedule2) => self.standards(case),
            _ => {
                if let Some(entry) = file.standards.first().filter(|_| file.complies.is_some()) {
                    self.lacks(
                        'd',
                        Some(entry.at),
                        "a standard is cited, but the declaration is that of Schedule 1",
                        "write complies = \"schedule-2\" if the declaration rests on the standard, or remove [[standard]]",
                    );
                }
                Vec::new()
            }
        };
        Some(Declared {
            complies: file.complies?,
            in_the_opinion_of_the_manufacturer: file.opinion.filter(|o| *o)?,
            standards,
        })
    }

    /// Schedule 2 rests on EN 303 645 for passwords and the support period, and for reports on it or on ISO/IEC 29147.
    fn standards(&mut self, case: &Case) -> Vec<Standard> {
        let paragraph = "SI 2023/1007, Schedule 4, paragraph 1(2)";
        let file = self.file;
        let (mut standards, mut en, mut iso) = (Vec::new(), false, false);
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
                    paragraph.to_owned(),
                );
                continue;
            };
            match judge_standard(number, version, issued) {
                Ok(deemed) => {
                    en |= deemed.digits == "303645";
                    iso |= deemed.digits == "29147";
                    let (number, version, issued) = (number.clone(), version.clone(), issued.clone());
                    standards.push(Standard { number, version, issued });
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
        if !en {
            self.lacks_under(
                'd',
                file.file.clone(),
                "the declaration rests on Schedule 2, but ETSI EN 303 645 V2.1.1 is not cited",
                "add [[standard]] with number = \"ETSI EN 303 645\", version = \"V2.1.1\" and issued = 2020-06-19",
                paragraph.to_owned(),
            );
        }
        let yes = |n: &str| {
            let claimed = case.claims.get(&format!("en303645-v2.1.1:{n}"));
            claimed.is_some_and(|c| c.claim == Claim::Yes)
        };
        for (number, rule) in [("5.1-1", 1), ("5.2-1", 2), ("5.3-13", 3)] {
            if !(yes(number) || (rule == 2 && iso)) {
                self.lacks_under(
                    'd',
                    "product.toml".to_owned(),
                    format!("the declaration rests on Schedule 2, but provision {number} of ETSI EN 303 645 V2.1.1 is not claimed"),
                    format!("add [[claim]] with provision = \"en303645-v2.1.1:{number}\" and support = \"yes\", if it is so"),
                    format!("SI 2023/1007, Schedule 2, paragraph {rule}"),
                );
            }
        }
        standards
    }
}
