//! The adapter on real sockets of this machine, before clouds that answer anything, and before the sandbox.

mod check;
mod cloud;
mod connections;
mod fixture;
mod groups;
mod hosts;
mod log;
mod messages;
mod outcomes;
mod pacing;
mod pair;
mod repeats;
mod request;
mod sandbox;
mod secrecy;
mod settings;
mod timeouts;
mod users;
