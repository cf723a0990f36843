//! Sends a message from the app itself to users: <https://docs.rongcloud.cn/platform-chat-api/message/send-system>.

use serde_json::Value;
use time::OffsetDateTime;

use super::letter;
use crate::{
    api::{CloudError, Endpoint, Form, limit},
    cloud::Cloud,
};

pub(in crate::api) const PUBLISH_SYSTEM: Endpoint = Endpoint { path: "/message/system/publish.json", answer };

const MAX_RECEIVERS: usize = 100;

fn answer(form: &Form, cloud: &mut Cloud, now: OffsetDateTime) -> Result<Value, CloudError> {
    let letter = letter::read(form)?;
    let receivers = limit::user_ids(form, "toUserId", MAX_RECEIVERS)?;
    Ok(letter::published(&cloud.deliver(letter, receivers, now)))
}
