//! `assay gate`: may each listing of a catalogue be sold? Judged here, from a snapshot; nobody learns the catalogue.

mod receipt;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Instant;

use assay::date::Date;
use assay::gate::Answer;
use assay::scope::Place;
use assay::snapshot::Snapshot;
use assay::trust::Trust;
use assay_gate::{Catalogue, CatalogueError, Column, Columns, GateError, How, Judge, Summary};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use self::receipt::{By, Digested, Passing, Wanted};
use crate::commands::submit::read_key;
use crate::exit::{Exit, Failure};
use crate::folder::Beside;
use crate::output::{self, Style, table};
use crate::schemes::one;
use crate::trusted::Trusted;
use crate::{folder, today};

/// May each listing of a catalogue be sold? One verdict and reason for every row, offline
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  assay gate catalogue.csv --snapshot assay.snap --out verdicts.csv\n  \
assay gate catalogue.json --snapshot assay.snap --scheme uk-psti --json\n  \
assay gate catalogue.csv --snapshot assay.snap --out verdicts.csv --receipt receipt.json --key shop.key\n  \
assay gate catalogue.csv.gz --snapshot assay.snap --out - --columns sku,verdict,reason | grep refuse\n  \
mysql -e 'select …' | assay gate - --snapshot assay.snap --trust trust.txt\n\n\
Catalogues: CSV (any delimiter, UTF-8 or UTF-16), a JSON array of objects, or one object a line; packed with gzip or\n\
Zstandard as well. The columns are found by their names; --gtin and --sku name them. Exit 1 if any row is refused, 3 if\n\
only questions remain.")]
pub(crate) struct Args {
    /// The catalogue; `-` for standard input
    catalogue: PathBuf,
    /// The snapshot to judge by (`assay snapshot fetch` or `build`)
    #[arg(long, value_name = "FILE")]
    snapshot: PathBuf,
    /// The keys you trust, kept from the register's /trust.txt. Default: trust.txt beside the snapshot
    #[arg(long, value_name = "FILE", env = "ASSAY_TRUST")]
    trust: Option<PathBuf>,
    /// The scheme whose rules for sellers apply
    #[arg(long, value_name = "ID", default_value = "uk-2019-option-a")]
    scheme: String,
    /// The day of the sale
    #[arg(long, value_name = "DATE", value_parser = today::parse_date)]
    on: Option<Date>,
    /// Write the verdicts here as CSV; `-` for standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The columns to write, in this order
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = column, default_value = "line,sku,gtin14,verdict,reason,updates_until,label")]
    columns: Vec<Column>,
    /// What becomes of a snapshot that was good until an earlier day: `ask` allows nothing by it, `refuse` judges nothing
    #[arg(long, value_name = "POLICY", default_value = "ask")]
    stale: Stale,
    /// The column that holds the GTIN
    #[arg(long, value_name = "COLUMN")]
    gtin: Option<String>,
    /// The column that holds your article number
    #[arg(long, value_name = "COLUMN")]
    sku: Option<String>,
    /// The column that holds the category, or the address of the product's page
    #[arg(long, value_name = "COLUMN")]
    category: Option<String>,
    /// The column that holds the title
    #[arg(long, value_name = "COLUMN")]
    title: Option<String>,
    /// The column that holds the brand
    #[arg(long, value_name = "COLUMN")]
    brand: Option<String>,
    /// The column that holds the maker's model
    #[arg(long, value_name = "COLUMN")]
    model: Option<String>,
    /// Whether a listing that the snapshot does not have is sorted by its words: a kettle is out of scope, a camera is not
    #[arg(long, value_name = "ON|OFF", default_value = "on")]
    scope_check: ScopeCheck,
    /// The part of the United Kingdom where you sell, on which some exceptions hang
    #[arg(long, value_name = "PLACE")]
    territory: Option<Territory>,
    /// Write a signed receipt here: what was judged by which snapshot, and what it came to (with --key)
    #[arg(long, value_name = "FILE", requires = "key")]
    receipt: Option<PathBuf>,
    /// The key that signs the receipt, made by `assay key new`
    #[arg(long, value_name = "FILE", requires = "receipt")]
    key: Option<PathBuf>,
    /// Threads that judge; as many as there are processors unless given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

/// What becomes of a snapshot that is too old.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Stale {
    /// What it would allow is a question.
    Ask,
    /// Nothing is judged.
    Refuse,
}

/// Whether words are looked at.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ScopeCheck {
    /// They are.
    On,
    /// Whatever the snapshot does not have is taken to be in scope.
    Off,
}

/// A part of the United Kingdom.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Territory {
    /// England, Wales and Scotland.
    GreatBritain,
    /// Northern Ireland.
    NorthernIreland,
}

impl Territory {
    fn place(self) -> Place {
        match self {
            Self::GreatBritain => Place::GreatBritain,
            Self::NorthernIreland => Place::NorthernIreland,
        }
    }
}

/// A column by its name.
fn column(name: &str) -> Result<Column, String> {
    let found = Column::ALL.into_iter().find(|column| column.name() == name.trim());
    found.ok_or_else(|| format!("the columns are {}", Column::ALL.map(Column::name).join(", ")))
}

