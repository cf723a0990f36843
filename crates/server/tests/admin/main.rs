//! The administrator's commands, through the real binary and beside a server that runs.

/// The harness of the tests of the process, which need more of it.
#[path = "../process"]
mod process {
    #[expect(dead_code, unused_imports, reason = "the tests of the process need more of it")]
    pub(crate) mod harness;
}

mod audits_over_http;
mod busy;
mod client;
mod coins;
mod desk;
mod errors;
mod groups;
mod in_the_middle;
mod lists_over_http;
mod movements;
mod operator_over_http;
mod over_http;
mod packets;
mod profiles_over_http;
mod remote;
mod remote_operator;
mod sessions;
mod setup;
mod tokens_over_http;
mod users;
mod webhooks;

use process::harness;
