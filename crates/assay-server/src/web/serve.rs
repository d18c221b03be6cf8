//! Serving: the router on a listener until somebody says stop, then an orderly end: readiness is taken back, requests under
//! way are finished, the sequencer empties its queue, the database is closed.

use std::future::Future;
use std::io;
use std::time::Duration;

use assay_listen::Bounds;
use tokio::net::TcpListener;

use super::admin::Admin;
use super::router;
use crate::register::Register;

/// How a register is served.
pub struct Serving {
    /// For visitors.
    pub listener: TcpListener,
    /// For the operator's machines, if they ask anything.
    pub admin: Option<TcpListener>,
    /// How far what is published may be behind what is committed while the register calls itself ready.
    pub ready_lag: Duration,
    /// For how long new visitors are still taken after the word to stop, so that whoever sends them here learns of it.
    pub stop_delay: Duration,
    /// How much one visitor may have.
    pub bounds: Bounds,
}

/// What a register may be behind and still be ready, unless somebody says otherwise.
const READY_LAG: Duration = Duration::from_secs(30);

/// How many connections there may be at once,
const CONNECTIONS: usize = 4_096;
/// and of what the process may have open at most this part: the database and the public files need the rest.
const PART_OF_FILES: u64 = 2;

/// What visitors may have of a register. A proxy may stand before it, so nobody is told from anybody else.
fn visitors() -> Bounds {
    #[cfg(unix)]
    let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    #[cfg(not(unix))]
    let files = None;
    let most =
        files.map_or(CONNECTIONS, |files| usize::try_from(files / PART_OF_FILES).unwrap_or(CONNECTIONS));
    Bounds { connections: most.clamp(1, CONNECTIONS), of_one: None, ..Bounds::ANYBODY }
}

impl Serving {
    /// On a listener, without another for the operator.
    #[must_use]
    pub fn on(listener: TcpListener) -> Self {
        Self { listener, admin: None, ready_lag: READY_LAG, stop_delay: Duration::ZERO, bounds: visitors() }
    }

    /// Serves until `stop` is ready, then closes the register.
    ///
    /// # Errors
    /// What the system says of the listeners.
    pub async fn until(
        self,
        register: Register,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let Self { listener, admin, ready_lag, stop_delay, bounds } = self;
        let meter = register.vitals().meter.clone();
        let told = async move {
            stop.await;
            // First of all: whoever sends visitors here looks for it.
            meter.stopping();
            tracing::info!("asked to stop");
            tokio::time::sleep(stop_delay).await;
        };
        // It answers to the last moment, since it says how the end goes.
        let admin = admin.map(|listener| tokio::spawn(Admin::of(&register, ready_lag).serve(listener)));
        let ended = assay_listen::serve(listener, router(register.clone()), told, bounds).await;
        register.close().await;
        if let Some(admin) = admin {
            admin.abort();
        }
        tracing::info!("register closed");
        ended
    }
}

/// Serves until the process is asked to stop (Ctrl-C, or SIGTERM on Unix), then closes the register.
///
/// # Errors
/// What the system says of the listener or the signals.
pub async fn serve(listener: TcpListener, register: Register) -> io::Result<()> {
    let mut signals = Signals::new()?;
    serve_until(listener, register, async move { signals.next().await }).await
}

/// Serves until `stop` is ready, then closes the register.
///
/// # Errors
/// What the system says of the listener.
pub async fn serve_until(
    listener: TcpListener,
    register: Register,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    Serving::on(listener).until(register, stop).await
}

/// The system's requests to stop (Ctrl-C, or SIGTERM on Unix), one after the other.
pub struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    /// From this call on a request is noticed: make it before anybody is told that the register listens, since whoever reads
    /// that may ask at once.
    ///
    /// # Errors
    /// What the system says of the signals.
    pub fn new() -> io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
            })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;
    use tokio::sync::oneshot;

    async fn says(address: std::net::SocketAddr, what: &str) -> TcpStream {
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(what.as_bytes()).await.unwrap();
        socket
    }

    async fn answer(mut socket: TcpStream) -> String {
        let mut said = String::new();
        socket.read_to_string(&mut said).await.unwrap();
        said
    }

    const HEALTH: &str = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    #[tokio::test]
    async fn a_served_register_answers_over_a_socket_and_ends_when_told() {
        let (house, _) = House::with_camera().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, told) = oneshot::channel::<()>();
        let register = house.register.clone();
        let server = tokio::spawn(serve_until(listener, register, async { drop(told.await) }));
        let said = answer(says(address, HEALTH).await).await;
        assert!(said.starts_with("HTTP/1.1 200") && said.contains("\"log_size\":4"), "{said}");
        stop.send(()).unwrap();
        server.await.unwrap().unwrap();
        assert!(house.submit(registration(3)).await.is_err(), "the register is closed");
        assert_eq!(house.reopened().await.unwrap().is_sound().await, 4);
    }

    #[tokio::test]
    async fn who_is_slow_neither_takes_the_register_from_others_nor_holds_up_its_end() {
        let (house, _) = House::with_camera().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let admin = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, asked) = (listener.local_addr().unwrap(), admin.local_addr().unwrap());
        let wait = Duration::from_millis(500);
        let bounds = Bounds { head: wait, idle: wait, body: wait, connections: 4, ..visitors() };
        let serving = Serving { admin: Some(admin), bounds, ..Serving::on(listener) };
        let (stop, told) = oneshot::channel::<()>();
        let server = tokio::spawn(serving.until(house.register.clone(), async { drop(told.await) }));
        let slow = [
            "",
            "GET / HTTP/1.1\r\nX: ",
            "POST /api/v1/statements HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\nabc",
            "POST /gate HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 9000\r\n\r\n--b",
        ];
        for _ in 0..2 {
            let mut held = Vec::new();
            for what in slow {
                held.push(says(address, what).await);
            }
            // All places are taken, and free again before anybody's patience ends.
            let said =
                tokio::time::timeout(Duration::from_secs(8), answer(says(address, HEALTH).await)).await;
            assert!(said.unwrap().starts_with("HTTP/1.1 200"));
            for socket in held {
                assert_eq!(answer(socket).await, "", "closed");
            }
        }
        let said = answer(says(asked, HEALTH).await).await;
        assert!(
            said.starts_with("HTTP/1.1 200"),
            "the operator's machines are asked nothing of this: {said}"
        );
        let _slow = says(address, slow[2]).await;
        let began = std::time::Instant::now();
        stop.send(()).unwrap();
        server.await.unwrap().unwrap();
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }
}
