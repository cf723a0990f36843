//! The methods of assets, 用户资产列表.

use std::convert::Infallible;

use hongbao_domain::{id::CoinId, ledger::Holding, money::Money};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Denial, Endpoint, Parameter, Parameters, Sentence, text};

/// `im/asset_list`: lists what the caller has, by coin.
#[derive(Debug)]
pub struct ListAssets;

/// What the caller has of one coin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AssetData {
    /// The coin.
    #[serde(serialize_with = "text::display")]
    #[schema(value_type = String, example = "CNY")]
    pub coin_id: CoinId,
    /// What can be spent, as a decimal string.
    #[serde(serialize_with = "text::display")]
    #[schema(value_type = String, example = "991.12")]
    pub balance: Money,
    /// What lies in the caller's own packets, not yet claimed or given back, as a decimal string.
    #[serde(serialize_with = "text::display")]
    #[schema(value_type = String, example = "0")]
    pub held: Money,
}

impl From<&Holding> for AssetData {
    fn from(holding: &Holding) -> Self {
        let balance = holding.balance;
        Self { coin_id: balance.coin, balance, held: Money { amount: holding.held, ..balance } }
    }
}

impl Endpoint for ListAssets {
    const PATH: &'static str = "/im/asset_list";
    const SUMMARY: Sentence = Sentence {
        english: "Lists what the caller has, by coin.",
        chinese: "列出调用者的资产，按币种排列。",
    };
    const READ: bool = true;
    const PARAMETERS: &'static [Parameter] = &[];

    type Request = ();
    type Data = Vec<AssetData>;
    type Refusal = Infallible;

    fn parse(_: &Parameters<'_>) -> Result<(), Denial<Infallible>> {
        Ok(())
    }
}
