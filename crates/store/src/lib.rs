//! One write door: every change of a store is a command. `Commands` is implemented here once, for any store, and with it the
//! ports that change something.
//!
//! Commands that arrive while a batch is at the disk wait together and become the next batch. There are no timers: a
//! lone command is never delayed, and a crowd shares one fsync. Each caller gets its own outcome.
//!
//! What belongs here: queueing, retrying and resolving batches; rows and what they mean. What must not: rules (domain) and
//! SQL (adapters).

pub mod archive;
mod attempt;
mod batches;
mod coalesce;
mod decide;
#[cfg(feature = "planted-defects")]
mod early;
mod metrics;
mod queue;
pub mod rows;
mod slow;
mod store;

pub use attempt::{AttemptError, Attempts};
pub use batches::{Batches, Settings};
pub use coalesce::{Answer, Coalescer, Find, at};
pub use decide::{Found, Writes, decide, read, read_packets};
pub use metrics::{BatchCounts, ConnectionCounts, PoolCounts};
pub use slow::SlowLog;
pub use store::{Attempt, CommitError, Store, Verdict, exactly};
