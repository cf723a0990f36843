//! The wire contract of `im/*`: one type per endpoint, with what it takes and what it answers.
//!
//! An [`Endpoint`] names its path, its parameters, its data and its refusals; a [`Reply`] to it can be nothing else.
//! So an endpoint cannot answer with a status that only another one knows:
//!
//! ```compile_fail
//! use hongbao_api::{Denial, Reply, red_packet::Accept};
//! use hongbao_domain::red_packet::PublishRefusal;
//!
//! let _: Reply<Accept> = Reply::Denied(Denial::Refused(PublishRefusal::BalanceTooLow));
//! ```
//!
//! ```
//! use hongbao_api::{Denial, Language, Reply, red_packet::Accept};
//! use hongbao_domain::red_packet::AcceptRefusal;
//!
//! let reply: Reply<Accept> = Reply::Denied(Denial::Refused(AcceptRefusal::NotYours));
//! let rendered = reply.render(Language::English);
//!
//! assert_eq!((rendered.status, rendered.http_status), (5, 200));
//! ```
//!
//! What belongs here: names, sizes, numbers, JSON shapes, sentences for people. What must not: HTTP headers and
//! bodies (the adapter decodes those into [`Fields`]), and anything that waits.

pub mod admin;
pub mod asset;
mod catalogue;
mod denial;
mod detail;
mod endpoint;
mod every;
mod failure;
mod fields;
pub mod friend;
pub mod group;
mod invalid;
mod language;
pub mod message;
pub mod openapi;
mod outcome;
mod parameter;
mod pattern;
pub mod profile;
pub mod red_packet;
mod refusal;
mod reply;
mod text;
pub mod webhook;

pub use catalogue::{Described, METHODS, Method};
pub use denial::{Denial, FailureKind, RateLimit};
pub use detail::Sentence;
pub use endpoint::Endpoint;
pub use every::Every;
pub use fields::{Fields, Parameters, Value};
pub use invalid::Invalid;
pub use language::Language;
pub use outcome::{Beside, Outcome};
pub use parameter::{Form, Parameter};
pub use refusal::{Extra, Refusal};
pub use reply::{CloudCodes, Rendered, Reply};
pub use text::rfc3339;

use hongbao_domain::id::SessionKey;

/// The parameter that every method takes; it may also come as a bearer token.
pub const SESSION_KEY: Parameter = Parameter::text("session_key").of(Form::Visible(SessionKey::MAX_LENGTH)).about(
    "The key of the caller's session. It may also come as a bearer token, and then need not be here.",
    "用户的登录凭证；也可放在Authorization: Bearer请求头中，此处便可省略。",
);
