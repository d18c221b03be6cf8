//! `assay passwords`: a factory's file of passwords, audited. Reads the file, lets the audit decide, and says the result;
//! what it holds of passwords stays in memory, unless it is sealed.

mod evidence;
mod generate;
mod history;
mod input;
mod page;
mod prints;
mod secrecy;
mod told;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use assay::date::Date;
use assay::outcome::Outcome;
use assay_passwords::audit::{Asked, Digests, Problem, Report, Step, audit};
use assay_passwords::common::Common;
use assay_passwords::kind::Kind;
use assay_passwords::lanes::Engine;
use assay_passwords::layout::{HEAD, Layout, LayoutProblem, Said};
use assay_passwords::masks;
use assay_passwords::rows::Role;
use assay_passwords::sample::SAMPLE;
use assay_passwords::seal::RunKey;
use assay_passwords::source::Bytes;
use assay_passwords::space::guess::Attack;
use assay_passwords::table::{ReadProblem, Table};
use zeroize::Zeroizing;

use super::submit::read_key;
use crate::exit::{Exit, Failure};
use crate::folder::{Beside, check_target};
use crate::{output, progress, today};
use history::History;
use input::{Input, TempFiles, scratch_failed};

/// Prove a batch of factory passwords: unique, not counted up, not derived, not guessable
#[derive(clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "Examples:\n  assay passwords batch.csv\n  assay passwords batch.csv.gz --password 'Wi-Fi key' --serial SN --mac 4 --public SSID\n  \
assay passwords batch.parquet --history ~/assay-history --json\n  zcat batch.csv.gz | assay passwords - --only universal --only duplicate\n\n\
No password is ever shown, logged or stored: findings name lines. Exit codes: 0 nothing was found and the batch shows \
enough; 1 something is wrong; 3 nothing is wrong, but the file cannot show that.\n\n\
A password that two factories used is found among the files of --fingerprints, with any engine that reads Parquet:\n  \
SELECT fingerprint, count(DISTINCT unit) AS units, min(batch), min(line), max(batch), max(line)\n  \
FROM 'fingerprints/*.parquet' GROUP BY fingerprint\n  \
HAVING count(DISTINCT unit) > 1 ORDER BY units DESC;"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// The factory's file: CSV with any separator, as it is or gzip or zstd compressed, or Parquet; `-` for standard input
    #[arg(required = true)]
    file: Option<PathBuf>,
    /// A column of passwords, by name or number (from 1); may be given several times. Default: by the names
    #[arg(long, value_name = "COLUMN")]
    password: Vec<String>,
    /// A column of serial numbers or other unit numbers
    #[arg(long, value_name = "COLUMN")]
    serial: Vec<String>,
    /// A column of hardware addresses
    #[arg(long, value_name = "COLUMN")]
    mac: Vec<String>,
    /// A column of something else that others can know: network name, model, date
    #[arg(long, value_name = "COLUMN")]
    public: Vec<String>,
    /// The separator: one character, or `tab`. Default: found
    #[arg(long, value_name = "CHARACTER", value_parser = separator)]
    delimiter: Option<u8>,
    /// The first row is a unit, not the names of the columns
    #[arg(long)]
    no_header: bool,
    /// Quotation marks are characters of passwords like every other
    #[arg(long)]
    no_quotes: bool,
    /// A list of common passwords, one a line; may be given several times. A small one is built in
    #[arg(long, value_name = "FILE")]
    common: Vec<PathBuf>,
    /// Look for this kind only; may be given several times
    #[arg(long, value_name = "KIND", value_parser = kind)]
    only: Vec<Kind>,
    /// The file holds some units of the batch, not all: uniqueness can then be disproved and not shown
    #[arg(long)]
    partial: bool,
    /// Attempts an hour that the device answers, by its declared lock-out
    #[arg(long, value_name = "NUMBER", value_parser = rate)]
    attempts_per_hour: Option<f64>,
    /// Bad rows that are put up with: a number, or a share as in 0.1%
    #[arg(long, value_name = "NUMBER|SHARE", default_value = "1%", value_parser = limit)]
    max_rejected: Limit,
    /// A folder that remembers earlier batches by keyed fingerprints; made on first use
    #[arg(long, value_name = "DIR")]
    history: Option<PathBuf>,
    /// Write the batch as keyed fingerprints, for comparing many batches elsewhere (with the key of --history)
    #[arg(long, value_name = "FILE.parquet", requires = "history")]
    fingerprints: Option<PathBuf>,
    /// Write the signed result, evidence of the kind `password-audit` for a case (with --key)
    #[arg(long, value_name = "FILE.json", requires = "key")]
    evidence: Option<PathBuf>,
    /// The maker's key that signs it, made by `assay key new`
    #[arg(long, value_name = "FILE", requires = "evidence")]
    key: Option<PathBuf>,
    /// Write the result as one page for people, with the distributions as charts
    #[arg(long, value_name = "FILE.html")]
    html: Option<PathBuf>,
    /// The day of the audit
    #[arg(long, value_name = "DATE", value_parser = today::parse_date)]
    on: Option<Date>,
    /// Threads. Default: one a core
    #[arg(long, value_name = "NUMBER")]
    threads: Option<usize>,
    /// Memory for fingerprints before they are spilled, sealed, to TMPDIR
    #[arg(long, value_name = "MIB", default_value_t = 2048)]
    memory: usize,
    /// The seed of the random sample, to take the same one again
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Make only 12 digests a row, those that SQL can say: for comparing speeds
    #[arg(long, hide = true)]
    twelve_digests: bool,
    /// Take no sample, so that only what is asked of every row is asked: for comparing speeds
    #[arg(long, hide = true)]
    no_sample: bool,
}

