//! Money that comes in from outside or goes out.

use futures_util::{StreamExt, TryStreamExt, stream};
use hongbao_domain::{
    admin::{AdminRefusal, RefusalCode},
    id::{CoinId, Reference, UserId},
    ledger::{AccountKey, Deposit, DepositRefusal, Direction, Moved, Withdraw, WithdrawRefusal},
    money::{Amount, Quantity, Scale},
};
use hongbao_ports::{Failure, Fault, Ledger};

use super::{Admin, AdminFailure, refused};

/// What is to be moved, as it is written.
#[derive(Debug, Clone, Copy)]
pub struct Movement {
    /// The permanent, unique name of this movement.
    pub reference: Reference,
    /// Whose account.
    pub user: UserId,
    /// In which coin.
    pub coin: CoinId,
    /// How much.
    pub quantity: Quantity,
}

impl Admin {
    /// Brings money in from outside, and gives what was moved with the coin's scale. A repeat moves nothing and says so.
    pub async fn deposit(&self, movement: Movement) -> Result<(Moved, Scale), AdminFailure> {
        let (account, amount, scale) = self.planned(movement).await?;
        let deposit = Deposit { reference: movement.reference, account, amount };
        let moved = self.commands.deposit(deposit).await.map_err(|failure| match failure {
            Failure::Refused(DepositRefusal::CoinUnknown) => coin_not_found(movement.coin),
            Failure::Refused(DepositRefusal::NothingToMove) => nothing_to_move(),
            Failure::Refused(DepositRefusal::ReferenceUsed) => reference_used(movement.reference),
            Failure::Refused(DepositRefusal::BalanceOverflow) => {
                let Movement { user, coin, .. } = movement;
                refused(RefusalCode::BalanceTooHigh, format!("{user} cannot have so much {coin}"))
            }
            Failure::Fault(fault) => fault.into(),
        })?;
        Ok((moved, scale))
    }

    /// Takes money out, and gives what was moved with the coin's scale. A repeat moves nothing and says so.
    pub async fn withdraw(&self, movement: Movement) -> Result<(Moved, Scale), AdminFailure> {
        let (account, amount, scale) = self.planned(movement).await?;
        let withdraw = Withdraw { reference: movement.reference, account, amount };
        let moved = self.commands.withdraw(withdraw).await.map_err(|failure| match failure {
            Failure::Refused(WithdrawRefusal::NothingToMove) => nothing_to_move(),
            Failure::Refused(WithdrawRefusal::ReferenceUsed) => reference_used(movement.reference),
            Failure::Refused(WithdrawRefusal::BalanceTooLow) => {
                let Movement { user, coin, .. } = movement;
                refused(RefusalCode::BalanceTooLow, format!("{user} has less {coin} to spend than that"))
            }
            Failure::Fault(fault) => fault.into(),
        })?;
        Ok((moved, scale))
    }

    /// Does many movements, some at once, so that they share batches; each as if it had come alone. What is the matter with
    /// the store ends it all, and the same again goes on.
    pub async fn move_all(
        &self,
        direction: Direction,
        movements: Vec<Movement>,
    ) -> Result<Vec<Result<(Moved, Scale), AdminRefusal>>, Fault> {
        const AT_ONCE: usize = 32;
        let one = async |movement| {
            let moved = match direction {
                Direction::In => self.deposit(movement).await,
                Direction::Out => self.withdraw(movement).await,
            };
            match moved {
                Ok(moved) => Ok(Ok(moved)),
                Err(Failure::Refused(refusal)) => Ok(Err(refusal)),
                Err(Failure::Fault(fault)) => Err(fault),
            }
        };
        stream::iter(movements.into_iter().map(one)).buffered(AT_ONCE).try_collect().await
    }

    /// Checks that the user and the coin exist, and reads the amount in the coin's scale.
    async fn planned(&self, movement: Movement) -> Result<(AccountKey, Amount, Scale), AdminFailure> {
        let Movement { user, coin, quantity, .. } = movement;
        self.status(user).await?;
        let scale = self.coin(coin).await?.scale();
        let amount = quantity.to_amount(scale).map_err(|error| {
            refused(RefusalCode::AmountMalformed, format!("the amount cannot be moved in {coin}: {error}"))
        })?;
        Ok((AccountKey { user, coin }, amount, scale))
    }
}

fn coin_not_found(coin: CoinId) -> AdminFailure {
    refused(RefusalCode::CoinNotFound, format!("there is no coin {coin}"))
}

fn nothing_to_move() -> AdminFailure {
    refused(RefusalCode::AmountNotPositive, "the amount must be more than 0")
}

fn reference_used(reference: Reference) -> AdminFailure {
    refused(RefusalCode::ReferenceUsed, format!("the reference {reference} is the name of another movement"))
}
