//! What is published, and where: checkpoints that witnesses cosigned before anybody saw them, and public files in a bucket,
//! with either of them away for a while.

use std::time::Duration;

use assay_log::{Cosigner, LogKey, Policy};
use assay_watch::witness;
use object_store::ObjectStore;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::place::PublicPlace;
use crate::place::tests::{bucket, client, over, s3_at};
use crate::publish::PublicFiles;
use crate::sequencer::{NotDone, Step};
use crate::testing::*;
use crate::upkeep::fsck;
use crate::{Config, Register, SubmitError, Unmet, Witnesses};

/// A witness of the houses' log, which can be away.
struct North {
    state: TempDir,
    address: String,
    key: LogKey,
    serving: Option<JoinHandle<()>>,
}

fn north() -> Cosigner {
    Cosigner::ed25519("north.example/w", [30; 32]).unwrap()
}

/// The key of every house's log, which comes of the same randomness.
async fn log_key() -> LogKey {
    let house = House::new().await;
    let key = LogKey::from(house.register.trust().log().clone());
    house.shut().await;
    key
}

impl North {
    /// Not there yet, but it has an address.
    async fn away() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        Self { state: tempfile::tempdir().unwrap(), address, key: log_key().await, serving: None }
    }

    async fn comes(&mut self) {
        let config = witness::Config {
            state: self.state.path().to_owned(),
            logs: vec![self.key.clone()],
            cosigners: vec![north()],
            now: Arc::new(|| now() / 1000),
            per_minute: 1_000,
        };
        let router = witness::Witness::open(config).unwrap().router();
        let listener = TcpListener::bind(&self.address).await.unwrap();
        self.serving = Some(tokio::spawn(async move {
            axum::serve(listener, router.into_make_service_with_connect_info::<std::net::SocketAddr>())
                .await
                .unwrap();
        }));
    }

    async fn goes(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.abort();
            let _ = serving.await;
        }
    }

    /// What readers ask for: the log's key and this witness's.
    fn policy(&self) -> Policy {
        format!("log {}\n{}", self.key, self.asks()).parse().unwrap()
    }

    fn asks(&self) -> String {
        format!("witness north {} http://{}\nquorum north\n", north().key(), self.address)
    }

    fn believes(&self, checkpoint: &str) -> bool {
        self.policy().open(checkpoint).is_ok()
    }
}

fn witnessed(data: std::path::PathBuf, north: &North, unmet: Unmet) -> Config {
    // The policy need not name the log.
    let witnesses = Witnesses::new(north.asks().as_bytes(), unmet).unwrap();
    Config { witnesses: Some(witnesses), ..config(data) }
}

async fn opened(config: Config, folder: TempDir) -> House {
    House { register: Register::open(config).await.unwrap(), folder }
}

fn published(house: &House) -> String {
    std::fs::read_to_string(house.public("log/checkpoint")).unwrap()
}

