//! The headers of every answer.

use actix_web::test::TestRequest;
use hongbao_api::METHODS;

use crate::support::{ACCEPT, Answer, FRESH_REQUEST_ID, Given};

async fn named(request_id: &str) -> Answer {
    Given::default().answer(TestRequest::post().uri(ACCEPT).insert_header(("X-Request-Id", request_id))).await
}

#[actix_web::test]
async fn a_sane_request_id_comes_back() {
    for id in ["a", "7f.A_b-9", &"x".repeat(64)] {
        assert_eq!(named(id).await.header("X-Request-Id"), Some(id));
    }
}

#[actix_web::test]
async fn any_other_request_id_is_replaced() {
    for id in ["", "a b", "a\tb", "福", "a/b", "a\"b", "a{b}", &"x".repeat(65)] {
        assert_eq!(named(id).await.header("X-Request-Id"), Some(FRESH_REQUEST_ID), "{id:?}");
    }
}

#[actix_web::test]
async fn every_method_is_served_at_its_path_by_its_http_methods() {
    for method in METHODS {
        let post = Given::default().answer(TestRequest::post().uri(method.path)).await;
        assert_eq!(post.numbers(), (200, 2, "not_logged_in"), "{}", method.path);
        let get = Given::default().answer(TestRequest::get().uri(method.path)).await;
        assert_eq!(get.http_status, if method.is_read { 200 } else { 405 }, "{}", method.path);
    }
}

#[actix_web::test]
async fn every_answer_is_json_named_and_not_to_be_stored() {
    let requests = [
        TestRequest::post().uri(ACCEPT),
        TestRequest::get().uri(ACCEPT),
        TestRequest::get().uri("/nowhere"),
        TestRequest::post().uri(&format!("{ACCEPT}?a=%zz")),
    ];
    for request in requests {
        let answer = Given::default().answer(request).await;
        assert_eq!(answer.header("Content-Type"), Some("application/json; charset=utf-8"));
        assert_eq!(answer.header("X-Request-Id"), Some(FRESH_REQUEST_ID));
        assert_eq!(answer.header("Cache-Control"), Some("no-store"));
        assert_eq!(answer.header("X-Content-Type-Options"), Some("nosniff"));
    }
}
