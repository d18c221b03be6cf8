//! `assay label --all`: the labels of a maker's whole range, a page of the register's list at a time. What was written is
//! noted in `labels.ndjson` once its files are whole and in their places, so a run that was stopped anywhere goes on: what is
//! noted there, lies in the folder and is still the label in force is left as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use assay::gtin::Gtin14;
use assay::label::SignedLabel;
use assay::statement::ProductId;
use assay_label::{Look, Press};
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::written::Source;
use super::{Args, DEFAULT_SCHEME, verified};
use crate::exit::{Exit, Failure};
use crate::remote::Register;
use crate::trusted::Trusted;
use crate::{folder, output};

/// The list in the folder.
const NOTES: &str = "labels.ndjson";

/// Largest page of the register's list, and largest list in a folder, in bytes.
const MOST_PAGE: u64 = 4 << 20;
const MOST_NOTES: u64 = 4 << 30;

/// A page of the register's list.
#[derive(Deserialize)]
struct Page {
    labels: Vec<Listed>,
    left_out: Vec<LeftOut>,
    all: u64,
    next: Option<ProductId>,
}

/// A number that carries no label now, and why.
#[derive(Deserialize)]
struct LeftOut {
    product: String,
    name: String,
    why: String,
}

#[derive(Deserialize)]
struct Listed {
    product: String,
    name: String,
    gtin: Option<Gtin14>,
    link: String,
}

/// What was written for one label.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    product: String,
    name: String,
    link: String,
    /// How it was drawn, and by which version of this program.
    look: String,
    files: Vec<String>,
}

#[derive(Default)]
struct Counts {
    written: u64,
    kept: u64,
    refused: Vec<String>,
    left_out: Vec<String>,
    /// The files that this run wrote or found.
    seen: BTreeSet<String>,
}

pub(super) fn run(
    args: &Args,
    maker: &str,
    look: Look,
    register: &Register,
    trust: &Trusted,
    as_json: bool,
) -> Result<Exit, Failure> {
    if !maker.bytes().all(|b| b.is_ascii_alphanumeric()) || maker.len() > 40 {
        return Err(Failure::unreadable(format!("`{maker}` is no maker's id")));
    }
    std::fs::create_dir_all(&args.out).map_err(|e| writing(&args.out, &e))?;
    let notes = Notes::open(&args.out)?;
    let source = Source { register, look, args: &args.look, scheme: &args.scheme, trust: &trust.keys };
    let run = Run { args, look, source, notes, counts: Mutex::default(), bar: bar() };
    // As many presses as there are cores: each keeps what its labels have in common.
    let cores = std::thread::available_parallelism().map_or(1, usize::from).min(16);
    let mut presses: Vec<Press> = (0..cores).map(|_| Press::default()).collect();
    let mut after = String::new();
    loop {
        let path = format!("/api/v1/labels?scheme={}&maker={maker}{after}", args.scheme);
        let page: Page = serde_json::from_slice(&register.get(&path, MOST_PAGE)?)
            .map_err(|e| Failure::unreadable(format!("the register's list cannot be read: {e}")))?;
        run.bar.set_length(page.all);
        run.draw(&page.labels, trust, &mut presses)?;
        let left_out = page.left_out.iter().map(|l| format!("{} ({}): {}", l.product, l.name, l.why));
        run.counts().left_out.extend(left_out);
        let Some(next) = page.next else { break };
        // A register that never comes to an end would keep us for ever.
        let now = format!("&after={next}");
        if now <= after || (page.labels.is_empty() && page.left_out.is_empty()) {
            return Err(Failure::unreadable("the register's list has no end"));
        }
        after = now;
    }
    run.bar.finish_and_clear();
    let counts = std::mem::take(&mut *run.counts());
    let Counts { written, kept, refused, left_out, seen } = &counts;
    // Labels of earlier runs that the register no longer lists: the files are the maker's to take away.
    let earlier = run.notes.earlier.keys().filter(|file| !seen.contains(*file));
    let gone: Vec<&String> = earlier.filter(|file| args.out.join(file).is_file()).collect();
    if as_json {
        output::json(&json!({
            "schema": "assay-labels-written-0", "folder": args.out, "written": written, "kept": kept,
            "refused": refused, "left_out": left_out, "no_longer_listed": gone, "list": args.out.join(NOTES),
        }))?;
    } else {
        let mut said =
            format!("{}: {written} labels written, {kept} were there already\n", args.out.display());
        left_out.iter().for_each(|why| said.push_str(&format!("  no label now: {}\n", output::plain(why))));
        gone.iter().for_each(|file| said.push_str(&format!("  no longer listed: {}\n", output::plain(file))));
        refused.iter().for_each(|why| said.push_str(&format!("  refused: {}\n", output::plain(why))));
        output::print(&said)?;
    }
    Ok(if refused.is_empty() { Exit::Holds } else { Exit::Found })
}

struct Run<'a> {
    args: &'a Args,
    look: Look,
    source: Source<'a>,
    notes: Notes,
    counts: Mutex<Counts>,
    bar: ProgressBar,
}

