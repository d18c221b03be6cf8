//! The reading side of the register: what is published, entries and their proofs, and what the register signs on request
//! because it follows from the log (labels and snapshots). Pages and the API get this handle; nothing can be appended
//! with it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use assay::date::Date;
use assay::digital_link::Base;
use assay::fold::{Product, State};
use assay::gtin::Gtin14;
use assay::label::{LabelError, LabelFacts, SignedLabel};
use assay::scheme::Scheme;
use assay::snapshot::{Basis, Snapshot, SnapshotError};
use assay::statement::ProductId;
use assay::trust::{Logged, LoggedError, Trust};
use assay_gate::{Lookups, Numbers};
use assay_label::house::House;
use tokio::sync::watch;

use crate::given::Given;
use crate::keys::Keys;
use crate::publish::PublicFiles;
use crate::publisher;
use crate::store::{StoreError, Views};

/// What is published of the register.
pub(crate) type Published = publisher::Published<Arc<State>>;

/// Reads; see the module. Copies are cheap and see the same log.
#[derive(Clone)]
pub(crate) struct Reader {
    published: watch::Receiver<Arc<Published>>,
    views: Views,
    keys: Arc<Keys>,
    /// The public halves of the keys.
    pub(crate) trust: Arc<Trust>,
    pub(crate) files: PublicFiles,
    /// The address under which people reach the register.
    pub(crate) base: Base,
    /// The words and colours of its labels.
    pub(crate) house: Option<&'static House>,
    today: Arc<dyn Fn() -> Date + Send + Sync>,
    /// The snapshot that was made last.
    made: Arc<Mutex<Option<Made>>>,
    /// Those that were made before.
    given: Given,
    /// The snapshot that was opened last.
    opened: Arc<Mutex<Option<Arc<Opened>>>>,
}

/// A snapshot that can be given out again as long as neither the log nor the day has changed.
struct Made {
    size: u64,
    issued: Date,
    bytes: Arc<[u8]>,
}

/// A snapshot as the gate judges by it, and what was laid out for the lookups that were asked of it.
pub(crate) struct Opened {
    /// The log's size and the day that it is of; none of one that was lent.
    of: Option<(u64, Date)>,
    pub(crate) snapshot: Arc<Snapshot>,
    numbers: Arc<Numbers<Arc<Snapshot>>>,
    /// When it was there, and how long it took to make it.
    since: Instant,
    took: Duration,
    /// The latest last.
    lookups: Mutex<Vec<Arc<Lookups>>>,
}

/// So many schemes and days are kept laid out: whoever asks for one day after another makes the register lay out each again, and
/// fill no more than these places.
const LAID_OUT: usize = 32;

/// A snapshot that is made faster than this is made again for every question after the log went on.
const AT_ONCE: Duration = Duration::from_millis(50);
/// Of a large register it is used for so many times as long as it took to make it, so that who asks does not keep the register
/// making snapshots, one for every entry of a busy log;
const TIMES: u32 = 20;
/// and no longer than this.
const MOST_BEHIND: Duration = Duration::from_secs(60);

impl Opened {
    fn new(of: Option<(u64, Date)>, snapshot: Snapshot, began: Instant) -> Arc<Self> {
        let snapshot = Arc::new(snapshot);
        let numbers = Arc::new(Numbers::new(snapshot.clone(), assay_gate::Engine::best()));
        let (since, took) = (Instant::now(), began.elapsed());
        Arc::new(Self { of, snapshot, numbers, since, took, lookups: Mutex::default() })
    }

    /// Whether questions are answered by it when the log has a size, on a day.
    fn serves(&self, size: u64, today: Date) -> bool {
        self.of
            .is_none_or(|(of, day)| day == today && (of == size || is_fresh(self.since.elapsed(), self.took)))
    }

    /// What numbers are looked up in, under a scheme on a day.
    pub(crate) fn lookups(&self, scheme: &'static Scheme, on: Date) -> Arc<Lookups> {
        let is_it = |laid: &&Arc<Lookups>| laid.judge().on() == on && laid.scheme().id == scheme.id;
        let kept = || self.lookups.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(laid) = kept().iter().find(is_it) {
            return laid.clone();
        }
        // Outside of the lock: two who ask at once lay it out twice, and nobody waits for another's.
        let laid = Arc::new(Lookups::new(self.numbers.clone(), scheme, on));
        let mut kept = kept();
        if kept.len() >= LAID_OUT {
            kept.remove(0);
        }
        kept.push(laid.clone());
        laid
    }
}

/// Whether a snapshot that took so long to make, and is so old, still serves after the log went on.
fn is_fresh(age: Duration, took: Duration) -> bool {
    took >= AT_ONCE && age < (took * TIMES).min(MOST_BEHIND)
}

