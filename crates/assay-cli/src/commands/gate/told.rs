//! What a run is told as: the JSON documents of the contract, and the words for people.

use std::path::Path;

use assay::gate::Answer;
use assay_gate::Summary;
use serde_json::{Value, json};

use crate::output::{Style, table};

/// A run that came to its end.
pub(crate) struct Told<'a> {
    /// The names of its markets; one without a name is alone.
    pub(crate) names: &'a [String],
    pub(crate) summaries: &'a [Summary],
    pub(crate) seconds: f64,
}

impl<'a> Told<'a> {
    /// Of a run under one scheme.
    pub(crate) fn one(summary: &'a Summary, seconds: f64) -> Self {
        const NAMELESS: &[String] = &[String::new()];
        Self { names: NAMELESS, summaries: std::slice::from_ref(summary), seconds }
    }

    /// The JSON document.
    pub(crate) fn document(&self) -> Value {
        let seconds = json!((self.seconds * 1e6).round() / 1e6);
        let mut document = match self.summaries {
            [summary] => json!(summary),
            several => {
                let market = |(name, s): (&String, &Summary)| {
                    json!({ "market": name, "may_sell": s.may_sell, "refuse": s.refuse, "ask": s.ask,
                            "out_of_scope": s.out_of_scope, "by_reason": s.by_reason })
                };
                let first = several.first();
                json!({
                    "schema": "assay-gate-markets-0",
                    "rows": first.map(|s| s.rows),
                    "snapshot": first.map(|s| &s.snapshot),
                    "markets": self.names.iter().zip(several).map(market).collect::<Vec<_>>(),
                })
            }
        };
        document["seconds"] = seconds;
        document
    }

    /// The words for people.
    pub(crate) fn text(&self, out: Option<&Path>, people: Option<&Path>) -> String {
        let style = Style::detect();
        let mut text = String::new();
        for (name, summary) in self.names.iter().zip(self.summaries) {
            if !name.is_empty() {
                text.push_str(&format!("{}\n", style.bold(name)));
            }
            let counts = [
                (Answer::MaySell, summary.may_sell, style.good("may be sold")),
                (Answer::Refuse, summary.refuse, style.bad("refused")),
                (Answer::Ask, summary.ask, style.unsure("for a person")),
                (Answer::OutOfScope, summary.out_of_scope, "out of scope".into()),
            ];
            let mut rows: Vec<Vec<String>> =
                counts.iter().map(|(_, n, words)| vec![n.to_string(), words.clone()]).collect();
            rows.insert(0, vec![summary.rows.to_string(), style.bold("rows")]);
            let reasons: Vec<Vec<String>> =
                summary.by_reason.iter().map(|(reason, n)| vec![n.to_string(), reason.clone()]).collect();
            text.push_str(&format!("{}\n{}\n", table(&rows), table(&reasons)));
        }
        if let Some(Summary { snapshot: s, .. }) = self.summaries.first() {
            text.push_str(&format!(
                "snapshot {} (log of {} entries), good until {}; {:.3} s\n`assay explain REASON` says what a reason means.\n",
                s.number, s.log_size, s.valid_until, self.seconds
            ));
        }
        for (what, file) in [("verdicts", out), ("rows that need a person", people)] {
            if let Some(file) = file {
                text.push_str(&format!("{what}: {}\n", file.display()));
            }
        }
        text
    }
}
