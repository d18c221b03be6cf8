//! What is promised of the whole command: one value for all is found whatever it is, a batch in parts shows with a history
//! what the whole shows, and memory and threads change nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{Batch, found, prints};
use crate::common::run;

#[test]
fn one_value_for_all_is_universal_whatever_it_looks_like() {
    let mut batch = Batch::new(20, 30);
    let values = [
        "admin",
        "",
        " ",
        "1234",
        "password",
        "serial",
        "SN20000000",
        "a,b",
        "\"",
        "caf\u{e9}",
        "(none)",
        "********",
        "<blank>",
        "n/a",
        "-",
        "null",
        "Very!Long#Secret_42%Nobody&Guesses",
    ];
    for value in values {
        let cell = if value.contains([',', '"']) {
            format!("\"{}\"", value.replace('"', "\"\""))
        } else {
            value.to_owned()
        };
        batch.units.iter_mut().for_each(|u| u[2].clone_from(&cell));
        let place = batch.write("one.csv", batch.csv());
        // Not by way of the batch, which asks that no password be seen: some of these are words of the report.
        let place = place.to_str().unwrap();
        let ran = run(["passwords", place, "--json"]);
        let first = found(&ran.json())[0].clone();
        assert_eq!(
            (ran.code, first),
            (1, ("universal".to_owned(), (2..12).collect())),
            "{value:?}: {}",
            ran.err
        );
        let page = batch.place("page.html");
        let ran = run(["passwords", place, "--max-rejected", "0", "--html", page.to_str().unwrap()]);
        assert_eq!((ran.code, ran.out.contains("universal")), (1, true), "{value:?}: {}{}", ran.out, ran.err);
        assert!(
            ![&ran.out, &fs::read_to_string(&page).unwrap()]
                .iter()
                .any(|t| t.contains("Secret_42") || t.contains("****"))
        );
    }
    // A batch of which some passwords are masked accuses nobody, and cannot be judged.
    let mut mixed = Batch::new(21, 30);
    mixed.units.iter_mut().step_by(2).for_each(|u| u[2] = "********".to_owned());
    let mixed = mixed.csv();
    let ran = batch.audit([batch.write("mixed.csv", mixed)]);
    assert_eq!((ran.code, ran.err.contains("a mask or a placeholder")), (2, true), "{}", ran.err);
}

/// Rows that share a value, of a batch that is audited in parts: within a part, and with an earlier part; as lines of the part.
fn expected(units: &[[String; 3]], cuts: &[usize]) -> Vec<[BTreeSet<u64>; 2]> {
    let mut earlier = BTreeSet::new();
    let ends = cuts.iter().copied().chain([units.len()]);
    let starts = [0].into_iter().chain(cuts.iter().copied());
    let parts = starts.zip(ends).map(|(from, to)| {
        let mut lines: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
        for (line, unit) in (2..).zip(&units[from..to]) {
            lines.entry(&unit[2]).or_default().push(line);
        }
        let within = lines.values().filter(|l| l.len() > 1).flatten().copied().collect();
        let seen =
            lines.iter().filter(|(v, _)| earlier.contains(**v)).flat_map(|(_, l)| l).copied().collect();
        earlier.extend(lines.into_keys());
        [within, seen]
    });
    parts.collect()
}

fn told(json: &Value) -> [BTreeSet<u64>; 2] {
    let lines =
        |kind: &str| found(json).into_iter().filter(|(k, _)| k == kind).flat_map(|(_, l)| l).collect();
    [lines("duplicate"), lines("seen-in-earlier-batch")]
}

#[test]
fn a_batch_in_any_parts_shows_with_a_history_what_the_whole_shows() {
    let pairs = [(3, 117), (4, 59), (60, 61), (0, 119), (118, 40), (41, 40)];
    let whole = pairs.into_iter().fold(Batch::new(22, 120), |b, (one, other)| b.with_a_pair(one, other));
    let kinds = ["--json", "--only", "duplicate", "--only", "seen-in-earlier-batch", "--history"];
    let audit = |file: &Path, history: &Path| {
        let place = history.to_str().unwrap();
        whole.audit([file.to_str().unwrap()].iter().chain(&kinds).chain(&[place])).json()
    };
    let all: BTreeSet<&str> = {
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        whole.units.iter().for_each(|u| *times.entry(&u[2]).or_default() += 1);
        times.into_iter().filter(|(_, n)| *n > 1).map(|(v, _)| v).collect()
    };
    for cuts in [&[][..], &[60], &[1], &[119], &[41, 60], &[30, 61, 100], &[4, 5, 6]] {
        let history = whole.place(&format!("history-{cuts:?}"));
        let mut met: BTreeSet<&str> = BTreeSet::new();
        let mut from = 0;
        for (part, expected) in expected(&whole.units, cuts).into_iter().enumerate() {
            let to = cuts.get(part).copied().unwrap_or(whole.units.len());
            let rows: String = whole.units[from..to].iter().map(|u| u.join(",") + "\n").collect();
            let file = whole.write("part.csv", format!("serial,mac,password\n{rows}"));
            let told = [told(&audit(&file, &history)), told(&audit(&file, &history))];
            assert_eq!(
                told,
                [expected.clone(), expected.clone()],
                "{cuts:?}, part {part}, and the same file again"
            );
            assert_eq!(prints(&history).len(), part + 1);
            met.extend(expected.iter().flatten().map(|l| whole.units[from + *l as usize - 2][2].as_str()));
            from = to;
        }
        assert_eq!(met, all, "{cuts:?}");
    }
}

