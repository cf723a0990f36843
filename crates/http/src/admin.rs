//! The admin API: on a listener of its own, with tokens, problems and a log of its own.
//!
//! A request runs through the same steps for every endpoint: token, scope, form, log and key, use case, answer. To serve
//! another one, declare its type in the contract crate, in the catalogue too, and write its handler here.

mod answer;
mod app;
mod audits;
mod coins;
mod contacts;
mod csv;
mod groups;
mod handle;
mod input;
mod log;
mod metrics;
mod movements;
mod packets;
mod search;
mod secret;
mod serve;
mod sessions;
mod shared;
mod token;
mod tokens;
mod users;
mod watch;
mod webhooks;

pub use self::{
    handle::{ServeAdmin, do_at_once},
    serve::serve_admin,
    shared::{AdminShared, CheckTarget, WebhookRules},
};
