//! Batches with and without a fault of structure, from a small generator of ours so that a seed is a batch.

use super::*;

/// SplitMix64 (Steele, Lea, Flood 2014): good enough to be a clean batch.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    pub(crate) fn text(&mut self, alphabet: &str, len: usize) -> String {
        let letters = alphabet.as_bytes();
        (0..len).map(|_| char::from(letters[(self.next() % letters.len() as u64) as usize])).collect()
    }
}

pub(crate) const DIGITS: &str = "0123456789";
pub(crate) const HEX: &str = "0123456789abcdef";
pub(crate) const ALNUM: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
pub(crate) const UPPER: &str = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// The cells of unit `n`: serial number, hardware address, network name.
pub(crate) fn identifiers(n: u64) -> [String; 3] {
    let mac = 0xa4c1_380b_5a00u64 + n * 2;
    let pairs: Vec<String> =
        format!("{mac:012X}").as_bytes().chunks(2).map(|p| String::from_utf8_lossy(p).into()).collect();
    [format!("SN26-{:08}", 40_210_000 + n), pairs.join(":"), format!("AssayNet-{:04X}", mac & 0xffff)]
}

pub(crate) fn columns() -> Vec<Column> {
    [(Role::Serial, "serial"), (Role::Mac, "mac"), (Role::Public, "ssid"), (Role::Password, "password")]
        .map(|(role, name)| Column { role, name: name.to_owned() })
        .to_vec()
}

pub(crate) fn block(number: u32, rows: &[[String; 4]]) -> Block {
    let mut block = Block::default();
    (block.number, block.width) = (number, 4);
    for (line, row) in rows.iter().enumerate() {
        block.lines.push(line as u32);
        for cell in row {
            let start = block.bytes.len() as u32;
            block.cells.push(crate::rows::Cell { start, len: cell.len() as u32 });
            block.bytes.extend_from_slice(cell.as_bytes());
        }
    }
    block
}

pub(crate) fn batch(rows: u64, mut password: impl FnMut(u64, &[String; 3]) -> String) -> Vec<[String; 4]> {
    (0..rows)
        .map(|n| {
            let ids = identifiers(n);
            let password = password(n, &ids);
            let [serial, mac, ssid] = ids;
            [serial, mac, ssid, password]
        })
        .collect()
}

fn findings(rows: &[[String; 4]]) -> Vec<Derived> {
    let mut structure = Structure::new(&columns());
    structure.see(&block(0, rows));
    structure.findings()
}

/// The certain finding with the most rows.
#[track_caller]
fn surest(rows: &[[String; 4]], role: Role, hits: u64, words: &str) {
    let found = findings(rows);
    let fits = |d: &Derived| {
        d.confidence == Confidence::Certain
            && d.role == role
            && d.tally.rows() >= hits
            && d.how.contains(words)
    };
    assert!(found.iter().any(fits), "{role:?} {words}: {found:#?}");
}

fn plain(text: &str) -> String {
    text.replace([':', '-'], "")
}

#[test]
fn each_way_is_found_in_a_batch_that_follows_it() {
    let rows = 3000;
    let all = |role, words: &str, make: &dyn Fn(&[String; 3]) -> String| {
        surest(&batch(rows, |_, ids| make(ids)), role, rows * 9 / 10, words);
    };
    all(Role::Serial, "is part of `serial`", &|ids| plain(&ids[0])[..11].to_owned());
    all(Role::Serial, "the last 8 of `serial`", &|ids| ids[0][5..].to_owned());
    all(Role::Mac, "the last 12 of `mac`, in another case", &|ids| plain(&ids[1]).to_lowercase());
    all(Role::Mac, "backwards", &|ids| plain(&ids[1]).chars().rev().collect());
    all(Role::Serial, "every second character", &|ids| plain(&ids[0]).chars().skip(1).step_by(2).collect());
    all(Role::Serial, "in hexadecimal", &|ids| {
        format!("{:x}", ids[0][5..].parse::<u64>().unwrap() + 2_600_000_000)
    });
    all(Role::Mac, "the last three bytes of `mac` in decimal", &|ids| {
        u64::from_str_radix(&plain(&ids[1])[6..], 16).unwrap().to_string()
    });
    all(Role::Mac, "and then the last 4", &|ids| format!("{}{}", &ids[0][9..], &plain(&ids[1])[8..]));
    all(Role::Public, "the last 12 of `ssid`, in another case", &|ids| ids[2].to_uppercase());
}

