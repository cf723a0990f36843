//! `/user/block.json` and what goes with it: users who are shut out for a time:
//! <https://docs.rongcloud.cn/platform-chat-api/user/block>.
//!
//! A blocked user cannot connect and receives nothing until the end; then the messages of that time arrive. What the
//! app's server sends in the name of one is sent.

mod add;
mod query;
mod remove;

pub(in crate::api) use {add::BLOCK, query::QUERY, remove::UNBLOCK};

use crate::api::{CloudError, Form, limit};

const MAX_PER_CALL: usize = 20;

fn read(form: &Form) -> Result<Vec<String>, CloudError> {
    limit::user_ids(form, "userId", MAX_PER_CALL)
}
