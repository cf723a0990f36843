//! Writing what a batch changed: usually with one statement for the rows that were there and one for those that are new.
//!
//! Each statement touches a table once, in arrays with a row for each place. What was there comes first: a claim that gives
//! its share back makes room for the one that takes it.

mod changed;
mod new;
mod requests;

use hongbao_domain::{
    ledger::{Change, Changes},
    time::Timestamp,
};
use hongbao_ledger::Attempt;
use hongbao_ports::Fault;
use sqlx::PgConnection;

/// Writes everything, and the attempt.
pub(super) async fn write(
    tx: &mut PgConnection,
    changes: &Changes,
    attempt: Attempt,
    now: Timestamp,
) -> Result<(), Fault> {
    changed::write(tx, changes).await?;
    new::write(tx, changes, attempt, now).await?;
    requests::write(tx, &changes.requests, now).await
}

/// Fails the batch unless a statement has written just the rows that it was given.
pub(crate) fn exactly(written: u64, given: usize, what: &'static str) -> Result<(), Fault> {
    if usize::try_from(written) == Ok(given) { Ok(()) } else { Err(Fault::unavailable(what)) }
}

/// Writes a version or a count as the database has it.
pub(crate) fn signed(version: u64) -> Result<i64, Fault> {
    i64::try_from(version).map_err(|error| Fault::internal("cannot count versions any further").because(error))
}

/// One array for each column.
pub(crate) fn column<T, C>(rows: &[T], of: impl Fn(&T) -> C) -> Vec<C> {
    rows.iter().map(of).collect()
}

/// One array of versions.
fn versions<T>(rows: &[T], of: impl Fn(&T) -> u64) -> Result<Vec<i64>, Fault> {
    rows.iter().map(|row| signed(of(row))).collect()
}

/// One array of the numbers of shares.
fn numbers<T>(rows: &[T], of: impl Fn(&T) -> u32) -> Result<Vec<i32>, Fault> {
    let numbers: Result<_, _> = rows.iter().map(|row| i32::try_from(of(row))).collect();
    numbers.map_err(|error| Fault::internal("cannot number the shares").because(error))
}

/// Takes the rows that are new.
fn is_new<T>(change: &Change<T>) -> bool {
    change.before.is_none()
}
