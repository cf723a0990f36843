//! Bringing the schema of the store that is set up to date, apart from the server.

use std::{fmt, process::ExitCode};

use hongbao_postgres::Pooler;
use serde::Serialize;

use crate::{
    error::CliError,
    print::print,
    settings::{Place, Settings},
};

/// What came of it.
#[derive(Debug, Serialize)]
struct Report {
    store: String,
    /// The names of what was applied now; none where the schema was up to date.
    applied: Vec<String>,
}

/// How the outcome is printed.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Applies what is missing, whatever `database.migrate` says, and tells which that was.
pub(crate) async fn run(settings: &Settings, args: Args) -> Result<ExitCode, CliError> {
    let place = settings.place(false)?;
    let applied = apply(settings, &place).await?;
    let report = Report { store: place.to_string(), applied };
    let text = if args.json {
        serde_json::to_string(&report).map_err(|error| CliError::because("cannot print", &error))? + "\n"
    } else {
        report.to_string()
    };
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

async fn apply(settings: &Settings, place: &Place) -> Result<Vec<String>, CliError> {
    match place {
        Place::Sqlite(url) => {
            let migrated = hongbao_sqlite::migrate(&hongbao_sqlite::Settings::new(url)).await;
            migrated
                .map_err(|error| CliError::because(format_args!("cannot migrate {place}, set by database.url"), &error))
        }
        Place::Postgres(url) => {
            let options = settings.postgres(url)?;
            let (way, key) = match (&options.migration_url, options.pooler) {
                (Some(_), Pooler::None | Pooler::Transaction) => (&settings.database.migration_url, "migration_url"),
                (None, Pooler::None) => (url, "url"),
                (None, Pooler::Transaction) => {
                    return Err(CliError::new(
                        "migrations cannot go through a pooler in transaction mode; set database.migration_url to the database itself",
                    ));
                }
            };
            let migrated = hongbao_postgres::migrate(&options).await;
            migrated
                .map_err(|error| CliError::because(format_args!("cannot migrate {way}, set by database.{key}"), &error))
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { store, applied } = self;
        if applied.is_empty() {
            return writeln!(f, "{store}: the schema is up to date, nothing was applied");
        }
        writeln!(f, "{store}: applied {}", applied.join(", "))
    }
}
