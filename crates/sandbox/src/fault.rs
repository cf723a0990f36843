//! Faults on demand: what goes wrong on which path, how often, and whether the request is executed all the same.

mod late;
mod mishap;
mod queue;
mod rule;

pub(crate) use self::{late::Late, queue::Faults};
pub use self::{
    late::{MAX_LATE, MAX_LATE_BYTES},
    mishap::{Mishap, When},
    queue::MAX_FAULTS,
    rule::Fault,
};
