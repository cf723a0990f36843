//! Who is told of what.

use std::collections::BTreeSet;

use super::{EventKind, Target};
use crate::{id::EndpointId, webhook::Endpoint};

/// Who is told of what. It is not kept with the money: a server knows it when it makes a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audience {
    /// Whether the sender of a packet is told by a notice, in the background, that it was claimed.
    pub tells_of_claims: bool,
    /// Whether the sender of a packet is told by a notice that it was refunded.
    pub tells_of_refunds: bool,
    /// Endpoints of the app's backend, and what each of them wants to know.
    pub endpoints: Vec<(EndpointId, BTreeSet<EventKind>)>,
}

impl Audience {
    /// Adds the endpoints that are enabled.
    #[must_use]
    pub fn with(self, endpoints: &[Endpoint]) -> Self {
        let enabled = endpoints.iter().filter(|endpoint| endpoint.is_enabled).take(Endpoint::MAX);
        Self { endpoints: enabled.map(|endpoint| (endpoint.id, endpoint.events.clone())).collect(), ..self }
    }

    /// Gives whom to tell of an event of this kind.
    pub(super) fn of(&self, kind: EventKind) -> Vec<Target> {
        let by_notice = match kind {
            EventKind::PacketClaimed => self.tells_of_claims,
            EventKind::PacketRefunded => self.tells_of_refunds,
            EventKind::PacketPublished
            | EventKind::PacketCancelled
            | EventKind::FriendAdded
            | EventKind::FriendRemoved
            | EventKind::GroupCreated
            | EventKind::GroupJoined
            | EventKind::UserDisabled => false,
        };
        let wants = |(endpoint, kinds): &(EndpointId, BTreeSet<EventKind>)| {
            kinds.contains(&kind).then_some(Target::Webhook(*endpoint))
        };
        by_notice.then_some(Target::Notice).into_iter().chain(self.endpoints.iter().filter_map(wants)).collect()
    }
}
