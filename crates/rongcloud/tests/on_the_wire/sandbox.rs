//! The adapter before the sandbox: a cloud that shares no code with it, checks its signature and keeps its messages.

use hongbao_domain::im_cloud::CloudRefusal;
use hongbao_rongcloud::Settings;
use hongbao_sandbox::{
    FaultRule, InjectedFault, Message,
    When::{After, Before},
};
use secrecy::SecretString;

use crate::{
    fixture::{impatient, notify, settings},
    pair::start,
};

const PRIVATE: &str = "/message/private/publish.json";

fn code(refusal: &CloudRefusal) -> (&'static str, Option<i64>) {
    (refusal.code(), refusal.answer().and_then(|answer| answer.code))
}

#[tokio::test]
async fn a_notice_arrives_in_the_inbox() {
    let (sandbox, url) = start();

    notify(&settings(url, None)).await.unwrap();

    let [Message { from_user_id, object_name, content, .. }] = sandbox.messages("bob").try_into().unwrap();
    assert_eq!((from_user_id.as_str(), object_name.as_str()), ("alice", "HB:RedPacket"));
    let content: serde_json::Value = serde_json::from_str(&content).unwrap();
    assert_eq!(content["content"], "恭喜发财 & 1+1=2 \"大吉\"");
}

#[tokio::test]
async fn a_wrong_secret_is_rejected() {
    let (sandbox, url) = start();
    let settings = Settings { app_secret: SecretString::from("another"), ..settings(url, None) };

    assert_eq!(code(&notify(&settings).await.unwrap_err()), ("im_cloud_rejected", Some(1004)));
    assert_eq!(sandbox.messages("bob").len(), 0);
}

#[tokio::test]
async fn a_rejection_is_definite() {
    let (sandbox, url) = start();
    sandbox.arm(FaultRule::new(PRIVATE, InjectedFault::Reject));

    assert_eq!(code(&notify(&settings(url, None)).await.unwrap_err()), ("im_cloud_rejected", Some(1002)));
    assert_eq!(sandbox.messages("bob").len(), 0);
}

#[tokio::test]
async fn a_mishap_that_passes_is_survived_and_a_double_is_told_by_its_event() {
    for (injected, messages) in [
        (InjectedFault::RateLimit, 1),
        (InjectedFault::ServerError(Before), 1),
        (InjectedFault::ServerError(After), 2),
        (InjectedFault::Garbage(Before), 1),
        (InjectedFault::Garbage(After), 2),
        (InjectedFault::Reset(Before), 1),
        (InjectedFault::Reset(After), 2),
        (InjectedFault::Timeout(Before), 1),
        (InjectedFault::Timeout(After), 2),
        (InjectedFault::Drip(Before), 1),
        (InjectedFault::Drip(After), 2),
        (InjectedFault::Truncate(Before), 1),
        (InjectedFault::Truncate(After), 2),
    ] {
        let (sandbox, url) = start();
        sandbox.arm(FaultRule::new(PRIVATE, injected));

        notify(&impatient(url, None)).await.unwrap();

        let inbox = sandbox.messages("bob");
        assert_eq!(inbox.len(), messages, "{injected:?}");
        assert!(inbox.iter().all(|message| message.content == inbox[0].content), "{injected:?}");
    }
}

#[tokio::test]
async fn a_mishap_that_stays_is_unknown_whether_it_was_executed_or_not() {
    for injected in [
        InjectedFault::ServerError(Before),
        InjectedFault::ServerError(After),
        InjectedFault::Garbage(After),
        InjectedFault::Reset(After),
        InjectedFault::Timeout(After),
        InjectedFault::Drip(Before),
        InjectedFault::Drip(After),
        InjectedFault::Truncate(Before),
        InjectedFault::Truncate(After),
    ] {
        let (sandbox, url) = start();
        sandbox.arm(FaultRule::new(PRIVATE, injected).times(3));

        let refusal = notify(&impatient(url, None)).await.unwrap_err();

        assert!(matches!(refusal, CloudRefusal::Unknown(_)), "{injected:?}");
        assert_eq!(sandbox.faults(), [], "{injected:?}");
    }
}