/// Waits until what is published has a size.
async fn grows_to(house: &House, size: u64) {
    for _ in 0..100 {
        if house.register.state().size() == size {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{} entries are published, not {size}", house.register.state().size());
}

#[tokio::test]
async fn a_checkpoint_is_public_once_its_witnesses_cosigned_it() {
    let (mut north, folder) = (North::away().await, tempfile::tempdir().unwrap());
    north.comes().await;
    let data = folder.path().join("data");
    let house = opened(witnessed(data.clone(), &north, Unmet::Hold), folder).await;
    house.registers(2).await;
    let shown = published(&house);
    assert!(north.believes(&shown), "{shown}");
    assert_eq!(house.register.checkpoint(), shown);
    assert!(house.register.proof(0).unwrap().to_string().contains("north.example/w"));
    assert_eq!(house.is_sound().await, 1);

    // Away: the statement is in the log, is not public, and who waits is told for whom.
    north.goes().await;
    let said = house.submit(declared(2, |_| {})).await.unwrap_err();
    assert!(matches!(&said, SubmitError::NotDone(NotDone::Publish(_))), "{said:?}");
    let said = said.to_string();
    assert!(
        said.contains("is in the log") && said.contains("not public yet") && said.contains(&north.address),
        "{said}"
    );
    assert_eq!((published(&house), house.register.state().size()), (shown.clone(), 1));

    // A start meanwhile goes well, shows what was shown, and asks on.
    let folder = house.shut().await;
    let house = opened(witnessed(data.clone(), &north, Unmet::Hold), folder).await;
    assert_eq!(published(&house), shown);
    // What is public already is answered; what is in the log and not public is not.
    assert!(house.submit(registration(2)).await.unwrap().already);
    assert!(house.submit(declared(2, |_| {})).await.is_err());
    north.comes().await;
    for _ in 0..100 {
        if published(&house) != shown {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(north.believes(&published(&house)) && published(&house) != shown);
    assert_eq!(house.is_sound().await, 4);
    let again = house.submit(declared(2, |_| {})).await.unwrap();
    assert!(again.already, "{again:?}");

    // What was cosigned is not asked for again.
    north.goes().await;
    let shown = published(&house);
    let folder = house.shut().await;
    let house = opened(witnessed(data.clone(), &north, Unmet::Hold), folder).await;
    assert_eq!((published(&house), house.register.checkpoint()), (shown.clone(), shown.clone()));
    assert_eq!(house.is_sound().await, 4);

    // Nor is a cosignature believed that is none.
    let _folder = house.shut().await;
    let policy = north.policy();
    let looked = async || fsck(&data, database(&data).as_deref(), None, Some(&policy)).await;
    assert_eq!(looked().await.unwrap().size, 4);
    let (end, file) = (shown.len() - 3, data.join("public/log/checkpoint"));
    let flipped = if shown.as_bytes()[end - 9] == b'A' { "B" } else { "A" };
    std::fs::write(file, format!("{}{flipped}{}", &shown[..end - 9], &shown[end - 8..])).unwrap();
    let said = looked().await.unwrap_err().to_string();
    assert!(said.contains("does not hold to the policy"), "{said}");
}

#[tokio::test]
async fn a_register_in_use_publishes_what_was_held_once_witnesses_answer() {
    let (mut north, folder) = (North::away().await, tempfile::tempdir().unwrap());
    let house = opened(witnessed(folder.path().join("data"), &north, Unmet::Hold), folder).await;
    house.submit(registration(2)).await.unwrap_err();
    house.submit(declared(2, |_| {})).await.unwrap_err();
    assert_eq!(house.register.state().size(), 0);
    north.comes().await;
    grows_to(&house, 4).await;
    assert!(north.believes(&published(&house)));
    assert_eq!(house.is_sound().await, 4);
}

#[tokio::test]
async fn who_would_rather_publish_publishes_without_them() {
    let (north, folder) = (North::away().await, tempfile::tempdir().unwrap());
    let house = opened(witnessed(folder.path().join("data"), &north, Unmet::Publish), folder).await;
    house.registers(2).await;
    assert!(!north.believes(&published(&house)));
    assert_eq!(house.is_sound().await, 1);
}

/// A register whose public files lie in a bucket.
fn in_bucket(data: std::path::PathBuf, store: Arc<dyn ObjectStore>) -> Config {
    Config { files: Some(PublicPlace(over(store, "register"))), ..config(data) }
}

async fn a_bucket_holds_the_public_files() {
    let (folder, there) = (tempfile::tempdir().unwrap(), bucket());
    let (address, serving) = s3_at("127.0.0.1:0", there.path()).await;
    let store = client(&address, "of keys");
    let data = folder.path().join("data");
    let house = opened(in_bucket(data.clone(), store.clone()), folder).await;
    house.registers(2).await;
    for n in 0..90 {
        let other = |d: &mut assay::declaration::Declaration| {
            d.product.model = format!("M-{n}");
            d.product.gtins.clear();
        };
        house.submit(declared(2, other)).await.unwrap();
    }
    assert_eq!(house.is_sound().await, 271);
    let public = there.path().join("public/register");
    assert!(public.join("trust.txt").is_file() && !data.join("public").exists());
    // Of a tile that is full the partial ones are gone.
    assert!(public.join("log/tile/0/000").is_file() && !public.join("log/tile/0/000.p/15").exists());

    // Away: nothing is signed over what cannot be compared, and nobody is told otherwise. Back: it goes on by itself.
    serving.abort();
    let _ = serving.await;
    let late = registration(3);
    let said = house.submit(late.clone()).await.unwrap_err().to_string();
    assert!(said.contains("s3://public/register/log/checkpoint"), "{said}");
    let (again, serving) = s3_at(address.trim_start_matches("http://"), there.path()).await;
    assert_eq!(again, address);
    let receipt = house.submit(late.clone()).await.unwrap();
    assert_eq!((receipt.index, house.is_sound().await), (271, 272));

    // A start finds everything there, and mends what is missing.
    let folder = house.shut().await;
    std::fs::remove_file(public.join("log/tile/entries/000")).unwrap();
    let house = opened(in_bucket(data.clone(), store.clone()), folder).await;
    assert_eq!(house.is_sound().await, 272);

    // Other bytes are found, and nothing is written over them.
    let folder = house.shut().await;
    std::fs::write(public.join("log/tile/0/000"), "x").unwrap();
    let files = || Some(PublicPlace(over(store.clone(), "register")));
    let said = fsck(&data, database(&data).as_deref(), files(), None).await.unwrap_err();
    assert!(said.is_finding() && said.to_string().contains("s3://public/register/log/tile/0/000"), "{said}");
    drop((folder, serving));
}

async fn wherever_the_plug_is_pulled_a_bucket_is_whole_after_the_next_start() {
    for step in [Step::Signed, Step::Committed, Step::Published] {
        let (folder, there) = (tempfile::tempdir().unwrap(), bucket());
        let (address, _serving) = s3_at("127.0.0.1:0", there.path()).await;
        let store = client(&address, "of keys");
        let data = folder.path().join("data");
        let plugged = in_bucket(data.clone(), store.clone());
        let register = Register::open_with_plug(plugged, pulled_at(step, 2)).await.unwrap();
        let house = House { register, folder };
        house.registers(2).await;
        house.submit(declared(2, |_| {})).await.unwrap_err();
        let folder = house.shut().await;
        let house = opened(in_bucket(data, store), folder).await;
        house.submit(declared(2, |_| {})).await.unwrap();
        assert_eq!(house.is_sound().await, 4, "{step:?}");
    }
}

on_both!(a_bucket_holds_the_public_files, wherever_the_plug_is_pulled_a_bucket_is_whole_after_the_next_start);

/// A folder elsewhere than in the data folder.
#[tokio::test]
async fn public_files_may_lie_in_another_folder() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (data, web) = (folder.path().join("data"), elsewhere.path().join("web"));
    let place = PublicPlace::parse(web.to_str().unwrap()).unwrap();
    let house = opened(Config { files: Some(place), ..config(data.clone()) }, folder).await;
    house.registers(2).await;
    assert_eq!(house.is_sound().await, 1);
    assert!(web.join("log/checkpoint").is_file() && !data.join("public").exists());
    assert!(PublicFiles::new(web).checkpoint().await.unwrap().is_some());
}
