//! Telling the service manager how far the server is: the protocol of systemd's `sd_notify(3)`.

use std::{
    ffi::{OsStr, OsString},
    io,
    os::{
        linux::net::SocketAddrExt,
        unix::{
            ffi::OsStrExt,
            net::{SocketAddr, UnixDatagram},
        },
    },
};

use hongbao_ports::Chain;
use tracing::warn;

/// What a service manager is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Requests can be sent.
    Ready,
    /// A stop was asked for, and has begun.
    Stopping,
}

impl State {
    const fn message(self) -> &'static [u8] {
        match self {
            Self::Ready => b"READY=1",
            Self::Stopping => b"STOPPING=1",
        }
    }
}

/// The service manager that started this process, if it wants to be told.
#[derive(Debug, Clone)]
pub(crate) struct ServiceManager(Option<OsString>);

impl ServiceManager {
    /// Reads `NOTIFY_SOCKET`.
    pub(crate) fn of_environment() -> Self {
        Self(std::env::var_os("NOTIFY_SOCKET").filter(|socket| !socket.is_empty()))
    }

    /// Tells it. A server serves as well if it cannot be told, so that is only logged.
    pub(crate) fn tell(&self, state: State) {
        let Some(socket) = &self.0 else { return };
        if let Err(error) = send(socket, state.message()) {
            warn!(error = %Chain(&error), "the service manager cannot be told {state:?}");
        }
    }
}

fn send(socket: &OsStr, message: &[u8]) -> io::Result<()> {
    let address = match socket.as_bytes().split_first() {
        // A name without a file, in the kernel's own list.
        Some((b'@', name)) => SocketAddr::from_abstract_name(name)?,
        Some(_) | None => SocketAddr::from_pathname(socket)?,
    };
    UnixDatagram::unbound()?.send_to_addr(message, &address)?;
    Ok(())
}
