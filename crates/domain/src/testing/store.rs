//! A store in memory.
//!
//! It loads only what a command names, and checks after each command what is true of all: a refusal changes
//! nothing, and the money holds.

use std::sync::Arc;

use super::{LEASE, LIFE, NOON, alice, bob, carol, cny_of, coin, fen};
use crate::{
    id::{CoinId, CommandId, TransferId, UserId},
    ledger::{Account, AddCoin, Audit, Auditor, Chain, Deposit, Holder},
    money::Scale,
    outbox::Audience,
    red_packet::{BeginClaim, Begun, Confirm, Packet, PacketRef, ReleaseClaim, Reserve, SettleClaim, Share},
    store::{Batch, Book, Command, Keys, Outcome, RequestRefusal, RequestStep, StepVerb, Tables, Verb},
    time::Timestamp,
};

/// A packet of so many yuan from alice to bob.
pub(crate) fn gift(id: u128, yuan: &str) -> Reserve {
    Reserve {
        id: TransferId::from_u128(id),
        sender: alice(),
        receiver: bob(),
        coin: "CNY".parse().unwrap(),
        quantity: yuan.parse().unwrap(),
        remark: "恭喜发财".parse().unwrap(),
        lease: LEASE,
        expires_in: LIFE,
    }
}

/// The rows of a ledger in which alice has 10.00 yuan, and a packet holds 0.10 to 20.00.
pub(crate) struct Store {
    pub(crate) rows: Tables,
    /// Who is told of what is done.
    pub(crate) audience: Arc<Audience>,
    commands: u128,
}

impl Store {
    pub(crate) fn new() -> Self {
        let mut store = Self { rows: Tables::default(), audience: Arc::default(), commands: 0 };
        for coin in [coin("CNY", 10, 2_000), coin("USD", 1, 2_000)] {
            store.run(AddCoin { coin }, NOON).unwrap();
        }
        store.bring(alice(), 1_000);
        store
    }

    /// Runs one command.
    pub(crate) fn run<V: Verb>(&mut self, action: V, at: Timestamp) -> Result<V::Done, V::Refusal> {
        self.commands += 1;
        let command = Command { id: CommandId::from_u128(self.commands), request: None, action: action.into() };
        let loaded = self.rows.load(&Keys::of(std::slice::from_ref(&command)));
        let mut book = Book::open(loaded, at).telling(Arc::clone(&self.audience));
        let outcome = book.apply(&command);
        let changes = book.into_changes();
        assert!(outcome.is_done() || changes.is_empty(), "{outcome:?} changed {changes:?}");
        self.rows.write(changes);
        assert_eq!(self.audit().findings, []);
        V::answer(outcome).unwrap()
    }

    /// Runs one command as a step of a request.
    pub(crate) fn step<V: StepVerb>(
        &mut self,
        step: RequestStep,
        action: V,
        at: Timestamp,
    ) -> Result<Result<V::Done, V::Refusal>, RequestRefusal> {
        self.commands += 1;
        let command = Command { id: CommandId::from_u128(self.commands), request: Some(step), action: action.into() };
        let batch = Batch::from(vec![command]).telling(Arc::clone(&self.audience));
        let outcome = self.rows.run(&batch, at).pop().unwrap();
        assert_eq!(self.audit().findings, []);
        if let Outcome::Request(refusal) = outcome {
            return Err(refusal);
        }
        Ok(V::answer(outcome).unwrap())
    }

    /// Follows a holder's postings.
    pub(crate) fn chain(&self, holder: Holder, coin: CoinId) -> Chain {
        Chain::of(self.rows.postings.iter().filter(|posting| (posting.holder, posting.coin) == (holder, coin)))
    }

