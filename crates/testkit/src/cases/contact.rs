//! Friends and blocks.

use hongbao_domain::{
    friend::{AddFriend, AddFriendRefusal, BlockRefusal, DeleteFriend, DeleteFriendRefusal, Friend, SetBlock},
    id::UserId,
    user::UserStatus,
};
use hongbao_ports::{Clock, Failure, Submit, query::Page};

use crate::{
    TestStore,
    case::cases,
    crowd::{at_once, both},
    scene::{TICK, alice, bob, carol, done, refused, user},
};

cases![
    adding_is_mutual_and_says_since_when,
    nobody_adds_oneself,
    who_does_not_exist_cannot_be_added,
    friends_are_not_added_again_from_either_side,
    who_is_disabled_cannot_be_added,
    who_takes_no_friend_requests_cannot_be_added_but_may_add,
    who_has_blocked_the_caller_cannot_be_added_but_may_add,
    a_block_is_set_and_lifted_as_often_as_one_likes,
    a_block_needs_two_users,
    a_block_ends_no_friendship,
    whom_a_user_blocks_is_listed_by_id,
    a_friend_who_is_disabled_later_stays_a_friend,
    whoever_has_no_friends_has_an_empty_list,
    friends_are_listed_newest_first_and_then_by_id,
    friends_are_listed_whole_page_by_page,
    of_two_adds_of_one_pair_one_is_done,
    a_crowd_of_adds_makes_one_friend_each,
    a_full_list_takes_no_more_from_either_side,
    a_crowd_of_adds_leaves_nobody_with_too_many_friends,
    no_more_friends_are_read_than_are_asked_for,
    a_friendship_ends_for_both_from_either_side,
    only_a_friend_can_be_deleted,
    a_friend_who_is_disabled_can_be_deleted,
    of_two_deletes_of_one_pair_one_is_done,
    who_was_deleted_leaves_room_and_can_be_added_again,
    adds_and_deletes_at_once_leave_both_sides_the_same,
];

const OPEN: UserStatus = UserStatus { is_active: true, takes_friend_requests: true };

async fn set(store: &TestStore, user: UserId, status: UserStatus) {
    store.users.set_status(user, status).await.expect("users can be written");
}

/// Lets alice, bob and carol exist.
async fn three(store: &TestStore) {
    for user in [alice(), bob(), carol()] {
        set(store, user, OPEN).await;
    }
}

async fn add(store: &TestStore, user: UserId, other: UserId) -> Result<Friend, Failure<AddFriendRefusal>> {
    store.commands.submit(AddFriend { user, other, max: u32::MAX }).await
}

async fn block(store: &TestStore, user: UserId, other: UserId, blocked: bool) {
    done(store.commands.submit(SetBlock { user, other, is_blocked: blocked }).await);
}

async fn friends(store: &TestStore, user: UserId) -> Vec<UserId> {
    let friends = store.queries.friends(user, Page::first(u32::MAX)).await.expect("friends can be read");
    friends.iter().map(|friend| friend.profile.user).collect()
}

async fn adding_is_mutual_and_says_since_when(store: &TestStore) {
    three(store).await;
    let friend = done(add(store, alice(), bob()).await);
    assert_eq!((friend.profile.user, friend.since), (bob(), store.clock.now()));

    store.clock.advance(TICK);
    assert_eq!(
        store.queries.friends(alice(), Page::first(u32::MAX)).await.expect("friends can be read"),
        std::slice::from_ref(&friend)
    );
    let other_side = store.queries.friends(bob(), Page::first(u32::MAX)).await.expect("friends can be read");
    assert_eq!((other_side[0].profile.user, other_side[0].since), (alice(), friend.since));
    assert_eq!(other_side.len(), 1);
}

async fn nobody_adds_oneself(store: &TestStore) {
    three(store).await;
    assert_eq!(refused(add(store, alice(), alice()).await), AddFriendRefusal::Oneself);
    assert_eq!(friends(store, alice()).await, []);
}

async fn who_does_not_exist_cannot_be_added(store: &TestStore) {
    three(store).await;
    assert_eq!(refused(add(store, alice(), user("Bob")).await), AddFriendRefusal::UserNotFound);
    assert_eq!(friends(store, alice()).await, []);
}

