//! Behaviour that could not be confirmed, as a test chooses it.

use std::time::Duration;

use hongbao_sandbox::Unverified;
use time::{OffsetDateTime, UtcOffset};

use crate::test_sandbox::{GET_TOKEN, INFO, JOIN, PRIVATE, TestSandbox, letter};

#[tokio::test]
async fn publishing_may_tell_no_message_ids() {
    let sandbox = TestSandbox::start();
    sandbox.sandbox.assume(Unverified { message_uids: false, ..Unverified::default() });

    sandbox.post(PRIVATE, &letter("{}")).await.assert_done();

    assert_eq!(sandbox.inbox(), ["{}"]);
}

#[tokio::test]
async fn an_unknown_user_may_be_any_http_status() {
    let sandbox = TestSandbox::start();
    sandbox.sandbox.assume(Unverified { unknown_user_http_status: 200, ..Unverified::default() });

    sandbox.post(INFO, &[("userId", "nobody")]).await.assert_refused(200, 400);
}

#[tokio::test]
async fn a_user_may_be_registered_in_another_time_zone() {
    let sandbox = TestSandbox::start();
    sandbox.sandbox.assume(Unverified { create_time_offset: UtcOffset::UTC, ..Unverified::default() });
    sandbox.sandbox.set_time(OffsetDateTime::from_unix_timestamp(1_464_057_499).unwrap());
    sandbox.post(GET_TOKEN, &[("userId", "alice")]).await;

    let info = sandbox.post(INFO, &[("userId", "alice")]).await;

    assert_eq!(info.json()["createTime"], "2016-05-24 02:38:19");
}

#[tokio::test]
async fn a_full_group_may_be_any_code() {
    let sandbox = TestSandbox::start();
    sandbox.sandbox.assume(Unverified { group_full_code: 1005, ..Unverified::default() });
    let ids: Vec<String> = (0..=3_000).map(|n| format!("u{n}")).collect();

    let mut last = None;
    for some in ids.chunks(1_000) {
        let users = some.iter().map(|id| ("userId", id.as_str()));
        let form: Vec<_> = users.chain([("groupId", "friends")]).collect();
        last = Some(sandbox.post(JOIN, &form).await);
    }

    last.unwrap().assert_refused(405, 1005);
}

#[tokio::test]
async fn an_old_timestamp_may_be_refused() {
    let sandbox = TestSandbox::start();
    let signed = OffsetDateTime::from_unix_timestamp(1_408_710_653).unwrap();
    sandbox.sandbox.assume(Unverified { max_skew: Some(Duration::from_mins(5)), ..Unverified::default() });

    sandbox.sandbox.set_time(signed + Duration::from_mins(5));
    assert_eq!(sandbox.publish("fresh").await.status, 200);
    sandbox.sandbox.set_time(signed + Duration::from_mins(6));
    sandbox.publish("stale").await.assert_refused(401, 1004);

    assert_eq!(sandbox.inbox(), ["fresh"]);
}
