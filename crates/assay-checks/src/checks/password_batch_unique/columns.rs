//! Which columns of a batch hold passwords, and which identify the unit. Decided from the names in the first row, or from
//! the case; never guessed from the values, because a wrong column accuses an innocent batch.

use assay_passwords::names::{self, is_password, normal};
pub(super) use assay_passwords::names::{identifies, is_salted_hash};

use super::table::{Refused, Row};
use crate::quote::{quoted, quoted_bytes};

/// Most password columns that are judged.
const MOST_COLUMNS: usize = 8;

/// The chosen columns.
#[derive(Debug)]
pub(super) struct Columns {
    pub(super) passwords: Vec<Chosen>,
    /// Columns that identify the unit: serial number, hardware address.
    pub(super) units: Vec<usize>,
    /// Whether the first row names the columns.
    pub(super) header: bool,
}

/// One password column.
#[derive(Debug)]
pub(super) struct Chosen {
    /// For messages: ``column `wifi_password` ``.
    pub(super) name: String,
    pub(super) index: usize,
}

impl Columns {
    /// Chooses from the first row; `named` is the case's `password_column`: a heading, or a number counted from 1.
    pub(super) fn choose(first: &Row, named: Option<&str>) -> Result<Self, Refused> {
        let headings: Vec<String> = first.cells.iter().map(|c| normal(c.value())).collect();
        let chosen = |index: usize| Chosen {
            name: format!("column {}", quoted_bytes(first.cells[index].value())),
            index,
        };
        let units = |header: bool| {
            if header { (0..headings.len()).filter(|&i| is_unit(&headings[i])).collect() } else { vec![] }
        };
        if let Some(named) = named {
            let wanted = normal(named.as_bytes());
            if let Some(index) = headings.iter().position(|h| *h == wanted) {
                return Ok(Self { passwords: vec![chosen(index)], units: units(true), header: true });
            }
            if let Some(index) = numbered(named, headings.len()) {
                let header = headings.iter().any(|h| is_password(h) || is_unit(h));
                let name = format!("column {}", index + 1);
                return Ok(Self { passwords: vec![Chosen { name, index }], units: units(header), header });
            }
            return Err(Refused::NoColumn(format!("no column is called {}", quoted(named))));
        }
        let passwords: Vec<Chosen> = (0..headings.len())
            .filter(|&i| is_password(&headings[i]))
            .map(chosen)
            .take(MOST_COLUMNS)
            .collect();
        if !passwords.is_empty() {
            return Ok(Self { passwords, units: units(true), header: true });
        }
        if headings.len() == 1 {
            let passwords = vec![Chosen { name: "its only column".into(), index: 0 }];
            return Ok(Self { passwords, units: vec![], header: false });
        }
        Err(Refused::NoColumn("no column's name says that it holds passwords".into()))
    }
}

/// Whether the first row has a heading that names a password column: how a separator is recognised.
pub(super) fn names_a_password(first: &Row, named: Option<&str>) -> bool {
    let named = named.map(|n| normal(n.as_bytes()));
    first.cells.iter().map(|c| normal(c.value())).any(|h| is_password(&h) || named.as_ref() == Some(&h))
}

/// A column that tells one unit from another.
fn is_unit(heading: &str) -> bool {
    names::is_unit(heading) || names::is_mac(heading)
}

fn numbered(named: &str, columns: usize) -> Option<usize> {
    let number: usize = named.trim().parse().ok()?;
    (1..=columns).contains(&number).then(|| number - 1)
}

/// A mask or a placeholder, or a line break inside a cell: nothing can be said of the password behind it.
pub(super) fn is_no_value(value: &[u8]) -> bool {
    names::is_no_value(value) || value.contains(&b'\n')
}
