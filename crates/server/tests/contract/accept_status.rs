//! What `im/msg_redpack_accept` answers, status by status. Whatever is not 0 has moved nothing.

use std::{num::NonZeroU32, time::Duration};

use hongbao_domain::id::TransferId;
use hongbao_sandbox::{FaultRule, InjectedFault, When};
use insta::assert_json_snapshot;

use crate::{
    fixture::{Fixture, LIFE, Letter, PRIVATE_MESSAGE, impatient, settings},
    overview::Overview,
    request::{accept, publish},
};

#[tokio::test]
async fn status_0_moves_the_money_to_the_receiver_and_tells_the_sender() {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;

    let answer = fixture.send(accept(&id)).await;

    assert_json_snapshot!("0_accepted", answer);
    let world = Overview::of(&fixture).await;
    assert_eq!((world.fen_of("alice"), world.fen_of("bob")), ((9112, 0), (5888, 0)));
    assert!(!world.has_living_packets());
    let [letter] = &fixture.inbox("alice")[..] else { panic!("alice is told once") };
    let (object_name, from) = ("HB:RedPacketOpened".to_owned(), "bob".to_owned());
    let event_id = letter.event_id.clone();
    assert_eq!(*letter, Letter { object_name, from, event_id, transfer_id: id, remark: None });
}

#[tokio::test]
async fn a_receiver_without_an_account_gets_one_with_the_money() {
    let fixture = Fixture::start().await;
    let published = fixture.send(publish().with("toUserId", "carol")).await;

    let answer = fixture.send(accept(published.data("transfer_id")).by("carol")).await;

    assert_eq!(answer.numbers(), (0, ""));
    assert_eq!(Overview::of(&fixture).await.fen_of("carol"), (888, 0));
}

#[tokio::test]
async fn status_1_the_transfer_id_is_empty_or_none() {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;
    assert_json_snapshot!("1_transfer_id_missing", fixture.refuses(accept("")).await);
    assert_json_snapshot!("1_transfer_id_malformed", fixture.refuses(accept("not-an-id")).await);

    let spaced = fixture.refuses(accept(&format!(" {id}"))).await;
    assert_eq!(spaced.numbers(), (1, "transfer_id_malformed"));
}

#[tokio::test]
async fn status_2_nobody_is_logged_in_and_learns_nothing_else() {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;
    let answer = fixture.refuses(accept(&id).by_nobody()).await;
    assert_json_snapshot!("2_not_logged_in", answer);

    for key in ["session-nobody", "session-dave"] {
        for id in ["", "not-an-id", &id] {
            assert_eq!(fixture.refuses(accept(id).with("session_key", key)).await, answer);
        }
    }
}

#[tokio::test]
async fn status_3_the_cloud_rejects() {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;
    fixture.outside.sandbox.arm(FaultRule::new(PRIVATE_MESSAGE, InjectedFault::Reject));
    assert_json_snapshot!("3_im_cloud_rejected", fixture.refuses(accept(&id)).await.without_words());
}

#[tokio::test]
async fn status_3_the_cloud_does_not_say_what_it_has_done() {
    let fixture = Fixture::with(impatient()).await;
    let id = fixture.published().await;
    fixture.outside.sandbox.arm(FaultRule::new(PRIVATE_MESSAGE, InjectedFault::ServerError(When::After)).times(9));
    assert_json_snapshot!("3_im_cloud_unknown", fixture.refuses(accept(&id)).await.without_words());
}

#[tokio::test]
async fn status_3_the_quota_of_the_cloud_has_no_turn_in_time() {
    let mut settings = settings();
    settings.cloud.private_messages_per_minute = NonZeroU32::new(1);
    settings.timing.pacing = Duration::from_millis(10);
    let fixture = Fixture::with(settings).await;
    let id = fixture.published().await;
    assert_json_snapshot!("3_im_cloud_busy", fixture.refuses(accept(&id)).await);
}

#[tokio::test]
async fn status_4_there_is_no_such_packet() {
    let fixture = Fixture::start().await;
    let unknown = TransferId::from_u128(7).to_string();
    assert_json_snapshot!("4_packet_not_found", fixture.refuses(accept(&unknown)).await);
}

#[tokio::test]
async fn status_4_the_packet_has_expired() {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;
    fixture.outside.clock.advance(LIFE);
    assert_json_snapshot!("4_expired", fixture.refuses(accept(&id)).await);
}

#[tokio::test]
async fn status_4_the_packet_was_cancelled() {
    let fixture = Fixture::start().await;
    fixture.outside.sandbox.arm(FaultRule::new(PRIVATE_MESSAGE, InjectedFault::Reject));
    fixture.refuses(publish()).await;
    let id = fixture.outside.ids.transfers().next().expect("a packet was named").to_string();
    assert_json_snapshot!("4_cancelled", fixture.refuses(accept(&id)).await);
}

#[tokio::test]
async fn status_4_the_receiver_has_it_already_and_sees_the_same_receipt() {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;
    let first = fixture.accepted(&id).await;
    fixture.outside.clock.advance(2 * LIFE);

    let second = fixture.refuses(accept(&id)).await;

    assert_json_snapshot!("4_claimed_by_you", second);
    assert_eq!(second.receipt(), first.receipt());
}

#[tokio::test]
async fn status_5_the_packet_is_for_somebody_else_than_the_caller() {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;
    let answer = fixture.refuses(accept(&id).by("carol")).await;
    assert_json_snapshot!("5_not_yours", answer);

    assert_eq!(fixture.refuses(accept(&id).by("alice")).await, answer, "the sender is not the receiver, either");
    fixture.accepted(&id).await;
    assert_eq!(fixture.refuses(accept(&id).by("carol")).await, answer, "a stranger learns nothing of its end");
}

#[tokio::test]
async fn a_refusal_is_told_in_chinese_to_whoever_reads_chinese() {
    let fixture = Fixture::start().await;
    let id = fixture.published().await;
    assert_json_snapshot!("5_in_chinese", fixture.refuses(accept(&id).by("carol").in_chinese()).await);
}

#[tokio::test]
async fn the_checks_run_in_the_order_of_the_contract() {
    let fixture = Fixture::start().await;
    let claimed = fixture.published().await;
    fixture.accepted(&claimed).await;
    fixture.outside.sandbox.arm(FaultRule::new(PRIVATE_MESSAGE, InjectedFault::Reject));
    fixture.refuses(publish()).await;
    let cancelled = fixture.outside.ids.transfers().last().expect("a packet was named").to_string();
    let open = fixture.published().await;
    fixture.outside.clock.advance(LIFE);

    let code = async |id: &str| fixture.refuses(accept(id)).await.data("code").to_owned();
    assert_eq!(code(&claimed).await, "claimed_by_you");
    assert_eq!(code(&cancelled).await, "cancelled");
    assert_eq!(code(&open).await, "expired");
    for id in [claimed, cancelled, open] {
        assert_eq!(fixture.refuses(accept(&id).by("carol")).await.numbers(), (5, "not_yours"));
    }
}
