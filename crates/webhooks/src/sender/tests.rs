use std::net::SocketAddr;

use hongbao_domain::{
    id::{EndpointId, EventId},
    outbox::{DeliveryState, Event, Target},
    time::Timestamp,
    webhook::WebhookSecret,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
    time::timeout,
};

use super::*;

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(0)
    }
}

fn caller(allow_private: bool) -> HttpWebhooks {
    let settings = Settings { timeout: Duration::from_secs(5), allow_private };
    HttpWebhooks::try_new(settings, Arc::new(Noon)).unwrap()
}

fn endpoint(url: &str) -> Endpoint {
    Endpoint {
        id: EndpointId::from_u128(1),
        url: url.parse().unwrap(),
        events: [].into(),
        secret: WebhookSecret::new(vec![7; 24]).unwrap(),
        former: None,
        is_enabled: true,
        created_at: Timestamp::from_micros(0),
        changed_at: Timestamp::from_micros(0),
        version: 1,
    }
}

fn delivery() -> Delivery {
    Delivery {
        id: EventId::from_u128(2),
        target: Target::Webhook(EndpointId::from_u128(1)),
        event: Event::UserDisabled { user: "alice".parse().unwrap() },
        state: DeliveryState::Waiting { due_at: Timestamp::from_micros(0) },
        attempts: 0,
        error: None,
        created_at: Timestamp::from_micros(0),
        changed_at: Timestamp::from_micros(0),
        version: 1,
    }
}

/// Listens, and answers one call with `head`. Gives what was asked.
async fn receiver(head: &str) -> (SocketAddr, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let answer = format!("{head}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let call = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        let mut asked = String::new();
        // To its end: what closes with something unread is reset, and the answer with it.
        while !is_whole(&asked) {
            let mut chunk = [0; 4096];
            let length = connection.read(&mut chunk).await.unwrap();
            assert!(length > 0, "it ended after {asked}");
            asked += std::str::from_utf8(&chunk[..length]).unwrap();
        }
        connection.write_all(answer.as_bytes()).await.unwrap();
        asked
    });
    (address, call)
}

/// Whether head and body of a request have come.
fn is_whole(asked: &str) -> bool {
    let Some((head, body)) = asked.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |length| length.parse().unwrap())
}

/// Whether a call arrives that was made before: the connection waits at the listener then.
async fn was_called(listener: TcpListener) -> bool {
    timeout(Duration::from_millis(200), listener.accept()).await.is_ok()
}

#[tokio::test]
async fn what_is_answered_by_2xx_is_taken() {
    let (address, call) = receiver("HTTP/1.1 204 No Content").await;
    caller(true).post(&endpoint(&format!("http://{address}/hooks")), &delivery()).await.unwrap();
    let asked = call.await.unwrap();
    assert!(asked.starts_with("POST /hooks HTTP/1.1\r\n") && asked.contains("webhook-signature: v1,"), "{asked}");
}

#[tokio::test]
async fn any_other_status_is_not_taken() {
    for (head, why) in [
        ("HTTP/1.1 500 Internal Server Error", "HTTP 500"),
        ("HTTP/1.1 404 Not Found", "HTTP 404"),
        ("HTTP/1.1 410 Gone", "HTTP 410: the endpoint is gone"),
    ] {
        let (address, _call) = receiver(head).await;
        let posted = caller(true).post(&endpoint(&format!("http://{address}/")), &delivery()).await;
        assert_eq!(posted, Err(NotTaken(why.to_owned())));
    }
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    for status in ["301 Moved Permanently", "307 Temporary Redirect"] {
        let location = format!("HTTP/1.1 {status}\r\nLocation: http://{}/", elsewhere.local_addr().unwrap());
        let (address, _call) = receiver(&location).await;
        let posted = caller(true).post(&endpoint(&format!("http://{address}/")), &delivery()).await;
        assert_eq!(posted, Err(NotTaken(format!("HTTP {}", &status[..3]))));
    }
    assert!(!was_called(elsewhere).await);
}

#[tokio::test]
async fn an_endpoint_that_does_not_answer_is_given_up() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = Settings { timeout: Duration::from_millis(100), allow_private: true };
    let caller = HttpWebhooks::try_new(settings, Arc::new(Noon)).unwrap();
    let url = format!("http://{}/secret-path", silent.local_addr().unwrap());

    let NotTaken(why) = caller.post(&endpoint(&url), &delivery()).await.unwrap_err();

    assert!(why.contains("timed out") && !why.contains("secret-path"), "{why}");
    assert!(was_called(silent).await);
}

/// Its row may be older than the rule.
#[tokio::test]
async fn a_private_address_is_refused_again_when_it_is_called() {
    let within = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", within.local_addr().unwrap());
    let NotTaken(why) = caller(false).post(&endpoint(&url), &delivery()).await.unwrap_err();
    assert!(why.contains("private network"), "{why}");
    assert!(!was_called(within).await);
}

/// The name is looked up by the machine: `localhost` is the one that leads within everywhere. The check of addresses, which
/// knows that name, is passed over.
#[tokio::test]
async fn a_name_that_leads_within_is_not_called() {
    let within = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = within.local_addr().unwrap().port();
    let sent = caller(false).client.post(format!("https://localhost:{port}/")).send().await;
    let why = Chain(&sent.unwrap_err()).to_string();
    assert!(why.contains("the name leads into a private network"), "{why}");
    assert!(!was_called(within).await);

    let (address, call) = receiver("HTTP/1.1 200 OK").await;
    let sent = caller(true).client.post(format!("http://localhost:{}/", address.port())).send().await;
    assert_eq!(sent.unwrap().status(), 200, "where it is allowed");
    call.await.unwrap();
}

#[tokio::test]
async fn nothing_is_sent_without_tls() {
    let (address, _call) = receiver("HTTP/1.1 200 OK").await;
    let sent = caller(false).client.post(format!("http://{address}/")).send().await;
    assert!(Chain(&sent.unwrap_err()).to_string().contains("scheme is not"), "only https");
}
