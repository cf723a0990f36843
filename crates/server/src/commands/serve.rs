//! Running the server.

use std::process::ExitCode;

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
    telemetry::start(&settings.log)?;
    let bound = Bound::bind(settings, args.demo)?;
    let stop = stop_signal()?;
    let server = bound.start().await?;
    let manager = ServiceManager::of_environment();
    // The address is taken, and what connects from now on is served.
    manager.tell(State::Ready);
    let stop = async move {
        stop.await;
        manager.tell(State::Stopping);
    };
    server.run(stop).await?;
    Ok(ExitCode::SUCCESS)
}
