//! Money that comes in from outside or goes out.

use std::{fmt, process::ExitCode};

use hongbao_api::{
    admin::{
        Text,
        movement::{Deposit, MovementData, MovementRequest, Withdraw},
    },
    rfc3339,
};
use hongbao_domain::{
    id::{CoinId, Reference, UserId},
    ledger::Direction,
    money::Quantity,
};
use serde::Serialize;

use super::context::{Access, AdminContext, CommandError};

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

#[derive(Serialize)]
struct Report {
    #[serde(skip)]
    direction: Direction,
    #[serde(flatten)]
    moved: MovementData,
}

const CANNOT: &str = "cannot move the money";

pub(super) async fn deposit(context: &AdminContext<'_>, args: Args) -> Result<ExitCode, CommandError> {
    let moved = context.ask::<Deposit>(Access::Change, CANNOT, args.into()).await?;
    context.show(&Report { direction: Direction::In, moved })
}

pub(super) async fn withdraw(context: &AdminContext<'_>, args: Args) -> Result<ExitCode, CommandError> {
    let moved = context.ask::<Withdraw>(Access::Change, CANNOT, args.into()).await?;
    context.show(&Report { direction: Direction::Out, moved })
}

impl From<Args> for MovementRequest {
    fn from(Args { user, coin, amount, reference }: Args) -> Self {
        Self { reference: Text(reference), user_id: Text(user), coin_id: Text(coin), amount: Text(amount) }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { direction, moved } = self;
        let MovementData { reference, user_id, coin_id, amount, at, repeated } = moved;
        let (Text(reference), Text(user), Text(coin), at) = (reference, user_id, coin_id, rfc3339(at.0));
        let what = match direction {
            Direction::In => format!("{amount} {coin} deposited to {user}"),
            Direction::Out => format!("{amount} {coin} withdrawn from {user}"),
        };
        let again = if *repeated { "; that was done before, and nothing is moved now" } else { "" };
        writeln!(f, "{what} at {at}, reference {reference}{again}")
    }
}
