//! A local stand-in for the Server API of the IM cloud `RongCloud` (融云).
//!
//! It lets a server that talks to `RongCloud` run on a laptop and in tests with no account anywhere. It keeps users,
//! groups and messages in memory, checks signatures and limits as the public documentation states them, fails on
//! demand, and shows what it holds and what it was asked. Where it is not known how the cloud behaves,
//! [`Unverified`] lets a test choose.
//!
//! What belongs here is what an outsider can know about the cloud: <https://docs.rongcloud.cn/platform-chat-api/>, and
//! what the official SDKs really send. It shares no code with the adapter that it judges, so that one misreading cannot
//! hide in both. No business rule of ours belongs here.
//!
//! An endpoint is one small file under `api` (its parameters and what it does) and one line in the table of `api`.
//! The cloud's memory is `Cloud`: synchronous and without HTTP.

mod api;
mod clock;
mod cloud;
mod fault;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod http;
mod options;
mod sandbox;
mod traffic;
mod unverified;

pub use api::Code;
pub use cloud::{
    ClientRefusal, Group, MAX_BLACKLIST, MAX_BLACKLISTED, MAX_BLOCKED, MAX_GROUPS, MAX_MEMBERS, MAX_MEMBERSHIPS,
    MAX_MESSAGE_BYTES, MAX_MESSAGES, MAX_MESSAGES_PER_USER, MAX_MUTES, MAX_TOKENS, MAX_USERS, Message, Mute, Push,
    Target, User,
};
pub use fault::{FaultRule, InjectedFault, MAX_FAULTS, MAX_LATE, MAX_LATE_BYTES, When};
pub use http::{MAX_BODY_BYTES, serve};
pub use options::Options;
pub use sandbox::{GroupMutes, Profile, Sandbox};
pub use traffic::{Counters, MAX_CONNECTIONS, MAX_REQUEST_BYTES, MAX_REQUESTS, Request};
pub use unverified::Unverified;