#[derive(clap::Subcommand)]
enum Verb {
    Generate(generate::Args),
}

impl Args {
    /// The file; the command line is not accepted without one.
    fn file(&self) -> &Path {
        self.file.as_deref().unwrap_or(Path::new("-"))
    }
}

/// Bad rows that are put up with.
#[derive(Clone, Copy)]
enum Limit {
    Rows(u64),
    Share(f64),
}

fn limit(text: &str) -> Result<Limit, String> {
    let form = "write a number of rows, or a share as in 0.1%";
    match text.strip_suffix('%') {
        Some(share) => {
            let share: f64 = share.trim().parse().map_err(|_| form)?;
            if (0.0..=100.0).contains(&share) { Ok(Limit::Share(share / 100.0)) } else { Err(form.into()) }
        }
        None => text.parse().map(Limit::Rows).map_err(|_| form.into()),
    }
}

fn separator(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [b'"' | b'\n' | b'\r'] => Err("a quotation mark or a line's end cannot separate cells".into()),
        [one] => Ok(*one),
        _ => Err("one character is wanted, or `tab`".into()),
    }
}

fn kind(text: &str) -> Result<Kind, String> {
    let all = || Kind::ALL.map(Kind::word).join(", ");
    Kind::of(text).ok_or_else(|| format!("there is no such kind; known: {}", all()))
}

fn rate(text: &str) -> Result<f64, String> {
    let rate: f64 = text.parse().map_err(|_| "a number of attempts an hour is wanted")?;
    if rate.is_finite() && rate > 0.0 { Ok(rate) } else { Err("it must be above 0".into()) }
}

pub(crate) fn run(args: &Args, as_json: bool) -> Result<Exit, Failure> {
    match &args.verb {
        Some(Verb::Generate(args)) => generate::run(args, as_json),
        None => audit_file(args, as_json),
    }
}