#[test]
fn memory_and_threads_change_neither_the_result_nor_the_history() {
    let batch = Batch::new(23, 180_000).with_a_pair(7, 170_000).with_a_pair(90_000, 90_001);
    let place = batch.write("batch.csv", batch.csv());
    let mut all = Vec::new();
    for (memory, threads) in [("1024", "1"), ("1", "1"), ("1", "2")] {
        let history = batch.place(&format!("history-{memory}-{threads}"));
        fs::create_dir(&history).unwrap();
        fs::write(history.join("history.key"), "5".repeat(64)).unwrap();
        let out = batch.place("prints.parquet");
        let ran = batch.audit([
            place.to_str().unwrap(),
            "--json",
            "--seed",
            "5",
            "--no-sample",
            "--memory",
            memory,
            "--threads",
            threads,
            "--history",
            history.to_str().unwrap(),
            "--fingerprints",
            out.to_str().unwrap(),
        ]);
        assert_eq!(ran.code, 1, "{}", ran.err);
        let mut told = ran.json();
        assert_eq!(found(&told), [("duplicate".to_owned(), vec![9, 90_002, 90_003, 170_002])]);
        assert_eq!(told["spilled"], memory == "1");
        for changing in ["seconds", "spilled"] {
            told.as_object_mut().unwrap().remove(changing);
        }
        let kept: Vec<Vec<u8>> = prints(&history).iter().map(|p| fs::read(p).unwrap()).collect();
        assert_eq!(kept[0].len(), 31 + 24 * 180_000);
        // Another file that holds some of the passwords finds them in it.
        let mut later = Batch::new(24, 40);
        later.units[5][2] = batch.units[123_456][2].clone();
        later.units[9][2] = batch.units[0][2].clone();
        let args = seen_earlier(memory, &history);
        let again =
            later.audit([later.write("later.csv", later.csv()).to_str().unwrap()].iter().chain(&args));
        assert_eq!(found(&again.json()), [("seen-in-earlier-batch".to_owned(), vec![7, 11])]);
        all.push((told.to_string(), kept));
    }
    assert!(all.iter().all(|one| *one == all[0]), "memory or threads made a difference");
}

/// Asks for nothing but what an earlier batch had.
fn seen_earlier<'a>(memory: &'a str, history: &'a Path) -> [&'a str; 7] {
    let history = history.to_str().unwrap();
    ["--json", "--only", "seen-in-earlier-batch", "--memory", memory, "--history", history]
}

#[test]
fn a_large_batch_in_parts_is_held_against_every_earlier_one() {
    let batch = Batch::new(25, 120_000);
    let history = batch.place("history");
    let keep = |memory: &str, batch: &Batch, name: &str, rows: std::ops::Range<usize>| {
        let rows: String = batch.units[rows].iter().map(|u| u.join(",") + "\n").collect();
        let place = batch.write(name, format!("serial,mac,password\n{rows}"));
        let args = seen_earlier(memory, &history);
        batch.audit([place.to_str().unwrap()].iter().chain(&args)).json()
    };
    let mut other = Batch::new(26, 300);
    for n in 0..10 {
        other.units[20 * n][2] = batch.units[11_111 * n][2].clone();
    }
    assert_eq!(found(&keep("1", &other, "a.csv", 0..150)), []);
    assert_eq!(found(&keep("1", &other, "b.csv", 150..300)), []);
    let told = keep("1", &batch, "large.csv", 0..120_000);
    let lines: Vec<u64> = (0..10).map(|n| 11_111 * n + 2).collect();
    assert_eq!(found(&told), [("seen-in-earlier-batch".to_owned(), lines)]);
    assert!(told["findings"][0]["says"].as_str().unwrap().contains("2 earlier batches"), "{told:#}");
}
