//! All rows of a ledger in memory, checked after every batch.

use std::collections::BTreeMap;

use hongbao_domain::{
    id::{CoinId, CommandId, TransferId, UserId},
    ledger::{Auditor, Chain, Holder},
    money::{Amount, Coin, Scale},
    red_packet::{Packet, Share},
    store::{Action, Book, Changes, Command, Keys, Outcome, Tables, Update},
    time::Timestamp,
};

pub(crate) const USERS: [&str; 3] = ["alice", "bob", "carol"];
pub(crate) const COINS: [&str; 3] = ["CNY", "ETH", "USD"];

pub(crate) fn user(number: usize) -> UserId {
    USERS[number].parse().expect("the name is a user id")
}

pub(crate) fn amount(minor: i128) -> Amount {
    Amount::from_minor(minor).expect("the amount is in bounds")
}

/// Every coin's number of decimal places.
pub(crate) fn scale() -> Scale {
    Scale::new(2).expect("a scale is at most 18")
}

pub(crate) fn coin(number: usize) -> CoinId {
    COINS[number].parse().expect("the text is a coin id")
}

/// What a store would have on its disk.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct World {
    pub(crate) rows: Tables,
    commands: u128,
}

impl Default for World {
    fn default() -> Self {
        let limits = |id| Coin::try_new(id, scale(), amount(2), Amount::MAX).expect("the limits are in order");
        let coins = (0..COINS.len()).map(|number| (coin(number), limits(coin(number)))).collect();
        Self { rows: Tables { coins, ..Tables::default() }, commands: 0 }
    }
}

impl World {
    /// Runs a batch of commands, and checks what must be true of every batch.
    pub(crate) fn run(&mut self, batch: &[Action], clock: Timestamp) -> Vec<Outcome> {
        let batch: Vec<Command> = batch.iter().map(|action| self.command(action)).collect();
        let mut book = Book::open(self.rows.load(&Keys::of(&batch)), clock);
        let outcomes: Vec<_> = batch.iter().map(|command| book.apply(command)).collect();
        let changes = book.into_changes();
        assert!(outcomes.iter().any(Outcome::is_done) || changes.is_empty(), "{outcomes:?} changed {changes:?}");
        check_changes(&changes);
        self.rows.write(changes);
        self.check();
        outcomes
    }

    /// Runs the same commands, each as a batch of its own.
    pub(crate) fn run_one_by_one(&mut self, batch: &[Action], clock: Timestamp) -> Vec<Outcome> {
        batch.iter().flat_map(|action| self.run(std::slice::from_ref(action), clock)).collect()
    }

    fn command(&mut self, action: &Action) -> Command {
        self.commands += 1;
        Command { id: CommandId::from_u128(self.commands), request: None, action: action.clone() }
    }

    /// Checks that the money holds.
    fn check(&self) {
        let mut chains: BTreeMap<(Holder, CoinId), Chain> = BTreeMap::new();
        for posting in &self.rows.postings {
            chains.entry((posting.holder, posting.coin)).or_default().follow(posting);
        }
        let chain = |holder, coin| chains.get(&(holder, coin)).copied().unwrap_or_default();
        let mut auditor = Auditor::new();
        for account in self.rows.accounts.values() {
            let own = |packet: &&Packet| (packet.sender, packet.coin) == (account.key.user, account.key.coin);
            let held = self.rows.packets.values().filter(own).map(|packet| packet.balance.amount.minor()).sum();
            auditor.account(account, chain(Holder::Account(account.key), account.key.coin), held);
        }
        for packet in self.rows.packets.values() {
            auditor.packet(packet, chain(Holder::Packet(packet.id), packet.coin));
        }
        for movement in self.rows.movements.values() {
            let chain = chain(Holder::Movement(movement.reference), movement.account.coin);
            auditor.movement(movement, scale(), chain);
        }
        for posting in &self.rows.postings {
            auditor.journal(posting);
        }
        assert_eq!(auditor.finish().findings, []);
    }

    /// Splits what a packet for one holds into a share for each user, as a group's packet would.
    pub(crate) fn share_out(&mut self, id: TransferId) {
        let Some(packet) = self.rows.packets.get_mut(&id).filter(|packet| packet.shares.len() == 1) else { return };
        let total = packet.total.minor();
        if total < 3 || !packet.claims.is_empty() || packet.state.is_final() {
            return;
        }
        let parts = [(1, 1), (2, 1), (3, total - 2)];
        let share = |(number, minor), receiver| Share { number, amount: amount(minor), receiver, taker: None };
        packet.shares = parts.into_iter().zip(0..).map(|(part, who)| share(part, Some(user(who)))).collect();
    }
}

/// Checks that what is final stays as it is, and that versions and times only go up.
fn check_changes(changes: &Changes) {
    for Update { before, after } in &changes.accounts.updated {
        assert!(before.changed_at <= after.changed_at);
    }
    for Update { before, after } in &changes.packets.updated {
        assert!(!before.state.is_final(), "{before:?} became {after:?}");
        assert!(before.version < after.version && before.changed_at <= after.changed_at);
    }
    let packets = changes.packets.updated.iter().map(|row| &row.after).chain(&changes.packets.inserted);
    for packet in packets {
        assert!(!packet.state.is_final() || packet.balance.amount.is_zero(), "{packet:?}");
    }
    assert!(changes.movements.updated.is_empty(), "a movement stays as it is");
}
