//! Who knows whom, and who is in which group.

use hongbao_domain::{
    friend::Friend,
    group::{Group, Stuck},
    id::{GroupId, UserId},
    time::Timestamp,
};
use hongbao_ports::{Fault, query::Page};

use super::{Admin, AdminFailure};

impl Admin {
    /// Gives a user's friends, the newest first.
    pub async fn friends(&self, user: UserId, page: Page<(Timestamp, UserId)>) -> Result<Vec<Friend>, AdminFailure> {
        self.status(user).await?;
        Ok(self.queries.friends(user, page).await?)
    }

    /// Gives whom a user blocks, by id.
    pub async fn blocked_by(&self, user: UserId) -> Result<Vec<UserId>, AdminFailure> {
        self.status(user).await?;
        Ok(self.queries.blocked_by(user).await?)
    }

    /// Gives the groups of which a user is a member, by id.
    pub async fn groups_of(&self, user: UserId, page: Page<GroupId>) -> Result<Vec<Group>, AdminFailure> {
        self.status(user).await?;
        Ok(self.queries.groups_of(user, page).await?)
    }

    /// Gives at most so many groups and so many members on which the IM cloud has not come to agree, those with the most
    /// failed checks first.
    pub async fn stuck_groups(&self, limit: u32) -> Result<Vec<Stuck>, Fault> {
        self.queries.stuck(limit).await
    }
}
