//! What a statement reads and writes.
//!
//! Rows go to it as JSON, which a table's own type reads: so a statement names columns, and their types only where its rows are not those of a table (`friendships`).

use futures_util::stream::BoxStream;
use hongbao_domain::store::Update;
use hongbao_ports::Fault;
use hongbao_store::rows::{Cells, objects};
use sqlx::postgres::PgQueryResult;

use crate::fault;

/// Rows of one table, one after the other.
pub(super) type Rows<'tx, R> = BoxStream<'tx, Result<R, sqlx::Error>>;

/// What a statement has written.
pub(super) type Done = Result<PgQueryResult, Fault>;

pub(super) fn cannot(error: sqlx::Error) -> Fault {
    fault::of(error, "cannot read or write the rows")
}

/// Gives rows that have changed as they are to be.
pub(super) fn after<R: Cells>(updates: &[Update<R>]) -> String {
    objects(updates.iter().map(|row| &row.after))
}

/// Gives rows that have changed as they were.
pub(super) fn before<R: Cells>(updates: &[Update<R>]) -> String {
    objects(updates.iter().map(|row| &row.before))
}

/// Adds rows to a table by the names of its columns. It may have more, from a newer version.
macro_rules! insert {
    ($tx:expr, $table:literal, $columns:literal, $rows:expr) => {
        sqlx::query!(
            "INSERT INTO "
                + $table
                + " ("
                + $columns
                + ") SELECT "
                + $columns
                + " FROM json_populate_recordset(NULL::"
                + $table
                + ", $1::TEXT::JSON)",
            hongbao_store::rows::objects($rows)
        )
        .execute($tx)
        .await
        .map_err($crate::tables::statement::cannot)
    };
}

pub(super) use insert;
