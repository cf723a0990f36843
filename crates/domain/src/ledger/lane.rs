//! How urgent an action is to whoever waits for it.

use super::Action;

/// What an action belongs to. The order is that in which a store takes what waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// The second step of something that has begun. Refused, it would leave money where it must not stay, or undo what
    /// the other party has seen.
    Continuation,
    /// Something new. Refused, nothing was begun.
    New,
    /// What nobody waits for: it can be done a moment later.
    Sweep,
}

impl Lane {
    /// All lanes, the most urgent first.
    pub const ALL: [Self; 3] = [Self::Continuation, Self::New, Self::Sweep];
}

impl Action {
    /// Says which lane the action belongs to.
    ///
    /// A sweep cancels and releases too. It does for a saga what that saga's own second step should have done, so it goes
    /// as that.
    pub const fn lane(&self) -> Lane {
        match self {
            Self::Confirm(_) | Self::Cancel(_) | Self::SettleClaim(_) | Self::ReleaseClaim(_) => Lane::Continuation,
            Self::OpenAccount(_) | Self::Deposit(_) | Self::Withdraw(_) | Self::Reserve(_) | Self::BeginClaim(_) => {
                Lane::New
            }
            Self::Expire(_) => Lane::Sweep,
        }
    }
}
