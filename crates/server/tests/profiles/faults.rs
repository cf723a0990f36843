//! What can go wrong at the cloud, by what is known of it afterwards.

use hongbao_sandbox::{
    InjectedFault,
    When::{After, Before, Later},
};

/// Definitely not executed.
pub(crate) const DEFINITE: [InjectedFault; 2] = [InjectedFault::Reject, InjectedFault::RateLimit];

/// The caller cannot know, and it was not executed.
pub(crate) const NOT_EXECUTED: [InjectedFault; 4] = [
    InjectedFault::ServerError(Before),
    InjectedFault::Timeout(Before),
    InjectedFault::Reset(Before),
    InjectedFault::Garbage(Before),
];

/// The caller cannot know, and it was executed.
pub(crate) const EXECUTED: [InjectedFault; 4] = [
    InjectedFault::ServerError(After),
    InjectedFault::Timeout(After),
    InjectedFault::Reset(After),
    InjectedFault::Garbage(After),
];

/// The caller cannot know, and it will be executed.
pub(crate) const EXECUTED_LATER: [InjectedFault; 2] =
    [InjectedFault::ServerError(Later), InjectedFault::Timeout(Later)];