#[test]
fn a_check_digit_after_the_serial_number_hides_nothing() {
    let rows = batch(2000, |_, ids| {
        let digits = &ids[0][5..];
        (0..10).map(|d| format!("{digits}{d}")).find(|text| luhn(text.as_bytes())).unwrap()
    });
    surest(&rows, Role::Serial, 2000, "Luhn");
}

#[test]
fn a_tail_of_six_in_a_random_password_is_found_in_one_row_of_a_thousand() {
    let mut dice = Dice(7);
    let rows = batch(20_000, |n, ids| {
        let tail = if n % 1000 == 3 { plain(&ids[1])[4..].to_owned() } else { dice.text(UPPER, 8) };
        dice.text(UPPER, 4) + &tail
    });
    surest(&rows, Role::Mac, 20, "a run of 8");
}

#[test]
fn one_password_in_a_hundred_thousand_that_is_its_serial_number_is_certain() {
    let mut dice = Dice(11);
    let rows = batch(100_000, |n, ids| if n == 77_777 { plain(&ids[0]) } else { dice.text(ALNUM, 12) });
    let found = findings(&rows);
    let sure: Vec<&Derived> = found.iter().filter(|d| d.confidence == Confidence::Certain).collect();
    assert!(sure.iter().all(|d| d.role == Role::Serial), "{found:#?}");
    assert_eq!(sure[0].tally.first(), [Place { block: 0, line: 77_777 }]);
}

#[test]
fn clean_batches_raise_nothing_above_possible() {
    let kinds = [(ALNUM, 12), (UPPER, 12), (HEX, 16), (DIGITS, 19), ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 13)];
    for seed in 0..60 {
        let (alphabet, len) = kinds[seed % kinds.len()];
        let mut dice = Dice(seed as u64 * 1_000_003);
        let rows = batch([300, 5000, 20_000][seed % 3], |_, _| dice.text(alphabet, len));
        let found = findings(&rows);
        assert!(found.iter().all(|d| d.confidence == Confidence::Possible), "seed {seed}: {found:#?}");
    }
}

#[test]
fn words_and_prefixes_that_all_units_share_are_no_derivation() {
    let words = ["happy", "tiger", "ocean", "green", "table", "piano", "cloud", "river"];
    let mut dice = Dice(3);
    let mut word = |_: u64| words[(dice.next() % 8) as usize];
    let mut rows = batch(5000, |n, _| format!("{}{}", word(n), word(n + 1)));
    for row in &mut rows {
        row[2] = format!("{}-net", word(0));
    }
    let sure = |found: &[Derived]| found.iter().any(|d| d.confidence == Confidence::Certain);
    let found = findings(&rows);
    assert!(!sure(&found), "{found:#?}");
    let mut dice = Dice(4);
    let found = findings(&batch(5000, |_, _| format!("SN26{}", dice.text(ALNUM, 12))));
    assert!(!sure(&found), "{found:#?}");
}

#[test]
fn one_password_for_all_that_is_the_name_of_the_network_is_public() {
    let mut rows = batch(500, |_, _| "Assay-1000".to_owned());
    rows.iter_mut().for_each(|row| "Assay-1000".clone_into(&mut row[2]));
    surest(&rows, Role::Public, 500, "the last 9 of `ssid`");
}

#[test]
fn threads_agree_with_one_reader_in_any_order() {
    let mut dice = Dice(5);
    let rows = batch(900, |n, ids| if n % 3 == 0 { plain(&ids[1]) } else { dice.text(HEX, 12) });
    let blocks: Vec<Block> = rows.chunks(300).enumerate().map(|(n, rows)| block(n as u32, rows)).collect();
    let mut one = Structure::new(&columns());
    blocks.iter().for_each(|b| one.see(b));
    let mut joined = Structure::new(&columns());
    for b in blocks.iter().rev() {
        let mut thread = Structure::new(&columns());
        thread.see(b);
        joined.join(&thread);
    }
    assert_eq!(one.findings(), joined.findings());
    assert!(!one.findings().is_empty());
}

#[test]
fn cells_of_any_bytes_and_length_are_looked_at() {
    let long = "\0é".repeat(5000);
    let rows: Vec<[String; 4]> = ["", "a", "::::", &long]
        .iter()
        .flat_map(|a| {
            ["", "b", &long].map(|b| [(*a).to_owned(), b.to_owned(), String::new(), (*a).to_owned()])
        })
        .collect();
    findings(&rows);
}
