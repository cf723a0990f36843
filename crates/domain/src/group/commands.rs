//! The steps of groups and memberships as commands: each finds its rows and lets the state machines decide.
//!
//! A group that is only read is not locked: what it shows to a join, its name and that it is active, never changes again.

use std::{convert::Infallible, time::Duration};

use super::{
    ActivateGroupRefusal, CheckLease, Desired, DiscardGroupRefusal, DiscardJoinRefusal, Due, Finding, Group,
    GroupState, JoinRef, JoinRefusal, Joined, Membership, MembershipState, NotDue, PrepareGroup, PrepareGroupRefusal,
    PrepareJoin, PrepareJoinRefusal, PreparedJoin, Stale,
};
use crate::{
    id::{CommandId, GroupId, UserId},
    outbox::Event,
    store::{Answer, Book, Keys, Progress, Rule, StepRule, Work},
};

/// Asks to bring a group to life, with its creator as first member. A repeat gives the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActivateGroup {
    /// The group.
    pub id: GroupId,
}

/// Asks to give a group up for good, due for a check at once. A repeat changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiscardGroup {
    /// The group.
    pub id: GroupId,
}

/// Asks to turn a row that was taken for an undo into a join, under a new lease. A repeat gives the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResumeJoin {
    /// The row, as it was taken for the undo.
    pub undo: JoinRef,
    /// How long the join is trusted to finish.
    pub lease: Duration,
}

/// Asks to make a user a member. A repeat gives the same, but for the count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActivateJoin {
    /// The row, as it was taken for the join.
    pub join: JoinRef,
    /// How long after this a member is checked who came after an undo.
    pub pause: Duration,
}

/// Asks to undo a join, due for a check at once. A repeat changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiscardJoin {
    /// The row, as it was taken for the join.
    pub join: JoinRef,
}

/// Asks to give up, of these rows, those that were never finished and whose lease is over. It answers how many that were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoLapsed {
    /// The rows.
    pub lapsed: Vec<Due>,
}

/// Asks to take a row for a check, under a lease, if one is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimCheck {
    /// Which row.
    pub due: Due,
    /// How long the check is trusted to end.
    pub lease: Duration,
}

/// Asks to end the check, or the undo, that took a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndCheck {
    /// Which row.
    pub due: Due,
    /// The version by which it was taken.
    pub fence: u64,
    /// What the check came to.
    pub finding: Finding,
    /// How long after this the next one is, unless failures put it off.
    pub pause: Duration,
}

impl Rule for PrepareGroup {
    type Done = Group;
    type Refusal = PrepareGroupRefusal;

    fn touch(&self, keys: &mut Keys) {
        keys.groups.insert(self.id);
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<Group, PrepareGroupRefusal> {
        if book.groups.get(&self.id).is_some() {
            return Err(PrepareGroupRefusal::IdTaken);
        }
        let group = Group::prepare(self.clone(), book.now());
        book.groups.put(group.clone());
        Ok(group)
    }
}

impl StepRule for PrepareGroup {
    fn progress(&self, answer: &Result<Group, PrepareGroupRefusal>, _: &Book) -> Progress {
        match answer {
            Ok(Group { id, state: GroupState::Preparing { lease_until }, .. }) => {
                Progress::Runs(Work::Group(*id), *lease_until)
            }
            Ok(Group { state: GroupState::Active | GroupState::Discarded { .. }, .. })
            | Err(PrepareGroupRefusal::IdTaken) => Progress::Same,
        }
    }
}

impl Rule for ActivateGroup {
    type Done = Group;
    type Refusal = ActivateGroupRefusal;

    fn touch(&self, keys: &mut Keys) {
        keys.groups.insert(self.id);
    }

    fn apply(&self, book: &mut Book, command: CommandId) -> Result<Group, ActivateGroupRefusal> {
        let before = book.groups.get(&self.id).ok_or(ActivateGroupRefusal::NotFound)?;
        let after = before.activate(book.now())?;
        if after.version != before.version {
            book.groups.put(after.clone());
            book.memberships.put(Membership::of_owner(&after));
            let Group { id: group, name, owner, .. } = after.clone();
            book.tell(command, &Event::GroupCreated { group, name, owner });
        }
        Ok(after)
    }
}

impl StepRule for ActivateGroup {
    fn progress(&self, answer: &Result<Group, ActivateGroupRefusal>, _: &Book) -> Progress {
        match answer {
            Ok(group) => Progress::Final(Answer::CreateGroup(Box::new(group.clone()))),
            Err(ActivateGroupRefusal::Discarded) => Progress::Forgotten,
            Err(ActivateGroupRefusal::NotFound) => Progress::Same,
        }
    }
}

impl Rule for DiscardGroup {
    type Done = ();
    type Refusal = DiscardGroupRefusal;

