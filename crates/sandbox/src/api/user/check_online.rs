//! Tells whether a user is connected: <https://docs.rongcloud.cn/platform-chat-api/user/check-online>.
//!
//! A user is connected whose client a test has connected over the control API. One that there is not is not.

use serde_json::{Value, json};

use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, limit},
    cloud::Cloud,
};

pub(in crate::api) const CHECK_ONLINE: Endpoint =
    Endpoint { path: "/user/checkOnline.json", quota: Quota::calls_per_second(100), answer };

/// The status is text in the documentation, and the official SDK for Go reads nothing else.
fn answer(form: &Form, cloud: &mut Cloud, _moment: &Moment<'_>) -> Result<Value, CloudError> {
    let online = cloud.is_online(limit::user_id(form, "userId")?);
    Ok(json!({ "code": 200, "status": if online { "1" } else { "0" } }))
}
