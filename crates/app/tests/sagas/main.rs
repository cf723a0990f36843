//! The sagas over a real ledger in memory, with an IM cloud and faults that are told what to do.

mod deadlines;
mod fixture;
mod replicas;
mod stuck;

use std::time::Duration;

use fixture::{Fixture, LEASE, asking, publish};
use hongbao_app::Swept;
use hongbao_domain::{
    im_cloud::CloudRefusal,
    red_packet::{AcceptRefusal, Cancel, PacketRef, PacketState, PublishRefusal, SettleClaim},
    store::RequestRefusal,
};
use hongbao_ports::{Failure, Fault, FaultKind, MockImCloud, NoticeKind, Turn};
use hongbao_testkit::{
    Moment::{After, Before},
    Step, alice, assert_holds, bob,
};
use tokio::time::Instant;

const AWAY: Fault = Fault::unavailable("broken on purpose");

fn granting() -> MockImCloud {
    let mut cloud = MockImCloud::new();
    cloud.expect_turn().returning(|_, _| Ok(Turn::grant()));
    cloud
}

fn saying(answer: Result<(), CloudRefusal>) -> MockImCloud {
    let mut cloud = granting();
    cloud.expect_notify().returning(move |_, _| answer.clone());
    cloud
}

fn rejected() -> CloudRefusal {
    CloudRefusal::Rejected(None)
}

#[tokio::test(start_paused = true)]
async fn a_packet_is_published_and_accepted_and_each_side_is_told_once() {
    let mut cloud = granting();
    let told = |from, to, opened| {
        move |_: &Turn, notice: &hongbao_ports::Notice| {
            (notice.from, notice.to) == (from, to) && (notice.kind == NoticeKind::Opened) == opened
        }
    };
    cloud.expect_notify().withf(told(alice(), bob(), false)).times(1).returning(|_, _| Ok(()));
    cloud.expect_notify().withf(told(bob(), alice(), true)).times(1).returning(|_, _| Ok(()));
    let fixture = Fixture::new(cloud).await;

    let published = fixture.packets.publish(&asking(alice()), publish("8.88")).await.unwrap();
    let receipt = fixture.packets.accept(&asking(bob()), published.packet.id).await.unwrap();

    assert_eq!((published.money.to_string(), receipt.money.to_string()), ("8.88".into(), "8.88".into()));
    assert_eq!((fixture.balance(alice()).await, fixture.balance(bob()).await), (99_112, 888));
    assert_holds(&fixture.store).await;
}

#[tokio::test]
async fn nothing_begins_without_a_turn() {
    let mut cloud = MockImCloud::new();
    cloud.expect_turn().returning(|_, _| Err(CloudRefusal::Busy));
    let fixture = Fixture::new(cloud).await;

    let refused = fixture.packets.publish(&asking(alice()), publish("1")).await;

    assert!(matches!(refused, Err(Failure::Refused(PublishRefusal::ImCloud(CloudRefusal::Busy)))), "{refused:?}");
    assert!(fixture.no_packet().await);
    assert_eq!(fixture.balance(alice()).await, 100_000);
}

#[tokio::test]
async fn who_may_not_receive_is_refused_before_any_turn_is_taken() {
    let fixture = Fixture::new(MockImCloud::new()).await;
    let to =
        |receiver: &str| hongbao_domain::red_packet::Publish { receiver: receiver.parse().unwrap(), ..publish("1") };

    let oneself = fixture.packets.publish(&asking(alice()), to("alice")).await;
    let nobody = fixture.packets.publish(&asking(alice()), to("nobody")).await;
    let disabled = fixture.packets.publish(&asking(alice()), to("dora")).await;

    assert!(matches!(oneself, Err(Failure::Refused(PublishRefusal::ToOneself))));
    assert!(matches!(nobody, Err(Failure::Refused(PublishRefusal::ReceiverNotFound))));
    assert!(matches!(disabled, Err(Failure::Refused(PublishRefusal::ReceiverNotFound))));
}

#[tokio::test]
async fn a_refused_reserve_never_reaches_the_cloud() {
    let fixture = Fixture::new(granting()).await;
    let refused = fixture.packets.publish(&asking(alice()), publish("1000.01")).await;
    assert!(matches!(refused, Err(Failure::Refused(PublishRefusal::BalanceTooLow))), "{refused:?}");
}

#[tokio::test]
async fn the_money_is_back_before_anybody_hears_that_the_message_failed() {
    for why in [rejected(), CloudRefusal::Unknown(None)] {
        let fixture = Fixture::new(saying(Err(why.clone()))).await;

        let refused = fixture.packets.publish(&asking(alice()), publish("5")).await;

        assert!(matches!(refused, Err(Failure::Refused(PublishRefusal::ImCloud(told))) if told == why));
        assert_eq!(fixture.balance(alice()).await, 100_000);
        assert_eq!(fixture.only_packet().await.state, PacketState::Cancelled);
        assert_holds(&fixture.store).await;
    }
}

