//! Ports for servers that must come back on the same one.

use std::{
    hash::{BuildHasher, RandomState},
    io,
    net::TcpListener,
};

/// Below the range from which the system serves outgoing connections and `bind` to port 0, so that no process takes a
/// port of ours by accident while its server is stopped.
const FIRST: u64 = 15_000;
const COUNT: u64 = 17_000;
const TRIES: u64 = 100;

/// Gives a port of 127.0.0.1 that is free now. Another process may still be faster: a caller that binds it tries again.
pub(crate) fn free() -> io::Result<u16> {
    let random = RandomState::new();
    let ports = (0..TRIES).map(|attempt| FIRST + random.hash_one(attempt) % COUNT);
    let ports = ports.map(|port| u16::try_from(port).expect("the range lies below 65536"));
    let mut free = ports.filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.next().ok_or_else(|| io::Error::other("no port is free"))
}
