//! Groups at the IM cloud.

use std::time::Duration;

use async_trait::async_trait;
use hongbao_domain::{
    group::GroupName,
    id::{GroupId, UserId},
    im_cloud::CloudRefusal,
};

use crate::{Lane, Turn};

/// The groups that the IM cloud delivers to.
///
/// Each call is one request within the adapter's time-out, and may be repeated: being done twice is being done once.
/// `Ok` means that the cloud has done it. [`CloudRefusal::Rejected`]: none of the tries was executed.
/// [`CloudRefusal::Unknown`]: it may have been executed, or will be later. Even after `Ok` a try that was given up may
/// be executed once more.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait CloudGroups: Send + Sync {
    /// Waits for a turn of a lane, at most `within`. A turn that would come later is refused at once:
    /// [`CloudRefusal::Busy`]. No caller waits behind the other lane.
    async fn turn(&self, lane: Lane, within: Duration) -> Result<Turn, CloudRefusal>;

    /// Creates a group with its first member. The cloud gets the first 64 characters of the name.
    async fn create(&self, turn: Turn, group: GroupId, name: &GroupName, owner: UserId) -> Result<(), CloudRefusal>;

    /// Takes a user into a group.
    async fn join(&self, turn: Turn, group: GroupId, name: &GroupName, user: UserId) -> Result<(), CloudRefusal>;

    /// Takes a user out of a group.
    async fn quit(&self, turn: Turn, group: GroupId, user: UserId) -> Result<(), CloudRefusal>;

    /// Dismisses a group in the name of a user.
    async fn dismiss(&self, turn: Turn, group: GroupId, owner: UserId) -> Result<(), CloudRefusal>;

    /// Lists the members of a group, by their ids at the cloud; none where there is no such group.
    async fn members(&self, turn: Turn, group: GroupId) -> Result<Vec<String>, CloudRefusal>;
}
