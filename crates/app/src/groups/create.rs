//! The saga of creating.

use hongbao_domain::{
    group::{
        ActivateGroupRefusal, CreateGroup, CreateRefusal, DiscardGroupRefusal, Group, PrepareGroup, PrepareGroupRefusal,
    },
    id::GroupId,
    im_cloud::CloudRefusal,
};
use hongbao_ports::{Chain, Failure, Fault, FaultKind, Lane, Turn};
use tracing::{info, warn};

use super::{GroupDeps, Groups};
use crate::{Caller, Start, lease::Lease, retry::retry_until};

impl Groups {
    /// Creates a group with its first member: prepare, create at the cloud, activate.
    ///
    /// A refusal means that there is no group and never will be. After a fault the caller does not know; what was begun
    /// is there or discarded within lease + 5 s.
    pub async fn create(&self, caller: &Caller, create: CreateGroup) -> Result<Group, Failure<CreateRefusal>> {
        self.deps.requests.once(caller, || self.create_once(caller, create.clone())).await
    }

    async fn create_once(&self, caller: &Caller, create: CreateGroup) -> Result<Group, Failure<CreateRefusal>> {
        let start = Start::new();
        let saga = Saga { deps: self.deps.under(caller), caller: caller.clone(), create, start: start.clone() };
        self.deps.sagas.run(caller, &start, saga.run()).await?
    }
}

struct Saga {
    deps: GroupDeps,
    caller: Caller,
    create: CreateGroup,
    start: Start,
}

impl Saga {
    async fn run(self) -> Result<Group, Failure<CreateRefusal>> {
        let deps = &self.deps;
        let turn = deps
            .cloud
            .turn(Lane::Request, deps.timing.pacing.min(self.caller.deadline.left()))
            .await
            .map_err(refused)?;
        let lease = Lease::starting_now(&deps.timing);
        let id = self.prepare().await?.id;
        let outcome = match self.create_at_cloud(lease, turn, id).await {
            Ok(()) => self.activate(lease, id).await,
            Err(refusal) => self.discard(lease, id, refusal).await,
        };
        outcome.map_err(|failure| match failure {
            Failure::Refused(refusal) => Failure::Refused(refusal),
            Failure::Fault(fault) => Failure::Fault(fault.after_begin()),
        })
    }

    async fn prepare(&self) -> Result<Group, Failure<CreateRefusal>> {
        self.start.begin()?;
        let CreateGroup { name, memo } = self.create.clone();
        let (id, lease) = (self.deps.ids.group(), self.deps.timing.lease);
        let prepare = PrepareGroup { id, name, memo, owner: self.caller.user, lease };
        self.deps.groups.prepare_group(prepare).await.map_err(|failure| match failure {
            Failure::Refused(PrepareGroupRefusal::IdTaken) => {
                Failure::Fault(Fault::internal("cannot prepare: the group's id is taken"))
            }
            // The contract has a number of its own for a store that has changed nothing.
            Failure::Fault(fault) if fault.kind() == FaultKind::Unavailable && fault.request().is_none() => {
                warn!(fault = %Chain(&fault), "a group cannot be prepared");
                Failure::Refused(CreateRefusal::Database)
            }
            Failure::Fault(fault) => Failure::Fault(fault),
        })
    }

    async fn create_at_cloud(&self, lease: Lease, turn: Turn, id: GroupId) -> Result<(), CloudRefusal> {
        if !lease.covers_a_call() {
            return Err(CloudRefusal::Busy);
        }
        self.deps.cloud.create(turn, id, &self.create.name, self.caller.user).await
    }

    /// The cloud has the group, and now we have it, unless our lease was over and it was discarded.
    async fn activate(&self, lease: Lease, id: GroupId) -> Result<Group, Failure<CreateRefusal>> {
        match retry_until(lease.until, || self.deps.groups.activate_group(id)).await {
            Ok(group) => {
                info!(group.id = %id, user.id = %self.caller.user, "group {id} created");
                Ok(group)
            }
            Err(Failure::Refused(ActivateGroupRefusal::Discarded)) => Err(refused(CloudRefusal::Unknown(None))),
            Err(Failure::Refused(ActivateGroupRefusal::NotFound)) => {
                Err(Failure::Fault(Fault::internal("cannot activate: the group is gone")))
            }
            Err(Failure::Fault(fault)) => Err(Failure::Fault(fault)),
        }
    }

    /// The cloud has no group, as far as we know: ours is discarded for good before anybody hears of it. What the cloud
    /// may have after all is the reconciler's.
    async fn discard(&self, lease: Lease, id: GroupId, refusal: CloudRefusal) -> Result<Group, Failure<CreateRefusal>> {
        match retry_until(lease.until, || self.deps.groups.discard_group(id)).await {
            Ok(()) => {
                info!(group.id = %id, code = refusal.code(), "group {id} discarded");
                Err(refused(refusal))
            }
            Err(Failure::Refused(DiscardGroupRefusal::NotFound | DiscardGroupRefusal::Active)) => {
                Err(Failure::Fault(Fault::internal("cannot discard the group")))
            }
            Err(Failure::Fault(fault)) => Err(Failure::Fault(fault)),
        }
    }
}

const fn refused(refusal: CloudRefusal) -> Failure<CreateRefusal> {
    Failure::Refused(CreateRefusal::ImCloud(refusal))
}
