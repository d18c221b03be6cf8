//! The signed bytes of a label: a CBOR array, not a map, because every byte makes the QR code coarser or finer.
//! `[0, GTIN number or product id, scheme, variant, level, updates until, issued, statement]`, dates as days since 1970.

use ciborium::Value;
use serde::{Deserialize, Serialize};

use super::{LabelError, LabelFacts, Subject};
use crate::assess::Variant;
use crate::cbor;
use crate::date;
use crate::gtin::Gtin14;
use crate::outcome::SeenBy;

/// The version of this form.
const VERSION: u8 = 0;

type Array = (u8, Whom, u16, u8, u8, Option<i32>, i32, u64);

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Whom {
    Gtin(u64),
    Product(String),
}

pub(super) fn write(facts: &LabelFacts) -> Vec<u8> {
    let whom = match facts.subject() {
        Subject::Gtin(gtin) => Whom::Gtin(gtin.number()),
        Subject::Product(id) => Whom::Product(id.clone()),
    };
    let variant = match facts.variant() {
        Variant::Tick => 0,
        Variant::Cross => 1,
    };
    let level = match facts.level() {
        SeenBy::Maker => 0,
        SeenBy::Register => 1,
        SeenBy::Lab => 2,
        SeenBy::Authority => 3,
    };
    let array: Array = (
        VERSION,
        whom,
        facts.scheme_code(),
        variant,
        level,
        facts.updates_until().map(date::to_days),
        date::to_days(facts.issued()),
        facts.statement(),
    );
    cbor::to_bytes(&array)
}

pub(super) fn read(bytes: &[u8]) -> Result<LabelFacts, LabelError> {
    let damaged = |what: String| LabelError::Payload(what);
    let items: Vec<Value> = cbor::from_bytes(bytes).map_err(|e| damaged(e.to_string()))?;
    // The version decides the form of all that follows, so it is looked at alone.
    match items.first() {
        Some(Value::Integer(version)) if *version == VERSION.into() => {}
        Some(Value::Integer(version)) => {
            return Err(LabelError::Version(i128::from(*version).to_string()));
        }
        _ => return Err(damaged("it does not begin with its version".into())),
    }
    // Reading eight values from a longer array would pass over the rest.
    if items.len() != 8 {
        return Err(damaged(format!("it has {} values instead of 8", items.len())));
    }
    let array: Array = cbor::from_bytes(bytes).map_err(|e| damaged(e.to_string()))?;
    let (_, whom, scheme, variant, level, until, issued, statement) = array;
    let subject = match whom {
        Whom::Gtin(number) => Subject::Gtin(Gtin14::from_number(number)?),
        Whom::Product(id) => Subject::Product(id),
    };
    let variant = match variant {
        0 => Variant::Tick,
        1 => Variant::Cross,
        other => return Err(damaged(format!("its variant is {other}, which is neither tick nor cross"))),
    };
    let level = match level {
        0 => SeenBy::Maker,
        1 => SeenBy::Register,
        2 => SeenBy::Lab,
        3 => SeenBy::Authority,
        other => return Err(damaged(format!("{other} is no level of who checked"))),
    };
    let day = |days| date::from_days(days).ok_or_else(|| damaged(format!("{days} is no day number")));
    LabelFacts::new(subject, scheme, variant, level, until.map(day).transpose()?, day(issued)?, statement)
}
