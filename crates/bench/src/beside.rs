//! What work in the background costs those who write meanwhile.

mod audit;
mod prune;
mod writers;

pub(crate) use self::{audit::audit, prune::prune};
