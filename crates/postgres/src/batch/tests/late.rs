//! Rows of users and groups that another batch has changed since they were loaded.

use std::time::Duration;

use hongbao_domain::{
    friend::{AddFriend, DeleteFriend, SetBlock},
    group::{ActivateGroup, ActivateJoin, DiscardGroup, DiscardJoin, JoinRef, PrepareGroup, PrepareJoin},
    id::{GroupId, UserId},
    profile::{ImAccountKey, InvalidateProfile},
    session::{RegisterSession, RevokeSession, SessionDigest},
    time::Timestamp,
    user::{AddUser, SetUser, UserStatus},
};

use super::*;

const OPEN: UserStatus = UserStatus { is_active: true, takes_friend_requests: true };
const LEASE: Duration = Duration::from_secs(15);

fn bob() -> UserId {
    "bob".parse().unwrap()
}

fn friends() -> AddFriend {
    AddFriend { user: alice().user, other: bob(), max: 10 }
}

fn prepare(id: GroupId) -> PrepareGroup {
    let (name, memo) = ("群".parse().unwrap(), "".parse().unwrap());
    PrepareGroup { id, name, memo, owner: alice().user, lease: LEASE }
}

fn blocks(is_blocked: bool) -> SetBlock {
    SetBlock { user: alice().user, other: bob(), is_blocked }
}

/// A store with alice and bob as users, where `before` was done.
async fn after(before: &[Action]) -> Fixture {
    let fixture = Fixture::new().await;
    let users = [alice().user, bob()].map(|user| AddUser { user, status: OPEN }.into());
    for (number, action) in (10..).zip(users.iter().chain(before)) {
        assert!(fixture.run(number, command(number, action.clone())).await.is_done());
    }
    fixture
}

/// Asserts that `late`, worked out before `faster` was done, changes nothing.
async fn assert_refused(before: &[Action], late: impl Into<Action>, faster: impl Into<Action>) {
    let fixture = after(before).await;
    let (late, faster) = (command(50, late), command(51, faster));
    let writes = fixture.work_out(&late).await;
    assert!(fixture.run(51, faster).await.is_done());

    assert!(fixture.write_late(&writes).await.is_err(), "{late:?}");
}

#[tokio::test]
async fn a_user_is_not_written_as_before() {
    let set = |takes_friend_requests| SetUser { user: bob(), status: UserStatus { takes_friend_requests, ..OPEN } };
    let closed = SetUser { user: bob(), status: UserStatus { is_active: false, takes_friend_requests: true } };
    assert_refused(&[], set(false), closed).await;
}

#[tokio::test]
async fn an_account_at_the_cloud_is_not_written_as_before() {
    let account = ImAccountKey { app_key: "app".to_owned(), user: bob() };
    let invalidate = InvalidateProfile { account };
    assert_refused(&[invalidate.clone().into()], invalidate.clone(), invalidate).await;
}

#[tokio::test]
async fn a_group_that_was_discarded_does_not_come_to_life() {
    let id = GroupId::from_u128(1);
    assert_refused(&[prepare(id).into()], ActivateGroup { id }, DiscardGroup { id }).await;
}

#[tokio::test]
async fn a_join_that_was_discarded_makes_no_member() {
    let id = GroupId::from_u128(1);
    let before =
        [prepare(id).into(), ActivateGroup { id }.into(), PrepareJoin { group: id, user: bob(), lease: LEASE }.into()];
    let join = JoinRef { group: id, user: bob(), fence: 1 };
    assert_refused(&before, ActivateJoin { join, pause: LEASE }, DiscardJoin { join }).await;
}

#[tokio::test]
async fn what_is_new_is_not_made_twice() {
    assert_refused(&[], friends(), friends()).await;
    assert_refused(&[], blocks(true), blocks(true)).await;
}

#[tokio::test]
async fn what_is_gone_is_not_removed_again() {
    let key = SessionDigest([7; 32]);
    let session = RegisterSession { key, user: bob(), expires_at: Timestamp::from_micros(i64::MAX) };
    assert_refused(&[session.into()], RevokeSession { key }, RevokeSession { key }).await;
    let end = DeleteFriend { user: bob(), other: alice().user };
    assert_refused(&[friends().into()], end, end).await;
    assert_refused(&[blocks(true).into()], blocks(false), blocks(false)).await;
}