#[tokio::test]
async fn a_claim_proves_that_the_message_arrived_whatever_the_cloud_said() {
    let fixture = Fixture::new(saying(Err(CloudRefusal::Unknown(None)))).await;

    let claim = async |packet: PacketRef| _ = fixture.begin_only(bob(), packet.id).await;
    let published = fixture.publish_while(claim).await.unwrap();

    let packet = fixture.store.queries.packet(published.packet.id).await.unwrap().unwrap();
    assert_eq!(packet.state, PacketState::Open);
    assert_holds(&fixture.store).await;
}

#[tokio::test]
async fn a_publisher_whose_lease_was_over_finds_the_packet_cancelled_and_says_so() {
    let fixture = Fixture::new(saying(Ok(()))).await;
    let cancel = async |packet| _ = fixture.store.ledger.cancel(Cancel { packet }).await.expect("it is being sent");

    let refused = fixture.publish_while(cancel).await;

    assert!(matches!(refused, Err(Failure::Refused(PublishRefusal::ImCloud(CloudRefusal::Unknown(None))))));
    assert_eq!(fixture.balance(alice()).await, 100_000);
}

#[tokio::test]
async fn a_share_is_put_back_before_anybody_hears_that_the_notice_failed() {
    let mut cloud = granting();
    let opened = |notice: &hongbao_ports::Notice| notice.kind == NoticeKind::Opened;
    cloud.expect_notify().returning(move |_, notice| if opened(notice) { Err(rejected()) } else { Ok(()) });
    let fixture = Fixture::new(cloud).await;
    let id = fixture.packets.publish(&asking(alice()), publish("5")).await.unwrap().packet.id;

    let refused = fixture.packets.accept(&asking(bob()), id).await;

    assert!(matches!(refused, Err(Failure::Refused(AcceptRefusal::ImCloud(CloudRefusal::Rejected(None))))));
    let packet = fixture.only_packet().await;
    assert_eq!((packet.state, packet.has_claim_in_progress()), (PacketState::Open, false));
    assert_eq!(fixture.balance(bob()).await, 0);
}

