//! What an audit finds beside the money: each kind is planted, and named.
#![expect(clippy::unwrap_used, reason = "what cannot be planted fails the test that wants it")]

use std::{sync::Arc, time::Duration};

use hongbao_app::inspection::{DELIVERY_PATIENCE, Hanging, PATIENCE, hanging, wrong_answers};
use hongbao_domain::{
    group::{Due, PrepareGroup, PrepareJoin},
    id::{GroupId, UserId},
    outbox::{Audience, Target},
    red_packet::{
        AcceptRefusal, BeginClaim, Cancel, Confirm, Expire, PacketRef, Published, Recall, Reserve, SettleClaim,
    },
    store::{Answer, RecordAnswer, RequestName, RequestStep},
    time::Timestamp,
};
use hongbao_ports::{Clock, Ids, StepFailure, Submit, query::LedgerQueries};
use hongbao_testkit::{TestStore, alice, bob};
use tokio::time::{Instant, sleep};

const LEASE: Duration = Duration::from_secs(15);
const LIFE: Duration = Duration::from_mins(1);

/// A store in which alice has 1000 yuan.
async fn store() -> TestStore {
    let store = TestStore::in_memory();
    store.add_coin("CNY", 2, "0.01", "1000000").await;
    store.deposit("alice", "CNY", "1000").await;
    store
}

fn gift(store: &TestStore) -> Reserve {
    Reserve {
        id: store.ids.transfer(),
        sender: alice(),
        receiver: bob(),
        coin: "CNY".parse().unwrap(),
        quantity: "3".parse().unwrap(),
        remark: "".parse().unwrap(),
        lease: LEASE,
        expires_in: LIFE,
    }
}

async fn sending(store: &TestStore) -> PacketRef {
    store.ledger.reserve(gift(store)).await.unwrap().packet
}

async fn open(store: &TestStore) -> PacketRef {
    let packet = sending(store).await;
    store.ledger.confirm(Confirm { packet }).await.unwrap();
    packet
}

