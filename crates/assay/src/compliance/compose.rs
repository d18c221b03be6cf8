//! Composes a statement of compliance from a case and its `statement.toml`, or says everything that is missing at once, by
//! field. It declares nothing in the manufacturer's name that the manufacturer did not write, and nothing that the case's
//! own claims and evidence do not allow.

mod declared;

use jiff::civil::Date;
use serde::Serialize;

use super::{
    ComplianceStatement, Issued, Parties, Party, PartyEntry, Period, PreparedBy, SCHEMA, Signed,
    StatedProduct, StatementFile, retain_until, source,
};
use crate::assess::Judged;
use crate::case::{Case, Place};
use crate::date::in_words;
use crate::outcome::Claim;

/// One thing that keeps a statement from being composed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// The field of Schedule 4, `a` to `g`.
    pub field: char,
    /// What is missing or wrong.
    pub what: String,
    /// What to write.
    pub mend: String,
    /// The file, and the line where there is one.
    #[serde(rename = "where")]
    pub place: String,
    /// The rule that asks for it.
    pub source: String,
}

/// What is lawful in a statement and still to be noticed before it is issued, with the line in `product.toml`.
#[must_use]
pub fn warnings(case: &Case, statement: &ComplianceStatement) -> Vec<String> {
    let line = case.support.as_ref().map_or(0, |s| s.at.line);
    let ended = super::judge_period(statement.e.end, Some(statement.g.date));
    ended.into_iter().map(|what| format!("product.toml:{line}: {what}")).collect()
}

/// Composes the statement for issue, as it stands on a day.
///
/// `judged` is the case under the law, requirement by requirement; where it is empty, nothing is said of the routes taken.
/// `holds` is what the caller's judgement says of the whole: only `Some(true)` allows the declaration of field d; `reasons` say
/// why it is not so.
///
/// # Errors
/// Everything that is missing, in the order of the fields; at least one.
pub fn compose(
    case: &Case,
    file: &StatementFile,
    on: Date,
    judged: &[Judged],
    holds: Option<bool>,
    reasons: &[String],
) -> Result<ComplianceStatement, Vec<Missing>> {
    let mut wanted = Wanted { file, missing: Vec::new() };
    let a = wanted.product(case);
    let b = wanted.parties(case);
    let c = wanted.prepared();
    let d = wanted.declared(judged, holds, reasons);
    let e = wanted.period(case);
    let f = wanted.signed();
    let g = wanted.issued(on);
    match (a, b, c, d, e, f, g) {
        (Some(a), Some(b), Some(c), Some(d), Some(e), Some(f), Some(g)) if wanted.missing.is_empty() => {
            let retain_until = retain_until(g.date, e.end);
            Ok(ComplianceStatement { schema: SCHEMA.to_owned(), a, b, c, d, e, f, g, retain_until })
        }
        _ => {
            wanted.missing.sort_by_key(|m| m.field);
            Err(wanted.missing)
        }
    }
}

struct Wanted<'a> {
    file: &'a StatementFile,
    missing: Vec<Missing>,
}

