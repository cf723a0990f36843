//! Sends a message from the app itself to users: <https://docs.rongcloud.cn/platform-chat-api/message/send-system>.

use serde_json::Value;

use super::{parameters, posting};
use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, limit},
    cloud::Cloud,
};

pub(in crate::api) const PUBLISH_SYSTEM: Endpoint =
    Endpoint { path: "/message/system/publish.json", quota: Quota::messages_per_second(100, "toUserId"), answer };

const MAX_RECEIVERS: usize = 100;

fn answer(form: &Form, cloud: &mut Cloud, moment: &Moment<'_>) -> Result<Value, CloudError> {
    let receivers = limit::user_ids(form, "toUserId", MAX_RECEIVERS)?;
    let posting = posting::read(form, parameters::system(receivers.len()))?;
    let receipts = cloud.send_to_users(posting, receivers, moment.now);
    Ok(posting::published(&receipts, moment))
}
