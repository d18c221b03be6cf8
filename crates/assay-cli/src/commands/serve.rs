//! `assay serve`: the register. Its data lies in one folder, made on first start; the normal start is the recovery path.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::commands::register::{Opening, Publication, read_url, run_server};
use crate::exit::{Exit, Failure};
use crate::logs::LogArgs;
use crate::settings::{ConfigArgs, From, Settings};

/// Run a register: its log, its pages and its gate
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  assay serve --listen 127.0.0.1:8080 --data assay-data --public http://127.0.0.1:8080\n  \
assay serve --config /etc/assay/assay.toml --print-config\n\n\
The folder holds the register's secret keys: back it up, and keep it to yourself. Stop with Ctrl-C or SIGTERM; asked a second \
time, it ends at once.\n\n\
Each option may stand on the command line, in the environment or in the file of --config, by the same name; the first of these \
that has it is followed. docs/operation.md says more."
)]
pub(crate) struct Args {
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080", env = "ASSAY_LISTEN")]
    listen: SocketAddr,
    /// Where to show /metrics, /healthz and /readyz to your own machines, such as 127.0.0.1:9464; never to visitors. Default:
    /// nowhere
    #[arg(long, value_name = "ADDR", env = "ASSAY_ADMIN")]
    admin: Option<SocketAddr>,
    /// The data folder, made on first start
    #[arg(long, value_name = "DIR", default_value = "assay-data", env = "ASSAY_DATA")]
    data: PathBuf,
    /// The database: postgres://USER@HOST/DATABASE (a primary and its standbys with commas between them), or sqlite:PATH.
    /// Default: a file in the data folder
    #[arg(long, value_name = "URL", env = "ASSAY_DATABASE", hide_env_values = true)]
    database: Option<String>,
    /// A file with the database's URL, for one that holds a password
    #[arg(long, value_name = "FILE", env = "ASSAY_DATABASE_FILE")]
    database_file: Option<PathBuf>,
    /// What a PostgreSQL server must have before anything is appended: `synchronous` (a synchronous standby), `none` (that,
    /// or no standby at all), `any` (a failover may then lose what was acknowledged)
    #[arg(long, value_name = "WHICH", default_value_t, env = "ASSAY_REPLICAS")]
    replicas: assay_server::Replicas,
    /// Where the public files of the log lie: a folder, or s3://BUCKET/PREFIX (AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID
    /// and AWS_SECRET_ACCESS_KEY say where that is and who may write to it). Default: `public` in the data folder
    #[arg(long, value_name = "PLACE", env = "ASSAY_FILES")]
    files: Option<String>,
    /// The public keys of the authority, lines `authority KEY` as in /trust.txt: its notices, suspensions and decisions are
    /// taken, and readers are told the keys. They are kept in the data folder, and none is forgotten. Default: those kept there
    #[arg(long, value_name = "FILE", env = "ASSAY_AUTHORITY")]
    authority: Option<PathBuf>,
    /// An authority's words and colours for the labels (assay-house-v0, docs/label.md). Default: the bundled ones
    #[arg(long, value_name = "FILE", env = "ASSAY_HOUSE")]
    house: Option<PathBuf>,
    /// A policy (C2SP tlog-policy) whose witnesses are asked to cosign every checkpoint before it is published
    #[arg(long, value_name = "POLICY", env = "ASSAY_WITNESSES")]
    witnesses: Option<PathBuf>,
    /// What is done with a checkpoint that too few witnesses cosigned: `hold` (it is not public until they do) or `publish`
    #[arg(long, value_name = "WHAT", default_value_t, env = "ASSAY_UNWITNESSED")]
    unwitnessed: assay_server::Unmet,
    /// The address by which people reach the register; it stands in every label. Default: http://LISTEN
    #[arg(long, value_name = "URL", env = "ASSAY_PUBLIC")]
    public: Option<String>,
    /// For how many seconds what is published may be behind what is committed before /readyz says so
    #[arg(long, value_name = "SECONDS", default_value_t = 30, env = "ASSAY_READY_LAG")]
    ready_lag: u64,
    /// For how many seconds visitors are still taken after a request to stop, while /readyz says 503
    #[arg(long, value_name = "SECONDS", default_value_t = 0, env = "ASSAY_STOP_DELAY")]
    stop_delay: u64,
    #[command(flatten)]
    logging: LogArgs,
    /// Today, for statements made while it runs (for rehearsals; default: the machine's date)
    #[arg(long, value_name = "DATE", env = "ASSAY_ON", value_parser = crate::today::parse_date)]
    on: Option<assay::date::Date>,
    #[command(flatten)]
    config: ConfigArgs,
}

pub(crate) fn run(args: &Args, settings: &Settings, as_json: bool) -> Result<Exit, Failure> {
    let either = settings.either("database", "database-file")?;
    if args.config.is_shown() {
        settings
            .print(as_json, &|name, url| (name == "database").then(|| assay_server::shown_database(url)))?;
        return Ok(Exit::Holds);
    }
    args.logging.start();
    let database = match (either, &args.database_file) {
        (Some("database-file"), Some(file)) => Some(read_url(file)?),
        _ => args.database.clone().filter(|_| either == Some("database")),
    };
    if let Some(url) = &args.database
        && settings.from("database") == &From::Flag
        && url.contains('@')
        && *url != assay_server::shown_database(url)
    {
        tracing::warn!(
            "whoever may list this machine's processes sees the database's password: use --database-file"
        );
    }
    if let Some(on) = args.on {
        tracing::warn!(%on, "statements are dated as --on says, not by the machine's date");
    }
    run_server(
        &Opening {
            listen: args.listen,
            admin: args.admin,
            data: &args.data,
            database: database.as_deref(),
            replicas: args.replicas,
            publication: Publication {
                files: args.files.as_deref(),
                authority: args.authority.as_deref(),
                witnesses: args.witnesses.as_deref(),
                unwitnessed: args.unwitnessed,
                house: args.house.as_deref(),
            },
            public: args.public.as_deref(),
            ready_lag: Duration::from_secs(args.ready_lag),
            stop_delay: Duration::from_secs(args.stop_delay),
            on: args.on,
        },
        as_json,
    )
}
