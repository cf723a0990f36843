//! What `im/msg_redpack_publish` answers, status by status. Whatever is not 0 has moved nothing.

use std::{num::NonZeroU32, time::Duration};

use hongbao_domain::id::TransferId;
use hongbao_ports::Clock;
use hongbao_sandbox::{FaultRule, InjectedFault, When};
use insta::assert_json_snapshot;

use crate::{
    fixture::{Fixture, Letter, PRIVATE_MESSAGE, impatient, settings},
    overview::Overview,
    request::publish,
};

#[tokio::test]
async fn status_0_moves_the_money_into_the_packet_and_tells_the_receiver() {
    let fixture = Fixture::start().await;

    let answer = fixture.send(publish()).await;

    assert_json_snapshot!("0_published", answer);
    let world = Overview::of(&fixture).await;
    assert_eq!((world.fen_of("alice"), world.fen_of("bob")), ((9112, 888), (5000, 0)));
    let id = answer.data("transfer_id").to_owned();
    assert_eq!(world.open_packets(), [&*id]);
    let [letter] = &fixture.inbox("bob")[..] else { panic!("bob is told once") };
    let remark = Some("恭喜发财".to_owned());
    let event_id = letter.event_id.clone();
    let (object_name, from) = ("HB:RedPacket".to_owned(), "alice".to_owned());
    assert_eq!(*letter, Letter { object_name, from, event_id, transfer_id: id, remark });
}

#[tokio::test]
async fn an_amount_may_have_zeros_beyond_the_places_of_its_coin_and_no_remark() {
    let fixture = Fixture::start().await;

    let answer = fixture.send(publish().with("amount", "1.000").without("content")).await;

    assert_eq!((answer.numbers(), answer.data("amount")), ((0, ""), "1"));
    assert_eq!(fixture.inbox("bob")[0].remark.as_deref(), Some(""));
    assert_eq!(Overview::of(&fixture).await.fen_of("alice"), (9900, 100));
}

#[tokio::test]
async fn status_1_the_receiver_is_empty_or_no_id() {
    let fixture = Fixture::start().await;
    assert_json_snapshot!("1_receiver_missing", fixture.refuses(publish().without("toUserId")).await);
    assert_json_snapshot!("1_receiver_malformed", fixture.refuses(publish().with("toUserId", "bob.b")).await);

    let empty = fixture.refuses(publish().with("toUserId", "")).await;
    assert_eq!(empty.numbers(), (1, "receiver_missing"));
    let too_long = fixture.refuses(publish().with("toUserId", &"b".repeat(26))).await;
    assert_eq!(too_long.numbers(), (1, "receiver_malformed"));
}

#[tokio::test]
async fn status_2_nobody_is_logged_in_and_learns_nothing_else() {
    let fixture = Fixture::start().await;
    let answer = fixture.refuses(publish().by_nobody()).await;
    assert_json_snapshot!("2_not_logged_in", answer);

    let expired: &str = "session-expired";
    let key = expired.parse().expect("the text is a session key");
    let alice = "alice".parse().expect("the name is a user id");
    let now = fixture.outside.clock.now();
    fixture.process.ports.sessions.register(&key, alice, now).await.expect("a session can be registered");
    for key in ["session-nobody", "session-dave", expired, "", &"k".repeat(56)] {
        let wrong_otherwise = publish().with("session_key", key).without("toUserId").with("amount", "much");
        assert_eq!(fixture.refuses(wrong_otherwise).await, answer, "{key}");
    }
}

#[tokio::test]
async fn status_3_the_cloud_rejects() {
    let fixture = Fixture::start().await;
    fixture.outside.sandbox.arm(FaultRule::new(PRIVATE_MESSAGE, InjectedFault::Reject));
    assert_json_snapshot!("3_im_cloud_rejected", fixture.refuses(publish()).await.without_words());
}

#[tokio::test]
async fn status_3_the_cloud_does_not_say_what_it_has_done() {
    let fixture = Fixture::with(impatient()).await;
    fixture.outside.sandbox.arm(FaultRule::new(PRIVATE_MESSAGE, InjectedFault::ServerError(When::After)).times(9));
    assert_json_snapshot!("3_im_cloud_unknown", fixture.refuses(publish()).await.without_words());
}

#[tokio::test]
async fn status_3_the_quota_of_the_cloud_has_no_turn_in_time() {
    let mut settings = settings();
    settings.cloud.private_messages_per_minute = NonZeroU32::new(1);
    settings.timing.pacing = Duration::from_millis(10);
    let fixture = Fixture::with(settings).await;
    fixture.published().await;

    assert_json_snapshot!("3_im_cloud_busy", fixture.refuses(publish()).await);
    assert_eq!(fixture.inbox("bob").len(), 1);
}

