//! What the outside is told.

use std::{sync::Arc, time::Duration};

use hongbao_domain::{
    id::{EndpointId, EventId},
    outbox::{
        Audience, ClaimDelivery, Delivery, DeliveryLease, DeliveryState, DropDelivery, EndDelivery, Ended, Event,
        EventKind, NoDelivery, NotDue, RetryDelivery, Stale, Target, Tried,
    },
    time::Timestamp,
    user::UserStatus,
    webhook::{
        AddEndpoint, AddEndpointRefusal, Endpoint, NoEndpoint, RemoveEndpoint, RemoveEndpointRefusal, RotateSecret,
        SetEndpoint, WebhookSecret,
    },
};
use hongbao_ports::{
    Clock, Commands, Submit,
    query::{Backlog, Listed, WaitingPlace},
};

use crate::{
    TestStore,
    case::cases,
    scene::{LEASE, LIFE, TICK, alice, bob, done, just_before, refused},
};

cases![
    nothing_is_told_without_an_audience,
    who_is_told_is_written_with_what_is_told,
    each_kind_of_event_is_told_once_and_comes_back_as_it_was,
    a_notice_that_was_taken_is_gone,
    what_an_endpoint_took_is_kept_in_its_log,
    what_happened_at_one_moment_is_listed_whole_page_by_page,
    what_is_not_delivered_is_listed_whole_page_by_page,
    what_tells_of_a_packet_is_found_by_when_it_happened,
    what_an_endpoint_took_of_later_is_known,
    what_became_due_later_is_not_overdue,
    of_two_instances_one_takes_a_delivery,
    a_delivery_is_due_again_when_its_lease_is_over,
    what_failed_is_due_later_and_no_sooner,
    the_longest_due_come_first_and_no_more_than_the_limit,
    deliveries_to_others_are_not_among_those_that_are_due,
    what_a_clock_that_was_ahead_has_put_off_is_due,
    what_is_parked_is_counted_and_tried_again_when_asked,
    a_delivery_can_be_forgotten,
    an_endpoint_comes_back_as_it_was_added,
    an_endpoint_is_disabled_with_the_last_try_and_enabled_again,
    an_endpoint_is_removed_when_all_know_that_it_is_disabled,
    a_secret_that_was_replaced_is_kept_for_a_while,
];

const ENDPOINT: EndpointId = EndpointId::from_u128(7 << 64);

fn add(id: EndpointId) -> AddEndpoint {
    AddEndpoint {
        id,
        url: "https://app.example/hooks".parse().expect("it is an address"),
        events: EventKind::ALL.iter().copied().collect(),
        secret: secret(1),
    }
}

fn secret(byte: u8) -> WebhookSecret {
    WebhookSecret::new(vec![byte; 32]).expect("it is long enough")
}

impl TestStore {
    /// Tells an endpoint of everything, and the senders of packets of refunds.
    async fn tell_all(&self) {
        if self.queries.endpoints().await.expect("endpoints can be read").is_empty() {
            done(self.commands.submit(add(ENDPOINT)).await);
        }
        let endpoints = vec![(ENDPOINT, add(ENDPOINT).events)];
        let audience = Audience { tells_of_claims: false, tells_of_refunds: true, endpoints };
        self.audience.send_replace(Arc::new(audience));
    }

    /// Does something of which the endpoint is told, and gives the event.
    pub(super) async fn told(&self) -> EventId {
        self.tell_all().await;
        let open = UserStatus { is_active: true, takes_friend_requests: true };
        let before = self.log().await;
        for status in [open, UserStatus { is_active: false, ..open }] {
            self.users.set_status(alice(), status).await.expect("users can be written");
        }
        let after = self.log().await;
        after.into_iter().find(|id| !before.contains(id)).expect("the endpoint is told")
    }

    /// Gives the events that the endpoint is told or was told.
    pub(super) async fn log(&self) -> Vec<EventId> {
        self.deliveries(whole_log()).await.iter().map(|delivery| delivery.id).collect()
    }

    async fn deliveries(&self, listed: Listed) -> Vec<Delivery> {
        self.queries.deliveries(listed, 99).await.expect("deliveries can be read")
    }

    async fn delivery(&self, id: EventId) -> Delivery {
        let all = [whole_log(), Listed::Waiting { after: None }, Listed::Parked { after: None }];
        for listed in all {
            if let Some(found) = self.deliveries(listed).await.into_iter().find(|delivery| delivery.id == id) {
                return found;
            }
        }
        panic!("there is no {id}")
    }

    pub(super) async fn take_delivery(&self, id: EventId) -> DeliveryLease {
        done(self.commands.submit(ClaimDelivery { id, lease: LEASE }).await)
    }

