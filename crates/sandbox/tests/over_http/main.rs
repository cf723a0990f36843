//! What a caller gets from a sandbox that really listens: one test per promise.

mod blacklist;
mod block;
mod clients;
mod control;
mod endpoints;
mod faults;
mod get_token;
mod group;
mod group_sync;
mod late;
mod lifecycle;
mod limits;
mod mutes;
mod not_enabled;
mod parameters;
mod publish;
mod publish_group;
mod quotas;
mod recall;
mod refresh_and_info;
mod refusals;
mod test_sandbox;
mod tolerance;
mod traffic;
mod unverified;
