//! Which messages are tried: every identifier in every form, pairs of them, with words around them, records, and under keys
//! that are no secret.

use std::borrow::Cow;

use super::{Form, Piece, Recipe, Sort};
use crate::rows::{Column, Role};
use crate::written::Written;

fn text(text: &'static str) -> Piece {
    Piece::Text(Cow::Borrowed(text))
}

/// Every recipe for a file with these columns. Many write the same for a given file: the caller drops those.
pub(in crate::sampled) fn recipes(columns: &[Column]) -> Vec<Recipe> {
    let identifiers: Vec<usize> = (0..columns.len()).filter(|c| columns[*c].role != Role::Password).collect();
    let mut recipes = Vec::new();
    for column in &identifiers {
        recipes.extend(Form::all().map(|form| Recipe::alone(*column, form)));
    }
    let identifiers: Vec<usize> =
        identifiers.into_iter().filter(|c| !crate::sampled::is_row(&columns[*c])).collect();
    for first in &identifiers {
        for second in identifiers.iter().filter(|second| *second != first) {
            let crossed = crossed(columns[*first].role, columns[*second].role);
            for (a, b) in PAIRED.into_iter().chain(crossed) {
                let pair = |separator| [Piece::Cell(*first, a), text(separator), Piece::Cell(*second, b)];
                recipes.push(Recipe::joined(pair("").into_iter().chain([text("\n")])));
                recipes.extend(SEPARATORS.map(|separator| Recipe::joined(pair(separator))));
            }
            recipes.extend(salted(columns, *first, *second));
        }
    }
    for column in &identifiers {
        for form in AFFIXED {
            let cell = || Piece::Cell(*column, form);
            for affix in AFFIXES {
                recipes.push(Recipe::joined([cell(), text(affix)]));
                recipes.push(Recipe::joined([text(affix), cell()]));
            }
        }
    }
    recipes.extend(records(columns, &identifiers));
    recipes.extend(keyed(&identifiers));
    recipes
}

/// A serial number and a hardware address with a word before or behind both.
fn salted(columns: &[Column], first: usize, second: usize) -> Vec<Recipe> {
    let forms = |column: usize| match columns[column].role {
        Role::Serial => &[Written::AsIs, Written::PlainLower][..],
        Role::Mac => &[Written::PlainUpper, Written::PlainLower, Written::ColonsUpper, Written::ColonsLower],
        _ => &[],
    };
    let mut recipes = Vec::new();
    if columns[first].role == columns[second].role {
        return recipes;
    }
    for (a, b) in forms(first).iter().flat_map(|a| forms(second).iter().map(move |b| (*a, *b))) {
        for separator in ["", "-", ":", "_", "|"] {
            let pair = || {
                [Piece::Cell(first, Form::Written(a)), text(separator), Piece::Cell(second, Form::Written(b))]
            };
            for word in SALTS {
                recipes.push(Recipe::joined(pair().into_iter().chain([text(word)])));
                recipes.push(Recipe::joined([text(word)].into_iter().chain(pair())));
            }
        }
    }
    recipes
}

/// Identifiers in threes and all together in the order of the file, and the record of a unit as programs write one.
fn records(columns: &[Column], identifiers: &[usize]) -> Vec<Recipe> {
    let mut recipes = Vec::new();
    let mut chosen: Vec<Vec<usize>> = vec![identifiers.to_vec()];
    for (n, first) in identifiers.iter().enumerate() {
        for (m, second) in identifiers.iter().enumerate().skip(n + 1) {
            chosen.extend([vec![*first, *second], vec![*second, *first]]);
            for third in &identifiers[m + 1..] {
                let [a, b, c] = [*first, *second, *third];
                chosen.extend(
                    [[a, b, c], [a, c, b], [b, a, c], [b, c, a], [c, a, b], [c, b, a]].map(Vec::from),
                );
            }
        }
    }
    for chosen in &chosen {
        for form in [Written::AsIs, Written::PlainUpper, Written::PlainLower].map(Form::Written) {
            let joined = |begin: &str, join: &str, end: &str, named: Option<&str>| {
                let mut pieces = vec![Piece::Text(Cow::Owned(begin.to_owned()))];
                for (n, column) in chosen.iter().enumerate() {
                    let name = named.map_or(String::new(), |is| format!("{}{is}", columns[*column].name));
                    let between = if n == 0 { name } else { format!("{join}{name}") };
                    pieces.push(Piece::Text(Cow::Owned(between)));
                    pieces.push(Piece::Cell(*column, form));
                }
                pieces.push(Piece::Text(Cow::Owned(end.to_owned())));
                // Texts side by side are one.
                let mut all: Vec<Piece> = Vec::new();
                for piece in pieces {
                    match (all.last_mut(), piece) {
                        (Some(Piece::Text(before)), Piece::Text(text)) => before.to_mut().push_str(&text),
                        (_, piece) => all.push(piece),
                    }
                }
                Recipe::record(all)
            };
            if chosen.len() > 2 {
                recipes
                    .extend(["", "-", ":", "_", "|", ",", ";", " "].map(|join| joined("", join, "", None)));
            }
            recipes.push(joined("{\"", "\",\"", "\"}", Some("\":\"")));
            recipes.push(joined("{\"", "\", \"", "\"}", Some("\": \"")));
            recipes.push(joined("", "&", "", Some("=")));
            recipes.push(joined("", ";", "", Some("=")));
        }
    }
    recipes
}

