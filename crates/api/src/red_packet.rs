//! The methods of red packets.

mod accept;
mod detail;
mod publish;

pub use accept::{Accept, Accepted};
pub use detail::{Detail, DetailData};
pub use publish::{Publish, Published};
