//! The question what became of an attempt whose COMMIT broke.

use hongbao_ports::Fault;
use hongbao_store::Attempt;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::{PostgresStore, codec::uuid, connection::within, fault, transaction::Tx};

/// Says whether an attempt was committed; if not, it never can be. A tombstone that was planted before says no again.
pub(crate) async fn was_committed(store: &PostgresStore, attempt: Attempt) -> Result<bool, Fault> {
    let mut connection = store.borrow(store.questions, attempt.until).await?;
    let asked = within(attempt.until, ask(&mut connection, store, attempt)).await;
    if let Err(fault) = &asked {
        connection.discard_if_broken(fault);
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
