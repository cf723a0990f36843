//! Money that comes in from outside or goes out, and accounts that are opened.

use super::{AccountKey, Cause, Holder, Transfer};
use crate::{
    id::{CommandId, Reference},
    money::Amount,
    store::{Book, Keys, Rule},
    time::Timestamp,
};

/// Which way money crossed the border.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// A deposit.
    In,
    /// A withdrawal.
    Out,
}

/// A deposit or withdrawal. It stays for ever, so that its reference can never be used for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Movement {
    /// The permanent, unique name.
    pub reference: Reference,
    /// In or out.
    pub direction: Direction,
    /// The account.
    pub account: AccountKey,
    /// Minor units.
    pub amount: Amount,
    /// When.
    pub at: Timestamp,
}

/// A movement that is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// The movement as it stands in the ledger.
    pub movement: Movement,
    /// Whether it had been done before; then nothing was moved now.
    pub repeated: bool,
}

/// Asks to open an empty account. A repeat changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenAccount {
    /// The account.
    pub account: AccountKey,
}

/// An account that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// Whether it was there before.
    pub repeated: bool,
}

/// Says why an account cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenAccountRefusal {
    /// There is no such coin.
    CoinUnknown,
}

/// Asks to bring money in. It opens the account where there is none; a repeat moves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deposit {
    /// The permanent, unique name of this deposit.
    pub reference: Reference,
    /// Where the money goes.
    pub account: AccountKey,
    /// Minor units, more than zero.
    pub amount: Amount,
}

/// Says why a deposit is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DepositRefusal {
    /// There is no such coin.
    CoinUnknown,
    /// The amount is zero.
    NothingToMove,
    /// The reference names another movement.
    ReferenceUsed,
    /// The balance would be above [`Amount::MAX`].
    BalanceOverflow,
}

/// Asks to take money out. A repeat moves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Withdraw {
    /// The permanent, unique name of this withdrawal.
    pub reference: Reference,
    /// Where the money comes from.
    pub account: AccountKey,
    /// Minor units, more than zero.
    pub amount: Amount,
}

/// Says why a withdrawal is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithdrawRefusal {
    /// The amount is zero.
    NothingToMove,
    /// The reference names another movement.
    ReferenceUsed,
    /// The account has less, or there is none.
    BalanceTooLow,
}

impl Rule for OpenAccount {
    fn touch(&self, keys: &mut Keys) {
        keys.coins.insert(self.account.coin);
        keys.accounts.insert(self.account);
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<Opened, OpenAccountRefusal> {
        let scale = book.coin(self.account.coin).ok_or(OpenAccountRefusal::CoinUnknown)?.scale();
        let repeated = book.account(self.account).is_some();
        book.open_account(self.account, scale);
        Ok(Opened { repeated })
    }
}

/// What a reference already stands for.
enum Known {
    Nothing,
    This(Movement),
    Another,
}

/// Looks whether the book already has the movement.
fn known(book: &Book, desired: &Movement) -> Known {
    match book.movement(desired.reference) {
        None => Known::Nothing,
        Some(found) if (Movement { at: desired.at, ..*found }) == *desired => Known::This(*found),
        Some(_) => Known::Another,
    }
}

impl Rule for Deposit {
    fn touch(&self, keys: &mut Keys) {
        keys.coins.insert(self.account.coin);
        keys.accounts.insert(self.account);
        keys.movements.insert(self.reference);
    }

    fn apply(&self, book: &mut Book, command: CommandId) -> Result<Moved, DepositRefusal> {
        let movement = Movement {
            reference: self.reference,
            direction: Direction::In,
            account: self.account,
            amount: self.amount,
            at: book.now(),
        };
        match known(book, &movement) {
            Known::This(movement) => return Ok(Moved { movement, repeated: true }),
            Known::Another => return Err(DepositRefusal::ReferenceUsed),
            Known::Nothing => {}
        }
        if self.amount.is_zero() {
            return Err(DepositRefusal::NothingToMove);
        }
        let scale = book.coin(self.account.coin).ok_or(DepositRefusal::CoinUnknown)?.scale();
        book.open_account(self.account, scale);
        let transfer = Transfer {
            from: Holder::Movement(self.reference),
            to: Holder::Account(self.account),
            coin: self.account.coin,
            amount: self.amount,
            cause: Cause::Deposit,
            command,
        };
        book.transfer(&transfer).map_err(|_| DepositRefusal::BalanceOverflow)?;
        book.add_movement(movement);
        Ok(Moved { movement, repeated: false })
    }
}

impl Rule for Withdraw {
    fn touch(&self, keys: &mut Keys) {
        keys.accounts.insert(self.account);
        keys.movements.insert(self.reference);
    }

