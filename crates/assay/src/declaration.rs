//! The declaration: what a maker signs and sends to a register. It carries claims, outcomes and digests, never the
//! evidence: factory passwords and firmware stay with the maker. Nothing personal enters it, since the log cannot forget.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::assess::{Assessment, Given, assess};
use crate::case::Case;
use crate::gtin::Gtin14;
use crate::outcome::{CheckResult, Claim, Confidence, Finding, Looked, Outcome, SeenBy, SpeaksFrom};
use crate::rules::rulebook;
use crate::scheme::{self, Scheme};
use crate::statement::MakerId;
use crate::text::{is_digest, is_https, is_kebab, is_plain};

/// A maker's declaration for one product under one or more schemes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    /// The maker, registered before.
    pub maker: MakerId,
    /// What the product is.
    pub product: DeclaredProduct,
    /// The schemes it is declared under, by id, sorted, no id twice.
    pub schemes: Vec<String>,
    /// The claims by provision id.
    pub claims: BTreeMap<String, Claim>,
    /// What the maker's own checks showed, sorted by check.
    pub outcomes: Vec<DeclaredOutcome>,
    /// The support period.
    pub support: DeclaredSupport,
    /// Where reports go.
    pub contact: DeclaredContact,
    /// The day on which it is declared.
    pub on: Date,
}

/// What the product is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredProduct {
    /// The name a shopper sees.
    pub name: String,
    /// The model designation; with the maker it identifies the product.
    pub model: String,
    /// The GTINs it is sold under.
    pub gtins: Vec<Gtin14>,
    /// What kind of thing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
}

/// One check's outcome, without messages: they could hold what the maker keeps to itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredOutcome {
    /// The check's id.
    pub check: String,
    /// What it showed.
    pub outcome: Outcome,
    /// The provisions it speaks to.
    pub provisions: Vec<String>,
    /// The kinds of findings, with the provisions each speaks against.
    pub findings: Vec<DeclaredFinding>,
    /// SHA-256 digests, in hex, of what was looked at.
    pub evidence: Vec<String>,
}

/// A finding's kind, without its place and message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredFinding {
    /// Its kind.
    pub kind: String,
    /// How sure.
    pub confidence: Confidence,
    /// The provisions it speaks against.
    pub provisions: Vec<String>,
}

/// The defined support period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredSupport {
    /// The last day on which security updates are promised at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Date>,
    /// The page where it is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_at: Option<String>,
    /// Why it is that long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasons: Option<String>,
}

/// Public addresses for reports; pages, never a person's mail address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredContact {
    /// The security.txt file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_txt: Option<String>,
    /// The disclosure policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
}

impl Declaration {
    /// Makes the declaration of a case from what the checks showed.
    #[must_use]
    pub fn of(case: &Case, maker: MakerId, schemes: &[&Scheme], results: &[CheckResult], on: Date) -> Self {
        let mut ids: Vec<String> = schemes.iter().map(|s| s.id.clone()).collect();
        ids.sort();
        ids.dedup();
        // What the maker wrote down and agrees with itself adds nothing to its claims; only a contradiction is declared.
        let declared = |r: &&CheckResult| r.speaks_from.is_evidence() || r.outcome == Outcome::NotMet;
        let mut outcomes: Vec<DeclaredOutcome> =
            results.iter().filter(declared).map(DeclaredOutcome::of).collect();
        outcomes.sort();
        let support = case.support.as_ref().map_or_else(DeclaredSupport::default, |s| DeclaredSupport {
            end: s.end,
            published_at: s.published_at.clone(),
            reasons: s.reasons.clone(),
        });
        let contact = case.contact.as_ref().map_or_else(DeclaredContact::default, |c| DeclaredContact {
            security_txt: c.security_txt.clone(),
            policy: c.policy.clone(),
        });
        Self {
            maker,
            product: DeclaredProduct {
                name: case.product.name.clone(),
                model: case.product.model.clone(),
                gtins: case.product.gtins.clone(),
                category: case.product.category.clone(),
            },
            schemes: ids,
            claims: case.claims.iter().map(|(id, c)| (id.clone(), c.claim)).collect(),
            outcomes,
            support,
            contact,
            on,
        }
    }

