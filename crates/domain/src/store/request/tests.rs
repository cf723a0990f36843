//! What becomes of a request under a key, step by step.

use std::time::Duration;

use super::*;
use crate::{
    friend::{AddFriend, DeleteFriend},
    group::{
        ActivateGroup, ActivateJoin, DiscardGroup, DiscardJoin, JoinRef, JoinRefusal, PrepareGroup, PrepareJoin,
        PrepareJoinRefusal,
    },
    red_packet::{BeginClaim, BeginClaimRefusal, Cancel, CancelRefusal, Confirm, ConfirmRefusal, ReserveRefusal},
    testing::*,
    user::{SetUser, UserStatus},
};

const SENT: [u8; 32] = [7; 32];
const OTHER: [u8; 32] = [8; 32];

fn name(method: &str) -> RequestName {
    RequestName { user: alice(), method: method.parse().unwrap(), key: "k1".parse().unwrap() }
}

fn step(method: &str) -> RequestStep {
    RequestStep { name: name(method), fingerprint: SENT }
}

const PUBLISH: &str = "im/msg_redpack_publish";
const ACCEPT: &str = "im/msg_redpack_accept";

fn answered(answer: Answer) -> RequestRefusal {
    RequestRefusal::Answered(Box::new(answer))
}

/// Reserves a packet under a key, and gives it.
fn reserve(store: &mut Store, number: u128, at: Timestamp) -> PacketRef {
    store.step(step(PUBLISH), gift(number, "3"), at).unwrap().unwrap().packet
}

fn published(store: &Store, packet: PacketRef) -> RequestRefusal {
    let row = store.packet(packet);
    let (money, expires_at) = (row.money(row.total), row.expires_at);
    answered(Answer::Publish(Ok(Published { packet, receiver: bob(), money, expires_at })))
}

fn claim(packet: PacketRef, taker: UserId) -> BeginClaim {
    BeginClaim { id: packet.id, taker, lease: LEASE }
}

#[test]
fn while_a_request_runs_its_key_is_in_use_and_after_its_lease_it_is_to_be_resolved() {
    let mut store = Store::new();
    let packet = reserve(&mut store, 7, NOON);

    let again = |store: &mut Store, at| store.step(step(PUBLISH), gift(8, "3"), at).unwrap_err();
    assert_eq!(again(&mut store, NOON), RequestRefusal::InProgress);
    assert_eq!(again(&mut store, NOON.after(LEASE).before(Duration::from_micros(1))), RequestRefusal::InProgress);
    assert_eq!(again(&mut store, NOON.after(LEASE)), RequestRefusal::Lapsed(Work::Packet(packet)));
    assert_eq!(store.rows.packets.len(), 1);
}

#[test]
fn another_request_under_the_same_key_is_told_apart_whatever_became_of_the_first() {
    let mut store = Store::new();
    let packet = reserve(&mut store, 7, NOON);
    let other = RequestStep { fingerprint: OTHER, ..step(PUBLISH) };
    for at in [NOON, NOON.after(LEASE)] {
        assert_eq!(store.step(other, gift(8, "4"), at).unwrap_err(), RequestRefusal::Mismatch);
    }
    store.step(step(PUBLISH), Confirm { packet }, NOON).unwrap().unwrap();
    assert_eq!(store.step(other, gift(8, "4"), NOON).unwrap_err(), RequestRefusal::Mismatch);
}

#[test]
fn one_key_is_another_one_for_another_user_or_method() {
    let mut store = Store::new();
    reserve(&mut store, 7, NOON);
    let of_bob = RequestStep { name: RequestName { user: bob(), ..name(PUBLISH) }, ..step(PUBLISH) };
    assert!(store.step(of_bob, gift(8, "3"), NOON).unwrap().is_ok());
    assert!(store.step(step("im/another"), gift(9, "3"), NOON).unwrap().is_ok());
}

#[test]
fn a_repeat_of_what_was_published_is_answered_the_same_for_ever() {
    let mut store = Store::new();
    let packet = reserve(&mut store, 7, NOON);
    store.step(step(PUBLISH), Confirm { packet }, NOON).unwrap().unwrap();
    let answer = published(&store, packet);

    let begun = store.begin(packet, bob(), NOON);
    store.run(settle(&begun, bob()), NOON).unwrap();

    for at in [NOON, NOON.after(LIFE * 9)] {
        assert_eq!(store.step(step(PUBLISH), gift(8, "3"), at).unwrap_err(), answer);
    }
    assert_eq!(store.rows.packets.len(), 1);
}

