//! Money within a JSON text.

use hongbao_domain::money::Money;
use serde::{Deserialize, Serialize};

use super::{
    text::{amount, parse, scale},
    unreadable::Unreadable,
};

#[derive(Serialize, Deserialize)]
pub(super) struct StoredMoney {
    coin: String,
    scale: i64,
    minor: String,
}

impl From<Money> for StoredMoney {
    fn from(money: Money) -> Self {
        let Money { coin, scale, amount } = money;
        Self { coin: coin.to_string(), scale: scale.places().into(), minor: amount.minor().to_string() }
    }
}

impl StoredMoney {
    pub(super) fn read(&self) -> Result<Money, Unreadable> {
        let amount = amount(parse(&self.minor, "an amount")?)?;
        Ok(Money { coin: parse(&self.coin, "a coin id")?, scale: scale(self.scale)?, amount })
    }
}
