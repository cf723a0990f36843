//! The proof that a run was honest: what was answered well is in the store, all of it and nothing else.

use std::{
    path::Path,
    process::{Command, Output},
};

use serde::Deserialize;

use crate::{error::BenchError, fill, process::without_settings};

/// What a candidate has answered well since its store was filled.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    pub(crate) published: u64,
    pub(crate) accepted: u64,
}

/// What an audit found.
#[derive(Deserialize)]
pub(crate) struct Report {
    pub(crate) holds: bool,
    holders: u64,
    pub(crate) postings: u64,
    findings: Vec<String>,
}

/// Makes the command that audits a store.
pub(crate) fn command(hongbao: &Path, url: &str) -> Command {
    let mut command = Command::new(hongbao);
    command.args(["admin", "audit", "--json", "--set"]).arg(format!("database.url={url}"));
    without_settings(&mut command);
    command
}

/// Reads what it has printed.
pub(crate) fn report(name: &str, output: &Output) -> Result<Report, BenchError> {
    serde_json::from_slice(&output.stdout)
        .map_err(|_| BenchError::new(format!("cannot audit {name}: {}", String::from_utf8_lossy(&output.stderr))))
}

/// Audits a store with the real program, and compares its rows with the answers.
pub(crate) fn audit(hongbao: &Path, name: &str, url: &str, tally: Tally) -> Result<(), BenchError> {
    let cannot = |error| BenchError::because(format_args!("cannot audit {name}"), error);
    let output = command(hongbao, url).output().map_err(cannot)?;
    let report = report(name, &output)?;
    if !report.holds || !output.status.success() {
        let (count, first) = (report.findings.len(), report.findings.first());
        return Err(BenchError::new(format!(
            "the money of {name} does not hold: {count} findings, the first {first:?}"
        )));
    }
    if (report.holders, report.postings) == expected(tally) {
        return Ok(());
    }
    let (found, expected) = ((report.holders, report.postings), expected(tally));
    Err(BenchError::new(format!("{name} has {found:?} holders and postings where its answers make {expected:?}")))
}

/// Each user has an account and a deposit; each packet is a holder; each movement of money has two postings.
fn expected(tally: Tally) -> (u64, u64) {
    let users = u64::from(fill::USERS);
    (2 * users + tally.published, 2 * (users + tally.published + tally.accepted))
}
