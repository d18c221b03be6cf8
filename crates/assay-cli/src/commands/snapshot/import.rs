//! `assay snapshot import`: a list of one's own as a snapshot, signed with a key of one's own: for tests, and for a shop whose
//! own-brand numbers no register knows. It comes from no log, and no register's keys vouch for it.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use assay::assess::{Variant, Verdict};
use assay::date::{self, Date};
use assay::gtin::{given_by_a_shop, read_cell};
use assay::key::SecretKey;
use assay::scheme::{Scheme, Sells};
use assay::snapshot::{Basis, Builder, Declared, MOST_DAYS, Snapshot, Standing, StandingId, State};
use assay::trust::Trust;
use assay_log::note::Signer;
use csv::{Reader, StringRecord};
use indicatif::{ProgressBar, ProgressStyle};

use crate::commands::gate::read_snapshot;
use crate::commands::submit::read_key;
use crate::exit::{Exit, Failure};
use crate::schemes::one;
use crate::{folder, today, trusted};

#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  assay snapshot import own.csv --out own.snap --scheme uk-2019-option-a\n\n\
Columns: gtin, status, and where there are any reason and support_end (or updates_until, YYYY-MM-DD).\n\
Status: allowed, cross (a label with a cross), refused, withdrawn, disputed; refused with the reason `withdrawn` is withdrawn.\n\
Numbers of restricted circulation are taken in: they mean something within one shop. The keys go to trust.txt beside it."
)]
pub(super) struct Args {
    /// The list, as CSV
    list: PathBuf,
    /// Where to write the snapshot
    #[arg(long, value_name = "FILE", default_value = "own.snap")]
    out: PathBuf,
    /// The scheme that the status is about
    #[arg(long, value_name = "ID", default_value = "uk-2019-option-a")]
    scheme: String,
    /// The day on which it is issued
    #[arg(long, value_name = "DATE", value_parser = today::parse_date)]
    on: Option<Date>,
    /// The key that signs it, made by `assay key new`: with it the next list is signed by the same. Default: a key for this once
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

/// Where the list's columns stand.
struct Columns {
    gtin: usize,
    status: usize,
    reason: Option<usize>,
    until: Option<usize>,
}

pub(super) fn run(args: &Args, as_json: bool) -> Result<Exit, Failure> {
    let scheme = one(&args.scheme)?;
    folder::check_target(&args.out, &[&args.list])?;
    let keys = args.out.with_file_name(trusted::FILE);
    let key = args.key.as_deref().map(read_key).transpose()?;
    let there = there(&keys, key.as_ref())?;
    let builder = read(&args.list, &scheme)?;
    let issued = args.on.unwrap_or_else(today::today);
    let basis = Basis {
        number: 1,
        log_origin: ORIGIN.into(),
        log_size: 0,
        root: *assay_log::hash::EMPTY_ROOT.as_bytes(),
        checkpoint: String::new(),
        issued,
        valid_until: issued.checked_add(jiff::Span::new().days(MOST_DAYS)).unwrap_or(Date::MAX),
        own_numbers: true,
    };
    let mut seeds = [[0; 32]; 2];
    today::random(&mut seeds[0])?;
    today::random(&mut seeds[1])?;
    let impossible = |e: &dyn std::fmt::Display| Failure::impossible(e.to_string());
    let log = Signer::new(ORIGIN, seeds[0]).map_err(|e| impossible(&e))?;
    let key = key.unwrap_or_else(|| SecretKey::from_seed(&seeds[1]));
    let written = there.is_some();
    let trust = there.unwrap_or_else(|| Trust::new(log.verifier().clone(), vec![key.public()]));
    let bytes = Snapshot::seal(builder, &basis, &key)
        .map_err(|e| Failure::unreadable(format!("{}: {e}", args.list.display())))?;
    folder::write_whole(&args.out, &bytes, false)?;
    if !written && let Err(failure) = folder::write_whole(&keys, trust.to_string().as_bytes(), false) {
        // Without its keys it is of no use.
        let _ = std::fs::remove_file(&args.out);
        return Err(failure);
    }
    super::told(&args.out, &read_snapshot(&args.out, &trust)?, as_json)
}

/// A name that no register can have, so that nobody takes the list for one.
const ORIGIN: &str = "assay-import.invalid/own";

/// The keys that lie beside the snapshot already: those of an earlier list that the same key signed, or none.
fn there(keys: &Path, key: Option<&SecretKey>) -> Result<Option<Trust>, Failure> {
    if !keys.exists() {
        return Ok(None);
    }
    let bytes = folder::read_bounded(keys, assay::trust::MAX_BYTES as u64)?;
    let trust = Trust::parse(&String::from_utf8_lossy(&bytes)).ok();
    let ours =
        |trust: &Trust| trust.origin() == ORIGIN && key.is_some_and(|key| trust.register() == [key.public()]);
    trust.filter(ours).map(Some).ok_or_else(|| {
        Failure::unreadable(format!(
            "{} is there already, and holds the keys of something else: write the snapshot to another folder, or name with --key \
             the key that signed the one before",
            keys.display()
        ))
    })
}

fn read(list: &Path, scheme: &Scheme) -> Result<Builder, Failure> {
    let file = File::open(list).map_err(|e| Failure::reading(list, &e))?;
    let mut reader = Reader::from_reader(std::io::BufReader::with_capacity(1 << 20, file));
    let broken = |e: csv::Error| Failure::unreadable(format!("{}: {e}", list.display()));
    let headers = reader.headers().map_err(broken)?.clone();
    let columns = columns(list, &headers)?;
    let bar = ProgressBar::new_spinner().with_message("rows read");
    if let Ok(style) = ProgressStyle::with_template("  {human_pos} {msg} {elapsed}") {
        bar.set_style(style);
    }
    let mut builder = Builder::default();
    let mut known: BTreeMap<String, StandingId> = BTreeMap::new();
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(broken)? {
        let line = record.position().map_or(0, csv::Position::line);
        let at = |why: String| Failure::unreadable(format!("{}, line {line}: {why}", list.display()));
        let cell = |column: usize| record.get(column).unwrap_or_default().trim();
        let text = cell(columns.gtin);
        // Numbers of restricted circulation mean something within one shop.
        let gtin = read_cell(text)
            .or_else(|fault| given_by_a_shop(text, fault).ok_or_else(|| at(fault.to_string())))?;
        let until = match columns.until.map(cell).unwrap_or_default() {
            "" => None,
            text => Some(date::parse(text).ok_or_else(|| {
                at(format!("`{text}` is no day: write it as year-month-day, such as 2027-03-31"))
            })?),
        };
        let (status, reason) = (cell(columns.status), columns.reason.map(cell).unwrap_or_default());
        let withdrawn = status == "refused" && reason == "withdrawn";
        let word = if withdrawn { "withdrawn" } else { status };
        let id = match known.get(word) {
            Some(id) => *id,
            None => {
                let standing = standing(word, scheme).ok_or_else(|| {
                    at(format!("`{status}` is no status: allowed, cross, refused, withdrawn or disputed"))
                })?;
                let id = builder.standing(&standing);
                known.insert(word.to_owned(), id);
                id
            }
        };
        builder.add_short(gtin, id, until);
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(builder)
}

fn columns(list: &Path, headers: &StringRecord) -> Result<Columns, Failure> {
    let names: Vec<String> = headers.iter().map(|header| header.trim().to_ascii_lowercase()).collect();
    if let Some(twice) = names.iter().enumerate().find(|(at, name)| names[..*at].contains(name)) {
        return Err(Failure::unreadable(format!(
            "{}: the column `{}` stands there twice: leave one out",
            list.display(),
            twice.1
        )));
    }
    let place = |wanted: &[&str]| names.iter().position(|name| wanted.contains(&name.as_str()));
    let wanted = |name: &str| {
        place(&[name]).ok_or_else(|| {
            Failure::unreadable(format!(
                "{}: there is no column `{name}` in its first line; cells are parted by commas",
                list.display()
            ))
        })
    };
    Ok(Columns {
        gtin: wanted("gtin")?,
        status: wanted("status")?,
        reason: place(&["reason"]),
        until: place(&["support_end", "updates_until"]),
    })
}

/// What a status says under a scheme.
fn standing(status: &str, scheme: &Scheme) -> Option<Standing> {
    let tick = scheme.label.is_some() || scheme.seller.sells == Sells::Labelled;
    let allowed = (Verdict::Holds, tick.then_some(Variant::Tick));
    let (state, (verdict, variant)) = match status {
        "allowed" => (State::Active, allowed),
        "cross" => (State::Active, (Verdict::DoesNotHold, Some(Variant::Cross))),
        "refused" => (State::Active, (Verdict::Refused, None)),
        "withdrawn" => (State::Withdrawn, allowed),
        "disputed" => (State::Disputed, allowed),
        _ => return None,
    };
    let declared = Declared { verdict, variant, statement: false };
    Some(Standing {
        state,
        shortened: false,
        schemes: [(scheme.id.clone(), declared)].into(),
        document: None,
    })
}
