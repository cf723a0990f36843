//! Endpoints of the app's backend, told by the Standard Webhooks specification.
//!
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
//!
//! What belongs here: one signed call, and which targets may be called. What must not: when to try again, which is the
//! outbox's, and what a body says, which is the API's.

#[cfg(feature = "client")]
mod resolver;
mod secret;
#[cfg(feature = "client")]
mod sender;
#[cfg(feature = "client")]
mod signature;
mod target;

pub use secret::{print_secret, read_secret};
#[cfg(feature = "client")]
pub use sender::{HttpWebhooks, Settings, SettingsError};
pub use target::{BadTarget, check_target};
