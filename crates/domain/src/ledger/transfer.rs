//! Money that moves inside the book.

use std::cmp::max;

use super::{Account, AccountKey, Balance, Cause, Holder, Movement, Posting};
use crate::{
    id::{CoinId, CommandId, Reference, TransferId},
    money::{Amount, Coin, Scale},
    red_packet::Packet,
    store::Book,
    time::Timestamp,
};

/// Says that an account cannot hold so much: more than [`Amount::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Overflow;

/// One movement of money inside the book.
pub(crate) struct Transfer {
    pub(crate) from: Holder,
    pub(crate) to: Holder,
    pub(crate) coin: CoinId,
    pub(crate) amount: Amount,
    pub(crate) cause: Cause,
    pub(crate) command: CommandId,
}

impl Book {
    pub(crate) fn coin(&self, id: CoinId) -> Option<&Coin> {
        self.coins.get(&id)
    }

    pub(crate) fn account(&self, key: AccountKey) -> Option<&Account> {
        self.accounts.get(&key)
    }

    /// Opens the account unless it is there.
    pub(crate) fn open_account(&mut self, key: AccountKey, scale: Scale) {
        if self.accounts.get(&key).is_none() {
            self.accounts.put(Account::open(key, scale, self.now()));
        }
    }

    pub(crate) fn packet(&self, id: TransferId) -> Option<&Packet> {
        self.packets.get(&id)
    }

    /// Gives a packet to change; its version goes up and its time is now, or stays where it was dated ahead.
    pub(crate) fn change_packet(&mut self, id: TransferId) -> Option<&mut Packet> {
        let now = self.now();
        let packet = self.packets.get_mut(&id)?;
        packet.version += 1;
        packet.changed_at = max(now, packet.changed_at);
        Some(packet)
    }

    pub(crate) fn add_packet(&mut self, packet: Packet) {
        self.packets.put(packet);
    }

    pub(crate) fn movement(&self, reference: Reference) -> Option<&Movement> {
        self.movements.get(&reference)
    }

    pub(crate) fn add_movement(&mut self, movement: Movement) {
        self.movements.put(movement);
    }

    /// Moves money and writes both postings. Nothing is changed if the receiving side cannot hold it.
    ///
    /// The caller has checked that the giving side has it; an account or packet that is not in the book is a defect.
    pub(crate) fn transfer(&mut self, transfer: &Transfer) -> Result<(), Overflow> {
        let amount = transfer.amount.minor();
        let giver = self.balance(transfer.from).map(|balance| {
            let amount = balance.amount.checked_sub(transfer.amount).expect("the giver's balance was checked");
            Balance { amount, version: balance.version + 1 }
        });
        let taker = match self.balance(transfer.to) {
            Some(balance) => {
                let amount = balance.amount.checked_add(transfer.amount).ok_or(Overflow)?;
                Some(Balance { amount, version: balance.version + 1 })
            }
            None => None,
        };
        self.post(transfer, transfer.from, giver, -amount);
        self.post(transfer, transfer.to, taker, amount);
        self.keep_held(transfer);
        Ok(())
    }

    /// Keeps up with what the sender's packets hold. A sum that was too small is a defect, which the audit finds; it
    /// does not stop the money.
    fn keep_held(&mut self, transfer: &Transfer) {
        let (packet, is_taken) = match (transfer.from, transfer.to) {
            (Holder::Packet(id), Holder::Account(_) | Holder::Movement(_) | Holder::Packet(_)) => (id, true),
            (Holder::Account(_) | Holder::Movement(_), Holder::Packet(id)) => (id, false),
            (Holder::Account(_) | Holder::Movement(_), Holder::Account(_) | Holder::Movement(_)) => return,
        };
        let now = self.now();
        let Some(Packet { sender, coin, .. }) = self.packets.get(&packet) else { return };
        let sender = AccountKey { user: *sender, coin: *coin };
        let Some(account) = self.accounts.get_mut(&sender) else { return };
        account.held = if is_taken {
            account.held.checked_sub(transfer.amount).unwrap_or_default()
        } else {
            account.held.checked_add(transfer.amount).unwrap_or(Amount::MAX)
        };
        account.changed_at = max(now, account.changed_at);
    }

    /// Gives the balance of a holder; the world outside has none.
    fn balance(&self, holder: Holder) -> Option<Balance> {
        match holder {
            Holder::Account(key) => Some(self.accounts.get(&key).expect("the account is in the book").balance),
            Holder::Packet(id) => Some(self.packets.get(&id).expect("the packet is in the book").balance),
            Holder::Movement(_) => None,
        }
    }

    /// Gives the time of a holder's next posting, which is never before its last change.
    fn time_of(&self, holder: Holder) -> Timestamp {
        let changed_at = match holder {
            Holder::Account(key) => self.accounts.get(&key).map(|account| account.changed_at),
            Holder::Packet(id) => self.packets.get(&id).map(|packet| packet.changed_at),
            Holder::Movement(_) => None,
        };
        changed_at.map_or(self.now(), |changed_at| max(self.now(), changed_at))
    }

    fn post(&mut self, transfer: &Transfer, holder: Holder, balance: Option<Balance>, amount: i128) {
        let (seq, minor) = balance.map_or((1, amount), |balance| (balance.version, balance.amount.minor()));
        let at = self.time_of(holder);
        self.postings.push(Posting {
            holder,
            coin: transfer.coin,
            seq,
            command: transfer.command,
            cause: transfer.cause,
            amount,
            balance: minor,
            at,
        });
        let Some(balance) = balance else { return };
        match holder {
            Holder::Account(key) => {
                if let Some(account) = self.accounts.get_mut(&key) {
                    account.balance = balance;
                    account.changed_at = at;
                }
            }
            Holder::Packet(id) => {
                if let Some(packet) = self.packets.get_mut(&id) {
                    packet.balance = balance;
                }
            }
            Holder::Movement(_) => {}
        }
    }
}
