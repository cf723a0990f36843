//! HTTP as a client speaks it that may hang up at any moment.

use std::{
    fmt::Write as _,
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    thread,
    time::Duration,
};

use serde_json::Value;

use crate::history::{Answer, Loss};

/// Longer than any server takes, stopped or not.
const SILENCE: Duration = Duration::from_secs(30);
const CONNECT: Duration = Duration::from_secs(1);

/// When a client hangs up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HangUp {
    /// When it has its answer.
    Never,
    /// So long after it has sent all.
    After(Duration),
    /// When half of the body is sent.
    HalfWay,
}

/// A request as it goes over the wire.
pub(crate) struct Request<'text> {
    pub(crate) method: &'text str,
    pub(crate) path: &'text str,
    pub(crate) bearer: Option<&'text str>,
    pub(crate) key: Option<&'text str>,
    pub(crate) content_type: &'text str,
    pub(crate) body: &'text str,
}

impl Request<'_> {
    fn head(&self) -> String {
        let mut head = format!("{} {} HTTP/1.1\r\nHost: torture\r\nConnection: close\r\n", self.method, self.path);
        // Writing to a string cannot fail.
        let mut line = |name: &str, value: &str| {
            let _written = write!(head, "{name}: {value}\r\n");
        };
        if let Some(bearer) = self.bearer {
            line("Authorization", &format!("Bearer {bearer}"));
        }
        if let Some(key) = self.key {
            line("Idempotency-Key", key);
        }
        line("Content-Type", self.content_type);
        line("Content-Length", &self.body.len().to_string());
        head + "\r\n"
    }
}

/// Connects to a server that may be gone.
pub(crate) fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, CONNECT)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(SILENCE))?;
    Ok(stream)
}

/// Sends a request and waits for an answer of the contract, unless the client hangs up.
pub(crate) fn exchange(stream: TcpStream, request: &Request<'_>, hang_up: HangUp) -> Result<Answer, Loss> {
    parse(&reply(stream, request, hang_up)?).ok_or(Loss::Cut)
}

/// Sends a request and waits for an answer of any kind: its status of HTTP, and its JSON.
pub(crate) fn exchange_json(stream: TcpStream, request: &Request<'_>, hang_up: HangUp) -> Result<(u16, Value), Loss> {
    let reply = reply(stream, request, hang_up)?;
    whole(&reply).and_then(|(head, body)| status(head).zip(Some(body))).ok_or(Loss::Cut)
}

/// Sends a request and waits for all that comes back, whole or not.
fn reply(mut stream: TcpStream, request: &Request<'_>, hang_up: HangUp) -> Result<Vec<u8>, Loss> {
    let mut bytes = request.head().into_bytes();
    let body = request.body.as_bytes();
    if hang_up == HangUp::HalfWay {
        bytes.extend_from_slice(&body[..body.len() / 2]);
        drop(stream.write_all(&bytes));
        return Err(Loss::HalfSent);
    }
    bytes.extend_from_slice(body);
    if stream.write_all(&bytes).is_err() {
        return Err(Loss::Cut);
    }
    if let HangUp::After(pause) = hang_up {
        thread::sleep(pause);
        return Err(Loss::HungUp);
    }
    let mut reply = Vec::new();
    match stream.read_to_end(&mut reply) {
        Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => Err(Loss::Silence),
        // Whatever the end was like: an answer that is whole counts.
        Ok(_) | Err(_) => Ok(reply),
    }
}

/// Posts to the sandbox or asks it, where nothing is to go wrong.
pub(crate) fn ask(address: SocketAddr, method: &str, path: &str, body: &str) -> io::Result<(u16, Value)> {
    let request = Request { method, path, bearer: None, key: None, content_type: "application/json", body };
    let mut stream = connect(address)?;
    stream.write_all(request.head().as_bytes())?;
    stream.write_all(body.as_bytes())?;
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply)?;
    let (head, body) = split(&reply).ok_or_else(|| io::Error::other("this is no answer"))?;
    let status = status(head).ok_or_else(|| io::Error::other("this is no answer"))?;
    Ok((status, if body.is_empty() { Value::Null } else { serde_json::from_slice(body)? }))
}

/// Reads an answer of the contract; nothing if it is not all there.
fn parse(reply: &[u8]) -> Option<Answer> {
    let (head, mut body) = whole(reply)?;
    let status = body["status"].as_u64()?;
    let retry_after = header(head, "retry-after").is_some();
    Some(Answer { http: self::status(head)?, status, retry_after, data: body["data"].take() })
}

/// Gives the head of an answer and its JSON; nothing if it is not all there.
fn whole(reply: &[u8]) -> Option<(&str, Value)> {
    let (head, body) = split(reply)?;
    let length: usize = header(head, "content-length")?.parse().ok()?;
    if body.len() == length { Some((head, serde_json::from_slice(body).ok()?)) } else { None }
}

fn split(reply: &[u8]) -> Option<(&str, &[u8])> {
    let end = reply.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    Some((str::from_utf8(&reply[..end]).ok()?, &reply[end + 4..]))
}

fn status(head: &str) -> Option<u16> {
    head.split(' ').nth(1)?.parse().ok()
}

fn header<'head>(head: &'head str, wanted: &str) -> Option<&'head str> {
    let mut headers = head.lines().filter_map(|line| line.split_once(':'));
    headers.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\ncontent-length: 37\r\n\r\n";

    #[test]
    fn a_whole_answer_is_read() {
        let answer = parse(format!("{HEAD}{{\"status\":121,\"data\":{{\"code\":\"some\"}}}}").as_bytes()).unwrap();

        assert_eq!((answer.http, answer.status, answer.retry_after, answer.code()), (503, 121, true, "some"));
    }

    #[test]
    fn half_an_answer_is_none() {
        assert_eq!(parse(format!("{HEAD}{{\"status\":121").as_bytes()), None);
        assert_eq!(parse(b"HTTP/1.1 200 OK\r\n"), None);
    }
}
