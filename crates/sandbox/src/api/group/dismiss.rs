//! Ends a group: <https://docs.rongcloud.cn/platform-chat-api/group/dismiss>. Anybody may, and nobody is told.

use serde_json::Value;

use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, done, limit},
    cloud::Cloud,
};

pub(in crate::api) const DISMISS: Endpoint =
    Endpoint { path: "/group/dismiss.json", quota: Quota::calls_per_second(100), answer };

fn answer(form: &Form, cloud: &mut Cloud, _moment: &Moment<'_>) -> Result<Value, CloudError> {
    limit::user_id(form, "userId")?;
    cloud.dismiss(limit::group_id(form, "groupId")?);
    Ok(done())
}
