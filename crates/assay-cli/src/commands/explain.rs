//! `assay explain`: any id in plain words, with its source; without an id, the list of them.

use std::collections::BTreeMap;

use assay::explain;
use assay::rules::nearest;
use assay_checks::security_txt;
use serde_json::json;

use crate::exit::{Exit, Failure};
use crate::output::{self, Style};

/// A guideline, provision, scheme, check, finding, reason or refusal in plain words, with its source
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  assay explain                       lists every id\n  assay explain 5.1-1\n  \
assay explain uk-2019-option-a\n  assay explain universal"
)]
pub(crate) struct Args {
    /// The id, as it stands in reports
    id: Option<String>,
}

/// One explanation, whichever floor it came from.
struct Entry {
    kind: &'static str,
    title: String,
    text: String,
    source: String,
}

pub(crate) fn run(args: &Args, as_json: bool) -> Result<Exit, Failure> {
    let all = entries();
    let Some(asked) = &args.id else { return list(&all, as_json) };
    let id = explain::find(asked).map_or_else(|| asked.clone(), |p| p.id);
    let Some(entry) = all.get(&id) else {
        let mend = nearest(asked, all.keys().map(String::as_str))
            .map_or_else(|| "`assay explain` lists every id".to_owned(), |n| format!("did you mean `{n}`?"));
        return Err(Failure::unreadable(format!("nothing is called `{asked}`; {mend}")));
    };
    let Entry { kind, title, text, source } = entry;
    if as_json {
        output::json(&json!({
            "schema": "assay-explain-0", "id": id, "kind": kind, "title": title, "text": text, "source": source,
        }))?;
    } else {
        let style = Style::detect();
        let source = if source.is_empty() { String::new() } else { format!("\nSource: {source}\n") };
        output::print(&format!("{}\n{} {id}\n\n{text}\n{source}", style.bold(title), style.dim(kind)))?;
    }
    Ok(Exit::Holds)
}

fn list(all: &BTreeMap<String, Entry>, as_json: bool) -> Result<Exit, Failure> {
    if as_json {
        let ids: Vec<_> =
            all.iter().map(|(id, e)| json!({ "id": id, "kind": e.kind, "title": e.title })).collect();
        output::json(&json!({ "schema": "assay-explain-index-0", "ids": ids }))?;
        return Ok(Exit::Holds);
    }
    let mut kinds: BTreeMap<&str, Vec<Vec<String>>> = BTreeMap::new();
    for (id, entry) in all {
        kinds.entry(entry.kind).or_default().push(vec![id.clone(), entry.title.clone()]);
    }
    let style = Style::detect();
    let text: String =
        kinds.iter().map(|(kind, rows)| format!("{}\n{}\n", style.bold(kind), output::table(rows))).collect();
    output::print(&text)?;
    Ok(Exit::Holds)
}

/// Every explanation by id: the scheme's words, and the judging crate's checks and kinds of findings.
fn entries() -> BTreeMap<String, Entry> {
    let words = explain::pages()
        .into_iter()
        .map(|p| (p.id, Entry { kind: p.kind, title: p.title, text: p.text, source: p.source }));
    let checks = assay_checks::checks().iter().map(|c| {
        let entry =
            Entry { kind: "check", title: c.title.into(), text: c.page.trim().into(), source: String::new() };
        (c.id.to_owned(), entry)
    });
    let findings = assay_checks::finding_kinds().iter().map(|k| {
        let entry =
            Entry { kind: "finding", title: k.title.into(), text: k.explain.into(), source: String::new() };
        (k.id.to_owned(), entry)
    });
    let codes = security_txt::CODES.iter().map(|(id, text)| {
        let title = format!("security.txt: {id}");
        (
            (*id).to_owned(),
            Entry { kind: "security-txt", title, text: (*text).into(), source: "RFC 9116".into() },
        )
    });
    words.chain(checks).chain(findings).chain(codes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_floors_use_one_id_for_two_things() {
        let parts = [
            explain::pages().len(),
            assay_checks::checks().len(),
            assay_checks::finding_kinds().len(),
            security_txt::CODES.len(),
        ];
        assert_eq!(entries().len(), parts.iter().sum::<usize>());
    }
}
