//! Groups: the state machines of a group and of a membership, and what the IM cloud must be made to agree with.
//!
//! ```text
//!   group:       prepare             activate                 membership:   prepare            activate
//!                ──────▶ Preparing ───────────▶ Active                      ──────▶ Joining ───────────▶ Member
//!                            │ discard, or the lease is over                  ▲         │ discard, or the lease is over
//!                            ▼                                       resume   │         ▼
//!                        Discarded                                            └───── Leaving ───────────▶ Gone
//! ```
//!
//! The cloud may execute a call after it was given up. So what was undone, and who joined after an undo, stays under
//! checks: the cloud's member list is compared with what is desired until both agree twice, minutes apart. A check and a
//! new join of the same pair exclude each other: each takes the row by a new version, the fence.

mod check;
mod commands;
mod creation;
mod due;
mod membership;
mod name;
mod status;

pub use check::{Check, Correction, Desired, Finding};
pub use commands::{
    ActivateGroup, ActivateJoin, ClaimCheck, DiscardGroup, DiscardJoin, EndCheck, ResumeJoin, UndoLapsed,
};
pub use creation::{
    ActivateGroupRefusal, CreateGroup, DiscardGroupRefusal, Group, GroupState, PrepareGroup, PrepareGroupRefusal,
};
pub use due::{CheckLease, Due, JoinRef, Joined, Stuck};
pub use membership::{DiscardJoinRefusal, Membership, MembershipState, PrepareJoin, PrepareJoinRefusal, PreparedJoin};
pub use name::{GroupName, Memo, ParseGroupTextError};
pub use status::{CreateRefusal, CreateStatus, JoinRefusal, JoinStatus};

/// Another writer has taken the row since: a late writer changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stale;

/// There is nothing to check, or another caller does it at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotDue;