#[test]
fn a_refused_payment_stays_refused_after_a_top_up() {
    let mut store = Store::new();
    let dear = || gift(7, "20");
    assert_eq!(store.step(step(PUBLISH), dear(), NOON).unwrap(), Err(ReserveRefusal::BalanceTooLow));
    store.bring(alice(), 5_000);

    let refusal = answered(Answer::Publish(Err(PublishRefusal::BalanceTooLow)));
    assert_eq!(store.step(step(PUBLISH), dear(), NOON).unwrap_err(), refusal);
    assert!(store.rows.packets.is_empty());
    assert!(store.run(dear(), NOON).is_ok(), "without the key it is another request");
}

#[test]
fn what_was_cancelled_runs_again_under_its_key() {
    let mut store = Store::new();
    let packet = reserve(&mut store, 7, NOON);
    store.step(step(PUBLISH), Cancel { packet }, NOON).unwrap().unwrap();
    assert!(store.rows.requests.is_empty());
    reserve(&mut store, 8, NOON);
    assert_eq!(store.rows.requests.len(), 1);
}

#[test]
fn a_step_of_former_work_does_not_touch_what_runs_now() {
    let mut store = Store::new();
    let former = reserve(&mut store, 7, NOON);
    let resolve = |store: &mut Store, at| {
        store.step(step(PUBLISH), Cancel { packet: former }, at).unwrap().unwrap();
    };
    resolve(&mut store, NOON.after(LEASE));
    let now = reserve(&mut store, 8, NOON.after(LEASE));

    // Another server resolved the same at that moment, and the first server comes back late.
    resolve(&mut store, NOON.after(LEASE));
    let late = store.step(step(PUBLISH), Confirm { packet: former }, NOON.after(LEASE));
    assert_eq!(late.unwrap(), Err(ConfirmRefusal::Cancelled));

    let row = &store.rows.requests[&name(PUBLISH)];
    assert!(row.runs(Work::Packet(now)), "{row:?}");
}

#[test]
fn a_packet_that_a_claim_has_opened_ends_its_request_when_that_is_resolved() {
    let mut store = Store::new();
    let packet = reserve(&mut store, 7, NOON);
    store.begin(packet, bob(), NOON);

    let resolved = store.step(step(PUBLISH), Cancel { packet }, NOON.after(LEASE)).unwrap();

    assert_eq!(resolved, Err(CancelRefusal::Delivered));
    let answer = published(&store, packet);
    assert_eq!(store.step(step(PUBLISH), gift(8, "3"), NOON.after(LEASE)).unwrap_err(), answer);
}

#[test]
fn a_lease_that_a_clock_ahead_has_given_is_over_when_the_clock_is_right() {
    let mut store = Store::new();
    let packet = reserve(&mut store, 7, NOON.after(LIFE * 365));
    let refusal = store.step(step(PUBLISH), gift(8, "3"), NOON).unwrap_err();
    assert_eq!(refusal, RequestRefusal::Lapsed(Work::Packet(packet)));
}

#[test]
fn a_claim_is_remembered_when_it_is_settled_and_forgotten_when_it_is_released() {
    let mut store = Store::new();
    let packet = store.delivered();
    let of_bob = |step: RequestStep| RequestStep { name: RequestName { user: bob(), ..step.name }, ..step };
    let claim_it = |store: &mut Store| store.step(of_bob(step(ACCEPT)), claim(packet, bob()), NOON);

    let begun = claim_it(&mut store).unwrap().unwrap();
    assert_eq!(claim_it(&mut store).unwrap_err(), RequestRefusal::InProgress);
    store.step(of_bob(step(ACCEPT)), release(&begun, bob()), NOON).unwrap().unwrap();
    assert!(store.rows.requests.is_empty());

    let begun = claim_it(&mut store).unwrap().unwrap();
    let receipt = store.step(of_bob(step(ACCEPT)), settle(&begun, bob()), NOON).unwrap().unwrap();
    assert_eq!(claim_it(&mut store).unwrap_err(), answered(Answer::Accept(Ok(receipt.clone()))));

    let another = RequestName { user: bob(), key: "k2".parse().unwrap(), ..name(ACCEPT) };
    let refused = RequestStep { name: another, ..step(ACCEPT) };
    let twice = store.step(refused, claim(packet, bob()), NOON).unwrap();
    assert_eq!(twice, Err(BeginClaimRefusal::ClaimedByYou(Box::new(receipt.clone()))));
    let answer = Answer::Accept(Err(AcceptRefusal::ClaimedByYou(Box::new(receipt))));
    assert_eq!(store.step(refused, claim(packet, bob()), NOON).unwrap_err(), answered(answer));
}

