//! Cells as shops have them, made by chance: a number, then faults, one upon the other.

/// Numbers that look like chance and are the same in every run (splitmix64).
pub(super) struct Chance(pub(super) u64);

impl Chance {
    /// Below `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % end as u64).unwrap()
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + self.below(10) as u8)).collect()
    }
}

/// A cell: one number or several, or a word.
pub(super) fn cell(chance: &mut Chance) -> String {
    if chance.one_in(12) {
        return chance
            .of(&["", "n/a", "keine", "-", "None", "0", "brak", "siehe Karton", "0000000000000", "#N/A"])
            .to_owned();
    }
    let first = number(chance);
    if !chance.one_in(5) {
        return written(chance, &first);
    }
    let mut cell = written(chance, &first);
    for _ in 0..=chance.below(2) {
        let next = match chance.below(4) {
            0 => number(chance),
            1 => chance.of(&["", "n/a", "0", "12", "00"]).to_owned(),
            _ => first.clone(),
        };
        let separator = chance.of(&[";", ", ", "/", " | ", "\n", " ", "\u{a0}", "；", ","]);
        cell = format!("{cell}{separator}{}", written(chance, &next));
    }
    cell
}

/// Any signs that the readers know, in any order.
pub(super) fn soup(chance: &mut Chance) -> String {
    const SIGNS: [&str; 36] = [
        "0",
        "0",
        "1",
        "2",
        "4",
        "5",
        "9",
        "00",
        "4006381333931",
        "96385074",
        "03064061",
        "x",
        "X",
        "e",
        "E",
        "E+12",
        "E12",
        "+",
        "-",
        "–",
        ".",
        ".0",
        ",",
        ",0",
        ";",
        "/",
        "|",
        " ",
        "\u{a0}",
        "\u{200b}",
        "\n",
        "'",
        "\"",
        "=\"",
        "n/a",
        "７",
    ];
    let length = chance.below(14);
    (0..length).map(|_| chance.of(&SIGNS)).collect()
}

/// The digits of a number of some kind, most of them right.
fn number(chance: &mut Chance) -> String {
    let prefix = |chance: &mut Chance, prefixes: &[&str], length: usize| {
        let prefix = chance.of(prefixes).to_owned();
        let rest = chance.digits(length - 1 - prefix.len());
        closed(&format!("{prefix}{rest}"))
    };
    let mut digits = match chance.below(14) {
        0 => prefix(chance, &["", "0", "1", "2"], 8),
        1 => prefix(chance, &["", "0", "00", "04", "05", "2"], 12),
        2 => prefix(chance, &["1", "9", "02", "198"], 14),
        3 => prefix(chance, &["02", "04", "20", "29"], 13),
        4 => prefix(chance, &["050", "059", "980", "981", "984", "990"], 13),
        5 => prefix(chance, &["977", "978", "979"], 13),
        6 => short_upc(chance),
        7 => book(chance),
        8 => {
            let length = chance.below(20);
            chance.digits(length)
        }
        _ => prefix(chance, &["4", "40", "87", "5", "69"], 13),
    };
    if chance.one_in(12) {
        mutate(chance, &mut digits);
    }
    if chance.one_in(8) {
        digits = digits.trim_start_matches('0').to_owned();
    }
    if chance.one_in(8) {
        digits = format!("{}{digits}", "0".repeat(chance.below(24)));
    }
    digits
}

/// Writes digits as a person or a program does.
fn written(chance: &mut Chance, digits: &str) -> String {
    let mut text = match chance.below(12) {
        0 if digits.len() > 6 && digits.is_ascii() => scientific(chance, digits),
        1 => format!("{digits}{}", chance.of(&[".0", ".00", ",0", ".", ".5", ".000"])),
        2 | 3 => apart(chance, digits),
        4 if digits.len() == 8 && digits.is_ascii() => format!("{}-{}", &digits[..4], &digits[4..]),
        5 => digits.chars().map(wide).collect(),
        _ => digits.to_owned(),
    };
    if chance.one_in(20) {
        mutate(chance, &mut text);
    }
    match chance.below(10) {
        0 => format!("'{text}"),
        1 => format!("=\"{text}\""),
        2 => format!("\"{text}\""),
        3 => format!(
            "{}{text}{}",
            chance.of(&[" ", "\u{feff}", "\t", "\n"]),
            chance.of(&[" ", "\r\n", "\u{200b}", "-"])
        ),
        _ => text,
    }
}

