//! `assay explain`: any id in plain words, with its source; without an id, the list of them. The pages are those of the
//! handbook, which the register shows too.

use assay::explain::{Page, wrapped};
use assay::rules::Verified;
use assay_checks::handbook::{self, Shelf};
use serde_json::json;

use crate::exit::{Exit, Failure};
use crate::output::{self, Style};

/// A guideline, provision, scheme, test case, check, finding, reason or refusal in plain words, with its source
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  assay explain                       lists every id\n  assay explain 5.1-1\n  \
assay explain uk-psti\n  assay explain --guideline 5         the provisions of one guideline\n  \
assay explain --scheme uk-psti      what one scheme asks for\n  assay explain universal"
)]
pub(crate) struct Args {
    /// The id, as it stands in reports; a provision's number alone means EN 303 645 V2.1.1
    #[arg(conflicts_with_all = ["guideline", "scheme"])]
    id: Option<String>,
    /// List the provisions of one guideline, 1 to 13
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u8).range(1..=13), conflicts_with = "scheme")]
    guideline: Option<u8>,
    /// List what one scheme asks for
    #[arg(long, value_name = "ID")]
    scheme: Option<String>,
}

pub(crate) fn run(args: &Args, as_json: bool) -> Result<Exit, Failure> {
    if let Some(asked) = &args.id {
        return one(found(asked)?, as_json);
    }
    let pages: Vec<&Page> = match (args.guideline, &args.scheme) {
        (Some(number), _) => shelf(handbook::index_by_guideline(), &format!("cop-2018:{number}"))?,
        (_, Some(id)) => shelf(handbook::index_by_scheme(), &found(id)?.id)?,
        (None, None) => handbook::pages().iter().collect(),
    };
    list(&pages, as_json)
}

fn found(asked: &str) -> Result<&'static Page, Failure> {
    handbook::find(asked).ok_or_else(|| {
        let mend = handbook::nearest(asked).map_or_else(
            || "`assay explain` lists every id".to_owned(),
            |p| format!("did you mean `{}`?", p.id),
        );
        Failure::unreadable(format!("nothing is called `{asked}`; {mend}"))
    })
}

/// The page of a guideline or scheme, and those that belong to it.
fn shelf(shelves: Vec<Shelf>, id: &str) -> Result<Vec<&'static Page>, Failure> {
    let found = shelves.into_iter().find(|s| s.head.id == id);
    let shelf =
        found.ok_or_else(|| Failure::unreadable(format!("`{id}` is no scheme; it has a page of its own")))?;
    Ok([shelf.head].into_iter().chain(shelf.pages).collect())
}

fn one(page: &Page, as_json: bool) -> Result<Exit, Failure> {
    if as_json {
        output::json(&json!({
            "schema": "assay-explain-0", "id": page.id, "kind": page.kind, "title": page.title,
            "text": page.text(), "source": page.source, "verified": page.verified.map(Verified::word),
            "links": page.links(), "sections": page.sections,
        }))?;
        return Ok(Exit::Holds);
    }
    output::print(&told(page, Style::detect(), output::width()))?;
    Ok(Exit::Holds)
}

/// The page for a terminal of a width.
fn told(page: &Page, style: Style, width: usize) -> String {
    let mut text = format!(
        "{}\n{} {}\n",
        style.bold(&wrapped(&page.title, Some(width), "", "")),
        style.dim(page.kind),
        page.id
    );
    if let Some(mark @ (Verified::Secondary | Verified::Background)) = page.verified {
        text.push_str(&format!("\n{}\n", style.unsure(&wrapped(mark.sentence(), Some(width), "", ""))));
    }
    for section in &page.sections {
        if !section.heading.is_empty() {
            text.push_str(&format!("\n{}\n", style.bold(&wrapped(&section.heading, Some(width), "", ""))));
        }
        for (n, block) in section.body.iter().enumerate() {
            let gap = if n > 0 || section.heading.is_empty() { "\n" } else { "" };
            text.push_str(&format!("{gap}{}\n", block.text(Some(width))));
        }
    }
    if !page.source.is_empty() {
        let mark = page.verified.map(|v| format!(" {}", v.sentence())).unwrap_or_default();
        let source = format!("Source: {}.{mark}", page.source.trim_end_matches('.'));
        text.push_str(&format!("\n{}\n", style.dim(&wrapped(&source, Some(width), "", ""))));
    }
    text
}

fn list(pages: &[&Page], as_json: bool) -> Result<Exit, Failure> {
    if as_json {
        let ids: Vec<_> =
            pages.iter().map(|p| json!({ "id": p.id, "kind": p.kind, "title": p.title })).collect();
        output::json(&json!({ "schema": "assay-explain-index-0", "ids": ids }))?;
        return Ok(Exit::Holds);
    }
    let (style, width) = (Style::detect(), output::width());
    let mut text = String::new();
    for (kind, name) in handbook::kinds() {
        let of: Vec<&&Page> = pages.iter().filter(|p| p.kind == kind).collect();
        if of.is_empty() {
            continue;
        }
        text.push_str(&format!("{}\n", style.bold(name)));
        if kind == "test-unit" {
            text.push_str(&format!("  {} of them; each test case lists its own\n\n", of.len()));
            continue;
        }
        // Documents have ids of very different lengths: each gets columns of its own.
        for group in of.chunk_by(|a, b| document(&a.id) == document(&b.id)) {
            let longest = group.iter().map(|p| p.id.chars().count()).max().unwrap_or(0);
            let room = width.saturating_sub(longest + 4).max(20);
            let rows: Vec<Vec<String>> =
                group.iter().map(|p| vec![p.id.clone(), short(&said(p), room)]).collect();
            text.push_str(&output::table(&rows));
        }
        text.push('\n');
    }
    output::print(&text)?;
    Ok(Exit::Holds)
}

/// The document that an id names.
fn document(id: &str) -> Option<&str> {
    id.split_once(':').map(|(document, _)| document)
}

/// What a list says of a page: the name of what has one, the first words of what has only a number.
fn said(page: &Page) -> String {
    match page.kind {
        "provision" | "condition" | "feature" | "fact" => handbook::opening(page),
        _ => page.title.clone(),
    }
}

/// The beginning of a text, as much as there is room for.
fn short(text: &str, room: usize) -> String {
    match text.chars().count() > room {
        true => format!("{}…", text.chars().take(room - 1).collect::<String>().trim_end()),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_running_text_is_wider_than_the_terminal() {
        for page in handbook::pages() {
            let text = told(page, Style::plain(), 100);
            for line in text.lines().filter(|l| !l.starts_with("    ") && l.split_whitespace().count() > 3) {
                assert!(line.chars().count() <= 100, "{}: {line}", page.id);
            }
        }
    }

    #[test]
    fn what_was_not_read_in_its_primary_text_says_so_above() {
        let page = handbook::find("sg-cls-1").unwrap();
        let text = told(page, Style::plain(), 80);
        assert!(text.find("the primary text was not read").unwrap() < text.find("Phases").unwrap(), "{text}");
        assert!(!told(handbook::find("5.1-1").unwrap(), Style::plain(), 80).contains('\u{1b}'));
    }

    #[test]
    fn a_long_text_is_shortened_to_the_room_there_is() {
        assert_eq!(short("one two three", 8), "one two…");
        assert_eq!(short("one two", 8), "one two");
    }
}
