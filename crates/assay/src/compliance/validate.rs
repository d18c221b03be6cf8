//! Judges a statement of compliance field by field: here one in our JSON, where what is absent can be seen to be absent.
//! What it cannot see it does not call met; that a signature is genuine, or an address somebody's, nobody can see here.

use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value};

use super::standards::relied_on;
use super::{Deemed, FIELDS, Route, RouteTaken, SCHEMA, Signature, judge_standard, retain_until, source};
use crate::date::{self, in_words};
use crate::outcome::Outcome;
use crate::scheme::{self, Way};
use crate::text::{is_plain, is_unfilled};

/// So many manufacturers or standards are looked at; a statement with more is not met because of those and never met.
const MOST_ENTRIES: usize = 100;

/// In what form a statement was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Our JSON.
    Json,
    /// Plain text or Markdown.
    Text,
    /// A web page.
    Html,
    /// The text taken out of a PDF.
    Pdf,
}

/// What is to be said of a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Validation {
    /// `assay-statement-validation-0`.
    pub schema: &'static str,
    /// In what form it was read.
    pub format: Format,
    /// The day on which it was looked at.
    pub on: Date,
    /// All fields together: one that is not met decides, then one that is inconclusive.
    pub outcome: Outcome,
    /// Field by field, a to g.
    pub fields: Vec<FieldOutcome>,
    /// Until when a copy must be kept, where both dates are there.
    pub retain_until: Option<Date>,
    /// What was noticed of the document as a whole.
    pub notes: Vec<String>,
}

/// One field of Schedule 4.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldOutcome {
    /// `a` to `g`.
    pub field: char,
    /// What the field asks.
    pub asks: &'static str,
    /// Met, not met or inconclusive.
    pub outcome: Outcome,
    /// Why.
    pub why: String,
    /// The line that shows it.
    pub line: Option<usize>,
    /// The place in the JSON document that shows it.
    pub pointer: Option<String>,
    /// The rule.
    pub source: String,
}

impl FieldOutcome {
    /// The outcome of a field, without a place.
    #[must_use]
    pub fn new(field: char, outcome: Outcome, why: impl Into<String>) -> Self {
        let asks = FIELDS.iter().find(|(f, _, _)| *f == field).map_or("", |(_, _, asks)| asks);
        Self { field, asks, outcome, why: why.into(), line: None, pointer: None, source: source(field) }
    }

    /// The line that shows it.
    #[must_use]
    pub fn in_line(self, line: Option<usize>) -> Self {
        Self { line, ..self }
    }

    fn at(self, pointer: &str) -> Self {
        Self { pointer: Some(pointer.to_owned()), ..self }
    }
}

impl Validation {
    /// Joins the fields.
    #[must_use]
    pub fn of(format: Format, on: Date, fields: Vec<FieldOutcome>, retain_until: Option<Date>) -> Self {
        let outcome = Outcome::join(fields.iter().map(|f| f.outcome));
        let schema = "assay-statement-validation-0";
        Self { schema, format, on, outcome, fields, retain_until, notes: Vec::new() }
    }

    /// Every field inconclusive, for one reason.
    #[must_use]
    pub fn inconclusive(format: Format, on: Date, why: &str) -> Self {
        let fields =
            FIELDS.iter().map(|(f, _, _)| FieldOutcome::new(*f, Outcome::Inconclusive, why)).collect();
        Self::of(format, on, fields, None)
    }
}

/// Why a date of issue cannot be one, if so.
#[must_use]
pub fn judge_issue_date(issued: Date, on: Date) -> Option<String> {
    (issued > on).then(|| format!("the date of issue, {}, lies in the future", in_words(issued)))
}

/// What is to be noticed of a support period that had ended when the statement was issued, if so. It is lawful: the law asks for
/// no minimum. But nobody issues such a statement without having meant it.
#[must_use]
pub fn judge_period(end: Date, issued: Option<Date>) -> Option<String> {
    let issued = issued.filter(|issued| end < *issued)?;
    Some(format!(
        "the support period ends on {}, before the statement is issued on {}: that is lawful, but see that the date is meant",
        in_words(end),
        in_words(issued)
    ))
}

/// Judges a statement in our JSON.
///
/// # Errors
/// A sentence where the document is no JSON, or not of our schema.
pub fn validate_json(bytes: &[u8], on: Date) -> Result<Validation, String> {
    let document: Value = serde_json::from_slice(bytes).map_err(|e| format!("this is no JSON: {e}"))?;
    let Some(document) = document.as_object() else { return Err("this JSON is no object".to_owned()) };
    match document.get("schema").and_then(Value::as_str) {
        Some(SCHEMA) => {}
        Some(_) | None => {
            return Err(format!(
                "this JSON is no statement of compliance: its `schema` should be `{SCHEMA}`"
            ));
        }
    }
    let issued = day(document, "g", "date");
    let end = day(document, "e", "end");
    let fields = vec![
        product(document),
        parties(document),
        prepared(document),
        declared(document, issued),
        period(document, issued),
        signed(document),
        place_and_date(document, on),
    ];
    let retain = issued.zip(end).map(|(issued, end)| retain_until(issued, end));
    let mut validation = Validation::of(Format::Json, on, fields, retain);
    let said = document.get("retain_until").and_then(Value::as_str);
    if let (Some(said), Some(retain)) = (said, retain)
        && said != retain.to_string()
    {
        validation.notes.push(format!(
            "`retain_until` says something else than {retain}, which follows from the date of issue and the support period"
        ));
    }
    Ok(validation)
}

