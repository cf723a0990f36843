//! The red packet methods through the whole server: HTTP in front, SQLite below, a cloud on the wire.
//!
//! Time and names are given, so that every reply is the same in every run. A saga can be held, broken or killed at
//! each of its steps. What counts is the world afterwards: who has what, which packets are alive, what the audit says.
#![cfg(test)]

mod accept_status;
mod answer;
mod broken;
mod cloud;
mod crash;
mod expiry;
mod faults;
mod formats;
mod hang_up;
mod invalid;
mod late;
mod ledger;
mod outage;
mod outside;
mod publish_status;
mod race;
mod request;
mod script;
mod server;
mod stack;
mod world;
