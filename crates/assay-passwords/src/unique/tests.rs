use std::io;
use std::sync::Mutex;

use proptest::prelude::*;

use super::*;
use crate::fingerprint::Key;
use crate::layout::{Layout, Said};
use crate::place::Tally;
use crate::rows::Block;
use crate::seal::{RunKey, Sealed};
use crate::source::{Scratch, Scratches};
use crate::table::Table;

const KEY: [u64; 2] = [0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3211];

/// Scratch places in memory that hold so many bytes and no more.
struct Memory(usize);

struct InMemory {
    most: usize,
    bytes: Mutex<Vec<u8>>,
}

impl Scratches for Memory {
    fn create(&self) -> io::Result<Box<dyn Scratch>> {
        Ok(Box::new(InMemory { most: self.0, bytes: Mutex::default() }))
    }
}

impl Scratch for InMemory {
    fn write_at(&self, at: u64, from: &[u8]) -> io::Result<()> {
        let mut bytes = self.bytes.lock().unwrap();
        let at = usize::try_from(at).unwrap();
        if at + from.len() > self.most {
            return Err(io::ErrorKind::StorageFull.into());
        }
        if bytes.len() < at + from.len() {
            bytes.resize(at + from.len(), 0);
        }
        bytes[at..at + from.len()].copy_from_slice(from);
        Ok(())
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<()> {
        let at = usize::try_from(at).unwrap();
        into.copy_from_slice(&self.bytes.lock().unwrap()[at..at + into.len()]);
        Ok(())
    }
}

struct Told {
    shared: Shared,
    lines: Vec<u64>,
    spilled: bool,
}

fn told(text: &str, memory: usize, threads: usize) -> Told {
    let bytes = text.as_bytes().to_vec();
    let layout = Layout::find(&bytes, &Said::default()).unwrap();
    let column = layout.passwords().next().unwrap();
    let table = Table::new(&bytes, layout);
    let key = Key::new(KEY);
    let sealed = Sealed::create(&Memory(1 << 30), &RunKey::new([7; 32]), 0).unwrap();
    let parts = Parts::new(memory, Some(sealed));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut collector = Collector::new(&parts, key);
                let mut block = Block::default();
                while table.next(&mut block).unwrap() {
                    collector.see(&block, column).unwrap();
                }
                collector.finish();
            });
        }
    });
    let spilled = parts.spilled();
    let suspects = parts.suspects(threads).unwrap();
    let shared = compare(&table, column, key, &suspects, memory, threads).unwrap();
    let lines = table.lines_of(shared.rows.first());
    Told { shared, lines, spilled }
}

fn batch(passwords: impl IntoIterator<Item = String>) -> String {
    let rows = passwords.into_iter().enumerate().map(|(n, p)| format!("SN{n:07},{p}\n"));
    "serial,password\n".to_owned() + &rows.collect::<String>()
}

#[test]
fn a_batch_of_different_passwords_shares_none() {
    let text = batch((0..50_000).map(|n| format!("pw{n:06}")));
    assert_eq!(told(&text, 1 << 30, 2).shared, Shared::default());
}

#[test]
fn two_units_with_one_password_are_found_with_their_lines() {
    let text = batch((0..50_000).map(|n| format!("pw{:06}", if n == 41_234 { 17 } else { n })));
    let Told { shared, lines, .. } = told(&text, 1 << 30, 2);
    assert_eq!((shared.values, shared.rows.rows(), shared.largest), (1, 2, 2));
    assert_eq!(lines, [19, 41_236]);
}

#[test]
fn what_is_spilled_comes_out_the_same() {
    let text = batch((0..60_000).map(|n| format!("pw{:06}", n % 59_000)));
    let memory = told(&text, 1 << 30, 1);
    let spilled = told(&text, 1 << 16, 2);
    assert!(!memory.spilled && spilled.spilled);
    assert_eq!(memory.shared, spilled.shared);
    assert_eq!(memory.lines, spilled.lines);
    assert_eq!(memory.shared.rows.rows(), 2_000);
}

#[test]
fn one_value_for_all_is_counted_without_a_table_for_all() {
    let text = batch((0..200_000).map(|_| "same".to_owned()));
    let Told { shared, .. } = told(&text, 1 << 30, 2);
    assert_eq!((shared.values, shared.largest, shared.surplus), (1, 200_000, 199_999));
}

#[test]
fn a_row_that_repeats_a_unit_is_no_second_unit() {
    let mut text = batch((0..10).map(|n| format!("pw{n}")));
    text.push_str("SN0000003,pw3\n");
    let Told { shared, .. } = told(&text, 1 << 30, 1);
    assert_eq!((shared.values, shared.repeated.rows()), (0, 2));
    text.push_str("SN0000099,pw3\n");
    let Told { shared, .. } = told(&text, 1 << 30, 1);
    assert_eq!((shared.values, shared.rows.rows()), (1, 3));
}

#[test]
fn a_full_scratch_place_is_an_error_and_no_answer() {
    let sealed = Sealed::create(&Memory(100_000), &RunKey::new([7; 32]), 0).unwrap();
    let parts = Parts::new(1 << 12, Some(sealed));
    let bytes = batch((0..60_000).map(|n| format!("pw{n}"))).into_bytes();
    let layout = Layout::find(&bytes, &Said::default()).unwrap();
    let table = Table::new(&bytes, layout);
    let mut collector = Collector::new(&parts, Key::new(KEY));
    let mut block = Block::default();
    let mut result = Ok(());
    while result.is_ok() && table.next(&mut block).unwrap() {
        result = collector.see(&block, 0);
    }
    assert_eq!(result.unwrap_err().kind(), io::ErrorKind::StorageFull);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Against a map: any passwords in any order, in little memory or much, by one thread or three.
    #[test]
    fn it_agrees_with_a_map(passwords in proptest::collection::vec("[a-c]{0,4}", 1..300), memory in 12_u32..20) {
        let text = batch(passwords.clone());
        let mut map = std::collections::BTreeMap::<&str, u64>::new();
        passwords.iter().for_each(|p| *map.entry(p).or_default() += 1);
        let values = map.values().filter(|n| **n > 1);
        let Told { shared, .. } = told(&text, 1 << memory, 3);
        prop_assert_eq!(shared.values, values.clone().count() as u64);
        prop_assert_eq!(shared.rows.rows(), values.clone().sum::<u64>());
        prop_assert_eq!(shared.largest, values.copied().max().unwrap_or(0));
        prop_assert_eq!(&shared.repeated, &Tally::default());
    }
}
