//! `assay gate`: may each listing of a catalogue be sold? Judged here, from a snapshot; nobody learns the catalogue.

mod people;
mod receipt;
mod source;
mod told;
mod watch;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use assay::date::Date;
use assay::gate::Reason;
use assay::scheme::Scheme;
use assay::scope::Place;
use assay::snapshot::Snapshot;
use assay::trust::Trust;
use assay_gate::{
    Catalogue, Column, Columns, Form, GateError, How, Judge, Keep, Market, Summary, Wish, run_markets,
};
use clap::ValueEnum as _;
use serde_json::json;

use self::people::People;
use self::receipt::{By, Digested, Passing, Wanted};
use self::source::{Opened, Source};
pub(crate) use self::told::Told;
use crate::commands::submit::read_key;
use crate::exit::{Exit, Failure};
use crate::folder::Beside;
use crate::output;
use crate::schemes::one;
use crate::trusted::Trusted;
use crate::{folder, today};

/// May each listing of a catalogue be sold? One verdict and reason for every row, offline
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  assay gate catalogue.csv --snapshot assay.snap --out verdicts.csv\n  \
assay gate catalogue.json --snapshot assay.snap --scheme uk-psti --json\n  \
assay gate catalogue.csv --snapshot assay.snap --out verdicts.csv --receipt receipt.json --key shop.key\n  \
assay gate catalogue.csv --snapshot assay.snap --watch | mail-the-buyers\n  \
assay gate orders.parquet --snapshot assay.snap --sold-on day --keep all --out verdicts.parquet\n  \
assay gate catalogue.csv --snapshot assay.snap --scheme uk-psti,eu-cra,de-bsi --out all.ndjson --people today.csv\n  \
assay gate catalogue.csv.gz --snapshot assay.snap --out - --columns sku,verdict,reason | grep refuse\n  \
mysql -e 'select …' | assay gate - --snapshot assay.snap --trust trust.txt\n\n\
Catalogues: CSV (any delimiter, UTF-8 or UTF-16), a JSON array of objects, one object a line (packed with gzip or\n\
Zstandard as well), or Parquet. The columns are found by their names; --gtin and --sku name them. Exit 1 if any row is refused, 3 if\n\
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
    /// The scheme whose rules for sellers apply, or several in one pass: `uk-psti@great-britain,eu-cra`
    #[arg(long, value_name = "IDS", value_delimiter = ',', default_value = "uk-2019-option-a")]
    scheme: Vec<String>,
    /// The day of the sale. Default: today in UTC, unless this machine's clock stands before the snapshot was made
    #[arg(long, value_name = "DATE", value_parser = today::parse_date)]
    on: Option<Date>,
    /// The column that holds the day on which a row is sold, as 2027-03-31; an empty cell is the day of the run
    #[arg(long, value_name = "COLUMN")]
    sold_on: Option<String>,
    /// Ask about what may be sold without security updates promised for so many months after the sale
    #[arg(long, value_name = "MONTHS", value_parser = clap::value_parser!(u32).range(1..=1200))]
    supported_for: Option<u32>,
    /// Write the verdicts here; `-` for standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The form of the verdicts. Default: by the end of --out (.ndjson, .jsonl, .parquet), else CSV
    #[arg(long, value_name = "FORM")]
    format: Option<Format>,
    /// Columns of yours to write before the verdicts: `all`, or their names
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    keep: Vec<String>,
    /// Write the rows that need a person here as CSV, the most urgent first
    #[arg(long, value_name = "FILE")]
    people: Option<PathBuf>,
    /// The register's address, to which the column `snippet` leads
    #[arg(long, value_name = "URL", value_parser = web_address)]
    link: Option<String>,
    /// The columns to write, in this order; `snippet` is HTML for the listing's page
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = column, default_value = "line,sku,gtin14,verdict,reason,updates_until,label")]
    columns: Vec<Column>,
    /// What becomes of a snapshot that was good until a day before that of the sale: `ask` allows nothing by it, `refuse` judges
    /// nothing. A day of --sold-on after it is a question either way
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
    /// Judge again whenever another snapshot or catalogue lies there, or the day is another, and print the rows that came to
    /// something else
    #[arg(long, conflicts_with_all = ["out", "people", "receipt", "keep", "format", "columns", "link"])]
    watch: bool,
    /// Seconds between two looks at the files
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..), requires = "watch")]
    interval: u32,
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

/// A form of the verdicts.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A header line, and a line a row.
    Csv,
    /// One JSON object a line.
    Ndjson,
    /// For DuckDB, Spark and polars.
    Parquet,
}

