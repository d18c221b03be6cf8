//! A label, from its link, its drawing or a picture of it: whether it is genuine, and then whether it is still in force, as
//! far as what the reader gave can tell. The label's own address is never contacted: who verifies a label does not tell
//! whoever printed it.

use std::path::Path;

use assay::date;
use assay::label::{LabelFacts, SignedLabel, Subject};
use assay_label::house::House;
use assay_label::{self as label, Drawing, Reading, Verified};
use serde_json::json;

use super::answer::{Answer, DecidedBy, Judged};
use super::standing::{self, Ask};
use super::statement;
use crate::exit::Failure;
use crate::trusted::Trusted;

/// What was found of a label: genuine with what is known of the drawing, or an answer already.
type Read = Result<(SignedLabel, Option<Drawing>), Judged>;

/// Whether a text is an SVG: its first element is, after what may stand before it.
fn is_svg(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        let skipped = [("<?", "?>"), ("<!--", "-->"), ("<!", ">")].into_iter().find_map(|(begin, end)| {
            rest.strip_prefix(begin).map(|inside| inside.split_once(end).map_or("", |(_, after)| after))
        });
        match skipped {
            Some(after) => rest = after.trim_start(),
            // An HTML page may hold an SVG; a drawing begins with it, and a doctype with entities leaves `]>` behind.
            None => return rest.trim_start_matches([']', '>']).trim_start().starts_with("<svg"),
        }
    }
}

/// A link or the text of a QR code.
pub(super) fn link(text: &str, trust: &Trusted) -> Read {
    Ok((SignedLabel::read(text.trim(), &trust.keys.label_keys())?, None))
}

/// A file's bytes, whatever its name says.
pub(super) fn file(bytes: &[u8], trust: &Trusted, house: Option<&'static House>) -> Read {
    let keys = trust.keys.label_keys();
    let by = Reading { trusted: &keys, house };
    if label::looks_like_a_picture(bytes) {
        let Verified { label, drawing } = label::verify_picture(bytes, by)?;
        return Ok((label, Some(drawing)));
    }
    if bytes.starts_with(b"%PDF-") {
        return Ok((label::verify_pdf(bytes, by)?, Some(Drawing::Same)));
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        let what = "the file is neither a picture, an SVG, a snapshot nor a link: it was damaged, or is of another kind \
                    (save a photograph as JPEG or PNG)";
        return Err(Judged::refused(Answer::Unreadable, what));
    };
    // A drawing is one whatever else its comments hold: only the same drawing is believed.
    if is_svg(text) {
        return Ok((label::verify_svg(text, by)?, Some(Drawing::Same)));
    }
    // Of the web form and of linked data the link is believed, and nothing that stands beside it.
    if let Some(named) = label::html::link_in(text).or_else(|| label::linked_data::link_in(text)) {
        let (label, _) = link(&named, trust)?;
        return Ok((label, Some(Drawing::NotCompared)));
    }
    if text.trim().contains(|c: char| c.is_whitespace() || c == '<') {
        let what = "there is no label's signed link in this file, or there are several";
        return Err(Judged::refused(Answer::Unreadable, what));
    }
    link(text, trust)
}

/// What is answered about a label that was read.
pub(super) fn judge(read: Read, trust: &Trusted, ask: &Ask) -> Result<Judged, Failure> {
    let (label, drawing) = match read {
        Ok(read) => read,
        Err(refused) => return Ok(refused),
    };
    let facts = label.facts();
    let retired = trust.keys.retired_on(label.key());
    if let Some(on) = retired.filter(|on| facts.issued() > *on) {
        let why = format!(
            "the label says it was issued on {}, but key {} that signed it was retired on {}: the register did not issue it",
            date::in_words(facts.issued()),
            label.key(),
            date::in_words(on)
        );
        return Ok(Judged::refused(Answer::NotOurs, why));
    }
    let mut judged = match ask {
        Ask::Nobody => offline(facts, retired.map(|on| (on, label.key().to_string()))),
        Ask::Proof(file) => proven(&label, file, trust)?,
        Ask::Snapshot(file, on) => standing::by_snapshot(facts, file, *on, trust)?,
        Ask::Register(url) => standing::by_register(&label, url, trust)?,
    };
    // A snapshot names the label in force and does not show what it says: whoever holds a retired key could sign another.
    let shown = matches!(judged.decided_by, Some(DecidedBy::Proof | DecidedBy::RegistersWord));
    if retired.is_some() && matches!(judged.answer, Answer::AsIssued | Answer::Current) && !shown {
        judged.answer = Answer::KeyRetired;
    }
    judged.label = Some(told(&label, drawing));
    Ok(judged)
}

