//! A batch as one transaction: lock, load, decide, write, commit.

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use hongbao_domain::store::{Batch, Outcome};
use hongbao_ports::Fault;
use hongbao_store::{Attempt, CommitError, Store, Verdict, decide};

use crate::{PostgresStore, attempt, pools::Purpose, tables, transaction::Tx};

/// Runs the batch in an open transaction.
async fn run(mut tx: Tx<'_, '_>, attempt: Attempt, batch: &Batch) -> Result<Verdict<Vec<Outcome>>, Fault> {
    let (found, now) = tables::load(&mut tx, batch.keys()).await?;
    let (outcomes, writes) = decide(batch, found, now)?;
    let Some(writes) = writes else { return Ok(Verdict::Rollback(outcomes)) };
    tables::write(&mut tx, &writes, Some((attempt, now))).await?;
    Ok(Verdict::CommitRecorded(outcomes))
}

#[async_trait]
impl Store for PostgresStore {
    async fn commit(&self, attempt: Attempt, batch: &Batch) -> Result<Vec<Outcome>, CommitError<Vec<Outcome>>> {
        self.transact(Purpose::Batch, attempt, &self.begins.batch, |tx| Box::pin(run(tx, attempt, batch))).await
    }

    async fn was_committed(&self, attempt: Attempt) -> Result<bool, Fault> {
        attempt::was_committed(self, attempt).await
    }
}
