//! The log, on standard error; and traces, to a collector.

mod collector;
mod traces;

use std::io::{IsTerminal, stderr};

use tracing_subscriber::{EnvFilter, Layer, filter::Directive, fmt, layer::SubscriberExt, util::SubscriberInitExt};

pub(crate) use self::traces::Traces;
use crate::{
    error::CliError,
    settings::{Log, LogFormat, Otlp},
};

/// Refuses a filter that cannot be used.
pub(crate) fn check(log: &Log) -> Result<(), CliError> {
    filter(log).map(drop)
}

/// Gives what is logged. Spans of traces never are; where nothing else takes them, they cost nothing.
fn filter(log: &Log) -> Result<EnvFilter, CliError> {
    let filter = EnvFilter::try_new(&log.filter)
        .map_err(|error| CliError::because(format_args!("log.filter `{}` cannot be used", log.filter), &error))?;
    let off = format!("{}=off", hongbao_traces::TARGET);
    Ok(filter.add_directive(off.parse::<Directive>().expect("it is a directive")))
}

/// Starts logging, and traces if they are on. Call it once, on the runtime over which traces are sent.
pub(crate) fn start(log: &Log, otlp: &Otlp) -> Result<Traces, CliError> {
    let (filter, traces) = (filter(log)?, Traces::start(otlp)?);
    // A log that cannot be written is no reason to stop. Complaining about it on the same stream would panic.
    let lines = fmt::layer().with_writer(stderr).log_internal_errors(false);
    let lines = match log.format {
        LogFormat::Pretty => lines.with_ansi(stderr().is_terminal()).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    match traces.layer() {
        Some(layer) => tracing_subscriber::registry().with(lines.with_filter(filter)).with(layer).init(),
        // One filter for all is decided once for each place in the program.
        None => tracing_subscriber::registry().with(lines).with(filter).init(),
    }
    Ok(traces)
}
