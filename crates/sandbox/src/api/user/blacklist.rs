//! `/user/blacklist/*`: <https://docs.rongcloud.cn/platform-chat-api/user/blacklist>. The users in it need not be registered.

mod add;
mod query;
mod remove;

pub(in crate::api) use {add::ADD, query::QUERY, remove::REMOVE};

use crate::api::{CloudError, Form, limit};

const MAX_PER_CALL: usize = 20;

/// Reads whose blacklist is changed, and who is added to it or removed.
fn read(form: &Form) -> Result<(&str, Vec<String>), CloudError> {
    Ok((limit::user_id(form, "userId")?, limit::user_ids(form, "blackUserId", MAX_PER_CALL)?))
}
