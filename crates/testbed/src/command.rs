//! The command that runs with a server at its side.

use std::{
    ffi::OsString,
    io::{self, IsTerminal},
    os::unix::process::ExitStatusExt,
    process::{Command, ExitStatus},
};

use tokio::{
    signal::unix::{SignalKind, signal},
    task,
};

/// What a shell adds to the number of the signal that ended a command.
const BY_SIGNAL: u8 = 128;

/// Runs a command to its end, passing on what asks us to stop, and gives its status as a shell would.
pub(crate) async fn run(command: &[OsString], variables: &[(&str, &str)]) -> io::Result<u8> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let mut child = Command::new(&command[0]).args(&command[1..]).envs(variables.iter().copied()).spawn()?;
    let id = child.id();
    let mut end = task::spawn_blocking(move || child.wait());
    loop {
        tokio::select! {
            status = &mut end => return Ok(code(status.map_err(io::Error::other)??)),
            // Ctrl-C reaches everything in the terminal by itself; twice would mean "at once" to some.
            Some(()) = interrupt.recv() => if !io::stdin().is_terminal() { kill("INT", id)? },
            Some(()) = terminate.recv() => kill("TERM", id)?,
        }
    }
}

fn kill(signal: &str, process: u32) -> io::Result<()> {
    // It may have ended by itself in the meantime.
    Command::new("sh").args(["-c", &format!("kill -{signal} {process}")]).status().map(drop)
}

fn code(status: ExitStatus) -> u8 {
    let signal = status.signal().and_then(|signal| u8::try_from(signal).ok());
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.or(signal.map(|signal| BY_SIGNAL.saturating_add(signal))).unwrap_or(u8::MAX)
}
