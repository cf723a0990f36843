//! What the tests stand on: a folder, programs that run in it, and a caller who speaks HTTP.
#![expect(clippy::unwrap_used, reason = "a harness that cannot be set up fails the test that wants it")]

mod database;
mod deadline;
mod demo;
mod folder;
mod program;
mod wire;

pub(crate) use self::{
    database::{Database, REAL, assert_said},
    deadline::{QUICKLY, until},
    demo::{BRISK, Demo, RESOLVED_WITHIN},
    folder::{Finished, Folder, finish},
    program::Program,
    wire::{Answer, Background, get, keep_alive, post, request},
};

use std::net::{SocketAddr, TcpListener, TcpStream};

/// An address where no process listens.
pub(crate) fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// An address where another process listens, for as long as the listener lives.
pub(crate) fn taken_address() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// Whether a new connection is refused.
pub(crate) fn refuses(address: SocketAddr) -> bool {
    TcpStream::connect(address).is_err()
}
