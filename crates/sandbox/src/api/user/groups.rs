//! Lists the groups of a user: <https://docs.rongcloud.cn/platform-chat-api/group/query-group-by-user>.

use serde_json::{Value, json};

use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, limit, limit::Page},
    cloud::Cloud,
};

pub(in crate::api) const QUERY_GROUPS: Endpoint =
    Endpoint { path: "/user/group/query.json", quota: Quota::calls_per_second(100), answer };

const DEFAULT_SIZE: usize = 50;
const MAX_SIZE: usize = 1_000;

/// How many are listed for a caller who asks for no page.
const UNPAGED: usize = 5_000;

fn answer(form: &Form, cloud: &mut Cloud, _moment: &Moment<'_>) -> Result<Value, CloudError> {
    let user_id = limit::user_id(form, "userId")?;
    let page = Page::read(form, DEFAULT_SIZE, MAX_SIZE)?.unwrap_or(Page::of_first(UNPAGED));
    let groups: Vec<Value> = page
        .of(cloud.groups_of(user_id).into_iter())
        .map(|(id, group)| json!({ "id": id, "name": group.name }))
        .collect();
    Ok(json!({ "code": 200, "groups": groups }))
}
