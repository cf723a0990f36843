//! What is asked of the store, a file for each port.

mod admin;
mod contacts;
mod groups;
mod ledger;
mod outbox;
mod profiles;
mod progress;
mod requests;
mod sessions;
mod users;
