//! `/admin/v1/coins`: what red packets can be sent in.

use hongbao_domain::{
    admin::{RefusalCode, Scope},
    id::CoinId,
    money::{Coin, Quantity, print_minor},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AdminEndpoint, HttpMethod, Text, value};
use crate::Sentence;

/// Lists all coins.
#[derive(Debug)]
pub struct ListCoins;

/// Adds a coin, or changes its limits.
#[derive(Debug)]
pub struct PutCoin;

/// Nothing is asked for in particular.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct All {}

/// How a coin is to be.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutCoinRequest {
    /// The coin's id.
    #[schema(value_type = String, min_length = 1, max_length = 25, pattern = "^[A-Za-z0-9_-]+$", example = "CNY")]
    pub coin_id: Text<CoinId>,
    /// How many decimal places it has. It never changes.
    #[serde(deserialize_with = "value::whole")]
    #[schema(minimum = 0, maximum = 18, example = 2)]
    pub scale: u8,
    /// The least that one packet may hold, as an exact decimal.
    #[schema(value_type = String, pattern = "^(0|[1-9][0-9]{0,19})(\\.[0-9]{1,18})?([eE][+-]?([0-9]|[1-3][0-9]|40))?$", example = "0.01")]
    pub min_amount: Text<Quantity>,
    /// The most that one packet may hold, as an exact decimal.
    #[schema(value_type = String, pattern = "^(0|[1-9][0-9]{0,19})(\\.[0-9]{1,18})?([eE][+-]?([0-9]|[1-3][0-9]|40))?$", example = "200.00")]
    pub max_amount: Text<Quantity>,
    /// Whether new packets can be sent in it. If it is left out, it stays as it is; a new coin can be sent. What is in accounts and
    /// in open packets stays.
    pub takes_packets: Option<bool>,
}

/// A coin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CoinData {
    /// The coin's id.
    #[schema(value_type = String)]
    pub coin_id: Text<CoinId>,
    /// How many decimal places it has.
    pub scale: u8,
    /// The least that one packet may hold.
    #[schema(example = "0.01")]
    pub min_amount: String,
    /// The most that one packet may hold.
    #[schema(example = "200.00")]
    pub max_amount: String,
    /// Whether new packets can be sent in it.
    pub takes_packets: bool,
}

/// All coins, in the order of their ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CoinsData {
    /// The coins.
    pub coins: Vec<CoinData>,
}

impl From<&Coin> for CoinData {
    fn from(coin: &Coin) -> Self {
        Self {
            coin_id: Text(coin.id()),
            scale: coin.scale().places(),
            min_amount: print_minor(coin.min_amount().minor(), coin.scale()),
            max_amount: print_minor(coin.max_amount().minor(), coin.scale()),
            takes_packets: coin.takes_packets(),
        }
    }
}

impl AdminEndpoint for ListCoins {
    const NAME: &'static str = "coin_list";
    const METHOD: HttpMethod = HttpMethod::Get;
    const PATH: &'static str = "/admin/v1/coins";
    const SUMMARY: Sentence = Sentence { english: "Lists all coins.", chinese: "列出全部币种。" };
    const SCOPE: Scope = Scope::Read;
    const REFUSALS: &'static [RefusalCode] = &[];

    type Request = All;
    type Data = CoinsData;
}

impl AdminEndpoint for PutCoin {
    const NAME: &'static str = "coin_put";
    const METHOD: HttpMethod = HttpMethod::Put;
    const PATH: &'static str = "/admin/v1/coins/{coin_id}";
    const SUMMARY: Sentence = Sentence {
        english: "Adds a coin, or changes limits and use of one that is there. Its scale never changes.",
        chinese: "新增币种，或修改已有币种的限额、是否可发新红包；小数位数不可更改。",
    };
    const SCOPE: Scope = Scope::Money;
    const REFUSALS: &'static [RefusalCode] =
        &[RefusalCode::CoinScaleDiffers, RefusalCode::CoinLimitsMalformed, RefusalCode::AmountMalformed];

    type Request = PutCoinRequest;
    type Data = CoinData;
}
