//! The log, on standard error.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::{EnvFilter, fmt};

use crate::{
    error::CliError,
    settings::{Log, LogFormat},
};

/// Refuses a filter that cannot be used.
pub(crate) fn check(log: &Log) -> Result<(), CliError> {
    filter(log).map(drop)
}

fn filter(log: &Log) -> Result<EnvFilter, CliError> {
    EnvFilter::try_new(&log.filter)
        .map_err(|error| CliError::because(format_args!("log.filter `{}` cannot be used", log.filter), &error))
}

/// Starts logging. Call it once.
pub(crate) fn start(log: &Log) -> Result<(), CliError> {
    let filter = filter(log)?;
    // A log that cannot be written is no reason to stop. Complaining about it on the same stream would panic.
    let lines = fmt().with_env_filter(filter).with_writer(stderr).log_internal_errors(false);
    match log.format {
        LogFormat::Pretty => lines.with_ansi(stderr().is_terminal()).init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
    Ok(())
}
