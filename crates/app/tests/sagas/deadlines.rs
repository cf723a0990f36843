//! Each use case answers by the deadline of its request, whatever hangs, and says whether anything was begun.
//!
//! Creating and joining groups is tested the same way beside its own store.

use std::{future::Future, sync::Arc, time::Duration};

use hongbao_app::{Caller, Deadline, Friends, ImUsers, Messages, RedPackets, Sagas, Timing, TokenWish};
use hongbao_domain::{
    message::{Message, ReservedNames},
    profile::ProfileChange,
};
use hongbao_ports::{
    Failure, Fault,
    FaultKind::{self, Unavailable, Unresolved},
    MockCloudMessages,
};
use tokio::time::{Instant, sleep};

use crate::{
    alice, asking, bob,
    flaky::Step,
    granting,
    hanging::{Hanging, HangingNotice},
    publish, saying,
    scene::{LEASE, Scene},
};

/// What the steps before the use case have used up.
const USED: Duration = Duration::from_secs(4);

/// A request of alice's whose body took its time.
async fn late() -> Caller {
    let caller = asking(alice());
    sleep(USED).await;
    caller
}

/// Runs a use case that hangs, and gives the fault with which it is answered at the deadline, not later.
async fn at_the_deadline<T, R>(deadline: Deadline, use_case: impl Future<Output = Result<T, Failure<R>>>) -> Fault {
    let Err(Failure::Fault(fault)) = use_case.await else { panic!("it cannot have succeeded") };
    let over = Instant::now().duration_since(deadline.at());
    assert!(deadline.left().is_zero() && over < Duration::from_millis(10), "{fault}: {over:?} late");
    fault
}

async fn kind<T, R>(deadline: Deadline, use_case: impl Future<Output = Result<T, Failure<R>>>) -> FaultKind {
    at_the_deadline(deadline, use_case).await.kind()
}

fn read<T>(outcome: Result<T, Fault>) -> Result<T, Failure<()>> {
    outcome.map_err(Failure::Fault)
}

#[tokio::test(start_paused = true)]
async fn a_publish_whose_receiver_cannot_be_looked_up_has_begun_nothing_and_never_will() {
    let scene = Scene::new(granting()).await;
    let packets = RedPackets::new(hongbao_app::RedPacketDeps { users: Arc::new(Hanging), ..scene.world.clone() });
    let caller = late().await;

    let fault = at_the_deadline(caller.deadline, packets.publish(&caller, publish("5"))).await;

    assert_eq!((fault.kind(), fault.packet()), (Unavailable, None));
    assert!(scene.sagas.drain(LEASE).await && scene.no_packet().await);
}

#[tokio::test(start_paused = true)]
async fn a_publish_that_waits_for_the_ledger_or_the_cloud_names_the_packet() {
    let scene = Scene::new(granting()).await;
    scene.ledger.delay(Step::Reserve, Duration::from_mins(1));
    let hanging = Scene::new(saying(Ok(()))).await;
    let cloudless =
        RedPackets::new(hongbao_app::RedPacketDeps { im_cloud: Arc::new(HangingNotice), ..hanging.world.clone() });
    for packets in [&scene.packets, &cloudless] {
        let caller = late().await;
        let fault = at_the_deadline(caller.deadline, packets.publish(&caller, publish("5"))).await;
        assert_eq!((fault.kind(), fault.packet().is_some()), (Unresolved, true));
    }
}

#[tokio::test(start_paused = true)]
async fn an_accept_that_waits_for_a_turn_has_begun_nothing_and_one_at_the_ledger_may_have() {
    let scene = Scene::new(saying(Ok(()))).await;
    let id = scene.packets.publish(&asking(alice()), publish("5")).await.unwrap().packet.id;
    let turnless = RedPackets::new(hongbao_app::RedPacketDeps { im_cloud: Arc::new(Hanging), ..scene.world.clone() });
    let caller = late().await;
    assert_eq!(kind(caller.deadline, turnless.accept(&caller, id)).await, Unavailable);

    scene.ledger.delay(Step::BeginClaim, Duration::from_mins(1));
    let caller = late().await;
    assert_eq!(kind(caller.deadline, scene.packets.accept(&caller, id)).await, Unresolved);
}

#[tokio::test(start_paused = true)]
async fn a_read_that_hangs_is_given_up() {
    let scene = Scene::new(granting()).await;
    scene.ledger.delay(Step::View, Duration::from_mins(1));
    scene.ledger.delay(Step::Holdings, Duration::from_mins(1));
    let id = hongbao_domain::id::TransferId::from_u128(1);
    let friends = Friends::new(Arc::new(Hanging), Arc::new(Hanging), 9, Sagas::new());

    let caller = late().await;
    assert_eq!(kind(caller.deadline, scene.packets.detail(&caller, id)).await, Unavailable);
    let caller = late().await;
    assert_eq!(kind(caller.deadline, async { read(scene.packets.holdings(&caller).await) }).await, Unavailable);
    let caller = late().await;
    assert_eq!(kind(caller.deadline, async { read(friends.list(&caller).await) }).await, Unavailable);
}

#[tokio::test(start_paused = true)]
async fn adding_a_friend_is_not_dropped_halfway_and_says_that_its_outcome_is_open() {
    let sagas = Sagas::new();
    let friends = Friends::new(Arc::new(Hanging), Arc::new(Hanging), 9, sagas.clone());
    let caller = late().await;

    assert_eq!(kind(caller.deadline, friends.add(&caller, bob())).await, Unresolved);

    assert!(!sagas.drain(LEASE).await, "it goes on");
}

#[tokio::test(start_paused = true)]
async fn a_message_says_whether_it_may_have_been_sent() {
    let scene = Scene::new(granting()).await;
    let message = || Message {
        from: alice(),
        to: bob(),
        object_name: "RC:TxtMsg".parse().unwrap(),
        content: "{}".parse().unwrap(),
        push_content: None,
        include_sender: None,
    };
    let (names, sagas, timing) = (ReservedNames::default, Sagas::new(), Timing::default());
    let lost = Messages::new(Arc::new(Hanging), Arc::new(MockCloudMessages::new()), names(), sagas.clone(), timing);
    let slow = Messages::new(scene.store.queries.clone(), Arc::new(Hanging), names(), sagas, timing);

    let caller = late().await;
    assert_eq!(kind(caller.deadline, lost.send(&caller, message())).await, Unavailable);
    let caller = late().await;
    assert_eq!(kind(caller.deadline, slow.send(&caller, message())).await, Unresolved);
}

#[tokio::test(start_paused = true)]
async fn tokens_and_profiles_are_answered_by_the_deadline() {
    let users = ImUsers::new(Arc::new(Hanging), Arc::new(Hanging), Arc::new(Hanging), Sagas::new(), Timing::default());
    let change = ProfileChange { name: Some("Alice".parse().unwrap()), portrait_uri: None };

    let caller = late().await;
    assert_eq!(kind(caller.deadline, users.token(&caller, TokenWish::Any)).await, Unavailable);
    let caller = late().await;
    assert_eq!(kind(caller.deadline, users.profile(&caller)).await, Unavailable);
    let caller = late().await;
    assert_eq!(kind(caller.deadline, users.refresh(&caller, change)).await, Unavailable);
}
