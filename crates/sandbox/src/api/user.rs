//! `/user/*`: accounts.

mod get_token;

pub(super) use get_token::GET_TOKEN;
