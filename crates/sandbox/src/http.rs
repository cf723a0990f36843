//! HTTP around the sandbox: a thin shell that knows requests, answers and connections, and no endpoint by name.

mod api;
mod connection;
mod control;
mod fault;
mod reply;
mod serve;

pub use serve::{MAX_BODY_BYTES, serve};