/// Why something that should follow from the log was not given.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Nobody declared such a product.
    #[error("there is no product {0} in this register")]
    ProductUnknown(ProductId),
    /// Withdrawn.
    #[error("the maker took the declaration of product {0} back: it carries no label")]
    Withdrawn(ProductId),
    /// Suspended.
    #[error("the label of product {product} under {scheme} is suspended since entry {index} of the log")]
    Suspended {
        /// The product.
        product: ProductId,
        /// The scheme.
        scheme: String,
        /// The entry that says so.
        index: u64,
    },
    /// Several makers claim the number: until that is decided nobody gets a label for it.
    #[error("GTIN {0} is disputed: several makers claim it, so nobody gets a label for it")]
    Disputed(Gtin14),
    /// It was decided to be somebody else's number.
    #[error(
        "GTIN {gtin} was decided not to be that of product {product}'s maker: it carries no label under it"
    )]
    NotTheirs {
        /// The product.
        product: ProductId,
        /// The number.
        gtin: Gtin14,
    },
    /// No label under the scheme.
    #[error("product {product} carries no label under {scheme}")]
    NoLabel {
        /// The product.
        product: ProductId,
        /// The scheme.
        scheme: String,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The label's own rules.
    #[error(transparent)]
    Label(#[from] LabelError),
    /// The snapshot's own rules.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The entry and its proof do not agree: the database was changed under the running register.
    #[error(
        "entry {index} no longer agrees with the log's tree: {source}; stop the register and restore its database"
    )]
    Unproven {
        /// The entry.
        index: u64,
        /// What disagrees.
        source: LoggedError,
    },
}

impl Reader {
    /// A reader of what the sequencer publishes from now on.
    pub(crate) fn new(
        published: watch::Receiver<Arc<Published>>,
        views: Views,
        keys: Arc<Keys>,
        files: PublicFiles,
        (base, house): (Base, Option<&'static House>),
        today: Arc<dyn Fn() -> Date + Send + Sync>,
    ) -> Self {
        let trust = Arc::new(keys.trust());
        Self {
            published,
            views,
            keys,
            trust,
            files,
            base,
            house,
            today,
            made: Arc::default(),
            given: Given::default(),
            opened: Arc::default(),
        }
    }

    /// Closes the database for reading.
    pub(crate) async fn close(&self) {
        self.views.close().await;
    }

    /// What is published now. Hold on to the value while one answer is made, so that the answer speaks of one log.
    pub(crate) fn now(&self) -> Arc<Published> {
        self.published.borrow().clone()
    }

    /// Whether the sequencer is there.
    pub(crate) fn is_live(&self) -> bool {
        // The sending half lives in the sequencer and goes with it.
        self.published.has_changed().is_ok()
    }

    /// Whether the database answers.
    pub(crate) async fn store_answers(&self) -> Result<(), StoreError> {
        self.views.answers().await
    }

    pub(crate) fn today(&self) -> Date {
        (self.today)()
    }

    /// An entry's bytes, if it is published.
    pub(crate) async fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        if index >= self.now().size { Ok(None) } else { self.views.entry(index).await.map(Some) }
    }

    /// The label a product carries under a scheme, for one of its GTINs (the first that is its maker's where none is named).
    ///
    /// It goes through the log: the entry, its proof under the published checkpoint, and only then the facts.
    pub(crate) async fn signed_label(
        &self,
        product: &ProductId,
        scheme: &str,
        gtin: Option<Gtin14>,
    ) -> Result<SignedLabel, ReadError> {
        self.signed_label_of(&self.now(), product, scheme, gtin).await
    }

    /// The same by a log that is held on to, so that one answer speaks of one log.
    pub(crate) async fn signed_label_of(
        &self,
        now: &Published,
        product: &ProductId,
        scheme: &str,
        gtin: Option<Gtin14>,
    ) -> Result<SignedLabel, ReadError> {
        let found = now.state.product(product).ok_or_else(|| ReadError::ProductUnknown(*product))?;
        if found.withdrawn.is_some() {
            return Err(ReadError::Withdrawn(*product));
        }
        if let Some(index) = found.suspended.get(scheme) {
            let (product, scheme, index) = (*product, scheme.to_owned(), *index);
            return Err(ReadError::Suspended { product, scheme, index });
        }
        let label = found.schemes.get(scheme).and_then(|standing| standing.label.as_ref());
        let (index, labelled) =
            label.ok_or_else(|| ReadError::NoLabel { product: *product, scheme: scheme.to_owned() })?;
        // A label that was stated before a decision still names the number that was lost by it.
        let lost = |gtin: &Gtin14| is_lost(now, found, *gtin);
        let first = || labelled.gtins.iter().find(|gtin| !lost(gtin)).or(labelled.gtins.first());
        let gtin = gtin.or_else(|| first().copied());
        if let Some(gtin) = gtin {
            if now.state.is_disputed(gtin) {
                return Err(ReadError::Disputed(gtin));
            }
            if lost(&gtin) {
                return Err(ReadError::NotTheirs { product: *product, gtin });
            }
        }
        let entry = self.views.entry(*index).await?;
        let unproven = |source| ReadError::Unproven { index: *index, source };
        let proof = now.proof(*index).map_err(|e| unproven(e.into()))?;
        let logged = Logged::open(&entry, &proof, &self.trust).map_err(unproven)?;
        Ok(SignedLabel::issue(
            LabelFacts::from_logged(&logged, gtin)?,
            &self.keys.register,
            self.base.as_str(),
        )?)
    }

