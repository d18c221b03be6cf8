//! The three promises of the module, held against a folder, against object_store's own memory, and against an S3 server that
//! others wrote, over signed requests.

use std::sync::Arc;

use axum::Router;
use axum::error_handling::HandleError;
use axum::http::StatusCode;
use object_store::aws::AmazonS3Builder;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{Attribute, ObjectStore, ObjectStoreExt as _, RetryConfig};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::task::JoinHandle;

use super::*;

/// Serves a folder, whose folders are buckets, as S3; gives its address. It ends when it is aborted.
pub(crate) async fn s3_at(listen: &str, folder: &std::path::Path) -> (String, JoinHandle<()>) {
    let mut service = S3ServiceBuilder::new(FileSystem::new(folder).unwrap());
    service.set_auth(SimpleAuth::from_single("maker", "of keys"));
    let failed =
        |error: s3s::HttpError| async move { (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:?}")) };
    let router = Router::new().fallback_service(HandleError::new(service.build(), failed));
    let listener = tokio::net::TcpListener::bind(listen).await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (format!("http://{address}"), serving)
}

/// A client of such a server; it does not try again for long.
pub(crate) fn client(address: &str, secret: &str) -> Arc<dyn ObjectStore> {
    super::bucket::provide_tls();
    let store = AmazonS3Builder::new()
        .with_endpoint(address)
        .with_allow_http(true)
        .with_region("eu-west-2")
        .with_access_key_id("maker")
        .with_secret_access_key(secret)
        .with_bucket_name("public")
        .with_retry(RetryConfig { max_retries: 1, ..RetryConfig::default() })
        .build()
        .unwrap();
    Arc::new(store)
}

pub(crate) fn over(store: Arc<dyn ObjectStore>, prefix: &str) -> Place {
    Place::Bucket(Bucket::over(store, Path::parse(prefix).unwrap(), "public"))
}

async fn bytes(place: &Place, name: &str) -> Option<Vec<u8>> {
    let found = place.read(name).await.unwrap().map(|found| found.bytes);
    assert_eq!(place.read_aside(name).await.unwrap(), found, "{name}");
    found
}

fn file(name: &str, bytes: &str) -> (String, Vec<u8>) {
    (name.to_owned(), bytes.into())
}

/// What is expected of any place; `knows_versions` is whether it knows by itself that others replaced a file.
async fn keeps_its_promises(place: &Place, knows_versions: bool) {
    assert_eq!(bytes(place, "log/checkpoint").await, None);
    assert_eq!(place.list("log/tile").await.unwrap(), Vec::<String>::new());
    place.remove_all("log/tile/0/000.p").await.unwrap();
    place.keep(vec![]).await.unwrap();

    let mut files: Vec<_> =
        (0..70).map(|n| file(&format!("log/tile/0/x001/{n:03}"), &n.to_string())).collect();
    files.extend([
        file("log/tile/0/000.p/7", "seven"),
        file("log/tile/0/000.p/9", "nine"),
        file("trust.txt", ""),
    ]);
    place.keep(files.clone()).await.unwrap();
    place.keep(files.clone()).await.unwrap();
    for (name, expected) in &files {
        assert_eq!(bytes(place, name).await.as_ref(), Some(expected), "{name}");
    }
    let mut names: Vec<_> = files.iter().map(|(name, _)| name.clone()).filter(|n| n != "trust.txt").collect();
    let mut listed = place.list("log/tile").await.unwrap();
    names.sort();
    listed.sort();
    assert_eq!(listed, names);

    // What is there keeps its bytes, and the file is named.
    let said =
        place.keep(vec![file("log/new", "new"), file("log/tile/0/000.p/7", "eight")]).await.unwrap_err();
    let PlaceError::Changed(path) = said else { panic!("{said:?}") };
    assert!(path.ends_with("log/tile/0/000.p/7"), "{path:?}");
    assert_eq!(bytes(place, "log/tile/0/000.p/7").await.as_deref(), Some(&b"seven"[..]));

    // Partial tiles of a full one go, and nothing else does.
    place.remove_all("log/tile/0/000.p").await.unwrap();
    assert_eq!(bytes(place, "log/tile/0/000.p/9").await, None);
    assert_eq!(place.list("log/tile").await.unwrap().len(), 70);

    // A replacement replaces what was read.
    assert!(place.replace("log/checkpoint", b"one", Version::None).await.unwrap());
    let one = place.read("log/checkpoint").await.unwrap();
    assert!(place.replace("log/checkpoint", b"two", Found::version(one.as_ref())).await.unwrap());
    assert_eq!(bytes(place, "log/checkpoint").await.as_deref(), Some(&b"two"[..]));
    if knows_versions {
        for stale in [Found::version(one.as_ref()), Version::None] {
            assert!(
                !place.replace("log/checkpoint", b"one again", stale.clone()).await.unwrap(),
                "{stale:?}"
            );
        }
        assert_eq!(bytes(place, "log/checkpoint").await.as_deref(), Some(&b"two"[..]));
    }
}

#[tokio::test]
async fn a_folder_keeps_its_promises() {
    let folder = tempfile::tempdir().unwrap();
    keeps_its_promises(&Place::Disk(Disk::new(folder.path().join("public"))), false).await;
}

#[tokio::test]
async fn a_bucket_keeps_its_promises() {
    keeps_its_promises(&over(Arc::new(InMemory::new()), ""), true).await;
    keeps_its_promises(&over(Arc::new(InMemory::new()), "some/where"), true).await;
}

#[tokio::test]
async fn a_bucket_serves_its_files_as_the_standard_asks() {
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let place = over(store.clone(), "register");
    place.keep(vec![file("log/tile/0/000.p/7", "a"), file("log/tile/entries/000", "b")]).await.unwrap();
    for text in ["log/checkpoint", "trust.txt"] {
        assert!(place.replace(text, b"c", Version::None).await.unwrap());
    }
    let tile = ("application/octet-stream", "public, max-age=31536000, immutable");
    let text = ("text/plain; charset=utf-8", "no-cache");
    for (name, (kind, kept)) in [
        ("log/tile/0/000.p/7", tile),
        ("log/tile/entries/000", tile),
        ("log/checkpoint", text),
        ("trust.txt", text),
    ] {
        let found = store.get(&Path::from(format!("register/{name}"))).await.unwrap().attributes;
        let said = |what| found.get(&what).map(AsRef::<str>::as_ref);
        assert_eq!(said(Attribute::ContentType), Some(kind), "{name}");
        assert_eq!(said(Attribute::CacheControl), Some(kept), "{name}");
    }
}

pub(crate) fn bucket() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("public")).unwrap();
    folder
}

