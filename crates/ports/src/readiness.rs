//! Whether the store can do its work now.

use async_trait::async_trait;

use crate::Fault;

/// How a store's schema compares with the one that this version of the program was built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// It is the same: all migrations of this version have been applied, and no others.
    Current,
    /// It is older or newer, as while another version of the program is being rolled out.
    Other,
}

/// Whether the store can do its work now, for whoever decides if requests are sent here.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Readiness: Send + Sync {
    /// Reaches for the store and compares its schema.
    ///
    /// It is asked every few seconds and by anybody, also while the store is busy or away. So it is one small read that
    /// takes no lock for writing, and it gives up within 2 s by itself: then, and whenever the store cannot be reached,
    /// it is a fault. It changes nothing.
    async fn schema(&self) -> Result<Schema, Fault>;
}
