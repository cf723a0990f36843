//! What a parameter is.

/// A parameter that an endpoint knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, in the contract's own style.
    pub name: &'static str,
    /// Whether JSON may write it as a number. It is read from its characters and never becomes a binary float.
    pub may_be_number: bool,
}

impl Parameter {
    /// A parameter that is a string in JSON, too.
    pub const fn text(name: &'static str) -> Self {
        Self { name, may_be_number: false }
    }

    /// A parameter that JSON may write as a string or as a number.
    pub const fn number(name: &'static str) -> Self {
        Self { name, may_be_number: true }
    }
}
