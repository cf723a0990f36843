//! Several requests at once about one packet.

use std::time::Duration;

use hongbao_ports::Fault;
use hongbao_sandbox::{FaultRule, InjectedFault};
use hongbao_testkit::{
    Moment::{After, Before},
    Step,
    server::Answer,
};

use crate::{
    fixture::{Call, Fixture, PRIVATE_MESSAGE, impatient},
    overview::Overview,
    request::{accept, publish},
};

const SILENCE: Fault = Fault::unresolved("silence on demand");
const CLAIMERS: usize = 64;

/// Checks that exactly one has got the money and that all others see the same receipt.
async fn one_has_it(calls: Vec<Call>) {
    let mut answers = Vec::new();
    for call in calls {
        answers.push(call.answer().await);
    }
    let (winners, others): (Vec<Answer>, _) = answers.into_iter().partition(|answer| answer.status() == 0);
    let [winner] = &winners[..] else { panic!("{} have it", winners.len()) };
    for other in others {
        assert_eq!(other.numbers(), (4, "claimed_by_you"));
        assert_eq!(other.receipt(), winner.receipt());
    }
}

#[tokio::test]
async fn of_64_accepts_at_once_one_is_done_and_63_have_it_already() {
    let fixture = Fixture::start().await;
    let mut balance = 5000;
    for _ in 0..4 {
        let id = fixture.published().await;

        one_has_it((0..CLAIMERS).map(|_| fixture.begin(accept(&id))).collect()).await;

        balance += 888;
        assert_eq!(Overview::of(&fixture).await.fen_of("bob"), (balance, 0));
    }
    assert_eq!(fixture.inbox("alice").len(), 4, "each claim is told once");
}

#[tokio::test]
async fn of_64_accepts_63_wait_for_the_one_that_hangs_at_the_cloud() {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;
    let mut gate = fixture.faults.hold(Before(Step::NOTIFY));

    let calls: Vec<_> = (0..CLAIMERS).map(|_| fixture.begin(accept(&id))).collect();
    gate.reached().await;
    fixture.faults.passed(After(Step::BEGIN_CLAIM), 4 * CLAIMERS).await;
    assert!(calls.iter().all(Call::is_waiting));
    gate.open();

    one_has_it(calls).await;
    assert_eq!(Overview::of(&fixture).await.fen_of("bob"), (5888, 0));
}

#[tokio::test]
async fn a_second_accept_waits_for_the_first_and_learns_that_it_has_succeeded() {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;
    let mut gate = fixture.faults.hold(Before(Step::NOTIFY));
    let first = fixture.begin(accept(&id));
    gate.reached().await;

    let second = fixture.begin(accept(&id));
    fixture.faults.passed(After(Step::BEGIN_CLAIM), 3).await;
    assert!(second.is_waiting());
    gate.open();

    let (first, second) = (first.answer().await, second.answer().await);
    assert_eq!((first.numbers(), second.numbers()), ((0, ""), (4, "claimed_by_you")));
    assert_eq!(second.receipt(), first.receipt());
}

#[tokio::test]
async fn a_second_accept_waits_for_the_first_and_takes_the_packet_when_that_has_failed() {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;
    let mut gate = fixture.faults.hold(Before(Step::NOTIFY));
    let first = fixture.begin(accept(&id));
    gate.reached().await;
    fixture.outside.sandbox.arm(FaultRule::new(PRIVATE_MESSAGE, InjectedFault::Reject));

    let second = fixture.begin(accept(&id));
    fixture.faults.passed(After(Step::BEGIN_CLAIM), 3).await;
    gate.open();

    assert_eq!(first.answer().await.numbers(), (3, "im_cloud_rejected"));
    assert_eq!(second.answer().await.numbers(), (0, ""));
    assert_eq!(Overview::of(&fixture).await.fen_of("bob"), (5888, 0));
}

