//! Recalls a message: <https://docs.rongcloud.cn/platform-chat-api/message/msgrecall>.

use serde_json::Value;

use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, done, limit},
    cloud::{Cloud, Receipt, Target},
};

pub(in crate::api) const RECALL: Endpoint =
    Endpoint { path: "/message/recall.json", quota: Quota::calls_per_second(100), answer };

/// A message that there is not is recalled as well as any: the live cloud has been seen to answer 200.
///
/// Nothing is marked unless id, target and sender fit: the official Python SDK documents that only the sender's own
/// messages can be recalled, and that `isAdmin` changes what is displayed. `sentTime` is not needed and not looked at.
fn answer(form: &Form, cloud: &mut Cloud, _moment: &Moment<'_>) -> Result<Value, CloudError> {
    let sender = limit::user_id(form, "fromUserId")?;
    let conversation = form.required("conversationType")?;
    let target_id = form.required("targetId")?.to_owned();
    let message_uid = form.required("messageUID")?.to_owned();

    let to = match conversation {
        "1" | "6" => Target::User(target_id),
        "3" => Target::Group(target_id),
        // Discussions (official SDKs still recall from them), chat rooms and ultra groups: nothing here can have sent
        // to one.
        "2" | "4" | "10" => return Ok(done()),
        _ => return Err(CloudError::Malformed("conversationType")),
    };
    cloud.recall(&Receipt { to, message_uid }, sender);
    Ok(done())
}
