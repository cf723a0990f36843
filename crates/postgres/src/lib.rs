//! The PostgreSQL store: many servers, one database.
//!
//! Correctness comes from row locks and version guards, never from being alone. Amounts are exact `NUMERIC`, times are
//! the database's. All statements are checked against the schema at compile time; see `scripts/prepare`. What a
//! PostgreSQL-compatible distributed engine may lack is not used: no advisory locks, no LISTEN/NOTIFY, no PL/pgSQL.
//!
//! What belongs here: SQL and the translation of rows. What must not: a rule.

mod address;
mod archive;
mod attempt;
mod audit;
mod batch;
mod codec;
mod connection;
mod environment;
mod fault;
mod gate;
#[cfg(test)]
mod indexes;
mod long_read;
mod migrate;
mod open;
mod open_error;
mod pools;
mod query;
mod readiness;
mod retention;
mod settings;
mod store;
mod tables;
#[cfg(test)]
mod testing;
mod transaction;

pub use address::{Address, AddressError};
pub use archive::PostgresArchive;
pub use environment::EnvironmentError;
pub use migrate::{MigrateError, migrate, schema_fingerprint};
pub use open_error::OpenError;
pub use pools::Connections;
pub use settings::{Pooler, Settings, Time};
pub use store::PostgresStore;
