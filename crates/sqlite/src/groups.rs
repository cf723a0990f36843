//! Groups: each step is one transaction that loads, asks the domain and stores.

mod load;
mod write;

use std::time::Duration;

use async_trait::async_trait;
use hongbao_domain::{
    group::{
        ActivateGroupRefusal, DiscardGroupRefusal, DiscardJoinRefusal, Finding, Group, Membership, NotDue,
        PrepareGroup, PrepareGroupRefusal, PrepareJoin, PrepareJoinRefusal, PreparedJoin, Stale, Wanted,
    },
    id::GroupId,
};
use hongbao_ports::{Due, Failure, Fault, Groups, Held, JoinRef, Joined, Stuck};
use sqlx::{SqliteConnection, SqliteTransaction};

use crate::{SqliteStore, fault};

/// Ends a transaction. If the answer is lost, nobody knows.
async fn commit(tx: SqliteTransaction<'_>) -> Result<(), Fault> {
    tx.commit().await.map_err(|error| Fault::unresolved("cannot tell whether the step was committed").because(error))
}

#[async_trait]
impl Groups for SqliteStore {
    async fn prepare_group(&self, prepare: PrepareGroup) -> Result<Group, Failure<PrepareGroupRefusal>> {
        let mut tx = self.begin().await?;
        if load::group(&mut tx, prepare.id).await?.is_some() {
            return Err(Failure::Refused(PrepareGroupRefusal::IdTaken));
        }
        let group = Group::prepare(prepare, self.clock.now());
        write::group(&mut tx, None, &group).await?;
        commit(tx).await?;
        Ok(group)
    }

    async fn activate_group(&self, id: GroupId) -> Result<Group, Failure<ActivateGroupRefusal>> {
        let mut tx = self.begin().await?;
        let before = load::group(&mut tx, id).await?.ok_or(Failure::Refused(ActivateGroupRefusal::NotFound))?;
        let after = before.activate(self.clock.now()).map_err(Failure::Refused)?;
        if after.version != before.version {
            write::group(&mut tx, Some(&before), &after).await?;
            write::membership(&mut tx, None, &Membership::of_owner(&after)).await?;
            commit(tx).await?;
        }
        Ok(after)
    }

    async fn discard_group(&self, id: GroupId) -> Result<(), Failure<DiscardGroupRefusal>> {
        let mut tx = self.begin().await?;
        let before = load::group(&mut tx, id).await?.ok_or(Failure::Refused(DiscardGroupRefusal::NotFound))?;
        let after = before.discard(self.clock.now()).map_err(Failure::Refused)?;
        if after.version != before.version {
            write::group(&mut tx, Some(&before), &after).await?;
            commit(tx).await?;
        }
        Ok(())
    }

    async fn prepare_join(&self, prepare: PrepareJoin) -> Result<PreparedJoin, Failure<PrepareJoinRefusal>> {
        let mut tx = self.begin().await?;
        let group = load::group(&mut tx, prepare.group).await?;
        let before = load::membership(&mut tx, prepare.group, prepare.user).await?;
        let (after, prepared) = Membership::prepare(group.as_ref(), before.as_ref(), prepare, self.clock.now())
            .map_err(Failure::Refused)?;
        write::membership(&mut tx, before.as_ref(), &after).await?;
        commit(tx).await?;
        Ok(prepared)
    }

    async fn resume_join(&self, undo: JoinRef, lease: Duration) -> Result<JoinRef, Failure<Stale>> {
        let mut tx = self.begin().await?;
        let before = row_of(&mut tx, undo).await?;
        let after = before.resume(undo.fence, lease, self.clock.now()).map_err(Failure::Refused)?;
        if after.version != before.version {
            write::membership(&mut tx, Some(&before), &after).await?;
            commit(tx).await?;
        }
        Ok(JoinRef { fence: after.version, ..undo })
    }

    async fn activate_join(&self, join: JoinRef, pause: Duration) -> Result<Joined, Failure<Stale>> {
        let mut tx = self.begin().await?;
        let before = row_of(&mut tx, join).await?;
        let after = before.activate(join.fence, pause, self.clock.now()).map_err(Failure::Refused)?;
        if after.version != before.version {
            write::membership(&mut tx, Some(&before), &after).await?;
        }
        let group = load::group(&mut tx, join.group).await?.ok_or(fault::Unreadable("a member of no group"));
        let name = group.map_err(Fault::from)?.name;
        let member_count = load::member_count(&mut tx, join.group).await?;
        commit(tx).await?;
        Ok(Joined { group: join.group, name, member_count })
    }

