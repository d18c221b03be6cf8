//! `POST /api/v1/gate`: a catalogue comes in and its verdicts go out, row by row and at the same time; neither is held. What is
//! wrong before the first block of verdicts has a status and a sentence; what is wrong later breaks the answer off.

use std::io::{Cursor, Read, Write};

use assay::date::Date;
use assay::scheme::Scheme;
use assay::scope::Place;
use assay_gate::{
    Catalogue, CatalogueError, Column, Columns, Form as Lines, How, Judge, Market, Summary, Wish, run_markets,
};
use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::OwnedSemaphorePermit;

use super::arriving::{Arriving, MOST};
use super::asked::Asked;
use super::failed::Failed;
use crate::reader::Reader;
use crate::web::Uploads;
use crate::web::api_error::ApiError;
use crate::web::leaving::{Item, Leaving, SUMMARY, hand_over};

const PARAMETERS: [&str; 14] = [
    "scheme",
    "on",
    "territory",
    "scope_check",
    "gtin",
    "sku",
    "category",
    "title",
    "brand",
    "model",
    "columns",
    "keep",
    "sold_on",
    "supported_for",
];

/// What an answer holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A line of CSV, or of JSON, for each row, and the summary in a field behind them.
    Verdicts(Lines),
    /// The summary alone.
    Summary,
}

/// What the query asks for.
struct Wanted {
    scheme: &'static Scheme,
    on: Date,
    words: Option<Option<Place>>,
    catalogue: Columns,
    columns: Vec<Column>,
    supported_for: Option<u32>,
}

/// A catalogue that comes in.
struct Job {
    reader: Reader,
    body: Arriving,
    wanted: Wanted,
    /// Gives the place among the uploads back when the job is done.
    _place: OwnedSemaphorePermit,
}

pub(in crate::web) async fn post(
    State(reader): State<Reader>,
    State(uploads): State<Uploads>,
    request: Request,
) -> Response {
    match judged(reader, uploads, request).await {
        Ok(response) => response,
        Err(failed) => failed.into_response(),
    }
}

async fn judged(reader: Reader, uploads: Uploads, request: Request) -> Result<Response, Failed> {
    let form = form(request.headers())?;
    if form != Form::Summary && request.version() < Version::HTTP_11 {
        return Err(old_http().into());
    }
    let wanted = Wanted::of(&Asked::of(request.uri(), &PARAMETERS)?, reader.today())?;
    may_come(request.headers())?;
    let place = uploads.0.try_acquire_owned().map_err(|_| Failed::Busy)?;
    let job = Job { reader, body: Arriving::new(request.into_body()), wanted, _place: place };
    match form {
        Form::Verdicts(lines) => verdicts(job, lines).await,
        Form::Summary => summary(job).await,
    }
}

impl Wanted {
    fn of(asked: &Asked, today: Date) -> Result<Self, ApiError> {
        Ok(Self {
            scheme: asked.scheme()?,
            on: asked.on(today)?,
            words: asked.words()?,
            catalogue: asked.catalogue(),
            columns: asked.columns()?,
            supported_for: asked.supported_for()?,
        })
    }
}

/// Which form is asked for: the first that there is.
fn form(headers: &HeaderMap) -> Result<Form, ApiError> {
    let accepts = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut accepts = accepts.flat_map(|value| value.split(',')).peekable();
    if accepts.peek().is_none() {
        return Ok(Form::Verdicts(Lines::Csv));
    }
    let mut forms = accepts.filter_map(|range| match range.split(';').next().unwrap_or_default().trim() {
        "text/csv" | "text/*" | "*/*" => Some(Form::Verdicts(Lines::Csv)),
        "application/x-ndjson" | "application/ndjson" => Some(Form::Verdicts(Lines::Ndjson)),
        "application/json" | "application/*" => Some(Form::Summary),
        _ => None,
    });
    forms.next().ok_or_else(|| ApiError {
        status: StatusCode::NOT_ACCEPTABLE,
        id: "not-acceptable",
        message: "verdicts come as text/csv or application/x-ndjson, their summary alone as application/json: ask for one of them"
            .into(),
    })
}