#[tokio::test(start_paused = true)]
async fn the_second_step_survives_a_short_outage_of_the_store() {
    for step in [Step::CONFIRM, Step::SETTLE_CLAIM] {
        let fixture = Fixture::new(saying(Ok(()))).await;
        fixture.faults.fail_times(Before(step), 3, AWAY);

        let id = fixture.packets.publish(&asking(alice()), publish("5")).await.unwrap().packet.id;
        fixture.packets.accept(&asking(bob()), id).await.unwrap();

        assert_eq!(fixture.balance(bob()).await, 500);
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_stays_away_after_the_reserve_is_unresolved_and_names_the_packet() {
    let fixture = Fixture::new(saying(Ok(()))).await;
    fixture.faults.always_fail(Before(Step::CONFIRM), AWAY);

    let broken = fixture.packets.publish(&asking(alice()), publish("5")).await;

    let Err(Failure::Fault(fault)) = broken else { panic!("{broken:?}") };
    assert_eq!((fault.kind(), fault.packet()), (FaultKind::Unresolved, Some(fixture.only_packet().await.id)));
}

#[tokio::test]
async fn a_store_that_is_away_before_the_reserve_has_begun_nothing() {
    let fixture = Fixture::new(granting()).await;
    fixture.faults.always_fail(Before(Step::RESERVE), AWAY);

    let broken = fixture.packets.publish(&asking(alice()), publish("5")).await;

    let Err(Failure::Fault(fault)) = broken else { panic!("{broken:?}") };
    assert_eq!((fault.kind(), fault.packet()), (FaultKind::Unavailable, None));
}

#[tokio::test(start_paused = true)]
async fn no_call_begins_that_the_lease_might_not_outlive() {
    let fixture = Fixture::new(granting()).await;
    fixture.faults.delay(After(Step::RESERVE), Duration::from_secs(14));

    // The caller is told at the deadline that the outcome is unknown; the saga itself gives the money back.
    let broken = fixture.packets.publish(&asking(alice()), publish("5")).await;
    assert!(matches!(broken, Err(Failure::Fault(_))), "{broken:?}");
    assert!(fixture.sagas.drain(LEASE).await);

    assert_eq!(fixture.only_packet().await.state, PacketState::Cancelled);
    assert_eq!(fixture.balance(alice()).await, 100_000);
}

#[tokio::test(start_paused = true)]
async fn a_second_accept_tells_what_became_of_the_first_even_when_it_is_too_late_to_begin() {
    let fixture = Fixture::new(saying(Ok(()))).await;
    let packet = fixture.packets.publish(&asking(alice()), publish("5")).await.unwrap().packet;
    let fence = fixture.begin_only(bob(), packet.id).await;
    // Too late for another claim (10 s - 5 s for the cloud - 1 s), but before the deadline.
    let first_ends = Instant::now() + Duration::from_secs(7);

    let caller = asking(bob());
    let (second, _) = tokio::join!(fixture.packets.accept(&caller, packet.id), async {
        tokio::time::sleep_until(first_ends).await;
        fixture.store.ledger.settle_claim(SettleClaim { packet, taker: bob(), fence }).await
    });

    assert!(matches!(second, Err(Failure::Refused(AcceptRefusal::ClaimedByYou(_)))), "{second:?}");
}

#[tokio::test(start_paused = true)]
async fn a_second_accept_that_waited_in_vain_has_begun_nothing() {
    let fixture = Fixture::new(saying(Ok(()))).await;
    let packet = fixture.packets.publish(&asking(alice()), publish("5")).await.unwrap().packet;
    fixture.begin_only(bob(), packet.id).await;

    let second = fixture.packets.accept(&asking(bob()), packet.id).await;

    let Err(Failure::Fault(fault)) = second else { panic!("{second:?}") };
    assert_eq!(fault.kind(), FaultKind::Unavailable);
}

#[tokio::test]
async fn the_clean_up_finishes_what_was_left_behind_and_only_that() {
    let fixture = Fixture::new(saying(Ok(()))).await;
    let clean_up = fixture.clean_up();
    let open = fixture.packets.publish(&asking(alice()), publish("1")).await.unwrap().packet;
    let claimed = fixture.packets.publish(&asking(alice()), publish("2")).await.unwrap().packet;
    fixture.begin_only(bob(), claimed.id).await;
    fixture.reserve_only("4").await;
    assert_eq!(clean_up.sweep().await.unwrap(), Swept::default());

    fixture.store.clock.advance(LEASE);
    let swept = clean_up.sweep().await.unwrap();
    assert_eq!(swept, Swept { cancelled: 1, released: 1, ..Swept::default() });
    assert_eq!(fixture.balance(alice()).await, 100_000 - 300);

    fixture.store.clock.advance(fixture::LIFE);
    let swept = clean_up.sweep().await.unwrap();
    assert_eq!(swept, Swept { expired: 2, ..Swept::default() });
    assert_eq!(fixture.balance(alice()).await, 100_000);
    let refused = fixture.store.ledger.cancel(Cancel { packet: open }).await;
    assert!(matches!(refused, Err(Failure::Refused(_))));
    assert_holds(&fixture.store).await;
}

#[tokio::test(start_paused = true)]
async fn a_clean_up_that_cannot_read_tries_again_and_stops_when_told() {
    let fixture = Fixture::new(granting()).await;
    fixture.reserve_only("4").await;
    fixture.store.clock.advance(LEASE);
    fixture.faults.fail_times(Before(Step::OVERDUE), 2, AWAY);
    let second = Duration::from_secs(1);

    fixture.clean_up().run(second, tokio::time::sleep(second * 5)).await;

    assert_eq!(fixture.balance(alice()).await, 100_000);
}

#[tokio::test(start_paused = true)]
async fn that_another_claim_has_the_packet_is_remembered_though_it_was_only_read() {
    let fixture = Fixture::new(saying(Ok(()))).await;
    let id = fixture.packets.publish(&asking(alice()), publish("5")).await.expect("alice has it").packet.id;
    let mut other = fixture.faults.hold(After(Step::NOTIFY));
    let asked_as = |fingerprint| {
        let (method, key) = ("im/msg_redpack_accept", "k1");
        asking(bob()).under_key(method.parse().expect("a method"), key.parse().expect("a key"), [fingerprint; 32])
    };
    let (first, second) = (asking(bob()), asked_as(1));
    let (claimed, told, ()) =
        tokio::join!(fixture.packets.accept(&first, id), fixture.packets.accept(&second, id), async {
            other.reached().await;
            // Too late for the second to begin a claim.
            tokio::time::sleep(Duration::from_secs(5)).await;
            other.open();
        });
    assert!(claimed.is_ok(), "{claimed:?}");
    assert!(matches!(told, Err(Failure::Refused(AcceptRefusal::ClaimedByYou(_)))), "{told:?}");

    let Err(Failure::Fault(fault)) = fixture.packets.accept(&asked_as(2), id).await else {
        panic!("the key is in use")
    };
    assert!(matches!(fault.request(), Some(RequestRefusal::Mismatch)), "{fault:?}");
}
