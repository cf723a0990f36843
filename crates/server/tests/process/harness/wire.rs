//! HTTP by hand: with nothing between a test and the wire, every end of a connection is visible.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    thread::{self, JoinHandle},
    time::Duration,
};

use serde_json::Value;

/// Longer than any server may hold a request.
const PATIENCE: Duration = Duration::from_mins(1);

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) http_status: u16,
    pub(crate) body: Value,
    /// The body as it came.
    pub(crate) text: String,
    headers: Vec<(String, String)>,
}

impl Answer {
    /// The value of a header, whose name is given in small letters.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The contract's status and, if it is not 0, the code beside it.
    pub(crate) fn verdict(&self) -> (u64, &str) {
        (self.body["status"].as_u64().unwrap(), self.body["data"]["code"].as_str().unwrap_or_default())
    }

    /// A text among the data.
    #[track_caller]
    pub(crate) fn data(&self, key: &str) -> &str {
        self.body["data"][key].as_str().unwrap_or_else(|| panic!("no {key} in {}", self.body))
    }
}

/// A request that another thread waits for.
pub(crate) struct Background(JoinHandle<io::Result<Answer>>);

impl Background {
    pub(crate) fn post(address: SocketAddr, path: &str, form: &str) -> Self {
        let (path, form) = (path.to_owned(), form.to_owned());
        Self(thread::spawn(move || post(address, &path, &form)))
    }

    /// Whether there is an answer, or none will come.
    pub(crate) fn has_ended(&self) -> bool {
        self.0.is_finished()
    }

    /// What came of it: an answer, or a connection that was cut.
    pub(crate) fn outcome(self) -> io::Result<Answer> {
        self.0.join().unwrap()
    }
}

/// Posts a form that is already encoded.
pub(crate) fn post(address: SocketAddr, path: &str, form: &str) -> io::Result<Answer> {
    request(address, "POST", path, &["Content-Type: application/x-www-form-urlencoded"], form)
}

pub(crate) fn get(address: SocketAddr, path: &str) -> io::Result<Answer> {
    request(address, "GET", path, &[], "")
}

/// Sends a request on a connection of its own.
pub(crate) fn request(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[&str],
    body: &str,
) -> io::Result<Answer> {
    let mut connection = TcpStream::connect(address)?;
    connection.set_read_timeout(Some(PATIENCE))?;
    let headers: String = headers.iter().flat_map(|header| [header, "\r\n"]).collect();
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n\
         {body}"
    );
    connection.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer)?;
    parse(&String::from_utf8_lossy(&answer)).ok_or_else(|| ErrorKind::UnexpectedEof.into())
}

/// A connection that has had an answer and stays.
pub(crate) fn keep_alive(address: SocketAddr) -> TcpStream {
    let mut connection = TcpStream::connect(address).unwrap();
    connection.set_read_timeout(Some(PATIENCE)).unwrap();
    connection.write_all(b"POST /im/msg_redpack_accept HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"}}") {
        let mut byte = [0];
        connection.read_exact(&mut byte).unwrap();
        answer.extend(byte);
    }
    connection
}

/// Puts together what came in chunks. Without the last one it is nothing.
fn joined(chunks: &str) -> Option<String> {
    let (mut rest, mut whole) = (chunks, String::new());
    loop {
        let (size, after) = rest.split_once("\r\n")?;
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            return Some(whole);
        }
        whole.push_str(after.get(..size)?);
        rest = after.get(size..)?.strip_prefix("\r\n")?;
    }
}

/// Reads an answer. One that was cut off is none.
fn parse(answer: &str) -> Option<Answer> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let http_status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    let answer =
        Answer { http_status, body: serde_json::from_str(body).unwrap_or_default(), text: body.to_owned(), headers };
    if answer.header("transfer-encoding") == Some("chunked") {
        return Some(Answer { text: joined(body)?, ..answer });
    }
    let length = answer.header("content-length").map_or(Some(0), |length| length.parse().ok());
    (length == Some(body.len())).then_some(answer)
}
