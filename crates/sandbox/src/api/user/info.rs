//! Shows what a user registered with: <https://docs.rongcloud.cn/platform-chat-api/user/get>.

use serde_json::{Value, json};

use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, limit},
    cloud::Cloud,
};

pub(in crate::api) const INFO: Endpoint =
    Endpoint { path: "/user/info.json", quota: Quota::calls_per_second(100), answer };

fn answer(form: &Form, cloud: &mut Cloud, moment: &Moment<'_>) -> Result<Value, CloudError> {
    let user_id = limit::user_id(form, "userId")?;
    let Some(account) = cloud.account(user_id) else {
        return Err(CloudError::UnknownUser { http_status: moment.unverified.unknown_user_http_status });
    };
    Ok(json!({
        "code": 200,
        "userName": account.user.name,
        "userPortrait": account.user.portrait_uri,
        "createTime": moment.wall_clock(account.registered_at),
    }))
}
