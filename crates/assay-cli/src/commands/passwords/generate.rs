//! `assay passwords generate`: a batch of passwords as they should be made, from the system's random generator, and put to
//! the same audit before anything is written.

use std::io::Write;
use std::path::{Path, PathBuf};

use assay::outcome::{Confidence, Outcome};
use assay_passwords::audit::{Asked, Digests, Report, audit};
use assay_passwords::common::Common;
use assay_passwords::lanes::Engine;
use assay_passwords::layout::{Layout, Said};
use assay_passwords::sample::SAMPLE;
use assay_passwords::seal::RunKey;
use assay_passwords::space::guess::{Attack, wanted};
use assay_passwords::table::Table;
use serde_json::json;
use zeroize::Zeroizing;

use super::input::TempFiles;
use super::secrecy;
use crate::exit::{Exit, Failure};
use crate::folder::{Beside, read_bounded};
use crate::{output, today};

/// Make passwords for a batch: random, without look-alikes, no two alike, and audited before they are written
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  assay passwords generate --count 10000 --out labels.csv\n  assay passwords generate --serials serials.txt --out labels.csv\n\n\
Letters and digits without l, o, 0 and 1, five bits a character: 13 of them are 65 bits, and fit into a Wi-Fi key."
)]
pub(super) struct Args {
    /// How many
    #[arg(long, value_name = "NUMBER", required_unless_present = "serials", value_parser = clap::value_parser!(u64).range(1..=MOST))]
    count: Option<u64>,
    /// Characters of each
    #[arg(long, value_name = "NUMBER", default_value_t = 13, value_parser = clap::value_parser!(u64).range(1..=63))]
    length: u64,
    /// A file of serial numbers, one a line: each gets a password, and both are written
    #[arg(long, value_name = "FILE")]
    serials: Option<PathBuf>,
    /// Where to write them, as CSV, readable by you alone; never over a file
    #[arg(long, value_name = "FILE", required_unless_present = "show_secrets")]
    out: Option<PathBuf>,
    /// Print them instead: whoever sees the screen or its log has them
    #[arg(long, conflicts_with = "out")]
    show_secrets: bool,
    /// Attempts an hour that the device answers, by its declared lock-out; default: passwords are for Wi-Fi, where nothing slows them down
    #[arg(long, value_name = "NUMBER", value_parser = super::rate)]
    attempts_per_hour: Option<f64>,
}

/// Small letters and digits, without those that are taken for one another on a label: 32, so that five random bits are a
/// character and none is more frequent.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
const BITS: f64 = 5.0;
/// Passwords that are made at most.
const MOST: u64 = 50_000_000;
/// Longest file of serial numbers.
const MOST_SERIALS: u64 = 4 << 30;

