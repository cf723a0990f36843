//! The end of a packet that no user claimed in time.

use super::{Packet, PacketRef, PacketState};
use crate::{
    id::CommandId,
    ledger::{AccountKey, Cause, Holder, Overflow, Transfer},
    money::Money,
    outbox::Event,
    planted::{Defect, is_planted},
    store::{Book, Keys, Rule},
};

/// Asks to give back what is left of an expired packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expire {
    /// The packet.
    pub packet: PacketRef,
}

/// A packet whose rest went back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expired {
    /// What went back.
    pub refunded: Money,
}

/// Says why a packet does not expire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpireRefusal {
    /// There is no such packet.
    NotFound,
    /// It is not open: still being sent, or final.
    NotOpen,
    /// Its time is not over.
    TooEarly,
    /// A claim that began in time is still in progress; its end decides.
    ClaimInProgress,
    /// The sender's account cannot hold the money: above [`Amount::MAX`](crate::money::Amount::MAX).
    BalanceOverflow,
}

impl Rule for Expire {
    type Done = Expired;
    type Refusal = ExpireRefusal;

    fn touch(&self, keys: &mut Keys) {
        keys.packets.insert(self.packet.id);
        keys.account(self.packet.sender, self.packet.coin);
    }

    fn apply(&self, book: &mut Book, command: CommandId) -> Result<Expired, ExpireRefusal> {
        let packet = self.packet.find(book).ok_or(ExpireRefusal::NotFound)?;
        if packet.state != PacketState::Open && !is_planted(Defect::Refund) {
            return Err(ExpireRefusal::NotOpen);
        }
        if book.now() < packet.expires_at {
            return Err(ExpireRefusal::TooEarly);
        }
        if packet.has_claim_in_progress() && !is_planted(Defect::Refund) {
            return Err(ExpireRefusal::ClaimInProgress);
        }
        let refunded = packet.money(packet.balance.amount);
        self.packet
            .give_back(book, Cause::Refund, PacketState::Refunded, command)
            .map_err(|_| ExpireRefusal::BalanceOverflow)?;
        Ok(Expired { refunded })
    }
}

impl PacketRef {
    /// Finds the packet, if sender and coin are its own: other accounts were not locked.
    pub(super) fn find<'book>(&self, book: &'book Book) -> Option<&'book Packet> {
        book.packet(self.id).filter(|packet| packet.reference() == *self)
    }

    /// Ends the packet and moves what it holds back to the sender.
    pub(super) fn give_back(
        &self,
        book: &mut Book,
        cause: Cause,
        end: PacketState,
        command: CommandId,
    ) -> Result<(), Overflow> {
        let packet = self.find(book).expect("the caller has found the packet");
        let (amount, scale, from) = (packet.balance.amount, packet.scale, packet.holder());
        let (money, receiver) = (packet.money(amount), packet.receiver());
        let account = AccountKey { user: self.sender, coin: self.coin };
        book.open_account(account, scale);
        book.transfer(&Transfer { from, to: Holder::Account(account), coin: self.coin, amount, cause, command })?;
        if let Some(packet) = book.change_packet(self.id) {
            packet.end(end);
        }
        let Self { id: packet, sender, coin: _ } = *self;
        let receiver = receiver.unwrap_or(sender);
        book.tell(
            command,
            &if end == PacketState::Cancelled {
                Event::PacketCancelled { packet, sender, receiver, money }
            } else {
                Event::PacketRefunded { packet, sender, receiver, money }
            },
        );
        Ok(())
    }

    /// Tells that the packet, which was being sent, is open.
    pub(super) fn tell_published(&self, book: &mut Book, command: CommandId) {
        let Some(packet) = self.find(book) else { return };
        let (money, expires_at) = (packet.money(packet.total), packet.expires_at);
        let receiver = packet.receiver().unwrap_or(self.sender);
        let Self { id: packet, sender, coin: _ } = *self;
        book.tell(command, &Event::PacketPublished { packet, sender, receiver, money, expires_at });
    }
}

#[cfg(test)]
mod tests;
