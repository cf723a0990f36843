//! The admin API: one type per endpoint, what it takes, what it answers, and which problems it may meet.
//!
//! An [`AdminEndpoint`] names its HTTP method and path, its scope and its problems. What it takes comes from the path, then
//! from the query of `GET` and `DELETE` or from the JSON body of the others, by the same names; what it answers is JSON.

pub mod audit;
mod catalogue;
pub mod coin;
pub mod contact;
mod endpoint;
pub mod group;
pub mod log;
pub mod movement;
pub mod movements;
pub mod outbox;
pub mod packet;
mod problem;
pub mod search;
pub mod session;
pub mod statement;
pub mod token;
mod undelivered;
pub mod user;
mod value;
pub mod webhook;

pub use self::{
    catalogue::{ADMIN_METHODS, AdminMethod},
    endpoint::{AdminEndpoint, HttpMethod},
    problem::{Code, Problem},
    undelivered::UndeliveredPlace,
    value::{Cursor, Limit, Moment, Place, Span, Text},
};

pub(crate) use self::problem::title;