    /// Whether a number is a product's without anybody else's claim or a decision against it.
    pub(crate) fn is_theirs(&self, now: &Published, product: &Product, gtin: Gtin14) -> bool {
        !now.state.is_disputed(gtin) && !is_lost(now, product, gtin)
    }

    /// The shop's file over the published log, made today. It takes time where the register is large: not to be called
    /// where others wait.
    pub(crate) fn snapshot(&self) -> Result<Arc<[u8]>, SnapshotError> {
        let (now, issued) = (self.now(), self.today());
        // Held while one is made: whoever asks meanwhile gets the same one instead of making another.
        let mut last = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = last.as_ref().filter(|made| (made.size, made.issued) == (now.size, issued)) {
            return Ok(made.bytes.clone());
        }
        let basis = Basis {
            // The size rises with every statement, and two snapshots of one size say the same.
            number: now.size,
            log_origin: self.trust.origin().to_owned(),
            log_size: now.size,
            root: *now.root.as_bytes(),
            checkpoint: now.checkpoint.clone(),
            own_numbers: false,
            issued,
            valid_until: issued
                .checked_add(jiff::Span::new().days(assay::snapshot::MOST_DAYS))
                .unwrap_or(Date::MAX),
        };
        let bytes: Arc<[u8]> =
            Arc::from(Snapshot::seal(now.state.for_snapshot(), &basis, &self.keys.register)?);
        *last = Some(Made { size: now.size, issued, bytes: bytes.clone() });
        self.given.keep(&bytes);
        Ok(bytes)
    }

    /// What changed since a snapshot that was given out, known by the digest of its body; none where it is not known any more.
    /// It takes as long as opening two.
    pub(crate) fn changes(&self, since: &str) -> Result<Option<Arc<[u8]>>, SnapshotError> {
        let open = |bytes: &[u8]| Snapshot::open(bytes, self.trust.register(), self.trust.origin());
        let now = self.snapshot()?;
        if let Some(made) = self.given.changes(since, &now) {
            return Ok(Some(made));
        }
        let Some(old) = self.given.find(since) else { return Ok(None) };
        let changes = open(&old)?.delta(&open(&now)?).into();
        self.given.keep_changes(since, &now, &changes);
        Ok(Some(changes))
    }

    /// The same, read back: what the gate on the web judges with is what a shop would download. It takes time where the register
    /// is large, unless it was opened before: not to be called where others wait.
    pub(crate) fn opened_snapshot(&self) -> Result<Arc<Opened>, SnapshotError> {
        if let Some(opened) = self.opened_before() {
            return Ok(opened);
        }
        let (began, of) = (Instant::now(), (self.now().size, self.today()));
        let bytes = self.snapshot()?;
        let snapshot = Snapshot::open(&bytes, self.trust.register(), self.trust.origin())?;
        // A log that went on meanwhile gave a later snapshot: it is then opened once more for whoever asks next.
        let opened = Opened::new(Some(of), snapshot, began);
        *self.opened.lock().unwrap_or_else(PoisonError::into_inner) = Some(opened.clone());
        Ok(opened)
    }

    /// The opened snapshot of today and of the published log, or of a large one's last minute, if there is one.
    pub(crate) fn opened_before(&self) -> Option<Arc<Opened>> {
        let size = self.published.borrow().size;
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner).clone();
        opened.filter(|opened| opened.serves(size, self.today()))
    }

    /// Judges by a snapshot of somebody else from now on: for measuring.
    pub(crate) fn lend(&self, snapshot: Snapshot) {
        *self.opened.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Opened::new(None, snapshot, Instant::now()));
    }
}

/// Whether it was decided that a number is not that of the product's maker.
pub(crate) fn is_lost(now: &Published, product: &Product, gtin: Gtin14) -> bool {
    now.state.decision(gtin).is_some_and(|d| d.against.contains(&product.declaration.maker))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_that_takes_long_is_not_made_for_every_entry_and_none_is_older_than_a_minute() {
        let ms = Duration::from_millis;
        for (age, took, fresh) in [
            (ms(1), ms(49), false),
            (ms(999), ms(50), true),
            (ms(1_000), ms(50), false),
            (ms(59_999), ms(9_000), true),
            (ms(60_000), ms(9_000), false),
        ] {
            assert_eq!(is_fresh(age, took), fresh, "{age:?} after {took:?}");
        }
    }
}
