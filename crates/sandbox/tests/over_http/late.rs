//! Requests that fail first and are executed later.

use hongbao_sandbox::{FaultRule, InjectedFault, When};
use reqwest::Method;
use serde_json::json;

use crate::stand::{JOIN, PRIVATE, QUIT, Stand, sign};

#[tokio::test]
async fn a_late_request_is_silence_and_executed_on_release() {
    let stand = Stand::start();
    stand.arm("timeout", "later").await;

    let error = stand.publish_in_vain("late").await;
    assert!(error.is_timeout(), "{error:?}");
    assert_eq!(stand.publish("next").await.status, 200);
    assert_eq!((stand.inbox(), stand.sandbox.late()), (vec!["next".to_owned()], 1));

    assert_eq!(stand.sandbox.release_late(), 1);
    assert_eq!(stand.inbox(), ["next", "late"]);
    assert_eq!((stand.sandbox.late(), stand.sandbox.release_late()), (0, 0));
}

#[tokio::test]
async fn a_late_request_is_released_over_the_control_api() {
    let stand = Stand::start();
    stand.arm("timeout", "later").await;
    stand.publish_in_vain("late").await;

    let waiting = stand.control(Method::GET, "/sandbox/late", "").await;
    let released = stand.control(Method::POST, "/sandbox/late/release", "").await;

    assert_eq!((waiting.status, waiting.json()), (200, json!({ "waiting": 1 })));
    assert_eq!((released.status, released.json()), (200, json!({ "released": 1 })));
    assert_eq!(stand.inbox(), ["late"]);
}

#[tokio::test]
async fn a_late_request_undoes_what_a_newer_one_has_done() {
    let stand = Stand::start();
    stand.create_group("friends", "Friends", &["alice"]).await;
    stand.sandbox.arm(FaultRule::new(JOIN, InjectedFault::ServerError(When::Later)));
    let bob = [("userId", "bob"), ("groupId", "friends")];

    stand.post(JOIN, &bob).await.assert_refused(500, 1000);
    stand.post(QUIT, &bob).await.assert_done();
    assert_eq!(stand.members("friends"), ["alice"]);
    stand.sandbox.release_late();

    assert_eq!(stand.members("friends"), ["alice", "bob"]);
}

#[tokio::test]
async fn late_requests_are_executed_in_order_of_arrival_and_disarming_keeps_them() {
    let stand = Stand::start();
    stand.sandbox.arm(FaultRule::new(PRIVATE, InjectedFault::ServerError(When::Later)).times(3));
    stand.publish("one").await;
    stand.publish("two").await;

    stand.sandbox.clear_faults();
    stand.publish("now").await;
    stand.sandbox.release_late();

    assert_eq!(stand.inbox(), ["now", "one", "two"]);
}

#[tokio::test]
async fn a_badly_signed_request_is_never_executed_late() {
    let stand = Stand::start();
    stand.sandbox.arm(FaultRule::new(PRIVATE, InjectedFault::ServerError(When::Later)));

    let signature = sign("another secret", "14314", "1408710653000");
    let headers = crate::stand::headers(&signature);
    let body = crate::stand::encode(&crate::stand::letter("{}"));
    stand.send(Method::POST, PRIVATE, &headers, body).await.assert_refused(500, 1000);

    assert_eq!((stand.sandbox.release_late(), stand.inbox()), (0, vec![]));
}
