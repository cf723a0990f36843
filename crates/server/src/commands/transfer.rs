//! Moving everything that one store keeps to another, before the server is started on that.

mod report;

use std::{
    io::{Write, stderr},
    process::ExitCode,
    time::Duration,
};

use hongbao_ports::FaultKind;
use hongbao_postgres::PostgresArchive;
use hongbao_sqlite::SqliteArchive;
use hongbao_store::archive::{
    Archive, ArchiveError, Leases, Table,
    transfer::{NotMoved, Step, transfer},
};

use self::report::Report;
use crate::{
    error::CliError,
    print::print,
    settings::{Place, is_masked},
    signal::stop_signal,
};

/// What is moved where.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The store to move: `sqlite://path/to/file.db` or `postgres://user@host/database`. It is not changed.
    #[arg(long, value_name = "URL")]
    from: String,
    /// The store to fill; it must be empty. A file or a schema that is not there is made.
    #[arg(long, value_name = "URL")]
    to: String,
    /// Print JSON, and say nothing meanwhile.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Reads an address. What stands there instead is not repeated: there may be a password in it.
fn place(flag: &str, url: &str) -> Result<Place, CliError> {
    if is_masked(url) {
        return Err(CliError::new(format!("{flag} has a masked password; write the password itself, or leave it out"))
            .with_code("settings_invalid"));
    }
    Place::parse(url).map_err(|wrong| CliError::new(format!("{flag} {wrong}")).with_code("settings_invalid"))
}

/// How long a store that has failed may take to say goodbye.
const FAREWELL: Duration = Duration::from_secs(5);

/// Moves everything or nothing.
pub(crate) async fn run(args: Args) -> Result<ExitCode, CliError> {
    let (from, to, json) = (place("--from", &args.from)?, place("--to", &args.to)?, args.json);
    let mut source = open(&from).await.map_err(|error| source_is_closed(&from, error))?;
    let mut target = open_or_make(&to).await.map_err(|error| target_is_closed(&to, error))?;
    let stopped = stop_signal()?;
    let mut progress = Progress { json, last: None };
    let mut tell = |table, rows| progress.tell(table, rows);
    let moved = tokio::select! {
        moved = transfer(source.as_mut(), target.as_mut(), &mut tell) => moved,
        () = stopped => return Err(CliError::new(format!("interrupted: nothing is kept in {to}"))),
    };
    let moved = match moved {
        Ok(moved) => moved,
        Err(not_moved) => {
            drop(tokio::time::timeout(FAREWELL, async { tokio::join!(source.leave(), target.leave()) }).await);
            return Err(sentence(&from, &to, not_moved));
        }
    };
    // From here on there is no way back, and an interrupt has to wait: the source stays locked until it is known.
    target.keep().await.map_err(|fault| match fault.kind() {
        FaultKind::Unresolved => CliError::because(
            format_args!("{to} has everything or nothing: see with `hongbao admin audit`, and if nothing, try again"),
            &fault,
        ),
        FaultKind::Internal | FaultKind::Unavailable => {
            CliError::because(format_args!("nothing is kept in {to}"), &fault)
        }
    })?;
    source.leave().await;
    let report = Report::new(&from, &to, &moved);
    print(&if json { report.to_json()? } else { report.to_string() })?;
    Ok(ExitCode::SUCCESS)
}

async fn open(place: &Place) -> Result<Box<dyn Archive>, ArchiveError> {
    Ok(match place {
        Place::Sqlite(url) => Box::new(SqliteArchive::open(url).await?),
        Place::Postgres(url) => Box::new(PostgresArchive::open(url.as_str()).await?),
    })
}

async fn open_or_make(place: &Place) -> Result<Box<dyn Archive>, ArchiveError> {
    Ok(match place {
        Place::Sqlite(url) => Box::new(SqliteArchive::open_or_make(url).await?),
        Place::Postgres(url) => Box::new(PostgresArchive::open_or_make(url.as_str()).await?),
    })
}