/// An answer of HTTP/1.0 ends with its connection: a part of the verdicts would pass for all of them.
fn old_http() -> ApiError {
    ApiError {
        status: StatusCode::HTTP_VERSION_NOT_SUPPORTED,
        id: "old-http",
        message: "verdicts are sent over HTTP/1.1, in which an answer that was broken off can be told from a whole one: \
                  let the client, and a proxy before this register, speak it"
            .into(),
    }
}

/// What the head of a request already says of its body.
fn may_come(headers: &HeaderMap) -> Result<(), Failed> {
    let is_plain = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
    if !headers.get_all(header::CONTENT_ENCODING).iter().all(is_plain) {
        return Err(Failed::Packed);
    }
    let length =
        headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > MOST) { Err(Failed::TooLarge) } else { Ok(()) }
}

async fn verdicts(job: Job, lines: Lines) -> Result<Response, Failed> {
    let (mut blocks, mut receiver) = hand_over();
    // The thread ends when nobody takes what it hands over, or when nothing comes that it could read.
    drop(tokio::task::spawn_blocking(move || {
        let ended = job.run(lines, &mut blocks);
        blocks.end(ended);
    }));
    let kind = match lines {
        Lines::Ndjson => "application/x-ndjson",
        Lines::Csv | Lines::Parquet => "text/csv; charset=utf-8",
    };
    match receiver.recv().await {
        Some(Item::Block(first)) => {
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
                (header::TRAILER, HeaderValue::from(SUMMARY)),
            ];
            Ok((headers, Body::new(Leaving::new(Some(first), receiver))).into_response())
        }
        Some(Item::Failed(failed)) => Err(failed),
        // A catalogue without rows has no line of JSON; of CSV there is always the header line.
        Some(Item::Done(_)) if lines == Lines::Ndjson => {
            Ok(([(header::CONTENT_TYPE, kind)], Body::empty()).into_response())
        }
        Some(Item::Done(_)) | None => Err(Failed::Panicked),
    }
}

async fn summary(job: Job) -> Result<Response, Failed> {
    let began = std::time::Instant::now();
    let judged = tokio::task::spawn_blocking(move || job.run(Lines::Csv, std::io::sink())).await;
    let summary = judged.map_err(|_| Failed::Panicked)??;
    let mut document = serde_json::json!(summary);
    document["seconds"] = serde_json::json!((began.elapsed().as_secs_f64() * 1e6).round() / 1e6);
    Ok(Json(document).into_response())
}

impl Job {
    /// Judges the catalogue as it comes. One thread: there are as many jobs as the register bears at once.
    fn run(self, lines: Lines, to: impl Write + Send) -> Result<Summary, Failed> {
        let Self { reader, mut body, wanted, _place } = self;
        let opened = reader.opened_snapshot().map_err(Failed::Snapshot)?;
        let gate = |error: CatalogueError| Failed::Gate(error.into());
        let mut head = Vec::new();
        let read = body.by_ref().take(4).read_to_end(&mut head);
        read.map_err(|source| gate(CatalogueError::Read { line: 1, source }))?;
        // What it unpacks to has no bound.
        if assay_gate::is_packed(&head) {
            return Err(Failed::Packed);
        }
        let catalogue = Catalogue::open(Cursor::new(head).chain(body), &wanted.catalogue).map_err(gate)?;
        let mut judge = Judge::new(&opened.snapshot, wanted.scheme, wanted.on);
        if let Some(months) = wanted.supported_for {
            judge = judge.supported_for(months);
        }
        if let Some(territory) = wanted.words {
            judge = judge.with_words(territory);
        }
        let Wanted { columns, .. } = wanted;
        if lines == Lines::Csv && catalogue.kept().is_empty() && !catalogue.has_days() {
            let how = How { columns, ..How::default() };
            return assay_gate::run(&judge, catalogue, &how, to).map_err(Failed::Gate);
        }
        let (wish, market) =
            (Wish { columns, form: lines, link: None }, Market { name: String::new(), judge });
        let mut summaries = run_markets(&[market], catalogue, &wish, to, None).map_err(Failed::Gate)?;
        summaries.pop().ok_or(Failed::Panicked)
    }
}