fn offline(facts: &LabelFacts, retired: Option<(date::Date, String)>) -> Judged {
    let issued = date::in_words(facts.issued());
    let sentence = match retired {
        None => {
            format!("genuine as issued on {issued}; whether it still holds today is known to the register")
        }
        Some((on, key)) => format!(
            "signed by key {key}, which the register used until {}: only the log can say whether the label was issued before \
             that; ask with --register URL or --proof FILE",
            date::in_words(on)
        ),
    };
    Judged { answer: Answer::AsIssued, sentence, decided_by: None, open: false, label: None }
}

/// With a proof that carries the label's own statement: issued, whatever became of the key.
fn proven(label: &SignedLabel, file: &Path, trust: &Trusted) -> Result<Judged, Failure> {
    let text = crate::folder::read_bounded(file, 2 << 20)?;
    let logged = statement::alone(&text, &trust.keys)
        .map_err(|why| Failure::unreadable(format!("{} is refused: {why}", file.display())))?;
    Ok(match same_label(&logged, label.facts()) {
        Ok(()) => Judged {
            answer: Answer::AsIssued,
            sentence: format!(
                "genuine as issued on {}: its statement stands in the log at index {}; whether it still holds today is known \
                 to the register",
                date::in_words(label.facts().issued()),
                label.facts().statement()
            ),
            decided_by: Some(super::answer::DecidedBy::Proof),
            open: false,
            label: None,
        },
        Err(why) => Judged::refused(Answer::Altered, why),
    })
}

/// Whether a logged statement is the one that a label was made from.
pub(super) fn same_label(
    logged: &assay::trust::Logged<assay::statement::Statement>,
    facts: &LabelFacts,
) -> Result<(), String> {
    let gtin = match facts.subject() {
        Subject::Gtin(gtin) => Some(*gtin),
        Subject::Product(_) => None,
    };
    match LabelFacts::from_logged(logged, gtin) {
        Ok(theirs) if theirs == *facts => Ok(()),
        Ok(_) => Err("the statement that stands in the log says something else than the label".into()),
        Err(error) => Err(format!("what stands in the log is not this label's statement: {error}")),
    }
}

/// What the label says, for programs and for people.
fn told(label: &SignedLabel, drawing: Option<Drawing>) -> (serde_json::Value, String) {
    let facts = label.facts();
    let drawing = match drawing {
        Some(Drawing::Same) => "same",
        Some(Drawing::NotCompared) => "not-compared",
        None => "none",
    };
    let mut words = format!(
        "  {}\n  issued on {} by key {}\n  leads to {}\n",
        label::alt_text(facts),
        date::in_words(facts.issued()),
        label.key(),
        label.base()
    );
    if drawing == "not-compared" {
        words.push_str(
            "  the drawing was not compared: believe what is written here, not what is printed there\n",
        );
    }
    let value = json!({
        "kind": "label", "subject": facts.subject().path(), "scheme": facts.scheme_id(), "variant": facts.variant(),
        "level": facts.level(), "updates_until": facts.updates_until(),
        "updates_until_words": facts.updates_until().map(date::in_words), "issued": facts.issued(),
        "statement": facts.statement(), "key_id": label.key().to_string(), "base": label.base().as_str(),
        "drawing": drawing,
    });
    (value, words)
}
