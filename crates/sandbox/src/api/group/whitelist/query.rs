//! Lists the exceptions from the mute of a group, as plain ids.

use serde_json::{Value, json};

use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, limit},
    cloud::Cloud,
};

pub(in crate::api) const QUERY: Endpoint =
    Endpoint { path: "/group/user/ban/whitelist/query.json", quota: Quota::calls_per_second(100), answer };

fn answer(form: &Form, cloud: &mut Cloud, _moment: &Moment<'_>) -> Result<Value, CloudError> {
    let users = cloud.mutes.exceptions(limit::group_id(form, "groupId")?);
    Ok(json!({ "code": 200, "userIds": users }))
}
