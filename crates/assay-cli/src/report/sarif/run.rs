//! One SARIF run: the rules that results refer to, and a result for each finding, check, requirement, breach and test group.

use std::collections::BTreeMap;

use assay::assess::Judged;
use assay::conformity::Verdict;
use assay::outcome::{CheckResult, Claim, Confidence, Finding, Outcome};
use assay::rules::rulebook;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{BASE, looked};
use crate::report::Shown;
use crate::report::mends::{claimed_at, is_declared};
use crate::report::place::Place;
use crate::report::words::clean;

/// The run as it grows.
#[derive(Default)]
pub(super) struct Run {
    pub(super) rules: Vec<Value>,
    at: BTreeMap<String, usize>,
    pub(super) results: Vec<Value>,
    /// How often a fingerprint's words occurred, and at which index an artifact stands.
    seen: BTreeMap<String, usize>,
}

impl Run {
    pub(super) fn artifacts(&mut self, shown: &Shown<'_>) {
        for (at, (path, _)) in looked(shown).into_keys().enumerate() {
            self.seen.entry(format!("artifact {path}")).or_insert(at);
        }
    }

    /// Every check and every kind of finding, found or not: what a tool can say is said whether or not it did.
    pub(super) fn rules(&mut self) {
        for c in assay_checks::checks() {
            self.rule(c.id, c.title, c.page, "check");
        }
        for k in assay_checks::finding_kinds() {
            self.rule(k.id, k.title, k.explain, "finding");
        }
        for (id, title, text, source) in assay::conformity::RULES {
            self.rule(id, title, &format!("# {title}\n\n{text}\n\nSource: {source}\n"), "ics");
        }
    }

    fn rule(&mut self, id: &str, title: &str, page: &str, kind: &str) -> usize {
        if let Some(at) = self.at.get(id) {
            return *at;
        }
        let at = self.rules.len();
        let text: Vec<&str> = page.split_whitespace().collect();
        self.rules.push(json!({
            "id": id,
            "shortDescription": { "text": title },
            "help": { "text": text.join(" "), "markdown": page.trim() },
            "properties": { "kind": kind },
        }));
        self.at.insert(id.to_owned(), at);
        at
    }

    /// The rule of an id that is no check and no kind: a provision, or a word of a version that is newer than this file.
    fn other_rule(&mut self, id: &str) -> usize {
        match rulebook().provisions.get(id) {
            Some(p) => {
                let page = format!(
                    "{}\n\n## How to meet it\n\n{}\n\n## What a person must do\n\n{}\n\n## Source\n\n{}\n",
                    p.says, p.help, p.person, p.source
                );
                self.rule(id, &p.says, &page, "provision")
            }
            None => self.rule(id, id, &format!("See `assay explain {id}`."), "other"),
        }
    }

    /// One check: its findings, and what it says as a whole where no finding says it.
    pub(super) fn check(&mut self, result: &CheckResult) {
        for f in &result.findings {
            self.finding(result, f);
        }
        if result.outcome == Outcome::NotMet && !result.findings.is_empty() {
            return;
        }
        let kind = kind_of(result.outcome);
        let rule = self.other_rule(&result.check);
        let level = if kind == "fail" { "error" } else { "none" };
        let places: Vec<Value> = result.evidence.iter().map(|l| self.location(&l.path)).collect();
        self.push(
            (&result.check, rule),
            (kind, level),
            &result.why,
            places,
            json!({ "outcome": result.outcome, "seen_by": result.seen_by, "provisions": result.provisions }),
            &result.check,
        );
    }

    fn finding(&mut self, result: &CheckResult, f: &Finding) {
        let rule = self.other_rule(&f.kind);
        // What contradicts no provision is worth knowing and no error.
        let against = result.outcome == Outcome::NotMet && !f.provisions.is_empty();
        let level = match (f.confidence, against) {
            (Confidence::Certain, true) => "error",
            (Confidence::Certain, false) | (Confidence::Likely, true) => "warning",
            (Confidence::Likely, false) | (Confidence::Possible, _) => "note",
        };
        let place = vec![self.location(&f.place)];
        let parsed = Place::parse(&f.place);
        // Without the line: a line that is put in above must not make an old finding new.
        let stable =
            format!("{} {} {} {}", result.check, f.kind, parsed.file, parsed.inner.unwrap_or_default());
        self.push(
            (&f.kind, rule),
            ("fail", level),
            &f.message,
            place,
            json!({
                "check": result.check, "confidence": f.confidence, "outcome": result.outcome, "seen_by": result.seen_by,
                "provisions": f.provisions,
            }),
            &stable,
        );
    }

