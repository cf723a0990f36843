//! A server that listens.

use std::{
    net::{SocketAddr, TcpListener},
    num::NonZeroUsize,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use hongbao_domain::id::{SessionKey, UserId};
use hongbao_http::{Settings, Shared, serve};
use hongbao_ports::{
    Fault,
    query::{ListedSession, SessionQueries},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::oneshot,
    task::JoinHandle,
};

use crate::support::{ACCEPT, Given, KEY};

pub(crate) struct Listening {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<std::io::Result<()>>,
}

pub(crate) fn listen(shared: Shared, settings: Settings) -> Listening {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let stopped = async move { drop(stopped.await) };
    let settings = Settings { workers: NonZeroUsize::new(1), ..settings };
    Listening { address, stop, server: tokio::spawn(serve(listener, shared, settings, stopped)) }
}

impl Listening {
    fn url(&self) -> String {
        format!("http://{}{ACCEPT}", self.address)
    }

    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        self.server.await.unwrap().unwrap();
    }
}

/// Sessions that answer when the test says so.
struct Gate {
    entered: Mutex<Option<oneshot::Sender<()>>>,
    opened: tokio::sync::Mutex<Option<oneshot::Receiver<()>>>,
}

#[async_trait]
impl SessionQueries for Gate {
    async fn user_of(&self, _: &SessionKey) -> Result<Option<UserId>, Fault> {
        self.entered.lock().unwrap().take().unwrap().send(()).unwrap();
        self.opened.lock().await.take().unwrap().await.unwrap();
        Ok(None)
    }

    async fn sessions_of(&self, _: UserId) -> Result<Vec<ListedSession>, Fault> {
        unreachable!("nobody asks")
    }
}

#[tokio::test]
async fn a_stop_finishes_what_runs() {
    let ((entered, in_the_middle), (open, opened)) = (oneshot::channel(), oneshot::channel());
    let gate = Gate { entered: Mutex::new(Some(entered)), opened: tokio::sync::Mutex::new(Some(opened)) };
    let shared = Shared { sessions: Arc::new(gate), ..Given::default().shared() };
    let listening = listen(shared, Settings::default());
    let request = tokio::spawn(reqwest::Client::new().post(listening.url()).bearer_auth(KEY).send());
    in_the_middle.await.unwrap();

    let address = listening.address;
    listening.stop.send(()).unwrap();
    // The listener is closed first; only then may the request end.
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    open.send(()).unwrap();

    let answer = request.await.unwrap().unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.text().await.unwrap().contains("not_logged_in"));
    listening.server.await.unwrap().unwrap();
}

#[tokio::test]
async fn an_idle_connection_does_not_hold_up_the_stop() {
    let settings = Settings { grace: Duration::from_mins(1), ..Settings::default() };
    let listening = listen(Given::default().shared(), settings);
    let client = reqwest::Client::new();
    assert_eq!(client.post(listening.url()).send().await.unwrap().bytes().await.unwrap().first(), Some(&b'{'));

    let stopped = tokio::time::timeout(Duration::from_secs(30), listening.stop()).await;

    assert_eq!(stopped, Ok(()));
    drop(client);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let settings = Settings { deadline: Duration::from_millis(2001), ..Settings::default() };
    let listening = listen(Given::default().shared(), settings);
    let mut stream = TcpStream::connect(listening.address).await.unwrap();
    let head =
        format!("POST {ACCEPT} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();

    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();

    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains("The body did not arrive completely in time."), "{answer}");
    listening.stop().await;
}

#[tokio::test]
async fn a_body_that_comes_too_slowly_is_ended_long_before_the_deadline() {
    let settings = Settings { deadline: Duration::from_mins(10), min_body_rate_bytes: 1_000, ..Settings::default() };
    let listening = listen(Given::default().shared(), settings);
    let mut stream = TcpStream::connect(listening.address).await.unwrap();
    let head =
        format!("POST {ACCEPT} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    // Over three seconds 3,000 bytes are asked for.
    stream.write_all(&[b' '; 2_999]).await.unwrap();

    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();

    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains("The body did not arrive completely in time."), "{answer}");
    listening.stop().await;
}

#[tokio::test]
async fn a_body_that_has_not_come_when_the_server_stops_is_told_to_come_again() {
    let settings = Settings { body_grace: Duration::from_millis(1), ..Settings::default() };
    let listening = listen(Given::default().shared(), settings);
    let mut stream = TcpStream::connect(listening.address).await.unwrap();
    let head = format!(
        "POST {ACCEPT} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut go_on = [0; b"HTTP/1.1 100 Continue\r\n\r\n".len()];
    stream.read_exact(&mut go_on).await.unwrap();

    let (stopped, mut answer) = (tokio::spawn(listening.stop()), String::new());
    stream.read_to_string(&mut answer).await.unwrap();

    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("\r\nretry-after: 1\r\n"), "{answer}");
    assert!(answer.contains(r#""status":121"#) && answer.contains(r#""retryable":true"#), "{answer}");
    stopped.await.unwrap();
}

#[tokio::test]
async fn a_huge_body_is_answered_and_not_just_cut_off() {
    let listening = listen(Given::default().shared(), Settings::default());
    let body = vec![b'x'; 10 * 1024 * 1024];
    let request = reqwest::Client::new().post(listening.url()).header("Content-Type", "application/json").body(body);

    assert_eq!(request.send().await.unwrap().status(), 413);
    listening.stop().await;
}
