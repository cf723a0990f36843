use std::{collections::BTreeSet, sync::Arc, time::Duration};

use super::*;
use crate::{
    id::EndpointId,
    outbox::{Audience, DropDelivery, Event, EventKind, NoDelivery, RetryDelivery},
    red_packet::{Expire, PacketState},
    testing::{LEASE, LIFE, NOON, Store, alice, bob},
    webhook::{AddEndpoint, NoEndpoint, SetEndpoint, WebhookSecret},
};

const ENDPOINT: EndpointId = EndpointId::from_u128(9);

fn endpoint() -> AddEndpoint {
    AddEndpoint {
        id: ENDPOINT,
        url: "https://app.example/hooks".parse().unwrap(),
        events: BTreeSet::from([EventKind::PacketRefunded]),
        secret: WebhookSecret::new(vec![7; 24]).unwrap(),
    }
}

/// A store in which a packet was refunded at the end of its time, and who is told of that: alice and an endpoint.
fn refunded() -> (Store, Timestamp) {
    let mut store = Store::new();
    store.run(endpoint(), NOON).unwrap();
    store.audience = Arc::new(Audience {
        tells_of_claims: true,
        tells_of_refunds: true,
        endpoints: vec![(ENDPOINT, endpoint().events)],
    });
    let packet = store.delivered();
    let end = NOON.after(LIFE);
    store.run(Expire { packet }, end).unwrap();
    assert_eq!(store.packet(packet).state, PacketState::Refunded);
    (store, end)
}

fn one(store: &Store, target: Target) -> Delivery {
    let mut found = store.rows.outbox.values().filter(|delivery| delivery.target == target);
    let one = found.next().unwrap().clone();
    assert_eq!(found.next(), None);
    one
}

fn claim(id: EventId) -> ClaimDelivery {
    ClaimDelivery { id, lease: LEASE }
}

fn end(lease: &DeliveryLease, tried: Tried) -> EndDelivery {
    let Delivery { id, version, .. } = lease.delivery;
    EndDelivery { id, fence: version, tried, disables: None }
}

fn failed() -> Tried {
    Tried::Failed("no answer".to_owned())
}

#[test]
fn who_is_told_of_a_refund_is_written_with_it() {
    let (store, at) = refunded();
    for target in [Target::Notice, Target::Webhook(ENDPOINT)] {
        let delivery = one(&store, target);
        assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Waiting { due_at: at }, 0));
        let Event::PacketRefunded { packet, sender, receiver, money } = delivery.event else { panic!() };
        let reference = store.rows.packets[&packet].reference();
        assert_eq!((sender, receiver), (alice(), bob()));
        assert_eq!(money.amount, store.packet(reference).total);
    }
    assert_eq!(store.rows.outbox.len(), 2, "of the publish neither wants to know");
}

#[test]
fn a_notice_that_was_taken_is_gone_and_what_an_endpoint_took_is_kept() {
    let (mut store, at) = refunded();
    for target in [Target::Notice, Target::Webhook(ENDPOINT)] {
        let lease = store.run(claim(one(&store, target).id), at).unwrap();
        assert_eq!(store.run(end(&lease, Tried::Delivered), at), Ok(Ended::Delivered));
        assert_eq!(store.run(end(&lease, Tried::Delivered), at), Err(Stale));
    }
    let kept = one(&store, Target::Webhook(ENDPOINT));
    assert_eq!((kept.state, kept.attempts, store.rows.outbox.len()), (DeliveryState::Delivered, 1, 1));
    assert_eq!(store.run(claim(kept.id), at.after(LIFE)), Err(NotDue));
}

#[test]
fn one_at_a_time_tries_and_another_when_the_lease_is_over() {
    let (mut store, at) = refunded();
    let id = one(&store, Target::Notice).id;
    assert_eq!(store.run(claim(id), at.before(Duration::from_micros(1))), Err(NotDue), "its time has not come");
    let first = store.run(claim(id), at).unwrap();
    assert_eq!(store.run(claim(id), at), Err(NotDue));
    let second = store.run(claim(id), at.after(LEASE)).unwrap();
    assert_eq!(store.run(end(&first, Tried::Delivered), at.after(LEASE)), Err(Stale), "the fence is another's");
    assert_eq!(store.run(end(&second, Tried::Delivered), at.after(LEASE)), Ok(Ended::Delivered));
}

#[test]
fn what_was_not_tried_is_due_at_once_and_not_counted() {
    let (mut store, at) = refunded();
    let id = one(&store, Target::Notice).id;
    let lease = store.run(claim(id), at).unwrap();
    assert_eq!(store.run(end(&lease, Tried::Untried), at), Ok(Ended::Waiting { due_at: at }));
    assert_eq!(one(&store, Target::Notice).attempts, 0);
}

