//! Publishing and accepting red packets.

mod accept;
mod publish;

use std::{sync::Arc, time::Duration};

use hongbao_domain::{
    id::TransferId,
    im_cloud::CloudRefusal,
    ledger::Holding,
    red_packet::{DetailRefusal, Viewed},
};
use hongbao_ports::{
    Failure, Fault, Ids, ImCloud, Ledger, Notice, Turn,
    query::{LedgerQueries, UserQueries},
};

use crate::{Caller, Requests, Sagas, Timing, Waker, lease::Lease};

/// What the use cases need.
#[derive(Clone)]
pub struct RedPacketDeps {
    /// Where the money is.
    pub ledger: Arc<dyn Ledger>,
    /// Which requests were made before.
    pub requests: Requests,
    /// What it holds.
    pub packets: Arc<dyn LedgerQueries>,
    /// Who exists.
    pub users: Arc<dyn UserQueries>,
    /// Who tells receivers and senders.
    pub im_cloud: Arc<dyn ImCloud>,
    /// Fresh names.
    pub ids: Arc<dyn Ids>,
    /// The tasks, drained at shutdown.
    pub sagas: Sagas,
    /// The timing law; checked at start-up.
    pub timing: Timing,
    /// For how long a packet can be claimed.
    pub expires_in: Duration,
    /// Whether a claim waits for the sender to be told.
    pub opened_notice: OpenedNotice,
    /// Wakes what delivers notices in the background.
    pub outbox: Waker,
}

/// What a claim has to do with the notice to the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OpenedNotice {
    /// There is no claim without it.
    #[default]
    Required,
    /// It is delivered in the background, so that packets can be claimed while the cloud is away.
    Deferred,
    /// The sender is not told.
    Off,
}

impl RedPacketDeps {
    /// Gives what one request needs: under a key, its steps are those of that request.
    fn under(&self, caller: &Caller) -> Self {
        let ledger: Arc<dyn Ledger> = match self.requests.keyed(caller) {
            Some(keyed) => keyed,
            None => Arc::clone(&self.ledger),
        };
        Self { ledger, ..self.clone() }
    }
}

/// The red packet use cases.
#[derive(Clone)]
pub struct RedPackets {
    deps: RedPacketDeps,
}

impl RedPackets {
    /// Puts the use cases to work in `deps`.
    pub const fn new(deps: RedPacketDeps) -> Self {
        Self { deps }
    }

    /// Shows a packet to its sender or its receiver, and touches nothing.
    pub async fn detail(&self, caller: &Caller, id: TransferId) -> Result<Viewed, Failure<DetailRefusal>> {
        let found = caller.deadline.within(self.deps.packets.view(id)).await??;
        Viewed::show_to(found, caller.user).map_err(Failure::Refused)
    }

    /// Gives what the caller has, by coin id.
    pub async fn holdings(&self, caller: &Caller) -> Result<Vec<Holding>, Fault> {
        caller.deadline.within(self.deps.packets.holdings(caller.user)).await?
    }
}

/// Calls the cloud, unless the lease might end before the call does.
async fn notify(im_cloud: &dyn ImCloud, lease: Lease, turn: Turn, notice: &Notice) -> Result<(), CloudRefusal> {
    if !lease.covers_a_call() {
        return Err(CloudRefusal::Busy);
    }
    im_cloud.notify(turn, notice).await
}
