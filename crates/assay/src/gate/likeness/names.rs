//! Brands, models and titles as they are compared: keys without anything that people write in more than one way.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::LazyLock;

/// Longest name that is looked at, in bytes: no model is longer.
const MAX_NAME: usize = 200;

/// Longest title, in bytes; what follows is passed over.
const MAX_TITLE: usize = 500;

/// Most words of a model in a title.
const MAX_WORDS: usize = 5;

/// Fewest letters and digits of a model.
const SHORTEST: usize = 4;

/// A brand's or a company's name without its legal form. None for one that is no name: too short, too long, or a word for it.
pub(super) fn brand_key(brand: &str) -> Option<String> {
    if brand.len() > MAX_NAME {
        return None;
    }
    // A dot binds the letters of a legal form together: `B.V.` is one word.
    let mut words: Vec<String> = brand
        .split(|c: char| c.is_whitespace() || ",;()&+/".contains(c))
        .map(key)
        .filter(|w| !w.is_empty())
        .collect();
    while words.len() > 1 && words.last().is_some_and(|word| is("legal", word)) {
        words.pop();
    }
    let key = words.concat();
    (key.chars().count() >= 2 && !is("nobrand", &key)).then_some(key)
}

/// A model that says enough to be compared.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Model {
    /// All of it.
    pub(super) whole: String,
    /// Without one suffix, and without two.
    pub(super) without_suffix: Vec<String>,
}

impl Model {
    /// Reads a model, without the brand in front of it.
    pub(super) fn read(model: &str, brand: &str) -> Option<Self> {
        if model.len() > MAX_NAME {
            return None;
        }
        let mut words: Vec<Word> = words(model).collect();
        words.drain(..leading(&words, brand));
        let whole = says_enough(&words)?;
        let mut without_suffix = Vec::new();
        let mut rest = words.as_slice();
        while let Some((last, before)) = rest.split_last()
            && last.is_suffix()
            && without_suffix.len() < 2
        {
            match says_enough(before) {
                Some(shorter) => without_suffix.push(shorter),
                None => break,
            }
            rest = before;
        }
        Some(Self { whole, without_suffix })
    }
}

/// How many of the first words are the brand, if something follows them.
fn leading(words: &[Word], brand: &str) -> usize {
    let mut so_far = String::new();
    for (at, word) in words.iter().enumerate() {
        so_far.push_str(&word.key);
        if so_far == brand {
            return if at + 1 < words.len() { at + 1 } else { 0 };
        }
        if !brand.starts_with(&so_far) {
            break;
        }
    }
    0
}

/// The key of these words, if it is long enough and not of words alone that any model has.
fn says_enough(words: &[Word]) -> Option<String> {
    let key: String = words.iter().map(|word| word.key.as_str()).collect();
    let generic = words
        .iter()
        .all(|word| is("generic", &word.key) || is("colour", &word.key) || is("region", &word.key));
    (key.chars().count() >= SHORTEST && !generic && !is("generic", &key)).then_some(key)
}

/// The places and keys of all runs of words in a title that could be a model, the longest first; none if the title is about an
/// accessory or about several things.
pub(super) fn title_runs(title: &str) -> Vec<(Range<usize>, String)> {
    let end =
        title.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= MAX_TITLE).last();
    let title = title.get(..end.unwrap_or(0)).unwrap_or_default();
    if title.contains('+') || words(title).any(|word| is("for", &word.key)) {
        return Vec::new();
    }
    // Within a title `C200/EU` and `C200-W` are words of their own: what follows the sign may make it another product.
    let keys: Vec<String> = title
        .split(|c: char| c.is_whitespace() || ",;()[]".contains(c))
        .map(key)
        .filter(|k| !k.is_empty())
        .collect();
    let mut runs = Vec::new();
    for length in (1..=MAX_WORDS.min(keys.len())).rev() {
        for (at, run) in keys.windows(length).enumerate() {
            let key = run.concat();
            if key.chars().count() >= SHORTEST && key.contains(|c: char| c.is_ascii_digit()) {
                runs.push((at..at + length, key));
            }
        }
    }
    runs
}

/// A part of a model that signs or blanks set apart.
#[derive(Debug, PartialEq, Eq)]
struct Word {
    key: String,
    /// A slash stands right in front.
    after_slash: bool,
}

impl Word {
    /// A colour, a region, or the two digits by which Philips tells regions apart.
    fn is_suffix(&self) -> bool {
        let two_digits = self.key.len() == 2 && self.key.bytes().all(|b| b.is_ascii_digit());
        is("colour", &self.key) || is("region", &self.key) || (self.after_slash && two_digits)
    }
}

fn words(text: &str) -> impl Iterator<Item = Word> {
    let mut before = None;
    text.split_inclusive(|c: char| !part_of_a_word(c)).filter_map(move |part| {
        let after_slash = before == Some('/');
        before = part.chars().next_back();
        let key = key(part);
        (!key.is_empty()).then_some(Word { key, after_slash })
    })
}

/// Letters, digits, and the marks that stand over a letter.
fn part_of_a_word(c: char) -> bool {
    c.is_alphanumeric() || is_mark(c)
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// A text without case, signs and diacritics. Letters of other scripts stay.
fn key(text: &str) -> String {
    let mut key = String::new();
    for c in text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase) {
        match plain(c) {
            Some(letters) => key.push_str(letters),
            None => key.push(narrow(c)),
        }
    }
    key.retain(|c| !is_mark(c));
    key
}

/// The letters of a small Latin letter with a mark. Source: the decompositions of Unicode, Latin-1 Supplement and Latin
/// Extended-A, and the usual reading of those that have none.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'þ' => "th",
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

/// A full-width letter or digit as the common one.
fn narrow(c: char) -> char {
    match c {
        '０'..='９' | 'ａ'..='ｚ' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Whether a word is in a list of `words.txt`.
fn is(list: &str, word: &str) -> bool {
    LISTS.get(list).is_some_and(|words| words.contains(word))
}

static LISTS: LazyLock<BTreeMap<&str, BTreeSet<&str>>> = LazyLock::new(|| {
    include_str!("words.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(": "))
        .map(|(list, words)| (list, words.split(", ").collect()))
        .collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_hold_keys() {
        assert_eq!(LISTS.len(), 6);
        for (list, words) in LISTS.iter() {
            for word in words {
                assert_eq!(&key(word), word, "{list}");
            }
        }
    }

    #[test]
    fn a_brand_is_its_name_without_the_companys_form() {
        for (text, wanted) in [
            ("TP-Link", Some("tplink")),
            ("tp link", Some("tplink")),
            ("TP-LINK Technologies Co., Ltd.", Some("tplinktechnologies")),
            ("Koninklijke Philips N.V.", Some("koninklijkephilips")),
            ("Miele & Cie. KG", Some("mielecie")),
            ("Robert Bosch GmbH", Some("robertbosch")),
            ("Muster GmbH & Co. KG", Some("muster")),
            ("Fibar Group S.A.", Some("fibargroup")),
            ("Aeotec Sp. z o.o.", Some("aeotec")),
            ("Shelly S.r.l.", Some("shelly")),
            ("Müller", Some("muller")),
            ("Mu\u{308}ller", Some("muller")),
            ("ＳＯＮＹ", Some("sony")),
            ("小米", Some("小米")),
            ("LG", Some("lg")),
            ("Co", Some("co")),
            ("X", None),
            ("", None),
            ("Unbranded", None),
            ("No-Name", None),
        ] {
            assert_eq!(brand_key(text).as_deref(), wanted, "{text}");
        }
    }
}
