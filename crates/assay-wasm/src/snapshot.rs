//! A snapshot of the register, opened from its bytes and verified as `assay gate` does it.

use std::cell::RefCell;
use std::sync::Arc;

use assay::gate::judge::{Judge, Laid};
use assay::gate::sale_day::Days;
use assay::gtin::{Gtin14, GtinError, given_by_a_shop, read_cell};
use assay::snapshot::Snapshot;
use assay::trust::Trust;
use wasm_bindgen::prelude::*;

use crate::asked::{Asked, Options};
use crate::errors::Refused;
use crate::row::{Row, is_array};
use crate::verdict::{Verdict, Words};

/// Largest snapshot that is read, in bytes: places of its bits are counted with 32 bits here.
const MOST: usize = 256 << 20;

#[wasm_bindgen]
extern "C" {
    /// See `types.ts`.
    #[wasm_bindgen(typescript_type = "Options")]
    pub type JsOptions;
    /// A row, or the GTIN's cell of one by itself.
    #[wasm_bindgen(typescript_type = "Row | string | number | bigint | null | undefined")]
    pub type JsRow;
    /// Several of those.
    #[wasm_bindgen(typescript_type = "readonly (Row | string | number | bigint | null | undefined)[]")]
    pub type JsRows;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn length(this: &JsRows) -> Result<u32, JsValue>;
    #[wasm_bindgen(method, structural, indexing_getter, catch)]
    fn get(this: &JsRows, at: u32) -> Result<JsValue, JsValue>;
    /// A cell that is read as a number.
    #[wasm_bindgen(typescript_type = "string | number | bigint")]
    pub type JsGtin;
    /// See `types.ts`.
    #[wasm_bindgen(typescript_type = "Info")]
    pub type Info;
    /// See `types.ts`.
    #[wasm_bindgen(typescript_type = "Entry | null")]
    pub type Entry;

    type Bytes;
    /// The whole of it, from its begin on.
    #[wasm_bindgen(method, structural, catch)]
    fn subarray(this: &Bytes, begin: u32) -> Result<Vec<u8>, JsValue>;
    #[wasm_bindgen(js_namespace = ["Object", "prototype", "toString"], js_name = call, catch)]
    fn kind_of(value: &JsValue) -> Result<String, JsValue>;

    #[wasm_bindgen(js_namespace = JSON, catch)]
    fn parse(text: &str) -> Result<JsValue, JsValue>;
}

/// A verified snapshot of the register: what holds for every registered number, and until when that may be relied on.
#[wasm_bindgen(js_name = Snapshot)]
pub struct JsSnapshot {
    opened: Snapshot,
    /// What was laid out last.
    laid: RefCell<Option<(Asked, Arc<Laid>)>>,
}

