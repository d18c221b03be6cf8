//! Default-password algorithms of routers that were published: a factory that uses one gives every password away. Each is
//! written from its description and held against the vectors published with it; one for which no vector was found is left
//! out (ZyXEL, Sky, UPC/Ubee, Alice Italy, Telsey among them), and so are those that only try all of a small space (Speedport
//! W 500V) or take words from a dictionary (Netgear): the space that a batch uses tells on those.

mod digests;
mod nibbles;
mod registers;

use crate::place::Tally;
use crate::rows::{Block, Column, Role, Unit};
use crate::structure::chance::{Derived, Letters, confidence};

/// What the algorithms take.
#[derive(Clone, Copy, Debug)]
pub struct Identifiers<'a> {
    /// The hardware address.
    pub mac: [u8; 6],
    /// The serial number as it is written. Empty if there is none.
    pub serial: &'a [u8],
    /// The name of the network. Empty if there is none.
    pub network: &'a [u8],
}

impl Identifiers<'_> {
    /// The last three bytes of the address.
    fn nic(&self) -> u32 {
        let [_, _, _, a, b, c] = self.mac;
        u32::from_be_bytes([0, a, b, c])
    }
}

/// The address so many further on.
fn shifted(mac: [u8; 6], by: i64) -> [u8; 6] {
    let [a, b, c, d, e, f] = mac;
    let [_, _, mac @ ..] = u64::from_be_bytes([0, 0, a, b, c, d, e, f]).wrapping_add_signed(by).to_be_bytes();
    mac
}

/// Gives every password that an algorithm could have made for a unit.
type Make = fn(&Identifiers, &mut dyn FnMut(&[u8]));

/// One published algorithm.
#[derive(Clone, Copy)]
pub struct Algorithm {
    /// Whose routers.
    pub name: &'static str,
    /// What it takes besides constants, and so the rule that it breaks.
    pub role: Role,
    /// Passwords it gives for one unit, at most.
    pub candidates: u32,
    make: Make,
}

impl Algorithm {
    /// Every password that the algorithm could have given this unit.
    pub fn passwords(&self, identifiers: &Identifiers, give: &mut dyn FnMut(&[u8])) {
        (self.make)(identifiers, give);
    }
}

/// Every algorithm that is verified.
pub static ALGORITHMS: [Algorithm; 17] = {
    const fn of(name: &'static str, role: Role, candidates: u32, make: Make) -> Algorithm {
        Algorithm { name, role, candidates, make }
    }
    [
        of("Thomson SpeedTouch and BT Home Hub", Role::Serial, 2, digests::thomson),
        of("Belkin", Role::Mac, 18, nibbles::belkin),
        of("D-Link", Role::Mac, 1, nibbles::d_link),
        of("Arcadyan EasyBox and Speedport", Role::Mac, 2, nibbles::arcadyan),
        of("Huawei HG5xx", Role::Mac, 1, nibbles::huawei),
        of("TP-Link and Wifimedia", Role::Mac, 3, nibbles::end_of_address),
        of("WPS PIN of the address", Role::Mac, 1, nibbles::wps_pin),
        of("Discus", Role::Mac, 1, nibbles::discus),
        of("Eircom", Role::Mac, 1, digests::eircom),
        of("Alice Germany", Role::Mac, 1, digests::alice_germany),
        of("Pirelli for Arnet and Meo", Role::Mac, 2, digests::pirelli),
        of("PRG EAV4202N", Role::Mac, 1, digests::prg),
        of("Comtrend", Role::Mac, 1, digests::comtrend),
        of("Sitecom WLR-2100", Role::Mac, 1, digests::sitecom_2100),
        of("Sitecom WLR-341 and WLR-4000", Role::Mac, 9, registers::sitecom),
        of("Spanish WLANXXXXXX", Role::Mac, 10, registers::wlan_six),
        of("Verizon FiOS", Role::Mac, 1, registers::fios),
    ]
};

/// A published algorithm and the columns it is tried on.
#[derive(Clone)]
pub struct Hypothesis {
    algorithm: &'static Algorithm,
    password: usize,
    mac: Option<usize>,
    serial: Option<usize>,
    network: Option<usize>,
}

impl Hypothesis {
    /// Counts the units of a block that follow it.
    #[must_use]
    pub fn confirm(&self, block: &Block) -> Tally {
        let mut tally = Tally::default();
        for unit in 0..block.len() {
            if self.holds(|column| block.cell(unit, column)) {
                tally.add(block.place(unit));
            }
        }
        tally
    }

    fn holds<'a>(&self, cell: impl Fn(usize) -> &'a [u8]) -> bool {
        let mac = self.mac.map(&cell).map_or(Some([0; 6]), address);
        let Some(mac) = mac else { return false };
        let of = |column: Option<usize>| column.map_or(&b""[..], &cell);
        let identifiers = Identifiers { mac, serial: of(self.serial), network: of(self.network) };
        let password = cell(self.password);
        let mut holds = false;
        self.algorithm.passwords(&identifiers, &mut |candidate| holds |= candidate == password);
        holds
    }

    fn from(&self) -> Vec<usize> {
        [self.mac, self.serial, self.network].into_iter().flatten().collect()
    }
}

/// Twelve hexadecimal digits with or without separators.
fn address(cell: &[u8]) -> Option<[u8; 6]> {
    let digits: Option<Vec<u32>> =
        cell.iter().filter(|b| !b":-. ".contains(b)).map(|b| char::from(*b).to_digit(16)).collect();
    let digits = digits.filter(|d| d.len() == 12)?;
    let byte = |n: usize| u8::try_from(digits[2 * n] << 4 | digits[2 * n + 1]).ok();
    let mut mac = [0; 6];
    for (n, place) in mac.iter_mut().enumerate() {
        *place = byte(n)?;
    }
    Some(mac)
}

