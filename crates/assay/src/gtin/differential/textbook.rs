//! The second reader: lists of characters, arithmetic as a textbook has it, one rule after the other. It is not fast, and it
//! shares nothing with the first but the list of words for nothing, which is data.

/// What a cell says: the number, or the kind of refusal.
pub(super) fn read(cell: &str) -> Result<u64, &'static str> {
    let characters: Vec<char> = cell.chars().collect();
    let mut answers = Vec::new();
    collect(&characters, 0, &mut answers);
    answers.retain(|a| *a != Err("absent"));
    let Some(first) = answers.first().copied() else { return Err("absent") };
    if answers.iter().all(|a| *a == first) {
        first
    } else if answers.contains(&Err("not-digits")) {
        Err("not-digits")
    } else {
        Err("several")
    }
}

/// Splits at the separators of a stage (0: those that stand in no number; 1: comma and slash), as long as what there is is
/// no single number.
fn collect(part: &[char], stage: usize, answers: &mut Vec<Result<u64, &'static str>>) {
    let inner = unquoted(part);
    if inner.is_empty() || is_nothing(&inner) {
        return;
    }
    let single = one(&inner);
    let part = if inner.contains(&'"') { part } else { &inner };
    if single == Err("not-digits") {
        let sets: [&[char]; 2] = [
            &[';', '|', '；', '｜', '\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'],
            &[',', '/', '，', '／'],
        ];
        for (at, set) in sets.iter().enumerate().skip(stage) {
            if part.iter().any(|c| set.contains(c)) {
                for piece in part.split(|c| set.contains(c)) {
                    collect(piece, at + 1, answers);
                }
                return;
            }
        }
    }
    let words: Vec<&[char]> =
        inner.split(|c| is_space(*c)).filter(|w| w.iter().any(|c| !is_hidden(*c))).collect();
    if words.len() > 1 && words.iter().all(|w| one(w).is_ok()) {
        answers.extend(words.iter().map(|w| one(w)));
    } else {
        answers.push(single);
    }
}

/// One number.
fn one(text: &[char]) -> Result<u64, &'static str> {
    let mut seen: Vec<char> =
        text.iter().filter(|c| !is_space(**c) && !is_hidden(**c)).map(|c| simple(*c)).collect();
    if seen.is_empty() {
        return Err("absent");
    }
    if !seen[0].is_ascii_digit() {
        return Err("not-digits");
    }
    // Scientific notation: mantissa, E, exponent.
    if let Some(e) = seen.iter().position(|c| matches!(c, 'e' | 'E')) {
        let exponent: String = seen[e + 1..].iter().collect();
        // Full-width digits were made plain above, and an exponent in them is nobody's.
        let plain_tail = text
            .iter()
            .rev()
            .take_while(|c| !matches!(c, 'e' | 'E'))
            .all(|c| !matches!(c, '０'..='９' | '－' | '\u{2010}'..='\u{2013}'));
        return scientific(&seen[..e], &exponent, plain_tail);
    }
    // A decimal point with zeros behind it.
    let x_before_point =
        seen.iter().any(|c| matches!(c, 'x' | 'X')) && seen.iter().any(|c| matches!(c, '.' | ','));
    if let Some(point) = seen.iter().position(|c| matches!(c, '.' | ',')) {
        if seen[point - 1] == '-' || seen[point + 1..].iter().any(|c| *c != '0') {
            return Err("not-digits");
        }
        seen.truncate(point);
    }
    if seen.last() == Some(&'-') {
        return Err("not-digits");
    }
    let issn = seen.len() == 9 && seen[4] == '-' && seen.iter().filter(|c| **c == '-').count() == 1;
    seen.retain(|c| *c != '-');
    let x = seen.last().is_some_and(|c| matches!(c, 'x' | 'X'));
    let digits: &[char] = if x { &seen[..seen.len() - 1] } else { &seen };
    if !digits.iter().all(char::is_ascii_digit) || x_before_point {
        return Err("not-digits");
    }
    if x {
        return Err(if matches!(seen.len(), 8 | 10) && modulo_11(&seen) == 0 {
            "book"
        } else {
            "not-digits"
        });
    }
    whole(digits, issn)
}