/// A digit as a Japanese keyboard has it.
fn wide(c: char) -> char {
    c.to_digit(10).and_then(|digit| char::from_u32(0xff10 + digit)).unwrap_or(c)
}

/// With as many digits as there are, or fewer or more.
fn scientific(chance: &mut Chance, digits: &str) -> String {
    let (first, rest) = digits.split_at(1);
    let rest = match chance.below(3) {
        0 => rest.to_owned(),
        1 => format!("{rest}{}", "0".repeat(chance.below(4))),
        _ => rest[..chance.below(rest.len())].to_owned(),
    };
    let (point, letter) = (chance.of(&[".", ",", "."]), chance.of(&["E+", "e", "E", "e+0", "E-"]));
    format!("{first}{point}{rest}{letter}{}", digits.len() - 1)
}

fn apart(chance: &mut Chance, digits: &str) -> String {
    let mut text = String::new();
    for c in digits.chars() {
        if chance.one_in(4) {
            text.push_str(chance.of(&[" ", "-", "\u{a0}", "\u{2009}", "\u{200b}", "–", "\u{2011}"]));
        }
        text.push(c);
    }
    text
}

/// Another character, or one more, or one less.
fn mutate(chance: &mut Chance, text: &mut String) {
    let mut characters: Vec<char> = text.chars().collect();
    let at = chance.below(characters.len() + 1);
    let other = chance.of(&["0", "1", "7", "8", "A", "X", "€", "-", ".", "O"]).chars().next().unwrap();
    match chance.below(3) {
        0 => characters.insert(at, other),
        1 if at < characters.len() => characters[at] = other,
        _ if at < characters.len() => drop(characters.remove(at)),
        _ => {}
    }
    *text = characters.into_iter().collect();
}

/// Adds the check digit that makes the weighed sum a multiple of ten.
fn closed(body: &str) -> String {
    let wanted = ('0'..='9').find(|check| {
        let whole = format!("{body}{check}");
        let weighed =
            whole.bytes().rev().enumerate().map(|(at, b)| u32::from(b - b'0') * (1 + 2 * (at as u32 % 2)));
        weighed.sum::<u32>() % 10 == 0
    });
    format!("{body}{}", wanted.unwrap())
}

/// Takes the zeros out of a UPC-A that has enough of them.
fn short_upc(chance: &mut Chance) -> String {
    let (system, a, b) = (chance.of(&["0", "0", "1"]), chance.digits(2), chance.digits(3));
    let (c, d, e, last) = (3 + chance.below(7), 1 + chance.below(9), chance.below(10), 5 + chance.below(5));
    let (long, six) = match chance.below(4) {
        0 => {
            let rule = chance.below(3);
            (format!("{system}{a}{rule}0000{b}"), format!("{a}{b}{rule}"))
        }
        1 => (format!("{system}{a}{c}00000{d}{e}"), format!("{a}{c}{d}{e}3")),
        2 => (format!("{system}{a}{c}{d}00000{e}"), format!("{a}{c}{d}{e}4")),
        _ => (format!("{system}{a}{c}{e}{d}0000{last}"), format!("{a}{c}{e}{d}{last}")),
    };
    let check = closed(&long).split_off(11);
    format!("{system}{six}{check}")
}

/// An ISBN-10 or an ISSN.
fn book(chance: &mut Chance) -> String {
    let body = if chance.one_in(2) { chance.digits(9) } else { chance.digits(7) };
    let sum: u32 = body.bytes().rev().zip(2..).map(|(b, weight)| u32::from(b - b'0') * weight).sum();
    match (11 - sum % 11) % 11 {
        10 => format!("{body}X"),
        check => format!("{body}{check}"),
    }
}
