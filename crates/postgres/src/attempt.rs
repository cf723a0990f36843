//! What is kept of each attempt, so that the outcome of a COMMIT whose answer is lost can be learned.

use hongbao_ledger::Attempt;
use hongbao_ports::Fault;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::{
    PostgresStore,
    connection::within,
    fault,
    transaction::{Tx, uuid},
};

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
