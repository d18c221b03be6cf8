//! Where settings come from: each option of each service is given in each place, and the higher place wins.

use std::path::Path;
use std::process::Command;

use assay_log::Signer;
use serde_json::Value;

use crate::common::{Ran, assay, finish, folder, run};

/// Four values for each option; where one is missing here, these texts are tried.
fn samples(name: &str) -> [String; 4] {
    let texts = match name {
        "listen" | "admin" => ["127.0.0.1:1001", "127.0.0.1:1002", "127.0.0.1:1003", "[::1]:1004"],
        "database" => ["sqlite:a.db", "sqlite:b.db", "sqlite:c.db", "postgres://u@h/d"],
        "unwitnessed" => ["publish", "hold", "publish", "publish"],
        "replicas" => ["any", "none", "any", "none"],
        "log-format" => ["json", "text", "json", "json"],
        "log-level" => ["error", "debug", "trace", "off"],
        "ready-lag" | "stop-delay" | "per-minute" | "interval" | "stale-after" | "most-entries"
        | "most-bytes" => ["1", "2", "3", "4"],
        "on" => ["2026-11-01", "2026-11-02", "2026-11-03", "2026-11-04"],
        // Of an address where something is sent only the host is shown.
        "post" => ["https://one.example/…", "https://two.example/…", "https://three.example/…", ""],
        "log-key" => {
            return [1, 2, 3, 4]
                .map(|n| Signer::new("a.example/log", [n; 32]).unwrap().verifier().to_string());
        }
        _ => ["one", "two", "three", "four"],
    };
    texts.map(str::to_owned)
}

/// The services, with what each of them is told beside its settings.
const SERVICES: [&[&str]; 4] =
    [&["serve"], &["witness"], &["mirror", "http://a.example", "copy"], &["monitor", "http://a.example"]];

fn shown(service: &[&str], config: Option<&Path>) -> Command {
    let mut command = assay();
    command.args(service).args(["--print-config", "--json"]);
    if let Some(config) = config {
        command.arg("--config").arg(config);
    }
    command
}

fn serve(config: Option<&Path>) -> Command {
    shown(SERVICES[0], config)
}

/// Value and source of one option.
fn row(ran: &Ran, name: &str) -> (Value, String) {
    assert_eq!(ran.code, 0, "{name}: {}", ran.err);
    let document = ran.json();
    let rows = document["settings"].as_array().unwrap();
    let row = rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("{name} is not shown"));
    (row["value"].clone(), row["from"].as_str().unwrap().to_owned())
}

#[test]
fn of_each_option_the_flag_wins_over_the_environment_over_the_file_over_the_default() {
    for service in SERVICES {
        each_option_of(service);
    }
}

fn each_option_of(service: &[&str]) {
    let folder = folder();
    let file = folder.path().join("assay.toml");
    let defaults = finish(&mut shown(service, None)).json();
    let rows = defaults["settings"].as_array().unwrap();
    assert!(rows.len() >= 7, "{defaults:#}");
    for row_of in rows {
        let name = row_of["name"].as_str().unwrap();
        assert_eq!(row_of["from"], "default", "{name}");
        let [in_file, in_environment, as_flag, _] = samples(name);
        let number = in_file.parse::<u64>().is_ok();
        let written =
            if number { format!("{name} = {in_file}\n") } else { format!("{name} = \"{in_file}\"\n") };
        std::fs::write(&file, format!("# settings\n{written}")).unwrap();
        let variable = match name {
            "log-level" => "ASSAY_LOG".to_owned(),
            name => format!("ASSAY_{}", name.to_uppercase().replace('-', "_")),
        };
        let of_file = finish(&mut shown(service, Some(&file)));
        assert_eq!(row(&of_file, name), (in_file.into(), "file".into()));
        let document = of_file.json();
        let place = document["settings"].as_array().unwrap().iter().find(|r| r["name"] == name).unwrap();
        assert_eq!(place["place"], serde_json::json!({ "line": 2, "column": 1 }), "{name}");
        let of_environment = finish(shown(service, Some(&file)).env(&variable, &in_environment));
        let expected = (in_environment.clone().into(), "environment".into());
        assert_eq!(row(&of_environment, name), expected, "{variable}");
        let flag = format!("--{name}={as_flag}");
        let of_flag = finish(shown(service, Some(&file)).env(&variable, &in_environment).arg(&flag));
        assert_eq!(row(&of_flag, name), (as_flag.clone().into(), "flag".into()));
        let without_file = finish(shown(service, None).env(&variable, &in_environment).arg(&flag));
        assert_eq!(row(&without_file, name), (as_flag.into(), "flag".into()));
    }
}

