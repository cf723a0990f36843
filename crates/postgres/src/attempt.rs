//! What is kept of each attempt, so that the outcome of a COMMIT whose answer is lost can be learned.

use std::time::Duration;

use hongbao_ledger::Attempt;
use hongbao_ports::Fault;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::{
    PostgresStore,
    connection::within,
    fault,
    transaction::{Tx, uuid},
};

/// After this nobody can ask about an attempt any more: far longer than any is repeated.
const LIFE: Duration = Duration::from_hours(48);

/// One transaction in so many forgets what is old, and twice as many rows at most. So the table stays as small as what was
/// done in their life, and nobody has to forget much.
const ONE_IN: u8 = 64;

/// Records the attempt.
pub(crate) async fn record(mut tx: Tx<'_, '_>, attempt: Attempt) -> Result<(), Fault> {
    let now = tx.given_now();
    record_at(&mut tx, attempt, now).await
}

/// Records the attempt, at that time or that of the database's clock.
pub(crate) async fn record_at(tx: &mut PgConnection, attempt: Attempt, now: Option<i64>) -> Result<(), Fault> {
    sqlx::query!(
        "INSERT INTO attempts (id, is_tombstone, begun_at)
        VALUES ($1, FALSE, coalesce($2, (extract(epoch FROM clock_timestamp()) * 1000000)::BIGINT))",
        uuid(attempt.id.to_u128()),
        now
    )
    .execute(tx)
    .await
    .map_err(|error| fault::of(error, "cannot record the attempt"))?;
    Ok(())
}

/// Forgets old attempts, if it is this one's turn.
pub(crate) async fn forget(mut tx: Tx<'_, '_>, attempt: Attempt) -> Result<(), Fault> {
    let [.., dice] = attempt.id.to_u128().to_be_bytes();
    if dice % ONE_IN != 0 {
        return Ok(());
    }
    let life = i64::try_from(LIFE.as_micros()).unwrap_or(i64::MAX);
    let born = tx.now().await?.to_micros().saturating_sub(life);
    // Only the first few are looked at, however many are old.
    let cannot = |error| fault::of(error, "cannot forget old attempts");
    tx.execute("SET LOCAL enable_indexscan = on").await.map_err(cannot)?;
    let old = sqlx::query_scalar!(
        "SELECT id FROM attempts WHERE begun_at < $1 ORDER BY begun_at LIMIT $2 FOR UPDATE SKIP LOCKED",
        born,
        2 * i64::from(ONE_IN)
    );
    let old = old.fetch_all(&mut *tx).await.map_err(cannot)?;
    if !old.is_empty() {
        sqlx::query!("DELETE FROM attempts WHERE id = ANY($1)", &old).execute(&mut *tx).await.map_err(cannot)?;
    }
    Ok(())
}

/// Says whether an attempt was committed; if not, it never can be. A tombstone that was planted before says no again.
pub(crate) async fn was_committed(store: &PostgresStore, attempt: Attempt) -> Result<bool, Fault> {
    let mut connection = store.borrow(store.uses.questions, attempt.until).await?;
    let asked = within(attempt.until, ask(&mut connection, store, attempt)).await;
    if let Err(fault) = &asked {
        connection.judge(fault);
    }
    asked
}

async fn ask(connection: &mut PgConnection, store: &PostgresStore, attempt: Attempt) -> Result<bool, Fault> {
    let cannot = |error| fault::of(error, "cannot ask about the attempt");
    let mut tx = connection.begin_with(AssertSqlSafe(store.begins.step.clone())).await.map_err(cannot)?;
    let now = Tx { connection: &mut tx, time: &store.time }.now().await?.to_micros();
    // Waits for an original that is still in flight. A row that is there is written again, so that this commit, too, waits
    // for the standby: an original that was cut off while it waited may be on one server only.
    let is_tombstone = sqlx::query_scalar!(
        "INSERT INTO attempts (id, is_tombstone, begun_at) VALUES ($1, TRUE, $2)
        ON CONFLICT (id) DO UPDATE SET begun_at = attempts.begun_at
        RETURNING is_tombstone",
        uuid(attempt.id.to_u128()),
        now
    )
    .fetch_one(&mut *tx)
    .await
    .map_err(cannot)?;
    tx.commit().await.map_err(cannot)?;
    Ok(!is_tombstone)
}
