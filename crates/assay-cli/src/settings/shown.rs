//! `--print-config`: every setting, its value, and where it comes from. Secrets are never shown.

use serde_json::{Value, json};

use super::{From, Settings};
use crate::exit::Failure;
use crate::output;

impl Settings {
    /// Prints them. `secret` gives what may be shown of the value of an option that could hold a secret; none for others.
    pub(crate) fn print(
        &self,
        as_json: bool,
        secret: &dyn Fn(&str, &str) -> Option<String>,
    ) -> Result<(), Failure> {
        let value = |row: &super::Setting| {
            row.value.as_ref().map(|value| secret(&row.name, value).unwrap_or_else(|| value.clone()))
        };
        if as_json {
            let rows: Vec<Value> = self
                .rows
                .iter()
                .map(|row| {
                    let (from, place) = match &row.from {
                        From::Default => ("default", Value::Null),
                        From::File(at) => ("file", json!({ "line": at.line, "column": at.column })),
                        From::Environment(name) => ("environment", json!({ "variable": name })),
                        From::Flag => ("flag", Value::Null),
                    };
                    json!({ "name": row.name, "value": value(row), "from": from, "place": place })
                })
                .collect();
            return output::json(&json!({
                "schema": "assay-settings-0", "command": self.command, "file": self.file, "settings": rows,
            }));
        }
        let rows: Vec<Vec<String>> = self
            .rows
            .iter()
            .map(|row| {
                let value = value(row).map_or_else(|| "-".into(), |value| output::plain(&value));
                vec![row.name.clone(), value, row.from.said(self.file.as_deref())]
            })
            .collect();
        output::print(&output::table(&rows))
    }
}
