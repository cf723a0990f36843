//! Removes users from a group. The live cloud has been seen to answer 200 where user or group are unknown.

use serde_json::Value;

use super::{
    bound::{self, Notice},
    enter::MAX_USERS_PER_CALL,
};
use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, limit},
    cloud::Cloud,
};

pub(in crate::api) const QUIT: Endpoint =
    Endpoint { path: "/group/quit.json", quota: Quota::calls_per_second(100), answer };

/// A bound message is sent first, so that those who leave receive it too.
fn answer(form: &Form, cloud: &mut Cloud, moment: &Moment<'_>) -> Result<Value, CloudError> {
    let users = limit::user_ids(form, "userId", MAX_USERS_PER_CALL)?;
    let group_id = limit::group_id(form, "groupId")?;
    let message_uid = Notice::read(form)?.send(group_id, cloud, moment);
    cloud.quit(group_id, &users);
    Ok(bound::outcome(group_id, message_uid, cloud))
}
