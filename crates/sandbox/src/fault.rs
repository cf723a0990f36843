//! Faults on demand: what goes wrong on which path, how often, and whether the request is executed all the same.

mod injected;
mod late;
mod queue;
mod rule;

pub use self::{
    injected::{InjectedFault, When},
    late::{MAX_LATE, MAX_LATE_BYTES},
    queue::MAX_FAULTS,
    rule::FaultRule,
};
pub(crate) use self::{late::Late, queue::Faults};
