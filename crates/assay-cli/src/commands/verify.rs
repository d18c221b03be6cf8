//! `assay verify`: a label's link, drawing or picture, a logged statement, its proof, a snapshot, or the signed result of a
//! password audit, held against keys that the reader keeps. No connection is made, unless the reader names a register to ask.
//! What cannot be known offline is said: whether a label still holds today.

mod answer;
mod audit;
mod label;
mod proof;
mod receipt;
mod signer;
mod standing;
mod statement;

use std::path::{Path, PathBuf};

use assay::date::Date;
use assay::key::PublicKey;
use assay::password_audit;
use assay::snapshot::Snapshot;
use assay::trust::Trust;
use serde_json::{Value, json};

use crate::exit::{Exit, Failure};
use crate::folder::read_bounded;
use crate::output::{self, plain};
use crate::today;
use crate::trusted::Trusted;

use self::answer::{Answer, Judged};
use self::standing::Ask;

pub(crate) use self::statement::open as open_statement;

/// Verify a label, its picture or QR text, a statement with its proof, a snapshot or a proof of what one says, a gate's receipt or a password audit, offline
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  assay verify camera.svg --trust trust.txt\n  assay verify photo.jpg --trust trust.txt\n  \
assay verify 'https://register.example/01/09520000100018?a=0oRN…' --trust trust.txt\n  \
assay verify photo.jpg --trust trust.txt --snapshot shop.snap          (does it still hold?)\n  \
assay verify photo.jpg --trust trust.txt --register https://register.example\n  \
assay verify camera.statement --trust trust.txt        (with camera.tlog-proof beside it, or --proof)\n  \
assay verify label.tlog-proof --trust trust.txt        (a proof that carries its statement)\n  \
assay verify shop.snap --trust trust.txt\n  \
assay verify absent.json --trust trust.txt             (made by `assay snapshot prove`)\n  \
assay verify receipt.json --signer 'l1Vg…='            (made by `assay gate --receipt`; the shop's public key)\n  \
assay verify audit.json --signer 'l1Vg…='              (the maker's public key, as `assay key new` printed it)\n\n\
A label's own address is never contacted. A photograph may be a JPEG, PNG, WebP or GIF of up to 50 megapixels.\n\n\
Exit 0: genuine, as issued or in force. Exit 1: refused, altered, not ours, superseded, suspended or withdrawn, with the reason.\n\
Exit 2: nothing that could be read. Exit 3: genuine by keys that nobody pinned (give --trust FILE, or --signer KEY for a\n\
password audit), by a key that was retired since, or with a snapshot that cannot decide. Exit 4: the register could not be asked."
)]
pub(crate) struct Args {
    /// A file (.svg, .pdf, .html, a photograph, .statement, .tlog-proof, .snap, a signed .json) or the text of a QR code
    target: String,
    /// The keys you trust, kept from the register's /trust.txt. Default: trust.txt beside the file or here
    #[arg(long, value_name = "FILE", env = "ASSAY_TRUST")]
    trust: Option<PathBuf>,
    /// The proof of a statement, if it does not lie beside it; for a label, a proof that carries the label's statement
    #[arg(long, value_name = "FILE")]
    proof: Option<PathBuf>,
    /// A snapshot that says whether the label is still in force
    #[arg(long, value_name = "FILE", conflicts_with_all = ["register", "proof"])]
    snapshot: Option<PathBuf>,
    /// The address of a register that is asked whether the label is still in force
    #[arg(long, value_name = "URL", conflicts_with = "proof")]
    register: Option<String>,
    /// The day on which a snapshot must be good. Default: today
    #[arg(long, value_name = "DATE", value_parser = today::parse_date)]
    on: Option<Date>,
    /// The words and colours of the register's labels, kept from its /house.toml. Default: the bundled ones
    #[arg(long, value_name = "FILE", env = "ASSAY_HOUSE")]
    house: Option<PathBuf>,
    /// The public key that must have signed a password audit or a gate's receipt: 44 characters of base64
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
    /// Why it is not to be relied on all the same.
    open: Option<String>,
}

/// A refusal is a result here: the reason as a sentence.
type Found = Result<Genuine, String>;

/// What was found about whatever was given.
enum Outcome {
    /// About a label: an answer out of nine.
    Label(Judged),
    /// About anything else: genuine or refused.
    Other(Found),
}

pub(crate) fn run(args: &Args, as_json: bool) -> Result<Exit, Failure> {
    let file = Path::new(&args.target);
    let is_text = is_text(&args.target);
    let document = |most, looks_like| (!is_text).then(|| signer::text_of(file, most, looks_like)).flatten();
    if let Some(text) = document(password_audit::MAX_BYTES, password_audit::looks_like) {
        return audit::verify(args, &text, as_json);
    }
    if let Some(text) = document(assay::receipt::MAX_BYTES, assay::receipt::looks_like) {
        return receipt::verify(args, &text, as_json);
    }
    let trust = Trusted::find(args.trust.as_deref(), (!is_text).then_some(file))?;
    trust.warn();
    let outcome = if is_text {
        Outcome::Label(label::judge(label::link(&args.target, &trust), &trust, &ask(args))?)
    } else {
        verify_file(file, args, &trust)?
    };
    report(args, &trust, &outcome, as_json)
}

/// Whether the target is the text of a QR code and no file: it has a scheme, as every address does.
fn is_text(target: &str) -> bool {
    let scheme = target.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1 && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    });
    target.contains("://") || (scheme && !Path::new(target).exists())
}