#[tokio::test]
async fn a_second_accept_that_has_waited_in_vain_is_unavailable_and_has_moved_nothing() {
    let mut settings = impatient();
    settings.timing.deadline = settings.timing.cloud_timeout + Duration::from_millis(1_200);
    let fixture = Fixture::with(settings).await;
    let id = fixture.published().await;
    let mut gate = fixture.faults.hold(Before(Step::NOTIFY));
    let first = fixture.begin(accept(&id));
    gate.reached().await;

    let second = fixture.send(accept(&id)).await;

    assert_eq!((second.numbers(), second.is_retryable()), ((121, "unavailable"), true));
    gate.open();
    assert_eq!(first.answer().await.numbers(), (0, ""));
}

#[tokio::test]
async fn a_receiver_who_is_faster_than_the_confirmation_has_the_packet() {
    let fixture = Fixture::start().await;
    let mut gate = fixture.faults.hold(After(Step::NOTIFY));
    let published = fixture.begin(publish());
    gate.reached().await;

    let id = fixture.inbox("bob")[0].transfer_id.clone();
    fixture.accepted(&id).await;
    gate.open();

    let published = published.answer().await;
    assert_eq!((published.numbers(), published.data("transfer_id")), ((0, ""), &*id));
    assert_eq!(Overview::of(&fixture).await.fen_of("bob"), (5888, 0));
}

#[tokio::test]
async fn a_packet_that_was_accepted_is_published_although_the_cloud_falls_silent() {
    let fixture = Fixture::start().await;
    let mut gate = fixture.faults.hold(After(Step::NOTIFY));
    let published = fixture.begin(publish());
    gate.reached().await;

    let id = fixture.inbox("bob")[0].transfer_id.clone();
    fixture.accepted(&id).await;
    gate.fail(SILENCE);

    assert_eq!(published.answer().await.numbers(), (0, ""));
    assert_eq!(Overview::of(&fixture).await.fen_of("bob"), (5888, 0));
}

#[tokio::test]
async fn a_packet_whose_claim_has_begun_is_published_although_the_cloud_fails_both() {
    let fixture = Fixture::start().await;
    let mut published_gate = fixture.faults.hold(After(Step::NOTIFY));
    let published = fixture.begin(publish());
    published_gate.reached().await;
    let id = fixture.inbox("bob")[0].transfer_id.clone();
    let mut accepted_gate = fixture.faults.hold(After(Step::NOTIFY));
    let accepted = fixture.begin(accept(&id));
    accepted_gate.reached().await;

    published_gate.fail(SILENCE);
    assert_eq!(published.answer().await.numbers(), (0, ""));
    accepted_gate.fail(SILENCE);
    assert_eq!(accepted.answer().await.numbers(), (3, "im_cloud_unknown"));

    assert_eq!(Overview::of(&fixture).await.open_packets(), [&*id]);
    fixture.accepted(&id).await;
}

#[tokio::test]
async fn a_receiver_who_is_slower_than_the_cancellation_gets_nothing() {
    let fixture = Fixture::start().await;
    let before = Overview::of(&fixture).await;
    let (mut told, mut cancelled) =
        (fixture.faults.hold(After(Step::NOTIFY)), fixture.faults.hold(After(Step::CANCEL)));
    let published = fixture.begin(publish());
    told.reached().await;
    told.fail(SILENCE);
    cancelled.reached().await;

    let id = fixture.inbox("bob")[0].transfer_id.clone();
    assert_eq!(fixture.refuses(accept(&id)).await.numbers(), (4, "cancelled"));
    cancelled.open();

    assert_eq!(published.answer().await.numbers(), (3, "im_cloud_unknown"));
    assert_eq!(Overview::of(&fixture).await, before);
}

#[tokio::test]
async fn of_many_packets_at_once_only_those_are_published_that_the_balance_covers() {
    let fixture = Fixture::start().await;

    let calls: Vec<_> = (0..16).map(|_| fixture.begin(publish().with("amount", "10"))).collect();
    let mut published = 0;
    for call in calls {
        match call.answer().await.numbers() {
            (0, "") => published += 1,
            other => assert_eq!(other, (7, "balance_too_low")),
        }
    }

    assert_eq!(published, 10);
    assert_eq!(Overview::of(&fixture).await.fen_of("alice"), (0, 10_000));
}
