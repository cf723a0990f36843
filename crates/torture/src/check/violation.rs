//! A promise that was broken.

use std::fmt;

/// A promise that was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    /// Which.
    pub(crate) invariant: &'static str,
    /// How, in words.
    pub(crate) what: String,
    /// The lines of the history that show it, by index.
    pub(crate) lines: Vec<usize>,
}

impl Violation {
    pub(super) fn new(
        invariant: &'static str,
        what: impl Into<String>,
        lines: impl IntoIterator<Item = usize>,
    ) -> Self {
        let mut lines: Vec<_> = lines.into_iter().collect();
        lines.sort_unstable();
        lines.dedup();
        Self { invariant, what: what.into(), lines }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.invariant, self.what)
    }
}