/// Fails until the last try, by which this endpoint is disabled, if any; gives what that came to, and when it was.
fn fail_to_the_end(
    store: &mut Store,
    id: EventId,
    mut at: Timestamp,
    disables: Option<EndpointId>,
) -> (Ended, Timestamp) {
    for attempts in 1..=Delivery::MAX_ATTEMPTS {
        let lease = store.run(claim(id), at).unwrap();
        let is_last = attempts == Delivery::MAX_ATTEMPTS;
        assert_eq!(lease.delivery.is_last_try(), is_last, "before {attempts}");
        match store.run(EndDelivery { disables, ..end(&lease, failed()) }, at).unwrap() {
            Ended::Waiting { due_at } => {
                assert!(!is_last && due_at > at, "after {attempts}");
                at = due_at;
            }
            ended @ (Ended::Delivered | Ended::Parked | Ended::Disabled) => return (ended, at),
        }
    }
    panic!("it was tried more often than it may be")
}

#[test]
fn what_always_fails_is_parked_with_the_reason_until_an_operator_has_it_tried_again() {
    let (mut store, at) = refunded();
    let id = one(&store, Target::Notice).id;
    let (ended, at) = fail_to_the_end(&mut store, id, at, None);
    assert_eq!(ended, Ended::Parked);
    let parked = one(&store, Target::Notice);
    assert_eq!((parked.state, parked.error.as_deref()), (DeliveryState::Parked, Some("no answer")));
    assert_eq!(store.run(claim(id), at.after(LIFE)), Err(NotDue));

    store.run(RetryDelivery { id, to: None }, at).unwrap();
    let lease = store.run(claim(id), at).unwrap();
    assert_eq!(lease.delivery.attempts, 0);
    assert!(matches!(store.run(end(&lease, failed()), at), Ok(Ended::Waiting { .. })), "it begins anew");

    store.run(DropDelivery { id }, at).unwrap();
    assert_eq!(store.run(DropDelivery { id }, at), Err(NoDelivery));
    assert_eq!(store.run(RetryDelivery { id, to: None }, at), Err(NoDelivery));
}

#[test]
fn an_endpoint_that_takes_nothing_for_three_days_is_disabled() {
    let (mut store, at) = refunded();
    let id = one(&store, Target::Webhook(ENDPOINT)).id;
    let (ended, at) = fail_to_the_end(&mut store, id, at, Some(ENDPOINT));
    assert_eq!(ended, Ended::Disabled);
    assert!(!store.rows.endpoints[&ENDPOINT].is_enabled);
    assert_eq!(one(&store, Target::Webhook(ENDPOINT)).state, DeliveryState::Parked);

    let enabled = store.run(SetEndpoint { id: ENDPOINT, is_enabled: true }, at).unwrap();
    assert!(enabled.is_enabled);
    assert_eq!(store.run(SetEndpoint { id: ENDPOINT, is_enabled: true }, at), Ok(enabled));
    let unknown = SetEndpoint { id: EndpointId::from_u128(1), is_enabled: true };
    assert_eq!(store.run(unknown, at), Err(NoEndpoint));
}

#[test]
fn an_endpoint_that_takes_others_is_told_on_although_it_never_takes_one() {
    let (mut store, at) = refunded();
    let id = one(&store, Target::Webhook(ENDPOINT)).id;
    let (ended, _) = fail_to_the_end(&mut store, id, at, None);
    assert_eq!(ended, Ended::Parked);
    assert!(store.rows.endpoints[&ENDPOINT].is_enabled);
}

#[test]
fn the_endpoint_is_locked_only_where_it_is_disabled() {
    let (mut store, at) = refunded();
    let lease = store.run(claim(one(&store, Target::Webhook(ENDPOINT)).id), at).unwrap();
    for disables in [None, Some(ENDPOINT)] {
        let mut keys = Keys::default();
        EndDelivery { disables, ..end(&lease, failed()) }.touch(&mut keys);
        assert_eq!(keys.endpoints.iter().copied().collect::<Vec<_>>(), Vec::from_iter(disables));
    }
}

#[test]
fn what_goes_to_another_endpoint_is_not_sent_again() {
    let (mut store, at) = refunded();
    for target in [Target::Notice, Target::Webhook(ENDPOINT)] {
        let retry = |to| RetryDelivery { id: one(&store, target).id, to };
        let (other, its) = (retry(Some(EndpointId::from_u128(1))), retry(Some(ENDPOINT)));
        assert_eq!(store.run(other, at), Err(NoDelivery));
        assert_eq!(store.run(its, at).is_ok(), target == Target::Webhook(ENDPOINT));
    }
}

#[test]
fn a_long_reason_is_cut() {
    let (mut store, at) = refunded();
    let lease = store.run(claim(one(&store, Target::Notice).id), at).unwrap();
    store.run(end(&lease, Tried::Failed("红".repeat(999))), at).unwrap();
    assert_eq!(one(&store, Target::Notice).error, Some("红".repeat(Delivery::MAX_ERROR)));
}
