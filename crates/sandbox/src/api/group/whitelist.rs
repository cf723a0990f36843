//! `/group/user/ban/whitelist/*`: members who may speak while their group is muted as a whole:
//! <https://docs.rongcloud.cn/platform-chat-api/group/mute/add-to-group-ban-whitelist>.
//!
//! It outlives membership and the group. A mute by name wins over it.

mod add;
mod query;
mod rollback;

pub(in crate::api) use {add::ADD, query::QUERY, rollback::ROLLBACK};

use crate::api::{CloudError, Form, limit};

const MAX_PER_CALL: usize = 20;

fn read(form: &Form) -> Result<(&str, Vec<String>), CloudError> {
    let users = limit::user_ids(form, "userId", MAX_PER_CALL)?;
    Ok((limit::group_id(form, "groupId")?, users))
}
