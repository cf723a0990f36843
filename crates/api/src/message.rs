//! The methods of messages.

mod publish;

pub use publish::{Publish, PublishRequest, Published};
