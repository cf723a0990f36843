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

pub(crate) use load::{Locking, packets};
pub(crate) use write::{column, exactly, signed};

use crate::{
    PostgresStore, attempt, audit,
    pools::Purpose,
    read,
    transaction::{Tx, Verdict},
};

/// Runs the batch in an open transaction.
async fn run(mut tx: Tx<'_, '_>, attempt: Attempt, batch: &[Command]) -> Result<Verdict<Vec<Outcome>>, Fault> {
    let (loaded, now) = load::load(&mut tx, &Keys::of(batch)).await?;
    let mut book = Book::open(loaded, now);
    let outcomes: Vec<_> = batch.iter().map(|command| book.apply(command)).collect();
    let changes = book.into_changes();
    // A repeat changes nothing, and yet says that it is done. So it is committed as well: after a crash the database may
    // show what a standby does not have yet, and only a commit waits for it.
    if changes.is_empty() && !outcomes.iter().any(Outcome::is_done) {
        return Ok(Verdict::Leave(outcomes));
    }
    write::write(&mut tx, &changes, attempt, now).await?;
    Ok(Verdict::Recorded(outcomes))
}

#[async_trait]
impl Store for PostgresStore {
    async fn commit(&self, attempt: Attempt, batch: &[Command]) -> Result<Vec<Outcome>, CommitError<Vec<Outcome>>> {
        self.transact(Purpose::Batch, attempt, &self.begins.batch, |tx| Box::pin(run(tx, attempt, batch))).await
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
