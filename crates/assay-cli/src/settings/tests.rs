use clap::{CommandFactory as _, Parser};

use super::*;

#[path = "../../../assay-log/tests/fuzz/harness.rs"]
#[expect(clippy::print_stderr, reason = "how much was tried and accepted is worth seeing")]
mod harness;

#[derive(Parser, Debug)]
#[command(name = "assay")]
struct Cli {
    #[command(subcommand)]
    command: Sub,
}

#[derive(clap::Subcommand, Debug)]
enum Sub {
    Run(Run),
    Other,
}

#[derive(clap::Args, Debug)]
struct Run {
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:1", env = "ASSAY_TEST_LISTEN")]
    listen: std::net::SocketAddr,
    /// How long
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    most_seconds: u64,
    /// A secret
    #[arg(long, hide_env_values = true, value_parser = secret)]
    secret: Option<String>,
    /// Loud
    #[arg(long)]
    loud: bool,
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

fn secret(text: &str) -> Result<String, String> {
    if text.len() > 3 { Err("it is too long".into()) } else { Ok(text.into()) }
}

fn run(file: &str, args: &[&str]) -> Result<(Run, Settings), Wrong> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.toml");
    std::fs::write(&path, file).unwrap();
    let path = path.display().to_string();
    let args: Vec<OsString> =
        ["assay", "run", "--config", &path].iter().chain(args).map(Into::into).collect();
    let (cli, settings) = read::<Cli>(Cli::command(), &args)?;
    match cli.command {
        Sub::Run(run) => Ok((run, settings)),
        Sub::Other => panic!("another command"),
    }
}

/// The problems of a file as `line:column message / mend`.
fn problems(file: &str) -> Vec<String> {
    match run(file, &[]) {
        Err(Wrong::File(Failure::Unreadable { problems, .. })) => {
            let said = |p: &assay::case::Problem| {
                format!("{}:{} {} / {}", p.at.line, p.at.column, p.message, p.mend)
            };
            problems.iter().map(said).collect()
        }
        Ok((run, _)) => panic!("it was taken: {run:?}"),
        Err(_) => panic!("another error"),
    }
}

#[test]
fn a_file_gives_every_kind_of_value_and_a_flag_wins_over_it() {
    let file = "# mine\nlisten = \"127.0.0.1:2\"\nmost-seconds = 7\nloud = true\n";
    let Ok((got, settings)) = run(file, &["--most-seconds", "9"]) else { panic!("it was not taken") };
    assert_eq!((got.listen.port(), got.most_seconds, got.loud, got.secret), (2, 9, true, None));
    assert_eq!(settings.from("listen"), &From::File(Place { line: 2, column: 1 }));
    assert_eq!(settings.from("most-seconds"), &From::Flag);
    assert_eq!(settings.from("secret"), &From::Default);
    assert_eq!(settings.rows.len(), 4, "--config is no setting");
}

#[test]
fn every_problem_is_named_with_its_place_and_mend() {
    let said =
        problems("listen = 8080\n\n  most-seconds = \"7\"\nloud = 1\nmost_seconds = 1\n[wild]\nx = 1\n");
    let begins = [
        "1:10 `listen` is an integer, a text is wanted / write listen = \"ADDR\": Where to listen",
        "3:18 `most-seconds` is a string, a whole number is wanted / write most-seconds = SECONDS, a number",
        "4:8 `loud` is an integer, true or false is wanted / write loud = true",
        "5:1 `run` has no option `most_seconds` / write `most-seconds`",
        "6:2 `run` has no option `wild` / leave it out; the options are listen, most-seconds, secret, loud",
    ];
    assert_eq!(said.len(), begins.len(), "{said:#?}");
    for (said, begin) in said.iter().zip(begins) {
        assert!(said.starts_with(begin), "{said}");
    }
    assert!(
        problems("listen = \"here\"")[0].contains("invalid socket address"),
        "{:?}",
        problems("listen = \"here\"")
    );
    assert!(problems("most-seconds = -1")[0].starts_with("1:16 `most-seconds` cannot be `-1`"));
    assert!(problems("most-seconds = 0x10")[0].contains("is wanted"));
    assert!(problems("listen = \"a\nlisten = 1\n")[0].contains("not TOML"));
    assert!(problems("loud = true\nloud = false\n")[0].starts_with("2:1 this is not TOML"));
    assert!(problems("config = \"b.toml\"")[0].contains("on the command line"));
}

