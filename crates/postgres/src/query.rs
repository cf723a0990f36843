//! What is asked of the store, a file for each port.

mod contacts;
mod groups;
mod ledger;
mod profiles;
mod sessions;
mod users;

use self::{sessions::SessionLookups, users::UserLookups};

/// Lookups that wait for the next statement.
#[derive(Clone, Default)]
pub(crate) struct Lookups {
    sessions: SessionLookups,
    users: UserLookups,
}
