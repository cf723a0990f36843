//! A batch as one transaction: lock, load, ask the domain, write, commit.

mod load;
#[cfg(test)]
mod tests;
mod write;

use async_trait::async_trait;
use hongbao_domain::{
    id::{TransferId, UserId},
    ledger::{Audit, Book, Command, Holding, Keys, Outcome},
    money::Coin,
    red_packet::{Packet, Viewed},
};
use hongbao_ledger::{Attempt, CommitError, Store};
use hongbao_ports::{AddCoinRefusal, Failure, Fault, Overdue};
use sqlx::{SqliteConnection, SqliteTransaction};

pub(crate) use load::{hex, json, packets};
pub(crate) use write::exactly;

use crate::{SqliteStore, audit, fault, fault::before_commit, read};

/// After this nobody can ask about an attempt any more: far longer than any batch is retried. In microseconds.
const ATTEMPT_LIFE: i64 = 24 * 3600 * 1_000_000;

impl SqliteStore {
    /// Takes the only write lock before anything is read, so that nothing that was read can change.
    pub(crate) async fn begin(&self) -> Result<SqliteTransaction<'static>, Fault> {
        self.writer
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(|error| fault::of(error, "cannot begin the transaction"))
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn commit(&self, attempt: Attempt, batch: &[Command]) -> Result<Vec<Outcome>, CommitError<Vec<Outcome>>> {
        let mut tx = self.begin().await.map_err(before_commit)?;
        let loaded = load::load(&mut tx, &Keys::of(batch)).await.map_err(before_commit)?;
        let now = self.clock.now();
        let mut book = Book::open(loaded, now);
        let outcomes: Vec<_> = batch.iter().map(|command| book.apply(command)).collect();
        let changes = book.into_changes();
        if changes.is_empty() {
            return Ok(outcomes);
        }
        record(&mut tx, attempt, now.to_micros()).await.map_err(before_commit)?;
        write::write(&mut tx, &changes, now).await.map_err(before_commit)?;
        match tx.commit().await {
            Ok(()) => Ok(outcomes),
            Err(error) => {
                let fault = Fault::unresolved("cannot tell whether the batch was committed").because(error);
                Err(CommitError::Lost { outcome: outcomes, fault })
            }
        }
    }

    async fn was_committed(&self, attempt: Attempt) -> Result<bool, Fault> {
        let cannot = |error| fault::of(error, "cannot ask about the attempt");
        let mut tx = self.begin().await?;
        let (id, now) = (attempt.id.to_u128().to_be_bytes().to_vec(), self.clock.now().to_micros());
        let is_tombstone = sqlx::query_scalar!(
            r#"INSERT INTO attempts (id, begun_at, is_tombstone) VALUES (?1, ?2, TRUE)
            ON CONFLICT (id) DO UPDATE SET begun_at = attempts.begun_at
            RETURNING is_tombstone AS "is_tombstone: bool""#,
            id,
            now
        )
        .fetch_one(&mut *tx)
        .await
        .map_err(cannot)?;
        tx.commit().await.map_err(cannot)?;
        Ok(!is_tombstone)
    }

    async fn add_coin(&self, coin: Coin) -> Result<(), Failure<AddCoinRefusal>> {
        read::add_coin(self, coin).await
    }

    async fn coins(&self) -> Result<Vec<Coin>, Fault> {
        read::coins(self).await
    }

    async fn holdings(&self, user: UserId) -> Result<Vec<Holding>, Fault> {
        read::holdings(self, user).await
    }

    async fn packet(&self, id: TransferId) -> Result<Option<Packet>, Fault> {
        read::packet(self, id).await
    }

    async fn view(&self, id: TransferId) -> Result<Option<Viewed>, Fault> {
        read::view(self, id).await
    }

    async fn overdue(&self, limit: u32) -> Result<Overdue, Fault> {
        read::overdue(self, limit).await
    }

    async fn audit(&self) -> Result<Audit, Fault> {
        audit::run(self).await
    }
}

/// Records the attempt, and forgets two old ones, so that the table stays as small as a day's batches.
async fn record(tx: &mut SqliteConnection, attempt: Attempt, now: i64) -> Result<(), Fault> {
    let cannot = |error| fault::of(error, "cannot record the attempt");
    let (id, old) = (attempt.id.to_u128().to_be_bytes().to_vec(), now - ATTEMPT_LIFE);
    sqlx::query!("INSERT INTO attempts (id, begun_at) VALUES (?1, ?2)", id, now)
        .execute(&mut *tx)
        .await
        .map_err(cannot)?;
    sqlx::query!(
        "DELETE FROM attempts
        WHERE begun_at < ?1 AND number IN (SELECT number FROM attempts ORDER BY number LIMIT 2)",
        old
    )
    .execute(&mut *tx)
    .await
    .map_err(cannot)?;
    Ok(())
}
