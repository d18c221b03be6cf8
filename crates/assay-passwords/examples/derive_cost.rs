//! What the judges of derivation cost, in CPU time of this thread: `cargo run --release -p assay-passwords --example
//! derive_cost`. Not a test: a machine that is busy must fail nothing.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program that reads its own CPU time, for people"
)]

use assay_passwords::lanes::Engine;
use assay_passwords::rows::{Block, Cell, Column, Role, Unit};
use assay_passwords::sampled;
use assay_passwords::structure::Structure;

fn main() {
    let rows = 400_000u64;
    for (name, alphabet, len) in [
        ("12 of 62", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 12),
        ("12 of 32", "23456789ABCDEFGHJKLMNPQRSTUVWXYZ", 12),
        ("16 hex", "0123456789abcdef", 16),
        ("10 digits", "0123456789", 10),
    ] {
        let block = block(rows, alphabet.as_bytes(), len);
        let columns = [(Role::Serial, "serial"), (Role::Mac, "mac"), (Role::Password, "password")]
            .map(|(role, name)| Column { role, name: name.to_owned() });
        let mut structure = Structure::new(&columns);
        let before = cpu();
        structure.see(&block);
        let spent = cpu() - before;
        println!("structure, {name}: {:.1} ns a row and identifier", spent * 1e9 / rows as f64 / 2.0);
        let units: Vec<Unit> = (0..100_000)
            .map(|n| Unit {
                place: block.place(n),
                cells: (0..3).map(|c| block.cell(n, c).to_vec()).collect(),
            })
            .collect();
        let before = cpu();
        let schemes = sampled::search(&columns, &units, Engine::best(), 1);
        let spent = cpu() - before;
        println!("sampled, {name}: {spent:.1} s for {} units, {} schemes", units.len(), schemes.len());
    }
}

fn block(rows: u64, alphabet: &[u8], len: usize) -> Block {
    let mut block = Block::default();
    block.width = 3;
    let mut state = 1u64;
    for n in 0..rows {
        let mac = format!("{:012X}", 0xa4c1_3800_0000u64 + n * 2);
        let pairs: Vec<&str> = (0..6).map(|p| &mac[p * 2..p * 2 + 2]).collect();
        let password: Vec<u8> = (0..len)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                alphabet[(state >> 33) as usize % alphabet.len()]
            })
            .collect();
        for cell in
            [format!("SN26-{:08}", 40_210_000 + n).into_bytes(), pairs.join(":").into_bytes(), password]
        {
            block.cells.push(Cell { start: block.bytes.len() as u32, len: cell.len() as u32 });
            block.bytes.extend_from_slice(&cell);
        }
        block.lines.push(n as u32);
    }
    block
}

/// CPU seconds of this process so far.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or_default() / 1e9
}
