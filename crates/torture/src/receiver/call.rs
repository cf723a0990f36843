//! One call, read off the wire.

use std::{
    io::{self, BufRead, BufReader, Read},
    net::TcpStream,
    time::Duration,
};

/// Longer than any server stands still.
const SILENCE: Duration = Duration::from_secs(30);

/// More than any call has.
const LONGEST: u64 = 64 * 1024;

/// A call that has arrived as a whole.
#[derive(Debug)]
pub(super) struct Arrived {
    pub(super) path: String,
    headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Arrived {
    /// Gives a header by its name in small letters; empty if it is not there.
    pub(super) fn header(&self, wanted: &str) -> &str {
        self.headers.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value)
    }
}

/// Reads one call.
pub(super) fn read(stream: &TcpStream) -> io::Result<Arrived> {
    stream.set_read_timeout(Some(SILENCE))?;
    parse(BufReader::new(stream).take(LONGEST))
}

fn parse(mut input: impl BufRead) -> io::Result<Arrived> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = Vec::new();
    loop {
        line.clear();
        if input.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let Some((name, value)) = line.split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let mut arrived = Arrived { path, headers, body: String::new() };
    let length = arrived.header("content-length").parse().map_err(io::Error::other)?;
    let mut body = vec![0; length];
    input.read_exact(&mut body)?;
    arrived.body = String::from_utf8(body).map_err(io::Error::other)?;
    Ok(arrived)
}

#[cfg(test)]
impl Arrived {
    /// Makes one for the tests of its signature.
    pub(super) fn new(headers: &[(&str, &str)], body: &str) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { path: "/steady".to_owned(), headers, body: body.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: &str = "POST /steady HTTP/1.1\r\nWebhook-Id: w1\r\ncontent-length: 2\r\n\r\n{}";

    #[test]
    fn a_whole_call_is_read() {
        let arrived = parse(CALL.as_bytes()).unwrap();

        assert_eq!((&*arrived.path, arrived.header("webhook-id"), &*arrived.body), ("/steady", "w1", "{}"));
        assert_eq!(arrived.header("webhook-signature"), "");
    }

    #[test]
    fn half_a_call_is_none() {
        for end in 0..CALL.len() {
            assert!(parse(&CALL.as_bytes()[..end]).is_err(), "{end}");
        }
    }
}
