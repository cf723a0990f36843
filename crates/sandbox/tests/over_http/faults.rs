//! Each fault before and after: what the caller sees, and whether the request was executed.

use std::{io::Read, net::Shutdown};

use hongbao_sandbox::{FaultRule, InjectedFault, When};
use reqwest::Response;

use crate::test_sandbox::{Answer, GET_TOKEN, PRIVATE, TestSandbox, read_to_the_end};

#[tokio::test]
async fn a_reject_is_1002_and_not_executed() {
    let sandbox = TestSandbox::start();
    sandbox.arm("reject", "before").await;

    let answer = sandbox.publish("failed").await;

    answer.assert_refused(400, 1002);
    assert_only_the_next_arrives(&sandbox).await;
}

#[tokio::test]
async fn a_rate_limit_is_1008_and_not_executed() {
    let sandbox = TestSandbox::start();
    sandbox.arm("rate_limit", "before").await;

    let answer = sandbox.publish("failed").await;

    answer.assert_refused(429, 1008);
    assert_only_the_next_arrives(&sandbox).await;
}

#[tokio::test]
async fn a_server_error_before_is_1000_and_not_executed() {
    let sandbox = TestSandbox::start();
    sandbox.arm("server_error", "before").await;

    let answer = sandbox.publish("failed").await;

    answer.assert_refused(500, 1000);
    assert_only_the_next_arrives(&sandbox).await;
}

#[tokio::test]
async fn a_server_error_after_is_1000_and_executed() {
    let sandbox = TestSandbox::start();
    sandbox.arm("server_error", "after").await;

    let answer = sandbox.publish("failed").await;

    answer.assert_refused(500, 1000);
    assert_both_arrive(&sandbox).await;
}

#[tokio::test]
async fn garbage_before_is_html_and_not_executed() {
    let sandbox = TestSandbox::start();
    sandbox.arm("garbage", "before").await;

    let answer = sandbox.publish("failed").await;

    assert_html(&answer);
    assert_only_the_next_arrives(&sandbox).await;
}

#[tokio::test]
async fn garbage_after_is_html_and_executed() {
    let sandbox = TestSandbox::start();
    sandbox.arm("garbage", "after").await;

    let answer = sandbox.publish("failed").await;

    assert_html(&answer);
    assert_both_arrive(&sandbox).await;
}

#[tokio::test]
async fn a_drip_before_goes_on_byte_by_byte_and_is_not_executed() {
    let sandbox = TestSandbox::start();
    sandbox.arm("drip", "before").await;

    assert_drips(sandbox.begin_to_publish("failed").await).await;

    assert_only_the_next_arrives(&sandbox).await;
}

