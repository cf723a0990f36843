//! `/group/ban/*`: groups in which no member may speak: <https://docs.rongcloud.cn/platform-chat-api/group/mute/ban-group>.
//!
//! This holds for clients alone, and outlives the group: it need not exist.

mod add;
mod query;
mod rollback;

pub(in crate::api) use {add::ADD, query::QUERY, rollback::ROLLBACK};

use crate::api::{CloudError, Form, limit};

const MAX_PER_CALL: usize = 20;

fn read(form: &Form) -> Result<Vec<String>, CloudError> {
    limit::group_ids(form, "groupId", MAX_PER_CALL)
}
