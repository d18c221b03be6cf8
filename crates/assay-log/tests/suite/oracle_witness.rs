//! Cosignatures and quorums against independent code: ML-DSA-44 against `fips204`, Ed25519 cosignatures, policies and
//! whole proofs against `sigsum`, whose checkpoints and cosignatures are C2SP's with an origin of its own.
#![expect(clippy::unwrap_used, reason = "a helper of tests fails as the tests do")]

use assay_log::cosignature::Subtree;
use assay_log::{Checkpoint, Cosigner, CosignerKey, Hash, Note, Policy, Proof, Signer, Tree};
use ed25519_dalek::Signer as _;
use fips204::ml_dsa_44;
use fips204::traits::{KeyGen as _, SerDes as _, Signer as _, Verifier as _};
use proptest::prelude::*;
use proptest::sample::Index;
use sha2::{Digest as _, Sha256};

const NAME: &str = "witness.example/w1";

/// What ML-DSA-44 signs of a subtree, written down once more from the standard's text.
fn message(origin: &str, time: u64, start: u64, end: u64, hash: &Hash) -> Vec<u8> {
    let mut bytes = b"subtree/v1\n\0".to_vec();
    bytes.push(NAME.len() as u8);
    bytes.extend(NAME.bytes());
    bytes.extend(time.to_be_bytes());
    bytes.push(origin.len() as u8);
    bytes.extend(origin.bytes());
    bytes.extend([start, end].iter().flat_map(|n| n.to_be_bytes()));
    bytes.extend(hash.as_bytes());
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn an_ml_dsa_cosignature_is_theirs_byte_for_byte(
        seed in any::<[u8; 32]>(), origin in "[a-z./]{1,40}", size in 1..u64::MAX, time in 0..=i64::MAX as u64, root in any::<[u8; 32]>(), bit in any::<Index>(),
    ) {
        let (root, ours) = (Hash::new(root), Cosigner::ml_dsa_44(NAME, seed).unwrap());
        let (public, secret) = ml_dsa_44::KG::keygen_from_seed(&seed);
        prop_assert_eq!(ours.key().public_key(), public.clone().into_bytes());

        let checkpoint = Checkpoint::new(origin.as_str(), size, root).unwrap();
        let line = ours.cosign(&checkpoint, time).unwrap();
        let message = message(&origin, time, 0, size, &root);
        let deterministic = secret.try_sign_with_seed(&[0; 32], &message, &[]).unwrap();
        prop_assert_eq!(&line.bytes()[..8], time.to_be_bytes());
        prop_assert_eq!(&line.bytes()[8..], deterministic);

        // A hedged signature of theirs is one too; bent, neither takes it.
        let mut hedged = secret.try_sign_with_seed(&seed, &message, &[]).unwrap();
        let of = |signature: &[u8]| {
            let bytes = [&ours.key().key_id().to_be_bytes(), time.to_be_bytes().as_slice(), signature].concat();
            let line = format!("\u{2014} {NAME} {}", base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes));
            Note::parse(&format!("{checkpoint}\n{line}\n")).unwrap().signatures()[0].clone()
        };
        prop_assert_eq!(ours.key().verify(&checkpoint, &of(&hedged)), Ok(time));
        let bit = bit.index(hedged.len() * 8);
        hedged[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(!public.verify(&message, &hedged, &[]));
        prop_assert!(ours.key().verify(&checkpoint, &of(&hedged)).is_err());
    }
}

