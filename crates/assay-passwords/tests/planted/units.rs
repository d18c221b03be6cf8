//! Units as a factory writes them down: serial number, hardware address, network name, model, date of production. Numbers
//! run up from a start that the batch chose; shapes are those one meets on labels.

use super::rng::{Rng, mix};

/// One unit, without its password.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unit {
    /// Its row in the file, from 0 (the line is two more: the heading is line 1).
    pub(crate) row: u64,
    /// How many units were numbered before it. The same as `row`, unless the file was shuffled.
    pub(crate) number: u64,
    /// How many units the batch has.
    pub(crate) rows: u64,
    pub(crate) serial: String,
    /// The hardware address as a number of 48 bits.
    pub(crate) mac: u64,
    /// The hardware address as the file writes it.
    pub(crate) mac_text: String,
    pub(crate) ssid: String,
    pub(crate) model: &'static str,
    /// `2024-03-15`.
    pub(crate) date: String,
    /// The same day, counted from 1 January 1970.
    pub(crate) day: u64,
    /// The batch code. It stands in some serial numbers and in no column of its own.
    pub(crate) batch: String,
    /// The password of another unit, for the schemes that print one twice.
    pub(crate) twin: String,
}

/// How serial numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `SN2400012345`
    Plain,
    /// `24A0B3-012345`
    Batched,
    /// `240315L2012345`: day, line, number
    Dated,
    /// `3C5A00F1B2`
    Hex,
    /// `352401000123457`: decimal digits, the last a Luhn check digit
    Checked,
}

pub(crate) const SHAPES: [Shape; 5] =
    [Shape::Plain, Shape::Batched, Shape::Dated, Shape::Hex, Shape::Checked];

/// How hardware addresses are written: the separator, and upper or lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MacStyle {
    pub(crate) separator: &'static str,
    pub(crate) upper: bool,
}

/// What all units of a batch have in common.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    shape: Shape,
    style: MacStyle,
    oui: u64,
    step: u64,
    first_serial: u64,
    first_mac: u64,
    first_day: u64,
    a_day: u64,
    model: &'static str,
    brand: &'static str,
    ssid_from_mac: bool,
    rows: u64,
    seed: u64,
}

impl Line {
    pub(crate) fn new(rows: u64, shape: Shape, seed: u64) -> Line {
        let mut rng = Rng::of(seed, u64::MAX);
        Line {
            shape,
            style: MacStyle { separator: rng.one(&[":", "-", ""]), upper: rng.below(2) == 0 },
            // Arcadyan, Belkin, Thomson, Pirelli, Huawei, Netgear: prefixes from the public register of the IEEE.
            oui: rng.one(&[0x00_1d19, 0x94_4452, 0x00_2417, 0x38_229d, 0x00_259e, 0x20_4e7f]),
            // Two radios take two addresses; beyond that the 24 bits of a prefix would not last.
            step: if rows > 4_000_000 { 1 } else { rng.one(&[1, 2, 4]) },
            first_serial: 1 + rng.below(60_000),
            first_mac: rng.below(1 << 23),
            first_day: 19_730 + rng.below(300), // from 8 January 2024
            a_day: 1_500 + rng.below(2_000),
            model: rng.one(&["AX3000", "HG-520b", "CamPro2", "NV-16P", "Plug_S1"]),
            brand: rng.one(&["Home", "WLAN", "Lumo", "NETBOX"]),
            ssid_from_mac: rng.below(2) == 0,
            rows,
            seed,
        }
    }

    /// The unit of a number, standing in a row.
    pub(crate) fn unit(&self, row: u64, number: u64) -> Unit {
        let day = self.first_day + number / self.a_day;
        let date = calendar(day);
        let batch = format!("{:04X}", 0xa0b0 + day - 19_000);
        let running = self.first_serial + number;
        // Wide enough for the whole batch, so that serial numbers sort as they run.
        let width = if self.first_serial + self.rows < 1_000_000 { 6 } else { 8 };
        let serial = match self.shape {
            Shape::Plain => format!("SN24{running:08}"),
            Shape::Batched => format!("24{batch}-{running:0width$}"),
            Shape::Dated => {
                let (year, month) = (&date[2..4], &date[5..7]);
                format!("{year}{month}{}L{}{running:0width$}", &date[8..], 1 + day % 3)
            }
            Shape::Hex => format!("{:010X}", 0x3c_5a00_0000_u64 + running * 3),
            Shape::Checked => {
                let digits = format!("352401{running:08}");
                format!("{digits}{}", luhn(&digits))
            }
        };
        let low = self.first_mac + number * self.step;
        let mac = (self.oui << 24) + low;
        let ssid = if self.ssid_from_mac {
            format!("{}-{:04X}", self.brand, mac & 0xffff)
        } else {
            format!("{}-{:05}", self.brand, mix(self.seed ^ number) % 100_000)
        };
        Unit {
            row,
            number,
            rows: self.rows,
            serial,
            mac,
            mac_text: written(mac, self.style),
            ssid,
            model: self.model,
            date,
            day,
            batch,
            twin: String::new(),
        }
    }
}

impl Unit {
    /// The hardware address as six bytes.
    pub(crate) fn mac_bytes(&self) -> [u8; 6] {
        let bytes = self.mac.to_be_bytes();
        std::array::from_fn(|i| bytes[i + 2])
    }

    /// `001D19ABCDEF`
    pub(crate) fn mac_bare(&self) -> String {
        format!("{:012X}", self.mac)
    }

    /// The serial number without separators.
    pub(crate) fn serial_bare(&self) -> String {
        self.serial.replace('-', "")
    }

    /// The last characters of the serial number.
    pub(crate) fn serial_tail(&self, length: usize) -> &str {
        &self.serial[self.serial.len() - length..]
    }

    /// The number that the serial ends with. A hexadecimal serial is read as one number.
    pub(crate) fn serial_value(&self) -> u64 {
        if self.serial_is_hex() {
            return u64::from_str_radix(&self.serial, 16).expect("ten hexadecimal digits");
        }
        let start = self.serial.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
        self.serial[start..].bytes().fold(0, |n, d| n * 10 + u64::from(d - b'0'))
    }

    /// Whether the serial is one hexadecimal number.
    pub(crate) fn serial_is_hex(&self) -> bool {
        self.serial.starts_with("3C5A")
    }
}

/// An address in a style.
pub(crate) fn written(mac: u64, style: MacStyle) -> String {
    let bare = format!("{mac:012X}");
    let pairs: Vec<&str> = (0..6).map(|i| &bare[2 * i..2 * i + 2]).collect();
    let text = pairs.join(style.separator);
    if style.upper { text } else { text.to_ascii_lowercase() }
}

/// The check digit of ISO/IEC 7812-1, Annex B: the last digit counts double.
pub(crate) fn luhn(digits: &str) -> u32 {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, d)| {
            let d = u32::from(d - b'0') * if i % 2 == 0 { 2 } else { 1 };
            d / 10 + d % 10
        })
        .sum();
    (10 - sum % 10) % 10
}

/// A day counted from 1 January 1970 as `2024-03-15`. Good for 1970 to 2099, where every fourth year has 366 days.
fn calendar(day: u64) -> String {
    let (mut year, mut left) = (1970, day);
    let long = |year: u64| year.is_multiple_of(4);
    while left >= 365 + u64::from(long(year)) {
        left -= 365 + u64::from(long(year));
        year += 1;
    }
    let february = 28 + u64::from(long(year));
    let mut month = 1;
    for days in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if left < days {
            break;
        }
        left -= days;
        month += 1;
    }
    format!("{year}-{month:02}-{:02}", left + 1)
}
