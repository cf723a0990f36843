//! Changes what a user registered with: <https://docs.rongcloud.cn/platform-chat-api/user/modify>.

use serde_json::Value;

use super::registration;
use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, done},
    cloud::{Cloud, UnknownUser},
};

pub(in crate::api) const REFRESH: Endpoint =
    Endpoint { path: "/user/refresh.json", quota: Quota::calls_per_second(100), answer };

fn answer(form: &Form, cloud: &mut Cloud, _moment: &Moment<'_>) -> Result<Value, CloudError> {
    let registration = registration(form)?;
    let user_id = registration.user_id.clone();
    cloud.refresh_user(registration).map_err(|UnknownUser| CloudError::NotRegistered(user_id))?;
    Ok(done())
}
