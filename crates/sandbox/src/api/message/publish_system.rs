//! Sends a message from the app itself to users: <https://docs.rongcloud.cn/platform-chat-api/message/send-system>.

use serde_json::Value;

use super::posting;
use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, limit},
    cloud::{Cloud, Posting},
};

pub(in crate::api) const PUBLISH_SYSTEM: Endpoint =
    Endpoint { path: "/message/system/publish.json", quota: Quota::messages_per_second(100, "toUserId"), answer };

const MAX_RECEIVERS: usize = 100;

/// Nobody can keep the app itself off with a blacklist, and it has no other devices.
fn answer(form: &Form, cloud: &mut Cloud, moment: &Moment<'_>) -> Result<Value, CloudError> {
    let posting = Posting { include_sender: false, verify_blacklist: false, ..posting::read(form)? };
    let receivers = limit::user_ids(form, "toUserId", MAX_RECEIVERS)?;
    let receipts = cloud.send_to_users(posting, receivers, moment.now);
    Ok(posting::published(&receipts, moment))
}
