//! What red packets can be sent in.

use std::{fmt, process::ExitCode};

use clap::{Args, Subcommand};
use hongbao_domain::{
    id::CoinId,
    ledger::AddCoinRefusal,
    money::{Coin, Quantity, Scale, print_minor},
};
use hongbao_ports::{Failure, Ledger, query::LedgerQueries};
use serde::Serialize;

use super::context::{Access, AdminContext, CommandError};

/// What red packets can be sent in.
#[derive(Debug, Subcommand)]
pub(super) enum CoinCommand {
    /// Add a coin, or change the limits of one that is there. Its scale never changes.
    Add(AddOptions),
    /// List all coins.
    List,
}

#[derive(Debug, Args)]
pub(super) struct AddOptions {
    /// The coin's id: 1 to 25 letters, digits, `-` and `_`.
    coin: CoinId,
    /// How many decimal places it has: 0 to 18.
    #[arg(long, value_name = "N", value_parser = scale)]
    scale: Scale,
    /// The least that one packet may hold.
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    min: Quantity,
    /// The most that one packet may hold.
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    max: Quantity,
}

#[derive(Serialize)]
struct Line {
    coin_id: String,
    scale: u8,
    min_amount: String,
    max_amount: String,
}

#[derive(Serialize)]
#[serde(transparent)]
struct List(Vec<Line>);

pub(super) async fn run(context: &AdminContext<'_>, command: CoinCommand) -> Result<ExitCode, CommandError> {
    match command {
        CoinCommand::Add(options) => add(context, &options).await,
        CoinCommand::List => {
            let coins = context.with_store(Access::Read, async |store| coins(store.as_ref()).await).await?;
            context.show(&List(coins.iter().map(Line::from).collect()))
        }
    }
}

async fn add(context: &AdminContext<'_>, options: &AddOptions) -> Result<ExitCode, CommandError> {
    let coin = coin(options)?;
    let added = context.with_batches(Access::Create, async |_, ledger| {
        ledger.add_coin(coin).await.map_err(|failure| match failure {
            Failure::Refused(AddCoinRefusal::ScaleDiffers) => {
                let id = coin.id();
                CommandError::refused(
                    "coin_scale_differs",
                    format!("there is a coin {id} with another scale, and a scale never changes"),
                )
            }
            Failure::Fault(fault) => CommandError::broke("cannot add the coin", &fault),
        })
    });
    added.await?;
    context.show(&Line::from(&coin))
}

fn coin(options: &AddOptions) -> Result<Coin, CommandError> {
    let AddOptions { coin, scale, min, max } = *options;
    let amount = |name, quantity: Quantity| {
        quantity
            .to_amount(scale)
            .map_err(|error| CommandError::refused("amount_malformed", format!("{name} cannot be so: {error}")))
    };
    Coin::try_new(coin, scale, amount("--min", min)?, amount("--max", max)?)
        .map_err(|error| CommandError::refused("coin_limits_malformed", error.to_string()))
}

/// Gives all coins.
pub(super) async fn coins(ledger: &dyn LedgerQueries) -> Result<Vec<Coin>, CommandError> {
    ledger.coins().await.map_err(|fault| CommandError::broke("cannot read the coins", &fault))
}

fn scale(text: &str) -> Result<Scale, &'static str> {
    text.parse().ok().and_then(Scale::new).ok_or("a scale is a whole number from 0 to 18")
}

impl From<&Coin> for Line {
    fn from(coin: &Coin) -> Self {
        Self {
            coin_id: coin.id().to_string(),
            scale: coin.scale().places(),
            min_amount: print_minor(coin.min_amount().minor(), coin.scale()),
            max_amount: print_minor(coin.max_amount().minor(), coin.scale()),
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { coin_id, scale, min_amount, max_amount } = self;
        writeln!(f, "{coin_id}: scale {scale}, packets of {min_amount} to {max_amount}")
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("no coins\n");
        }
        self.0.iter().try_for_each(|line| line.fmt(f))
    }
}
