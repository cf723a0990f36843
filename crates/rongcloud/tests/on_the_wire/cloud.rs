//! A cloud that answers what a test wants, even what is no answer, and remembers what it was asked on which connection.
#![expect(clippy::unwrap_used, reason = "a cloud that cannot be set up fails the test that wants it")]

use std::{
    collections::VecDeque,
    future,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// What a request is answered with.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Answer {
    /// A whole HTTP answer, after which the connection stays open.
    Says(u16, &'static str),
    /// These bytes, after which the connection is closed.
    Writes(&'static str),
    /// These bytes, after which nothing happens any more.
    Stalls(&'static str),
}

impl Answer {
    pub(crate) const DONE: Self = Self::Says(200, r#"{"code":200}"#);
    pub(crate) const REJECTED: Self = Self::Says(400, r#"{"code":1002,"errorMessage":"parameter error"}"#);
    pub(crate) const TOO_FAST: Self = Self::Says(429, r#"{"code":1008,"errorMessage":"rate limit"}"#);
    pub(crate) const BROKEN: Self = Self::Says(500, r#"{"code":1000,"errorMessage":"internal"}"#);
    pub(crate) const HTML: Self = Self::Says(200, "<html>welcome</html>");
    pub(crate) const CUT: Self = Self::Writes("");
    pub(crate) const SILENCE: Self = Self::Stalls("");
}

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// The how manieth connection it came on.
    pub(crate) connection: usize,
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) form: Vec<(String, String)>,
}

impl Request {
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        let (_, value) = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).unwrap();
        value
    }

    #[track_caller]
    pub(crate) fn field(&self, name: &str) -> &str {
        let (_, value) = self.form.iter().find(|(key, _)| key == name).unwrap();
        value
    }
}

/// One host of the cloud. It ends with the test's runtime.
#[derive(Clone)]
pub(crate) struct Cloud {
    address: SocketAddr,
    memory: Arc<Mutex<Memory>>,
}

struct Memory {
    next: VecDeque<Answer>,
    then: Answer,
    requests: Vec<Request>,
}

impl Cloud {
    /// Answers `next` in turn, and `then` for ever after.
    pub(crate) async fn start(next: impl IntoIterator<Item = Answer>, then: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let memory = Memory { next: next.into_iter().collect(), then, requests: Vec::new() };
        let cloud = Self { address, memory: Arc::new(Mutex::new(memory)) };
        tokio::spawn(cloud.clone().serve(listener));
        cloud
    }

    /// A host on which no server listens.
    pub(crate) async fn nobody() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.memory.lock().unwrap().requests.clone()
    }

    async fn serve(self, listener: TcpListener) {
        for connection in 1.. {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(self.clone().talk(connection, stream));
        }
    }

    async fn talk(self, connection: usize, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        while let Some(request) = read(connection, &mut stream).await {
            match self.answer(request) {
                Answer::Says(status, body) => {
                    let length = body.len();
                    let answer = format!("HTTP/1.1 {status} -\r\nContent-Length: {length}\r\n\r\n{body}");
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
                Answer::Writes(bytes) => {
                    stream.write_all(bytes.as_bytes()).await.unwrap();
                    return;
                }
                Answer::Stalls(bytes) => {
                    stream.write_all(bytes.as_bytes()).await.unwrap();
                    future::pending::<()>().await;
                }
            }
        }
    }

    fn answer(&self, request: Request) -> Answer {
        let mut memory = self.memory.lock().unwrap();
        memory.requests.push(request);
        let then = memory.then;
        memory.next.pop_front().unwrap_or(then)
    }
}

async fn read(connection: usize, stream: &mut BufReader<TcpStream>) -> Option<Request> {
    let line = read_line(stream).await.filter(|line| !line.is_empty())?;
    let mut headers = Vec::new();
    while let Some(line) = read_line(stream).await.filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(": ").unwrap();
        headers.push((name.to_owned(), value.to_owned()));
    }
    let mut request = Request { connection, line, headers, form: Vec::new() };
    let mut body = vec![0; request.header("content-length").parse().unwrap()];
    stream.read_exact(&mut body).await.unwrap();
    request.form = form_urlencoded::parse(&body).into_owned().collect();
    Some(request)
}

async fn read_line(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    Some(line.trim_end().to_owned())
}
