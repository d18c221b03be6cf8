//! `assay verify`: a label's link, drawing or picture, a logged statement, its proof, a snapshot, or the signed result of a
//! password audit, held against keys that the reader keeps; no connection is made. What cannot be known offline is said:
//! whether a label still holds today.

use std::path::{Path, PathBuf};

use assay::date;
use assay::key::PublicKey;
use assay::label::SignedLabel;
use assay::password_audit::{self, SignedAudit};
use assay::snapshot::Snapshot;
use assay::statement::{MakerId, Statement};
use assay::trust::{Logged, Trust};
use assay_label::{self as label, Drawing, PictureError, Verified};
use assay_log::proof::Proof;
use serde_json::{Value, json};

use crate::exit::{Exit, Failure};
use crate::folder::read_bounded;
use crate::output::{self, plain};
use crate::trusted::Trusted;

/// Verify a label, its picture or QR text, a statement with its proof, a snapshot or a password audit, offline
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  assay verify camera.svg --trust trust.txt\n  assay verify photo.jpg --trust trust.txt\n  \
assay verify 'https://register.example/01/09520000100018?a=0oRN…' --trust trust.txt\n  \
assay verify camera.statement --trust trust.txt        (with camera.tlog-proof beside it, or --proof)\n  \
assay verify shop.snap --trust trust.txt\n  \
assay verify audit.json --signer 'l1Vg…='              (the maker's public key, as `assay key new` printed it)\n\n\
Exit 0: genuine. Exit 1: refused, with the reason. Exit 3: genuine by the keys that lie beside it, which nobody pinned:\ngive --trust FILE, or --signer KEY for a password audit."
)]
pub(crate) struct Args {
    /// A file (.svg, a photograph, .statement, .tlog-proof, .snap, a signed .json) or the text of a QR code
    target: String,
    /// The keys you trust, kept from the register's /trust.txt. Default: trust.txt beside the file or here
    #[arg(long, value_name = "FILE", env = "ASSAY_TRUST")]
    trust: Option<PathBuf>,
    /// The proof of a statement, if it does not lie beside it
    #[arg(long, value_name = "FILE")]
    proof: Option<PathBuf>,
    /// The public key that must have signed a password audit: 44 characters of base64
    #[arg(long, value_name = "KEY", value_parser = PublicKey::parse)]
    signer: Option<PublicKey>,
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
    if let Some(text) = (!is_link).then(|| password_audit(file)).flatten() {
        return verify_audit(args, &text, as_json);
    }
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

/// The text of a file that means to be the signed result of a password audit.
fn password_audit(file: &Path) -> Option<String> {
    let small =
        std::fs::metadata(file).is_ok_and(|m| m.is_file() && m.len() <= password_audit::MAX_BYTES as u64);
    let bytes = small.then(|| read_bounded(file, password_audit::MAX_BYTES as u64).ok())??;
    String::from_utf8(bytes).ok().filter(|text| password_audit::looks_like(text))
}

/// A password audit is signed by its maker, whom no register vouches for: the key is pinned by --signer or not at all.
fn verify_audit(args: &Args, text: &str, as_json: bool) -> Result<Exit, Failure> {
    let read = SignedAudit::read(text).map_err(|e| e.to_string()).and_then(|signed| match args.signer {
        Some(wanted) if wanted != signed.key => {
            Err(format!("it is signed by key {}, not by {}", signed.key.id(), wanted.id()))
        }
        _ => Ok(signed),
    });
    let pinned = args.signer.is_some();
    let unpinned = (!pinned).then_some("nobody pinned the key that signed: give --signer");
    let (exit, genuine, reason, facts) = match &read {
        Ok(signed) => {
            let facts = json!({
                "kind": "password-audit", "key": signed.key, "key_id": signed.key.id().to_string(),
                "maker": MakerId::of(&signed.key), "audit": signed.audit,
            });
            (if pinned { Exit::Holds } else { Exit::Open }, true, unpinned, facts)
        }
        Err(reason) => (Exit::Found, false, Some(reason.as_str()), Value::Null),
    };
    if as_json {
        output::json(&json!({
            "schema": "assay-verify-0", "target": args.target, "genuine": genuine, "reason": reason, "facts": facts,
            "trust": { "file": null, "pinned": pinned },
        }))?;
        return Ok(exit);
    }
    match &read {
        Ok(SignedAudit { audit, key }) => {
            let found: Vec<&str> = audit.findings.iter().map(|f| f.kind.as_str()).collect();
            output::print(&format!(
                "genuine\n  a password audit of {} by {}: {}, {} units{}\n  of a file of {} bytes with SHA-256 {}\n  signed by key {} ({key})\n{}",
                date::in_words(audit.on),
                plain(&audit.program),
                audit.outcome,
                audit.rows,
                if found.is_empty() { String::new() } else { format!(" ({})", plain(&found.join(", "))) },
                audit.file.bytes,
                audit.file.sha256,
                key.id(),
                unpinned.map_or_else(String::new, |u| format!("  {u}\n")),
            ))?;
        }
        Err(reason) => output::print(&format!("refused: {}\n", plain(reason)))?,
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
    let found = if label::looks_like_a_picture(&bytes) {
        label::verify_picture(&bytes, trust.register())
            .map(|Verified { label, drawing }| of_label(&label, Some(drawing)))
    } else if ending == "snap" || Snapshot::looks_like(&bytes) {
        return Ok(snapshot(&bytes, trust));
    } else {
        let Ok(text) = std::str::from_utf8(&bytes) else {
            let what = "the file is neither a picture, an SVG, a snapshot nor a link: it was damaged, or is of another kind \
                        (save a photograph as JPEG or PNG)";
            return Ok(Err(what.to_owned()));
        };
        if ending == "svg" || text.contains("<svg") {
            label::verify_svg(text, trust.register()).map(|l| of_label(&l, Some(Drawing::Same)))
        } else {
            SignedLabel::read(text.trim(), trust.register()).map(|l| of_label(&l, None)).map_err(Into::into)
        }
    };
    Ok(found.map_err(|e: PictureError| e.to_string()))
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
        assay_label::alt_text(label.facts()),
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
