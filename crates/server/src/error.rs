//! Why the program cannot go on, in one sentence for the user.

use std::{error::Error, fmt};

use hongbao_ports::Chain;

/// One clear sentence, and a code for programs. The program ends with exit status 2.
#[derive(Debug)]
pub struct CliError {
    code: &'static str,
    sentence: String,
}

impl CliError {
    /// Says what is wrong in one sentence: lower case, no full stop.
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self { code: "failed", sentence: sentence.into() }
    }

    /// Adds all causes of `error` to what could not be done.
    pub(crate) fn because(what: impl fmt::Display, error: &(dyn Error + 'static)) -> Self {
        Self::new(format!("{what}: {}", Chain(error)))
    }

    /// Says what kind of error it is. The codes are listed in `docs/operations.md`, and stay as they are.
    pub(crate) fn with_code(self, code: &'static str) -> Self {
        Self { code, ..self }
    }

    /// Adds what to do about it.
    pub(crate) fn with_hint(self, hint: &str) -> Self {
        Self { sentence: format!("{}; {hint}", self.sentence), ..self }
    }

    /// Gives what kind of error it is, for programs.
    pub const fn code(&self) -> &'static str {
        self.code
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // One line, whatever a library has to say.
        f.write_str(&self.sentence.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

impl Error for CliError {}
