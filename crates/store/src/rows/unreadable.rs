//! What cannot be understood.

use std::fmt;

use hongbao_ports::Fault;

/// A stored value that no longer makes sense. What it was stands in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable(pub &'static str);

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
