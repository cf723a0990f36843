//! Running the server.

use std::process::ExitCode;

use tokio::{sync::oneshot, time::Instant};

use crate::{
    compose::Bound,
    error::CliError,
    notify::{ServiceManager, State},
    settings::Settings,
    signal::stop_signal,
    telemetry,
};

/// How the server runs, beside its settings.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Run everything on this machine with demo users and money, in a store of its own.
    #[arg(long)]
    demo: bool,
}

/// Runs the server until it is told to stop.
pub(crate) async fn run(settings: Settings, args: Args) -> Result<ExitCode, CliError> {
    let traces = telemetry::start(&settings.log, &settings.otlp)?;
    let (delay, grace) = (settings.http.shutdown_delay.0, settings.http.shutdown_grace.0);
    let flush = settings.otlp.timeout.0;
    let bound = Bound::bind(settings, args.demo)?;
    let stop = stop_signal()?;
    let server = bound.start().await?;
    let manager = ServiceManager::of_environment();
    // The address is taken, and what connects from now on is served.
    manager.tell(State::Ready);
    let (told, mut stopping) = oneshot::channel();
    let stop = async move {
        stop.await;
        // No one waits for it where the server has broken.
        let _told = told.send(Instant::now());
        manager.tell(State::Stopping);
    };
    let run = server.run(stop).await;
    // What the parts of the server leave of the grace period is for the last traces.
    // A server that has broken was not told to stop.
    let stop_begun = stopping.try_recv().map_or_else(|_broke| Instant::now(), |told| told + delay);
    traces.flush(flush.min((stop_begun + grace).saturating_duration_since(Instant::now()))).await;
    run?;
    Ok(ExitCode::SUCCESS)
}
