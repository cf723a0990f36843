//! What each code means, before and at the commit.

use sqlx::error::{DatabaseError, ErrorKind};

use super::*;

/// An error with a code, as from a server.
#[derive(Debug)]
struct Code(&'static str);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Code {}

impl DatabaseError for Code {
    fn message(&self) -> &str {
        self.0
    }

    fn code(&self) -> Option<std::borrow::Cow<'_, str>> {
        Some(self.0.into())
    }

    fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

fn error(code: &'static str) -> sqlx::Error {
    sqlx::Error::Database(Box::new(Code(code)))
}

fn before(code: &'static str) -> CommitError<()> {
    before_commit(of(error(code), "cannot do it"))
}

#[test]
fn what_may_pass_is_attempted_again_and_what_cannot_is_not() {
    for code in ["40001", "40P01", "55P03", "57014", "57P01", "57P03", "53300", "53100", "25006", "25P03", "08006"] {
        assert!(matches!(before(code), CommitError::Retry(_)), "{code}");
    }
    for code in ["23514", "42P01", "22003", "XX000", "25P02"] {
        assert!(matches!(before(code), CommitError::Failed(_)), "{code}");
    }
    assert!(matches!(before("23505"), CommitError::Conflict(_)));
}

#[test]
fn a_refused_commit_is_a_no_and_everything_else_at_a_commit_is_unknown() {
    assert!(matches!(at_commit(error("40001"), ()), CommitError::Retry(_)));
    assert!(matches!(at_commit(error("23505"), ()), CommitError::Conflict(_)));
    for code in ["40003", "57P01", "57014", "08006", "53100", "58030", "XX000"] {
        assert!(matches!(at_commit(error(code), ()), CommitError::Lost { .. }), "{code}");
    }
    let cut = sqlx::Error::Io(std::io::ErrorKind::UnexpectedEof.into());
    assert!(matches!(at_commit(cut, ()), CommitError::Lost { .. }));
}

#[test]
fn a_session_that_ended_or_may_not_write_costs_the_connection_and_a_busy_row_does_not() {
    for code in ["25006", "57P01", "57P02", "08006"] {
        assert!(is_of_the_connection(&of(error(code), "cannot write")), "{code}");
    }
    assert!(is_of_the_connection(&of(sqlx::Error::Io(std::io::ErrorKind::UnexpectedEof.into()), "cannot read")));
    assert!(!is_of_the_connection(&of(error("57014"), "cannot wait for the statement")));
    assert!(is_of_the_connection(&Fault::unavailable("cannot wait").because(Silence)));
    assert!(!is_of_the_connection(&of(error("55P03"), "cannot lock")));
    assert!(!is_of_the_connection(&Fault::unavailable("cannot write: it has changed")));
}
