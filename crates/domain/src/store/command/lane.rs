//! How urgent an action is.

/// What an action belongs to. The order is that in which a store takes what waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// The second step of something that has begun. Refused, it would leave money where it must not stay, or undo what
    /// the other party has seen.
    Continuation,
    /// Something new. Refused, nothing was begun.
    New,
    /// What no caller waits for: it can be done a moment later.
    Sweep,
}

impl Lane {
    /// All lanes, the most urgent first.
    pub const ALL: [Self; 3] = [Self::Continuation, Self::New, Self::Sweep];
}
