//! Groups and who is in them.

use async_trait::async_trait;
use hongbao_domain::{
    group::{Due, Group, Membership, Stuck},
    id::{GroupId, UserId},
};

use super::page::Page;
use crate::Fault;

/// Groups and memberships, as they are.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait GroupQueries: Send + Sync {
    /// Gives at most `limit` rows of each kind that have to be compared with the IM cloud, longest overdue first. Candidates
    /// only: [`claim_check`](crate::Groups::claim_check) judges again. It costs the same however many more are due.
    async fn due(&self, limit: u32) -> Result<Vec<Due>, Fault>;

    /// Gives at most `limit` rows of each kind that were never finished and whose lease is over, longest overdue first.
    /// Candidates only: [`undo_lapsed`](crate::Groups::undo_lapsed) judges again.
    async fn lapsed(&self, limit: u32) -> Result<Vec<Due>, Fault>;

    /// Gives at most `limit` rows of each kind of which [`STUCK_AFTER`](hongbao_domain::group::Check::STUCK_AFTER) checks
    /// or more did not end in agreement since something changed, those with the most first.
    async fn stuck(&self, limit: u32) -> Result<Vec<Stuck>, Fault>;

    /// Gives a group in whatever state, for operators and tests; no user is ever shown one that is not active.
    async fn group(&self, id: GroupId) -> Result<Option<Group>, Fault>;

    /// Gives groups of which a user is a member, by their ids: those above `page.after`. It costs the same however many there
    /// are.
    async fn groups_of(&self, user: UserId, page: Page<GroupId>) -> Result<Vec<Group>, Fault>;

    /// Gives all rows of a group by their users, in whatever state, for operators and tests.
    async fn memberships(&self, id: GroupId) -> Result<Vec<Membership>, Fault>;
}
