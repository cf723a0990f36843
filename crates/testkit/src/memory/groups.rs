//! Groups in memory.

use std::{cmp::Reverse, time::Duration};

use async_trait::async_trait;
use hongbao_domain::{
    group::{
        ActivateGroupRefusal, Check, DiscardGroupRefusal, DiscardJoinRefusal, Finding, Group, Membership, NotDue,
        PrepareGroup, PrepareGroupRefusal, PrepareJoin, PrepareJoinRefusal, PreparedJoin, Stale, Wanted,
    },
    id::GroupId,
    time::{Term, Timestamp},
};
use hongbao_ports::{Due, Failure, Fault, Groups, Held, JoinRef, Joined, Stuck};

use super::{MemoryStore, rows::Rows};

#[async_trait]
impl Groups for MemoryStore {
    async fn prepare_group(&self, prepare: PrepareGroup) -> Result<Group, Failure<PrepareGroupRefusal>> {
        let now = self.clock.now();
        let mut rows = self.rows();
        if rows.groups.contains_key(&prepare.id) {
            return Err(Failure::Refused(PrepareGroupRefusal::IdTaken));
        }
        let group = Group::prepare(prepare, now);
        rows.groups.insert(group.id, group.clone());
        Ok(group)
    }

    async fn activate_group(&self, id: GroupId) -> Result<Group, Failure<ActivateGroupRefusal>> {
        let now = self.clock.now();
        let mut rows = self.rows();
        let before = rows.groups.get(&id).ok_or(Failure::Refused(ActivateGroupRefusal::NotFound))?;
        let after = before.activate(now).map_err(Failure::Refused)?;
        if after.version != before.version {
            rows.memberships.insert((id, after.owner), Membership::of_owner(&after));
            rows.groups.insert(id, after.clone());
        }
        Ok(after)
    }

    async fn discard_group(&self, id: GroupId) -> Result<(), Failure<DiscardGroupRefusal>> {
        let now = self.clock.now();
        let mut rows = self.rows();
        let before = rows.groups.get(&id).ok_or(Failure::Refused(DiscardGroupRefusal::NotFound))?;
        let after = before.discard(now).map_err(Failure::Refused)?;
        rows.groups.insert(id, after);
        Ok(())
    }

    async fn prepare_join(&self, prepare: PrepareJoin) -> Result<PreparedJoin, Failure<PrepareJoinRefusal>> {
        let now = self.clock.now();
        let mut rows = self.rows();
        let key = (prepare.group, prepare.user);
        let (group, before) = (rows.groups.get(&prepare.group), rows.memberships.get(&key));
        let (after, prepared) = Membership::prepare(group, before, prepare, now).map_err(Failure::Refused)?;
        rows.memberships.insert(key, after);
        Ok(prepared)
    }

    async fn resume_join(&self, undo: JoinRef, lease: Duration) -> Result<JoinRef, Failure<Stale>> {
        let now = self.clock.now();
        let after = self.rows().change(undo, |row| row.resume(undo.fence, lease, now))?;
        Ok(JoinRef { fence: after.version, ..undo })
    }

    async fn activate_join(&self, join: JoinRef, pause: Duration) -> Result<Joined, Failure<Stale>> {
        let now = self.clock.now();
        let mut rows = self.rows();
        rows.change(join, |row| row.activate(join.fence, pause, now))?;
        let name = rows.groups.get(&join.group).ok_or(Failure::Refused(Stale))?.name.clone();
        let members = rows.memberships.values().filter(|row| row.group == join.group && row.is_member());
        Ok(Joined { group: join.group, name, member_count: u64::try_from(members.count()).unwrap_or(u64::MAX) })
    }

    async fn discard_join(&self, join: JoinRef) -> Result<(), Failure<DiscardJoinRefusal>> {
        let now = self.clock.now();
        let mut rows = self.rows();
        if let Some(row) = rows.memberships.get_mut(&(join.group, join.user)) {
            *row = row.discard(join.fence, now).map_err(Failure::Refused)?;
        }
        Ok(())
    }

    async fn undo_lapsed(&self, limit: u32) -> Result<u64, Fault> {
        let mut rows = self.rows();
        let now = self.clock.now();
        let groups = rows.groups.values().filter(|row| row.lapse(now).is_some());
        let groups = first(limit, groups.filter_map(|row| Some((row.due_at()?, Due::Group(row.id)))));
        let joins = rows.memberships.values().filter(|row| row.lapse(now).is_some());
        let joins = joins.filter_map(|row| Some((row.due_at()?, Due::Membership(row.group, row.user))));
        let lapsed = [groups, first(limit, joins)].concat();
        for due in &lapsed {
            match due {
                Due::Group(id) => {
                    let after = rows.groups.get(id).and_then(|row| row.lapse(now));
                    rows.groups.extend(after.map(|after| (*id, after)));
                }
                Due::Membership(group, user) => {
                    let after = rows.memberships.get(&(*group, *user)).and_then(|row| row.lapse(now));
                    rows.memberships.extend(after.map(|after| ((*group, *user), after)));
                }
            }
        }
        Ok(u64::try_from(lapsed.len()).unwrap_or(u64::MAX))
    }

