//! `im/friend_add`, `im/friend_list` and `im/friend_delete`.

use std::{sync::Arc, time::Duration};

use hongbao_domain::{
    friend::SetBlock,
    profile::{PortraitUri, Profile},
    user::UserStatus,
};
use hongbao_ports::Submit;
use hongbao_testkit::{OPEN, server::TestServer, user};
use serde_json::json;
use tokio::sync::Barrier;

use crate::fixture::{Answer, answer, code, start};

async fn add(fixture: &TestServer, name: &str, other: &str) -> Answer {
    fixture.call(name, "friend_add", &[("user_id", other)]).await
}

async fn friends(fixture: &TestServer, name: &str) -> Vec<String> {
    let (status, data) = fixture.call(name, "friend_list", &[]).await;
    if status == 1 {
        return Vec::new();
    }
    assert_eq!(status, 0, "{data}");
    data.as_array().unwrap().iter().map(|friend| friend["user_id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn status_0_both_are_friends_of_each_other_since_the_same_moment() {
    let fixture = start().await;
    let portrait_uri: PortraitUri = "http://a/bob.png".parse().unwrap();
    let bob = Profile { user: user("bob"), name: "鲍勃".parse().unwrap(), portrait_uri };
    fixture.process.ports.profiles.introduce(&bob).await.unwrap();

    let (status, friend) = add(&fixture, "alice", "bob").await;

    let since = "2026-09-16T12:00:00.123Z";
    let shown = json!({ "user_id": "bob", "name": "鲍勃", "portraitUri": "http://a/bob.png", "since": since });
    assert_eq!((status, &friend), (0, &shown));
    assert_eq!(fixture.call("alice", "friend_list", &[]).await, (0, json!([shown])));
    let alice = json!({ "user_id": "alice", "name": "", "portraitUri": "", "since": since });
    assert_eq!(answer(fixture.get("bob", "friend_list")).await, (0, json!([alice])));
}

#[tokio::test]
async fn friends_are_listed_newest_first() {
    let fixture = start().await;
    assert_eq!(add(&fixture, "alice", "carol").await.0, 0);
    fixture.outside.clock.advance(Duration::from_secs(1));
    assert_eq!(add(&fixture, "bob", "alice").await.0, 0);
    assert_eq!(friends(&fixture, "alice").await, ["bob", "carol"]);
}

#[tokio::test]
async fn status_1_the_user_id_is_empty_or_wrong() {
    let fixture = start().await;
    let missing = fixture.call("alice", "friend_add", &[]).await;
    assert_eq!((code(&missing), &missing.1["parameter"]), ((1, "user_id_missing"), &json!("user_id")));
    assert_eq!(code(&add(&fixture, "alice", "").await), (1, "user_id_missing"));
    for wrong in [" bob", "b.b", "鲍勃", &"b".repeat(26)] {
        assert_eq!(code(&add(&fixture, "alice", wrong).await), (1, "user_id_malformed"), "{wrong}");
    }
}

#[tokio::test]
async fn status_1_the_list_is_empty() {
    let fixture = start().await;
    assert_eq!(add(&fixture, "alice", "bob").await.0, 0);
    assert_eq!(code(&fixture.call("carol", "friend_list", &[]).await), (1, "no_friends"));
    assert_eq!(code(&answer(fixture.get("carol", "friend_list")).await), (1, "no_friends"));
}

#[tokio::test]
async fn status_2_nobody_is_logged_in_and_learns_nothing_else() {
    let fixture = start().await;
    assert_eq!(code(&fixture.call("nobody", "friend_add", &[]).await), (2, "not_logged_in"));
    assert_eq!(code(&fixture.call("nobody", "friend_list", &[]).await), (2, "not_logged_in"));

    for is_active in [false, true] {
        fixture.process.ports.set_status("alice", UserStatus { is_active, ..OPEN }).await;
        assert_eq!(code(&add(&fixture, "alice", "alice").await), (2, "not_logged_in"), "the login ended for good");
    }
}

#[tokio::test]
async fn status_3_there_is_no_such_user() {
    let fixture = start().await;
    for unknown in ["nobody", "Bob"] {
        let refused = add(&fixture, "alice", unknown).await;
        assert_eq!((code(&refused), &refused.1["retryable"]), ((3, "user_not_found"), &json!(false)));
    }
}

#[tokio::test]
async fn status_4_they_are_friends_already() {
    let fixture = start().await;
    assert_eq!(add(&fixture, "alice", "bob").await.0, 0);
    assert_eq!(code(&add(&fixture, "alice", "bob").await), (4, "already_friends"));
    assert_eq!(code(&add(&fixture, "bob", "alice").await), (4, "already_friends"));
    assert_eq!(
        (friends(&fixture, "alice").await, friends(&fixture, "bob").await),
        (vec!["bob".into()], vec!["alice".into()])
    );
}

#[tokio::test]
async fn status_5_does_not_tell_why_somebody_cannot_be_added() {
    let fixture = start().await;
    fixture.process.ports.set_status("bob", UserStatus { takes_friend_requests: false, ..OPEN }).await;
    fixture
        .process
        .ports
        .commands
        .submit(SetBlock { user: user("carol"), other: user("alice"), is_blocked: true })
        .await
        .unwrap();
    fixture.process.ports.set_status("dave", UserStatus { is_active: false, ..OPEN }).await;

    let refused = add(&fixture, "alice", "bob").await;
    assert_eq!(code(&refused), (5, "cannot_be_added"));
    for other in ["carol", "dave"] {
        assert_eq!(add(&fixture, "alice", other).await, refused, "{other}");
    }
    for name in ["alice", "bob", "carol"] {
        assert!(friends(&fixture, name).await.is_empty(), "{name}");
    }
    fixture
        .process
        .ports
        .commands
        .submit(SetBlock { user: user("carol"), other: user("alice"), is_blocked: false })
        .await
        .unwrap();
    assert_eq!(add(&fixture, "alice", "carol").await.0, 0);
    assert_eq!(add(&fixture, "bob", "alice").await.0, 0, "a user who takes no requests may still make them");
}

#[tokio::test]
async fn status_6_nobody_adds_oneself() {
    let fixture = start().await;
    assert_eq!(code(&add(&fixture, "alice", "alice").await), (6, "cannot_add_oneself"));
    assert!(friends(&fixture, "alice").await.is_empty());
}

#[tokio::test]
async fn adding_wants_a_post() {
    let fixture = start().await;
    assert_eq!(code(&answer(fixture.get("alice", "friend_add?user_id=bob")).await), (100, "invalid_request"));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_adds_at_once_one_is_0_and_the_other_4() {
    let fixture = start().await;
    for round in 0..10 {
        let (one, other) = (format!("one-{round}"), format!("other-{round}"));
        fixture.add_user(&one).await;
        fixture.add_user(&other).await;
        let start = Arc::new(Barrier::new(2));
        // From both sides, and twice from one.
        let second = if round % 2 == 0 { (&other, &one) } else { (&one, &other) };
        let calls = [(&one, &other), second].map(|(name, whom)| {
            let (request, start) = (fixture.form(name, "friend_add", &[("user_id", whom)]), start.clone());
            tokio::spawn(async move {
                start.wait().await;
                answer(request).await
            })
        });
        let [first, second] = calls;
        let mut statuses = [first.await.unwrap().0, second.await.unwrap().0];
        statuses.sort_unstable();
        assert_eq!(statuses, [0, 4], "round {round}");
        assert_eq!(friends(&fixture, &one).await, std::slice::from_ref(&other));
        assert_eq!(friends(&fixture, &other).await, [one]);
    }
}

async fn delete(fixture: &TestServer, name: &str, other: &str) -> Answer {
    fixture.call(name, "friend_delete", &[("user_id", other)]).await
}

#[tokio::test]
async fn a_delete_with_status_0_shows_who_was_a_friend_and_ends_it_for_both() {
    let fixture = start().await;
    let (_, added) = add(&fixture, "alice", "bob").await;
    assert_eq!(delete(&fixture, "alice", "bob").await, (0, added));
    for name in ["alice", "bob"] {
        assert!(friends(&fixture, name).await.is_empty(), "{name}");
    }
}

#[tokio::test]
async fn a_delete_with_status_1_has_no_user_id_or_a_wrong_one() {
    let fixture = start().await;
    let missing = fixture.call("alice", "friend_delete", &[]).await;
    assert_eq!((code(&missing), &missing.1["parameter"]), ((1, "user_id_missing"), &json!("user_id")));
    assert_eq!(code(&delete(&fixture, "alice", "b.b").await), (1, "user_id_malformed"));
}

#[tokio::test]
async fn a_delete_without_a_login_has_status_2() {
    let fixture = start().await;
    assert_eq!(code(&delete(&fixture, "unknown", "bob").await), (2, "not_logged_in"));
}

#[tokio::test]
async fn a_delete_with_status_3_is_of_no_friend_and_ends_nothing() {
    let fixture = start().await;
    assert_eq!(add(&fixture, "alice", "bob").await.0, 0);
    for other in ["carol", "alice", "unknown"] {
        assert_eq!(code(&delete(&fixture, "alice", other).await), (3, "not_a_friend"), "{other}");
    }
    assert_eq!(friends(&fixture, "alice").await, ["bob"]);
    assert_eq!(delete(&fixture, "bob", "alice").await.0, 0);
    assert_eq!(code(&delete(&fixture, "alice", "bob").await), (3, "not_a_friend"), "a repeat from the other side");
}

#[tokio::test]
async fn deleting_wants_a_post() {
    let fixture = start().await;
    assert_eq!(code(&answer(fixture.get("alice", "friend_delete?user_id=bob")).await), (100, "invalid_request"));
}
