//! `GET /gate`, `POST /gate` and `POST /gate/verdicts.csv`: a shop uploads its catalogue and sees, or downloads, which of
//! its listings it may sell. The judging is `assay::gate`; the file is held in memory while it is judged and then gone.

mod stream;
mod upload;

use std::sync::Arc;

use askama::Template;
use assay::date::{self, Date, in_words};
use assay::gate::Reason;
use assay::scheme::{self, Scheme};
use assay::snapshot::{Snapshot, SnapshotError};
use assay_gate::{Catalogue, CatalogueError, Columns, GateError, How, Judge, Summary};
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::Response;
use tokio::sync::OwnedSemaphorePermit;

use self::upload::{Asked, Upload};
use super::Uploads;
use super::page::{self, html};
use crate::reader::Reader;

/// The form, with what was wrong with the last attempt.
#[derive(Template)]
#[template(path = "gate.html")]
pub(super) struct Form {
    problem: Option<String>,
    asked: Asked,
    schemes: Vec<(&'static str, &'static str)>,
}

/// What a catalogue came to.
#[derive(Template)]
#[template(path = "gate_summary.html")]
pub(super) struct SummaryPage {
    scheme: String,
    enacted: bool,
    on: String,
    rows: u64,
    counts: [(&'static str, &'static str, u64); 4],
    reasons: Vec<ReasonView>,
    log_size: u64,
    valid_until: String,
}

struct ReasonView {
    word: String,
    rows: u64,
    explain: &'static str,
}

/// A catalogue that can be judged: it was read once from end to end.
struct Job {
    upload: Upload,
    columns: Columns,
    snapshot: Arc<Snapshot>,
    scheme: &'static Scheme,
    on: Date,
    /// Gives the place among the uploads back when the job is done.
    _place: OwnedSemaphorePermit,
}

/// Why a catalogue was not judged.
enum Failed {
    Asked(Asked, String),
    Busy,
    Snapshot(SnapshotError),
}

pub(super) async fn form() -> Response {
    html(StatusCode::OK, &Form::new(None, Asked::default()))
}

pub(super) async fn summary(
    State(reader): State<Reader>,
    State(uploads): State<Uploads>,
    body: Result<Multipart, MultipartRejection>,
) -> Response {
    match judged(reader, uploads, body).await {
        Ok((job, summary)) => html(StatusCode::OK, &SummaryPage::of(&job, &summary)),
        Err(failed) => failed.page(),
    }
}

pub(super) async fn verdicts(
    State(reader): State<Reader>,
    State(uploads): State<Uploads>,
    body: Result<Multipart, MultipartRejection>,
) -> Response {
    match judged(reader, uploads, body).await {
        // The whole catalogue was judged once, so that a fault in its last row is said on a page. Judging it again gives
        // the same verdicts, and these can be sent while they are made: nobody holds them all.
        Ok((job, _)) => stream::csv(job),
        Err(failed) => failed.page(),
    }
}

/// Takes the upload in and judges it once.
async fn judged(
    reader: Reader,
    uploads: Uploads,
    body: Result<Multipart, MultipartRejection>,
) -> Result<(Job, Summary), Failed> {
    let place = uploads.0.try_acquire_owned().map_err(|_| Failed::Busy)?;
    let (asked, upload) = upload::read(body).await.map_err(|(asked, why)| Failed::Asked(asked, why))?;
    let again = |why: &str| Failed::Asked(asked.clone(), why.to_owned());
    if upload.is_packed() {
        return Err(again(
            "This file is packed. Here catalogues are taken unpacked: unpack it, or use the command assay gate.",
        ));
    }
    let scheme = scheme::find(&asked.scheme).ok_or_else(|| again("Choose a scheme from the list."))?;
    let on = match asked.on.trim() {
        "" => reader.today(),
        text => date::parse(text).ok_or_else(|| {
            again("Write the day as year-month-day, such as 2027-03-31, or leave it empty for today.")
        })?,
    };
    let columns =
        Columns { gtin: named(&asked.gtin_column), sku: named(&asked.sku_column), ..Columns::default() };
    let done = tokio::task::spawn_blocking(move || {
        let snapshot = reader.opened_snapshot().map_err(Judging::Snapshot)?.snapshot.clone();
        let job = Job { upload, columns, snapshot, scheme, on, _place: place };
        let summary = job.run(std::io::sink()).map_err(Judging::Gate)?;
        Ok((job, summary))
    });
    match done.await {
        Ok(Ok(judged)) => Ok(judged),
        Ok(Err(Judging::Snapshot(error))) => Err(Failed::Snapshot(error)),
        Ok(Err(Judging::Gate(error))) => Err(again(&in_form_words(&error))),
        Err(error) => {
            tracing::error!(%error, "judging a catalogue ended in a panic");
            Err(again(
                "Something went wrong here while this file was read. It is our fault; the file was not kept.",
            ))
        }
    }
}

