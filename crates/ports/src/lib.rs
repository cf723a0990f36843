//! What the use cases need from the world outside, as object-safe traits.
//!
//! A method is one use case and atomic: if two calls must both happen, they are one method. No transaction and no
//! row crosses a port. A noun's trait has what changes it; what only asks is in [`query`]. Each doc comment promises
//! what is atomic, what a repeat does and each refusal; the conformance suite has a case for every promise, and every
//! adapter runs them all.
//!
//! What belongs here: traits, the facts that cross them, and the two kinds of failure. What must not: behaviour,
//! but that the typed ports are commands (`typed`), also those of one request under a key (`Keyed`).

mod cloud_groups;
mod cloud_messages;
mod cloud_users;
mod commands;
mod deployment;
mod failure;
mod groups;
mod im_cloud;
mod keyed;
mod ledger;
mod profiles;
pub mod query;
mod readiness;
mod retention;
mod sessions;
mod time;
mod typed;
mod users;
mod webhooks;

pub use cloud_groups::CloudGroups;
pub use cloud_messages::CloudMessages;
pub use cloud_users::{CloudUser, CloudUsers, Refreshed};
pub use commands::{Commands, StepFailure, Submit};
pub use deployment::{Deployment, UnknownDeployment};
pub use failure::{Chain, Failure, Fault, FaultKind};
pub use groups::Groups;
pub use im_cloud::{ImCloud, Lane, Notice, NoticeKind, Turn};
pub use keyed::Keyed;
pub use ledger::Ledger;
pub use profiles::Profiles;
pub use readiness::{Readiness, Schema};
pub use retention::{
    ATTEMPT_LIFE, DATED_AHEAD, DELIVERED_LIFE, PARKED_LIFE, Pruned, REQUEST_LIFE, Retention, SESSION_GRACE,
};
pub use sessions::Sessions;
pub use time::{Clock, Ids};
pub use typed::digest;
pub use users::Users;
pub use webhooks::{NotTaken, Webhooks};

#[cfg(feature = "mocks")]
pub use self::{cloud_groups::MockCloudGroups, groups::MockGroups};
#[cfg(feature = "mocks")]
pub use self::{
    cloud_messages::MockCloudMessages, cloud_users::MockCloudUsers, commands::MockCommands, im_cloud::MockImCloud,
    ledger::MockLedger, profiles::MockProfiles, readiness::MockReadiness, retention::MockRetention,
    sessions::MockSessions, time::MockClock, time::MockIds, users::MockUsers, webhooks::MockWebhooks,
};
