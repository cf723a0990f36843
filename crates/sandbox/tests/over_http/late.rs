//! Requests that fail first and are executed later.

use hongbao_sandbox::{FaultRule, InjectedFault, When};
use reqwest::Method;
use serde_json::json;

use crate::test_sandbox::{JOIN, PRIVATE, QUIT, TestSandbox, sign};

#[tokio::test]
async fn a_late_request_is_silence_and_executed_on_release() {
    let sandbox = TestSandbox::start();
    sandbox.arm("timeout", "later").await;

    let error = sandbox.publish_in_vain("late").await;
    assert!(error.is_timeout(), "{error:?}");
    assert_eq!(sandbox.publish("next").await.status, 200);
    assert_eq!((sandbox.inbox(), sandbox.sandbox.late()), (vec!["next".to_owned()], 1));

    assert_eq!(sandbox.sandbox.release_late(), 1);
    assert_eq!(sandbox.inbox(), ["next", "late"]);
    assert_eq!((sandbox.sandbox.late(), sandbox.sandbox.release_late()), (0, 0));
}

#[tokio::test]
async fn a_late_request_is_released_over_the_control_api() {
    let sandbox = TestSandbox::start();
    sandbox.arm("timeout", "later").await;
    sandbox.publish_in_vain("late").await;

    let waiting = sandbox.control(Method::GET, "/sandbox/late", "").await;
    let released = sandbox.control(Method::POST, "/sandbox/late/release", "").await;

    assert_eq!((waiting.status, waiting.json()), (200, json!({ "waiting": 1 })));
    assert_eq!((released.status, released.json()), (200, json!({ "released": 1 })));
    assert_eq!(sandbox.inbox(), ["late"]);
}

#[tokio::test]
async fn a_late_request_undoes_what_a_newer_one_has_done() {
    let sandbox = TestSandbox::start();
    sandbox.create_group("friends", "Friends", &["alice"]).await;
    sandbox.sandbox.arm(FaultRule::new(JOIN, InjectedFault::ServerError(When::Later)));
    let bob = [("userId", "bob"), ("groupId", "friends")];

    sandbox.post(JOIN, &bob).await.assert_refused(500, 1000);
    sandbox.post(QUIT, &bob).await.assert_done();
    assert_eq!(sandbox.members("friends"), ["alice"]);
    sandbox.sandbox.release_late();

    assert_eq!(sandbox.members("friends"), ["alice", "bob"]);
}

#[tokio::test]
async fn late_requests_are_executed_in_order_of_arrival_and_disarming_keeps_them() {
    let sandbox = TestSandbox::start();
    sandbox.sandbox.arm(FaultRule::new(PRIVATE, InjectedFault::ServerError(When::Later)).times(3));
    sandbox.publish("one").await;
    sandbox.publish("two").await;

    sandbox.sandbox.clear_faults();
    sandbox.publish("now").await;
    sandbox.sandbox.release_late();

    assert_eq!(sandbox.inbox(), ["now", "one", "two"]);
}

#[tokio::test]
async fn a_badly_signed_request_is_never_executed_late() {
    let sandbox = TestSandbox::start();
    sandbox.sandbox.arm(FaultRule::new(PRIVATE, InjectedFault::ServerError(When::Later)));

    let signature = sign("another secret", "14314", "1408710653000");
    let headers = crate::test_sandbox::headers(&signature);
    let body = crate::test_sandbox::encode(&crate::test_sandbox::letter("{}"));
    sandbox.send(Method::POST, PRIVATE, &headers, body).await.assert_refused(500, 1000);

    assert_eq!((sandbox.sandbox.release_late(), sandbox.inbox()), (0, vec![]));
}
