//! Why a command is not done.

use std::fmt;

use hongbao_app::admin::AdminFailure;
use hongbao_ports::{Failure, Fault, FaultKind};

use crate::error::CliError;

/// Why a command is not done.
#[derive(Debug)]
pub(super) enum CommandError {
    /// The business says no; nothing was changed.
    Refused {
        /// A stable name for programs, listed in `docs/operations.md`.
        code: &'static str,
        /// One clear sentence.
        sentence: String,
    },
    /// The same, said by a server.
    RefusedThere {
        /// As above.
        code: String,
        /// As above.
        sentence: String,
    },
    /// It could not be tried, or the machinery broke.
    Broke(CliError),
}

impl CommandError {
    pub(super) fn refused(code: &'static str, sentence: impl Into<String>) -> Self {
        Self::Refused { code, sentence: sentence.into() }
    }

    /// Says why a use case of administrators is not done.
    pub(super) fn of(what: &str, failure: AdminFailure) -> Self {
        match failure {
            Failure::Refused(refusal) => Self::refused(refusal.code.as_str(), refusal.sentence),
            Failure::Fault(fault) => Self::broke(what, &fault),
        }
    }

    /// Says what a fault left behind.
    pub(super) fn broke(what: impl fmt::Display, fault: &Fault) -> Self {
        let (code, hint) = match fault.kind() {
            FaultKind::Internal => ("internal", ""),
            FaultKind::Unavailable => {
                ("unavailable", " (the store is busy or out of reach; the same command again is safe)")
            }
            FaultKind::Unresolved => ("unresolved", " (it may be done or not; the same command again makes sure)"),
        };
        Self::Broke(CliError::because(format_args!("{what}{hint}"), fault).with_code(code))
    }
}

impl From<CliError> for CommandError {
    fn from(error: CliError) -> Self {
        Self::Broke(error)
    }
}
