//! The wire contract over HTTP.
//!
//! A request runs through the same steps for every endpoint: decode, session, form, key, use case, envelope. To serve another
//! method, declare its type in the contract crate, in the catalogue too, and write its handler here: which use case or
//! command, and how its result looks on the wire. The routes follow from the catalogue.
//!
//! What belongs here: headers, bodies, encodings, the access log. What must not: a status number or a rule; those are
//! the contract's and the domain's. Only this crate (and the sandbox) knows the HTTP framework.

mod admin;
mod answer;
mod app;
mod asset;
mod body;
mod budget;
mod connection;
mod cors;
mod decode;
mod docs;
mod enter;
mod failure;
mod friend;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod group;
mod handle;
mod health;
mod idempotency;
mod private_message;
mod profile;
mod proxies;
mod rate_limit;
mod red_packet;
mod request_metrics;
mod root;
mod serve;
mod session;
mod settings;
mod shared;
mod unread;
mod watch;

pub use admin::{AdminShared, CheckTarget, ServeAdmin, WebhookRules, do_at_once, serve_admin};
pub use app::app;
pub use budget::BodyBudget;
pub use cors::{Cors, OriginError};
pub use health::Health;
pub use proxies::{NetworkError, Proxies, ProxyHeader};
pub use rate_limit::{ParseRateError, Rate, RateLimits, Rates, Refused};
pub use request_metrics::{MethodCounts, RequestMetrics};
pub use serve::serve;
pub use settings::Settings;
pub use shared::Shared;
