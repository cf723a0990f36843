//! What ends a run without a verdict.

use std::{error::Error, fmt, io};

/// Says why there is no verdict.
#[derive(Debug)]
pub(crate) struct TortureError(String);

impl TortureError {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Says what could not be done, and why.
    pub(crate) fn because(what: impl fmt::Display, why: impl fmt::Display) -> Self {
        Self(format!("{what}: {why}"))
    }
}

impl fmt::Display for TortureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for TortureError {}

impl From<io::Error> for TortureError {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<serde_json::Error> for TortureError {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<sqlx::Error> for TortureError {
    fn from(error: sqlx::Error) -> Self {
        Self(error.to_string())
    }
}
