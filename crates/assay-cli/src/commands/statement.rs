//! `assay statement`: the statement of compliance of a case, written as JSON, HTML and PDF or refused with everything that is
//! missing; and one that somebody else wrote, judged field by field.

mod layout;
mod pdf;
mod pdf_text;
mod refusal;
mod typeface;
mod validate;

use std::path::{Path, PathBuf};

use assay::assess::{Assessment, Judged, Verdict};
use assay::case::Case;
use assay::compliance::{self, ComplianceStatement, Route, StatementFile, compose};
use assay::date::{Date, in_words};
use assay::territory::Document;
use serde_json::json;

use crate::exit::{Exit, Failure};
use crate::folder::{Folder, check_target_beside, root_of, write_whole};
use crate::judge::judge;
use crate::output::{self, Style, plain};
use crate::schemes::SchemeArgs;
use crate::today;

/// The name of the file beside the case file.
pub(crate) const STATEMENT_FILE: &str = "statement.toml";

/// Write a product's statement of compliance for the United Kingdom, or judge one that somebody else wrote
#[derive(clap::Args)]
#[command(
    after_help = concat!(
        "Examples:\n  assay statement cases/camera                  (what is missing, field by field)\n",
        "  assay statement cases/camera --out camera.html --out camera.pdf --out camera.json\n",
        "  assay statement --validate supplier.pdf --on 2026-11-22\n\n",
        "The case folder holds a file statement.toml beside product.toml:\n\n",
        include_str!("statement/sample.toml"),
        "\nA copy is kept for ten years from its issue or for the support period, whichever is longer. ",
        "Nothing is signed here."
    )
)]
pub(crate) struct Args {
    /// The case folder: product.toml, statement.toml and evidence/
    #[arg(required_unless_present_any = ["validate", "pdf_text"])]
    case: Option<PathBuf>,
    /// The scheme whose statement it is; only the law of the United Kingdom has one so far
    #[arg(long, value_name = "ID", default_value = "uk-psti")]
    scheme: String,
    /// Where to write it: .json, .html or .pdf by its ending; may be given several times
    #[arg(long, value_name = "FILE")]
    out: Vec<PathBuf>,
    /// Judge this statement instead: our JSON, or a text, HTML or PDF file of anybody
    #[arg(long, value_name = "FILE", conflicts_with_all = ["case", "out", "scheme"])]
    validate: Option<PathBuf>,
    /// Today, for everything that depends on the date
    #[arg(long, value_name = "DATE", value_parser = today::parse_date)]
    on: Option<Date>,
    /// Read a PDF from standard input and print its text: the program starts itself with this, to read a stranger's file in a
    /// process of its own
    #[arg(long, hide = true, conflicts_with_all = ["case", "out", "validate"])]
    pdf_text: bool,
}

pub(crate) fn run(args: &Args, as_json: bool) -> Result<Exit, Failure> {
    let on = args.on.unwrap_or_else(today::today);
    match (&args.case, &args.validate) {
        _ if args.pdf_text => pdf_text::child(),
        (_, Some(file)) => validate::run(file, on, as_json),
        (Some(case), None) => write(&root_of(case), args, on, as_json),
        (None, None) => Err(Failure::unreadable("name a case folder, or a file with --validate")),
    }
}

