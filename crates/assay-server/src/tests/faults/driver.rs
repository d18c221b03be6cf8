//! What is killed, and what is judged: a register, or the bare engine, to which statements are handed from several tasks.
//! A statement is known by its number, so that the judge can make it again.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::bench::OpaqueLog;
use crate::sequencer::NotDone;
use crate::testing::*;
use crate::{Register, SubmitError, upkeep};

/// Which kind of log is driven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A register, answered once it is public.
    Register,
    /// The engine, answered once it is durable, in batches of 50.
    Opaque,
}

impl Kind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Opaque => "opaque",
        }
    }

    /// The statement with a number: a maker, then a product of that maker for each.
    pub(super) fn statement(self, n: usize) -> Vec<u8> {
        match (self, n) {
            (Self::Opaque, _) => format!("entry {n} {}", "-".repeat(150 + n * 37 % 100)).into_bytes(),
            (Self::Register, 0) => registration(2),
            // One that needs nobody's registration: for a log whose first statement was lost, which nobody was told of.
            (Self::Register, LAST..) => registration(3),
            (Self::Register, _) => declared(2, |d| {
                d.product.model = format!("M-{n}");
                d.product.gtins.clear();
            }),
        }
    }
}

/// The number of a statement that no driver submits.
pub(super) const LAST: usize = 1_000_000;

/// How many entries the engine is handed at once.
pub(super) const BATCH: usize = 50;

/// How many statements a register is handed at once.
const TOGETHER: usize = 3;

/// How often a statement is handed in again, and after which wait.
const TRIES: usize = 8;
const WAIT: Duration = Duration::from_millis(30);

/// Runs lives one after the other, such as `register 0 12 close`: opens the log, submits the statements with these
/// numbers, and closes it or just ends. `backup 0 0 stay` copies what is there.
pub(super) async fn drives(plan: &str) {
    let root = PathBuf::from(std::env::var("FAULT_FOLDER").unwrap());
    for life in plan.split(',') {
        let words: Vec<_> = life.split_whitespace().collect();
        let [kind, from, to, end] = words.as_slice() else { panic!("{life}") };
        let (from, to): (usize, usize) = (from.parse().unwrap(), to.parse().unwrap());
        let data = root.join("data");
        let lived = match *kind {
            "backup" => {
                let copied = upkeep::back_up(&data, None, &root.join("backup")).await;
                copied.map(drop).map_err(|e| e.to_string())
            }
            "register" => of_register(&data, from, to, *end == "close").await,
            _ => of_engine(data, from, to, *end == "close").await,
        };
        if let Err(why) = lived {
            say(&format!("stopped: {why}"));
        }
        if *end == "leave" {
            // As a process ends that is killed: nobody says goodbye to the disk.
            std::process::exit(0);
        }
    }
    say("done");
}

async fn of_register(data: &Path, from: usize, to: usize, close: bool) -> Result<(), String> {
    let register = Register::open(config(data.to_owned())).await.map_err(|e| e.to_string())?;
    if from == 0 {
        hand_in(register.clone(), 0).await?;
    }
    for first in (from.max(1)..to).step_by(TOGETHER) {
        // Several at once, so that they share commits and publications.
        let mut tasks = JoinSet::new();
        for n in first..to.min(first + TOGETHER) {
            tasks.spawn(hand_in(register.clone(), n));
        }
        for done in tasks.join_all().await {
            done?;
        }
    }
    if close {
        register.close().await;
    }
    Ok(())
}

async fn hand_in(register: Register, n: usize) -> Result<(), String> {
    let mut tries = 0;
    loop {
        tries += 1;
        match register.submit(Kind::Register.statement(n)).await {
            Ok(receipt) => {
                say(&format!("ack {n} {}", receipt.index));
                return Ok(());
            }
            Err(SubmitError::NotDone(NotDone::Stopped)) => return Err("the register stopped".into()),
            Err(error) if tries == TRIES => return Err(error.to_string()),
            Err(_) => tokio::time::sleep(WAIT).await,
        }
    }
}

async fn of_engine(data: PathBuf, from: usize, to: usize, close: bool) -> Result<(), String> {
    let log = OpaqueLog::open(data, None, Arc::new(now)).await.map_err(|e| e.to_string())?;
    let mut tasks = JoinSet::new();
    for first in (from..to).step_by(BATCH) {
        let log = log.clone();
        tasks.spawn(async move {
            let numbers: Vec<_> = (first..to.min(first + BATCH)).collect();
            let mut tries = 0;
            loop {
                tries += 1;
                let entries = numbers.iter().map(|n| Kind::Opaque.statement(*n)).collect();
                match log.append(entries).await {
                    Ok(indexes) => {
                        let said = numbers.iter().zip(indexes).map(|(n, index)| format!("ack {n} {index}\n"));
                        say(&said.collect::<String>());
                        return Ok(());
                    }
                    Err(error) if tries == TRIES => return Err(error.to_string()),
                    Err(_) => tokio::time::sleep(WAIT).await,
                }
            }
        });
    }
    for done in tasks.join_all().await {
        done?;
    }
    if close {
        log.close().await;
    }
    Ok(())
}

/// Tells the world at once, on a line of its own whatever the test's harness has printed before.
pub(super) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("\n{line}\n").as_bytes()).and_then(|()| out.flush()).unwrap();
}

/// What was acknowledged: number and index.
pub(super) fn acknowledged(said: &str) -> impl Iterator<Item = (usize, u64)> {
    said.lines().filter_map(|line| {
        let (n, index) = line.strip_prefix("ack ")?.split_once(' ')?;
        Some((n.parse().ok()?, index.parse().ok()?))
    })
}
