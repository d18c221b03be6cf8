//! Several schemes over one catalogue in one pass, with the shop's own columns beside the verdicts, a day of the sale a row, and
//! other forms than CSV. What a row comes to is what [`crate::run`] says of it, scheme by scheme.

use std::collections::BTreeMap;
use std::io::{Read, Write};

use assay::date;
use assay::gate::{Answer, Decision, Reason};
use assay::listing::Listed;
use jiff::civil::Date;

use crate::catalogue::{Catalogue, CatalogueError, Keep};
use crate::columns::Words;
use crate::judge::{Judge, Judged};
use crate::listing::{Listing, Listings};
use crate::run::GateError;
use crate::sheet::Column;
use crate::summary::{Counts, Summary};
use crate::verdicts::{Form, Line, Verdicts, cells, fields};

/// So many days of the sale are laid out at once.
const DAYS: usize = 1_000;

/// Where a shop sells: a scheme, and what it is called among others.
pub struct Market<'a> {
    /// What stands behind the names of its columns: nothing where it is the only one.
    pub name: String,
    /// Its rules, over one snapshot with all others.
    pub judge: Judge<'a>,
}

/// What is written.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Our columns; those of a verdict once for each market.
    pub columns: Vec<Column>,
    /// The shop's own; as the catalogue was opened with.
    pub keep: Keep,
    /// The form.
    pub form: Form,
    /// The address of a register, to which a snippet leads.
    pub link: Option<String>,
}

/// Where the rows go that need a person: the reason, and the row as a line of CSV.
pub type People<'a> = &'a mut dyn FnMut(Reason, &[u8]) -> std::io::Result<()>;

/// Judges every row of a catalogue under each scheme and writes a row for each, in their order. Gives a summary for each market.
///
/// # Errors
/// The first fault of the file or of a writer; then not every row has a verdict.
pub fn run_markets<R: Read + Send, W: Write + Send>(
    markets: &[Market<'_>],
    catalogue: Catalogue<R>,
    wish: &Wish,
    to: W,
    mut people: Option<People<'_>>,
) -> Result<Vec<Summary>, GateError> {
    let kept = catalogue.kept();
    let fields = fields(wish, markets, &kept, catalogue.sku())?;
    let mut verdicts = Verdicts::new(&wish.form, &fields, to).map_err(GateError::Write)?;
    if let Some(people) = &mut people {
        let header = fields.iter().map(|field| field.name.as_str());
        people(PEOPLE_HEADER, cells(header).as_bytes()).map_err(GateError::Write)?;
    }
    let mut rows = Listings::of(catalogue, &wish.keep);
    let mut counts = vec![Counts::default(); markets.len()];
    let mut days = BTreeMap::new();
    let mut line = Line { judged: Vec::new(), listing: Listing::default() };
    while let Some(listing) = rows.next()? {
        line.listing = listing;
        judge(markets, &mut days, &mut line);
        counts.iter_mut().zip(&line.judged).for_each(|(counts, judged)| counts.add(judged.decision));
        verdicts.row(markets, &line).map_err(GateError::Write)?;
        let asked = line.judged.iter().map(|judged| judged.decision).find(|d| d.verdict == Answer::Ask);
        if let (Some(people), Some(decision)) = (&mut people, asked) {
            let text = crate::verdicts::csv(&fields, markets, &line);
            people(decision.reason, text.as_bytes()).map_err(GateError::Write)?;
        }
    }
    verdicts.finish().map_err(GateError::Write)?;
    Ok(counts.iter().zip(markets).map(|(counts, m)| counts.summary(m.judge.snapshot())).collect())
}

/// The header line is handed on under the first reason of all, which asks nobody.
pub const PEOPLE_HEADER: Reason = Reason::Labelled;

/// Judges the row of a line.
fn judge<'a>(markets: &[Market<'a>], days: &mut BTreeMap<Date, Vec<Judge<'a>>>, line: &mut Line) {
    let Line { judged, listing } = line;
    judged.clear();
    let Words { category, title, brand, model } = &listing.words;
    let listed = Listed { category, title, brand, model, gtin_hint: None };
    let one = |judge: &Judge<'_>| judge.listing(listing.gtin, listing.own, &listed);
    match sale_day(&listing.sold_on) {
        Some(None) => judged.extend(markets.iter().map(|market| one(&market.judge))),
        Some(Some(day)) => {
            if days.len() >= DAYS && !days.contains_key(&day) {
                days.clear();
            }
            let judges = days
                .entry(day)
                .or_insert_with(|| markets.iter().map(|market| market.judge.on_day(day)).collect());
            judged.extend(judges.iter().map(one));
        }
        None => {
            let unread = Decision { verdict: Answer::Ask, reason: Reason::BadSaleDay };
            let of = |market: &Market<'_>| Judged { decision: unread, ..one(&market.judge) };
            judged.extend(markets.iter().map(of));
        }
    }
}

/// The day of a row's sale; within, none where the cell says nothing.
fn sale_day(cell: &str) -> Option<Option<Date>> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Some(None);
    }
    let (day, rest) = cell.split_at_checked(10)?;
    let time = rest.is_empty() || rest.starts_with(['T', ' ']) && rest.len() <= 30;
    time.then(|| date::parse(day)).flatten().map(Some)
}

impl From<crate::verdicts::TwoNames> for GateError {
    fn from(twice: crate::verdicts::TwoNames) -> Self {
        let name = crate::catalogue::shown([twice.name.as_str()]);
        let error =
            if twice.ours { CatalogueError::OurName { name } } else { CatalogueError::TwoColumns { name } };
        Self::Catalogue(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_the_sale_has_one_reading_or_none() {
        let day = |text| date::parse(text);
        assert_eq!(sale_day(" "), Some(None));
        for good in ["2027-03-31", " 2027-03-31 ", "2027-03-31T10:00:00Z", "2027-03-31 10:00"] {
            assert_eq!(sale_day(good), Some(day("2027-03-31")), "{good}");
        }
        for bad in
            ["31/03/2027", "03-31-2027", "2027-02-30", "2027-03-31x", "20270331", "tomorrow", "é2027-03-31"]
        {
            assert_eq!(sale_day(bad), None, "{bad}");
        }
    }
}
