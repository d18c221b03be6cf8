//! The judgement as OSCAL assessment results (NIST, version 1.2.3), one result for each scheme. The same case on the same
//! day gives the same bytes: identifiers follow from what they name, and the only time is the day of the judgement.

use assay::assess::{Assessment, Judged};
use assay::outcome::{CheckResult, Claim, Finding, Outcome};
use assay::rules::rulebook;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Shown;
use super::mends::is_declared;
use super::place::{Place, uri};
use super::words::clean;

/// The version whose published schema a test holds the document against.
const VERSION: &str = "1.2.3";

/// The namespace of our properties: OSCAL's own have none.
const NS: &str = "urn:assay:oscal";

/// The document.
pub(crate) fn oscal(shown: &Shown<'_>) -> Value {
    let book = Book { seed: seed(shown), time: format!("{}T00:00:00Z", shown.on) };
    let maker = shown.case.map_or_else(|| "Not named".to_owned(), |c| line(&c.maker.organisation));
    let product = shown.case.map_or_else(|| line(shown.folder), |c| line(&c.product.name));
    let plan = book.uuid("plan");
    let results: Vec<Value> = if shown.assessments.is_empty() {
        vec![book.evidence_alone(shown, &product)]
    } else {
        shown.assessments.iter().map(|a| book.result(shown, a, &product)).collect()
    };
    json!({ "assessment-results": {
        "uuid": book.uuid("document"),
        "metadata": {
            "title": format!("What the evidence shows of {product}"),
            "last-modified": book.time,
            "version": shown.on.to_string(),
            "oscal-version": VERSION,
            "props": [prop("tool", &format!("assay {}", env!("CARGO_PKG_VERSION")))],
            "roles": [{ "id": "maker", "title": "The maker of the product" }],
            "parties": [{ "uuid": book.uuid("maker"), "type": "organization", "name": maker }],
            "responsible-parties": [{ "role-id": "maker", "party-uuids": [book.uuid("maker")] }],
        },
        "import-ap": {
            "href": format!("#{plan}"),
            "remarks": "There is no assessment plan of its own: the schemes and the checks are the plan.",
        },
        "results": results,
        "back-matter": { "resources": book.resources(shown, &plan) },
    }})
}

