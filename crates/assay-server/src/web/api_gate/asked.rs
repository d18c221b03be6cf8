//! What the query of an address asks for. A parameter that is not known, or stands there twice, is a fault: one that was
//! mistyped would otherwise be passed over, and something else judged than was meant.

use assay::date::{self, Date};
use assay::scheme::{self, Scheme};
use assay::scope::Place;
use assay_gate::{Column, Columns, Keep};
use axum::extract::Query;
use axum::http::Uri;

use crate::web::api_error::ApiError;

/// The scheme of whoever names none: that of `assay gate`.
const SCHEME: &str = "uk-2019-option-a";

/// The parameters of a query, each of which is known and stands there once.
pub(super) struct Asked(Vec<(String, String)>);

impl Asked {
    /// Reads a query that may have these parameters.
    pub(super) fn of(uri: &Uri, known: &[&str]) -> Result<Self, ApiError> {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map_err(|_| {
                ApiError::bad_request("the query cannot be read: write it as name=value&name=value")
            })?
            .0;
        for (at, (name, _)) in pairs.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let (name, known) = (shown(name), known.join(", "));
                return Err(ApiError::bad_request(format!("there is no parameter {name}: they are {known}")));
            }
            if pairs.iter().take(at).any(|(before, _)| before == name) {
                return Err(ApiError::bad_request(format!(
                    "{name} stands in the query twice: leave one out"
                )));
            }
        }
        Ok(Self(pairs))
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The scheme whose rules for sellers apply.
    pub(super) fn scheme(&self) -> Result<&'static Scheme, ApiError> {
        let id = self.value("scheme").unwrap_or(SCHEME);
        scheme::find(id).ok_or_else(|| {
            let known: Vec<&str> = scheme::bundled().iter().map(|scheme| scheme.id.as_str()).collect();
            let known = known.join(", ");
            ApiError::bad_request(format!("there is no scheme {}: the schemes are {known}", shown(id)))
        })
    }

    /// The day of the sale.
    pub(super) fn on(&self, today: Date) -> Result<Date, ApiError> {
        let Some(day) = self.value("on") else { return Ok(today) };
        let mend = || {
            let day = shown(day);
            ApiError::bad_request(format!(
                "on={day} is no day: write it as year-month-day, such as 2027-03-31"
            ))
        };
        date::parse(day).ok_or_else(mend)
    }

    /// Whether listings are sorted by their words, and for which place.
    pub(super) fn words(&self) -> Result<Option<Option<Place>>, ApiError> {
        let place = match self.value("territory") {
            None => None,
            Some("great-britain") => Some(Place::GreatBritain),
            Some("northern-ireland") => Some(Place::NorthernIreland),
            Some(other) => return Err(one_of("territory", other, "great-britain, northern-ireland")),
        };
        match self.value("scope_check") {
            None | Some("on") => Ok(Some(place)),
            Some("off") => Ok(None),
            Some(other) => Err(one_of("scope_check", other, "on, off")),
        }
    }

    /// The catalogue's columns, as far as they are named.
    pub(super) fn catalogue(&self) -> Columns {
        let named = |name| self.value(name).map(ToOwned::to_owned);
        Columns {
            gtin: named("gtin"),
            sku: named("sku"),
            category: named("category"),
            title: named("title"),
            brand: named("brand"),
            model: named("model"),
            sold_on: named("sold_on"),
            keep: match self.value("keep") {
                None => Keep::None,
                Some("all") => Keep::All,
                Some(names) => Keep::Some(names.split(',').map(ToOwned::to_owned).collect()),
            },
        }
    }

    /// For how many months after the sale updates have to be promised.
    pub(super) fn supported_for(&self) -> Result<Option<u32>, ApiError> {
        let Some(months) = self.value("supported_for") else { return Ok(None) };
        match months.parse() {
            Ok(count @ 1..=1_200) => Ok(Some(count)),
            _ => Err(one_of("supported_for", months, "1 to 1200, a number of months")),
        }
    }

    /// The columns of the verdicts, in their order.
    pub(super) fn columns(&self) -> Result<Vec<Column>, ApiError> {
        let Some(names) = self.value("columns") else { return Ok(Column::ALL.to_vec()) };
        let mut columns = Vec::new();
        for name in names.split(',').map(str::trim) {
            let found = Column::ALL.into_iter().find(|column| column.name() == name);
            let column =
                found.ok_or_else(|| one_of("columns", name, &Column::ALL.map(Column::name).join(", ")))?;
            if columns.contains(&column) {
                return Err(ApiError::bad_request(format!("columns names {name} twice: leave one out")));
            }
            columns.push(column);
        }
        Ok(columns)
    }
}

fn one_of(name: &str, value: &str, known: &str) -> ApiError {
    ApiError::bad_request(format!("{name} says {}, and may say {known}", shown(value)))
}

/// What a visitor sent, as a message may show it.
fn shown(text: &str) -> String {
    const LETTERS: usize = 40;
    let mut short: String = text.chars().take(LETTERS).flat_map(char::escape_debug).collect();
    if text.chars().nth(LETTERS).is_some() {
        short.push('…');
    }
    format!("`{short}`")
}
