//! Programs and a wire to speak to them, shared with the tests of one process.

use std::{io, net::SocketAddr};

use self::wire::request;

#[path = "../process/harness/deadline.rs"]
mod deadline;
#[path = "../process/harness/program.rs"]
#[expect(dead_code, reason = "the tests of one process use the rest")]
mod program;
#[path = "../process/harness/wire.rs"]
#[expect(dead_code, reason = "the tests of one process use the rest")]
mod wire;

pub(crate) use self::{
    deadline::{QUICKLY, until},
    program::Program,
    wire::{Answer, get, post},
};

/// Posts a form under a key, with which it may be posted again.
pub(crate) fn post_under_key(address: SocketAddr, path: &str, form: &str, key: &str) -> io::Result<Answer> {
    let key = format!("Idempotency-Key: {key}");
    request(address, "POST", path, &["Content-Type: application/x-www-form-urlencoded", &key], form)
}
