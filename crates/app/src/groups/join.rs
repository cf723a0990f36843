//! The saga of joining.

use hongbao_domain::{
    group::{
        DiscardJoinRefusal, Due, Finding, GroupName, JoinRef, JoinRefusal, Joined, PrepareJoin, PrepareJoinRefusal,
        PreparedJoin, Stale,
    },
    id::GroupId,
    im_cloud::CloudRefusal,
};
use hongbao_ports::{Failure, Fault, Lane, Turn};
use tracing::info;

use super::{GroupDeps, Groups};
use crate::{Caller, Start, lease::Lease, retry::retry_until, retry_window::RetryWindow};

impl Groups {
    /// Takes a user into a group: prepare, join at the cloud, activate.
    ///
    /// While the user's own earlier request is running, this waits for its end within the deadline. Where an earlier
    /// join is not known to be undone at the cloud, that undo is finished first. A refusal means that this request has
    /// made no user a member. After a fault the caller does not know; a repeat tells.
    pub async fn join(&self, caller: &Caller, group: GroupId) -> Result<Joined, Failure<JoinRefusal>> {
        self.deps.requests.once(caller, || self.join_once(caller, group)).await
    }

    async fn join_once(&self, caller: &Caller, group: GroupId) -> Result<Joined, Failure<JoinRefusal>> {
        let start = Start::new();
        let saga = Saga { deps: self.deps.under(caller), caller: caller.clone(), group, start: start.clone() };
        self.deps.sagas.run(caller, &start, saga.run()).await?
    }
}

struct Saga {
    deps: GroupDeps,
    caller: Caller,
    group: GroupId,
    start: Start,
}

impl Saga {
    async fn run(self) -> Result<Joined, Failure<JoinRefusal>> {
        let mut window = RetryWindow::until(self.caller.deadline, &self.deps.timing);
        let turn = self.turn().await.map_err(refused)?;
        let (prepared, lease) = self.prepare(&mut window).await?;
        let taken = JoinRef { group: self.group, user: self.caller.user, fence: prepared.fence };
        let outcome = if prepared.undo_first {
            self.undo_and_join(lease, turn, taken, &prepared.name, &window).await
        } else {
            self.join(lease, turn, taken, &prepared.name).await
        };
        outcome.map_err(|failure| match failure {
            Failure::Refused(refusal) => Failure::Refused(refusal),
            Failure::Fault(fault) => Failure::Fault(fault.after_begin()),
        })
    }

    async fn turn(&self) -> Result<Turn, CloudRefusal> {
        self.deps.cloud.turn(Lane::Request, self.deps.timing.pacing.min(self.caller.deadline.left())).await
    }

    /// Takes the row; while the user's own earlier request is running, or being undone, waits for what becomes of it.
    async fn prepare(&self, window: &mut RetryWindow) -> Result<(PreparedJoin, Lease), Failure<JoinRefusal>> {
        self.start.begin()?;
        loop {
            let lease = Lease::starting_now(&self.deps.timing);
            let prepare = PrepareJoin { group: self.group, user: self.caller.user, lease: self.deps.timing.lease };
            let give_up = match self.deps.groups.prepare_join(prepare).await {
                Ok(prepared) => return Ok((prepared, lease)),
                Err(Failure::Refused(PrepareJoinRefusal::NotFound)) => {
                    return Err(Failure::Refused(JoinRefusal::NotFound));
                }
                Err(Failure::Refused(PrepareJoinRefusal::AlreadyMember)) => {
                    return Err(Failure::Refused(JoinRefusal::AlreadyMember));
                }
                Err(Failure::Refused(PrepareJoinRefusal::InProgress)) => {
                    Failure::Fault(Fault::unavailable("cannot wait any longer for the user's other join"))
                }
                Err(Failure::Refused(PrepareJoinRefusal::BeingUndone)) => refused(CloudRefusal::Busy),
                Err(Failure::Fault(fault)) => return Err(Failure::Fault(fault)),
            };
            if !window.pause().await || !window.may_begin() {
                return Err(give_up);
            }
        }
    }

