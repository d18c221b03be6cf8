//! Metrics: what is counted while the register works, in the text format that Prometheus reads. A meter that is off costs a
//! branch; one that is on costs an atomic or two for each commit, publication and request, never for each entry. Labels take
//! their values from the program, never from a visitor, so how many series there are is known before it runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Label, Level, Metadata, Recorder as _};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

/// Which kind of metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Only rises.
    Counter,
    /// Rises and falls.
    Gauge,
    /// Counts in buckets, with these upper bounds.
    Histogram(&'static [f64]),
}

/// A metric as the handbook shows it.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// Its kind.
    pub kind: Kind,
    /// Its labels.
    pub labels: &'static [&'static str],
    /// What it says, in one line.
    pub help: &'static str,
}

const SECONDS: &[f64] =
    &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
const ENTRIES: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0, 4096.0, 8192.0];

const fn metric(
    name: &'static str,
    kind: Kind,
    labels: &'static [&'static str],
    help: &'static str,
) -> Metric {
    Metric { name, kind, labels, help }
}

/// Every metric there is.
#[must_use]
pub fn metrics() -> &'static [Metric] {
    use Kind::{Counter, Gauge, Histogram};
    const ALL: &[Metric] = &[
        metric("assay_build_info", Gauge, &["version"], "Always 1; the label is the program's version."),
        metric("assay_log_entries", Gauge, &[], "Entries that are committed, as far as this node knows."),
        metric("assay_log_published_entries", Gauge, &[], "Entries that the published checkpoint covers."),
        metric("assay_log_lag_entries", Gauge, &[], "Entries that are committed and not published yet."),
        metric(
            "assay_log_lag_seconds",
            Gauge,
            &[],
            "For how long the oldest committed entry has waited for its publication.",
        ),
        metric("assay_leader", Gauge, &[], "1 while this node sequences, 0 while it does not."),
        metric("assay_lease_epoch", Gauge, &[], "The number of the lease that this node held last."),
        metric(
            "assay_sequencer_up",
            Gauge,
            &[],
            "1 while the sequencer's thread is there, 0 once it has stopped.",
        ),
        metric("assay_commits_total", Counter, &[], "Commits that appended something."),
        metric("assay_commit_failures_total", Counter, &[], "Commits that the database did not take."),
        metric("assay_commit_seconds", Histogram(SECONDS), &[], "How long a commit took."),
        metric("assay_commit_entries", Histogram(ENTRIES), &[], "How many entries a commit appended."),
        metric("assay_publications_total", Counter, &[], "Publications of a larger checkpoint."),
        metric("assay_publication_failures_total", Counter, &[], "Publications that could not be written."),
        metric("assay_publication_seconds", Histogram(SECONDS), &[], "How long a publication took."),
        metric(
            "assay_submissions_total",
            Counter,
            &["outcome"],
            "Statements handed in: `logged`, `already`, `refused`, or `not-done` (the fault is the register's).",
        ),
        metric(
            "assay_refusals_total",
            Counter,
            &["id"],
            "Statements refused, by the refusal's id (`assay explain ID`).",
        ),
        metric(
            "assay_http_requests_total",
            Counter,
            &["method", "route", "status"],
            "Requests answered; status 499: the visitor went away first.",
        ),
        metric(
            "assay_http_request_seconds",
            Histogram(SECONDS),
            &["route"],
            "How long an answer took to begin.",
        ),
        metric("assay_http_requests_under_way", Gauge, &[], "Requests that are being answered."),
        metric("assay_heavy_in_use", Gauge, &[], "Pictures and snapshots being made, of 2 places."),
        metric("assay_uploads_in_use", Gauge, &[], "Catalogues being judged, of 4 places."),
        metric("process_resident_memory_bytes", Gauge, &[], "Memory of this process."),
        metric("process_virtual_memory_bytes", Gauge, &[], "Address space of this process."),
        metric("process_open_fds", Gauge, &[], "Open files and sockets of this process."),
        metric("process_max_fds", Gauge, &[], "How many it may have open."),
        metric("process_threads", Gauge, &[], "Threads of this process."),
        metric("process_cpu_seconds_total", Counter, &[], "Whole seconds of processor time."),
        metric("process_start_time_seconds", Gauge, &[], "When this process began, in seconds since 1970."),
    ];
    ALL
}

/// Counts, or does not. Copies count into the same place.
#[derive(Clone)]
pub struct Meter(Arc<Inner>);

struct Inner {
    prometheus: Option<Prometheus>,
    /// Set once somebody has asked the process to stop.
    stopping: AtomicBool,
    commits: Counter,
    commit_failures: Counter,
    commit_seconds: Histogram,
    commit_entries: Histogram,
    publications: Counter,
    publication_failures: Counter,
    publication_seconds: Histogram,
    under_way: Gauge,
}

struct Prometheus {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
}

/// Where a metric comes from; the exporter wants it and shows it nowhere.
const METADATA: Metadata<'static> = Metadata::new("assay", Level::INFO, None);

impl Meter {
    /// Counts nothing.
    #[must_use]
    pub fn off() -> Self {
        Self::with(None)
    }