enum Judging {
    Snapshot(SnapshotError),
    Gate(GateError),
}

impl Job {
    /// Judges the catalogue. One thread: there are as many jobs as the register bears at once.
    fn run(&self, to: impl std::io::Write + Send) -> Result<Summary, GateError> {
        let catalogue = Catalogue::open(self.upload.reader(), &self.columns)?;
        let judge = Judge::new(&self.snapshot, self.scheme, self.on).with_words(None);
        assay_gate::run(&judge, catalogue, &How::default(), to)
    }
}

fn named(column: &str) -> Option<String> {
    let column = column.trim();
    (!column.is_empty()).then(|| column.to_owned())
}

/// The gate's own words name the flags of the command line; a form has fields.
fn in_form_words(error: &GateError) -> String {
    match error {
        GateError::Catalogue(CatalogueError::NoGtinColumn { headers }) => format!(
            "No column with a GTIN was found among {headers}. Write its name into the field “Column with the GTIN”. A file without a header line needs one first."
        ),
        GateError::Catalogue(CatalogueError::NoSuchColumn { name, headers, .. }) => {
            format!("There is no column {name}: the columns are {headers}. Mend the name of the column.")
        }
        other => {
            let said = other.to_string();
            let mut letters = said.chars();
            let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
            format!("{first}{}.", letters.as_str())
        }
    }
}

impl Form {
    fn new(problem: Option<String>, asked: Asked) -> Self {
        let schemes = scheme::bundled().iter().map(|s| (s.id.as_str(), s.title.as_str())).collect();
        Self { problem, asked, schemes }
    }
}

impl Failed {
    fn page(self) -> Response {
        match self {
            Self::Asked(asked, why) => html(StatusCode::BAD_REQUEST, &Form::new(Some(why), asked)),
            Self::Busy => {
                page::busy("Several catalogues are being checked at this moment. Try again in a minute.")
            }
            Self::Snapshot(error) => {
                tracing::error!(%error, "no snapshot can be made");
                page::failed()
            }
        }
    }
}

impl SummaryPage {
    fn of(job: &Job, summary: &Summary) -> Self {
        let reasons = summary.by_reason.iter().map(|(word, rows)| ReasonView {
            word: word.replace('-', " "),
            rows: *rows,
            explain: Reason::find(word).map_or("", Reason::explain),
        });
        Self {
            scheme: job.scheme.title.clone(),
            enacted: job.scheme.enacted,
            on: in_words(job.on),
            rows: summary.rows,
            counts: [
                ("may-sell", "May be sold", summary.may_sell),
                ("refuse", "May not be sold", summary.refuse),
                ("ask", "A person must look", summary.ask),
                ("out-of-scope", "The scheme says nothing", summary.out_of_scope),
            ],
            reasons: reasons.collect(),
            log_size: summary.snapshot.log_size,
            valid_until: in_words(summary.snapshot.valid_until),
        }
    }
}

#[cfg(test)]
impl super::page::Sampled for Form {
    fn samples() -> Vec<Self> {
        let asked = Asked { scheme: "uk-psti".into(), on: "\"><b>".into(), ..Asked::default() };
        vec![Self::new(None, Asked::default()), Self::new(Some("Choose <a> file.".into()), asked)]
    }
}

#[cfg(test)]
impl super::page::Sampled for SummaryPage {
    fn samples() -> Vec<Self> {
        let page = |reasons| Self {
            scheme: "Option A".into(),
            enacted: false,
            on: "22 November 2026".into(),
            rows: 2,
            counts: [("may-sell", "a", 1), ("refuse", "b", 1), ("ask", "c", 0), ("out-of-scope", "d", 0)],
            reasons,
            log_size: 4,
            valid_until: "22 December 2026".into(),
        };
        let reason = ReasonView { word: "not registered".into(), rows: 1, explain: "Nobody registered it." };
        vec![page(vec![]), page(vec![reason])]
    }
}
