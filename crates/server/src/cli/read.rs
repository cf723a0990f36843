//! Reading the command line, and saying what is wrong with it.

use std::{
    env,
    io::{Write, stderr},
    process::ExitCode,
};

use clap::{CommandFactory, FromArgMatches, error::ErrorKind};

use super::{Cli, Command};
use crate::{mask, print::print_error};

/// The commands that read no settings.
const WITHOUT_SETTINGS: [&str; 3] = ["openapi", "sandbox", "transfer-store"];

impl Cli {
    /// Reads the command line.
    pub(crate) fn read() -> Result<Self, clap::Error> {
        let mut command = command();
        let cli = Self::from_arg_matches(&command.try_get_matches_from_mut(env::args_os())?)?;
        let reads_settings =
            !matches!(cli.command, Command::Openapi(_) | Command::Sandbox(_) | Command::TransferStore(_));
        if !reads_settings && (cli.common.config.is_some() || !cli.common.set.is_empty()) {
            let sentence = "this command reads no settings: leave --config and --set out";
            return Err(command.error(ErrorKind::ArgumentConflict, sentence));
        }
        Ok(cli)
    }
}

/// Offers the settings' flags only where they are read. The other commands know them, to say so.
fn command() -> clap::Command {
    let command = Cli::command();
    let flags: Vec<_> = command.get_arguments().filter(|flag| flag.is_global_set()).cloned().collect();
    let hide = |command: clap::Command| command.args(flags.iter().map(|flag| flag.clone().hide(true)));
    WITHOUT_SETTINGS.iter().fold(command, |command, name| command.mut_subcommand(name, hide))
}

/// Prints what is wrong with a command line, or the help that was asked for. With `--json` the mistake is JSON, too.
///
/// What may be the address of a database is not repeated, for there may be a password in it.
pub(crate) fn refuse(misuse: &clap::Error) -> ExitCode {
    if !misuse.use_stderr() {
        drop(misuse.print());
        return ExitCode::SUCCESS;
    }
    let arguments = env::args_os().map(|argument| argument.to_string_lossy().into_owned());
    let (plain, masked) = (misuse.to_string(), mask::arguments(&misuse.to_string(), arguments));
    if env::args_os().any(|arg| arg == "--json") {
        let (sentence, _usage) = masked.split_once("\n\n").unwrap_or((&masked, ""));
        let sentence = sentence.strip_prefix("error: ").unwrap_or(sentence);
        print_error(true, "usage", &sentence.split_whitespace().collect::<Vec<_>>().join(" "));
    } else if masked == plain {
        drop(misuse.print());
    } else {
        // A closed standard error is no reason to fail.
        drop(write!(stderr(), "{masked}"));
    }
    ExitCode::from(2)
}
