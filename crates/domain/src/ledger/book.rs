//! The book: what was loaded for a batch, changed command by command.

use std::{
    cmp::max,
    collections::{BTreeMap, BTreeSet},
};

use super::{Account, AccountKey, Cause, Change, Changes, Command, Holder, Movement, Outcome, Posting, Purse, Request};
use crate::{
    id::{CoinId, CommandId, Reference, TransferId},
    money::{Amount, Coin, Scale},
    red_packet::Packet,
    time::Timestamp,
};

/// What a store found of the keys that a batch names. What is missing here does not exist.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// Coins.
    pub coins: Vec<Coin>,
    /// Accounts, locked.
    pub accounts: Vec<Account>,
    /// Packets, locked, with all their shares and claims.
    pub packets: Vec<Packet>,
    /// Deposits and withdrawals.
    pub movements: Vec<Movement>,
}

/// The state on which a batch of commands works.
#[derive(Debug)]
pub struct Book {
    now: Timestamp,
    coins: BTreeMap<CoinId, Coin>,
    accounts: BTreeMap<AccountKey, Change<Account>>,
    packets: BTreeMap<TransferId, Change<Packet>>,
    movements: BTreeMap<Reference, Movement>,
    new_movements: BTreeSet<Reference>,
    postings: Vec<Posting>,
    requests: Vec<Request>,
}

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
    /// Opens the book at `clock`, the ledger's time after the rows were locked.
    ///
    /// Expiry and leases are judged by the clock as it is. Only a row's own last change never runs backwards: it is the
    /// later of the clock and that row's former one. So a row that is dated ahead reaches no other row.
    pub fn open(loaded: Loaded, clock: Timestamp) -> Self {
        Self {
            now: clock,
            coins: loaded.coins.into_iter().map(|coin| (coin.id(), coin)).collect(),
            accounts: loaded.accounts.into_iter().map(|account| (account.key, unchanged(account))).collect(),
            packets: loaded.packets.into_iter().map(|packet| (packet.id, unchanged(packet))).collect(),
            movements: loaded.movements.into_iter().map(|movement| (movement.reference, movement)).collect(),
            new_movements: BTreeSet::new(),
            postings: Vec::new(),
            requests: Vec::new(),
        }
    }

    /// Applies one command. A refused one changes nothing and does not disturb its neighbours.
    pub fn apply(&mut self, command: &Command) -> Outcome {
        let outcome = command.action.apply(self, command.id);
        if outcome.is_done() {
            self.requests.extend(command.request.clone());
        }
        outcome
    }

    /// Gives what has to be written, and nothing that stayed as it was.
    pub fn into_changes(mut self) -> Changes {
        let movements = &mut self.movements;
        // Stable: the steps of one request stay in their order.
        self.requests.sort_by(|one, other| one.name().cmp(&other.name()));
        Changes {
            accounts: self.accounts.into_values().filter(is_changed).collect(),
            packets: self.packets.into_values().filter(is_changed).collect(),
            movements: self.new_movements.iter().filter_map(|reference| movements.remove(reference)).collect(),
            postings: self.postings,
            requests: self.requests,
        }
    }

    pub(crate) const fn now(&self) -> Timestamp {
        self.now
    }

    pub(crate) fn coin(&self, id: CoinId) -> Option<&Coin> {
        self.coins.get(&id)
    }

    pub(crate) fn account(&self, key: AccountKey) -> Option<&Account> {
        self.accounts.get(&key).map(|change| &change.after)
    }

    /// Opens the account unless it is there.
    pub(crate) fn open_account(&mut self, key: AccountKey, scale: Scale) {
        let now = self.now;
        self.accounts.entry(key).or_insert_with(|| Change { before: None, after: Account::open(key, scale, now) });
    }

    pub(crate) fn packet(&self, id: TransferId) -> Option<&Packet> {
        self.packets.get(&id).map(|change| &change.after)
    }

    /// Gives a packet to change; its version goes up and its time is now, or stays where it was dated ahead.
    pub(crate) fn change_packet(&mut self, id: TransferId) -> Option<&mut Packet> {
        let packet = &mut self.packets.get_mut(&id)?.after;
        packet.version += 1;
        packet.changed_at = max(self.now, packet.changed_at);
        Some(packet)
    }

    pub(crate) fn add_packet(&mut self, packet: Packet) {
        self.packets.insert(packet.id, Change { before: None, after: packet });
    }

    pub(crate) fn movement(&self, reference: Reference) -> Option<&Movement> {
        self.movements.get(&reference)
    }

    pub(crate) fn add_movement(&mut self, movement: Movement) {
        self.new_movements.insert(movement.reference);
        self.movements.insert(movement.reference, movement);
    }

    /// Moves money and writes both postings. Nothing is changed if the receiving side cannot hold it.
    ///
    /// The caller has checked that the giving side has it; an account or packet that is not in the book is a defect.
    pub(crate) fn transfer(&mut self, transfer: &Transfer) -> Result<(), Overflow> {
        let amount = transfer.amount.minor();
        let giver = self.purse(transfer.from).map(|purse| {
            let balance = purse.balance.checked_sub(transfer.amount).expect("the giver's balance was checked");
            Purse { balance, entries: purse.entries + 1 }
        });
        let taker = match self.purse(transfer.to) {
            Some(purse) => {
                let balance = purse.balance.checked_add(transfer.amount).ok_or(Overflow)?;
                Some(Purse { balance, entries: purse.entries + 1 })
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
        let Some(Change { after: Packet { sender, coin, .. }, .. }) = self.packets.get(&packet) else { return };
        let sender = AccountKey { user: *sender, coin: *coin };
        let Some(Change { after: account, .. }) = self.accounts.get_mut(&sender) else { return };
        account.held = if is_taken {
            account.held.checked_sub(transfer.amount).unwrap_or_default()
        } else {
            account.held.checked_add(transfer.amount).unwrap_or(Amount::MAX)
        };
        account.changed_at = max(self.now, account.changed_at);
    }

    /// Gives the purse of a holder; the world outside has none.
    fn purse(&self, holder: Holder) -> Option<Purse> {
        match holder {
            Holder::Account(key) => Some(self.accounts.get(&key).expect("the account is in the book").after.purse),
            Holder::Packet(id) => Some(self.packets.get(&id).expect("the packet is in the book").after.purse),
            Holder::Movement(_) => None,
        }
    }

    /// Gives the time of a holder's next posting, which is never before its last change.
    fn time_of(&self, holder: Holder) -> Timestamp {
        let changed_at = match holder {
            Holder::Account(key) => self.accounts.get(&key).map(|change| change.after.changed_at),
            Holder::Packet(id) => self.packets.get(&id).map(|change| change.after.changed_at),
            Holder::Movement(_) => None,
        };
        changed_at.map_or(self.now, |changed_at| max(self.now, changed_at))
    }

    fn post(&mut self, transfer: &Transfer, holder: Holder, purse: Option<Purse>, amount: i128) {
        let (seq, balance) = purse.map_or((1, amount), |purse| (purse.entries, purse.balance.minor()));
        let at = self.time_of(holder);
        self.postings.push(Posting {
            holder,
            coin: transfer.coin,
            seq,
            command: transfer.command,
            cause: transfer.cause,
            amount,
            balance,
            at,
        });
        let Some(purse) = purse else { return };
        match holder {
            Holder::Account(key) => {
                if let Some(change) = self.accounts.get_mut(&key) {
                    change.after.purse = purse;
                    change.after.changed_at = at;
                }
            }
            Holder::Packet(id) => {
                if let Some(change) = self.packets.get_mut(&id) {
                    change.after.purse = purse;
                }
            }
            Holder::Movement(_) => {}
        }
    }
}

fn unchanged<T: Clone>(row: T) -> Change<T> {
    Change { before: Some(row.clone()), after: row }
}

fn is_changed<T: PartialEq>(change: &Change<T>) -> bool {
    change.before.as_ref() != Some(&change.after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ledger::{OpenAccount, StoredReply},
        testing::*,
    };

    #[test]
    fn a_row_that_is_dated_ahead_reaches_no_other_row_and_no_verdict() {
        let mut store = Store::new();
        let packet = store.delivered();
        let year_ahead = NOON.after(LIFE * 24 * 365);
        store.rows.accounts[0].changed_at = year_ahead;

        let reserved = store.run(gift(7, "2"), NOON).unwrap();
        let begun = store.begin(packet, bob(), NOON);
        store.run(settle(&begun, bob()), NOON).unwrap();

        assert_eq!((reserved.lease_until, reserved.expires_at), (NOON.after(LEASE), NOON.after(LIFE)));
        assert_eq!(begun.lease_until, NOON.after(LEASE));
        let of_others: Vec<_> = store.rows.accounts.iter().filter(|row| row.key != cny_of(alice())).collect();
        assert!(of_others.iter().all(|row| row.changed_at == NOON), "{of_others:?}");
        assert!(store.rows.packets.iter().all(|row| row.changed_at == NOON), "{:?}", store.rows.packets);
    }

    #[test]
    fn a_row_and_its_postings_never_run_backwards() {
        let mut store = Store::new();
        let packet = store.delivered();
        let year_ahead = NOON.after(LIFE * 24 * 365);
        store.rows.accounts[0].changed_at = year_ahead;
        store.rows.packets[0].changed_at = year_ahead;

        let begun = store.begin(packet, bob(), NOON);
        store.run(release(&begun, bob()), NOON).unwrap();
        store.run(gift(7, "2"), NOON).unwrap();

        assert_eq!((store.packet(packet).changed_at, store.rows.accounts[0].changed_at), (year_ahead, year_ahead));
        let last = |holder| store.journal.iter().rfind(|posting| posting.holder == holder).unwrap().at;
        assert_eq!(last(Holder::Account(cny_of(alice()))), year_ahead);
        assert_eq!(last(Holder::Packet(TransferId::from_u128(7))), NOON);
    }

    #[test]
    fn a_request_is_recorded_only_if_its_command_is_done() {
        let request = |key: &str| Request {
            user: "alice".parse().unwrap(),
            method: "im/msg_redpack_publish",
            key: key.parse().unwrap(),
            fingerprint: [7; 32],
            reply: None,
        };
        let open = |id, coin: &str| {
            let account = AccountKey { user: "alice".parse().unwrap(), coin: coin.parse().unwrap() };
            let action = OpenAccount { account }.into();
            Command { id: CommandId::from_u128(id), request: Some(request(coin)), action }
        };
        let loaded = Loaded { coins: vec![coin("CNY", 1, 1)], ..Loaded::default() };
        let mut book = Book::open(loaded, NOON);

        assert!(!book.apply(&open(1, "XYZ")).is_done());
        assert!(book.apply(&open(2, "CNY")).is_done());

        assert_eq!(book.into_changes().requests, [request("CNY")]);
    }

    #[test]
    fn whatever_the_order_of_the_commands_their_requests_are_written_in_that_of_their_keys() {
        let open = |id, key: &str, reply: Option<StoredReply>| {
            let account = AccountKey { user: "alice".parse().unwrap(), coin: "CNY".parse().unwrap() };
            let request = Request {
                user: "alice".parse().unwrap(),
                method: "im/msg_redpack_publish",
                key: key.parse().unwrap(),
                fingerprint: [7; 32],
                reply,
            };
            Command { id: CommandId::from_u128(id), request: Some(request), action: OpenAccount { account }.into() }
        };
        let loaded = Loaded { coins: vec![coin("CNY", 1, 1)], ..Loaded::default() };
        let mut book = Book::open(loaded, NOON);
        let done = StoredReply { status: 0, outcome: "{}".to_owned() };
        for (id, key, reply) in [(1, "b", None), (2, "a", None), (3, "b", Some(done.clone()))] {
            assert!(book.apply(&open(id, key, reply)).is_done());
        }

        let requests = book.into_changes().requests;

        let order: Vec<_> = requests.iter().map(|request| (request.key.as_str(), request.reply.clone())).collect();
        assert_eq!(order, [("a", None), ("b", None), ("b", Some(done))], "and the steps of one stay in theirs");
    }
}
