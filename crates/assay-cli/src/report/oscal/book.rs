//! The objects of an OSCAL document: resources, results, observations and findings, each with an identifier that follows from
//! what it names.

use assay::assess::{Assessment, Judged};
use assay::outcome::{CheckResult, Claim, Finding, Outcome};
use assay::rules::rulebook;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{line, prop, token};
use crate::folder::CASE_FILE;
use crate::report::Shown;
use crate::report::mends::is_declared;
use crate::report::place::{Place, uri};

/// What every object of one document shares.
pub(super) struct Book {
    /// What the identifiers hang on.
    pub(super) seed: String,
    /// The beginning of the day of the judgement.
    pub(super) time: String,
}

impl Book {
    /// An identifier that follows from a name: the form of version 5 (RFC 9562, section 5.5), over SHA-256.
    pub(super) fn uuid(&self, name: &str) -> String {
        let mut b: [u8; 32] = Sha256::digest(format!("{}\n{name}", self.seed)).into();
        b[6] = (b[6] & 0x0f) | 0x50;
        b[8] = (b[8] & 0x3f) | 0x80;
        let hex: String = b[..16].iter().map(|b| format!("{b:02x}")).collect();
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }

    pub(super) fn resources(&self, shown: &Shown<'_>, plan: &str) -> Vec<Value> {
        let plan = json!({
            "uuid": plan,
            "title": "Schemes and checks",
            "description": "What is claimed stands in the case, what is asked in the schemes, how it is judged on the pages of the checks.",
            "rlinks": [{ "href": if shown.case.is_some() { CASE_FILE } else { "." } }],
        });
        let mut looked: Vec<_> = shown.results.iter().flat_map(|r| &r.evidence).collect();
        looked.sort();
        looked.dedup();
        let files = looked.into_iter().map(|l| {
            json!({
                "uuid": self.evidence(&l.path, &l.sha256),
                "title": line(&l.path),
                "rlinks": [{ "href": uri(&l.path), "hashes": [{ "algorithm": "SHA-256", "value": l.sha256 }] }],
            })
        });
        std::iter::once(plan).chain(files).collect()
    }

    fn evidence(&self, path: &str, sha256: &str) -> String {
        self.uuid(&format!("evidence {path} {sha256}"))
    }

    /// A case under one scheme.
    pub(super) fn result(&self, shown: &Shown<'_>, a: &Assessment, product: &str) -> Value {
        let scheme = a.scheme.as_str();
        let standing = shown.standings.iter().find(|s| s.scheme == a.scheme);
        let title = standing.map_or_else(|| scheme.to_owned(), |s| line(&s.title));
        let touches = |r: &&CheckResult| a.requirements.iter().any(|q| r.provisions.contains(&q.id));
        let checks: Vec<&CheckResult> = shown.results.iter().filter(touches).collect();
        let controls: Vec<&str> = a.requirements.iter().map(|r| r.id.as_str()).collect();
        let findings: Vec<Value> =
            a.requirements.iter().map(|r| self.requirement(scheme, r, &checks)).collect();
        let mut props = vec![prop("scheme", scheme), prop("verdict", a.verdict.word())];
        if let Some(label) = &a.label {
            props.push(prop("label", label.variant.word()));
        }
        let description = standing.map_or_else(|| a.verdict.word().to_owned(), |s| line(&s.why));
        self.whole(scheme, &title, &description, props, product, &controls, &checks, findings)
    }

