//! The seeds of the corpus: good inputs of every kind, made with fixed keys, and some that must be refused. They are
//! committed, so that a change of a format shows as a change of files; `UPDATE_CORPUS=1` writes them.

use assay_log::cosignature::Subtree;
use assay_log::tile::bundle;
use assay_log::witness::AddCheckpoint;
use assay_log::{Checkpoint, Cosigner, Hash, Note, Proof, Signer, Tree};

pub(crate) const ORIGIN: &str = "example.org/log";
pub(crate) const TIME: u64 = 1_800_000_000;

pub(crate) fn log() -> Signer {
    Signer::new(ORIGIN, [1; 32]).unwrap()
}

pub(crate) fn ed25519() -> Cosigner {
    Cosigner::ed25519("north.example/w", [2; 32]).unwrap()
}

pub(crate) fn ml_dsa() -> Cosigner {
    Cosigner::ml_dsa_44("south.example/w", [3; 32]).unwrap()
}

pub(crate) fn tree() -> Tree {
    Tree::from_entries((0..40_u64).map(u64::to_be_bytes))
}

pub(crate) fn checkpoint(size: u64) -> Checkpoint {
    Checkpoint::new(ORIGIN, size, tree().root_at(size).unwrap()).unwrap()
}

/// A checkpoint's note with the log's signature and both cosignatures.
pub(crate) fn cosigned(size: u64) -> Note {
    let lines = [
        ed25519().cosign(&checkpoint(size), TIME).unwrap(),
        ml_dsa().cosign(&checkpoint(size), TIME).unwrap(),
    ];
    checkpoint(size).sign(&log()).unwrap().with_signatures(lines).unwrap()
}

fn signed(size: u64) -> Note {
    checkpoint(size).sign(&log()).unwrap()
}

/// The policy that the inputs of `cosigned` are judged under.
pub(crate) fn policy() -> String {
    format!(
        "log {}\nwitness north {}\nwitness south {} https://south.example\ngroup both any north south\nquorum both\n",
        log().verifier(),
        ed25519().key(),
        ml_dsa().key()
    )
}

pub(crate) fn request(old: u64, size: u64) -> AddCheckpoint {
    let proof = if old == 0 { vec![] } else { tree().consistency_proof(old, size).unwrap() };
    AddCheckpoint::new(old, proof, signed(size)).unwrap()
}

/// An answer as the target takes it: a line with the status and content type, and the body.
fn answer(head: &str, body: &str) -> Vec<u8> {
    format!("{head}\n{body}").into_bytes()
}

fn proof(index: u64, size: u64, note: &Note) -> Proof {
    Proof::new(index, tree().inclusion_proof(index, size).unwrap(), note.to_string()).unwrap()
}

