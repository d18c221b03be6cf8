//! Collecting cosignatures: a log's side of C2SP `tlog-witness`. Every witness of a policy that has an address is asked at
//! once; one that is slow, gone or broken costs the others nothing, and no answer is taken that `assay-log` has not
//! verified.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use assay_log::note::NoteSignature;
use assay_log::policy::QuorumError;
use assay_log::witness::{AddCheckpoint, AnswerError, read_answer};
use assay_log::{CosignerKey, Hash, Note, Policy};

use crate::{Fetcher, Reach};

/// Gives the consistency proof from an earlier size of the log to the checkpoint's, or says why not. It is called from
/// several threads, and not for 0 or for the checkpoint's own size.
pub type Prove = dyn Fn(u64) -> Result<Vec<Hash>, String> + Send + Sync;

/// The bounds of a collection.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// For how long witnesses are waited for in all.
    pub time: Duration,
    /// For how long the others are waited for once the quorum is met.
    pub grace: Duration,
    /// How far a witness's clock may be ahead of ours, in seconds.
    pub clock: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { time: Duration::from_secs(10), grace: Duration::from_millis(500), clock: 60 }
    }
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Collected {
    /// The checkpoint with the cosignatures that were given.
    pub note: Note,
    /// Whom was asked, and what came of it, in the order of the answers; who did not answer in time comes last.
    pub asked: Vec<Asked>,
    /// Whether the policy believes the checkpoint now; else what is missing.
    pub quorum: Result<(), QuorumError>,
}

/// One address that was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The address, without `/add-checkpoint`.
    pub url: String,
    /// The witnesses there, by their names in the policy.
    pub witnesses: Vec<String>,
    /// Cosigned, or why not.
    pub outcome: Result<(), String>,
}

/// The most bytes of an answer that are read.
const MOST: u64 = 262_144;
/// How often one witness is asked: once with what is remembered of it, once with what it says, once more if it moved on.
const ATTEMPTS: u32 = 3;

/// One address, and the keys of the witnesses there.
type Place = (String, Vec<(String, CosignerKey)>);

/// Asks the policy's witnesses to cosign a checkpoint, `note`, which the log has signed. `known` says for an address which
/// size the witness there cosigned last, as far as it is remembered: a wrong one costs a second request. `now` is in
/// seconds since 1970.
#[must_use]
pub fn collect(
    policy: &Policy,
    note: &Note,
    prove: &Arc<Prove>,
    known: &BTreeMap<String, u64>,
    now: u64,
    bounds: Bounds,
) -> Collected {
    let (send, answers) = channel();
    let mut open = places(policy);
    for (url, keys) in &open {
        let (send, prove, note) = (send.clone(), Arc::clone(prove), note.clone());
        let (url, keys) = (url.clone(), keys.clone());
        let old = known.get(&url).copied().unwrap_or(0);
        // A thread that is not waited for ends with its own exchange, which is bounded in time.
        std::thread::spawn(move || {
            let keys: Vec<CosignerKey> = keys.into_iter().map(|(_, key)| key).collect();
            let given =
                ask(&url, &keys, &note, prove.as_ref(), old, now.saturating_add(bounds.clock), bounds.time);
            // Nobody listens any more where the time was up.
            let _ = send.send((url, given));
        });
    }
    drop(send);
    let (mut end, mut asked) = (Instant::now() + bounds.time, Vec::new());
    let mut note = note.clone();
    let mut quorum = policy.open(&note.to_string()).map(drop);
    while !open.is_empty() {
        let (url, given) = match answers.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
        };
        let outcome = given.and_then(|lines| {
            note = note.clone().with_signatures(lines).map_err(|error| error.to_string())?;
            Ok(())
        });
        if let Some(at) = open.iter().position(|(other, _)| *other == url) {
            asked.push(told(open.remove(at), outcome));
        }
        quorum = policy.open(&note.to_string()).map(drop);
        if quorum.is_ok() {
            end = end.min(Instant::now() + bounds.grace);
        }
    }
    let late = format!("no answer within {} ms", bounds.time.as_millis());
    asked.extend(open.into_iter().map(|place| told(place, Err(late.clone()))));
    Collected { note, asked, quorum }
}

fn told((url, keys): Place, outcome: Result<(), String>) -> Asked {
    Asked { url, witnesses: keys.into_iter().map(|(name, _)| name).collect(), outcome }
}

/// The policy's witnesses by address: one request asks for all keys of a witness.
fn places(policy: &Policy) -> Vec<Place> {
    let mut places: BTreeMap<String, Vec<(String, CosignerKey)>> = BTreeMap::new();
    for witness in policy.witnesses() {
        if let Some(url) = witness.url().and_then(|url| url.as_text()) {
            let keys = places.entry(url.trim_end_matches('/').to_owned()).or_default();
            keys.push((witness.name().to_string(), witness.key().clone()));
        }
    }
    places.into_iter().collect()
}

/// One witness: its lines, each verified, or why there are none.
fn ask(
    url: &str,
    keys: &[CosignerKey],
    note: &Note,
    prove: &Prove,
    mut old: u64,
    latest: u64,
    time: Duration,
) -> Result<Vec<NoteSignature>, String> {
    let fetcher = Fetcher::within(Reach::Named, url, time).map_err(|error| error.to_string())?;
    for _ in 0..ATTEMPTS {
        let request = AddCheckpoint::new(old, Vec::new(), note.clone()).map_err(|error| error.to_string())?;
        let size = request.checkpoint().size();
        if old > size {
            return Err(format!(
                "the witness cosigned {old} entries already, and this checkpoint has {size}"
            ));
        }
        let request = match old {
            0 => request,
            _ if old == size => request,
            _ => AddCheckpoint::new(old, prove(old)?, note.clone()).map_err(|error| error.to_string())?,
        };
        let place = format!("{url}/add-checkpoint");
        let answer =
            fetcher.post(&place, "text/plain; charset=utf-8", request.to_string().into_bytes(), MOST);
        let answer = answer.map_err(|error| error.to_string())?;
        let kind = Some(answer.content_type.as_str());
        match read_answer(&request, answer.status, kind, &answer.body, keys, latest) {
            Ok(lines) => return Ok(lines),
            Err(AnswerError::BeginAt(last)) if last != old => old = last,
            Err(error) => return Err(error.to_string()),
        }
    }
    Err("the witness names another size each time it is asked".into())
}