pub(crate) fn run(args: &Args, as_json: bool) -> Result<Exit, Failure> {
    let started = Instant::now();
    let scheme = &one(&args.scheme)?;
    let on = args.on.unwrap_or_else(today::today);
    let to_stdout = args.out.as_deref() == Some(Path::new("-"));
    if to_stdout && as_json {
        return Err(Failure::unreadable(
            "--out - and --json both write to standard output: leave one of them out",
        ));
    }
    if let Some(twice) = args.columns.iter().enumerate().find(|(at, c)| args.columns[..*at].contains(c)) {
        return Err(Failure::unreadable(format!("--columns names {} twice: leave one out", twice.1.name())));
    }
    let trust = Trusted::find(args.trust.as_deref(), Some(&args.snapshot))?;
    trust.warn();
    let snapshot = read_snapshot(&args.snapshot, &trust.keys)?;
    let until = snapshot.header().valid_until;
    if on > until {
        let old = format!("{} was good until {until} and the sale is on {on}", args.snapshot.display());
        if args.stale == Stale::Refuse {
            return Err(Failure::unreadable(format!("{old}: fetch a newer one")));
        }
        output::note(&format!("{old}: nothing is allowed by it. Fetch a newer one"));
    }
    if let Some(out) = args.out.as_ref().filter(|_| !to_stdout) {
        folder::check_target(out, &[&args.catalogue, &args.snapshot, &trust.file])?;
    }
    let columns = Columns {
        gtin: args.gtin.clone(),
        sku: args.sku.clone(),
        category: args.category.clone(),
        title: args.title.clone(),
        brand: args.brand.clone(),
        model: args.model.clone(),
    };
    let wanted = wanted(args, to_stdout)?;
    let (reader, size, bar) = open(&args.catalogue)?;
    let passing = wanted.as_ref().map(|wanted| wanted.catalogue.clone());
    let reader: Source = Box::new(Digested { inner: reader, passing });
    let shown = args.catalogue.display().to_string();
    let catalogue = Catalogue::open(reader, &columns).map_err(|e| catalogue_failure(&shown, &e))?;
    let mut judge = Judge::new(&snapshot, scheme, on);
    if args.scope_check == ScopeCheck::On {
        judge = judge.with_words(args.territory.map(Territory::place));
    }
    let threads = args.threads.map(usize::from);
    let how = How {
        columns: args.columns.clone(),
        threads: threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)),
        table: many_rows(size, snapshot.len()),
        ..How::default()
    };
    let passing = || wanted.as_ref().and_then(|wanted| wanted.verdicts.clone());
    let (summary, verdicts) = match &args.out {
        None => (assay_gate::run(&judge, catalogue, &how, io::sink()), None),
        Some(_) if to_stdout => {
            let to = Digested { inner: io::stdout(), passing: passing() };
            (assay_gate::run(&judge, catalogue, &how, to), None)
        }
        Some(out) => write(&judge, catalogue, &how, out, passing())?,
    };
    bar.finish_and_clear();
    let summary = summary.map_err(|e| failure(&shown, args.out.as_deref(), &e))?;
    let by = By { header: snapshot.header(), scheme, on, scope_check: args.scope_check == ScopeCheck::On };
    let receipt = wanted.as_ref().map(|wanted| wanted.write(&by, &summary)).transpose()?;
    // Nothing can fail any more but the moving.
    for beside in [verdicts, receipt].into_iter().flatten() {
        beside.put()?;
    }
    let seconds = started.elapsed().as_secs_f64();
    if as_json {
        let mut document = document(&summary, seconds);
        document["trust"] = json!({ "file": trust.file, "pinned": trust.pinned });
        output::json(&document)?;
    } else if to_stdout {
        output::note(&text(&summary, None, seconds));
    } else {
        output::print(&text(&summary, args.out.as_deref(), seconds))?;
    }
    Ok(exit_of(&summary))
}

/// Whether a catalogue of some bytes has so many rows that the snapshot's numbers are best spread over a table first, which
/// takes as long as looking up a fifth as many.
fn many_rows(size: Option<u64>, records: usize) -> bool {
    const ROW: u64 = 100;
    match size {
        Some(size) => size / ROW > records as u64 / 5,
        None => records < 1_000_000,
    }
}

/// 1 if any row is refused, else 3 if any must be asked about.
pub(crate) fn exit_of(summary: &Summary) -> Exit {
    if summary.refuse > 0 {
        Exit::Found
    } else if summary.ask > 0 {
        Exit::Open
    } else {
        Exit::Holds
    }
}

/// The JSON document of the contract.
pub(crate) fn document(summary: &Summary, seconds: f64) -> Value {
    let mut document = json!(summary);
    document["seconds"] = json!((seconds * 1e6).round() / 1e6);
    document
}