#[tokio::test]
async fn a_server_that_speaks_s3_keeps_its_promises() {
    let folder = bucket();
    let (address, _serving) = s3_at("127.0.0.1:0", folder.path()).await;
    let place = over(client(&address, "of keys"), "register");
    keeps_its_promises(&place, true).await;
    let there = std::fs::read(folder.path().join("public/register/log/checkpoint")).unwrap();
    assert_eq!(there, b"two");

    // With another secret nothing is read or written, and it is said which file and why.
    let stranger = over(client(&address, "of others"), "register");
    let said = stranger.keep(vec![file("log/x", "x")]).await.unwrap_err();
    let PlaceError::Io(path, why) = said else { panic!("{said:?}") };
    let why = why.to_string();
    assert_eq!(path, std::path::Path::new("s3://public/register/log/x"));
    assert!(why.contains("403") || why.to_lowercase().contains("signature"), "{why}");
    assert!(!why.contains("of others") && !why.contains('\n'), "{why}");
}

#[tokio::test]
async fn a_server_that_is_gone_is_an_error_and_no_empty_place() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let place = over(client(&address, "of keys"), "");
    assert!(place.read("log/checkpoint").await.is_err());
    assert!(place.list("log").await.is_err());
    assert!(matches!(place.keep(vec![file("a", "b")]).await, Err(PlaceError::Io(..))));
    assert!(matches!(place.replace("a", b"b", Version::None).await, Err(PlaceError::Io(..))));
}

#[tokio::test]
async fn an_address_that_names_no_bucket_is_refused_with_the_mend() {
    for said in ["s3://", "s3://UPPER/x", "s3://a", "gs://bucket/x", "s3://bucket/../x", "s3://bu cket"] {
        let why = Bucket::open(said).unwrap_err().to_string();
        assert!(why.contains(said) && why.contains("s3://BUCKET/PREFIX"), "{why}");
    }
}

/// Two nodes with one bucket: the slower one does not put its older checkpoint back.
#[tokio::test]
async fn an_older_checkpoint_is_not_put_back() {
    use crate::publish::PublicFiles;
    use crate::sequencer::sign;
    use assay_log::Signer;
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let files = PublicFiles::at(over(store.clone(), "register"));
    let (signer, other) =
        ([1, 2].map(|seed| Signer::new("register.example/log", [seed; 32]).unwrap())).into();
    let log = signer.verifier();
    let root = assay_log::leaf_hash(b"");
    let note = |size: u64| sign(&signer, size, root).unwrap().note;
    for (size, shown) in [(3, 3), (7, 7), (5, 7), (7, 7), (9, 9), (8, 9)] {
        files.write_checkpoint(log, &note(size), size).await.unwrap();
        assert_eq!(files.checkpoint().await.unwrap().unwrap(), note(shown).into_bytes(), "{size}");
    }
    // The same with cosignatures takes its place, and is not replaced by the bare one.
    let cosigned = format!("{}— witness.example signed\n", note(9));
    files.write_checkpoint(log, &cosigned, 9).await.unwrap();
    files.write_checkpoint(log, &note(9), 9).await.unwrap();
    assert_eq!(files.checkpoint().await.unwrap().unwrap(), cosigned.into_bytes());
    // What somebody else put there is no reason to believe that more is public.
    for forged in [sign(&other, 70, root).unwrap().note, "x\n99\n".into(), note(80).replace("80", "81")] {
        let place = over(store.clone(), "register");
        let there = place.read("log/checkpoint").await.unwrap();
        assert!(
            place.replace("log/checkpoint", forged.as_bytes(), Found::version(there.as_ref())).await.unwrap()
        );
        files.write_checkpoint(log, &note(10), 10).await.unwrap();
        assert_eq!(files.checkpoint().await.unwrap().unwrap(), note(10).into_bytes(), "{forged}");
    }
}
