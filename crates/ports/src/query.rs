//! What the use cases ask a store. Each is a port of its own, which a database implements directly.
//!
//! An answer is of one moment and has changed nothing.

mod admin;
mod contacts;
mod groups;
mod ledger;
mod outbox;
mod page;
mod profiles;
mod progress;
mod requests;
mod sessions;
mod users;

pub use self::{
    admin::AdminQueries,
    contacts::ContactQueries,
    groups::GroupQueries,
    ledger::{ClaimRef, Except, LedgerQueries, Overdue},
    outbox::{Backlog, Listed, OutboxQueries, WaitingPlace},
    page::Page,
    profiles::{CachedProfile, ProfileQueries},
    progress::{InProgress, Leases, ProgressQueries},
    requests::{REQUESTS_LOOKED_AT, RequestQueries},
    sessions::{ListedSession, SessionQueries},
    users::{ListedUser, UserQueries},
};
#[cfg(feature = "mocks")]
pub use self::{
    admin::MockAdminQueries, contacts::MockContactQueries, groups::MockGroupQueries, ledger::MockLedgerQueries,
    outbox::MockOutboxQueries, profiles::MockProfileQueries, progress::MockProgressQueries,
    requests::MockRequestQueries, sessions::MockSessionQueries, users::MockUserQueries,
};

/// All that a store can be asked, for one who puts a whole store together. What asks takes the port that it needs.
pub trait Queries:
    LedgerQueries
    + SessionQueries
    + UserQueries
    + ContactQueries
    + ProfileQueries
    + GroupQueries
    + RequestQueries
    + OutboxQueries
    + AdminQueries
    + ProgressQueries
{
}

impl<S> Queries for S where
    S: LedgerQueries
        + SessionQueries
        + UserQueries
        + ContactQueries
        + ProfileQueries
        + GroupQueries
        + RequestQueries
        + OutboxQueries
        + AdminQueries
        + ProgressQueries
{
}
