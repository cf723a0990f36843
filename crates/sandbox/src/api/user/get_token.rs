//! Registers a user: <https://docs.rongcloud.cn/platform-chat-api/user/register>.

use serde_json::{Value, json};

use super::registration;
use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota},
    cloud::{Cloud, Crowded},
};

pub(in crate::api) const GET_TOKEN: Endpoint =
    Endpoint { path: "/user/getToken.json", quota: Quota::calls_per_second(200), answer };

/// The documentation requires a name, yet the live cloud has been seen to do without one.
fn answer(form: &Form, cloud: &mut Cloud, moment: &Moment<'_>) -> Result<Value, CloudError> {
    let registration = registration(form)?;
    let user_id = registration.user_id.clone();
    let token = cloud.register(registration, moment.now).map_err(|Crowded| CloudError::Crowded)?;
    Ok(json!({ "code": 200, "userId": user_id, "token": token }))
}