    /// Has a delivery tried once, with this result.
    pub(super) async fn deliver(&self, id: EventId, tried: Tried) -> Ended {
        let lease = self.take_delivery(id).await;
        done(self.commands.submit(end(&lease, tried)).await)
    }

    /// Has a delivery fail until it is tried no more.
    pub(super) async fn park(&self, id: EventId) {
        while let Ended::Waiting { due_at } = self.deliver(id, failed()).await {
            self.clock.set(due_at);
        }
    }

    async fn due_to(&self, target: Target, limit: u32) -> Vec<EventId> {
        self.queries.due_deliveries(target, Duration::ZERO, limit).await.expect("what is due can be read")
    }

    /// Has a packet refunded, of which its sender and the endpoint are told; gives the notice.
    async fn refund(&self) -> EventId {
        self.tell_all().await;
        self.alice_has(700).await;
        self.refunded(300).await;
        let due = self.due_to(Target::Notice, 9).await;
        *due.last().expect("the sender is told")
    }
}

const fn whole_log() -> Listed {
    Listed::To { endpoint: ENDPOINT, from: Timestamp::from_micros(0), after: None }
}

fn end(lease: &DeliveryLease, tried: Tried) -> EndDelivery {
    let Delivery { id, version, .. } = lease.delivery;
    EndDelivery { id, fence: version, tried, disables: None }
}

fn failed() -> Tried {
    Tried::Failed("the endpoint answered \"502\" – 坏网关".to_owned())
}

async fn nothing_is_told_without_an_audience(store: &TestStore) {
    done(store.commands.submit(add(ENDPOINT)).await);
    store.alice_has(700).await;
    store.refunded(300).await;
    assert!(store.deliveries(Listed::Waiting { after: None }).await.is_empty());
}

async fn who_is_told_is_written_with_what_is_told(store: &TestStore) {
    let id = store.refund().await;
    let notice = store.delivery(id).await;
    let now = store.clock.now();
    assert_eq!((notice.target, notice.created_at, notice.attempts), (Target::Notice, now, 0));
    assert_eq!((notice.state, notice.error), (DeliveryState::Waiting { due_at: now }, None));
    let Event::PacketRefunded { sender, receiver, money, .. } = notice.event else { panic!("it was refunded") };
    assert_eq!((sender, receiver, money.to_string().as_str()), (alice(), bob(), "3"));
    assert_eq!(store.queries.backlog().await.map(|backlog| backlog.parked).ok(), Some(0));
}

async fn each_kind_of_event_is_told_once_and_comes_back_as_it_was(store: &TestStore) {
    store.refund().await;
    store.claimed(300).await;
    store.told().await;
    let mut kinds: Vec<_> = store.deliveries(whole_log()).await.iter().map(|told| told.event.kind()).collect();
    kinds.sort_unstable();
    let expected = [
        EventKind::PacketPublished,
        EventKind::PacketPublished,
        EventKind::PacketClaimed,
        EventKind::PacketRefunded,
        EventKind::UserDisabled,
    ];
    assert_eq!(kinds, expected);
}

async fn a_notice_that_was_taken_is_gone(store: &TestStore) {
    let id = store.refund().await;
    let lease = store.take_delivery(id).await;
    assert_eq!(store.delivery(id).await, lease.delivery);
    assert_eq!(done(store.commands.submit(end(&lease, Tried::Delivered)).await), Ended::Delivered);
    assert_eq!(refused(store.commands.submit(end(&lease, Tried::Delivered)).await), Stale);
    assert!(store.due_to(Target::Notice, 9).await.is_empty());
    assert!(
        store
            .deliveries(Listed::Waiting { after: None })
            .await
            .iter()
            .all(|delivery| delivery.target != Target::Notice)
    );
}

async fn what_an_endpoint_took_is_kept_in_its_log(store: &TestStore) {
    let first = store.told().await;
    store.clock.advance(TICK);
    let second = store.told().await;
    assert_eq!(store.deliver(first, Tried::Delivered).await, Ended::Delivered);
    let delivered = store.delivery(first).await;
    assert_eq!((delivered.state, delivered.attempts), (DeliveryState::Delivered, 1));
    assert_eq!(store.log().await, [second, first], "the newest comes first");
    let from = store.clock.now();
    let latest = Listed::To { endpoint: ENDPOINT, from, after: None };
    assert_eq!(store.deliveries(latest).await.iter().map(|told| told.id).collect::<Vec<_>>(), [second]);
    assert_eq!(store.due_to(Target::Webhook(ENDPOINT), 9).await, [second]);

    done(store.commands.submit(RetryDelivery { id: first, to: Some(ENDPOINT) }).await);
    assert_eq!(store.deliver(first, Tried::Delivered).await, Ended::Delivered, "it can be sent again");
}