/// Under a key that is no secret: another identifier, or a word.
fn keyed(identifiers: &[usize]) -> Vec<Recipe> {
    let of = |key: Piece, column: usize, form: Form| Recipe {
        sort: Sort::Keyed,
        key: Some(key),
        pieces: vec![Piece::Cell(column, form)],
    };
    let mut recipes = Vec::new();
    for column in identifiers {
        for form in KEYED {
            for other in identifiers.iter().filter(|other| *other != column) {
                recipes.extend(KEYED.map(|of_key| of(Piece::Cell(*other, of_key), *column, form)));
            }
            recipes.extend(AFFIXES.into_iter().skip(3).map(|word| of(text(word), *column, form)));
        }
    }
    recipes
}

const KEYED: [Form; 4] = [
    Form::Written(Written::AsIs),
    Form::Written(Written::PlainUpper),
    Form::Written(Written::PlainLower),
    Form::Bytes,
];

const PAIRED: [(Form, Form); 24] = {
    const AS_IS: Form = Form::Written(Written::AsIs);
    const UPPER: Form = Form::Written(Written::Upper);
    const LOWER: Form = Form::Written(Written::Lower);
    const PLAIN: Form = Form::Written(Written::Plain);
    const PLAIN_UPPER: Form = Form::Written(Written::PlainUpper);
    const PLAIN_LOWER: Form = Form::Written(Written::PlainLower);
    const DIGITS: Form = Form::Written(Written::Digits);
    const COLONS_UPPER: Form = Form::Written(Written::ColonsUpper);
    const COLONS_LOWER: Form = Form::Written(Written::ColonsLower);
    const HYPHENS_UPPER: Form = Form::Written(Written::HyphensUpper);
    const HYPHENS_LOWER: Form = Form::Written(Written::HyphensLower);
    [
        (AS_IS, AS_IS),
        (UPPER, UPPER),
        (LOWER, LOWER),
        (PLAIN, PLAIN),
        (PLAIN_UPPER, PLAIN_UPPER),
        (PLAIN_LOWER, PLAIN_LOWER),
        (Form::Bytes, Form::Bytes),
        (DIGITS, DIGITS),
        (AS_IS, PLAIN_UPPER),
        (AS_IS, PLAIN_LOWER),
        (AS_IS, Form::Bytes),
        (PLAIN_UPPER, AS_IS),
        (PLAIN_LOWER, AS_IS),
        (Form::Bytes, AS_IS),
        (AS_IS, LOWER),
        (LOWER, AS_IS),
        (AS_IS, COLONS_UPPER),
        (AS_IS, COLONS_LOWER),
        (COLONS_UPPER, AS_IS),
        (COLONS_LOWER, AS_IS),
        (AS_IS, HYPHENS_UPPER),
        (AS_IS, HYPHENS_LOWER),
        (HYPHENS_UPPER, AS_IS),
        (HYPHENS_LOWER, AS_IS),
    ]
};

/// A serial number and a hardware address are what most units have, and each is written as its own program writes it: every
/// usual form of the one with every usual form of the other.
fn crossed(first: Role, second: Role) -> Vec<(Form, Form)> {
    const SERIAL: [Written; 4] = [Written::AsIs, Written::Lower, Written::Plain, Written::PlainLower];
    const ADDRESS: [Written; 7] = [
        Written::PlainUpper,
        Written::PlainLower,
        Written::ColonsUpper,
        Written::ColonsLower,
        Written::HyphensUpper,
        Written::HyphensLower,
        Written::Raw,
    ];
    let turned = match (first, second) {
        (Role::Serial, Role::Mac) => false,
        (Role::Mac, Role::Serial) => true,
        _ => return Vec::new(),
    };
    let all = SERIAL.into_iter().flat_map(|serial| ADDRESS.map(|address| (serial, address)));
    all.map(|(serial, address)| if turned { (address, serial) } else { (serial, address) })
        .map(|(a, b)| (Form::Written(a), Form::Written(b)))
        .collect()
}

const AFFIXED: [Form; 10] = [
    Form::Written(Written::AsIs),
    Form::Written(Written::Lower),
    Form::Written(Written::PlainUpper),
    Form::Written(Written::PlainLower),
    Form::Bytes,
    Form::Written(Written::ColonsUpper),
    Form::Written(Written::ColonsLower),
    Form::Written(Written::HyphensUpper),
    Form::Written(Written::HyphensLower),
    Form::Written(Written::Last6),
];

const SEPARATORS: [&str; 10] = ["", "-", ":", "_", " ", "|", ",", ";", "/", "."];

/// Words that people put before or behind what they digest.
const AFFIXES: [&str; 52] = [
    "\n",
    "\r\n",
    "\0",
    "admin",
    "password",
    "Password",
    "salt",
    "secret",
    "key",
    "wifi",
    "default",
    "root",
    "1234",
    "12345678",
    "wpa",
    "-",
    "pass",
    "Admin",
    "admin123",
    "WIFI",
    "WiFi",
    "wlan",
    "user",
    "router",
    "device",
    "factory",
    "test",
    "123456",
    "123",
    "_",
    "SN",
    "pepper",
    "psk",
    "wpa2",
    "home",
    "iot",
    "2023",
    "2024",
    "2025",
    "2026", // Makers of routers, as the words of their own programs.
    "netgear",
    "NETGEAR",
    "linksys",
    "dlink",
    "tplink",
    "asus",
    "huawei",
    "zte",
    "arris",
    "sagemcom",
    "technicolor",
    "ubnt",
];

/// The commonest of them, for what is already joined.
const SALTS: [&str; 16] = [
    "admin", "password", "salt", "secret", "key", "wifi", "default", "root", "1234", "wpa2", "psk", "router",
    "factory", "user", "pass", "Admin",
];
