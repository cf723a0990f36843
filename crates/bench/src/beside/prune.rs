//! The end of old keys, among many.

use std::{process::ExitCode, thread, time::Duration};

use hongbao_testbed::Clock;
use tempfile::TempDir;
use tokio::time::Instant;

use super::writers::{WARM_UP, Writers, run, say, tell};
use crate::{
    candidate::{Candidate, Kind, Programs},
    cli::{PruneOptions, Store},
    error::BenchError,
    large::Large,
    load::Measured,
};

const SPAN: Duration = Duration::from_secs(30);

/// A server deletes nothing before its clock has run evenly for this long.
const EVEN_FOR: i64 = 3_600;

/// How long all programs may take to see that a clock has been shifted.
const SEEN_AFTER: Duration = Duration::from_millis(1_500);

/// How long it may take until all that is old is deleted.
const LONGEST: Duration = Duration::from_mins(20);

/// Measures what those who write under keys wait while old keys are deleted.
pub(crate) fn prune(options: &PruneOptions) -> Result<ExitCode, BenchError> {
    run(async {
        let programs = Programs::find()?;
        for store in &options.stores {
            of(&programs, *store, options).await?;
        }
        Ok(true)
    })
}

async fn of(programs: &Programs, store: Store, options: &PruneOptions) -> Result<(), BenchError> {
    tell("filling a store");
    let large = Large::open(store, true).await?;
    large.add_requests(options.keys).await?;
    let cloud = programs.cloud()?;
    let kind = match store {
        Store::Sqlite => Kind::Sqlite,
        Store::Postgres => Kind::Postgres,
    };
    let folder = TempDir::new().map_err(cannot)?;
    let clock = Clock::open(&folder.path().join("clock")).map_err(cannot)?;
    let cloud_url = format!("http://{}", cloud.address);
    let server = Candidate::start_under(&clock.counting(), programs, kind, Some(large.url()), &cloud_url)?;
    let mut writers = Writers { address: server.process.address, connections: options.connections, next_key: 0 };
    writers.write(WARM_UP).await?;
    let old = large.old_requests().await?;
    let before = writers.write(SPAN).await?;
    if large.old_requests().await? < old {
        return Err(BenchError::new("old keys are deleted before the clock was even for long enough"));
    }
    // An hour passes for the store and its server.
    if let Large::Postgres(cluster) = &large {
        cluster.clock().map_or(Ok(()), |clock| clock.shift(EVEN_FOR)).map_err(cannot)?;
        thread::sleep(SEEN_AFTER);
    }
    clock.shift(EVEN_FOR).map_err(cannot)?;
    let begun = wait_until_it_begins(&large, old).await?;
    let during = writers.write(SPAN).await?;
    let left = large.old_requests().await?;
    if left == 0 {
        return Err(BenchError::new("all old keys were deleted before the span was over: take more"));
    }
    while large.old_requests().await? > 0 {
        if begun.elapsed() > LONGEST {
            return Err(BenchError::new("old keys are left"));
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let took = begun.elapsed().as_secs();
    let after = writers.write(SPAN).await?;
    let figures = |Measured { per_second, p50_us, p99_us, .. }: Measured| {
        format!("{per_second} a second, p50 {p50_us} us, p99 {p99_us} us")
    };
    say(&format!(
        "{}, {} keys of which {old} are old, {} connections: before {}; while they are deleted {}; after {}; {} were \
        deleted in the span, all in {took} s",
        kind.name(),
        options.keys,
        options.connections,
        figures(before),
        figures(during),
        figures(after),
        old - left,
    ))
}

async fn wait_until_it_begins(large: &Large, old: i64) -> Result<Instant, BenchError> {
    let asked = Instant::now();
    while large.old_requests().await? == old {
        if asked.elapsed() > Duration::from_mins(3) {
            return Err(BenchError::new("no old key is deleted"));
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(Instant::now())
}

fn cannot(error: std::io::Error) -> BenchError {
    BenchError::because("cannot shift a clock", error)
}
