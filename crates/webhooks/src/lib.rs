//! Endpoints of the app's backend, told by the Standard Webhooks specification.
//!
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
//!
//! What belongs here: one signed call, and which targets may be called. What must not: when to try again, which is the
//! outbox's, and what a body says, which is the API's.

mod resolver;
mod secret;
mod sender;
mod signature;
mod target;

pub use secret::{print_secret, read_secret};
pub use sender::{HttpWebhooks, Settings, SettingsError};
pub use target::{BadTarget, check_target};
