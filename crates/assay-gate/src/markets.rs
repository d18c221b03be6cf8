//! Several schemes over one catalogue in one pass, with the shop's own columns beside the verdicts, a day of the sale a row, and
//! other forms than CSV. What a row comes to is what [`crate::run`] says of it, scheme by scheme.

use std::io::{Read, Write};

use assay::gate::judge::Judge;
use assay::gate::sale_day::{Days, sale_day};
use assay::gate::{Answer, Reason};
use assay::listing::Listed;

use crate::catalogue::{Catalogue, CatalogueError};
use crate::columns::Words;
use crate::listing::{Listing, Listings};
use crate::run::GateError;
use crate::sheet::Column;
use crate::summary::{Counts, Summary};
use crate::verdicts::{Form, Line, Verdicts, cells, fields};

/// Where a shop sells: a scheme, and what it is called among others.
pub struct Market<'a> {
    /// What stands behind the names of its columns: nothing where it is the only one.
    pub name: String,
    /// Its rules, over one snapshot with all others.
    pub judge: Judge<'a>,
}

/// What is written behind the columns that the catalogue was opened to keep.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Our columns; those of a verdict once for each market.
    pub columns: Vec<Column>,
    /// The form.
    pub form: Form,
    /// The address of a register, to which a snippet leads.
    pub link: Option<String>,
}

/// Where the rows go that need a person: why, a reason for each market that asks, and the row as a line of CSV. The header line
/// comes first, without a reason.
pub type People<'a> = &'a mut dyn FnMut(&[Reason], &[u8]) -> std::io::Result<()>;

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
    let mut verdicts = Verdicts::new(wish.form, &fields, to).map_err(GateError::Write)?;
    if let Some(people) = &mut people {
        let header = fields.iter().map(|field| field.name.as_str());
        people(&[], cells(header).as_bytes()).map_err(GateError::Write)?;
    }
    let mut rows = Listings::of(catalogue);
    let mut counts = vec![Counts::default(); markets.len()];
    let mut days: Vec<_> = markets.iter().map(|market| Days::new(&market.judge)).collect();
    let mut line = Line { judged: Vec::new(), listing: Listing::default(), on: None };
    while let Some(listing) = rows.next()? {
        // What is written must be such that the gate reads it again.
        if listing.texts().any(|text| text.contains('\0')) {
            return Err(CatalogueError::Nul { line: listing.line }.into());
        }
        line.listing = listing;
        judge(&mut days, &mut line);
        counts.iter_mut().zip(&line.judged).for_each(|(counts, judged)| counts.add(judged.decision));
        verdicts.row(markets, &line).map_err(GateError::Write)?;
        if let Some(people) = &mut people {
            let asks = line.judged.iter().map(|judged| judged.decision).filter(|d| d.verdict == Answer::Ask);
            let reasons: Vec<Reason> = asks.map(|decision| decision.reason).collect();
            if !reasons.is_empty() {
                let text = crate::verdicts::csv(&fields, markets, &line);
                people(&reasons, text.as_bytes()).map_err(GateError::Write)?;
            }
        }
    }
    verdicts.finish().map_err(GateError::Write)?;
    Ok(counts.iter().zip(markets).map(|(counts, m)| counts.summary(m.judge.snapshot())).collect())
}

/// Judges the row of a line, for each market.
fn judge(days: &mut [Days<'_, '_>], line: &mut Line) {
    let Line { judged, listing, on } = line;
    let day = sale_day(&listing.sold_on);
    *on = day.flatten();
    let Words { category, title, brand, model } = &listing.words;
    let listed = Listed { category, title, brand, model, gtin_hint: None };
    let one = |judge: &Judge<'_>| judge.listing(listing.gtin, listing.own, &listed);
    judged.clear();
    judged.extend(days.iter_mut().map(|days| days.judged(day, one)));
}

impl From<crate::verdicts::TwoNames> for GateError {
    fn from(twice: crate::verdicts::TwoNames) -> Self {
        let name = crate::catalogue::shown([twice.name.as_str()]);
        let error =
            if twice.ours { CatalogueError::OurName { name } } else { CatalogueError::TwoColumns { name } };
        Self::Catalogue(error)
    }
}
