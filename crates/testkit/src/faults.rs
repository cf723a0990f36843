//! Faults on demand: a port that breaks, waits or loses its answer at the calls that a test names.

mod plan;
mod ports;

pub use self::{
    plan::{Faults, Gate, Moment, Step},
    ports::Faulty,
};
