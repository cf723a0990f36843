//! The SQLite store: one file, one writer, many readers.
//!
//! STRICT tables, write-ahead log, `synchronous=FULL` (a commit survives power loss), amounts as exact text. All
//! statements are checked against the schema at compile time; see `scripts/prepare`.
//!
//! What belongs here: SQL. What must not: a rule.

mod access;
mod archive;
mod attempt;
mod audit;
mod batch;
mod codec;
mod fault;
mod lane;
mod lock;
mod log;
mod open;
mod open_error;
mod opened_file;
mod query;
mod readiness;
mod retention;
mod schema;
mod settings;
mod store;
mod tables;
#[cfg(test)]
mod testing;
mod transaction;

pub use access::Denied;
pub use archive::SqliteArchive;
pub use open::migrate;
pub use open_error::OpenError;
pub use settings::Settings;
pub use store::SqliteStore;
