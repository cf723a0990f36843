//! Sends a message from one user to others: <https://docs.rongcloud.cn/platform-chat-api/message/send-private>.

use serde_json::Value;

use super::{parameters, posting};
use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, limit},
    cloud::Cloud,
};

pub(in crate::api) const PUBLISH_PRIVATE: Endpoint =
    Endpoint { path: "/message/private/publish.json", quota: Quota::messages_per_minute(6_000, "toUserId"), answer };

pub(super) const MAX_RECEIVERS: usize = 1_000;

fn answer(form: &Form, cloud: &mut Cloud, moment: &Moment<'_>) -> Result<Value, CloudError> {
    let receivers = limit::user_ids(form, "toUserId", MAX_RECEIVERS)?;
    let posting = posting::read(form, parameters::private(receivers.len()))?;
    let receipts = cloud.send_to_users(posting, receivers, moment.now);
    Ok(posting::published(&receipts, moment))
}
