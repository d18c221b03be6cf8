//! One hot path alone, over a batch that it makes itself: `hot PATH ROWS`. For counting instructions, see
//! bench/instructions.py; what it prints keeps the work from being left out.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program at the edge")]

use assay_passwords::common::{Common, Hits};
use assay_passwords::core72::{Affix, Columns, Core};
use assay_passwords::fingerprint::Key;
use assay_passwords::lanes::Engine;
use assay_passwords::layout::{Layout, Said};
use assay_passwords::order::Neighbours;
use assay_passwords::rows::Block;
use assay_passwords::space::Space;
use assay_passwords::structure::Structure;
use assay_passwords::table::Table;
use assay_passwords::unique::{Collector, Parts};

fn batch(rows: u64) -> Vec<u8> {
    const ALPHABET: &[u8] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut text = String::from("serial,mac,password\n");
    let mut state = 1_u64;
    for row in 0..rows {
        text.push_str(&format!(
            "SN{},3C:61:05:{:02X}:{:02X}:{:02X},",
            2_500_000_000 + row,
            row >> 16 & 255,
            row >> 8 & 255,
            row & 255
        ));
        for _ in 0..12 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push(char::from(ALPHABET[(state >> 40) as usize % ALPHABET.len()]));
        }
        text.push('\n');
    }
    text.into_bytes()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(path), Some(rows)) = (args.next(), args.next()) else {
        eprintln!("usage: hot make|read|unique|space|order|common|structure|core ROWS");
        std::process::exit(2);
    };
    let bytes = batch(rows.parse()?);
    if path == "make" {
        println!("{}", bytes.len());
        return Ok(());
    }
    let layout = Layout::find(&bytes[..bytes.len().min(1 << 16)], &Said::default())?;
    let picks = layout.picks.clone();
    let table = Table::new(&bytes, layout);
    let parts = Parts::new(usize::MAX, None);
    let mut collector = Collector::new(&parts, Key::new([3, 5]));
    let (common, _) = Common::new([]);
    let (mut space, mut order, mut hits) = (Space::default(), Neighbours::default(), Hits::default());
    let mut structure = Structure::new(&picks);
    let columns = Columns { serial: Some(1), mac: Some(2), public: None };
    let mut core = Core::new(Engine::best(), columns, 0, Affix::default());
    let mut block = Block::default();
    while table.next(&mut block)? {
        match path.as_str() {
            "read" => {}
            "unique" => collector.see(&block, 0)?,
            "space" => space.see(&block, 0),
            "order" => order.see(&block, 0),
            "common" => common.see(&block, 0, &mut hits),
            "structure" => structure.see(&block),
            "core" => core.see(&block),
            other => return Err(format!("there is no path `{other}`").into()),
        }
    }
    collector.finish();
    let twice = parts.suspects(1)?.blocks().count();
    println!("{} {} {} {} {}", table.counts().0, twice, space.rows(), hits.same.rows(), core.hits().len());
    Ok(())
}