async fn friends_are_not_added_again_from_either_side(store: &TestStore) {
    three(store).await;
    let first = done(add(store, alice(), bob()).await);
    set(store, bob(), UserStatus { is_active: false, ..OPEN }).await;
    store.clock.advance(TICK);

    assert_eq!(refused(add(store, alice(), bob()).await), AddFriendRefusal::AlreadyFriends);
    assert_eq!(refused(add(store, bob(), alice()).await), AddFriendRefusal::AlreadyFriends);
    assert_eq!(store.queries.friends(alice(), Page::first(u32::MAX)).await.expect("friends can be read"), [first]);
}

async fn who_is_disabled_cannot_be_added(store: &TestStore) {
    three(store).await;
    set(store, bob(), UserStatus { is_active: false, ..OPEN }).await;
    assert_eq!(refused(add(store, alice(), bob()).await), AddFriendRefusal::CannotBeAdded);
    assert_eq!((friends(store, alice()).await, friends(store, bob()).await), (vec![], vec![]));

    set(store, bob(), OPEN).await;
    done(add(store, alice(), bob()).await);
}

async fn who_takes_no_friend_requests_cannot_be_added_but_may_add(store: &TestStore) {
    three(store).await;
    set(store, bob(), UserStatus { takes_friend_requests: false, ..OPEN }).await;
    assert_eq!(refused(add(store, alice(), bob()).await), AddFriendRefusal::CannotBeAdded);
    assert_eq!((friends(store, alice()).await, friends(store, bob()).await), (vec![], vec![]));

    done(add(store, bob(), alice()).await);
    assert_eq!((friends(store, alice()).await, friends(store, bob()).await), (vec![bob()], vec![alice()]));
}

async fn who_has_blocked_the_caller_cannot_be_added_but_may_add(store: &TestStore) {
    three(store).await;
    block(store, bob(), alice(), true).await;
    assert_eq!(refused(add(store, alice(), bob()).await), AddFriendRefusal::CannotBeAdded);
    assert_eq!((friends(store, alice()).await, friends(store, bob()).await), (vec![], vec![]));

    done(add(store, carol(), bob()).await);
    done(add(store, bob(), alice()).await);
    assert_eq!(friends(store, alice()).await, [bob()]);
}

async fn a_block_is_set_and_lifted_as_often_as_one_likes(store: &TestStore) {
    three(store).await;
    block(store, bob(), alice(), false).await;
    block(store, bob(), alice(), true).await;
    block(store, bob(), alice(), true).await;
    assert_eq!(refused(add(store, alice(), bob()).await), AddFriendRefusal::CannotBeAdded);

    block(store, bob(), alice(), false).await;
    block(store, bob(), alice(), false).await;
    done(add(store, alice(), bob()).await);
}

async fn a_block_needs_two_users(store: &TestStore) {
    set(store, alice(), OPEN).await;
    for blocked in [true, false] {
        let (unknown, by_unknown) = (
            store.commands.submit(SetBlock { user: alice(), other: bob(), is_blocked: blocked }),
            store.commands.submit(SetBlock { user: bob(), other: alice(), is_blocked: blocked }),
        );
        assert_eq!(refused(unknown.await), BlockRefusal::UserNotFound);
        assert_eq!(refused(by_unknown.await), BlockRefusal::UserNotFound);
    }
}

async fn a_block_ends_no_friendship(store: &TestStore) {
    three(store).await;
    done(add(store, alice(), bob()).await);
    block(store, bob(), alice(), true).await;
    assert_eq!((friends(store, alice()).await, friends(store, bob()).await), (vec![bob()], vec![alice()]));
}

