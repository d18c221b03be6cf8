//! What the commands that run as services share: how they are asked to stop, and what they tell the service manager
//! (systemd's protocol, where `NOTIFY_SOCKET` is set; nothing otherwise).

use std::future::Future;
use std::net::SocketAddr;

use assay_server::{Admin, Meter, Signals};
use tokio::net::TcpListener;

use crate::exit::{Exit, Failure};
use crate::output;

/// Ready when the process is asked to stop (Ctrl-C, SIGTERM); asked a second time, it ends at once. From this call on the
/// request is noticed.
pub(crate) fn asked_to_stop() -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
    let mut signals = signals()?;
    Ok(async move {
        signals.next().await;
        stopping();
        tokio::spawn(async move {
            signals.next().await;
            end_at_once();
        });
    })
}

/// The same, and readiness is taken back first.
pub(crate) fn told(
    stop: impl Future<Output = ()> + Send + 'static,
    meter: &Meter,
) -> impl Future<Output = ()> + Send + 'static {
    let meter = meter.clone();
    async move {
        stop.await;
        meter.stopping();
    }
}

/// The system's requests to stop.
pub(crate) fn signals() -> Result<Signals, Failure> {
    Signals::new().map_err(|e| Failure::impossible(format!("no signal can be had: {e}")))
}

/// Ends the process as a power cut would. What was acknowledged is durable, and the next start goes on from there.
pub(crate) fn end_at_once() -> ! {
    output::note("asked twice: ended at once, without waiting for what was under way");
    std::process::exit(i32::from(Failure::impossible("").code()))
}

/// Tells the service manager that the service is ready, and then, as often as it wants to hear it, that it lives: that the
/// threads which answer visitors still turn. To be called on them.
pub(crate) fn ready(said: &str) {
    #[cfg(unix)]
    {
        use sd_notify::NotifyState;
        tell(&[NotifyState::Ready, NotifyState::Status(said)]);
        if let Some(period) = sd_notify::watchdog_enabled().filter(|period| !period.is_zero()) {
            tokio::spawn(async move {
                let mut turns = tokio::time::interval(period / 3);
                loop {
                    turns.tick().await;
                    tell(&[NotifyState::Watchdog]);
                }
            });
        }
    }
    #[cfg(not(unix))]
    let _ = said;
}

/// Tells the service manager that the service is ending.
pub(crate) fn stopping() {
    #[cfg(unix)]
    tell(&[sd_notify::NotifyState::Stopping, sd_notify::NotifyState::Status("stopping")]);
}

#[cfg(unix)]
fn tell(states: &[sd_notify::NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "the service manager could not be told");
    }
}

/// Where metrics and health are shown.
#[derive(clap::Args)]
pub(crate) struct AdminArgs {
    /// Where to show /metrics, /healthz and /readyz to your own machines, such as 127.0.0.1:9464; never to visitors. Default:
    /// nowhere
    #[arg(long, value_name = "ADDR", env = "ASSAY_ADMIN")]
    admin: Option<SocketAddr>,
}

impl AdminArgs {
    /// A meter that counts if anybody is to see it.
    pub(crate) fn meter(&self) -> Meter {
        if self.admin.is_some() { Meter::on() } else { Meter::off() }
    }

    /// Shows it for a service without a log of its own, beside whatever else runs.
    pub(crate) async fn show(&self, meter: &Meter) -> Result<(), Failure> {
        if let Some(listener) = listen_for_admin(self.admin).await? {
            tokio::spawn(Admin::of_process(meter.clone()).serve(listener));
        }
        Ok(())
    }
}

/// Takes the operator's address, if there is one.
pub(crate) async fn listen_for_admin(address: Option<SocketAddr>) -> Result<Option<TcpListener>, Failure> {
    let Some(address) = address else { return Ok(None) };
    if !address.ip().is_loopback() {
        tracing::warn!(%address, "metrics and health are shown to whoever reaches this address");
    }
    crate::commands::register::listen(address, "--admin").await.map(Some)
}

/// How a service ends that served until it was asked to stop.
pub(crate) fn ended(served: std::io::Result<()>) -> Result<Exit, Failure> {
    served.map(|()| Exit::Holds).map_err(|e| Failure::impossible(format!("the server stopped: {e}")))
}
