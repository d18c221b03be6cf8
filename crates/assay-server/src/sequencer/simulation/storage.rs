//! The object storage of a simulation: one bucket in memory that all nodes share, and what may become of a request on its way
//! there. A request fails before it was carried out, or after; it is carried out when nobody waits for it any more; the
//! storage is away for a while; or the node dies at it.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

use assay_log::tiles_between;
use async_trait::async_trait;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

use super::node::{Gate, stop};
use crate::place;
use crate::publish::PublicFiles;
use crate::store::testing::Point;
use crate::testing::chance::Chance;

/// An upload that was given up by its node.
pub(super) struct Upload(Path, PutPayload, PutOptions);

/// What was done to requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mishaps {
    pub(super) before: usize,
    pub(super) after: usize,
    pub(super) late: usize,
    pub(super) late_taken: usize,
    pub(super) deaths: usize,
}

impl Mishaps {
    pub(super) fn add(&mut self, more: Self) {
        self.before += more.before;
        self.after += more.after;
        self.late += more.late;
        self.late_taken += more.late_taken;
        self.deaths += more.deaths;
    }
}

/// What decides over requests.
struct Fate {
    chance: Chance,
    /// Nothing happens any more.
    calm: bool,
    away: bool,
    late: Vec<Upload>,
    mishaps: Mishaps,
}

/// See the module.
#[derive(Clone)]
pub(super) struct Storage {
    bucket: Arc<InMemory>,
    fate: Arc<Mutex<Fate>>,
}

impl Storage {
    pub(super) fn new(seed: u64) -> Self {
        let chance = Chance::new(!seed);
        let fate = Fate { chance, calm: false, away: false, late: Vec::new(), mishaps: Mishaps::default() };
        Self { bucket: Arc::new(InMemory::new()), fate: Arc::new(Mutex::new(fate)) }
    }

    fn fate(&self) -> MutexGuard<'_, Fate> {
        self.fate.lock().unwrap()
    }

    /// The public files as a node reaches them.
    pub(super) fn files(&self, dead: &Dead, gate: &Arc<Mutex<Gate>>) -> PublicFiles {
        let way = Way { storage: self.clone(), dead: dead.clone(), gate: gate.clone() };
        PublicFiles::at(place::tests::over(Arc::new(way), "register"))
    }

    /// The public files as they are.
    pub(super) fn as_it_is(&self) -> PublicFiles {
        PublicFiles::at(place::tests::over(self.bucket.clone(), "register"))
    }

    /// A file that the log of so many entries needs and that is not there.
    pub(super) async fn missing(&self, size: u64) -> Option<String> {
        let files = self.as_it_is();
        for path in tiles_between(0, size) {
            if files.tile(&path).await.unwrap().is_none() {
                return Some(path.to_string());
            }
        }
        None
    }

    /// It goes away, or comes back.
    pub(super) fn turn(&self) {
        let mut fate = self.fate();
        fate.away = !fate.away;
    }

    /// From now on every request is carried out.
    pub(super) fn mend(&self) {
        let mut fate = self.fate();
        (fate.calm, fate.away) = (true, false);
    }

    pub(super) fn mishaps(&self) -> Mishaps {
        self.fate().mishaps
    }

    /// An upload that was given up arrives; whether there was one.
    pub(super) async fn land_late(&self) -> bool {
        let upload = {
            let mut fate = self.fate();
            let (nth, some) = (fate.chance.next() as usize, fate.late.len());
            if some == 0 {
                return false;
            }
            fate.late.swap_remove(nth % some)
        };
        let Upload(location, payload, options) = upload;
        let taken = self.bucket.put_opts(&location, payload, options).await.is_ok();
        self.fate().mishaps.late_taken += usize::from(taken);
        true
    }
}

/// Whether a node died at a request. It must be taken away then: whatever it asks for fails.
#[derive(Clone, Debug, Default)]
pub(super) struct Dead(Arc<Mutex<bool>>);

impl Dead {
    pub(super) fn is(&self) -> bool {
        *self.0.lock().unwrap()
    }

    pub(super) fn lives(&self) {
        *self.0.lock().unwrap() = false;
    }
}

/// A node's way to the storage.
struct Way {
    storage: Storage,
    dead: Dead,
    gate: Arc<Mutex<Gate>>,
}

/// What becomes of a request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Done,
    Before,
    After,
    Late,
}

impl Way {
    fn turn(&self, uploads: bool) -> Turn {
        let mut fate = self.storage.fate();
        if self.dead.is() {
            return Turn::Before;
        }
        if fate.calm {
            return Turn::Done;
        }
        let turn = match fate.chance.below(if uploads { 16 } else { 100 }) {
            _ if fate.away => Turn::Before,
            0 => Turn::Before,
            1 if uploads => Turn::After,
            2 if uploads => Turn::Late,
            3 => {
                fate.mishaps.deaths += 1;
                *self.dead.0.lock().unwrap() = true;
                if fate.chance.once_in(2) { Turn::Before } else { Turn::After }
            }
            _ => Turn::Done,
        };
        match turn {
            Turn::Done => {}
            Turn::Before => fate.mishaps.before += 1,
            Turn::After => fate.mishaps.after += 1,
            Turn::Late => fate.mishaps.late += 1,
        }
        turn
    }
}

fn failed() -> Error {
    Error::Generic { store: "simulation", source: "no answer".into() }
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Way")
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a simulation")
    }
}

#[async_trait]
impl ObjectStore for Way {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        let bucket = &self.storage.bucket;
        match self.turn(true) {
            Turn::Done => bucket.put_opts(location, payload, options).await,
            Turn::Before => Err(failed()),
            Turn::After => {
                // What the storage makes of it is what nobody learns.
                let _ = bucket.put_opts(location, payload, options).await;
                Err(failed())
            }
            Turn::Late => {
                self.storage.fate().late.push(Upload(location.clone(), payload, options));
                Err(failed())
            }
        }
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let sequences = self.gate.lock().unwrap().sequences;
        // Others go on while a sequencer reads.
        if sequences && stop(self.gate.clone(), Point::Fetches).await.is_err() {
            return Err(failed());
        }
        match self.turn(false) {
            Turn::Done => self.storage.bucket.get_opts(location, options).await,
            _ => Err(failed()),
        }
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        match self.turn(false) {
            Turn::Done | Turn::After => self.storage.bucket.delete_stream(locations),
            _ => stream::iter([Err(failed())]).boxed(),
        }
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        match self.turn(false) {
            Turn::Done => self.storage.bucket.list(prefix),
            _ => stream::iter([Err(failed())]).boxed(),
        }
    }

    async fn put_multipart_opts(&self, _: &Path, _: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        Err(Error::NotImplemented { operation: "put_multipart".into(), implementer: "Way".into() })
    }

    async fn list_with_delimiter(&self, _: Option<&Path>) -> Result<ListResult> {
        Err(Error::NotImplemented { operation: "list_with_delimiter".into(), implementer: "Way".into() })
    }

    async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> Result<()> {
        Err(Error::NotImplemented { operation: "copy".into(), implementer: "Way".into() })
    }
}
