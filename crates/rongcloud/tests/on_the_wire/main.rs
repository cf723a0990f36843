//! The adapter on real sockets of this machine, before clouds that answer anything, and before the sandbox.

mod check;
mod cloud;
mod connections;
mod groups;
mod hosts;
mod judge;
mod log;
mod messages;
mod outcomes;
mod pacing;
mod patience;
mod repeats;
mod request;
mod sandbox;
mod secrecy;
mod settings;
mod stand;
mod users;
