//! How long listings take to sort: `cargo run --release -p assay --example listing_speed ROWS.tsv`, with the columns of
//! `tests/data/listing`. What the words take to be read is told apart.
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]
#![expect(clippy::disallowed_methods, reason = "time is what is measured")]
#![expect(clippy::expect_used, reason = "an example may stop at the first surprise")]

use std::hint::black_box;
use std::time::Instant;

use assay::listing::{Listed, Sorter};
use assay::scheme;
use assay::scope::Place;

const ROWS: usize = 1_000_000;

fn main() {
    let path = std::env::args().nth(1).expect("the file of rows is named");
    let text = std::fs::read_to_string(path).expect("it can be read");
    let rows: Vec<Listed<'_>> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let mut cells = line.split('\t').skip(1);
            let mut cell = || cells.next().unwrap_or_default();
            Listed { category: cell(), title: cell(), brand: cell(), ..Listed::default() }
        })
        .collect();
    let scheme = scheme::find("uk-psti").expect("it is bundled");
    let sorter = Sorter::new(scheme, jiff::civil::date(2026, 11, 1), Some(Place::GreatBritain));
    let start = Instant::now();
    black_box(sorter.sort(&Listed { title: "camera", ..Listed::default() }));
    println!("the words: {:?}", start.elapsed());
    for _ in 0..3 {
        let start = Instant::now();
        for row in rows.iter().cycle().take(ROWS) {
            black_box(sorter.sort(row));
        }
        println!("a row: {} ns", start.elapsed().as_nanos() / ROWS as u128);
    }
}
