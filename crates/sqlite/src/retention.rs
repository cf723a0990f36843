//! Deleting what has been kept long enough. Each kind is a step of its own, so that the writer is soon free.

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use hongbao_domain::time::Timestamp;
use hongbao_ports::{
    ATTEMPT_LIFE, DATED_AHEAD, DELIVERED_LIFE, Fault, PARKED_LIFE, Pruned, REQUEST_LIFE, Retention, SESSION_GRACE,
};
use hongbao_store::Verdict;

use crate::{SqliteStore, fault, transaction::Tx};

fn cannot(error: sqlx::Error) -> Fault {
    fault::of(error, "cannot delete what has been kept long enough")
}

#[async_trait]
impl Retention for SqliteStore {
    async fn clock(&self) -> Result<Timestamp, Fault> {
        Ok(self.clock.now())
    }

    async fn prune(&self, now: Timestamp, limit: u32) -> Result<Pruned, Fault> {
        let slice = Slice { now, limit };
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

/// The time, and how many rows.
#[derive(Debug, Clone, Copy)]
struct Slice {
    now: Timestamp,
    limit: u32,
}

/// Runs one step, which is committed only if it changed anything.
async fn few<'env, W>(store: &'env SqliteStore, work: W) -> Result<u64, Fault>
where
    W: for<'c> Fn(Tx<'c, 'env>) -> BoxFuture<'c, Result<u64, Fault>> + Sync,
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

async fn date_attempts(mut tx: Tx<'_, '_>, Slice { now, limit }: Slice) -> Result<u64, Fault> {
    let dated = sqlx::query!(
        "UPDATE attempts SET begun_at = ?1
        WHERE number IN (SELECT number FROM attempts WHERE begun_at > ?2 ORDER BY begun_at LIMIT ?3)",
        now.to_micros(),
        now.after(DATED_AHEAD).to_micros(),
        limit
    );
    Ok(dated.execute(&mut *tx).await.map_err(cannot)?.rows_affected())
}

/// A session keeps its length, unless its end was given by a clock that was right.
async fn date_sessions(mut tx: Tx<'_, '_>, Slice { now, limit }: Slice) -> Result<u64, Fault> {
    let dated = sqlx::query!(
        "UPDATE sessions
        SET created_at = ?1,
            expires_at = CASE WHEN expires_at > created_at THEN ?1 + (expires_at - created_at) ELSE expires_at END
        WHERE key_sha256 IN (SELECT key_sha256 FROM sessions WHERE created_at > ?2 ORDER BY created_at LIMIT ?3)",
        now.to_micros(),
        now.after(DATED_AHEAD).to_micros(),
        limit
    );
    Ok(dated.execute(&mut *tx).await.map_err(cannot)?.rows_affected())
}

/// The lease of one that runs keeps its length.
async fn date_requests(mut tx: Tx<'_, '_>, Slice { now, limit }: Slice) -> Result<u64, Fault> {
    let dated = sqlx::query!(
        "UPDATE requests SET recorded_at = ?1, lease_until = ?1 + (lease_until - recorded_at)
        WHERE (user_id, method, request_key) IN (
            SELECT user_id, method, request_key
            FROM requests
            WHERE recorded_at > ?2
            ORDER BY recorded_at
            LIMIT ?3
        )",
        now.to_micros(),
        now.after(DATED_AHEAD).to_micros(),
        limit
    );
    Ok(dated.execute(&mut *tx).await.map_err(cannot)?.rows_affected())
}

async fn date_deliveries(mut tx: Tx<'_, '_>, Slice { now, limit }: Slice) -> Result<u64, Fault> {
    let dated = sqlx::query!(
        "UPDATE outbox SET changed_at = ?1
        WHERE id IN (
            SELECT id
            FROM outbox
            WHERE state IN ('delivered', 'parked') AND changed_at > ?2
            ORDER BY changed_at
            LIMIT ?3
        )",
        now.to_micros(),
        now.after(DATED_AHEAD).to_micros(),
        limit
    );
    Ok(dated.execute(&mut *tx).await.map_err(cannot)?.rows_affected())
}

async fn prune_attempts(mut tx: Tx<'_, '_>, Slice { now, limit }: Slice) -> Result<u64, Fault> {
    let deleted = sqlx::query!(
        "DELETE FROM attempts
        WHERE number IN (SELECT number FROM attempts WHERE begun_at < ?1 ORDER BY begun_at LIMIT ?2)",
        now.before(ATTEMPT_LIFE).to_micros(),
        limit
    );
    Ok(deleted.execute(&mut *tx).await.map_err(cannot)?.rows_affected())
}

async fn prune_sessions(mut tx: Tx<'_, '_>, Slice { now, limit }: Slice) -> Result<u64, Fault> {
    let deleted = sqlx::query!(
        "DELETE FROM sessions
        WHERE key_sha256 IN (SELECT key_sha256 FROM sessions WHERE expires_at < ?1 ORDER BY expires_at LIMIT ?2)",
        now.before(SESSION_GRACE).to_micros(),
        limit
    );
    Ok(deleted.execute(&mut *tx).await.map_err(cannot)?.rows_affected())
}

async fn prune_requests(mut tx: Tx<'_, '_>, Slice { now, limit }: Slice) -> Result<u64, Fault> {
    let deleted = sqlx::query!(
        "DELETE FROM requests
        WHERE (user_id, method, request_key) IN (
            SELECT user_id, method, request_key
            FROM requests
            WHERE recorded_at < ?1
            ORDER BY recorded_at
            LIMIT ?2
        )",
        now.before(REQUEST_LIFE).to_micros(),
        limit
    );
    Ok(deleted.execute(&mut *tx).await.map_err(cannot)?.rows_affected())
}

async fn prune_deliveries(mut tx: Tx<'_, '_>, Slice { now, limit }: Slice) -> Result<u64, Fault> {
    let deleted = sqlx::query!(
        "DELETE FROM outbox
        WHERE id IN (
            SELECT id
            FROM (SELECT id FROM outbox WHERE state = 'delivered' AND changed_at < ?1 ORDER BY changed_at LIMIT ?3)
            UNION ALL
            SELECT id
            FROM (SELECT id FROM outbox WHERE state = 'parked' AND changed_at < ?2 ORDER BY changed_at LIMIT ?3)
            LIMIT ?3
        )",
        now.before(DELIVERED_LIFE).to_micros(),
        now.before(PARKED_LIFE).to_micros(),
        limit
    );
    Ok(deleted.execute(&mut *tx).await.map_err(cannot)?.rows_affected())
}
