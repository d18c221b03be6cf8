//! Batches that show nothing but one mask or placeholder. A masked cell says nothing of the password behind it, so the table
//! leaves such units out and nobody is accused of equal masks. Where every unit shows the same one, though, it may be the
//! password: `(none)` and `********` stand in lists of factory defaults. A batch of one value is told as that, and the reader
//! is told of the doubt.

use assay::outcome::{Confidence, Outcome};
use zeroize::Zeroizing;

use crate::audit::{Asked, Characters, ColumnTold, Finding, Position, Report, attack_of};
use crate::kind::Kind;
use crate::layout::Layout;
use crate::names::is_no_value;
use crate::place::Tally;
use crate::rows::{Block, Role};
use crate::source::Bytes;
use crate::space::guess::time_to_guess;
use crate::table::{ReadProblem, Table};

/// What is found where all units of a column show one text.
const SAYS: &str = "all units show one and the same text, which looks like a mask or a placeholder: either it is the \
                    password of them all, or whoever exported the file hid the passwords. Then export them and audit again";

/// The report of a batch whose units were all left out for a masked password, if in one column of passwords all of them show
/// the same text; none else, and then there is nothing to be said of it.
///
/// # Errors
/// The medium fails, or the file became shorter.
pub fn universal(
    bytes: &dyn Bytes,
    layout: &Layout,
    asked: &Asked<'_>,
) -> Result<Option<Report>, ReadProblem> {
    if !asked.wants(&[Kind::Universal]) {
        return Ok(None);
    }
    // As columns of anything else their cells are read, whatever they are.
    let mut plain = layout.clone();
    plain.picks.iter_mut().for_each(|pick| pick.role = Role::Public);
    let table = Table::new(bytes, plain);
    let columns: Vec<usize> = layout.passwords().collect();
    let mut shown: Vec<Option<Zeroizing<Vec<u8>>>> = vec![None; columns.len()];
    let mut one = vec![true; columns.len()];
    let mut all = Tally::default();
    let mut block = Block::default();
    while table.next(&mut block)? {
        for unit in 0..block.len() {
            all.add(block.place(unit));
            for (n, column) in columns.iter().enumerate() {
                let cell = block.cell(unit, *column);
                one[n] &= shown[n].get_or_insert_with(|| cell.to_vec().into()).as_slice() == cell;
            }
        }
    }
    let (rows, rejected, why_rejected) = table.counts();
    let findings: Vec<Finding> = (0..columns.len())
        .filter(|n| rows >= 2 && one[*n] && shown[*n].as_ref().is_some_and(|text| is_no_value(text)))
        .map(|n| Finding {
            kind: Kind::Universal,
            column: layout.picks[columns[n]].name.clone(),
            rows,
            lines: table.lines_of(all.first()),
            confidence: Confidence::Likely,
            says: SAYS.to_owned(),
            by_chance: None,
        })
        .collect();
    if findings.is_empty() {
        return Ok(None);
    }
    let told = findings.iter().map(|finding| {
        let at = columns.iter().position(|c| layout.picks[*c].name == finding.column);
        let text = at.and_then(|n| shown[n].as_ref()).map_or(&[][..], |text| text);
        column_told(finding, text, asked)
    });
    let mut why = Vec::new();
    if rejected.rows() > 0 {
        why.push(format!("{} rows were not judged: {}", rejected.rows(), why_rejected.words().join(", ")));
    }
    if findings.len() < columns.len() {
        why.push("the other columns of passwords were not judged: name them with --password".to_owned());
    }
    Ok(Some(Report {
        rows,
        rejected: rejected.rows(),
        rejected_lines: table.lines_of(rejected.first()),
        why_rejected,
        outcome: Outcome::NotMet,
        why,
        enough: None,
        columns: told.collect(),
        findings,
        sample: 0,
        seed: asked.seed,
        spilled: false,
    }))
}

/// A column of one value.
fn column_told(finding: &Finding, text: &[u8], asked: &Asked<'_>) -> ColumnTold {
    let mut characters = Zeroizing::new(text.to_vec());
    characters.sort_unstable();
    characters.dedup();
    ColumnTold {
        name: finding.column.clone(),
        characters: Some(Characters {
            lengths: vec![(text.len(), finding.rows)],
            positions: vec![Position { alphabet: 1, top: 1.0 }; text.len()],
            alphabet: characters.len(),
            bits_at_most: 0.0,
            guessing: time_to_guess(0.0, asked.attack.unwrap_or_else(|| attack_of(&finding.column))),
        }),
        bits_shown: 0.0,
        different: 1,
        repeated: 0,
    }
}