fn scientific(mantissa: &[char], exponent: &str, plain: bool) -> Result<u64, &'static str> {
    let point = mantissa.iter().position(|c| matches!(c, '.' | ','));
    let (front, back) = match point {
        Some(p) => (&mantissa[..p], &mantissa[p + 1..]),
        None => (mantissa, &[][..]),
    };
    let sign = exponent.starts_with('-');
    let figures = exponent.trim_start_matches(['+', '-']);
    let one_sign = exponent.len() - figures.len() <= 1;
    let fine =
        plain && one_sign && (1..=3).contains(&figures.len()) && figures.chars().all(|c| c.is_ascii_digit());
    let hyphen_ends = front.last() == Some(&'-') || back.contains(&'-');
    let front: Vec<char> = front.iter().copied().filter(|c| *c != '-').collect();
    if !fine || hyphen_ends || !front.iter().chain(back).all(char::is_ascii_digit) {
        return Err("not-digits");
    }
    let power: i64 = figures.parse::<i64>().unwrap() * if sign { -1 } else { 1 };
    let places = front.len() as i64 + power;
    if places < 8 {
        return Err("not-digits");
    }
    let all: Vec<char> = front.iter().chain(back).copied().collect();
    let places = places as usize;
    if places > all.len() || places > 32 || all[places..].iter().any(|c| *c != '0') {
        return Err("damaged");
    }
    whole(&all[..places], false)
}

/// Digits and nothing else.
fn whole(digits: &[char], issn: bool) -> Result<u64, &'static str> {
    let length = digits.len();
    let text: String = digits.iter().collect();
    let significant = text.trim_start_matches('0');
    if length > 32 || significant.len() > 14 {
        return Err("length");
    }
    if significant.is_empty() {
        return Err("absent");
    }
    if length < 8 {
        return Err("length");
    }
    let as_gtin = judged(significant);
    if length == 8 {
        let is_gtin = as_gtin != Err("check-digit");
        let is_issn = modulo_11(digits) == 0;
        let is_upc = long_of(&text).is_some_and(|long| modulo_10(&long) == 0);
        if is_issn && issn {
            return Err("book");
        }
        if is_gtin {
            return if is_upc { Err("short-upc") } else { as_gtin };
        }
        if is_issn {
            return Err("book");
        }
        if is_upc {
            return if digits[0] == '0' {
                judged(long_of(&text).unwrap().trim_start_matches('0'))
            } else {
                Err("short-upc")
            };
        }
    }
    if matches!(length, 9 | 10) && modulo_11(digits) == 0 {
        return Err("book");
    }
    as_gtin
}

/// The check digit and the prefix of a number without its leading zeros.
fn judged(significant: &str) -> Result<u64, &'static str> {
    if modulo_10(significant) != 0 {
        return Err("check-digit");
    }
    let fourteen = format!("{significant:0>14}");
    let own = if fourteen.starts_with("000000") {
        ["0", "2"].iter().any(|p| fourteen[6..].starts_with(p))
    } else {
        ["02", "04", "2"].iter().any(|p| fourteen[1..].starts_with(p))
    };
    let coupon =
        !fourteen.starts_with("000000") && ["05", "98", "99"].iter().any(|p| fourteen[1..].starts_with(p));
    if own {
        Err("retailer")
    } else if coupon {
        Err("coupon")
    } else {
        Ok(significant.parse().unwrap())
    }
}

