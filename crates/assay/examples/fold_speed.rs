//! How fast the fold is: `cargo run --release -p assay --example fold_speed [PRODUCTS]`. A log is made in memory of so many
//! products, each declared, assessed, labelled and then extended, with an assessment and a label anew; then it is folded
//! again in each way, and what an append costs on a copy is measured as the log grows.
//!
//! `fold_speed append PRODUCTS` folds such a log in batches on a copy and does little else: for counting instructions
//! (`valgrind --tool=callgrind --toggle-collect='*fold*replay*'`). Its signatures are zeros, since a replay does not look at them.
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]
#![expect(clippy::disallowed_methods, reason = "time is what is measured")]
#![expect(clippy::expect_used, reason = "an example may stop at the first surprise")]

use std::collections::BTreeMap;
use std::time::Instant;

use assay::cbor;
use assay::date::{Date, from_days};
use assay::declaration::{Declaration, DeclaredContact, DeclaredProduct, DeclaredSupport};
use assay::fold::State;
use assay::key::{PublicKey, SecretKey};
use assay::outcome::Claim;
use assay::statement::{MakerId, MakerRegistered, Received, Statement, SupportExtended, VERSION};

const LOG: &str = "register.example/log";
/// So many products to a maker.
const EACH: usize = 100;

fn day(number: i32) -> Date {
    from_days(number).expect("a day")
}

fn key(number: usize) -> SecretKey {
    let mut seed = [7; 32];
    seed[..8].copy_from_slice(&number.to_be_bytes());
    SecretKey::from_seed(&seed)
}

fn declaration(maker: MakerId, number: usize) -> Declaration {
    let digits = format!("{:012}", 400_000_000_000 + number);
    let sum: u32 =
        digits.bytes().enumerate().map(|(at, d)| u32::from(d - b'0') * if at % 2 == 0 { 1 } else { 3 }).sum();
    let gtin = format!("{digits}{}", (10 - sum % 10) % 10);
    Declaration {
        maker,
        product: DeclaredProduct {
            name: format!("Hearth Camera {number}"),
            model: format!("HC-{number}"),
            gtins: vec![assay::gtin::Gtin14::parse(&gtin).expect("a number")],
            category: None,
        },
        schemes: vec!["uk-2019-option-a".into()],
        claims: BTreeMap::from(
            ["4.1-1", "4.2-1", "4.3-4"].map(|n| (format!("ts103645-v1.1.1:{n}"), Claim::Yes)),
        ),
        outcomes: vec![],
        support: DeclaredSupport { end: Some(day(22_000)), ..Default::default() },
        contact: DeclaredContact::default(),
        on: day(20_000),
    }
}

/// The statements of one product and its maker, in order; none is signed.
fn log(products: usize) -> Vec<(Statement, usize)> {
    let register = usize::MAX;
    let mut all = Vec::with_capacity(products * 6 + products / EACH + 1);
    let empty = State::new(LOG, vec![]);
    let mut public = key(0).public();
    for number in 0..products {
        let by = number / EACH;
        if number % EACH == 0 {
            public = key(by).public();
        }
        if number % EACH == 0 {
            let registered = MakerRegistered {
                organisation: format!("Maker {by} Ltd"),
                domain: "maker.example".into(),
                key: public,
                on: day(20_000),
            };
            all.push((Statement::MakerRegistered(registered), by));
        }
        let maker = MakerId::of(&public);
        let mut declared = declaration(maker, number);
        let index = all.len() as u64;
        let follows = empty.consequences(&declared, index, day(20_000));
        all.push((Statement::Declared(Box::new(declared.clone())), by));
        all.extend(follows.into_iter().map(|s| (s, register)));
        let product = assay::statement::ProductId::of(&maker, &declared.product.model);
        let end = day(22_500);
        let extended = SupportExtended { maker, product, declaration: index, end, on: day(20_000) };
        all.push((Statement::SupportExtended(extended), by));
        declared.support.end = Some(end);
        // Named as the declaration at `index`, standing at the end of the log as it is now.
        let mut again = empty.consequences(&declared, index, day(20_000));
        for statement in &mut again {
            if let Statement::Labelled(label) = statement {
                label.assessment = all.len() as u64;
            }
        }
        all.extend(again.into_iter().map(|s| (s, register)));
    }
    all
}