/// What the identifiers hang on: the product, the day, and everything that was claimed and seen.
fn seed(shown: &Shown<'_>) -> String {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    };
    add("assay oscal 0");
    add(&shown.on.to_string());
    match shown.case {
        Some(c) => [&c.maker.domain, &c.product.model, &c.product.name].into_iter().for_each(|t| add(t)),
        None => add(shown.folder),
    }
    // All that is told below: a document that says anything else has other identifiers.
    add(&serde_json::to_string(shown.assessments).unwrap_or_default());
    add(&serde_json::to_string(shown.results).unwrap_or_default());
    hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

struct Book {
    seed: String,
    time: String,
}

impl Book {
    /// An identifier that follows from a name: the form of version 5 (RFC 9562, section 5.5), over SHA-256.
    fn uuid(&self, name: &str) -> String {
        let mut b: [u8; 32] = Sha256::digest(format!("{}\n{name}", self.seed)).into();
        b[6] = (b[6] & 0x0f) | 0x50;
        b[8] = (b[8] & 0x3f) | 0x80;
        let hex: String = b[..16].iter().map(|b| format!("{b:02x}")).collect();
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }

    fn resources(&self, shown: &Shown<'_>, plan: &str) -> Vec<Value> {
        let plan = json!({
            "uuid": plan,
            "title": "Schemes and checks",
            "description": "What is asked stands in the bundled schemes, how it is judged on the pages of the checks.",
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
    fn result(&self, shown: &Shown<'_>, a: &Assessment, product: &str) -> Value {
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
    fn evidence_alone(&self, shown: &Shown<'_>, product: &str) -> Value {
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
                component(self.uuid("product"), "hardware", product, "The product that the case is about."),
                component(self.uuid("tool"), "software", "assay", "The program that ran the checks."),
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
            &format!("{scheme} {}", check.check),
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
        let name = format!("{scheme} {} {n}", check.check);
        self.observation(&name, &f.kind, &f.message, "finding", props, vec![found])
    }

    fn observation(
        &self,
        name: &str,
        title: &str,
        description: &str,
        kind: &str,
        props: Vec<Value>,
        evidence: Vec<Value>,
    ) -> Value {
        let mut observation = json!({
            "uuid": self.uuid(&format!("observation {name}")),
            "title": line(title),
            "description": line(description),
            "props": props,
            "methods": ["EXAMINE"],
            "types": [kind],
            "origins": [{ "actors": [{ "type": "tool", "actor-uuid": self.uuid("tool") }] }],
            "subjects": [{ "subject-uuid": self.uuid("product"), "type": "component" }],
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

fn prop(name: &str, value: &str) -> Value {
    json!({ "name": name, "ns": NS, "value": line(value) })
}

/// A text as OSCAL takes it: one line that neither begins nor ends with a blank, and is not empty.
fn line(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(clean).collect();
    if words.is_empty() { "none".to_owned() } else { clean(&words.join(" ")) }
}

/// An id as a token: letters, digits, `.`, `-` and `_`, a letter or `_` first. The property `provision` keeps it as it is.
fn token(id: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let token: String = id.chars().map(|c| if fits(c) { c } else { '_' }).collect();
    if token.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') { token } else { format!("_{token}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn the_same_case_gives_the_same_bytes_and_no_identifier_twice() {
        let once = sample::with(|s| oscal(s).to_string());
        assert_eq!(once, sample::with(|s| oscal(s).to_string()));
        let given: Vec<&str> = once.split("\"uuid\":\"").skip(1).filter_map(|t| t.get(..36)).collect();
        let distinct: std::collections::BTreeSet<_> = given.iter().collect();
        // The product and the program are named again in each result.
        assert!(distinct.len() + 2 >= given.len() && given.len() > 10, "{given:#?}");
        assert!(given.iter().all(|u| &u[14..15] == "5" && "89ab".contains(&u[19..20])));
    }

    #[test]
    fn whatever_is_referred_to_is_there() {
        let text = sample::with(|s| oscal(s).to_string());
        for key in ["\"observation-uuid\":\"", "\"href\":\"#", "\"actor-uuid\":\"", "\"subject-uuid\":\""] {
            for uuid in text.split(key).skip(1).filter_map(|t| t.get(..36)) {
                assert!(text.contains(&format!("\"uuid\":\"{uuid}\"")), "{key}{uuid}");
            }
        }
    }

    #[test]
    fn what_nobody_saw_is_not_satisfied() {
        let document = sample::with(oscal);
        let findings = document["assessment-results"]["results"][0]["findings"].as_array().unwrap().clone();
        let state = |f: &Value| f["target"]["status"]["state"].as_str().unwrap().to_owned();
        let outcome = |f: &Value| {
            f["props"].as_array().unwrap().iter().find(|p| p["name"] == "outcome").unwrap()["value"].clone()
        };
        assert!(findings.iter().any(|f| state(f) == "not-satisfied"));
        for f in &findings {
            assert!(
                state(f) == "not-satisfied" || outcome(f) == "met" || outcome(f) == "not-applicable",
                "{f:#}"
            );
        }
    }

    #[test]
    fn any_text_becomes_a_line_and_any_id_a_token() {
        assert_eq!(
            [line(" a\n b\u{202e} "), line("\u{a0}\n")],
            ["a b\u{fffd}".to_owned(), "none".to_owned()]
        );
        assert_eq!([token("psti-2023:sch1-1"), token("5.1-1")], ["psti-2023_sch1-1", "_5.1-1"]);
    }
}
