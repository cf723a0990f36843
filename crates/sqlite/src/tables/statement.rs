//! What a statement reads and writes.

use futures_util::stream::BoxStream;
use hongbao_ports::Fault;
use sqlx::sqlite::SqliteQueryResult;

use crate::fault;

/// Rows of one table, one after the other.
pub(super) type Rows<'tx, R> = BoxStream<'tx, Result<R, sqlx::Error>>;

/// What a statement has written.
pub(super) type Done = Result<SqliteQueryResult, sqlx::Error>;

pub(super) fn cannot(error: sqlx::Error) -> Fault {
    fault::of(error, "cannot write the rows")
}
