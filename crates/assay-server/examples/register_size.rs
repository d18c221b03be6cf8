//! How large a register becomes: declarations of the size of the bundled examples go through the whole of it (signature, fold,
//! sequencer, store, publisher), and what they take on the disk and in memory is measured. `docs/operation.md` has the figures.
//!
//! ```text
//! cargo run --release -p assay-server --example register_size -- FOLDER fill ENTRIES [--database URL]
//! cargo run --release -p assay-server --example register_size -- FOLDER start [--database URL]
//! ```
//!
//! `fill` appends until the log has that many entries; `start` opens it in a process that has done nothing else. Each prints
//! one line of JSON.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use assay::date::{Date, parse};
use assay::declaration::{Declaration, DeclaredContact, DeclaredOutcome, DeclaredProduct, DeclaredSupport};
use assay::gtin::Gtin14;
use assay::key::SecretKey;
use assay::outcome::{Claim, Outcome};
use assay::statement::{MakerId, MakerRegistered, Statement};
use assay_server::{Config, Register, Replicas};

const ORIGIN: &str = "register.example/log";
const MAKERS: u64 = 100;
/// How many wait for an answer at once.
const SUBMITTERS: u64 = 2_000;

struct Args {
    folder: PathBuf,
    entries: Option<u64>,
    database: Option<String>,
}

fn args() -> Option<Args> {
    let mut words = std::env::args().skip(1);
    let folder = words.next()?.into();
    let entries = match words.next()?.as_str() {
        "fill" => Some(words.next()?.parse().ok()?),
        "start" => None,
        _ => return None,
    };
    let database = match words.next().as_deref() {
        Some("--database") => Some(words.next()?),
        Some(_) => return None,
        None => None,
    };
    Some(Args { folder, entries, database })
}

fn day() -> Date {
    parse("2026-11-22").unwrap_or(Date::MIN)
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}

fn maker(number: u64) -> SecretKey {
    let mut seed = [7; 32];
    seed[..8].copy_from_slice(&number.to_be_bytes());
    SecretKey::from_seed(&seed)
}

fn registration(key: &SecretKey, number: u64) -> Result<Vec<u8>, String> {
    let statement = Statement::MakerRegistered(MakerRegistered {
        organisation: format!("Example Hearth {number} Ltd"),
        domain: "hearth.example".into(),
        key: key.public(),
        on: day(),
    });
    statement.sign(key, ORIGIN).map_err(|e| e.to_string())
}

/// A declaration under two schemes, of 2,174 bytes: the bundled examples have 1,725 and 2,045.
fn declaration(key: &SecretKey, number: u64) -> Result<Vec<u8>, String> {
    let claims = ["4.1-1", "4.2-1", "4.3-4"].map(|n| (format!("ts103645-v1.1.1:{n}"), Claim::Yes));
    let law = ["1", "2", "3"].map(|n| (format!("psti-2023:sch1-{n}"), Claim::Yes));
    let checks = ["disclosure-policy", "fixed-password", "support-end", "universal-password"];
    let outcomes = checks.map(|check| DeclaredOutcome {
        check: check.into(),
        outcome: Outcome::Met,
        provisions: vec!["psti-2023:sch1-1".into(), "ts103645-v1.1.1:4.1-1".into()],
        findings: vec![],
        evidence: (0..5).map(|n| format!("{:064x}", number * 64 + n)).collect(),
    });
    // A number of GS1's range for documentation, with its check digit.
    let digits = format!("952{number:09}");
    let sum: u32 = digits.bytes().zip([1, 3].into_iter().cycle()).map(|(d, w)| u32::from(d - b'0') * w).sum();
    let gtin = Gtin14::parse(&format!("{digits}{}", (10 - sum % 10) % 10)).map_err(|e| e.to_string())?;
    let declaration = Declaration {
        maker: MakerId::of(&key.public()),
        product: DeclaredProduct {
            name: format!("Hearth Camera {number}"),
            model: format!("HC-{number}"),
            gtins: vec![gtin],
            category: None,
        },
        schemes: vec!["uk-2019-option-a".into(), "uk-psti".into()],
        claims: claims.into_iter().chain(law).collect(),
        outcomes: outcomes.to_vec(),
        support: DeclaredSupport { end: parse("2030-05-31"), ..Default::default() },
        contact: DeclaredContact::default(),
        on: day(),
    };
    Statement::Declared(Box::new(declaration)).sign(key, ORIGIN).map_err(|e| e.to_string())
}

