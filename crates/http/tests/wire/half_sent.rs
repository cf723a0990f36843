//! Bodies that were begun and do not go on.

use std::{collections::BTreeSet, io::ErrorKind, time::Duration};

use hongbao_http::{BodyBudget, Settings, Shared};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::timeout,
};

use crate::{
    serving::{Listening, listen},
    support::{ACCEPT, Given, KEY},
};

const ANNOUNCED: &str = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\n";
const CHUNKED: &str = "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n";

/// Sends a request and as much of its body as is given.
async fn send(listening: &Listening, target: &str, rest: &str) -> TcpStream {
    let mut stream = TcpStream::connect(listening.address).await.unwrap();
    stream.write_all(format!("POST {target} HTTP/1.1\r\nHost: x\r\n{rest}").as_bytes()).await.unwrap();
    stream
}

/// Reads until the server closes the connection.
async fn answer(mut stream: impl AsyncRead + Unpin) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// Room for four requests without a body, two of them without a session.
fn tight() -> Shared {
    Shared { bodies: BodyBudget::new(4 * 16 * 1024), ..Given::default().shared() }
}

#[tokio::test]
async fn the_oldest_gives_way_and_a_user_who_is_logged_in_is_served_meanwhile() {
    let listening = listen(tight(), Settings::default());
    let half = format!("{ANNOUNCED}transfer_id=x&");
    let mut crowd = Vec::new();
    for _ in 0..10 {
        crowd.push(send(&listening, ACCEPT, &half).await);
    }
    for stream in crowd.drain(..8) {
        let answer = answer(stream).await;
        assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains(r#""status":121"#), "{answer}");
        assert!(answer.contains("retry-after: 1\r\n") && answer.contains("connection: close\r\n"), "{answer}");
    }

    let form = format!("session_key={KEY}&transfer_id=x");
    let client = reqwest::Client::new();
    let request = || client.post(format!("http://{}{ACCEPT}", listening.address));
    let typed = || request().header("Content-Type", "application/x-www-form-urlencoded");
    for request in [typed().body(form), typed().bearer_auth(KEY).body("transfer_id=x")] {
        let answer = request.send().await.unwrap().text().await.unwrap();
        assert!(answer.contains("transfer_id_malformed"), "{answer}");
    }
    drop(crowd);
    listening.stop().await;
}

#[tokio::test]
async fn long_heads_share_the_budget_of_bodies_and_the_oldest_gives_way() {
    let listening = listen(tight(), Settings { head_timeout: Duration::from_mins(1), ..Settings::default() });
    let padding = format!("X-Padding: {}", "x".repeat(10_000));
    // The second head of a connection, too: by then it has had an answer.
    let second = format!("Content-Length: 0\r\n\r\nPOST {ACCEPT} HTTP/1.1\r\nHost: x\r\n{padding}");
    let mut writers = Vec::new();
    let mut readers = JoinSet::new();
    for (number, rest) in [&second, &second, &padding, &padding, &padding].into_iter().enumerate() {
        let (reader, writer) = send(&listening, ACCEPT, rest).await.into_split();
        writers.push(writer);
        readers.spawn(async move { (number, answer(reader).await) });
    }

    let mut left: BTreeSet<_> = (0..writers.len()).collect();
    while left.len() > 1 {
        let closed = timeout(Duration::from_secs(20), readers.join_next()).await.expect("it is closed");
        let (number, answer) = closed.unwrap().unwrap();
        assert_eq!(answer.matches("HTTP/1.1").count(), usize::from(number < 2), "a half head has no answer: {answer}");
        left.remove(&number);
    }
    let newest = left.pop_first().unwrap();
    writers[newest].write_all(b"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").await.unwrap();
    let (_, answer) = readers.join_next().await.unwrap().unwrap();
    assert!(answer.contains(r#""status":2"#) && answer.contains("connection: close"), "{answer}");
    listening.stop().await;
}

#[tokio::test]
async fn nothing_is_done_after_an_answer_that_closes_the_connection() {
    let listening = listen(Given::default().shared(), Settings::default());
    let second = format!("POST {ACCEPT} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    let both = format!("Content-Type: text/plain\r\nContent-Length: 3\r\n\r\nabc{second}");
    let answer = answer(send(&listening, "/nowhere", &both).await).await;
    assert!(answer.starts_with("HTTP/1.1 404 ") && answer.contains("connection: close\r\n"), "{answer}");
    assert!(!answer.contains("not_logged_in"), "{answer}");
    listening.stop().await;
}

#[tokio::test]
async fn a_later_head_has_no_more_time_than_the_first() {
    let listening =
        listen(Given::default().shared(), Settings { head_timeout: Duration::from_secs(1), ..Settings::default() });
    let mut late = send(&listening, ACCEPT, "Content-Length: 0\r\n\r\n").await;
    late.readable().await.unwrap();
    late.write_all(b"GET /livez HTTP/1.1\r\n").await.unwrap();
    let answer = timeout(Duration::from_secs(20), answer(late)).await;
    let answer = answer.expect("the connection is closed");
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.matches("HTTP/1.1").count() == 1, "{answer}");
    listening.stop().await;
}

#[tokio::test]
async fn a_length_that_is_a_lie_reserves_nothing() {
    // Room for five without a session and for what arrives of them, but not for what the first of them announces.
    let shared = Shared { bodies: BodyBudget::new(11 * 16 * 1024), ..Given::default().shared() };
    let listening = listen(shared, Settings::default());
    let mut liars = Vec::new();
    for _ in 0..4 {
        liars.push(send(&listening, ACCEPT, &format!("{ANNOUNCED}x")).await);
    }
    let honest = format!("session_key={KEY}");
    let length = honest.len();
    let rest = format!(
        "Connection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{honest}"
    );
    let answer = answer(send(&listening, ACCEPT, &rest).await).await;
    assert!(answer.contains("transfer_id_missing"), "{answer}");

    for liar in liars {
        let found = liar.try_read(&mut [0]);
        assert_eq!(found.unwrap_err().kind(), ErrorKind::WouldBlock, "none had to give way");
    }
    listening.stop().await;
}

#[tokio::test]
async fn what_has_arrived_of_a_body_counts() {
    // Room for six without a session of whom nothing arrives, but not for two of whom so much does.
    let shared = Shared { bodies: BodyBudget::new(12 * 16 * 1024), ..Given::default().shared() };
    let listening = listen(shared, Settings::default());
    let half = format!("{ANNOUNCED}{}", "x".repeat(40_000));
    let (one, other) = (send(&listening, ACCEPT, &half).await, send(&listening, ACCEPT, &half).await);

    let first = tokio::select! {
        first = answer(one) => first,
        first = answer(other) => first,
    };

    assert!(first.starts_with("HTTP/1.1 503 "), "{first}");
    listening.stop().await;
}

#[tokio::test]
async fn an_unknown_key_in_the_head_is_answered_without_the_body() {
    let listening = listen(Given::default().shared(), Settings::default());
    let bearer = |rest: &str| format!("Authorization: Bearer unknown\r\n{rest}");
    let requests = [
        (ACCEPT.to_owned(), bearer(ANNOUNCED)),
        (ACCEPT.to_owned(), bearer(&format!("{CHUNKED}5\r\nab"))),
        (format!("{ACCEPT}?session_key=unknown"), ANNOUNCED.to_owned()),
    ];
    for (target, rest) in requests {
        let answer = answer(send(&listening, &target, &rest).await).await;
        assert!(answer.contains(r#""status":2"#) && answer.contains("connection: close\r\n"), "{answer}");
    }
    listening.stop().await;
}

#[tokio::test]
async fn half_a_body_in_chunks_keeps_no_connection_on_any_path() {
    let listening = listen(Given::default().shared(), Settings::default());
    for target in ["/nowhere", "/livez", "/", ACCEPT] {
        let method = format!("{target}?a=%zz");
        let stream = send(&listening, &method, &format!("{CHUNKED}5\r\nab")).await;
        let answer = timeout(Duration::from_secs(20), answer(stream)).await;
        assert!(answer.expect("the connection is closed").contains("connection: close\r\n"), "{target}");
    }
    listening.stop().await;
}

#[tokio::test]
async fn a_body_that_is_announced_too_long_is_refused_before_it_comes() {
    let listening = listen(Given::default().shared(), Settings::default());
    let rest = "Content-Type: application/json\r\nContent-Length: 65537\r\n\r\n";
    let answer = answer(send(&listening, ACCEPT, rest).await).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    listening.stop().await;
}

#[tokio::test]
async fn odd_transfer_encodings_are_refused() {
    let listening = listen(Given::default().shared(), Settings::default());
    for head in [
        "Transfer-Encoding: gzip",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 3",
        "Content-Length: 3\r\nContent-Length: 4",
        "Content-Length: +3",
    ] {
        let rest = format!("Content-Type: application/json\r\n{head}\r\n\r\n{{}}");
        let answer = answer(send(&listening, ACCEPT, &rest).await).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{head}: {answer}");
    }
    listening.stop().await;
}