#[tokio::test]
async fn a_drip_after_goes_on_byte_by_byte_and_is_executed() {
    let sandbox = TestSandbox::start();
    sandbox.arm("drip", "after").await;

    assert_drips(sandbox.begin_to_publish("failed").await).await;

    assert_both_arrive(&sandbox).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truncate_before_breaks_off_within_the_body_and_is_not_executed() {
    let sandbox = TestSandbox::start();
    sandbox.arm("truncate", "before").await;

    assert_breaks_off(&read_to_the_end(&mut sandbox.request("failed")));

    assert_only_the_next_arrives(&sandbox).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truncate_after_breaks_off_within_the_body_and_is_executed() {
    let sandbox = TestSandbox::start();
    sandbox.arm("truncate", "after").await;

    assert_breaks_off(&read_to_the_end(&mut sandbox.request("failed")));

    assert_both_arrive(&sandbox).await;
}

#[tokio::test]
async fn a_truncated_answer_is_a_success_up_to_its_end() {
    let sandbox = TestSandbox::start();
    sandbox.arm("truncate", "before").await;

    let mut answer = sandbox.begin_to_publish("failed").await;

    assert_eq!((answer.status().as_u16(), answer.content_length()), (200, Some(100)));
    assert_eq!(answer.chunk().await.unwrap().unwrap(), r#"{"code":200}"#);
    let error = answer.chunk().await.unwrap_err();
    assert!(!error.is_timeout(), "{error:?}");
}

#[tokio::test]
async fn a_timeout_before_is_silence_and_not_executed() {
    let sandbox = TestSandbox::start();
    sandbox.arm("timeout", "before").await;

    let error = sandbox.publish_in_vain("failed").await;

    assert!(error.is_timeout(), "{error:?}");
    assert_only_the_next_arrives(&sandbox).await;
}

#[tokio::test]
async fn a_timeout_after_is_silence_and_executed() {
    let sandbox = TestSandbox::start();
    sandbox.arm("timeout", "after").await;

    let error = sandbox.publish_in_vain("failed").await;

    assert!(error.is_timeout(), "{error:?}");
    assert_both_arrive(&sandbox).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_before_ends_the_connection_without_a_byte_and_is_not_executed() {
    let sandbox = TestSandbox::start();
    sandbox.arm("reset", "before").await;

    assert_eq!(read_to_the_end(&mut sandbox.request("failed")), "");

    assert_only_the_next_arrives(&sandbox).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_after_ends_the_connection_without_a_byte_and_is_executed() {
    let sandbox = TestSandbox::start();
    sandbox.arm("reset", "after").await;

    assert_eq!(read_to_the_end(&mut sandbox.request("failed")), "");

    assert_both_arrive(&sandbox).await;
}

#[tokio::test]
async fn a_reset_is_no_timeout_and_no_answer_to_an_http_client() {
    let sandbox = TestSandbox::start();
    sandbox.arm("reset", "before").await;

    let error = sandbox.publish_in_vain("failed").await;

    assert!(error.is_request() && !error.is_timeout() && !error.is_connect(), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_request_ends_when_its_caller_hangs_up() {
    let sandbox = TestSandbox::start();
    sandbox.arm("timeout", "before").await;

    let mut connection = sandbox.request("held");
    connection.shutdown(Shutdown::Write).unwrap();

    assert_eq!(read_to_the_end(&mut connection), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_drips_ends_when_its_caller_hangs_up() {
    let sandbox = TestSandbox::start();
    sandbox.arm("drip", "before").await;

    let mut connection = sandbox.request("dripping");
    connection.read_exact(&mut [0]).unwrap();
    connection.shutdown(Shutdown::Write).unwrap();

    read_to_the_end(&mut connection);
}

#[tokio::test]
async fn faults_of_one_path_happen_in_order_and_leave_other_paths_alone() {
    let sandbox = TestSandbox::start();
    sandbox.sandbox.arm(FaultRule::new(PRIVATE, InjectedFault::RateLimit).times(2));
    sandbox.sandbox.arm(FaultRule::new(PRIVATE, InjectedFault::ServerError(When::Before)));

    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(sandbox.publish("{}").await.status);
        assert_eq!(sandbox.post(GET_TOKEN, &[("userId", "alice")]).await.status, 200);
    }

    assert_eq!(seen, [429, 429, 500, 200]);
}

#[tokio::test]
async fn cleared_faults_do_not_happen() {
    let sandbox = TestSandbox::start();
    sandbox.sandbox.arm(FaultRule::new(PRIVATE, InjectedFault::Reject).times(9));

    sandbox.sandbox.clear_faults();

    assert_eq!(sandbox.publish("{}").await.status, 200);
}

#[tokio::test]
async fn a_request_that_is_refused_anyway_is_not_executed_by_a_fault_after() {
    let sandbox = TestSandbox::start();
    sandbox.arm("server_error", "after").await;

    let answer = sandbox.post(PRIVATE, &[("fromUserId", "alice"), ("toUserId", "bob")]).await;

    answer.assert_refused(500, 1000);
    assert_eq!(sandbox.inbox(), [""; 0]);
}

#[track_caller]
fn assert_html(answer: &Answer) {
    assert_eq!(answer.status, 200);
    assert!(answer.content_type.starts_with("text/html"), "{}", answer.content_type);
    assert!(answer.body.starts_with("<html>"), "{}", answer.body);
}

/// More and more comes, and none of it tells anything.
async fn assert_drips(mut answer: Response) {
    assert_eq!((answer.status().as_u16(), answer.content_length()), (200, None));
    for _ in 0..10 {
        let drop = answer.chunk().await.expect("the connection is kept").expect("there is always another");
        assert_eq!(drop, " ");
    }
}

#[track_caller]
fn assert_breaks_off(answer: &str) {
    let (head, body) = answer.split_once("\r\n\r\n").expect("the whole head comes");
    assert!(head.starts_with("HTTP/1.1 200 ") && head.contains("\r\ncontent-length: 100\r\n"), "{head}");
    assert_eq!(body, r#"{"code":200}"#);
}

/// The fault is used up, and the request that failed was not executed.
async fn assert_only_the_next_arrives(sandbox: &TestSandbox) {
    assert_eq!(sandbox.publish("next").await.status, 200);
    assert_eq!(sandbox.inbox(), ["next"]);
}

/// The fault is used up, and the request that failed was executed once.
async fn assert_both_arrive(sandbox: &TestSandbox) {
    assert_eq!(sandbox.publish("next").await.status, 200);
    assert_eq!(sandbox.inbox(), ["failed", "next"]);
}
