//! gate REGISTER.csv CATALOGUE.csv OUT.csv [THREADS] [ENGINE] [BLOCK]
use assay::assess::{Variant, Verdict};
use assay::gtin::Gtin14;
use assay::key::SecretKey;
use assay::snapshot::{Basis, Builder, Declared, Snapshot, Standing, State};
use assay_gate::{Column, Engine, Judge, Options, run};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::time::Instant;

fn main() {
    let a: Vec<String> = std::env::args().collect();
    let key = SecretKey::from_seed(&[7; 32]);
    let snap = format!("{}.snap", a[1]);
    if !std::path::Path::new(&snap).exists() {
        let t = Instant::now();
        let mut b = Builder::default();
        let st = |state, verdict, variant| Standing {
            state,
            shortened: false,
            document: None,
            schemes: BTreeMap::from([(
                "uk-2019-option-a".to_owned(),
                Declared { verdict, variant, statement: false },
            )]),
        };
        let ok = b.standing(&st(State::Active, Verdict::Holds, Some(Variant::Tick)));
        let no = b.standing(&st(State::Active, Verdict::Refused, None));
        let wd = b.standing(&st(State::Withdrawn, Verdict::Holds, Some(Variant::Tick)));
        let mut lines = BufReader::new(File::open(&a[1]).unwrap()).lines();
        lines.next();
        for l in lines {
            let l = l.unwrap();
            let c: Vec<&str> = l.split(',').collect();
            let g: u64 = c[0].parse().unwrap();
            let id = match (c[1], c[2]) {
                ("allowed", _) => ok,
                (_, "withdrawn") => wd,
                _ => no,
            };
            b.add_short(Gtin14::of_payload(g / 10), id, assay::date::parse(c[3]));
        }
        let n = b.len();
        let day = |t| assay::date::parse(t).unwrap();
        let basis = Basis {
            number: 1,
            log_origin: "x".into(),
            log_size: 0,
            root: [0; 32],
            checkpoint: String::new(),
            issued: day("2026-11-27"),
            valid_until: day("2026-12-27"),
            own_numbers: true,
        };
        let bytes = Snapshot::seal(b, &basis, &key).unwrap();
        eprintln!(
            "import {:?}, {} bytes, {:.3} a product",
            t.elapsed(),
            bytes.len(),
            bytes.len() as f64 / n as f64
        );
        std::fs::write(&snap, bytes).unwrap();
    }
    let t = Instant::now();
    let bytes = std::fs::read(&snap).unwrap();
    let s = Snapshot::open(&bytes, &[key.public()], "x").unwrap();
    drop(bytes);
    eprintln!("open {:?}", t.elapsed());
    let scheme = assay::scheme::find("uk-2019-option-a").unwrap();
    let judge = Judge::new(&s, scheme, assay::date::parse("2026-11-27").unwrap());
    let engine = a
        .get(5)
        .and_then(|n| Engine::available().into_iter().find(|e| e.name() == n))
        .unwrap_or(Engine::best());
    let options = Options {
        delimiter: b',',
        gtin: 1,
        sku: Some(0),
        columns: vec![Column::Sku, Column::Gtin14, Column::Verdict, Column::Reason, Column::UpdatesUntil],
        threads: a.get(4).map_or(1, |t| t.parse().unwrap()),
        block: a.get(6).map_or(256 << 10, |t| t.parse().unwrap()),
        engine,
        table: std::env::var("NOTABLE").is_err(),
    };
    let mut f = File::open(&a[2]).unwrap();
    let mut header = Vec::new();
    BufReader::with_capacity(64, &mut f).read_until(b'\n', &mut header).unwrap();
    let f = {
        use std::io::Seek;
        f.seek(std::io::SeekFrom::Start(header.len() as u64)).unwrap();
        f
    };
    let out = File::create(&a[3]).unwrap();
    let t = Instant::now();
    let r = run(&judge, &options, (f, vec![], 2), &out).unwrap();
    (&out).flush().unwrap();
    eprintln!("run {:?} rows {}", t.elapsed(), r.rows());
    for x in assay::gate::Reason::ALL {
        if r.because(x) > 0 {
            eprintln!("{x} {}", r.because(x));
        }
    }
}
