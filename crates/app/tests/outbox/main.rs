//! Deliveries over a store in memory, with an IM cloud and endpoints that are told what to answer.

mod fixture;

use std::{sync::Arc, time::Duration};

use fixture::{Fixture, endpoint};
use hongbao_domain::{
    im_cloud::CloudRefusal,
    outbox::{Delivery, DeliveryState, EventKind},
    webhook::SetEndpoint,
};
use hongbao_ports::{Lane, MockImCloud, MockWebhooks, NotTaken, NoticeKind, Submit, Turn, query::Backlog};
use hongbao_testkit::{alice, bob};
use tokio::{sync::Mutex, time::sleep};

fn granting() -> MockImCloud {
    let mut cloud = MockImCloud::new();
    cloud.expect_turn().withf(|lane, _| *lane == Lane::Background).returning(|_, _| Ok(Turn::grant()));
    cloud
}

#[tokio::test(start_paused = true)]
async fn the_sender_is_told_of_a_refund_once_and_by_its_sum() {
    let mut cloud = granting();
    cloud.expect_notify().times(1).returning(|_, notice| {
        assert_eq!((notice.from, notice.to), (bob(), alice()));
        let NoticeKind::Refunded { money } = &notice.kind else { panic!("{notice:?}") };
        assert_eq!(money.to_string(), "3");
        Ok(())
    });
    let fixture = Fixture::new(cloud, MockWebhooks::new()).await;
    fixture.refund().await;
    fixture.run_for(Duration::from_secs(5)).await;
    assert!(fixture.waiting().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_notice_that_fails_is_tried_again_later_under_the_same_id() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let mut cloud = granting();
    let seen = told.clone();
    cloud.expect_notify().times(3).returning(move |_, notice| {
        let mut seen = seen.try_lock().expect("one at a time");
        seen.push(notice.event);
        if seen.len() < 3 { Err(CloudRefusal::Unknown(None)) } else { Ok(()) }
    });
    let fixture = Fixture::new(cloud, MockWebhooks::new()).await;
    fixture.refund().await;
    fixture.run_for(Duration::from_secs(2)).await;
    let [waiting]: [Delivery; 1] = fixture.waiting().await.try_into().unwrap();
    assert_eq!((waiting.attempts, waiting.error.as_deref()), (1, Some("im_cloud_unknown")));

    fixture.run_for(Duration::from_mins(2)).await;
    assert!(fixture.waiting().await.is_empty());
    let told = told.lock().await;
    assert!(told.iter().all(|event| *event == waiting.id), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn without_a_turn_nothing_is_tried_and_nothing_is_counted() {
    let mut cloud = MockImCloud::new();
    cloud.expect_turn().returning(|_, _| Err(CloudRefusal::Busy));
    let fixture = Fixture::new(cloud, MockWebhooks::new()).await;
    fixture.refund().await;
    fixture.run_for(Duration::from_secs(9)).await;
    let [waiting]: [Delivery; 1] = fixture.waiting().await.try_into().unwrap();
    assert_eq!((waiting.attempts, waiting.version), (0, 1), "it was not even taken");
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_is_told_what_it_wants_to_know() {
    let mut webhooks = MockWebhooks::new();
    webhooks.expect_post().times(1).returning(|to, delivery| {
        assert_eq!((to.id, delivery.event.kind()), (endpoint(1).id, EventKind::PacketRefunded));
        Ok(())
    });
    let mut cloud = granting();
    cloud.expect_notify().returning(|_, _| Ok(()));
    let fixture = Fixture::new(cloud, webhooks).await;
    fixture.add(endpoint(1)).await;
    fixture.refund().await;
    fixture.run_for(Duration::from_secs(9)).await;
    assert!(fixture.waiting().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_hangs_keeps_none_of_the_others_waiting() {
    let mut webhooks = MockWebhooks::new();
    webhooks.expect_post().times(1).returning(|_, _| Ok(()));
    let fixture = Fixture::new(never_mind(), webhooks).await;
    let fixture = fixture.with_one_that_is_slow(endpoint(1).id, Duration::from_hours(1));
    for number in [1, 2] {
        fixture.add(endpoint(number)).await;
    }
    fixture.refund().await;
    fixture.run_for(Duration::from_secs(9)).await;
    let [left]: [Delivery; 1] = fixture.waiting().await.try_into().unwrap();
    assert_eq!(left.target.to_string(), endpoint(1).id.to_string());
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_is_disabled_is_not_called_until_it_is_enabled() {
    let mut webhooks = MockWebhooks::new();
    webhooks.expect_post().times(1).returning(|_, _| Ok(()));
    let fixture = Fixture::new(never_mind(), webhooks).await;
    fixture.add(endpoint(1)).await;
    fixture.refund().await;
    let set = |is_enabled| fixture.store.commands.submit(SetEndpoint { id: endpoint(1).id, is_enabled });
    set(false).await.unwrap();
    fixture.run_for(Duration::from_secs(30)).await;
    assert_eq!(fixture.waiting().await.len(), 1);
    fixture.refund().await;
    assert_eq!(fixture.waiting().await.len(), 2, "only the notice was written of what happened meanwhile");

    set(true).await.unwrap();
    fixture.run_for(Duration::from_secs(30)).await;
    assert!(fixture.waiting().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_never_takes_anything_is_tried_for_three_days_and_then_disabled() {
    let mut webhooks = MockWebhooks::new();
    webhooks.expect_post().returning(|_, _| Err(NotTaken("HTTP 502".to_owned())));
    let fixture = Fixture::looking_every(Duration::from_mins(1), never_mind(), webhooks).await;
    fixture.add(endpoint(1)).await;
    fixture.refund().await;
    fixture.run_for(Duration::from_hours(2 * 24)).await;
    let [waiting]: [Delivery; 1] = fixture.waiting().await.try_into().unwrap();
    assert!(waiting.attempts > 40 && waiting.error.as_deref() == Some("HTTP 502"), "{waiting:?}");
    fixture.refund().await;

    fixture.run_for(Duration::from_hours(3 * 24)).await;
    let [parked]: [Delivery; 1] = fixture.parked().await.try_into().unwrap();
    assert_eq!((parked.id, parked.attempts), (waiting.id, Delivery::MAX_ATTEMPTS));
    assert_eq!(fixture.waiting().await.len(), 1, "what came later waits until it is enabled");
    assert!(!fixture.store.queries.endpoints().await.unwrap()[0].is_enabled);
    assert_eq!(*fixture.outbox.backlog().borrow(), Backlog { waiting: 1, parked: 1 });
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_was_told_nothing_else_is_told_on() {
    let mut webhooks = MockWebhooks::new();
    let tries = usize::try_from(Delivery::MAX_ATTEMPTS).unwrap();
    webhooks.expect_post().times(tries).returning(|_, _| Err(NotTaken("HTTP 400".to_owned())));
    let fixture = Fixture::looking_every(Duration::from_mins(1), never_mind(), webhooks).await;
    fixture.add(endpoint(1)).await;
    fixture.refund().await;
    fixture.run_for(Duration::from_hours(5 * 24)).await;
    let [parked]: [Delivery; 1] = fixture.parked().await.try_into().unwrap();
    assert_eq!(parked.state, DeliveryState::Parked);
    assert!(fixture.store.queries.endpoints().await.unwrap()[0].is_enabled);
}

#[tokio::test(start_paused = true)]
async fn of_two_servers_each_delivery_is_made_by_one() {
    let mut cloud = granting();
    cloud.expect_notify().times(20).returning(|_, _| Ok(()));
    let fixture = Fixture::new(cloud, MockWebhooks::new()).await;
    for _ in 0..20 {
        fixture.refund().await;
    }
    let (one, other) = (fixture.outbox.clone(), fixture.outbox.clone());
    let stop = || sleep(Duration::from_secs(9));
    tokio::join!(one.run(stop()), other.run(stop()));
    assert!(fixture.waiting().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_woken_is_delivered_at_once() {
    let mut cloud = granting();
    cloud.expect_notify().times(1).returning(|_, _| Ok(()));
    let fixture = Fixture::looking_every(Duration::from_mins(1), cloud, MockWebhooks::new()).await;
    let work = fixture.run_for(Duration::from_secs(2));
    let wake = async {
        sleep(Duration::from_secs(1)).await;
        fixture.refund().await;
        fixture.outbox.waker().wake();
    };
    tokio::join!(work, wake);
    assert!(fixture.waiting().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_woken_while_another_is_delivered_is_delivered_after_it() {
    let mut webhooks = MockWebhooks::new();
    webhooks.expect_post().times(2).returning(|_, _| Ok(()));
    let fixture = Fixture::looking_every(Duration::from_mins(1), never_mind(), webhooks).await;
    let fixture = fixture.with_one_that_is_slow(endpoint(1).id, Duration::from_secs(2));
    fixture.add(endpoint(1)).await;
    fixture.refund().await;
    let work = fixture.run_for(Duration::from_secs(6));
    let wake = async {
        sleep(Duration::from_secs(1)).await;
        fixture.refund().await;
        fixture.outbox.waker().wake();
    };
    tokio::join!(work, wake);
    assert!(fixture.waiting().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_being_delivered_at_a_stop_is_delivered_once() {
    let mut webhooks = MockWebhooks::new();
    webhooks.expect_post().times(1).returning(|_, _| Ok(()));
    let fixture = Fixture::new(never_mind(), webhooks).await;
    let fixture = fixture.with_one_that_is_slow(endpoint(1).id, Duration::from_secs(2));
    fixture.add(endpoint(1)).await;
    fixture.refund().await;
    fixture.run_for(Duration::from_secs(1)).await;
    assert!(fixture.waiting().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_takes_all_but_one_is_told_on() {
    let first = Arc::new(Mutex::new(None));
    let mut webhooks = MockWebhooks::new();
    webhooks.expect_post().returning(move |_, delivery| {
        let mut first = first.try_lock().expect("one at a time");
        let refused = *first.get_or_insert(delivery.id);
        if delivery.id == refused { Err(NotTaken("HTTP 400".to_owned())) } else { Ok(()) }
    });
    let fixture = Fixture::looking_every(Duration::from_mins(1), never_mind(), webhooks).await;
    fixture.add(endpoint(1)).await;
    fixture.refund().await;
    fixture.run_for(Duration::from_hours(1)).await;
    fixture.refund().await;
    fixture.run_for(Duration::from_hours(5 * 24)).await;
    assert!(fixture.waiting().await.is_empty());
    assert_eq!(fixture.parked().await.len(), 1);
    assert!(fixture.store.queries.endpoints().await.unwrap()[0].is_enabled);
}

/// A cloud that takes every notice.
fn never_mind() -> MockImCloud {
    let mut cloud = granting();
    cloud.expect_notify().returning(|_, _| Ok(()));
    cloud
}
