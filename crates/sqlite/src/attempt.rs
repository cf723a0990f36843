//! Attempts: recorded with what they write, asked about when their COMMIT broke.

use hongbao_ports::Fault;
use hongbao_store::{Attempt, CommitError, Verdict};

use crate::{SqliteStore, codec::bytes, fault, lane::Lane, transaction::Tx};

/// Says whether an attempt was committed; if not, it never can be. A tombstone that was planted before says no again.
///
/// A row that is there is written again, so that the answer is as durable as this commit.
pub(crate) async fn was_committed(store: &SqliteStore, attempt: Attempt) -> Result<bool, Fault> {
    let asked = store.transact(Lane::Batch, attempt, |tx| Box::pin(ask(tx, attempt)));
    // Whatever broke, it is asked again: a tombstone that was planted says the same.
    asked.await.map_err(CommitError::into_fault)
}

async fn ask(mut tx: Tx<'_, '_>, attempt: Attempt) -> Result<Verdict<bool>, Fault> {
    let (id, now) = (bytes(attempt.id.to_u128()), tx.now().to_micros());
    let is_tombstone = sqlx::query_scalar!(
        r#"INSERT INTO attempts (id, begun_at, is_tombstone) VALUES (?1, ?2, TRUE)
        ON CONFLICT (id) DO UPDATE SET begun_at = attempts.begun_at
        RETURNING is_tombstone AS "is_tombstone: bool""#,
        id,
        now
    )
    .fetch_one(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot ask about the attempt"))?;
    Ok(Verdict::CommitRecorded(!is_tombstone))
}
