//! What the audit says, for people and for programs. Lines and figures; never a password.

use std::path::Path;

use assay::outcome::{Confidence, Outcome};
use assay_passwords::audit::{Finding, Position, Report};
use assay_passwords::layout::Layout;
use assay_passwords::names::{is_password, normal};
use assay_passwords::rows::Role;
use serde_json::{Value, json};

use super::input::Input;
use crate::output::{Style, plain, table};

/// A report with what it is about.
pub(super) struct Told<'a> {
    pub(super) file: &'a Path,
    pub(super) input: &'a Input,
    pub(super) report: &'a Report,
    pub(super) layout: &'a Layout,
    /// The kinds that were looked for.
    pub(super) looked_for: Vec<&'static str>,
    /// Whether the file holds all units of the batch.
    pub(super) whole_batch: bool,
}

impl Told<'_> {
    pub(super) fn lines(&self, finding: &Finding) -> Vec<u64> {
        finding.lines.iter().map(|l| self.input.line(*l)).collect()
    }

    /// The document of `assay passwords --json`.
    pub(super) fn json(&self, seconds: f64) -> Value {
        let r = self.report;
        let findings: Vec<Value> = r
            .findings
            .iter()
            .map(|f| {
                json!({
                    "kind": f.kind.word(), "column": f.column, "rows": f.rows, "examples": self.lines(f),
                    "rule": f.kind.rule(), "says": f.says, "confidence": word(f.confidence), "expected_by_chance": f.by_chance,
                })
            })
            .collect();
        let columns: Vec<Value> = r
            .columns
            .iter()
            .map(|c| {
                let length = |(length, units): &(usize, u64)| json!({"length": length, "units": units});
                let position = |p: &Position| json!({"alphabet": p.alphabet, "top_share": p.top});
                let of = c.characters.as_ref();
                json!({
                    "name": c.name, "different": c.different, "repeated": c.repeated, "bits_shown": c.bits_shown,
                    "alphabet": of.map(|c| c.alphabet),
                    "bits_at_most": of.map(|c| c.bits_at_most),
                    "guessing": of.map(|c| &c.guessing),
                    "lengths": of.map(|c| c.lengths.iter().map(length).collect::<Vec<_>>()),
                    "positions": of.map(|c| c.positions.iter().map(position).collect::<Vec<_>>()),
                })
            })
            .collect();
        let read: Vec<Value> =
            self.layout.picks.iter().map(|c| json!({ "name": c.name, "role": role(c.role) })).collect();
        json!({
            "schema": "assay-passwords-0",
            "file": self.file.display().to_string(),
            "form": self.input.form,
            "read": read,
            "not_read": self.layout.unread,
            "looked_for": self.looked_for,
            "whole_batch": self.whole_batch,
            "rows": r.rows,
            "rejected": r.rejected,
            "rejected_lines": r.rejected_lines.iter().map(|l| self.input.line(*l)).collect::<Vec<_>>(),
            "outcome": r.outcome.word(),
            "why": r.why,
            "enough": r.enough,
            "findings": findings,
            "columns": columns,
            "sample": { "rows": r.sample, "seed": r.seed },
            "spilled": r.spilled,
            "seconds": (seconds * 1000.0).round() / 1000.0,
        })
    }

    /// The same for the person at the terminal.
    pub(super) fn text(&self, seconds: f64) -> String {
        let style = Style::detect();
        let r = self.report;
        let mut text = format!("{}\n\n", style.bold(&plain(&self.file.display().to_string())));
        let shown = r.outcome.word();
        let shown = match r.outcome {
            Outcome::Met => style.good(shown),
            Outcome::NotMet => style.bad(shown),
            _ => style.unsure(shown),
        };
        text.push_str(&format!("{shown}: {} units", r.rows));
        for c in &r.columns {
            text.push_str(&format!("; `{}`: {} different values", plain(&c.name), c.different));
            if let Some(of) = &c.characters {
                let (bits, guessing) = (of.bits_at_most, &of.guessing);
                text.push_str(&format!(", a space of {bits:.0} bits at most, guessing one takes {guessing}"));
            }
        }
        text.push_str(&format!(" ({seconds:.1} s)\n"));
        for why in &r.why {
            text.push_str(&format!("  {}\n", plain(why)));
        }
        if r.rejected > 0 {
            let lines: Vec<String> =
                r.rejected_lines.iter().map(|l| self.input.line(*l).to_string()).collect();
            text.push_str(&format!("  bad rows: {} {}\n", self.input.lines_word(), lines.join(", ")));
        }
        let (passwords, others): (Vec<_>, Vec<_>) =
            self.layout.unread.iter().partition(|n| is_password(&normal(n.as_bytes())));
        let unread = [
            (passwords, "not judged", "name it with --password too"),
            (others, "not read", "name a column with --public to compare it"),
        ];
        for (names, what, mend) in unread.iter().filter(|(names, ..)| !names.is_empty()) {
            let names: Vec<String> = names.iter().map(|n| format!("`{}`", plain(n))).collect();
            text.push_str(&format!("  {what}: {} ({mend})\n", names.join(", ")));
        }
        for f in &r.findings {
            text.push_str(&format!(
                "\n{} {} in {} ({})\n  {}\n",
                style.bold(f.kind.word()),
                style.dim(word(f.confidence)),
                plain(&format!("`{}`", f.column)),
                if f.rows == 1 { "1 unit".to_owned() } else { format!("{} units", f.rows) },
                plain(&f.says)
            ));
            let lines = self.lines(f);
            if !lines.is_empty() {
                let more = if f.rows > lines.len() as u64 { ", …" } else { "" };
                let lines: Vec<String> = lines.iter().map(u64::to_string).collect();
                text.push_str(&format!("  {} {}{more}\n", self.input.lines_word(), lines.join(", ")));
            }
            if let Some(expected) = f.by_chance.filter(|e| *e >= 1e-3) {
                text.push_str(&format!("  chance alone was expected to make {expected:.3} of them\n"));
            }
            text.push_str(&format!("  rule: {}\n", f.kind.rule()));
        }
        if r.outcome != Outcome::NotMet {
            text.push_str(
                "\nA derivation with a secret key looks like chance, so it is neither found nor accused here: declare how the \
                 passwords are made (IXIT 1-AuthMech), and what a factory reset brings back.\n",
            );
        } else {
            let kinds: Vec<&str> = {
                let mut kinds: Vec<&str> = r.findings.iter().map(|f| f.kind.word()).collect();
                kinds.dedup();
                kinds
            };
            let rows: Vec<Vec<String>> = kinds
                .iter()
                .map(|k| vec![format!("assay explain {k}"), "what it means and how to mend it".to_owned()])
                .collect();
            text.push_str(&format!("\n{}", table(&rows)));
        }
        text
    }
}

pub(super) fn word(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Certain => "certain",
        Confidence::Likely => "likely",
        Confidence::Possible => "possible",
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Password => "password",
        Role::Serial => "serial",
        Role::Mac => "mac",
        Role::Public => "public",
    }
}