fn part<'a>(document: &'a Map<String, Value>, field: &str) -> Option<&'a Map<String, Value>> {
    document.get(field)?.as_object()
}

/// A text that people can read, with something in it that nobody has still to fill in.
fn text<'a>(part: Option<&'a Map<String, Value>>, key: &str) -> Option<&'a str> {
    part?.get(key)?.as_str().filter(|t| is_plain(t, 2_000) && !is_unfilled(t))
}

fn day(document: &Map<String, Value>, field: &str, key: &str) -> Option<Date> {
    text(part(document, field), key).and_then(date::parse)
}

/// Met if nothing is lacking, else not met with all that is: what our JSON does not hold, the statement does not say.
fn lacking(field: char, lacks: &[String], good: &str) -> FieldOutcome {
    weighed(field, lacks, &[], good)
}

/// The same with doubts, which a person has to settle: they leave the field inconclusive where nothing is lacking.
fn weighed(field: char, lacks: &[String], doubts: &[String], good: &str) -> FieldOutcome {
    let pointer = format!("/{field}");
    match (lacks, doubts) {
        ([], []) => FieldOutcome::new(field, Outcome::Met, good),
        ([], doubts) => FieldOutcome::new(field, Outcome::Inconclusive, doubts.join("; ")),
        (lacks, _) => FieldOutcome::new(field, Outcome::NotMet, lacks.join("; ")),
    }
    .at(&pointer)
}

/// The doubt about entries that were not looked at, if there are any.
fn unread(what: &str, entries: &[Value]) -> Option<String> {
    let more = entries.len().checked_sub(MOST_ENTRIES).filter(|more| *more > 0)?;
    Some(format!("of {} {what} the last {more} were not looked at", entries.len()))
}

fn product(document: &Map<String, Value>) -> FieldOutcome {
    let a = part(document, "a");
    let mut lacks = Vec::new();
    if text(a, "type").is_none() {
        lacks.push("it does not state the type of the product".to_owned());
    }
    if text(a, "batch").is_none() && text(a, "serials").is_none() {
        lacks.push("it states neither a batch nor a range of serial numbers".to_owned());
    }
    lacking('a', &lacks, "it states the type and the batch or the serial numbers")
}

fn parties(document: &Map<String, Value>) -> FieldOutcome {
    let b = part(document, "b");
    let list = |key: &str| b.and_then(|b| b.get(key)).and_then(Value::as_array).cloned().unwrap_or_default();
    let (mut lacks, mut doubts) = (Vec::new(), Vec::new());
    let (manufacturers, representatives) = (list("manufacturers"), list("authorised_representatives"));
    if manufacturers.is_empty() {
        lacks.push("it names no manufacturer".to_owned());
    }
    for (who, parties) in [("manufacturer", &manufacturers), ("authorised representative", &representatives)]
    {
        doubts.extend(unread(&format!("{who}s"), parties));
        for (number, party) in parties.iter().enumerate().take(MOST_ENTRIES) {
            for key in ["name", "address"] {
                if text(party.as_object(), key).is_none() {
                    lacks.push(format!("{who} {} has no {key}", number + 1));
                }
            }
        }
    }
    let joint =
        if manufacturers.len() > 1 { "; a joint statement (PSTI Act 2022, section 9(5))" } else { "" };
    weighed('b', &lacks, &doubts, &format!("every manufacturer has a name and an address{joint}"))
}

fn prepared(document: &Map<String, Value>) -> FieldOutcome {
    let by = text(part(document, "c"), "prepared_by");
    let known = matches!(by, Some("manufacturer" | "on-behalf"));
    let lacks = if known {
        vec![]
    } else {
        vec!["it does not declare that it is prepared by the manufacturer or on its behalf".to_owned()]
    };
    lacking('c', &lacks, "it declares by whom it is prepared")
}

