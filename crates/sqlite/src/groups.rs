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
use sqlx::SqliteConnection;

use crate::{
    SqliteStore, fault,
    lane::Lane,
    transaction::{Tx, Verdict, never_refused},
};

#[async_trait]
impl Groups for SqliteStore {
    async fn prepare_group(&self, prepare: PrepareGroup) -> Result<Group, Failure<PrepareGroupRefusal>> {
        self.step(Lane::Request, |tx| Box::pin(prepare_group(tx, prepare.clone()))).await
    }

    async fn activate_group(&self, id: GroupId) -> Result<Group, Failure<ActivateGroupRefusal>> {
        self.step(Lane::Reserved, move |tx| Box::pin(activate_group(tx, id))).await
    }

    async fn discard_group(&self, id: GroupId) -> Result<(), Failure<DiscardGroupRefusal>> {
        self.step(Lane::Reserved, move |tx| Box::pin(discard_group(tx, id))).await
    }

    async fn prepare_join(&self, prepare: PrepareJoin) -> Result<PreparedJoin, Failure<PrepareJoinRefusal>> {
        self.step(Lane::Request, move |tx| Box::pin(prepare_join(tx, prepare))).await
    }

    async fn resume_join(&self, undo: JoinRef, lease: Duration) -> Result<JoinRef, Failure<Stale>> {
        self.step(Lane::Reserved, move |tx| Box::pin(resume_join(tx, undo, lease))).await
    }

    async fn activate_join(&self, join: JoinRef, pause: Duration) -> Result<Joined, Failure<Stale>> {
        self.step(Lane::Reserved, move |tx| Box::pin(activate_join(tx, join, pause))).await
    }

    async fn discard_join(&self, join: JoinRef) -> Result<(), Failure<DiscardJoinRefusal>> {
        self.step(Lane::Reserved, move |tx| Box::pin(discard_join(tx, join))).await
    }

    async fn undo_lapsed(&self, limit: u32) -> Result<u64, Fault> {
        let undone = self.decide(Lane::Reserved, move |tx| {
            Box::pin(async move {
                let undone = undo_lapsed(tx, limit).await?;
                Ok(if undone > 0 { Verdict::Commit(undone) } else { Verdict::Rollback(undone) })
            })
        });
        undone.await.map_err(never_refused)
    }

    async fn due(&self, limit: u32) -> Result<Vec<Due>, Fault> {
        load::due(self, limit).await
    }

    async fn begin_check(&self, due: Due, lease: Duration) -> Result<Held, Failure<NotDue>> {
        self.step(Lane::Reserved, move |tx| Box::pin(begin_check(tx, due, lease))).await
    }

