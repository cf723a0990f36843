//! A second handle to a caller's connection, because actix-web lends none to a handler.

use std::{
    any::Any,
    io,
    net::{Shutdown, TcpStream},
    sync::atomic::{AtomicU64, Ordering},
};

use actix_web::{HttpRequest, dev::Extensions, rt::net::TcpStream as ServedStream};
use tracing::warn;

/// Numbers the connections of this process.
static OPENED: AtomicU64 = AtomicU64::new(0);

/// The TCP connection that a request came on.
pub(super) struct Connection {
    number: u64,
    stream: TcpStream,
}

impl Connection {
    /// Keeps a handle with the data of a new connection, where its requests find it.
    pub(super) fn remember(io: &dyn Any, data: &mut Extensions) {
        let Some(served) = io.downcast_ref::<ServedStream>() else {
            return;
        };
        match duplicate(served) {
            Ok(stream) => {
                data.insert(Self { number: OPENED.fetch_add(1, Ordering::Relaxed), stream });
            }
            Err(error) => warn!("cannot duplicate a connection, it can never be reset: {error}"),
        }
    }

    /// Tells connections apart: a later one has a greater number.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Closes the connection in both directions, whatever was still to be written.
    ///
    /// The caller sees its end. It is closed in the orderly way of TCP: which of the two a caller sees, RST or FIN, is
    /// the same to it, for not one byte of answer has come.
    pub(super) fn cut(&self) -> io::Result<()> {
        self.stream.shutdown(Shutdown::Both)
    }
}

/// Closes the connection of a request.
///
/// One that cannot be closed is held instead: the caller gets no answer either way.
pub(super) fn cut(request: &HttpRequest) {
    match request.conn_data::<Connection>().map(Connection::cut) {
        Some(Ok(())) => {}
        Some(Err(error)) => warn!("cannot cut a connection: {error}"),
        None => warn!("cannot cut a connection without a handle"),
    }
}

#[cfg(unix)]
fn duplicate(served: &ServedStream) -> io::Result<TcpStream> {
    use std::os::fd::AsFd;

    Ok(served.as_fd().try_clone_to_owned()?.into())
}

#[cfg(windows)]
fn duplicate(served: &ServedStream) -> io::Result<TcpStream> {
    use std::os::windows::io::AsSocket;

    Ok(served.as_socket().try_clone_to_owned()?.into())
}