async fn open(args: &Args) -> Result<Register, String> {
    let mut next = 100;
    let config = Config {
        data: args.folder.clone(),
        database: args.database.clone(),
        files: None,
        authority: Vec::new(),
        witnesses: None,
        replicas: Replicas::Any,
        clock: Arc::new(now),
        public_url: "https://register.example".into(),
        today: Arc::new(day),
        // The keys of a log that is thrown away.
        house: None,
        random: Box::new(move |bytes| {
            next += 1;
            bytes.fill(next);
            Ok(())
        }),
    };
    Register::open(config).await.map_err(|e| e.to_string())
}

async fn fill(register: &Register, entries: u64, before: u64) -> Result<(), String> {
    for number in 0..MAKERS {
        let bytes = registration(&maker(number), number)?;
        register.submit(bytes).await.map_err(|e| e.to_string())?;
    }
    let next = Arc::new(AtomicU64::new(before));
    let tasks: Vec<_> = (0..SUBMITTERS)
        .map(|_| {
            let (register, next) = (register.clone(), next.clone());
            tokio::spawn(async move {
                while (register.state().size()) < entries {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let bytes = declaration(&maker(number % MAKERS), number)?;
                    register.submit(bytes).await.map_err(|e| e.to_string())?;
                }
                Ok::<_, String>(())
            })
        })
        .collect();
    for task in tasks {
        task.await.map_err(|e| e.to_string())??;
    }
    Ok(())
}

/// Files, their bytes, and what they take on the disk.
fn size(place: &Path) -> (u64, u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    let Ok(kind) = std::fs::symlink_metadata(place) else { return (0, 0, 0) };
    let blocks = kind.blocks() * 512;
    if !kind.is_dir() {
        return (1, kind.len(), blocks);
    }
    let entries = std::fs::read_dir(place).into_iter().flatten().flatten();
    let of_each = entries.map(|entry| size(&entry.path()));
    of_each.fold((0, 0, blocks), |(n, bytes, all), (m, more, taken)| (n + m, bytes + more, all + taken))
}

/// A line of `/proc/self/status`, in bytes.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.trim_start_matches(':').trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap_or(0) * 1024
}

async fn run(args: &Args) -> Result<String, String> {
    let empty = memory("VmRSS");
    let begun = Instant::now();
    let register = open(args).await?;
    let (opened, before) = (begun.elapsed().as_secs_f64(), register.state().size());
    let begun = Instant::now();
    if let Some(entries) = args.entries {
        fill(&register, entries, before).await?;
    }
    let (took, size_now) = (begun.elapsed().as_secs_f64(), register.state().size());
    let (resident, peak) = (memory("VmRSS"), memory("VmHWM"));
    register.close().await;
    let database: u64 = ["assay.db", "assay.db-wal"].iter().map(|file| size(&args.folder.join(file)).1).sum();
    let (files, bytes, taken) = size(&args.folder.join("public"));
    Ok(format!(
        "{{\"entries\":{size_now},\"before\":{before},\"open_s\":{opened:.2},\"fill_s\":{took:.2},\
         \"resident\":{resident},\"resident_empty\":{empty},\"resident_peak\":{peak},\"sqlite\":{database},\
         \"public_files\":{files},\"public_bytes\":{bytes},\"public_on_disk\":{taken}}}"
    ))
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for measuring")]
fn main() -> std::process::ExitCode {
    let Some(args) = args() else {
        eprintln!("register_size FOLDER fill ENTRIES|start [--database URL]");
        return std::process::ExitCode::FAILURE;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    match runtime.map_err(|e| e.to_string()).and_then(|runtime| runtime.block_on(run(&args))) {
        Ok(line) => {
            println!("{line}");
            std::process::ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("{why}");
            std::process::ExitCode::FAILURE
        }
    }
}
