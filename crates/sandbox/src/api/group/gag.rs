//! `/group/user/gag/*`: members who may not speak: <https://docs.rongcloud.cn/platform-chat-api/group/mute/gag-user>.
//!
//! This holds for clients alone. Without a group it holds in all of them.

mod add;
mod list;
mod rollback;

pub(in crate::api) use {add::ADD, list::LIST, rollback::ROLLBACK};

use crate::api::{CloudError, Form, limit};

const MAX_PER_CALL: usize = 20;

fn users(form: &Form) -> Result<Vec<String>, CloudError> {
    limit::user_ids(form, "userId", MAX_PER_CALL)
}

fn group(form: &Form) -> Result<Option<&str>, CloudError> {
    form.optional("groupId").map(|id| limit::check_id("groupId", id)).transpose()
}
