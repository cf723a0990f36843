//! Whether the store can do its work now.

use async_trait::async_trait;

use crate::Fault;

/// Whether a store's schema is one that this version of the program can work with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// It has all migrations of this version. Where several versions work on one store while servers are replaced, it may
    /// have those of the next one, too.
    Current,
    /// It lacks some, or has others that this version must not meet.
    Other,
}

/// Whether the store can do its work now, for the caller that decides if requests are sent here.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Readiness: Send + Sync {
    /// Reaches for the store, compares its schema, and makes sure that it can be written.
    ///
    /// It is asked every few seconds and by anybody, also while the store is busy or away. So it is a small read, with a
    /// small write where nothing was committed in the last seconds, and it gives up within 2 s by itself: then, and whenever
    /// the store cannot be reached or takes no writes, it is a fault. It changes nothing that anybody can read.
    async fn schema(&self) -> Result<Schema, Fault>;
}
