//! Printing the effective settings.

use std::process::ExitCode;

use crate::{compose, error::CliError, print::print, settings::Settings, telemetry};

/// Prints the settings as a settings file, secrets masked, unless a server would refuse them.
pub(crate) fn run(settings: &Settings) -> Result<ExitCode, CliError> {
    let checked = telemetry::check(&settings.log).and_then(|()| compose::check(settings));
    checked.map_err(|error| error.with_code("settings_invalid"))?;
    let text = toml::to_string(settings).map_err(|error| CliError::because("cannot print the settings", &error))?;
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}