/// Every seed: target, name, bytes.
pub(crate) fn all() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let hashes = |count: usize| {
        (0..count as u64).flat_map(|n| *tree().leaf(n).unwrap().as_bytes()).collect::<Vec<u8>>()
    };
    let with_count = |count: u8, bytes: Vec<u8>| [vec![count], bytes].concat();
    let extended = checkpoint(7).with_extensions(vec!["one".into(), "— two".into()]).unwrap();
    let lines = |note: &Note| note.signatures().iter().map(|line| format!("{line}\n")).collect::<String>();
    let part = ml_dsa().sign_subtree(ORIGIN, Subtree::new(8, 13).unwrap(), &Hash::new([7; 32])).unwrap();
    let text = |text: String| text.into_bytes();
    vec![
        ("hash", "ok-leaf", text(tree().leaf(0).unwrap().to_string())),
        ("hash", "no-unused-bits", b"bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB1=".to_vec()),
        ("note", "ok-log", text(signed(7).to_string())),
        ("note", "ok-empty-lines", text(log().sign("a\n\n\nb\n\n").unwrap().to_string())),
        ("note", "ok-cosigned", text(cosigned(7).to_string())),
        ("note", "no-signature", b"a\n\n".to_vec()),
        ("checkpoint", "ok-plain", text(checkpoint(7).to_string())),
        ("checkpoint", "ok-nothing", text(checkpoint(0).to_string())),
        ("checkpoint", "ok-extended", text(extended.to_string())),
        ("checkpoint", "no-leading-zero", text(checkpoint(7).to_string().replacen("\n7\n", "\n07\n", 1))),
        ("log-key", "ok-ed25519", text(log().verifier().to_string())),
        ("log-key", "ok-ml-dsa", text(Cosigner::ml_dsa_44(ORIGIN, [9; 32]).unwrap().key().to_string())),
        ("log-key", "no-cosigner", text(ed25519().key().to_string())),
        ("cosigner-key", "ok-ed25519", text(ed25519().key().to_string())),
        ("cosigner-key", "ok-ml-dsa", text(ml_dsa().key().to_string())),
        ("cosigner-key", "no-log", text(log().verifier().to_string())),
        ("tile-path", "ok-full", b"tile/0/x001/x234/067".to_vec()),
        ("tile-path", "ok-partial", b"tile/63/000.p/255".to_vec()),
        ("tile-path", "ok-entries", b"tile/entries/x072/057.p/1".to_vec()),
        ("tile-path", "no-way-out", b"tile/0/../../etc".to_vec()),
        ("tile", "ok-three", with_count(3, hashes(3))),
        ("tile", "ok-one", with_count(1, hashes(1))),
        ("tile", "no-short", with_count(3, hashes(2))),
        ("bundle", "ok-three", with_count(3, bundle::encode(["one", "", "three"]).unwrap())),
        ("bundle", "ok-long", with_count(1, bundle::encode([vec![7; 300]]).unwrap())),
        ("bundle", "no-cut", with_count(2, bundle::encode(["one"]).unwrap())),
        ("proof", "ok-plain", text(proof(4, 7, &signed(7)).to_string())),
        ("proof", "ok-alone", text(proof(0, 1, &signed(1)).to_string())),
        (
            "proof",
            "ok-extra",
            text(proof(4, 7, &signed(7)).with_extra(b"more".to_vec()).unwrap().to_string()),
        ),
        ("proof", "ok-cosigned", text(proof(12, 40, &cosigned(40)).to_string())),
        ("proof", "no-version", text(proof(4, 7, &signed(7)).to_string().replacen("@v1", "@v2", 1))),
        ("policy", "ok-two", text(policy())),
        ("policy", "ok-none", b"# nobody\n\nquorum none\n".to_vec()),
        (
            "policy",
            "ok-nested",
            text(format!("\twitness a {}\n\ngroup g all a\ngroup h 1 g \nquorum h\n", ed25519().key())),
        ),
        ("policy", "no-quorum", text(format!("log {}\n", log().verifier()))),
        ("request", "ok-grown", text(request(3, 7).to_string())),
        ("request", "ok-first", text(request(0, 7).to_string())),
        ("request", "ok-again", text(request(7, 7).to_string())),
        ("request", "no-old", text(signed(7).to_string())),
        ("answer", "ok-both", answer("200 -", &lines(&cosigned(7))[lines(&signed(7)).len()..])),
        ("answer", "no-size", answer("409 text/x.tlog.size", "7\n")),
        ("answer", "no-other", answer("200 -", &lines(&cosigned(8)))),
        ("answer", "no-words", answer("422 text/plain", "the proof does not hold\n")),
        ("cosigned", "ok-both", text(cosigned(7).to_string())),
        (
            "cosigned",
            "ok-north",
            text(
                signed(7)
                    .with_signatures([ed25519().cosign(&checkpoint(7), TIME + 5).unwrap()])
                    .unwrap()
                    .to_string(),
            ),
        ),
        ("cosigned", "no-witness", text(signed(7).to_string())),
        ("cosigned", "no-part", text(signed(7).with_signatures([part]).unwrap().to_string())),
    ]
}