impl Wanted<'_> {
    fn lacks(&mut self, field: char, at: Option<Place>, what: impl Into<String>, mend: impl Into<String>) {
        let place = at.map_or_else(|| self.file.file.clone(), |at| format!("{}:{}", self.file.file, at.line));
        self.lacks_under(field, place, what, mend, source(field));
    }

    fn lacks_under(
        &mut self,
        field: char,
        place: String,
        what: impl Into<String>,
        mend: impl Into<String>,
        source: String,
    ) {
        self.missing.push(Missing { field, what: what.into(), mend: mend.into(), place, source });
    }

    /// A text that has to be there.
    fn text(&mut self, field: char, value: Option<&String>, what: &str, mend: &str) -> Option<String> {
        if value.is_none() {
            self.lacks(field, None, what, mend);
        }
        value.cloned()
    }

    fn product(&mut self, case: &Case) -> Option<StatedProduct> {
        let file = self.file;
        let kind = self.text(
            'a',
            file.kind.as_ref(),
            "the type of the product is not given",
            "below [product], write type = \"indoor camera\"",
        );
        if file.batch.is_none() && file.serials.is_none() {
            self.lacks(
                'a',
                None,
                "neither a batch nor a range of serial numbers is given",
                "below [product], write batch = \"2026-44\" or serials = \"HC2-000001 to HC2-025000\"",
            );
        }
        let product = &case.product;
        Some(StatedProduct {
            kind: kind?,
            batch: file.batch.clone(),
            serials: file.serials.clone(),
            name: product.name.clone(),
            model: product.model.clone(),
            gtins: product.gtins.clone(),
        })
    }

    fn parties(&mut self, case: &Case) -> Option<Parties> {
        let file = self.file;
        if file.manufacturers.is_empty() {
            self.lacks(
                'b',
                None,
                "no manufacturer is named",
                format!(
                    "write [[manufacturer]] with name = \"{}\" and its postal address = \"…\"",
                    case.maker.organisation
                ),
            );
        }
        let joint = file.manufacturers.len() > 1;
        let manufacturers = file.manufacturers.iter().map(|entry| {
            self.party(
                entry,
                if joint { "a manufacturer of a joint statement" } else { "the manufacturer" },
                joint,
            )
        });
        let manufacturers: Vec<Option<Party>> = manufacturers.collect();
        let representatives: Vec<Option<Party>> = file
            .representatives
            .iter()
            .map(|e| self.party(e, "an authorised representative", false))
            .collect();
        let names: Vec<String> = manufacturers.iter().flatten().map(|p| p.name.to_lowercase()).collect();
        for (number, entry) in file.manufacturers.iter().enumerate() {
            let twice = entry.name.as_ref().map(|n| n.to_lowercase());
            if twice.is_some_and(|n| names.iter().take(number).any(|o| *o == n)) {
                self.lacks('b', Some(entry.at), "a manufacturer is named twice", "keep one of the two");
            }
        }
        Some(Parties {
            manufacturers: manufacturers.into_iter().collect::<Option<Vec<_>>>().filter(|m| !m.is_empty())?,
            authorised_representatives: representatives.into_iter().collect::<Option<_>>()?,
        })
    }

    fn party(&mut self, entry: &PartyEntry, whose: &str, joint: bool) -> Option<Party> {
        let rule = if joint { "PSTI Act 2022, section 9(5); " } else { "" };
        let rule = format!("{rule}{}", source('b'));
        let place = format!("{}:{}", self.file.file, entry.at.line);
        for (value, what, mend) in [
            (&entry.name, "name", "add name = \"Example Hearth Ltd\" there"),
            (
                &entry.address,
                "address",
                "add address = \"1 Example Street, Exampletown EX1 1EX, United Kingdom\" there",
            ),
        ] {
            if value.is_none() {
                let of = entry.name.as_deref().filter(|_| what == "address").unwrap_or(whose);
                self.lacks_under(
                    'b',
                    place.clone(),
                    format!("the {what} of {of} is not given"),
                    mend,
                    rule.clone(),
                );
            }
        }
        Some(Party { name: entry.name.clone()?, address: entry.address.clone()? })
    }

    fn prepared(&mut self) -> Option<PreparedBy> {
        let file = self.file;
        if file.prepared_by.is_none() {
            self.lacks(
                'c',
                None,
                "it is not said who prepares the statement",
                "below [declaration], write prepared_by = \"manufacturer\" or \"on-behalf\"",
            );
        }
        Some(PreparedBy { prepared_by: file.prepared_by?, preparer: file.preparer.clone() })
    }

    fn period(&mut self, case: &Case) -> Option<Period> {
        let file = self.file;
        let Some(now) = case.support.as_ref().and_then(|s| s.end) else {
            let none = |c: &crate::case::Claimed| c.claim == Claim::NotApplicable;
            if let Some(claim) = case.claims.get("psti-2023:sch1-3").filter(|c| none(c)) {
                // Nothing that was read says what a maker without a defined support period states here, so nothing is
                // invented: neither a date nor a statement that lacks one.
                self.lacks_under(
                    'e',
                    format!("product.toml:{}", claim.at.line),
                    "nothing of the product can be updated, so that it has no defined support period; but a statement has to state \
                     one, and no text that was read says what it states here",
                    "ask the Office for Product Safety and Standards, or counsel, before you issue one; if anything can be updated after \
                     all, claim psti-2023:sch1-3 and give `end` below [support]",
                    format!("{}; `assay explain uk-psti` lists the question as unknown", source('e')),
                );
                return None;
            }
            self.lacks_under(
                'e',
                "product.toml".to_owned(),
                "the defined support period has no end date",
                "below [support], write end = 2030-05-31: a length such as five years is no defined support period",
                format!("{}; regulation 2(1)", source('e')),
            );
            return None;
        };
        let end = file.first_end.unwrap_or(now);
        if end > now {
            self.lacks_under(
                'e',
                file.file.clone(),
                format!(
                    "the period was to end on {} when the product was first supplied, and ends on {} now: it was shortened",
                    in_words(end),
                    in_words(now)
                ),
                "a published period may be extended, never shortened: put the later end back into product.toml",
                "SI 2023/1007, Schedule 1, paragraph 3(6)".to_owned(),
            );
        }
        if file.start.is_some_and(|start| start >= end) {
            self.lacks('e', None, "the period ends before it begins", "correct `start` below [support]");
        }
        Some(Period { start: file.start, end })
    }

    fn signed(&mut self) -> Option<Signed> {
        let signatory = &self.file.signatory;
        let name = self.text(
            'f',
            signatory.name.as_ref(),
            "the name of the signatory is not given",
            "below [signatory], write name = \"…\"",
        );
        let function = self.text(
            'f',
            signatory.function.as_ref(),
            "the function of the signatory is not given",
            "below [signatory], write function = \"Head of Product Compliance\"",
        );
        if signatory.signed.is_none() {
            self.lacks(
                'f',
                None,
                "it is not said how the statement is signed",
                "below [signatory], write signed = \"ink\" to sign the print, or \"electronic: …\" with what the signature is",
            );
        }
        Some(Signed { signature: signatory.signed.clone()?, name: name?, function: function? })
    }

    fn issued(&mut self, on: Date) -> Option<Issued> {
        let signatory = &self.file.signatory;
        let place = self.text(
            'g',
            signatory.place.as_ref(),
            "the place of issue is not given",
            "below [signatory], write place = \"Exampletown\"",
        );
        match signatory.date {
            None => self.lacks(
                'g',
                None,
                "the date of issue is not given",
                format!("below [signatory], write date = {on}"),
            ),
            Some(date) => {
                if let Some(what) = super::judge_issue_date(date, on) {
                    self.lacks('g', None, what, "write the day on which it is issued");
                }
            }
        }
        Some(Issued { place: place?, date: signatory.date? })
    }
}
