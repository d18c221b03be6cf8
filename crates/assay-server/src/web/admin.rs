//! What an operator's machines ask, on a listener of its own that no visitor reaches: `/metrics`, `/healthz` (the process
//! lives) and `/readyz` (send visitors here). Nothing can be changed with it, and nothing of a visitor is shown.

mod process;

use std::io;
use std::time::Duration;

use assay_listen::Bounds;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tower_http::timeout::TimeoutLayer;

use crate::meter::Meter;
use crate::register::Register;
use crate::vitals::{self, Part};

/// What is watched.
#[derive(Clone)]
pub struct Admin {
    meter: Meter,
    /// None for a service that has no log of its own.
    register: Option<Register>,
    ready_lag: Duration,
}

/// The database answers within this time, or it does not.
const STORE_TIME: Duration = Duration::from_secs(2);
/// A commit that takes longer is stuck.
const LONGEST_COMMIT: Duration = Duration::from_secs(10);
/// An answer begins within this time.
const ANSWER_TIME: Duration = Duration::from_secs(10);
/// A machine that forgot to close its connections does not take what visitors need.
const BOUNDS: Bounds = Bounds { connections: 64, of_one: None, ..Bounds::ANYBODY };
/// How often what was counted is put in order where nobody asks for it.
const TIDY: Duration = Duration::from_secs(5);

impl Admin {
    /// Watches a register, which is ready as long as what is published is no older than this behind what is committed.
    #[must_use]
    pub fn of(register: &Register, ready_lag: Duration) -> Self {
        Self { meter: register.vitals().meter.clone(), register: Some(register.clone()), ready_lag }
    }

    /// Watches a process without a log of its own: it is ready until it is asked to stop.
    #[must_use]
    pub fn of_process(meter: Meter) -> Self {
        Self { meter, register: None, ready_lag: Duration::ZERO }
    }

    /// Serves as long as it is polled.
    ///
    /// # Errors
    /// What the system says of the listener.
    pub async fn serve(self, listener: TcpListener) -> io::Result<()> {
        let meter = self.meter.clone();
        let tidying = async move {
            loop {
                tokio::time::sleep(TIDY).await;
                meter.tidy();
            }
        };
        tokio::select! {
            ended = assay_listen::serve(listener, self.router(), std::future::pending(), BOUNDS) => ended,
            () = tidying => Ok(()),
        }
    }

    /// The three addresses.
    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/metrics", get(show_metrics))
            .route("/healthz", get(async || Json(json!({"status": "ok"}))))
            .route("/readyz", get(readyz))
            .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, ANSWER_TIME))
            .with_state(self)
    }
}

async fn show_metrics(State(admin): State<Admin>) -> Response {
    let meter = &admin.meter;
    if let Some(register) = &admin.register {
        let now = register.vitals().now();
        meter.set("assay_log_entries", now.committed as f64);
        meter.set("assay_log_published_entries", now.published as f64);
        meter.set("assay_log_lag_entries", now.committed.saturating_sub(now.published) as f64);
        meter.set("assay_log_lag_seconds", now.lag().as_secs_f64());
        meter.set("assay_leader", f64::from(now.part == Part::Leader && register.is_live()));
        meter.set("assay_lease_epoch", now.epoch as f64);
        meter.set("assay_sequencer_up", f64::from(register.is_live()));
        let vitals = register.vitals();
        let taken = |all: usize, places: &Semaphore| all.saturating_sub(places.available_permits()) as f64;
        meter.set("assay_heavy_in_use", taken(vitals::HEAVY, &vitals.heavy));
        meter.set("assay_uploads_in_use", taken(vitals::UPLOADS, &vitals.uploads));
    }
    process::measure(meter);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], meter.text()).into_response()
}

async fn readyz(State(admin): State<Admin>) -> Response {
    let stopping = admin.meter.is_stopping();
    let (ready, body) = match &admin.register {
        None => (!stopping, json!({ "status": if stopping { "stopping" } else { "ready" } })),
        Some(register) => ready(register, stopping, admin.ready_lag).await,
    };
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// Whether visitors should be sent to this node, and how it stands with it.
async fn ready(register: &Register, stopping: bool, most_lag: Duration) -> (bool, Value) {
    let answered = tokio::time::timeout(STORE_TIME, register.store_answers()).await;
    let store = match answered {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some(format!("the database did not answer within {} s", STORE_TIME.as_secs())),
    };
    let now = register.vitals().now();
    let (role, hindrance) = match &now.part {
        Part::Leader => ("leader", None),
        Part::Standby => ("standby", None),
        Part::Hindered(why) => ("none", Some(why.clone())),
    };
    let (lag, live) = (now.lag(), register.is_live());
    let (status, why) = if stopping {
        ("stopping", None)
    } else if !live {
        ("stopped", Some("the sequencer has stopped: see the register's log for the reason".to_owned()))
    } else if store.is_some() {
        ("store", store)
    } else if hindrance.is_some() {
        ("hindered", hindrance)
    } else if now.commit_time() > LONGEST_COMMIT {
        (
            "stuck",
            Some(format!(
                "a commit has not ended for {} s: see the database's disk",
                now.commit_time().as_secs()
            )),
        )
    } else if lag > most_lag {
        ("behind", Some(format!("what is published is {} s behind what is committed", lag.as_secs())))
    } else {
        ("ready", None)
    };
    let body = json!({
        "status": status, "why": why, "role": if live { role } else { "none" }, "epoch": now.epoch,
        "log_size": now.committed, "published_size": now.published,
        "lag_entries": now.committed.saturating_sub(now.published), "lag_seconds": lag.as_secs_f64(),
    });
    (status == "ready", body)
}

#[cfg(test)]
mod tests;