pub(super) fn run(args: &Args, as_json: bool) -> Result<Exit, Failure> {
    secrecy::begin()?;
    let length = usize::try_from(args.length).unwrap_or(usize::MAX);
    let attack = match args.attempts_per_hour {
        Some(rate) => Attack::Online { per_hour: Some(rate) },
        None => Attack::Offline,
    };
    let needed = (wanted(attack) / BITS).ceil();
    if (length as f64) < needed {
        return Err(Failure::unreadable(format!(
            "{length} characters can be guessed: take {needed:.0} at least{}",
            match args.attempts_per_hour {
                Some(_) => " with this lock-out",
                None => ", or say with --attempts-per-hour how far the device slows attempts down",
            }
        )));
    }
    if let Some(out) = args.out.as_ref().filter(|out| out.exists()) {
        return Err(Failure::unreadable(format!(
            "{} exists already: passwords are never written over a file",
            out.display()
        )));
    }
    if args.show_secrets && as_json {
        return Err(Failure::unreadable("--json never holds a password: give --out FILE"));
    }
    let serials = args.serials.as_deref().map(serials).transpose()?;
    let count = match (&serials, args.count) {
        (Some(serials), Some(count)) if serials.len() as u64 != count => {
            return Err(Failure::unreadable(format!(
                "there are {} serial numbers, not {count}",
                serials.len()
            )));
        }
        (Some(serials), _) => serials.len(),
        (None, count) => usize::try_from(count.unwrap_or_default()).unwrap_or(usize::MAX),
    };
    let passwords = different(count, length)?;
    let csv = written(&passwords, length, serials.as_deref());
    let report = audited(&csv, attack)?;
    if report.outcome == Outcome::NotMet {
        let kinds = report.findings.iter().filter(|f| f.confidence != Confidence::Possible);
        let kinds: Vec<&str> = kinds.map(|f| f.kind.word()).collect();
        return Err(Failure::impossible(format!(
            "the batch did not pass its own audit ({}): nothing was written. Chance does this less than once in 100,000 batches; \
             if it comes again, the system's random generator is at fault",
            kinds.join(", ")
        )));
    }
    match &args.out {
        Some(out) => {
            let beside = Beside::write(out, true, |file| file.write_all(&csv))?;
            if !beside.put_first()? {
                return Err(Failure::impossible(format!(
                    "{} appeared meanwhile: nothing was written over it",
                    out.display()
                )));
            }
        }
        None => {
            let text = std::str::from_utf8(&csv).map_err(|e| Failure::impossible(e.to_string()))?;
            output::print(text)?;
            return Ok(Exit::Holds);
        }
    }
    let bits = length as f64 * BITS;
    if as_json {
        output::json(&json!({
            "schema": "assay-passwords-generate-0", "file": args.out, "count": count, "length": length,
            "alphabet": ALPHABET.len(), "bits": bits, "audit": { "outcome": report.outcome.word(), "why": report.why },
        }))?;
    } else {
        output::print(&format!(
            "{count} passwords of {length} characters, {bits:.0} bits each, all different\nfile   {} (yours alone: print the labels, then keep it no longer than you must)\naudit  nothing found\n",
            args.out.as_deref().map(|o| o.display().to_string()).unwrap_or_default()
        ))?;
    }
    Ok(Exit::Holds)
}

/// The serial numbers of a file, one a line, none twice: a unit has one password.
fn serials(path: &Path) -> Result<Vec<String>, Failure> {
    let wrong = |line: usize, what: &str| Failure::unreadable(format!("{}:{line}: {what}", path.display()));
    let bytes = read_bounded(path, MOST_SERIALS)?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Failure::unreadable(format!("{} is no UTF-8 text", path.display())))?;
    let mut serials = Vec::new();
    for (n, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let serial = line.trim();
        match serial {
            "" => return Err(wrong(n + 1, "an empty line where a serial number should be")),
            s if s.chars().any(char::is_control) => {
                return Err(wrong(n + 1, "a serial number with a control character"));
            }
            s => serials.push(s.to_owned()),
        }
    }
    if serials.is_empty() || serials.len() as u64 > MOST {
        return Err(Failure::unreadable(format!(
            "{} holds {} serial numbers",
            path.display(),
            serials.len()
        )));
    }
    let mut sorted: Vec<usize> = (0..serials.len()).collect();
    sorted.sort_unstable_by_key(|n| (&serials[*n], *n));
    let twice = sorted.windows(2).find(|two| serials[two[0]] == serials[two[1]]);
    match twice {
        Some(two) => Err(wrong(two[1] + 1, &format!("the serial number of line {} again", two[0] + 1))),
        None => Ok(serials),
    }
}

/// So many passwords, one behind the other, no two alike.
fn different(count: usize, length: usize) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut all = Zeroizing::new(vec![0; count * length]);
    draw(&mut all)?;
    let of = |all: &[u8], n: u32| -> Vec<u8> { all[n as usize * length..][..length].to_vec() };
    let most = u32::try_from(count).map_err(|e| Failure::impossible(e.to_string()))?;
    loop {
        let mut order: Vec<u32> = (0..most).collect();
        order.sort_unstable_by(|a, b| {
            let cell = |n: u32| &all[n as usize * length..][..length];
            cell(*a).cmp(cell(*b))
        });
        let again: Vec<u32> =
            order.windows(2).filter(|two| of(&all, two[0]) == of(&all, two[1])).map(|two| two[1]).collect();
        if again.is_empty() {
            return Ok(all);
        }
        for n in again {
            draw(&mut all[n as usize * length..][..length])?;
        }
    }
}