async fn what_happened_at_one_moment_is_listed_whole_page_by_page(store: &TestStore) {
    store.told().await;
    store.clock.advance(TICK);
    for _ in 0..4 {
        store.told().await;
    }
    let whole = store.log().await;
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let part = Listed::To { endpoint: ENDPOINT, from: Timestamp::from_micros(0), after };
        let page = store.queries.deliveries(part, 2).await.expect("deliveries can be read");
        let Some(last) = page.last() else { break };
        after = Some((last.created_at, last.id));
        listed.extend(page.iter().map(|delivery| delivery.id));
    }
    assert_eq!((listed.len(), listed), (5, whole));
}

async fn what_is_not_delivered_is_listed_whole_page_by_page(store: &TestStore) {
    for _ in 0..3 {
        store.told().await;
    }
    store.clock.advance(TICK);
    let sent = store.told().await;
    store.take_delivery(sent).await;
    let whole = store.deliveries(Listed::Waiting { after: None }).await;
    assert_eq!((whole[0].id, whole.len()), (sent, 4), "what is being sent comes first");
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let page = store.queries.deliveries(Listed::Waiting { after }, 2).await.expect("deliveries can be read");
        let Some(last) = page.last() else { break };
        after = Some(WaitingPlace::of(last));
        listed.extend(page);
    }
    assert_eq!(listed, whole);

    for delivery in &whole[1..] {
        store.park(delivery.id).await;
    }
    let whole = store.deliveries(Listed::Parked { after: None }).await;
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let page = store.queries.deliveries(Listed::Parked { after }, 2).await.expect("deliveries can be read");
        let Some(last) = page.last() else { break };
        after = Some((last.changed_at, last.id));
        listed.extend(page);
    }
    assert_eq!((listed.len(), listed), (3, whole));
}

async fn what_tells_of_a_packet_is_found_by_when_it_happened(store: &TestStore) {
    store.refund().await;
    store.clock.advance(TICK);
    let notice = store.refund().await;
    let refunded = store.delivery(notice).await;
    let Event::PacketRefunded { packet, .. } = refunded.event else { panic!("it is refunded: {refunded:?}") };
    let at = refunded.created_at;
    let about = async |target, from, until| store.deliveries(Listed::About { target, packet, from, until }).await;
    assert_eq!(about(Target::Notice, at, at).await, [refunded]);
    let later = at.after(Duration::from_secs(1));
    assert_eq!(about(Target::Notice, later, later.after(LIFE)).await, []);
    let to_endpoint = about(Target::Webhook(ENDPOINT), at.before(LIFE * 2), later).await;
    let kinds: Vec<_> = to_endpoint.iter().map(|told| told.event.kind()).collect();
    assert_eq!(kinds, [EventKind::PacketPublished, EventKind::PacketRefunded]);
    assert!(to_endpoint.iter().all(|told| told.event.packet() == Some(packet)));
}

async fn what_an_endpoint_took_of_later_is_known(store: &TestStore) {
    let first = store.told().await;
    let since = store.delivery(first).await.created_at;
    store.clock.advance(TICK);
    let nothing_later = store.queries.has_taken(ENDPOINT, since).await;
    assert_eq!(nothing_later.ok(), Some(None));
    let second = store.told().await;
    let has_taken = async |endpoint| store.queries.has_taken(endpoint, since).await.expect("the log can be read");
    assert_eq!(store.deliver(first, Tried::Delivered).await, Ended::Delivered);
    assert_eq!(has_taken(ENDPOINT).await, Some(false), "that was not later");
    let Ended::Waiting { due_at } = store.deliver(second, failed()).await else { panic!("it is tried again") };
    assert_eq!(has_taken(ENDPOINT).await, Some(false), "that was not taken");
    store.clock.set(due_at);
    assert_eq!(store.deliver(second, Tried::Delivered).await, Ended::Delivered);
    assert_eq!(has_taken(ENDPOINT).await, Some(true));
    assert_eq!(has_taken(EndpointId::from_u128(1)).await, None, "that was another");
}

