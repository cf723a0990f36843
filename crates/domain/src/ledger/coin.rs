//! Coins that red packets can be sent in.

use crate::{
    id::{CoinId, CommandId},
    money::Coin,
    store::{Book, Keys, Row, Rule},
};

impl Row for Coin {
    type Key = CoinId;

    fn key(&self) -> CoinId {
        self.id()
    }
}

/// Asks to add a coin, or to change the limits of one that is there. A repeat changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddCoin {
    /// The coin.
    pub coin: Coin,
}

/// Says why a coin cannot be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddCoinRefusal {
    /// There is a coin of this id with another scale, and a scale never changes.
    ScaleDiffers,
}

impl Rule for AddCoin {
    type Done = ();
    type Refusal = AddCoinRefusal;

    fn touch(&self, keys: &mut Keys) {
        keys.coins.insert(self.coin.id());
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<(), AddCoinRefusal> {
        if book.coin(self.coin.id()).is_some_and(|known| known.scale() != self.coin.scale()) {
            return Err(AddCoinRefusal::ScaleDiffers);
        }
        book.coins.put(self.coin);
        Ok(())
    }
}
