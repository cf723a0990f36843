//! Bringing money in from outside.

use super::{
    AccountKey, Cause, Direction, Holder, Moved, Movement, Transfer,
    moved::{Known, known},
};
use crate::{
    id::{CommandId, Reference},
    money::Amount,
    store::{Book, Keys, Rule},
};

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

impl Rule for Deposit {
    type Done = Moved;
    type Refusal = DepositRefusal;

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
