//! The SQLite store: one file, one writer, many readers.
//!
//! STRICT tables, write-ahead log, `synchronous=FULL` (a commit survives power loss), amounts as exact text. All
//! statements are checked against the schema at compile time; see `scripts/prepare`.
//!
//! What belongs here: SQL and the translation of rows. What must not: a rule.

mod access;
mod archive;
mod attempt;
mod audit;
mod batch;
mod contacts;
mod fault;
mod groups;
mod journal;
mod lane;
mod listings;
mod lock;
mod log;
mod lookup;
mod open;
mod people;
mod profiles;
mod read;
mod readiness;
mod retention;
mod row;
#[cfg(test)]
mod testing;
mod text;
mod transaction;

pub use access::Denied;
pub use archive::SqliteArchive;
pub use open::{OpenError, Settings, SqliteStore, migrate};
