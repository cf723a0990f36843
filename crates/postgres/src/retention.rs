//! Deleting what has been kept long enough. Each kind is a transaction of its own, and rows that another one holds are
//! passed over: nothing waits for it, and it waits for nothing.

use async_trait::async_trait;
use hongbao_domain::time::Timestamp;
use hongbao_ports::{
    ATTEMPT_LIFE, DATED_AHEAD, DELIVERED_LIFE, Fault, PARKED_LIFE, Pruned, REQUEST_LIFE, Retention, SESSION_GRACE,
};
use hongbao_store::Verdict;

use crate::{PostgresStore, fault, transaction::Tx};

fn cannot(error: sqlx::Error) -> Fault {
    fault::of(error, "cannot delete what has been kept long enough")
}

#[async_trait]
impl Retention for PostgresStore {
    async fn clock(&self) -> Result<Timestamp, Fault> {
        self.read(|mut tx| Box::pin(async move { tx.now().await })).await
    }

    async fn prune(&self, now: Timestamp, limit: u32) -> Result<Pruned, Fault> {
        let slice = Slice { now, limit: i64::from(limit) };
        let redated = few(self, move |tx| Box::pin(date_attempts(tx, slice))).await?
            + few(self, move |tx| Box::pin(date_sessions(tx, slice))).await?
            + few(self, move |tx| Box::pin(date_requests(tx, slice))).await?
            + few(self, move |tx| Box::pin(date_deliveries(tx, slice))).await?;
        Ok(Pruned {
            attempts: few(self, move |tx| Box::pin(prune_attempts(tx, slice))).await?,
            sessions: few(self, move |tx| Box::pin(prune_sessions(tx, slice))).await?,
            requests: few(self, move |tx| Box::pin(prune_requests(tx, slice))).await?,
            deliveries: few(self, move |tx| Box::pin(prune_deliveries(tx, slice))).await?,
            redated,
        })
    }
}

/// Runs one step, which is committed only if it changed anything.
async fn few<'env, W>(store: &'env PostgresStore, work: W) -> Result<u64, Fault>
where
    W: for<'c> Fn(Tx<'c, 'env>) -> futures_util::future::BoxFuture<'c, Result<u64, Fault>> + Sync,
{
    let work = &work;
    let changed = store.run(move |tx| {
        let work = work(tx);
        Box::pin(async move {
            let rows = work.await?;
            Ok(if rows > 0 { Verdict::Commit(rows) } else { Verdict::Rollback(rows) })
        })
    });
    changed.await
}

/// The time, and how many rows.
#[derive(Debug, Clone, Copy)]
struct Slice {
    now: Timestamp,
    limit: i64,
}

impl Slice {
    fn now(self) -> i64 {
        self.now.to_micros()
    }

    fn ahead(self) -> i64 {
        self.now.after(DATED_AHEAD).to_micros()
    }
}

async fn date_attempts(mut tx: Tx<'_, '_>, slice: Slice) -> Result<u64, Fault> {
    let dated = sqlx::query!(
        "UPDATE attempts SET begun_at = $1
        WHERE id = ANY(ARRAY(
            SELECT id FROM attempts WHERE begun_at > $2 ORDER BY begun_at LIMIT $3 FOR UPDATE SKIP LOCKED
        ))",
        slice.now(),
        slice.ahead(),
        slice.limit
    );
    Ok(dated.execute(&mut *tx).await.map_err(cannot)?.rows_affected())
}

/// A session keeps its length, unless its end was given by a clock that was right.
async fn date_sessions(mut tx: Tx<'_, '_>, slice: Slice) -> Result<u64, Fault> {
    let dated = sqlx::query!(
        "UPDATE sessions
        SET created_at = $1,
            expires_at = CASE WHEN expires_at > created_at THEN $1 + (expires_at - created_at) ELSE expires_at END
        WHERE key_sha256 = ANY(ARRAY(
            SELECT key_sha256
            FROM sessions
            WHERE created_at > $2
            ORDER BY created_at
            LIMIT $3
            FOR UPDATE SKIP LOCKED
        ))",
        slice.now(),
        slice.ahead(),
        slice.limit
    );
    Ok(dated.execute(&mut *tx).await.map_err(cannot)?.rows_affected())
}

