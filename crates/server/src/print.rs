//! What a command is for, on standard output.

use std::io::{ErrorKind, Write, stdout};

use crate::trouble::Trouble;

/// Prints `text`. Who has stopped reading, as `head` does, has seen enough.
pub(crate) fn print(text: &str) -> Result<(), Trouble> {
    let mut out = stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Trouble::because("cannot print", &error)),
        Ok(()) | Err(_) => Ok(()),
    }
}