    async fn end_check(&self, due: Due, fence: u64, finding: Finding, pause: Duration) -> Result<(), Failure<Stale>> {
        self.step(Lane::Reserved, move |tx| Box::pin(end_check(tx, due, fence, finding, pause))).await
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

async fn prepare_group(mut tx: Tx<'_, '_>, prepare: PrepareGroup) -> Result<Group, Failure<PrepareGroupRefusal>> {
    if load::group(&mut tx, prepare.id).await?.is_some() {
        return Err(Failure::Refused(PrepareGroupRefusal::IdTaken));
    }
    let group = Group::prepare(prepare, tx.now());
    write::group(&mut tx, None, &group).await?;
    Ok(group)
}

async fn activate_group(mut tx: Tx<'_, '_>, id: GroupId) -> Result<Group, Failure<ActivateGroupRefusal>> {
    let before = load::group(&mut tx, id).await?.ok_or(Failure::Refused(ActivateGroupRefusal::NotFound))?;
    let after = before.activate(tx.now()).map_err(Failure::Refused)?;
    if after.version != before.version {
        write::group(&mut tx, Some(&before), &after).await?;
        write::membership(&mut tx, None, &Membership::of_owner(&after)).await?;
    }
    Ok(after)
}

async fn discard_group(mut tx: Tx<'_, '_>, id: GroupId) -> Result<(), Failure<DiscardGroupRefusal>> {
    let before = load::group(&mut tx, id).await?.ok_or(Failure::Refused(DiscardGroupRefusal::NotFound))?;
    let after = before.discard(tx.now()).map_err(Failure::Refused)?;
    if after.version != before.version {
        write::group(&mut tx, Some(&before), &after).await?;
    }
    Ok(())
}

async fn prepare_join(mut tx: Tx<'_, '_>, prepare: PrepareJoin) -> Result<PreparedJoin, Failure<PrepareJoinRefusal>> {
    let group = load::group(&mut tx, prepare.group).await?;
    let before = load::membership(&mut tx, prepare.group, prepare.user).await?;
    let (after, prepared) =
        Membership::prepare(group.as_ref(), before.as_ref(), prepare, tx.now()).map_err(Failure::Refused)?;
    write::membership(&mut tx, before.as_ref(), &after).await?;
    Ok(prepared)
}

async fn resume_join(mut tx: Tx<'_, '_>, undo: JoinRef, lease: Duration) -> Result<JoinRef, Failure<Stale>> {
    let before = row_of(&mut tx, undo).await?;
    let after = before.resume(undo.fence, lease, tx.now()).map_err(Failure::Refused)?;
    if after.version != before.version {
        write::membership(&mut tx, Some(&before), &after).await?;
    }
    Ok(JoinRef { fence: after.version, ..undo })
}

async fn activate_join(mut tx: Tx<'_, '_>, join: JoinRef, pause: Duration) -> Result<Joined, Failure<Stale>> {
    let before = row_of(&mut tx, join).await?;
    let after = before.activate(join.fence, pause, tx.now()).map_err(Failure::Refused)?;
    if after.version != before.version {
        write::membership(&mut tx, Some(&before), &after).await?;
    }
    let group = load::group(&mut tx, join.group).await?.ok_or(fault::Unreadable("a member of no group"));
    let name = group.map_err(Fault::from)?.name;
    let member_count = load::member_count(&mut tx, join.group).await?;
    Ok(Joined { group: join.group, name, member_count })
}

async fn discard_join(mut tx: Tx<'_, '_>, join: JoinRef) -> Result<(), Failure<DiscardJoinRefusal>> {
    let Some(before) = load::membership(&mut tx, join.group, join.user).await? else { return Ok(()) };
    let after = before.discard(join.fence, tx.now()).map_err(Failure::Refused)?;
    if after.version != before.version {
        write::membership(&mut tx, Some(&before), &after).await?;
    }
    Ok(())
}

async fn undo_lapsed(mut tx: Tx<'_, '_>, limit: u32) -> Result<u64, Fault> {
    let now = tx.now();
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
    Ok(undone)
}

async fn begin_check(mut tx: Tx<'_, '_>, due: Due, lease: Duration) -> Result<Held, Failure<NotDue>> {
    let (Due::Group(id) | Due::Membership(id, _)) = due;
    let group = load::group(&mut tx, id).await?.ok_or(Failure::Refused(NotDue))?;
    let now = tx.now();
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
    Ok(Held { due, fence, name: group.name, wanted, failed: check.map_or(0, |(check, _)| check.failed) })
}

async fn end_check(
    mut tx: Tx<'_, '_>,
    due: Due,
    fence: u64,
    finding: Finding,
    pause: Duration,
) -> Result<(), Failure<Stale>> {
    match due {
        Due::Group(id) => {
            let before = load::group(&mut tx, id).await?.ok_or(Failure::Refused(Stale))?;
            let after = before.end_check(fence, finding, pause, tx.now()).map_err(Failure::Refused)?;
            write::group(&mut tx, Some(&before), &after).await?;
        }
        Due::Membership(group, user) => {
            let before = row_of(&mut tx, JoinRef { group, user, fence }).await?;
            let after = before.end_check(fence, finding, pause, tx.now()).map_err(Failure::Refused)?;
            write::membership(&mut tx, Some(&before), &after).await?;
        }
    }
    Ok(())
}

async fn row_of(tx: &mut SqliteConnection, join: JoinRef) -> Result<Membership, Failure<Stale>> {
    load::membership(tx, join.group, join.user).await?.ok_or(Failure::Refused(Stale))
}

#[cfg(test)]
mod tests;
