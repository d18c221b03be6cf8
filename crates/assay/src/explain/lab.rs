//! How a laboratory tests: the test cases and units of ETSI TS 103 701 and the tables of its IXIT pro forma, in which a maker
//! tells the tester how the product works.

use super::page::{Block, Page, Span, inline, link, prose, text};
use crate::conformity::book::{CaseKind, Field, Form, IxitTable, Shape, TestCase, Unit, Verb};
use crate::conformity::{TESTED, book};
use crate::rules::{Provision, Verified, rulebook};

/// The document behind every page here.
const CITE: &str = "ETSI TS 103 701 V1.1.1";

/// The pages of all test cases, units and tables.
pub(super) fn pages() -> impl Iterator<Item = Page> {
    let book = book();
    let cases = book.cases.iter().map(case);
    let units = book.units().map(|(c, u)| unit(c, u));
    cases.chain(units).chain(book.tables.iter().map(table))
}

/// What a provision's page says of its tests.
pub(super) fn of_provision(p: &Provision) -> Vec<Block> {
    if p.baseline() != TESTED {
        return Vec::new();
    }
    let cases: Vec<Vec<Span>> = book()
        .cases_of(p.number())
        .map(|c| vec![link(&c.id), text(format!(": {}, {}", kind(c.kind), count(c.units.len(), "unit")))])
        .collect();
    if cases.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![
        prose("The test cases of TS 103 701 V1.1.1. A provision passes where all of its test cases pass."),
        Block::List(cases),
    ];
    if let Some(group) = book().group(p.number()) {
        let fields: Vec<Vec<Span>> = book()
            .tables
            .iter()
            .filter_map(|t| {
                let names =
                    t.fields.iter().filter(|f| group.fields.contains(&format!("{}.{}", t.short, f.key)));
                let names: Vec<&str> = names.map(|f| f.name.as_str()).collect();
                (!names.is_empty()).then(|| vec![link(&t.short), text(format!(": {}", names.join(", ")))])
            })
            .collect();
        if !fields.is_empty() {
            blocks.push(prose("What the tester needs to know of the product, by table of the IXIT:"));
            blocks.push(Block::List(fields));
        }
    }
    blocks
}

fn kind(kind: CaseKind) -> &'static str {
    match kind {
        CaseKind::Conceptual => "the IXIT is held against the provision (conformity of design)",
        CaseKind::Functional => "the product is held against the IXIT (conformity of implementation)",
        CaseKind::Mixed => "the IXIT is held against the provision and the product against the IXIT",
    }
}

fn count(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

/// The kind of work in words.
fn work(verb: Verb) -> &'static str {
    match verb {
        Verb::Check => "comparison",
        Verb::Assess => "judgement",
        Verb::FunctionalCheck => "comparison on the product",
        Verb::FunctionalAssess => "judgement on the product",
        Verb::Perform => "preparation",
        Verb::Refers => "as in another case",
    }
}

/// Who or what decides a unit.
fn judged(u: &Unit) -> Vec<Span> {
    match (&u.check, &u.waits_for, &u.refers) {
        (Some(check), _, _) => vec![text("the check "), Span::Code(check.clone())],
        (_, Some(kind), _) => {
            vec![text("a machine could: it waits for evidence of the kind "), Span::Code(kind.clone())]
        }
        (_, _, Some(case)) => vec![text("as "), link(case)],
        _ if u.verb == Verb::Perform => vec![text("nobody: it prepares another unit")],
        _ => vec![text("a person, in verdicts.toml")],
    }
}

fn of_group(c: &TestCase) -> Vec<Span> {
    vec![text("It tests "), link(format!("{TESTED}:{}", c.group())), text(".")]
}

fn case(c: &TestCase) -> Page {
    let mut opening = of_group(c);
    opening.push(text(format!(" In it {}.", kind(c.kind))));
    let rows =
        c.units.iter().map(|u| vec![vec![link(c.unit_id(u))], vec![text(work(u.verb))], judged(u), doing(u)]);
    let head = ["Unit", "Work", "Decided by", "The tester"].map(str::to_owned).to_vec();
    let source = format!("{CITE}, test case {}", c.id);
    Page::new(&c.id, "test-case", &format!("Test case {}", c.id))
        .with(
            "",
            vec![
                Block::Paragraph(opening),
                prose("It passes where all of its units pass. One failure fails it; a unit that cannot be decided leaves it open."),
            ],
        )
        .with("Its units", vec![Block::Table { head, rows: rows.collect() }])
        .from(format!("{source} (in our own words)"), Verified::Primary)
}

