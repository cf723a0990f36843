//! One question over HTTP. The whole client is here, because the program has another only for the IM cloud.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::{TcpStream, ToSocketAddrs},
    time::Duration,
};

use super::target::Target;

/// Far more than any answer to a probe has, in bytes.
const LIMIT: u64 = 16 * 1024;

/// What came back.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

/// Asks for a path. No step of it waits for longer than `timeout`.
///
/// In HTTP/1.0 an answer ends with its connection and is never sent in chunks, so reading it needs no more than this.
pub(super) fn get(target: &Target, path: &str, timeout: Duration) -> io::Result<Answer> {
    let mut connection = connect(target, timeout)?;
    connection.set_read_timeout(Some(timeout))?;
    connection.set_write_timeout(Some(timeout))?;
    let authority = target.to_string();
    let host = authority.trim_start_matches("http://");
    write!(connection, "GET {path} HTTP/1.0\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    connection.take(LIMIT).read_to_end(&mut answer)?;
    parse(&answer).ok_or_else(|| io::Error::new(ErrorKind::InvalidData, "the answer is not HTTP, or not whole"))
}

/// Tries each address that the name has.
fn connect(target: &Target, timeout: Duration) -> io::Result<TcpStream> {
    let mut failed = io::Error::new(ErrorKind::NotFound, "the name has no address");
    for address in (target.host.as_str(), target.port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, timeout) {
            Ok(connection) => return Ok(connection),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

/// Reads a status line and the body. An answer that names its length must have it.
fn parse(answer: &[u8]) -> Option<Answer> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(answer.get(..end)?).ok()?;
    let body = answer.get(end + 4..)?.to_vec();
    let mut lines = head.split("\r\n");
    let mut status_line = lines.next()?.split(' ');
    let is_http = status_line.next()?.starts_with("HTTP/1.");
    let status = status_line.next()?.parse().ok()?;
    let headers = lines.filter_map(|line| line.split_once(':'));
    let mut lengths = headers.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let is_whole = lengths.all(|(_, length)| length.trim().parse() == Ok(body.len()));
    (is_http && is_whole).then_some(Answer { status, body })
}

#[cfg(test)]
mod tests;