    /// Audits all rows.
    pub(crate) fn audit(&self) -> Audit {
        let mut auditor = Auditor::new();
        for account in self.rows.accounts.values() {
            let own = self.rows.packets.values().filter(|row| cny_of(row.sender) == account.key);
            let held = own.map(|row| row.balance.amount.minor()).sum();
            auditor.account(account, self.chain(Holder::Account(account.key), account.key.coin), held);
        }
        for packet in self.rows.packets.values() {
            auditor.packet(packet, self.chain(Holder::Packet(packet.id), packet.coin));
        }
        for movement in self.rows.movements.values() {
            let chain = self.chain(Holder::Movement(movement.reference), movement.account.coin);
            auditor.movement(movement, Scale::new(2).unwrap(), chain);
        }
        let mut journal = self.rows.postings.clone();
        journal.sort_by_key(|posting| (posting.command, posting.coin));
        for posting in &journal {
            auditor.journal(posting);
        }
        auditor.finish()
    }

    /// Gives alice's account to tamper with.
    pub(crate) fn account_of_alice(&mut self) -> &mut Account {
        self.rows.accounts.get_mut(&cny_of(alice())).unwrap()
    }

    /// Gives the first packet to tamper with.
    pub(crate) fn first_packet(&mut self) -> &mut Packet {
        self.rows.packets.values_mut().next().unwrap()
    }

    /// Brings a user so many fen.
    pub(crate) fn bring(&mut self, user: UserId, minor: i128) {
        let reference = format!("deposit-{}", self.commands).parse().unwrap();
        self.run(Deposit { reference, account: cny_of(user), amount: fen(minor) }, NOON).unwrap();
    }

    /// Gives what a user can spend, in fen.
    pub(crate) fn fen_of(&self, user: UserId) -> i128 {
        let account: Option<&Account> = self.rows.accounts.get(&cny_of(user));
        account.map_or(0, |account| account.balance.amount.minor())
    }

    pub(crate) fn packet(&self, packet: PacketRef) -> &Packet {
        &self.rows.packets[&packet.id]
    }

    /// Makes a packet of 3.00 yuan from alice to bob that is being sent.
    pub(crate) fn sending(&mut self) -> PacketRef {
        let id = u128::try_from(self.rows.packets.len()).unwrap();
        self.run(gift(id, "3"), NOON).unwrap().packet
    }

    /// The same, delivered.
    pub(crate) fn delivered(&mut self) -> PacketRef {
        let packet = self.sending();
        self.run(Confirm { packet }, NOON).unwrap();
        packet
    }

    /// The same with bob's claim in progress.
    pub(crate) fn claiming(&mut self) -> Begun {
        let packet = self.delivered();
        self.begin(packet, bob(), NOON)
    }

    pub(crate) fn begin(&mut self, packet: PacketRef, taker: UserId, at: Timestamp) -> Begun {
        self.run(BeginClaim { id: packet.id, taker, lease: LEASE }, at).unwrap()
    }

    /// The same with two shares: 1.00 yuan for bob and 2.00 for carol.
    pub(crate) fn shared(&mut self) -> PacketRef {
        let packet = self.delivered();
        let row = self.rows.packets.get_mut(&packet.id).unwrap();
        let share =
            |number, receiver, minor| Share { number, amount: fen(minor), receiver: Some(receiver), taker: None };
        row.shares = vec![share(1, bob(), 100), share(2, carol(), 200)];
        packet
    }
}

pub(crate) fn settle(begun: &Begun, taker: UserId) -> SettleClaim {
    SettleClaim { packet: begun.packet, taker, fence: begun.fence }
}

pub(crate) fn release(begun: &Begun, taker: UserId) -> ReleaseClaim {
    ReleaseClaim { packet: begun.packet, taker, fence: begun.fence }
}

/// Gives references that are almost `packet`'s.
pub(crate) fn forged(packet: PacketRef) -> [PacketRef; 3] {
    let nothing = PacketRef { id: TransferId::from_u128(99), ..packet };
    [nothing, PacketRef { sender: carol(), ..packet }, PacketRef { coin: "USD".parse().unwrap(), ..packet }]
}
