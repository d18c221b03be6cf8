//! Every parser of outside bytes of this crate, over a committed corpus and over what becomes of it when it is bent. A
//! few seconds in an ordinary run, forty for each target with `ASSAY_LONG=1`; stable Rust, no other tool.
//!
//! No target is content with "it did not panic": what is accepted is written back byte for byte, and where there
//! are signatures only what was signed is believed.
#![expect(clippy::print_stderr, reason = "how much was tried and accepted is worth seeing")]
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
#![expect(
    clippy::disallowed_methods,
    reason = "the corpus is read and a run is bounded in time; the crate itself does neither"
)]

mod harness;
mod seeds;

use assay_log::tile::bundle;
use assay_log::witness::{AddCheckpoint, Last, consider, read_answer};
use assay_log::{
    Checkpoint, CosignerKey, Hash, LogKey, Note, Policy, Proof, TilePath, Verifier, checkpoint, tile,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use harness::{Verdict, as_it_is, corpus, folder, run};
use proptest::{prop_assert, prop_assert_eq};
use sha2::{Digest as _, Sha256};

/// What is accepted is written back byte for byte.
fn same<T: ToString, E>(input: &[u8], read: impl Fn(&str) -> Result<T, E>) -> Verdict {
    let Ok(text) = str::from_utf8(input) else { return Ok(false) };
    let Ok(value) = read(text) else { return Ok(false) };
    prop_assert_eq!(value.to_string(), text);
    Ok(true)
}

#[test]
fn the_seeds_are_committed() {
    for (target, name, bytes) in seeds::all() {
        let place = folder(target).join(name);
        if std::env::var_os("UPDATE_CORPUS").is_some() {
            std::fs::create_dir_all(folder(target)).unwrap();
            std::fs::write(&place, &bytes).unwrap();
        }
        let committed = corpus(target).remove(name).unwrap_or_default();
        assert!(
            committed == bytes,
            "{target}/{name} changed: was the format meant to? UPDATE_CORPUS=1 writes it"
        );
        assert!(bytes.len() < 16_384, "{target}/{name} is too large for a corpus");
    }
}

#[test]
fn hash() {
    run("hash", 10, as_it_is, |input| same(input, Hash::from_base64));
}

#[test]
fn note() {
    run("note", 10, as_it_is, |input| {
        let accepted = same(input, Note::parse)?;
        if let Some(note) = str::from_utf8(input).ok().and_then(|text| Note::parse(text).ok()) {
            prop_assert!(note.text().ends_with('\n') && (1..=100).contains(&note.signatures().len()));
            if let Ok(verified) = note.verify(&[seeds::log().verifier().clone()]) {
                let known = [7, 40].map(|size| seeds::checkpoint(size).to_string());
                prop_assert!(
                    verified.text() == "a\n\n\nb\n\n" || known.iter().any(|text| text == verified.text())
                );
            }
        }
        Ok(accepted)
    });
}

#[test]
fn checkpoint_text() {
    run("checkpoint", 10, as_it_is, |input| same(input, Checkpoint::parse));
}

/// Gives the text of a key the id that belongs to it.
fn with_the_right_id(input: &[u8]) -> Vec<u8> {
    let mend = |text: &str| {
        let (name, rest) = text.split_once('+')?;
        let (_, key) = rest.split_once('+')?;
        let bytes = STANDARD.decode(key).ok()?;
        let hash = Sha256::digest([name.as_bytes(), b"\n", &bytes].concat());
        let id: String = hash[..4].iter().map(|byte| format!("{byte:02x}")).collect();
        Some(format!("{name}+{id}+{key}"))
    };
    str::from_utf8(input).ok().and_then(mend).map_or_else(|| input.to_vec(), String::into_bytes)
}

#[test]
fn log_key() {
    run("log-key", 10, with_the_right_id, |input| {
        same(input, Verifier::parse)?;
        same(input, LogKey::parse)
    });
}

#[test]
fn cosigner_key() {
    run("cosigner-key", 10, with_the_right_id, |input| same(input, CosignerKey::parse));
}

#[test]
fn tile_path() {
    run("tile-path", 10, as_it_is, |input| {
        let accepted = same(input, TilePath::parse)?;
        prop_assert!(
            !accepted || (input.starts_with(b"tile/") && !input.windows(2).any(|pair| pair == b".."))
        );
        Ok(accepted)
    });
}

#[test]
fn tile_of_hashes() {
    run("tile", 10, as_it_is, |input| {
        let Some((width, bytes)) = input.split_first() else { return Ok(false) };
        let Ok(hashes) = tile::hashes(bytes, u16::from(*width)) else { return Ok(false) };
        let written: Vec<u8> = hashes.iter().flat_map(|hash| *hash.as_bytes()).collect();
        prop_assert_eq!(written, bytes);
        Ok(true)
    });
}

#[test]
fn entry_bundle() {
    run("bundle", 10, as_it_is, |input| {
        let Some((count, bytes)) = input.split_first() else { return Ok(false) };
        let Ok(entries) = bundle::decode(bytes, usize::from(*count)) else { return Ok(false) };
        prop_assert_eq!(entries.len(), usize::from(*count));
        prop_assert_eq!(bundle::encode(entries), Ok(bytes.to_vec()));
        Ok(true)
    });
}

#[test]
fn proof() {
    let keys = [seeds::log().verifier().clone()];
    run("proof", 10, as_it_is, |input| {
        let accepted = same(input, Proof::parse)?;
        if let Some(proof) = str::from_utf8(input).ok().and_then(|text| Proof::parse(text).ok()) {
            prop_assert!(proof.hashes().len() <= 64);
            for entry in [0, 4, 12_u64] {
                if let Ok(included) = proof.verify(&entry.to_be_bytes(), seeds::ORIGIN, &keys) {
                    prop_assert_eq!(included.index(), entry, "entry n of this log stands at n");
                }
            }
        }
        Ok(accepted)
    });
}

/// Gives every key in a policy the id that belongs to it.
fn with_the_right_ids(input: &[u8]) -> Vec<u8> {
    let word = |word: &[u8]| if word.len() > 40 { with_the_right_id(word) } else { word.to_vec() };
    let line = |line: &[u8]| line.split(|b| *b == b' ').map(word).collect::<Vec<_>>().join(&b' ');
    input.split(|b| *b == b'\n').map(line).collect::<Vec<_>>().join(&b'\n')
}

#[test]
fn policy() {
    run("policy", 10, with_the_right_ids, |input| {
        let Ok(policy) = Policy::parse(input) else { return Ok(false) };
        // Spaces and comments are free, so the bytes may differ: but not the second time.
        let written = policy.to_bytes();
        let again = Policy::parse(&written);
        prop_assert_eq!(again.as_ref(), Ok(&policy));
        prop_assert_eq!(policy.to_bytes(), written);
        Ok(true)
    });
}

#[test]
fn request() {
    let keys = [seeds::log().verifier().clone().into()];
    run("request", 10, as_it_is, |input| {
        let Ok(request) = AddCheckpoint::parse(input) else { return Ok(false) };
        prop_assert_eq!(request.to_string().into_bytes(), input);
        for size in [0, 3, 7] {
            let last = Last { size, root: seeds::tree().root_at(size).unwrap(), time: seeds::TIME };
            if let Ok(advance) = consider(&request, Some(&keys), Some(&last), seeds::TIME) {
                prop_assert_eq!(
                    advance.checkpoint().checkpoint(),
                    &seeds::checkpoint(7),
                    "only what the log signed"
                );
                prop_assert_eq!(advance.after().root, seeds::tree().root_at(7).unwrap());
            }
        }
        Ok(true)
    });
}

#[test]
fn answer() {
    let keys = [seeds::ed25519().key().clone(), seeds::ml_dsa().key().clone()];
    let request = seeds::request(3, 7);
    let genuine = seeds::cosigned(7).signatures()[1..].to_vec();
    run("answer", 0, as_it_is, |input| {
        let Some(at) = input.iter().position(|b| *b == b'\n') else { return Ok(false) };
        let head = String::from_utf8_lossy(&input[..at]).into_owned();
        let (status, content_type) = head.split_once(' ').unwrap_or((&head, "-"));
        let Ok(status) = status.parse() else { return Ok(false) };
        let said = read_answer(&request, status, Some(content_type), &input[at + 1..], &keys, seeds::TIME);
        let Ok(lines) = said else { return Ok(false) };
        prop_assert_eq!(lines, genuine.clone(), "no other cosignature of these keys was ever made");
        Ok(true)
    });
}

#[test]
fn cosigned_checkpoint() {
    let policy: Policy = seeds::policy().parse().unwrap();
    let key = [seeds::log().verifier().clone()];
    run("cosigned", 0, as_it_is, |input| {
        let Ok(text) = str::from_utf8(input) else { return Ok(false) };
        let Ok(witnessed) = policy.open(text) else { return Ok(false) };
        prop_assert_eq!(witnessed.checkpoint().checkpoint(), &seeds::checkpoint(7), "only what was signed");
        prop_assert!(!witnessed.cosigned().is_empty());
        prop_assert!(witnessed.cosigned().iter().all(|by| [0, 5].contains(&(by.time() - seeds::TIME))));
        prop_assert!(checkpoint::open(text, seeds::ORIGIN, &key).is_ok());
        prop_assert_eq!(witnessed.checkpoint().note().note().to_string(), text);
        Ok(true)
    });
}
