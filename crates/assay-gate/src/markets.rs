//! Several schemes over one catalogue in one pass, with the shop's own columns beside the verdicts, a day of the sale a row, and
//! other forms than CSV. What a row comes to is what [`crate::run`] says of it, scheme by scheme.

use std::collections::BTreeMap;
use std::io::{Read, Write};

use assay::date;
use assay::gate::{Answer, Decision, Reason};
use assay::listing::Listed;
use jiff::civil::Date;

use crate::catalogue::{Catalogue, CatalogueError};
use crate::columns::Words;
use crate::judge::{Judge, Judged};
use crate::listing::{Listing, Listings};
use crate::run::GateError;
use crate::sheet::Column;
use crate::summary::{Counts, Summary};
use crate::verdicts::{Form, Line, Verdicts, cells, fields};

/// So many days of the sale are laid out at once.
const DAYS: usize = 10_000;

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
    let mut days = BTreeMap::new();
    let mut line = Line { judged: Vec::new(), listing: Listing::default(), on: None };
    while let Some(listing) = rows.next()? {
        // What is written must be such that the gate reads it again.
        if listing.texts().any(|text| text.contains('\0')) {
            return Err(CatalogueError::Nul { line: listing.line }.into());
        }
        line.listing = listing;
        judge(markets, &mut days, &mut line);
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

/// Judges the row of a line.
fn judge<'a>(markets: &[Market<'a>], days: &mut BTreeMap<Date, Vec<Judge<'a>>>, line: &mut Line) {
    let Line { judged, listing, on } = line;
    judged.clear();
    let day = sale_day(&listing.sold_on);
    *on = day.flatten();
    let Words { category, title, brand, model } = &listing.words;
    let listed = Listed { category, title, brand, model, gtin_hint: None };
    let one = |judge: &Judge<'_>| judge.listing(listing.gtin, listing.own, &listed);
    match day {
        Some(None) => judged.extend(markets.iter().map(|market| one(&market.judge))),
        Some(Some(day)) => {
            if days.len() >= DAYS && !days.contains_key(&day) {
                days.pop_first();
            }
            let judges = days
                .entry(day)
                .or_insert_with(|| markets.iter().map(|market| market.judge.on_day(day)).collect());
            judged.extend(judges.iter().map(one));
        }
        None => {
            judged.extend(markets.iter().map(|market| without_a_day(one(&market.judge))));
        }
    }
}

/// What a row comes to whose day of the sale cannot be read, from what it comes to on the day of the run: what is refused, or no
/// connectable product, stays so; the rest is a question.
fn without_a_day(judged: Judged) -> Judged {
    match (judged.decision.verdict, judged.decision.reason) {
        (Answer::Refuse, _) | (_, Reason::NotConsumerConnectable) => judged,
        _ => Judged { decision: Decision { verdict: Answer::Ask, reason: Reason::BadSaleDay }, ..judged },
    }
}

/// The day of a row's sale; within, none where the cell says nothing.
fn sale_day(cell: &str) -> Option<Option<Date>> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Some(None);
    }
    let (day, rest) = cell.split_at_checked(10)?;
    let time = match rest.strip_prefix(['T', ' ']) {
        None => rest.is_empty(),
        Some(time) => is_time(time),
    };
    time.then(|| date::parse(day)).flatten().map(Some)
}

/// Whether a text is a time of the day as ISO 8601 writes it, with the zone behind it or none.
fn is_time(text: &str) -> bool {
    let (clock, zone) = match text.find(['Z', '+', '-']) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let zoned = match zone.strip_prefix(['+', '-']) {
        None => matches!(zone, "" | "Z"),
        Some(offset) => match offset.split_at_checked(2) {
            Some((hours, minutes)) if minutes.len() == 2 => below(hours, 24) && below(minutes, 60),
            _ => offset.len() <= 5 && pairs(offset),
        },
    };
    let (clock, fraction) = clock.trim_end().split_once(['.', ',']).unwrap_or((clock.trim_end(), "0"));
    let digits = !fraction.is_empty() && fraction.len() <= 9 && fraction.bytes().all(|b| b.is_ascii_digit());
    zoned && digits && clock.len() >= 5 && pairs(clock)
}

/// Whether a text is hours, or hours and minutes, or those and seconds, with colons between.
fn pairs(text: &str) -> bool {
    let mut parts = text.split(':');
    parts.next().is_some_and(|hours| below(hours, 24))
        && parts.clone().count() <= 2
        && parts.all(|part| below(part, 60))
}

/// Whether a text is two digits of a number below a bound.
fn below(text: &str, bound: u8) -> bool {
    let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    digits && text.parse().is_ok_and(|number: u8| number < bound)
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
        for good in [
            "2027-03-31",
            " 2027-03-31 ",
            "2027-03-31T10:00:00Z",
            "2027-03-31 10:00",
            "2027-03-31T23:59:59.123456789+05:30",
            "2027-03-31 00:00:00 +00:00",
            "2027-03-31T10:00+01",
            "2027-03-31T10:00-0330",
        ] {
            assert_eq!(sale_day(good), Some(day("2027-03-31")), "{good}");
        }
        for bad in [
            "31/03/2027",
            "03-31-2027",
            "2027-02-30",
            "2027-03-31x",
            "20270331",
            "tomorrow",
            "é2027-03-31",
            "2027-03-31 or 2035-04-30",
            "2027-03-31 - 2031-04-05",
            "2027-03-31Tgarbage",
            "2027-03-31T",
            "2027-03-31T24:00",
            "2027-03-31T10",
            "2027-03-31T10:00:00:00",
            "2027-03-31 10:00 or so",
            "2027-03-31T10:00+1",
            "2027-03-31T10:00+05:30:00",
            "2027-03-31T10:00Z or later",
        ] {
            assert_eq!(sale_day(bad), None, "{bad}");
        }
    }
}
