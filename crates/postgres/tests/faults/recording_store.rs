//! A store that remembers why its batches had to be attempted again.

use std::{
    error::Error,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use hongbao_domain::store::{Batch, Outcome};
use hongbao_ports::Fault;
use hongbao_postgres::PostgresStore;
use hongbao_store::{Attempt, CommitError, Store};
use sqlx::error::DatabaseError;

/// Passes everything on.
pub(crate) struct RecordingStore {
    store: Arc<PostgresStore>,
    seen: Mutex<Vec<String>>,
}

impl RecordingStore {
    pub(crate) fn new(store: Arc<PostgresStore>) -> Self {
        Self { store, seen: Mutex::default() }
    }

    /// Gives how each failed attempt ended: a word and the database's code, if it gave one.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn describe<T>(error: &CommitError<T>) -> String {
    let (word, fault) = match error {
        CommitError::Retry(fault) => ("retry", fault),
        CommitError::Conflict(fault) => ("conflict", fault),
        CommitError::Lost { fault, .. } => ("lost", fault),
        CommitError::Failed(fault) => ("failed", fault),
    };
    let error = fault.source().and_then(|source| source.downcast_ref::<sqlx::Error>());
    let code = error.and_then(sqlx::Error::as_database_error).and_then(DatabaseError::code);
    code.map_or_else(|| word.to_owned(), |code| format!("{word} {code}"))
}

#[async_trait]
impl Store for RecordingStore {
    async fn commit(&self, attempt: Attempt, batch: &Batch) -> Result<Vec<Outcome>, CommitError<Vec<Outcome>>> {
        let ended = Store::commit(&*self.store, attempt, batch).await;
        if let Err(error) = &ended {
            self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(describe(error));
        }
        ended
    }

    async fn was_committed(&self, attempt: Attempt) -> Result<bool, Fault> {
        self.store.was_committed(attempt).await
    }
}
