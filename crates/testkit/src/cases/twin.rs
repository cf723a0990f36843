//! Two instances on one database, which share no lock but the database's own.

use hongbao_domain::{
    friend::{AddFriend, AddFriendRefusal},
    id::SessionKey,
    red_packet::BeginClaimRefusal,
    session::RegisterRefusal,
    user::{UserChange, UserStatus},
};
use hongbao_ports::{Clock, Failure, Submit, query::Page};

use crate::{
    Ports, TestStore, assert_holds,
    case::cases,
    crowd::{at_once, both},
    scene::{LIFE, alice, bob, by_bob, done, refused, settle, user},
};

cases![
    no_session_outlives_its_user_who_is_disabled_meanwhile,
    two_changes_of_one_status_are_both_kept,
    of_two_adds_of_one_pair_one_is_done,
    of_64_claims_one_begins,
    what_one_has_written_the_other_reads,
];

/// How often each race is run.
const ROUNDS: usize = 20;

const OPEN: UserStatus = UserStatus { is_active: true, takes_friend_requests: true };

async fn no_session_outlives_its_user_who_is_disabled_meanwhile(store: &TestStore) {
    let [ours, theirs] = store.instances().await;
    let until = store.clock.now().after(LIFE);
    for round in 0..ROUNDS {
        ours.users.set_status(alice(), OPEN).await.expect("users can be written");
        let keys: Vec<SessionKey> =
            (0..8).map(|number| format!("{round}-{number}").parse().expect("the text is a session key")).collect();
        let registers = keys.iter().zip([&ours, &theirs].into_iter().cycle()).map(|(key, instance)| {
            let (sessions, key) = (instance.sessions.clone(), *key);
            async move { sessions.register(&key, alice(), until).await }
        });
        let users = if round % 2 == 0 { ours.users.clone() } else { theirs.users.clone() };
        let disable = async move {
            let disabled = UserChange { is_active: Some(false), ..UserChange::default() };
            done(users.change(alice(), disabled).await)
        };
        let (answers, _) = both(at_once(registers.collect::<Vec<_>>()), disable).await;
        for answer in answers {
            assert!(matches!(answer, Ok(()) | Err(Failure::Refused(RegisterRefusal::UserDisabled))), "{answer:?}");
        }

        for instance in [&ours, &theirs] {
            assert_eq!(instance.queries.sessions_of(alice()).await.expect("sessions can be read"), []);
        }
        ours.users.set_status(alice(), OPEN).await.expect("users can be written");
        for key in keys {
            assert_eq!(theirs.queries.user_of(&key).await.expect("sessions can be read"), None, "what ended stays so");
        }
    }
}

async fn two_changes_of_one_status_are_both_kept(store: &TestStore) {
    let [ours, theirs] = store.instances().await;
    for _ in 0..ROUNDS {
        ours.users.set_status(alice(), OPEN).await.expect("users can be written");
        let nothing = UserChange::default();
        let disabled = UserChange { is_active: Some(false), ..nothing };
        let silent = UserChange { takes_friend_requests: Some(false), ..nothing };
        let change = |instance: &Ports, change| {
            let users = instance.users.clone();
            async move { done(users.change(alice(), change).await) }
        };
        let (one, other) = both(change(&ours, disabled), change(&theirs, silent)).await;

        let changed = UserStatus { is_active: false, takes_friend_requests: false };
        assert!([one, other].contains(&changed), "the second caller gives both: {one:?}, {other:?}");
        for instance in [&ours, &theirs] {
            assert_eq!(instance.queries.status(alice()).await.expect("users can be read"), Some(changed));
        }
    }
}

async fn of_two_adds_of_one_pair_one_is_done(store: &TestStore) {
    let [ours, theirs] = store.instances().await;
    for round in 0..ROUNDS {
        let (one, other) = (user(&format!("one-{round}")), user(&format!("other-{round}")));
        for user in [one, other] {
            ours.users.set_status(user, OPEN).await.expect("users can be written");
        }
        let add = |instance: &Ports, user, other| {
            let commands = instance.commands.clone();
            async move { commands.submit(AddFriend { user, other, max: u32::MAX }).await }
        };
        let answers = if round % 2 == 0 {
            both(add(&ours, one, other), add(&theirs, other, one)).await
        } else {
            both(add(&ours, one, other), add(&theirs, one, other)).await
        };
        let refusal = match answers {
            (Ok(_), refusal) | (refusal, Ok(_)) => refused(refusal),
            (first, second) => panic!("one must be done: {first:?}, {second:?}"),
        };
        assert_eq!(refusal, AddFriendRefusal::AlreadyFriends);
        for (instance, user, friend) in [(&ours, one, other), (&theirs, other, one)] {
            let friends = instance.queries.friends(user, Page::first(u32::MAX)).await.expect("friends can be read");
            assert_eq!(friends.iter().map(|friend| friend.profile.user).collect::<Vec<_>>(), [friend]);
        }
    }
}

async fn of_64_claims_one_begins(store: &TestStore) {
    store.alice_has(700).await;
    let instances = store.instances().await;
    for round in 1..=10 {
        let packet = store.delivered(50).await;
        let claims = instances.iter().cycle().take(64).map(|instance| {
            let ledger = instance.ledger.clone();
            async move { ledger.begin_claim(by_bob(packet)).await }
        });
        let (begun, others): (Vec<_>, Vec<_>) =
            at_once(claims.collect::<Vec<_>>()).await.into_iter().partition(Result::is_ok);
        assert_eq!(begun.len(), 1, "exactly one begins: {begun:?}");
        for other in others {
            assert_eq!(refused(other), BeginClaimRefusal::InProgress);
        }

        let begun = begun.into_iter().next().map(done).expect("one began");
        done(instances[1].ledger.settle_claim(settle(&begun)).await);
        assert_eq!(store.fen_of(bob()).await, (50 * round, 0));
        assert_holds(store).await;
    }
}

async fn what_one_has_written_the_other_reads(store: &TestStore) {
    let [ours, theirs] = store.instances().await;
    ours.users.set_status(alice(), OPEN).await.expect("users can be written");
    assert_eq!(theirs.queries.status(alice()).await.expect("users can be read"), Some(OPEN));

    store.alice_has(700).await;
    let packet = store.sending(300).await;
    let seen = theirs.queries.packet(packet.id).await.expect("packets can be read");
    assert_eq!(seen, Some(store.look(packet).await));
    let group = store.active_group().await;
    assert_eq!(theirs.queries.group(group.id).await.expect("groups can be read"), Some(group));
}
