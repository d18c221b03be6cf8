//! An audit of bytes in memory, for tests that look at the whole of it.

use std::io;
use std::sync::Mutex;

use assay_passwords::audit::{Asked, Digests, Problem, Report, audit};
use assay_passwords::common::Common;
use assay_passwords::kind::Kind;
use assay_passwords::lanes::Engine;
use assay_passwords::layout::{Layout, Said};
use assay_passwords::masks;
use assay_passwords::seal::RunKey;
use assay_passwords::source::{Bytes, Scratch, Scratches};
use assay_passwords::table::Table;

struct Memory;

struct InMemory(Mutex<Vec<u8>>);

impl Scratches for Memory {
    fn create(&self) -> io::Result<Box<dyn Scratch>> {
        Ok(Box::new(InMemory(Mutex::default())))
    }
}

impl Scratch for InMemory {
    fn write_at(&self, at: u64, from: &[u8]) -> io::Result<()> {
        let (mut bytes, at) = (self.0.lock().unwrap(), usize::try_from(at).unwrap());
        let end = bytes.len().max(at + from.len());
        bytes.resize(end, 0);
        bytes[at..at + from.len()].copy_from_slice(from);
        Ok(())
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<()> {
        let at = usize::try_from(at).unwrap();
        into.copy_from_slice(&self.0.lock().unwrap()[at..at + into.len()]);
        Ok(())
    }
}

/// A file in memory.
struct File<'a>(&'a [u8]);

impl Bytes for File<'_> {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        self.0.read_at(at, into)
    }
}

/// Memory for fingerprints that no batch here fills.
pub(crate) const ROOM: usize = 1 << 28;

/// How to audit.
#[derive(Clone, Copy)]
pub(crate) struct How<'a> {
    pub(crate) sample: usize,
    pub(crate) memory: usize,
    pub(crate) threads: usize,
    pub(crate) only: &'a [Kind],
}

impl Default for How<'_> {
    fn default() -> Self {
        Self { sample: 1_000, memory: ROOM, threads: 1, only: &[] }
    }
}

impl How<'_> {
    /// The report on a file, as `assay passwords` makes it.
    pub(crate) fn audit(self, csv: &[u8]) -> Report {
        let (common, _) = Common::new([]);
        let key = RunKey::new([9; 32]);
        let asked = Asked {
            only: self.only,
            threads: self.threads,
            memory: self.memory,
            sample: self.sample,
            seed: 7,
            attack: None,
            common: &common,
            whole_batch: true,
            most_rejected: u64::MAX,
            digests: Digests::All,
            engine: Engine::best(),
            scratches: &Memory,
            key: &key,
            progress: &|_, _, _| {},
        };
        let layout = Layout::find(&csv[..csv.len().min(1 << 16)], &Said::default()).unwrap();
        let file = File(csv);
        let table = Table::new(&file, layout);
        let report = audit(&table, &asked).unwrap();
        let masked = report.rows == 0 && report.why_rejected.masked > 1;
        let universal =
            masked.then(|| masks::universal(&file, table.layout(), &asked).map_err(Problem::from));
        universal.transpose().unwrap().flatten().unwrap_or(report)
    }
}
