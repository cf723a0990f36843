//! A user's own message: never said twice.

use std::{num::NonZeroU32, time::Duration};

use hongbao_domain::{im_cloud::CloudRefusal, message::Message};
use hongbao_ports::CloudMessages;
use hongbao_rongcloud::Settings;
use hongbao_sandbox::{FaultRule, InjectedFault, When};

use crate::{
    cloud::{Answer, Cloud},
    fixture::{adapter, settings},
    pair::Pair,
};

const PRIVATE: &str = "/message/private/publish.json";
const NOW: Duration = Duration::ZERO;

fn message() -> Message {
    Message {
        from: "alice".parse().expect("it is well formed"),
        to: "bob".parse().expect("it is well formed"),
        object_name: "RC:TxtMsg".parse().expect("it is well formed"),
        content: "{\"content\":\"恭喜 & 1+1=2\\n\"}\0".parse().expect("it is well formed"),
        push_content: None,
        include_sender: None,
    }
}

#[tokio::test]
async fn a_message_is_sent_as_it_is_and_its_name_is_read() {
    let named = r#"{"code":200,"messageUIDs":[{"userId":"bob","messageUID":"BU7B-0000-0000-0000"}]}"#;
    let cloud = Cloud::start([Answer::Says(200, named)], Answer::DONE).await;
    let adapter = adapter(&settings(cloud.url(), None));

    assert_eq!(adapter.send(&message(), NOW).await, Ok(Some("BU7B-0000-0000-0000".to_owned())));
    assert_eq!(adapter.send(&message(), NOW).await, Ok(None));

    let request = &cloud.requests()[0];
    assert_eq!(request.line, "POST /message/private/publish.json HTTP/1.1");
    let fields: Vec<_> = request.form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let content = "{\"content\":\"恭喜 & 1+1=2\\n\"}\0";
    let expected = [("fromUserId", "alice"), ("toUserId", "bob"), ("objectName", "RC:TxtMsg"), ("content", content)];
    assert_eq!(fields, expected);
}

#[tokio::test]
async fn a_text_for_the_phone_and_a_copy_are_sent_as_the_sender_says_and_else_as_it_is_set() {
    for (set, said, copies) in
        [(true, None, ["1"].as_slice()), (true, Some(false), &[]), (false, None, &[]), (false, Some(true), &["1"])]
    {
        let cloud = Cloud::start([], Answer::DONE).await;
        let adapter = adapter(&Settings { include_sender: set, ..settings(cloud.url(), None) });
        let push = "新年好 & 1+1=2";
        let message = Message { push_content: Some(push.parse().unwrap()), include_sender: said, ..message() };

        adapter.send(&message, NOW).await.unwrap();

        let [request] = cloud.requests().try_into().unwrap();
        assert_eq!(request.field("pushContent"), push);
        let copied: Vec<_> = request.form.iter().filter(|(name, _)| name == "isIncludeSender").collect();
        assert_eq!(copied.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>(), copies, "{set} {said:?}");
    }
}

#[tokio::test]
async fn a_copy_reaches_the_senders_own_clients() {
    let pair = Pair::start();

    let message = Message { include_sender: Some(true), ..message() };
    adapter(&pair.settings()).send(&message, NOW).await.unwrap();

    assert_eq!((pair.sandbox.messages("bob").len(), pair.sandbox.messages("alice").len()), (1, 1));
}

#[tokio::test]
async fn a_message_that_may_have_been_taken_is_not_sent_again_on_either_host() {
    for failure in [
        InjectedFault::ServerError,
        InjectedFault::Garbage,
        InjectedFault::Reset,
        InjectedFault::Timeout,
        InjectedFault::Drip,
        InjectedFault::Truncate,
    ] {
        for (when, messages) in [(When::Before, 0), (When::After, 1)] {
            let pair = Pair::start();
            pair.sandbox.arm(FaultRule::new(PRIVATE, failure(when)));

            let refusal = adapter(&pair.impatient()).send(&message(), NOW).await.unwrap_err();

            let failure = failure(when);
            assert!(matches!(refusal, CloudRefusal::Unknown(_)), "{failure:?}");
            assert_eq!((pair.asked(), pair.sandbox.messages("bob").len()), ([1, 0], messages), "{failure:?}");
        }
    }
}

#[tokio::test]
async fn a_message_that_was_not_taken_is_sent_again() {
    let mut pair = Pair::start();
    pair.sandbox.arm(FaultRule::new(PRIVATE, InjectedFault::RateLimit));
    adapter(&pair.settings()).send(&message(), NOW).await.unwrap();
    assert_eq!((pair.asked(), pair.sandbox.messages("bob").len()), ([2, 0], 1));

    pair.primary.stop().await;
    adapter(&pair.settings()).send(&message(), NOW).await.unwrap();
    assert_eq!((pair.asked(), pair.sandbox.messages("bob").len()), ([2, 1], 2));
}

#[tokio::test]
async fn a_message_and_a_notice_share_one_quota() {
    let cloud = Cloud::start([], Answer::DONE).await;
    let adapter = adapter(&Settings { private_messages_per_minute: NonZeroU32::new(1), ..settings(cloud.url(), None) });
    adapter.send(&message(), NOW).await.unwrap();

    assert_eq!(adapter.send(&message(), NOW).await, Err(CloudRefusal::Busy));
    assert_eq!(
        hongbao_ports::ImCloud::turn(&adapter, hongbao_ports::Lane::Request, NOW).await.unwrap_err(),
        CloudRefusal::Busy
    );

    assert_eq!(cloud.requests().len(), 1);
}
