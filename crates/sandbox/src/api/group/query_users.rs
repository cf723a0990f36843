//! Lists the members of a group: <https://docs.rongcloud.cn/platform-chat-api/group/query-group-member>.
//!
//! Its `users` are objects with an id, unlike those of a blacklist. A group that does not exist has none.

use serde_json::{Value, json};

use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, limit},
    cloud::Cloud,
};

pub(in crate::api) const QUERY_USERS: Endpoint =
    Endpoint { path: "/group/user/query.json", quota: Quota::calls_per_second(100), answer };

fn answer(form: &Form, cloud: &mut Cloud, _moment: &Moment<'_>) -> Result<Value, CloudError> {
    let group = cloud.group(limit::group_id(form, "groupId")?);
    let users: Vec<Value> =
        group.into_iter().flat_map(|group| &group.members).map(|member| json!({ "id": member })).collect();
    Ok(json!({ "code": 200, "users": users }))
}