async fn whom_a_user_blocks_is_listed_by_id(store: &TestStore) {
    three(store).await;
    for name in ["Bob", "_a-user-id-of-25-letters-"] {
        set(store, user(name), OPEN).await;
    }
    let blocked_by = async |user| store.queries.blocked_by(user).await.expect("blocks can be read");
    for other in [carol(), user("_a-user-id-of-25-letters-"), bob(), user("Bob")] {
        block(store, alice(), other, true).await;
    }
    block(store, bob(), alice(), true).await;
    assert_eq!(blocked_by(alice()).await, [user("Bob"), user("_a-user-id-of-25-letters-"), bob(), carol()]);
    assert_eq!((blocked_by(bob()).await, blocked_by(carol()).await), (vec![alice()], vec![]));

    block(store, alice(), bob(), false).await;
    assert_eq!(blocked_by(alice()).await, [user("Bob"), user("_a-user-id-of-25-letters-"), carol()]);
}

async fn a_friend_who_is_disabled_later_stays_a_friend(store: &TestStore) {
    three(store).await;
    done(add(store, alice(), bob()).await);
    set(store, bob(), UserStatus { is_active: false, ..OPEN }).await;
    assert_eq!(friends(store, alice()).await, [bob()]);
}

async fn whoever_has_no_friends_has_an_empty_list(store: &TestStore) {
    three(store).await;
    done(add(store, alice(), bob()).await);
    assert_eq!(friends(store, carol()).await, []);
    assert_eq!(friends(store, user("nobody")).await, []);
}

async fn friends_are_listed_newest_first_and_then_by_id(store: &TestStore) {
    three(store).await;
    for name in ["Bob", "_a-user-id-of-25-letters-"] {
        set(store, user(name), OPEN).await;
    }
    done(add(store, alice(), carol()).await);
    store.clock.advance(TICK);
    done(add(store, alice(), bob()).await);
    done(add(store, user("_a-user-id-of-25-letters-"), alice()).await);
    store.clock.advance(TICK);
    done(add(store, user("Bob"), alice()).await);

    let expected = [user("Bob"), user("_a-user-id-of-25-letters-"), bob(), carol()];
    assert_eq!(friends(store, alice()).await, expected);
}

async fn friends_are_listed_whole_page_by_page(store: &TestStore) {
    three(store).await;
    let others = [bob(), carol(), user("Bob"), user("dave"), user("_erin")];
    for other in others {
        set(store, other, OPEN).await;
    }
    done(add(store, alice(), others[0]).await);
    store.clock.advance(TICK);
    for other in &others[1..] {
        done(add(store, alice(), *other).await);
    }
    let whole = friends(store, alice()).await;
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let page = store.queries.friends(alice(), Page { after, limit: 2 }).await.expect("friends can be read");
        let Some(last) = page.last() else { break };
        after = Some((last.since, last.profile.user));
        listed.extend(page.iter().map(|friend| friend.profile.user));
    }
    assert_eq!((listed.len(), listed), (others.len(), whole));
}

async fn of_two_adds_of_one_pair_one_is_done(store: &TestStore) {
    for round in 0..10 {
        let (one, other) = (user(&format!("one-{round}")), user(&format!("other-{round}")));
        set(store, one, OPEN).await;
        set(store, other, OPEN).await;
        let call = |user, other| {
            let commands = store.commands.clone();
            async move { commands.submit(AddFriend { user, other, max: u32::MAX }).await }
        };
        let answers = if round % 2 == 0 {
            both(call(one, other), call(other, one)).await
        } else {
            both(call(one, other), call(one, other)).await
        };
        let refusal = match answers {
            (Ok(_), refusal) | (refusal, Ok(_)) => refused(refusal),
            (first, second) => panic!("one must be done: {first:?}, {second:?}"),
        };
        assert_eq!(refusal, AddFriendRefusal::AlreadyFriends);
        assert_eq!((friends(store, one).await, friends(store, other).await), (vec![other], vec![one]));
    }
}

async fn a_crowd_of_adds_makes_one_friend_each(store: &TestStore) {
    three(store).await;
    let strangers: Vec<_> = (0..32).map(|number| user(&format!("stranger-{number}"))).collect();
    for stranger in &strangers {
        set(store, *stranger, OPEN).await;
    }
    let calls = strangers.iter().map(|stranger| {
        let (commands, stranger) = (store.commands.clone(), *stranger);
        async move { commands.submit(AddFriend { user: alice(), other: stranger, max: u32::MAX }).await }
    });
    at_once(calls).await.into_iter().for_each(|answer| drop(done(answer)));
    assert_eq!(friends(store, alice()).await.len(), 32);
    for stranger in strangers {
        assert_eq!(friends(store, stranger).await, [alice()]);
    }
}