    async fn due(&self, limit: u32) -> Result<Vec<Due>, Fault> {
        let now = self.clock.now();
        let rows = self.rows();
        let is_over = |ends_at: &Timestamp, changed_at| Term { ends_at: *ends_at, changed_at }.is_over(now);
        let groups = rows.groups.values().filter_map(|row| {
            let due_at = row.due_at().filter(|due_at| is_over(due_at, row.changed_at))?;
            Some((due_at, Due::Group(row.id)))
        });
        let memberships = rows.memberships.values().filter_map(|row| {
            let due_at = row.due_at().filter(|due_at| is_over(due_at, row.changed_at))?;
            Some((due_at, Due::Membership(row.group, row.user)))
        });
        let mut due = first(limit, groups);
        due.extend(first(limit, memberships));
        Ok(due)
    }

    async fn begin_check(&self, due: Due, lease: Duration) -> Result<Held, Failure<NotDue>> {
        let now = self.clock.now();
        let mut rows = self.rows();
        match due {
            Due::Group(id) => {
                let row = rows.groups.get_mut(&id).ok_or(Failure::Refused(NotDue))?;
                *row = row.begin_check(lease, now).map_err(Failure::Refused)?;
                let wanted = Wanted::NoGroup { owner: row.owner };
                let failed = row.check().map_or(0, |(check, _)| check.failed);
                Ok(Held { due, fence: row.version, name: row.name.clone(), wanted, failed })
            }
            Due::Membership(group, user) => {
                let name = rows.groups.get(&group).ok_or(Failure::Refused(NotDue))?.name.clone();
                let row = rows.memberships.get_mut(&(group, user)).ok_or(Failure::Refused(NotDue))?;
                let (after, wanted) = row.begin_check(lease, now).map_err(Failure::Refused)?;
                *row = after;
                let failed = after.check().map_or(0, |(check, _)| check.failed);
                Ok(Held { due, fence: after.version, name, wanted, failed })
            }
        }
    }

    async fn end_check(&self, due: Due, fence: u64, finding: Finding, pause: Duration) -> Result<(), Failure<Stale>> {
        let now = self.clock.now();
        let mut rows = self.rows();
        match due {
            Due::Group(id) => {
                let row = rows.groups.get_mut(&id).ok_or(Failure::Refused(Stale))?;
                *row = row.end_check(fence, finding, pause, now).map_err(Failure::Refused)?;
            }
            Due::Membership(group, user) => {
                let row = rows.memberships.get_mut(&(group, user)).ok_or(Failure::Refused(Stale))?;
                *row = row.end_check(fence, finding, pause, now).map_err(Failure::Refused)?;
            }
        }
        Ok(())
    }

    async fn stuck(&self, limit: u32) -> Result<Vec<Stuck>, Fault> {
        let rows = self.rows();
        let most = |found: Vec<Stuck>| {
            let mut stuck: Vec<_> = found.into_iter().filter(|row| row.failed >= Check::STUCK_AFTER).collect();
            stuck.sort_by_key(|row| (Reverse(row.failed), row.due));
            stuck.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            stuck
        };
        let groups = most(rows.groups.values().filter_map(Stuck::group).collect());
        let memberships = most(rows.memberships.values().filter_map(Stuck::membership).collect());
        Ok([groups, memberships].concat())
    }

    async fn group(&self, id: GroupId) -> Result<Option<Group>, Fault> {
        Ok(self.rows().groups.get(&id).cloned())
    }

    async fn memberships(&self, id: GroupId) -> Result<Vec<Membership>, Fault> {
        Ok(self.rows().memberships.values().filter(|row| row.group == id).copied().collect())
    }
}

impl Rows {
    fn change(
        &mut self,
        join: JoinRef,
        decide: impl FnOnce(&Membership) -> Result<Membership, Stale>,
    ) -> Result<Membership, Failure<Stale>> {
        let row = self.memberships.get_mut(&(join.group, join.user)).ok_or(Failure::Refused(Stale))?;
        *row = decide(row).map_err(Failure::Refused)?;
        Ok(*row)
    }
}

/// Gives what was due first.
fn first(limit: u32, due: impl Iterator<Item = (Timestamp, Due)>) -> Vec<Due> {
    let mut due: Vec<_> = due.collect();
    due.sort();
    due.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    due.into_iter().map(|(_, due)| due).collect()
}
