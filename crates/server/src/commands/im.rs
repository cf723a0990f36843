//! Looking at the IM cloud that is set.

use std::{process::ExitCode, sync::Arc};

use clap::Subcommand;
use hongbao_ports::{Clock, Ids};

use crate::{
    compose::{CloudAccess, connect},
    error::CliError,
    im::ask,
    print::print,
    settings::Settings,
    system::{SystemClock, SystemIds},
};

/// What is asked about the IM cloud.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: ImCommand,
}

#[derive(Debug, Subcommand)]
enum ImCommand {
    /// Sign in to each host that is set and say what is wrong with it, or that all is well. Changes nothing there.
    ///
    /// Exit status: 0 if all is well, 1 if the cloud refuses, 2 if it cannot be tried.
    Check {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Args {
    /// Whether a program reads what is printed.
    pub(crate) const fn is_json(&self) -> bool {
        let ImCommand::Check { json } = self.command;
        json
    }
}

/// Runs one command about the IM cloud.
pub(crate) async fn run(settings: &Settings, args: Args) -> Result<ExitCode, CliError> {
    match args.command {
        ImCommand::Check { json } => check(settings, json).await,
    }
}

/// Exit status 0: every host lets the app in. 1: one of them says no. 2: one of them could not be asked.
async fn check(settings: &Settings, json: bool) -> Result<ExitCode, CliError> {
    let (clock, ids): (Arc<dyn Clock>, Arc<dyn Ids>) = (Arc::new(SystemClock), Arc::new(SystemIds));
    let cloud = connect(&settings.im, CloudAccess::of(&settings.im)?, &clock, &ids)?;
    let (codes, lines): (Vec<_>, Vec<_>) = ask(&cloud).await.into_iter().unzip();
    let code = codes.into_iter().fold(0, worse);
    if json {
        let text = serde_json::to_string(&lines).map_err(|error| CliError::because("cannot print", &error))?;
        print(&(text + "\n"))?;
    } else {
        print(&lines.iter().map(ToString::to_string).collect::<String>())?;
    }
    Ok(ExitCode::from(code))
}

/// A no of the cloud outweighs a host that could not be asked: it is sure, and stays until it is dealt with.
const fn worse(one: u8, other: u8) -> u8 {
    match (one, other) {
        (1, _) | (_, 1) => 1,
        (0, code) | (code, _) => code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_no_is_the_worst_and_what_was_not_tried_is_worse_than_good() {
        for (codes, expected) in
            [(&[0, 0][..], 0), (&[0, 2], 2), (&[2, 0], 2), (&[2, 2], 2), (&[2, 1], 1), (&[1, 2], 1), (&[0, 1], 1)]
        {
            assert_eq!(codes.iter().copied().fold(0, worse), expected, "{codes:?}");
        }
    }
}