fn write(root: &Path, args: &Args, on: Date, as_json: bool) -> Result<Exit, Failure> {
    let scheme = crate::schemes::known(&args.scheme)?;
    if scheme.id != "uk-psti" {
        return Err(Failure::unreadable(format!(
            "{} knows no statement of compliance; the law of the United Kingdom does: --scheme uk-psti",
            scheme.id
        )));
    }
    let forms = forms(&args.out, root)?;
    let judged = judge(root, &SchemeArgs { scheme: vec![args.scheme.clone()], ..SchemeArgs::default() }, on)?;
    let file = read_file(root)?;
    let assessment = judged.assessments.first();
    let (holds, reasons) = allowed(assessment, &file);
    let requirements = assessment.map_or(&[][..], |a| &a.requirements);
    let statement = match compose(&judged.case, &file, on, requirements, holds, &reasons) {
        Ok(statement) => statement,
        Err(missing) => return refusal::say(&judged.case, &missing, as_json),
    };
    let warnings = compliance::warnings(&judged.case, &statement);
    // Everything is made before anything is written: a form that cannot be made leaves the others unwritten too.
    let made: Vec<(&Path, Vec<u8>)> = forms
        .iter()
        .map(|(path, form)| Ok((*path, form.make(&statement)?)))
        .collect::<Result<_, Failure>>()?;
    for (path, bytes) in &made {
        write_whole(path, bytes, false)?;
    }
    if as_json {
        let written: Vec<String> = made.iter().map(|(path, _)| path.display().to_string()).collect();
        output::json(&json!({
            "schema": "assay-statement-0", "statement": statement, "written": written, "missing": [],
            "warnings": warnings,
        }))?;
    } else {
        output::print(&report(&statement, &made))?;
        for warning in &warnings {
            output::note(&plain(warning));
        }
    }
    Ok(Exit::Holds)
}

/// A form in which a statement is written.
#[derive(Clone, Copy)]
enum Form {
    Json,
    Html,
    Pdf,
}

impl Form {
    fn make(self, statement: &ComplianceStatement) -> Result<Vec<u8>, Failure> {
        match self {
            Self::Json => {
                let mut bytes =
                    serde_json::to_vec_pretty(statement).map_err(|e| Failure::impossible(e.to_string()))?;
                bytes.push(b'\n');
                Ok(bytes)
            }
            Self::Html => Ok(compliance::html(statement).into_bytes()),
            Self::Pdf => pdf::pdf(statement),
        }
    }
}

/// The form of every file by its ending; none of them a device, the case's own file, or named twice.
fn forms<'a>(out: &'a [PathBuf], root: &Path) -> Result<Vec<(&'a Path, Form)>, Failure> {
    let mut forms: Vec<(&Path, Form)> = Vec::new();
    for path in out {
        let form = match path.extension().and_then(|e| e.to_str()) {
            Some("json") => Form::Json,
            Some("html" | "htm") => Form::Html,
            Some("pdf") => Form::Pdf,
            _ => {
                return Err(Failure::unreadable(format!(
                    "{}: a statement is written as .json, .html or .pdf",
                    path.display()
                )));
            }
        };
        if forms.iter().any(|(other, _)| *other == path) {
            return Err(Failure::unreadable(format!("{} is named twice", path.display())));
        }
        check_target_beside(path, root, &[])?;
        forms.push((path, form));
    }
    Ok(forms)
}

/// Reads `statement.toml`; where there is none, everything in it is missing.
fn read_file(root: &Path) -> Result<StatementFile, Failure> {
    let shown = root.join(STATEMENT_FILE).display().to_string();
    Ok(found(root)?.unwrap_or_else(|| StatementFile { file: shown, ..StatementFile::default() }))
}

/// Reads `statement.toml` where there is one.
fn found(root: &Path) -> Result<Option<StatementFile>, Failure> {
    let shown = root.join(STATEMENT_FILE).display().to_string();
    let Some(bytes) = Folder::open(root)?.beside(STATEMENT_FILE, compliance::MAX_BYTES)? else {
        return Ok(None);
    };
    let file = StatementFile::parse(&shown, &bytes).map_err(|problems| {
        let (n, s) = (problems.len(), if problems.len() == 1 { "" } else { "s" });
        Failure::Unreadable { message: format!("{shown} has {n} problem{s}"), problems }
    })?;
    Ok(Some(file))
}