async fn what_became_due_later_is_not_overdue(store: &TestStore) {
    let id = store.told().await;
    let overdue = async || {
        let found = store.queries.due_deliveries(Target::Webhook(ENDPOINT), LEASE, 9).await;
        found.expect("what is due can be read")
    };
    let begin = store.clock.now();
    for after in [Duration::ZERO, Duration::from_secs(3), just_before(LEASE)] {
        store.clock.set(begin.after(after));
        assert!(overdue().await.is_empty(), "after {after:?}");
    }
    store.clock.advance(TICK);
    assert_eq!(overdue().await, [id]);
    let Ended::Waiting { due_at } = store.deliver(id, failed()).await else { panic!("it is tried again") };
    for now in [store.clock.now(), due_at, due_at.after(just_before(LEASE))] {
        store.clock.set(now);
        assert!(overdue().await.is_empty(), "it has just failed, and is due at {due_at:?}; now is {now:?}");
    }
    store.clock.advance(TICK);
    assert_eq!(overdue().await, [id]);
    store.take_delivery(id).await;
    assert!(overdue().await.is_empty(), "it is being sent");
}

async fn of_two_instances_one_takes_a_delivery(store: &TestStore) {
    for _ in 0..10 {
        let id = store.told().await;
        let [one, other] = store.instances().await.map(|instance| instance.commands);
        let take = async |commands: Arc<dyn Commands>| commands.submit(ClaimDelivery { id, lease: LEASE }).await;
        let (one, other) = tokio::join!(take(one), take(other));
        let (taken, second) = if one.is_ok() { (one, other) } else { (other, one) };
        assert_eq!(done(taken).delivery.id, id);
        assert_eq!(refused(second), NotDue);
    }
}

async fn a_delivery_is_due_again_when_its_lease_is_over(store: &TestStore) {
    let id = store.told().await;
    let first = store.take_delivery(id).await;
    store.clock.advance(just_before(LEASE));
    assert!(store.due_to(Target::Webhook(ENDPOINT), 9).await.is_empty());
    assert_eq!(refused(store.commands.submit(ClaimDelivery { id, lease: LEASE }).await), NotDue);
    store.clock.advance(TICK);
    assert_eq!(store.due_to(Target::Webhook(ENDPOINT), 9).await, [id]);
    let second = store.take_delivery(id).await;
    assert_eq!(refused(store.commands.submit(end(&first, Tried::Delivered)).await), Stale);
    assert_eq!(done(store.commands.submit(end(&second, Tried::Delivered)).await), Ended::Delivered);
}

async fn what_failed_is_due_later_and_no_sooner(store: &TestStore) {
    let id = store.told().await;
    let Ended::Waiting { due_at } = store.deliver(id, failed()).await else { panic!("it is tried again") };
    assert!(due_at > store.clock.now());
    let waiting = store.delivery(id).await;
    let error = waiting.error.as_deref();
    assert_eq!((waiting.attempts, error), (1, Some("the endpoint answered \"502\" – 坏网关")));
    store.clock.set(due_at);
    assert_eq!(store.due_to(Target::Webhook(ENDPOINT), 9).await, [id]);
    assert_eq!(store.deliver(id, Tried::Untried).await, Ended::Waiting { due_at });
    assert_eq!(store.delivery(id).await.attempts, 1);
}

async fn the_longest_due_come_first_and_no_more_than_the_limit(store: &TestStore) {
    let mut told = Vec::new();
    for _ in 0..4 {
        told.push(store.told().await);
        store.clock.advance(TICK);
    }
    assert_eq!(store.due_to(Target::Webhook(ENDPOINT), 9).await, told);
    assert_eq!(store.due_to(Target::Webhook(ENDPOINT), 2).await, told[..2]);
}

async fn deliveries_to_others_are_not_among_those_that_are_due(store: &TestStore) {
    let notice = store.refund().await;
    assert_eq!(store.due_to(Target::Notice, 9).await, [notice]);
    assert!(store.due_to(Target::Webhook(EndpointId::from_u128(1)), 9).await.is_empty());
    assert_eq!(store.due_to(Target::Webhook(ENDPOINT), 9).await.len(), 2, "of the publish and of the refund");
}

async fn what_a_clock_that_was_ahead_has_put_off_is_due(store: &TestStore) {
    const DAY: Duration = Duration::from_hours(24);
    let id = store.told().await;
    let now = store.clock.now();
    store.clock.set(now.after(DAY));
    store.take_delivery(id).await;
    store.clock.set(now);
    assert_eq!(store.due_to(Target::Webhook(ENDPOINT), 9).await, [id]);
    assert_eq!(store.deliver(id, Tried::Delivered).await, Ended::Delivered);
}

