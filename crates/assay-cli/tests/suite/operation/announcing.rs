//! A log's key and its witnesses are changed as `docs/operation.md` says, step by step, while a monitor watches.

use std::fs;

use jiff::civil::Date;
use jiff::{ToSpan as _, Zoned};

use crate::common::{Ran, run};
use crate::watching::{House, Listening, accused};

fn ahead(days: i64) -> (Date, String) {
    let day = Zoned::now().date().checked_add(days.days()).unwrap();
    (day, day.to_string())
}

impl House {
    fn announces(&self, register: &str, what: &[&str], from: &str) -> Ran {
        let data = self.at("data");
        let whose = ["--data", &data, "--register", register, "--from", from, "--json"];
        run(["register", "announce"].iter().chain(what).chain(&whose))
    }

    /// A look with a policy of these lines; what it accuses of.
    fn looks(&self, url: &str, policy: &str) -> Vec<String> {
        let (file, state) = (self.at("policy-of-a-reader.txt"), self.at("watch"));
        fs::write(&file, policy).unwrap();
        let ran = run(["monitor", url, "--policy", &file, "--state", &state, "--once", "--json"]);
        let found = accused(&ran.json());
        assert_eq!(ran.code, i32::from(!found.is_empty()), "{}{}", ran.out, ran.err);
        found
    }
}

#[test]
fn the_key_of_a_log_is_changed_step_by_step() {
    let house = House::new();
    let url = house.served.address.clone();
    let (data, next, backup) = (house.at("data"), house.at("log-2.key"), house.at("backup"));
    let old = format!("log {}\n", house.log);
    // 1: a new key, announced; not for tomorrow.
    assert_eq!(run(["key", "new", "--out", &next]).code, 0);
    let ran = house.announces(&url, &["log-key", "--new-key", &next], &ahead(3).1);
    let refused = ran.json();
    assert_eq!((ran.code, &refused["refused"]["id"]), (1, &"announced-late".into()), "{refused:#}");
    let (_, day) = ahead(8);
    let announce = ["log-key", "--new-key", &next];
    let announced = house.announces(&url, &announce, &day).json();
    assert_eq!(announced["kind"], "log-key-announced");
    let line = announced["line"].as_str().unwrap().to_owned();
    assert!(line.starts_with(&format!("log {}+", house.log.split('+').next().unwrap())), "{line}");
    let again = house.announces(&url, &announce, &day).json();
    assert_eq!(again["receipt"]["index"], announced["receipt"]["index"]);
    let other = run([
        "register",
        "announce",
        "log-key",
        "--data",
        &house.at(""),
        "--register",
        &url,
        "--new-key",
        &next,
        "--from",
        &day,
    ]);
    assert!(other.code == 2 && other.err.contains("holds no register"), "{}", other.err);
    // 2: readers take it into their policies. Nothing changes for anybody before the day.
    let both = format!("{old}{line}\nquorum none\n");
    let (only_old, only_new) = (format!("{old}quorum none\n"), format!("{line}\nquorum none\n"));
    assert!(house.looks(&url, &only_old).is_empty() && house.looks(&url, &both).is_empty());
    // 3: on the day, the register is stopped and goes on under the new key; not before.
    let House { served, folder, log, register } = house;
    assert_eq!(served.stop(), Some(0));
    assert_eq!(run(["register", "backup", "--data", &data, &backup]).code, 0);
    let new_data = folder.path().join("data-2").display().to_string();
    let restore = |key: &str, on: &str| {
        run(["register", "restore", "--data", &new_data, "--log-key", key, "--on", on, &backup])
    };
    let ran = restore(&next, &ahead(7).1);
    assert!(ran.code == 2 && ran.err.contains("again on that day"), "{}", ran.err);
    fs::remove_dir_all(&new_data).unwrap();
    let stranger = folder.path().join("maker.key").display().to_string();
    let ran = restore(&stranger, &day);
    assert!(ran.code == 2 && ran.err.contains("has not announced"), "{}", ran.err);
    fs::remove_dir_all(&new_data).unwrap();
    let ran = restore(&next, &day);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let ran = run(["register", "fsck", "--data", &new_data]);
    assert!(
        ran.code == 1 && ran.out.contains("trust.txt"),
        "the public files come with the start: {}",
        ran.out
    );
    let served = crate::common::Served::start(new_data.as_ref());
    let url = served.address.clone();
    let trust = fs::read_to_string(format!("{new_data}/public/trust.txt")).unwrap();
    assert!(trust.contains(&line) && !trust.contains(&old), "{trust}");
    let house = House { served, folder, log, register };
    // The newest checkpoint has both signatures: whoever has either line goes on.
    for policy in [&only_old, &both, &only_new] {
        assert!(house.looks(&url, policy).is_empty(), "{policy}");
    }
    // What comes then is signed by the new key alone. Whoever did not take it up is told so, and how to go on.
    let key = house.at("maker-2.key");
    assert_eq!(run(["key", "new", "--out", &key]).code, 0);
    let case = crate::common::camera();
    let case = case.path().display().to_string();
    let ran = run(["submit", &case, "--register", &url, "--key", &key]);
    assert!(ran.code <= 1, "{}{}", ran.out, ran.err);
    assert_eq!(house.looks(&url, &only_old), ["bad-checkpoint"]);
    for policy in [&both, &only_new] {
        assert!(house.looks(&url, policy).is_empty(), "{policy}");
    }
    assert_eq!(house.served.stop(), Some(0));
    assert_eq!(run(["register", "fsck", "--data", &new_data]).code, 0);
}

