//! Counting what has begun and not ended.

use hongbao_domain::{outbox::Tried, red_packet::Cancel};
use hongbao_ports::query::{InProgress, Leases};

use crate::{
    TestStore,
    case::cases,
    group_steps::new_group,
    scene::{LEASE, LIFE, TICK, bob, carol, done, just_before, release, settle},
};

cases![
    nothing_is_in_progress_at_first,
    packets_and_claims_count_until_they_end_and_are_overdue_with_their_leases,
    groups_and_joins_count_until_they_end_and_are_overdue_with_their_leases,
    deliveries_count_by_how_far_they_have_come,
    a_refund_is_overdue_from_the_expiry_until_it_is_made,
];

const ONE: Leases = Leases { open: 1, overdue: 0 };
const OVERDUE: Leases = Leases { open: 1, overdue: 1 };

async fn in_progress(store: &TestStore) -> InProgress {
    store.queries.in_progress().await.expect("what is in progress can be counted")
}

async fn nothing_is_in_progress_at_first(store: &TestStore) {
    assert_eq!(in_progress(store).await, InProgress::default());
    store.alice_has(700).await;
    store.claimed(100).await;
    store.cancelled(100).await;
    store.refunded(100).await;
    assert_eq!(in_progress(store).await, InProgress::default(), "what has ended is not in progress");
}

async fn packets_and_claims_count_until_they_end_and_are_overdue_with_their_leases(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.sending(300).await;
    let begun = store.claiming(200).await;
    store.clock.advance(just_before(LEASE));
    assert_eq!(in_progress(store).await, InProgress { sending: ONE, claiming: ONE, ..InProgress::default() });

    store.clock.advance(TICK);
    assert_eq!(in_progress(store).await, InProgress { sending: OVERDUE, claiming: OVERDUE, ..InProgress::default() });

    done(store.ledger.cancel(Cancel { packet }).await);
    done(store.ledger.settle_claim(settle(&begun)).await);
    assert_eq!(in_progress(store).await, InProgress::default());
}

async fn groups_and_joins_count_until_they_end_and_are_overdue_with_their_leases(store: &TestStore) {
    let group = store.active_group().await;
    let prepared = done(store.groups.prepare_group(new_group(store)).await);
    let join = store.joining(bob(), group.id).await;
    store.member(carol(), group.id).await;
    store.clock.advance(just_before(LEASE));
    assert_eq!(in_progress(store).await, InProgress { preparing: ONE, joining: ONE, ..InProgress::default() });

    store.clock.advance(TICK);
    assert_eq!(in_progress(store).await, InProgress { preparing: OVERDUE, joining: OVERDUE, ..InProgress::default() });

    done(store.groups.discard_group(prepared.id).await);
    done(store.groups.discard_join(join).await);
    assert_eq!(in_progress(store).await, InProgress::default());
}

async fn deliveries_count_by_how_far_they_have_come(store: &TestStore) {
    let id = store.told().await;
    store.clock.advance(TICK);
    let later = store.told().await;
    store.clock.advance(TICK);
    let waiting = InProgress { waiting: 2, oldest_delivery: TICK * 2, ..InProgress::default() };
    assert_eq!(in_progress(store).await, waiting);

    store.take_delivery(id).await;
    let one = InProgress { waiting: 1, delivering: ONE, ..waiting };
    assert_eq!(in_progress(store).await, one);
    store.clock.advance(LEASE);
    let oldest_delivery = TICK * 2 + LEASE;
    assert_eq!(in_progress(store).await, InProgress { delivering: OVERDUE, oldest_delivery, ..one });

    store.park(id).await;
    assert_eq!(store.deliver(later, Tried::Delivered).await, hongbao_domain::outbox::Ended::Delivered);
    assert_eq!(in_progress(store).await, InProgress { parked: 1, ..InProgress::default() });
}

async fn a_refund_is_overdue_from_the_expiry_until_it_is_made(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.delivered(300).await;
    store.clock.advance(just_before(LIFE));
    assert_eq!(in_progress(store).await, InProgress::default());
    let begun = store.begin(packet).await;
    store.clock.advance(TICK * 2);
    assert_eq!(in_progress(store).await, InProgress { claiming: ONE, ..InProgress::default() }, "it is being claimed");

    done(store.ledger.release_claim(release(&begun)).await);
    assert_eq!(in_progress(store).await, InProgress::default(), "the release has refunded it");
    store.delivered(100).await;
    store.clock.advance(LIFE);
    store.delivered(100).await;
    store.clock.advance(TICK);
    let overdue = InProgress { refunds_overdue: 1, longest_refund_overdue: TICK, ..InProgress::default() };
    assert_eq!(in_progress(store).await, overdue);
}
