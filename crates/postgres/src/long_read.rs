//! Reads that take as long as they take, but no longer than the database is at work on them.
//!
//! How long a statement may take over a whole journal is unknown, so time alone ends none of them. A network that falls
//! silent would never end one either: so another connection asks the database now and then whether the session is still
//! at work. That tells a slow answer from one that will not come.

use futures_util::future::BoxFuture;
use hongbao_ports::Fault;
use tokio::{
    sync::oneshot,
    time::{Instant, sleep, timeout},
};

use crate::{
    PostgresStore,
    connection::within,
    fault::{self, Silence},
    pools::Purpose,
    transaction::{Tx, read_on},
};

/// One moment, without a limit on a statement or on a rest between two, and with all ways to read whole tables.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0; \
    SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL plan_cache_mode = auto; SET LOCAL enable_seqscan = on";

/// How often in a row the session is not found at work before it is given up.
const MOST_MISSED: u32 = 3;

impl PostgresStore {
    /// Reads for as long as it takes, all of one moment. It is given up when the database does not answer any more.
    pub(crate) async fn long_snapshot<'env, T, W>(&'env self, work: W) -> Result<T, Fault>
    where
        W: for<'c> FnOnce(Tx<'c, 'env>) -> BoxFuture<'c, Result<T, Fault>> + Send + 'env,
    {
        let mut connection = self.borrow(Purpose::Background, Instant::now() + self.retry_timeout).await?;
        let (tell, told) = oneshot::channel();
        let reading = read_on(&mut connection, &self.time, Some(BEGIN), |mut tx| {
            Box::pin(async move {
                // The receiver does not listen any more if this took too long.
                let _told = tell.send(session(&mut tx).await?);
                work(tx).await
            })
        });
        let looked = tokio::select! {
            looked = reading => looked,
            () = self.is_lost(told) => Err(Fault::unavailable("cannot finish reading").because(Silence)),
        };
        if let Err(fault) = &looked {
            connection.discard_if_broken(fault);
        }
        looked
    }

    /// Waits until a session is not at work any more, or it cannot be known whether it is.
    async fn is_lost(&self, session: oneshot::Receiver<i32>) {
        let session = match timeout(self.retry_timeout, session).await {
            Ok(Ok(session)) => session,
            // The read that would have told has failed, and says so.
            Ok(Err(_failed)) => return std::future::pending().await,
            Err(_elapsed) => return,
        };
        let mut missed = 0;
        while missed < MOST_MISSED {
            sleep(self.retry_timeout).await;
            missed = match self.is_at_work(session).await {
                Ok(true) => 0,
                Ok(false) => missed + 1,
                Err(fault) if fault::is_of_the_connection(&fault) => missed + 1,
                // The database answers: it has no room for one that asks.
                Err(_) => missed,
            };
        }
    }

    /// Asks on the connection that is kept for questions. Between two statements a session rests for a moment.
    async fn is_at_work(&self, session: i32) -> Result<bool, Fault> {
        let until = Instant::now() + self.retry_timeout;
        let mut connection = self.borrow(Purpose::Probe, until).await?;
        let rest = i64::try_from(self.retry_timeout.as_micros()).unwrap_or(i64::MAX);
        let look = read_on(&mut connection, &self.time, self.begins.read.as_deref(), |mut tx| {
            Box::pin(async move {
                let found = sqlx::query_scalar!(
                    r#"SELECT EXISTS (
                        SELECT FROM pg_stat_activity
                        WHERE pid = $1
                            AND (state IN ('active', 'disabled')
                                OR extract(epoch FROM clock_timestamp() - state_change) * 1000000 < $2::BIGINT)
                    ) AS "is_at_work!""#,
                    session,
                    rest
                );
                found.fetch_one(&mut *tx).await.map_err(|error| fault::of(error, "cannot look for the session"))
            })
        });
        let looked = within(until, look).await;
        if let Err(fault) = &looked {
            connection.discard_if_broken(fault);
        }
        looked
    }
}

/// Gives the number by which others see this session.
async fn session(tx: &mut Tx<'_, '_>) -> Result<i32, Fault> {
    let session = sqlx::query_scalar!(r#"SELECT pg_backend_pid() AS "pid!""#).fetch_one(&mut **tx).await;
    session.map_err(|error| fault::of(error, "cannot begin to read"))
}
