//! A second handle to a caller's connection, because actix-web lends none to a handler.

use std::{
    any::Any,
    io,
    net::{Shutdown, TcpStream},
};

use actix_web::{dev::Extensions, rt::net::TcpStream as ServedStream};
use tracing::warn;

/// The TCP connection that a request came on.
pub(super) struct Connection(TcpStream);

impl Connection {
    /// Keeps a handle with the data of a new connection, where its requests find it.
    pub(super) fn remember(io: &dyn Any, data: &mut Extensions) {
        let Some(served) = io.downcast_ref::<ServedStream>() else {
            return;
        };
        match duplicate(served) {
            Ok(stream) => {
                data.insert(Self(stream));
            }
            Err(error) => warn!("cannot duplicate a connection, it can never be reset: {error}"),
        }
    }

    /// Closes the connection in both directions, whatever was still to be written.
    ///
    /// The caller sees its end. It is closed in the orderly way of TCP: which of the two a caller sees, RST or FIN, is
    /// the same to it, for not one byte of answer has come.
    pub(super) fn cut(&self) -> io::Result<()> {
        self.0.shutdown(Shutdown::Both)
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
