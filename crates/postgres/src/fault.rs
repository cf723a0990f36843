//! What broke, in the words of the ports.

use std::{borrow::Cow, error::Error, fmt};

use hongbao_ports::Fault;
use hongbao_store::CommitError;
use sqlx::error::DatabaseError;

/// The database did not answer in time, and what has become of the connection is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Silence;

impl fmt::Display for Silence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the database does not answer")
    }
}

impl Error for Silence {}

/// The row that another writer was faster to insert. The next attempt finds it.
const UNIQUE_VIOLATION: &str = "23505";

/// What a server says that may not write: it was the primary before a fail-over, or its disk is full.
const READ_ONLY: &str = "25006";

/// It is unknown whether the statement was executed. PostgreSQL itself never says so; some that speak like it do.
const COMPLETION_UNKNOWN: &str = "40003";

/// Classes and codes of what may pass by itself. All others are defects, and trying again would not help.
/// Source: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
const MAY_PASS: [&str; 11] = [
    "08", // connection exceptions
    READ_ONLY,
    "40001", // serialization failure
    COMPLETION_UNKNOWN,
    "40P01", // deadlock
    "53",    // insufficient resources: too many connections, disk full
    "55P03", // lock not available in time
    "57",    // operator intervention: shutting down, starting up, statement cancelled by its time-out
    "58",    // system errors outside PostgreSQL
    "25P03", // idle in a transaction for too long
    UNIQUE_VIOLATION,
];

/// Classes and codes that mean one session only: connection exceptions, a server that became read-only, a session that was
/// ended by an administrator, a crash or a start.
const OF_THE_CONNECTION: [&str; 5] = ["08", READ_ONLY, "57P01", "57P02", "57P03"];

fn code(error: &sqlx::Error) -> Option<String> {
    error.as_database_error().and_then(DatabaseError::code).map(Cow::into_owned)
}

/// Says whether the connection is gone, rather than one statement refused.
fn is_lost(error: &sqlx::Error) -> bool {
    matches!(
        error,
        sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed
    )
}

/// Sorts an error of a statement, none of which has been committed.
pub(crate) fn of(error: sqlx::Error, what: &'static str) -> Fault {
    let may_pass = match code(&error) {
        Some(code) => MAY_PASS.iter().any(|passing| code.starts_with(passing)),
        None => is_lost(&error),
    };
    let fault = if may_pass { Fault::unavailable(what) } else { Fault::internal(what) };
    fault.because(error)
}

/// Says whether the fault is that of one connection, so that another may work.
pub(crate) fn is_of_the_connection(fault: &Fault) -> bool {
    let Some(source) = fault.source() else { return false };
    let Some(error) = source.downcast_ref() else { return source.is::<Silence>() };
    match code(error) {
        Some(code) => OF_THE_CONNECTION.iter().any(|ended| code.starts_with(ended)),
        None => is_lost(error),
    }
}

/// Says whether a transaction that ended with `fault` before its commit may be attempted again.
pub(crate) fn before_commit<T>(fault: Fault) -> CommitError<T> {
    let cause = fault.source().and_then(|source| source.downcast_ref::<sqlx::Error>());
    if cause.and_then(code).is_some_and(|code| code == UNIQUE_VIOLATION) {
        return CommitError::Conflict(fault);
    }
    fault.into()
}

/// Says what is known after COMMIT was sent and did not succeed.
///
/// Only a refusal that the server makes before it commits is a no. After all others, the outcome is unknown.
pub(crate) fn at_commit<T>(error: sqlx::Error, outcome: T) -> CommitError<T> {
    let is_no = |code: &str| code.starts_with("23") || code.starts_with("40") && code != COMPLETION_UNKNOWN;
    let is_refused = code(&error).is_some_and(|code| is_no(&code));
    if is_refused {
        return before_commit(of(error, "cannot commit the transaction"));
    }
    let fault = Fault::unresolved("cannot tell whether the transaction was committed").because(error);
    CommitError::Lost { outcome, fault }
}

/// Says whether it was a pooler that refused a connection, for what it should have passed on to the database.
pub(crate) fn is_of_a_pooler(error: &sqlx::Error) -> bool {
    const PROTOCOL_VIOLATION: &str = "08P01";
    error.as_database_error().is_some_and(|error| {
        error.code().is_some_and(|code| code == PROTOCOL_VIOLATION)
            && error.message().contains("unsupported startup parameter")
    })
}

#[cfg(test)]
mod tests;
