//! What broke, in the words of the ports.

use std::fmt;

use hongbao_ledger::CommitError;
use hongbao_ports::{Fault, FaultKind};

/// A stored value that no longer makes sense. What it was stands in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unreadable(pub(crate) &'static str);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the store holds {} that cannot be read", self.0)
    }
}

impl std::error::Error for Unreadable {}

impl From<Unreadable> for Fault {
    fn from(unreadable: Unreadable) -> Self {
        Self::internal("cannot understand what is stored").because(unreadable)
    }
}

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

/// Sorts an error of a statement, none of which has been committed.
pub(crate) fn of(error: sqlx::Error, what: &'static str) -> Fault {
    let may_pass = if let sqlx::Error::Database(database) = &error {
        let code = database.code().and_then(|code| code.parse::<i64>().ok());
        code.is_some_and(|code| !DEFECTS.contains(&(code & 0xff)))
    } else {
        matches!(
            error,
            sqlx::Error::Io(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed
                | sqlx::Error::BeginFailed
        )
    };
    let fault = if may_pass { Fault::unavailable(what) } else { Fault::internal(what) };
    fault.because(error)
}

/// Says whether a batch that ended with `fault` may be attempted again.
pub(crate) fn before_commit<T>(fault: Fault) -> CommitError<T> {
    match fault.kind() {
        FaultKind::Unavailable => CommitError::Retry(fault),
        FaultKind::Internal | FaultKind::Unresolved => CommitError::Failed(fault),
    }
}
