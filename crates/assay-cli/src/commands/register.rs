//! A register opened in this process: for `serve`, for the demo and for building snapshots. Not a command by itself.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use assay::date::Date;
use assay::key::PublicKey;
use assay::trust::{self, parse_authority};
use assay_server::{Config, Meter, PublicPlace, Register, Replicas, Serving, Unmet, Witnesses};
use tokio::net::TcpListener;

use crate::exit::{Exit, Failure};
use crate::folder::read_bounded;
use crate::{output, service, today};

/// How to open a register that serves.
pub(crate) struct Opening<'a> {
    pub(crate) listen: SocketAddr,
    /// None: metrics and health are shown nowhere.
    pub(crate) admin: Option<SocketAddr>,
    pub(crate) data: &'a Path,
    /// None: a file in the data folder.
    pub(crate) database: Option<&'a str>,
    pub(crate) replicas: Replicas,
    pub(crate) publication: Publication<'a>,
    pub(crate) public: Option<&'a str>,
    pub(crate) ready_lag: Duration,
    pub(crate) stop_delay: Duration,
    pub(crate) on: Option<Date>,
}

/// Where the public files lie, who cosigns what they say, and who else states something.
#[derive(Clone, Copy, Default)]
pub(crate) struct Publication<'a> {
    /// None: `public` in the data folder.
    pub(crate) files: Option<&'a str>,
    /// The file of the authority's keys; none: those that were kept.
    pub(crate) authority: Option<&'a Path>,
    /// The file of a policy; none: nobody is asked.
    pub(crate) witnesses: Option<&'a Path>,
    pub(crate) unwitnessed: Unmet,
    /// The file of the labels' words and colours; none: the bundled ones.
    pub(crate) house: Option<&'a Path>,
}

impl Publication<'_> {
    fn authority(&self) -> Result<Vec<PublicKey>, Failure> {
        let Some(path) = self.authority else { return Ok(Vec::new()) };
        let bytes = read_bounded(path, trust::MAX_BYTES as u64)?;
        let keys = parse_authority(&String::from_utf8_lossy(&bytes));
        keys.map_err(|e| Failure::unreadable(format!("{}: {e}", path.display())))
    }

    fn witnesses(&self) -> Result<Option<Witnesses>, Failure> {
        let Some(path) = self.witnesses else { return Ok(None) };
        let unreadable = |why: String| Failure::unreadable(format!("{}: {why}", path.display()));
        let bytes = std::fs::read(path).map_err(|e| unreadable(format!("cannot be read: {e}")))?;
        let witnesses = Witnesses::new(&bytes, self.unwitnessed).map_err(|e| unreadable(e.to_string()))?;
        Ok(Some(witnesses))
    }
}

/// Where public files lie; to be called on the run-time.
pub(crate) fn place(address: &str) -> Result<PublicPlace, Failure> {
    PublicPlace::parse(address).map_err(|e| Failure::unreadable(e.to_string()))
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
    publication: Publication<'_>,
    public_url: String,
    on: Option<Date>,
    meter: Meter,
) -> Result<Register, Failure> {
    let config = Config {
        data: data.to_owned(),
        database: database.map(str::to_owned),
        files: publication.files.map(place).transpose()?,
        authority: publication.authority()?,
        witnesses: publication.witnesses()?,
        replicas,
        clock: Arc::new(today::now_ms),
        public_url,
        today: Arc::new(move || on.unwrap_or_else(today::today)),
        house: crate::house::read(publication.house)?,
        random: Box::new(|bytes| today::random(bytes).map_err(|_| std::io::Error::other("no randomness"))),
    };
    Register::open_metered(config, meter).await.map_err(|e| Failure::impossible(e.to_string()))
}

/// Opens a folder for one piece of reading, without listening. Nothing is appended, so no replica is demanded.
pub(crate) fn with_register<T>(
    data: &Path,
    database: Option<&str>,
    on: Option<Date>,
    work: impl FnOnce(&Register) -> Result<T, Failure>,
) -> Result<T, Failure> {
    runtime()?.block_on(async {
        let (public, replicas) = ("http://127.0.0.1:8080".into(), Replicas::Any);
        let publication = Publication::default();
        let register = open(data, (database, replicas), publication, public, on, Meter::off()).await?;
        let result = work(&register);
        register.close().await;
        result
    })
}

/// A file with a URL is no longer.
const MOST_URL: u64 = 4_096;

/// The database's URL in a file: its one line. What it says is never repeated.
pub(crate) fn read_url(file: &Path) -> Result<String, Failure> {
    let bytes = read_bounded(file, MOST_URL)?;
    let text = std::str::from_utf8(&bytes).unwrap_or_default().trim();
    if text.is_empty() || text.contains(char::is_control) {
        let file = file.display();
        return Err(Failure::unreadable(format!(
            "{file} should hold one line, the database's URL: postgres://USER:PASSWORD@HOST/DATABASE"
        )));
    }
    Ok(text.to_owned())
}

/// Takes the address that an option gave, or says what stands in the way.
pub(crate) async fn listen(address: SocketAddr, option: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|e| {
        let mend = match e.kind() {
            std::io::ErrorKind::AddrInUse => {
                format!("another program listens there: stop it, or give {option} another port")
            }
            std::io::ErrorKind::PermissionDenied => {
                format!("ports below 1024 need privileges: give {option} a higher one")
            }
            _ => format!("give {option} an address of this machine"),
        };
        Failure::impossible(format!("{address} cannot be listened on ({e}): {mend}"))
    })
}

/// Opens a register and serves it until it is told to stop.
pub(crate) fn run_server(opening: &Opening<'_>, as_json: bool) -> Result<Exit, Failure> {
    let meter = if opening.admin.is_some() { Meter::on() } else { Meter::off() };
    runtime()?.block_on(async {
        // The address first: a folder should not be begun for a register that cannot listen.
        let listener = listen(opening.listen, "--listen").await?;
        let admin = service::listen_for_admin(opening.admin).await?;
        let address = listener.local_addr().map_err(|e| Failure::impossible(e.to_string()))?;
        let public = opening.public.map_or_else(|| format!("http://{address}"), str::to_owned);
        let database = (opening.database, opening.replicas);
        let register =
            open(opening.data, database, opening.publication, public.clone(), opening.on, meter).await?;
        let state = register.state();
        let stop = service::asked_to_stop()?;
        let shown = admin.as_ref().and_then(|listener| listener.local_addr().ok()).map(|at| at.to_string());
        if let Some(address) = &shown {
            tracing::info!(%address, "metrics and health are shown");
        }
        if as_json {
            output::json(&serde_json::json!({
                "schema": "assay-serve-0", "listening": address.to_string(), "public": public, "log_size": state.size(),
                "data": opening.data, "admin": shown,
            }))?;
        } else {
            output::print(&format!("{public}  (log of {} entries in {})\n", state.size(), opening.data.display()))?;
        }
        service::ready(&format!("log of {} entries", state.size()));
        let (ready_lag, stop_delay) = (opening.ready_lag, opening.stop_delay);
        service::ended(Serving { admin, ready_lag, stop_delay, ..Serving::on(listener) }.until(register, stop).await)
    })
}

/// Serves until Ctrl-C or SIGTERM, then closes the register.
pub(crate) async fn serve(listener: TcpListener, register: Register) -> Result<Exit, Failure> {
    let stop = service::asked_to_stop()?;
    service::ended(assay_server::serve_until(listener, register, stop).await)
}