#[test]
fn that_another_claim_is_in_progress_is_no_verdict() {
    let mut store = Store::new();
    let packet = store.delivered();
    store.begin(packet, bob(), NOON);
    let step = RequestStep { name: RequestName { user: bob(), ..name(ACCEPT) }, ..step(ACCEPT) };

    assert_eq!(store.step(step, claim(packet, bob()), NOON).unwrap(), Err(BeginClaimRefusal::InProgress));

    assert!(store.rows.requests.is_empty());
}

#[test]
fn groups_and_joins_are_remembered_when_they_are_there() {
    let mut store = Store::new();
    let (create, join) = ("im/group_create", "im/group_join");
    let prepare = |number| PrepareGroup {
        id: GroupId::from_u128(number),
        name: "family".parse().unwrap(),
        memo: "".parse().unwrap(),
        owner: bob(),
        lease: LEASE,
    };
    let id = store.step(step(create), prepare(1), NOON).unwrap().unwrap().id;
    assert_eq!(store.step(step(create), prepare(2), NOON).unwrap_err(), RequestRefusal::InProgress);
    store.step(step(create), DiscardGroup { id }, NOON).unwrap().unwrap();
    assert!(store.rows.requests.is_empty());

    let id = store.step(step(create), prepare(3), NOON).unwrap().unwrap().id;
    let group = store.step(step(create), ActivateGroup { id }, NOON).unwrap().unwrap();
    let known = answered(Answer::CreateGroup(Box::new(group)));
    assert_eq!(store.step(step(create), prepare(4), NOON).unwrap_err(), known);

    let ask = |group| PrepareJoin { group, user: alice(), lease: LEASE };
    let prepared = store.step(step(join), ask(id), NOON).unwrap().unwrap();
    let taken = JoinRef { group: id, user: alice(), fence: prepared.fence };
    let lapsed = store.step(step(join), ask(id), NOON.after(LEASE)).unwrap_err();
    assert_eq!(lapsed, RequestRefusal::Lapsed(Work::Join(taken)));
    let pause = Duration::from_secs(9);
    let joined = ActivateJoin { join: taken, pause };
    let joined = store.step(step(join), joined, NOON).unwrap().unwrap();
    assert_eq!(joined.member_count, 2);
    let known = answered(Answer::JoinGroup(Ok(joined)));
    assert_eq!(store.step(step(join), ask(id), NOON).unwrap_err(), known);

    let key =
        |key: &str| RequestStep { name: RequestName { key: key.parse().unwrap(), ..name(join) }, fingerprint: SENT };
    let nowhere = GroupId::from_u128(99);
    assert_eq!(store.step(key("k2"), ask(nowhere), NOON).unwrap(), Err(PrepareJoinRefusal::NotFound));
    let remembered = answered(Answer::JoinGroup(Err(JoinRefusal::NotFound)));
    assert_eq!(store.step(key("k2"), ask(nowhere), NOON).unwrap_err(), remembered);
}

#[test]
fn a_discarded_join_is_forgotten() {
    let mut store = Store::new();
    let prepare = PrepareGroup {
        id: GroupId::from_u128(1),
        name: "family".parse().unwrap(),
        memo: "".parse().unwrap(),
        owner: bob(),
        lease: LEASE,
    };
    let id = store.run(prepare, NOON).unwrap().id;
    store.run(ActivateGroup { id }, NOON).unwrap();
    let method = "im/group_join";
    let ask = PrepareJoin { group: id, user: alice(), lease: LEASE };
    let fence = store.step(step(method), ask, NOON).unwrap().unwrap().fence;
    let join = JoinRef { group: id, user: alice(), fence };
    store.step(step(method), DiscardJoin { join }, NOON).unwrap().unwrap();
    assert!(store.rows.requests.is_empty());
}

#[test]
fn what_one_step_decides_is_remembered_at_once() {
    let mut store = Store::new();
    let status = UserStatus { is_active: true, takes_friend_requests: true };
    for user in [alice(), bob()] {
        store.run(SetUser { user, status }, NOON).unwrap();
    }
    let (add, delete) = ("im/friend_add", "im/friend_delete");
    let add_bob = AddFriend { user: alice(), other: bob(), max: 9 };
    let friend = store.step(step(add), add_bob, NOON).unwrap().unwrap();
    let known = answered(Answer::AddFriend(Ok(friend.clone())));
    assert_eq!(store.step(step(add), add_bob, NOON).unwrap_err(), known);

    let delete_bob = DeleteFriend { user: alice(), other: bob() };
    let deleted = store.step(step(delete), delete_bob, NOON).unwrap().unwrap();
    assert_eq!(deleted, friend);
    let known = answered(Answer::DeleteFriend(Ok(friend)));
    assert_eq!(store.step(step(delete), delete_bob, NOON).unwrap_err(), known);
    assert!(store.rows.friendships.is_empty());
}
