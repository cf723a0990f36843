//! What every endpoint may answer besides its own statuses.

use std::{sync::Arc, time::Duration};

use actix_web::{
    http::Method,
    test::{TestRequest, init_service},
};
use async_trait::async_trait;
use hongbao_domain::id::{SessionKey, UserId};
use hongbao_http::{Settings, Shared, app};
use hongbao_ports::{
    Failure, Fault,
    query::{ListedSession, SessionQueries},
};
use serde_json::json;

use crate::support::{ACCEPT, BEARER, Given, ID, PUBLISH, answer, post, with_body};

const RIGHT: &str = "toUserId=bob&coin_id=CNY&amount=1";

#[actix_web::test]
async fn an_unknown_path_is_http_404_with_the_envelope() {
    for path in ["/im", "/im/msg_redpack_publish/", "/im/MSG_REDPACK_PUBLISH", "/favicon.ico", "/im/%ff"] {
        let answer = Given::default().answer(post(path)).await;
        assert_eq!(answer.numbers(), (404, 100, "invalid_request"), "{path}");
    }
}

#[actix_web::test]
async fn another_method_is_http_405_and_is_told_what_is_allowed() {
    let methods = [Method::GET, Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS, Method::TRACE];
    for method in methods {
        let answer = Given::default().answer(post(ACCEPT).method(method.clone())).await;
        assert_eq!(answer.numbers(), (405, 100, "invalid_request"), "{method}");
        assert_eq!(answer.header("Allow"), Some("POST"));
    }
}

#[actix_web::test]
async fn another_type_of_body_is_http_415() {
    for content_type in ["text/plain", "application/xml", "multipart/mixed; boundary=b", "nonsense", ""] {
        let answer = Given::default().answer(with_body(ACCEPT, content_type, "transfer_id=x")).await;
        assert_eq!(answer.numbers(), (415, 100, "invalid_request"), "{content_type:?}");
        assert_eq!(answer.body["data"]["detail"], "The body must be a form, multipart form data or JSON.");
    }
}

#[actix_web::test]
async fn a_body_over_64_kib_is_http_413() {
    let body = |length: usize| format!("transfer_id={}", "x".repeat(length - "transfer_id=".len()));
    let form = "application/x-www-form-urlencoded";

    let longest = Given::default().answer(with_body(ACCEPT, form, body(65_536))).await;
    assert_eq!(longest.numbers(), (200, 1, "transfer_id_malformed"));

    let too_long = Given::default().answer(with_body(ACCEPT, form, body(65_537))).await;
    assert_eq!(too_long.numbers(), (413, 100, "invalid_request"));
}

#[actix_web::test]
async fn a_detail_is_english_unless_chinese_is_asked_for() {
    let asked = |language| TestRequest::post().uri(ACCEPT).insert_header(("Accept-Language", language));
    for (language, detail) in
        [("zh-CN,zh;q=0.9", "未登录。"), ("en,zh;q=0.9", "You are not logged in."), ("fr", "You are not logged in.")]
    {
        let answer = Given::default().answer(asked(language)).await;
        assert_eq!(answer.body["data"]["detail"], detail);
        assert_eq!(answer.numbers(), (200, 2, "not_logged_in"));
    }
    let elsewhere = Given::default().answer(asked("zh").uri("/nowhere")).await;
    assert_eq!(elsewhere.body["data"]["detail"], "没有这个方法。");
}

#[actix_web::test]
async fn a_panic_is_status_120_and_the_next_request_is_served() {
    let mut given = Given::default();
    given.sessions.checkpoint();
    given.sessions.expect_user_of().times(1).returning(|_| panic!("a defect"));
    given.sessions.expect_user_of().returning(|_| Ok(None));
    let service = init_service(app(given.shared(), Settings::default())).await;

    let first = answer(&service, post(ACCEPT).to_request()).await;
    assert_eq!(first.numbers(), (500, 120, "internal"));
    assert_eq!(first.body["data"]["retryable"], false);

    assert_eq!(answer(&service, post(ACCEPT).to_request()).await.numbers(), (200, 2, "not_logged_in"));
}

#[actix_web::test]
async fn a_session_store_that_is_away_is_status_121_and_safe_to_ask_again() {
    let answer = Given::without_sessions(Fault::unavailable("cannot reach the store")).answer(post(ACCEPT)).await;
    assert_eq!(answer.numbers(), (503, 121, "unavailable"));
    assert_eq!(answer.body["data"]["retryable"], true);
    assert_eq!(answer.header("Retry-After"), Some("1"));
}

/// A store that never answers.
struct Hanging;

#[async_trait]
impl SessionQueries for Hanging {
    async fn user_of(&self, _: &SessionKey) -> Result<Option<UserId>, Fault> {
        std::future::pending().await
    }

    async fn sessions_of(&self, _: UserId) -> Result<Vec<ListedSession>, Fault> {
        unreachable!("nobody asks")
    }
}

#[actix_web::test]
async fn a_session_store_that_hangs_is_status_121_in_time() {
    let shared = Shared { sessions: Arc::new(Hanging), ..Given::default().shared() };
    let settings = Settings { deadline: Duration::from_millis(20), ..Settings::default() };
    let service = init_service(app(shared, settings)).await;
    let answer = answer(&service, post(ACCEPT).insert_header(BEARER).to_request()).await;
    assert_eq!(answer.numbers(), (503, 121, "unavailable"));
    assert_eq!(answer.body["data"]["retryable"], true);
}

#[actix_web::test]
async fn a_session_store_that_contradicts_itself_is_status_120() {
    let answer = Given::without_sessions(Fault::internal("cannot read the session")).answer(post(ACCEPT)).await;
    assert_eq!(answer.numbers(), (500, 120, "internal"));
    assert_eq!(answer.header("Retry-After"), None);
}

#[actix_web::test]
async fn a_publish_whose_outcome_is_open_names_the_packet() {
    let mut given = Given::default();
    given.ledger.expect_reserve().returning(|_| Err(Failure::Fault(Fault::unresolved("cannot see the commit"))));
    let answer = given.answer(post(&format!("{PUBLISH}?{RIGHT}"))).await;
    assert_eq!(answer.numbers(), (503, 121, "unavailable"));
    assert_eq!(answer.body["data"]["transfer_id"], ID);
    assert_eq!(answer.body["data"]["retryable"], false);
    assert_eq!(answer.header("Retry-After"), Some("1"));
}

#[actix_web::test]
async fn a_fault_is_never_shown_to_the_caller() {
    let fault = Fault::unavailable("cannot open /var/lib/secret.db");
    let answer = Given::without_sessions(fault).answer(post(ACCEPT)).await;
    let data = json!({
        "code": "unavailable", "retryable": true,
        "detail": "The service is not available; nothing was begun, so please try again.",
    });
    assert_eq!(answer.body, json!({ "status": 121, "data": data }));
}
