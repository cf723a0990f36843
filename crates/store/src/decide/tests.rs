//! A store that is lists of rows: what a batch writes is what the next one finds.

use std::time::Duration;

use hongbao_domain::{
    id::CommandId,
    ledger::{AccountKey, AddCoin, Deposit, DepositRefusal},
    money::{Amount, Coin, Scale},
    red_packet::{BeginClaim, Confirm, PacketRef, Reserve, SettleClaim},
    store::{Action, Command, Update},
};

use super::*;

const NOON: Timestamp = Timestamp::from_micros(1_000_000);

/// Rows, all of which every batch finds.
#[derive(Default)]
struct Rows {
    coins: Vec<CoinRow>,
    accounts: Vec<AccountRow>,
    packets: Vec<PacketRow>,
    shares: Vec<ShareRow>,
    claims: Vec<ClaimRow>,
    movements: Vec<MovementRow>,
    postings: Vec<PostingRow>,
    commands: u128,
}

/// Writes rows over those that were loaded.
fn put<R: PartialEq>(rows: &mut Vec<R>, written: Written<R>) {
    rows.extend(written.inserted);
    for Update { before, after } in written.updated {
        *rows.iter_mut().find(|row| **row == before).expect("an update names a row as it is") = after;
    }
    rows.retain(|row| !written.deleted.contains(row));
}

impl Rows {
    fn found(&self) -> Found {
        Found {
            coins: self.coins.clone(),
            accounts: self.accounts.clone(),
            packets: self.packets.clone(),
            shares: self.shares.clone(),
            claims: self.claims.clone(),
            movements: self.movements.clone(),
            ..Found::default()
        }
    }

    /// Decides one command, and says whether it is to be committed.
    fn run(&mut self, action: impl Into<Action>) -> (Outcome, bool) {
        self.commands += 1;
        let command = Command { id: CommandId::from_u128(self.commands), request: None, action: action.into() };
        let (mut outcomes, writes) = decide(&vec![command].into(), self.found(), NOON).unwrap();
        let is_to_commit = writes.is_some();
        let writes = writes.unwrap_or_default();
        put(&mut self.coins, writes.coins);
        put(&mut self.accounts, writes.accounts);
        put(&mut self.packets, writes.packets);
        put(&mut self.shares, writes.shares);
        put(&mut self.claims, writes.claims);
        self.movements.extend(writes.movements);
        self.postings.extend(writes.postings);
        assert_eq!(outcomes.len(), 1);
        (outcomes.remove(0), is_to_commit)
    }

    /// A store in which alice has 1000 minor units.
    fn with_money() -> Self {
        let mut rows = Self::default();
        let (cent, most) = (fen(1), fen(2_000));
        let coin = Coin::try_new("CNY".parse().unwrap(), Scale::new(2).unwrap(), cent, most).unwrap();
        rows.run(AddCoin { coin });
        rows.run(deposit(1_000));
        rows
    }

    fn minor_of(&self, user: &str) -> i128 {
        let accounts = read::<_, hongbao_domain::ledger::Account>(self.accounts.clone()).unwrap();
        let own = accounts.iter().find(|account| account.key.user.as_str() == user);
        own.map_or(0, |account| account.balance.amount.minor())
    }
}

fn fen(minor: i128) -> Amount {
    Amount::from_minor(minor).unwrap()
}

fn deposit(minor: i128) -> Deposit {
    let account = AccountKey { user: "alice".parse().unwrap(), coin: "CNY".parse().unwrap() };
    Deposit { reference: "d1".parse().unwrap(), account, amount: fen(minor) }
}

fn reserve() -> Reserve {
    Reserve {
        id: TransferId::from_u128(7),
        sender: "alice".parse().unwrap(),
        receiver: "bob".parse().unwrap(),
        coin: "CNY".parse().unwrap(),
        quantity: "3".parse().unwrap(),
        remark: "恭喜".parse().unwrap(),
        lease: Duration::from_secs(15),
        expires_in: Duration::from_hours(1),
    }
}

#[test]
fn a_packet_goes_its_way_from_batch_to_batch() {
    let mut rows = Rows::with_money();
    let taker = "bob".parse().unwrap();
    let packet =
        PacketRef { id: TransferId::from_u128(7), sender: "alice".parse().unwrap(), coin: "CNY".parse().unwrap() };
    let steps: [Action; 4] = [
        reserve().into(),
        Confirm { packet }.into(),
        BeginClaim { id: packet.id, taker, lease: Duration::from_secs(15) }.into(),
        SettleClaim { packet, taker, fence: 1 }.into(),
    ];
    for step in steps {
        let (outcome, is_to_commit) = rows.run(step);
        assert!(is_to_commit, "{outcome:?}");
    }

    assert_eq!((rows.minor_of("alice"), rows.minor_of("bob")), (700, 300));
    assert_eq!((rows.packets.len(), rows.shares.len(), rows.claims.len()), (1, 1, 1));
    assert_eq!((rows.movements.len(), rows.postings.len()), (1, 6));
}

#[test]
fn what_changes_nothing_is_committed_only_if_it_says_that_it_is_done() {
    let mut rows = Rows::with_money();

    let (repeat, is_to_commit) = rows.run(deposit(1_000));
    assert!(matches!(repeat, Outcome::Deposit(Ok(moved)) if moved.repeated) && is_to_commit);

    let (refused, is_to_commit) = rows.run(deposit(1));
    assert!(matches!(refused, Outcome::Deposit(Err(DepositRefusal::ReferenceUsed))) && !is_to_commit);
    assert_eq!((rows.minor_of("alice"), rows.postings.len()), (1_000, 2));
}

#[test]
fn rows_that_do_not_fit_together_are_no_packet() {
    let mut rows = Rows::with_money();
    rows.run(reserve());
    rows.run(BeginClaim {
        id: TransferId::from_u128(7),
        taker: "bob".parse().unwrap(),
        lease: Duration::from_secs(15),
    });
    let (packets, shares, claims) = (rows.packets, rows.shares, rows.claims);

    let whole = read_packets(packets.clone(), shares.clone(), claims.clone()).unwrap();
    assert_eq!(whole.iter().map(|packet| (packet.shares.len(), packet.claims.len())).collect::<Vec<_>>(), [(1, 1)]);

    assert!(read_packets(Vec::new(), shares, Vec::new()).is_err(), "a share astray");
    assert!(read_packets(Vec::new(), Vec::new(), claims).is_err(), "a claim astray");
    let mut wrong = packets;
    wrong[0].coin_id = String::new();
    assert!(read_packets(wrong, Vec::new(), Vec::new()).is_err());
}

#[test]
fn a_page_is_written_as_rows_that_are_new() {
    let coins = Rows::with_money().coins;

    let writes = Writes::from(Page::Coins(coins.clone()));

    assert_eq!(writes.coins.inserted, coins);
    assert!(writes.coins.updated.is_empty() && writes.accounts.is_empty());
}
