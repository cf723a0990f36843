//! Money that comes in from outside or goes out.

use std::{fmt, process::ExitCode};

use hongbao_api::rfc3339;
use hongbao_domain::{
    id::{CoinId, Reference, UserId},
    ledger::{AccountKey, Deposit, DepositRefusal, Direction, Moved, Withdraw, WithdrawRefusal},
    money::{Amount, Money, Quantity, Scale},
};
use hongbao_ports::{Failure, Fault, Ledger};
use serde::Serialize;

use super::{
    coin::coins,
    context::{Access, AdminContext, CommandError, status_of},
};
use crate::store::Store;

/// What is to be moved, as it is written.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Args {
    /// The user's id.
    user: UserId,
    /// The coin's id.
    coin: CoinId,
    /// How much, as an exact decimal: `12.5`.
    #[arg(allow_negative_numbers = true)]
    amount: Quantity,
    /// The permanent, unique name of this movement: the same command with it again moves nothing.
    #[arg(long)]
    reference: Reference,
}

/// What is to be moved, in the coin's own units.
struct Planned {
    reference: Reference,
    account: AccountKey,
    scale: Scale,
    amount: Amount,
}

#[derive(Serialize)]
struct Report {
    #[serde(skip)]
    direction: Direction,
    reference: String,
    user_id: String,
    coin_id: String,
    amount: String,
    at: String,
    repeated: bool,
}

pub(super) async fn deposit(context: &AdminContext<'_>, args: Args) -> Result<ExitCode, CommandError> {
    let done = context.with_batches(Access::Change, async |store, ledger| {
        let planned = planned(store, &args).await?;
        let Planned { reference, account, amount, scale } = planned;
        let moved = ledger.deposit(Deposit { reference, account, amount }).await;
        Ok(report(&moved.map_err(|failure| not_deposited(&args, failure))?, scale))
    });
    context.show(&done.await?)
}

pub(super) async fn withdraw(context: &AdminContext<'_>, args: Args) -> Result<ExitCode, CommandError> {
    let done = context.with_batches(Access::Change, async |store, ledger| {
        let planned = planned(store, &args).await?;
        let Planned { reference, account, amount, scale } = planned;
        let moved = ledger.withdraw(Withdraw { reference, account, amount }).await;
        Ok(report(&moved.map_err(|failure| not_withdrawn(&args, failure))?, scale))
    });
    context.show(&done.await?)
}

/// Checks that the user and the coin exist, and reads the amount in the coin's scale.
async fn planned(store: &dyn Store, args: &Args) -> Result<Planned, CommandError> {
    let Args { user, coin, amount, reference } = *args;
    status_of(store, user).await?;
    let coins = coins(store).await?;
    let scale = coins.iter().find(|found| found.id() == coin).ok_or_else(|| no_such_coin(coin))?.scale();
    let amount = amount.to_amount(scale).map_err(|error| {
        CommandError::refused("amount_malformed", format!("the amount cannot be moved in {coin}: {error}"))
    })?;
    Ok(Planned { reference, account: AccountKey { user, coin }, scale, amount })
}

fn not_deposited(args: &Args, failure: Failure<DepositRefusal>) -> CommandError {
    match failure {
        Failure::Refused(DepositRefusal::CoinUnknown) => no_such_coin(args.coin),
        Failure::Refused(DepositRefusal::NothingToMove) => nothing_to_move(),
        Failure::Refused(DepositRefusal::ReferenceUsed) => reference_used(args.reference),
        Failure::Refused(DepositRefusal::BalanceOverflow) => {
            CommandError::refused("balance_too_high", format!("{} cannot have so much {}", args.user, args.coin))
        }
        Failure::Fault(fault) => broke(&fault),
    }
}

fn not_withdrawn(args: &Args, failure: Failure<WithdrawRefusal>) -> CommandError {
    match failure {
        Failure::Refused(WithdrawRefusal::NothingToMove) => nothing_to_move(),
        Failure::Refused(WithdrawRefusal::ReferenceUsed) => reference_used(args.reference),
        Failure::Refused(WithdrawRefusal::BalanceTooLow) => {
            CommandError::refused("balance_too_low", format!("{} has less {} to spend than that", args.user, args.coin))
        }
        Failure::Fault(fault) => broke(&fault),
    }
}

fn no_such_coin(coin: CoinId) -> CommandError {
    CommandError::refused("coin_not_found", format!("there is no coin {coin}"))
}

fn nothing_to_move() -> CommandError {
    CommandError::refused("amount_not_positive", "the amount must be more than 0")
}

fn reference_used(reference: Reference) -> CommandError {
    CommandError::refused("reference_used", format!("the reference {reference} is the name of another movement"))
}

fn broke(fault: &Fault) -> CommandError {
    CommandError::broke("cannot move the money", fault)
}

fn report(moved: &Moved, scale: Scale) -> Report {
    let movement = moved.movement;
    let money = Money { coin: movement.account.coin, scale, amount: movement.amount };
    Report {
        direction: movement.direction,
        reference: movement.reference.to_string(),
        user_id: movement.account.user.to_string(),
        coin_id: movement.account.coin.to_string(),
        amount: money.to_string(),
        at: rfc3339(movement.at),
        repeated: moved.repeated,
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { direction, reference, user_id, coin_id, amount, at, repeated } = self;
        let what = match direction {
            Direction::In => format!("{amount} {coin_id} deposited to {user_id}"),
            Direction::Out => format!("{amount} {coin_id} withdrawn from {user_id}"),
        };
        let again = if *repeated { "; that was done before, and nothing is moved now" } else { "" };
        writeln!(f, "{what} at {at}, reference {reference}{again}")
    }
}