#[tokio::test]
async fn status_4_the_coin_or_the_amount_is_empty_or_the_coin_no_id() {
    let fixture = Fixture::start().await;
    assert_json_snapshot!("4_coin_missing", fixture.refuses(publish().without("coin_id")).await);
    assert_json_snapshot!("4_coin_malformed", fixture.refuses(publish().with("coin_id", " CNY")).await);
    assert_json_snapshot!("4_amount_missing", fixture.refuses(publish().without("amount")).await);
}

#[tokio::test]
async fn status_5_the_sender_has_no_such_coin() {
    let fixture = Fixture::start().await;
    let answer = fixture.refuses(publish().with("coin_id", "USDT")).await;
    assert_json_snapshot!("5_coin_not_held", answer);

    assert_eq!(fixture.refuses(publish().with("coin_id", "nothing")).await, answer);
    assert_eq!(fixture.refuses(publish().by("carol")).await, answer);
}

#[tokio::test]
async fn status_6_the_amount_is_wrong() {
    let fixture = Fixture::start().await;
    let wrong = async |amount| fixture.refuses(publish().with("amount", amount)).await;
    assert_json_snapshot!("6_amount_malformed", wrong("1,000").await);
    assert_json_snapshot!("6_amount_not_positive", wrong("-0.01").await);
    assert_json_snapshot!("6_amount_too_precise", wrong("1.001").await);
    assert_json_snapshot!("6_amount_below_minimum", wrong("0.09").await);
    assert_json_snapshot!("6_amount_above_maximum", wrong("200.01").await);

    assert_eq!(wrong("0.00").await.numbers(), (6, "amount_not_positive"));
    assert_eq!(wrong("1e39").await.numbers(), (6, "amount_above_maximum"));
}

#[tokio::test]
async fn status_7_the_balance_is_too_low() {
    let fixture = Fixture::start().await;
    assert_json_snapshot!("7_balance_too_low", fixture.refuses(publish().with("amount", "100.01")).await);

    let all = fixture.send(publish().with("amount", "100")).await;
    assert_eq!(all.numbers(), (0, ""));
    assert_eq!(fixture.refuses(publish().with("amount", "0.10")).await.numbers(), (7, "balance_too_low"));
}

#[tokio::test]
async fn status_110_there_is_no_such_receiver() {
    let fixture = Fixture::start().await;
    let answer = fixture.refuses(publish().with("toUserId", "nobody")).await;
    assert_json_snapshot!("110_receiver_not_found", answer);

    let disabled = fixture.refuses(publish().with("toUserId", "dave")).await;
    assert_eq!(disabled, answer);
}

#[tokio::test]
async fn status_111_the_receiver_is_the_sender() {
    let fixture = Fixture::start().await;
    assert_json_snapshot!("111_self_not_allowed", fixture.refuses(publish().with("toUserId", "alice")).await);
}

#[tokio::test]
async fn a_refusal_is_told_in_chinese_to_whoever_reads_chinese() {
    let fixture = Fixture::start().await;
    let poor = publish().with("amount", "100.01").in_chinese();
    assert_json_snapshot!("7_in_chinese", fixture.refuses(poor).await);
}

#[tokio::test]
async fn the_checks_run_in_the_order_of_the_contract() {
    let fixture = Fixture::start().await;
    let steps = [
        ("toUserId", "alice", (1, "receiver_missing")),
        ("coin_id", "nothing", (4, "coin_missing")),
        ("amount", "-1", (4, "amount_missing")),
        ("amount", "1.001", (6, "amount_not_positive")),
        ("toUserId", "nobody", (111, "self_not_allowed")),
        ("toUserId", "bob", (110, "receiver_not_found")),
        ("coin_id", "CNY", (5, "coin_not_held")),
        ("amount", "100.01", (6, "amount_too_precise")),
        ("amount", "100.00", (7, "balance_too_low")),
    ];
    let mut request = publish().without("toUserId").without("coin_id").without("amount");
    for (name, value, expected) in steps {
        assert_eq!(fixture.refuses(request.clone()).await.numbers(), expected);
        request = request.with(name, value);
    }
    assert_eq!(fixture.send(request).await.numbers(), (0, ""));
}

#[tokio::test]
async fn every_packet_has_a_name_of_its_own_of_22_characters() {
    let fixture = Fixture::start().await;
    let names = [fixture.published().await, fixture.published().await];
    assert_ne!(names[0], names[1]);
    for name in names {
        assert_eq!(name.len(), 22);
        assert!(name.parse::<TransferId>().is_ok());
    }
}