/// Fills bytes with random characters. 32 divides 256, so each is as frequent as every other.
fn draw(into: &mut [u8]) -> Result<(), Failure> {
    for chunk in into.chunks_mut(1 << 20) {
        today::random(chunk)?;
        chunk.iter_mut().for_each(|b| *b = ALPHABET[usize::from(*b & 31)]);
    }
    Ok(())
}

/// The file. Its size is known beforehand, so that no copy is left behind by growing.
fn written(passwords: &[u8], length: usize, serials: Option<&[String]>) -> Zeroizing<Vec<u8>> {
    let names = serials.map_or(0, |s| s.iter().map(|s| 2 * s.len() + 3).sum());
    let mut csv = Zeroizing::new(Vec::with_capacity(passwords.len() + passwords.len() / length + names + 20));
    csv.extend_from_slice(if serials.is_some() { b"serial,password\n" } else { b"password\n" });
    for (n, password) in passwords.chunks_exact(length).enumerate() {
        if let Some(serial) = serials.and_then(|s| s.get(n)) {
            if serial.contains([',', '"']) {
                csv.extend_from_slice(format!("\"{}\"", serial.replace('"', "\"\"")).as_bytes());
            } else {
                csv.extend_from_slice(serial.as_bytes());
            }
            csv.push(b',');
        }
        csv.extend_from_slice(password);
        csv.push(b'\n');
    }
    csv
}

/// The audit of the batch, as anybody would make it of the file.
fn audited(csv: &Zeroizing<Vec<u8>>, attack: Attack) -> Result<Report, Failure> {
    let mut random = Zeroizing::new([0; 40]);
    today::random(&mut *random)?;
    let (key, seed) = random.split_at(32);
    let key = RunKey::new(<[u8; 32]>::try_from(key).unwrap_or_default());
    let (common, _) = Common::new([]);
    let failed = |what: String| Failure::impossible(format!("the batch could not be audited: {what}"));
    let bytes: &Vec<u8> = csv;
    let said = Said { delimiter: Some(b','), header: Some(true), ..Said::default() };
    let layout = Layout::find(bytes, &said).map_err(|e| failed(e.to_string()))?;
    let asked = Asked {
        only: &[],
        threads: std::thread::available_parallelism().map_or(1, usize::from).clamp(1, 64),
        memory: 2 << 30,
        sample: SAMPLE,
        seed: u64::from_le_bytes(seed.try_into().unwrap_or_default()) >> 12,
        attack: Some(attack),
        common: &common,
        whole_batch: true,
        most_rejected: 0,
        digests: Digests::All,
        engine: Engine::best(),
        scratches: &TempFiles,
        key: &key,
        progress: &|_, _, _| {},
    };
    audit(&Table::new(bytes, layout), &asked).map_err(|e| failed(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_are_alike_even_where_the_space_is_almost_used_up() {
        let all = different(900, 2).unwrap();
        let mut pairs: Vec<&[u8]> = all.chunks_exact(2).collect();
        pairs.sort_unstable();
        pairs.dedup();
        assert_eq!(pairs.len(), 900, "of 1,024 there are");
        assert!(all.iter().all(|b| ALPHABET.contains(b)));
    }

    #[test]
    fn a_serial_number_with_a_separator_stays_one_cell() {
        let csv = written(b"aabb", 2, Some(&["S,1".to_owned(), "S\"2".to_owned()]));
        assert_eq!(csv.as_slice(), b"serial,password\n\"S,1\",aa\n\"S\"\"2\",bb\n");
    }
}