fn audit_file(args: &Args, as_json: bool) -> Result<Exit, Failure> {
    secrecy::begin()?;
    let started = Instant::now();
    let mut random = Zeroizing::new([0; 40]);
    today::random(&mut *random)?;
    let (key, seed) = random.split_at(32);
    let key = RunKey::new(<[u8; 32]>::try_from(key).unwrap_or_default());
    let seed = args.seed.unwrap_or_else(|| u64::from_le_bytes(seed.try_into().unwrap_or_default()) >> 12);
    let lists = args
        .common
        .iter()
        .map(|path| fs::read(path).map_err(|e| Failure::reading(path, &e)))
        .collect::<Result<Vec<_>, _>>()?;
    let (common, _) = Common::new(lists.iter().map(Vec::as_slice));
    let signer = args.key.as_deref().map(read_key).transpose()?;
    for out in [&args.fingerprints, &args.evidence, &args.html].into_iter().flatten() {
        let inputs = args.common.iter().chain(&args.key).map(PathBuf::as_path).chain([args.file()]);
        check_target(out, &inputs.collect::<Vec<_>>())?;
    }
    if args.history.is_none() && args.only.contains(&Kind::SeenInEarlierBatch) {
        return Err(Failure::unreadable(
            "--only seen-in-earlier-batch needs --history DIR: without it no earlier batch is known",
        ));
    }
    let bar = progress::bytes(0, !as_json);
    let input = Input::open(args.file(), &key, &|step, done, all| bar.at(step, done, all))?;
    let table = Table::new(&input, layout(args, &input)?);
    let history = args.history.as_deref().map(History::open).transpose()?;
    let say = |step: Step, done: u64, all: u64| bar.at(step_words(step), done, all);
    let most_rejected = match args.max_rejected {
        Limit::Rows(rows) => rows,
        Limit::Share(_) => u64::MAX,
    };
    let asked = Asked {
        only: &args.only,
        threads: args
            .threads
            .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
            .clamp(1, 64),
        memory: args.memory.max(1) << 20,
        sample: if args.no_sample { 0 } else { SAMPLE },
        seed,
        attack: args.attempts_per_hour.map(|rate| Attack::Online { per_hour: Some(rate) }),
        common: &common,
        whole_batch: !args.partial,
        most_rejected,
        digests: if args.twelve_digests { Digests::Twelve } else { Digests::All },
        engine: Engine::best(),
        scratches: &TempFiles,
        key: &key,
        progress: &say,
    };
    let mut report = audited(args, &input, &table, &asked)?;
    too_many_rejected(args, &input, &report)?;
    let mut kept = Vec::new();
    if let Some(history) = &history {
        let batch = history::Batch {
            table: &table,
            digest: input.digest(args.file())?,
            threads: asked.threads,
            memory: asked.memory,
            key: &key,
            progress: &|step, done, all| bar.at(step, done, all),
        };
        kept = history.columns(&batch).map_err(|p| failed(args.file(), &input, &table, p))?;
        if asked.only.is_empty() || asked.only.contains(&Kind::SeenInEarlierBatch) {
            history.seen_earlier(&batch, &kept, &mut report)?;
        }
    }
    // Everything is written beside its place first, and moved there when nothing can fail any more but the moving.
    let mut beside = Vec::new();
    if let Some(path) = &args.fingerprints {
        beside.push(prints::write(path, &kept, &table, &input)?);
    }
    if let (Some(path), Some(signer)) = (&args.evidence, &signer) {
        let on = args.on.unwrap_or_else(today::today);
        let result = evidence::result(args, &input, &table, &report, on)?;
        let text = result.sign(signer).map_err(|e| Failure::impossible(e.to_string()))?;
        beside.push(Beside::write(path, false, |file| file.write_all(text.as_bytes()))?);
    }
    let told = told::Told {
        file: args.file(),
        input: &input,
        report: &report,
        layout: table.layout(),
        looked_for: evidence::looked_for(args),
        whole_batch: !args.partial,
    };
    if let Some(path) = &args.html {
        let on = args.on.unwrap_or_else(today::today);
        let page = page::page(&told, on, &input.digest(args.file())?)?;
        beside.push(Beside::write(path, false, |file| file.write_all(page.as_bytes()))?);
    }
    if let Some(history) = &history {
        for column in &kept {
            beside.extend(history.keep(column)?);
        }
    }
    bar.finish();
    if !input.unchanged() {
        return Err(Failure::impossible(format!(
            "{} changed while it was read: wait until the factory has written it, and run it again. Nothing was kept",
            args.file().display()
        )));
    }
    beside.into_iter().try_for_each(Beside::put)?;
    if as_json {
        output::json(&told.json(started.elapsed().as_secs_f64()))?;
    } else {
        output::print(&told.text(started.elapsed().as_secs_f64()))?;
    }
    Ok(match report.outcome {
        Outcome::NotMet => Exit::Found,
        Outcome::Met => Exit::Holds,
        _ => Exit::Open,
    })
}

