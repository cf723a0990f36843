//! What holds on every path.

use hongbao_sandbox::{Code, FaultRule, InjectedFault, When};
use reqwest::Method;
use serde_json::json;

use crate::test_sandbox::{APP_KEY, COMPLETE, TestSandbox, encode, headers, sign};

#[tokio::test]
async fn every_path_does_with_what_it_needs() {
    let sandbox = TestSandbox::start();

    for (path, form) in COMPLETE {
        let answer = sandbox.post(path, form).await;
        assert_eq!((answer.status, &answer.json()["code"]), (200, &json!(200)), "{path}: {}", answer.body);
        assert_eq!(answer.content_type, "application/json; charset=utf-8");
    }
    let manual = sandbox.control(Method::GET, "/sandbox", "").await.body;
    let served = manual.split_once("Served").unwrap().1.lines().skip(1).count();
    assert_eq!(served, COMPLETE.len());
}

#[tokio::test]
async fn each_missing_or_empty_parameter_is_1002_on_every_path() {
    let sandbox = TestSandbox::start();

    for (path, complete) in COMPLETE {
        for (missing, _) in complete {
            let mut absent = complete.to_vec();
            absent.retain(|(parameter, _)| parameter != missing);
            let empty: Vec<_> =
                complete.iter().map(|(key, value)| (*key, if key == missing { "" } else { *value })).collect();
            for form in [absent, empty] {
                let answer = sandbox.post(path, &form).await;
                assert_eq!(answer.status, 400, "{path} without {missing}");
                let body = json!({ "url": path, "code": 1002, "errorMessage": format!("{missing} is required.") });
                assert_eq!(answer.json(), body);
            }
        }
    }
    assert_eq!(
        (sandbox.inbox(), sandbox.sandbox.user("alice"), sandbox.sandbox.group("friends")),
        (vec![], None, None)
    );
}

#[tokio::test]
async fn each_id_that_is_too_long_is_1005_and_each_malformed_one_1002_on_every_path() {
    let sandbox = TestSandbox::start();
    let long = "x".repeat(65);
    let ids = ["userId", "fromUserId", "toUserId", "blackUserId", "groupId", "toGroupId"];

    for (path, complete) in COMPLETE {
        for (id, _) in complete.iter().filter(|(parameter, _)| ids.contains(parameter)) {
            for (value, code) in [(long.as_str(), 1005), ("a b", 1002), ("红", 1002)] {
                let form: Vec<_> =
                    complete.iter().map(|(key, good)| (*key, if key == id { value } else { *good })).collect();
                sandbox.post(path, &form).await.assert_refused(400, code);
            }
        }
    }
    assert_eq!(
        (sandbox.inbox(), sandbox.sandbox.user("alice"), sandbox.sandbox.group("friends")),
        (vec![], None, None)
    );
}

#[tokio::test]
async fn a_wrong_signature_or_app_key_is_refused_on_every_path_and_nothing_is_done() {
    let sandbox = TestSandbox::start();
    let signature = sign("another secret", "14314", "1408710653000");

    for (path, form) in COMPLETE {
        let answer = sandbox.send(Method::POST, path, &headers(&signature), encode(form)).await;
        answer.assert_refused(401, 1004);
        let unknown = [("App-Key", "another"), ("Nonce", "1"), ("Timestamp", "2"), ("Signature", &signature)];
        sandbox.send(Method::POST, path, &unknown, encode(form)).await.assert_refused(400, 1002);
        let unsigned = [("App-Key", APP_KEY)];
        sandbox.send(Method::POST, path, &unsigned, encode(form)).await.assert_refused(401, 1004);
    }
    assert_eq!(
        (sandbox.inbox(), sandbox.sandbox.user("alice"), sandbox.sandbox.group("friends")),
        (vec![], None, None)
    );
}

#[tokio::test]
async fn faults_happen_on_every_path() {
    let sandbox = TestSandbox::start();

    for (path, form) in COMPLETE {
        sandbox.sandbox.arm(FaultRule::new(path, InjectedFault::ServerError(When::Before)));
        sandbox.post(path, form).await.assert_refused(500, 1000);
        assert_eq!(sandbox.post(path, form).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn every_documented_code_can_be_asked_for_and_has_its_http_status() {
    let sandbox = TestSandbox::start();

    for code in Code::all() {
        let order = json!({ "path": "/user/info.json", "fault": "code", "code": code.value() });
        assert_eq!(sandbox.control(Method::POST, "/sandbox/faults", &order.to_string()).await.status, 200);
        let answer = sandbox.post("/user/info.json", &[("userId", "alice")]).await;
        answer.assert_refused(code.http_status(), code.value());
    }
}

#[tokio::test]
async fn a_timeout_of_the_cloud_may_leave_its_work_done() {
    let sandbox = TestSandbox::start();
    let timeout = Code::parse(1050).unwrap();
    sandbox.sandbox.arm(FaultRule::new("/group/create.json", InjectedFault::Code(timeout, When::After)));

    let form = [("userId", "alice"), ("groupId", "friends")];
    sandbox.post("/group/create.json", &form).await.assert_refused(504, 1050);

    assert_eq!(sandbox.members("friends"), ["alice"]);
}
