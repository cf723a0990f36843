//! Tokens, profiles and messages through the real HTTP app, over SQLite and the sandbox.
#![cfg(test)]

mod faults;
mod fixture;
mod get_token;
mod message;
mod message_faults;
mod refresh;
mod refresh_faults;
mod user_info;
