//! What the sender of a packet is told.

use super::{Packet, PacketRef, PacketState};
use crate::{id::UserId, money::Money, time::Timestamp};

/// A packet that waits for its receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// The packet.
    pub packet: PacketRef,
    /// Who may claim.
    pub receiver: UserId,
    /// What it holds at first.
    pub money: Money,
    /// From when on it can no longer be claimed.
    pub expires_at: Timestamp,
}

impl Published {
    /// Gives what the sender of a packet with one named receiver is told.
    pub(super) fn of(packet: &Packet) -> Option<Self> {
        let receiver = packet.shares.first()?.receiver?;
        let (money, expires_at) = (packet.money(packet.total), packet.expires_at);
        Some(Self { packet: packet.reference(), receiver, money, expires_at })
    }

    /// Says whether this is what the sender of the packet is told; not of one that was cancelled.
    pub fn is_true_of(&self, packet: &Packet) -> bool {
        packet.state != PacketState::Cancelled && Self::of(packet).as_ref() == Some(self)
    }
}
