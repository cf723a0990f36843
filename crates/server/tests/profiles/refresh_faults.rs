//! `im/refresh` while the cloud fails: what was not taken is nowhere, and what is unknown is asked for again.

use hongbao_sandbox::{FaultRule, InjectedFault};

use crate::{
    faults::{DEFINITE, EXECUTED, EXECUTED_LATER, NOT_EXECUTED},
    fixture::{Fixture, GET_TOKEN, INFO, REFRESH},
};

const NOTHING: &[(&str, &str)] = &[];
const NEW_NAME: &[(&str, &str)] = &[("name", "New")];

/// Alice is "Old", here and at the cloud.
async fn fixture() -> Fixture {
    let fixture = Fixture::impatient().await;
    fixture.done("refresh", &[("name", "Old")]).await;
    fixture
}

/// Lets a change fail, after which the cloud is well again.
async fn fail(fixture: &Fixture, fault: InjectedFault) -> (String, bool) {
    fixture.fail(REFRESH, fault);
    let answer = fixture.send("refresh", NEW_NAME).await;
    fixture.outside.sandbox.clear_faults();
    let (code, is_retryable) = answer.cloud_failure();
    (code.to_owned(), is_retryable)
}

#[tokio::test]
async fn a_definite_no_changes_nothing_and_leaves_no_doubt() {
    let fixture = fixture().await;
    for fault in DEFINITE {
        assert_eq!(fail(&fixture, fault).await, ("im_cloud_rejected".to_owned(), true), "{fault:?}");
        let copy = fixture.copy().await;
        assert_eq!((copy.profile.name.as_str(), copy.is_stale), ("Old", false), "{fault:?}");
        assert_eq!(fixture.done("user_info", NOTHING).await["name"], "Old");
    }
}

#[tokio::test]
async fn a_change_that_may_have_been_taken_leaves_our_copy_in_doubt() {
    for fault in NOT_EXECUTED.into_iter().chain(EXECUTED) {
        let fixture = fixture().await;
        assert_eq!(fail(&fixture, fault).await, ("im_cloud_unknown".to_owned(), true), "{fault:?}");
        let copy = fixture.copy().await;
        assert_eq!((copy.profile.name.as_str(), copy.is_stale), ("Old", true), "{fault:?}");
    }
}

#[tokio::test]
async fn a_copy_in_doubt_is_read_again_whoever_asks_first() {
    for (fault, name) in [(InjectedFault::ServerError(hongbao_sandbox::When::Before), "Old"), (EXECUTED[0], "New")] {
        for (method, form) in [("user_info", NOTHING), ("refresh", NOTHING), ("get_token", &[("refresh", "1")])] {
            let fixture = fixture().await;
            fail(&fixture, fault).await;
            let asked = fixture.asked(INFO);

            fixture.done(method, form).await;

            assert_eq!(fixture.asked(INFO), asked + 1, "{method} {fault:?}");
            let copy = fixture.copy().await;
            assert_eq!((copy.profile.name.as_str(), copy.is_stale), (name, false), "{method} {fault:?}");
            assert_eq!(fixture.name_at_cloud().as_deref(), Some(name), "{method} {fault:?}");
        }
    }
}

#[tokio::test]
async fn the_field_that_is_left_out_of_the_next_change_is_the_one_that_the_cloud_holds() {
    let fixture = fixture().await;
    fail(&fixture, EXECUTED[0]).await;

    let data = fixture.done("refresh", &[("portraitUri", "http://a/2.png")]).await;

    assert_eq!((data["name"].as_str(), data["portraitUri"].as_str()), (Some("New"), Some("http://a/2.png")));
    assert_eq!(fixture.done("user_info", NOTHING).await, data);
}

#[tokio::test]
async fn a_change_that_the_cloud_makes_later_is_shown_from_then_on() {
    for fault in EXECUTED_LATER {
        let fixture = fixture().await;
        fail(&fixture, fault).await;
        assert_eq!(fixture.done("user_info", NOTHING).await["name"], "Old", "{fault:?}");

        assert!(fixture.outside.sandbox.release_late() > 0);

        assert_eq!(fixture.done("user_info", NOTHING).await["name"], "New", "{fault:?}");
        assert_eq!(fixture.copy().await.profile.name.as_str(), "New");
    }
}

#[tokio::test]
async fn a_doubt_that_cannot_be_cleared_is_status_3_and_stays() {
    let fixture = fixture().await;
    fail(&fixture, EXECUTED[0]).await;
    fixture.fail(INFO, InjectedFault::Reject);

    for (method, form) in [("user_info", NOTHING), ("refresh", NOTHING), ("refresh", NEW_NAME)] {
        assert_eq!(fixture.send(method, form).await.cloud_failure(), ("im_cloud_rejected", true), "{method}");
    }

    assert!(fixture.copy().await.is_stale);
}

#[tokio::test]
async fn a_registration_that_fails_before_the_change_is_status_3() {
    for (fault, code) in [(DEFINITE[0], "im_cloud_rejected"), (EXECUTED[0], "im_cloud_unknown")] {
        let fixture = Fixture::impatient().await;
        fixture.fail(GET_TOKEN, fault);
        assert_eq!(fixture.send("refresh", NEW_NAME).await.cloud_failure(), (code, true));
        assert_eq!(fixture.asked(REFRESH), 0);
        assert_eq!(fixture.copy().await.profile.name.as_str(), "");
    }
}

#[tokio::test]
async fn a_fault_that_passes_is_survived() {
    let fixture = fixture().await;
    for fault in NOT_EXECUTED.into_iter().chain(EXECUTED) {
        fixture.outside.sandbox.arm(FaultRule::new(REFRESH, fault));
        assert_eq!(fixture.done("refresh", NEW_NAME).await["name"], "New", "{fault:?}");
        assert!(!fixture.copy().await.is_stale, "{fault:?}");
    }
}
