//! What a statement reads and writes.

use futures_util::stream::BoxStream;
use hongbao_ports::Fault;
use sqlx::sqlite::SqliteQueryResult;

use crate::fault;

/// Rows of one table, one after the other.
pub(super) type Rows<'tx, R> = BoxStream<'tx, Result<R, sqlx::Error>>;

/// What a statement has written.
pub(super) type Done = Result<SqliteQueryResult, sqlx::Error>;

/// How many rows a statement has written.
pub(super) trait Wrote {
    /// Fails the transaction unless the statement has written all rows that it was given, and nothing else.
    fn wrote(self, given: usize) -> Result<(), Fault>;
}

impl Wrote for Done {
    fn wrote(self, given: usize) -> Result<(), Fault> {
        let written = self.map_err(|error| fault::of(error, "cannot write the rows"))?.rows_affected();
        if usize::try_from(written) == Ok(given) {
            return Ok(());
        }
        Err(Fault::unavailable("cannot write the rows: one has changed since it was loaded"))
    }
}