#[tokio::test(start_paused = true)]
async fn where_nothing_is_overdue_the_audit_waits_for_nothing() {
    let store = store().await;
    sending(&store).await;
    let begun = Instant::now();
    assert_eq!(hanging(store.queries.as_ref()).await.unwrap(), []);
    assert_eq!(begun.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn each_kind_of_what_hangs_is_named() {
    let store = store().await;
    store.audience.send_replace(Arc::new(Audience { tells_of_refunds: true, ..Audience::default() }));
    let refunded = open(&store).await;
    store.clock.advance(LIFE);
    store.ledger.expire(Expire { packet: refunded }).await.unwrap();

    let (sent, claimed, expired) = (sending(&store).await, open(&store).await, open(&store).await);
    store.ledger.begin_claim(BeginClaim { id: claimed.id, taker: bob(), lease: LEASE }).await.unwrap();
    let (group, made) = (GroupId::from_u128(1), GroupId::from_u128(2));
    for id in [group, made] {
        let (name, memo, owner) = ("好友".parse().unwrap(), "".parse().unwrap(), alice());
        store.groups.prepare_group(PrepareGroup { id, name, memo, owner, lease: LEASE }).await.unwrap();
    }
    store.groups.activate_group(made).await.unwrap();
    store.groups.prepare_join(PrepareJoin { group: made, user: bob(), lease: LEASE }).await.unwrap();
    store.clock.advance(LIFE);

    let found = hanging(store.queries.as_ref()).await.unwrap();
    let is_found = |what: &Hanging| assert!(found.contains(what), "{what:?} is not in {found:?}");
    is_found(&Hanging::Sending(sent.id));
    is_found(&Hanging::Claiming(claimed.id, bob()));
    is_found(&Hanging::Expired(expired.id));
    is_found(&Hanging::Group(Due::Group(group)));
    is_found(&Hanging::Group(Due::Membership(made, bob())));
    let delivery = found.iter().find(|what| matches!(what, Hanging::Delivery(Target::Notice, _)));
    assert!(delivery.is_some() && found.len() == 6, "{found:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_resolved_meanwhile_does_not_hang() {
    let store = store().await;
    let packet = sending(&store).await;
    store.clock.advance(LEASE);
    let clean_up = async {
        sleep(PATIENCE / 2).await;
        store.ledger.cancel(Cancel { packet }).await.unwrap();
    };
    let (found, ()) = tokio::join!(hanging(store.queries.as_ref()), clean_up);
    assert_eq!(found.unwrap(), []);
}

#[tokio::test(start_paused = true)]
async fn what_waits_behind_others_of_a_minute_does_not_hang() {
    let store = store().await;
    store.audience.send_replace(Arc::new(Audience { tells_of_refunds: true, ..Audience::default() }));
    let refunded = open(&store).await;
    store.clock.advance(LIFE);
    store.ledger.expire(Expire { packet: refunded }).await.unwrap();
    store.clock.advance(Duration::from_millis(59_999));
    assert_eq!(hanging(store.queries.as_ref()).await.unwrap(), []);
    store.clock.advance(Duration::from_millis(1));
    assert_eq!(hanging(store.queries.as_ref()).await.unwrap().len(), 1, "after {DELIVERY_PATIENCE:?}");
}

fn under(key: &str, user: UserId) -> RequestStep {
    let (method, key) = ("msg_redpack_publish".parse().unwrap(), key.parse().unwrap());
    RequestStep { name: RequestName { user, method, key }, fingerprint: [7; 32] }
}

/// Writes an answer that no use case gave.
async fn forge(store: &TestStore, key: &str, answer: Answer) -> RequestName {
    let step = under(key, alice());
    let recorded: Result<(), StepFailure<_>> =
        store.commands.submit_step(RecordAnswer { answer: Box::new(answer) }, step).await;
    assert!(recorded.is_ok(), "{recorded:?}");
    step.name
}

#[tokio::test]
async fn an_answer_that_is_not_what_became_of_its_packet_is_named() {
    let store = store().await;
    let step = under("true", alice());
    let packet = store.commands.submit_step(gift(&store), step).await.unwrap().packet;
    store.commands.submit_step(Confirm { packet }, step).await.unwrap();
    let begun = store.ledger.begin_claim(BeginClaim { id: packet.id, taker: bob(), lease: LEASE }).await.unwrap();
    let settle = SettleClaim { packet, taker: bob(), fence: begun.fence };
    let receipt = store.ledger.settle_claim(settle).await.unwrap();
    forge(&store, "also-true", Answer::Accept(Ok(receipt.clone()))).await;
    let step = under("taken-back", alice());
    let taken_back = store.commands.submit_step(gift(&store), step).await.unwrap().packet;
    store.commands.submit_step(Confirm { packet: taken_back }, step).await.unwrap();
    store.commands.submit(Recall { packet: taken_back }).await.unwrap();
    forge(&store, "of-no-packet", Answer::Accept(Err(AcceptRefusal::NotFound))).await;
    assert_eq!(wrong_answers(store.queries.as_ref()).await.unwrap(), []);

    let row = LedgerQueries::packet(store.queries.as_ref(), packet.id).await.unwrap().unwrap();
    let published = Published { packet, receiver: bob(), money: row.money(row.total), expires_at: row.expires_at };
    let cancelled = sending(&store).await;
    store.ledger.cancel(Cancel { packet: cancelled }).await.unwrap();
    let nobodys = PacketRef { id: store.ids.transfer(), ..packet };
    let late = Timestamp::from_micros(store.clock.now().to_micros() + 1);
    let lies = [
        ("another-receiver", Answer::Publish(Ok(Published { receiver: alice(), ..published }))),
        ("another-end", Answer::Publish(Ok(Published { expires_at: late, ..published }))),
        ("cancelled", Answer::Publish(Ok(Published { packet: cancelled, ..published }))),
        ("not-there", Answer::Publish(Ok(Published { packet: nobodys, ..published }))),
        (
            "another-taker",
            Answer::Accept(Ok(hongbao_domain::red_packet::Receipt { taker: alice(), ..receipt.clone() })),
        ),
    ];
    let mut planted = Vec::new();
    for (key, answer) in lies {
        planted.push(forge(&store, key, answer).await);
    }
    planted.sort();
    assert_eq!(wrong_answers(store.queries.as_ref()).await.unwrap(), planted);
}
