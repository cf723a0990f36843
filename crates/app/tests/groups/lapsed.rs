//! What was never finished, while the cloud has no turn for anybody.

use std::time::Duration;

use hongbao_domain::{
    group::{GroupState, JoinRef, Membership, MembershipState, PrepareJoin},
    id::GroupId,
};
use hongbao_ports::{CloudGroups, Turn};
use hongbao_testkit::{alice, bob};
use tokio::time::sleep;

use crate::fixture::{Fixture, LEASE, PAUSE};

const SECOND: Duration = Duration::from_secs(1);

impl Fixture {
    /// Lets time pass, the store's and the reconciler's.
    async fn pass(&self, span: Duration) {
        for _ in 0..span.as_secs() {
            self.store.clock.advance(SECOND);
            sleep(SECOND).await;
        }
    }

    /// Has more rows of each kind wait for a turn than are looked at in one round, and since long.
    async fn leave_waiting(&self, group: GroupId) {
        for number in 0..100 {
            let waiting = self.prepare_only().await;
            self.store.groups.discard_group(waiting).await.expect("it is not active");
            let user = format!("user-{number}").parse().expect("an id");
            let prepared = self.store.groups.prepare_join(PrepareJoin { group, user, lease: LEASE }).await;
            let fence = prepared.expect("nothing is in the way").fence;
            self.store.groups.discard_join(JoinRef { group, user, fence }).await.expect("it made no member");
        }
    }

    async fn row_of_bob(&self, group: GroupId) -> Membership {
        let rows = self.store.queries.memberships(group).await.expect("they can be read");
        rows.into_iter().find(|row| row.user == bob()).expect("bob has a row")
    }

    async fn is_prepared(&self, group: GroupId) -> bool {
        let row = self.store.queries.group(group).await.expect("it can be read").expect("it is there");
        matches!(row.state, GroupState::Preparing { .. })
    }
}

#[tokio::test(start_paused = true)]
async fn what_has_lapsed_is_undone_in_time_although_the_cloud_has_no_turn_for_minutes() {
    let fixture = Fixture::new();
    let group = fixture.group().await;
    fixture.leave_waiting(group).await;
    fixture.cloud.exhaust(true);
    let reconciler = fixture.reconciler.clone();
    let running = tokio::spawn(async move { reconciler.run(SECOND, std::future::pending()).await });
    // The reconciler is in the middle of a round, which lasts longer than a lease.
    fixture.pass(3 * SECOND).await;
    let half = fixture.prepare_only().await;
    assert!(fixture.prepare_join_only(group).await);
    // Both processes died after the cloud had done what they wanted, and before they could say so.
    let name = "好友".parse().expect("a name");
    fixture.cloud.create(Turn::grant(), half, &name, alice()).await.expect("the cloud does it");
    fixture.cloud.join(Turn::grant(), group, &name, bob()).await.expect("the cloud does it");

    fixture.pass(LEASE.saturating_sub(SECOND)).await;
    assert!(fixture.is_prepared(half).await, "they are trusted until their lease is over");
    assert!(matches!(fixture.row_of_bob(group).await.state, MembershipState::Joining { .. }));
    fixture.pass(6 * SECOND).await;
    assert!(!fixture.is_prepared(half).await, "lease + 5 s");
    let undone = fixture.row_of_bob(group).await;
    assert!(matches!(undone.state, MembershipState::Leaving { .. }), "{undone:?}");

    fixture.pass(5 * PAUSE).await;
    assert_eq!(fixture.row_of_bob(group).await, undone, "it is undone once");
    assert_eq!(fixture.cloud.undone(), 0, "a cloud that has no turn is not asked");
    assert_eq!(fixture.members(group).await, [alice()].into());

    fixture.cloud.exhaust(false);
    fixture.pass(5 * PAUSE).await;
    running.abort();
    assert_eq!(fixture.store.queries.due(9).await.expect("it can be read"), []);
    assert_eq!(fixture.cloud.undone(), 2, "bob is taken out once, and the half group dismissed once");
    fixture.assert_agreed().await;
    fixture.join(group).await.expect("nothing is in the way");
    fixture.assert_agreed().await;
}
