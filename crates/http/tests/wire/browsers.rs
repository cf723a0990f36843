//! What a web page needs, and what a person who opens the address sees.

use actix_web::{
    http::Method,
    test::{TestRequest, call_service, init_service},
};
use hongbao_http::{Cors, Settings, app};

use crate::support::{ACCEPT, Answer, Given, answer, post};

const PAGE: &str = "https://app.example.com";

fn settings() -> Settings {
    let cors = Cors::try_new(&[PAGE.to_owned(), "http://localhost:5173".to_owned()]).unwrap();
    Settings { cors, ..Settings::default() }
}

async fn ask(settings: Settings, request: TestRequest) -> Answer {
    answer(&init_service(app(Given::default().shared(), settings)).await, request.to_request()).await
}

fn preflight(origin: &str) -> TestRequest {
    TestRequest::with_uri(ACCEPT)
        .method(Method::OPTIONS)
        .insert_header(("Origin", origin))
        .insert_header(("Access-Control-Request-Method", "POST"))
        .insert_header(("Access-Control-Request-Headers", "authorization,content-type"))
}

#[actix_web::test]
async fn a_preflight_of_an_allowed_page_is_answered() {
    let service = init_service(app(Given::default().shared(), settings())).await;
    let response = call_service(&service, preflight(PAGE).to_request()).await;
    assert_eq!(response.status(), 204);
    for (name, value) in [
        ("access-control-allow-origin", PAGE),
        ("access-control-allow-methods", "GET, POST"),
        ("access-control-allow-headers", "authorization, content-type, idempotency-key, x-request-id"),
        ("access-control-max-age", "600"),
        ("vary", "Origin"),
    ] {
        assert_eq!(response.headers().get(name).map(|value| value.to_str().unwrap()), Some(value));
    }
    assert!(!response.headers().contains_key("access-control-allow-credentials"));
}

#[actix_web::test]
async fn an_allowed_page_may_read_every_answer() {
    for request in [post(ACCEPT), TestRequest::post().uri(ACCEPT), TestRequest::get().uri("/im/nothing")] {
        let answer = ask(settings(), request.insert_header(("Origin", PAGE))).await;
        assert_eq!(answer.header("Access-Control-Allow-Origin"), Some(PAGE));
        assert_eq!(answer.header("Access-Control-Expose-Headers"), Some("retry-after, x-request-id"));
        assert_eq!(answer.header("Vary"), Some("Origin"));
    }
}

#[actix_web::test]
async fn another_page_is_told_nothing() {
    for origin in ["https://evil.example", "https://app.example.com:8443", "http://app.example.com", "null", "*"] {
        let refused = ask(settings(), preflight(origin)).await;
        assert_eq!(refused.numbers(), (405, 100, "invalid_request"));
        let answer = ask(settings(), post(ACCEPT).insert_header(("Origin", origin))).await;
        for answer in [refused, answer] {
            assert_eq!(answer.header("Access-Control-Allow-Origin"), None, "{origin}");
            assert_eq!(answer.header("Vary"), Some("Origin"), "caches must not mix them up");
        }
    }
}

#[actix_web::test]
async fn without_a_setting_no_page_is_allowed() {
    let refused = ask(Settings::default(), preflight(PAGE)).await;
    assert_eq!(refused.numbers(), (405, 100, "invalid_request"));
    let answer = ask(Settings::default(), post(ACCEPT).insert_header(("Origin", PAGE))).await;
    assert_eq!((answer.header("Access-Control-Allow-Origin"), answer.header("Vary")), (None, None));
}

#[actix_web::test]
async fn probes_are_not_for_pages() {
    let answer = ask(settings(), TestRequest::get().uri("/livez").insert_header(("Origin", PAGE))).await;
    assert_eq!(answer.header("Access-Control-Allow-Origin"), None);
}

#[actix_web::test]
async fn the_root_says_where_the_api_is() {
    let root = ask(Settings::default(), TestRequest::get().uri("/")).await;
    assert_eq!(root.http_status, 200);
    assert_eq!((root.body["api"].as_str(), root.body["ready"].as_str()), (Some("/im/"), Some("/readyz")));
    assert_eq!(root.body["version"], env!("CARGO_PKG_VERSION"));

    let other = ask(Settings::default(), post("/")).await;
    assert_eq!(other.numbers(), (405, 100, "invalid_request"));
    assert_eq!(other.header("Allow"), Some("GET, HEAD"));
}