    /// Counts.
    #[must_use]
    pub fn on() -> Self {
        let buckets = metrics().iter().filter_map(|metric| match metric.kind {
            Kind::Histogram(bounds) => Some((metric.name, bounds)),
            Kind::Counter | Kind::Gauge => None,
        });
        let builder = buckets.fold(PrometheusBuilder::new(), |builder, (name, bounds)| {
            let with = builder.set_buckets_for_metric(Matcher::Full(name.to_owned()), bounds);
            // It refuses an empty list of bounds alone.
            with.unwrap_or_else(|_| PrometheusBuilder::new())
        });
        let recorder = builder.build_recorder();
        for metric in metrics() {
            let (name, help) = (KeyName::from_const_str(metric.name), metric.help.into());
            match metric.kind {
                Kind::Counter => recorder.describe_counter(name, None, help),
                Kind::Gauge => recorder.describe_gauge(name, None, help),
                Kind::Histogram(_) => recorder.describe_histogram(name, None, help),
            }
        }
        let handle = recorder.handle();
        let meter = Self::with(Some(Prometheus { recorder, handle }));
        let version = vec![Label::from_static_parts("version", env!("CARGO_PKG_VERSION"))];
        meter.gauge_with("assay_build_info", version).set(1.0);
        meter
    }

    fn with(prometheus: Option<Prometheus>) -> Self {
        let recorder = prometheus.as_ref().map(|p| &p.recorder);
        let counter =
            |name| recorder.map_or_else(Counter::noop, |r| r.register_counter(&key(name), &METADATA));
        let histogram =
            |name| recorder.map_or_else(Histogram::noop, |r| r.register_histogram(&key(name), &METADATA));
        let under_way = recorder
            .map_or_else(Gauge::noop, |r| r.register_gauge(&key("assay_http_requests_under_way"), &METADATA));
        let commits = counter("assay_commits_total");
        let commit_failures = counter("assay_commit_failures_total");
        let commit_seconds = histogram("assay_commit_seconds");
        let commit_entries = histogram("assay_commit_entries");
        let publications = counter("assay_publications_total");
        let publication_failures = counter("assay_publication_failures_total");
        let publication_seconds = histogram("assay_publication_seconds");
        Self(Arc::new(Inner {
            stopping: AtomicBool::new(false),
            commits,
            commit_failures,
            commit_seconds,
            commit_entries,
            publications,
            publication_failures,
            publication_seconds,
            under_way,
            prometheus,
        }))
    }

    /// Says to whoever asks for readiness that this process is about to end.
    pub fn stopping(&self) {
        self.0.stopping.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.0.stopping.load(Ordering::SeqCst)
    }

    pub(crate) fn committed(&self, entries: u64, begun: Instant) {
        self.0.commits.increment(1);
        self.0.commit_entries.record(entries as f64);
        self.0.commit_seconds.record(begun.elapsed());
    }

    pub(crate) fn not_committed(&self) {
        self.0.commit_failures.increment(1);
    }

    pub(crate) fn published(&self, took: Duration) {
        self.0.publications.increment(1);
        self.0.publication_seconds.record(took);
    }

    pub(crate) fn not_published(&self) {
        self.0.publication_failures.increment(1);
    }

    /// A statement came to one of the outcomes of `assay_submissions_total`.
    pub(crate) fn submitted(&self, outcome: &'static str) {
        self.counter_with("assay_submissions_total", vec![Label::from_static_parts("outcome", outcome)]);
    }

    pub(crate) fn refused(&self, id: &'static str) {
        self.counter_with("assay_refusals_total", vec![Label::from_static_parts("id", id)]);
    }

    pub(crate) fn visit_begins(&self) {
        self.0.under_way.increment(1.0);
    }

    pub(crate) fn visit_ends(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        self.0.under_way.decrement(1.0);
        let Some(prometheus) = &self.0.prometheus else { return };
        let route = Label::new("route", route.to_owned());
        let status = Label::new("status", status.to_string());
        let of_all = vec![Label::from_static_parts("method", method), route.clone(), status];
        self.counter_with("assay_http_requests_total", of_all);
        let key = Key::from_parts("assay_http_request_seconds", vec![route]);
        prometheus.recorder.register_histogram(&key, &METADATA).record(took);
    }

    fn counter_with(&self, name: &'static str, labels: Vec<Label>) {
        if let Some(prometheus) = &self.0.prometheus {
            prometheus.recorder.register_counter(&Key::from_parts(name, labels), &METADATA).increment(1);
        }
    }

    fn gauge_with(&self, name: &'static str, labels: Vec<Label>) -> Gauge {
        match &self.0.prometheus {
            Some(prometheus) => prometheus.recorder.register_gauge(&Key::from_parts(name, labels), &METADATA),
            None => Gauge::noop(),
        }
    }

    /// Sets what is only looked at when somebody asks.
    pub(crate) fn set(&self, name: &'static str, value: f64) {
        self.gauge_with(name, Vec::new()).set(value);
    }

    pub(crate) fn set_total(&self, name: &'static str, value: u64) {
        if let Some(prometheus) = &self.0.prometheus {
            prometheus.recorder.register_counter(&key(name), &METADATA).absolute(value);
        }
    }

    /// Sorts what was recorded into its buckets: to be called now and then, also where nobody asks for the text.
    pub(crate) fn tidy(&self) {
        if let Some(prometheus) = &self.0.prometheus {
            prometheus.handle.run_upkeep();
        }
    }

    /// Everything that was counted, as Prometheus reads it.
    pub(crate) fn text(&self) -> String {
        self.0.prometheus.as_ref().map(|prometheus| prometheus.handle.render()).unwrap_or_default()
    }
}

fn key(name: &'static str) -> Key {
    Key::from_static_name(name)
}
