//! What a row came to, as plain objects. A word crosses into JavaScript once for all rows of a call.

use std::collections::BTreeMap;

use assay::gate::judge::{Judge, Judged};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// What a row came to.
    #[wasm_bindgen(js_name = Object, typescript_type = "Verdict")]
    pub type Verdict;
    #[wasm_bindgen(constructor, js_class = "Object")]
    fn new() -> Verdict;
    #[wasm_bindgen(method, setter, structural)]
    fn set_gtin14(this: &Verdict, value: &JsValue);
    #[wasm_bindgen(method, setter, structural)]
    fn set_verdict(this: &Verdict, value: &JsValue);
    #[wasm_bindgen(method, setter, structural)]
    fn set_reason(this: &Verdict, value: &JsValue);
    #[wasm_bindgen(method, setter, structural)]
    fn set_updates_until(this: &Verdict, value: &JsValue);
    #[wasm_bindgen(method, setter, structural)]
    fn set_label(this: &Verdict, value: &JsValue);
}

/// The words and days of one call.
#[derive(Default)]
pub(crate) struct Words {
    words: BTreeMap<&'static str, JsValue>,
    days: BTreeMap<u32, JsValue>,
}

impl Words {
    /// One row.
    pub(crate) fn verdict(&mut self, judge: &Judge<'_>, judged: &Judged) -> Verdict {
        let Judged { gtin, decision, found } = *judged;
        let verdict = Verdict::new();
        let gtin = gtin.map_or(JsValue::NULL, |gtin| JsValue::from_str(&gtin.to_string()));
        verdict.set_gtin14(&gtin);
        verdict.set_verdict(self.word(decision.verdict.word()));
        verdict.set_reason(self.word(decision.reason.word()));
        match found.filter(|found| judge.stands(*found)) {
            None => verdict.set_updates_until(&JsValue::NULL),
            Some(found) => verdict.set_updates_until(self.days.entry(found.day).or_insert_with(|| {
                judge.updates_until(found).map_or(JsValue::NULL, |day| JsValue::from_str(&day.to_string()))
            })),
        }
        match found.and_then(|found| judge.label(found)) {
            None => verdict.set_label(&JsValue::NULL),
            Some(label) => verdict.set_label(self.word(label.word())),
        }
        verdict
    }

    fn word(&mut self, word: &'static str) -> &JsValue {
        self.words.entry(word).or_insert_with(|| JsValue::from_str(word))
    }
}
