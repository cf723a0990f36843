//! The red packet methods through the whole server: HTTP in front, SQLite below, a cloud on the wire.
//!
//! Time and names are given, so that every reply is the same in every run. A saga can be held, broken or killed at
//! each of its steps. What counts is the world afterwards: who has what, which packets are alive, what the audit says.
#![cfg(test)]

mod accept_status;
mod broken;
mod crash;
mod expiry;
mod faults;
mod fixture;
mod formats;
mod hang_up;
mod invalid;
mod late;
mod outage;
mod overview;
mod publish_status;
mod race;
mod request;
