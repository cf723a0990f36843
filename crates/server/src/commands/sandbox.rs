//! A local RongCloud on its own.

use std::process::ExitCode;

use hongbao_sandbox::{Options, Sandbox};

use crate::{cli::SandboxOptions, error::CliError, print::print, signal::stop_signal};

/// Runs until it is told to stop.
pub(crate) async fn run(options: SandboxOptions) -> Result<ExitCode, CliError> {
    let SandboxOptions { listen, app_key, app_secret } = options;
    if app_key.is_empty() || app_secret.is_empty() {
        return Err(CliError::new("the sandbox needs an app key and an app secret that are not empty"));
    }
    let listener = listen.bind("--listen")?;
    let address = listener.local_addr().map_err(|error| CliError::because("cannot read the own address", &error))?;
    let stop = stop_signal()?;
    let sandbox = Sandbox::new(Options { app_key, app_secret: app_secret.into() });
    print(&format!("RongCloud sandbox on http://{address} (manual: curl http://{address}/sandbox)\n"))?;
    hongbao_sandbox::serve(listener, sandbox, stop)
        .await
        .map_err(|error| CliError::because("the sandbox broke", &error))?;
    Ok(ExitCode::SUCCESS)
}
