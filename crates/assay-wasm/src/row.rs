//! A listing as JavaScript hands it over: a cell by itself, or an object with words beside it. A number with a fraction, or with more
//! digits than a number keeps, is never read as digits: it may have lost some, and looks as if it had not.

use assay::gate::judge::{self, Judge, Judged};
use assay::gate::sale_day::{Days, sale_day};
use assay::gtin::GtinError;
use assay::listing::Listed;
use assay::rules::nearest;
use wasm_bindgen::prelude::*;

use crate::errors::Refused;

/// The greatest whole number whose neighbours are numbers of JavaScript's too.
const EXACT: f64 = 9_007_199_254_740_991.0;

#[wasm_bindgen]
extern "C" {
    /// Any object with these members.
    type Members;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn gtin(this: &Members) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn category(this: &Members) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn title(this: &Members) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn brand(this: &Members) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn model(this: &Members) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn sold_on(this: &Members) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = Array, js_name = isArray, catch)]
    fn is_array_of(value: &JsValue) -> Result<bool, JsValue>;
    #[wasm_bindgen(js_name = String, catch)]
    fn digits_of(value: &JsValue) -> Result<String, JsValue>;
    #[wasm_bindgen(js_namespace = Object, js_name = keys, catch)]
    fn keys_of(of: &JsValue) -> Result<Vec<String>, JsValue>;
}

/// Whether it is an array; one that was revoked throws.
pub(crate) fn is_array(value: &JsValue) -> Result<bool, Refused> {
    is_array_of(value).map_err(Refused::Thrown)
}

/// The members of its own.
pub(crate) fn keys(of: &JsValue) -> Result<Vec<String>, Refused> {
    keys_of(of).map_err(Refused::Thrown)
}

const NAMES: [&str; 6] = ["gtin", "category", "title", "brand", "model", "sold_on"];

/// The member that another one was meant to be. What else a shop's objects have is passed over; what is nearly a member is not, for
/// what it says would be passed over too.
fn meant(key: &str) -> Option<&'static str> {
    match key {
        key if NAMES.contains(&key) => None,
        "ean" | "upc" | "barcode" => Some("gtin"),
        key => nearest(key, NAMES.into_iter()),
    }
}

/// What stands in a cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Cell {
    #[default]
    Absent,
    Text(String),
    /// A number below zero.
    Negative,
    /// A number that may have lost digits.
    Inexact,
}

/// A listing.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Row {
    pub(crate) gtin: Cell,
    pub(crate) category: Cell,
    pub(crate) title: Cell,
    pub(crate) brand: Cell,
    pub(crate) model: Cell,
    pub(crate) sold_on: Cell,
}

impl Cell {
    /// A number as JavaScript has it.
    pub(crate) fn number(number: f64) -> Self {
        match number {
            _ if number.fract() != 0.0 || number.abs() > EXACT => Self::Inexact,
            ..0.0 => Self::Negative,
            // No more than 2^53, and zero whatever its sign.
            _ => Self::Text((number as u64).to_string()),
        }
    }

    /// A whole number of any length, as it is written.
    pub(crate) fn whole(digits: String) -> Self {
        if digits.starts_with('-') { Self::Negative } else { Self::Text(digits) }
    }

    fn of(value: &JsValue, name: impl Fn() -> String) -> Result<Self, Refused> {
        if let Some(text) = value.as_string() {
            Ok(Self::Text(text))
        } else if value.is_undefined() || value.is_null() {
            Ok(Self::Absent)
        } else if let Some(number) = value.as_f64() {
            Ok(Self::number(number))
        } else if value.is_bigint() {
            digits_of(value).map(Self::whole).map_err(Refused::Thrown)
        } else {
            Err(Refused::Type(format!("{} is neither a string nor a number", name())))
        }
    }

    /// The text of a cell that a number is to be read from.
    pub(crate) fn read(&self) -> Result<&str, GtinError> {
        match self {
            Self::Inexact => Err(GtinError::Damaged),
            Self::Negative => Err(GtinError::NotDigits(1)),
            cell => Ok(cell.text()),
        }
    }

    fn text(&self) -> &str {
        if let Self::Text(text) = self { text } else { "" }
    }
}

impl Row {
    /// A string or a number is the GTIN's cell by itself; `at` is the place of one among several.
    pub(crate) fn of(value: &JsValue, at: Option<u32>) -> Result<Self, Refused> {
        let name = || at.map_or_else(|| "row".to_owned(), |at| format!("rows[{at}]"));
        if is_array(value)? {
            let mend = if at.is_some() { "" } else { ": judge_all takes several rows" };
            return Err(Refused::Type(format!("{} is an array, not a row{mend}", name())));
        }
        if !value.is_object() {
            return Ok(Self { gtin: Cell::of(value, name)?, ..Self::default() });
        }
        let own = keys(value)?;
        if let Some((key, meant)) = own.iter().find_map(|key| Some((key, meant(key)?))) {
            return Err(Refused::Type(format!(
                "{}.{key} is no member of a row; did you mean `{meant}`?",
                name()
            )));
        }
        let members: &Members = value.unchecked_ref();
        let cell = |value: Result<JsValue, JsValue>, member: &str| {
            Cell::of(&value.map_err(Refused::Thrown)?, || format!("{}.{member}", name()))
        };
        let row = Self {
            gtin: cell(members.gtin(), "gtin")?,
            category: cell(members.category(), "category")?,
            title: cell(members.title(), "title")?,
            brand: cell(members.brand(), "brand")?,
            model: cell(members.model(), "model")?,
            sold_on: cell(members.sold_on(), "sold_on")?,
        };
        if row == Self::default() && !own.iter().any(|key| NAMES.contains(&key.as_str())) {
            return Err(Refused::Type(format!(
                "{} has none of a row's members: {}",
                name(),
                NAMES.join(", ")
            )));
        }
        Ok(row)
    }

    /// What it comes to.
    pub(crate) fn judged(&self, days: &mut Days<'_, '_>) -> Judged {
        let day = match &self.sold_on {
            Cell::Absent => Some(None),
            Cell::Text(text) => sale_day(text),
            Cell::Negative | Cell::Inexact => None,
        };
        days.judged(day, |judge| self.on(judge))
    }

    fn on(&self, judge: &Judge<'_>) -> Judged {
        let [category, title, brand, model] =
            [&self.category, &self.title, &self.brand, &self.model].map(Cell::text);
        let listed = Listed { category, title, brand, model, gtin_hint: None };
        match self.gtin.read() {
            Ok(gtin) => judge.row(&judge::Row { gtin, category, title, brand, model }),
            Err(fault) => judge.listing(Err(fault), None, &listed),
        }
    }
}
