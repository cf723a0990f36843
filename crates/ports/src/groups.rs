//! Groups and who is in them, as we keep them: the changes.

use std::time::Duration;

use async_trait::async_trait;
use hongbao_domain::{
    group::{
        ActivateGroupRefusal, CheckLease, DiscardGroupRefusal, DiscardJoinRefusal, Due, Finding, Group, JoinRef,
        Joined, NotDue, PrepareGroup, PrepareGroupRefusal, PrepareJoin, PrepareJoinRefusal, PreparedJoin, Stale,
    },
    id::GroupId,
};

use crate::{Failure, Fault};

/// Groups and memberships. What is there is asked of [`GroupQueries`](crate::query::GroupQueries).
///
/// Every method is one atomic, durable step: `Ok` survives a crash of the machine, a refusal has changed nothing,
/// [`Failure::Fault`] says by its kind whether something may have changed. Time is the store's own, read after everything
/// that the step touches was locked. The rules stand in the domain, with the rows.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Groups: Send + Sync {
    /// Makes a group in state preparing, under a lease. An id that is there is refused, in whatever state.
    async fn prepare_group(&self, prepare: PrepareGroup) -> Result<Group, Failure<PrepareGroupRefusal>>;

    /// Brings a group to life, with its creator as first member. A repeat gives the same; once it is discarded, it is
    /// refused.
    async fn activate_group(&self, id: GroupId) -> Result<Group, Failure<ActivateGroupRefusal>>;

    /// Gives a group up for good and makes it due for a check at once. A repeat changes nothing; once it is active, it
    /// is refused.
    async fn discard_group(&self, id: GroupId) -> Result<(), Failure<DiscardGroupRefusal>>;

    /// Takes a user's row for a join, under a lease. Where an earlier join is not known to be undone at the cloud, the
    /// row is taken for that undo first; then [`resume_join`](Self::resume_join) goes on, or
    /// [`end_check`](Self::end_check) gives up. A repeat is refused as in progress, or as being undone.
    async fn prepare_join(&self, prepare: PrepareJoin) -> Result<PreparedJoin, Failure<PrepareJoinRefusal>>;

    /// Turns a row that was taken for an undo into a join, under a new lease, and gives it with its new fence. A repeat
    /// gives the same; once another one has taken the row, it is refused.
    async fn resume_join(&self, undo: JoinRef, lease: Duration) -> Result<JoinRef, Failure<Stale>>;

    /// Makes the user a member. A repeat gives the same, but for the count; once another one has taken the row, it is
    /// refused. Where an undo came before, the member is due for a check `pause` later.
    async fn activate_join(&self, join: JoinRef, pause: Duration) -> Result<Joined, Failure<Stale>>;

    /// Undoes a join and makes it due for a check at once. A repeat changes nothing, nor does one who comes late; once
    /// this join has made a member, it is refused.
    async fn discard_join(&self, join: JoinRef) -> Result<(), Failure<DiscardJoinRefusal>>;

    /// Gives up what was never finished: of these rows, discards groups and undoes joins whose lease is over, in one atomic
    /// step. Each is due for a check at once. Gives how many rows that were; a repeat finds none. What an earlier undo or
    /// check has taken is not touched.
    async fn undo_lapsed(&self, lapsed: Vec<Due>) -> Result<u64, Fault>;

    /// Takes a row for a check, under a lease, and reads what is wanted in the same step. What was never finished is
    /// discarded or undone by that. Refused where nothing is due, or another one is at it.
    async fn claim_check(&self, due: Due, lease: Duration) -> Result<CheckLease, Failure<NotDue>>;

    /// Ends the check, or the undo, that took the row with `fence`; the next one is due `pause` later, if both have not
    /// agreed often enough, and later still the more of them did not end in agreement. Refused once another one has taken
    /// the row; so is a repeat.
    async fn end_check(&self, due: Due, fence: u64, finding: Finding, pause: Duration) -> Result<(), Failure<Stale>>;
}