fn declared(document: &Map<String, Value>, issued: Option<Date>) -> FieldOutcome {
    let d = part(document, "d");
    let (mut lacks, mut doubts) = (Vec::new(), Vec::new());
    let route =
        d.and_then(|d| d.get("complies")).and_then(|r| serde_json::from_value::<Route>(r.clone()).ok());
    if route.is_none() {
        lacks.push("it declares compliance with neither Schedule 1 nor Schedule 2".to_owned());
    }
    if d.and_then(|d| d.get("in_the_opinion_of_the_manufacturer")) != Some(&Value::Bool(true)) {
        lacks.push("it does not state the manufacturer's opinion".to_owned());
    }
    let standards = d.and_then(|d| d.get("standards")).and_then(Value::as_array).cloned().unwrap_or_default();
    doubts.extend(unread("standards", &standards));
    let mut cited: Vec<&Deemed> = Vec::new();
    for standard in standards.iter().take(MOST_ENTRIES) {
        let get = |key| text(standard.as_object(), key);
        match (get("number"), get("version"), get("issued")) {
            (Some(number), Some(version), Some(of)) => match judge_standard(number, version, of, issued) {
                Ok(found) => {
                    cited.push(found.deemed);
                    doubts.extend(found.doubt);
                }
                Err(problem) => lacks.push(problem.to_string()),
            },
            _ => lacks.push(
                "a standard lacks its number, version or date of issue (Schedule 4, paragraph 1(2))"
                    .to_owned(),
            ),
        }
    }
    if route == Some(Route::Schedule2) {
        doubts.extend(unsupported(d, &cited));
    }
    weighed('d', &lacks, &doubts, "it declares compliance in the manufacturer's opinion")
}

/// What a declaration of Schedule 2 leaves open. Each requirement is deemed separately, by a standard or by a label, so that
/// no standard is wanting for certain; but what it rests on has to be seen somewhere.
fn unsupported(d: Option<&Map<String, Value>>, cited: &[&Deemed]) -> Vec<String> {
    let told: Vec<RouteTaken> = d
        .and_then(|d| d.get("requirements"))
        .and_then(|r| serde_json::from_value(r.clone()).ok())
        .unwrap_or_default();
    let ways = |r: &RouteTaken| -> Option<&'static Way> {
        let law = scheme::find("uk-psti")?;
        let ways = &law.requirements.iter().find(|q| q.provision == r.requirement)?.ways;
        ways.iter().find(|w| Some(&w.name) == r.condition.as_ref())
    };
    if told.is_empty() {
        let certain = cited.iter().any(|d| d.number.contains("303 645"));
        let why = "it rests on Schedule 2 and does not say by which condition each requirement is met: without ETSI EN 303 645 V2.1.1 \
                   that can be right only where a label, ISO/IEC 29147 or Schedule 1 itself covers the others";
        return if certain { Vec::new() } else { vec![why.to_owned()] };
    }
    let mut doubts = Vec::new();
    for route in told.iter().filter(|r| r.complies == Route::Schedule2) {
        let Some(way) = ways(route) else {
            doubts.push(format!(
                "it says that {} is met by a condition of Schedule 2, and names none that is known",
                shown(&route.requirement)
            ));
            continue;
        };
        if way.label.is_some() {
            doubts.push(format!(
                "{} rests on a label (\"{}\"): a person has to see that it is this product's and current",
                route.requirement, way.name
            ));
        }
        let wanting = relied_on(way).into_iter().filter(|s| !cited.contains(s));
        doubts.extend(
            wanting.map(|s| format!("{} rests on {}, which is not cited", route.requirement, s.cite())),
        );
    }
    doubts
}

/// A stranger's words as they may stand in a sentence.
fn shown(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    if is_plain(&short, 200) { format!("`{short}`") } else { "a requirement".to_owned() }
}

fn period(document: &Map<String, Value>, issued: Option<Date>) -> FieldOutcome {
    let (mut lacks, mut doubts) = (Vec::new(), Vec::new());
    match day(document, "e", "end") {
        None => lacks.push("the support period has no end date (regulation 2(1))".to_owned()),
        Some(end) => {
            if day(document, "e", "start").is_some_and(|start| start >= end) {
                lacks.push("the support period ends before it begins".to_owned());
            }
            doubts.extend(judge_period(end, issued));
        }
    }
    weighed('e', &lacks, &doubts, "it states a period with an end date")
}

fn signed(document: &Map<String, Value>) -> FieldOutcome {
    let f = part(document, "f");
    let mut lacks = Vec::new();
    for (key, what) in [("name", "the name of the signatory"), ("function", "the signatory's function")] {
        if text(f, key).is_none() {
            lacks.push(format!("it does not state {what}"));
        }
    }
    match text(f, "signature").and_then(Signature::parse) {
        None => lacks.push("it does not say how it is signed".to_owned()),
        Some(Signature::Ink) if lacks.is_empty() => {
            let why = "it is to be signed in ink: look at the signature on the paper";
            return FieldOutcome::new('f', Outcome::Inconclusive, why).at("/f/signature");
        }
        Some(_) => {}
    }
    lacking(
        'f',
        &lacks,
        "it states an electronic signature, a name and a function; whether the signature is genuine was not looked at",
    )
}

fn place_and_date(document: &Map<String, Value>, on: Date) -> FieldOutcome {
    let mut lacks = Vec::new();
    if text(part(document, "g"), "place").is_none() {
        lacks.push("it does not state the place of issue".to_owned());
    }
    match day(document, "g", "date") {
        None => lacks.push("it does not state the date of issue".to_owned()),
        Some(date) => lacks.extend(judge_issue_date(date, on)),
    }
    lacking('g', &lacks, "it states the place and date of issue")
}
