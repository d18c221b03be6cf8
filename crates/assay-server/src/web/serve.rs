//! Serving: the router on a listener until somebody says stop, then an orderly end: requests under way are finished, the
//! sequencer empties its queue, the database is closed.

use std::future::Future;
use std::io;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::router;
use crate::Register;

/// For how long requests under way may go on after the word to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// Serves until the process is asked to stop (Ctrl-C, or SIGTERM on Unix), then closes the register.
///
/// # Errors
/// What the system says of the listener or the signals.
pub async fn serve(listener: TcpListener, register: Register) -> io::Result<()> {
    let asked = stop_signal()?;
    serve_until(listener, register, asked).await
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
    let (stopping, stopped) = oneshot::channel();
    let told = async move {
        stop.await;
        tracing::info!("asked to stop");
        let _ = stopping.send(());
    };
    let serving = axum::serve(listener, router(register.clone())).with_graceful_shutdown(told);
    let too_long = async {
        // An error says that the server ended by itself; then there is nothing to wait for.
        if stopped.await.is_ok() {
            tokio::time::sleep(DRAIN).await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    let ended = tokio::select! {
        ended = serving => ended,
        () = too_long => {
            tracing::warn!("requests still under way were cut off");
            Ok(())
        }
    };
    register.close().await;
    ended
}

/// Ready when the process is asked to stop. From this call on the request is noticed: make it before anybody is told that the
/// register listens, since whoever reads that may ask at once.
///
/// # Errors
/// What the system says of the signals.
pub fn stop_signal() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    #[cfg(unix)]
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    Ok(async move {
        let interrupt = tokio::signal::ctrl_c();
        #[cfg(unix)]
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = interrupt.await;
    })
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