    fn touch(&self, keys: &mut Keys) {
        keys.groups.insert(self.id);
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<(), DiscardGroupRefusal> {
        let before = book.groups.get(&self.id).ok_or(DiscardGroupRefusal::NotFound)?;
        book.groups.put(before.discard(book.now())?);
        Ok(())
    }
}

impl StepRule for DiscardGroup {
    fn progress(&self, answer: &Result<(), DiscardGroupRefusal>, book: &Book) -> Progress {
        match (answer, book.groups.get(&self.id)) {
            (Ok(()), _) => Progress::Forgotten,
            (Err(DiscardGroupRefusal::Active), Some(group)) => {
                Progress::Final(Answer::CreateGroup(Box::new(group.clone())))
            }
            (Err(DiscardGroupRefusal::Active | DiscardGroupRefusal::NotFound), _) => Progress::Same,
        }
    }
}

impl Rule for PrepareJoin {
    type Done = PreparedJoin;
    type Refusal = PrepareJoinRefusal;

    fn touch(&self, keys: &mut Keys) {
        keys.groups_seen.insert(self.group);
        keys.memberships.insert((self.group, self.user));
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<PreparedJoin, PrepareJoinRefusal> {
        let (group, before) = (book.groups.get(&self.group), book.memberships.get(&(self.group, self.user)));
        let (after, prepared) = Membership::prepare(group, before, *self, book.now())?;
        book.memberships.put(after);
        Ok(prepared)
    }
}

impl StepRule for PrepareJoin {
    fn progress(&self, answer: &Result<PreparedJoin, PrepareJoinRefusal>, book: &Book) -> Progress {
        match answer {
            Ok(prepared) => JoinRef { group: self.group, user: self.user, fence: prepared.fence }.runs(book),
            Err(PrepareJoinRefusal::NotFound) => Progress::Final(Answer::JoinGroup(Err(JoinRefusal::NotFound))),
            Err(PrepareJoinRefusal::AlreadyMember) => {
                Progress::Final(Answer::JoinGroup(Err(JoinRefusal::AlreadyMember)))
            }
            // Another join of the same user is in progress: that is no verdict.
            Err(PrepareJoinRefusal::InProgress | PrepareJoinRefusal::BeingUndone) => Progress::Same,
        }
    }
}

impl JoinRef {
    const fn key(self) -> (GroupId, UserId) {
        (self.group, self.user)
    }

    fn find(self, book: &Book) -> Result<Membership, Stale> {
        book.memberships.get(&self.key()).copied().ok_or(Stale)
    }

    /// Says that a request runs as long as the lease of this join, or of the undo before it.
    fn runs(self, book: &Book) -> Progress {
        let lease_until = self.find(book).ok().and_then(|row| match row.state {
            MembershipState::Joining { lease_until, .. } => Some(lease_until),
            MembershipState::Leaving { check } => Some(check.due_at),
            MembershipState::Member { .. } | MembershipState::Gone => None,
        });
        lease_until.map_or(Progress::Same, |lease_until| Progress::Runs(Work::Join(self), lease_until))
    }
}

impl Rule for ResumeJoin {
    type Done = JoinRef;
    type Refusal = Stale;

    fn touch(&self, keys: &mut Keys) {
        keys.memberships.insert(self.undo.key());
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<JoinRef, Stale> {
        let after = self.undo.find(book)?.resume(self.undo.fence, self.lease, book.now())?;
        book.memberships.put(after);
        Ok(JoinRef { fence: after.version, ..self.undo })
    }
}

impl StepRule for ResumeJoin {
    fn progress(&self, answer: &Result<JoinRef, Stale>, book: &Book) -> Progress {
        match answer {
            Ok(join) => join.runs(book),
            Err(Stale) => Progress::Forgotten,
        }
    }
}

impl Rule for ActivateJoin {
    type Done = Joined;
    type Refusal = Stale;

    fn touch(&self, keys: &mut Keys) {
        keys.groups_seen.insert(self.join.group);
        keys.memberships.insert(self.join.key());
        keys.members_of.insert(self.join.group);
    }

