//! What the handlers share.

use std::sync::Arc;

use hongbao_app::{ImUsers, Messages, RedPackets, groups::Groups};
use hongbao_ports::{Contacts, Ids, Sessions};

use crate::Health;

/// The use cases and ports behind the endpoints. A clone is the same.
#[derive(Clone)]
pub struct Shared {
    /// Who is logged in.
    pub sessions: Arc<dyn Sessions>,
    /// Red packets.
    pub red_packets: RedPackets,
    /// Who knows whom.
    pub contacts: Arc<dyn Contacts>,
    /// Groups.
    pub groups: Groups,
    /// Users' tokens and profiles.
    pub im_users: ImUsers,
    /// Messages.
    pub messages: Messages,
    /// Names for requests that come without one.
    pub ids: Arc<dyn Ids>,
    /// What the probes are told.
    pub health: Health,
}
