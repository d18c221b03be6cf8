//! What a signed statement costs on its way into the log: its signature alone, through the register in this process, and
//! through the front door over HTTP, beside a bare axum handler that reads the same bytes and answers as many.
//!
//! ```text
//! cargo run --release -p assay-server --example door_speed -- FOLDER [STATEMENTS]
//! ```
//!
//! One line of JSON for each job. Statements are registrations of makers, each with a key of its own, so that nothing follows
//! from them; the load comes from this process and shares its cores.
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use assay::date::parse;
use assay::key::{PublicKey, SecretKey};
use assay::statement::{MakerRegistered, Received, Statement};
use assay_server::{Config, Register, Replicas, serve_until};
use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

type Failure = Box<dyn std::error::Error + Send + Sync>;

const ORIGIN: &str = "register.example/log";
const DAY: &str = "2026-11-22";
/// How many submissions wait at once in this process, and how many connections there are.
const SUBMITTERS: usize = 4096;
const CONNECTIONS: usize = 256;

fn statement(number: usize) -> Result<(Vec<u8>, PublicKey), Failure> {
    let mut seed = [9; 32];
    seed[..8].copy_from_slice(&number.to_be_bytes());
    let key = SecretKey::from_seed(&seed);
    let registered = MakerRegistered {
        organisation: format!("Maker {number} Ltd"),
        domain: "maker.example".into(),
        key: key.public(),
        on: parse(DAY).ok_or("a day")?,
    };
    Ok((Statement::MakerRegistered(registered).sign(&key, ORIGIN)?, key.public()))
}

async fn register(data: PathBuf) -> Result<Register, Failure> {
    let day = parse(DAY).ok_or("a day")?;
    let mut next = 0;
    let config = Config {
        data,
        database: None,
        files: None,
        authority: Vec::new(),
        witnesses: None,
        replicas: Replicas::Any,
        clock: Arc::new(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |t| t.as_millis() as u64)),
        public_url: "https://register.example".into(),
        today: Arc::new(move || day),
        house: None,
        random: Box::new(move |bytes| {
            next += 1;
            bytes.fill(next);
            Ok(())
        }),
    };
    Ok(Register::open(config).await?)
}

fn say(job: &str, count: usize, begun: Instant) {
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{}",
        json!({"job": job, "count": count, "seconds": seconds, "per_second": count as f64 / seconds})
    );
}

/// Signatures alone, in one thread.
fn raw(statements: &[(Vec<u8>, PublicKey)]) -> Result<(), Failure> {
    let read: Result<Vec<_>, _> = statements.iter().map(|(bytes, _)| Received::parse(bytes)).collect();
    let read = read?;
    let begun = Instant::now();
    for (received, (_, key)) in read.iter().zip(statements) {
        received.signed_by(&[*key], ORIGIN)?;
    }
    say("signatures", statements.len(), begun);
    Ok(())
}

/// How statements are handed in.
enum Way {
    Here(Register),
    There(TcpStream, Vec<u8>),
}

impl Way {
    async fn there(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self::There(stream, Vec::new()))
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Here(register) => {
                register.submit(bytes.to_vec()).await?;
                Ok(())
            }
            Self::There(stream, said) => {
                let head = format!(
                    "POST /api/v1/statements HTTP/1.1\r\nHost: x\r\nContent-Type: application/cose\r\nContent-Length: {}\r\n\r\n",
                    bytes.len()
                );
                stream.write_all(&[head.as_bytes(), bytes].concat()).await?;
                answer(stream, said).await
            }
        }
    }
}

/// Reads one answer, which says its length, and insists on a 2xx.
async fn answer(stream: &mut TcpStream, said: &mut Vec<u8>) -> Result<(), Failure> {
    said.clear();
    loop {
        if stream.read_buf(said).await? == 0 {
            return Err("the server hung up".into());
        }
        let Some(end) = said.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(&said[..end])?.to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.ok_or("an answer without a length")?.parse()?;
        if said.len() < end + 4 + length {
            continue;
        }
        return if head.starts_with("http/1.1 2") { Ok(()) } else { Err(head.into()) };
    }
}

/// Hands all of them in, each way taking the next one once its last is answered.
async fn hand_in(
    job: &str,
    ways: Vec<Way>,
    statements: &Arc<Vec<(Vec<u8>, PublicKey)>>,
) -> Result<(), Failure> {
    let next = Arc::new(AtomicUsize::new(0));
    let mut work = JoinSet::new();
    let begun = Instant::now();
    for mut way in ways {
        let (next, statements) = (next.clone(), statements.clone());
        work.spawn(async move {
            while let Some((bytes, _)) = statements.get(next.fetch_add(1, Ordering::Relaxed)) {
                way.send(bytes).await?;
            }
            Ok::<(), Failure>(())
        });
    }
    while let Some(done) = work.join_next().await {
        done??;
    }
    say(job, statements.len(), begun);
    Ok(())
}

async fn served(router: Router) -> Result<SocketAddr, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

async fn connections(address: SocketAddr) -> Result<Vec<Way>, Failure> {
    let mut ways = Vec::new();
    for _ in 0..CONNECTIONS {
        ways.push(Way::there(address).await?);
    }
    Ok(ways)
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut words = std::env::args().skip(1);
    let folder: PathBuf = words.next().ok_or("door_speed FOLDER [STATEMENTS]")?.into();
    let count = words.next().map_or(Ok(50_000), |n| n.parse())?;
    let statements: Result<Vec<_>, Failure> = (0..count).map(statement).collect();
    let statements = Arc::new(statements?);
    raw(&statements)?;

    let here = register(folder.join("here")).await?;
    hand_in("in process", (0..SUBMITTERS).map(|_| Way::Here(here.clone())).collect(), &statements).await?;
    here.close().await;

    let there = register(folder.join("there")).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(serve_until(listener, there.clone(), std::future::pending()));
    hand_in("over http", connections(address).await?, &statements).await?;
    there.close().await;

    let bare = post(|body: Bytes| async move { axum::Json(json!({"index": body.len(), "already": false})) });
    let address = served(Router::new().route("/api/v1/statements", bare)).await?;
    hand_in("bare axum", connections(address).await?, &statements).await
}
