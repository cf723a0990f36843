//! Sends a message from one user to others: <https://docs.rongcloud.cn/platform-chat-api/message/send-private>.

use serde_json::Value;
use time::OffsetDateTime;

use super::letter;
use crate::{
    api::{CloudError, Endpoint, Form, limit},
    cloud::Cloud,
};

pub(in crate::api) const PUBLISH_PRIVATE: Endpoint = Endpoint { path: "/message/private/publish.json", answer };

const MAX_RECEIVERS: usize = 1_000;

fn answer(form: &Form, cloud: &mut Cloud, now: OffsetDateTime) -> Result<Value, CloudError> {
    let letter = letter::read(form)?;
    let receivers = limit::user_ids(form, "toUserId", MAX_RECEIVERS)?;
    Ok(letter::published(&cloud.deliver(letter, receivers, now)))
}