    fn apply(&self, book: &mut Book, command: CommandId) -> Result<Moved, WithdrawRefusal> {
        let movement = Movement {
            reference: self.reference,
            direction: Direction::Out,
            account: self.account,
            amount: self.amount,
            at: book.now(),
        };
        match known(book, &movement) {
            Known::This(movement) => return Ok(Moved { movement, repeated: true }),
            Known::Another => return Err(WithdrawRefusal::ReferenceUsed),
            Known::Nothing => {}
        }
        if self.amount.is_zero() {
            return Err(WithdrawRefusal::NothingToMove);
        }
        let account = book.account(self.account).ok_or(WithdrawRefusal::BalanceTooLow)?;
        if account.balance.amount < self.amount {
            return Err(WithdrawRefusal::BalanceTooLow);
        }
        let transfer = Transfer {
            from: Holder::Account(self.account),
            to: Holder::Movement(self.reference),
            coin: self.account.coin,
            amount: self.amount,
            cause: Cause::Withdraw,
            command,
        };
        book.transfer(&transfer).expect("the world outside holds any amount");
        book.add_movement(movement);
        Ok(Moved { movement, repeated: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    fn deposit(name: &str, minor: i128) -> Deposit {
        Deposit { reference: name.parse().unwrap(), account: cny_of(alice()), amount: fen(minor) }
    }

    fn withdrawal(name: &str, minor: i128) -> Withdraw {
        Withdraw { reference: name.parse().unwrap(), account: cny_of(alice()), amount: fen(minor) }
    }

    #[test]
    fn an_account_opens_once_and_keeps_its_money() {
        let mut store = Store::new();
        assert_eq!(store.run(OpenAccount { account: cny_of(bob()) }, NOON), Ok(Opened { repeated: false }));
        assert_eq!(store.run(OpenAccount { account: cny_of(bob()) }, NOON), Ok(Opened { repeated: true }));
        assert_eq!(store.run(OpenAccount { account: cny_of(alice()) }, NOON), Ok(Opened { repeated: true }));
        assert_eq!((store.fen_of(alice()), store.rows.accounts.len()), (1_000, 2));
    }

    #[test]
    fn nothing_opens_in_an_unknown_coin() {
        let mut store = Store::new();
        let account = AccountKey { user: alice(), coin: "XYZ".parse().unwrap() };
        assert_eq!(store.run(OpenAccount { account }, NOON), Err(OpenAccountRefusal::CoinUnknown));
        assert_eq!(store.run(Deposit { account, ..deposit("x", 1) }, NOON), Err(DepositRefusal::CoinUnknown));
    }

    #[test]
    fn a_deposit_opens_the_account_and_is_done_once() {
        let mut store = Store::new();
        let to_bob = Deposit { account: cny_of(bob()), ..deposit("x", 5) };
        let first = store.run(to_bob, NOON).unwrap();
        assert_eq!((first.movement.at, first.repeated), (NOON, false));

        assert_eq!(store.run(to_bob, NOON.after(LIFE)), Ok(Moved { repeated: true, ..first }));
        assert_eq!(store.fen_of(bob()), 5);
    }

    #[test]
    fn a_withdrawal_is_done_once() {
        let mut store = Store::new();
        let first = store.run(withdrawal("x", 1_000), NOON).unwrap();
        assert!(!first.repeated);

        assert_eq!(store.run(withdrawal("x", 1_000), NOON.after(LIFE)), Ok(Moved { repeated: true, ..first }));
        assert_eq!(store.fen_of(alice()), 0);
    }

    #[test]
    fn a_reference_names_one_movement_for_ever() {
        let mut store = Store::new();
        store.run(deposit("in", 5), NOON).unwrap();
        store.run(withdrawal("out", 5), NOON).unwrap();

        for other in [deposit("in", 6), deposit("out", 5), Deposit { account: cny_of(bob()), ..deposit("in", 5) }] {
            assert_eq!(store.run(other, NOON), Err(DepositRefusal::ReferenceUsed));
        }
        for other in [withdrawal("out", 6), withdrawal("in", 5), withdrawal("in", 0)] {
            assert_eq!(store.run(other, NOON), Err(WithdrawRefusal::ReferenceUsed));
        }
    }

    #[test]
    fn nothing_cannot_be_moved() {
        let mut store = Store::new();
        assert_eq!(store.run(deposit("x", 0), NOON), Err(DepositRefusal::NothingToMove));
        assert_eq!(store.run(withdrawal("x", 0), NOON), Err(WithdrawRefusal::NothingToMove));
    }

    #[test]
    fn an_account_gives_no_more_than_it_has_and_takes_no_more_than_the_bound() {
        let mut store = Store::new();
        assert_eq!(store.run(withdrawal("x", 1_001), NOON), Err(WithdrawRefusal::BalanceTooLow));
        let of_bob = Withdraw { account: cny_of(bob()), ..withdrawal("x", 1) };
        assert_eq!(store.run(of_bob, NOON), Err(WithdrawRefusal::BalanceTooLow));
        let most = Amount::MAX.minor() - 1_000;
        assert_eq!(store.run(deposit("x", most + 1), NOON), Err(DepositRefusal::BalanceOverflow));
        assert!(store.run(deposit("x", most), NOON).is_ok(), "a refusal leaves the reference free");
    }
}
