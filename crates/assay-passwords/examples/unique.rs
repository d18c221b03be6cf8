//! Times the reading of a batch and its uniqueness: `unique FILE [THREADS]`. Figures, not a test.

#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a timing program at the edge")]

use std::os::unix::fs::FileExt;
use std::time::Instant;

use assay_passwords::fingerprint::Key;
use assay_passwords::layout::{HEAD, Layout, Said};
use assay_passwords::rows::Block;
use assay_passwords::source::Bytes;
use assay_passwords::table::Table;
use assay_passwords::unique::{Collector, Parts, compare};

struct OnDisk(std::fs::File, u64);

impl Bytes for OnDisk {
    fn len(&self) -> u64 {
        self.1
    }
    fn read_at(&self, at: u64, into: &mut [u8]) -> std::io::Result<usize> {
        self.0.read_at(into, at)
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("a file is wanted")?;
    let threads: usize = args.next().map_or(Ok(1), |n| n.parse())?;
    let file = std::fs::File::open(path)?;
    let len = file.metadata()?.len();
    let file = OnDisk(file, len);
    let mut head = vec![0; HEAD.min(usize::try_from(len)?)];
    file.read_at(0, &mut head)?;
    let table = Table::new(&file, Layout::find(&head, &Said::default())?);
    let key = Key::new([0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3211]);
    let parts = Parts::new(usize::MAX, None);
    let start = Instant::now();
    let only_parse = std::env::var_os("PARSE").is_some();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut collector = Collector::new(&parts, key);
                let mut block = Block::default();
                while table.next(&mut block).is_ok_and(|more| more) {
                    if !only_parse && collector.see(&block, 0).is_err() {
                        break;
                    }
                }
                collector.finish();
            });
        }
    });
    let read = start.elapsed();
    let suspects = parts.suspects(threads)?;
    let between = start.elapsed();
    let shared = compare(&table, 0, key, &suspects, 1 << 30, threads)?;
    println!(
        "{} rows, {} shared values in {} rows, {} false alarms; read {:?}, sets {:?}, compared {:?} ({} blocks)",
        table.counts().0,
        shared.values,
        shared.rows.rows(),
        shared.false_alarms,
        read,
        between - read,
        start.elapsed() - between,
        suspects.blocks().count(),
    );
    Ok(())
}
