//! A register that is told who the authority is takes what it states, and tells its readers by which keys.

use std::fs;

use assay::key::SecretKey;
use assay::statement::{LabAccredited, LabExpired, LabId, Statement};
use assay_probe::{Fetcher, Reach};
use jiff::{ToSpan as _, Zoned};

use crate::common::{folder, run};
use crate::watching::{Listening, accused};

/// Sends a statement, and gives status and answer.
fn posts(register: &Listening, bytes: &[u8]) -> (u16, String) {
    let url = format!("{}/api/v1/statements", register.address);
    let answer = Fetcher::new(Reach::Named, &register.address)
        .and_then(|fetcher| fetcher.post(&url, "application/cose", bytes.to_vec(), 1 << 20))
        .unwrap();
    (answer.status, String::from_utf8(answer.body).unwrap())
}

#[test]
fn what_the_authority_states_is_taken_and_readers_are_told_its_keys() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (data, file) = (at("data"), at("authority.txt"));
    let serves = |data: &str, more: &[&str]| {
        let args = ["serve", "--listen", "127.0.0.1:0", "--data", data];
        Listening::start(&[&args[..], more].concat())
    };
    let trust = |data: &str| fs::read_to_string(format!("{data}/public/trust.txt")).unwrap();
    let [authority, other, lab] = [6, 7, 5].map(|seed| SecretKey::from_seed(&[seed; 32]));
    let register = serves(&data, &[]);
    let log = trust(&data).lines().find_map(|line| line.strip_prefix("log ")).unwrap().to_owned();
    let origin = log.split('+').next().unwrap().to_owned();
    let today = Zoned::now().date();
    let accredited = Statement::LabAccredited(LabAccredited {
        organisation: "Example Test House Ltd".into(),
        domain: "testhouse.example".into(),
        key: lab.public(),
        schemes: vec!["uk-psti".into()],
        certificate: "UKAS-0042".into(),
        until: today.checked_add(300.days()).unwrap(),
        on: today,
    });
    let accredited = |key: &SecretKey| accredited.sign(key, &origin).unwrap();
    // Nobody has told the register of it.
    let (status, said) = posts(&register, &accredited(&authority));
    assert!(status >= 400 && said.contains("bad-signature"), "{status} {said}");
    assert_eq!(register.stops(), Some(0));

    // Told, it takes what that key states, and nothing of another; a monitor that takes the keys from it is content.
    fs::write(&file, format!("# The office\nauthority {}\n", authority.public())).unwrap();
    let register = serves(&data, &["--authority", &file]);
    assert!(trust(&data).ends_with(&format!("\nauthority {}\n", authority.public())), "{}", trust(&data));
    let (status, said) = posts(&register, &accredited(&other));
    assert!(status >= 400 && said.contains("bad-signature"), "{status} {said}");
    assert_eq!(posts(&register, &accredited(&authority)).0, 201);
    let looks = |register: &Listening, state: &str| {
        let state = at(state);
        let args = ["monitor", &register.address, "--log-key", &log, "--state", &state, "--once", "--json"];
        let report = run(args).json();
        (report["size"].as_u64().unwrap(), accused(&report))
    };
    assert_eq!(looks(&register, "watch"), (1, vec![]));
    assert_eq!(register.stops(), Some(0));

    // The keys are kept: a start without the option, a check, a backup and what is restored from it know them.
    let register = serves(&data, &[]);
    let expired = Statement::LabExpired(LabExpired { lab: LabId::of(&lab.public()), on: today });
    assert_eq!(posts(&register, &expired.sign(&authority, &origin).unwrap()).0, 201);
    assert_eq!(looks(&register, "watch"), (2, vec![]));
    assert_eq!(register.stops(), Some(0));
    assert_eq!(run(["register", "fsck", "--data", &data]).code, 0);
    let (backup, restored) = (at("backup"), at("restored"));
    assert_eq!(run(["register", "backup", "--data", &data, &backup]).code, 0);
    assert_eq!(run(["register", "restore", "--data", &restored, &backup]).code, 0);
    let register = serves(&restored, &[]);
    assert_eq!(trust(&restored), trust(&data));
    assert_eq!(looks(&register, "watch"), (2, vec![]));
    assert_eq!(register.stops(), Some(0));

    // What is no key of an authority is said before anything is begun.
    let own = trust(&data).lines().find_map(|line| line.strip_prefix("register ")).unwrap().to_owned();
    let cases = [
        ("", "there is no key here"),
        ("authority nothing\n", "line 1: "),
        ("register x\n", "line 1: write `authority KEY`"),
        (&format!("authority {own}\n"), "is the register's own key"),
    ];
    for (text, wanted) in cases {
        fs::write(&file, text).unwrap();
        let ran = run(["serve", "--listen", "127.0.0.1:0", "--data", &restored, "--authority", &file]);
        assert!([2, 4].contains(&ran.code) && ran.err.contains(wanted), "{text}: {} {}", ran.code, ran.err);
    }
}
