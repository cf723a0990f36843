//! `/user/*`: accounts and whom they do not want to hear from.

pub(super) mod blacklist;
pub(super) mod block;
mod check_online;
mod expire_tokens;
mod get_token;
mod groups;
mod info;
mod refresh;

pub(super) use {
    check_online::CHECK_ONLINE, expire_tokens::EXPIRE_TOKENS, get_token::GET_TOKEN, groups::QUERY_GROUPS, info::INFO,
    refresh::REFRESH,
};

use super::{CloudError, Form, limit};
use crate::cloud::Registration;

/// Reads whatever a user is registered with. What is absent or empty stays as it was: SDKs send `name=`.
fn registration(form: &Form) -> Result<Registration, CloudError> {
    Ok(Registration {
        user_id: limit::user_id(form, "userId")?.to_owned(),
        name: limit::name(form, "name")?.map(str::to_owned),
        portrait_uri: limit::portrait_uri(form)?.map(str::to_owned),
    })
}
