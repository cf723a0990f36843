//! What the reference store remembers.

use std::collections::{BTreeMap, BTreeSet};

use hongbao_domain::{
    group::{Group, Membership},
    id::{CoinId, GroupId, Reference, SessionKey, TransferId, UserId},
    ledger::{
        Account, AccountKey, Audit, Auditor, Book, Chain, Changes, Command, Holder, Keys, Loaded, Movement, Outcome,
        Posting,
    },
    money::Coin,
    profile::Profile,
    red_packet::Packet,
    time::Timestamp,
};
use hongbao_ports::{Session, Standing};

use super::profiles::ImAccount;

/// All tables.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) coins: BTreeMap<CoinId, Coin>,
    pub(super) accounts: BTreeMap<AccountKey, Account>,
    pub(super) packets: BTreeMap<TransferId, Packet>,
    movements: BTreeMap<Reference, Movement>,
    postings: Vec<Posting>,
    pub(super) sessions: Vec<(SessionKey, UserId, Session)>,
    pub(super) users: BTreeMap<UserId, Standing>,
    /// Both directions of each friendship, and since when.
    pub(super) friends: BTreeMap<(UserId, UserId), Timestamp>,
    /// Who has blocked whom.
    pub(super) blocks: BTreeSet<(UserId, UserId)>,
    pub(super) groups: BTreeMap<GroupId, Group>,
    pub(super) memberships: BTreeMap<(GroupId, UserId), Membership>,
    pub(super) profiles: BTreeMap<UserId, Profile>,
    pub(super) im_accounts: BTreeMap<(String, UserId), ImAccount>,
}

impl Rows {
    /// Loads what the command names, lets the book decide, and stores what came of it.
    pub(super) fn apply(&mut self, command: &Command, clock: Timestamp) -> Outcome {
        let loaded = self.load(&Keys::of(std::slice::from_ref(command)));
        let mut book = Book::open(loaded, clock);
        let outcome = book.apply(command);
        self.store(book.into_changes());
        outcome
    }

    fn load(&self, keys: &Keys) -> Loaded {
        Loaded {
            coins: keys.coins.iter().filter_map(|key| self.coins.get(key)).copied().collect(),
            accounts: keys.accounts.iter().filter_map(|key| self.accounts.get(key)).copied().collect(),
            packets: keys.packets.iter().filter_map(|key| self.packets.get(key)).cloned().collect(),
            movements: keys.movements.iter().filter_map(|key| self.movements.get(key)).copied().collect(),
        }
    }

    fn store(&mut self, changes: Changes) {
        self.accounts.extend(changes.accounts.into_iter().map(|change| (change.after.key, change.after)));
        self.packets.extend(changes.packets.into_iter().map(|change| (change.after.id, change.after)));
        self.movements.extend(changes.movements.into_iter().map(|movement| (movement.reference, movement)));
        self.postings.extend(changes.postings);
    }

    /// Audits everything.
    pub(super) fn audit(&self) -> Audit {
        let mut chains: BTreeMap<Holder, Chain> = BTreeMap::new();
        for posting in &self.postings {
            chains.entry(posting.holder).or_default().follow(posting);
        }
        let chain = |holder| chains.get(&holder).copied().unwrap_or_default();
        let mut auditor = Auditor::new();
        for coin in self.coins.values() {
            auditor.coin(coin);
        }
        for account in self.accounts.values() {
            let own = |packet: &&Packet| (packet.sender, packet.coin) == (account.key.user, account.key.coin);
            let held = self.packets.values().filter(own).map(|packet| packet.purse.balance.minor()).sum();
            auditor.account(account, chain(Holder::Account(account.key)), held);
        }
        for packet in self.packets.values() {
            auditor.packet(packet, chain(Holder::Packet(packet.id)));
        }
        for movement in self.movements.values() {
            let scale = self.coins.get(&movement.account.coin).expect("a coin is never taken away").scale();
            auditor.movement(movement, scale, chain(Holder::Movement(movement.reference)));
        }
        let mut journal = self.postings.clone();
        journal.sort_by_key(|posting| (posting.command, posting.coin));
        for posting in &journal {
            auditor.journal(posting);
        }
        auditor.finish()
    }
}
