//! What red packets can be sent in.

use hongbao_domain::{
    admin::{AdminRefusal, RefusalCode},
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

    /// Says how a coin would be, without a store.
    pub fn plan_coin(id: CoinId, scale: Scale, limits: [(&'static str, Quantity); 2]) -> Result<Coin, AdminRefusal> {
        let [min, max] = limits.map(|(name, quantity)| {
            let sentence = |error| format!("{name} cannot be so: {error}");
            quantity.to_amount(scale).map_err(|error| AdminRefusal::new(RefusalCode::AmountMalformed, sentence(error)))
        });
        let coin = Coin::try_new(id, scale, min?, max?);
        coin.map_err(|error| AdminRefusal::new(RefusalCode::CoinLimitsMalformed, error.to_string()))
    }

    /// Adds a coin, or changes the limits of one that is there, and whether new packets can be sent in it, if that is said. A
    /// repeat changes nothing.
    pub async fn put_coin(
        &self,
        id: CoinId,
        scale: Scale,
        limits: [(&'static str, Quantity); 2],
        takes_packets: Option<bool>,
    ) -> Result<Coin, AdminFailure> {
        let coin = Self::plan_coin(id, scale, limits).map_err(Failure::Refused)?;
        let takes_packets = match takes_packets {
            Some(takes_packets) => takes_packets,
            None => self.coins().await?.iter().find(|coin| coin.id() == id).is_none_or(Coin::takes_packets),
        };
        let coin = coin.with_packets(takes_packets);
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