#[test]
fn a_part_of_a_tree_is_signed_as_the_standard_says() {
    let ours = Cosigner::ml_dsa_44(NAME, [8; 32]).unwrap();
    let (public, _) = ml_dsa_44::KG::keygen_from_seed(&[8; 32]);
    let hash = assay_log::leaf_hash(b"part");
    let line = ours.sign_subtree("example.com/log", Subtree::new(8, 13).unwrap(), &hash).unwrap();
    let message = message("example.com/log", 0, 8, 13, &hash);
    assert!(public.verify(&message, line.bytes()[8..].try_into().unwrap(), &[]));
    let key = CosignerKey::ml_dsa_44(NAME, &public.into_bytes()).unwrap();
    assert_eq!(&key, ours.key());
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn key_hash(key: &[u8]) -> [u8; 32] {
    Sha256::digest(key).into()
}

/// A Sigsum log of seven leaves, of which the fifth is ours, cosigned by three witnesses.
struct Sigsum {
    log: Signer,
    witnesses: Vec<Cosigner>,
    submitter: ed25519_dalek::SigningKey,
    message: [u8; 32],
    leaf: Vec<u8>,
    tree: Tree,
    checkpoint: Checkpoint,
}

fn sigsum_log() -> Sigsum {
    let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]).verifying_key();
    let origin = format!("sigsum.org/v1/tree/{}", hex(&key_hash(key.as_bytes())));
    let log = Signer::new(&origin, [1; 32]).unwrap();
    let submitter = ed25519_dalek::SigningKey::from_bytes(&[2; 32]);
    let message = [9; 32];
    let checksum: [u8; 32] = Sha256::digest(message).into();
    let signed = [b"sigsum.org/v1/tree-leaf\0".as_slice(), &checksum].concat();
    let leaf = [
        checksum.as_slice(),
        &submitter.sign(&signed).to_bytes(),
        &key_hash(submitter.verifying_key().as_bytes()),
    ]
    .concat();
    let tree = Tree::from_entries((0..7_u8).map(|n| if n == 4 { leaf.clone() } else { vec![n; 128] }));
    let checkpoint = Checkpoint::new(origin, 7, tree.root()).unwrap();
    let witnesses = (1..=3).map(|n| Cosigner::ed25519(&format!("w{n}"), [10 + n; 32]).unwrap()).collect();
    Sigsum { log, witnesses, submitter, message, leaf, tree, checkpoint }
}

impl Sigsum {
    /// Our proof of the leaf, with these cosignatures.
    fn proof(&self, cosigned: &[usize]) -> Proof {
        let lines = cosigned
            .iter()
            .map(|at| self.witnesses[*at].cosign(&self.checkpoint, 1_800_000_000 + *at as u64).unwrap());
        let note = self.checkpoint.sign(&self.log).unwrap().with_signatures(lines).unwrap();
        Proof::new(4, self.tree.inclusion_proof(4, 7).unwrap(), note.to_string()).unwrap()
    }

    /// The same in Sigsum's own words.
    fn their_proof(&self, proof: &Proof) -> String {
        let note = Note::parse(proof.checkpoint_note()).unwrap();
        let mut text = format!(
            "version=2\nlog={}\nleaf={} {}\n\nsize={}\nroot_hash={:?}\n",
            hex(&key_hash(self.log.verifier().public_key())),
            hex(&key_hash(self.submitter.verifying_key().as_bytes())),
            hex(&self.leaf[32..96]),
            self.checkpoint.size(),
            self.checkpoint.root(),
        );
        for line in note.signatures() {
            if line.name() == self.log.verifier().name() {
                text.push_str(&format!("signature={}\n", hex(line.bytes())));
                continue;
            }
            let witness = self.witnesses.iter().find(|witness| witness.key().is_of(line)).unwrap();
            let time = u64::from_be_bytes(*line.bytes().first_chunk().unwrap());
            let key = hex(&key_hash(witness.key().public_key()));
            text.push_str(&format!("cosignature={key} {time} {}\n", hex(&line.bytes()[8..])));
        }
        text.push_str(&format!("\nleaf_index={}\n", proof.index()));
        proof.hashes().iter().for_each(|hash| text.push_str(&format!("node_hash={hash:?}\n")));
        text
    }

    /// The policy, in our words and in theirs.
    fn policies(&self, rules: &str) -> (Policy, sigsum::Policy) {
        let (mut ours, mut theirs) = (
            format!("log {}\n", self.log.verifier()),
            format!("log {}\n", hex(self.log.verifier().public_key())),
        );
        for (witness, n) in self.witnesses.iter().zip(1..) {
            ours.push_str(&format!("witness w{n} {}\n", witness.key()));
            theirs.push_str(&format!("witness w{n} {}\n", hex(witness.key().public_key())));
        }
        (
            format!("{ours}{rules}").parse().unwrap(),
            sigsum::Policy::parse(&format!("{theirs}{rules}")).unwrap(),
        )
    }

    fn they_accept(&self, proof: &str, policy: &sigsum::Policy) -> bool {
        let submitter = sigsum::PublicKey::from(*self.submitter.verifying_key().as_bytes());
        sigsum::SigsumSignature::from_ascii(proof).is_ok_and(|signature| {
            sigsum::verify(&self.message.into(), &signature, &[submitter], policy).is_ok()
        })
    }
}

