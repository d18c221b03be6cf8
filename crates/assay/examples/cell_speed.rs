//! How fast the cell of a GTIN is read: `cargo run --release -p assay --example cell_speed`. Nanoseconds a cell, the best of
//! seven runs, for what nearly all cells are and for each thing that is mended.
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]
#![expect(clippy::disallowed_methods, reason = "time is what is measured")]

use std::hint::black_box;
use std::time::Instant;

use assay::gtin::read_cell;

const READS: u32 = 2_000_000;

fn main() {
    for (what, cell) in [
        ("8 digits", "96385074"),
        ("12 digits", "036000291452"),
        ("13 digits", "4006381333931"),
        ("14 digits", "10012345678902"),
        ("a wrong check digit", "4006381333932"),
        ("hyphens", "4-006381-333931"),
        ("a float's tail", "4006381333931.0"),
        ("lost digits", "4.00638E+12"),
        ("UPC-E", "09478222"),
        ("the same twice", "4006381333931;4006381333931"),
        ("n/a", "n/a"),
        ("another text", "siehe Karton"),
    ] {
        let best = (0..7).map(|_| nanoseconds(cell)).fold(f64::INFINITY, f64::min);
        println!("{what:20} {best:7.1} ns");
    }
}

fn nanoseconds(cell: &str) -> f64 {
    let start = Instant::now();
    for _ in 0..READS {
        let _ = black_box(read_cell(black_box(cell)));
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(READS)
}
