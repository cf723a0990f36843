//! What `im/msg_redpack_accept` answers, status by status. Whatever is not 0 has moved nothing.

use std::{num::NonZeroU32, time::Duration};

use hongbao_domain::id::TransferId;
use hongbao_sandbox::{FaultRule, InjectedFault, When};
use insta::assert_json_snapshot;

use crate::{
    request::{accept, publish},
    stack::{LIFE, Letter, PRIVATE_MESSAGE, Stack, impatient, settings},
    world::World,
};

#[tokio::test]
async fn status_0_moves_the_money_to_the_receiver_and_tells_the_sender() {
    let stack = Stack::start().await;
    let id = stack.published().await;

    let answer = stack.send(accept(&id)).await;

    assert_json_snapshot!("0_accepted", answer);
    let world = World::of(&stack).await;
    assert_eq!((world.fen_of("alice"), world.fen_of("bob")), ((9112, 0), (5888, 0)));
    assert!(!world.has_living_packets());
    let [letter] = &stack.inbox("alice")[..] else { panic!("alice is told once") };
    let (object_name, from) = ("HB:RedPacketOpened".to_owned(), "bob".to_owned());
    let event_id = letter.event_id.clone();
    assert_eq!(*letter, Letter { object_name, from, event_id, transfer_id: id, remark: None });
}

#[tokio::test]
async fn a_receiver_without_an_account_gets_one_with_the_money() {
    let stack = Stack::start().await;
    let published = stack.send(publish().with("toUserId", "carol")).await;

    let answer = stack.send(accept(published.data("transfer_id")).by("carol")).await;

    assert_eq!(answer.numbers(), (0, ""));
    assert_eq!(World::of(&stack).await.fen_of("carol"), (888, 0));
}

#[tokio::test]
async fn status_1_the_transfer_id_is_empty_or_none() {
    let stack = Stack::start().await;
    let id = stack.published().await;
    assert_json_snapshot!("1_transfer_id_missing", stack.refuses(accept("")).await);
    assert_json_snapshot!("1_transfer_id_malformed", stack.refuses(accept("not-an-id")).await);

    let spaced = stack.refuses(accept(&format!(" {id}"))).await;
    assert_eq!(spaced.numbers(), (1, "transfer_id_malformed"));
}

#[tokio::test]
async fn status_2_nobody_is_logged_in_and_learns_nothing_else() {
    let stack = Stack::start().await;
    let id = stack.published().await;
    let answer = stack.refuses(accept(&id).by_nobody()).await;
    assert_json_snapshot!("2_not_logged_in", answer);

    for key in ["session-nobody", "session-dave"] {
        for id in ["", "not-an-id", &id] {
            assert_eq!(stack.refuses(accept(id).with("session_key", key)).await, answer);
        }
    }
}

#[tokio::test]
async fn status_3_the_cloud_rejects() {
    let stack = Stack::start().await;
    let id = stack.published().await;
    stack.outside.sandbox.arm(FaultRule::new(PRIVATE_MESSAGE, InjectedFault::Reject));
    assert_json_snapshot!("3_im_cloud_rejected", stack.refuses(accept(&id)).await.without_words());
}

#[tokio::test]
async fn status_3_the_cloud_does_not_say_what_it_has_done() {
    let stack = Stack::with(impatient()).await;
    let id = stack.published().await;
    stack.outside.sandbox.arm(FaultRule::new(PRIVATE_MESSAGE, InjectedFault::ServerError(When::After)).times(9));
    assert_json_snapshot!("3_im_cloud_unknown", stack.refuses(accept(&id)).await.without_words());
}

#[tokio::test]
async fn status_3_the_quota_of_the_cloud_has_no_turn_in_time() {
    let mut settings = settings();
    settings.cloud.private_messages_per_minute = NonZeroU32::new(1);
    settings.timing.pacing = Duration::from_millis(10);
    let stack = Stack::with(settings).await;
    let id = stack.published().await;
    assert_json_snapshot!("3_im_cloud_busy", stack.refuses(accept(&id)).await);
}

#[tokio::test]
async fn status_4_there_is_no_such_packet() {
    let stack = Stack::start().await;
    let unknown = TransferId::from_u128(7).to_string();
    assert_json_snapshot!("4_packet_not_found", stack.refuses(accept(&unknown)).await);
}

#[tokio::test]
async fn status_4_the_packet_has_expired() {
    let stack = Stack::start().await;
    let id = stack.published().await;
    stack.outside.clock.advance(LIFE);
    assert_json_snapshot!("4_expired", stack.refuses(accept(&id)).await);
}

#[tokio::test]
async fn status_4_the_packet_was_cancelled() {
    let stack = Stack::start().await;
    stack.outside.sandbox.arm(FaultRule::new(PRIVATE_MESSAGE, InjectedFault::Reject));
    stack.refuses(publish()).await;
    let id = stack.outside.ids.transfers().next().expect("a packet was named").to_string();
    assert_json_snapshot!("4_cancelled", stack.refuses(accept(&id)).await);
}

#[tokio::test]
async fn status_4_the_receiver_has_it_already_and_sees_the_same_receipt() {
    let stack = Stack::start().await;
    let id = stack.published().await;
    let first = stack.accepted(&id).await;
    stack.outside.clock.advance(2 * LIFE);

    let second = stack.refuses(accept(&id)).await;

    assert_json_snapshot!("4_claimed_by_you", second);
    assert_eq!(second.receipt(), first.receipt());
}

#[tokio::test]
async fn status_5_the_packet_is_for_somebody_else_than_the_caller() {
    let stack = Stack::start().await;
    let id = stack.published().await;
    let answer = stack.refuses(accept(&id).by("carol")).await;
    assert_json_snapshot!("5_not_yours", answer);

    assert_eq!(stack.refuses(accept(&id).by("alice")).await, answer, "the sender is not the receiver, either");
    stack.accepted(&id).await;
    assert_eq!(stack.refuses(accept(&id).by("carol")).await, answer, "a stranger learns nothing of its end");
}

#[tokio::test]
async fn a_refusal_is_told_in_chinese_to_whoever_reads_chinese() {
    let stack = Stack::start().await;
    let id = stack.published().await;
    assert_json_snapshot!("5_in_chinese", stack.refuses(accept(&id).by("carol").in_chinese()).await);
}

#[tokio::test]
async fn the_checks_run_in_the_order_of_the_contract() {
    let stack = Stack::start().await;
    let claimed = stack.published().await;
    stack.accepted(&claimed).await;
    stack.outside.sandbox.arm(FaultRule::new(PRIVATE_MESSAGE, InjectedFault::Reject));
    stack.refuses(publish()).await;
    let cancelled = stack.outside.ids.transfers().last().expect("a packet was named").to_string();
    let open = stack.published().await;
    stack.outside.clock.advance(LIFE);

    let code = async |id: &str| stack.refuses(accept(id)).await.data("code").to_owned();
    assert_eq!(code(&claimed).await, "claimed_by_you");
    assert_eq!(code(&cancelled).await, "cancelled");
    assert_eq!(code(&open).await, "expired");
    for id in [claimed, cancelled, open] {
        assert_eq!(stack.refuses(accept(&id).by("carol")).await.numbers(), (5, "not_yours"));
    }
}
