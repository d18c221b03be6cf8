//! Serving: the router on a listener until somebody says stop, then an orderly end: readiness is taken back, requests under
//! way are finished, the sequencer empties its queue, the database is closed.

use std::future::Future;
use std::io;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::admin::Admin;
use super::router;
use crate::register::Register;

/// For how long requests under way may go on after the word to stop.
const DRAIN: Duration = Duration::from_secs(10);

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
}

/// What a register may be behind and still be ready, unless somebody says otherwise.
const READY_LAG: Duration = Duration::from_secs(30);

impl Serving {
    /// On a listener, without another for the operator.
    #[must_use]
    pub fn on(listener: TcpListener) -> Self {
        Self { listener, admin: None, ready_lag: READY_LAG, stop_delay: Duration::ZERO }
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
        let Self { listener, admin, ready_lag, stop_delay } = self;
        let (stopping, stopped) = oneshot::channel();
        let meter = register.vitals().meter.clone();
        let told = async move {
            stop.await;
            // First of all: whoever sends visitors here looks for it.
            meter.stopping();
            tracing::info!("asked to stop");
            tokio::time::sleep(stop_delay).await;
            let _ = stopping.send(());
        };
        let serving =
            async { axum::serve(listener, router(register.clone())).with_graceful_shutdown(told).await };
        let too_long = async {
            // An error says that the server ended by itself; then there is nothing to wait for.
            if stopped.await.is_ok() {
                tokio::time::sleep(DRAIN).await;
            } else {
                std::future::pending::<()>().await;
            }
        };
        // It answers to the last moment, since it says how the end goes.
        let admin = admin.map(|listener| tokio::spawn(Admin::of(&register, ready_lag).serve(listener)));
        let ended = tokio::select! {
            ended = serving => ended,
            () = too_long => {
                tracing::warn!("requests still under way were cut off");
                Ok(())
            }
        };
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

    #[tokio::test]
    async fn a_served_register_answers_over_a_socket_and_ends_when_told() {
        let (house, _) = House::with_camera().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, told) = oneshot::channel::<()>();
        let register = house.register.clone();
        let server = tokio::spawn(serve_until(listener, register, async { drop(told.await) }));
        let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
        socket.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
        let mut said = String::new();
        socket.read_to_string(&mut said).await.unwrap();
        assert!(said.starts_with("HTTP/1.1 200") && said.contains("\"log_size\":4"), "{said}");
        stop.send(()).unwrap();
        server.await.unwrap().unwrap();
        assert!(house.submit(registration(3)).await.is_err(), "the register is closed");
        assert_eq!(house.reopened().await.unwrap().is_sound().await, 4);
    }
}