fn rate(what: &str, count: usize, started: Instant) {
    let seconds = started.elapsed().as_secs_f64();
    println!("{what}: {:.0} a second ({:.2} µs each)", count as f64 / seconds, seconds * 1e6 / count as f64);
}

/// An entry whose signature is zeros.
fn unsigned(statement: &Statement, by: &PublicKey) -> Vec<u8> {
    let payload = cbor::to_bytes(&(VERSION, statement));
    let mut bytes = vec![0xd2, 0x84, 0x49, 0xa2, 0x01, 0x27, 0x04, 0x44];
    bytes.extend(by.id().0);
    bytes.push(0xa0);
    match payload.len() {
        0..=0x17 => bytes.push(0x40 + payload.len() as u8),
        0x18..=0xff => bytes.extend([0x58, payload.len() as u8]),
        length => {
            bytes.push(0x59);
            bytes.extend((length as u16).to_be_bytes());
        }
    }
    bytes.extend(payload);
    bytes.extend([0x58, 64]);
    bytes.extend([0; 64]);
    bytes
}

/// Folds a log in batches on a copy.
fn append(products: usize) {
    let register = key(usize::MAX).public();
    let makers: Vec<PublicKey> = (0..products.div_ceil(EACH)).map(|number| key(number).public()).collect();
    let mut held = State::new(LOG, vec![register]);
    for batch in log(products).chunks(100) {
        let mut copy = held.clone();
        for (statement, by) in batch {
            let entry = unsigned(statement, makers.get(*by).unwrap_or(&register));
            copy.replay(Received::parse(&entry).expect("a statement")).expect("it follows");
        }
        held = copy;
    }
    println!("{} entries", held.size());
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [word, products] = words.as_slice()
        && word == "append"
    {
        return append(products.parse().expect("a number"));
    }
    let products: usize = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(20_000);
    let register = key(usize::MAX);
    let statements = log(products);
    println!("{} statements of {products} products", statements.len());
    let started = Instant::now();
    let entries: Vec<Vec<u8>> =
        statements.iter().map(|(s, by)| s.sign(&key(*by), LOG).expect("it can be signed")).collect();
    rate("signed", entries.len(), started);
    let bytes: usize = entries.iter().map(Vec::len).sum();
    println!("{} bytes an entry", bytes / entries.len());
    let begin = || State::new(LOG, vec![register.public()]);

    let started = Instant::now();
    let received: Vec<Received> = entries.iter().map(|e| Received::parse(e).expect("a statement")).collect();
    rate("parsed", entries.len(), started);

    let copies = received.clone();
    let mut state = begin();
    let started = Instant::now();
    for received in copies {
        state.replay(received).expect("it follows");
    }
    rate("folded in memory, signatures verified before", entries.len(), started);

    let mut state = begin();
    let started = Instant::now();
    for entry in &entries {
        state.replay(Received::parse(entry).expect("a statement")).expect("it follows");
    }
    rate("parsed and folded", entries.len(), started);

    let few = entries.len().min(60_000);
    let mut state = begin();
    let started = Instant::now();
    for entry in &entries[..few] {
        state.append(entry).expect("it follows");
    }
    rate("parsed, verified and folded", few, started);

    // What the sequencer does: a copy for each batch, while readers hold the state before.
    let mut held = begin();
    let mut at = 0;
    for mark in [10_000, 100_000, 1_000_000, 10_000_000] {
        let mut received = received[at.min(received.len())..mark.min(received.len())].iter().cloned();
        if received.len() == 0 {
            break;
        }
        let (mut last, mut count) = (0.0, 0);
        loop {
            let batch: Vec<Received> = received.by_ref().take(100).collect();
            if batch.is_empty() {
                break;
            }
            count = batch.len();
            let started = Instant::now();
            let mut copy = held.clone();
            for received in batch {
                copy.replay(received).expect("it follows");
            }
            let _before = std::mem::replace(&mut held, copy);
            last = if last == 0.0 {
                started.elapsed().as_secs_f64()
            } else {
                last * 0.95 + started.elapsed().as_secs_f64() * 0.05
            };
        }
        at = mark;
        println!(
            "in batches of 100 on a copy, at {} entries: {:.2} µs an append",
            held.size(),
            last * 1e6 / count as f64
        );
        let started = Instant::now();
        let copies: Vec<State> = (0..1_000).map(|_| held.clone()).collect();
        println!(
            "a copy of the state: {:.2} µs",
            started.elapsed().as_secs_f64() * 1e6 / copies.len() as f64
        );
    }
}