    /// A folder without a case: what the checks saw, and no requirement.
    pub(super) fn evidence_alone(&self, shown: &Shown<'_>, product: &str) -> Value {
        let checks: Vec<&CheckResult> = shown.results.iter().collect();
        let controls: Vec<&str> = checks.iter().flat_map(|c| &c.provisions).map(String::as_str).collect();
        let description = "Evidence alone was judged: nothing is claimed for it.";
        self.whole(
            "evidence",
            "Evidence alone",
            description,
            Vec::new(),
            product,
            &controls,
            &checks,
            Vec::new(),
        )
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one object, written in one place")]
    fn whole(
        &self,
        scheme: &str,
        title: &str,
        description: &str,
        props: Vec<Value>,
        product: &str,
        controls: &[&str],
        checks: &[&CheckResult],
        findings: Vec<Value>,
    ) -> Value {
        let include: Vec<Value> = controls.iter().map(|id| json!({ "control-id": token(id) })).collect();
        let selection = if include.is_empty() {
            json!({ "include-all": {} })
        } else {
            json!({ "include-controls": include })
        };
        let observations: Vec<Value> = checks.iter().flat_map(|c| self.observations(scheme, c)).collect();
        let component = |uuid: String, kind: &str, title: &str, description: &str| {
            json!({
                "uuid": uuid, "type": kind, "title": title, "description": description,
                "status": { "state": "operational" },
            })
        };
        let mut result = json!({
            "uuid": self.uuid(&format!("result {scheme}")),
            "title": title,
            "description": description,
            "start": self.time,
            "end": self.time,
            "local-definitions": { "components": [
                component(self.uuid(&format!("product {scheme}")), "hardware", product, "The product that the case is about."),
                component(self.uuid(&format!("tool {scheme}")), "software", "assay", "The program that ran the checks."),
            ]},
            "reviewed-controls": { "control-selections": [selection] },
        });
        // OSCAL has no empty lists.
        for (key, list) in [("props", props), ("observations", observations), ("findings", findings)] {
            if !list.is_empty() {
                result[key] = Value::Array(list);
            }
        }
        result
    }

    /// What a check saw as a whole, and each thing that it found.
    fn observations(&self, scheme: &str, check: &CheckResult) -> Vec<Value> {
        let files: Vec<Value> = check
            .evidence
            .iter()
            .map(|l| {
                json!({ "href": format!("#{}", self.evidence(&l.path, &l.sha256)), "description": line(&l.path) })
            })
            .collect();
        let mut all = vec![self.observation(
            scheme,
            &check.check,
            &check.check,
            &check.why,
            "control-objective",
            vec![prop("outcome", check.outcome.word()), prop("seen-by", check.seen_by.word())],
            files,
        )];
        all.extend(check.findings.iter().enumerate().map(|(n, f)| self.finding(scheme, check, n, f)));
        all
    }

    fn finding(&self, scheme: &str, check: &CheckResult, n: usize, f: &Finding) -> Value {
        let place = Place::parse(&f.place);
        let file = check.evidence.iter().find(|l| l.path == place.file);
        let mut found = json!({ "description": line(&f.place) });
        if let Some(l) = file {
            found["href"] = json!(format!("#{}", self.evidence(&l.path, &l.sha256)));
        }
        let props = vec![
            prop("kind", &f.kind),
            prop("confidence", &format!("{:?}", f.confidence).to_lowercase()),
            prop("where", &f.place),
        ];
        let name = format!("{} {n}", check.check);
        self.observation(scheme, &name, &f.kind, &f.message, "finding", props, vec![found])
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one object, written in one place")]
    fn observation(
        &self,
        scheme: &str,
        name: &str,
        title: &str,
        description: &str,
        kind: &str,
        props: Vec<Value>,
        evidence: Vec<Value>,
    ) -> Value {
        let mut observation = json!({
            "uuid": self.uuid(&format!("observation {scheme} {name}")),
            "title": line(title),
            "description": line(description),
            "props": props,
            "methods": ["EXAMINE"],
            "types": [kind],
            "origins": [{ "actors": [{ "type": "tool", "actor-uuid": self.uuid(&format!("tool {scheme}")) }] }],
            "subjects": [{ "subject-uuid": self.uuid(&format!("product {scheme}")), "type": "component" }],
            "collected": self.time,
        });
        if !evidence.is_empty() {
            observation["relevant-evidence"] = Value::Array(evidence);
        }
        observation
    }

    /// One requirement. OSCAL knows satisfied and not satisfied only, so what nobody saw is not satisfied for another reason
    /// than a failure; the properties keep what was claimed and what was seen apart.
    fn requirement(&self, scheme: &str, r: &Judged, checks: &[&CheckResult]) -> Value {
        let seen = matches!(r.outcome, Outcome::Met | Outcome::NotApplicable);
        let failed = r.refused.is_some() || r.outcome == Outcome::NotMet || is_declared(r);
        let (state, reason, remarks) = match r.holds {
            Some(true) if seen => ("satisfied", "pass", "It is claimed, and the evidence shows it."),
            Some(true) => {
                ("not-satisfied", "other", "It counts as met under the scheme, but nobody saw it met.")
            }
            Some(false) if failed => {
                ("not-satisfied", "fail", "It is contradicted, or declared as not fulfilled.")
            }
            Some(false) => ("not-satisfied", "other", "Nothing is claimed."),
            None => ("not-satisfied", "other", "Evidence that the scheme asks for is missing."),
        };
        let claim = match r.claim {
            Some(Claim::Yes) => "yes",
            Some(Claim::No) => "no",
            Some(Claim::NotApplicable) => "not-applicable",
            None => "none",
        };
        let holds = match r.holds {
            Some(true) => "yes",
            Some(false) => "no",
            None => "open",
        };
        let mut props = vec![
            prop("provision", &r.id),
            prop("claim", claim),
            prop("outcome", r.outcome.word()),
            prop("holds", holds),
            prop("seen-by", r.seen_by.word()),
        ];
        if let Some(way) = &r.by_way {
            props.push(prop("by-way", way));
        }
        let provision = rulebook().provisions.get(&r.id);
        let related: Vec<Value> = checks
            .iter()
            .filter(|c| c.provisions.contains(&r.id))
            .map(|c| json!({ "observation-uuid": self.uuid(&format!("observation {scheme} {}", c.check)) }))
            .collect();
        let mut finding = json!({
            "uuid": self.uuid(&format!("finding {scheme} {}", r.id)),
            "title": provision.map_or_else(|| r.id.clone(), |p| line(&p.source)),
            "description": provision.map_or_else(|| r.id.clone(), |p| line(&p.says)),
            "props": props,
            "target": {
                "type": "objective-id",
                "target-id": token(&r.id),
                "status": { "state": state, "reason": reason, "remarks": line(r.refused.as_deref().unwrap_or(remarks)) },
            },
        });
        if !related.is_empty() {
            finding["related-observations"] = Value::Array(related);
        }
        finding
    }
}
