//! The IM cloud RongCloud (融云) behind the ports [`ImCloud`](hongbao_ports::ImCloud),
//! [`CloudUsers`](hongbao_ports::CloudUsers) and [`CloudMessages`](hongbao_ports::CloudMessages).
//!
//! What belongs here is what the cloud's public documentation says (<https://docs.rongcloud.cn/platform-chat-api/>):
//! how a request is signed, what an answer means, how often one may ask, on which host. No business rule does: this
//! crate tells what became of a call, and `app` decides what follows.
//!
//! A call passes through a few small steps, one file each:
//!
//! * `notify`, `message`, `users` and `group` write a `Call` each: path, form, quota, may it be repeated.
//! * `push` has the text that a phone shows about a notice.
//! * `pacing` grants it a turn within the quota.
//! * `client` makes the tries; `tries` decides, without I/O, whether another one may follow.
//! * `signature` signs a try, `connections` lends it a connection, `exchange` sends it, `outcome` sorts what came back.
//! * `check` asks each host, past all of that but signature and connection, whether it lets the app in.
//! * `hosts` learns from it which of the two hosts to ask next.

mod answer;
mod call;
mod check;
mod client;
mod connections;
mod exchange;
mod group;
mod hosts;
mod message;
mod metrics;
mod notify;
mod outcome;
mod pacing;
mod push;
mod rong_cloud;
mod settings;
mod signature;
mod tries;
mod users;

pub use check::{CheckFailure, Checked, ConnectError, Finding};
pub use metrics::{CloudCounts, QuotaCounts};
pub use push::{PushLanguage, PushTexts};
pub use rong_cloud::RongCloud;
pub use settings::{Settings, SettingsError};
