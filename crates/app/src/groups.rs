//! Creating and joining groups, and keeping the IM cloud's groups in agreement with ours.

mod create;
mod join;
mod reconciler;

use std::{sync::Arc, time::Duration};

use hongbao_domain::{
    group::{CreateGroup, CreateRefusal, Group, JoinRefusal, Joined},
    id::GroupId,
};
use hongbao_ports::{self as ports, CloudGroups, Failure, Ids};

pub use reconciler::{Reconciled, Reconciler};

use crate::{Caller, Sagas, Timing};

/// What the use cases need.
#[derive(Clone)]
pub struct GroupDeps {
    /// Where groups and memberships are kept.
    pub groups: Arc<dyn ports::Groups>,
    /// The cloud's groups.
    pub cloud: Arc<dyn CloudGroups>,
    /// Fresh names.
    pub ids: Arc<dyn Ids>,
    /// The tasks, drained at shutdown.
    pub sagas: Sagas,
    /// The timing law; checked at start-up.
    pub timing: Timing,
    /// How long to wait between two checks of one row: longer than the cloud may take to execute a call that was given
    /// up.
    pub check_pause: Duration,
}

/// The use cases of groups.
#[derive(Clone)]
pub struct Groups {
    deps: GroupDeps,
}

impl Groups {
    /// Puts the use cases to work in `deps`.
    pub const fn new(deps: GroupDeps) -> Self {
        Self { deps }
    }

    /// Creates a group with its first member: prepare, create at the cloud, activate.
    ///
    /// A refusal means that there is no group and never will be. After a fault the caller does not know; what was begun
    /// is there or discarded within lease + 5 s.
    pub async fn create(&self, caller: &Caller, create: CreateGroup) -> Result<Group, Failure<CreateRefusal>> {
        create::run(&self.deps, caller, create).await
    }

    /// Takes a user into a group: prepare, join at the cloud, activate.
    ///
    /// While the user's own earlier request is running, this waits for its end within the deadline. Where an earlier
    /// join is not known to be undone at the cloud, that undo is finished first. A refusal means that this request has
    /// made nobody a member. After a fault the caller does not know; a repeat tells.
    pub async fn join(&self, caller: &Caller, group: GroupId) -> Result<Joined, Failure<JoinRefusal>> {
        join::run(&self.deps, caller, group).await
    }
}