#[wasm_bindgen(js_class = Snapshot)]
impl JsSnapshot {
    /// Opens a snapshot and verifies its signature and every byte of it. `trust` is the text of the file of the keys that you trust
    /// (`trust.txt`), of which you keep your own copy: whoever can replace the snapshot must not be able to replace it.
    ///
    /// Throws an `Error` named `SnapshotError` where the snapshot or the keys are not what they should be.
    pub fn open(
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] bytes: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "string")] trust: &JsValue,
    ) -> Result<Self, JsValue> {
        let wrong = |what: &str| Refused::Type(what.to_owned());
        // Not by its class: that of another frame, or of a test's sandbox, is another.
        if kind_of(bytes)? != "[object Uint8Array]" {
            return Err(wrong("bytes are a Uint8Array: new Uint8Array(await response.arrayBuffer())").into());
        }
        let trust = trust.as_string();
        let trust = trust.ok_or_else(|| wrong("trust is the text of the trusted keys, and a string"))?;
        let bytes: &Bytes = bytes.unchecked_ref();
        let opened = opened(&bytes.subarray(0)?, &trust)?;
        Ok(Self { opened, laid: RefCell::default() })
    }

    /// What the snapshot is: its number, size, root, days.
    pub fn info(&self) -> Result<Info, JsValue> {
        json(self.opened.header()).map(JsCast::unchecked_into)
    }

    /// The verdict and the reason of one row. A string or a number by itself is the cell of the GTIN.
    ///
    /// Throws a `TypeError` or `RangeError` where an argument makes no sense, and an `Error` named `SnapshotError` where the
    /// snapshot is too old and that is to be refused. Nothing that was scanned or typed throws.
    pub fn judge(&self, row: &JsRow, options: Option<JsOptions>) -> Result<Verdict, JsValue> {
        let judge = self.judges(options)?;
        let judged = Row::of(row, None)?;
        Ok(Desk::new(&judge).verdict(&judged))
    }

    /// One verdict for every row, in their order; the options are looked at once for all of them.
    pub fn judge_all(&self, rows: &JsRows, options: Option<JsOptions>) -> Result<Vec<Verdict>, JsValue> {
        if !is_array(rows)? {
            return Err(Refused::Type("rows is not an array: judge takes a single row".to_owned()).into());
        }
        let judge = self.judges(options)?;
        let mut desk = Desk::new(&judge);
        (0..rows.length()?).map(|at| Ok(desk.verdict(&Row::of(&rows.get(at)?, Some(at))?))).collect()
    }

    /// What the snapshot says of a number; `null` where it has no record of it.
    ///
    /// Throws a `RangeError` where it is no GTIN, with the reason.
    pub fn lookup(&self, gtin: &JsGtin) -> Result<Entry, JsValue> {
        let row = Row::of(gtin, None)?;
        let gtin = row.gtin.read().and_then(|text| self.read(text));
        let gtin = gtin.map_err(|e| Refused::Value(format!("gtin: {e}")))?;
        match self.opened.lookup(gtin) {
            None => Ok(JsValue::NULL.unchecked_into()),
            Some(record) => json(&record).map(JsCast::unchecked_into),
        }
    }
}

impl JsSnapshot {
    /// The judge of these options; what was laid out last is taken again where it is the same.
    fn judges(&self, options: Option<JsOptions>) -> Result<Judge<'_>, Refused> {
        let options = options.map_or_else(|| Ok(Options::default()), |options| Options::of(&options))?;
        let asked = Asked::now(&options, &self.opened)?;
        let mut laid = self.laid.borrow_mut();
        if let Some((before, laid)) = &*laid
            && *before == asked
        {
            return Ok(Judge::again(&self.opened, asked.scheme()?, laid.clone()));
        }
        let judge = asked.judge(&self.opened)?;
        *laid = Some((asked, judge.laid()));
        Ok(judge)
    }

    /// A cell's number, which may be a shop's own where the snapshot has such.
    fn read(&self, text: &str) -> Result<Gtin14, GtinError> {
        let own = |fault| given_by_a_shop(text, fault).filter(|_| self.opened.header().own_numbers);
        read_cell(text).or_else(|fault| own(fault).ok_or(fault))
    }
}

/// Judges the rows of one call.
struct Desk<'a, 'b> {
    judge: &'b Judge<'a>,
    days: Days<'a, 'b>,
    words: Words,
}

impl<'a, 'b> Desk<'a, 'b> {
    fn new(judge: &'b Judge<'a>) -> Self {
        Self { judge, days: Days::new(judge), words: Words::default() }
    }

    fn verdict(&mut self, row: &Row) -> Verdict {
        let judged = row.judged(&mut self.days);
        // Which entries stand, and their labels, hang on no day.
        self.words.verdict(self.judge, &judged)
    }
}

/// Opens a snapshot by the text of the trusted keys.
pub(crate) fn opened(bytes: &[u8], trust: &str) -> Result<Snapshot, Refused> {
    if bytes.len() > MOST {
        return Err(Refused::Snapshot(format!("the snapshot has more than {MOST} bytes")));
    }
    let trust = Trust::parse(trust).map_err(|e| Refused::Snapshot(format!("trust: {e}")))?;
    Snapshot::open(bytes, trust.register(), trust.origin()).map_err(|e| Refused::Snapshot(e.to_string()))
}

fn json(of: &impl serde::Serialize) -> Result<JsValue, JsValue> {
    let text = serde_json::to_string(of).map_err(|e| Refused::Value(e.to_string()))?;
    parse(&text)
}
