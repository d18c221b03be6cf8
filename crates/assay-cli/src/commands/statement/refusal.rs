//! A statement that is not written: everything that is missing, field by field, with what to write and where.

use assay::case::Case;
use assay::compliance::{FIELDS, Missing};
use serde_json::{Value, json};

use crate::exit::{Exit, Failure};
use crate::output::{self, Style, plain};

pub(super) fn say(case: &Case, missing: &[Missing], as_json: bool) -> Result<Exit, Failure> {
    if as_json {
        output::json(&json!({
            "schema": "assay-statement-0", "statement": Value::Null, "written": [], "missing": missing,
            "warnings": [],
        }))?;
        return Ok(Exit::Found);
    }
    let style = Style::detect();
    let mut text = format!(
        "{}  {} ({})\n{}\n",
        style.bold("Statement of compliance"),
        plain(&case.product.name),
        plain(&case.product.model),
        style.bad("not written: a statement has to say all that SI 2023/1007, Schedule 4 asks for"),
    );
    for (field, heading, _) in FIELDS {
        let mut of_field = missing.iter().filter(|m| m.field == field).peekable();
        if of_field.peek().is_none() {
            continue;
        }
        text.push_str(&format!("\n  {}\n", style.bold(&format!("({field}) {heading}"))));
        for Missing { what, mend, place, source, .. } in of_field {
            text.push_str(&format!("    {} {}\n", style.bad("✗"), plain(what)));
            text.push_str(&format!("      in {}: {}\n", plain(place), plain(mend)));
            text.push_str(&format!("      {}\n", style.dim(&plain(source))));
        }
    }
    text.push_str("\n`assay statement --help` shows a whole statement.toml.\n");
    output::print(&text)?;
    Ok(Exit::Found)
}
