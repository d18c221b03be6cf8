//! Runs a target over its corpus and over what becomes of the corpus when it is bent: bits, bytes, words, lines and
//! numbers, and the bits inside base64, so that the checks behind the first ones are reached too. proptest makes
//! the bends and takes away those that are not needed to show a failure.
//!
//! A file of the corpus whose name begins with `ok` must be accepted as it is, one with `no` must be refused.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestError, TestRunner};

/// What a target says of an input: whether it was accepted. That it panics, or that what it accepted is not as it
/// should be, is a failure.
pub(crate) type Verdict = Result<bool, TestCaseError>;

/// How many bent inputs a target gets in an ordinary run, and for how long it gets more in a long one.
const CASES: u32 = 1_500;
const LONG: Duration = Duration::from_secs(40);

/// The committed inputs of a target, by name.
pub(crate) fn corpus(target: &str) -> BTreeMap<String, Vec<u8>> {
    let folder = folder(target);
    let files = fs::read_dir(&folder)
        .unwrap_or_else(|why| panic!("{}: {why}. UPDATE_CORPUS=1 writes the seeds", folder.display()));
    let file = |path: PathBuf| {
        let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
        (name, fs::read(&path).expect("a file of the corpus can be read"))
    };
    files.map(|entry| file(entry.expect("the folder can be listed").path())).collect()
}

pub(crate) fn folder(target: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fuzz/corpus")).join(target)
}

/// Runs a target. `mend` gets every bent input once more, to make right what only a checksum of the format would
/// stop at. At least so many of a thousand inputs must be accepted, or the target tests the first line of its parser
/// only; none where every byte is signed.
pub(crate) fn run(target: &str, least: u32, mend: fn(&[u8]) -> Vec<u8>, check: impl Fn(&[u8]) -> Verdict) {
    let corpus = corpus(target);
    for (name, input) in &corpus {
        let accepted = check(input).unwrap_or_else(|why| panic!("{target}/{name}: {why}"));
        let expected =
            if name.starts_with("ok") { Some(true) } else { name.starts_with("no").then_some(false) };
        assert_eq!(Some(accepted), expected, "{target}/{name}: accepted {accepted}");
    }
    let inputs: Vec<&Vec<u8>> = corpus.values().collect();
    let long = std::env::var_os("ASSAY_LONG").is_some();
    let started = Instant::now();
    let (mut seen, mut accepted) = (0_u32, 0_u32);
    loop {
        let counts = std::cell::Cell::new((0, 0));
        let config =
            Config { cases: CASES, failure_persistence: None, max_shrink_iters: 20_000, ..Config::default() };
        let strategy = (any::<Index>(), any::<Index>(), vec(bend(), 1..5), any::<bool>());
        let said = TestRunner::new(config).run(&strategy, |(at, other, bends, mended)| {
            let input =
                bent(inputs[at.index(inputs.len())], inputs[other.index(inputs.len())], &bends, mended, mend);
            let ok = check(&input)?;
            counts.set((counts.get().0 + 1, counts.get().1 + u32::from(ok)));
            Ok(())
        });
        if let Err(TestError::Fail(why, (at, other, bends, mended))) = &said {
            let input =
                bent(inputs[at.index(inputs.len())], inputs[other.index(inputs.len())], bends, *mended, mend);
            panic!("{target}: {why}\nput this input into the corpus:\n{}", input.escape_ascii());
        }
        said.expect("the run was not given up");
        (seen, accepted) = (seen + counts.get().0, accepted + counts.get().1);
        if !long || started.elapsed() > LONG {
            break;
        }
    }
    eprintln!("{target}: {accepted} of {seen} bent inputs were accepted, in {:?}", started.elapsed());
    assert!(accepted * 1000 >= seen * least, "{target}: only {accepted} of {seen} bent inputs were accepted");
    assert!(accepted < seen, "{target}: everything was accepted");
}

/// For formats without a checksum.
pub(crate) fn as_it_is(input: &[u8]) -> Vec<u8> {
    input.to_vec()
}

/// One way to bend an input.
#[derive(Debug, Clone)]
enum Bend {
    FlipBit(Index, u8),
    SetByte(Index, u8),
    Insert(Index, Vec<u8>),
    Delete(Index, usize),
    Repeat(Index, usize),
    Truncate(Index),
    DropLine(Index),
    RepeatLine(Index, Index),
    SwapLines(Index, Index),
    /// A decimal number becomes another.
    Number(Index, u64),
    /// A bit inside a word of base64 is flipped, and the word written again.
    InsideBase64(Index, Index),
    /// The rest comes from another file.
    Splice(Index, Index),
}

/// What parsers of these formats trip over.
const TOKENS: [&[u8]; 22] = [
    b"\n",
    b"\n\n",
    b" ",
    b"\t",
    b"\r\n",
    b"\0",
    b"0",
    b"00",
    b"+",
    b"=",
    b"==",
    b"\xff",
    b"\xc2\xa0",
    b"\xe2\x80\x94 ",
    b"old 0\n",
    b"index 0\n",
    b"extra AA==\n",
    b"x001/",
    b".p/1",
    b"any",
    b"none",
    b"# \n",
];

