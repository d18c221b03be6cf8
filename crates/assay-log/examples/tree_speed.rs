//! How fast a tree grows: nodes hashed a second on one core, and what an append costs when the log is small and
//! when it is large.
//!
//! ```text
//! cargo run --release -p assay-log --example tree_speed [ENTRIES] [BYTES]
//! tree_speed append ENTRIES        grows a tree and its edge and says the root: for counting instructions
//! ```
//!
//! A *node* is one hash of the tree: a leaf, or two hashes put together. A tree of n leaves has 2n - 1 of them.
#![expect(clippy::disallowed_methods, reason = "a measurement asks the time")]
#![expect(clippy::print_stdout, reason = "a measurement prints what it measured")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use assay_log::{Frontier, Hash, Tree, leaf_hash, node_hash};

fn timed<T>(act: impl FnOnce() -> T) -> (Duration, T) {
    let started = Instant::now();
    let made = act();
    (started.elapsed(), made)
}

/// Millions a second.
fn rate(count: u64, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64() / 1e6
}

/// Hashes and appends so many entries of eight bytes.
fn append(entries: u64) {
    let (mut tree, mut edge) = (Tree::new(), Frontier::new());
    for entry in 0..entries {
        let leaf = leaf_hash(&entry.to_be_bytes());
        tree.push(leaf);
        edge.push(leaf);
    }
    assert_eq!(tree.root(), edge.root());
    println!("{}", tree.root());
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [word, entries] = words.as_slice()
        && word == "append"
    {
        return append(entries.parse().expect("a number"));
    }
    let mut arguments = words.iter().map(|word| word.parse::<u64>().expect("a number"));
    let entries = arguments.next().unwrap_or(10_000_000);
    let bytes = arguments.next().unwrap_or(32) as usize;

    let mut hash = leaf_hash(b"");
    let (took, _) = timed(|| {
        for _ in 0..entries {
            hash = node_hash(&hash, black_box(&hash));
        }
    });
    println!("nodes in a chain, each waiting for the last: {:6.2} M a second", rate(entries, took));

    let pairs: Vec<Hash> = (0..1025_u32).map(|i| leaf_hash(&i.to_be_bytes())).collect();
    let (took, _) = timed(|| {
        for round in 0..entries / 1024 {
            for pair in pairs.windows(2) {
                black_box(node_hash(&pair[0], &pair[1]));
            }
            black_box(round);
        }
    });
    println!(
        "nodes that do not wait for one another:      {:6.2} M a second",
        rate(entries / 1024 * 1024, took)
    );

    let mut entry = vec![7_u8; bytes];
    let (took, _) = timed(|| {
        for i in 0..entries {
            let number = i.to_be_bytes();
            let room = bytes.min(number.len());
            entry[..room].copy_from_slice(&number[..room]);
            black_box(leaf_hash(&entry));
        }
    });
    println!("leaves of {bytes} bytes:                          {:6.2} M a second", rate(entries, took));

    let leaves: Vec<Hash> = (0..100_000_u32).map(|i| leaf_hash(&i.to_be_bytes())).collect();
    let mut tree = Tree::new();
    let mut at = 10_000;
    while tree.len() < entries {
        let start = tree.len();
        let (took, ()) = timed(|| {
            while tree.len() < at.min(entries) {
                let room = (at.min(entries) - tree.len()).min(leaves.len() as u64) as usize;
                tree.extend(leaves[..room].iter().copied());
            }
        });
        let grown = tree.len() - start;
        println!(
            "grown to {:>9} leaves: {:6.1} ns an append, {:6.2} M nodes a second; root {:5.0} ns",
            tree.len(),
            took.as_nanos() as f64 / grown as f64,
            rate(grown, took),
            timed(|| black_box(tree.root())).0.as_nanos() as f64,
        );
        at *= 10;
    }
}
