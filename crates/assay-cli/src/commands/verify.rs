//! `assay verify`: a label's link, drawing or picture, a logged statement, its proof, or a snapshot, held against keys that
//! the reader keeps; no connection is made. What cannot be known offline is said: whether a label still holds today.

use std::path::{Path, PathBuf};

use assay::date;
use assay::label::{self, Drawing, LabelError, SignedLabel, Verified};
use assay::snapshot::Snapshot;
use assay::statement::Statement;
use assay::trust::{Logged, Trust};
use assay_log::proof::Proof;
use serde_json::{Value, json};

use crate::exit::{Exit, Failure};
use crate::folder::read_bounded;
use crate::output::{self, plain};
use crate::trusted::Trusted;

/// Verify a label, its picture or QR text, a statement with its proof, or a snapshot, offline
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  assay verify camera.svg --trust trust.txt\n  assay verify photo.png --trust trust.txt\n  \
assay verify 'https://register.example/01/09520000100018?a=0oRN…' --trust trust.txt\n  \
assay verify camera.statement --trust trust.txt        (with camera.tlog-proof beside it, or --proof)\n  \
assay verify shop.snap --trust trust.txt\n\n\
Exit 0: genuine. Exit 1: refused, with the reason. Exit 3: genuine by the keys that lie beside it, which nobody pinned:\ngive --trust FILE."
)]
pub(crate) struct Args {
    /// A file (.svg, .png, .statement, .tlog-proof, .snap) or the text of a QR code
    target: String,
    /// The keys you trust, kept from the register's /trust.txt. Default: trust.txt beside the file or here
    #[arg(long, value_name = "FILE", env = "ASSAY_TRUST")]
    trust: Option<PathBuf>,
    /// The proof of a statement, if it does not lie beside it
    #[arg(long, value_name = "FILE")]
    proof: Option<PathBuf>,
}

/// Largest snapshot and largest other file that is read, in bytes.
const MOST_SNAPSHOT: u64 = 1 << 30;
const MOST: u64 = 64 << 20;

/// What was found genuine: facts for programs, sentences for people.
struct Genuine {
    facts: Value,
    words: String,
}

pub(crate) fn run(args: &Args, as_json: bool) -> Result<Exit, Failure> {
    let file = Path::new(&args.target);
    let is_link = args.target.contains("://");
    let trust = Trusted::find(args.trust.as_deref(), (!is_link).then_some(file))?;
    trust.warn();
    let result = if is_link {
        link(&args.target, &trust.keys)
    } else {
        verify_file(file, args.proof.as_deref(), &trust.keys)?
    };
    let (exit, document) = match &result {
        Ok(g) if trust.pinned => (Exit::Holds, json!({ "genuine": true, "reason": null, "facts": g.facts })),
        Ok(g) => (
            Exit::Open,
            json!({ "genuine": true, "reason": "the keys were not pinned: give --trust", "facts": g.facts }),
        ),
        Err(reason) => (Exit::Found, json!({ "genuine": false, "reason": reason, "facts": null })),
    };
    if as_json {
        let mut document = document;
        document["schema"] = json!("assay-verify-0");
        document["target"] = json!(args.target);
        document["trust"] = json!({ "file": trust.file, "pinned": trust.pinned });
        output::json(&document)?;
    } else {
        match &result {
            Ok(g) => output::print(&format!("genuine\n{}", g.words))?,
            Err(reason) => output::print(&format!("refused: {}\n", plain(reason)))?,
        }
    }
    Ok(exit)
}

/// A refusal is a result here: the reason as a sentence.
type Found = Result<Genuine, String>;

fn link(text: &str, trust: &Trust) -> Found {
    SignedLabel::read(text.trim(), trust.register()).map(|l| of_label(&l, None)).map_err(|e| e.to_string())
}

fn verify_file(file: &Path, proof: Option<&Path>, trust: &Trust) -> Result<Found, Failure> {
    let ending = file.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    if ending == "statement" || ending == "tlog-proof" {
        return statement(file, proof, trust);
    }
    let bytes = read_bounded(file, if ending == "snap" { MOST_SNAPSHOT } else { MOST })?;
    let found = if ending == "png" || bytes.starts_with(b"\x89PNG") {
        label::verify_png(&bytes, trust.register())
            .map(|Verified { label, drawing }| of_label(&label, Some(drawing)))
    } else if ending == "snap" || Snapshot::looks_like(&bytes) {
        return Ok(snapshot(&bytes, trust));
    } else {
        let Ok(text) = std::str::from_utf8(&bytes) else {
            let what = "the file is neither an SVG, a PNG, a snapshot nor a link: it was damaged, or is of another kind \
                        (save a photograph as PNG)";
            return Ok(Err(what.to_owned()));
        };
        if ending == "svg" || text.contains("<svg") {
            label::verify_svg(text, trust.register()).map(|l| of_label(&l, Some(Drawing::Same)))
        } else {
            SignedLabel::read(text.trim(), trust.register()).map(|l| of_label(&l, None))
        }
    };
    Ok(found.map_err(|e: LabelError| e.to_string()))
}