/// A column by its name.
fn column(name: &str) -> Result<Column, String> {
    let found = Column::EVERY.into_iter().find(|column| column.name() == name.trim());
    found.ok_or_else(|| format!("the columns are {}", Column::EVERY.map(Column::name).join(", ")))
}

/// An address that a snippet may lead to.
fn web_address(text: &str) -> Result<String, String> {
    let url = url_of(text).filter(|url| !url.contains(|c: char| c.is_whitespace() || c.is_control()));
    url.map(str::to_owned).ok_or_else(|| "an address begins with https://".into())
}

fn url_of(text: &str) -> Option<&str> {
    ["https://", "http://"]
        .iter()
        .any(|scheme| text.len() > scheme.len() && text.starts_with(scheme))
        .then_some(text)
}

pub(crate) fn run(args: &Args, as_json: bool) -> Result<Exit, Failure> {
    let started = Instant::now();
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
    if args.watch && as_json {
        return Err(Failure::unreadable("--watch prints rows of CSV as they change: leave --json out"));
    }
    if args.watch {
        return watch::run(args, &trust);
    }
    let snapshot = read_snapshot(&args.snapshot, &trust.keys)?;
    let on = args.day(&snapshot, today::today())?;
    args.hold_against_calendar(&snapshot, on)?;
    args.check_targets(&trust.file)?;
    let asked = Asked::of(args)?;
    let markets = asked.markets(args, &snapshot, on);
    let wanted = wanted(args)?;
    let passing = wanted.as_ref().map(|wanted| wanted.catalogue.clone());
    let source = source::open(&args.catalogue, passing, &asked.columns)?;
    let Opened { catalogue, size, bar } = source;
    let how = args.how(size, snapshot.len());
    let job =
        Job { markets: &markets, how: &how, wish: &asked.wish, people: People::of(args.people.as_deref()) };
    let passing = wanted.as_ref().and_then(|wanted| wanted.verdicts.clone());
    let (summaries, written) = job.run(catalogue, args.out.as_deref(), passing)?;
    bar.finish_and_clear();
    let shown = args.catalogue.display().to_string();
    let summaries = summaries.map_err(|e| source::failure(&shown, args.out.as_deref(), &e))?;
    let by = By {
        header: snapshot.header(),
        market: asked.one(),
        on,
        scope_check: args.scope_check == ScopeCheck::On,
        supported_for: args.supported_for,
        sold_on: args.sold_on.as_deref(),
    };
    let receipt = wanted.as_ref().zip(summaries.first()).map(|(wanted, summary)| wanted.write(&by, summary));
    // Nothing can fail any more but the moving.
    for beside in written.into_iter().flatten().chain(receipt.transpose()?) {
        beside.put()?;
    }
    let told = Told { names: &asked.names, summaries: &summaries, seconds: started.elapsed().as_secs_f64() };
    if as_json {
        let mut document = told.document();
        document["trust"] = json!({ "file": trust.file, "pinned": trust.pinned });
        output::json(&document)?;
    } else if to_stdout {
        output::note(&told.text(None, args.people.as_deref()));
    } else {
        output::print(&told.text(args.out.as_deref(), args.people.as_deref()))?;
    }
    Ok(summaries
        .iter()
        .map(exit_of)
        .max_by_key(|exit| match exit {
            Exit::Found => 2,
            Exit::Open => 1,
            _ => 0,
        })
        .unwrap_or(Exit::Holds))
}

/// What the arguments ask for, read once.
struct Asked {
    /// Each scheme, with its part of the United Kingdom.
    schemes: Vec<(Scheme, Option<Place>)>,
    /// What they are called; empty names nothing where there is one.
    names: Vec<String>,
    columns: Columns,
    wish: Wish,
}

