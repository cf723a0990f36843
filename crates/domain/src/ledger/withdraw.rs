//! Taking money out.

use super::{
    AccountKey, Cause, Direction, Holder, Moved, Movement, Transfer,
    moved::{Known, known},
};
use crate::{
    id::{CommandId, Reference},
    money::Amount,
    store::{Book, Keys, Rule},
};

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

impl Rule for Withdraw {
    type Done = Moved;
    type Refusal = WithdrawRefusal;

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
