//! The end of a packet that no user claimed in time.

use super::{Packet, PacketRef, PacketState};
use crate::{
    id::CommandId,
    ledger::{AccountKey, Cause, Holder, Overflow, Transfer},
    money::Money,
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
    fn touch(&self, keys: &mut Keys) {
        keys.packets.insert(self.packet.id);
        keys.account(self.packet.sender, self.packet.coin);
    }

    fn apply(&self, book: &mut Book, command: CommandId) -> Result<Expired, ExpireRefusal> {
        let packet = self.packet.find(book).ok_or(ExpireRefusal::NotFound)?;
        if packet.state != PacketState::Open {
            return Err(ExpireRefusal::NotOpen);
        }
        if book.now() < packet.expires_at {
            return Err(ExpireRefusal::TooEarly);
        }
        if packet.has_claim_in_progress() {
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
        let account = AccountKey { user: self.sender, coin: self.coin };
        book.open_account(account, scale);
        book.transfer(&Transfer { from, to: Holder::Account(account), coin: self.coin, amount, cause, command })?;
        if let Some(packet) = book.change_packet(self.id) {
            packet.end(end);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{money::Amount, red_packet::Cancel, testing::*, time::Timestamp};

    #[test]
    fn what_is_left_goes_back_when_the_time_is_over_and_not_before() {
        let mut store = Store::new();
        let packet = store.delivered();
        let end = NOON.after(LIFE);
        let just_before = Timestamp::from_micros(end.to_micros() - 1);
        assert_eq!(store.run(Expire { packet }, just_before), Err(ExpireRefusal::TooEarly));

        let expired = store.run(Expire { packet }, end).unwrap();

        assert_eq!(expired.refunded.amount, fen(300));
        assert_eq!((store.packet(packet).state, store.packet(packet).ended_at), (PacketState::Refunded, Some(end)));
        assert_eq!(store.fen_of(alice()), 1_000);
        assert_eq!(store.run(Expire { packet }, end), Err(ExpireRefusal::NotOpen));
    }

    #[test]
    fn only_an_open_packet_expires() {
        let mut store = Store::new();
        let begun = store.claiming();
        store.run(settle(&begun, bob()), NOON).unwrap();
        let (sending, cancelled) = (store.sending(), store.sending());
        store.run(Cancel { packet: cancelled }, NOON).unwrap();

        for packet in [begun.packet, sending, cancelled] {
            assert_eq!(store.run(Expire { packet }, NOON.after(LIFE)), Err(ExpireRefusal::NotOpen));
        }
    }

    #[test]
    fn a_claim_in_progress_decides_itself_even_with_its_lease_over() {
        let mut store = Store::new();
        let begun = store.claiming();
        let late = NOON.after(LIFE * 2);
        assert_eq!(store.run(Expire { packet: begun.packet }, late), Err(ExpireRefusal::ClaimInProgress));

        let before = NOON;
        store.run(release(&begun, bob()), before).unwrap();
        assert!(store.run(Expire { packet: begun.packet }, late).is_ok());
    }

    #[test]
    fn only_what_nobody_claimed_goes_back() {
        let mut store = Store::new();
        let packet = store.shared();
        let carols = store.begin(packet, carol(), NOON);
        store.run(settle(&carols, carol()), NOON).unwrap();

        let expired = store.run(Expire { packet }, NOON.after(LIFE)).unwrap();

        assert_eq!(expired.refunded.amount, fen(100));
        assert_eq!((store.fen_of(alice()), store.fen_of(carol())), (800, 200));
    }

    #[test]
    fn a_sender_who_is_full_keeps_the_packet_open() {
        let mut store = Store::new();
        let packet = store.delivered();
        store.bring(alice(), Amount::MAX.minor() - 700 - 299);
        assert_eq!(store.run(Expire { packet }, NOON.after(LIFE)), Err(ExpireRefusal::BalanceOverflow));
    }

    #[test]
    fn a_packet_is_found_only_by_its_own_id_sender_and_coin() {
        let mut store = Store::new();
        let packet = store.delivered();
        for packet in forged(packet) {
            assert_eq!(store.run(Expire { packet }, NOON.after(LIFE)), Err(ExpireRefusal::NotFound));
        }
    }
}
