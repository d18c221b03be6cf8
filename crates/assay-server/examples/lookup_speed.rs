//! A register that answers lookups by a snapshot of somebody else, for measuring: `bench/lookups.py` asks it and reads how much
//! of a processor it takes. Listener, router, handler and document are those of `assay serve`; the register behind it is empty,
//! and its log's snapshot is not the one that is looked up in.
//!
//! ```text
//! cargo run --release -p assay-server --example lookup_speed -- FILE.snap TRUST.txt
//! ```
//!
//! Prints the address and the process, then serves until it is stopped.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use assay::snapshot::Snapshot;
use assay::trust::Trust;
use assay_server::{Config, Register, Replicas, bench, serve};
use tokio::net::TcpListener;

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the address is what it is asked for")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let files: Vec<String> = std::env::args().skip(1).collect();
    let [snapshot, trust] = files.as_slice() else {
        return Err("usage: lookup_speed FILE.snap TRUST.txt".into());
    };
    let trust = Trust::parse(&std::fs::read_to_string(trust)?)?;
    let snapshot = Snapshot::open(&std::fs::read(snapshot)?, trust.register(), trust.origin())?;
    // The day of the sale is one on which the snapshot holds.
    let today = snapshot.header().issued;
    let folder = tempfile::tempdir()?;
    let mut next = 0;
    let register = Register::open(Config {
        data: folder.path().join("data"),
        database: None,
        files: None,
        authority: Vec::new(),
        witnesses: None,
        replicas: Replicas::Any,
        clock: Arc::new(now),
        public_url: "https://register.example".into(),
        today: Arc::new(move || today),
        house: None,
        // The keys of a log that is thrown away.
        random: Box::new(move |bytes| {
            next += 1;
            bytes.fill(next);
            Ok(())
        }),
    })
    .await?;
    bench::lend(&register, snapshot);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{{\"address\": \"{}\", \"process\": {}}}", listener.local_addr()?, std::process::id());
    serve(listener, register).await?;
    Ok(())
}
