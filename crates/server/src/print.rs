//! What a command is for, on standard output; and why it is not done, on standard error.

use std::{
    fmt,
    io::{ErrorKind, Write, stderr, stdout},
};

use serde_json::json;

use crate::error::CliError;

/// Prints `text`. A reader that has stopped reading, as `head` does, is no error.
pub(crate) fn print(text: &str) -> Result<(), CliError> {
    let mut out = stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(CliError::because("cannot print", &error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Says in one line why a command is not done: a sentence for people, or an object for programs. Standard output has
/// results only, so that what is read from it is always what was asked for.
pub(crate) fn print_error(as_json: bool, code: &str, message: &dyn fmt::Display) {
    let line = if as_json {
        json!({ "code": code, "message": message.to_string() }).to_string()
    } else {
        format!("hongbao: {message}")
    };
    // The exit status says it too, where standard error is closed.
    drop(writeln!(stderr(), "{line}"));
}
