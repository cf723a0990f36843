//! Removes users from a group. The live cloud has been seen to answer 200 where user or group are unknown.

use serde_json::Value;

use super::MAX_USERS_PER_CALL;
use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, done, limit},
    cloud::Cloud,
};

pub(in crate::api) const QUIT: Endpoint =
    Endpoint { path: "/group/quit.json", quota: Quota::calls_per_second(100), answer };

fn answer(form: &Form, cloud: &mut Cloud, _moment: &Moment<'_>) -> Result<Value, CloudError> {
    let users = limit::user_ids(form, "userId", MAX_USERS_PER_CALL)?;
    cloud.quit(limit::group_id(form, "groupId")?, &users);
    Ok(done())
}