/// What the audit says. Where it says nothing because every password is masked, one mask for all may still be a finding.
fn audited(args: &Args, input: &Input, table: &Table<'_>, asked: &Asked<'_>) -> Result<Report, Failure> {
    let said = audit(table, asked);
    let (rows, _, why) = table.counts();
    if rows == 0 && why.masked > 1 && matches!(said, Ok(_) | Err(Problem::Rejected(..))) {
        let universal = masks::universal(input, table.layout(), asked)
            .map_err(|p| failed(args.file(), input, table, Problem::Read(p)))?;
        if let Some(report) = universal {
            return Ok(report);
        }
    }
    said.map_err(|p| failed(args.file(), input, table, p))
}

fn layout(args: &Args, input: &Input) -> Result<Layout, Failure> {
    let mut head = Zeroizing::new(vec![0; usize::try_from(input.len()).unwrap_or(HEAD).min(HEAD)]);
    let mut done = 0;
    while done < head.len() {
        match input.read_at(done as u64, &mut head[done..]).map_err(|e| Failure::reading(args.file(), &e))? {
            0 => break,
            n => done += n,
        }
    }
    let roles = [
        (Role::Password, &args.password),
        (Role::Serial, &args.serial),
        (Role::Mac, &args.mac),
        (Role::Public, &args.public),
    ];
    let columns = roles.iter().flat_map(|(role, names)| names.iter().map(|n| (*role, n.clone()))).collect();
    let said = Said {
        // Rows of a Parquet file came with commas, quotation marks and a heading.
        delimiter: if input.rows_not_lines { Some(b',') } else { args.delimiter },
        header: if input.rows_not_lines { Some(true) } else { args.no_header.then_some(false) },
        columns,
        no_quotes: args.no_quotes && !input.rows_not_lines,
    };
    let mut layout = Layout::find(&head[..done], &said).map_err(|problem| {
        let shown = args.file().display();
        let missing = matches!(problem, LayoutProblem::NoPassword(_) | LayoutProblem::NoColumn { .. });
        Failure::unreadable(if missing && !input.nested.is_empty() {
            let names: Vec<String> = input.nested.iter().map(|n| format!("`{}`", output::plain(n))).collect();
            format!(
                "{shown}: {problem}. Not read, for each has a structure inside: {}. Write what is in it as columns of their own",
                names.join(", ")
            )
        } else {
            format!("{shown}: {problem}")
        })
    })?;
    layout.unread.extend(input.nested.iter().cloned());
    Ok(layout)
}

fn step_words(step: Step) -> &'static str {
    match step {
        Step::Reading => "reading",
        Step::Comparing => "comparing",
        Step::Sample => "trying hypotheses on a sample",
        Step::Confirming => "confirming on all rows",
        Step::Serial => "in serial order",
    }
}

fn failed(path: &Path, input: &Input, table: &Table<'_>, problem: Problem) -> Failure {
    match problem {
        Problem::Read(ReadProblem::Io(e)) => Failure::reading(path, &e),
        Problem::Read(problem) => Failure::impossible(format!("{}: {problem}", path.display())),
        Problem::Scratch(e) => scratch_failed(&e),
        Problem::Rejected(tally, why) => {
            rejected(path, input, tally.rows(), &table.lines_of(tally.first()), &why.words())
        }
        Problem::Thread => Failure::impossible("a thread of the audit failed: please report this"),
    }
}

fn rejected(path: &Path, input: &Input, rows: u64, lines: &[u64], why: &[String]) -> Failure {
    let lines: Vec<String> = lines.iter().map(|l| input.line(*l).to_string()).collect();
    Failure::unreadable(format!(
        "{}: {rows} rows are bad ({}), at {} {}{}: mend them, or allow more with --max-rejected",
        path.display(),
        why.join(", "),
        input.lines_word(),
        lines.join(", "),
        if rows > lines.len() as u64 { " and on" } else { "" }
    ))
}

fn too_many_rejected(args: &Args, input: &Input, report: &Report) -> Result<(), Failure> {
    let most = match args.max_rejected {
        Limit::Rows(most) => most as f64,
        // A few bad rows in a small file are told, not refused.
        Limit::Share(share) => ((report.rows + report.rejected) as f64 * share).max(10.0),
    };
    if report.rejected as f64 <= most {
        return Ok(());
    }
    Err(rejected(args.file(), input, report.rejected, &report.rejected_lines, &report.why_rejected.words()))
}