#[test]
fn the_witness_policy_of_a_log_is_changed_step_by_step() {
    let house = House::new();
    let url = house.served.address.clone();
    let (data, key, logs) = (house.at("data"), house.at("north.key"), house.at("logs.txt"));
    // 1: a witness that takes the log.
    let made = run(["witness", "key", "--name", "north.example/w", "--out", &key, "--json"]).json();
    let public = made["public_keys"][0].as_str().unwrap();
    fs::write(&logs, format!("log {}\n", house.log)).unwrap();
    let state = house.at("north");
    let north = ["witness", "--listen", "127.0.0.1:0", "--key", &key, "--logs", &logs, "--state", &state];
    let north = Listening::start(&north);
    // 2: the policy, announced as it will hold; comments are for people.
    let policy = house.at("policy-2.txt");
    let lines = format!("log {}\nwitness north {public} {}\nquorum north\n", house.log, north.address);
    fs::write(&policy, format!("# from January on\n{lines}")).unwrap();
    let ran = house.announces(&url, &["witness-policy", "--policy", &policy], &ahead(1).1);
    assert_eq!((ran.code, ran.json()["refused"]["id"].clone()), (1, "announced-late".into()));
    let (_, day) = ahead(8);
    let announced = house.announces(&url, &["witness-policy", "--policy", &policy], &day).json();
    assert_eq!(announced["kind"], "witness-policy-changed");
    let index = announced["receipt"]["index"].as_u64().unwrap() as usize;
    let (_, entries) = crate::watching::only_bundle(&house.public());
    let stands = entries[index].windows(lines.len()).any(|bytes| bytes == lines.as_bytes());
    assert!(stands, "word for word, without what is for people");
    // 3: until then readers believe as before, and a reader who already asks for the witness misses it.
    let before = format!("log {}\nquorum none\n", house.log);
    assert!(house.looks(&url, &before).is_empty());
    assert_eq!(house.looks(&url, &lines), ["missing-quorum"]);
    // 4: on the day the register asks the witness for every checkpoint.
    let House { served, folder, log, register } = house;
    assert_eq!(served.stop(), Some(0));
    let serving = ["serve", "--listen", "127.0.0.1:0", "--data", &data, "--witnesses", &policy];
    let witnessed = Listening::start(&serving);
    let served = crate::common::Served::start(folder.path().join("another").as_ref());
    let house = House { served, folder, log, register };
    for policy in [&before, &lines] {
        assert!(house.looks(&witnessed.address, policy).is_empty(), "{policy}");
    }
    assert_eq!((witnessed.stops(), north.stops()), (Some(0), Some(0)));
}

#[test]
fn a_format_is_announced_a_month_ahead() {
    let house = House::new();
    let url = house.served.address.clone();
    let text = house.at("statement-1.md");
    fs::write(&text, "# Statements, version 1\n").unwrap();
    let address = "https://register.example/formats/statement-1.md";
    let format = [
        "format",
        "--name",
        "assay-statement",
        "--format-version",
        "1",
        "--address",
        address,
        "--description",
        &text,
    ];
    let ran = house.announces(&url, &format, &ahead(29).1);
    assert_eq!((ran.code, ran.json()["refused"]["id"].clone()), (1, "announced-late".into()));
    let announced = house.announces(&url, &format, &ahead(31).1).json();
    assert_eq!(announced["kind"], "schema-announced");
    assert!(house.looks(&url, &format!("log {}\nquorum none\n", house.log)).is_empty());
}
