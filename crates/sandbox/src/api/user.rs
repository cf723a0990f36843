//! `/user/*`: accounts and whom they do not want to hear from.

pub(super) mod blacklist;
mod get_token;
mod info;
mod refresh;

pub(super) use {get_token::GET_TOKEN, info::INFO, refresh::REFRESH};

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
