//! A statement that somebody else wrote: read under bounds in whatever form it comes, judged, and reported field by field.

use std::path::Path;

use assay::compliance::{Format, Validation, validate_json};
use assay::date::{Date, in_words};
use assay::outcome::Outcome;
use assay_checks::compliance_text;

use super::pdf_text;
use crate::exit::{Exit, Failure};
use crate::folder::read_bounded;
use crate::output::{self, Style, plain};

/// Longest file that is read. A statement is a page or two; a PDF may carry pictures.
const MAX_BYTES: u64 = 20 << 20;

pub(super) fn run(file: &Path, on: Date, as_json: bool) -> Result<Exit, Failure> {
    // Asked before opening: opening a pipe would wait for its other end.
    if std::fs::metadata(file).is_ok_and(|m| !m.is_file()) {
        return Err(Failure::unreadable(format!("{} is no plain file", file.display())));
    }
    let bytes = read_bounded(file, MAX_BYTES)?;
    let validation = judge(file, &bytes, on)?;
    if as_json {
        output::json(&validation)?;
    } else {
        output::print(&report(file, &validation))?;
    }
    Ok(match validation.outcome {
        Outcome::Met | Outcome::NotApplicable => Exit::Holds,
        Outcome::NotMet => Exit::Found,
        Outcome::Inconclusive | Outcome::NotTested => Exit::Open,
    })
}

fn judge(file: &Path, bytes: &[u8], on: Date) -> Result<Validation, Failure> {
    let refuse = |why: &str| Failure::unreadable(format!("{}: {why}", file.display()));
    let head = &bytes[..bytes.len().min(1024)];
    if is_pdf(file, head) {
        let read = pdf_text::text_of(bytes).map_err(|e| match e {
            pdf_text::Unread::Pdf(why) => refuse(&why),
            pdf_text::Unread::Machine(why) => Failure::impossible(format!("{}: {why}", file.display())),
        })?;
        return Ok(compliance_text::validate_pdf_text(&read.text, read.unseen, on));
    }
    if head.trim_ascii_start().starts_with(b"{\\rtf") {
        return Err(refuse("this is rich text (RTF), which is not read: save it as PDF or as plain text"));
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(refuse("this is a word processor's file or an archive: save it as PDF or as text"));
    }
    let utf16 = head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]);
    if !utf16 && head.contains(&0) {
        return Err(refuse("this is no text, HTML, PDF or JSON"));
    }
    if bytes.len() as u64 > compliance_text::MAX_BYTES {
        return Err(refuse(&format!(
            "it has {} bytes, and a text of at most {} is read",
            bytes.len(),
            compliance_text::MAX_BYTES
        )));
    }
    let bare = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bare.trim_ascii_start().starts_with(b"{") {
        return validate_json(bare, on).map_err(|why| refuse(&why));
    }
    Ok(compliance_text::validate_text(bytes, on))
}

/// A PDF begins with its mark. Readers forgive up to a kilobyte before it, so this does too, but not in a file whose name says
/// that it is text: that may only speak of PDFs.
fn is_pdf(file: &Path, head: &[u8]) -> bool {
    const TEXTS: [&str; 6] = ["txt", "text", "md", "html", "htm", "json"];
    let extension = file.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    let begins = head.trim_ascii_start().starts_with(b"%PDF-");
    begins || (!TEXTS.contains(&extension.as_str()) && head.windows(5).any(|w| w == b"%PDF-"))
}

fn report(file: &Path, validation: &Validation) -> String {
    let style = Style::detect();
    let form = match validation.format {
        Format::Json => "our JSON",
        Format::Text => "text",
        Format::Html => "a web page",
        Format::Pdf => "a PDF; lines are those of the text taken out of it",
    };
    let mut text = format!(
        "{}  {}\nRead as {form}. Judged on {}: {}\n\n",
        style.bold("Statement of compliance"),
        plain(&file.display().to_string()),
        in_words(validation.on),
        said(validation.outcome, style)
    );
    for field in &validation.fields {
        let place = match (field.line, &field.pointer) {
            (Some(line), _) => format!(" (line {line})"),
            (None, Some(pointer)) => format!(" ({pointer})"),
            (None, None) => String::new(),
        };
        text.push_str(&format!(
            "  ({}) {}: {}{}\n",
            field.field,
            said(field.outcome, style),
            plain(&field.why),
            style.dim(&place)
        ));
        if field.outcome != Outcome::Met {
            text.push_str(&format!(
                "      {}\n",
                style.dim(&format!("asked: {}. {}", field.asks, field.source))
            ));
        }
    }
    for note in &validation.notes {
        text.push_str(&format!("\n  note: {}\n", plain(note)));
    }
    if let Some(until) = validation.retain_until {
        text.push_str(&format!("\n  keep a copy until {} (regulations 8 and 9)\n", in_words(until)));
    }
    text.push_str(
        "\nWhat is met here is stated in the document. Whether it is true, and whether the signature is genuine, is not judged.\n",
    );
    text
}

fn said(outcome: Outcome, style: Style) -> String {
    match outcome {
        Outcome::Met | Outcome::NotApplicable => style.good("met"),
        Outcome::NotMet => style.bad("not met"),
        Outcome::Inconclusive | Outcome::NotTested => style.unsure("inconclusive"),
    }
}