    /// Finishes the undo of an earlier join, so that no quit of ours is under way when the new join begins.
    async fn undo_and_join(
        &self,
        lease: Lease,
        turn: Turn,
        taken: JoinRef,
        name: &GroupName,
        window: &RetryWindow,
    ) -> Result<Joined, Failure<JoinRefusal>> {
        if !lease.covers_a_call() {
            return Err(self.give_up_undo(lease, taken, Finding::Untried, CloudRefusal::Busy).await);
        }
        if let Err(refusal) = self.deps.cloud.quit(turn, self.group, self.caller.user).await {
            return Err(self.give_up_undo(lease, taken, Finding::Called, refusal).await);
        }
        let turn = match self.turn().await {
            Ok(turn) if window.has_time_for_a_call() => turn,
            Ok(_) => return Err(self.give_up_undo(lease, taken, Finding::Called, CloudRefusal::Busy).await),
            Err(refusal) => return Err(self.give_up_undo(lease, taken, Finding::Called, refusal).await),
        };
        let until = lease.until;
        let lease = Lease::starting_now(&self.deps.timing);
        match retry_until(until, || self.deps.groups.resume_join(taken, self.deps.timing.lease)).await {
            Ok(taken) => self.join(lease, turn, taken, name).await,
            Err(Failure::Refused(Stale)) => Err(refused(CloudRefusal::Busy)),
            Err(Failure::Fault(fault)) => Err(Failure::Fault(fault)),
        }
    }

    /// Leaves the undo to the reconciler, and gives what to answer. The user has not become a member.
    async fn give_up_undo(
        &self,
        lease: Lease,
        taken: JoinRef,
        finding: Finding,
        refusal: CloudRefusal,
    ) -> Failure<JoinRefusal> {
        let (due, pause) = (Due::Membership(self.group, self.caller.user), self.deps.check_pause);
        match retry_until(lease.until, || self.deps.groups.end_check(due, taken.fence, finding, pause)).await {
            // The row's new holder goes on with the undo; so does the reconciler where the lease lapses.
            Ok(()) | Err(Failure::Refused(Stale) | Failure::Fault(_)) => refused(refusal),
        }
    }

    async fn join(
        &self,
        lease: Lease,
        turn: Turn,
        taken: JoinRef,
        name: &GroupName,
    ) -> Result<Joined, Failure<JoinRefusal>> {
        if !lease.covers_a_call() {
            return Err(self.discard(lease, taken, CloudRefusal::Busy).await);
        }
        match self.deps.cloud.join(turn, self.group, name, self.caller.user).await {
            Ok(()) => self.activate(lease, taken).await,
            Err(refusal) => Err(self.discard(lease, taken, refusal).await),
        }
    }

    /// The cloud has taken the user in, and now we have, unless our lease was over and the join was undone.
    async fn activate(&self, lease: Lease, taken: JoinRef) -> Result<Joined, Failure<JoinRefusal>> {
        match retry_until(lease.until, || self.deps.groups.activate_join(taken, self.deps.check_pause)).await {
            Ok(joined) => {
                info!(group.id = %self.group, user.id = %self.caller.user, "group {} joined", self.group);
                Ok(joined)
            }
            Err(Failure::Refused(Stale)) => Err(refused(CloudRefusal::Unknown(None))),
            Err(Failure::Fault(fault)) => Err(Failure::Fault(fault)),
        }
    }

    /// Undoes the join before anybody hears of the failure, and gives what to answer. What the cloud may have after all
    /// is the reconciler's.
    async fn discard(&self, lease: Lease, taken: JoinRef, refusal: CloudRefusal) -> Failure<JoinRefusal> {
        match retry_until(lease.until, || self.deps.groups.discard_join(taken)).await {
            Ok(()) => refused(refusal),
            Err(Failure::Refused(DiscardJoinRefusal::Joined)) => {
                Failure::Fault(Fault::internal("cannot undo the join: it has made a member"))
            }
            Err(Failure::Fault(fault)) => Failure::Fault(fault),
        }
    }
}

const fn refused(refusal: CloudRefusal) -> Failure<JoinRefusal> {
    Failure::Refused(JoinRefusal::ImCloud(refusal))
}
