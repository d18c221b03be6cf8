//! `--html`: the audit as one page that travels alone, with the distributions as small charts. Figures and lines; never a
//! password, and of characters only how many there are at a place.

use askama::Template;
use assay::date::{self, Date};
use assay::outcome::{Confidence, Outcome};
use assay_passwords::audit::{Characters, ColumnTold, Report};
use assay_passwords::kind::Kind;

use super::told::{Told, word};
use crate::exit::Failure;
use crate::output::plain;

#[derive(Template)]
#[template(path = "passwords.html")]
struct Page<'a> {
    name: String,
    on: (String, String),
    report: &'a Report,
    why: Vec<String>,
    /// Class, sign, word, sentence.
    answer: (&'static str, &'static str, &'static str, &'static str),
    left_out: Vec<&'static str>,
    findings: Vec<Shown>,
    lines_word: &'static str,
    columns: Vec<Column>,
    bytes: u64,
    digest: String,
}

struct Shown {
    kind: &'static str,
    confidence: &'static str,
    possible: bool,
    units: String,
    column: String,
    says: String,
    lines: String,
    rule: &'static str,
}

struct Column {
    name: String,
    different: u64,
    /// Bits at most, and how long guessing one takes; none where nobody asked.
    space: Option<(String, String)>,
    charts: Vec<Chart>,
}

/// A row of bars.
struct Chart {
    title: &'static str,
    /// The same in words.
    told: String,
    width: usize,
    bars: Vec<Bar>,
}

struct Bar {
    x: usize,
    middle: usize,
    y: String,
    height: String,
    label: usize,
    labelled: bool,
    told: String,
}

/// Bars that a chart has at most.
const MOST_BARS: usize = 64;
/// Room of a bar, and of the highest.
const STEP: usize = 18;
const HIGHEST: f64 = 90.0;

/// The page.
pub(super) fn page(told: &Told<'_>, on: Date, digest: &[u8; 32]) -> Result<String, Failure> {
    let report = told.report;
    let findings = report.findings.iter().map(|f| {
        let lines: Vec<String> = told.lines(f).iter().map(u64::to_string).collect();
        let more = if f.rows > lines.len() as u64 { ", …" } else { "" };
        Shown {
            kind: f.kind.word(),
            confidence: word(f.confidence),
            possible: f.confidence == Confidence::Possible,
            units: if f.rows == 1 { "1 unit".to_owned() } else { format!("{} units", f.rows) },
            column: plain(&f.column),
            says: plain(&f.says),
            lines: if lines.is_empty() { String::new() } else { lines.join(", ") + more },
            rule: f.kind.rule(),
        }
    });
    let page = Page {
        name: plain(&told.file.file_name().unwrap_or_default().to_string_lossy()),
        on: (date::in_words(on), on.to_string()),
        report,
        why: report.why.iter().map(|w| plain(w)).collect(),
        answer: match report.outcome {
            Outcome::Met => ("good", "✓", "Met.", "Nothing was found, and the batch is enough to show it."),
            Outcome::NotMet => ("bad", "✗", "Not met.", "Something is wrong with these passwords."),
            _ => (
                "unsure",
                "?",
                "Inconclusive.",
                "Nothing is shown to be wrong, but the file cannot show that all is well.",
            ),
        },
        left_out: Kind::ALL.map(Kind::word).into_iter().filter(|k| !told.looked_for.contains(k)).collect(),
        findings: findings.collect(),
        lines_word: told.input.lines_word(),
        columns: report.columns.iter().map(column).collect(),
        bytes: told.input.size(),
        digest: digest.iter().map(|b| format!("{b:02x}")).collect(),
    };
    page.render().map_err(|e| Failure::impossible(format!("the page could not be written: {e}")))
}

fn column(told: &ColumnTold) -> Column {
    let of = told.characters.as_ref();
    Column {
        name: plain(&told.name),
        different: told.different,
        space: of.map(|of| (format!("{:.0}", of.bits_at_most), of.guessing.clone())),
        charts: of.map(charts).unwrap_or_default(),
    }
}

fn charts(of: &Characters) -> Vec<Chart> {
    let lengths: Vec<(usize, f64, String)> = of
        .lengths
        .iter()
        .map(|(length, units)| (*length, *units as f64, format!("{units} of length {length}")))
        .collect();
    let positions = of.positions.iter().enumerate();
    let alphabets: Vec<(usize, f64, String)> = positions
        .clone()
        .map(|(n, p)| (n + 1, p.alphabet as f64, format!("{} characters at place {}", p.alphabet, n + 1)))
        .collect();
    let tops: Vec<(usize, f64, String)> = positions
        .map(|(n, p)| (n + 1, p.top, format!("the commonest has {:.1}% at place {}", p.top * 100.0, n + 1)))
        .collect();
    [
        chart("Units by length", &lengths),
        chart("Different characters at each place", &alphabets),
        chart("Share of the commonest character at each place", &tops),
    ]
    .into_iter()
    .filter(|c| !c.bars.is_empty())
    .collect()
}

fn chart(title: &'static str, values: &[(usize, f64, String)]) -> Chart {
    let values = &values[..values.len().min(MOST_BARS)];
    let most = values.iter().map(|v| v.1).fold(f64::MIN_POSITIVE, f64::max);
    // Labels of three digits need the room of two bars.
    let every = if values.len() > 24 { 4 } else { 1 };
    let bars = values.iter().enumerate().map(|(n, (label, value, told))| {
        let height = (value / most * HIGHEST).max(1.0);
        Bar {
            x: n * STEP + 2,
            middle: n * STEP + 9,
            y: format!("{:.1}", 95.0 - height),
            height: format!("{height:.1}"),
            label: *label,
            labelled: n % every == 0,
            told: told.clone(),
        }
    });
    let bars: Vec<Bar> = bars.collect();
    let told: Vec<&str> = values.iter().map(|v| v.2.as_str()).collect();
    Chart {
        title,
        told: format!("{title}: {}", told.join(", ")),
        width: (values.len() * STEP).max(120),
        bars,
    }
}
