//! What a caller gets from a sandbox that really listens: one test per promise.

mod control;
mod faults;
mod get_token;
mod lifecycle;
mod publish;
mod refusals;
mod stand;
mod tolerance;
