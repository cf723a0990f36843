//! What can go wrong at the cloud, by what is known of it afterwards.

use hongbao_sandbox::{
    Mishap,
    When::{After, Before, Later},
};

/// Definitely not executed.
pub(crate) const DEFINITE: [Mishap; 2] = [Mishap::Reject, Mishap::RateLimit];

/// Nobody knows, and it was not executed.
pub(crate) const NOT_EXECUTED: [Mishap; 4] =
    [Mishap::ServerError(Before), Mishap::Timeout(Before), Mishap::Reset(Before), Mishap::Garbage(Before)];

/// Nobody knows, and it was executed.
pub(crate) const EXECUTED: [Mishap; 4] =
    [Mishap::ServerError(After), Mishap::Timeout(After), Mishap::Reset(After), Mishap::Garbage(After)];

/// Nobody knows, and it will be executed.
pub(crate) const EXECUTED_LATER: [Mishap; 2] = [Mishap::ServerError(Later), Mishap::Timeout(Later)];
