//! Renames a group. One that does not exist stays that way.

use serde_json::Value;

use super::bound::{self, Notice};
use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, limit},
    cloud::Cloud,
};

pub(in crate::api) const REFRESH: Endpoint =
    Endpoint { path: "/group/refresh.json", quota: Quota::calls_per_second(100), answer };

fn answer(form: &Form, cloud: &mut Cloud, moment: &Moment<'_>) -> Result<Value, CloudError> {
    let group_id = limit::group_id(form, "groupId")?;
    let name = limit::name(form, "groupName")?.ok_or(CloudError::Missing("groupName"))?;
    let notice = Notice::read(form)?;
    cloud.rename(group_id, name);
    let message_uid = notice.send(group_id, cloud, moment);
    Ok(bound::outcome(group_id, message_uid, cloud))
}