    /// Judges the declaration under one of its schemes, from its own words alone: anybody gets the same answer.
    #[must_use]
    pub fn assess(&self, scheme: &Scheme) -> Assessment {
        let results: Vec<CheckResult> = self.outcomes.iter().map(DeclaredOutcome::to_result).collect();
        assess(scheme, &Given::new(&self.claims, &results, self.support.end, self.on))
    }

    /// Whether everything in it is known and within bounds; the sentence names what is not.
    ///
    /// # Errors
    /// What to mend.
    pub fn check_form(&self) -> Result<(), String> {
        let sorted = |list: &[String]| list.is_sorted_by(|a, b| a < b);
        if self.schemes.is_empty() || !sorted(&self.schemes) {
            return Err("a declaration names at least one scheme, sorted, none twice".into());
        }
        if let Some(id) = self.schemes.iter().find(|s| scheme::find(s).is_none()) {
            return Err(format!("there is no scheme `{id}`"));
        }
        let provisions = self.claims.keys().chain(
            self.outcomes
                .iter()
                .flat_map(|o| o.provisions.iter().chain(o.findings.iter().flat_map(|f| &f.provisions))),
        );
        for id in provisions {
            if !rulebook().provisions.contains_key(id) {
                return Err(format!("there is no provision `{id}`"));
            }
        }
        if !self.outcomes.is_sorted_by(|a, b| a.check < b.check) {
            return Err("outcomes are sorted by check, none twice".into());
        }
        self.outcomes.iter().try_for_each(DeclaredOutcome::check_form)?;
        let plain = [
            (Some(&self.product.name), 200),
            (Some(&self.product.model), 200),
            (self.product.category.as_ref(), 200),
            (self.support.reasons.as_ref(), 2_000),
        ];
        if plain.into_iter().any(|(text, most)| text.is_some_and(|t| !is_plain(t, most))) {
            return Err("names have 1 to 200 characters, reasons up to 2,000, none of them invisible".into());
        }
        let pages = [&self.support.published_at, &self.contact.security_txt, &self.contact.policy];
        if pages.into_iter().flatten().any(|page| !is_https(page)) {
            return Err(
                "the support page, the policy and the security.txt are https addresses of pages".into()
            );
        }
        if std::iter::once(self.on).chain(self.support.end).any(|day| !(1970..=2200).contains(&day.year())) {
            return Err("dates lie in the years 1970 to 2200".into());
        }
        let gtins = &self.product.gtins;
        if gtins.len() > 100 || gtins.iter().enumerate().any(|(i, g)| gtins[..i].contains(g)) {
            return Err("a product has at most 100 GTINs, none twice".into());
        }
        Ok(())
    }
}

impl DeclaredOutcome {
    /// An outcome that says one thing in one place and another elsewhere could hide a contradiction; free texts could
    /// carry what the log must not hold.
    fn check_form(&self) -> Result<(), String> {
        let wrong = |what: &str| {
            Err(format!("outcome of `{}`: {what}", self.check.chars().take(64).collect::<String>()))
        };
        if !is_kebab(&self.check) || self.findings.iter().any(|f| !is_kebab(&f.kind)) {
            return wrong("checks and kinds of findings are kebab-case words of at most 64 characters");
        }
        if self.provisions.is_empty() {
            return wrong("it names the provisions that it speaks to");
        }
        if self.findings.iter().flat_map(|f| &f.provisions).any(|id| !self.provisions.contains(id)) {
            return wrong("a finding speaks against provisions that the outcome names");
        }
        let counts = |f: &DeclaredFinding| f.confidence > Confidence::Possible && !f.provisions.is_empty();
        let found = self.findings.iter().any(counts);
        if found != (self.outcome == Outcome::NotMet) {
            return wrong(
                "it is not-met exactly where a finding that is likely or certain speaks against a provision",
            );
        }
        if !self.evidence.iter().all(|d| is_digest(d)) {
            return wrong("evidence is named by its SHA-256 digest in lower-case hex");
        }
        Ok(())
    }

