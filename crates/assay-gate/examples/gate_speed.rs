//! How long the gate's paths take, without a file: `gate_speed PATH ROWS [PRODUCTS] [ENGINE]`.
//!
//! `make` makes the catalogue and the snapshot alone, `judge` also judges it; `one` looks numbers up one after the other, each
//! waiting for the one before, `table` likewise in numbers that were spread over a table, `many` looks up numbers that do not wait, `batch` a
//! thousand at once in the table. Prints nanoseconds each; `bench/instructions.py` counts the instructions.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program that measures"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use assay::assess::{Variant, Verdict};
use assay::date::{from_days, parse};
use assay::gtin::Gtin14;
use assay::key::SecretKey;
use assay::snapshot::{Basis, Builder, Declared, Snapshot, Standing, State};
use assay_gate::{Catalogue, Column, Columns, Engine, How, Judge, Numbers, run};

const SCHEME: &str = "uk-2019-option-a";

/// Numbers in heaps of two hundred, as makers have them.
fn payload(at: u64) -> u64 {
    let heap = 700_000 + at / 200 * 104_729 % 7_000_000;
    300_000_000_000
        + heap % 100_000 * 1_000_000
        + at % 200 * 499
        + at.wrapping_mul(0x9e37_79b9_7f4a_7c15) % 499
}

fn snapshot(products: u64) -> Option<Snapshot> {
    let mut builder = Builder::default();
    let standing = |verdict, variant| Standing {
        state: State::Active,
        shortened: false,
        schemes: BTreeMap::from([(SCHEME.to_owned(), Declared { verdict, variant, statement: false })]),
        document: None,
    };
    let both = [
        builder.standing(&standing(Verdict::Holds, Some(Variant::Tick))),
        builder.standing(&standing(Verdict::Refused, None)),
    ];
    let mut all: Vec<u64> = (0..products).map(payload).collect();
    all.sort_unstable();
    all.dedup();
    for (at, payload) in (0u64..).zip(all) {
        let until = from_days(20_000 + i32::try_from(at % 3_000).ok()?);
        builder.add_short(Gtin14::of_payload(payload), both[usize::from(at % 9 == 0)], until);
    }
    let day = parse("2026-11-27")?;
    let basis = Basis {
        number: 1,
        log_origin: "speed.invalid/log".into(),
        log_size: 1,
        root: [0; 32],
        checkpoint: String::new(),
        issued: day,
        valid_until: day,
        own_numbers: false,
    };
    let key = SecretKey::from_seed(&[1; 32]);
    let bytes = Snapshot::seal(builder, &basis, &key).ok()?;
    Snapshot::open(&bytes, &[key.public()], "speed.invalid/log").ok()
}

fn catalogue(rows: u64, products: u64) -> String {
    let mut text = String::from("sku,gtin,brand,model,title\n");
    for row in 0..rows {
        let at = row.wrapping_mul(1_000_003) % (products + products / 6 + 1);
        let gtin = Gtin14::of_payload(payload(at)).number();
        let _ = writeln!(
            text,
            "SKU{row:09},{gtin:013},Acme,XR-{},Acme Smart Plug white model XR-1 (UK plug)",
            row % 9_000
        );
    }
    text
}

fn main() {
    let words: Vec<String> = std::env::args().collect();
    let number = |at: usize, or: u64| words.get(at).and_then(|w| w.parse().ok()).unwrap_or(or);
    let (path, rows, products) =
        (words.get(1).map_or("judge", String::as_str), number(2, 1_000_000), number(3, 5_000));
    let engine = words.get(4).and_then(|name| Engine::available().into_iter().find(|e| e.name() == name));
    let engine = engine.unwrap_or(Engine::best());
    let (Some(snapshot), Some(scheme), Some(on)) =
        (snapshot(products), assay::scheme::find(SCHEME), parse("2026-11-27"))
    else {
        return eprintln!("no snapshot could be made");
    };
    let judge = Judge::new(&snapshot, scheme, on);
    let file = catalogue(if matches!(path, "make" | "judge") { rows } else { 1 }, products);
    let started = Instant::now();
    match path {
        "make" => {}
        "judge" => {
            let columns =
                vec![Column::Sku, Column::Gtin14, Column::Verdict, Column::Reason, Column::UpdatesUntil];
            let how = How { columns, engine, table: products > 100_000, ..How::default() };
            let judged = Catalogue::open(file.as_bytes(), &Columns::default())
                .map_err(|e| e.to_string())
                .and_then(|c| run(&judge, c, &how, std::io::sink()).map_err(|e| e.to_string()));
            black_box(judged.map(|summary| summary.rows)).unwrap_or_default();
        }
        "one" => {
            let mut at = 1u64;
            for _ in 0..rows {
                let found = snapshot.find_payload(payload(at % products));
                at = at
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(u64::from(found.map_or(7, |f| f.day)));
            }
            black_box(at);
        }
        "table" => {
            let numbers = Numbers::new(&snapshot, engine);
            let started = Instant::now();
            let mut at = 1u64;
            for _ in 0..rows {
                let found = numbers.one(payload(at % products));
                at = at
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(u64::from(found.map_or(7, |f| f.day)));
            }
            black_box(at);
            let each = started.elapsed().as_nanos() as f64 / rows as f64;
            return println!("table: {each:.1} ns each, {}", engine.name());
        }
        "batch" => {
            let numbers = Numbers::new(&snapshot, engine);
            let asked: Vec<u64> = (0..rows.min(4_000_000))
                .map(|row| payload((row.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20) % products))
                .collect();
            let mut found = Vec::with_capacity(1_000);
            let started = Instant::now();
            let mut sum = 0u64;
            for some in asked.chunks(1_000) {
                found.clear();
                numbers.many(some, &mut found);
                sum += found.iter().flatten().map(|f| u64::from(f.day)).sum::<u64>();
            }
            black_box(sum);
            let each = started.elapsed().as_nanos() as f64 / asked.len() as f64;
            return println!("batch: {each:.1} ns each, {}", engine.name());
        }
        _ => {
            let mut sum = 0u64;
            for row in 0..rows {
                let at = row.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
                sum += u64::from(snapshot.find_payload(payload(at % products)).map_or(0, |f| f.day));
            }
            black_box(sum);
        }
    }
    let each = started.elapsed().as_nanos() as f64 / rows as f64;
    println!("{path}: {each:.1} ns each, {}", engine.name());
}
