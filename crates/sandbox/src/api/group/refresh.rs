//! Renames a group. One that does not exist stays that way.

use serde_json::Value;

use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, done, limit},
    cloud::Cloud,
};

pub(in crate::api) const REFRESH: Endpoint =
    Endpoint { path: "/group/refresh.json", quota: Quota::calls_per_second(100), answer };

fn answer(form: &Form, cloud: &mut Cloud, _moment: &Moment<'_>) -> Result<Value, CloudError> {
    let group_id = limit::group_id(form, "groupId")?;
    let name = limit::name(form, "groupName")?.ok_or(CloudError::Missing("groupName"))?;
    cloud.rename(group_id, name);
    Ok(done())
}
