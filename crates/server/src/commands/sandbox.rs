//! A local RongCloud on its own.

use std::process::ExitCode;

use hongbao_sandbox::{Options, Sandbox};

use crate::{
    error::CliError,
    listen::{Listen, address},
    print::print,
    settings::{Log, Otlp},
    signal::stop_signal,
    telemetry,
};

/// How the sandbox runs on its own.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Address to listen on, as in `127.0.0.1:9090` or `localhost:9090`.
    #[arg(long, default_value = "127.0.0.1:9090", value_name = "ADDRESS")]
    listen: Listen,
    /// App key that requests must carry.
    #[arg(long, value_name = "KEY")]
    app_key: String,
    /// App secret that requests must be signed with.
    #[arg(long, value_name = "SECRET")]
    app_secret: String,
}

/// Runs until it is told to stop.
pub(crate) async fn run(args: Args) -> Result<ExitCode, CliError> {
    telemetry::start(&Log::default(), &Otlp::default())?;
    let Args { listen, app_key, app_secret } = args;
    if app_key.is_empty() || app_secret.is_empty() {
        return Err(CliError::new("the sandbox needs an app key and an app secret that are not empty"));
    }
    let listener = listen.bind("--listen")?;
    let address = address(&listener)?;
    let stop = stop_signal()?;
    let sandbox = Sandbox::new(Options { app_key, app_secret: app_secret.into() });
    print(&format!("RongCloud sandbox on http://{address} (manual: curl http://{address}/sandbox)\n"))?;
    hongbao_sandbox::serve(listener, sandbox, stop)
        .await
        .map_err(|error| CliError::because("the sandbox broke", &error))?;
    Ok(ExitCode::SUCCESS)
}