#[test]
fn hostile_files_are_answered_with_bounded_sentences_and_no_secret() {
    let said = problems("secret = \"hunter2\"\n");
    assert!(said[0].contains("too long") && !said[0].contains("hunter2"), "{said:?}");
    assert!(problems(&format!("{} = 1", "x".repeat(5_000)))[0].len() < 400);
    assert!(!problems("\"a\\u001b[2Jb\" = 1")[0].contains('\u{1b}'));
    assert!(problems(&"[[a]]\n".repeat(3_000)).len() <= 50);
    let deep = format!("listen = {}", "[".repeat(5_000));
    assert!(problems(&deep).len() <= 50);
    let many: String = (0..2_000).map(|n| format!("k{n} = 1\n")).collect();
    assert_eq!(problems(&many).len(), 50);
    assert!(matches!(run(&"#".repeat(70_000), &[]), Err(Wrong::File(_))));
    let read = file::parse("a", b"listen = \"\xff\"", &Cli::command()).err().unwrap();
    assert_eq!((read[0].at, &*read[0].message), (Place { line: 1, column: 11 }, "this is not UTF-8"));
}

#[test]
fn of_two_options_for_one_thing_the_higher_is_followed() {
    let Ok((_, settings)) = run("most-seconds = 1\nsecret = \"a\"\n", &["--loud"]) else {
        panic!("not taken")
    };
    assert!(settings.either("most-seconds", "secret").is_err());
    assert_eq!(settings.either("secret", "nothing").ok().flatten(), Some("secret"));
    let Ok((_, settings)) = run("secret = \"a\"\n", &["--most-seconds", "1"]) else { panic!("not taken") };
    assert_eq!(settings.either("secret", "most-seconds").ok().flatten(), Some("most-seconds"));
}

#[test]
fn a_missing_file_and_a_wrong_flag_are_said_and_other_commands_take_none() {
    let args = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
    let missing = args(&["assay", "run", "--config", "/nowhere/a.toml"]);
    assert!(matches!(read::<Cli>(Cli::command(), &missing), Err(Wrong::File(_))));
    let wrong = args(&["assay", "run", "--wild"]);
    assert!(matches!(read::<Cli>(Cli::command(), &wrong), Err(Wrong::Usage(_))));
    assert!(matches!(read::<Cli>(Cli::command(), &args(&["assay", "run", "--help"])), Err(Wrong::Usage(_))));
    assert!(read::<Cli>(Cli::command(), &args(&["assay", "other"])).is_ok());
}

/// The file of every service, over a committed corpus and over what becomes of it when it is bent: what is taken are options of
/// the service, and every problem is named at a place that the file has.
#[test]
fn fuzz_settings() {
    use proptest::prop_assert;
    let mut command = crate::Cli::command();
    command.build();
    let services =
        ["serve", "witness", "mirror", "monitor"].map(|name| command.find_subcommand(name).unwrap());
    harness::run("settings", 10, harness::as_it_is, |input| {
        let lines = String::from_utf8_lossy(input).lines().count() + 1;
        let in_file = |at: &assay::case::Place| (1..=lines).contains(&at.line) && at.column >= 1;
        let mut taken = false;
        for service in services {
            match file::parse("file.toml", input, service) {
                Ok(said) => {
                    let known = |id: &str| options(service).any(|arg| arg.get_id() == id);
                    prop_assert!(
                        said.iter().all(|row| known(&row.id) && !row.values.is_empty() && in_file(&row.at))
                    );
                    taken = true;
                }
                Err(problems) => {
                    prop_assert!(!problems.is_empty(), "refused without a word");
                    for problem in &problems {
                        prop_assert!(in_file(&problem.at), "{problem} in {lines} lines");
                        prop_assert!(!problem.message.is_empty() && !problem.mend.is_empty());
                        prop_assert!(!problem.to_string().contains('\u{1b}'), "{problem:?}");
                    }
                }
            }
        }
        Ok(taken)
    });
}
