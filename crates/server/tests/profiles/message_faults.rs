//! `im/msg_private_publish` while the cloud fails: no receiver reads a message twice.

use std::num::NonZeroU32;

use hongbao_sandbox::{FaultRule, InjectedFault};
use hongbao_testkit::server::Answer;

use crate::{
    faults::{EXECUTED, EXECUTED_LATER, NOT_EXECUTED},
    fixture::{Fixture, PRIVATE},
};

async fn send(fixture: &Fixture) -> Answer {
    fixture.send("msg_private_publish", &[("toUserId", "bob"), ("objectName", "RC:TxtMsg"), ("content", "{}")]).await
}

#[tokio::test]
async fn a_message_that_may_have_arrived_is_not_sent_again_and_not_to_be() {
    for (faults, messages) in [(&NOT_EXECUTED[..], 0), (&EXECUTED, 1)] {
        for fault in faults {
            let fixture = Fixture::impatient().await;
            fixture.outside.sandbox.arm(FaultRule::new(PRIVATE, *fault));

            let answer = send(&fixture).await;

            assert_eq!(answer.cloud_failure(), ("im_cloud_unknown", false), "{fault:?}");
            assert_eq!(fixture.outside.sandbox.messages("bob").len(), messages, "{fault:?}");
            assert_eq!(fixture.asked(PRIVATE), 1, "{fault:?}");
            let detail = answer.body["data"]["detail"].as_str().unwrap();
            assert!(detail.ends_with("the message may have been delivered."), "{detail}");
        }
    }
}

#[tokio::test]
async fn a_message_that_arrives_later_arrives_once() {
    for fault in EXECUTED_LATER {
        let fixture = Fixture::impatient().await;
        fixture.outside.sandbox.arm(FaultRule::new(PRIVATE, fault));
        assert_eq!(send(&fixture).await.cloud_failure(), ("im_cloud_unknown", false), "{fault:?}");

        fixture.outside.sandbox.release_late();

        assert_eq!(fixture.outside.sandbox.messages("bob").len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_message_that_was_refused_was_not_delivered() {
    for (fault, asked) in [(InjectedFault::Reject, 1), (InjectedFault::RateLimit, 3)] {
        let fixture = Fixture::start().await;
        fixture.fail(PRIVATE, fault);
        let answer = send(&fixture).await;
        assert_eq!(answer.cloud_failure(), ("im_cloud_rejected", true), "{fault:?}");
        assert!(answer.body["data"]["im_cloud"]["code"].is_number());
        assert_eq!((fixture.outside.sandbox.messages("bob").len(), fixture.asked(PRIVATE)), (0, asked), "{fault:?}");
    }
}

#[tokio::test]
async fn what_was_definitely_not_executed_is_sent_again() {
    let fixture = Fixture::start().await;
    fixture.outside.sandbox.arm(FaultRule::new(PRIVATE, InjectedFault::RateLimit));
    assert_eq!(send(&fixture).await.all_numbers(), (200, 0, ""));
    assert_eq!((fixture.outside.sandbox.messages("bob").len(), fixture.asked(PRIVATE)), (1, 2));
}

#[tokio::test]
async fn who_would_have_to_wait_too_long_for_a_turn_is_told_so() {
    let fixture = Fixture::with(|cloud| cloud.private_messages_per_minute = NonZeroU32::new(1)).await;
    assert_eq!(send(&fixture).await.all_numbers(), (200, 0, ""));
    assert_eq!(send(&fixture).await.cloud_failure(), ("im_cloud_busy", true));
    assert_eq!(fixture.outside.sandbox.messages("bob").len(), 1);
}
