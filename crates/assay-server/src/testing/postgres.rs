//! A PostgreSQL server for the tests: Debian's, started in a temporary folder by the first test that wants one, shared by
//! all tests of this worktree (nextest runs each in a process of its own), and stopped and removed when none has used it
//! for some seconds, however the tests ended. Every register gets a schema of its own.
//!
//! Whoever uses the server holds a shared lock on a file; the guard, a shell that outlives the test which started it, stops
//! the server once it can have that lock alone. Locks go with their process, so a killed test leaves nothing running.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// A running server. It is kept for the life of the process.
pub(crate) struct Server {
    folder: PathBuf,
    programs: PathBuf,
    _in_use: File,
}

/// The server of this run; none where PostgreSQL is not installed, which is said aloud.
pub(crate) fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(start).as_ref()
}

impl Server {
    /// The address of a schema, which is made if it is missing.
    pub(crate) fn schema(&self, name: &str) -> String {
        self.sql("postgres", &format!("CREATE SCHEMA IF NOT EXISTS {name}"));
        let socket = self.folder.display().to_string().replace('/', "%2F");
        format!(
            "postgres://postgres:unused@localhost/postgres?host={socket}&options[search_path]={name}&application_name={name}"
        )
    }

    fn sql(&self, database: &str, sql: &str) {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["-q", "-X", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database, "-c", sql]);
        let done = psql.arg("-h").arg(&self.folder).output().unwrap();
        assert!(done.status.success(), "{sql}: {}", String::from_utf8_lossy(&done.stderr));
    }
}

/// Debian's programs of the newest version.
pub(crate) fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
    let mut found: Vec<_> =
        versions.map(|v| v.path().join("bin")).filter(|b| b.join("initdb").is_file()).collect();
    found.sort();
    found.pop()
}

fn start() -> Option<Server> {
    #[expect(clippy::print_stderr, reason = "whoever reads the test's output must know what was not run")]
    let Some(programs) = programs() else {
        eprintln!(
            "SKIPPED: PostgreSQL is missing (Debian: apt-get install postgresql): this test ran on SQLite alone"
        );
        return None;
    };
    let mut hasher = DefaultHasher::new();
    env!("CARGO_MANIFEST_DIR").hash(&mut hasher);
    let name = format!("assay-pg-{:08x}", hasher.finish() as u32);
    let base = std::env::temp_dir().join(name);
    fs::create_dir_all(&base).unwrap();
    let open =
        |name: &str| File::options().create(true).truncate(false).write(true).open(base.join(name)).unwrap();
    // One process starts at a time. The guard waits for the second lock, so it cannot stop what is found running here.
    let (starting, in_use) = (open("starting"), open("in-use"));
    starting.lock().unwrap();
    in_use.lock_shared().unwrap();
    let folder = base.join("server");
    let server = Server { folder: folder.clone(), programs: programs.clone(), _in_use: in_use };
    if !answers(&programs, &folder) {
        let _ = fs::remove_dir_all(&folder);
        make(&programs, &base, &folder);
    }
    drop(starting);
    Some(server)
}

fn answers(programs: &Path, folder: &Path) -> bool {
    let mut ready = Command::new(programs.join("pg_isready"));
    ready.arg("-q").arg("-h").arg(folder).status().is_ok_and(|status| status.success())
}

/// A command of the server, which refuses to run as root.
fn as_its_user(program: &Path) -> Command {
    if rustix::process::geteuid().is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

fn make(programs: &Path, base: &Path, folder: &Path) {
    fs::create_dir(folder).unwrap();
    if rustix::process::geteuid().is_root() {
        let done = Command::new("chown").arg("postgres:postgres").arg(folder).status().unwrap();
        assert!(done.success(), "the user postgres owns the server's folder");
    }
    let data = folder.join("data");
    let mut init = as_its_user(&programs.join("initdb"));
    init.args(["--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C", "-D"]);
    let done = init.arg(&data).current_dir(folder).output().unwrap();
    assert!(done.status.success(), "initdb: {}", String::from_utf8_lossy(&done.stderr));
    // Nothing here needs to outlive a power cut: what syncing costs is measured elsewhere.
    let options = format!(
        "-k {} -c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=300 \
         -c shared_buffers=32MB -c unix_socket_permissions=0777",
        folder.display()
    );
    let mut start = as_its_user(&programs.join("pg_ctl"));
    start.args(["start", "--silent", "--wait", "--timeout=60", "-D"]).arg(&data).arg("-o").arg(options);
    let started = start.arg("-l").arg(folder.join("log")).current_dir(folder).stdout(Stdio::null()).status();
    assert!(started.unwrap().success(), "see {}", folder.join("log").display());
    let begun = Instant::now();
    while !answers(programs, folder) {
        assert!(begun.elapsed() < Duration::from_secs(30), "the server answers");
        std::thread::sleep(Duration::from_millis(50));
    }
    guard(programs, base, folder);
}

/// Starts the shell that stops the server when nobody has used it for some seconds.
fn guard(programs: &Path, base: &Path, folder: &Path) {
    let quoted = |path: &Path| format!("'{}'", path.display());
    let stop = as_its_user(&programs.join("pg_ctl"));
    let stop: Vec<_> = std::iter::once(stop.get_program()).chain(stop.get_args()).collect();
    let stop = stop.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ");
    let script = format!(
        "while [ -d {folder} ]; do sleep 15; \
         flock --nonblock {in_use} sh -c \"{stop} stop --silent --mode=immediate -D {data}; rm -rf {folder}\"; done",
        folder = quoted(folder),
        data = quoted(&folder.join("data")),
        in_use = quoted(&base.join("in-use")),
    );
    // A shell in between puts it into the background, so that it is nobody's child here.
    let mut shell = Command::new("sh");
    shell.args(["-c", "setsid sh -c \"$0\" &", &script]).current_dir("/");
    let started = shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(started.unwrap().success(), "the guard was started");
}
