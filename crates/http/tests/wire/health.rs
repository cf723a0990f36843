//! What the probes are told.

use std::{
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use actix_web::{
    http::Method,
    test::{TestRequest, init_service},
};
use async_trait::async_trait;
use futures_util::{FutureExt, future::join_all};
use hongbao_http::{Health, Settings, Shared, app};
use hongbao_ports::{Fault, MockReadiness, Readiness, Schema, query::Backlog};
use serde_json::{Value, json};
use tokio::sync::{Semaphore, watch};

use crate::{
    logs::Log,
    serving::listen,
    support::{ACCEPT, Answer, FRESH_REQUEST_ID, Given, answer},
};

/// What a store says each time that it is asked.
fn store(said: impl Fn() -> Result<Schema, Fault> + Send + 'static) -> Given {
    let mut readiness = MockReadiness::new();
    readiness.expect_schema().returning(said);
    Given { readiness, ..Given::default() }
}

fn away() -> Result<Schema, Fault> {
    Err(Fault::unavailable("cannot read the store").because(Fault::internal("disk sesame is gone")))
}

async fn ready(given: Given) -> Answer {
    given.answer(TestRequest::get().uri("/readyz")).await
}

fn checks(store: &str, schema: &str, serving: &str) -> Value {
    json!({ "checks": { "store": store, "schema": schema, "serving": serving } })
}

#[actix_web::test]
async fn a_process_that_answers_is_alive_whatever_the_store_does() {
    let every: [fn() -> Result<Schema, Fault>; 3] = [away, || Ok(Schema::Other), || Ok(Schema::Current)];
    for said in every {
        let live = store(said).answer(TestRequest::get().uri("/livez")).await;
        assert_eq!((live.http_status, live.body), (200, json!({ "checks": { "process": "ok" } })));
    }
}

#[actix_web::test]
async fn a_server_is_ready_when_its_store_is() {
    let answer = ready(store(|| Ok(Schema::Current))).await;
    assert_eq!((answer.http_status, &answer.body), (200, &checks("ok", "ok", "ok")));
    assert_eq!(answer.header("Retry-After"), None);
}

#[actix_web::test]
async fn a_server_whose_schema_is_that_of_another_version_is_not_ready() {
    let answer = ready(store(|| Ok(Schema::Other))).await;
    assert_eq!((answer.http_status, &answer.body), (503, &checks("ok", "failed", "ok")));
    assert_eq!(answer.header("Retry-After"), Some("1"));
}

#[actix_web::test]
async fn a_server_whose_store_is_away_is_not_ready_and_does_not_tell_why() {
    let answer = ready(store(away)).await;
    assert_eq!((answer.http_status, &answer.body), (503, &checks("failed", "unknown", "ok")));
    assert_eq!(answer.header("Retry-After"), Some("1"));
}

/// It is told, and takes no server away: others would not deliver it either.
#[actix_web::test]
async fn what_is_not_delivered_is_told_beside_the_checks() {
    for (waiting, parked, is_told) in [(999, 0, false), (1_000, 0, true), (0, 1, true), (10_000, 3, true)] {
        let given = Given { backlog: Backlog { waiting, parked }, ..store(|| Ok(Schema::Current)) };
        let answer = ready(given).await;
        let mut expected = checks("ok", "ok", "ok");
        if is_told {
            expected["outbox"] = json!({ "waiting": waiting, "parked": parked });
        }
        assert_eq!((answer.http_status, answer.body), (200, expected));
    }
}

#[actix_web::test]
async fn a_server_that_stops_is_alive_but_not_ready_and_serves_on() {
    let shared = store(|| Ok(Schema::Current)).shared();
    shared.health.begin_stop();
    let service = init_service(app(shared, Settings::default())).await;

    let ready = answer(&service, TestRequest::get().uri("/readyz").to_request()).await;
    let live = answer(&service, TestRequest::get().uri("/livez").to_request()).await;
    let refused = answer(&service, TestRequest::post().uri(ACCEPT).to_request()).await;

    assert_eq!((ready.http_status, &ready.body), (503, &checks("ok", "ok", "failed")));
    assert_eq!((live.http_status, refused.numbers()), (200, (200, 2, "not_logged_in")));
}

#[actix_web::test]
async fn probes_are_json_named_and_not_to_be_stored() {
    for path in ["/livez", "/readyz"] {
        let answer = store(away).answer(TestRequest::get().uri(path)).await;
        assert_eq!(answer.header("Content-Type"), Some("application/json; charset=utf-8"));
        assert_eq!(answer.header("X-Request-Id"), Some(FRESH_REQUEST_ID));
        assert_eq!(answer.header("Cache-Control"), Some("no-store"));
    }
}

/// Speaks to a server that listens, and gives the status, the length of the body that it names, and the body.
async fn speak(address: SocketAddr, method: Method, path: &str) -> (u16, Option<String>, String) {
    let request = reqwest::Client::new().request(method.as_str().parse().unwrap(), format!("http://{address}{path}"));
    let answer = request.send().await.unwrap();
    let header = |name| {
        answer.headers().get(name).map(|value: &reqwest::header::HeaderValue| value.to_str().unwrap().to_owned())
    };
    let (status, length, allow) = (answer.status().as_u16(), header("content-length"), header("allow"));
    (status, allow.or(length), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_head_is_answered_like_a_get_without_the_body() {
    let listening = listen(store(away).shared(), Settings::default());
    for (path, status) in [("/livez", 200), ("/readyz", 503)] {
        let (got, length, body) = speak(listening.address, Method::GET, path).await;
        assert_eq!((got, length.clone()), (status, Some(body.len().to_string())));
        assert_eq!(speak(listening.address, Method::HEAD, path).await, (status, length, String::new()));
    }
    listening.stop().await;
}

#[tokio::test]
async fn no_other_method_is_a_probe() {
    let listening = listen(store(away).shared(), Settings::default());
    for path in ["/livez", "/readyz"] {
        for method in [Method::POST, Method::PUT, Method::DELETE] {
            let answer = speak(listening.address, method, path).await;
            assert_eq!(answer, (405, Some("GET, HEAD".to_owned()), String::new()));
        }
    }
    listening.stop().await;
}

#[tokio::test]
async fn a_connection_is_closed_after_its_next_answer_once_the_stop_has_begun() {
    let shared = store(|| Ok(Schema::Current)).shared();
    let health = shared.health.clone();
    let listening = listen(shared, Settings::default());
    let url = format!("http://{}/livez", listening.address);
    let client = reqwest::Client::new();
    let connection = async || client.get(&url).send().await.unwrap().headers().get("connection").cloned();

    assert_eq!(connection().await, None);
    health.begin_stop();
    assert_eq!(connection().await.unwrap(), "close");
    listening.stop().await;
}

#[actix_web::test]
async fn a_change_is_logged_once_and_no_probe_at_all() {
    let count = AtomicUsize::new(0);
    let says: [fn() -> Result<Schema, Fault>; 6] =
        [away, away, || Ok(Schema::Other), || Ok(Schema::Other), || Ok(Schema::Current), || Ok(Schema::Current)];
    let shared = store(move || says[count.fetch_add(1, Ordering::SeqCst) % says.len()]()).shared();
    let service = init_service(app(shared, Settings::default())).await;
    let log = Log::default();
    let recording = log.record();

    for _ in 0..2 * says.len() {
        answer(&service, TestRequest::get().uri("/readyz").to_request()).await;
        answer(&service, TestRequest::get().uri("/livez").to_request()).await;
    }

    drop(recording);
    let lines = log.lines();
    let loud = lines.iter().filter(|line| !["DEBUG", "TRACE"].contains(&line["level"].as_str().unwrap()));
    let said: Vec<_> = loud.map(|line| (&line["level"], &line["fields"]["message"])).collect();
    let once = [
        ("WARN", "not ready: cannot read the store: disk sesame is gone"),
        ("WARN", "not ready: the store's schema is that of another version"),
        ("INFO", "ready again"),
    ];
    let once = once.map(|(level, message)| (json!(level), json!(message)));
    let twice: Vec<_> = once.iter().chain(&once).map(|(level, message)| (level, message)).collect();
    assert_eq!(said, twice);
}

/// A store that counts who asks and lets them wait.
struct Slow {
    asked: AtomicUsize,
    answers: Semaphore,
}

#[async_trait]
impl Readiness for Slow {
    async fn schema(&self) -> Result<Schema, Fault> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.answers.acquire().await.unwrap().forget();
        Ok(Schema::Current)
    }
}

#[actix_web::test]
async fn a_crowd_that_asks_at_once_is_one_question_to_the_store() {
    let slow = Arc::new(Slow { asked: AtomicUsize::new(0), answers: Semaphore::new(0) });
    let shared =
        Shared { health: Health::new(slow.clone(), watch::channel(Backlog::default()).1), ..Given::default().shared() };
    let service = init_service(app(shared, Settings::default())).await;
    let probe = || answer(&service, TestRequest::get().uri("/readyz").to_request());
    let mut crowd = pin!(join_all((0..100).map(|_| probe())));
    assert!(crowd.as_mut().now_or_never().is_none(), "all have asked");

    slow.answers.add_permits(1000);
    assert!(crowd.await.iter().all(|answer| answer.http_status == 200));

    assert_eq!(slow.asked.load(Ordering::SeqCst), 1);
    assert_eq!(probe().await.http_status, 200);
    assert_eq!(slow.asked.load(Ordering::SeqCst), 2, "what is over is not told again");
}
