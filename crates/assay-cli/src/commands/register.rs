//! A register opened in this process: for `serve`, for the demo and for building snapshots. Not a command by itself.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use assay::date::Date;
use assay_server::{Config, Register, Replicas};
use tokio::net::TcpListener;

use crate::exit::{Exit, Failure};
use crate::{output, today};

/// How to open a register that serves.
pub(crate) struct Opening<'a> {
    pub(crate) listen: SocketAddr,
    pub(crate) data: &'a Path,
    /// None: a file in the data folder.
    pub(crate) database: Option<&'a str>,
    pub(crate) replicas: Replicas,
    pub(crate) public: Option<&'a str>,
    pub(crate) on: Option<Date>,
}

/// The run-time that everything of the server runs on.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::impossible(format!("no threads can be had: {e}")))
}

/// Opens a register's folder under the address that people use.
pub(crate) async fn open(
    data: &Path,
    (database, replicas): (Option<&str>, Replicas),
    public_url: String,
    on: Option<Date>,
) -> Result<Register, Failure> {
    let config = Config {
        data: data.to_owned(),
        database: database.map(str::to_owned),
        replicas,
        clock: Arc::new(today::now_ms),
        public_url,
        today: Arc::new(move || on.unwrap_or_else(today::today)),
        random: Box::new(|bytes| today::random(bytes).map_err(|_| std::io::Error::other("no randomness"))),
    };
    Register::open(config).await.map_err(|e| Failure::impossible(e.to_string()))
}

/// Opens a folder for one piece of reading, without listening. Nothing is appended, so no replica is demanded.
pub(crate) fn with_register<T>(
    data: &Path,
    database: Option<&str>,
    on: Option<Date>,
    work: impl FnOnce(&Register) -> Result<T, Failure>,
) -> Result<T, Failure> {
    runtime()?.block_on(async {
        let register = open(data, (database, Replicas::Any), "http://127.0.0.1:8080".into(), on).await?;
        let result = work(&register);
        register.close().await;
        result
    })
}

/// Takes the address, or says what stands in the way.
pub(crate) async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|e| {
        let mend = match e.kind() {
            std::io::ErrorKind::AddrInUse => {
                "another program listens there: stop it, or give --listen another port"
            }
            std::io::ErrorKind::PermissionDenied => {
                "ports below 1024 need privileges: give --listen a higher one"
            }
            _ => "give --listen an address of this machine",
        };
        Failure::impossible(format!("{address} cannot be listened on ({e}): {mend}"))
    })
}

/// Opens a register and serves it until it is told to stop.
pub(crate) fn run_server(opening: &Opening<'_>, as_json: bool) -> Result<Exit, Failure> {
    init_logs();
    runtime()?.block_on(async {
        // The address first: a folder should not be begun for a register that cannot listen.
        let listener = listen(opening.listen).await?;
        let address = listener.local_addr().map_err(|e| Failure::impossible(e.to_string()))?;
        let public = opening.public.map_or_else(|| format!("http://{address}"), str::to_owned);
        let register = open(opening.data, (opening.database, opening.replicas), public.clone(), opening.on).await?;
        let state = register.state();
        let stop = assay_server::stop_signal().map_err(|e| Failure::impossible(e.to_string()))?;
        if as_json {
            output::json(&serde_json::json!({
                "schema": "assay-serve-0", "listening": address.to_string(), "public": public, "log_size": state.size(),
                "data": opening.data,
            }))?;
        } else {
            output::print(&format!("{public}  (log of {} entries in {})\n", state.size(), opening.data.display()))?;
        }
        let served = assay_server::serve_until(listener, register, stop).await;
        served.map(|()| Exit::Holds).map_err(|e| Failure::impossible(e.to_string()))
    })
}

/// Serves until Ctrl-C or SIGTERM, then closes the register.
pub(crate) async fn serve(listener: TcpListener, register: Register) -> Result<Exit, Failure> {
    assay_server::serve(listener, register)
        .await
        .map_err(|e| Failure::impossible(format!("the server stopped: {e}")))?;
    Ok(Exit::Holds)
}

/// Logs to standard error, as `ASSAY_LOG` asks (default: warnings, and what an operator should know).
pub(crate) fn init_logs() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("ASSAY_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,assay_server=info"));
    // A log that cannot be written (a full disk, a closed pipe) must not end the register: the line is lost, nothing else.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .log_internal_errors(false)
        .with_writer(std::io::stderr)
        .try_init();
}
