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
use hongbao_ports::{AddCoinRefusal, Except, Failure, Fault, Overdue};
use sqlx::SqliteConnection;

pub(crate) use load::{hex, json, packets};
pub(crate) use write::exactly;

use crate::{
    SqliteStore, attempt, audit, fault,
    lane::Lane,
    read,
    transaction::{Tx, Verdict},
};

/// Runs the batch in an open transaction.
async fn run(mut tx: Tx<'_, '_>, batch: &[Command]) -> Result<Verdict<Vec<Outcome>>, Fault> {
    let loaded = load::load(&mut tx, &Keys::of(batch)).await?;
    let now = tx.now();
    let mut book = Book::open(loaded, now);
    let outcomes: Vec<_> = batch.iter().map(|command| book.apply(command)).collect();
    let changes = book.into_changes();
    // A repeat changes nothing, and yet says that it is done. So it is committed as well: what is read after a crash may be
    // in the log without having reached the disk, and only a commit waits for that.
    if changes.is_empty() && !outcomes.iter().any(Outcome::is_done) {
        return Ok(Verdict::Rollback(outcomes));
    }
    write::write(&mut tx, &changes, now).await?;
    Ok(Verdict::Commit(outcomes))
}

#[async_trait]
impl Store for SqliteStore {
    async fn commit(&self, attempt: Attempt, batch: &[Command]) -> Result<Vec<Outcome>, CommitError<Vec<Outcome>>> {
        self.transact(Lane::Batch, attempt, |tx| Box::pin(run(tx, batch))).await
    }

    async fn was_committed(&self, attempt: Attempt) -> Result<bool, Fault> {
        attempt::was_committed(self, attempt).await
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

    async fn overdue(&self, limit: u32, except: &Except) -> Result<Overdue, Fault> {
        read::overdue(self, limit, except).await
    }

    async fn audit(&self) -> Result<Audit, Fault> {
        audit::run(self).await
    }
}

/// Records the attempt. It is not forgotten here: a batch's clock may be ahead.
pub(crate) async fn record(tx: &mut SqliteConnection, attempt: Attempt, now: i64) -> Result<(), Fault> {
    let cannot = |error| fault::of(error, "cannot record the attempt");
    let id = attempt.id.to_u128().to_be_bytes().to_vec();
    sqlx::query!("INSERT INTO attempts (id, begun_at) VALUES (?1, ?2)", id, now)
        .execute(&mut *tx)
        .await
        .map_err(cannot)?;
    Ok(())
}
