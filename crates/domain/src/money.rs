//! Money: amounts in minor units, the decimals that callers write, and coins.
//!
//! No binary float anywhere. A decimal is read from its characters ([`Quantity`]), becomes minor units of one
//! coin ([`Amount`]) without rounding or is refused, and is printed from them ([`Money`]).

mod amount;
mod coin;
mod quantity;
mod scale;

pub use amount::{Amount, Money, print_minor};
pub use coin::{Coin, CoinError};
pub use quantity::{PositiveQuantity, Quantity, QuantityError};
pub use scale::Scale;
