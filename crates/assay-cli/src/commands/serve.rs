//! `assay serve`: the register. Its data lies in one folder, made on first start; the normal start is the recovery path.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::commands::register::{Opening, run_server};
use crate::exit::{Exit, Failure};

/// Run a register: its log, its pages and its gate
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  assay serve --listen 127.0.0.1:8080 --data assay-data --public http://127.0.0.1:8080\n\n\
The folder holds the register's secret keys: back it up, and keep it to yourself. Stop with Ctrl-C or SIGTERM."
)]
pub(crate) struct Args {
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080", env = "ASSAY_LISTEN")]
    listen: SocketAddr,
    /// The data folder, made on first start
    #[arg(long, value_name = "DIR", default_value = "assay-data", env = "ASSAY_DATA")]
    data: PathBuf,
    /// The database: postgres://USER@HOST/DATABASE (a primary and its standbys with commas between them), or sqlite:PATH.
    /// Default: a file in the data folder
    #[arg(long, value_name = "URL", env = "ASSAY_DATABASE", hide_env_values = true)]
    database: Option<String>,
    /// What a PostgreSQL server must have before anything is appended: `synchronous` (a synchronous standby), `none` (that,
    /// or no standby at all), `any` (a failover may then lose what was acknowledged)
    #[arg(long, value_name = "WHICH", default_value_t, env = "ASSAY_REPLICAS")]
    replicas: assay_server::Replicas,
    /// The address by which people reach the register; it stands in every label. Default: http://LISTEN
    #[arg(long, value_name = "URL", env = "ASSAY_PUBLIC")]
    public: Option<String>,
    /// Today, for statements made while it runs (for rehearsals; default: the machine's date)
    #[arg(long, value_name = "DATE", value_parser = crate::today::parse_date)]
    on: Option<assay::date::Date>,
}

pub(crate) fn run(args: &Args, as_json: bool) -> Result<Exit, Failure> {
    run_server(
        &Opening {
            listen: args.listen,
            data: &args.data,
            database: args.database.as_deref(),
            replicas: args.replicas,
            public: args.public.as_deref(),
            on: args.on,
        },
        as_json,
    )
}
