//! `assay label --all`: the labels of a maker's whole range, a page of the register's list at a time. What was written is
//! noted in `labels.ndjson` once its files are whole and in their places, so a run that was stopped anywhere goes on: what is
//! noted there, lies in the folder and is still the label in force is left as it is.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;

use assay::label::SignedLabel;
use assay_label::{Look, Press};
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Args;
use super::written::Source;
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
    all: u64,
    next: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    product: String,
    name: String,
    link: String,
}

/// What was written for one label.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    product: String,
    name: String,
    link: String,
    look: String,
    files: Vec<String>,
}

#[derive(Default)]
struct Counts {
    written: u64,
    kept: u64,
    refused: Vec<String>,
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
        let Some(next) = page.next else { break };
        // A register that sends the same page for ever would keep us for ever.
        let now = format!("&after={next}");
        if now <= after {
            return Err(Failure::unreadable("the register's list goes round in a circle"));
        }
        after = now;
    }
    run.bar.finish_and_clear();
    let counts = run.counts.into_inner().unwrap_or_default();
    let Counts { written, kept, refused } = &counts;
    if as_json {
        output::json(&json!({
            "schema": "assay-labels-written-0", "folder": args.out, "written": written, "kept": kept,
            "refused": refused, "list": args.out.join(NOTES),
        }))?;
    } else {
        let mut said =
            format!("{}: {written} labels written, {kept} were there already\n", args.out.display());
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

    fn draw_one(&self, listed: &Listed, trust: &Trusted, press: &mut Press) -> Result<(), Failure> {
        let signed = match SignedLabel::read(&listed.link, &trust.keys.label_keys()) {
            Ok(signed) => signed,
            Err(why) => {
                let mut counts = self.counts.lock().unwrap_or_else(|e| e.into_inner());
                counts.refused.push(format!("{} ({}): {why}", listed.product, listed.name));
                self.bar.inc(1);
                return Ok(());
            }
        };
        let note = self.note(listed, &signed);
        let there = note.files.iter().all(|file| self.args.out.join(file).is_file());
        let kept = there && self.notes.has(&note);
        if !kept {
            for (file, format) in note.files.iter().zip(&self.args.format) {
                let bytes = self.source.write_with(press, &signed, *format)?;
                folder::write_whole(&self.args.out.join(file), &bytes, false)?;
            }
            // Only now: a note without its files would keep the next run from drawing them.
            self.notes.add(&note)?;
        }
        let mut counts = self.counts.lock().unwrap_or_else(|e| e.into_inner());
        *(if kept { &mut counts.kept } else { &mut counts.written }) += 1;
        self.bar.inc(1);
        Ok(())
    }

    fn note(&self, listed: &Listed, signed: &SignedLabel) -> Note {
        // The path of the link: a GTIN's digits or a product's id, which no file's name can leave its folder with.
        let path = signed.facts().subject().path();
        let stem = path.rsplit('/').next().unwrap_or_default();
        let file = |format: &super::Format| format!("{stem}.{}", format.ending());
        Note {
            product: listed.product.clone(),
            name: listed.name.clone(),
            link: listed.link.clone(),
            look: self.args.look.words(self.look),
            files: self.args.format.iter().map(file).collect(),
        }
    }
}

/// What earlier runs wrote, and what this one does.
struct Notes {
    earlier: BTreeMap<Vec<String>, Note>,
    file: Mutex<File>,
    path: std::path::PathBuf,
}

impl Notes {
    fn open(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join(NOTES);
        let mut earlier = BTreeMap::new();
        if path.exists() {
            let text = String::from_utf8_lossy(&folder::read_bounded(&path, MOST_NOTES)?).into_owned();
            // The last line of a run that was killed may be cut off: it counts for nothing.
            for note in text.lines().filter_map(|line| serde_json::from_str::<Note>(line).ok()) {
                earlier.insert(note.files.clone(), note);
            }
            if !text.is_empty() && !text.ends_with('\n') {
                append(&path, b"\n")?;
            }
        }
        let file =
            OpenOptions::new().create(true).append(true).open(&path).map_err(|e| writing(&path, &e))?;
        Ok(Self { earlier, file: Mutex::new(file), path })
    }

    fn has(&self, note: &Note) -> bool {
        self.earlier.get(&note.files) == Some(note)
    }

    fn add(&self, note: &Note) -> Result<(), Failure> {
        let line = serde_json::to_string(note)
            .map_err(|e| Failure::impossible(format!("a line of {NOTES} cannot be written: {e}")))?;
        let mut file = self.file.lock().unwrap_or_else(|e| e.into_inner());
        file.write_all(format!("{line}\n").as_bytes()).map_err(|e| writing(&self.path, &e))
    }
}

fn append(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut file = OpenOptions::new().append(true).open(path).map_err(|e| writing(path, &e))?;
    file.write_all(bytes).map_err(|e| writing(path, &e))
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
