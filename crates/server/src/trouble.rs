//! Why the program cannot go on, in one sentence for whoever started it.

use std::{error::Error, fmt};

use hongbao_ports::Chain;

/// One clear sentence. The program ends with exit status 2.
#[derive(Debug)]
pub(crate) struct Trouble(String);

impl Trouble {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    /// Adds all causes of `error` to what could not be done.
    pub(crate) fn because(what: impl fmt::Display, error: &(dyn Error + 'static)) -> Self {
        Self(format!("{what}: {}", Chain(error)))
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // One line, whatever a library has to say.
        f.write_str(&self.0.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}
