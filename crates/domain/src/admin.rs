//! Administrators over HTTP: the tokens that they show, and the log of what they did.

mod log;
mod manage;
mod operation;
mod refusal;
mod scope;
mod token;

pub use self::{
    log::{BeginOperation, EndOperation, KeyRefusal, NotRunning},
    manage::{AddAdminToken, AddAdminTokenRefusal, MarkTokenUsed, NoAdminToken, RevokeAdminToken},
    operation::{Operation, OperationState},
    refusal::{AdminRefusal, RefusalCode},
    scope::{ParseScopeError, Scope},
    token::{AdminToken, AdminTokenDigest, AdminTokenName, ParseTokenNameError},
};