    fn apply(&self, book: &mut Book, command: CommandId) -> Result<Joined, Stale> {
        let group = self.join.group;
        let before = self.join.find(book)?;
        let after = before.activate(self.join.fence, self.pause, book.now())?;
        let name = book.groups.get(&group).ok_or(Stale)?.name.clone();
        book.memberships.put(after);
        if after.version != before.version {
            book.tell(command, &Event::GroupJoined { group, user: self.join.user });
        }
        Ok(Joined { group, name, member_count: book.member_count(group) })
    }
}

impl StepRule for ActivateJoin {
    fn progress(&self, answer: &Result<Joined, Stale>, _: &Book) -> Progress {
        match answer {
            Ok(joined) => Progress::Final(Answer::JoinGroup(Ok(joined.clone()))),
            Err(Stale) => Progress::Forgotten,
        }
    }
}

impl Rule for DiscardJoin {
    type Done = ();
    type Refusal = DiscardJoinRefusal;

    fn touch(&self, keys: &mut Keys) {
        keys.memberships.insert(self.join.key());
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<(), DiscardJoinRefusal> {
        if let Ok(before) = self.join.find(book) {
            book.memberships.put(before.discard(self.join.fence, book.now())?);
        }
        Ok(())
    }
}

impl StepRule for DiscardJoin {
    fn progress(&self, answer: &Result<(), DiscardJoinRefusal>, _: &Book) -> Progress {
        match answer {
            Ok(()) => Progress::Forgotten,
            // The step that made the user a member ended the request with it.
            Err(DiscardJoinRefusal::Joined) => Progress::Same,
        }
    }
}

impl Due {
    fn touch(self, keys: &mut Keys) {
        match self {
            Self::Group(group) => {
                keys.groups.insert(group);
            }
            Self::Membership(group, user) => {
                keys.memberships.insert((group, user));
            }
        }
    }
}

impl Rule for UndoLapsed {
    type Done = u64;
    type Refusal = Infallible;

    fn touch(&self, keys: &mut Keys) {
        for due in &self.lapsed {
            due.touch(keys);
        }
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<u64, Infallible> {
        let now = book.now();
        let mut undone = 0;
        for due in &self.lapsed {
            match *due {
                Due::Group(id) => {
                    if let Some(after) = book.groups.get(&id).and_then(|group| group.lapse(now)) {
                        book.groups.put(after);
                        undone += 1;
                    }
                }
                Due::Membership(group, user) => {
                    if let Some(after) = book.memberships.get(&(group, user)).and_then(|row| row.lapse(now)) {
                        book.memberships.put(after);
                        undone += 1;
                    }
                }
            }
        }
        Ok(undone)
    }
}

impl Rule for ClaimCheck {
    type Done = CheckLease;
    type Refusal = NotDue;

    fn touch(&self, keys: &mut Keys) {
        self.due.touch(keys);
        if let Due::Membership(group, _) = self.due {
            keys.groups_seen.insert(group);
        }
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<CheckLease, NotDue> {
        let Self { due, lease } = *self;
        let (Due::Group(id) | Due::Membership(id, _)) = due;
        let group = book.groups.get(&id).ok_or(NotDue)?;
        let name = group.name.clone();
        let (fence, desired, check) = match due {
            Due::Group(_) => {
                let after = group.claim_check(lease, book.now())?;
                let taken = (after.version, Desired::NoGroup { owner: after.owner }, after.check());
                book.groups.put(after);
                taken
            }
            Due::Membership(_, user) => {
                let before = book.memberships.get(&(id, user)).ok_or(NotDue)?;
                let (after, desired) = before.claim_check(lease, book.now())?;
                book.memberships.put(after);
                (after.version, desired, after.check())
            }
        };
        Ok(CheckLease { due, fence, name, desired, failed: check.map_or(0, |(check, _)| check.failed) })
    }
}

impl Rule for EndCheck {
    type Done = ();
    type Refusal = Stale;

    fn touch(&self, keys: &mut Keys) {
        match self.due {
            Due::Group(id) => keys.groups.insert(id),
            Due::Membership(group, user) => keys.memberships.insert((group, user)),
        };
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<(), Stale> {
        let Self { due, fence, finding, pause } = *self;
        match due {
            Due::Group(id) => {
                let after = book.groups.get(&id).ok_or(Stale)?.end_check(fence, finding, pause, book.now())?;
                book.groups.put(after);
            }
            Due::Membership(group, user) => {
                let before = JoinRef { group, user, fence }.find(book)?;
                book.memberships.put(before.end_check(fence, finding, pause, book.now())?);
            }
        }
        Ok(())
    }
}

impl StepRule for EndCheck {
    /// The undo before a join has ended, and with it the join.
    fn progress(&self, _: &Result<(), Stale>, _: &Book) -> Progress {
        Progress::Forgotten
    }
}
