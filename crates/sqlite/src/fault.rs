//! What broke, in the words of the ports.

use hongbao_ports::Fault;
use hongbao_store::CommitError;

/// SQLite's primary result codes that mean a defect: trying again would not help. All others may pass (busy, full,
/// read-only, I/O). Source: <https://www.sqlite.org/rescode.html>.
const DEFECTS: [i64; 8] = [
    1,  // ERROR
    2,  // INTERNAL
    11, // CORRUPT
    18, // TOOBIG
    19, // CONSTRAINT
    20, // MISMATCH
    21, // MISUSE
    25, // RANGE
];

/// `SQLITE_BUSY`: another connection has the lock. A COMMIT that says so may be tried again, so it has not happened.
pub(crate) const BUSY: i64 = 5;

/// `SQLITE_FULL`: the log could not take all pages of the transaction, of which the last one commits it.
const FULL: i64 = 13;

/// `SQLITE_CONSTRAINT`: what was put off until the COMMIT does not hold.
const CONSTRAINT: i64 = 19;

/// Gives SQLite's primary result code.
pub(crate) fn primary_code(error: &sqlx::Error) -> Option<i64> {
    let code = error.as_database_error()?.code()?.parse::<i64>().ok()?;
    Some(code & 0xff)
}

/// Sorts an error of a statement, none of which has been committed.
pub(crate) fn of(error: sqlx::Error, what: &'static str) -> Fault {
    let may_pass = match primary_code(&error) {
        Some(code) => !DEFECTS.contains(&code),
        None => matches!(
            error,
            sqlx::Error::Io(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed
                | sqlx::Error::BeginFailed
        ),
    };
    let fault = if may_pass { Fault::unavailable(what) } else { Fault::internal(what) };
    fault.because(error)
}

/// Says what is known after a COMMIT that did not succeed.
///
/// Most errors leave it open: the pages may be in the log already, and only their fsync failed. Then the next start would
/// find them.
pub(crate) fn at_commit<T>(error: sqlx::Error, outcome: T) -> CommitError<T> {
    if let Some(BUSY | FULL | CONSTRAINT) = primary_code(&error) {
        return of(error, "cannot commit the transaction").into();
    }
    let fault = Fault::unresolved("cannot tell whether the transaction was committed").because(error);
    CommitError::Lost { outcome, fault }
}

#[cfg(test)]
mod tests;
