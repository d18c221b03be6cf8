//! What is thrown: JavaScript's own errors, with the sentences that the command and the Python module say.

use wasm_bindgen::prelude::*;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Refused {
    /// A snapshot or trusted keys that cannot be relied on.
    Snapshot(String),
    /// An argument of another type.
    Type(String),
    /// An argument that makes no sense.
    Value(String),
    /// What the caller's own code threw while it was asked. It is caught here and thrown again: what flew past this code would leave a
    /// snapshot borrowed for ever.
    Thrown(JsValue),
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Error)]
    type JsError;
    #[wasm_bindgen(constructor, js_class = "Error")]
    fn new(message: &str) -> JsError;
    #[wasm_bindgen(method, setter, structural)]
    fn set_name(this: &JsError, name: &str);

    type TypeError;
    #[wasm_bindgen(constructor)]
    fn new(message: &str) -> TypeError;

    type RangeError;
    #[wasm_bindgen(constructor)]
    fn new(message: &str) -> RangeError;
}

impl From<Refused> for JsValue {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Snapshot(message) => {
                let error = JsError::new(&message);
                error.set_name("SnapshotError");
                error.into()
            }
            Refused::Type(message) => TypeError::new(&message).into(),
            Refused::Value(message) => RangeError::new(&message).into(),
            Refused::Thrown(error) => error,
        }
    }
}
