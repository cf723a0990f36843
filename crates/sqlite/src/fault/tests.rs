//! What each code means, before and at the commit.

use std::{borrow::Cow, fmt};

use sqlx::error::{DatabaseError, ErrorKind};

use super::*;

/// An error with a code, as from SQLite.
#[derive(Debug)]
struct Code(&'static str);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Code {}

impl DatabaseError for Code {
    fn message(&self) -> &str {
        self.0
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        Some(self.0.into())
    }

    fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

fn error(code: &'static str) -> sqlx::Error {
    sqlx::Error::Database(Box::new(Code(code)))
}

/// Busy, out of memory, read-only, an I/O error of a write and of a sync, a full disk, a file that cannot be opened.
const PASSING: [&str; 7] = ["5", "7", "1032", "778", "1034", "13", "14"];

#[test]
fn what_may_pass_is_attempted_again_before_the_commit_and_a_defect_is_not() {
    for code in PASSING {
        assert!(matches!(CommitError::<()>::from(of(error(code), "it broke")), CommitError::Retry(_)), "{code}");
    }
    for code in ["1", "11", "19", "2067"] {
        assert!(matches!(CommitError::<()>::from(of(error(code), "it broke")), CommitError::Failed(_)), "{code}");
    }
}

#[test]
fn only_what_sqlite_refuses_before_it_commits_is_a_no_at_the_commit() {
    for code in ["5", "261", "13"] {
        assert!(matches!(at_commit(error(code), ()), CommitError::Retry(_)), "{code}");
    }
    assert!(matches!(at_commit(error("787"), ()), CommitError::Failed(_)), "a foreign key that was put off");
    for code in ["10", "778", "1034", "4874", "7", "1", "11"] {
        assert!(matches!(at_commit(error(code), ()), CommitError::Lost { .. }), "{code}");
    }
    assert!(matches!(at_commit(sqlx::Error::WorkerCrashed, ()), CommitError::Lost { .. }));
}
