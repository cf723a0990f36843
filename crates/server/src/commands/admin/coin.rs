//! What red packets can be sent in.

use std::{fmt, process::ExitCode};

use clap::{Args, Subcommand};
use hongbao_api::admin::{
    Text,
    coin::{All, CoinData, ListCoins, PutCoin, PutCoinRequest},
};
use hongbao_app::admin::Admin;
use hongbao_domain::{
    id::CoinId,
    money::{Quantity, Scale},
};
use serde::Serialize;

use super::{
    argument::Switch,
    context::{Access, AdminContext, CommandError},
};

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
    /// Whether new packets can be sent in it; if it is left out, as it was. Accounts and open packets stay as they are.
    #[arg(long, value_name = "on|off")]
    packets: Option<Switch>,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Line(CoinData);

#[derive(Serialize)]
#[serde(transparent)]
struct List(Vec<Line>);

pub(super) async fn run(context: &AdminContext<'_>, command: CoinCommand) -> Result<ExitCode, CommandError> {
    match command {
        CoinCommand::Add(AddOptions { coin, scale, min, max, packets }) => {
            // Before a store is made for it.
            Admin::plan_coin(coin, scale, [("min_amount", min), ("max_amount", max)])
                .map_err(|refusal| CommandError::refused(refusal.code.as_str(), refusal.sentence))?;
            let (coin_id, scale) = (Text(coin), scale.places());
            let takes_packets = packets.map(|switch| switch == Switch::On);
            let request =
                PutCoinRequest { coin_id, scale, min_amount: Text(min), max_amount: Text(max), takes_packets };
            context.show(&Line(context.ask::<PutCoin>(Access::Create, "cannot add the coin", request).await?))
        }
        CoinCommand::List => {
            let found = context.ask::<ListCoins>(Access::Read, "cannot read the coins", All {}).await?;
            context.show(&List(found.coins.into_iter().map(Line).collect()))
        }
    }
}

fn scale(text: &str) -> Result<Scale, &'static str> {
    text.parse().ok().and_then(Scale::new).ok_or("a scale is a whole number from 0 to 18")
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(CoinData { coin_id: Text(coin), scale, min_amount, max_amount, takes_packets }) = self;
        let new = if *takes_packets { "" } else { ", no new ones" };
        writeln!(f, "{coin}: scale {scale}, packets of {min_amount} to {max_amount}{new}")
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
