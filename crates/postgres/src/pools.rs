//! Connections, divided among the kinds of work, so that none of them takes another's.

use std::time::Duration;

use hongbao_domain::store::Lane;
use hongbao_metrics::Histogram;
use hongbao_ports::Fault;
use hongbao_store::{ConnectionCounts, PoolCounts, SlowLog};
use sqlx::{
    PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::time::Instant;

use crate::gate::{Gate, Permit};

/// For how long a connection that lies idle is trusted to be there.
const TRUSTED: Duration = Duration::from_secs(1);

/// How many connections each kind of work has, each at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// For batches: one for each writer, and one for the question what became of a lost commit.
    pub batches: u32,
    /// For what requests read.
    pub reads: u32,
    /// For what sweeps look for and prune.
    pub background: u32,
}

impl Connections {
    /// 16 connections, divided for two writers.
    pub const USUAL: Self = Self { batches: 3, reads: 11, background: 2 };

    /// How many connections must be more than there are writers: one for the question, and one for each other kind.
    pub const BESIDE_WRITERS: u32 = 3;

    /// Gives so many to each.
    pub const fn of_each(count: u32) -> Self {
        Self { batches: count, reads: count, background: count }
    }

    /// Divides `total` connections where `writers` batches may be at the database side by side; `None`: too few.
    ///
    /// Batches have one for each writer and one more. Of the rest one in six, and at least one, is for the background; what
    /// is left is for reads.
    pub fn divide(total: u32, writers: u32) -> Option<Self> {
        if total < writers.checked_add(Self::BESIDE_WRITERS)? {
            return None;
        }
        let batches = writers + 1;
        let background = ((total - batches) / 6).max(1);
        Some(Self { batches, reads: total - batches - background, background })
    }
}

/// What a connection is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Batch,
    Read,
    Background,
    Probe,
}

/// All connections of a store.
pub(crate) struct Pools {
    batches: PgPool,
    reads: PgPool,
    background: PgPool,
    /// One that is kept for the question whether the database can be used: under load all others are in use.
    probe: PgPool,
    reads_gate: Gate,
    /// How long one waits for a place or a connection.
    acquire_timeout: Duration,
    waits: SlowLog,
    uses: SlowLog,
    waited: Histogram,
}

impl Pools {
    /// Makes the pools, without a connection.
    pub(crate) fn new(connections: Connections, options: &PgConnectOptions, acquire_timeout: Duration) -> Self {
        let pool = |connections| {
            PgPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(acquire_timeout)
                // The library would log each that waits long, thousands in a flood. They are counted instead.
                .acquire_slow_threshold(Duration::MAX)
                .test_before_acquire(false)
                .before_acquire(|connection, found| Box::pin(async move { test(connection, found.idle_for).await }))
                .connect_lazy_with(options.clone())
        };
        Self {
            batches: pool(connections.batches),
            reads: pool(connections.reads),
            background: pool(connections.background),
            probe: pool(1),
            reads_gate: Gate::new(connections.reads),
            acquire_timeout,
            waits: SlowLog::new("waits for a place at the database"),
            uses: SlowLog::new("transactions or reads"),
            waited: Histogram::of_durations(),
        }
    }

    pub(crate) const fn of(&self, purpose: Purpose) -> &PgPool {
        match purpose {
            Purpose::Batch => &self.batches,
            Purpose::Read => &self.reads,
            Purpose::Background => &self.background,
            Purpose::Probe => &self.probe,
        }
    }

    /// Waits for leave to begin something, until `until` at the latest. Batches and the background bound themselves.
    pub(crate) async fn enter(&self, purpose: Purpose, lane: Lane, until: Instant) -> Result<Option<Permit>, Fault> {
        let gate = match purpose {
            Purpose::Read => &self.reads_gate,
            Purpose::Batch | Purpose::Background | Purpose::Probe => return Ok(None),
        };
        let begun = Instant::now();
        let entered = gate.enter(lane, until.min(begun + self.acquire_timeout)).await;
        self.note_wait(begun.elapsed());
        entered.map(Some)
    }

    /// Notes how long a place or a connection was waited for.
    pub(crate) fn note_wait(&self, took: Duration) {
        self.waits.note(took);
        self.waited.observe_duration(took);
    }

    /// Notes how long a connection was in use.
    pub(crate) fn note_use(&self, took: Duration) {
        self.uses.note(took);
    }

    /// Gives what there is of connections.
    pub(crate) fn counts(&self) -> ConnectionCounts {
        let pools = [
            ("batches", &self.batches),
            ("reads", &self.reads),
            ("background", &self.background),
            ("probe", &self.probe),
        ];
        let pools = pools.map(|(name, pool)| PoolCounts {
            name,
            most: pool.options().get_max_connections(),
            open: pool.size(),
            idle: u32::try_from(pool.num_idle()).unwrap_or(u32::MAX),
        });
        ConnectionCounts { pools: pools.into(), waits: self.waited.read() }
    }

    /// Closes all connections after what runs.
    pub(crate) async fn close(&self) {
        for pool in [&self.batches, &self.reads, &self.background, &self.probe] {
            pool.close().await;
        }
    }
}

/// Makes sure that a connection is still there. One that was in use a moment ago was tested when it was given back; to
/// test it again would be a round trip for every statement.
async fn test(connection: &mut PgConnection, idle_for: Duration) -> Result<bool, sqlx::Error> {
    use sqlx::Connection;
    if idle_for > TRUSTED {
        connection.ping().await?;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::poll;

    use super::*;

    #[tokio::test]
    async fn what_requests_read_is_bounded_and_the_rest_is_not() {
        let minute = Duration::from_mins(1);
        let pools = Pools::new(Connections::of_each(1), &PgConnectOptions::new(), minute);
        let until = Instant::now() + minute;
        let _permit = pools.enter(Purpose::Read, Lane::New, until).await.unwrap();
        let mut second = pin!(pools.enter(Purpose::Read, Lane::New, until));
        assert!(poll!(&mut second).is_pending());
        for purpose in [Purpose::Batch, Purpose::Background, Purpose::Probe] {
            assert!(pools.enter(purpose, Lane::New, until).await.unwrap().is_none(), "{purpose:?}");
        }
    }

    #[test]
    fn connections_are_divided_as_documented() {
        for (total, writers, [batches, reads, background]) in [
            (5, 2, [3, 1, 1]),
            (4, 1, [2, 1, 1]),
            (8, 2, [3, 4, 1]),
            (16, 2, [3, 11, 2]),
            (16, 4, [5, 10, 1]),
            (64, 2, [3, 51, 10]),
        ] {
            let divided = Connections::divide(total, writers).unwrap();
            assert_eq!(divided, Connections { batches, reads, background }, "{total}, {writers}");
            assert_eq!(batches + reads + background, total);
        }
        assert_eq!(Connections::divide(16, 2), Some(Connections::USUAL));
        for (total, writers) in [(4, 2), (0, 1), (3, 1), (16, 14), (16, u32::MAX)] {
            assert_eq!(Connections::divide(total, writers), None, "{total}, {writers}");
        }
    }
}
