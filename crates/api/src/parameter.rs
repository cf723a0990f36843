//! What a parameter is.

use crate::Sentence;

/// A parameter that an endpoint knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, in the contract's own style.
    pub name: &'static str,
    /// Whether JSON may write it as a number. It is read from its characters and never becomes a binary float.
    pub may_be_number: bool,
    /// Whether a request without it is refused.
    pub is_required: bool,
    /// How its value is written.
    pub form: Form,
    /// What it says.
    pub about: Sentence,
}

/// How the value of a parameter is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A text of any characters, of no more than so many.
    Text(usize),
    /// A text without control characters, of no more than so many characters.
    Line(usize),
    /// A text of no more than so many bytes.
    Bytes(usize),
    /// Visible ASCII, of no more than so many characters.
    Visible(usize),
    /// The id of a user, group or coin: ASCII letters, digits, `-`, `_`, of no more than so many.
    Id(usize),
    /// The id of a packet: 22 ASCII letters and digits.
    Transfer,
    /// A decimal number.
    Decimal,
    /// `0` or `1`.
    Flag,
}

impl Parameter {
    /// A parameter that is a string in JSON, too. It may be left out, and is any text.
    pub const fn text(name: &'static str) -> Self {
        let about = Sentence { english: "", chinese: "" };
        Self { name, may_be_number: false, is_required: false, form: Form::Text(usize::MAX), about }
    }

    /// A parameter that JSON may write as a string or as a number.
    pub const fn number(name: &'static str) -> Self {
        Self { may_be_number: true, ..Self::text(name) }
    }

    /// A request must have it.
    #[must_use]
    pub const fn required(self) -> Self {
        Self { is_required: true, ..self }
    }

    /// Its value is written so.
    #[must_use]
    pub const fn of(self, form: Form) -> Self {
        Self { form, ..self }
    }

    /// Says what it is, in English and in Chinese.
    #[must_use]
    pub const fn about(self, english: &'static str, chinese: &'static str) -> Self {
        Self { about: Sentence { english, chinese }, ..self }
    }
}