/// The lease of one that runs keeps its length.
async fn date_requests(mut tx: Tx<'_, '_>, slice: Slice) -> Result<u64, Fault> {
    let dated = sqlx::query!(
        "WITH ahead AS MATERIALIZED (
            SELECT user_id, method, request_key
            FROM requests
            WHERE recorded_at > $2
            ORDER BY recorded_at
            LIMIT $3
            FOR UPDATE SKIP LOCKED
        )
        UPDATE requests AS r SET recorded_at = $1, lease_until = $1 + (r.lease_until - r.recorded_at)
        FROM ahead
        WHERE r.user_id = ahead.user_id AND r.method = ahead.method AND r.request_key = ahead.request_key",
        slice.now(),
        slice.ahead(),
        slice.limit
    );
    Ok(dated.execute(&mut *tx).await.map_err(cannot)?.rows_affected())
}

async fn date_deliveries(mut tx: Tx<'_, '_>, slice: Slice) -> Result<u64, Fault> {
    let dated = sqlx::query!(
        "UPDATE outbox SET changed_at = $1
        WHERE id = ANY(ARRAY(
            SELECT id
            FROM outbox
            WHERE state IN ('delivered', 'parked') AND changed_at > $2
            ORDER BY changed_at
            LIMIT $3
            FOR UPDATE SKIP LOCKED
        ))",
        slice.now(),
        slice.ahead(),
        slice.limit
    );
    Ok(dated.execute(&mut *tx).await.map_err(cannot)?.rows_affected())
}

async fn prune_attempts(mut tx: Tx<'_, '_>, slice: Slice) -> Result<u64, Fault> {
    let deleted = sqlx::query!(
        "DELETE FROM attempts
        WHERE id = ANY(ARRAY(
            SELECT id FROM attempts WHERE begun_at < $1 ORDER BY begun_at LIMIT $2 FOR UPDATE SKIP LOCKED
        ))",
        slice.now.before(ATTEMPT_LIFE).to_micros(),
        slice.limit
    );
    Ok(deleted.execute(&mut *tx).await.map_err(cannot)?.rows_affected())
}

async fn prune_sessions(mut tx: Tx<'_, '_>, slice: Slice) -> Result<u64, Fault> {
    let deleted = sqlx::query!(
        "DELETE FROM sessions
        WHERE key_sha256 = ANY(ARRAY(
            SELECT key_sha256
            FROM sessions
            WHERE expires_at < $1
            ORDER BY expires_at
            LIMIT $2
            FOR UPDATE SKIP LOCKED
        ))",
        slice.now.before(SESSION_GRACE).to_micros(),
        slice.limit
    );
    Ok(deleted.execute(&mut *tx).await.map_err(cannot)?.rows_affected())
}

async fn prune_requests(mut tx: Tx<'_, '_>, slice: Slice) -> Result<u64, Fault> {
    let deleted = sqlx::query!(
        "WITH old AS MATERIALIZED (
            SELECT user_id, method, request_key
            FROM requests
            WHERE recorded_at < $1
            ORDER BY recorded_at
            LIMIT $2
            FOR UPDATE SKIP LOCKED
        )
        DELETE FROM requests AS r
        USING old
        WHERE r.user_id = old.user_id AND r.method = old.method AND r.request_key = old.request_key",
        slice.now.before(REQUEST_LIFE).to_micros(),
        slice.limit
    );
    Ok(deleted.execute(&mut *tx).await.map_err(cannot)?.rows_affected())
}

async fn prune_deliveries(mut tx: Tx<'_, '_>, slice: Slice) -> Result<u64, Fault> {
    let deleted = sqlx::query!(
        "DELETE FROM outbox
        WHERE id = ANY(
            ARRAY(
                SELECT id
                FROM outbox
                WHERE state = 'delivered' AND changed_at < $1
                ORDER BY changed_at
                LIMIT $3
                FOR UPDATE SKIP LOCKED
            )
            || ARRAY(
                SELECT id
                FROM outbox
                WHERE state = 'parked' AND changed_at < $2
                ORDER BY changed_at
                LIMIT $3
                FOR UPDATE SKIP LOCKED
            )
        )",
        slice.now.before(DELIVERED_LIFE).to_micros(),
        slice.now.before(PARKED_LIFE).to_micros(),
        slice.limit
    );
    Ok(deleted.execute(&mut *tx).await.map_err(cannot)?.rows_affected())
}
