//! Programs and a wire to speak to them, shared with the tests of one process.

#[path = "../process/stand/patience.rs"]
mod patience;
#[path = "../process/stand/program.rs"]
#[expect(dead_code, reason = "the tests of one process use the rest")]
mod program;
#[path = "../process/stand/wire.rs"]
#[expect(dead_code, reason = "the tests of one process use the rest")]
mod wire;

pub(crate) use self::{
    patience::{QUICKLY, until},
    program::Program,
    wire::{Answer, get, post},
};
