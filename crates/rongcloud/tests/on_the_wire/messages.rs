//! A user's own message: never said twice.

use std::{num::NonZeroU32, time::Duration};

use hongbao_domain::{im_cloud::CloudRefusal, message::Message};
use hongbao_ports::CloudMessages;
use hongbao_rongcloud::Settings;

use crate::{
    cloud::{Answer, Cloud},
    stand::{adapter, impatient, settings},
};

const NOW: Duration = Duration::ZERO;

fn message() -> Message {
    Message {
        from: "alice".parse().expect("it is well formed"),
        to: "bob".parse().expect("it is well formed"),
        object_name: "RC:TxtMsg".parse().expect("it is well formed"),
        content: "{\"content\":\"恭喜 & 1+1=2\\n\"}\0".parse().expect("it is well formed"),
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
async fn a_message_that_may_have_been_taken_is_not_sent_again_on_either_host() {
    for failure in [Answer::BROKEN, Answer::HTML, Answer::CUT, Answer::SILENCE, Answer::Says(200, "")] {
        let (primary, backup) = (Cloud::start([], failure).await, Cloud::start([], Answer::DONE).await);
        let adapter = adapter(&impatient(primary.url(), Some(backup.url())));

        let refusal = adapter.send(&message(), NOW).await.unwrap_err();

        assert!(matches!(refusal, CloudRefusal::Unknown(_)), "{failure:?}");
        assert_eq!([primary.requests().len(), backup.requests().len()], [1, 0], "{failure:?}");
    }
}

#[tokio::test]
async fn a_message_that_was_not_taken_is_sent_again() {
    let (primary, backup) =
        (Cloud::start([Answer::TOO_FAST], Answer::DONE).await, Cloud::start([], Answer::DONE).await);
    adapter(&settings(primary.url(), Some(backup.url()))).send(&message(), NOW).await.unwrap();
    assert_eq!([primary.requests().len(), backup.requests().len()], [2, 0]);

    adapter(&settings(Cloud::nobody().await, Some(backup.url()))).send(&message(), NOW).await.unwrap();
    assert_eq!(backup.requests().len(), 1);
}

#[tokio::test]
async fn a_message_and_a_notice_share_one_quota() {
    let cloud = Cloud::start([], Answer::DONE).await;
    let adapter = adapter(&Settings { private_messages_per_minute: NonZeroU32::new(1), ..settings(cloud.url(), None) });
    adapter.send(&message(), NOW).await.unwrap();

    assert_eq!(adapter.send(&message(), NOW).await, Err(CloudRefusal::Busy));
    assert_eq!(hongbao_ports::ImCloud::turn(&adapter, NOW).await.unwrap_err(), CloudRefusal::Busy);

    assert_eq!(cloud.requests().len(), 1);
}
