//! Ends a group: <https://docs.rongcloud.cn/platform-chat-api/group/dismiss>. Any user may, and no
//! client is told unless a message is bound.

use serde_json::Value;

use super::bound::{self, Notice};
use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, limit},
    cloud::Cloud,
};

pub(in crate::api) const DISMISS: Endpoint =
    Endpoint { path: "/group/dismiss.json", quota: Quota::calls_per_second(100), answer };

/// A bound message is sent first: afterwards there is no member left to receive it.
fn answer(form: &Form, cloud: &mut Cloud, moment: &Moment<'_>) -> Result<Value, CloudError> {
    limit::user_id(form, "userId")?;
    let group_id = limit::group_id(form, "groupId")?;
    let message_uid = Notice::read(form)?.send(group_id, cloud, moment);
    cloud.dismiss(group_id);
    Ok(bound::outcome(group_id, message_uid, cloud))
}
