//! How to judge, as JavaScript's options say it. A member that there is not is refused: one that was spelt otherwise would be passed
//! over, and what it forbids be sold.

use assay::date::Date;
use assay::gate::judge::Judge;
use assay::rules::nearest;
use assay::scheme::{self, Scheme};
use assay::scope::Place;
use assay::snapshot::Snapshot;
use wasm_bindgen::prelude::*;

use crate::day;
use crate::errors::Refused;
use crate::row::keys;

#[wasm_bindgen]
extern "C" {
    /// Any object with these members.
    type Members;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn scheme(this: &Members) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn on(this: &Members) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn stale(this: &Members) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn scope_check(this: &Members) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn territory(this: &Members) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn supported_for(this: &Members) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = Date, catch)]
    fn now() -> Result<f64, JsValue>;
}

const NAMES: [&str; 6] = ["scheme", "on", "stale", "scope_check", "territory", "supported_for"];

/// The options as they were given; what there is not is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Options {
    pub(crate) scheme: Option<String>,
    pub(crate) on: Option<String>,
    pub(crate) stale: Option<String>,
    pub(crate) scope_check: Option<bool>,
    pub(crate) territory: Option<String>,
    pub(crate) supported_for: Option<f64>,
}

/// What was asked, so that the same need not be laid out again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    scheme: &'static str,
    pub(crate) on: Date,
    /// Whether words are looked at, and where it is sold.
    words: Option<Option<Place>>,
    months: Option<u32>,
}

impl Options {
    pub(crate) fn of(value: &JsValue) -> Result<Self, Refused> {
        if value.is_undefined() || value.is_null() {
            return Ok(Self::default());
        }
        if !value.is_object() {
            return Err(Refused::Type("options are an object, such as { scheme: \"uk-psti\" }".to_owned()));
        }
        keys(value)?.iter().try_for_each(|key| known(key))?;
        let members: &Members = value.unchecked_ref();
        let get = |value: Result<JsValue, JsValue>| value.map_err(Refused::Thrown);
        let text = |value: JsValue, name: &str| match value.as_string() {
            None if absent(&value) => Ok(None),
            None if name == "on" => {
                Err(Refused::Type("on is a day written as \"2027-03-31\", and a string".to_owned()))
            }
            None => Err(Refused::Type(format!("{name} is a string"))),
            text => Ok(text),
        };
        let (scope_check, supported_for) = (get(members.scope_check())?, get(members.supported_for())?);
        Ok(Self {
            scheme: text(get(members.scheme())?, "scheme")?,
            on: text(get(members.on())?, "on")?,
            stale: text(get(members.stale())?, "stale")?,
            scope_check: match scope_check.as_bool() {
                None if !absent(&scope_check) => {
                    return Err(Refused::Type("scope_check is true or false".to_owned()));
                }
                found => found,
            },
            territory: text(get(members.territory())?, "territory")?,
            supported_for: match supported_for.as_f64() {
                None if !absent(&supported_for) => {
                    return Err(Refused::Type("supported_for is a number of months".to_owned()));
                }
                found => found,
            },
        })
    }

    /// What they come to; `now` is asked where no day is named.
    pub(crate) fn asked(
        &self,
        snapshot: &Snapshot,
        now: impl FnOnce() -> Result<f64, JsValue>,
    ) -> Result<Asked, Refused> {
        let scheme = self.scheme.as_deref().unwrap_or("uk-2019-option-a");
        let scheme = scheme::known(scheme).map_err(Refused::Value)?;
        let on = match &self.on {
            Some(text) => day::named(text)?,
            None => day::by_clock(now().map_err(Refused::Thrown)?, snapshot.header())?,
        };
        self.refuse_if_stale(on, snapshot.header().valid_until)?;
        let place = self.territory.as_deref().map(place).transpose()?;
        let months = self.supported_for.map(months).transpose()?;
        let words = self.scope_check.unwrap_or(true).then_some(place);
        Ok(Asked { scheme: &scheme.id, on, words, months })
    }

    fn refuse_if_stale(&self, on: Date, until: Date) -> Result<(), Refused> {
        match self.stale.as_deref() {
            Some("refuse") if on > until => Err(Refused::Snapshot(format!(
                "the snapshot was good until {until} and the sale is on {on}: fetch a newer one"
            ))),
            None | Some("ask" | "refuse") => Ok(()),
            Some(other) => Err(Refused::Value(format!("stale is \"ask\" or \"refuse\", not \"{other}\""))),
        }
    }
}

impl Asked {
    /// What options come to now.
    pub(crate) fn now(options: &Options, snapshot: &Snapshot) -> Result<Self, Refused> {
        options.asked(snapshot, now)
    }

    /// The scheme.
    pub(crate) fn scheme(&self) -> Result<&'static Scheme, Refused> {
        scheme::known(self.scheme).map_err(Refused::Value)
    }

    /// Lays out the table.
    pub(crate) fn judge<'a>(&self, snapshot: &'a Snapshot) -> Result<Judge<'a>, Refused> {
        let mut judge = Judge::new(snapshot, self.scheme()?, self.on);
        if let Some(months) = self.months {
            judge = judge.supported_for(months);
        }
        if let Some(place) = self.words {
            judge = judge.with_words(place);
        }
        Ok(judge)
    }
}

fn known(key: &str) -> Result<(), Refused> {
    if NAMES.contains(&key) {
        return Ok(());
    }
    let mend = nearest(key, NAMES.into_iter())
        .map_or_else(|| format!("known: {}", NAMES.join(", ")), |near| format!("did you mean `{near}`?"));
    Err(Refused::Type(format!("there is no option `{key}`; {mend}")))
}

fn absent(value: &JsValue) -> bool {
    value.is_undefined() || value.is_null()
}

fn months(given: f64) -> Result<u32, Refused> {
    match given {
        1.0..=1_200.0 if given.fract() == 0.0 => Ok(given as u32),
        _ => Err(Refused::Value(format!("supported_for is 1 to 1200 months, not {given}"))),
    }
}

fn place(territory: &str) -> Result<Place, Refused> {
    match territory {
        "great-britain" => Ok(Place::GreatBritain),
        "northern-ireland" => Ok(Place::NorthernIreland),
        other => Err(Refused::Value(format!(
            "territory is \"great-britain\", \"northern-ireland\" or null, not \"{other}\""
        ))),
    }
}
