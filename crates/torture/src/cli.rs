//! The command line.

use std::{fmt, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Real servers under random clients while everything around them breaks.
#[derive(Debug, Parser)]
#[command(name = "hongbao-torture")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) role: Role,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Role {
    /// Torture servers, then check what they said.
    Run(Options),
    /// Print the schedule of faults of a run without running it.
    Plan(Options),
    /// Check a trial that is over.
    Check {
        /// The folder of the trial.
        folder: PathBuf,
    },
}

/// What is tortured, and for how long.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// For how many minutes clients are at work: `10`, `0.5`.
    #[arg(long, default_value = "2", value_parser = minutes)]
    pub(crate) minutes: Minutes,
    /// The store.
    #[arg(long, value_enum, default_value_t = Store::Postgres)]
    pub(crate) store: Store,
    /// How many servers there are. SQLite has one.
    #[arg(long)]
    pub(crate) replicas: Option<usize>,
    /// The seed of the schedule of faults and of what clients want. A new one by default.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// Where history and state are kept: a new folder by default, which is named at the end.
    #[arg(long)]
    pub(crate) folder: Option<PathBuf>,
    /// Plants a defect, for which the server must have been built: then the verdict must be that there is one.
    #[arg(long, value_enum)]
    pub(crate) planted: Option<Defect>,
}

impl Options {
    /// How many servers there are.
    pub(crate) fn replicas(&self) -> usize {
        match self.store {
            Store::Sqlite => 1,
            Store::Postgres => self.replicas.unwrap_or(3).max(1),
        }
    }
}

/// The store under the servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Store {
    /// A file, and one server.
    Sqlite,
    /// A private server, and several of ours.
    Postgres,
}

/// A defect that can be planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Defect {
    /// A claim that is settled or released without a look at its fence.
    Fence,
    /// An answer before COMMIT.
    EarlyAnswer,
    /// A refund without a look at the packet's state.
    Refund,
}

/// Writes a value as the command line has it.
pub(crate) fn word(value: &impl ValueEnum) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

/// A length of time in milliseconds, given in minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Minutes {
    pub(crate) ms: u64,
}

impl fmt::Display for Minutes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.ms / 60_000, self.ms % 60_000 / 60)
    }
}

fn minutes(text: &str) -> Result<Minutes, String> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let is_decimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > 3 || !is_decimal(whole) || !is_decimal(part) {
        return Err("minutes are a decimal with at most three places".to_owned());
    }
    let number = |text: &str| text.parse::<u64>().map_err(|error| error.to_string());
    let thousandths = number(&format!("{part:0<3}"))?;
    let ms = number(whole)?.checked_mul(60_000).and_then(|ms| ms.checked_add(thousandths * 60));
    ms.map(|ms| Minutes { ms }).ok_or_else(|| "that is too long".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_may_have_places() {
        assert_eq!(minutes("2"), Ok(Minutes { ms: 120_000 }));
        assert_eq!(minutes("0.5"), Ok(Minutes { ms: 30_000 }));
        assert_eq!(minutes("1.25").map(|minutes| minutes.to_string()), Ok("1.250".to_owned()));
        assert!(minutes("").is_err() && minutes("1e3").is_err() && minutes("-1").is_err());
    }
}