async fn what_is_parked_is_counted_and_tried_again_when_asked(store: &TestStore) {
    let id = store.told().await;
    let backlog = || async { store.queries.backlog().await.expect("what is not delivered can be counted") };
    assert_eq!(backlog().await, Backlog { waiting: 1, parked: 0 });
    store.park(id).await;
    assert_eq!(backlog().await, Backlog { waiting: 0, parked: 1 });
    assert_eq!(store.deliveries(Listed::Parked { after: None }).await.len(), 1);
    assert!(store.due_to(Target::Webhook(ENDPOINT), 9).await.is_empty());

    let to_another = RetryDelivery { id, to: Some(EndpointId::from_u128(1)) };
    assert_eq!(refused(store.commands.submit(to_another).await), NoDelivery);
    done(store.commands.submit(RetryDelivery { id, to: None }).await);
    assert_eq!(backlog().await, Backlog { waiting: 1, parked: 0 });
    assert_eq!(store.due_to(Target::Webhook(ENDPOINT), 9).await, [id]);
    assert_eq!(store.delivery(id).await.attempts, 0);
}

async fn a_delivery_can_be_forgotten(store: &TestStore) {
    let id = store.told().await;
    done(store.commands.submit(DropDelivery { id }).await);
    assert_eq!(refused(store.commands.submit(DropDelivery { id }).await), NoDelivery);
    assert_eq!(refused(store.commands.submit(RetryDelivery { id, to: None }).await), NoDelivery);
    assert!(store.log().await.is_empty());
}

async fn an_endpoint_comes_back_as_it_was_added(store: &TestStore) {
    let added = done(store.commands.submit(add(ENDPOINT)).await);
    let AddEndpoint { id, url, events, secret } = add(ENDPOINT);
    let (created_at, changed_at) = (store.clock.now(), store.clock.now());
    let expected =
        Endpoint { id, url, events, secret, former: None, is_enabled: true, created_at, changed_at, version: 1 };
    assert_eq!(added, expected);
    assert_eq!(store.queries.endpoints().await.ok(), Some(vec![expected]));
    assert_eq!(refused(store.commands.submit(add(ENDPOINT)).await), AddEndpointRefusal::IdTaken);
}

async fn an_endpoint_is_disabled_with_the_last_try_and_enabled_again(store: &TestStore) {
    let id = store.told().await;
    let lease = loop {
        let lease = store.take_delivery(id).await;
        if lease.delivery.is_last_try() {
            break lease;
        }
        let Ended::Waiting { due_at } = done(store.commands.submit(end(&lease, failed())).await) else {
            panic!("it is tried again")
        };
        store.clock.set(due_at);
    };
    let disables = EndDelivery { disables: Some(ENDPOINT), ..end(&lease, failed()) };
    assert_eq!(done(store.commands.submit(disables).await), Ended::Disabled);
    let enabled = || async { store.queries.endpoints().await.expect("endpoints can be read")[0].is_enabled };
    assert!(!enabled().await);
    let changed = done(store.commands.submit(SetEndpoint { id: ENDPOINT, is_enabled: true }).await);
    assert!(changed.is_enabled && enabled().await);
    let unknown = SetEndpoint { id: EndpointId::from_u128(1), is_enabled: true };
    assert_eq!(refused(store.commands.submit(unknown).await), NoEndpoint);
}

async fn an_endpoint_is_removed_when_all_know_that_it_is_disabled(store: &TestStore) {
    done(store.commands.submit(add(ENDPOINT)).await);
    let remove = async || store.commands.submit(RemoveEndpoint { id: ENDPOINT }).await;
    store.clock.advance(Endpoint::SETTLED_AFTER);
    assert_eq!(refused(remove().await), RemoveEndpointRefusal::NotSettled, "it is enabled");
    done(store.commands.submit(SetEndpoint { id: ENDPOINT, is_enabled: false }).await);
    store.clock.advance(just_before(Endpoint::SETTLED_AFTER));
    assert_eq!(refused(remove().await), RemoveEndpointRefusal::NotSettled, "another server may not know");
    store.clock.advance(TICK);
    done(remove().await);
    assert_eq!(store.queries.endpoints().await.ok(), Some(Vec::new()));
    assert_eq!(refused(remove().await), RemoveEndpointRefusal::NotFound);
}

async fn a_secret_that_was_replaced_is_kept_for_a_while(store: &TestStore) {
    done(store.commands.submit(add(ENDPOINT)).await);
    let rotate = RotateSecret { id: ENDPOINT, secret: secret(2), keep_former_for: LIFE };
    let rotated = done(store.commands.submit(rotate).await);
    assert_eq!(store.queries.endpoints().await.ok(), Some(vec![rotated.clone()]));
    let now = store.clock.now();
    assert!(rotated.secrets(now.after(just_before(LIFE))).eq([&secret(2), &secret(1)]));
    assert!(rotated.secrets(now.after(LIFE)).eq([&secret(2)]));
}