    fn of(result: &CheckResult) -> Self {
        let mut findings: Vec<DeclaredFinding> = result
            .findings
            .iter()
            .map(|f| DeclaredFinding {
                kind: f.kind.clone(),
                confidence: f.confidence,
                provisions: f.provisions.clone(),
            })
            .collect();
        findings.sort();
        findings.dedup();
        let against = |p: &&String| findings.iter().any(|f| f.provisions.contains(p));
        let named = |p: &&String| result.speaks_from.is_evidence() || against(p);
        let provisions = result.provisions.iter().filter(named).cloned().collect();
        Self {
            check: result.check.clone(),
            outcome: result.outcome,
            provisions,
            findings,
            evidence: result.evidence.iter().map(|e| e.sha256.clone()).collect(),
        }
    }

    fn to_result(&self) -> CheckResult {
        CheckResult {
            check: self.check.clone(),
            outcome: self.outcome,
            why: String::new(),
            // Whatever a declaration says, it is the maker who vouches for it.
            seen_by: SeenBy::Maker,
            provisions: self.provisions.clone(),
            findings: self
                .findings
                .iter()
                .map(|f| Finding {
                    kind: f.kind.clone(),
                    message: String::new(),
                    place: String::new(),
                    confidence: f.confidence,
                    provisions: f.provisions.clone(),
                })
                .collect(),
            evidence: self
                .evidence
                .iter()
                .map(|d| Looked { path: String::new(), sha256: d.clone() })
                .collect(),
            units: Vec::new(),
            speaks_from: SpeaksFrom::Evidence,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(outcome: Outcome, speaks_from: SpeaksFrom) -> CheckResult {
        let finding = Finding {
            kind: "updates-fall-short".into(),
            message: "a sentence of the maker's own".into(),
            place: "ixit.toml:3:1".into(),
            confidence: Confidence::Certain,
            provisions: vec!["en303645-v2.1.1:5.3-6".into()],
        };
        CheckResult {
            check: "a-check".into(),
            outcome,
            why: "a reason".into(),
            seen_by: SeenBy::Maker,
            provisions: vec!["en303645-v2.1.1:5.3-4".into(), "en303645-v2.1.1:5.3-6".into()],
            findings: if outcome == Outcome::NotMet { vec![finding] } else { vec![] },
            evidence: vec![],
            units: vec![],
            speaks_from,
        }
    }

    #[test]
    fn of_the_makers_own_words_only_contradictions_are_declared_and_only_where_they_contradict() {
        const CASE: &str =
            "[product]\nname = \"a\"\nmodel = \"b\"\n[maker]\norganisation = \"c\"\ndomain = \"d.example\"\n";
        let case = Case::parse("product.toml", CASE.as_bytes()).unwrap();
        let on = crate::date::parse("2026-11-22").unwrap();
        let declared = |outcome, from| {
            let maker: MakerId = serde_json::from_value(serde_json::json!("m2222222222222222"))
                .unwrap_or_else(|e| panic!("{e}"));
            Declaration::of(&case, maker, &[], &[result(outcome, from)], on).outcomes
        };
        assert_eq!(declared(Outcome::Inconclusive, SpeaksFrom::MakersWords), []);
        assert_eq!(declared(Outcome::NotTested, SpeaksFrom::MakersWords), []);
        let [one] = &declared(Outcome::NotMet, SpeaksFrom::MakersWords)[..] else { panic!() };
        assert_eq!(one.provisions, ["en303645-v2.1.1:5.3-6"]);
        assert_eq!(one.check_form(), Ok(()));
        let [one] = &declared(Outcome::Inconclusive, SpeaksFrom::Evidence)[..] else { panic!() };
        assert_eq!(one.provisions.len(), 2);
    }
}
