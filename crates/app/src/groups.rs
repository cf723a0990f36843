//! Creating and joining groups, and keeping the IM cloud's groups in agreement with ours.

mod create;
mod join;
mod reconciler;

use std::{sync::Arc, time::Duration};

use hongbao_ports::{self as ports, CloudGroups, Ids};

pub use reconciler::{Reconciled, Reconciler};

use crate::{Caller, Requests, Sagas, Timing};

/// What the use cases need.
#[derive(Clone)]
pub struct GroupDeps {
    /// Where groups and memberships are kept.
    pub groups: Arc<dyn ports::Groups>,
    /// Which requests were made before.
    pub requests: Requests,
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

impl GroupDeps {
    /// Gives what one request needs: under a key, its steps are those of that request.
    fn under(&self, caller: &Caller) -> Self {
        let groups: Arc<dyn ports::Groups> = match self.requests.keyed(caller) {
            Some(keyed) => keyed,
            None => Arc::clone(&self.groups),
        };
        Self { groups, ..self.clone() }
    }
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
}
