//! Asking witnesses (C2SP tlog-witness) to cosign a checkpoint before it is published. The files under it are there by then,
//! so a witness or anybody else who sees it can read what it speaks of.
//!
//! A register that holds to its policy shows no checkpoint that its readers would not believe: the earlier one stays until
//! enough witnesses have answered, and who waits for a statement to be public is told what it waits for.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use assay_log::policy::{PolicyError, QuorumError};
use assay_log::{Checkpoint, LogKey, Note, Policy};
use assay_probe::witness::{Bounds, Collected, Prove, collect};

use crate::ledger::SharedTree;
use crate::sequencer::Clock;

/// Who is asked to cosign, and what happens when they do not.
#[derive(Clone, Debug)]
pub struct Witnesses {
    policy: Vec<u8>,
    unmet: Unmet,
}

/// What is done with a checkpoint that too few witnesses cosigned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unmet {
    /// It is not published; they are asked again.
    #[default]
    Hold,
    /// It is published as it is, and the log says so.
    Publish,
}

impl std::str::FromStr for Unmet {
    type Err = String;

    fn from_str(said: &str) -> Result<Self, String> {
        match said {
            "hold" => Ok(Self::Hold),
            "publish" => Ok(Self::Publish),
            _ => Err("say `hold` or `publish`".into()),
        }
    }
}

impl std::fmt::Display for Unmet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Hold => "hold",
            Self::Publish => "publish",
        })
    }
}

/// Too few witnesses cosigned.
#[derive(Debug, thiserror::Error)]
#[error("its checkpoint is not public yet: {why}{}; it will be once they answer", told(.asked))]
pub struct Unwitnessed {
    /// What the policy misses.
    why: QuorumError,
    /// Who did not cosign, and why.
    asked: Vec<(String, String)>,
}

fn told(asked: &[(String, String)]) -> String {
    asked.iter().map(|(url, why)| format!("; {url}: {why}")).collect()
}

/// How long witnesses are waited for, and the others once enough of them have answered.
const BOUNDS: Bounds = Bounds { time: Duration::from_secs(5), grace: Duration::from_millis(100), clock: 60 };

impl Witnesses {
    /// After a C2SP tlog-policy. It need not name this log, whose key may be made by the first start only: whatever logs it
    /// names, this one's key is asked for.
    ///
    /// # Errors
    /// [`PolicyError`].
    pub fn new(policy: &[u8], unmet: Unmet) -> Result<Self, PolicyError> {
        Policy::parse(policy)?;
        Ok(Self { policy: policy.to_vec(), unmet })
    }

    /// The policy of one who reads this log.
    fn policy(&self, key: &LogKey) -> Result<Policy, PolicyError> {
        let policy = Policy::parse(&self.policy)?;
        if policy.logs().iter().any(|log| log.key() == key) {
            return Ok(policy);
        }
        Policy::parse(&[format!("log {key}\n").as_bytes(), &self.policy].concat())
    }
}

/// Has checkpoints cosigned.
pub(crate) struct Cosigning {
    policy: Policy,
    unmet: Unmet,
    clock: Clock,
    /// Which size each address cosigned last, as far as it is known.
    known: BTreeMap<String, u64>,
}

impl Cosigning {
    /// # Errors
    /// [`PolicyError`], where the policy and the log's key do not go together: it may name too many logs.
    pub(crate) fn new(witnesses: &Witnesses, key: &LogKey, clock: Clock) -> Result<Self, PolicyError> {
        Ok(Self { policy: witnesses.policy(key)?, unmet: witnesses.unmet, clock, known: BTreeMap::new() })
    }

    /// The checkpoint as it is to be published. `signed` is the log's own, `published` the one that is there: if that is the
    /// same and its readers believe it, nobody is asked.
    ///
    /// # Errors
    /// [`Unwitnessed`], under [`Unmet::Hold`].
    pub(crate) async fn cosign(
        &mut self,
        signed: &str,
        published: Option<&[u8]>,
        tree: &SharedTree,
    ) -> Result<String, Unwitnessed> {
        let there = published.and_then(|bytes| std::str::from_utf8(bytes).ok());
        if let Some(there) = there.filter(|there| there.starts_with(signed))
            && self.policy.open(there).is_ok()
        {
            return Ok(there.to_owned());
        }
        let note = Note::parse(signed).ok();
        let size = note.as_ref().and_then(|note| Checkpoint::parse(note.text()).ok()).map_or(0, |c| c.size());
        // An empty log promises nothing, and what this register signed is a checkpoint.
        let (1.., Some(note)) = (size, note) else { return Ok(signed.to_owned()) };
        let Collected { note, asked, quorum } = self.collect(note, size, tree.clone()).await;
        let mut refused = Vec::new();
        for asked in asked {
            match asked.outcome {
                Ok(()) => drop(self.known.insert(asked.url, size)),
                Err(why) => refused.push((asked.url, why)),
            }
        }
        for (url, why) in &refused {
            tracing::warn!(url, why, size, "a witness did not cosign");
        }
        match quorum {
            Err(why) if self.unmet == Unmet::Hold => Err(Unwitnessed { why, asked: refused }),
            Err(why) => {
                tracing::error!(%why, size, "a checkpoint is published that readers of the policy do not believe");
                Ok(note.to_string())
            }
            Ok(()) => Ok(note.to_string()),
        }
    }

    /// On a thread of its own, since it waits for others. Should that end in a panic, nobody cosigned.
    async fn collect(&self, note: Note, size: u64, tree: SharedTree) -> Collected {
        let (policy, known, now) = (self.policy.clone(), self.known.clone(), (self.clock)() / 1000);
        let prove: Arc<Prove> =
            Arc::new(move |old| tree.consistency_proof(old, size).map_err(|e| e.to_string()));
        let signed = note.clone();
        let collecting = move || collect(&policy, &signed, &prove, &known, now, BOUNDS);
        tokio::task::spawn_blocking(collecting).await.unwrap_or_else(|error| {
            tracing::error!(%error, "witnesses could not be asked");
            let quorum = self.policy.open(&note.to_string()).map(drop);
            Collected { note, asked: Vec::new(), quorum }
        })
    }
}