/// Reads and verifies a snapshot.
pub(crate) fn read_snapshot(path: &Path, trust: &Trust) -> Result<Snapshot, Failure> {
    let bytes = folder::read_bounded(path, 4 << 30)?;
    Snapshot::open(&bytes, trust.register(), trust.origin())
        .map_err(|e| Failure::unreadable(format!("{}: {e}", path.display())))
}

type Source = Box<dyn Read + Send>;

fn open(path: &Path) -> Result<(Source, Option<u64>, ProgressBar), Failure> {
    if path.as_os_str() == "-" {
        return Ok((Box::new(io::stdin()), None, ProgressBar::hidden()));
    }
    let file = File::open(path).map_err(|e| Failure::reading(path, &e))?;
    let size = file.metadata().map_err(|e| Failure::reading(path, &e))?;
    if size.is_dir() {
        return Err(Failure::unreadable(format!("{} is a folder, a catalogue is wanted", path.display())));
    }
    let bar = ProgressBar::new(size.len());
    if let Ok(style) =
        ProgressStyle::with_template("  {bytes}/{total_bytes} {wide_bar} {bytes_per_sec} {eta}")
    {
        bar.set_style(style);
    }
    Ok((Box::new(bar.wrap_read(file)), Some(size.len()), bar))
}

/// What a receipt needs, if one is wanted.
fn wanted(args: &Args, to_stdout: bool) -> Result<Option<Wanted>, Failure> {
    let (Some(file), Some(key)) = (&args.receipt, &args.key) else { return Ok(None) };
    let out = args.out.as_deref().filter(|_| !to_stdout);
    let others = [args.catalogue.as_path(), &args.snapshot, key].into_iter().chain(out);
    folder::check_target(file, &others.collect::<Vec<_>>())?;
    Ok(Some(Wanted {
        file: file.clone(),
        key: read_key(key)?,
        catalogue: Passing::default(),
        verdicts: args.out.as_ref().map(|_| Passing::default()),
    }))
}

/// Writes the verdicts beside their place, to be moved there once nothing else can fail.
fn write(
    judge: &Judge<'_>,
    catalogue: Catalogue<Source>,
    how: &How,
    out: &Path,
    passing: Option<Passing>,
) -> Result<(Result<Summary, GateError>, Option<Beside>), Failure> {
    let mut judged = None;
    let beside = Beside::write(out, false, |file| {
        judged = Some(assay_gate::run(judge, catalogue, how, Digested { inner: &*file, passing }));
        // What failed is told as what it is; here it only must not be put in its place.
        if matches!(judged, Some(Ok(_))) { Ok(()) } else { Err(io::ErrorKind::Other.into()) }
    });
    match (judged, beside) {
        (Some(Ok(summary)), Ok(beside)) => Ok((Ok(summary), Some(beside))),
        (Some(Err(error)), _) => Ok((Err(error), None)),
        (_, Err(failure)) => Err(failure),
        (None, Ok(_)) => Err(Failure::impossible("nothing was judged")),
    }
}

fn failure(shown: &str, out: Option<&Path>, error: &GateError) -> Failure {
    match error {
        GateError::Catalogue(e) => catalogue_failure(shown, e),
        GateError::Write(source) if out == Some(Path::new("-")) => Failure::impossible(format!(
            "standard output could not be written: {source}; what was written of the verdicts is not whole"
        )),
        GateError::Write(source) => Failure::writing(out.unwrap_or(Path::new("-")), source),
    }
}

fn catalogue_failure(shown: &str, error: &CatalogueError) -> Failure {
    // A source that broke is the machine's matter; bytes that are no text are the file's.
    if let CatalogueError::Read { source, .. } = error
        && source.kind() != io::ErrorKind::InvalidData
        && source.kind() != io::ErrorKind::UnexpectedEof
    {
        return Failure::impossible(format!("{shown}: {error}"));
    }
    Failure::unreadable(format!("{shown}: {error}"))
}

/// The summary for people.
pub(crate) fn text(summary: &Summary, out: Option<&Path>, seconds: f64) -> String {
    let style = Style::detect();
    let counts = [
        (Answer::MaySell, summary.may_sell, style.good("may be sold")),
        (Answer::Refuse, summary.refuse, style.bad("refused")),
        (Answer::Ask, summary.ask, style.unsure("for a person")),
        (Answer::OutOfScope, summary.out_of_scope, "out of scope".into()),
    ];
    let mut rows: Vec<Vec<String>> =
        counts.iter().map(|(_, n, words)| vec![n.to_string(), words.clone()]).collect();
    rows.insert(0, vec![summary.rows.to_string(), style.bold("rows")]);
    let reasons: Vec<Vec<String>> =
        summary.by_reason.iter().map(|(reason, n)| vec![n.to_string(), reason.clone()]).collect();
    let s = &summary.snapshot;
    let mut text = format!("{}\n{}", table(&rows), table(&reasons));
    text.push_str(&format!(
        "\nsnapshot {} (log of {} entries), good until {}; {seconds:.3} s\n`assay explain REASON` says what a reason means.\n",
        s.number, s.log_size, s.valid_until
    ));
    if let Some(out) = out {
        text.push_str(&format!("verdicts: {}\n", out.display()));
    }
    text
}