/// The twelve digits of a UPC-E, by the patterns that encoders have.
fn long_of(eight: &str) -> Option<String> {
    let patterns = [
        "ab000cde", "ab100cde", "ab200cde", "abc000de", "abcd000e", "abcde005", "abcde006", "abcde007",
        "abcde008", "abcde009",
    ];
    let c: Vec<char> = eight.chars().collect();
    if !matches!(c[0], '0' | '1') {
        return None;
    }
    let rule = c[6].to_digit(10).unwrap() as usize;
    // A zero is left out by the first rule that leaves out most.
    if (rule == 3 && matches!(c[3], '0'..='2')) || (rule == 4 && c[4] == '0') || (rule > 4 && c[5] == '0') {
        return None;
    }
    // Two more zeros stand in every pattern.
    let (before, after) = patterns[rule].split_once("00").unwrap();
    let filled = format!("{before}0000{after}");
    let body: String = filled
        .chars()
        .map(|p| if p.is_ascii_digit() { p } else { c[1 + "abcde".find(p).unwrap()] })
        .collect();
    Some(format!("{}{body}{}", c[0], c[7]))
}

fn modulo_10(digits: &str) -> u32 {
    let backwards: Vec<u32> = digits.chars().rev().map(|c| c.to_digit(10).unwrap()).collect();
    let odd: u32 = backwards.iter().step_by(2).sum();
    let even: u32 = backwards.iter().skip(1).step_by(2).sum();
    (odd + 3 * even) % 10
}

fn modulo_11(characters: &[char]) -> u32 {
    let length = characters.len() as u32;
    let value = |c: &char| c.to_digit(10).unwrap_or(10);
    characters.iter().zip(0..).map(|(c, at)| value(c) * (length - at)).sum::<u32>() % 11
}

fn unquoted(part: &[char]) -> Vec<char> {
    let mut text = trimmed(part);
    if matches!(text.first(), Some('\'' | '’')) {
        text = trimmed(&text[1..]);
    }
    if text.len() >= 3 && text[0] == '=' && text[1] == '"' && text[text.len() - 1] == '"' {
        text = trimmed(&text[2..text.len() - 1]);
    } else if text.len() >= 2 && text[0] == '"' && text[text.len() - 1] == '"' {
        text = trimmed(&text[1..text.len() - 1]);
    }
    text
}

fn trimmed(part: &[char]) -> Vec<char> {
    let around = |c: &char| is_space(*c) || is_hidden(*c) || c.is_whitespace();
    let Some(first) = part.iter().position(|c| !around(c)) else { return Vec::new() };
    let last = part.iter().rposition(|c| !around(c)).unwrap();
    part[first..=last].to_vec()
}

fn is_space(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

fn is_hidden(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}') && crate::text::is_invisible(c)
}

/// Full-width digits and the hyphens as one.
fn simple(c: char) -> char {
    match c {
        '０'..='９' => char::from_digit(c as u32 - '０' as u32, 10).unwrap(),
        '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2013}' | '－' => '-',
        c => c,
    }
}

fn is_nothing(text: &[char]) -> bool {
    if text.len() > 48 || text.iter().any(char::is_ascii_digit) {
        return false;
    }
    let letters: String =
        text.iter().filter(|c| c.is_alphanumeric()).flat_map(|c| c.to_lowercase()).collect();
    if letters.is_empty() {
        return text.iter().all(|c| c.is_whitespace() || c.is_ascii_punctuation() || "–—―−…·•¿".contains(*c));
    }
    let first = text.iter().position(|c| c.is_alphanumeric()).unwrap();
    let before = &text[..first];
    let signs =
        before.iter().all(|c| c.is_whitespace() || c.is_ascii_punctuation() || "–—―−…·•¿".contains(*c));
    let listed = include_str!("../nothing.txt")
        .lines()
        .filter_map(|line| line.split_once(": "))
        .flat_map(|(_, w)| w.split(", "));
    signs
        && listed
            .into_iter()
            .any(|w| w.to_lowercase().chars().filter(|c| c.is_alphanumeric()).eq(letters.chars()))
}
