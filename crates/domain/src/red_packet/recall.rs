//! An operator takes an open packet back, on the sender's behalf. Its publish was answered 0, so it is refunded, not cancelled.

use super::{PacketRef, PacketState};
use crate::{
    id::CommandId,
    ledger::Cause,
    store::{Book, Keys, Rule},
};

/// Asks to give the money of an open packet back to its sender before its time is over: it is refunded early. Where the
/// money has gone back already, nothing changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recall {
    /// The packet.
    pub packet: PacketRef,
}

/// A packet whose money is its sender's again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recalled {
    /// Whether it was before.
    pub repeated: bool,
}

/// Says why a packet cannot be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecallRefusal {
    /// There is no such packet.
    NotFound,
    /// It is still being sent, or a receiver has its money.
    NotOpen,
    /// A claim is in progress; it ends within its lease.
    ClaimInProgress,
    /// The sender's account cannot hold the money: above [`Amount::MAX`](crate::money::Amount::MAX).
    BalanceOverflow,
}

impl Rule for Recall {
    type Done = Recalled;
    type Refusal = RecallRefusal;

    fn touch(&self, keys: &mut Keys) {
        keys.packets.insert(self.packet.id);
        keys.account(self.packet.sender, self.packet.coin);
    }

    fn apply(&self, book: &mut Book, command: CommandId) -> Result<Recalled, RecallRefusal> {
        let packet = self.packet.find(book).ok_or(RecallRefusal::NotFound)?;
        match packet.state {
            PacketState::Cancelled | PacketState::Refunded => return Ok(Recalled { repeated: true }),
            PacketState::Sending { .. } | PacketState::Claimed => return Err(RecallRefusal::NotOpen),
            PacketState::Open if packet.has_claim_in_progress() => return Err(RecallRefusal::ClaimInProgress),
            PacketState::Open => {}
        }
        let given = self.packet.give_back(book, Cause::Refund, PacketState::Refunded, command);
        given.map_err(|_| RecallRefusal::BalanceOverflow)?;
        Ok(Recalled { repeated: false })
    }
}

#[cfg(test)]
mod tests;