/// What the tester does; a unit that refers to another case may say nothing more.
fn doing(u: &Unit) -> Vec<Span> {
    inline(&u.does)
}

fn unit(c: &TestCase, u: &Unit) -> Page {
    let id = c.unit_id(u);
    let mut belongs = vec![text("A unit of the test case "), link(&c.id), text(". ")];
    belongs.extend(of_group(c));
    let mut decided = vec![text(format!("Kind of work: {}. It is decided by: ", work(u.verb)))];
    decided.extend(judged(u));
    decided.push(text("."));
    let mut does = vec![text("What the tester does: ")];
    does.extend(doing(u));
    let mut page = Page::new(&id, "test-unit", &format!("Test unit {id}"))
        .with("", vec![Block::Paragraph(belongs), Block::Paragraph(does), Block::Paragraph(decided)]);
    page = page.says("The comparison", u.rule.as_deref());
    if matches!(u.verb, Verb::Assess | Verb::FunctionalAssess) {
        let entry = format!(
            "[[verdict]]\nunit = \"{id}\"\nsays = \"pass\"        # pass, fail or inconclusive\nby = \"\"\non = 2026-01-31\nwhy = \"\""
        );
        page = page.with(
            "How to record it",
            vec![
                prose("Somebody with the knowledge for it looks, and writes into verdicts.toml who said what, when and why:"),
                Block::Code(entry),
            ],
        );
    }
    page.from(format!("{CITE}, test case {}, unit {} (in our own words)", c.id, u.unit), Verified::Primary)
}

fn table(t: &IxitTable) -> Page {
    let rows = t
        .fields
        .iter()
        .map(|f| vec![vec![Span::Code(f.key.clone())], vec![text(&f.name)], form(f), inline(&f.asks)]);
    let head = ["Field", "Published name", "Form", "What to write"].map(str::to_owned).to_vec();
    let shape = match t.shape {
        Shape::Table => "A table of the IXIT: one entry for each thing that it is about, each with an id.",
        Shape::List => "A list of the IXIT: one answer a line.",
    };
    let needed: Vec<Vec<Span>> = book()
        .groups
        .iter()
        .filter_map(|g| {
            let prefix = format!("{}.", t.short);
            let keys: Vec<&str> = g.fields.iter().filter_map(|f| f.strip_prefix(&prefix)).collect();
            let names = keys.join(", ");
            (!keys.is_empty())
                .then(|| vec![link(format!("{TESTED}:{}", g.provision)), text(format!(": {names}"))])
        })
        .collect();
    let shows: Vec<Vec<Span>> = rulebook()
        .facts
        .values()
        .filter(|f| f.tables.contains(&t.number))
        .map(|f| vec![link(&f.id), text(format!(": {}", f.asks))])
        .collect();
    Page::new(&t.short, "ixit-table", &format!("IXIT {}-{}: {}", t.number, t.short, t.name))
        .with("", vec![prose(shape), prose("Write it into ixit.toml:"), Block::Code(sample(t))])
        .with("Its fields", vec![Block::Table { head, rows: rows.collect() }])
        .with(
            "Which provisions need it",
            if needed.is_empty() { Vec::new() } else { vec![Block::List(needed)] },
        )
        .with(
            "What one entry already shows",
            if shows.is_empty() { Vec::new() } else { vec![Block::List(shows)] },
        )
        .from(format!("{CITE}, Annex A.4, table {} (in our own words)", t.number), Verified::Primary)
}

fn form(f: &Field) -> Vec<Span> {
    match f.form {
        Form::Text => vec![text("text")],
        Form::YesNo => vec![text("\"yes\" or \"no\"")],
        Form::Flag => vec![text("true or false")],
        Form::Refs => match f.refs.and_then(|n| book().table(n)) {
            Some(t) => vec![text("ids of "), link(&t.short)],
            None => vec![text("ids")],
        },
    }
}

fn sample(t: &IxitTable) -> String {
    let head = match t.shape {
        Shape::Table => format!("[[{}]]", t.short),
        Shape::List => format!("[{}]", t.short),
    };
    let line = |f: &Field| match f.form {
        Form::Text if f.key == "id" => format!("id = \"{}-1\"", t.short),
        Form::Text => format!("{} = \"\"", f.key),
        Form::YesNo => format!("{} = \"yes\"", f.key),
        Form::Flag => format!("{} = false", f.key),
        Form::Refs => {
            let other = f.refs.and_then(|n| book().table(n)).map_or("", |t| &t.short);
            format!("{} = [\"{other}-1\"]", f.key)
        }
    };
    let lines: Vec<String> = t.fields.iter().map(line).collect();
    format!("{head}\n{}", lines.join("\n"))
}
