//! Transactions: begun, bounded in time, attempted until their outcome is known.

use std::ops::{Deref, DerefMut};

use futures_util::future::BoxFuture;
use hongbao_domain::{store::Lane, time::Timestamp};
use hongbao_ports::Fault;
use hongbao_store::{Attempt, Attempts, CommitError, Verdict};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::time::{Instant, timeout_at};

use crate::{
    PostgresStore, Time,
    codec::uuid,
    connection::within,
    fault::{self, Silence, at_commit, before_commit},
    pools::Purpose,
};

/// An open transaction, or a connection for one statement. What lives as long as `'env` may be borrowed by its work.
pub(crate) struct Tx<'c, 'env: 'c> {
    pub(crate) connection: &'c mut PgConnection,
    pub(crate) time: &'env Time,
}

impl Tx<'_, '_> {
    /// Gives the time. Ask after the locks: it is the moment of asking, not that of the transaction's beginning.
    pub(crate) async fn now(&mut self) -> Result<Timestamp, Fault> {
        match self.time {
            Time::Given(clock) => Ok(clock.now()),
            Time::Database => {
                let now = sqlx::query_scalar!(
                    r#"SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::BIGINT AS "now!""#
                )
                .fetch_one(&mut **self)
                .await
                .map_err(|error| fault::of(error, "cannot read the clock"))?;
                Ok(Timestamp::from_micros(now))
            }
        }
    }
}

impl Tx<'_, '_> {
    /// Gives the time in microseconds, if it is not the database's own.
    pub(crate) fn given_now(&self) -> Option<i64> {
        match self.time {
            Time::Given(clock) => Some(clock.now().to_micros()),
            Time::Database => None,
        }
    }
}

impl Deref for Tx<'_, '_> {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        self.connection
    }
}

impl DerefMut for Tx<'_, '_> {
    fn deref_mut(&mut self) -> &mut PgConnection {
        self.connection
    }
}

/// How often a read is repeated on another connection. After a restart of the database many are lost at once.
const READ_REPEATS: u32 = 3;

/// What came of one attempt.
type Attempted<T> = Result<T, CommitError<T>>;

