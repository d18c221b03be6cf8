//! How many digests a second each engine makes, and how many rows the core of 72 (and its 12) looks at:
//! `cargo run --release -p assay-passwords --example lanes`. Millions a second of processor time.
//! With a name (`base62`), only the rows with such passwords.
#![expect(clippy::print_stdout, reason = "a program to be read at a terminal")]
#![expect(clippy::disallowed_methods, reason = "it asks the system for its own processor time")]

use std::hint::black_box;

use assay_passwords::core72::{Affix, Columns, Core};
use assay_passwords::lanes::{self, Algorithm, Digests as _, Engine, LANES};
use assay_passwords::rows::{Block, Cell};

const ROUNDS: usize = 50_000;
const ROWS: usize = 20_000;

fn main() {
    let only = std::env::args().nth(1);
    let mut block = lanes::Block::default();
    for lane in 0..LANES {
        block.set(lane, format!("00:11:22:33:44:{lane:02}").as_bytes());
    }
    block.close();
    let mut out = [[0; LANES]; 8];
    for engine in Engine::available() {
        for algorithm in Algorithm::ALL {
            let rate = rate(ROUNDS * LANES, || {
                for _ in 0..ROUNDS {
                    engine.digest(algorithm, black_box(&block), &mut out);
                    black_box(&out);
                }
            });
            println!("{:9} {:8} {:6.1} M/s", engine.name(), algorithm.name(), rate);
        }
    }
    let hex: &[u8] = b"0123456789abcdef";
    let base62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    for (name, alphabet, len) in [
        ("base62", base62, 12),
        ("hexadecimal", hex, 16),
        ("digits", &hex[..10], 10),
        ("four digits", &hex[..10], 4),
    ] {
        if only.as_ref().is_some_and(|only| only != name) {
            continue;
        }
        let block = rows(alphabet, len);
        for engine in Engine::available() {
            let columns = Columns { serial: Some(0), mac: Some(1), public: Some(2) };
            let mut all = Core::new(engine, columns, 3, Affix::default());
            let mut few = Core::twelve(engine, columns, 3, Affix::default());
            let (all, few) = (rate(ROWS, || all.see(&block)), rate(ROWS, || few.see(&block)));
            println!(
                "{:9} {name:12} 72 digests {all:6.3} M rows/s, 12 digests {few:6.3} M rows/s",
                engine.name()
            );
        }
    }
}

/// Units none of whose forms come out the same, so that all digests are made.
fn rows(alphabet: &[u8], len: usize) -> Block {
    let mut block = Block::default();
    block.width = 4;
    let mut seed = 1u64;
    let mut lot = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 20) as usize
    };
    for line in 0..ROWS {
        let password: Vec<u8> = (0..len).map(|_| alphabet[lot() % alphabet.len()]).collect();
        let cells = [
            format!("Sn-{:08}x", lot() % 100_000_000).into_bytes(),
            format!("00:1a:2B:{:02x}:{:02x}:{:02x}", lot() % 256, lot() % 256, lot() % 256).into_bytes(),
            format!("home-{:04X}", lot() % 65_536).into_bytes(),
            password,
        ];
        for cell in &cells {
            block.cells.push(Cell { start: block.bytes.len() as u32, len: cell.len() as u32 });
            block.bytes.extend_from_slice(cell);
        }
        block.lines.push(line as u32);
    }
    block
}

/// Millions a second, over half a second of processor time: the system counts it in steps of some milliseconds.
fn rate(count: usize, mut work: impl FnMut()) -> f64 {
    work();
    let start = processor_seconds();
    let mut rounds = 0;
    while processor_seconds() - start < 0.5 {
        work();
        rounds += 1;
    }
    (rounds * count) as f64 / (processor_seconds() - start) / 1e6
}

/// Processor time of this program, as Linux counts it: other programs may be running.
fn processor_seconds() -> f64 {
    let said = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    said.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).map_or(f64::NAN, |ns| ns / 1e9)
}