    async fn discard_join(&self, join: JoinRef) -> Result<(), Failure<DiscardJoinRefusal>> {
        let mut tx = self.begin().await?;
        let Some(before) = load::membership(&mut tx, join.group, join.user).await? else { return Ok(()) };
        let after = before.discard(join.fence, self.clock.now()).map_err(Failure::Refused)?;
        if after.version != before.version {
            write::membership(&mut tx, Some(&before), &after).await?;
            commit(tx).await?;
        }
        Ok(())
    }

    async fn undo_lapsed(&self, limit: u32) -> Result<u64, Fault> {
        let mut tx = self.begin().await?;
        let now = self.clock.now();
        let mut undone = 0;
        for before in load::lapsed_groups(&mut tx, now, limit).await? {
            let Some(after) = before.lapse(now) else { continue };
            write::group(&mut tx, Some(&before), &after).await?;
            undone += 1;
        }
        for before in load::lapsed_joins(&mut tx, now, limit).await? {
            let Some(after) = before.lapse(now) else { continue };
            write::membership(&mut tx, Some(&before), &after).await?;
            undone += 1;
        }
        if undone > 0 {
            commit(tx).await?;
        }
        Ok(undone)
    }

    async fn due(&self, limit: u32) -> Result<Vec<Due>, Fault> {
        load::due(self, limit).await
    }

    async fn begin_check(&self, due: Due, lease: Duration) -> Result<Held, Failure<NotDue>> {
        let mut tx = self.begin().await?;
        let (Due::Group(id) | Due::Membership(id, _)) = due;
        let group = load::group(&mut tx, id).await?.ok_or(Failure::Refused(NotDue))?;
        let now = self.clock.now();
        let (fence, wanted, check) = match due {
            Due::Group(_) => {
                let after = group.begin_check(lease, now).map_err(Failure::Refused)?;
                write::group(&mut tx, Some(&group), &after).await?;
                (after.version, Wanted::NoGroup { owner: group.owner }, after.check())
            }
            Due::Membership(_, user) => {
                let before = load::membership(&mut tx, id, user).await?.ok_or(Failure::Refused(NotDue))?;
                let (after, wanted) = before.begin_check(lease, now).map_err(Failure::Refused)?;
                write::membership(&mut tx, Some(&before), &after).await?;
                (after.version, wanted, after.check())
            }
        };
        commit(tx).await?;
        Ok(Held { due, fence, name: group.name, wanted, failed: check.map_or(0, |(check, _)| check.failed) })
    }

    async fn end_check(&self, due: Due, fence: u64, finding: Finding, pause: Duration) -> Result<(), Failure<Stale>> {
        let mut tx = self.begin().await?;
        match due {
            Due::Group(id) => {
                let before = load::group(&mut tx, id).await?.ok_or(Failure::Refused(Stale))?;
                let after = before.end_check(fence, finding, pause, self.clock.now()).map_err(Failure::Refused)?;
                write::group(&mut tx, Some(&before), &after).await?;
            }
            Due::Membership(group, user) => {
                let before = row_of(&mut tx, JoinRef { group, user, fence }).await?;
                let after = before.end_check(fence, finding, pause, self.clock.now()).map_err(Failure::Refused)?;
                write::membership(&mut tx, Some(&before), &after).await?;
            }
        }
        commit(tx).await?;
        Ok(())
    }

    async fn stuck(&self, limit: u32) -> Result<Vec<Stuck>, Fault> {
        load::stuck(self, limit).await
    }

    async fn group(&self, id: GroupId) -> Result<Option<Group>, Fault> {
        let cannot = |error| fault::of(error, "cannot read the group");
        load::group(&mut *self.readers.acquire().await.map_err(cannot)?, id).await
    }

    async fn memberships(&self, id: GroupId) -> Result<Vec<Membership>, Fault> {
        load::memberships(self, id).await
    }
}

async fn row_of(tx: &mut SqliteConnection, join: JoinRef) -> Result<Membership, Failure<Stale>> {
    load::membership(tx, join.group, join.user).await?.ok_or(Failure::Refused(Stale))
}

#[cfg(test)]
mod tests;