impl PostgresStore {
    /// Runs what is no batch until its outcome is known, on a connection of the background.
    ///
    /// The work is done anew in each attempt, so it must not keep anything from an earlier one.
    pub(crate) async fn run<'env, T, W>(&'env self, work: W) -> Result<T, Fault>
    where
        T: Send + 'env,
        W: for<'c> Fn(Tx<'c, 'env>) -> BoxFuture<'c, Result<Verdict<T>, Fault>> + Sync,
    {
        // A question about a lost commit takes a connection of the background, too, and never one of the batches.
        let asked = Self { questions: Purpose::Background, ..self.clone() };
        let attempts = Attempts { store: &asked, ids: self.ids.as_ref(), retry_timeout: self.retry_timeout };
        let work = &work;
        let attempt = |attempt| -> BoxFuture<'_, Attempted<T>> {
            Box::pin(self.transact(Purpose::Background, attempt, &self.begins.step, move |tx| work(tx)))
        };
        attempts.until_known(attempt).await.map_err(Fault::from)
    }

    /// Runs one attempt at a transaction, which is recorded with it if it is to be committed.
    pub(crate) async fn transact<'env, T, W>(
        &'env self,
        purpose: Purpose,
        attempt: Attempt,
        begin: &str,
        work: W,
    ) -> Attempted<T>
    where
        T: Send,
        W: for<'c> FnOnce(Tx<'c, 'env>) -> BoxFuture<'c, Result<Verdict<T>, Fault>> + Send,
    {
        let mut connection = self.borrow(purpose, attempt.until).await.map_err(before_commit)?;
        let ended = self.transact_on(&mut connection, attempt, begin, work).await;
        if let Err(CommitError::Lost { fault, .. } | CommitError::Retry(fault)) = &ended {
            connection.discard_if_broken(fault);
        }
        ended
    }

    async fn transact_on<'env, T, W>(
        &'env self,
        connection: &mut PgConnection,
        attempt: Attempt,
        begin: &str,
        work: W,
    ) -> Attempted<T>
    where
        T: Send,
        W: for<'c> FnOnce(Tx<'c, 'env>) -> BoxFuture<'c, Result<Verdict<T>, Fault>> + Send,
    {
        let begin = async {
            let opened = connection.begin_with(AssertSqlSafe(begin.to_owned())).await;
            opened.map_err(|error| fault::of(error, "cannot begin the transaction"))
        };
        let mut tx = within(attempt.until, begin).await.map_err(before_commit)?;
        let run = async {
            let verdict = work(Tx { connection: &mut tx, time: &self.time }).await?;
            if matches!(verdict, Verdict::Commit(_)) {
                record(Tx { connection: &mut tx, time: &self.time }, attempt).await?;
            }
            Ok(verdict)
        };
        let outcome = match within(attempt.until, run).await.map_err(before_commit)? {
            Verdict::Rollback(outcome) => return Ok(outcome),
            Verdict::Commit(outcome) | Verdict::CommitRecorded(outcome) => outcome,
        };
        match timeout_at(attempt.until, tx.commit()).await {
            Ok(Ok(())) => Ok(outcome),
            Ok(Err(error)) => Err(at_commit(error, outcome)),
            Err(_elapsed) => {
                let fault = Fault::unresolved("cannot tell whether the transaction was committed").because(Silence);
                Err(CommitError::Lost { outcome, fault })
            }
        }
    }

    /// Runs one statement that only reads.
    pub(crate) async fn read<'env, T, W>(&'env self, work: W) -> Result<T, Fault>
    where
        W: for<'c> Fn(Tx<'c, 'env>) -> BoxFuture<'c, Result<T, Fault>> + Send + Sync,
    {
        self.look(Lane::New, self.begins.read.as_deref(), work).await
    }

    /// The same for what many requests share: it goes before what only one waits for.
    pub(crate) async fn read_first<'env, T, W>(&'env self, work: W) -> Result<T, Fault>
    where
        W: for<'c> Fn(Tx<'c, 'env>) -> BoxFuture<'c, Result<T, Fault>> + Send + Sync,
    {
        self.look(Lane::Continuation, self.begins.read.as_deref(), work).await
    }

    /// Runs several statements that read, all of one moment.
    pub(crate) async fn snapshot<'env, T, W>(&'env self, work: W) -> Result<T, Fault>
    where
        W: for<'c> Fn(Tx<'c, 'env>) -> BoxFuture<'c, Result<T, Fault>> + Send + Sync,
    {
        self.look(Lane::New, Some(&self.begins.snapshot), work).await
    }

    /// Reads, and again on another connection where one is lost: that does no harm.
    async fn look<'env, T, W>(&'env self, lane: Lane, begin: Option<&str>, work: W) -> Result<T, Fault>
    where
        W: for<'c> Fn(Tx<'c, 'env>) -> BoxFuture<'c, Result<T, Fault>> + Send + Sync,
    {
        let until = Instant::now() + self.retry_timeout;
        let _permit = self.pools.enter(self.reads, lane, until).await?;
        let mut repeats = READ_REPEATS;
        loop {
            let mut connection = self.borrow(self.reads, until).await?;
            let looked = within(until, read_on(&mut connection, &self.time, begin, &work)).await;
            let Err(fault) = &looked else { return looked };
            connection.discard_if_broken(fault);
            if repeats == 0 || !fault::is_of_the_connection(fault) || Instant::now() >= until {
                return looked;
            }
            repeats -= 1;
        }
    }
}

/// Runs work that reads, in a transaction if it is begun as `begin` says.
pub(crate) async fn read_on<'env, T, W>(
    connection: &mut PgConnection,
    time: &'env Time,
    begin: Option<&str>,
    work: W,
) -> Result<T, Fault>
where
    W: for<'c> FnOnce(Tx<'c, 'env>) -> BoxFuture<'c, Result<T, Fault>> + Send,
{
    let Some(begin) = begin else { return work(Tx { connection, time }).await };
    let cannot = |error| fault::of(error, "cannot begin to read");
    let mut tx = connection.begin_with(AssertSqlSafe(begin.to_owned())).await.map_err(cannot)?;
    let done = work(Tx { connection: &mut tx, time }).await?;
    tx.commit().await.map_err(|error| fault::of(error, "cannot end to read"))?;
    Ok(done)
}

/// Records an attempt, with what it writes.
async fn record(mut tx: Tx<'_, '_>, attempt: Attempt) -> Result<(), Fault> {
    let now = tx.given_now();
    sqlx::query!(
        "INSERT INTO attempts (id, is_tombstone, begun_at)
        VALUES ($1, FALSE, coalesce($2, (extract(epoch FROM clock_timestamp()) * 1000000)::BIGINT))",
        uuid(attempt.id.to_u128()),
        now
    )
    .execute(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot record the attempt"))?;
    Ok(())
}
