//! Asks a running server how it is, for whatever watches over it: a container's health check, a script.

mod ask;
mod target;

use std::{collections::BTreeMap, fmt::Write, process::ExitCode, time::Duration};

use serde::Deserialize;
use tokio::{task::spawn_blocking, time::timeout};

use self::{ask::Answer, target::Target};
use crate::{error::CliError, print::print, settings::Settings};

/// How long all of it may take: the server itself gives up on its store earlier.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Which server is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The server; without it the one that listens on `http.listen` of this machine.
    #[arg(long, value_name = "http://HOST:PORT")]
    url: Option<Target>,
}

/// Prints one line. The exit status is 0 if the server is ready, 1 if it is not; anything else is an error.
pub(crate) async fn run(settings: &Settings, args: Args) -> Result<ExitCode, CliError> {
    let target = args.url.unwrap_or_else(|| Target::listening_on(&settings.http.listen));
    let asked = target.clone();
    // A name look-up cannot be interrupted, but it need not be waited for.
    let asking = timeout(TIMEOUT, spawn_blocking(move || ask_both(&asked)));
    let no_answer = || CliError::new(format!("{target} does not answer within {} s", TIMEOUT.as_secs()));
    let answered = asking.await.map_err(|_| no_answer())?;
    let (is_ready, checks) = answered.map_err(|error| CliError::because("cannot ask", &error))??;
    print(&format!("{}:{checks}\n", if is_ready { "ready" } else { "not ready" }))?;
    Ok(if is_ready { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Gives whether the server is ready, and what it checked.
fn ask_both(target: &Target) -> Result<(bool, String), CliError> {
    let ask = |path| {
        ask::get(target, path, TIMEOUT)
            .map_err(|error| CliError::because(format_args!("{target} cannot be asked"), &error))
    };
    let stranger = |path| CliError::new(format!("{target} does not answer {path} as a Hongbao server does"));
    let live = ask("/livez")?;
    if live.status != 200 || checks(&live).is_none() {
        return Err(stranger("/livez"));
    }
    let ready = ask("/readyz")?;
    match (ready.status, checks(&ready)) {
        (200, Some(checks)) => Ok((true, checks)),
        (503, Some(checks)) => Ok((false, checks)),
        (_, _) => Err(stranger("/readyz")),
    }
}

/// What both of them answer with.
#[derive(Deserialize)]
struct Report {
    checks: BTreeMap<String, String>,
}

/// Reads an answer: ` schema ok, serving ok, store ok`.
fn checks(answer: &Answer) -> Option<String> {
    let report: Report = serde_json::from_slice(&answer.body).ok()?;
    let mut line = String::new();
    for (check, outcome) in report.checks {
        let comma = if line.is_empty() { "" } else { "," };
        write!(line, "{comma} {check} {outcome}").ok()?;
    }
    Some(line)
}
