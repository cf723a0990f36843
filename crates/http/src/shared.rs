//! What the handlers share.

use std::sync::Arc;

use hongbao_app::{Friends, ImUsers, InFlight, Messages, RedPackets, groups::Groups};
use hongbao_ports::{Ids, query::SessionQueries};

use crate::{BodyBudget, Health, RateLimits, RequestMetrics};

/// The use cases and ports behind the endpoints. A clone is the same.
#[derive(Clone)]
pub struct Shared {
    /// Who is logged in.
    pub sessions: Arc<dyn SessionQueries>,
    /// Red packets.
    pub red_packets: RedPackets,
    /// Friends.
    pub friends: Friends,
    /// Groups.
    pub groups: Groups,
    /// Users' tokens and profiles.
    pub im_users: ImUsers,
    /// Messages.
    pub messages: Messages,
    /// How often sessions, and addresses without one, may ask.
    pub rate_limits: RateLimits,
    /// How many requests each user has in flight.
    pub in_flight: InFlight,
    /// Names for requests that come without one.
    pub ids: Arc<dyn Ids>,
    /// How much memory bodies may take while they are read.
    pub bodies: BodyBudget,
    /// What requests came to.
    pub requests: RequestMetrics,
    /// What the probes are told.
    pub health: Health,
}