/// Lets so many strangers exist.
async fn strangers(store: &TestStore, count: u32) -> Vec<UserId> {
    let strangers: Vec<_> = (0..count).map(|number| user(&format!("stranger-{number}"))).collect();
    for stranger in &strangers {
        set(store, *stranger, OPEN).await;
    }
    strangers
}

async fn a_full_list_takes_no_more_from_either_side(store: &TestStore) {
    three(store).await;
    let strangers = strangers(store, 2).await;
    let add = async |user, other| store.commands.submit(AddFriend { user, other, max: 2 }).await;
    done(add(alice(), bob()).await);
    done(add(strangers[0], alice()).await);

    assert_eq!(refused(add(alice(), carol()).await), AddFriendRefusal::TooManyFriends);
    assert_eq!(refused(add(carol(), alice()).await), AddFriendRefusal::TooManyFriends);
    assert_eq!(friends(store, carol()).await, []);
    assert_eq!(friends(store, alice()).await.len(), 2);

    // Everything else comes before, and others have room.
    assert_eq!(refused(add(alice(), bob()).await), AddFriendRefusal::AlreadyFriends);
    assert_eq!(refused(add(alice(), alice()).await), AddFriendRefusal::Oneself);
    set(store, strangers[1], UserStatus { is_active: false, ..OPEN }).await;
    assert_eq!(refused(add(alice(), strangers[1]).await), AddFriendRefusal::CannotBeAdded);
    done(add(bob(), carol()).await);

    // The most that one may have can be set anew.
    done(store.commands.submit(AddFriend { user: alice(), other: carol(), max: 3 }).await);
}

async fn a_crowd_of_adds_leaves_nobody_with_too_many_friends(store: &TestStore) {
    three(store).await;
    let strangers = strangers(store, 12).await;
    for (round, max) in [2, 4, 6].into_iter().enumerate() {
        let instances = store.instances().await;
        let calls = strangers.iter().enumerate().map(|(number, stranger)| {
            let commands = instances[number % 2].commands.clone();
            let (user, other) = if number % 3 == 0 { (*stranger, alice()) } else { (alice(), *stranger) };
            async move { commands.submit(AddFriend { user, other, max }).await }
        });
        for answer in at_once(calls).await {
            match answer {
                Ok(_) | Err(Failure::Refused(AddFriendRefusal::TooManyFriends | AddFriendRefusal::AlreadyFriends)) => {}
                Err(failure) => panic!("round {round}: {failure:?}"),
            }
        }
        assert_eq!(u32::try_from(friends(store, alice()).await.len()), Ok(max), "round {round}");
    }
}

async fn no_more_friends_are_read_than_are_asked_for(store: &TestStore) {
    three(store).await;
    for other in [bob(), carol()] {
        done(add(store, alice(), other).await);
        store.clock.advance(TICK);
    }
    let newest = store.queries.friends(alice(), Page::first(1)).await.expect("friends can be read");
    assert_eq!(newest.iter().map(|friend| friend.profile.user).collect::<Vec<_>>(), [carol()]);
}

async fn delete(store: &TestStore, user: UserId, other: UserId) -> Result<Friend, Failure<DeleteFriendRefusal>> {
    store.commands.submit(DeleteFriend { user, other }).await
}

async fn a_friendship_ends_for_both_from_either_side(store: &TestStore) {
    three(store).await;
    let added = done(add(store, alice(), bob()).await);
    store.clock.advance(TICK);
    done(add(store, carol(), alice()).await);

    assert_eq!(done(delete(store, alice(), bob()).await), added, "it is given as it was");
    assert_eq!((friends(store, alice()).await, friends(store, bob()).await), (vec![carol()], vec![]));

    assert_eq!(done(delete(store, alice(), carol()).await).profile.user, carol());
    assert_eq!((friends(store, alice()).await, friends(store, carol()).await), (vec![], vec![]));
}

