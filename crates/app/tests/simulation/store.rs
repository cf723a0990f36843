//! The store as one server reaches it, and what holds after every commit.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use hongbao_domain::{
    id::AttemptId,
    store::{Batch, Outcome},
};
use hongbao_ports::{Fault, query::LedgerQueries};
use hongbao_store::{Attempt, CommitError, Store};

use crate::process::Process;

/// What becomes of a commit.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Retry,
    Conflict,
    LostBefore,
    LostAfter,
    /// The store is away from now on.
    CutOff,
    /// The commit is done, and the store is away from then on.
    LostAndCutOff,
}

const FATES: [Fate; 6] =
    [Fate::Retry, Fate::Conflict, Fate::LostBefore, Fate::LostAfter, Fate::CutOff, Fate::LostAndCutOff];

pub(crate) struct LossyStore {
    process: Arc<Process>,
    /// Whether attempts whose answer was lost were committed.
    lost: Mutex<BTreeMap<AttemptId, bool>>,
}

impl LossyStore {
    pub(crate) fn new(process: Arc<Process>) -> Self {
        Self { process, lost: Mutex::default() }
    }

    fn lose<T>(&self, attempt: Attempt, committed: bool, outcome: T) -> CommitError<T> {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner).insert(attempt.id, committed);
        CommitError::Lost { outcome, fault: Fault::unresolved("the answer to a commit was lost") }
    }

    /// Commits, and checks what must hold then.
    async fn write(&self, attempt: Attempt, batch: &Batch) -> Result<Vec<Outcome>, CommitError<Vec<Outcome>>> {
        let world = &self.process.world;
        let outcomes = world.rows.commit(attempt, batch).await?;
        // A batch names all that it may change.
        let keys = batch.keys();
        let names_money = !(keys.accounts.is_empty() && keys.packets.is_empty() && keys.movements.is_empty());
        if names_money && outcomes.iter().any(Outcome::is_done) {
            let audit = world.rows.audit().await.expect("the rows can be read");
            if !audit.holds() || !audit.totals.values().all(hongbao_domain::ledger::Totals::hold) {
                world.defect(format!("the audit found {:?} after {batch:?}", audit.findings));
            }
            for id in &keys.packets {
                let packet = world.rows.packet(*id).await.expect("the rows can be read");
                let changed = packet.and_then(|packet| world.history().ends_once(packet));
                if let Some(packet) = changed {
                    world.defect(format!("a packet that has ended has changed: {packet:?}"));
                }
            }
        }
        Ok(outcomes)
    }
}

#[async_trait]
impl Store for LossyStore {
    async fn commit(&self, attempt: Attempt, batch: &Batch) -> Result<Vec<Outcome>, CommitError<Vec<Outcome>>> {
        let (process, world) = (&self.process, &self.process.world);
        process.step("before a commit").await;
        if process.is_cut_off() {
            return Err(CommitError::Retry(Fault::unavailable("the store is away")));
        }
        let fate = world.happens(world.chances.store).then(|| FATES[world.below(FATES.len())]);
        if let Some(fate) = fate {
            process.note(&format!("commits: {fate:?}"));
        }
        let outcome = match fate {
            None => self.write(attempt, batch).await,
            Some(Fate::Retry) => Err(CommitError::Retry(Fault::unavailable("a lock was not had"))),
            Some(Fate::Conflict) => Err(CommitError::Conflict(Fault::unavailable("another writer was faster"))),
            // Its outcome counts for nothing.
            Some(Fate::LostBefore) => Err(self.lose(attempt, false, Vec::new())),
            Some(Fate::LostAfter) => Err(self.lose(attempt, true, self.write(attempt, batch).await?)),
            Some(Fate::CutOff) => {
                process.cut_off();
                Err(CommitError::Retry(Fault::unavailable("the store is away")))
            }
            Some(Fate::LostAndCutOff) => {
                let outcomes = self.write(attempt, batch).await?;
                process.cut_off();
                Err(self.lose(attempt, true, outcomes))
            }
        };
        process.step("after a commit").await;
        outcome
    }

    async fn was_committed(&self, attempt: Attempt) -> Result<bool, Fault> {
        self.process.step("before a question").await;
        if self.process.is_cut_off() {
            return Err(Fault::unavailable("the store is away"));
        }
        let lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(lost.get(&attempt.id).copied().unwrap_or_default())
    }
}