/// Says on standard error how far it is: each table, and a large one from time to time.
struct Progress {
    json: bool,
    last: Option<(Table, u64)>,
}

impl Progress {
    fn tell(&mut self, table: Table, rows: u64) {
        /// How many rows may pass without a word.
        const STEP: u64 = 100_000;
        let is_due = self.last.is_none_or(|(last, told)| last != table || rows >= told + STEP);
        if self.json || !is_due {
            return;
        }
        self.last = Some((table, rows));
        // A closed standard error is no reason to stop.
        drop(writeln!(stderr(), "{}: {rows} rows …", table.as_str()));
    }
}

fn source_is_closed(from: &Place, error: ArchiveError) -> CliError {
    match error {
        ArchiveError::Closed(fault) => CliError::because(format_args!("cannot open {from}"), &fault),
        ArchiveError::OtherSchema => CliError::new(format!(
            "{from} does not have the schema of this version: start and stop the server on it once"
        )),
        ArchiveError::InUse => CliError::new(in_use(from)),
    }
}

fn in_use(from: &Place) -> String {
    format!("{from} is in use: stop every server on it, and whatever else has it open, and try again")
}

fn target_is_closed(to: &Place, error: ArchiveError) -> CliError {
    match error {
        ArchiveError::Closed(fault) => CliError::because(format_args!("cannot open {to}"), &fault),
        ArchiveError::OtherSchema => CliError::new(format!(
            "{to} is of another version of Hongbao, or of something else: give it an empty database, or a file that does not exist"
        )),
        ArchiveError::InUse => CliError::new(format!("{to} is in use: whatever is moved there must have it alone")),
    }
}

fn sentence(from: &Place, to: &Place, not_moved: NotMoved) -> CliError {
    let nothing = format!("nothing is kept in {to}");
    match not_moved {
        NotMoved::InProgress(leases) => CliError::new(format!(
            "{from} has something in progress ({}): start the server on it, wait until it has ended that, stop it, and try again",
            list(leases)
        )),
        NotMoved::NotEmpty(table) => CliError::new(format!("{to} is not empty: there are {} in it", table.as_str())),
        NotMoved::Unsound(findings) => CliError::new(format!(
            "the money does not hold in {from}: {} findings, see `hongbao admin audit`; {nothing}",
            findings.len()
        )),
        NotMoved::Differs(table) => {
            CliError::new(format!("{} of {to} are not what they are in {from}; {nothing}", table.as_str()))
        }
        NotMoved::AuditsDiffer => CliError::new(format!("the audits of {from} and {to} differ; {nothing}")),
        NotMoved::InUse => CliError::new(format!("{}; {nothing}", in_use(from))),
        NotMoved::Broke(step, fault) => CliError::because(format_args!("cannot {}; {nothing}", verb(step)), &fault),
    }
}

fn verb(step: Step) -> String {
    match step {
        Step::InspectSource => "inspect the source".to_owned(),
        Step::InspectTarget => "inspect the target".to_owned(),
        Step::Read(table) => format!("read the {} of the source", table.as_str()),
        Step::Write(table) => format!("write the {} of the target", table.as_str()),
        Step::ReadAgain(table) => format!("read the {} of the target again", table.as_str()),
        Step::AuditTarget => "audit the target".to_owned(),
    }
}

/// Names what is in progress and leaves out what is not.
fn list(leases: Leases) -> String {
    let Leases { sending, claiming, preparing, joining, checking } = leases;
    let all = [
        (sending, "packets being sent"),
        (claiming, "claims"),
        (preparing, "groups being made"),
        (joining, "users joining groups"),
        (checking, "checks of groups and members"),
    ];
    let some = all.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    some.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_progress_is_named_and_nothing_else() {
        let leases = Leases { sending: 1, checking: 3, ..Leases::default() };
        assert_eq!(list(leases), "1 packets being sent, 3 checks of groups and members");
    }
}