fn bend() -> impl Strategy<Value = Bend> {
    let index = any::<Index>;
    let token =
        prop_oneof![prop::sample::select(TOKENS.to_vec()).prop_map(<[u8]>::to_vec), vec(any::<u8>(), 1..4),];
    let number = prop_oneof![0..40_u64, any::<u64>(), Just(u64::MAX), Just(1 << 63), 254..258_u64];
    prop_oneof![
        (index(), 0..8_u8).prop_map(|(at, bit)| Bend::FlipBit(at, bit)),
        (index(), any::<u8>()).prop_map(|(at, byte)| Bend::SetByte(at, byte)),
        (index(), token).prop_map(|(at, token)| Bend::Insert(at, token)),
        (index(), 1..9_usize).prop_map(|(at, length)| Bend::Delete(at, length)),
        (index(), 1..65_usize).prop_map(|(at, length)| Bend::Repeat(at, length)),
        index().prop_map(Bend::Truncate),
        index().prop_map(Bend::DropLine),
        (index(), index()).prop_map(|(at, to)| Bend::RepeatLine(at, to)),
        (index(), index()).prop_map(|(a, b)| Bend::SwapLines(a, b)),
        (index(), number).prop_map(|(at, number)| Bend::Number(at, number)),
        (index(), index()).prop_map(|(at, bit)| Bend::InsideBase64(at, bit)),
        (index(), index()).prop_map(|(at, from)| Bend::Splice(at, from)),
    ]
}

fn bent(input: &[u8], other: &[u8], bends: &[Bend], mended: bool, mend: fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let bent = bends.iter().fold(input.to_vec(), |bytes, bend| bend.apply(bytes, other));
    if mended { mend(&bent) } else { bent }
}

impl Bend {
    fn apply(&self, mut bytes: Vec<u8>, other: &[u8]) -> Vec<u8> {
        let length = bytes.len();
        match self {
            Bend::Insert(at, token) => {
                drop(bytes.splice(at.index(length + 1)..at.index(length + 1), token.iter().copied()))
            }
            Bend::Splice(at, from) => {
                bytes.truncate(at.index(length + 1));
                bytes.extend_from_slice(&other[from.index(other.len() + 1)..]);
            }
            _ if length == 0 => {}
            Bend::FlipBit(at, bit) => bytes[at.index(length)] ^= 1 << bit,
            Bend::SetByte(at, byte) => bytes[at.index(length)] = *byte,
            Bend::Delete(at, count) => {
                drop(bytes.drain(at.index(length)..(at.index(length) + count).min(length)))
            }
            Bend::Repeat(at, count) => {
                let start = at.index(length);
                let piece = bytes[start..(start + count).min(length)].to_vec();
                bytes.splice(start..start, piece);
            }
            Bend::Truncate(at) => bytes.truncate(at.index(length)),
            Bend::DropLine(at) => {
                return with_lines(&bytes, |lines| {
                    lines.remove(at.index(lines.len()));
                });
            }
            Bend::RepeatLine(at, to) => {
                return with_lines(&bytes, |lines| {
                    lines.insert(to.index(lines.len()), lines[at.index(lines.len())])
                });
            }
            Bend::SwapLines(a, b) => {
                return with_lines(&bytes, |lines| {
                    let (a, b) = (a.index(lines.len()), b.index(lines.len()));
                    lines.swap(a, b);
                });
            }
            Bend::Number(at, number) => {
                let words = runs(&bytes, |b| b.is_ascii_digit());
                if let Some(word) = pick(&words, at) {
                    bytes.splice(word.clone(), number.to_string().into_bytes());
                }
            }
            Bend::InsideBase64(at, bit) => {
                let words = runs(&bytes, |b| !b.is_ascii_whitespace());
                let inside: Vec<_> = words.into_iter().filter_map(|word| base64_part(&bytes, word)).collect();
                if let Some(word) = pick(&inside, at) {
                    let mut inside = STANDARD.decode(&bytes[word.clone()]).unwrap_or_default();
                    let bit = bit.index(inside.len() * 8);
                    inside[bit / 8] ^= 1 << (bit % 8);
                    bytes.splice(word.clone(), STANDARD.encode(inside).into_bytes());
                }
            }
        }
        bytes
    }
}

/// The lines, each with its line feed, changed and put together again.
fn with_lines(bytes: &[u8], change: impl Fn(&mut Vec<&[u8]>)) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = bytes.split_inclusive(|b| *b == b'\n').collect();
    change(&mut lines);
    lines.concat()
}

/// The part of a word that is base64 of something: the whole, or of a key's text what follows the second plus.
fn base64_part(bytes: &[u8], word: Range<usize>) -> Option<Range<usize>> {
    let mut pluses = word.clone().filter(|at| bytes[*at] == b'+');
    let after_two = pluses.nth(1).map(|at| at + 1);
    [Some(word.start), after_two]
        .into_iter()
        .flatten()
        .map(|start| start..word.end)
        .find(|part| part.len() >= 8 && STANDARD.decode(&bytes[part.clone()]).is_ok())
}

/// Where bytes of a kind stand together.
fn runs(bytes: &[u8], of_kind: impl Fn(u8) -> bool) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, _) in bytes.iter().enumerate().filter(|(_, byte)| of_kind(**byte)) {
        match runs.last_mut() {
            Some(run) if run.end == at => run.end = at + 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}

fn pick<'a, T>(items: &'a [T], at: &Index) -> Option<&'a T> {
    if items.is_empty() { None } else { Some(&items[at.index(items.len())]) }
}
