//! What ends a run.

use std::{error::Error, fmt};

/// Says why there are no figures.
#[derive(Debug)]
pub(crate) struct BenchError(String);

impl BenchError {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Says what could not be done, and why.
    pub(crate) fn because(what: impl fmt::Display, why: impl fmt::Debug) -> Self {
        Self(format!("{what}: {why:?}"))
    }
}

impl fmt::Display for BenchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for BenchError {}