/// Who is to say whether a label is in force.
fn ask(args: &Args) -> Ask {
    match (&args.proof, &args.snapshot, &args.register) {
        (Some(file), ..) => Ask::Proof(file.clone()),
        (_, Some(file), _) => Ask::Snapshot(file.clone(), args.on.unwrap_or_else(today::today)),
        (.., Some(url)) => Ask::Register(url.clone()),
        _ => Ask::Nobody,
    }
}

fn verify_file(file: &Path, args: &Args, trust: &Trusted) -> Result<Outcome, Failure> {
    let ending = file.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    if ending == "statement" || ending == "tlog-proof" {
        only_for_labels(args, "a statement")?;
        return statement::verify(file, args.proof.as_deref(), &trust.keys).map(Outcome::Other);
    }
    let bytes = read_bounded(file, if ending == "snap" { MOST_SNAPSHOT } else { MOST })?;
    if ending == "snap" || Snapshot::looks_like(&bytes) {
        only_for_labels(args, "a snapshot")?;
        let on = args.on.unwrap_or_else(today::today);
        return Ok(Outcome::Other(snapshot(&bytes, &trust.keys, on)));
    }
    if let Some(read) = proof::of(file) {
        only_for_labels(args, "a proof of what a snapshot says")?;
        let on = args.on.unwrap_or_else(today::today);
        return Ok(Outcome::Other(read.and_then(|proof| proof::verify(&proof, &trust.keys, on))));
    }
    let house = crate::house::read(args.house.as_deref())?;
    label::judge(label::file(&bytes, trust, house), trust, &ask(args)).map(Outcome::Label)
}

/// Options that ask whether a label is in force say nothing of other files.
fn only_for_labels(args: &Args, what: &str) -> Result<(), Failure> {
    if args.snapshot.is_some() || args.register.is_some() {
        return Err(Failure::unreadable(format!(
            "--snapshot and --register ask about a label, and this is {what}"
        )));
    }
    Ok(())
}

/// Prints what was found and says how that ends.
fn report(args: &Args, trust: &Trusted, outcome: &Outcome, as_json: bool) -> Result<Exit, Failure> {
    let unpinned = "the keys were not pinned: give --trust";
    let (exit, facts, reason, words) = match outcome {
        Outcome::Label(judged) => {
            let exit = judged.exit(trust.pinned);
            let reason = match &judged.label {
                Some(_) if exit == Exit::Holds => None,
                Some(_) if judged.answer == Answer::AsIssued && !judged.open => Some(unpinned.to_owned()),
                Some(_) if judged.answer == Answer::Current => Some(unpinned.to_owned()),
                _ => Some(judged.sentence.clone()),
            };
            let facts = judged.label.as_ref().map(|(facts, _)| facts);
            let words =
                judged.label.as_ref().map(|(_, words)| format!("{words}  {}\n", plain(&judged.sentence)));
            (exit, facts, reason, words)
        }
        Outcome::Other(Ok(g)) if g.open.is_some() => {
            (Exit::Open, Some(&g.facts), g.open.clone(), Some(g.words.clone()))
        }
        Outcome::Other(Ok(g)) if trust.pinned => (Exit::Holds, Some(&g.facts), None, Some(g.words.clone())),
        Outcome::Other(Ok(g)) => {
            (Exit::Open, Some(&g.facts), Some(unpinned.to_owned()), Some(g.words.clone()))
        }
        Outcome::Other(Err(reason)) => (Exit::Found, None, Some(reason.clone()), None),
    };
    if as_json {
        let (answer, sentence, decided_by) = match outcome {
            Outcome::Label(j) => (json!(j.answer), json!(j.sentence), json!(j.decided_by)),
            Outcome::Other(_) => (Value::Null, Value::Null, Value::Null),
        };
        output::json(&json!({
            "schema": "assay-verify-0", "target": args.target, "answer": answer, "sentence": sentence,
            "decided_by": decided_by, "genuine": facts.is_some(), "reason": reason, "facts": facts,
            "trust": { "file": trust.file, "pinned": trust.pinned },
        }))?;
        return Ok(exit);
    }
    let head = match outcome {
        Outcome::Label(judged) => judged.answer.in_words(),
        Outcome::Other(_) => "genuine",
    };
    match words {
        Some(words) => output::print(&format!("{head}\n{words}"))?,
        None => output::print(&format!("refused: {}\n", plain(&reason.unwrap_or_default())))?,
    }
    Ok(exit)
}

fn snapshot(bytes: &[u8], trust: &Trust, on: Date) -> Found {
    let snapshot = Snapshot::open(bytes, trust.register(), trust.origin()).map_err(|e| e.to_string())?;
    snapshot.check().map_err(|e| e.to_string())?;
    let checkpoint = snapshot.checkpoint(trust.log()).map_err(|e| e.to_string())?;
    let h = snapshot.header();
    let mut words = format!(
        "  snapshot {} of {} ({} entries), {} records, good until {}\n",
        h.number, h.log_origin, h.log_size, h.records, h.valid_until
    );
    words.push_str(match checkpoint {
        Some(_) => "  it carries the log's signed checkpoint of that size and root\n",
        None => "  it carries no checkpoint of the log: the register's word alone says what it is of\n",
    });
    let old = (on > h.valid_until).then(|| format!("it was good until {}: fetch a newer one", h.valid_until));
    let open = old.or_else(|| h.was_made_after(on).then(|| standing::too_early(h, on)));
    words.extend(open.iter().map(|why| format!("  {why}\n")));
    Ok(Genuine { facts: json!({ "kind": "snapshot", "header": h }), words, open })
}