#[test]
fn what_a_service_cannot_do_without_may_stand_in_the_file() {
    let folder = folder();
    let (file, state) = (folder.path().join("a.toml"), folder.path().join("state"));
    let key = Signer::new("a.example/log", [1; 32]).unwrap().verifier().to_string();
    let settings = |more: &str| {
        let state = state.display();
        std::fs::write(&file, format!("log-key = \"{key}\"\nstate = \"{state}\"\n{more}")).unwrap();
    };
    let monitor = |more: &[&str]| {
        let mut command = assay();
        finish(command.args(["monitor", "http://127.0.0.1:1", "--once", "--config"]).arg(&file).args(more))
    };
    settings(
        "compare = [\"http://127.0.0.1:2\", \"http://127.0.0.1:3\"]\npost = \"http://u:hunter2@h.example/hunter2\"\n",
    );
    let ran = monitor(&[]);
    assert!(ran.code == 4 && ran.err.contains("127.0.0.1:1"), "nobody is there: {}", ran.err);
    let ran = monitor(&["--print-config"]);
    assert!(ran.out.contains("http://127.0.0.1:2, http://127.0.0.1:3"), "{}", ran.out);
    assert!(ran.out.contains("http://h.example/…") && !ran.out.contains("hunter2"), "{}", ran.out);
    // Of two ways to say whom to believe, the higher is followed; in one place they are refused.
    let policy = folder.path().join("nowhere.txt").display().to_string();
    let ran = monitor(&["--policy", &policy]);
    assert!(ran.code == 2 && ran.err.contains("nowhere.txt"), "{}", ran.err);
    let ran = monitor(&["--policy", &policy, "--log-key", &key]);
    assert!(ran.code == 2 && ran.err.contains("both given on the command line"), "{}", ran.err);
    // An interval in the file is for the service: a single look may be asked for beside it, though not with one of its own.
    settings("interval = 300\n");
    assert_eq!(monitor(&[]).code, 4);
    let ran = monitor(&["--interval", "300"]);
    assert!(ran.code == 2 && ran.err.contains("leave it out with --once"), "{}", ran.err);
    settings("once = true\n");
    let ran = monitor(&[]);
    assert!(ran.code == 2 && ran.err.contains("give it on the command line"), "{}", ran.err);
    let ran = run(["witness", "--logs", "logs.txt", "--state", "state"]);
    assert!(ran.code == 2 && ran.err.contains("ASSAY_KEY"), "{}", ran.err);
    // What a witness is beside its service takes nothing from there.
    let out = folder.path().join("witness.key").display().to_string();
    let key = ["witness", "key", "--name", "north.example/witness", "--out", &out];
    let ran = finish(assay().args(key).env("ASSAY_STATE", "x").env("ASSAY_CONFIG", &file));
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn a_file_that_is_wrong_is_refused_with_its_place_and_mend_before_anything_is_begun() {
    let folder = folder();
    let (file, data) = (folder.path().join("assay.toml"), folder.path().join("data"));
    std::fs::write(&file, "listen = \"127.0.0.1:0\"\ndatabse = \"sqlite:a.db\"\nready-lag = \"soon\"\n")
        .unwrap();
    let mut command = assay();
    let ran = finish(command.args(["serve", "--json", "--config"]).arg(&file).arg("--data").arg(&data));
    assert_eq!(ran.code, 2, "{}", ran.err);
    let name = file.display().to_string();
    assert!(ran.err.contains(&format!("{name}:2:1: `serve` has no option `databse`")), "{}", ran.err);
    assert!(
        ran.err.contains(&format!("{name}:3:13: `ready-lag` is a string, a whole number is wanted")),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("mend: write ready-lag = SECONDS"), "{}", ran.err);
    assert_eq!(ran.json()["problems"].as_array().unwrap().len(), 2);
    assert!(!data.exists(), "nothing was begun");
    let missing = run(["serve", "--config", "/nowhere/assay.toml"]);
    assert!(missing.code == 2 && missing.err.contains("/nowhere/assay.toml is not there"), "{}", missing.err);
    let wrong = finish(assay().arg("serve").env("ASSAY_LOG", "loudly"));
    assert!(wrong.code == 2 && wrong.err.contains("loudly"), "{}", wrong.err);
}

#[test]
fn a_password_is_shown_nowhere_and_may_stand_in_a_file() {
    let folder = folder();
    let secret = folder.path().join("database");
    std::fs::write(&secret, "postgres://assay:hunter2@127.0.0.1:1/log?sslkey=hunter2\n").unwrap();
    let url = "postgres://assay:hunter2@127.0.0.1:1/log?password=hunter2";
    for command in [serve(None).args(["--database", url]), serve(None).env("ASSAY_DATABASE", url)] {
        let ran = finish(command);
        assert_eq!(row(&ran, "database").0, "postgres://assay@127.0.0.1:1/log");
        assert!(!ran.out.contains("hunter2"), "{}", ran.out);
    }
    let text = finish(assay().args(["serve", "--print-config", "--database", "assay:hunter2@host"]));
    assert!(
        text.code == 0 && !text.out.contains("hunter2") && text.out.contains("(not shown)"),
        "{}",
        text.out
    );

    // The file's database is used: the server is not there, and the error names it without what is secret.
    let data = folder.path().join("data");
    let mut command = assay();
    let command = command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&data);
    let ran = finish(command.arg("--database-file").arg(&secret));
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(
        ran.err.contains("postgres://assay@127.0.0.1:1/log") && !ran.err.contains("hunter2"),
        "{}",
        ran.err
    );
    for bad in ["", "\n\n", "a\nb", "\u{1b}"] {
        std::fs::write(&secret, bad).unwrap();
        let ran = finish(assay().arg("serve").arg("--data").arg(&data).arg("--database-file").arg(&secret));
        assert!(ran.code == 2 && ran.err.contains("one line"), "{}", ran.err);
    }
}

#[test]
fn of_a_database_and_a_file_with_one_the_higher_is_followed() {
    let folder = folder();
    let (config, secret) = (folder.path().join("assay.toml"), folder.path().join("database"));
    std::fs::write(&secret, "mysql://nobody").unwrap();
    std::fs::write(&config, format!("database-file = \"{}\"\n", secret.display())).unwrap();
    let serve = || {
        let mut command = assay();
        command.args(["serve", "--listen", "127.0.0.1:0", "--config"]).arg(&config);
        command.arg("--data").arg(folder.path().join("data"));
        command
    };
    let ran = finish(&mut serve());
    assert!(ran.code == 4 && ran.err.contains("sqlite:PATH"), "the file's address is refused: {}", ran.err);
    let ran = finish(serve().env("ASSAY_DATABASE", "postgres://u@127.0.0.1:1/d"));
    assert!(ran.err.contains("postgres://u@127.0.0.1:1/d"), "{}", ran.err);
    let ran = finish(serve().args(["--database", "sqlite:a.db", "--database-file"]).arg(&secret));
    assert!(ran.code == 2 && ran.err.contains("both given on the command line"), "{}", ran.err);
}
