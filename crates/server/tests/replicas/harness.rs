//! Programs and a wire to speak to them, shared with the tests of one process.

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
