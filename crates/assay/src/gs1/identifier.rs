//! The table of application identifiers, read once from `data/gs1/identifiers.txt`: what may stand where, and beside what.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::value::{Fault, Form};

/// An application identifier.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Identifier {
    code: String,
    /// The value has a length that readers know, so that no separator follows in an element string.
    pub(super) fixed: bool,
    /// It may stand in the query.
    pub(super) attribute: bool,
    /// The orders of qualifiers behind it, where it is a key.
    key: Option<Vec<Vec<&'static str>>>,
    form: Form,
    never_with: Vec<&'static str>,
    /// Each of these must be met by one of its alternatives.
    needs: Vec<&'static str>,
    pub(super) title: &'static str,
}

struct Table {
    identifiers: BTreeMap<String, Identifier>,
    short_names: BTreeMap<&'static str, &'static str>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    read(include_str!("../../data/gs1/identifiers.txt"))
        .unwrap_or_else(|line| panic!("data/gs1/identifiers.txt: this line cannot be read: {line}"))
});

/// An identifier by its number.
pub(super) fn find(code: &str) -> Option<&'static Identifier> {
    TABLE.identifiers.get(code)
}

/// An identifier by the short name that older links use.
pub(super) fn by_short_name(name: &str) -> Option<&'static Identifier> {
    find(TABLE.short_names.get(name)?)
}

impl Identifier {
    pub(super) fn code(&self) -> &str {
        &self.code
    }

    pub(super) fn is_key(&self) -> bool {
        self.key.is_some()
    }

    /// Whether these qualifiers may follow in this order: any of one order may be left out.
    pub(super) fn takes(&self, qualifiers: &[&str]) -> bool {
        self.key.as_ref().is_some_and(|orders| {
            orders.iter().any(|order| {
                let mut places = order.iter();
                qualifiers.iter().all(|q| places.any(|place| place == q))
            })
        })
    }

    pub(super) fn check(&self, value: &str) -> Result<(), Fault> {
        self.form.check(value)
    }

    pub(super) fn excludes(&self, other: &str) -> bool {
        other != self.code && self.never_with.iter().any(|pattern| matches(pattern, other))
    }

    /// The needs that nothing among these identifiers meets.
    pub(super) fn unmet(&self, here: &[&str]) -> Vec<&'static str> {
        let there = |pattern: &str| here.iter().any(|code| *code != self.code && matches(pattern, code));
        let met = |needs: &&&str| needs.split(',').any(|one| one.split('+').all(there));
        self.needs.iter().filter(|needs| !met(needs)).copied().collect()
    }
}

/// `310n` is any of `3100` to `3109`.
fn matches(pattern: &str, code: &str) -> bool {
    pattern.len() == code.len()
        && pattern.bytes().zip(code.bytes()).all(|(p, c)| p == c || (p == b'n' && c.is_ascii_digit()))
}

/// The whole table, or the line that makes no sense.
fn read(text: &'static str) -> Result<Table, &'static str> {
    let mut table = Table { identifiers: BTreeMap::new(), short_names: BTreeMap::new() };
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some((name, code)) = line.strip_prefix("name=").and_then(|l| l.split_once(' ')) {
            table.short_names.insert(name, code);
            continue;
        }
        let (_, range) = table_line(line).ok_or(line)?;
        for identifier in range {
            table.identifiers.insert(identifier.code.clone(), identifier);
        }
    }
    Ok(table)
}

/// One line: its first word, and an identifier for every number of its range.
fn table_line(line: &'static str) -> Option<(&'static str, Vec<Identifier>)> {
    let (line, title) = line.split_once("  # ").unwrap_or((line, ""));
    let mut words = line.split_whitespace();
    let (codes, end, uses, form) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let mut uses = uses.split('/');
    let has = |wanted: &str| uses.clone().any(|use_| use_ == wanted);
    let (is_key, attribute) = (has("key"), has("attribute"));
    if !uses.all(|use_| matches!(use_, "key" | "qualifier" | "attribute" | "barcode")) {
        return None;
    }
    let (mut orders, mut never_with, mut needs) = (vec![Vec::new()], Vec::new(), Vec::new());
    for word in words {
        match word.split_once('=')? {
            ("then", text) => orders = text.split('|').map(|order| order.split(',').collect()).collect(),
            ("not", text) => never_with.extend(text.split(',')),
            ("needs", text) => needs.push(text),
            _ => return None,
        }
    }
    let (first, last) = codes.split_once('-').unwrap_or((codes, codes));
    let width = first.len();
    let range = first.parse::<u16>().ok()?..=last.parse::<u16>().ok()?;
    let identifiers = range
        .map(|number| {
            Some(Identifier {
                code: format!("{number:0width$}"),
                fixed: match end {
                    "fixed" => true,
                    "ends" => false,
                    _ => return None,
                },
                attribute,
                key: is_key.then(|| orders.clone()),
                form: Form::parse(form)?,
                never_with: never_with.clone(),
                needs: needs.clone(),
                title,
            })
        })
        .collect::<Option<Vec<_>>>()?;
    Some((codes, identifiers))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let table = &*TABLE;
        let keys: Vec<&str> =
            table.identifiers.values().filter(|i| i.is_key()).map(|i| i.code.as_str()).collect();
        assert_eq!(
            keys,
            [
                "00", "01", "253", "255", "401", "402", "414", "415", "417", "8003", "8004", "8006", "8010",
                "8013", "8017", "8018"
            ]
        );
        assert!(table.identifiers.len() > 480, "{}", table.identifiers.len());
        let known = |code: &str| table.identifiers.contains_key(code);
        assert!(table.short_names.values().all(|code| known(code)));
        for identifier in table.identifiers.values() {
            let qualifiers = identifier.key.iter().flatten().flatten();
            assert!(qualifiers.into_iter().all(|code| known(code)), "{identifier:?}");
            let named = identifier.needs.iter().flat_map(|needs| needs.split([',', '+']));
            for pattern in named.chain(identifier.never_with.iter().copied()) {
                assert!(table.identifiers.keys().any(|code| matches(pattern, code)), "{pattern}");
            }
        }
    }

    #[test]
    fn a_line_that_makes_no_sense_is_shown() {
        for line in ["01  fixed  key", "01  soon  key  N14", "01  fixed  door  N14", "01  fixed  key  Q14"] {
            assert!(read(line).is_err(), "{line}");
        }
        assert!(read("01  fixed  key  N14:magic").is_err());
        assert!(read("01  fixed  key  N14  then=22  often=yes").is_err());
    }
}
