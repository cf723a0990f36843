//! Paths that the cloud documents and the sandbox does not serve.

use reqwest::Method;
use serde_json::json;
use time::OffsetDateTime;

use crate::test_sandbox::{APP_KEY, TestSandbox};

/// One path of each family, the JSON ones and those of services that are opened by ticket among them.
const SOME: [&str; 24] = [
    "/chatroom/create.json",
    "/chatroom/user/ban/add.json",
    "/conversation/message/history/clean.json",
    "/entrust/group/create.json",
    "/friend/add.json",
    "/group/remarks/set.json",
    "/message/broadcast.json",
    "/message/chatroom/publish.json",
    "/message/expansion/set.json",
    "/message/history.json",
    "/message/private/publish_template.json",
    "/message/ultragroup/publish.json",
    "/push.json",
    "/push/user.json",
    "/sensitiveword/add.json",
    "/statusmessage/private/publish.json",
    "/ultragroup/create.json",
    "/user/chat/fb/set.json",
    "/user/deactivate.json",
    "/user/profile/set.json",
    "/user/tag/set.json",
    "/user/whitelist/add.json",
    "/v3/message/private/query.json",
    "/wordfilter/add.json",
];

#[tokio::test]
async fn each_answers_as_a_service_that_is_not_enabled() {
    let sandbox = TestSandbox::start();

    for path in SOME {
        let answer = sandbox.post_raw(path, r#"{"any": "thing"}"#).await;
        assert_eq!(answer.status, 430, "{path}");
        assert_eq!(answer.content_type, "application/json; charset=utf-8");
        assert_eq!(answer.json(), json!({ "url": path, "code": 1009, "errorMessage": "service not enabled." }));
    }
    let counted = sandbox.sandbox.counters();
    assert_eq!((counted.paths.len(), counted.elsewhere), (SOME.len(), 0));
}

#[tokio::test]
async fn a_bad_signature_and_another_method_are_refused_first() {
    let sandbox = TestSandbox::start();

    for path in SOME {
        let unsigned = [("App-Key", APP_KEY)];
        sandbox.send(Method::POST, path, &unsigned, "").await.assert_refused(401, 1004);
        sandbox.send(Method::GET, path, &[], "").await.assert_refused(405, 405);
    }
}

#[tokio::test]
async fn one_who_asks_too_often_is_told_1008() {
    let sandbox = TestSandbox::start();
    sandbox.sandbox.set_time(OffsetDateTime::UNIX_EPOCH);
    sandbox.sandbox.enforce_quotas(true);

    for _ in 0..100 {
        sandbox.post(SOME[0], &[]).await.assert_refused(430, 1009);
    }

    sandbox.post(SOME[0], &[]).await.assert_refused(429, 1008);
}

#[tokio::test]
async fn faults_happen_there_too_and_the_manual_lists_none_of_them() {
    let sandbox = TestSandbox::start();

    let order = json!({ "path": SOME[0], "fault": "server_error" }).to_string();
    assert_eq!(sandbox.control(Method::POST, "/sandbox/faults", &order).await.status, 200);
    sandbox.post(SOME[0], &[]).await.assert_refused(500, 1000);

    let manual = sandbox.control(Method::GET, "/sandbox", "").await.body;
    assert!(SOME.iter().all(|path| !manual.contains(path)), "{manual}");
}