async fn only_a_friend_can_be_deleted(store: &TestStore) {
    three(store).await;
    done(add(store, alice(), bob()).await);
    for (user, other) in
        [(alice(), carol()), (alice(), alice()), (alice(), user("unknown")), (user("unknown"), alice())]
    {
        assert_eq!(refused(delete(store, user, other).await), DeleteFriendRefusal::NotAFriend, "{user} {other}");
    }
    done(delete(store, bob(), alice()).await);
    for (user, other) in [(alice(), bob()), (bob(), alice())] {
        assert_eq!(refused(delete(store, user, other).await), DeleteFriendRefusal::NotAFriend, "a repeat by {user}");
    }
}

async fn a_friend_who_is_disabled_can_be_deleted(store: &TestStore) {
    three(store).await;
    done(add(store, alice(), bob()).await);
    block(store, bob(), alice(), true).await;
    set(store, bob(), UserStatus { is_active: false, ..OPEN }).await;

    done(delete(store, alice(), bob()).await);

    assert_eq!(friends(store, bob()).await, []);
    set(store, bob(), OPEN).await;
    assert_eq!(refused(add(store, alice(), bob()).await), AddFriendRefusal::CannotBeAdded, "the block stays");
}

async fn of_two_deletes_of_one_pair_one_is_done(store: &TestStore) {
    for round in 0..10 {
        let (one, other) = (user(&format!("one-{round}")), user(&format!("other-{round}")));
        set(store, one, OPEN).await;
        set(store, other, OPEN).await;
        done(add(store, one, other).await);
        let call = |user, other| {
            let commands = store.commands.clone();
            async move { commands.submit(DeleteFriend { user, other }).await }
        };
        let second = if round % 2 == 0 { call(other, one) } else { call(one, other) };
        let refusal = match both(call(one, other), second).await {
            (Ok(_), refusal) | (refusal, Ok(_)) => refused(refusal),
            (first, second) => panic!("one must be done: {first:?}, {second:?}"),
        };
        assert_eq!(refusal, DeleteFriendRefusal::NotAFriend);
        assert_eq!((friends(store, one).await, friends(store, other).await), (vec![], vec![]));
    }
}

async fn who_was_deleted_leaves_room_and_can_be_added_again(store: &TestStore) {
    three(store).await;
    let add = async |user, other| store.commands.submit(AddFriend { user, other, max: 1 }).await;
    let first = done(add(alice(), bob()).await);
    assert_eq!(refused(add(alice(), carol()).await), AddFriendRefusal::TooManyFriends);

    done(delete(store, alice(), bob()).await);
    store.clock.advance(TICK);

    done(add(alice(), carol()).await);
    done(delete(store, carol(), alice()).await);
    let again = done(add(bob(), alice()).await);
    assert!(again.since > first.since, "it is a new friendship");
    assert_eq!((friends(store, alice()).await, friends(store, bob()).await), (vec![bob()], vec![alice()]));
}

async fn adds_and_deletes_at_once_leave_both_sides_the_same(store: &TestStore) {
    three(store).await;
    for _ in 0..4 {
        let instances = store.instances().await;
        let calls = (0..24).map(|number: usize| {
            let commands = instances[number % 2].commands.clone();
            let (user, other) = if number.is_multiple_of(3) { (bob(), alice()) } else { (alice(), bob()) };
            async move {
                if number % 4 < 2 {
                    matches!(commands.submit(AddFriend { user, other, max: 1 }).await, Ok(_) | Err(Failure::Refused(_)))
                } else {
                    matches!(commands.submit(DeleteFriend { user, other }).await, Ok(_) | Err(Failure::Refused(_)))
                }
            }
        });
        assert!(at_once(calls).await.into_iter().all(|is_answered| is_answered));
        let are_friends = friends(store, alice()).await == [bob()];
        assert_eq!(friends(store, bob()).await == [alice()], are_friends);
        // How many friends there are is counted right, too: there is room for one if there is none.
        if are_friends {
            done(delete(store, alice(), bob()).await);
        }
        done(store.commands.submit(AddFriend { user: alice(), other: bob(), max: 1 }).await);
        done(delete(store, alice(), bob()).await);
    }
}
