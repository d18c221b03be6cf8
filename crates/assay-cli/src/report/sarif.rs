//! The judgement as SARIF 2.1.0, for the tools that show results of analyses. A requirement that nobody could decide is a
//! result of kind `open`, never an absent one: silence is not a pass there either.

mod run;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Shown;
use super::place::uri;
use super::words::{clean, exit_words};
use run::Run;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The name under which locations are relative to the case folder.
const BASE: &str = "CASE";

/// The document.
pub(crate) fn sarif(shown: &Shown<'_>) -> Value {
    let mut run = Run::default();
    run.artifacts(shown);
    run.rules();
    for result in shown.results {
        run.check(result);
    }
    for assessment in shown.assessments {
        for r in &assessment.requirements {
            run.requirement(shown, &assessment.scheme, r);
        }
    }
    run.breaches(shown);
    run.groups(shown);
    let artifacts: Vec<Value> = artifacts(shown);
    let schemes: Map<String, Value> =
        shown.assessments.iter().map(|a| (a.scheme.clone(), json!(a.verdict.word()))).collect();
    let product = shown.case.map(|c| {
        json!({ "name": clean(&c.product.name), "model": clean(&c.product.model), "maker": clean(&c.maker.organisation) })
    });
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "assay",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "language": "en-GB",
                "rules": run.rules,
            }},
            "language": "en-GB",
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { BASE: { "description": { "text": "The case folder." } } },
            "invocations": [{
                "executionSuccessful": true,
                "exitCode": shown.exit,
                "exitCodeDescription": exit_words(shown.exit),
            }],
            "artifacts": artifacts,
            "results": run.results,
            "properties": { "product": product, "on": shown.on, "verdicts": schemes },
        }],
    })
}

/// What was looked at. A path that was seen in two states has two entries: its digest belongs to it.
fn looked<'a>(shown: &Shown<'a>) -> BTreeMap<(&'a str, &'a str), ()> {
    let all = shown.results.iter().flat_map(|r| &r.evidence);
    all.map(|l| ((l.path.as_str(), l.sha256.as_str()), ())).collect()
}

fn artifacts(shown: &Shown<'_>) -> Vec<Value> {
    let artifact = |(path, sha256): (&str, &str)| json!({ "location": { "uri": uri(path), "uriBaseId": BASE }, "hashes": { "sha-256": sha256 } });
    looked(shown).into_keys().map(artifact).collect()
}