/// Whether the case allows the declaration, and why not. The ways of Schedule 2 are the scheme's own data.
fn allowed(assessment: Option<&Assessment>, file: &StatementFile) -> (Option<bool>, Vec<String>) {
    let Some(assessment) = assessment else { return (None, vec![]) };
    let deemed: Vec<String> = assessment
        .requirements
        .iter()
        .filter(|r| r.by_way.is_some() && file.complies == Some(Route::Schedule1))
        .map(|r| {
            format!(
                "{} is not claimed itself but met by another way: declare complies = \"schedule-2\"",
                r.id
            )
        })
        .collect();
    if !deemed.is_empty() {
        return (Some(false), deemed);
    }
    let holds = match assessment.verdict {
        Verdict::Holds => return (Some(true), vec![]),
        Verdict::Refused => return (Some(false), assessment.refused.clone()),
        Verdict::DoesNotHold => Some(false),
        Verdict::Undecided => None,
    };
    let lacking = assessment.requirements.iter().filter(|r| r.holds != Some(true));
    let reason = |r: &Judged| {
        let ways: Vec<String> = r.ways.iter().map(|w| format!("{}: {}", w.name, w.why)).collect();
        match r.claim {
            None if ways.is_empty() => format!("{} is not claimed", r.id),
            None => format!("{} is not claimed, and no other way holds ({})", r.id, ways.join("; ")),
            Some(_) if r.holds.is_none() => format!("{} is not decided: {}", r.id, r.outcome),
            Some(_) => format!("{} is declared as not fulfilled", r.id),
        }
    };
    (holds, lacking.map(reason).collect())
}

/// How it stands with the case's statement on a day, for whoever asks what is missing.
pub(crate) fn state(
    root: &Path,
    case: &Case,
    requirements: &[Judged],
    on: Date,
) -> Result<Document, Failure> {
    let Some(file) = found(root)? else { return Ok(Document::Absent) };
    // Whether the requirements hold is told apart: here only the document counts.
    Ok(match compose(case, &file, on, requirements, Some(true), &[]) {
        Ok(_) => Document::Complete,
        Err(missing) => {
            Document::Incomplete(missing.iter().map(|m| format!("({}) {}", m.field, m.what)).collect())
        }
    })
}

fn report(statement: &ComplianceStatement, made: &[(&Path, Vec<u8>)]) -> String {
    let style = Style::detect();
    let mut text = format!(
        "{}  {} ({}), batch {}\n  every field of SI 2023/1007, Schedule 4 is filled in\n  support period until {}\n  issued on {} at {}\n  keep a copy until {}\n",
        style.bold("Statement of compliance"),
        plain(&statement.a.name),
        plain(&statement.a.model),
        plain(statement.a.batch.as_deref().or(statement.a.serials.as_deref()).unwrap_or_default()),
        in_words(statement.e.end),
        in_words(statement.g.date),
        plain(&statement.g.place),
        in_words(statement.retain_until),
    );
    for (path, _) in made {
        text.push_str(&format!("  wrote {}\n", path.display()));
    }
    if made.is_empty() {
        text.push_str("  nothing was written: --out FILE.html, FILE.pdf or FILE.json\n");
    }
    if statement.f.signature == compliance::Signature::Ink {
        text.push_str("  it is valid only once it is signed: print it and sign on its line\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_in_the_help_reads_and_so_do_its_comments_once_taken_up() {
        let sample = include_str!("statement/sample.toml");
        let (filled, commented) = sample.split_once("# Where they apply:\n").unwrap();
        StatementFile::parse("statement.toml", filled.as_bytes()).unwrap_or_else(|p| panic!("{p:#?}"));
        let taken: String = commented.lines().map(|l| format!("{}\n", l.trim_start_matches("# "))).collect();
        let file = StatementFile::parse("statement.toml", format!("{filled}{taken}").as_bytes());
        let file = file.unwrap_or_else(|p| panic!("{p:#?}"));
        assert_eq!((file.manufacturers.len(), file.representatives.len(), file.standards.len()), (1, 1, 1));
    }
}
