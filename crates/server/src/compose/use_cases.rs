//! The use cases, put together over the store and the cloud.

use std::sync::Arc;

use hongbao_app::{
    Friends, ImUsers, InFlight, Messages, RedPacketDeps, RedPackets, Requests, Sagas, Timing, Waker, groups,
};
use hongbao_domain::message::ReservedNames;
use hongbao_http::{BodyBudget, Health, RateLimits, RequestMetrics, Shared};
use hongbao_ports::Ids;
use hongbao_rongcloud::RongCloud;
use hongbao_store::Batches;

use super::outbox;
use crate::{settings::Settings, store::Store};

/// What all of them stand on.
pub(super) struct UseCases<'a> {
    pub(super) settings: &'a Settings,
    pub(super) timing: Timing,
    pub(super) ledger: Arc<Batches>,
    pub(super) store: Arc<dyn Store>,
    pub(super) cloud: Arc<RongCloud>,
    pub(super) ids: Arc<dyn Ids>,
    pub(super) sagas: Sagas,
    pub(super) requests: Requests,
    /// Wakes what delivers.
    pub(super) outbox: Waker,
}

impl UseCases<'_> {
    /// Puts together what groups and their reconciler need.
    pub(super) fn groups(&self) -> groups::GroupDeps {
        groups::GroupDeps {
            groups: self.ledger.clone(),
            requests: self.requests.clone(),
            cloud: self.cloud.clone(),
            ids: self.ids.clone(),
            sagas: self.sagas.clone(),
            timing: self.timing,
            check_pause: self.settings.group.check_pause.0,
        }
    }

    fn red_packets(&self) -> RedPackets {
        RedPackets::new(RedPacketDeps {
            ledger: self.ledger.clone(),
            requests: self.requests.clone(),
            packets: self.store.clone(),
            users: self.store.clone(),
            im_cloud: self.cloud.clone(),
            ids: self.ids.clone(),
            sagas: self.sagas.clone(),
            timing: self.timing,
            expires_in: self.settings.red_packet.expires_in.0,
            opened_notice: outbox::opened_notice(self.settings),
            outbox: self.outbox.clone(),
        })
    }

    /// Puts together what the API serves.
    pub(super) fn shared(&self, bodies: BodyBudget, health: Health) -> Shared {
        let Self { settings, timing, ledger, store, cloud, ids, sagas, requests, .. } = self;
        let (timing, reserved) = (*timing, reserved_names(settings));
        Shared {
            sessions: store.clone(),
            red_packets: self.red_packets(),
            groups: groups::Groups::new(self.groups()),
            friends: Friends::new(requests.clone(), store.clone(), settings.friend.max.get(), sagas.clone()),
            im_users: ImUsers::new(
                requests.clone(),
                ledger.clone(),
                store.clone(),
                cloud.clone(),
                sagas.clone(),
                timing,
            ),
            messages: Messages::new(requests.clone(), store.clone(), cloud.clone(), reserved, sagas.clone(), timing),
            rate_limits: RateLimits::new(settings.rate_limit.rates()),
            in_flight: InFlight::new(settings.http.user_in_flight),
            ids: ids.clone(),
            bodies,
            requests: RequestMetrics::of_contract(),
            health,
        }
    }
}

/// A user who could send what we or the cloud send could deceive the receiver.
fn reserved_names(settings: &Settings) -> ReservedNames {
    let im = &settings.im;
    ReservedNames { prefix: im.notice_prefix.clone(), names: im.reserved_object_names.0.clone() }
}
