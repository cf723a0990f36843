//! The use cases over a store and a cloud, as the binary's composition does it.

use std::{num::NonZeroU32, sync::Arc};

use hongbao_app::{Friends, ImUsers, InFlight, Messages, RedPacketDeps, RedPackets, Requests, Sagas, Waker, groups};
use hongbao_http::{BodyBudget, Health, RateLimits, RequestMetrics, Shared};
use hongbao_ports::{
    Ids,
    query::{Backlog, SessionQueries},
};
use hongbao_rongcloud::RongCloud;
use tokio::sync::watch;

use super::settings::Settings;
use crate::{Faulty, Ports};

/// What a server is put together of.
pub(super) struct Wiring {
    /// The store's ports, behind the server's faults.
    pub(super) ports: Ports,
    /// Who is logged in, for the HTTP side alone.
    pub(super) sessions: Arc<dyn SessionQueries>,
    /// The cloud, behind the same faults.
    pub(super) cloud: Arc<Faulty<RongCloud>>,
    pub(super) ids: Arc<dyn Ids>,
    pub(super) sagas: Sagas,
}

impl Wiring {
    fn requests(&self) -> Requests {
        Requests::new(self.ports.commands.clone(), self.ports.queries.clone())
    }

    /// What the use cases of groups and their reconciler stand on.
    pub(super) fn groups(&self, settings: &Settings) -> groups::GroupDeps {
        groups::GroupDeps {
            groups: self.ports.groups.clone(),
            requests: self.requests(),
            cloud: self.cloud.clone(),
            ids: self.ids.clone(),
            sagas: self.sagas.clone(),
            timing: settings.timing,
            check_pause: settings.check_pause,
        }
    }

    /// Puts all use cases together.
    pub(super) fn shared(self, settings: &Settings) -> Shared {
        let (groups, requests) = (groups::Groups::new(self.groups(settings)), self.requests());
        let Self { ports, sessions, cloud, ids, sagas } = self;
        let Settings { timing, expires_in, opened_notice, reserved, .. } = settings.clone();
        let Ports { ledger, profiles, queries, readiness, .. } = ports;
        let deps = RedPacketDeps {
            ledger,
            requests: requests.clone(),
            packets: queries.clone(),
            users: queries.clone(),
            im_cloud: cloud.clone(),
            ids: ids.clone(),
            sagas: sagas.clone(),
            timing,
            expires_in,
            opened_notice,
            outbox: Waker::default(),
        };
        Shared {
            sessions,
            red_packets: RedPackets::new(deps),
            groups,
            friends: Friends::new(requests.clone(), queries.clone(), 5_000, sagas.clone()),
            im_users: ImUsers::new(requests.clone(), profiles, queries.clone(), cloud.clone(), sagas.clone(), timing),
            messages: Messages::new(requests, queries, cloud, reserved, sagas, timing),
            rate_limits: RateLimits::off(),
            in_flight: InFlight::new(NonZeroU32::MAX),
            ids,
            bodies: BodyBudget::new(64 << 20),
            requests: RequestMetrics::of_contract(),
            health: Health::new(readiness, watch::channel(Backlog::default()).1),
        }
    }
}