fn of_label(label: &SignedLabel, drawing: Option<Drawing>) -> Genuine {
    let facts = label.facts();
    let until = facts.updates_until().map(date::in_words);
    let drawing = match drawing {
        Some(Drawing::Same) => "same",
        Some(Drawing::NotCompared) => "not-compared",
        None => "none",
    };
    let mut words = format!(
        "  {}\n  issued on {} by key {}\n",
        label.alt_text(),
        date::in_words(facts.issued()),
        label.key()
    );
    words.push_str(&format!("  leads to {}\n", label.base()));
    if drawing == "not-compared" {
        words.push_str(
            "  the drawing was not compared: believe what is written here, not what is printed there\n",
        );
    }
    words.push_str("  genuine as issued; whether it still holds today is known to the register\n");
    let facts = json!({
        "kind": "label", "subject": facts.subject().path(), "scheme": facts.scheme_id(), "variant": facts.variant(),
        "level": facts.level(), "updates_until": facts.updates_until(), "updates_until_words": until,
        "issued": facts.issued(), "statement": facts.statement(), "key_id": label.key().to_string(),
        "base": label.base().as_str(), "drawing": drawing,
    });
    Genuine { facts, words }
}

fn snapshot(bytes: &[u8], trust: &Trust) -> Found {
    let snapshot = Snapshot::open(bytes, trust.register(), trust.origin()).map_err(|e| e.to_string())?;
    let h = snapshot.header();
    let words = format!(
        "  snapshot {} of {} ({} entries), {} records, good until {}\n",
        h.number, h.log_origin, h.log_size, h.records, h.valid_until
    );
    Ok(Genuine { facts: json!({ "kind": "snapshot", "header": h }), words })
}

/// A statement's file and its proof, whichever of the two was named.
fn statement(file: &Path, proof: Option<&Path>, trust: &Trust) -> Result<Found, Failure> {
    let (entry, beside) = (file.with_extension("statement"), file.with_extension("tlog-proof"));
    let proof = proof.unwrap_or(&beside);
    let bytes = read_bounded(&entry, assay::cose::MAX_BYTES as u64 + 1)?;
    let text = read_bounded(proof, 2 << 20)?;
    Ok(logged(&bytes, &text, trust).map(|logged| of_statement(&logged)))
}

fn logged(entry: &[u8], proof: &[u8], trust: &Trust) -> Result<Logged<Statement>, String> {
    let proof = std::str::from_utf8(proof).map_err(|_| "the proof is no text".to_owned())?;
    let proof = Proof::parse(proof).map_err(|e| format!("the proof cannot be read: {e}"))?;
    Logged::open(entry, &proof, trust).map_err(|e| e.to_string())
}

/// A statement proven to stand in the trusted log; for other commands.
pub(crate) fn open_statement(
    file: &Path,
    proof: Option<&Path>,
    trust: &Trust,
) -> Result<Logged<Statement>, Failure> {
    let beside = file.with_extension("tlog-proof");
    let bytes = read_bounded(file, assay::cose::MAX_BYTES as u64 + 1)?;
    let text = read_bounded(proof.unwrap_or(&beside), 2 << 20)?;
    logged(&bytes, &text, trust)
        .map_err(|why| Failure::unreadable(format!("{} is refused: {why}", file.display())))
}

fn of_statement(logged: &Logged<Statement>) -> Genuine {
    let (statement, included) = (logged.value(), logged.included());
    let (index, size) = (included.index(), included.checkpoint().size());
    let words = format!(
        "  a `{}` statement of {}, at index {index} of {} (checkpoint of {size} entries)\n",
        statement.kind(),
        statement.on(),
        included.checkpoint().origin()
    );
    let facts = json!({
        "kind": "statement", "index": index, "log_size": size, "root": included.checkpoint().root().to_string(),
        "statement": statement,
    });
    Genuine { facts, words }
}