/// Tries every algorithm on a sample, with every column that fits it. What is found can be asked of every row.
#[must_use]
pub fn search(columns: &[Column], units: &[Unit]) -> Vec<(Derived, Hypothesis)> {
    let of = |role| (0..columns.len()).filter(move |c| columns[*c].role == role);
    let mut hypotheses = Vec::new();
    for password in of(Role::Password) {
        for algorithm in &ALGORITHMS {
            if algorithm.role == Role::Serial {
                hypotheses.extend(of(Role::Serial).map(|serial| Hypothesis {
                    algorithm,
                    password,
                    mac: None,
                    serial: Some(serial),
                    network: None,
                }));
                continue;
            }
            for mac in of(Role::Mac) {
                let networks: Vec<Option<usize>> = if NAMED.contains(&algorithm.name) {
                    of(Role::Public).map(Some).collect()
                } else {
                    vec![None]
                };
                hypotheses.extend(networks.into_iter().map(|network| Hypothesis {
                    algorithm,
                    password,
                    mac: Some(mac),
                    serial: None,
                    network,
                }));
            }
        }
    }
    let tests = hypotheses.len() as f64;
    hypotheses.into_iter().filter_map(|hypothesis| judged(hypothesis, units, tests)).collect()
}

/// The algorithms that take the network's name.
const NAMED: [&str; 3] = ["Comtrend", "Spanish WLANXXXXXX", "Verizon FiOS"];

fn judged(hypothesis: Hypothesis, units: &[Unit], tests: f64) -> Option<(Derived, Hypothesis)> {
    let mut letters = Letters::default();
    let mut tally = Tally::default();
    let mut shortest = usize::MAX;
    for unit in units {
        let password = &unit.cells[hypothesis.password];
        letters.add(password);
        shortest = shortest.min(password.len());
        if hypothesis.holds(|column| &unit.cells[column]) {
            tally.add(unit.place);
        }
    }
    if tally.rows() == 0 {
        return None;
    }
    let one: f64 = letters.agreement().iter().take(shortest).product();
    let expected = one * units.len() as f64 * f64::from(hypothesis.algorithm.candidates);
    let confidence = confidence(tally.rows(), expected, tests)?;
    let found = Derived {
        password: hypothesis.password,
        from: hypothesis.from(),
        role: hypothesis.algorithm.role,
        how: format!("follows the published algorithm of {} routers", hypothesis.algorithm.name),
        tally,
        bits: -one.max(1e-300).log2(),
        expected,
        confidence,
    };
    Some((found, hypothesis))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Place;
    use crate::structure::chance::Confidence;
    use crate::structure::tests::{ALNUM, DIGITS, Dice, HEX, batch, columns};

    /// An algorithm gives a password for a unit.
    #[track_caller]
    pub(super) fn gives(make: Make, mac: &str, serial: &str, network: &str, password: &str) {
        let mac = address(mac.as_bytes()).unwrap_or_default();
        let mut all = Vec::new();
        let identifiers = Identifiers { mac, serial: serial.as_bytes(), network: network.as_bytes() };
        make(&identifiers, &mut |p| all.push(String::from_utf8_lossy(p).into_owned()));
        assert!(all.iter().any(|p| p == password), "{password}: {all:?}");
    }

    fn units(rows: &[[String; 4]]) -> Vec<Unit> {
        (0u32..)
            .zip(rows)
            .map(|(line, row)| Unit {
                place: Place { block: 0, line },
                cells: row.iter().map(|c| c.clone().into_bytes()).collect(),
            })
            .collect()
    }

    #[test]
    fn no_algorithm_gives_more_than_it_says() {
        for algorithm in &ALGORITHMS {
            let mut given = 0;
            let identifiers =
                Identifiers { mac: [0, 1, 2, 0xfe, 4, 5], serial: b"CP0615JT109", network: b"12345" };
            algorithm.passwords(&identifiers, &mut |_| given += 1);
            let named = Identifiers { network: b"WLAN123456", ..identifiers };
            algorithm.passwords(&named, &mut |_| given += 1);
            assert!((1..=2 * algorithm.candidates).contains(&given), "{}", algorithm.name);
        }
    }

    #[test]
    fn one_unit_in_a_hundred_with_a_published_password_is_found() {
        let mut dice = Dice(9);
        let rows = batch(5000, |n, ids| {
            let mac = address(ids[1].as_bytes()).unwrap();
            let identifiers = Identifiers { mac, serial: b"", network: b"" };
            let mut made = String::new();
            digests::pirelli(&identifiers, &mut |p| made = String::from_utf8_lossy(p).into_owned());
            if n % 100 == 5 { made } else { dice.text("0123456789abcdefghijklmnopqrstuvwxyz", 8) }
        });
        let found = search(&columns(), &units(&rows));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].0.confidence, found[0].0.tally.rows()), (Confidence::Certain, 50));
        assert!(found[0].0.how.contains("Pirelli"));
    }

    #[test]
    fn clean_batches_follow_none() {
        for (seed, (alphabet, len)) in
            [(ALNUM, 12), (DIGITS, 8), (HEX, 10), (DIGITS, 19)].into_iter().enumerate()
        {
            let mut dice = Dice(seed as u64);
            let rows = batch(20_000, |_, _| dice.text(alphabet, len));
            let found = search(&columns(), &units(&rows));
            assert!(found.iter().all(|(d, _)| d.confidence == Confidence::Possible), "{alphabet}");
        }
    }
}
