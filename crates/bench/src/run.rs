//! A run from the first process to the last audit.

use std::{
    io::{Write, stderr, stdout},
    process::ExitCode,
    time::Duration,
};

use hongbao_testbed::Cluster;
use tempfile::TempDir;
use tokio::runtime::Builder;

use crate::{
    candidate::{Candidate, Kind, Programs},
    cli::Options,
    contest::{self, Plan},
    error::BenchError,
    facts::Facts,
    floor::floors,
    report::{Report, figures},
    stores,
};

/// The database that all others are copies of.
const TEMPLATE: &str = "filled";

/// Measures everything and prints it.
pub(crate) fn run(options: &Options) -> Result<ExitCode, BenchError> {
    if cfg!(debug_assertions) {
        return Err(BenchError::new("a build without optimisation has no speed; use scripts/bench"));
    }
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| BenchError::because("cannot start the runtime", error))?;
    let report = runtime.block_on(measure(plan(options)))?;
    let text = if options.json {
        serde_json::to_string_pretty(&report).map_err(|error| BenchError::because("cannot write JSON", error))? + "\n"
    } else {
        report.to_string()
    };
    stdout().write_all(text.as_bytes()).map_err(|error| BenchError::because("cannot print", error))?;
    let is_good = !options.check || report.floors.iter().all(|floor| floor.is_met);
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

const fn plan(options: &Options) -> Plan {
    if options.quick {
        Plan { rounds: 3, span: Duration::from_secs(2) }
    } else {
        Plan { rounds: 5, span: Duration::from_secs(5) }
    }
}

async fn measure(plan: Plan) -> Result<Report, BenchError> {
    let programs = Programs::find()?;
    let cluster = stores::cluster()?;
    let machine = Facts::find(&cluster, plan.rounds, plan.span.as_secs())?;
    if !machine.is_durable() {
        return Err(BenchError::new("PostgreSQL does not wait for the disk: such figures do not count"));
    }
    let folder = TempDir::new().map_err(|error| BenchError::because("cannot make a folder", error))?;
    let stores = stores(&cluster, &folder).await?;
    let cloud = programs.cloud()?;
    let cloud_url = format!("http://{}", cloud.address);
    let start = |(kind, url)| Candidate::start(&programs, kind, url, &cloud_url);
    let candidates = stores.into_iter().map(start).collect::<Result<Vec<_>, _>>()?;
    let cells = contest::run(&candidates, plan).await?;
    // A run whose audit fails has no speed.
    candidates.into_iter().try_for_each(|candidate| candidate.finish(&programs.hongbao))?;
    let (contest, duel) = (figures(&cells.contest), figures(&cells.duel));
    Ok(Report { machine, figures: contest, duel, floors: floors(&cells) })
}

/// Makes and fills a store for each candidate.
async fn stores(cluster: &Cluster, folder: &TempDir) -> Result<Vec<(Kind, Option<String>)>, BenchError> {
    drop(writeln!(stderr(), "filling the stores"));
    stores::postgres(cluster, TEMPLATE).await?;
    let mut stores = vec![(Kind::Ceiling, None), (Kind::Sqlite, Some(stores::sqlite(folder.path()).await?))];
    for (kind, name) in [(Kind::Textbook, "textbook"), (Kind::Postgres, "hongbao"), (Kind::OneWriter, "one_writer")] {
        let copied = cluster.create_database(name, Some(TEMPLATE));
        copied.map_err(|error| BenchError::because("cannot copy a store", error))?;
        stores.push((kind, Some(cluster.url(name))));
    }
    Ok(stores)
}
