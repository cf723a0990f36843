//! `im/msg_private_publish`.

use hongbao_sandbox::Unverified;
use hongbao_testkit::server::Answer;
use serde_json::json;

use crate::fixture::{Fixture, PRIVATE};

const METHOD: &str = "msg_private_publish";
const LIMIT: usize = 128 * 1024;

fn to_bob<'a>(object_name: &'a str, content: &'a str) -> [(&'a str, &'a str); 3] {
    [("toUserId", "bob"), ("objectName", object_name), ("content", content)]
}

#[tokio::test]
async fn a_message_arrives_in_the_name_of_who_is_logged_in() {
    let fixture = Fixture::start().await;
    let content = r#"{"content":"恭喜发财","extra":""}"#;
    let mut form = to_bob("RC:TxtMsg", content).to_vec();
    form.extend([("fromUserId", "carol"), ("user_id", "carol")]);

    let data = fixture.done(METHOD, &form).await;

    let [message] = fixture.outside.sandbox.messages("bob").try_into().unwrap();
    assert_eq!((message.from_user_id.as_str(), message.object_name.as_str()), ("alice", "RC:TxtMsg"));
    assert_eq!(message.content, content);
    let expected = json!({ "to_user_id": "bob", "object_name": "RC:TxtMsg", "message_uid": message.message_uid });
    assert_eq!(data, expected);
    assert_eq!(fixture.outside.sandbox.counters().requests, 1);
}

#[tokio::test]
async fn a_cloud_that_names_no_message_leaves_the_name_null() {
    let fixture = Fixture::start().await;
    fixture.outside.sandbox.assume(Unverified { message_uids: false, ..Unverified::default() });
    let data = fixture.done(METHOD, &to_bob("My:Type", "x")).await;
    assert_eq!(data, json!({ "to_user_id": "bob", "object_name": "My:Type", "message_uid": null }));
}

#[tokio::test]
async fn any_content_arrives_byte_for_byte_however_it_is_encoded() {
    let fixture = Fixture::start().await;
    let every_ascii: String = (0..128_u8).map(char::from).collect();
    let odd = format!("{every_ascii}\u{80}\u{fffd}\u{feff}\u{202e}\u{e000}e\u{301}😀👨‍👩‍👧 a=1&b=%zz+%00\r\n \u{10ffff} ");

    fixture.done(METHOD, &to_bob("x", &odd)).await;
    let body = json!({ "toUserId": "bob", "objectName": "x", "content": odd }).to_string();
    let json = fixture.post("alice", METHOD).header("Content-Type", "application/json").body(body);
    assert_eq!(Answer::of(json).await.all_numbers(), (200, 0, ""));

    let part = |(name, value): (&str, &str)| {
        format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body: String = to_bob("x", &odd).into_iter().map(part).chain(["--edge--\r\n".to_owned()]).collect();
    let multipart = fixture.post("alice", METHOD).header("Content-Type", "multipart/form-data; boundary=edge");
    assert_eq!(Answer::of(multipart.body(body)).await.all_numbers(), (200, 0, ""));

    let contents: Vec<_> = fixture.outside.sandbox.messages("bob").into_iter().map(|message| message.content).collect();
    assert_eq!(contents, [odd.as_str(); 3]);
}

#[tokio::test]
async fn a_content_of_128_kib_arrives_and_one_byte_more_is_too_long() {
    let fixture = Fixture::start().await;
    let chinese = format!("{}xx", "福".repeat(LIMIT / 3));
    for longest in [&"x".repeat(LIMIT), &"\u{1}".repeat(LIMIT), &chinese] {
        assert_eq!(longest.len(), LIMIT);
        fixture.done(METHOD, &to_bob("x", longest)).await;
        assert_eq!(fixture.outside.sandbox.messages("bob").pop().unwrap().content, *longest);
        let too_long = format!("{longest}x");
        assert_eq!(fixture.send(METHOD, &to_bob("x", &too_long)).await.parameter(), "content");
    }
    assert_eq!(fixture.asked(PRIVATE), 3);
}

#[tokio::test]
async fn a_body_over_1_mib_is_http_413() {
    let fixture = Fixture::start().await;
    let answer = fixture.send(METHOD, &to_bob("x", &"x".repeat(1024 * 1024))).await;
    assert_eq!(answer.all_numbers(), (413, 100, "invalid_request"));
}

#[tokio::test]
async fn what_would_deceive_the_receiver_is_refused() {
    let fixture = Fixture::start().await;
    for forged in ["HB:RedPacket", "HB:RedPacketOpened", "HB:", "HB:Anything", "RC:RcCmd"] {
        let answer = fixture.send(METHOD, &to_bob(forged, "{}")).await;
        assert_eq!(answer.parameter(), "objectName", "{forged}");
        assert_eq!(answer.body["data"]["retryable"], false);
    }
    assert_eq!(fixture.outside.sandbox.counters().requests, 0);
}

#[tokio::test]
async fn the_names_of_a_message_have_1_to_32_visible_characters() {
    let fixture = Fixture::start().await;
    fixture.done(METHOD, &to_bob(&"x".repeat(32), "{}")).await;
    for wrong in ["", "a b", "福", "a\n", &"x".repeat(33)] {
        assert_eq!(fixture.send(METHOD, &to_bob(wrong, "{}")).await.parameter(), "objectName", "{wrong:?}");
    }
}

#[tokio::test]
async fn each_parameter_is_required() {
    let fixture = Fixture::start().await;
    for missing in ["toUserId", "objectName", "content"] {
        let form = to_bob("x", "{}");
        let without: Vec<_> = form.iter().copied().filter(|(name, _)| *name != missing).collect();
        assert_eq!(fixture.send(METHOD, &without).await.parameter(), missing);
        let empty = form.map(|(name, value)| (name, if name == missing { "" } else { value }));
        assert_eq!(fixture.send(METHOD, &empty).await.parameter(), missing);
    }
    for wrong in ["b.b", " bob", &"b".repeat(26)] {
        let form = [("toUserId", wrong), ("objectName", "x"), ("content", "{}")];
        assert_eq!(fixture.send(METHOD, &form).await.parameter(), "toUserId");
    }
}

#[tokio::test]
async fn a_receiver_who_does_not_exist_or_is_disabled_is_status_110() {
    let fixture = Fixture::start().await;
    for receiver in ["nobody", "Bob", "dave"] {
        let answer = fixture.send(METHOD, &[("toUserId", receiver), ("objectName", "x"), ("content", "{}")]).await;
        assert_eq!(answer.all_numbers(), (200, 110, "receiver_not_found"), "{receiver}");
        assert_eq!(answer.body["data"]["parameter"], "toUserId");
    }
    assert_eq!(fixture.outside.sandbox.counters().requests, 0);
}

#[tokio::test]
async fn one_may_write_to_oneself() {
    let fixture = Fixture::start().await;
    fixture.done(METHOD, &[("toUserId", "alice"), ("objectName", "x"), ("content", "{}")]).await;
    assert_eq!(fixture.outside.sandbox.messages("alice").len(), 1);
}

#[tokio::test]
async fn only_who_is_logged_in_can_write() {
    let fixture = Fixture::start().await;
    for user in ["nobody", "dave"] {
        let answer = Answer::of(fixture.post(user, METHOD)).await;
        assert_eq!(answer.all_numbers(), (200, 2, "not_logged_in"));
    }
    assert_eq!(Answer::of(fixture.get("alice", METHOD)).await.all_numbers(), (405, 100, "invalid_request"));
}
