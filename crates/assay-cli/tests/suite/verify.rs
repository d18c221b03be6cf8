//! What `assay verify` answers of a label: offline, with a snapshot, by asking a register; and of what was made to deceive.

use std::fs;
use std::path::{Path, PathBuf};

use assay::key::SecretKey;
use assay::statement::{Digest, LabelSuspended, MakerId, ProductId, Statement, Withdrawn};
use assay::trust::{Retired, Trust, self_contained};
use assay_log::proof::Proof;
use serde_json::Value;
use tempfile::TempDir;

use crate::common::{Ran, Served, folder, run};

/// A demo whose register serves again, at another address than its labels lead to.
pub(crate) struct Demo {
    folder: TempDir,
    pub(crate) served: Served,
    told: Value,
}

fn today() -> assay::date::Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

impl Demo {
    pub(crate) fn new() -> Self {
        let folder = folder();
        let out = folder.path().join("demo");
        let ran = run(["demo", "--once", "--json", "--out", out.to_str().unwrap()]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let served = Served::start(&out.join("register"));
        Self { folder, served, told: ran.json() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("demo").join(name)
    }

    fn link(&self) -> String {
        self.told["products"][0]["label"]["link"].as_str().unwrap().to_owned()
    }

    pub(crate) fn product(&self) -> ProductId {
        ProductId::parse(self.told["products"][0]["id"].as_str().unwrap()).unwrap()
    }

    fn fetch(&self, path: &str) -> Vec<u8> {
        let fetcher = assay_probe::Fetcher::new(assay_probe::Reach::Named, &self.served.address).unwrap();
        fetcher.get(&format!("{}{path}", self.served.address), 8 << 20).unwrap().body
    }

    pub(crate) fn json(&self, path: &str) -> Value {
        serde_json::from_slice(&self.fetch(path)).unwrap()
    }

    /// The label's statement as the product's page names it.
    fn label_index(&self) -> u64 {
        let page = self.json(&format!("/api/v1/products/{}", self.product()));
        page["schemes"][0]["label"]["statement"].as_u64().unwrap()
    }

    fn send(&self, statement: &Statement, key: &SecretKey) {
        let origin = Trust::parse(&fs::read_to_string(self.path("trust.txt")).unwrap()).unwrap();
        let bytes = statement.sign(key, origin.origin()).unwrap();
        let fetcher = assay_probe::Fetcher::new(assay_probe::Reach::Named, &self.served.address).unwrap();
        let url = format!("{}/api/v1/statements", self.served.address);
        let answer = fetcher.post(&url, "application/cose", bytes, 1 << 20).unwrap();
        assert!(answer.status < 300, "{}", String::from_utf8_lossy(&answer.body));
    }

    fn key(&self, path: &str) -> SecretKey {
        SecretKey::from_file(&fs::read_to_string(self.path(path)).unwrap()).unwrap()
    }

    pub(crate) fn verify(&self, target: &str, more: &[&str]) -> Ran {
        let trust = self.path("trust.txt");
        run(["verify", target, "--json", "--trust", trust.to_str().unwrap()].iter().chain(more))
    }

    fn snapshot(&self) -> String {
        let (trust, out) = (self.path("trust.txt"), self.path("now.snap"));
        let (trust, out) = (trust.to_str().unwrap(), out.to_str().unwrap());
        let _ = fs::remove_file(out);
        let ran =
            run(["snapshot", "fetch", "--register", &self.served.address, "--trust", trust, "--out", out]);
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        out.to_owned()
    }

    /// Both ways to ask give this answer and end so.
    fn both(&self, code: i32, answer: &str) {
        let snapshot = self.snapshot();
        let by_snapshot = self.verify(&self.link(), &["--snapshot", &snapshot]);
        says(&by_snapshot, code, answer);
        assert_eq!(by_snapshot.json()["decided_by"], "snapshot");
        says(&self.verify(&self.link(), &["--register", &self.served.address]), code, answer);
    }
}

fn says(ran: &Ran, code: i32, answer: &str) {
    assert_eq!(ran.json()["answer"], answer, "{}{}", ran.out, ran.err);
    assert_eq!(ran.code, code, "{}{}", ran.out, ran.err);
}

#[test]
fn a_label_is_as_issued_offline_and_in_force_by_snapshot_and_register() {
    let demo = Demo::new();
    let offline = demo.verify(&demo.link(), &[]);
    says(&offline, 0, "as-issued");
    assert_eq!(offline.json()["decided_by"], Value::Null);
    demo.both(0, "current");
    // A photograph, too.
    let png = demo.path("labels/hc-2.png");
    says(&demo.verify(png.to_str().unwrap(), &["--register", &demo.served.address]), 0, "current");
    // An old snapshot allows nothing.
    let old = demo.verify(&demo.link(), &["--snapshot", &demo.snapshot(), "--on", "2099-01-01"]);
    says(&old, 3, "as-issued");
    assert!(old.json()["reason"].as_str().unwrap().contains("cannot say what holds today"), "{}", old.out);
    // Nor does a day before it was made: a clock that stands there is wrong.
    let early = demo.verify(&demo.link(), &["--snapshot", &demo.snapshot(), "--on", "2020-01-01"]);
    says(&early, 3, "as-issued");
    assert!(early.json()["reason"].as_str().unwrap().contains("set this machine's clock"), "{}", early.out);
    // Nobody answers there.
    let ran = demo.verify(&demo.link(), &["--register", "http://127.0.0.1:9"]);
    assert_eq!(ran.code, 4, "{}{}", ran.out, ran.err);
}

#[test]
fn the_labels_own_address_is_never_contacted() {
    // Whoever listens where the label leads hears nothing, not even when another register is asked.
    let demo = Demo::new();
    let port =
        demo.link().split(':').nth(2).and_then(|rest| rest.split('/').next()).map(str::to_owned).unwrap();
    let Ok(listener) = std::net::TcpListener::bind(format!("127.0.0.1:{port}")) else { return };
    listener.set_nonblocking(true).unwrap();
    says(&demo.verify(&demo.link(), &[]), 0, "as-issued");
    says(&demo.verify(&demo.link(), &["--register", &demo.served.address]), 0, "current");
    assert!(listener.accept().is_err(), "somebody connected");
}

#[test]
fn a_later_label_supersedes_the_printed_one() {
    let demo = Demo::new();
    let case = demo.path("cases/hearth-camera");
    let file = case.join("product.toml");
    let text = fs::read_to_string(&file).unwrap();
    let until = demo.told["products"][0]["label"]["updates_until"].as_str().unwrap();
    let year: i32 = until[..4].parse().unwrap();
    let later = until.replacen(&year.to_string(), &(year + 1).to_string(), 1);
    let words = assay::date::in_words(assay::date::parse(until).unwrap());
    let later_words = assay::date::in_words(assay::date::parse(&later).unwrap());
    for place in ["product.toml", "evidence/support.txt", "statement.toml"] {
        let place = case.join(place);
        let text = fs::read_to_string(&place).unwrap();
        fs::write(&place, text.replace(until, &later).replace(&words, &later_words)).unwrap();
    }
    assert_ne!(fs::read_to_string(&file).unwrap(), text);
    let key = case.join("maker.key");
    let (case, key) = (case.to_str().unwrap(), key.to_str().unwrap());
    let ran = run(["submit", case, "--register", &demo.served.address, "--key", key]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    demo.both(1, "superseded");
    let ran = demo.verify(&demo.link(), &["--register", &demo.served.address]);
    assert_eq!(ran.json()["decided_by"], "proof", "{}", ran.out);
}

#[test]
fn a_declaration_that_was_taken_back_withdraws_the_label() {
    let demo = Demo::new();
    let key = demo.key("cases/hearth-camera/maker.key");
    let page = demo.json(&format!("/api/v1/products/{}", demo.product()));
    let withdrawn = Withdrawn {
        maker: MakerId::of(&key.public()),
        product: demo.product(),
        declaration: page["declaration"].as_u64().unwrap(),
        on: today(),
    };
    demo.send(&Statement::Withdrawn(withdrawn), &key);
    demo.both(1, "withdrawn");
}

#[test]
fn a_suspended_label_is_called_so() {
    let demo = Demo::new();
    let suspended = LabelSuspended {
        product: demo.product(),
        scheme: "uk-2019-option-a".into(),
        label: demo.label_index(),
        document: Digest([7; 32]),
        on: today(),
    };
    demo.send(&Statement::LabelSuspended(suspended), &demo.key("register/register.key"));
    demo.both(1, "suspended");
    let ran = demo.verify(&demo.link(), &["--register", &demo.served.address]);
    assert_eq!(ran.json()["decided_by"], "proof", "{}", ran.out);
}

/// The demo's keys as they would be after the register's key was changed: the old one is retired.
fn after_a_change(demo: &Demo, on: assay::date::Date) -> String {
    let trust = Trust::parse(&fs::read_to_string(demo.path("trust.txt")).unwrap()).unwrap();
    let new = SecretKey::from_seed(&[42; 32]).public();
    let retired = trust.register().iter().map(|key| Retired { key: *key, on }).collect();
    let later = Trust::new(trust.log().clone(), vec![new]).with_retired(retired);
    let file = demo.path("later.txt");
    fs::write(&file, later.to_string()).unwrap();
    file.to_str().unwrap().to_owned()
}

#[test]
fn a_label_by_a_retired_key_waits_for_the_log() {
    let demo = Demo::new();
    let trust = after_a_change(&demo, today());
    let verify = |more: &[&str]| {
        run(["verify", &demo.link(), "--json", "--trust", &trust].iter().copied().chain(more.iter().copied()))
    };
    let ran = verify(&[]);
    says(&ran, 3, "key-retired");
    assert!(ran.json()["sentence"].as_str().unwrap().contains("only the log can say"), "{}", ran.out);
    says(&verify(&["--register", &demo.served.address]), 0, "current");

    // A proof that carries the label's statement shows that it was issued, without anybody being asked.
    let index = demo.label_index();
    let entry = demo.fetch(&format!("/api/v1/entries/{index}"));
    let proof = String::from_utf8(demo.fetch(&format!("/api/v1/proofs/{index}"))).unwrap();
    let alone = demo.path("label.tlog-proof");
    let text = self_contained(Proof::parse(&proof).unwrap(), &entry).unwrap().to_string();
    fs::write(&alone, text).unwrap();
    says(&verify(&["--proof", alone.to_str().unwrap()]), 0, "as-issued");

    // What says that it was issued later was not issued by the register.
    let earlier = today().yesterday().unwrap();
    let trust = after_a_change(&demo, earlier);
    let ran = run(["verify", &demo.link(), "--json", "--trust", &trust]);
    says(&ran, 1, "not-ours");
    assert!(ran.json()["reason"].as_str().unwrap().contains("was retired on"), "{}", ran.out);
}

#[test]
fn who_holds_a_retired_key_makes_no_label_that_a_snapshot_would_carry() {
    let demo = Demo::new();
    let thief = SecretKey::from_seed(&[9; 32]);
    let kept = Trust::parse(&fs::read_to_string(demo.path("trust.txt")).unwrap()).unwrap();
    let trust = Trust::new(kept.log().clone(), kept.register().to_vec());
    let trust = trust.with_retired(vec![Retired { key: thief.public(), on: today() }]);
    let file = demo.path("stolen.txt");
    fs::write(&file, trust.to_string()).unwrap();
    let (file, snapshot) = (file.to_str().unwrap(), demo.snapshot());
    let link = demo.link();
    let (base, rest) = link.split_once("/01/").unwrap();
    let forged = |until: &str| {
        let day = |text: &str| assay::date::to_days(assay::date::parse(text).unwrap());
        let gtin: u64 = rest[..14].parse().unwrap();
        // Checked by a laboratory, which nobody ever said of it.
        let said = (0u8, gtin, 1u16, 0u8, 2u8, day(until), assay::date::to_days(today()), demo.label_index());
        let bytes =
            assay::cose::sign(&thief, assay::cose::Purpose::Label, base, assay::cbor::to_bytes(&said));
        let payload = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, bytes);
        let link = format!("{base}/01/{}?a={payload}", &rest[..14]);
        run(["verify", &link, "--json", "--trust", file, "--snapshot", &snapshot])
    };
    says(&forged("2099-12-31"), 1, "altered");
    says(&forged("2030-05-31"), 3, "key-retired");
}

#[test]
fn a_proof_that_carries_its_statement_is_one_file() {
    let demo = Demo::new();
    let index = demo.label_index();
    let entry = demo.fetch(&format!("/api/v1/entries/{index}"));
    let proof =
        Proof::parse(&String::from_utf8(demo.fetch(&format!("/api/v1/proofs/{index}"))).unwrap()).unwrap();
    let file = demo.path("alone.tlog-proof");
    let verify = |text: String| {
        fs::write(&file, text).unwrap();
        demo.verify(file.to_str().unwrap(), &[])
    };
    let ran = verify(self_contained(proof.clone(), &entry).unwrap().to_string());
    assert_eq!(
        (ran.code, ran.json()["facts"]["statement"]["type"].as_str()),
        (0, Some("labelled")),
        "{}",
        ran.out
    );
    // Another entry in the same proof: its hash is not what the proof proves.
    let other = demo.fetch(&format!("/api/v1/entries/{}", index - 1));
    let ran = verify(self_contained(proof.clone(), &other).unwrap().to_string());
    assert_eq!(ran.code, 1, "{}", ran.out);
    let ran = verify(proof.to_string());
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(ran.json()["reason"].as_str().unwrap().contains("give the statement's file too"), "{}", ran.out);
}

#[test]
fn what_was_made_to_deceive_is_refused_and_said_why() {
    let demo = Demo::new();
    let link = demo.link();
    let (base, rest) = link.split_once("/01/").unwrap();
    let elsewhere = |host: &str| format!("{host}/01/{rest}");
    let other_product = {
        let gtin = &rest[..14];
        link.replacen(gtin, "09520000200015", 1)
    };
    let cases = [
        // A genuine payload where it was not signed for.
        (elsewhere("https://register.example.evil.example"), "altered", "another host"),
        (elsewhere("https://xn--rgister-9wa.example"), "altered", "another host"),
        (elsewhere("https://register.example:8443"), "altered", "another host"),
        (elsewhere("https://register.example@evil.example"), "not-ours", "hides the true host"),
        (elsewhere("https://r\u{435}gister.example"), "not-ours", "link"),
        (elsewhere("https://REGISTER.example"), "", ""),
        (elsewhere("https://register.example."), "", ""),
        (other_product, "altered", "it was copied"),
        // A QR code that leads elsewhere.
        ("https://evil.example/01/09520000100018".into(), "not-ours", "no label"),
        ("https://evil.example/".into(), "not-ours", "not the link of a label"),
        ("javascript:alert(1)".into(), "not-ours", "not the link of a label"),
        ("data:text/html,<script>alert(1)</script>".into(), "not-ours", "not the link of a label"),
        ("file:///etc/passwd".into(), "not-ours", "not the link of a label"),
        (format!("{base}/01/{}?a={}", &rest[..14], "A".repeat(3000)), "", ""),
        (format!("{link}&x={}", "y".repeat(3000)), "", ""),
        (format!("{base}/01/\u{202e}81000100002590?a=x"), "not-ours", ""),
        (format!("{link}\u{1b}]0;owned\u{7}"), "", ""),
    ];
    for (text, answer, why) in cases {
        let ran = demo.verify(&text, &[]);
        let document = ran.json();
        if answer.is_empty() {
            assert!(
                ["altered", "not-ours"].contains(&document["answer"].as_str().unwrap()),
                "{text}: {}",
                ran.out
            );
        } else {
            assert_eq!(document["answer"], answer, "{text}: {}", ran.out);
        }
        assert_eq!((ran.code, document["genuine"].as_bool()), (1, Some(false)), "{text}: {}", ran.out);
        let reason = document["reason"].as_str().unwrap();
        assert!(reason.len() > 20 && reason.contains(why), "{text}: {reason}");
        let trust = demo.path("trust.txt");
        let human = run(["verify", &text, "--trust", trust.to_str().unwrap()]);
        for out in [&ran.out, &human.out, &human.err] {
            assert!(!out.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{out:?}");
        }
    }
}

#[test]
fn what_stands_around_a_genuine_link_is_not_believed_with_it() {
    let demo = Demo::new();
    let svg = fs::read_to_string(demo.path("labels/hc-2.svg")).unwrap();
    let link = svg.split_once("<metadata>").unwrap().1.split_once("</metadata>").unwrap().0;
    let file = |name: &str, bytes: &[u8]| {
        let place = demo.path(name);
        fs::write(&place, bytes).unwrap();
        place.to_str().unwrap().to_owned()
    };
    // A drawing that a comment would make a web page.
    let comment = format!("<!--<figcaption href=\"{link}\"--></svg>");
    let forged =
        svg.replacen("<desc>Shield with a tick", "<desc>Shield with a cross", 1).replace("</svg>", &comment);
    says(&demo.verify(&file("forged.svg", forged.as_bytes()), &[]), 1, "altered");
    says(
        &demo.verify(&file("bare.svg", format!("<?xml version=\"1.0\"?><!-- x -->{svg}").as_bytes()), &[]),
        1,
        "altered",
    );
    // A page with other words around it: its link is genuine, and its words are not compared.
    let page =
        format!("<h1>Tick until 2099</h1><figcaption><a href=\"{link}\">x</a> <a href=\"/cart?a=add\">y</a>");
    let ran = demo.verify(&file("page.html", page.as_bytes()), &[]);
    says(&ran, 0, "as-issued");
    assert_eq!(ran.json()["facts"]["drawing"], "not-compared");
    says(&demo.verify(&file("words.txt", b"Shield with a tick. May 2030."), &[]), 2, "unreadable");
    // Codes of others whose links happen to have an `a=`.
    says(&demo.verify("https://shop.example/p/123?a=1", &[]), 1, "not-ours");
    says(&demo.verify("https://id.gs1.org/01/09506000134352?a=campaign", &[]), 1, "not-ours");

    // Options that ask about labels say nothing of other files, and an old snapshot is told to be old.
    let snapshot = demo.snapshot();
    let stale = demo.verify(&snapshot, &["--on", "2030-01-01"]);
    assert!(stale.code == 3 && stale.out.contains("fetch a newer one"), "{} {}", stale.code, stale.out);
    let early = demo.verify(&snapshot, &["--on", "2020-01-01"]);
    assert!(early.code == 3 && early.out.contains("after 2020-01-01"), "{} {}", early.code, early.out);
    let proof = demo.path("labels/hc-2.tlog-proof");
    let asked = demo.verify(proof.to_str().unwrap(), &["--snapshot", &snapshot]);
    assert!(asked.code == 2 && asked.err.contains("ask about a label"), "{} {}", asked.code, asked.err);
}

#[test]
fn files_that_are_no_pictures_are_unreadable_and_other_peoples_codes_are_not_ours() {
    let demo = Demo::new();
    let place = |name: &str, bytes: &[u8]| {
        let path = demo.path(name);
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    says(&demo.verify(&place("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1"), &[]), 2, "unreadable");
    says(&demo.verify(&place("a.jpg", b"\xff\xd8\xff\xe0rubbish"), &[]), 2, "unreadable");
    says(&demo.verify(&place("a.bin", b"\xff\xfe\x00\x01"), &[]), 2, "unreadable");
    says(&demo.verify(&place("a.txt", b"hello"), &[]), 1, "not-ours");
    let png = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assay-label/tests/pictures/progressive.jpg");
    let ran = demo.verify(png.to_str().unwrap(), &[]);
    says(&ran, 1, "not-ours");
    assert!(ran.json()["reason"].as_str().unwrap().contains("carries no label"), "{}", ran.out);
}
