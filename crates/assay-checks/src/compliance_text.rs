//! Judges a statement of compliance that somebody else wrote: plain text, a web page, or the text out of a PDF, against the
//! fields of SI 2023/1007, Schedule 4. Free text can show that something is stated, or that nothing of the sort was found;
//! a field is not met only where the document itself states the contrary. Layout and meaning stay for a person to judge.

mod declared;
mod issued;
mod lines;
mod parties;
mod period;
mod prepared;
mod product;
mod said;
mod signed;
mod who;

use assay::compliance::{FieldOutcome, Format, Validation, retain_until};
use assay::date::Date;
use assay::outcome::Outcome;

use crate::page::{MOST_BYTES, Page};
use lines::Lines;
use said::Said;
use who::Who;

/// Longest text that is read, in bytes.
pub const MAX_BYTES: u64 = MOST_BYTES;

/// A document with fewer words says too little to be a statement.
const FEWEST_WORDS: usize = 5;

/// Judges a plain text or a web page.
#[must_use]
pub fn validate_text(bytes: &[u8], on: Date) -> Validation {
    let format = if Page::is_html(bytes) { Format::Html } else { Format::Text };
    judge(bytes, format, on)
}

/// Judges the text that was taken out of a PDF. `unseen`: it also holds text that no reader sees, which was left out.
#[must_use]
pub fn validate_pdf_text(text: &str, unseen: bool, on: Date) -> Validation {
    let left_out = if unseen { UNSEEN_IN_PDF } else { "" };
    if text.split_whitespace().count() < FEWEST_WORDS {
        let why = format!("the PDF has no text to read; if it is a scan, a person has to read it{left_out}");
        return Validation::inconclusive(Format::Pdf, on, &why);
    }
    let mut validation = judge(text.as_bytes(), Format::Pdf, on);
    if unseen {
        tell_unseen(&mut validation, left_out);
    }
    validation
}

/// What is added to the reasons where a PDF holds text that cannot be seen. A scan often carries such text for searching.
const UNSEEN_IN_PDF: &str =
    "; text in it that no reader sees (without ink, white on white, or too small) was left out";

/// Says with each field that is not met or inconclusive that some text was not read as said.
fn tell_unseen(validation: &mut Validation, left_out: &str) {
    for field in validation.fields.iter_mut().filter(|f| f.outcome != Outcome::Met) {
        // What was hidden may be what is missing; that somebody hid it makes it no statement, and no contrary either.
        field.outcome = Outcome::Inconclusive;
        field.why.push_str(left_out);
    }
    validation.outcome = Outcome::join(validation.fields.iter().map(|f| f.outcome));
    validation.notes.push(left_out.trim_start_matches("; ").to_owned());
}

/// A document that states nothing of one product leaves every field open, whatever its words look like.
fn open_all(validation: &mut Validation, line: usize, why: &str) {
    for field in &mut validation.fields {
        field.outcome = Outcome::Inconclusive;
        field.why = why.to_owned();
        field.line = Some(line);
    }
    validation.outcome = Outcome::join(validation.fields.iter().map(|f| f.outcome));
    validation.retain_until = None;
}

fn judge(bytes: &[u8], format: Format, on: Date) -> Validation {
    if bytes.len() as u64 > MAX_BYTES {
        return Validation::inconclusive(
            format,
            on,
            "the text is too long to be a statement: it was not read",
        );
    }
    let page = Page::read(bytes);
    if page.words() < FEWEST_WORDS {
        return Validation::inconclusive(format, on, "the document has no text to read");
    }
    let lines = Lines::of(&page);
    let said = Said::of(&lines);
    let who = Who::of(&lines, &said);
    let issued = issued::find(&lines);
    let (period, end) = period::judge(&lines, issued.day());
    let fields = vec![
        product::judge(&lines),
        parties::judge(&lines),
        prepared::judge(&lines, &said, &who),
        declared::judge(&lines, &said, &who),
        period,
        signed::judge(&lines),
        issued.judge(on),
    ];
    let retain = issued.day().zip(end).map(|(issued, end)| retain_until(issued, end));
    let mut validation = Validation::of(format, on, fields, retain);
    if !lines.turned.is_empty() {
        validation.notes.push(format!(
            "marks that turn text round stand in line {}: it reads differently from what it says and was left out",
            crate::quote::list(&lines.turned)
        ));
    }
    if !page.unseen.is_empty() {
        let left_out = format!(
            "; text in line {} that no reader sees (hidden or struck out) was left out",
            crate::quote::list(&page.unseen)
        );
        tell_unseen(&mut validation, &left_out);
    }
    if let Some((line, why)) = lines.states_nothing() {
        open_all(&mut validation, line, why);
    }
    validation
}

fn met(field: char, line: usize, why: impl Into<String>) -> FieldOutcome {
    FieldOutcome::new(field, Outcome::Met, why).in_line(Some(line))
}

fn not_met(field: char, line: usize, why: impl Into<String>) -> FieldOutcome {
    FieldOutcome::new(field, Outcome::NotMet, why).in_line(Some(line))
}

fn unsure(field: char, line: Option<usize>, why: impl Into<String>) -> FieldOutcome {
    FieldOutcome::new(field, Outcome::Inconclusive, why).in_line(line)
}

#[cfg(test)]
mod tests;
