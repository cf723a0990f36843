//! Group commit: the ledger over any store.
//!
//! Commands that arrive while a batch is at the disk wait together and become the next batch. There are no timers: a
//! lone command is never delayed, and a crowd shares one fsync. Each caller gets its own outcome.
//!
//! What belongs here: queueing, retrying and resolving batches. What must not: rules (domain) and SQL (adapters).

mod attempt;
mod batches;
mod coalesce;
mod queue;
mod slow;
mod store;

pub use attempt::{Attempts, Broken};
pub use batches::{Batches, Settings};
pub use coalesce::{Answer, Coalescer, Find};
pub use slow::SlowLog;
pub use store::{Attempt, CommitError, Store};
