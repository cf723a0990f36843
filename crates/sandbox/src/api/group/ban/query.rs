//! Tells whether groups are muted as a whole, or lists those that are:
//! <https://docs.rongcloud.cn/platform-chat-api/group/mute/query-banned-state-or-list>.

use serde_json::{Value, json};

use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, limit::Page},
    cloud::Cloud,
};

pub(in crate::api) const QUERY: Endpoint =
    Endpoint { path: "/group/ban/query.json", quota: Quota::calls_per_second(100), answer };

const DEFAULT_SIZE: usize = 50;
const MAX_SIZE: usize = 200;

/// A page, or the size of one, cancels the ids.
fn answer(form: &Form, cloud: &mut Cloud, _moment: &Moment<'_>) -> Result<Value, CloudError> {
    let page = Page::read(form, DEFAULT_SIZE, MAX_SIZE)?;
    let paged = page.is_some() || form.optional("size").is_some();
    let infos: Vec<Value> = if paged || form.count("groupId") == 0 {
        let page = page.map_or_else(|| Page::first(form, DEFAULT_SIZE, MAX_SIZE), Ok)?;
        page.of(cloud.mutes.muted_groups()).map(|id| json!({ "groupId": id, "stat": 1 })).collect()
    } else {
        let stat = |id: &String| json!({ "groupId": id, "stat": u8::from(cloud.mutes.is_muted(id)) });
        super::read(form)?.iter().map(stat).collect()
    };
    Ok(json!({ "code": 200, "groupinfo": infos }))
}
