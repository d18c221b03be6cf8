//! The one binary `assay`: a `match` over its commands. Each command is a file that reads what it needs, lets the inner
//! floors decide, and says the result; how it ends is a documented exit code.

mod abroad;
mod bundled;
mod commands;
mod conformity;
#[cfg(test)]
mod docs;
mod exit;
mod folder;
mod house;
mod judge;
mod logs;
mod output;
mod progress;
mod remote;
mod report;
mod schemes;
mod service;
mod settings;
mod today;
mod trusted;
mod watching;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};
use serde_json::json;

use exit::Failure;

/// The open assay office for connected products: tests a product against the rules instead of believing the claim.
#[derive(Parser)]
#[command(name = "assay", version, arg_required_else_help = true, max_term_width = 110, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,

    /// Print one JSON document to standard output instead of text.
    #[arg(long, global = true)]
    json: bool,
}

/// The help's last lines.
const EXIT_CODES: &str = "Exit codes: 0 what was asked holds; 1 something is not met, refused or found; 2 usage or unreadable input; \
3 nothing is refused, but something is inconclusive, not tested or to be asked; 4 it could not be done.";

#[derive(Subcommand)]
enum Command {
    Demo(commands::demo::Args),
    New(commands::new::Args),
    Check(commands::check::Args),
    Explain(commands::explain::Args),
    Territories(commands::territories::Args),
    Duties(commands::duties::Args),
    Disclosure(commands::disclosure::Args),
    Passwords(commands::passwords::Args),
    Key(commands::key::Args),
    Submit(commands::submit::Args),
    Label(commands::label::Args),
    Statement(commands::statement::Args),
    Verify(commands::verify::Args),
    Snapshot(commands::snapshot::Args),
    Gate(commands::gate::Args),
    Serve(commands::serve::Args),
    Register(commands::upkeep::Args),
    Monitor(commands::monitor::Args),
    Witness(commands::witness::Args),
    Mirror(commands::mirror::Args),
}

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args_os().collect();
    let (cli, settings) = match settings::read::<Cli>(Cli::command(), &words) {
        Ok(read) => read,
        Err(settings::Wrong::Usage(error)) => return misused(&error),
        Err(settings::Wrong::File(failure)) => {
            say(&failure, words.iter().any(|word| word == "--json"));
            return ExitCode::from(failure.code());
        }
    };
    let json = cli.json;
    let end = match cli.command {
        Command::Demo(args) => commands::demo::run(&args, json),
        Command::New(args) => commands::new::run(&args, json),
        Command::Check(args) => commands::check::run(&args, json),
        Command::Explain(args) => commands::explain::run(&args, json),
        Command::Territories(args) => commands::territories::run(&args, json),
        Command::Duties(args) => commands::duties::run(&args, json),
        Command::Passwords(args) => commands::passwords::run(&args, json),
        Command::Disclosure(args) => commands::disclosure::run(&args, json),
        Command::Key(args) => commands::key::run(&args, json),
        Command::Submit(args) => commands::submit::run(&args, json),
        Command::Label(args) => commands::label::run(&args, json),
        Command::Statement(args) => commands::statement::run(&args, json),
        Command::Verify(args) => commands::verify::run(&args, json),
        Command::Snapshot(args) => commands::snapshot::run(&args, json),
        Command::Gate(args) => commands::gate::run(&args, json),
        Command::Serve(args) => commands::serve::run(&args, &settings, json),
        Command::Register(args) => commands::upkeep::run(&args, json),
        Command::Monitor(args) => commands::monitor::run(&args, &settings, json),
        Command::Witness(args) => commands::witness::run(&args, &settings, json),
        Command::Mirror(args) => commands::mirror::run(&args, &settings, json),
    };
    match end {
        Ok(exit) => ExitCode::from(exit.code()),
        Err(failure) => {
            say(&failure, json);
            ExitCode::from(failure.code())
        }
    }
}

/// A command line that makes no sense, or a wish for help: as clap says it, and as the one document where one was asked for.
fn misused(error: &clap::Error) -> ExitCode {
    let wants_json = std::env::args_os().any(|arg| arg == "--json");
    if error.use_stderr() && wants_json {
        let text = error.render().to_string();
        // The first paragraph: what is wrong, and the arguments that are missing below it.
        let said: Vec<&str> = text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
        let message = said.join(" ").trim_start_matches("error: ").to_owned();
        say(&Failure::unreadable(message), true);
        return ExitCode::from(2);
    }
    let _ = error.print();
    ExitCode::from(if error.use_stderr() { 2 } else { 0 })
}

/// Says why a command could not do its work: to people always, to programs as the one JSON document.
fn say(failure: &Failure, as_json: bool) {
    let (message, problems) = match failure {
        Failure::Unreadable { message, problems } => (message, problems.as_slice()),
        Failure::Impossible(message) => (message, &[][..]),
    };
    output::note(&format!("error: {}", output::plain(message)));
    for problem in problems {
        let lines: Vec<String> = problem.to_string().lines().map(output::plain).collect();
        output::note(&format!("  {}", lines.join("\n  ")));
    }
    if as_json {
        let document = json!({
            "schema": "assay-error-0", "exit": failure.code(), "error": message, "problems": problems,
        });
        // Nobody is left to tell if this cannot be written either: the exit code still says it.
        let _ = output::json(&document);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn exits_are_the_documented_ones() {
        assert_eq!([Exit::Holds.code(), Exit::Found.code(), Exit::Open.code()], [0, 1, 3]);
    }
}
