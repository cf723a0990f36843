//! An operator takes an open packet back, on the sender's behalf.

use super::{Cancelled, PacketRef, PacketState};
use crate::{
    id::CommandId,
    ledger::Cause,
    store::{Book, Keys, Rule},
};

/// Asks to give the money of an open packet back to its sender before its time is over. A repeat changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recall {
    /// The packet.
    pub packet: PacketRef,
}

/// Says why a packet cannot be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecallRefusal {
    /// There is no such packet.
    NotFound,
    /// It is still being sent, or its money is with another already.
    NotOpen,
    /// A claim is in progress; it ends within its lease.
    ClaimInProgress,
    /// The sender's account cannot hold the money: above [`Amount::MAX`](crate::money::Amount::MAX).
    BalanceOverflow,
}

impl Rule for Recall {
    type Done = Cancelled;
    type Refusal = RecallRefusal;

    fn touch(&self, keys: &mut Keys) {
        keys.packets.insert(self.packet.id);
        keys.account(self.packet.sender, self.packet.coin);
    }

    fn apply(&self, book: &mut Book, command: CommandId) -> Result<Cancelled, RecallRefusal> {
        let packet = self.packet.find(book).ok_or(RecallRefusal::NotFound)?;
        match packet.state {
            PacketState::Cancelled => return Ok(Cancelled { repeated: true }),
            PacketState::Sending { .. } | PacketState::Claimed | PacketState::Refunded => {
                return Err(RecallRefusal::NotOpen);
            }
            PacketState::Open if packet.has_claim_in_progress() => return Err(RecallRefusal::ClaimInProgress),
            PacketState::Open => {}
        }
        let given = self.packet.give_back(book, Cause::Cancel, PacketState::Cancelled, command);
        given.map_err(|_| RecallRefusal::BalanceOverflow)?;
        Ok(Cancelled { repeated: false })
    }
}

#[cfg(test)]
mod tests;