impl Asked {
    fn of(args: &Args) -> Result<Self, Failure> {
        let mut schemes = Vec::new();
        let mut names: Vec<String> = Vec::new();
        for name in &args.scheme {
            let (id, place) = match name.trim().split_once('@') {
                None => (name.trim(), args.territory),
                Some((id, place)) => {
                    let place = Territory::from_str(place, true).map_err(|_| {
                        Failure::unreadable(format!(
                            "--scheme {name}: behind the @ stands great-britain or northern-ireland"
                        ))
                    })?;
                    (id, Some(place))
                }
            };
            if names.iter().any(|other| other == name.trim()) {
                return Err(Failure::unreadable(format!(
                    "--scheme names {} twice: leave one out",
                    name.trim()
                )));
            }
            schemes.push((one(id)?, place.map(Territory::place)));
            names.push(name.trim().to_owned());
        }
        if let [name] = &mut names[..] {
            name.clear();
        }
        if args.watch && schemes.len() > 1 {
            return Err(Failure::unreadable("--watch is for one scheme: start one for each"));
        }
        if args.receipt.is_some() && schemes.len() > 1 {
            return Err(Failure::unreadable("a receipt is for one scheme: run the gate once for each"));
        }
        let keep = match &args.keep[..] {
            [] => Keep::None,
            [all] if all.trim() == "all" => Keep::All,
            names => Keep::Some(names.to_vec()),
        };
        let columns = Columns {
            gtin: args.gtin.clone(),
            sku: args.sku.clone(),
            category: args.category.clone(),
            title: args.title.clone(),
            brand: args.brand.clone(),
            model: args.model.clone(),
            sold_on: args.sold_on.clone(),
            keep,
        };
        let wish = Wish { columns: args.columns.clone(), form: args.form(), link: args.link.clone() };
        Ok(Self { schemes, names, columns, wish })
    }

    /// The judges, each with the name of its columns.
    fn markets<'a>(&'a self, args: &Args, snapshot: &'a Snapshot, on: Date) -> Vec<Market<'a>> {
        let market = |((scheme, place), name): (&'a (Scheme, Option<Place>), &String)| {
            let mut judge = Judge::new(snapshot, scheme, on);
            if let Some(months) = args.supported_for {
                judge = judge.supported_for(months);
            }
            if args.scope_check == ScopeCheck::On {
                judge = judge.with_words(*place);
            }
            Market { name: name.clone(), judge }
        };
        self.schemes.iter().zip(&self.names).map(market).collect()
    }

    /// The scheme of a run that has one, and its place.
    fn one(&self) -> Option<(&Scheme, Option<Place>)> {
        self.schemes.first().map(|(scheme, place)| (scheme, *place))
    }
}

impl Args {
    /// Refuses outputs that would overwrite an input or one another.
    fn check_targets(&self, trust: &Path) -> Result<(), Failure> {
        if self.people.as_deref() == Some(Path::new("-")) {
            return Err(Failure::unreadable(
                "--people wants the name of a file: standard output is for the verdicts",
            ));
        }
        let others = ["json", "ndjson", "jsonl", "parquet"];
        if self.people.as_ref().is_some_and(|people| others.iter().any(|end| ends(people, end))) {
            return Err(Failure::unreadable("--people writes CSV: end its name with .csv"));
        }
        let out = self.out.as_ref().filter(|out| **out != *Path::new("-"));
        if self.format.is_none() && self.out_ends("json") {
            return Err(Failure::unreadable(
                "--out ends with .json, and verdicts are not written as one JSON document: end it with .ndjson for an object a line, or give --format",
            ));
        }
        let targets =
            [("--out", out), ("--people", self.people.as_ref()), ("--receipt", self.receipt.as_ref())];
        let targets: Vec<(&str, &PathBuf)> =
            targets.into_iter().filter_map(|(flag, path)| path.map(|path| (flag, path))).collect();
        let mut inputs = vec![self.catalogue.as_path(), &self.snapshot, trust];
        inputs.extend(self.key.as_deref());
        for (at, (flag, target)) in targets.iter().enumerate() {
            folder::check_target(target, &inputs)?;
            let place = folder::place_of(target)?;
            for (other, before) in &targets[..at] {
                if folder::place_of(before)? == place {
                    return Err(Failure::unreadable(format!("{other} and {flag} name one file: name two")));
                }
            }
        }
        Ok(())
    }

    fn how(&self, size: Option<u64>, records: usize) -> How {
        How {
            columns: self.columns.clone(),
            threads: self.threads(),
            table: many_rows(size, records),
            ..How::default()
        }
    }

    fn threads(&self) -> usize {
        let all = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.map_or_else(all, usize::from)
    }

    /// The form that is asked for, or that the name of --out says.
    fn form(&self) -> Form {
        match self.format {
            Some(Format::Csv) => Form::Csv,
            Some(Format::Ndjson) => Form::Ndjson,
            Some(Format::Parquet) => Form::Parquet,
            None if self.out_ends("parquet") => Form::Parquet,
            None if self.out_ends("ndjson") || self.out_ends("jsonl") => Form::Ndjson,
            None => Form::Csv,
        }
    }

    /// Whether the name of --out ends like this.
    fn out_ends(&self, end: &str) -> bool {
        self.out.as_ref().is_some_and(|out| ends(out, end))
    }

