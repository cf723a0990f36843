//! `im/refresh`.

use hongbao_testkit::server::Answer;
use serde_json::json;

use crate::fixture::{Fixture, GET_TOKEN, INFO, REFRESH};

const NOTHING: &[(&str, &str)] = &[];

#[tokio::test]
async fn what_is_given_changes_and_what_is_left_out_stays() {
    let fixture = Fixture::start().await;
    let both = fixture.done("refresh", &[("name", "Alice"), ("portraitUri", "http://a/1.png?a=1&b=2")]).await;
    assert_eq!(both, json!({ "user_id": "alice", "name": "Alice", "portraitUri": "http://a/1.png?a=1&b=2" }));

    let name = fixture.done("refresh", &[("name", "张三 & Co=1+2"), ("portraitUri", "")]).await;
    assert_eq!(name, json!({ "user_id": "alice", "name": "张三 & Co=1+2", "portraitUri": "http://a/1.png?a=1&b=2" }));

    let portrait = fixture.done("refresh", &[("portraitUri", "http://a/2.png")]).await;
    assert_eq!(portrait, json!({ "user_id": "alice", "name": "张三 & Co=1+2", "portraitUri": "http://a/2.png" }));
    assert_eq!(fixture.done("user_info", NOTHING).await, portrait);
    let copy = fixture.copy().await;
    assert_eq!((copy.profile.name.as_str(), copy.is_stale), ("张三 & Co=1+2", false));
    assert_eq!((fixture.asked(GET_TOKEN), fixture.asked(REFRESH)), (1, 3));
}

#[tokio::test]
async fn no_change_is_no_call_and_shows_the_profile() {
    let fixture = Fixture::start().await;
    let before = fixture.done("refresh", &[("name", "Alice")]).await;
    let asked = fixture.outside.sandbox.counters().requests;

    assert_eq!(fixture.done("refresh", NOTHING).await, before);
    assert_eq!(fixture.done("refresh", &[("name", ""), ("portraitUri", "")]).await, before);

    assert_eq!(fixture.outside.sandbox.counters().requests, asked);
}

#[tokio::test]
async fn a_name_of_255_characters_is_kept_whole_and_one_more_is_too_long() {
    let fixture = Fixture::start().await;
    for char in ["x", "福", "😀"] {
        let longest = char.repeat(255);
        let form = [("name", longest.as_str()), ("portraitUri", longest.as_str())];
        let data = fixture.done("refresh", &form).await;
        assert_eq!((&data["name"], &data["portraitUri"]), (&json!(longest), &json!(longest)));
        assert_eq!(fixture.done("user_info", NOTHING).await, data);
        assert_eq!(fixture.name_at_cloud(), Some(char.repeat(64)));

        for name in ["name", "portraitUri"] {
            assert_eq!(fixture.send("refresh", &[(name, &char.repeat(256))]).await.parameter(), name);
            assert_eq!(fixture.send("refresh", &[(name, "a\0b")]).await.parameter(), name);
        }
    }
}

#[tokio::test]
async fn a_name_is_a_text() {
    let fixture = Fixture::start().await;
    let json = fixture.post("alice", "refresh").header("Content-Type", "application/json").body(r#"{"name":7}"#);
    assert_eq!(Answer::of(json).await.parameter(), "name");
}

#[tokio::test]
async fn only_who_is_logged_in_can_change_and_only_oneself() {
    let fixture = Fixture::start().await;
    for user in ["nobody", "dave"] {
        let answer = Answer::of(fixture.post(user, "refresh")).await;
        assert_eq!(answer.all_numbers(), (200, 2, "not_logged_in"));
    }
    let data = fixture.done("refresh", &[("name", "Mallory"), ("user_id", "bob"), ("userId", "bob")]).await;
    assert_eq!(data["user_id"], "alice");
    assert_eq!(fixture.outside.sandbox.user("bob"), None);
    assert_eq!(Answer::of(fixture.get("alice", "refresh")).await.all_numbers(), (405, 100, "invalid_request"));
}

#[tokio::test]
async fn a_user_whom_the_cloud_has_forgotten_is_registered_again() {
    let fixture = Fixture::start().await;
    fixture.done("refresh", &[("name", "Alice"), ("portraitUri", "http://a/1.png")]).await;
    let again = fixture.again("app", "secret").await;

    again.done("refresh", &[("name", "Ali")]).await;

    let held = again.outside.sandbox.user("alice").unwrap();
    assert_eq!((held.name.as_str(), held.portrait_uri.as_str()), ("Ali", "http://a/1.png"));
    assert_eq!((again.asked(GET_TOKEN), again.asked(REFRESH), again.asked(INFO)), (1, 2, 0));
}
