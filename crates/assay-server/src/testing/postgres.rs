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

/// The server of this run. It is kept for the life of the process.
pub(crate) struct Server {
    cluster: Cluster,
    base: PathBuf,
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
        self.cluster.sql(&format!("CREATE SCHEMA IF NOT EXISTS {name}"));
        self.cluster.url(name)
    }

    /// A server of a story's own, without a replica.
    pub(crate) fn alone(&self) -> Alone {
        let folder = self.base.join(format!("pair-{}-alone", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let alone = Alone(Cluster { folder: folder.join("server"), ..self.cluster.clone() });
        alone.0.init();
        alone.0.start_alone();
        alone
    }

    /// A server of a story's own and a replica that streams from it, which a commit waits for.
    pub(crate) fn pair(&self) -> Pair {
        let folder = self.base.join(format!("pair-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let cluster = |name: &str| Cluster { folder: folder.join(name), ..self.cluster.clone() };
        let (primary, replica) = (cluster("primary"), cluster("replica"));
        let pair = Pair { folder, primary, replica };
        pair.primary.init();
        pair.primary.start("-c synchronous_standby_names=*");
        pair.replica.make_folder();
        let mut copy = pair.replica.command("pg_basebackup");
        copy.args(["-U", "postgres", "-R", "-X", "stream", "--checkpoint=fast", "--no-sync", "-h"]);
        run(copy.arg(&pair.primary.folder).arg("-D").arg(pair.replica.data()));
        // Whoever becomes the primary by promotion has no standby to wait for.
        pair.replica.start("-c synchronous_standby_names=");
        let begun = Instant::now();
        while pair.primary.sql("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'").is_empty() {
            assert!(begun.elapsed() < Duration::from_secs(30), "the replica streams");
            std::thread::sleep(Duration::from_millis(50));
        }
        pair
    }
}

/// A server of a story's own, stopped and removed with this value.
pub(crate) struct Alone(Cluster);

impl Alone {
    pub(crate) fn cluster(&self) -> &Cluster {
        &self.0
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        let _ = self.0.command("pg_ctl").args(stopping(&self.0)).output();
        let _ = self.0.folder.parent().map(fs::remove_dir_all);
    }
}

/// A primary and its synchronous replica, stopped and removed with this value.
pub(crate) struct Pair {
    folder: PathBuf,
    pub(crate) primary: Cluster,
    pub(crate) replica: Cluster,
}

impl Drop for Pair {
    fn drop(&mut self) {
        for cluster in [&self.primary, &self.replica] {
            let _ = cluster.command("pg_ctl").args(stopping(cluster)).output();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The files of one server, whether it runs or not.
#[derive(Clone)]
pub(crate) struct Cluster {
    folder: PathBuf,
    programs: PathBuf,
}

impl Cluster {
    /// The address of a schema.
    pub(crate) fn url(&self, schema: &str) -> String {
        let socket = self.folder.display().to_string().replace('/', "%2F");
        format!(
            "postgres://postgres:unused@localhost/postgres?host={socket}&options[search_path]={schema}\
             &application_name={schema}"
        )
    }

    /// Runs a statement and gives what it prints.
    pub(crate) fn sql(&self, sql: &str) -> String {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["-q", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-c", sql]);
        run(psql.arg("-h").arg(&self.folder))
    }

    /// Stops it as a loss of power would.
    pub(crate) fn kill(&self) {
        run(self.command("pg_ctl").args(stopping(self)));
    }

    /// Kills its first process, which tells the others nothing; they end when they notice.
    pub(crate) fn kill_unasked(&self) {
        let pid = fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        run(Command::new("kill").arg("-KILL").arg(pid.lines().next().unwrap()));
    }

    /// Starts it without waiting for a replica. After a kill its last processes may still be ending.
    pub(crate) fn start_alone(&self) {
        let begun = Instant::now();
        while !self.starts("") {
            assert!(begun.elapsed() < Duration::from_secs(30), "see {}", self.folder.join("log").display());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Starts it again, and waits until its replica has found it.
    pub(crate) fn start_again(&self, more: &str) {
        self.start(more);
        let begun = Instant::now();
        while self.sql("SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'").is_empty() {
            assert!(begun.elapsed() < Duration::from_secs(30), "the replica streams");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Makes a replica the primary.
    pub(crate) fn promote(&self) {
        let data = self.data();
        run(self.command("pg_ctl").args(["promote", "--silent", "--no-wait", "-D"]).arg(data));
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// A command of the server, which refuses to run as root.
    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = if rustix::process::geteuid().is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir("/");
        command
    }

    fn make_folder(&self) {
        fs::create_dir(&self.folder).unwrap();
        if rustix::process::geteuid().is_root() {
            run(Command::new("chown").arg("postgres:postgres").arg(&self.folder));
        }
    }

    fn init(&self) {
        self.make_folder();
        let mut init = self.command("initdb");
        init.args([
            "--username=postgres",
            "--auth=trust",
            "--no-sync",
            "--encoding=UTF8",
            "--locale=C",
            "-D",
        ]);
        run(init.arg(self.data()));
    }

    fn start(&self, more: &str) {
        assert!(self.starts(more), "see {}", self.folder.join("log").display());
    }

    fn starts(&self, more: &str) -> bool {
        let options = format!(
            "-k {} -c listen_addresses= -c max_connections=200 -c shared_buffers=32MB \
             -c unix_socket_permissions=0777 {more}",
            self.folder.display()
        );
        let mut start = self.command("pg_ctl");
        start.args(["start", "--silent", "--wait", "--timeout=60", "-D"]).arg(self.data());
        start.arg("-o").arg(options).arg("-l").arg(self.folder.join("log"));
        // It keeps what it is given as its output, so it must be given nothing that somebody waits for.
        let started = start.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        started.unwrap().success()
    }

    fn answers(&self) -> bool {
        let mut ready = Command::new(self.programs.join("pg_isready"));
        ready.arg("-q").arg("-h").arg(&self.folder).status().is_ok_and(|status| status.success())
    }
}

fn stopping(cluster: &Cluster) -> Vec<String> {
    let words = ["stop", "--silent", "--mode=immediate", "-D"].map(str::to_owned);
    words.into_iter().chain([cluster.data().display().to_string()]).collect()
}

fn run(command: &mut Command) -> String {
    let done = command.output().unwrap();
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// Debian's programs of the newest version.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
    let programs = versions.map(|version| version.path().join("bin"));
    programs.filter(|programs| programs.join("initdb").is_file()).max()
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
    let cluster = Cluster { folder: base.join("server"), programs };
    if !cluster.answers() {
        let _ = fs::remove_dir_all(&cluster.folder);
        cluster.init();
        // Nothing here needs to outlive a power cut: what syncing costs is measured elsewhere.
        cluster.start("-c fsync=off -c full_page_writes=off");
        guard(&cluster, &base);
    }
    drop(starting);
    Some(Server { cluster, base, _in_use: in_use })
}

/// Starts the shell that stops every server of this worktree when nobody has used one for some seconds.
fn guard(cluster: &Cluster, base: &Path) {
    let stop = cluster.command("pg_ctl");
    let stop: Vec<_> = std::iter::once(stop.get_program()).chain(stop.get_args()).collect();
    let stop = stop.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ");
    let script = format!(
        "cd '{base}' && while [ -d server ]; do sleep 15; flock --nonblock in-use sh -c '\
         for data in server/data pair-*/*/data; do {stop} stop --silent --mode=immediate -D \"{base}/$data\"; done; \
         rm -rf server pair-*'; done",
        base = base.display(),
    );
    // A shell in between puts it into the background, so that it is nobody's child here.
    let mut shell = Command::new("sh");
    shell.args(["-c", "setsid sh -c \"$0\" &", &script]).current_dir("/");
    let started = shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(started.unwrap().success(), "the guard was started");
}