    pub(super) fn requirement(&mut self, shown: &Shown<'_>, scheme: &str, r: &Judged) {
        let rule = self.other_rule(&r.id);
        let deemed = r.deemed_against_evidence();
        let contradicted = r.refused.is_some() || (r.outcome == Outcome::NotMet && !deemed);
        let (kind, level, says) = match (r.holds, r.outcome, r.claim) {
            _ if deemed => {
                ("review", "none", "it counts as met in another way, though the evidence speaks against it")
            }
            _ if contradicted => ("fail", "error", "contradicted, or not validly claimed"),
            (Some(false), ..) if is_declared(r) => ("fail", "warning", "declared as not fulfilled"),
            (Some(true), Outcome::Met, _) => ("pass", "none", "claimed, and the evidence shows it met"),
            (Some(true), Outcome::NotApplicable, _) => {
                ("notApplicable", "none", "it does not bind this product")
            }
            (Some(true), ..) if r.by_way.is_some() => {
                ("open", "none", "it counts as met in another way; nobody saw it met")
            }
            (Some(true), ..) => ("open", "none", "claimed; nobody saw it met"),
            (_, _, None) => ("open", "none", "nothing is claimed"),
            _ => ("open", "none", "evidence that the scheme asks for is missing"),
        };
        let message = format!("{} under {scheme}: {}.", r.id, r.refused.as_deref().unwrap_or(says));
        let place = vec![self.location(&claimed_at(shown, &r.id))];
        self.push(
            (&r.id, rule),
            (kind, level),
            &message,
            place,
            json!({
                "scheme": scheme, "provision": r.id, "claim": r.claim, "outcome": r.outcome, "holds": r.holds,
                "seen_by": r.seen_by, "by_way": r.by_way,
            }),
            &format!("{scheme} {}", r.id),
        );
    }

    pub(super) fn breaches(&mut self, shown: &Shown<'_>) {
        for ics in shown.ics {
            for b in &ics.breaches {
                let rule = self.other_rule(b.rule);
                let place = vec![self.location(&format!("product.toml:{}:{}", b.at.line, b.at.column))];
                self.push(
                    (b.rule, rule),
                    ("fail", "error"),
                    &format!("{}: {}", b.message, b.mend),
                    place,
                    json!({ "provision": b.provision, "pro_forma": ics.pro_forma }),
                    &format!("{} {}", b.rule, b.provision),
                );
            }
        }
    }

    /// The test groups that are claimed: TS 103 701 judges no other.
    pub(super) fn groups(&mut self, shown: &Shown<'_>) {
        let groups = shown.conformity.iter().flat_map(|r| &r.groups);
        for g in groups.filter(|g| g.claim == Some(Claim::Yes)) {
            let rule = self.other_rule(&g.provision);
            let (kind, level) = match g.verdict {
                Verdict::Pass => ("pass", "none"),
                Verdict::Inconclusive => ("open", "none"),
                Verdict::Fail => ("fail", "error"),
            };
            let place = vec![self.location(&claimed_at(shown, &g.provision))];
            self.push(
                (&g.provision, rule),
                (kind, level),
                &format!("TS 103 701, test group {}: {}. {}", g.provision, g.verdict, g.why),
                place,
                json!({ "provision": g.provision, "verdict": g.verdict }),
                &format!("ts103701 {}", g.provision),
            );
        }
    }

    fn push(
        &mut self,
        (id, rule): (&str, usize),
        (kind, level): (&str, &str),
        message: &str,
        locations: Vec<Value>,
        properties: Value,
        stable: &str,
    ) {
        let again = self.seen.entry(format!("result {stable}")).or_insert(0);
        *again += 1;
        let print = Sha256::digest(format!("{id}\n{stable}\n{again}"));
        let print: String = print.iter().take(16).map(|b| format!("{b:02x}")).collect();
        self.results.push(json!({
            "ruleId": id,
            "ruleIndex": rule,
            "kind": kind,
            "level": level,
            "message": { "text": clean(message) },
            "locations": locations,
            "partialFingerprints": { "assayResult/v1": print },
            "properties": properties,
        }));
    }

    fn location(&self, place: &str) -> Value {
        let parsed = Place::parse(place);
        let mut artifact = json!({ "uri": parsed.uri(), "uriBaseId": BASE });
        if let Some(at) = self.seen.get(&format!("artifact {}", parsed.file)) {
            artifact["index"] = json!(at);
        }
        let mut location = json!({ "physicalLocation": { "artifactLocation": artifact } });
        if let Some(line) = parsed.line {
            let mut region = json!({ "startLine": line });
            if let Some(column) = parsed.column {
                region["startColumn"] = json!(column);
            }
            location["physicalLocation"]["region"] = region;
        }
        if let Some(inner) = parsed.inner {
            location["logicalLocations"] = json!([{
                "name": clean(inner), "fullyQualifiedName": clean(&format!("{}!{inner}", parsed.file)), "kind": "resource",
            }]);
        }
        location
    }
}

/// The kind of a whole check's result.
fn kind_of(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Met => "pass",
        Outcome::NotMet => "fail",
        Outcome::NotApplicable => "notApplicable",
        Outcome::Inconclusive | Outcome::NotTested => "open",
    }
}
