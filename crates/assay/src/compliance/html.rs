//! A statement as one self-contained web page: no script, nothing fetched, readable on a phone, and a sheet of A4 in print.

use std::fmt::Write;

use super::{ComplianceStatement, Section, sheet};

/// The page.
#[must_use]
pub fn html(statement: &ComplianceStatement) -> String {
    let sheet = sheet(statement);
    let mut body = String::new();
    for section in &sheet.sections {
        add(&mut body, section);
    }
    let foot: String = sheet.foot.iter().map(|f| format!("<p>{}</p>\n", escape(f))).collect();
    let (title, subtitle) = (escape(&sheet.title), escape(&sheet.subtitle));
    let model = escape(&statement.a.model);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}: {model}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<header>\n<h1>{title}</h1>\n\
         <p>{subtitle}</p>\n</header>\n{body}<footer>\n{foot}</footer>\n</main>\n</body>\n</html>\n"
    )
}

fn add(body: &mut String, section: &Section) {
    let Section { field, heading, sentences, rows } = section;
    // Writing to a String cannot fail.
    let _ = writeln!(body, "<section>\n<h2><span class=\"letter\">({field})</span> {}</h2>", escape(heading));
    for sentence in sentences {
        let _ = writeln!(body, "<p>{}</p>", escape(sentence));
    }
    if !rows.is_empty() {
        body.push_str("<dl>\n");
        for row in rows {
            let value = row.value.as_deref().map_or_else(
                || "<span class=\"line\"></span>".to_owned(),
                |v| escape(v).replace('\n', "<br>"),
            );
            let _ = writeln!(body, "<div><dt>{}</dt><dd>{value}</dd></div>", escape(&row.label));
        }
        body.push_str("</dl>\n");
    }
    body.push_str("</section>\n");
}

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

const STYLE: &str = "\
:root { color-scheme: light; }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: #e9efee; color: #1b2427; font: 1.0625rem/1.5 system-ui, -apple-system, \"Segoe UI\", Roboto, \"Helvetica Neue\", Arial, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1.25rem; background: #fff; overflow-wrap: anywhere; }
h1 { margin: 0 0 0.25rem; font-size: 1.75rem; line-height: 1.2; }
header p { margin: 0; color: #4a5659; }
section { margin-top: 1.25rem; padding-top: 1rem; border-top: 1px solid #b6c0c2; break-inside: avoid; }
h2 { margin: 0 0 0.4rem; font-size: 1.125rem; line-height: 1.3; }
.letter { color: #4a5659; font-weight: 400; }
p { margin: 0 0 0.5rem; }
dl { margin: 0; }
dl div { padding: 0.15rem 0; }
dt { color: #4a5659; font-size: 0.9375rem; }
dd { margin: 0; }
.line { display: inline-block; width: 100%; height: 2.75rem; max-width: 20rem; border-bottom: 1px solid #1b2427; }
footer { margin-top: 1.5rem; padding-top: 1rem; border-top: 2px solid #1b2427; color: #4a5659; font-size: 0.9375rem; }
@media (min-width: 36rem) {
  main { margin: 2rem auto; padding: 2.5rem 3rem; }
  dl div { display: grid; grid-template-columns: 12.5rem 1fr; gap: 0 1rem; align-items: baseline; }
}
@page { size: A4; margin: 16mm 18mm; }
@media print {
  body { background: #fff; font-size: 10pt; line-height: 1.35; }
  main { max-width: none; margin: 0; padding: 0; }
  h1 { font-size: 18pt; }
  h2 { font-size: 11.5pt; }
  section { margin-top: 7pt; padding-top: 6pt; }
  dl div { display: grid; grid-template-columns: 44mm 1fr; gap: 0 4mm; align-items: baseline; }
  dt, footer { font-size: 9pt; }
}
";
