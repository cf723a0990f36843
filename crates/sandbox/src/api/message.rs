//! `/message/*`: messages that the app's server sends in a user's name.

mod letter;
mod publish_private;
mod publish_system;

pub(super) use {publish_private::PUBLISH_PRIVATE, publish_system::PUBLISH_SYSTEM};
