//! What a statement reads and writes.

use futures_util::stream::BoxStream;
use hongbao_ports::Fault;
use sqlx::postgres::PgQueryResult;

use crate::fault;

/// Rows of one table, one after the other.
pub(super) type Rows<'tx, R> = BoxStream<'tx, Result<R, sqlx::Error>>;

/// What a statement has written.
pub(super) type Done = Result<PgQueryResult, Fault>;

pub(super) fn cannot(error: sqlx::Error) -> Fault {
    fault::of(error, "cannot read or write the rows")
}

/// Fails the batch unless a statement has written just the rows that it was given.
pub(super) fn exactly(written: u64, given: usize) -> Result<(), Fault> {
    if usize::try_from(written) == Ok(given) {
        return Ok(());
    }
    Err(Fault::unavailable("cannot write the rows: one has changed since it was loaded"))
}
