//! Lists the users who are blocked, the latest end first: <https://docs.rongcloud.cn/platform-chat-api/user/query-blocked-list>.

use serde_json::{Value, json};

use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, limit::Page},
    cloud::Cloud,
};

pub(in crate::api) const QUERY: Endpoint =
    Endpoint { path: "/user/block/query.json", quota: Quota::calls_per_second(100), answer };

const DEFAULT_SIZE: usize = 50;

/// How many are listed for a caller who asks for no page. No page may be larger.
const UNPAGED: usize = 1_000;

fn answer(form: &Form, cloud: &mut Cloud, moment: &Moment<'_>) -> Result<Value, CloudError> {
    let page = Page::read(form, DEFAULT_SIZE, UNPAGED)?.unwrap_or(Page::of_first(UNPAGED));
    let users: Vec<Value> = page
        .of(cloud.blocked(moment.now).into_iter())
        .map(|(user_id, until)| json!({ "userId": user_id, "blockEndTime": moment.wall_clock(until) }))
        .collect();
    Ok(json!({ "code": 200, "users": users }))
}
