//! Each use case answers by the deadline of its request, whatever hangs, and says whether anything was begun.
//!
//! Creating and joining groups is tested the same way beside its own store.

use std::{future::Future, sync::Arc, time::Duration};

use hongbao_app::{Caller, Deadline, Friends, ImUsers, Messages, Sagas, Timing, TokenWish};
use hongbao_domain::{
    im_cloud::CloudApp,
    message::{Message, ReservedNames},
    profile::ProfileChange,
};
use hongbao_ports::{
    Failure, Fault,
    FaultKind::{self, Unavailable, Unresolved},
    MockCloudMessages, MockCloudUsers,
};
use hongbao_testkit::{
    Moment::{After, Before},
    Ports, Step, alice, bob,
};
use tokio::time::{Instant, sleep};

use crate::{
    asking,
    fixture::{Fixture, LEASE, requests},
    granting, publish, saying,
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
    let fixture = Fixture::new(granting()).await;
    fixture.faults.hang(Before(Step::STATUS));
    let caller = late().await;

    let fault = at_the_deadline(caller.deadline, fixture.packets.publish(&caller, publish("5"))).await;

    assert_eq!((fault.kind(), fault.packet()), (Unavailable, None));
    assert!(fixture.sagas.drain(LEASE).await && fixture.no_packet().await);
}

#[tokio::test(start_paused = true)]
async fn a_publish_that_waits_for_the_ledger_or_the_cloud_names_the_packet() {
    let fixture = Fixture::new(granting()).await;
    fixture.faults.delay(After(Step::RESERVE), Duration::from_mins(1));
    let cloudless = Fixture::new(saying(Ok(()))).await;
    cloudless.faults.hang(Before(Step::NOTIFY));
    for packets in [&fixture.packets, &cloudless.packets] {
        let caller = late().await;
        let fault = at_the_deadline(caller.deadline, packets.publish(&caller, publish("5"))).await;
        assert_eq!((fault.kind(), fault.packet().is_some()), (Unresolved, true));
    }
}

#[tokio::test(start_paused = true)]
async fn an_accept_that_waits_for_a_turn_has_begun_nothing_and_one_at_the_ledger_may_have() {
    let fixture = Fixture::new(saying(Ok(()))).await;
    let id = fixture.packets.publish(&asking(alice()), publish("5")).await.unwrap().packet.id;
    fixture.faults.hang(Before(Step::TURN));
    let caller = late().await;
    assert_eq!(kind(caller.deadline, fixture.packets.accept(&caller, id)).await, Unavailable);

    fixture.faults.clear();
    fixture.faults.delay(Before(Step::BEGIN_CLAIM), Duration::from_mins(1));
    let caller = late().await;
    assert_eq!(kind(caller.deadline, fixture.packets.accept(&caller, id)).await, Unresolved);
}

#[tokio::test(start_paused = true)]
async fn a_read_that_hangs_is_given_up() {
    let fixture = Fixture::new(granting()).await;
    for step in [Step::VIEW, Step::HOLDINGS, Step::FRIENDS] {
        fixture.faults.hang(Before(step));
    }
    let id = hongbao_domain::id::TransferId::from_u128(1);
    let friends = Friends::new(requests(&fixture.ports), fixture.ports.queries.clone(), 9, Sagas::new());

    let caller = late().await;
    assert_eq!(kind(caller.deadline, fixture.packets.detail(&caller, id)).await, Unavailable);
    let caller = late().await;
    assert_eq!(kind(caller.deadline, async { read(fixture.packets.holdings(&caller).await) }).await, Unavailable);
    let caller = late().await;
    assert_eq!(kind(caller.deadline, async { read(friends.list(&caller).await) }).await, Unavailable);
}

#[tokio::test(start_paused = true)]
async fn adding_a_friend_is_not_dropped_halfway_and_says_that_its_outcome_is_open() {
    let fixture = Fixture::new(granting()).await;
    fixture.faults.hang(Before(Step::ADD_FRIEND));
    let sagas = fixture.sagas.clone();
    let friends = Friends::new(requests(&fixture.ports), fixture.ports.queries.clone(), 9, sagas.clone());
    let caller = late().await;

    assert_eq!(kind(caller.deadline, friends.add(&caller, bob())).await, Unresolved);

    assert!(!sagas.drain(LEASE).await, "it goes on");
}

#[tokio::test(start_paused = true)]
async fn a_message_says_whether_it_may_have_been_sent() {
    let fixture = Fixture::new(granting()).await;
    let message = || Message {
        from: alice(),
        to: bob(),
        object_name: "RC:TxtMsg".parse().unwrap(),
        content: "{}".parse().unwrap(),
        push_content: None,
        include_sender: None,
    };
    let cloud = fixture.faults.around(Arc::new(MockCloudMessages::new()));
    let requests = requests(&fixture.ports);
    let messages = Messages::new(
        requests,
        fixture.ports.queries,
        cloud,
        ReservedNames::default(),
        fixture.sagas,
        Timing::default(),
    );

    for (step, expected) in [(Step::STATUS, Unavailable), (Step::SEND, Unresolved)] {
        fixture.faults.clear();
        fixture.faults.hang(Before(step));
        let caller = late().await;
        assert_eq!(kind(caller.deadline, messages.send(&caller, message())).await, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn tokens_and_profiles_are_answered_by_the_deadline() {
    let fixture = Fixture::new(granting()).await;
    for step in [Step::CACHED, Step::TOKEN] {
        fixture.faults.hang(Before(step));
    }
    let mut cloud = MockCloudUsers::new();
    cloud.expect_app().returning(|| CloudApp { key: "app".to_owned(), secret_fingerprint: [0; 8] });
    let requests = requests(&fixture.ports);
    let Ports { profiles, queries, .. } = fixture.ports;
    let users = ImUsers::new(requests, profiles, queries, Arc::new(cloud), fixture.sagas, Timing::default());
    let change = ProfileChange { name: Some("Alice".parse().unwrap()), portrait_uri: None };

    let caller = late().await;
    assert_eq!(kind(caller.deadline, users.token(&caller, TokenWish::Any)).await, Unavailable);
    let caller = late().await;
    assert_eq!(kind(caller.deadline, users.profile(&caller)).await, Unavailable);
    let caller = late().await;
    assert_eq!(kind(caller.deadline, users.refresh(&caller, change)).await, Unavailable);
}
