//! What red packets can be sent in.

use hongbao_domain::{
    admin::RefusalCode,
    id::CoinId,
    ledger::AddCoinRefusal,
    money::{Coin, Quantity, Scale},
};
use hongbao_ports::{Failure, Fault, Ledger};

use super::{Admin, AdminFailure, refused};

impl Admin {
    /// Gives all coins, by id.
    pub async fn coins(&self) -> Result<Vec<Coin>, Fault> {
        self.queries.coins().await
    }

    /// Gives one coin.
    pub async fn coin(&self, id: CoinId) -> Result<Coin, AdminFailure> {
        let found = self.coins().await?.into_iter().find(|coin| coin.id() == id);
        found.ok_or_else(|| refused(RefusalCode::CoinNotFound, format!("there is no coin {id}")))
    }

    /// Adds a coin, or changes the limits of one that is there. A repeat changes nothing.
    pub async fn put_coin(
        &self,
        id: CoinId,
        scale: Scale,
        limits: [(&'static str, Quantity); 2],
    ) -> Result<Coin, AdminFailure> {
        let [min, max] = limits.map(|(name, quantity)| {
            let malformed = |error| refused(RefusalCode::AmountMalformed, format!("{name} cannot be so: {error}"));
            quantity.to_amount(scale).map_err(malformed)
        });
        let coin = Coin::try_new(id, scale, min?, max?);
        let coin = coin.map_err(|error| refused(RefusalCode::CoinLimitsMalformed, error.to_string()))?;
        self.commands.add_coin(coin).await.map_err(|failure| match failure {
            Failure::Refused(AddCoinRefusal::ScaleDiffers) => {
                let sentence = format!("there is a coin {id} with another scale, and a scale never changes");
                refused(RefusalCode::CoinScaleDiffers, sentence)
            }
            Failure::Fault(fault) => fault.into(),
        })?;
        Ok(coin)
    }
}