impl Run<'_> {
    /// Draws a page, its labels shared out among the presses.
    fn draw(&self, labels: &[Listed], trust: &Trusted, presses: &mut [Press]) -> Result<(), Failure> {
        let share = labels.len().div_ceil(presses.len()).max(1);
        std::thread::scope(|threads| {
            let drawn: Vec<_> = presses
                .iter_mut()
                .zip(labels.chunks(share))
                .map(|(press, labels)| {
                    threads.spawn(move || labels.iter().try_for_each(|one| self.draw_one(one, trust, press)))
                })
                .collect();
            drawn.into_iter().try_for_each(|thread| {
                thread.join().unwrap_or_else(|_| Err(Failure::impossible("a label could not be drawn")))
            })
        })
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn draw_one(&self, listed: &Listed, trust: &Trusted, press: &mut Press) -> Result<(), Failure> {
        let drawn = self.drawn(listed, trust, press);
        self.bar.inc(1);
        match drawn {
            Ok(true) => self.counts().written += 1,
            Ok(false) => self.counts().kept += 1,
            // One label that cannot be had is a result; a disk that is full is the end.
            Err(Failure::Unreadable { message, .. }) => {
                self.counts().refused.push(format!("{} ({}): {message}", listed.product, listed.name));
            }
            Err(failure) => return Err(failure),
        }
        Ok(())
    }

    /// Writes a label's files, if they are not there already.
    fn drawn(&self, listed: &Listed, trust: &Trusted, press: &mut Press) -> Result<bool, Failure> {
        let signed = verified(&listed.link, trust, &self.args.scheme)?;
        let listed_as =
            listed.gtin.map_or_else(|| format!("p/{}", listed.product), |gtin| format!("01/{gtin}"));
        if signed.facts().subject().path() != listed_as {
            let of = signed.facts().subject();
            return Err(Failure::unreadable(format!("the register sent the label of {of} for it")));
        }
        let note = self.note(listed, &signed);
        self.counts().seen.extend(note.files.iter().cloned());
        let there = note.files.iter().all(|file| self.args.out.join(file).is_file());
        if there && self.notes.has(&note) {
            return Ok(false);
        }
        for (file, format) in note.files.iter().zip(&self.args.format) {
            let bytes = self.source.write_with(press, &signed, *format)?;
            folder::write_whole(&self.args.out.join(file), &bytes, false)?;
        }
        // Only now: a note without its files would keep the next run from drawing them.
        self.notes.add(&note)?;
        Ok(true)
    }

    fn note(&self, listed: &Listed, signed: &SignedLabel) -> Note {
        // The path of the link: a GTIN's digits or a product's id, which no file's name can leave its folder with.
        let path = signed.facts().subject().path();
        let stem = path.rsplit('/').next().unwrap_or_default();
        // Labels under several schemes may lie in one folder.
        let scheme = signed.facts().scheme_id();
        let stem = if scheme == DEFAULT_SCHEME { stem.to_owned() } else { format!("{stem}_{scheme}") };
        let file = |format: &super::Format| format!("{stem}.{}", format.ending());
        Note {
            product: listed.product.clone(),
            name: listed.name.clone(),
            link: listed.link.clone(),
            look: format!("{}, {}", self.args.look.words(self.look), env!("CARGO_PKG_VERSION")),
            files: self.args.format.iter().map(file).collect(),
        }
    }
}

/// What earlier runs wrote, and what this one does. A file is what its last note says.
struct Notes {
    earlier: BTreeMap<String, Note>,
    file: Mutex<File>,
    path: std::path::PathBuf,
}

impl Notes {
    fn open(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join(NOTES);
        let mut file =
            OpenOptions::new().create(true).append(true).open(&path).map_err(|e| writing(&path, &e))?;
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            let what = format!("another run writes into {}: wait for it", folder.display());
            return Err(Failure::impossible(what));
        }
        sweep(folder).map_err(|e| writing(folder, &e))?;
        let text = String::from_utf8_lossy(&folder::read_bounded(&path, MOST_NOTES)?).into_owned();
        let mut earlier = BTreeMap::new();
        // The last line of a run that was killed may be cut off: it counts for nothing.
        for note in text.lines().filter_map(|line| serde_json::from_str::<Note>(line).ok()) {
            earlier.extend(note.files.iter().map(|file| (file.clone(), note.clone())));
        }
        if !text.is_empty() && !text.ends_with('\n') {
            file.write_all(b"\n").map_err(|e| writing(&path, &e))?;
        }
        Ok(Self { earlier, file: Mutex::new(file), path })
    }

    fn has(&self, note: &Note) -> bool {
        note.files.iter().all(|file| {
            let last = self.earlier.get(file);
            last.is_some_and(|last| (&last.link, &last.look) == (&note.link, &note.look))
        })
    }

    fn add(&self, note: &Note) -> Result<(), Failure> {
        let line = serde_json::to_string(note)
            .map_err(|e| Failure::impossible(format!("a line of {NOTES} cannot be written: {e}")))?;
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(format!("{line}\n").as_bytes()).map_err(|e| writing(&self.path, &e))
    }
}

/// Takes away what a run that was killed had begun to write: `STEM.FORMAT.CHANCE.part`.
fn sweep(folder: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let parts: Vec<&str> = name.to_str().unwrap_or_default().split('.').collect();
        if let [_, format, chance, "part"] = parts.as_slice()
            && super::Format::parse(format).is_ok()
            && chance.len() == 16
            && chance.bytes().all(|b| b.is_ascii_hexdigit())
        {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn writing(path: &Path, error: &std::io::Error) -> Failure {
    Failure::impossible(format!("{} cannot be written: {error}", path.display()))
}

/// How far it is, on standard error; silent where that is no terminal.
fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len} labels  {per_sec}  {eta} left") {
        bar.set_style(style);
    }
    bar
}