    /// The day of the sale: as named, or by the clock, if that can be right.
    fn day(&self, snapshot: &Snapshot, clock: Date) -> Result<Date, Failure> {
        let by_clock = || snapshot.header().by_clock(clock);
        let mend = "set the clock, or name the day of the sale with --on";
        self.on.map_or_else(by_clock, Ok).map_err(|wrong| Failure::unreadable(format!("{wrong}: {mend}")))
    }

    /// What becomes of a snapshot that was good until an earlier day.
    fn hold_against_calendar(&self, snapshot: &Snapshot, on: Date) -> Result<(), Failure> {
        let until = snapshot.header().valid_until;
        if on <= until {
            return Ok(());
        }
        let old = format!("{} was good until {until} and the sale is on {on}", self.snapshot.display());
        if self.stale == Stale::Refuse {
            return Err(Failure::unreadable(format!("{old}: fetch a newer one")));
        }
        output::note(&format!("{old}: no sale after its last day is allowed by it. Fetch a newer one"));
        Ok(())
    }
}

fn ends(path: &Path, end: &str) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(end))
}

/// A run over a catalogue.
struct Job<'a> {
    markets: &'a [Market<'a>],
    how: &'a How,
    wish: &'a Wish,
    people: People,
}

/// What a run came to, and files to be put in their places once nothing else can fail.
type Ran = (Result<Vec<Summary>, GateError>, Vec<Option<Beside>>);

impl Job<'_> {
    fn run(
        mut self,
        catalogue: Catalogue<Source>,
        out: Option<&Path>,
        passing: Option<Passing>,
    ) -> Result<Ran, Failure> {
        let Some(out) = out.filter(|out| *out != Path::new("-")) else {
            let summaries = match out {
                None => self.judge(catalogue, io::sink()),
                Some(_) => self.judge(catalogue, Digested { inner: io::stdout(), passing }),
            };
            let people = if summaries.is_ok() { self.people.write()? } else { None };
            return Ok((summaries, vec![people]));
        };
        let mut judged = None;
        let beside = Beside::write(out, false, |file| {
            judged = Some(self.judge(catalogue, Digested { inner: &*file, passing }));
            // What failed is told as what it is; here it only must not be put in its place.
            if matches!(judged, Some(Ok(_))) { Ok(()) } else { Err(io::ErrorKind::Other.into()) }
        });
        match (judged, beside) {
            (Some(Ok(summaries)), Ok(beside)) => {
                Ok((Ok(summaries), vec![self.people.write()?, Some(beside)]))
            }
            (Some(Err(error)), _) => Ok((Err(error), Vec::new())),
            (_, Err(failure)) => Err(failure),
            (None, Ok(_)) => Err(Failure::impossible("nothing was judged")),
        }
    }

    /// Whether nothing is asked for but a line of CSV for each row, on one day.
    fn is_plain(&self, catalogue: &Catalogue<Source>) -> bool {
        self.wish.form == Form::Csv
            && catalogue.kept().is_empty()
            && !self.wish.columns.contains(&Column::Snippet)
            && !self.people.wanted()
            && !catalogue.has_days()
    }

    fn judge(
        &mut self,
        catalogue: Catalogue<Source>,
        to: impl Write + Send,
    ) -> Result<Vec<Summary>, GateError> {
        match self.markets {
            [market] if self.is_plain(&catalogue) => {
                assay_gate::run(&market.judge, catalogue, self.how, to).map(|s| vec![s])
            }
            markets => {
                let wanted = self.people.wanted();
                let mut take = |reasons: &[Reason], line: &[u8]| self.people.take(reasons, line);
                let people: Option<assay_gate::People<'_>> = if wanted { Some(&mut take) } else { None };
                run_markets(markets, catalogue, self.wish, to, people)
            }
        }
    }
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

/// Reads and verifies a snapshot.
pub(crate) fn read_snapshot(path: &Path, trust: &Trust) -> Result<Snapshot, Failure> {
    let bytes = folder::read_bounded(path, 4 << 30)?;
    Snapshot::open(&bytes, trust.register(), trust.origin())
        .map_err(|e| Failure::unreadable(format!("{}: {e}", path.display())))
}

/// What a receipt needs, if one is wanted.
fn wanted(args: &Args) -> Result<Option<Wanted>, Failure> {
    let (Some(file), Some(key)) = (&args.receipt, &args.key) else { return Ok(None) };
    Ok(Some(Wanted {
        file: file.clone(),
        key: read_key(key)?,
        catalogue: Passing::default(),
        verdicts: args.out.as_ref().map(|_| Passing::default()),
    }))
}
