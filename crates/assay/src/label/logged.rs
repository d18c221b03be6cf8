//! The public door to a label's facts: a statement that is proven to stand in the log. Nobody can type a label in.

use super::{LabelError, LabelFacts, Subject};
use crate::gtin::Gtin14;
use crate::scheme;
use crate::statement::Statement;
use crate::trust::Logged;

impl LabelFacts {
    /// The facts of a logged label, for one of the GTINs it was issued for; without a GTIN, for the product's id.
    ///
    /// # Errors
    /// The statement is no label, names a scheme that has none, or was not issued for this GTIN.
    pub fn from_logged(logged: &Logged<Statement>, gtin: Option<Gtin14>) -> Result<Self, LabelError> {
        let Statement::Labelled(label) = logged.value() else {
            return Err(LabelError::NotALabel(logged.value().kind()));
        };
        let subject = match gtin {
            Some(gtin) if label.gtins.contains(&gtin) => Subject::Gtin(gtin),
            Some(gtin) => return Err(LabelError::OtherGtin(gtin)),
            None => Subject::Product(label.product.to_string()),
        };
        let code = scheme::find(&label.scheme).map(|s| s.code).ok_or(LabelError::UnknownScheme(0))?;
        let index = logged.included().index();
        Self::new(subject, code, label.variant, label.level, label.updates_until, label.on, index)
    }
}
