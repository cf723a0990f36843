//! The methods of red packets.

mod accept;
mod publish;

pub use accept::{Accept, Accepted};
pub use publish::{Publish, PublishRequest, Published};
