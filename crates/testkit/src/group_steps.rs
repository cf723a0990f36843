//! Groups for the cases, and how to get them there.

use std::time::Duration;

use hongbao_domain::{
    group::{Due, Group, JoinRef, Membership, PrepareGroup, PrepareJoin, Stuck},
    id::{GroupId, UserId},
};
use hongbao_ports::Ids;

use crate::{
    Ports, TestStore,
    scene::{LEASE, alice, done},
};

/// The time between two checks: longer than a lease.
pub(crate) const PAUSE: Duration = Duration::from_mins(2);

/// A group of alice's, not yet asked for.
pub(crate) fn new_group(store: &TestStore) -> PrepareGroup {
    PrepareGroup {
        id: store.ids.group(),
        name: "好友".parse().expect("the name is short"),
        memo: "周末爬山".parse().expect("the memo is short"),
        owner: alice(),
        lease: LEASE,
    }
}

/// A join, not yet asked for.
pub(crate) fn by(user: UserId, group: GroupId) -> PrepareJoin {
    PrepareJoin { group, user, lease: LEASE }
}

impl Ports {
    /// Gives up at most `limit` rows of each kind that were never finished, and says how many that were.
    pub(crate) async fn undo_lapsed(&self, limit: u32) -> u64 {
        let lapsed = self.queries.lapsed(limit).await.expect("what was never finished can be read");
        self.groups.undo_lapsed(lapsed).await.expect("what was never finished can be undone")
    }
}

impl TestStore {
    /// A group of alice's that everybody may join.
    pub(crate) async fn active_group(&self) -> Group {
        let prepared = done(self.groups.prepare_group(new_group(self)).await);
        done(self.groups.activate_group(prepared.id).await)
    }

    /// A first join that is running.
    pub(crate) async fn joining(&self, user: UserId, group: GroupId) -> JoinRef {
        let fence = done(self.groups.prepare_join(by(user, group)).await).fence;
        JoinRef { group, user, fence }
    }

    /// A join that was undone, and whose row a new join has taken for that.
    pub(crate) async fn undoing(&self, user: UserId, group: GroupId) -> JoinRef {
        let join = self.joining(user, group).await;
        done(self.groups.discard_join(join).await);
        let prepared = done(self.groups.prepare_join(by(user, group)).await);
        assert!(prepared.undo_first);
        JoinRef { fence: prepared.fence, ..join }
    }

    /// A user who has become a member.
    pub(crate) async fn member(&self, user: UserId, group: GroupId) {
        let join = self.joining(user, group).await;
        done(self.groups.activate_join(join, PAUSE).await);
    }

    pub(crate) async fn look_at_group(&self, id: GroupId) -> Option<Group> {
        self.queries.group(id).await.expect("groups can be read")
    }

    pub(crate) async fn rows(&self, id: GroupId) -> Vec<Membership> {
        self.queries.memberships(id).await.expect("memberships can be read")
    }

    /// Gives who is a member, by user id.
    pub(crate) async fn members(&self, id: GroupId) -> Vec<UserId> {
        self.rows(id).await.into_iter().filter(Membership::is_member).map(|row| row.user).collect()
    }

    pub(crate) async fn due(&self) -> Vec<Due> {
        self.queries.due(99).await.expect("what is due can be read")
    }

    pub(crate) async fn stuck(&self) -> Vec<Stuck> {
        self.queries.stuck(99).await.expect("what is stuck can be read")
    }
}