#[test]
fn both_come_to_the_same_verdict_under_every_quorum() {
    let log = sigsum_log();
    for rules in [
        "quorum none\n",
        "quorum w2\n",
        "group g any w1 w2 w3\nquorum g\n",
        "group g all w1 w2 w3\nquorum g\n",
        "group g 2 w1 w2 w3\nquorum g\n",
        "group g any w1 w2\ngroup h all g w3\nquorum h\n",
        "group g all w1 w2\ngroup h any g w3\nquorum h\n",
        "group g all w1 w2\nquorum w3\n",
    ] {
        let (ours, theirs) = log.policies(rules);
        for set in 0..8_usize {
            let cosigned: Vec<usize> = (0..3).filter(|at| set & (1 << at) != 0).collect();
            let proof = log.proof(&cosigned);
            let we = proof.verify_under(&log.leaf, &ours).is_ok();
            let they = log.they_accept(&log.their_proof(&proof), &theirs);
            assert_eq!(we, they, "{rules} {cosigned:?}");
            let hashes: Vec<sigsum::Hash> =
                cosigned.iter().map(|at| key_hash(log.witnesses[*at].key().public_key()).into()).collect();
            assert_eq!(we, theirs.check_quorum(&hashes), "{rules} {cosigned:?}");
        }
    }
}

#[test]
fn both_refuse_the_same_bent_proofs() {
    let log = sigsum_log();
    let (ours, theirs) = log.policies("group g 2 w1 w2 w3\nquorum g\n");
    let proof = log.proof(&[0, 2]);
    assert!(log.they_accept(&log.their_proof(&proof), &theirs));
    // One bit of every byte of every signature and time, and of every hash of the path.
    let note = Note::parse(proof.checkpoint_note()).unwrap();
    let mut bent = Vec::new();
    for (at, line) in note.signatures().iter().enumerate() {
        for byte in 0..line.bytes().len() {
            let mut bytes = [&line.key_id().to_be_bytes(), line.bytes()].concat();
            bytes[4 + byte] ^= 1 << (byte % 8);
            let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes);
            let mut lines: Vec<String> = note.signatures().iter().map(ToString::to_string).collect();
            lines[at] = format!("\u{2014} {} {text}", line.name());
            let text = format!("{}\n{}\n", note.text(), lines.join("\n"));
            bent.push(Proof::new(4, proof.hashes().to_vec(), text).unwrap());
        }
    }
    for at in 0..proof.hashes().len() * 32 {
        let mut hashes = proof.hashes().to_vec();
        let mut bytes = *hashes[at / 32].as_bytes();
        bytes[at % 32] ^= 1 << (at % 8);
        hashes[at / 32] = Hash::new(bytes);
        bent.push(Proof::new(4, hashes, proof.checkpoint_note()).unwrap());
    }
    for index in [0, 3, 5, 6, 7, u64::MAX] {
        bent.push(Proof::new(index, proof.hashes().to_vec(), proof.checkpoint_note()).unwrap());
    }
    assert!(bent.len() > 250);
    for proof in bent {
        assert!(proof.verify_under(&log.leaf, &ours).is_err(), "{proof}");
        assert!(!log.they_accept(&log.their_proof(&proof), &theirs), "{proof}");
    }
}

/// Of policies that are wrong both say so; what Sigsum lets pass and C2SP's text does not, we refuse.
#[test]
fn of_wrong_policies_both_say_the_same() {
    let log = sigsum_log();
    for (rules, they) in [
        ("", false),
        ("quorum w4\n", false),
        ("quorum w1\nquorum w1\n", false),
        ("quorum\n", false),
        ("group g any w4\nquorum g\n", false),
        ("group g most w1\nquorum g\n", false),
        ("group w1 any w2\nquorum w1\n", false),
        ("wintess w1\nquorum none\n", false),
        ("group g 0 w1\nquorum g\n", true),
        ("group g 4 w1 w2 w3\nquorum g\n", true),
        ("group g 2 w1 w1\nquorum g\n", true),
        ("quorum w1", true),
    ] {
        let (mut ours, mut theirs) = (String::new(), String::new());
        for (witness, n) in log.witnesses.iter().zip(1..) {
            ours.push_str(&format!("witness w{n} {}\n", witness.key()));
            theirs.push_str(&format!("witness w{n} {}\n", hex(witness.key().public_key())));
        }
        assert!(format!("{ours}{rules}").parse::<Policy>().is_err(), "{rules}");
        assert_eq!(sigsum::Policy::parse(&format!("{theirs}{rules}")).is_ok(), they, "{rules}");
    }
}
